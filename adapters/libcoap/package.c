/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Writes to 9/x/2: blocks become chunks of the package.
 *
 * Order, gaps, repeats and restarts are the library's business. Here a block only gets
 * its offset in the package. That takes no memory even for base64: a block is a multiple
 * of 16 characters long and so begins a group of four, hence 4n characters before it are
 * 3n bytes, and a block that is repeated is decoded to the same bytes at the same offset.
 */
#include "internal.h"

static swmgmt_coap_push_t *push_of(swmgmt_coap_t *adapter, uint16_t instance)
{
    for (size_t i = 0; i < SWMGMT_COAP_PUSHES; i++) {
        if (adapter->pushes[i].used && adapter->pushes[i].instance == instance) {
            return &adapter->pushes[i];
        }
    }
    return NULL;
}

/* Notes the format of a push that has begun. With no place left it is not noted, and a
 * change of format inside that push is found by the package's digest only. */
static void begin(swmgmt_coap_t *adapter, const sc_request_t *request, uint8_t base64)
{
    swmgmt_coap_push_t *push = push_of(adapter, request->path.instance);
    for (size_t i = 0; i < SWMGMT_COAP_PUSHES && push == NULL; i++) {
        swmgmt_coap_push_t *other = &adapter->pushes[i];
        if (!other->used || swmgmt_state(adapter->swmgmt, other->instance) != SWMGMT_RECEIVING) {
            push = other;
        }
    }
    if (push != NULL) {
        *push = (swmgmt_coap_push_t){request->path.instance, request->server, 1, base64};
    }
}

/* Whether the server that pushes has changed its mind about the Content-Format. Block 0
 * begins anew, in any format. */
static int is_other_format(swmgmt_coap_t *adapter, const sc_request_t *request, uint8_t base64)
{
    const swmgmt_coap_push_t *push = push_of(adapter, request->path.instance);
    return push != NULL && push->server == request->server && push->base64 != base64 &&
           request->has_block1 && sc_block_number(request->block1) != 0 &&
           swmgmt_state(adapter->swmgmt, push->instance) == SWMGMT_RECEIVING;
}

static swmgmt_answer_t not_there_or(const swmgmt_coap_t *adapter, const sc_request_t *request,
                                    swmgmt_answer_t why)
{
    return sc_exists(adapter, request->path, 3) ? why : SWMGMT_NOT_FOUND;
}

/* RFC 7959, 2.2: all blocks but the last are full. One without bytes is let through: the
 * library knows what it means where. */
static int has_wrong_length(const sc_request_t *request)
{
    const uint32_t size = sc_block_size(request->block1);
    return request->has_block1 && request->length != 0 &&
           (request->length > size ||
            (sc_block_more(request->block1) && request->length != size));
}

swmgmt_answer_t sc_package(swmgmt_coap_t *adapter, const sc_request_t *request)
{
    const uint8_t base64 = request->format == SC_TEXT;
    /* Without a Content-Format a package is taken as it is, which is what CoAP clients
     * that send a file mean. */
    if (!base64 && request->format != SC_OPAQUE && request->format != SC_ABSENT) {
        return not_there_or(adapter, request, SWMGMT_UNSUPPORTED_FORMAT);
    }
    if (has_wrong_length(request)) {
        return not_there_or(adapter, request, SWMGMT_BAD_REQUEST);
    }
    if (is_other_format(adapter, request, base64)) {
        return SWMGMT_INCOMPLETE;
    }
    const int more = request->has_block1 && sc_block_more(request->block1);
    swmgmt_chunk_t chunk = {
        .data = request->length != 0 ? request->payload : NULL,
        .length = (uint32_t)request->length,
        .offset = request->has_block1 ? sc_block_offset(request->block1) : 0,
        .total = request->size1,
        .last = !more,
    };
    if (base64) {
        if (request->length > sizeof adapter->work) {
            return not_there_or(adapter, request, SWMGMT_TOO_LARGE);
        }
        const int32_t length = sc_base64(adapter->work, request->payload, request->length, !more);
        if (length < 0) {
            return not_there_or(adapter, request, SWMGMT_BAD_REQUEST);
        }
        chunk.data = length > 0 ? adapter->work : NULL;
        chunk.length = (uint32_t)length;
        chunk.offset = chunk.offset / 4u * 3u;
        /* Size1 counts characters. They stand for one of three numbers of bytes, which
         * the padding will tell; a total that may be wrong would fail the package. */
        chunk.total = 0;
    }
    const swmgmt_answer_t answer =
        swmgmt_push(adapter->swmgmt, request->server, request->path.instance, &chunk);
    if (answer == SWMGMT_CONTINUE && chunk.offset == 0) {
        begin(adapter, request, base64);
    }
    return answer;
}
