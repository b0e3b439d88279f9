/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#define _POSIX_C_SOURCE 200809L
#include "session.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static int split(const options_t *options, coap_uri_t *uri)
{
    if (coap_split_uri((const uint8_t *)options->server, strlen(options->server), uri) != 0) {
        return -1;
    }
    return uri->scheme == COAP_URI_SCHEME_COAP || uri->scheme == COAP_URI_SCHEME_COAPS ? 0 : -1;
}

int session_check(const options_t *options)
{
    coap_uri_t uri;
    if (split(options, &uri) != 0) {
        fprintf(stderr, "device: --server %s is no coap or coaps URI\n", options->server);
        return -1;
    }
    if (uri.scheme == COAP_URI_SCHEME_COAPS && !coap_dtls_is_supported()) {
        fprintf(stderr, "device: this libcoap has no DTLS, coaps is not possible\n");
        return -1;
    }
    if (uri.scheme == COAP_URI_SCHEME_COAPS && options->key_length == 0) {
        fprintf(stderr, "device: coaps needs --identity and --key\n");
        return -1;
    }
    return 0;
}

static int resolve(const char *host, uint16_t port, int flags, coap_address_t *address)
{
    char service[8];
    const struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_flags = flags};
    struct addrinfo *found = NULL;
    snprintf(service, sizeof service, "%u", port);
    if (getaddrinfo(host, service, &hints, &found) != 0 || found == NULL) {
        return -1;
    }
    int result = -1;
    if (found->ai_addrlen <= sizeof address->addr) {
        coap_address_init(address);
        address->size = found->ai_addrlen;
        memcpy(&address->addr, found->ai_addr, found->ai_addrlen);
        result = 0;
    }
    freeaddrinfo(found);
    return result;
}

coap_session_t *session_open(coap_context_t *context, const options_t *options)
{
    coap_uri_t uri;
    coap_address_t server;
    coap_address_t local;
    char host[256];
    if (split(options, &uri) != 0 || uri.host.length >= sizeof host) {
        return NULL;
    }
    memcpy(host, uri.host.s, uri.host.length);
    host[uri.host.length] = '\0';
    if (resolve(host, uri.port, 0, &server) != 0) {
        return NULL;
    }
    const coap_address_t *from = NULL;
    if (options->local_port != 0) {
        const char *any = server.addr.sa.sa_family == AF_INET6 ? "::" : "0.0.0.0";
        if (resolve(any, options->local_port, AI_NUMERICHOST | AI_PASSIVE, &local) != 0) {
            return NULL;
        }
        from = &local;
    }
    if (uri.scheme == COAP_URI_SCHEME_COAP) {
        return coap_new_client_session(context, from, &server, COAP_PROTO_UDP);
    }
    coap_dtls_cpsk_t psk = {
        .version = COAP_DTLS_CPSK_SETUP_VERSION,
        .client_sni = host,
        .psk_info =
            {
                .identity = {strlen(options->identity), (const uint8_t *)options->identity},
                .key = {options->key_length, options->key},
            },
    };
    return coap_new_client_session_psk2(context, from, &server, COAP_PROTO_DTLS, &psk);
}

int session_listen(coap_context_t *context, const options_t *options)
{
    coap_address_t address;
    if (resolve(options->listen_address, options->listen_port, AI_NUMERICHOST | AI_PASSIVE,
                &address) != 0 ||
        coap_new_endpoint(context, &address, COAP_PROTO_UDP) == NULL) {
        fprintf(stderr, "device: cannot listen to %s, port %u\n", options->listen_address,
                options->listen_port);
        return -1;
    }
    return 0;
}
