/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the files of this adapter share. Nothing here is for applications. */
#ifndef SWMGMT_LIBCOAP_INTERNAL_H
#define SWMGMT_LIBCOAP_INTERNAL_H

#include "swmgmt_libcoap.h"

enum { SC_ABSENT = -1, SC_LINK_FORMAT = 40, SC_SZX = 6 /* of answers, unless asked for less */ };

#define SC_NO_PATH ((swmgmt_path_t){SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE})

/* A request, its options decoded. */
typedef struct sc_request_t {
    swmgmt_request_t it;
    coap_session_t *session;
    const coap_pdu_t *pdu;
    int32_t observe; /* these three: SC_ABSENT, or the option's value */
    int32_t block1;
    int32_t block2;
    uint8_t has_query;
    uint8_t is_nowhere; /* a path that LwM2M does not know */
    uint8_t malformed;  /* an option that is undecodable */
} sc_request_t;

/* message.c: what of CoAP goes in and out. sc_parse() tells 0 if the path is not ours. */
int sc_parse(sc_request_t *request, coap_session_t *session, const coap_pdu_t *pdu);
int sc_add_content(coap_pdu_t *pdu, const swmgmt_response_t *content, int32_t observe,
                   int32_t block2);
void sc_add_created(coap_pdu_t *pdu, uint16_t instance);
void sc_add_uint(coap_pdu_t *pdu, coap_option_num_t number, uint32_t value);

/* notify.c: observations */
int32_t sc_observe(swmgmt_coap_t *adapter, const sc_request_t *request);
void sc_end_observations(swmgmt_coap_t *adapter, const coap_session_t *session);
swmgmt_answer_t sc_get(swmgmt_coap_t *adapter, const swmgmt_request_t *request, unsigned szx,
                       swmgmt_response_t *content);

/* replay.c: retransmitted requests */
const swmgmt_coap_sent_t *sc_replay(const swmgmt_coap_t *adapter, const sc_request_t *request);
void sc_remember(swmgmt_coap_t *adapter, const sc_request_t *request, uint8_t code,
                 uint16_t created);
int sc_same_token(coap_bin_const_t token, const uint8_t *bytes, size_t length);

/* attributes.c: Write-Attributes */
swmgmt_answer_t sc_attributes(const sc_request_t *request);

#endif /* SWMGMT_LIBCOAP_INTERNAL_H */
