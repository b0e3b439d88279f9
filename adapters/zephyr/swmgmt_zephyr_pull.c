/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Package URIs by the engine's own CoAP download, which its firmware object uses, too. It
 * knows one download at a time, and begins each with the first byte. */
#include "swmgmt_zephyr_inside.h"

#include <errno.h>
#include <string.h>

#include "lwm2m_pull_context.h"

/* The engine reads as many bytes as it has room for, and wants a NUL among them. */
static char uri[LWM2M_PACKAGE_URI_LEN];
static uint32_t number; /* of the operation */
static size_t offset_of_next;
static uint8_t piece[CONFIG_SWMGMT_PIECE];

static swmgmt_verdict_t verdict_of(int error)
{
    switch (error) {
    case -ENOMEM:
        return SWMGMT_FAILED_MEMORY;
    case -ENOTSUP:
    case -EINVAL:
    case -ENOMSG: /* the server answered, but not with content */
        return SWMGMT_FAILED_URI;
    default:
        return SWMGMT_FAILED_CONNECTION;
    }
}

static int arrived(uint16_t instance, uint16_t resource, uint16_t index, uint8_t *data,
                   uint16_t length, bool last, size_t total SWMGMT_ZEPHYR_OFFSET)
{
    const swmgmt_chunk_t chunk = {
        .data = data, .length = length, .offset = (uint32_t)offset_of_next,
        .total = (uint32_t)total, .last = last,
    };

    (void)instance, (void)resource, (void)index;
    SWMGMT_ZEPHYR_NO_OFFSET;
    offset_of_next += length;
    return swmgmt_zephyr_fetched(number, &chunk) == SWMGMT_OK ? 0 : -ECANCELED;
}

static void ended(uint16_t instance, int error)
{
    (void)instance;
    if (error != 0) { /* stale, if the manager has given it up itself */
        (void)swmgmt_zephyr_done(number, verdict_of(error), 0);
    }
}

/* Without a buffer of 5/0/0 the engine's thread would never come back. */
static bool has_buffer(void)
{
    const struct lwm2m_obj_path path = LWM2M_OBJ(5, 0, 0);
    struct lwm2m_engine_res *res = NULL;
    void *data = NULL;
    uint16_t size = 0, length = 0;
    uint8_t flags;

    if (lwm2m_get_resource(&path, &res) == 0 && res != NULL && res->pre_write_cb != NULL) {
        return true;
    }
    return (lwm2m_get_res_buf(&path, &data, &size, &length, &flags) == 0 && data != NULL && size > 0)
        || lwm2m_set_res_buf(&path, piece, sizeof piece, 0, 0) == 0;
}

/* On the engine's thread, whose sockets these are. */
static void begin(struct k_work *work)
{
    const struct requesting_object request = {
        .is_firmware_uri = true, /* CoAP's port, where the URI has none */
        .result_cb = ended,
        .write_cb = arrived,
    };

    (void)work;
    offset_of_next = 0;
    if (!has_buffer() || lwm2m_pull_context_start_transfer(uri, request, K_NO_WAIT) != 0) {
        (void)swmgmt_zephyr_done(number, SWMGMT_FAILED_CONNECTION, 0);
    }
}

swmgmt_verdict_t swmgmt_zephyr_pull(void *user, const swmgmt_op_t *op, const swmgmt_fetch_t *what)
{
    (void)user;
    if (strlen(what->uri) >= sizeof uri) {
        return SWMGMT_FAILED_URI;
    }
    memset(uri, 0, sizeof uri);
    memcpy(uri, what->uri, strlen(what->uri));
    number = op->number;
    return lwm2m_engine_call_now(begin) == 0 ? SWMGMT_PENDING : SWMGMT_FAILED;
}
