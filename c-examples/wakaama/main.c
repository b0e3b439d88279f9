/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* An LwM2M client on Wakaama whose software can be managed: Linux, UDP, one slot.
 *
 *   wakaama_client [-s SHA256] [-d FOLDER] coap://HOST:PORT...
 *
 * What software management adds to a client that is there already stands between
 * "swmgmt {" and "}", besides the callbacks in software.c. */
#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* swmgmt { */
#include "software.h"
#include "swmgmt_wakaama.h"

static const swmgmt_part_t *const parts[] = {
    &swmgmt_sha256, &swmgmt_record, &swmgmt_opaque, &swmgmt_text, &swmgmt_tlv,
};
static const swmgmt_config_t config = {
    .size = sizeof config, .resources = SWMGMT_OFFER(2) | SWMGMT_OFFER(16),
    .parts = parts, .part_count = 5, .instances = 1, .transfers = 1, .text = 32, .work = 256,
};
static uint64_t memory[SWMGMT_MEMORY_WORDS(0, 1, 0, 1, 32, 0, 0, 256)];
static lwm2m_list_t nodes[1]; /* as many as there can be instances of 9 and 14 */
static swmgmt_exchange_t exchanges[8]; /* answers kept for retransmissions */
static uint8_t body[256], room[768];
static swmgmt_wakaama_t adapter = {
    .nodes = nodes, .node_count = 1, .room = room, .room_bytes = sizeof room,
    .front = { .exchanges = exchanges, .exchange_count = 8,
               .body = { .bytes = body, .room = sizeof body } },
};
/* } */

static uint32_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)now.tv_sec * 1000u + (uint32_t)(now.tv_nsec / 1000000);
}

int main(int argc, char **argv)
{
    static client_t client;
    static lwm2m_object_t object[3];
    lwm2m_object_t *objects[] = {
        &object[0], &object[1], &object[2],
        &adapter.object[0], &adapter.object[1], /* swmgmt */
    };
    const char *sha256 = NULL;
    lwm2m_context_t *engine = lwm2m_init(&client);

    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int option; (option = getopt(argc, argv, "s:d:")) != -1;) {
        if (option == 's') {
            sha256 = optarg;
        } else if (option != 'd' || chdir(optarg) != 0) {
            fprintf(stderr, "usage: %s [-s SHA256] [-d FOLDER] coap://HOST:PORT...\n", argv[0]);
            return EXIT_FAILURE;
        }
    }
    for (int i = optind; i < argc; i++) {
        if (client_add_server(&client, argv[i]) != 0) {
            return EXIT_FAILURE;
        }
    }
    objects_prepare(&client, object);

    /* swmgmt { */
    swmgmt_t *manager;
    if (swmgmt_init(&manager, memory, sizeof memory, &config, &software_host) != SWMGMT_OK
        || swmgmt_add(manager, 0, software_in_slot()) != SWMGMT_OK
        || swmgmt_boot(manager, now_ms()) != SWMGMT_OK
        || (sha256 != NULL && software_expect(manager, sha256) != 0)
        || swmgmt_wakaama_init(&adapter, manager) != SWMGMT_OK) {
        return EXIT_FAILURE;
    }
    /* } */

    if (engine == NULL || client_open(&client) != 0
        || lwm2m_configure(engine, "wakaama", NULL, NULL, sizeof objects / sizeof objects[0],
                           objects) != COAP_NO_ERROR) {
        return EXIT_FAILURE;
    }
    for (;;) {
        uint8_t datagram[LWM2M_COAP_MAX_MESSAGE_SIZE];
        time_t timeout = 60;
        uint32_t wait_ms;
        server_t *from;
        size_t length;

        if (lwm2m_step(engine, &timeout) != 0) {
            engine->state = STATE_INITIAL; /* no server has answered: from the beginning */
            timeout = 1;
        }
        wait_ms = (uint32_t)timeout * 1000u;
        swmgmt_wakaama_poll(&adapter, engine, now_ms(), &wait_ms); /* swmgmt */
        length = client_receive(&client, datagram, sizeof datagram, wait_ms, &from);
        if (length > 0) {
            /* swmgmt: in the place of lwm2m_handle_packet() */
            swmgmt_wakaama_handle_packet(&adapter, engine, now_ms(), datagram, length, from);
        }
    }
}
