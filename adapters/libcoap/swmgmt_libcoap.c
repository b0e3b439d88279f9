/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Where requests come in, and who sent them. */
#include "internal.h"

#include <string.h>

#define NO_PATH ((swmgmt_path_t){SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE})

swmgmt_status_t swmgmt_coap_init(swmgmt_coap_t *adapter, swmgmt_t *swmgmt,
                                 swmgmt_coap_registration_t registration, void *user)
{
    if (adapter == NULL || swmgmt == NULL) {
        return SWMGMT_EINVAL;
    }
    memset(adapter, 0, sizeof *adapter);
    adapter->swmgmt = swmgmt;
    adapter->registration = registration;
    adapter->user = user;
    adapter->deleted = SWMGMT_NONE;
    return SWMGMT_OK;
}

swmgmt_status_t swmgmt_coap_attach(swmgmt_coap_t *adapter, coap_context_t *context,
                                   coap_method_handler_t other)
{
    static const coap_request_t METHODS[] = {
        COAP_REQUEST_GET,   COAP_REQUEST_POST,  COAP_REQUEST_DELETE,
        COAP_REQUEST_FETCH, COAP_REQUEST_PATCH, COAP_REQUEST_IPATCH,
    };
    if (adapter == NULL || context == NULL) {
        return SWMGMT_EINVAL;
    }
    coap_resource_t *resource = coap_resource_unknown_init(swmgmt_coap_handler);
    if (resource == NULL) {
        return SWMGMT_ENOMEM;
    }
    adapter->other = other;
    coap_resource_set_userdata(resource, adapter);
    /* All of them: libcoap answers a DELETE that has no handler with 2.02 itself. */
    for (size_t i = 0; i < sizeof METHODS / sizeof METHODS[0]; i++) {
        coap_register_request_handler(resource, METHODS[i], swmgmt_coap_handler);
    }
    coap_add_resource(context, resource);
    return SWMGMT_OK;
}

void swmgmt_coap_handler(coap_resource_t *resource, coap_session_t *session,
                         const coap_pdu_t *request, const coap_string_t *query,
                         coap_pdu_t *response)
{
    swmgmt_coap_t *adapter = coap_resource_get_userdata(resource);
    if (adapter == NULL) {
        coap_pdu_set_code(response, COAP_RESPONSE_CODE_INTERNAL_ERROR);
    } else if (swmgmt_coap_handle(adapter, session, request, response)) {
        return;
    } else if (adapter->other != NULL) {
        adapter->other(resource, session, request, query, response);
    } else {
        coap_pdu_set_code(response, COAP_RESPONSE_CODE_NOT_FOUND);
    }
}

/* --- servers ------------------------------------------------------------------- */

static swmgmt_coap_server_t *server_of(swmgmt_coap_t *adapter, const coap_session_t *session)
{
    for (size_t i = 0; i < SWMGMT_COAP_SERVERS; i++) {
        if (adapter->servers[i].session == session) {
            return &adapter->servers[i];
        }
    }
    return NULL;
}

static int is_taken(const swmgmt_coap_t *adapter, uint16_t id)
{
    for (size_t i = 0; i < SWMGMT_COAP_SERVERS; i++) {
        if (adapter->servers[i].session != NULL && adapter->servers[i].id == id) {
            return 1;
        }
    }
    return 0;
}

/* A number is not given twice in a row: a new session is another server, although
 * libcoap may have made it where the old one was. */
static uint16_t number_of(swmgmt_coap_t *adapter, const coap_session_t *session)
{
    swmgmt_coap_server_t *server = server_of(adapter, session);
    if (server == NULL) {
        server = server_of(adapter, NULL);
        if (server == NULL) {
            return 0;
        }
        do {
            adapter->last_server = (uint16_t)(adapter->last_server % 65534u + 1u);
        } while (is_taken(adapter, adapter->last_server));
        server->session = session;
        server->id = adapter->last_server;
    }
    return server->id;
}

swmgmt_status_t swmgmt_coap_set_server(swmgmt_coap_t *adapter, const coap_session_t *session,
                                       uint16_t short_id)
{
    if (adapter == NULL || session == NULL || short_id == 0 || short_id == SWMGMT_NONE) {
        return SWMGMT_EINVAL;
    }
    swmgmt_coap_server_t *server = server_of(adapter, session);
    if (server == NULL) {
        server = server_of(adapter, NULL);
    }
    if (server == NULL) {
        return SWMGMT_ENOMEM;
    }
    server->session = session;
    server->id = short_id;
    return SWMGMT_OK;
}

void swmgmt_coap_event(swmgmt_coap_t *adapter, coap_session_t *session, coap_event_t event)
{
    switch (event) {
    case COAP_EVENT_SERVER_SESSION_DEL:
        swmgmt_coap_forget(adapter, session);
        break;
    case COAP_EVENT_DTLS_CLOSED:
    case COAP_EVENT_DTLS_ERROR:
    case COAP_EVENT_SESSION_CLOSED:
    case COAP_EVENT_SESSION_FAILED:
        sc_end_observations(adapter, session); /* a client session may connect again */
        break;
    default:
        break;
    }
}

/* --- one request --------------------------------------------------------------- */

/* An id in its one decimal form. 65535 is reserved by LwM2M, and SWMGMT_NONE. */
static uint16_t parse_id(const uint8_t *text, size_t length)
{
    uint32_t id = 0;
    if (length == 0 || length > 5 || (length > 1 && text[0] == '0')) {
        return SWMGMT_NONE;
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return SWMGMT_NONE;
        }
        id = id * 10u + (uint32_t)(text[i] - '0');
    }
    return id < SWMGMT_NONE ? (uint16_t)id : (uint16_t)SWMGMT_NONE;
}

static void parse_segment(sc_request_t *request, unsigned *segments, const uint8_t *text,
                          size_t length)
{
    uint16_t *const ids[] = {&request->path.object, &request->path.instance,
                             &request->path.resource, &request->path.index};
    const unsigned at = (*segments)++;
    if (at == request->depth && at < 4) {
        *ids[at] = parse_id(text, length);
        request->depth = (uint8_t)(at + (*ids[at] != SWMGMT_NONE));
    }
}

/* 0: the path is not ours. Of an option that may be there once, Block1 alone is counted:
 * with two of them nobody can say which bytes these are. */
static int parse(sc_request_t *request)
{
    unsigned segments = 0;
    coap_opt_iterator_t options;
    coap_opt_t *option;
    coap_option_iterator_init(request->pdu, &options, COAP_OPT_ALL);
    while ((option = coap_option_next(&options)) != NULL) {
        const uint8_t *bytes = coap_opt_value(option);
        const size_t length = coap_opt_length(option);
        const uint32_t value = length <= 4 ? coap_decode_var_bytes(bytes, length) : UINT32_MAX;
        switch (options.number) {
        case COAP_OPTION_OBSERVE:
            request->observe = value <= 1 ? (int32_t)value : SC_ABSENT;
            break;
        case COAP_OPTION_URI_PATH:
            parse_segment(request, &segments, bytes, length);
            if (request->path.object != 9 && request->path.object != 14) {
                return 0;
            }
            break;
        case COAP_OPTION_CONTENT_FORMAT:
            request->format = (int32_t)(value & 0xFFFFu);
            break;
        case COAP_OPTION_URI_QUERY:
            request->has_query = 1;
            break;
        case COAP_OPTION_ACCEPT:
            request->accept = (int32_t)(value & 0xFFFFu);
            break;
        case COAP_OPTION_BLOCK2:
            request->has_block2 = 1;
            request->block2 = value;
            request->malformed |= length > 3 || (value & 7u) == 7u;
            break;
        case COAP_OPTION_BLOCK1:
            /* SZX 7 is not for UDP, and libcoap would say that there is no Block1. */
            request->malformed |= request->has_block1 || length > 3 || (value & 7u) == 7u;
            request->has_block1 = 1;
            request->block1 = value;
            break;
        case COAP_OPTION_SIZE1:
            request->size1 = length <= 4 ? value : 0;
            break;
        default:
            break;
        }
    }
    if (segments != request->depth) {
        request->depth = 0;
    }
    return segments > 0;
}

static swmgmt_answer_t dispatch(swmgmt_coap_t *adapter, const sc_request_t *request,
                                coap_pdu_t *response, uint16_t *created)
{
    if (request->depth == 0) {
        /* 4.04 and not 4.00: what is no id names nothing that could be there. */
        return SWMGMT_NOT_FOUND;
    }
    if (request->malformed) {
        return SWMGMT_BAD_REQUEST;
    }
    switch (request->method) {
    case COAP_REQUEST_CODE_GET:
        return sc_get(adapter, request, response);
    case COAP_REQUEST_CODE_PUT:
        return sc_put(adapter, request);
    case COAP_REQUEST_CODE_POST:
        return sc_post(adapter, request, created);
    case COAP_REQUEST_CODE_DELETE:
        return sc_delete(adapter, request);
    default:
        return SWMGMT_NOT_ALLOWED;
    }
}

/* Code, Location-Path and Block1. A GET has its options and its payload already. */
static void fill(coap_pdu_t *response, uint8_t code, uint16_t created, const uint32_t *block1)
{
    coap_pdu_set_code(response, (coap_pdu_code_t)code);
    if (code == SWMGMT_CREATED) {
        char id[6];
        unsigned at = sizeof id;
        do {
            id[--at] = (char)('0' + created % 10u);
            created = (uint16_t)(created / 10u);
        } while (created != 0);
        coap_add_option(response, COAP_OPTION_LOCATION_PATH, 1, (const uint8_t *)"9");
        coap_add_option(response, COAP_OPTION_LOCATION_PATH, sizeof id - at,
                        (const uint8_t *)&id[at]);
    }
    /* Not with a refusal: beside 4.13 it would propose another block size. */
    if (block1 != NULL && code < SWMGMT_BAD_REQUEST) {
        sc_add_uint(response, COAP_OPTION_BLOCK1, *block1);
    }
}

int swmgmt_coap_handle(swmgmt_coap_t *adapter, coap_session_t *session,
                       const coap_pdu_t *request, coap_pdu_t *response)
{
    sc_request_t it = {
        .session = session,
        .pdu = request,
        .path = NO_PATH,
        .format = SC_ABSENT,
        .accept = SC_ABSENT,
        .observe = SC_ABSENT,
        .method = (uint8_t)coap_pdu_get_code(request),
    };
    if (!parse(&it)) {
        return 0;
    }
    if (!coap_get_data(request, &it.length, &it.payload)) {
        it.length = 0;
        it.payload = NULL;
    }
    if (it.method == COAP_REQUEST_CODE_GET) {
        const swmgmt_answer_t answer = dispatch(adapter, &it, response, NULL);
        coap_pdu_set_code(response, answer > 0 ? (coap_pdu_code_t)answer
                                               : COAP_RESPONSE_CODE_INTERNAL_ERROR);
        return 1;
    }
    const swmgmt_coap_sent_t *sent = sc_replay(adapter, &it);
    if (sent != NULL) {
        fill(response, sent->code, sent->created, sent->has_block1 ? &sent->block1 : NULL);
        return 1;
    }
    /* When libcoap hands over several requests at once: what the one before has
     * changed is notified by now, since its answer has left. */
    const uint32_t changes = swmgmt_coap_flush(adapter);
    adapter->changes = changes;
    uint16_t created = SWMGMT_NONE;
    it.server = number_of(adapter, session);
    const swmgmt_answer_t answer = dispatch(adapter, &it, response, &created);
    const uint8_t code = (uint8_t)(answer > 0 ? answer : SWMGMT_INTERNAL_ERROR);
    fill(response, code, created, it.has_block1 ? &it.block1 : NULL);
    sc_remember(adapter, &it, code, created);
    return 1;
}
