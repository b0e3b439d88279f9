/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The double's download, which takes its buffer from the firmware object. */
#include <errno.h>
#include <string.h>

#include "double.h"
#include "lwm2m_engine.h"
#include "lwm2m_pull_context.h"

char double_pulled[256];
bool double_has_5_0_0;
unsigned double_endless;

static struct requesting_object requesting;
static void (*service)(struct k_work *work);
static void *buffer;
static uint16_t buffer_size;
static struct lwm2m_engine_res_inst value;
static struct lwm2m_engine_res package = { .res_instances = &value };

/* Done by the engine's thread, once it comes round. */
int lwm2m_engine_call_now(void (*function)(struct k_work *work))
{
    service = function;
    return 0;
}

void double_serve(void)
{
    void (*now)(struct k_work *work) = service;
    service = NULL;
    if (now != NULL) {
        now(NULL);
    }
}

static bool is_5_0_0(const struct lwm2m_obj_path *path)
{
    return path->obj_id == 5 && path->obj_inst_id == 0 && path->res_id == 0;
}

int lwm2m_get_resource(const struct lwm2m_obj_path *path, struct lwm2m_engine_res **res)
{
    *res = &package;
    return is_5_0_0(path) ? 0 : -ENOENT;
}

int lwm2m_get_res_buf(const struct lwm2m_obj_path *path, void **data, uint16_t *size,
                      uint16_t *length, uint8_t *flags)
{
    static uint8_t firmware[32];

    if (!is_5_0_0(path)) {
        return -ENOENT;
    }
    *data = double_has_5_0_0 ? firmware : buffer;
    *size = double_has_5_0_0 ? sizeof firmware : buffer_size;
    *length = 0;
    *flags = 0;
    return 0;
}

int lwm2m_set_res_buf(const struct lwm2m_obj_path *path, void *data, uint16_t size, uint16_t length,
                      uint8_t flags)
{
    (void)length, (void)flags;
    buffer = data;
    buffer_size = size;
    return is_5_0_0(path) ? 0 : -ENOENT;
}

/* Copies all its room holds, whatever the length of the URI. */
int lwm2m_pull_context_start_transfer(char *uri, struct requesting_object req, k_timeout_t timeout)
{
    void *data;
    uint16_t size, length;
    uint8_t flags;

    (void)timeout;
    if (double_pulled[0] != '\0') {
        req.result_cb(req.obj_inst_id, -EALREADY);
        return -EALREADY;
    }
    memcpy(double_pulled, uri, LWM2M_PACKAGE_URI_LEN);
    requesting = req;
    (void)lwm2m_get_res_buf(&LWM2M_OBJ(5, 0, 0), &data, &size, &length, &flags);
    double_endless += data == NULL || size == 0;
    return 0;
}

bool double_deliver(const void *data, size_t length, size_t block, bool tells_total)
{
    uint16_t size = 0, unused;
    uint8_t *room = NULL;
    uint8_t flags;
    void *to = NULL;

    double_on_thread(ENGINE);
    (void)lwm2m_get_res_buf(&LWM2M_OBJ(5, 0, 0), &to, &size, &unused, &flags);
    room = to;
    for (size_t at = 0; at < length && size > 0;) {
        const size_t end = (at / block + 1) * block;
        size_t part = end - at < length - at ? end - at : length - at;
        part = part < size ? part : size;
        memcpy(room, (const uint8_t *)data + at, part);
        const bool last = at + part == length;
#ifdef DOUBLE_OLD_TREE
        const int status = requesting.write_cb(0, 0, 0, room, (uint16_t)part, last,
                                               tells_total ? length : 0);
#else
        const int status = requesting.write_cb(0, 0, 0, room, (uint16_t)part, last,
                                               tells_total ? length : 0, at);
#endif
        if (status < 0) {
            double_end_pull(status);
            return false;
        }
        at += part;
    }
    double_end_pull(0);
    return true;
}

void double_end_pull(int error)
{
    double_on_thread(ENGINE);
    requesting.result_cb(requesting.obj_inst_id, error);
    double_pulled[0] = '\0';
    double_on_thread(APPLICATION);
}

void double_reset_pull(void)
{
    double_pulled[0] = '\0';
    double_has_5_0_0 = false;
    double_endless = 0;
    service = NULL;
    buffer = NULL;
    buffer_size = 0;
}
