/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A client on libcoap, as a reader of docs/libcoap.md has it: as little as can be linked. */
#include <coap3/coap.h>
#include <swmgmt.h>

extern const swmgmt_host_t callbacks;
void update_registration(void *user, int at_once);
int updates_start(coap_context_t *coap, coap_session_t *server, uint16_t short_id, uint32_t now_ms);
void updates_turn(coap_context_t *coap, uint32_t now_ms);
size_t updates_links(char *text, size_t room);

const swmgmt_host_t callbacks = {.size = sizeof callbacks};

void update_registration(void *user, int at_once)
{
    char links[64];
    (void)user, (void)at_once;
    updates_links(links, sizeof links);
}

int main(void)
{
    coap_address_t address;
    coap_address_init(&address);
    coap_context_t *coap = coap_new_context(NULL);
    coap_session_t *server = coap_new_client_session(coap, NULL, &address, COAP_PROTO_UDP);
    if (updates_start(coap, server, 1, 0) != 0) {
        return 1;
    }
    updates_turn(coap, 0);
    return 0;
}
