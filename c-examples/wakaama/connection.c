/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* UDP, as Wakaama asks for it. A session is a server_t. */
#include "client.h"

#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int client_add_server(client_t *client, const char *uri)
{
    static const char scheme[] = "coap://";
    char host[128];
    char *port;
    struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_DGRAM };
    struct addrinfo *found = NULL;
    server_t *server;

    if (strncmp(uri, scheme, strlen(scheme)) != 0 || client->server_count == MAX_SERVERS
        || strlen(uri) >= sizeof host) {
        fprintf(stderr, "%s: not a server, or one too many\n", uri);
        return -1;
    }
    strcpy(host, uri + strlen(scheme));
    port = strrchr(host, ':');
    if (port != NULL) {
        *port++ = '\0';
    }
    if (getaddrinfo(host, port != NULL ? port : "5683", &hints, &found) != 0) {
        fprintf(stderr, "%s: no such host\n", uri);
        return -1;
    }
    server = &client->servers[client->server_count];
    server->uri = uri;
    server->short_id = (uint16_t)(client->server_count + 1);
    server->security.id = server->server.id = client->server_count;
    memcpy(&server->address, found->ai_addr, found->ai_addrlen);
    server->address_length = found->ai_addrlen;
    freeaddrinfo(found);
    client->server_count++;
    return 0;
}

int client_open(client_t *client)
{
    client->socket = socket(AF_INET, SOCK_DGRAM, 0);
    return client->socket < 0 ? -1 : 0;
}

size_t client_receive(client_t *client, uint8_t *datagram, size_t room, uint32_t wait_ms,
                      server_t **from)
{
    struct pollfd readable = { .fd = client->socket, .events = POLLIN };
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    ssize_t got;

    if (poll(&readable, 1, wait_ms > 60000u ? 60000 : (int)wait_ms) <= 0) {
        return 0;
    }
    memset(&address, 0, sizeof address);
    got = recvfrom(client->socket, datagram, room, 0, (struct sockaddr *)&address, &length);
    for (uint16_t i = 0; got > 0 && i < client->server_count; i++) {
        *from = &client->servers[i];
        if (length == (*from)->address_length
            && memcmp(&address, &(*from)->address, length) == 0) {
            return (size_t)got;
        }
    }
    return 0; /* a stranger's */
}

void *lwm2m_connect_server(uint16_t instance, void *user)
{
    client_t *client = user;

    return instance < client->server_count ? &client->servers[instance] : NULL;
}

void lwm2m_close_connection(void *session, void *user)
{
    (void)session, (void)user; /* all share one socket */
}

uint8_t lwm2m_buffer_send(void *session, uint8_t *buffer, size_t length, void *user)
{
    const server_t *to = session;

    return to != NULL
            && sendto(((client_t *)user)->socket, buffer, length, 0,
                      (const struct sockaddr *)&to->address, to->address_length)
                == (ssize_t)length
        ? COAP_NO_ERROR
        : COAP_500_INTERNAL_SERVER_ERROR;
}

void lwm2m_session_remove(void *session)
{
    (void)session; /* asked for where Wakaama is built with its server, too */
}

bool lwm2m_session_is_equal(void *one, void *other, void *user)
{
    (void)user;
    return one == other;
}
