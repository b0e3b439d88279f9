/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Link-format (RFC 6690) for Discover and for the registration, and answers in blocks. */
#include "internal.h"

#include <string.h>

enum { BLOCK2_SZX = 6 };

void sc_add_uint(coap_pdu_t *pdu, coap_option_num_t number, uint32_t value)
{
    uint8_t bytes[4];
    const unsigned length = coap_encode_var_safe(bytes, sizeof bytes, value);
    coap_add_option(pdu, number, length, bytes);
}

/* --- one block of a text ------------------------------------------------------------ */

/* `out` takes a whole block. */
swmgmt_answer_t sc_window(sc_window_t *window, uint8_t *out, const sc_request_t *request)
{
    if (request->has_block2 && (request->block2 & 7u) == 7u) {
        return SWMGMT_BAD_REQUEST;
    }
    memset(window, 0, sizeof *window);
    window->out = out;
    window->room = request->has_block2 ? sc_block_size(request->block2) : 16u << BLOCK2_SZX;
    window->offset = request->has_block2 ? sc_block_offset(request->block2) : 0;
    window->hash = 2166136261u;
    return SWMGMT_CONTENT;
}

void sc_window_add(sc_window_t *window, const void *bytes, size_t length)
{
    const uint8_t *from = bytes;
    for (size_t i = 0; i < length; i++) {
        if (window->total >= window->offset && window->filled < window->room) {
            window->out[window->filled++] = from[i];
        }
        window->total++;
        window->hash = (window->hash ^ from[i]) * 16777619u; /* FNV-1a */
    }
}

swmgmt_answer_t sc_content(const sc_request_t *request, coap_pdu_t *response, int32_t format,
                           int32_t observe, const sc_window_t *window)
{
    const int in_blocks = request->has_block2 || window->total > window->room;
    const uint32_t szx = request->has_block2 ? request->block2 & 7u : BLOCK2_SZX;
    const uint32_t number = (uint32_t)(window->offset >> (szx + 4u));
    const uint32_t more = window->offset + window->filled < window->total;
    if (number != 0 && window->offset >= window->total) {
        return SWMGMT_BAD_REQUEST;
    }
    if (in_blocks) {
        /* Each block is made from what is there by then; the ETag tells a change. */
        const uint8_t etag[4] = {(uint8_t)(window->hash >> 24), (uint8_t)(window->hash >> 16),
                                 (uint8_t)(window->hash >> 8), (uint8_t)window->hash};
        coap_add_option(response, COAP_OPTION_ETAG, sizeof etag, etag);
    }
    if (observe >= 0) {
        sc_add_uint(response, COAP_OPTION_OBSERVE, (uint32_t)observe);
    }
    sc_add_uint(response, COAP_OPTION_CONTENT_FORMAT, (uint32_t)format);
    if (in_blocks) {
        sc_add_uint(response, COAP_OPTION_BLOCK2, number << 4 | more << 3 | szx);
    }
    if (window->filled != 0 && !coap_add_data(response, window->filled, window->out)) {
        return SWMGMT_INTERNAL_ERROR;
    }
    return SWMGMT_CONTENT;
}

/* --- links --------------------------------------------------------------------------- */

static void add_number(sc_window_t *window, uint32_t number)
{
    char digits[10];
    unsigned at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10u);
        number /= 10u;
    } while (number != 0);
    sc_window_add(window, &digits[at], sizeof digits - at);
}

static void add_link(sc_window_t *window, swmgmt_path_t path)
{
    const uint16_t ids[] = {path.object, path.instance, path.resource, path.index};
    sc_window_add(window, ",<", window->total != 0 ? 2 : 0);
    if (window->total == 0) {
        sc_window_add(window, "<", 1);
    }
    for (size_t i = 0; i < 4 && ids[i] != SWMGMT_NONE; i++) {
        sc_window_add(window, "/", 1);
        add_number(window, ids[i]);
    }
    sc_window_add(window, ">", 1);
}

static void add_resource(const swmgmt_coap_t *adapter, sc_window_t *window, swmgmt_path_t path)
{
    swmgmt_resource_t about;
    add_link(window, path);
    if (swmgmt_resource(path.object, path.resource, &about) != SWMGMT_OK || !about.multiple) {
        return;
    }
    uint32_t count = 0;
    for (uint16_t index = SWMGMT_NONE; swmgmt_next(adapter->swmgmt, path, &index) == SWMGMT_OK;) {
        count++;
    }
    sc_window_add(window, ";dim=", 5);
    add_number(window, count);
}

static void add_instance(const swmgmt_coap_t *adapter, sc_window_t *window, swmgmt_path_t path)
{
    add_link(window, path);
    swmgmt_path_t child = path;
    while (swmgmt_next(adapter->swmgmt, path, &child.resource) == SWMGMT_OK) {
        add_resource(adapter, window, child);
    }
}

swmgmt_answer_t sc_discover(swmgmt_coap_t *adapter, const sc_request_t *request,
                            coap_pdu_t *response)
{
    sc_window_t window;
    if (request->depth == 4) {
        return SWMGMT_NOT_ALLOWED; /* Discover ends at resources */
    }
    if (!sc_exists(adapter, request->path, request->depth)) {
        return SWMGMT_NOT_FOUND;
    }
    if (sc_window(&window, adapter->work, request) != SWMGMT_CONTENT) {
        return SWMGMT_BAD_REQUEST;
    }
    if (request->depth == 3) {
        add_resource(adapter, &window, request->path);
    } else if (request->depth == 2) {
        add_instance(adapter, &window, request->path);
    } else {
        swmgmt_path_t child = request->path;
        add_link(&window, request->path);
        while (swmgmt_next(adapter->swmgmt, request->path, &child.instance) == SWMGMT_OK) {
            add_instance(adapter, &window, child);
        }
    }
    return sc_content(request, response, SC_LINK_FORMAT, SC_ABSENT, &window);
}

size_t swmgmt_coap_links(const swmgmt_coap_t *adapter, char *text, size_t room)
{
    static const uint16_t OBJECTS[] = {9, 14};
    sc_window_t window = {.out = (uint8_t *)text, .room = room != 0 ? room - 1 : 0};
    for (size_t i = 0; i < 2; i++) {
        const swmgmt_path_t object = {OBJECTS[i], SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE};
        swmgmt_path_t child = object;
        while (swmgmt_next(adapter->swmgmt, object, &child.instance) == SWMGMT_OK) {
            add_link(&window, child);
        }
        if (i == 0 && window.total == 0) {
            add_link(&window, object);
        }
    }
    if (room != 0) {
        text[window.filled] = '\0';
    }
    return window.total;
}
