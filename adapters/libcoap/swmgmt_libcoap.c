/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Where requests come in, and who sent them. */
#include "internal.h"

#include <string.h>

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
    adapter->body.bytes = adapter->collected;
    adapter->body.room = sizeof adapter->collected;
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

/* What is not there cannot be discovered either. */
static int exists(const swmgmt_coap_t *adapter, swmgmt_path_t path)
{
    const swmgmt_request_t request = {.path = path, .method = SWMGMT_GET,
                                      .format = SWMGMT_NONE, .accept = SC_LINK_FORMAT};
    swmgmt_response_t content = {0};
    const swmgmt_answer_t answer = swmgmt_request(adapter->swmgmt, &request, &content);
    return answer > 0 && answer != SWMGMT_NOT_FOUND;
}

static swmgmt_answer_t get(swmgmt_coap_t *adapter, const sc_request_t *request,
                           coap_pdu_t *response)
{
    swmgmt_response_t content;
    const unsigned szx = request->block2 >= 0 ? (unsigned)request->block2 & 7u : SC_SZX;
    const swmgmt_answer_t answer = sc_get(adapter, &request->it, szx, &content);
    if (answer != SWMGMT_CONTENT) {
        return answer;
    }
    const int32_t observe = sc_observe(adapter, request);
    return sc_add_content(response, &content, observe, request->block2) ? SWMGMT_CONTENT
                                                                        : SWMGMT_INTERNAL_ERROR;
}

static swmgmt_answer_t change(swmgmt_coap_t *adapter, sc_request_t *request, uint16_t *created)
{
    swmgmt_response_t room = {.payload = adapter->work, .room = sizeof adapter->work};
    if (request->it.method == SWMGMT_PUT && request->has_query) {
        return exists(adapter, request->it.path) ? sc_attributes(request) : SWMGMT_NOT_FOUND;
    }
    request->it.body = &adapter->body;
    const swmgmt_answer_t answer = swmgmt_request(adapter->swmgmt, &request->it, &room);
    if (answer == SWMGMT_CREATED || answer == SWMGMT_DELETED) {
        /* To the library this is no change; flush tells the other servers. */
        *created = room.created;
        adapter->own.path = request->it.path;
        adapter->own.kind = SWMGMT_CHANGE_VANISHED;
        if (answer == SWMGMT_CREATED) {
            adapter->own.path.instance = room.created;
            adapter->own.kind = SWMGMT_CHANGE_APPEARED;
        }
    }
    return answer;
}

/* What the adapter itself refuses; 0: nothing. */
static swmgmt_answer_t refused(const sc_request_t *request)
{
    if (request->is_nowhere) {
        /* 4.04 and not 4.00: what is no id names nothing that could be there. */
        return SWMGMT_NOT_FOUND;
    }
    return request->malformed ? SWMGMT_BAD_REQUEST : 0;
}

/* Code, Location-Path and Block1. */
static void fill(coap_pdu_t *response, uint8_t code, uint16_t created, int32_t block1)
{
    coap_pdu_set_code(response, (coap_pdu_code_t)code);
    if (code == SWMGMT_CREATED) {
        sc_add_created(response, created);
    }
    /* Not with a refusal: beside 4.13 it would propose another block size. */
    if (block1 >= 0 && code < SWMGMT_BAD_REQUEST) {
        sc_add_uint(response, COAP_OPTION_BLOCK1, (uint32_t)block1);
    }
}

static uint8_t code_of(swmgmt_answer_t answer)
{
    return (uint8_t)(answer > 0 ? answer : SWMGMT_INTERNAL_ERROR);
}

int swmgmt_coap_handle(swmgmt_coap_t *adapter, coap_session_t *session,
                       const coap_pdu_t *pdu, coap_pdu_t *response)
{
    sc_request_t request;
    if (!sc_parse(&request, session, pdu)) {
        return 0;
    }
    swmgmt_answer_t answer = refused(&request);
    if (request.it.method == SWMGMT_GET) {
        answer = answer != 0 ? answer : get(adapter, &request, response);
        coap_pdu_set_code(response, (coap_pdu_code_t)code_of(answer));
        return 1;
    }
    const swmgmt_coap_sent_t *sent = sc_replay(adapter, &request);
    if (sent != NULL) {
        fill(response, sent->code, sent->created, sent->block1);
        return 1;
    }
    /* When libcoap hands over several requests at once: what the one before has
     * changed is notified by now, since its answer has left. */
    const uint32_t changes = swmgmt_coap_flush(adapter);
    adapter->changes = changes;
    uint16_t created = SWMGMT_NONE;
    request.it.server = number_of(adapter, session);
    answer = answer != 0 ? answer : change(adapter, &request, &created);
    fill(response, code_of(answer), created, request.block1);
    sc_remember(adapter, &request, code_of(answer), created);
    return 1;
}

size_t swmgmt_coap_links(const swmgmt_coap_t *adapter, char *text, size_t room)
{
    const swmgmt_request_t request = {.path = SC_NO_PATH, .method = SWMGMT_GET,
                                      .format = SWMGMT_NONE, .accept = SC_LINK_FORMAT};
    swmgmt_response_t content = {.payload = (uint8_t *)text,
                                 .room = (uint32_t)(room != 0 ? room - 1 : 0)};
    const int told = swmgmt_request(adapter->swmgmt, &request, &content) == SWMGMT_CONTENT;
    if (room != 0) {
        text[told ? content.length : 0] = '\0';
    }
    return told ? content.total : 0;
}
