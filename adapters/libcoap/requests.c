/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What each method does on each kind of path. */
#include "internal.h"

static int has_child(const swmgmt_coap_t *adapter, swmgmt_path_t within, uint16_t wanted)
{
    uint16_t child = SWMGMT_NONE;
    while (swmgmt_next(adapter->swmgmt, within, &child) == SWMGMT_OK) {
        if (child == wanted) {
            return 1;
        }
    }
    return 0;
}

int sc_exists(const swmgmt_coap_t *adapter, swmgmt_path_t path, unsigned depth)
{
    const swmgmt_path_t object = {path.object, SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE};
    const swmgmt_path_t instance = {path.object, path.instance, SWMGMT_NONE, SWMGMT_NONE};
    const swmgmt_path_t resource = {path.object, path.instance, path.resource, SWMGMT_NONE};
    return depth == 1 || (has_child(adapter, object, path.instance) &&
                          (depth == 2 || (has_child(adapter, instance, path.resource) &&
                                          (depth == 3 || has_child(adapter, resource,
                                                                   path.index)))));
}

static swmgmt_answer_t refuse(const swmgmt_coap_t *adapter, const sc_request_t *request,
                              swmgmt_answer_t why)
{
    return sc_exists(adapter, request->path, request->depth) ? why : SWMGMT_NOT_FOUND;
}

static int may(const sc_request_t *request, uint8_t operation)
{
    swmgmt_resource_t about;
    return swmgmt_resource(request->path.object, request->path.resource, &about) == SWMGMT_OK &&
           (about.operations & operation) != 0;
}

/* --- GET: Read, Discover, Observe ------------------------------------------------ */

swmgmt_answer_t sc_get(swmgmt_coap_t *adapter, const sc_request_t *request, coap_pdu_t *response)
{
    if (request->accept == SC_LINK_FORMAT) {
        return sc_discover(adapter, request, response);
    }
    if (request->depth < 3) {
        return refuse(adapter, request, SWMGMT_NOT_ACCEPTABLE);
    }
    swmgmt_value_t value;
    const swmgmt_answer_t answer = swmgmt_read(adapter->swmgmt, request->path, &value);
    if (answer != SWMGMT_CONTENT) {
        return answer;
    }
    if (request->accept != SC_ABSENT && request->accept != SC_TEXT) {
        return SWMGMT_NOT_ACCEPTABLE;
    }
    char room[SC_TEXT_ROOM];
    const uint8_t *bytes;
    const size_t length = sc_text(&value, room, &bytes);
    sc_window_t window;
    if (sc_window(&window, adapter->work, request) != SWMGMT_CONTENT) {
        return SWMGMT_BAD_REQUEST;
    }
    sc_window_add(&window, bytes, length);
    return sc_content(request, response, SC_TEXT, sc_observe(adapter, request), &window);
}

/* --- PUT: Write, Write-Attributes ------------------------------------------------ */

static swmgmt_answer_t write_value(swmgmt_coap_t *adapter, const sc_request_t *request)
{
    if (request->format != SC_ABSENT && request->format != SC_TEXT &&
        request->format != SC_OPAQUE) {
        return refuse(adapter, request,
                      may(request, SWMGMT_WRITE) ? SWMGMT_UNSUPPORTED_FORMAT
                                                 : SWMGMT_NOT_ALLOWED);
    }
    const uint8_t *bytes;
    size_t length;
    const swmgmt_answer_t answer = sc_collect(adapter, request, &bytes, &length);
    if (answer != 0) {
        return answer;
    }
    const swmgmt_value_t value = {
        .bytes = bytes,
        .length = (uint32_t)length,
        .kind = request->format == SC_OPAQUE ? SWMGMT_TYPE_OPAQUE : SWMGMT_TYPE_STRING,
    };
    return swmgmt_write(adapter->swmgmt, request->server, request->path, &value);
}

swmgmt_answer_t sc_put(swmgmt_coap_t *adapter, const sc_request_t *request)
{
    if (request->has_query) {
        return refuse(adapter, request, sc_attributes(request));
    }
    if (request->depth < 3) {
        return refuse(adapter, request, SWMGMT_NOT_ALLOWED);
    }
    if (request->depth == 3 && request->path.object == 9 && request->path.resource == 2) {
        return sc_package(adapter, request);
    }
    return write_value(adapter, request);
}

/* --- POST: Execute, Create, Write to an instance ---------------------------------- */

static swmgmt_answer_t execute(swmgmt_coap_t *adapter, const sc_request_t *request)
{
    if (!may(request, SWMGMT_EXECUTE)) {
        return refuse(adapter, request, SWMGMT_NOT_ALLOWED);
    }
    if (request->format != SC_ABSENT && request->format != SC_TEXT && request->length != 0) {
        return refuse(adapter, request, SWMGMT_UNSUPPORTED_FORMAT);
    }
    const uint8_t *bytes;
    size_t length;
    const swmgmt_answer_t answer = sc_collect(adapter, request, &bytes, &length);
    if (answer != 0) {
        return answer;
    }
    return swmgmt_execute(adapter->swmgmt, request->server, request->path,
                          (const char *)bytes, length);
}

swmgmt_answer_t sc_post(swmgmt_coap_t *adapter, const sc_request_t *request, uint16_t *created)
{
    switch (request->depth) {
    case 1:
        if (request->path.object != 9) {
            return SWMGMT_NOT_ALLOWED;
        }
        /* Values, or an id, come in TLV or SenML; neither is spoken here yet. */
        if (request->length != 0 || request->has_block1) {
            return SWMGMT_UNSUPPORTED_FORMAT;
        }
        return swmgmt_create(adapter->swmgmt, request->server, SWMGMT_NONE, NULL, 0, created);
    case 2:
        return refuse(adapter, request,
                      request->path.object == 9 ? SWMGMT_UNSUPPORTED_FORMAT
                                                : SWMGMT_NOT_ALLOWED);
    case 3:
        return execute(adapter, request);
    default:
        return refuse(adapter, request, SWMGMT_NOT_ALLOWED);
    }
}

/* --- DELETE ------------------------------------------------------------------------ */

swmgmt_answer_t sc_delete(swmgmt_coap_t *adapter, const sc_request_t *request)
{
    if (request->depth == 2 && request->path.object == 9) {
        const swmgmt_answer_t answer =
            swmgmt_delete(adapter->swmgmt, request->server, request->path.instance);
        if (answer == SWMGMT_DELETED) {
            adapter->deleted = request->path.instance; /* flush tells the other servers */
        }
        return answer;
    }
    return refuse(adapter, request, SWMGMT_NOT_ALLOWED);
}
