/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Retransmitted requests. libcoap calls the handler for each copy of a message, so that
 * an Execute whose answer was lost would run twice (RFC 7252, 4.5). */
#include "internal.h"

#include <string.h>

enum { EXCHANGE_LIFETIME_S = 247 }; /* RFC 7252, 4.8.2: then a message ID is used anew */

int sc_same_token(coap_bin_const_t token, const uint8_t *bytes, size_t length)
{
    return token.length == length && (length == 0 || memcmp(token.s, bytes, length) == 0);
}

const swmgmt_coap_sent_t *sc_replay(const swmgmt_coap_t *adapter, const sc_request_t *request)
{
    const uint16_t mid = (uint16_t)coap_pdu_get_mid(request->pdu);
    for (size_t i = 0; i < SWMGMT_COAP_ANSWERS; i++) {
        const swmgmt_coap_sent_t *it = &adapter->sent[i];
        if (it->session != request->session || it->mid != mid ||
            !sc_same_token(coap_pdu_get_token(request->pdu), it->token, it->token_length)) {
            continue;
        }
        coap_tick_t now;
        coap_ticks(&now);
        if (now - it->when < (coap_tick_t)EXCHANGE_LIFETIME_S * COAP_TICKS_PER_SECOND) {
            return it;
        }
    }
    return NULL;
}

/* The session's oldest answer once it has its share; else a free place, or the oldest. */
static swmgmt_coap_sent_t *victim(swmgmt_coap_t *adapter, const coap_session_t *session)
{
    swmgmt_coap_sent_t *oldest = NULL;
    swmgmt_coap_sent_t *own = NULL;
    unsigned count = 0;
    for (size_t i = 0; i < SWMGMT_COAP_ANSWERS; i++) {
        swmgmt_coap_sent_t *it = &adapter->sent[i];
        if (it->session == session) {
            count++;
            own = own == NULL || it->when < own->when ? it : own;
        }
        if (oldest == NULL || (oldest->session != NULL &&
                               (it->session == NULL || it->when < oldest->when))) {
            oldest = it;
        }
    }
    return count >= SWMGMT_COAP_ANSWERS_EACH ? own : oldest;
}

void sc_remember(swmgmt_coap_t *adapter, const sc_request_t *request, uint8_t code,
                 uint16_t created)
{
    swmgmt_coap_sent_t *it = victim(adapter, request->session);
    const coap_bin_const_t token = coap_pdu_get_token(request->pdu);
    if (token.length > sizeof it->token) {
        return; /* RFC 8974; libcoap 4.3.1 does not have it */
    }
    it->session = request->session;
    coap_ticks(&it->when);
    it->mid = (uint16_t)coap_pdu_get_mid(request->pdu);
    it->token_length = (uint8_t)token.length;
    if (token.length != 0) {
        memcpy(it->token, token.s, token.length);
    }
    it->code = code;
    it->created = created;
    it->block1 = request->block1;
}
