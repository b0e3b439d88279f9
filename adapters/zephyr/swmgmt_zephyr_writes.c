/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What servers write: packages, which arrive in pieces, texts, which may, and the rest. */
#include "swmgmt_zephyr_inside.h"

#include <errno.h>
#include <string.h>

#include "lwm2m_rw_opaque.h"

#define TEXT 255 /* bytes of the longest text */

/* Where the engine puts what it has received. One request is handled at a time. */
static union {
    bool flag;
    struct lwm2m_objlnk link;
} simple;
static uint8_t piece[CONFIG_SWMGMT_PIECE];
/* The engine is told of a text that is too long by one, so that a cut is seen, and of one
 * byte less than there is: a text that just fits it ends with a NUL behind its room. */
static char text[TEXT + 3];
static struct {
    swmgmt_path_t path;
    uint16_t length; /* of a text, as far as its blocks have arrived */
    bool is_lost;    /* the beginning of the text is another's */
} collected;
static struct {
    size_t offset; /* of the next piece of a package */
    size_t total;  /* as the server told it in Size1 */
} package;

static bool is_first(const struct lwm2m_block_context *block)
{
    return block == NULL || block->expected <= 1; /* the engine has counted this one */
}

/* The engine takes Size1, or the first block if there is none, for the whole of an opaque
 * package. What lies behind it the engine would drop, answering 2.31 and 2.04; if there is
 * less, it would not tell the end. The length it goes by is put right for each block. */
static void mend_length(const struct lwm2m_message *request, struct lwm2m_block_context *block)
{
    const size_t here = (size_t)(request->in.in_cpkt->max_len - request->in.offset);

    if (!is_first(block)) {
        block->opaque.len = block->opaque.offset + here + (block->last_block ? 0 : 1);
    } else if (block->last_block) {
        block->ctx.total_size = 0; /* it is the only one: its own length holds */
    }
}

static void *room_for_package(const struct lwm2m_message *request, size_t *length)
{
    struct lwm2m_block_context *block = request == NULL ? NULL : request->in.block_ctx;

    package.offset = block == NULL ? 0 : block->opaque.offset;
    if (is_first(block)) {
        package.offset = 0;
        package.total = block == NULL ? 0 : block->ctx.total_size;
    }
    if (block != NULL && request->in.reader == &opaque_reader) {
        mend_length(request, block);
    }
    *length = sizeof piece;
    return piece;
}

/* The engine hands over each block of a text as if it were the whole: they are put one
 * behind the other. */
static void *room_for_text(const struct lwm2m_message *request, swmgmt_path_t path, size_t *length)
{
    collected.is_lost = false;
    if (is_first(request == NULL ? NULL : request->in.block_ctx)) {
        collected.path = path;
        collected.length = 0;
    } else if (memcmp(&collected.path, &path, sizeof path) != 0) {
        collected.is_lost = true;
        collected.length = 0;
    }
    *length = sizeof text - 1u - collected.length;
    return text + collected.length;
}

/* Called before each request is decoded. */
void *swmgmt_zephyr_room(uint16_t instance, uint16_t resource, uint16_t index, size_t *length)
{
    const struct lwm2m_message *request = swmgmt_zephyr_request();
    const swmgmt_path_t path = { 9, instance, resource, SWMGMT_NONE };
    swmgmt_resource_t about = { 0 };

    (void)index;
    (void)swmgmt_resource(9, resource, &about);
    switch (about.kind) {
    case SWMGMT_TYPE_OPAQUE:
        return room_for_package(request, length);
    case SWMGMT_TYPE_STRING:
        return room_for_text(request, path, length);
    case SWMGMT_TYPE_BOOLEAN:
        *length = sizeof simple.flag;
        return &simple;
    default:
        *length = sizeof simple.link;
        return &simple;
    }
}

static swmgmt_answer_t write_value(swmgmt_path_t path, swmgmt_value_t value)
{
    return swmgmt_write(swmgmt_zephyr.manager, swmgmt_zephyr_server(), path, &value);
}

/* Whether more of the text is to follow. */
static bool collect_text(void)
{
    const struct lwm2m_message *request = swmgmt_zephyr_request();
    const struct lwm2m_block_context *block = request == NULL ? NULL : request->in.block_ctx;
    const size_t length = strlen(text);

    if (block == NULL || block->last_block || collected.is_lost || length > TEXT) {
        return false;
    }
    collected.length = (uint16_t)length;
    return true;
}

static swmgmt_answer_t write_text(swmgmt_path_t path)
{
    const size_t length = strlen(text);
    swmgmt_answer_t answer;

    if (collected.is_lost) {
        answer = SWMGMT_INCOMPLETE;
    } else if (length > TEXT) { /* the engine may have cut it */
        answer = SWMGMT_TOO_LARGE;
    } else {
        answer = write_value(path, (swmgmt_value_t){ .kind = SWMGMT_TYPE_STRING,
                                                     .bytes = (const uint8_t *)text,
                                                     .length = (uint32_t)length });
    }
    collected.path.instance = SWMGMT_NONE;
    memset(text, 0, sizeof text); /* it may have been a password */
    return answer;
}

static swmgmt_answer_t push(uint16_t instance, const uint8_t *data, uint16_t length, bool last,
                            size_t total)
{
    const struct lwm2m_message *request = swmgmt_zephyr_request();
    const bool is_raw = request != NULL && request->in.reader == &opaque_reader;
    const swmgmt_chunk_t chunk = {
        .data = data, .length = length, .offset = (uint32_t)package.offset, .last = last,
        .total = (uint32_t)(is_raw && request->in.block_ctx != NULL ? package.total : total),
    };

    swmgmt_zephyr.chunk = &chunk;
    const swmgmt_answer_t answer =
        swmgmt_push(swmgmt_zephyr.manager, swmgmt_zephyr_server(), instance, &chunk);
    swmgmt_zephyr.chunk = NULL;
    return answer;
}

int swmgmt_zephyr_written(uint16_t instance, uint16_t resource, uint16_t index, uint8_t *data,
                          uint16_t length, bool last, size_t total SWMGMT_ZEPHYR_OFFSET)
{
    const swmgmt_path_t path = { 9, instance, resource, SWMGMT_NONE };
    const size_t at = resource == 2 ? package.offset : 0;
    swmgmt_resource_t about = { 0 };
    swmgmt_answer_t answer;
    int known;

    (void)index;
    SWMGMT_ZEPHYR_NO_OFFSET; /* counted here, as older trees do not tell it */
    (void)swmgmt_resource(9, resource, &about);
    if (about.kind == SWMGMT_TYPE_STRING && collect_text()) {
        return 0;
    }
    if (swmgmt_zephyr_repeated(path, at, &known)) {
        package.offset += length;
        memset(text, 0, sizeof text);
        return known;
    }
    switch (about.kind) {
    case SWMGMT_TYPE_OPAQUE:
        answer = push(instance, data, length, last, total);
        package.offset += length;
        break;
    case SWMGMT_TYPE_STRING:
        answer = write_text(path);
        break;
    case SWMGMT_TYPE_BOOLEAN:
        answer = write_value(path, (swmgmt_value_t){ .kind = about.kind, .number = simple.flag });
        break;
    default:
        answer = write_value(path, (swmgmt_value_t){
            .kind = about.kind,
            .number = simple.link.obj_id * UINT32_C(65536) + simple.link.obj_inst });
        break;
    }
    swmgmt_zephyr_answered(path, at, swmgmt_zephyr_errno(answer));
    return swmgmt_zephyr_errno(answer);
}
