/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "lwm2m_engine.h"
#include "lwm2m_rd_client.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

char stand_in_notified[512];
unsigned stand_in_updates;
unsigned stand_in_plain_updates;
int stand_in_locked;

static struct lwm2m_engine_obj *objects;
static struct lwm2m_engine_obj_inst *instances;

static struct lwm2m_engine_obj *find_object(uint16_t id)
{
    struct lwm2m_engine_obj *obj = objects;
    while (obj != NULL && obj->obj_id != id) {
        obj = obj->next;
    }
    return obj;
}

static struct lwm2m_engine_obj_inst **find(uint16_t object, uint16_t instance)
{
    struct lwm2m_engine_obj_inst **at = &instances;
    while (*at != NULL && ((*at)->obj->obj_id != object || (*at)->obj_inst_id != instance)) {
        at = &(*at)->next;
    }
    return at;
}

static const struct lwm2m_engine_obj_field *field_of(uint16_t object, uint16_t resource)
{
    const struct lwm2m_engine_obj *obj = find_object(object);
    for (size_t i = 0; obj != NULL && i < obj->field_count; i++) {
        if (obj->fields[i].res_id == resource) {
            return &obj->fields[i];
        }
    }
    return NULL;
}

struct lwm2m_engine_res *stand_in_resource(uint16_t object, uint16_t instance, uint16_t resource)
{
    struct lwm2m_engine_obj_inst *inst = *find(object, instance);
    for (uint16_t i = 0; inst != NULL && i < inst->resource_count; i++) {
        if (inst->resources[i].res_id == resource) {
            return &inst->resources[i];
        }
    }
    return NULL;
}

void lwm2m_register_obj(struct lwm2m_engine_obj *obj)
{
    obj->next = objects;
    objects = obj;
}

void stand_in_reset(void)
{
    while (instances != NULL) {
        struct lwm2m_engine_obj_inst *inst = instances;
        instances = inst->next;
        inst->obj->instance_count--;
        memset(inst, 0, sizeof *inst);
    }
    stand_in_notified[0] = '\0';
    stand_in_updates = 0;
    stand_in_plain_updates = 0;
}

unsigned stand_in_count(uint16_t object, uint16_t instance)
{
    unsigned count = 0;
    for (const struct lwm2m_engine_obj_inst *at = instances; at != NULL; at = at->next) {
        count += at->obj->obj_id == object && at->obj_inst_id == instance;
    }
    return count;
}

/* As the engine does: whether the id is taken already is left to the callback. */
int stand_in_create(uint16_t object, uint16_t instance)
{
    struct lwm2m_engine_obj *obj = find_object(object);
    struct lwm2m_engine_obj_inst *inst, **end = &instances;

    if (obj == NULL) {
        return -ENOENT;
    }
    if (obj->instance_count >= obj->max_instance_count) {
        return -ENOMEM;
    }
    if ((inst = obj->create_cb(instance)) == NULL) {
        return -EEXIST;
    }
    inst->obj = obj;
    inst->obj_inst_id = instance;
    inst->next = NULL;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = inst;
    obj->instance_count++;
    engine_trigger_update(true);
    return 0;
}

/* As the engine does: whatever the callback says, the instance is gone. */
int stand_in_delete(uint16_t object, uint16_t instance)
{
    struct lwm2m_engine_obj_inst **at = find(object, instance);
    struct lwm2m_engine_obj_inst *inst = *at;

    if (inst == NULL) {
        return -ENOENT;
    }
    *at = inst->next;
    inst->obj->instance_count--;
    int status = inst->obj->delete_cb(instance);
    memset(inst->resources, 0, inst->resource_count * sizeof *inst->resources);
    memset(inst, 0, sizeof *inst);
    if (status == 0) {
        engine_trigger_update(true);
    }
    return status;
}

int lwm2m_create_object_inst(const struct lwm2m_obj_path *path)
{
    return stand_in_create(path->obj_id, path->obj_inst_id);
}

int lwm2m_delete_object_inst(const struct lwm2m_obj_path *path)
{
    return stand_in_delete(path->obj_id, path->obj_inst_id);
}

int stand_in_execute(uint16_t object, uint16_t instance, uint16_t resource, const char *args)
{
    struct lwm2m_engine_res *res = stand_in_resource(object, instance, resource);
    uint8_t copy[64];
    size_t length = args == NULL ? 0 : strlen(args);

    if (res == NULL || res->execute_cb == NULL) {
        return -ENOENT;
    }
    memcpy(copy, args == NULL ? "" : args, length);
    return res->execute_cb(instance, copy, (uint16_t)length);
}

/* Stores first and asks afterwards, and cuts a string to the buffer, like the engine. */
static int store(const struct lwm2m_obj_path *path, uint8_t type, const void *value, size_t length,
                 bool notify, size_t total, size_t offset)
{
    struct lwm2m_engine_res *res =
        stand_in_resource(path->obj_id, path->obj_inst_id, path->res_id);
    const struct lwm2m_engine_obj_field *field = field_of(path->obj_id, path->res_id);

    if (res == NULL || res->res_instances == NULL || field == NULL) {
        return -ENOENT;
    }
    if (field->data_type != type) {
        return -EINVAL;
    }
    size_t room = res->res_instances->max_data_len;
    char *data = res->res_instances->data_ptr;
    size_t kept = length > room ? room : length;
    bool changed = memcmp(data, value, kept) != 0;
    memcpy(data, value, kept);
    if (type == TYPE_STRING) {
        data[kept == room ? room - 1 : kept] = '\0';
    }
    if (changed && notify) {
        size_t used = strlen(stand_in_notified);
        snprintf(stand_in_notified + used, sizeof stand_in_notified - used, "%u/%u/%u=%d ",
                 path->obj_id, path->obj_inst_id, path->res_id,
                 type == TYPE_STRING ? -1 : *(unsigned char *)data);
    }
    return res->post_write_cb == NULL ? 0
        : res->post_write_cb(path->obj_inst_id, path->res_id, 0, (uint8_t *)data, (uint16_t)kept,
                             !notify, total, offset);
}

int lwm2m_set_u8(const struct lwm2m_obj_path *path, uint8_t value)
{
    return store(path, TYPE_U8, &value, sizeof value, true, 0, 0);
}

int lwm2m_set_bool(const struct lwm2m_obj_path *path, bool value)
{
    return store(path, TYPE_BOOL, &value, sizeof value, true, 0, 0);
}

int lwm2m_set_string(const struct lwm2m_obj_path *path, const char *value)
{
    return store(path, TYPE_STRING, value, strlen(value) + 1, true, 0, 0);
}

int lwm2m_set_objlnk(const struct lwm2m_obj_path *path, const struct lwm2m_objlnk *value)
{
    return store(path, TYPE_OBJLNK, value, sizeof *value, true, 0, 0);
}

int stand_in_write(uint16_t object, uint16_t instance, uint16_t resource, const void *value,
                   uint16_t length)
{
    const struct lwm2m_engine_obj_field *field = field_of(object, resource);

    if (field == NULL || (field->permissions & PERM_W) == 0) {
        return -EPERM;
    }
    return store(&LWM2M_OBJ(object, instance, resource), field->data_type, value, length, false, 0,
                 0);
}

int stand_in_write_block(uint16_t object, uint16_t instance, uint16_t resource, const char *text,
                         size_t total, size_t offset)
{
    return store(&LWM2M_OBJ(object, instance, resource), TYPE_STRING, text, strlen(text) + 1, false,
                 total, offset);
}

int stand_in_push(uint16_t instance, const uint8_t *package, size_t length, size_t block,
                  size_t size1)
{
    struct lwm2m_engine_res *res = stand_in_resource(9, instance, 2);
    size_t total = size1 != 0 ? size1 : block < length ? block : length; /* the engine's bug */

    if (res == NULL || !res->res_instances->created) {
        return -ENOENT;
    }
    for (size_t at = 0; at < length;) {
        size_t end_of_block = (at / block + 1) * block;
        size_t piece = res->res_instances->max_data_len;
        piece = piece > end_of_block - at ? end_of_block - at : piece;
        piece = piece > length - at ? length - at : piece;
        memcpy(res->res_instances->data_ptr, package + at, piece);
        int status = res->post_write_cb(instance, 2, 0, res->res_instances->data_ptr,
                                        (uint16_t)piece, at + piece == length, total, at);
        if (status < 0) {
            return status;
        }
        at += piece;
    }
    return 0;
}

void lwm2m_registry_lock(void)
{
    stand_in_locked++;
}

void lwm2m_registry_unlock(void)
{
    stand_in_locked--;
}

void engine_trigger_update(bool update_objects)
{
    if (update_objects) {
        stand_in_updates++;
    } else {
        stand_in_plain_updates++;
    }
}

void lwm2m_rd_client_update(void)
{
    engine_trigger_update(false);
}
