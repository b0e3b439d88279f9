/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The double's way from a request to the callbacks, with the real engine's mistakes. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "double.h"
#include "lwm2m_engine.h"
#include "lwm2m_rd_client.h"
#include "lwm2m_rw_opaque.h"

#define BLOCKWISE 3

char double_seen[4096];
char double_value[256];

const struct lwm2m_reader opaque_reader = { OPAQUE };
static const struct lwm2m_reader text_reader = { TEXT }, tlv_reader = { TLV };
static struct lwm2m_block_context blocks[BLOCKWISE];

void double_see(const char *format, ...)
{
    static const char *const threads[] = { "application", "engine", "work" };
    size_t used = strlen(double_seen);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(double_seen + used, sizeof double_seen - used, format, arguments);
    va_end(arguments);
    used = strlen(double_seen);
    snprintf(double_seen + used, sizeof double_seen - used, " @%s; ", threads[double_thread()]);
}

static int written(struct lwm2m_message *msg, const struct lwm2m_engine_res *res, uint8_t *data,
                   size_t length, bool last, size_t total, size_t offset)
{
#ifdef DOUBLE_OLD_TREE
    const int status = res->post_write_cb(msg->path.obj_inst_id, res->res_id, 0, data,
                                          (uint16_t)length, last, total);
#else
    const int status = res->post_write_cb(msg->path.obj_inst_id, res->res_id, 0, data,
                                          (uint16_t)length, last, total, offset);
#endif
    double_see("written %u/%u/%u %u%s total %u at %u = %d", msg->path.obj_id, msg->path.obj_inst_id,
               res->res_id, (unsigned)length, last ? " last" : "", (unsigned)total, (unsigned)offset,
               status);
    return status;
}

/* The next piece of an opaque value, and whether the engine takes it for the last. */
static size_t next_piece(struct lwm2m_message *msg, size_t room, size_t *len, size_t *offset,
                         uint8_t *to, bool *last)
{
    struct lwm2m_block_context *block = msg->in.block_ctx;
    const uint8_t *data = msg->in.in_cpkt->data;
    if (*offset == 0 && msg->in.reader == &tlv_reader) { /* 1 byte of type, 1 of id, 2 of length */
        *len = (size_t)(data[2] << 8 | data[3]);
        msg->in.offset = (uint16_t)(msg->in.offset + 4);
    }
    const size_t here = (size_t)(msg->in.in_cpkt->max_len - msg->in.offset);
    if (*offset == 0 && msg->in.reader == &opaque_reader) {
        *len = block != NULL && block->ctx.total_size != 0 ? block->ctx.total_size : here;
    }
    size_t length = *len - *offset;
    length = length > room ? room : length;
    length = length > here ? here : length;
    memcpy(to, data + msg->in.offset, length);
    msg->in.offset = (uint16_t)(msg->in.offset + length);
    *last = *offset + length >= *len;
    return length;
}

static int write_opaque(struct lwm2m_message *msg, const struct lwm2m_engine_res *res, uint8_t *room,
                        size_t size)
{
    struct lwm2m_block_context *block = msg->in.block_ctx;
    size_t len = block == NULL ? 0 : block->opaque.len;
    size_t offset = block == NULL ? 0 : block->opaque.offset;
    const bool last_block = block == NULL || block->last_block;
    bool last = false;
    size_t length;

    if (msg->in.in_cpkt->max_len == 0) {
        return -ENODATA;
    }
    if (msg->in.reader == &text_reader) {
        return -ENOTSUP;
    }
    while (!last && (length = next_piece(msg, size, &len, &offset, room, &last)) > 0) {
        const int status = written(msg, res, room, length, last && last_block, len, offset);
        if (status < 0) {
            return status;
        }
        offset += length;
    }
    if (block != NULL) {
        block->opaque.len = len;
        block->opaque.offset = offset;
    }
    return 0;
}

/* Cuts silently; and writes a NUL behind a buffer that a text just fits. */
static size_t get_text(const struct lwm2m_message *msg, char *room, size_t size)
{
    size_t length = msg->in.in_cpkt->max_len;

    length = length > size ? size - 1 : length;
    memcpy(room, msg->in.in_cpkt->data, length);
    room[length] = '\0';
    return strlen(room) + 1;
}

static int write_value(struct lwm2m_message *msg, struct lwm2m_engine_res *res, uint8_t type)
{
    const size_t total = msg->in.block_ctx == NULL ? 0 : msg->in.block_ctx->ctx.total_size;
    char text[16] = "";
    size_t size = 0, length;
    unsigned a = 0, b = 0;
    uint8_t *room;

    if (res->pre_write_cb == NULL || res->post_write_cb == NULL) {
        return -ENOENT;
    }
    room = res->pre_write_cb(msg->path.obj_inst_id, res->res_id, 0, &size);
    double_see("room %u/%u/%u = %u", msg->path.obj_id, msg->path.obj_inst_id, res->res_id, (unsigned)size);
    if (room == NULL || size == 0) {
        return -ENOENT;
    }
    if (type == TYPE_OPAQUE) {
        return write_opaque(msg, res, room, size);
    }
    if (type == TYPE_STRING) {
        length = get_text(msg, (char *)room, size);
    } else if (msg->in.in_cpkt->max_len >= sizeof text) {
        return -EINVAL;
    } else {
        struct lwm2m_objlnk link;
        get_text(msg, text, sizeof text);
        sscanf(text, "%u:%u", &a, &b);
        link = (struct lwm2m_objlnk){ (uint16_t)a, (uint16_t)b };
        length = type == TYPE_BOOL ? sizeof(bool) : sizeof link;
        if (type == TYPE_BOOL) {
            *(bool *)(void *)room = a != 0;
        } else {
            memcpy(room, &link, sizeof link);
        }
    }
    return written(msg, res, room, length, true, total, 0); /* "last" whatever follows */
}

/* A Write finds an instance, or makes one, as Create does. */
static int do_write(struct lwm2m_message *msg)
{
    const struct lwm2m_obj_path path = msg->path;
    uint8_t type;

    if (double_count(path.obj_id, path.obj_inst_id) == 0) {
        const int status = double_create(path.obj_id, path.obj_inst_id);
        if (status < 0) {
            return status;
        }
        engine_trigger_update(true);
    }
    if (msg->operation == LWM2M_OP_CREATE) {
        return 0;
    }
    if (!double_may(path.obj_id, path.res_id, PERM_W, &type)) {
        return -EPERM;
    }
    struct lwm2m_engine_res *res = double_resource(path.obj_id, path.obj_inst_id, path.res_id);
    if (res == NULL || res->res_instances == NULL
        || res->res_instances->res_inst_id == RES_INSTANCE_NOT_CREATED) {
        return -ENOENT;
    }
    return write_value(msg, res, type);
}

static struct lwm2m_block_context *block_of(const struct lwm2m_obj_path *path, bool make)
{
    for (size_t i = 0; i < BLOCKWISE; i++) {
        const struct lwm2m_obj_path *known = &blocks[i].path;
        if (known->level == path->level && known->obj_id == path->obj_id
            && known->obj_inst_id == path->obj_inst_id && known->res_id == path->res_id) {
            return &blocks[i];
        }
    }
    for (size_t i = 0; make && i < BLOCKWISE; i++) {
        if (blocks[i].path.level == 0) {
            blocks[i].path = *path;
            return &blocks[i];
        }
    }
    return NULL;
}

/* Positive: the code. */
static int write_block(struct lwm2m_message *msg, const double_request_t *request)
{
    struct lwm2m_block_context *block = block_of(&msg->path, request->number == 0);

    if (request->more && request->length < request->block_size) {
        return -EFBIG;
    }
    if (block == NULL) {
        return -ENOENT;
    }
    if (request->number == 0) {
        *block = (struct lwm2m_block_context){ .path = msg->path };
    }
    if (request->number < block->expected) {
        return 231; /* handled before, it believes */
    }
    if (request->number > block->expected) {
        return -EFAULT;
    }
    if (request->size1 != 0) {
        block->ctx.total_size = request->size1;
    }
    block->last_block = !request->more;
    block->expected++;
    msg->in.block_ctx = block;
    const int status = do_write(msg);
    if (status < 0 || !request->more) {
        block->path.level = 0;
    }
    return status < 0 ? status : request->more ? 231 : 204;
}

static int do_execute(struct lwm2m_message *msg, const double_request_t *request)
{
    struct lwm2m_engine_res *res =
        double_resource(msg->path.obj_id, msg->path.obj_inst_id, msg->path.res_id);
    uint8_t copy[64];
    uint8_t type;

    if (res == NULL || res->execute_cb == NULL) { /* whatever its permissions are */
        return -ENOENT;
    }
    memcpy(copy, request->length == 0 ? "" : request->payload, request->length);
    const int status = res->execute_cb(msg->path.obj_inst_id, request->length == 0 ? NULL : copy,
                                       (uint16_t)request->length);
    if (double_may(msg->path.obj_id, msg->path.res_id, PERM_X, &type)) {
        double_see("execute %u/%u/%u %u = %d", msg->path.obj_id, msg->path.obj_inst_id,
                   msg->path.res_id, (unsigned)request->length, status);
    }
    return status;
}

static int handle(struct lwm2m_message *msg, const double_request_t *request)
{
    int status;

    switch (request->method) {
    case GET:
        return double_read(msg->path.obj_id, msg->path.obj_inst_id, msg->path.res_id, double_value,
                           sizeof double_value);
    case DELETE:
        msg->operation = LWM2M_OP_DELETE;
        status = double_delete(msg->path.obj_id, msg->path.obj_inst_id);
        if (status == 0) {
            engine_trigger_update(true);
        }
        return status;
    case POST:
        if (msg->path.level == 3) {
            msg->operation = LWM2M_OP_EXECUTE;
            return do_execute(msg, request);
        }
        msg->operation = LWM2M_OP_CREATE; /* the instance's id stands in the payload */
        return do_write(msg);
    default:
        msg->operation = LWM2M_OP_WRITE;
        return request->has_block ? write_block(msg, request) : do_write(msg);
    }
}

static int code_of(int status, uint8_t method)
{
    static const int done[] = { 0, 205, 204, 204, 202 };

    switch (status) {
    case 0: return done[method];
    case -ENOENT: return 404;
    case -EPERM: return 405;
    case -EEXIST: return 400;
    case -EFAULT: return 408;
    case -EFBIG: return 413;
    case -ENOTSUP: return 501;
    case -ENOMSG: return 415;
    case -ECANCELED: return 406;
    default: return status > 0 ? status : 500;
    }
}

int double_ask(const double_request_t *request)
{
    static uint16_t mids = 1000;
    uint8_t token[] = { request->token };
    struct coap_packet packet = { request->payload, (uint16_t)request->length };
    struct lwm2m_message msg = {
        .ctx = double_context(request->server),
        .in = { .reader = request->format == OPAQUE ? &opaque_reader
                    : request->format == TLV ? &tlv_reader : &text_reader,
                .in_cpkt = &packet },
        .path = request->path,
        .token = token,
        .tkl = request->token != 0,
        .mid = request->mid != 0 ? request->mid : mids++,
    };

    double_on_thread(ENGINE);
    lwm2m_registry_lock();
    msg.ctx->processed_req = &msg;
    const int status = handle(&msg, request);
    msg.ctx->processed_req = NULL;
    lwm2m_registry_unlock();
    double_on_thread(APPLICATION);
    const bool creates = request->method == POST && request->path.level == 2;
    return creates && status == 0 ? 201 : code_of(status, request->method);
}

void double_reset_requests(void)
{
    memset(blocks, 0, sizeof blocks);
    double_seen[0] = '\0';
}
