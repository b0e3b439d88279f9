/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "swmgmt_zephyr_drop_in.h"

#include <errno.h>
#include <string.h>

#include "swmgmt_zephyr_inside.h"

#if defined(CONFIG_SWMGMT_PULL) && !defined(CONFIG_SWMGMT_PULL_CONTEXT)
#error "the drop-in layer fetches Package URIs with CONFIG_SWMGMT_PULL_CONTEXT"
#endif

/* What an application has said of an instance. It stays when the instance goes. */
static struct program {
    lwm2m_engine_execute_cb_t activate, deactivate, install, remove;
    lwm2m_engine_set_data_cb_t write;
    lwm2m_engine_get_data_cb_t version;
    char text[2][CONFIG_SWMGMT_TEXT + 1]; /* 9/x/0 and 9/x/1, which applications set */
    uint32_t installing; /* the operation that lwm2m_swmgmt_install_completed() ends */
    uint16_t instance;
    bool is_known; /* `instance` says which one */
    bool is_there; /* the engine has it, or is to have it */
} programs[CONFIG_SWMGMT_INSTANCES];

static struct program *find(uint16_t instance)
{
    for (struct program *it = programs; it < programs + CONFIG_SWMGMT_INSTANCES; it++) {
        if (it->is_known && it->instance == instance) {
            return it;
        }
    }
    return NULL;
}

void swmgmt_zephyr_drop_in_created(uint16_t instance)
{
    struct program *it = find(instance);

    for (struct program *other = programs;
         it == NULL && other < programs + CONFIG_SWMGMT_INSTANCES; other++) {
        if (!other->is_there) {
            *other = (struct program){ .instance = instance, .is_known = true };
            it = other;
        }
    }
    if (it != NULL) {
        it->is_there = true;
    }
}

void swmgmt_zephyr_drop_in_deleted(uint16_t instance)
{
    struct program *it = find(instance);

    if (it != NULL) {
        it->is_there = false;
    }
}

bool swmgmt_zephyr_drop_in_has(uint16_t instance)
{
    const struct program *it = find(instance);

    return it != NULL && it->is_there;
}

char *swmgmt_zephyr_drop_in_text(uint16_t instance, uint16_t resource, uint16_t *size)
{
    struct program *it = find(instance);

    *size = CONFIG_SWMGMT_TEXT + 1;
    return it == NULL || resource > 1 ? NULL : it->text[resource];
}

void *swmgmt_zephyr_drop_in_version(uint16_t instance, uint16_t resource, uint16_t index, size_t *length)
{
    struct program *it = find(instance);

    if (it == NULL) {
        *length = 0;
        return NULL;
    }
    if (it->version != NULL) {
        return it->version(instance, resource, index, length);
    }
    *length = strlen(it->text[1]) + 1;
    return it->text[1];
}

/* The callbacks have NULL for what the application has not set. */
static int call(lwm2m_engine_execute_cb_t callback, const swmgmt_op_t *op, const char *arguments,
                size_t length)
{
    return callback == NULL ? -EINVAL
        : callback(op->instance, (uint8_t *)(uintptr_t)arguments, (uint16_t)length);
}

static int call_write(const struct program *it, const uint8_t *data, size_t length, bool last,
                      size_t total, size_t offset)
{
    uint8_t *bytes = (uint8_t *)(uintptr_t)data;

    if (it->write == NULL) {
        return -EINVAL;
    }
#if KERNEL_VERSION_NUMBER >= 0x030700
    return it->write(it->instance, 2, 0, bytes, (uint16_t)length, last, total, offset);
#else
    (void)offset;
    return it->write(it->instance, 2, 0, bytes, (uint16_t)length, last, total);
#endif
}

static swmgmt_verdict_t open_package(void *user, const swmgmt_op_t *op, uint32_t offset, uint32_t total)
{
    (void)user, (void)offset, (void)total;
    return find(op->instance) == NULL ? SWMGMT_FAILED : SWMGMT_DONE;
}

static swmgmt_verdict_t verdict_of(int status)
{
    switch (status) {
    case 0:
        return SWMGMT_DONE;
    case -ENOMEM:
        return SWMGMT_FAILED_MEMORY;
    case -ENOSPC:
        return SWMGMT_FAILED_STORAGE;
    case -EFAULT:
        return SWMGMT_FAILED_INTEGRITY;
    default:
        return SWMGMT_FAILED;
    }
}

/* What is written is what is being handed over: that tells whether it is the end. */
static swmgmt_verdict_t write_package(void *user, const swmgmt_op_t *op, uint32_t offset,
                                      const uint8_t *data, size_t length)
{
    const swmgmt_chunk_t *chunk = swmgmt_zephyr.chunk;
    const struct program *it = find(op->instance);
    swmgmt_verdict_t verdict = SWMGMT_DONE;

    (void)user;
    if (it == NULL || chunk == NULL) {
        return SWMGMT_FAILED;
    }
    for (size_t done = 0; done < length && verdict == SWMGMT_DONE;) {
        const size_t part = length - done < UINT16_MAX ? length - done : UINT16_MAX;
        verdict = verdict_of(call_write(it, data + done, part, chunk->last && done + part == length,
                                        chunk->total, offset + done));
        done += part;
    }
    return verdict;
}

/* Of a package that a server gives up, as of installed software, the application is told by
 * the delete callback; of one that has failed by a write of nothing. */
static swmgmt_verdict_t discard(void *user, const swmgmt_op_t *op)
{
    const struct lwm2m_message *request = swmgmt_zephyr_request();
    struct program *it = find(op->instance);

    (void)user;
    if (it == NULL) {
        return SWMGMT_DONE;
    }
    if (request != NULL && request->operation == LWM2M_OP_EXECUTE) {
        (void)call(it->remove, op, NULL, 0);
    } else {
        (void)call_write(it, NULL, 0, false, 0, 0);
    }
    return SWMGMT_DONE;
}

static swmgmt_verdict_t install(void *user, const swmgmt_op_t *op, const char *arguments, size_t length)
{
    struct program *it = find(op->instance);

    (void)user;
    if (it == NULL) {
        return SWMGMT_FAILED;
    }
    it->installing = op->number; /* it may be completed within the callback */
    if (call(it->install, op, arguments, length) < 0) {
        it->installing = 0;
        return SWMGMT_FAILED_INSTALL;
    }
    return SWMGMT_PENDING;
}

static swmgmt_verdict_t uninstall(void *user, const swmgmt_op_t *op)
{
    const struct program *it = find(op->instance);

    (void)user;
    return it == NULL || call(it->remove, op, NULL, 0) < 0 ? SWMGMT_FAILED_UNINSTALL : SWMGMT_DONE;
}

static swmgmt_verdict_t activate(void *user, const swmgmt_op_t *op)
{
    const struct program *it = find(op->instance);

    (void)user;
    return it == NULL || call(it->activate, op, NULL, 0) < 0 ? SWMGMT_FAILED : SWMGMT_DONE;
}

static swmgmt_verdict_t deactivate(void *user, const swmgmt_op_t *op)
{
    const struct program *it = find(op->instance);

    (void)user;
    return it == NULL || call(it->deactivate, op, NULL, 0) < 0 ? SWMGMT_FAILED : SWMGMT_DONE;
}

static const swmgmt_host_t host = {
    .size = sizeof host,
    .open = open_package,
    .write = write_package,
    .discard = discard,
    .install = install,
    .uninstall = uninstall,
    .activate = activate,
    .deactivate = deactivate,
#ifdef CONFIG_SWMGMT_PULL_CONTEXT
    .fetch = swmgmt_zephyr_pull,
    .schemes = "coap,coaps",
#endif
#ifdef CONFIG_SWMGMT_SETTINGS
    .load = swmgmt_zephyr_settings_load,
    .save = swmgmt_zephyr_settings_save,
#endif
};

/* Before the application and the engine's thread run. */
static int start(void)
{
    const swmgmt_status_t status = swmgmt_zephyr_start(&host);

    return status == SWMGMT_OK || status == SWMGMT_ERECORD ? 0 : -EIO;
}

#ifdef LWM2M_APP_INIT
LWM2M_APP_INIT(start);
#else /* older trees */
#include <zephyr/init.h>
SYS_INIT(start, APPLICATION, 99);
#endif

/* Sets a callback; those of an instance that is not there cannot be. */
#define SET(field, callback)                                          \
    do {                                                              \
        struct program *it = find(obj_inst_id);                       \
        if (it == NULL || !it->is_there) {                            \
            return -ENOENT;                                           \
        }                                                             \
        it->field = (callback);                                       \
        return 0;                                                     \
    } while (0)

int lwm2m_swmgmt_set_activate_cb(uint16_t obj_inst_id, lwm2m_engine_execute_cb_t cb)
{
    SET(activate, cb);
}

int lwm2m_swmgmt_set_deactivate_cb(uint16_t obj_inst_id, lwm2m_engine_execute_cb_t cb)
{
    SET(deactivate, cb);
}

int lwm2m_swmgmt_set_install_package_cb(uint16_t obj_inst_id, lwm2m_engine_execute_cb_t cb)
{
    SET(install, cb);
}

int lwm2m_swmgmt_set_delete_package_cb(uint16_t obj_inst_id, lwm2m_engine_execute_cb_t cb)
{
    SET(remove, cb);
}

int lwm2m_swmgmt_set_write_package_cb(uint16_t obj_inst_id, lwm2m_engine_set_data_cb_t cb)
{
    SET(write, cb);
}

int lwm2m_swmgmt_set_read_package_version_cb(uint16_t obj_inst_id, lwm2m_engine_get_data_cb_t cb)
{
    SET(version, cb);
}

int lwm2m_swmgmt_install_completed(uint16_t obj_inst_id, int error_code)
{
    struct program *it = find(obj_inst_id);

    if (it == NULL) {
        return -ENOENT;
    }
    const uint32_t number = it->installing;
    it->installing = 0;
    return number != 0 && swmgmt_zephyr_done(number, error_code == 0 ? SWMGMT_DONE
                                                                     : SWMGMT_FAILED_INSTALL, 0)
            == SWMGMT_OK ? 0 : -EINVAL;
}
