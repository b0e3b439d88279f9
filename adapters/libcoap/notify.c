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

/* Whether `path` is `prefix` or lies below it. */
static int is_within(swmgmt_path_t path, swmgmt_path_t prefix)
{
    return path.object == prefix.object && path.instance == prefix.instance &&
           (prefix.resource == SWMGMT_NONE ||
            (path.resource == prefix.resource &&
             (prefix.index == SWMGMT_NONE || path.index == prefix.index)));
}

static uint32_t next_sequence(swmgmt_coap_t *adapter)
{
    adapter->sequence = (adapter->sequence + 1u) & 0xFFFFFFu;
    return adapter->sequence;
}

/* Registers or cancels, as a GET that has found its resource wants. Returns the value of
 * the answer's Observe option, or SC_ABSENT. */
int32_t sc_observe(swmgmt_coap_t *adapter, const sc_request_t *request)
{
    const coap_bin_const_t token = coap_pdu_get_token(request->pdu);
    swmgmt_coap_observation_t *place = NULL;
    if (request->observe == SC_ABSENT ||
        (request->has_block2 && sc_block_number(request->block2) != 0)) {
        return SC_ABSENT;
    }
    /* One observation for a path and a session: a server that observes again with
     * another token has forgotten the first. */
    for (size_t i = 0; i < SWMGMT_COAP_OBSERVATIONS; i++) {
        swmgmt_coap_observation_t *it = &adapter->observations[i];
        if (it->session == request->session &&
            (is_same(it->path, request->path) ||
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
    place->session = coap_session_reference(request->session);
    place->path = request->path;
    place->token_length = (uint8_t)token.length;
    if (token.length != 0) {
        memcpy(place->token, token.s, token.length);
    }
    place->since_con = 0;
    return (int32_t)next_sequence(adapter);
}

static size_t decimal(char *end_of_text, uint32_t number)
{
    size_t length = 0;
    do {
        *--end_of_text = (char)('0' + number % 10u);
        number /= 10u;
        length++;
    } while (number != 0);
    return length;
}

/* A value as text/plain; `room` has SC_TEXT_ROOM bytes. */
size_t sc_text(const swmgmt_value_t *value, char *room, const uint8_t **bytes)
{
    char *const after = room + SC_TEXT_ROOM;
    size_t length;
    switch (value->kind) {
    case SWMGMT_TYPE_INTEGER:
    case SWMGMT_TYPE_BOOLEAN:
        length = decimal(after, value->number);
        break;
    case SWMGMT_TYPE_OBJLNK:
        length = decimal(after, value->number & 0xFFFFu);
        *(after - length - 1) = ':';
        length += 1 + decimal(after - length - 1, value->number >> 16);
        break;
    default:
        *bytes = value->bytes;
        return value->length;
    }
    *bytes = (const uint8_t *)(after - length);
    return length;
}

/* `value` NULL: the resource has gone, and with it the observation (RFC 7641, 4.2). */
static void notify(swmgmt_coap_t *adapter, swmgmt_coap_observation_t *it,
                   const swmgmt_value_t *value)
{
    char room[SC_TEXT_ROOM];
    const uint8_t *bytes = NULL;
    const size_t length = value != NULL ? sc_text(value, room, &bytes) : 0;
    const int confirmable = value == NULL || ++it->since_con >= SWMGMT_COAP_CON_EVERY;
    coap_pdu_t *pdu = coap_pdu_init(confirmable ? COAP_MESSAGE_CON : COAP_MESSAGE_NON,
                                    value != NULL ? COAP_RESPONSE_CODE_CONTENT
                                                  : COAP_RESPONSE_CODE_NOT_FOUND,
                                    coap_new_message_id(it->session),
                                    coap_session_max_pdu_size(it->session));
    if (pdu == NULL) {
        return;
    }
    coap_add_token(pdu, it->token_length, it->token);
    if (value != NULL) {
        sc_add_uint(pdu, COAP_OPTION_OBSERVE, next_sequence(adapter));
        sc_add_uint(pdu, COAP_OPTION_CONTENT_FORMAT, SC_TEXT);
    }
    if (length != 0) {
        coap_add_data(pdu, length, bytes);
    }
    if (confirmable) {
        it->since_con = 0;
    }
    coap_send(it->session, pdu);
    if (value == NULL) {
        end(it);
    }
}

/* The observations of a resource whose change does not carry its value. */
static void read_and_notify(swmgmt_coap_t *adapter, swmgmt_coap_observation_t *it)
{
    swmgmt_value_t value;
    const swmgmt_answer_t answer = swmgmt_read(adapter->swmgmt, it->path, &value);
    if (answer == SWMGMT_CONTENT) {
        notify(adapter, it, &value);
    } else if (answer == SWMGMT_NOT_FOUND) {
        notify(adapter, it, NULL);
    }
}

static void tell_servers(swmgmt_coap_t *adapter, const swmgmt_change_t *change)
{
    for (size_t i = 0; i < SWMGMT_COAP_OBSERVATIONS; i++) {
        swmgmt_coap_observation_t *it = &adapter->observations[i];
        if (it->session == NULL || !is_within(it->path, change->path)) {
            continue;
        }
        if (change->kind == SWMGMT_CHANGE_VANISHED) {
            notify(adapter, it, NULL);
        } else if (change->kind == SWMGMT_CHANGE_VALUE) {
            if (change->value.kind != SWMGMT_TYPE_NONE && is_same(it->path, change->path)) {
                notify(adapter, it, &change->value);
            } else {
                read_and_notify(adapter, it);
            }
        }
    }
}

static void tell_all(swmgmt_coap_t *adapter, const swmgmt_change_t *change)
{
    if (change->kind != SWMGMT_CHANGE_REGISTER) {
        tell_servers(adapter, change);
    }
    if (change->kind != SWMGMT_CHANGE_VALUE && adapter->registration != NULL) {
        adapter->registration(adapter->user, change->kind != SWMGMT_CHANGE_REGISTER ||
                                                 change->value.number != 0);
    }
}

uint32_t swmgmt_coap_flush(swmgmt_coap_t *adapter)
{
    swmgmt_change_t change;
    uint32_t count = adapter->changes;
    adapter->changes = 0;
    /* An instance that a server has deleted is no change to the library. Its observations
     * must end before another one can get its id. */
    if (adapter->deleted != SWMGMT_NONE) {
        const swmgmt_change_t gone = {
            .path = {9, adapter->deleted, SWMGMT_NONE, SWMGMT_NONE},
            .kind = SWMGMT_CHANGE_VANISHED,
        };
        adapter->deleted = SWMGMT_NONE;
        tell_all(adapter, &gone);
        count++;
    }
    while (swmgmt_next_change(adapter->swmgmt, &change) == SWMGMT_OK) {
        tell_all(adapter, &change);
        count++;
    }
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
    for (size_t i = 0; i < SWMGMT_COAP_COLLECTIONS; i++) {
        if (adapter->collections[i].session == session) {
            adapter->collections[i].session = NULL;
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
    memset(adapter->collections, 0, sizeof adapter->collections);
}
