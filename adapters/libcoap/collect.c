/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Short values (a Package URI, arguments) that a server sends in several blocks. */
#include "internal.h"

#include <string.h>

static int is_same_path(swmgmt_path_t a, swmgmt_path_t b)
{
    return a.object == b.object && a.instance == b.instance && a.resource == b.resource &&
           a.index == b.index;
}

static swmgmt_coap_collection_t *find(swmgmt_coap_t *adapter, const sc_request_t *request)
{
    for (size_t i = 0; i < SWMGMT_COAP_COLLECTIONS; i++) {
        swmgmt_coap_collection_t *it = &adapter->collections[i];
        if (it->session == request->session && it->method == request->method &&
            is_same_path(it->path, request->path)) {
            return it;
        }
    }
    return NULL;
}

/* A free one; else the first, whose server will be told 4.08 and begins again. */
static swmgmt_coap_collection_t *begin(swmgmt_coap_t *adapter, const sc_request_t *request)
{
    swmgmt_coap_collection_t *it = find(adapter, request);
    for (size_t i = 0; i < SWMGMT_COAP_COLLECTIONS && it == NULL; i++) {
        if (adapter->collections[i].session == NULL) {
            it = &adapter->collections[i];
        }
    }
    if (it == NULL) {
        it = &adapter->collections[0];
    }
    it->session = request->session;
    it->path = request->path;
    it->method = request->method;
    it->format = request->format;
    it->length = 0;
    it->last = 0;
    return it;
}

static swmgmt_answer_t add(swmgmt_coap_collection_t *it, const sc_request_t *request,
                           uint32_t offset)
{
    const size_t length = request->length;
    if (offset == it->last && offset + length == it->length && length != 0 &&
        memcmp(&it->bytes[offset], request->payload, length) == 0) {
        return SWMGMT_CONTINUE; /* the block accepted last, once more */
    }
    if (offset != it->length) {
        return SWMGMT_INCOMPLETE;
    }
    if (length > sizeof it->bytes - offset) {
        it->session = NULL;
        return SWMGMT_TOO_LARGE;
    }
    if (length != 0) {
        memcpy(&it->bytes[offset], request->payload, length);
    }
    it->last = (uint16_t)offset;
    it->length = (uint16_t)(offset + length);
    return SWMGMT_CONTINUE;
}

swmgmt_answer_t sc_collect(swmgmt_coap_t *adapter, const sc_request_t *request,
                           const uint8_t **bytes, size_t *length)
{
    const uint32_t offset = request->has_block1 ? sc_block_offset(request->block1) : 0;
    const int more = request->has_block1 && sc_block_more(request->block1);
    if (!more && offset == 0) {
        swmgmt_coap_collection_t *old = find(adapter, request);
        if (old != NULL) {
            old->session = NULL;
        }
        *bytes = request->payload;
        *length = request->length;
        return 0;
    }
    if (!sc_exists(adapter, request->path, request->depth)) {
        return SWMGMT_NOT_FOUND;
    }
    if (request->length > sc_block_size(request->block1) ||
        (more && request->length != sc_block_size(request->block1))) {
        return SWMGMT_BAD_REQUEST;
    }
    swmgmt_coap_collection_t *it = find(adapter, request);
    /* Block 0 begins anew, unless it is the block accepted last once more. */
    if (offset == 0 && (it == NULL || it->last != 0 || it->format != request->format ||
                        it->length != request->length ||
                        memcmp(it->bytes, request->payload, it->length) != 0)) {
        it = begin(adapter, request);
    }
    if (it == NULL || it->format != request->format) {
        return SWMGMT_INCOMPLETE;
    }
    const swmgmt_answer_t answer = add(it, request, offset);
    if (answer != SWMGMT_CONTINUE || more) {
        return answer;
    }
    *bytes = it->bytes;
    *length = it->length;
    it->session = NULL; /* its bytes stay until the next request */
    return 0;
}
