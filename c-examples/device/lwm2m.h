/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* An LwM2M client besides Objects 9 and 14: registration with one server, and what
 * servers expect of Objects 1 and 3. */
#ifndef DEVICE_LWM2M_H
#define DEVICE_LWM2M_H

#include "options.h"

#include <swmgmt_libcoap.h>

enum lwm2m_state {
    LWM2M_OFF,         /* not asked to register */
    LWM2M_WAITING,     /* before the next attempt */
    LWM2M_REGISTERING,
    LWM2M_REGISTERED,
    LWM2M_UPDATING,
    LWM2M_DEREGISTERING,
    LWM2M_DONE,
};

enum { LWM2M_SHORT_ID = 1, LWM2M_LINKS_ROOM = 8192, LWM2M_LOCATION_ROOM = 128 };

typedef struct lwm2m_t {
    const options_t *options;
    coap_context_t *context;
    swmgmt_coap_t *adapter;
    coap_session_t *session;
    enum lwm2m_state state;
    uint64_t deadline_ms; /* of the state */
    uint64_t update_ms;   /* when the registration wants to be renewed */
    uint32_t lifetime;    /* /1/0/1 */
    uint32_t retry_ms;
    uint8_t token[8];
    size_t token_length;
    uint32_t block; /* of the links that are being sent */
    size_t links_length;
    int with_links; /* the request carries them */
    int links_changed;
    int lifetime_changed;
    int update_wanted; /* /1/0/8, or an instance has come or gone */
    int reboot_wanted; /* /3/0/4 */
    char location[LWM2M_LOCATION_ROOM]; /* segments, each ending in NUL */
    size_t location_length;
    char links[LWM2M_LINKS_ROOM];
} lwm2m_t;

/* `context` and `adapter` outlive it. 0, or -1 with a word on stderr. */
int lwm2m_init(lwm2m_t *lwm2m, const options_t *options, coap_context_t *context,
               swmgmt_coap_t *adapter);
/* Does what is due; in how many milliseconds to call again at the latest. */
uint32_t lwm2m_turn(lwm2m_t *lwm2m, uint64_t now_ms);
/* Begins to de-register; the state is LWM2M_DONE when that is over. */
void lwm2m_leave(lwm2m_t *lwm2m, uint64_t now_ms);
void lwm2m_close(lwm2m_t *lwm2m);

/* The list of Objects and instances has changed. */
void lwm2m_links_changed(lwm2m_t *lwm2m, int at_once);

/* From libcoap's handlers. */
void lwm2m_response(lwm2m_t *lwm2m, const coap_session_t *session, const coap_pdu_t *received,
                    uint64_t now_ms);
void lwm2m_nack(lwm2m_t *lwm2m, const coap_session_t *session, const coap_pdu_t *sent,
                coap_nack_reason_t reason, uint64_t now_ms);

/* objects.c: a request for any path but /9 and /14 */
void objects_answer(lwm2m_t *lwm2m, const coap_pdu_t *request, coap_pdu_t *response);

#endif
