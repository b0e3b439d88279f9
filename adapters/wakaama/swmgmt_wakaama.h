/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Objects 9 and 14 for Eclipse Wakaama, as two lwm2m_object_t. Compile these sources with
 * your Wakaama's own definitions and flags: they change the layout of its structs.
 *
 *   swmgmt_init() ... swmgmt_boot()
 *   swmgmt_wakaama_init(&adapter, manager);
 *   lwm2m_configure(..., with &adapter.object[0] and &adapter.object[1]);
 *   loop { lwm2m_step(); swmgmt_wakaama_poll(); wait; swmgmt_wakaama_handle_packet(); }
 *
 * All of it in one thread, Wakaama's. docs/wakaama.md tells of lwm2m_handle_packet() in its
 * place, and what the engine itself gets wrong.
 */
#ifndef SWMGMT_WAKAAMA_H
#define SWMGMT_WAKAAMA_H

#include <liblwm2m.h>
#include <swmgmt.h>

#ifndef LWM2M_CLIENT_MODE
#error "swmgmt: LWM2M_CLIENT_MODE is not defined; compile this with your Wakaama's own definitions"
#endif
#ifdef LWM2M_URI_FLAG_OBJECT_ID
#error "swmgmt: this Wakaama is older than 2020; its callbacks take other arguments"
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef struct swmgmt_wakaama_t {
    /* The caller sets these first. */
    lwm2m_list_t *nodes;  /* one for each instance of 9 and of 14 that there is room for */
    swmgmt_front_t front; /* its exchanges, and its body's bytes */
    uint8_t *room;        /* for answers: 64 bytes; 256 with SenML-JSON; 768 if packages
                           * come in base64 */
    uint32_t room_bytes;
    uint16_t node_count;

    lwm2m_object_t object[2]; /* 9 and 14, for lwm2m_configure() */

    /* The adapter's own. */
    swmgmt_t *manager;
    uint32_t block_size; /* of the transfer that is going on */
    bool update_wanted;  /* servers do not know the new list of instances yet */
    bool is_bootstrap;   /* no registered server's datagram is being handled */
} swmgmt_wakaama_t;

/** Prepares the two objects. `manager` has been booted; both are kept.
 *
 *  SWMGMT_ENOMEM: there are more instances than nodes. SWMGMT_EINVAL: Wakaama is built with
 *  LWM2M_RAW_BLOCK1_REQUESTS, and lwm2m_malloc() returns memory that is not zeroed. */
swmgmt_status_t swmgmt_wakaama_init(swmgmt_wakaama_t *adapter, swmgmt_t *manager);

/** Tells observers what has changed and does the next step of the work that waits. Call it
 *  after lwm2m_step(). `wait_ms`: how long the loop means to wait; lowered if need be.
 *  SWMGMT_ENOMEM: there are more instances than nodes. Else as swmgmt_poll(). */
swmgmt_status_t swmgmt_wakaama_poll(swmgmt_wakaama_t *adapter, lwm2m_context_t *engine,
                                    uint32_t now_ms, uint32_t *wait_ms);

/** In the place of lwm2m_handle_packet(), for CoAP over UDP or DTLS: requests of registered
 *  servers that change Objects 9 and 14 are answered here, so that packages go on to the
 *  storage block by block in every build of Wakaama, a block that was lost is noticed, servers
 *  are told apart, and nothing of it is done twice. Everything else is handed on, Delete too.
 *
 *  Not SWMGMT_OK: the datagram was dropped, as swmgmt_front() says; SWMGMT_EINVAL: `front` or
 *  `room` has not been set. */
swmgmt_status_t swmgmt_wakaama_handle_packet(swmgmt_wakaama_t *adapter, lwm2m_context_t *engine,
                                             uint32_t now_ms, uint8_t *buffer, size_t length,
                                             void *session);

#ifdef __cplusplus
}
#endif

#endif
