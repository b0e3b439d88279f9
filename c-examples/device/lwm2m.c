/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#define _POSIX_C_SOURCE 200809L
#include "lwm2m.h"

#include "session.h"

#include <stdio.h>
#include <string.h>

/* libcoap tells of a wrong key or of a server that has lost its DTLS session nothing at
 * all, so a request has a deadline of its own, above the first retransmissions. */
enum { ANSWER_MS = 30000, LEAVE_MS = 2000, RETRY_MS = 2000, MAX_RETRY_MS = 60000, SZX = 6 };

static int is_asking(const lwm2m_t *it)
{
    return it->state == LWM2M_REGISTERING || it->state == LWM2M_UPDATING ||
           it->state == LWM2M_DEREGISTERING;
}

static void drop_session(lwm2m_t *it)
{
    if (it->session != NULL) {
        swmgmt_coap_forget(it->adapter, it->session);
        coap_session_release(it->session);
        it->session = NULL;
    }
}

/* Tries again later, on a new session. */
static void start_over(lwm2m_t *it, uint64_t now_ms, const char *why)
{
    fprintf(stderr, "device: %s; again in %lu s\n", why, (unsigned long)it->retry_ms / 1000);
    drop_session(it);
    it->location_length = 0;
    it->state = LWM2M_WAITING;
    it->deadline_ms = now_ms + it->retry_ms;
    it->retry_ms = it->retry_ms * 2 > MAX_RETRY_MS ? MAX_RETRY_MS : it->retry_ms * 2;
}

/* --- requests ----------------------------------------------------------------------- */

static void add_text(coap_pdu_t *pdu, coap_option_num_t number, const char *text)
{
    coap_add_option(pdu, number, strlen(text), (const uint8_t *)text);
}

static void add_uint(coap_pdu_t *pdu, coap_option_num_t number, uint32_t value)
{
    uint8_t bytes[4];
    const unsigned length = coap_encode_var_safe(bytes, sizeof bytes, value);
    coap_add_option(pdu, number, length, bytes);
}

static void add_path(const lwm2m_t *it, coap_pdu_t *pdu)
{
    if (it->location_length == 0) {
        add_text(pdu, COAP_OPTION_URI_PATH, "rd");
    }
    for (size_t at = 0; at < it->location_length; at += strlen(&it->location[at]) + 1) {
        add_text(pdu, COAP_OPTION_URI_PATH, &it->location[at]);
    }
}

static void add_query(const lwm2m_t *it, coap_pdu_t *pdu)
{
    char text[272];
    if (it->state == LWM2M_REGISTERING) {
        snprintf(text, sizeof text, "ep=%s", it->options->endpoint);
        add_text(pdu, COAP_OPTION_URI_QUERY, text);
    }
    if (it->state == LWM2M_REGISTERING || it->lifetime_changed) {
        snprintf(text, sizeof text, "lt=%lu", (unsigned long)it->lifetime);
        add_text(pdu, COAP_OPTION_URI_QUERY, text);
    }
    if (it->state == LWM2M_REGISTERING) {
        add_text(pdu, COAP_OPTION_URI_QUERY, "lwm2m=1.1");
        add_text(pdu, COAP_OPTION_URI_QUERY, "b=U");
    }
}

/* The request of the state; long link lists go in blocks. */
static int send_request(lwm2m_t *it)
{
    const size_t size = (size_t)16 << SZX;
    const size_t offset = it->with_links ? it->block * size : 0;
    const size_t left = it->with_links ? it->links_length - offset : 0;
    const size_t length = left > size ? size : left;
    coap_pdu_t *pdu = coap_new_pdu(COAP_MESSAGE_CON,
                                   it->state == LWM2M_DEREGISTERING ? COAP_REQUEST_CODE_DELETE
                                                                    : COAP_REQUEST_CODE_POST,
                                   it->session);
    if (pdu == NULL) {
        return -1;
    }
    coap_session_new_token(it->session, &it->token_length, it->token);
    coap_add_token(pdu, it->token_length, it->token);
    add_path(it, pdu);
    if (it->with_links) {
        add_uint(pdu, COAP_OPTION_CONTENT_FORMAT, COAP_MEDIATYPE_APPLICATION_LINK_FORMAT);
    }
    if (it->state != LWM2M_DEREGISTERING) {
        add_query(it, pdu);
    }
    if (it->with_links && it->links_length > size) {
        add_uint(pdu, COAP_OPTION_BLOCK1,
                 it->block << 4 | (left > length ? 8u : 0) | (uint32_t)SZX);
    }
    if (it->with_links) {
        coap_add_data(pdu, length, (const uint8_t *)&it->links[offset]);
    }
    return coap_send(it->session, pdu) == COAP_INVALID_MID ? -1 : 0;
}

static void ask(lwm2m_t *it, enum lwm2m_state state, int with_links, uint64_t now_ms)
{
    it->state = state;
    it->block = 0;
    it->with_links = with_links;
    it->deadline_ms = now_ms + (state == LWM2M_DEREGISTERING ? LEAVE_MS : ANSWER_MS);
    if (with_links) {
        const int own = snprintf(it->links, sizeof it->links, "</1/0>,</3/0>,");
        it->links_length = (size_t)own + swmgmt_coap_links(it->adapter, &it->links[own],
                                                           sizeof it->links - (size_t)own);
        if (it->links_length >= sizeof it->links) {
            it->links_length = sizeof it->links - 1;
        }
        it->links_changed = 0;
    }
    it->update_wanted = 0;
    if (send_request(it) != 0) {
        start_over(it, now_ms, "a request cannot be sent");
    }
}

static void register_now(lwm2m_t *it, uint64_t now_ms)
{
    it->location_length = 0;
    if (it->session == NULL) {
        it->session = session_open(it->context, it->options);
    }
    if (it->session == NULL) {
        start_over(it, now_ms, "no session with the server");
        return;
    }
    swmgmt_coap_set_server(it->adapter, it->session, LWM2M_SHORT_ID);
    ask(it, LWM2M_REGISTERING, 1, now_ms);
}

/* --- answers ------------------------------------------------------------------------- */

static void take_location(lwm2m_t *it, const coap_pdu_t *received)
{
    coap_opt_iterator_t options;
    coap_opt_t *option;
    it->location_length = 0;
    coap_option_iterator_init(received, &options, COAP_OPT_ALL);
    while ((option = coap_option_next(&options)) != NULL) {
        const size_t length = coap_opt_length(option);
        if (options.number == COAP_OPTION_LOCATION_PATH &&
            length < sizeof it->location - it->location_length) {
            memcpy(&it->location[it->location_length], coap_opt_value(option), length);
            it->location[it->location_length + length] = '\0';
            it->location_length += length + 1;
        }
    }
}

static void settle(lwm2m_t *it, uint64_t now_ms)
{
    /* Early enough for an update that has to be sent several times. */
    const uint64_t lifetime_ms = (uint64_t)it->lifetime * 1000u;
    it->state = LWM2M_REGISTERED;
    it->retry_ms = RETRY_MS;
    it->lifetime_changed = 0;
    it->update_ms = now_ms + (lifetime_ms > 240000 ? lifetime_ms - 120000 : lifetime_ms / 2);
}

void lwm2m_response(lwm2m_t *it, const coap_session_t *session, const coap_pdu_t *received,
                    uint64_t now_ms)
{
    const coap_bin_const_t token = coap_pdu_get_token(received);
    const coap_pdu_code_t code = coap_pdu_get_code(received);
    if (!is_asking(it) || session != it->session || token.length != it->token_length ||
        memcmp(token.s, it->token, token.length) != 0) {
        return;
    }
    if (it->state == LWM2M_DEREGISTERING) {
        it->state = LWM2M_DONE;
    } else if (code == COAP_RESPONSE_CODE_CONTINUE && it->with_links &&
               ((size_t)it->block + 1) * (16u << SZX) < it->links_length) {
        it->block++;
        it->deadline_ms = now_ms + ANSWER_MS;
        if (send_request(it) != 0) {
            start_over(it, now_ms, "a request cannot be sent");
        }
    } else if (it->state == LWM2M_REGISTERING && code == COAP_RESPONSE_CODE_CREATED) {
        take_location(it, received);
        settle(it, now_ms);
        printf("registered\n");
    } else if (it->state == LWM2M_UPDATING && code == COAP_RESPONSE_CODE_CHANGED) {
        settle(it, now_ms);
    } else if (it->state == LWM2M_UPDATING && code == COAP_RESPONSE_CODE_NOT_FOUND) {
        register_now(it, now_ms);
    } else {
        start_over(it, now_ms, "the server has refused the registration");
    }
}

void lwm2m_nack(lwm2m_t *it, const coap_session_t *session, const coap_pdu_t *sent,
                coap_nack_reason_t reason, uint64_t now_ms)
{
    if (!is_asking(it) || session != it->session || reason == COAP_NACK_ICMP_ISSUE) {
        return; /* after ICMP libcoap goes on trying */
    }
    if (sent != NULL) {
        const coap_bin_const_t token = coap_pdu_get_token(sent);
        if (token.length != it->token_length || memcmp(token.s, it->token, token.length) != 0) {
            return;
        }
    }
    /* Not here: libcoap still holds the session while it calls. */
    it->deadline_ms = now_ms;
}

/* --- time ------------------------------------------------------------------------------ */

int lwm2m_init(lwm2m_t *it, const options_t *options, coap_context_t *context,
               swmgmt_coap_t *adapter)
{
    memset(it, 0, sizeof *it);
    it->options = options;
    it->context = context;
    it->adapter = adapter;
    it->lifetime = options->lifetime;
    it->retry_ms = RETRY_MS;
    it->state = options->server != NULL ? LWM2M_WAITING : LWM2M_OFF;
    return options->server != NULL ? session_check(options) : 0;
}

void lwm2m_links_changed(lwm2m_t *it, int at_once)
{
    it->links_changed = 1;
    it->update_wanted |= at_once;
}

static void expire(lwm2m_t *it, uint64_t now_ms)
{
    if (it->state == LWM2M_WAITING) {
        register_now(it, now_ms);
    } else if (it->state == LWM2M_DEREGISTERING) {
        it->state = LWM2M_DONE;
    } else {
        start_over(it, now_ms, "the server does not answer");
    }
}

uint32_t lwm2m_turn(lwm2m_t *it, uint64_t now_ms)
{
    if (it->state == LWM2M_OFF || it->state == LWM2M_DONE) {
        return UINT32_MAX;
    }
    if (it->state == LWM2M_REGISTERED) {
        if (it->update_wanted || it->lifetime_changed || now_ms >= it->update_ms) {
            ask(it, LWM2M_UPDATING, it->links_changed, now_ms);
        }
    } else if (now_ms >= it->deadline_ms) {
        expire(it, now_ms);
    }
    const uint64_t due = it->state == LWM2M_REGISTERED ? it->update_ms : it->deadline_ms;
    const uint64_t left = due > now_ms ? due - now_ms : 0;
    return left < UINT32_MAX ? (uint32_t)left : UINT32_MAX;
}

void lwm2m_leave(lwm2m_t *it, uint64_t now_ms)
{
    if (it->location_length == 0 || it->session == NULL) {
        it->state = LWM2M_DONE;
    } else {
        ask(it, LWM2M_DEREGISTERING, 0, now_ms);
        if (it->state != LWM2M_DEREGISTERING) {
            it->state = LWM2M_DONE;
        }
    }
}

void lwm2m_close(lwm2m_t *it) { drop_session(it); }
