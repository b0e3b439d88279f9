/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What servers read, execute, create and delete; what they write is in _writes.c. */
#include "swmgmt_zephyr_inside.h"

#include <errno.h>
#include <string.h>

#define EXCHANGE_LIFETIME_MS 247000 /* how long CoAP may repeat a message */

/* The newest answer. */
static struct {
    const struct lwm2m_ctx *server;
    int64_t since;
    size_t offset;
    swmgmt_path_t path;
    int answer;
    uint16_t mid;
    uint8_t token_length;
    uint8_t token[8];
} answered;

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
    case SWMGMT_NOT_ACCEPTABLE:
        return -ECANCELED;
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

struct lwm2m_message *swmgmt_zephyr_request(void)
{
    struct lwm2m_ctx **context = lwm2m_sock_ctx();

    for (int i = 0; i < lwm2m_sock_nfds(); i++) {
        if (context[i] != NULL && context[i]->processed_req != NULL) {
            return context[i]->processed_req;
        }
    }
    return NULL;
}

uint16_t swmgmt_zephyr_server(void)
{
    const struct lwm2m_message *request = swmgmt_zephyr_request();
    uint16_t server = 0;

    if (request != NULL && request->ctx->srv_obj_inst >= 0) {
        (void)lwm2m_get_u16(&LWM2M_OBJ(1, (uint16_t)request->ctx->srv_obj_inst, 0), &server);
    }
    return server;
}

bool swmgmt_zephyr_repeated(swmgmt_path_t path, size_t offset, int *answer)
{
    const struct lwm2m_message *request = swmgmt_zephyr_request();

    if (request == NULL || answered.server != request->ctx || answered.mid != request->mid
        || answered.token_length != request->tkl || offset > answered.offset
        || memcmp(&answered.path, &path, sizeof path) != 0
        || k_uptime_get() - answered.since >= EXCHANGE_LIFETIME_MS
        || (request->tkl != 0 && memcmp(answered.token, request->token, request->tkl) != 0)) {
        return false;
    }
    *answer = answered.answer;
    return true;
}

void swmgmt_zephyr_answered(swmgmt_path_t path, size_t offset, int answer)
{
    const struct lwm2m_message *request = swmgmt_zephyr_request();

    answered.server = NULL;
    if (request != NULL && request->tkl <= sizeof answered.token) {
        answered.server = request->ctx;
        answered.since = k_uptime_get();
        answered.offset = offset;
        answered.path = path;
        answered.answer = answer;
        answered.mid = request->mid;
        answered.token_length = request->tkl;
        if (request->tkl != 0) {
            memcpy(answered.token, request->token, request->tkl);
        }
    }
    swmgmt_zephyr_wake();
}

/* Values are read one at a time, under the registry's lock, and copied at once. */
static void *read_value(swmgmt_path_t path, size_t *length)
{
    static union {
        uint8_t number;
        bool flag;
        struct lwm2m_objlnk link;
    } simple;
    static char text[256];
    swmgmt_value_t value;

    *length = 0;
    if (swmgmt_read(swmgmt_zephyr.manager, path, &value) != SWMGMT_CONTENT) {
        return NULL;
    }
    switch (value.kind) {
    case SWMGMT_TYPE_STRING: /* the engine counts a NUL */
        if (value.length > 0) {
            memcpy(text, value.bytes, value.length);
        }
        text[value.length] = '\0';
        *length = value.length + 1u;
        return text;
    case SWMGMT_TYPE_BOOLEAN:
        simple.flag = value.number != 0;
        *length = sizeof simple.flag;
        return &simple;
    case SWMGMT_TYPE_OBJLNK:
        simple.link.obj_id = (uint16_t)(value.number >> 16);
        simple.link.obj_inst = (uint16_t)(value.number & 0xFFFFu);
        if (path.resource == 17) {
            simple.link.obj_inst = SWMGMT_ZEPHYR_ID(14, simple.link.obj_inst);
        }
        *length = sizeof simple.link;
        return &simple;
    default:
        simple.number = (uint8_t)value.number;
        *length = sizeof simple.number;
        return &simple;
    }
}

void *swmgmt_zephyr_read_9(uint16_t instance, uint16_t resource, uint16_t index, size_t *length)
{
    const swmgmt_path_t path = { 9, instance, resource, resource == 17 ? index : SWMGMT_NONE };
    return read_value(path, length);
}

void *swmgmt_zephyr_read_14(uint16_t instance, uint16_t resource, uint16_t index, size_t *length)
{
    const swmgmt_path_t path = { 14, (uint16_t)(instance - SWMGMT_ZEPHYR_FIRST_14), resource,
                                 SWMGMT_NONE };
    (void)index;
    return read_value(path, length);
}

static int execute(uint16_t object, uint16_t instance, uint16_t resource, uint8_t *args,
                   uint16_t length)
{
    const swmgmt_path_t path = { object, (uint16_t)(instance - SWMGMT_ZEPHYR_ID(object, 0)),
                                 resource, SWMGMT_NONE };
    int answer;

    if (!swmgmt_zephyr_repeated(path, 0, &answer)) {
        answer = swmgmt_zephyr_errno(swmgmt_execute(
            swmgmt_zephyr.manager, swmgmt_zephyr_server(), path, (const char *)args, length));
        swmgmt_zephyr_answered(path, 0, answer);
    }
    return answer;
}

/* The callback is not told its resource: one for each. */
#define EXECUTE(object, resource)                                                               \
    static int execute_##object##_##resource(uint16_t instance, uint8_t *args, uint16_t length) \
    {                                                                                           \
        return execute(object, instance, resource, args, length);                               \
    }
EXECUTE(9, 4)
EXECUTE(9, 6)
EXECUTE(9, 10)
EXECUTE(9, 11)
EXECUTE(14, 3)
EXECUTE(14, 4)

/* The engine answers 4.04 where there is no callback, and does not look whether it may. */
static int execute_not(uint16_t instance, uint8_t *args, uint16_t length)
{
    (void)instance, (void)args, (void)length;
    return -EPERM;
}

lwm2m_engine_execute_cb_t swmgmt_zephyr_execute(uint16_t object, uint16_t resource)
{
    switch (object * 32u + resource) {
    case 9 * 32 + 4: return execute_9_4;
    case 9 * 32 + 6: return execute_9_6;
    case 9 * 32 + 10: return execute_9_10;
    case 9 * 32 + 11: return execute_9_11;
    case 14 * 32 + 3: return execute_14_3;
    case 14 * 32 + 4: return execute_14_4;
    default: return execute_not;
    }
}

bool swmgmt_zephyr_there_is(uint16_t object, uint16_t id)
{
    const swmgmt_path_t path = { object, id, 0, SWMGMT_NONE };
    swmgmt_value_t name;

    return swmgmt_read(swmgmt_zephyr.manager, path, &name) != SWMGMT_NOT_FOUND;
}

/* By a server's Create. The engine creates what a Write finds missing, too: that is none. */
static swmgmt_answer_t create(const struct lwm2m_message *request, uint16_t id)
{
    uint16_t created;

    if (request->operation != LWM2M_OP_CREATE) {
        return SWMGMT_NOT_FOUND;
    }
    return swmgmt_create(swmgmt_zephyr.manager, swmgmt_zephyr_server(), id, NULL, 0, &created);
}

static bool is_teller(void)
{
    return swmgmt_zephyr.teller == k_current_get();
}

struct lwm2m_engine_obj_inst *swmgmt_zephyr_create_9(uint16_t id)
{
    const struct lwm2m_message *request = is_teller() ? NULL : swmgmt_zephyr_request();

    if (swmgmt_zephyr.manager == NULL) {
        return NULL;
    }
    if (!swmgmt_zephyr_there_is(9, id)) {
        if (request == NULL) { /* by the application */
            if (swmgmt_add(swmgmt_zephyr.manager, id, SWMGMT_EMPTY) != SWMGMT_OK) {
                return NULL;
            }
        } else if (create(request, id) != SWMGMT_CREATED) {
            return NULL;
        }
        swmgmt_zephyr_wake();
    }
#ifdef CONFIG_SWMGMT_DROP_IN
    swmgmt_zephyr_drop_in_created(id);
#endif
    return swmgmt_zephyr_make(9, id);
}

struct lwm2m_engine_obj_inst *swmgmt_zephyr_create_14(uint16_t engine_id)
{
    const uint16_t id = (uint16_t)(engine_id - SWMGMT_ZEPHYR_FIRST_14);

    return swmgmt_zephyr.manager != NULL && swmgmt_zephyr_there_is(14, id)
        ? swmgmt_zephyr_make(14, id) : NULL;
}

/* Whatever a callback answers, the engine has deleted the instance: where that is not
 * right, the work item makes it once more. */
static int lost(swmgmt_answer_t answer)
{
    if (answer != SWMGMT_DELETED) {
        swmgmt_zephyr.stale = true;
    }
    swmgmt_zephyr_wake();
    return swmgmt_zephyr_errno(answer);
}

int swmgmt_zephyr_delete_9(uint16_t id)
{
    if (is_teller()) {
        return 0;
    }
    const swmgmt_answer_t answer = swmgmt_delete(swmgmt_zephyr.manager, swmgmt_zephyr_server(), id);
#ifdef CONFIG_SWMGMT_DROP_IN
    if (answer == SWMGMT_DELETED) {
        swmgmt_zephyr_drop_in_deleted(id);
    }
#endif
    return lost(answer);
}

int swmgmt_zephyr_delete_14(uint16_t id)
{
    (void)id;
    return is_teller() ? 0 : lost(SWMGMT_NOT_ALLOWED);
}
