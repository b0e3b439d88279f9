/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What servers write and execute. */
#include "swmgmt_zephyr_inside.h"

#include <errno.h>
#include <string.h>

#define SERVER 0u /* the engine does not tell which one asks */

int swmgmt_zephyr_errno(swmgmt_answer_t answer)
{
    switch (answer) {
    case SWMGMT_CREATED:
    case SWMGMT_DELETED:
    case SWMGMT_CHANGED:
    case SWMGMT_CONTENT:
    case SWMGMT_CONTINUE:
        return 0;
    case SWMGMT_BAD_REQUEST:
        return -EEXIST;
    case SWMGMT_NOT_FOUND:
        return -ENOENT;
    case SWMGMT_NOT_ALLOWED:
        return -EPERM;
    case SWMGMT_INCOMPLETE:
        return -EFAULT;
    case SWMGMT_TOO_LARGE:
        return -EFBIG;
    case SWMGMT_UNSUPPORTED_FORMAT:
        return -ENOMSG;
    default:
        return -EIO; /* 5.00 */
    }
}

static int write_value(uint16_t instance, uint16_t resource, uint8_t *data, uint16_t length,
                       size_t total, size_t offset)
{
    swmgmt_path_t path = { 9, instance, resource, SWMGMT_NONE };
    swmgmt_resource_t about = { 0 };
    swmgmt_value_t value = { 0 };
    struct lwm2m_objlnk link;

    if (swmgmt_zephyr.telling || swmgmt_resource(9, resource, &about) != SWMGMT_OK) {
        return 0;
    }
    value.kind = about.kind;
    if (about.kind == SWMGMT_TYPE_BOOLEAN) {
        value.number = *(const bool *)data;
    } else if (about.kind == SWMGMT_TYPE_OBJLNK) {
        memcpy(&link, data, sizeof link);
        value.number = link.obj_id * UINT32_C(65536) + link.obj_inst;
    } else {
        const void *nul = memchr(data, 0, length);
        value.bytes = data;
        value.length = nul == NULL ? length : (uint32_t)((const uint8_t *)nul - data);
    }
    /* The engine hands over each block of a text as if it were the whole. */
    swmgmt_answer_t answer = value.bytes != NULL && (total >= length || offset != 0)
        ? SWMGMT_TOO_LARGE
        : swmgmt_write(swmgmt_zephyr.manager, SERVER, path, &value);
    if (value.bytes != NULL) {
        memset(data, 0, length); /* shared, and it may have been a password */
    } else if (answer != SWMGMT_CHANGED) {
        swmgmt_zephyr_refresh(path); /* the engine has stored it already */
    }
    return swmgmt_zephyr_errno(answer);
}

int swmgmt_zephyr_post_write(uint16_t instance, uint16_t resource, uint16_t index, uint8_t *data,
                             uint16_t length, bool last, size_t total, size_t offset)
{
    swmgmt_chunk_t chunk = { .data = data, .length = length, .offset = (uint32_t)offset,
                             .total = (uint32_t)total, .last = last };

    (void)index;
    if (resource != 2) {
        return write_value(instance, resource, data, length, total, offset);
    }
    /* Without Size1 the engine takes the first block for the whole, and loses the rest. */
    if (!last && total != 0 && offset + length >= total) {
        return -EFBIG;
    }
    return swmgmt_zephyr_errno(swmgmt_push(swmgmt_zephyr.manager, SERVER, instance, &chunk));
}

/* The callback is not told its resource: one for each. */
#define EXECUTE(object, resource)                                                           \
    static int execute_##object##_##resource(uint16_t instance, uint8_t *args, uint16_t length) \
    {                                                                                       \
        return swmgmt_zephyr_errno(swmgmt_execute(                                          \
            swmgmt_zephyr.manager, SERVER,                                                  \
            (swmgmt_path_t){ object, instance, resource, SWMGMT_NONE }, (const char *)args, \
            length));                                                                       \
    }
EXECUTE(9, 4)
EXECUTE(9, 6)
EXECUTE(9, 10)
EXECUTE(9, 11)
EXECUTE(14, 3)
EXECUTE(14, 4)

lwm2m_engine_execute_cb_t swmgmt_zephyr_execute(uint16_t object, uint16_t resource)
{
    switch (object * 32u + resource) {
    case 9 * 32 + 4: return execute_9_4;
    case 9 * 32 + 6: return execute_9_6;
    case 9 * 32 + 10: return execute_9_10;
    case 9 * 32 + 11: return execute_9_11;
    case 14 * 32 + 3: return execute_14_3;
    default: return execute_14_4;
    }
}

static bool there_is(uint16_t object, uint16_t id)
{
    swmgmt_value_t name;
    swmgmt_path_t path = { object, id, 0, SWMGMT_NONE };

    return swmgmt_read(swmgmt_zephyr.manager, path, &name) != SWMGMT_NOT_FOUND;
}

/* By a server, or by the adapter because the instance is there already. */
struct lwm2m_engine_obj_inst *swmgmt_zephyr_create_9(uint16_t id)
{
    uint16_t created;

    if (!there_is(9, id)) {
        if (swmgmt_create(swmgmt_zephyr.manager, SERVER, id, NULL, 0, &created) != SWMGMT_CREATED) {
            return NULL;
        }
        swmgmt_zephyr.stale = true; /* its values follow with the next poll */
    }
    return swmgmt_zephyr_make(9, id);
}

struct lwm2m_engine_obj_inst *swmgmt_zephyr_create_14(uint16_t id)
{
    return there_is(14, id) ? swmgmt_zephyr_make(14, id) : NULL;
}

int swmgmt_zephyr_delete_9(uint16_t id)
{
    if (swmgmt_zephyr.telling) {
        return 0;
    }
    swmgmt_answer_t answer = swmgmt_delete(swmgmt_zephyr.manager, SERVER, id);
    swmgmt_zephyr.stale |= answer != SWMGMT_DELETED;
    return swmgmt_zephyr_errno(answer);
}

int swmgmt_zephyr_delete_14(uint16_t id)
{
    (void)id;
    swmgmt_zephyr.stale |= !swmgmt_zephyr.telling;
    return swmgmt_zephyr.telling ? 0 : -EPERM;
}
