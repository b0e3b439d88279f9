/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Package URIs of the form coap://a.b.c.d:port/path, one at a time. */
#include <stdlib.h>
#include <string.h>
#include <zephyr/kernel.h>
#include <zephyr/net/coap_client.h>
#include <zephyr/net/socket.h>

#include "module.h"

static struct coap_client client;
static int sock = -1;
static uint32_t number; /* of the operation; 0: none */
static char host[16], path[128];
static uint16_t port;

/* On the CoAP client's thread. */
static void arrived(int16_t code, size_t offset, const uint8_t *payload, size_t length, bool last,
                    void *user)
{
    const uint32_t operation = (uint32_t)(uintptr_t)user;
    const swmgmt_chunk_t chunk = { .data = payload, .length = length, .offset = offset, .last = last };

    if (code == COAP_RESPONSE_CODE_CONTENT) {
        swmgmt_zephyr_fetched(operation, &chunk);
    } else {
        swmgmt_zephyr_done(operation, code < 0 ? SWMGMT_FAILED_CONNECTION : SWMGMT_FAILED_URI, 0);
    }
}

/* Not inside fetch(): that has the engine's lock, for which arrived() may wait with the
 * CoAP client's own lock held. */
static void begin(struct k_work *work)
{
    static struct sockaddr_in to;
    static struct coap_client_request get = {
        .method = COAP_METHOD_GET, .confirmable = true, .path = path, .cb = arrived,
    };

    (void)work;
    if (sock < 0) {
        coap_client_init(&client, NULL);
        sock = zsock_socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    }
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    get.user_data = (void *)(uintptr_t)number;
    if (zsock_inet_pton(AF_INET, host, &to.sin_addr) != 1
        || coap_client_req(&client, sock, (struct sockaddr *)&to, &get, NULL) != 0) {
        swmgmt_zephyr_done(number, SWMGMT_FAILED_URI, 0);
    }
}
static K_WORK_DEFINE(begin_work, begin);

static bool parse(const char *uri)
{
    const char *authority = uri + strlen("coap://");
    const size_t length = strcspn(authority, ":/");
    const char *slash = strchr(authority, '/');

    if (slash == NULL || length >= sizeof host || strlen(slash) > sizeof path) {
        return false;
    }
    memcpy(host, authority, length);
    host[length] = '\0';
    port = authority[length] == ':' ? (uint16_t)strtoul(authority + length + 1, NULL, 10) : 5683;
    strcpy(path, slash + 1);
    return true;
}

swmgmt_verdict_t fetch(void *user, const swmgmt_op_t *op, const swmgmt_fetch_t *what)
{
    (void)user;
    if (!parse(what->uri)) {
        return SWMGMT_FAILED_URI;
    }
    number = op->number;
    k_work_submit(&begin_work);
    return SWMGMT_PENDING;
}

void fetch_cancel(void *user, const swmgmt_op_t *op)
{
    (void)user, (void)op;
    k_work_cancel(&begin_work); /* what still arrives is stale, and is not stored */
}
