/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Observations. libcoap's own notify in the order of its resources and skip values;
 * ours keep the order of the library's changes (a result before its state). */
#include "internal.h"

#include <string.h>

static void end(swmgmt_coap_observation_t *it)
{
    coap_session_t *session = it->session;
    it->session = NULL;
    coap_session_release(session);
}

static int is_same(swmgmt_path_t a, swmgmt_path_t b)
{
    return a.object == b.object && a.instance == b.instance && a.resource == b.resource &&
           a.index == b.index;
}

/* Whether `path` is `prefix` or lies below it; changes are of whole resources. */
static int is_within(swmgmt_path_t path, swmgmt_path_t prefix)
{
    return path.object == prefix.object &&
           (prefix.instance == SWMGMT_NONE || path.instance == prefix.instance) &&
           (prefix.resource == SWMGMT_NONE || path.resource == prefix.resource);
}

static uint32_t next_sequence(swmgmt_coap_t *adapter)
{
    adapter->sequence = (adapter->sequence + 1u) & 0xFFFFFFu;
    return adapter->sequence;
}

/* A Read, or a Discover, of one block. */
swmgmt_answer_t sc_get(swmgmt_coap_t *adapter, const swmgmt_request_t *request, unsigned szx,
                       swmgmt_response_t *content)
{
    *content = (swmgmt_response_t){.payload = adapter->work, .room = 16u << szx};
    return swmgmt_request(adapter->swmgmt, request, content);
}

/* Registers or cancels, as a GET that has found its resource wants. Returns the value of
 * the answer's Observe option, or SC_ABSENT. */
int32_t sc_observe(swmgmt_coap_t *adapter, const sc_request_t *request)
{
    const coap_bin_const_t token = coap_pdu_get_token(request->pdu);
    swmgmt_coap_observation_t *place = NULL;
    if (request->observe == SC_ABSENT || request->it.offset != 0 ||
        request->it.accept == SC_LINK_FORMAT) {
        return SC_ABSENT;
    }
    /* One observation for a path and a session: a server that observes again with
     * another token has forgotten the first. */
    for (size_t i = 0; i < SWMGMT_COAP_OBSERVATIONS; i++) {
        swmgmt_coap_observation_t *it = &adapter->observations[i];
        if (it->session == request->session &&
            (is_same(it->path, request->it.path) ||
             sc_same_token(token, it->token, it->token_length))) {
            end(it);
        }
        if (it->session == NULL && place == NULL) {
            place = it;
        }
    }
    if (request->observe != 0 || place == NULL || token.length > sizeof place->token) {
        return SC_ABSENT;
    }
    *place = (swmgmt_coap_observation_t){
        .session = coap_session_reference(request->session),
        .path = request->it.path,
        .accept = request->it.accept,
        .token_length = (uint8_t)token.length,
        .szx = request->block2 >= 0 ? (uint8_t)(request->block2 & 7) : SC_SZX,
    };
    if (token.length != 0) {
        memcpy(place->token, token.s, token.length);
    }
    return (int32_t)next_sequence(adapter);
}

/* Tells what is there now: changes are told after every step, so it is what the step has
 * left. What has gone ends the observation (RFC 7641, 4.2). */
static void notify(swmgmt_coap_t *adapter, swmgmt_coap_observation_t *it)
{
    const swmgmt_request_t request = {.path = it->path, .method = SWMGMT_GET,
                                      .format = SWMGMT_NONE, .accept = it->accept};
    swmgmt_response_t content;
    const swmgmt_answer_t answer = sc_get(adapter, &request, it->szx, &content);
    const int gone = answer == SWMGMT_NOT_FOUND;
    it->due = 0;
    if (answer != SWMGMT_CONTENT && !gone) {
        return;
    }
    const int confirmable = gone || ++it->since_con >= SWMGMT_COAP_CON_EVERY;
    coap_pdu_t *pdu = coap_pdu_init(confirmable ? COAP_MESSAGE_CON : COAP_MESSAGE_NON,
                                    (coap_pdu_code_t)answer, coap_new_message_id(it->session),
                                    coap_session_max_pdu_size(it->session));
    if (pdu == NULL) {
        return;
    }
    coap_add_token(pdu, it->token_length, it->token);
    if (!gone) {
        sc_add_content(pdu, &content, (int32_t)next_sequence(adapter),
                       content.more ? it->szx : SC_ABSENT);
    }
    if (confirmable) {
        it->since_con = 0;
    }
    coap_send(it->session, pdu);
    if (gone) {
        end(it);
    }
}

static void tell_observers(swmgmt_coap_t *adapter, const swmgmt_change_t *change)
{
    for (size_t i = 0; i < SWMGMT_COAP_OBSERVATIONS; i++) {
        swmgmt_coap_observation_t *it = &adapter->observations[i];
        if (it->session != NULL && is_within(it->path, change->path)) {
            notify(adapter, it);
        } else if (it->session != NULL && is_within(change->path, it->path)) {
            it->due = 1;
        }
    }
}

static void tell_all(swmgmt_coap_t *adapter, const swmgmt_change_t *change)
{
    if (change->kind != SWMGMT_CHANGE_REGISTER) {
        tell_observers(adapter, change);
    }
    if (change->kind != SWMGMT_CHANGE_VALUE && adapter->registration != NULL) {
        adapter->registration(adapter->user, change->kind != SWMGMT_CHANGE_REGISTER ||
                                                 change->value.number != 0);
    }
}

/* An observed instance or Object is told once, after the resources. */
static void tell_due(swmgmt_coap_t *adapter)
{
    for (size_t i = 0; i < SWMGMT_COAP_OBSERVATIONS; i++) {
        swmgmt_coap_observation_t *it = &adapter->observations[i];
        if (it->session != NULL && it->due) {
            notify(adapter, it);
        }
    }
}

uint32_t swmgmt_coap_flush(swmgmt_coap_t *adapter)
{
    swmgmt_change_t change = adapter->own;
    uint32_t count = adapter->changes;
    adapter->changes = 0;
    /* Observations of a deleted instance must end before another one can get its id. */
    if (change.kind != 0) {
        adapter->own.kind = 0;
        tell_all(adapter, &change);
        count++;
    }
    while (swmgmt_next_change(adapter->swmgmt, &change) == SWMGMT_OK) {
        tell_all(adapter, &change);
        count++;
    }
    tell_due(adapter);
    return count;
}

void swmgmt_coap_nack(swmgmt_coap_t *adapter, coap_session_t *session, const coap_pdu_t *sent,
                      coap_nack_reason_t reason)
{
    /* After ICMP libcoap goes on trying. The application's own requests, which may have
     * the same token, are none of ours. */
    if (reason == COAP_NACK_ICMP_ISSUE || sent == NULL ||
        COAP_RESPONSE_CLASS(coap_pdu_get_code(sent)) != 2) {
        return;
    }
    for (size_t i = 0; i < SWMGMT_COAP_OBSERVATIONS; i++) {
        swmgmt_coap_observation_t *it = &adapter->observations[i];
        if (it->session == session &&
            sc_same_token(coap_pdu_get_token(sent), it->token, it->token_length)) {
            end(it);
        }
    }
}

void sc_end_observations(swmgmt_coap_t *adapter, const coap_session_t *session)
{
    for (size_t i = 0; i < SWMGMT_COAP_OBSERVATIONS; i++) {
        if (adapter->observations[i].session == session) {
            end(&adapter->observations[i]);
        }
    }
}

void swmgmt_coap_forget(swmgmt_coap_t *adapter, const coap_session_t *session)
{
    if (session == NULL) {
        return;
    }
    for (size_t i = 0; i < SWMGMT_COAP_SERVERS; i++) {
        if (adapter->servers[i].session == session) {
            adapter->servers[i].session = NULL;
        }
    }
    for (size_t i = 0; i < SWMGMT_COAP_ANSWERS; i++) {
        if (adapter->sent[i].session == session) {
            adapter->sent[i].session = NULL;
        }
    }
    sc_end_observations(adapter, session);
}

void swmgmt_coap_close(swmgmt_coap_t *adapter)
{
    for (size_t i = 0; i < SWMGMT_COAP_OBSERVATIONS; i++) {
        if (adapter->observations[i].session != NULL) {
            end(&adapter->observations[i]);
        }
    }
    memset(adapter->servers, 0, sizeof adapter->servers);
    memset(adapter->sent, 0, sizeof adapter->sent);
}
