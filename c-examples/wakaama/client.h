/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What any LwM2M client on Wakaama has: servers, a socket, Objects 0, 1 and 3. Nothing
 * here is about software management. */
#ifndef CLIENT_H
#define CLIENT_H

#include <liblwm2m.h>

#include <sys/socket.h>

enum { MAX_SERVERS = 4 };

/* A server: also the node of its instances of Objects 0 and 1, and Wakaama's session. */
typedef struct server_t {
    lwm2m_list_t security; /* first: Wakaama hands these nodes back */
    lwm2m_list_t server;
    const char *uri;
    uint16_t short_id;
    struct sockaddr_storage address;
    socklen_t address_length;
} server_t;

typedef struct client_t {
    int socket;
    uint16_t server_count;
    server_t servers[MAX_SERVERS];
} client_t;

/* Adds the server of "coap://host:port". 0, or -1 with a word on stderr. */
int client_add_server(client_t *client, const char *uri);
/* A socket for all of them. */
int client_open(client_t *client);
/* Waits at most so long for a datagram. Its length, and whose it is; 0: none. */
size_t client_receive(client_t *client, uint8_t *datagram, size_t room, uint32_t wait_ms,
                      server_t **from);

/* Objects 0 Security (NoSec), 1 Server and 3 Device. */
void objects_prepare(client_t *client, lwm2m_object_t object[3]);

#endif
