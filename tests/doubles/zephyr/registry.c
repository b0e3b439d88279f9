/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The double's objects and instances, its lock, and reads. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "double.h"
#include "lwm2m_engine.h"
#include "lwm2m_rd_client.h"

unsigned double_updates;
unsigned double_plain_updates;
unsigned double_deadlocks;
int double_locked;

static struct lwm2m_engine_obj *objects;
static struct lwm2m_engine_obj_inst *instances;

void lwm2m_register_obj(struct lwm2m_engine_obj *obj)
{
    obj->next = objects;
    objects = obj;
}

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

struct lwm2m_engine_obj_inst *double_first_instance(void)
{
    return instances;
}

struct lwm2m_engine_res *double_resource(uint16_t object, uint16_t instance, uint16_t resource)
{
    struct lwm2m_engine_obj_inst *inst = *find(object, instance);
    for (uint16_t i = 0; inst != NULL && i < inst->resource_count; i++) {
        if (inst->resources[i].res_id == resource) {
            return &inst->resources[i];
        }
    }
    return NULL;
}

unsigned double_count(uint16_t object, uint16_t instance)
{
    unsigned count = 0;
    for (const struct lwm2m_engine_obj_inst *at = instances; at != NULL; at = at->next) {
        count += at->obj->obj_id == object && at->obj_inst_id == instance;
    }
    return count;
}

/* Whether the id is taken already is left to the callback. */
int double_create(uint16_t object, uint16_t instance)
{
    struct lwm2m_engine_obj *obj = find_object(object);
    struct lwm2m_engine_obj_inst *inst, **end = &instances;
    int status = 0;

    lwm2m_registry_lock();
    if (obj == NULL) {
        status = -ENOENT;
    } else if (obj->instance_count >= obj->max_instance_count) {
        status = -ENOMEM;
    } else if ((inst = obj->create_cb(instance)) == NULL) {
        double_see("create %u/%u = none", object, instance);
        status = -EEXIST;
    } else {
        double_see("create %u/%u = made", object, instance);
        inst->obj = obj;
        inst->obj_inst_id = instance;
        inst->next = NULL;
        while (*end != NULL) {
            end = &(*end)->next;
        }
        *end = inst;
        obj->instance_count++;
    }
    lwm2m_registry_unlock();
    return status;
}

/* Whatever the callback says, the instance is gone; and so are observations of others. */
int double_delete(uint16_t object, uint16_t instance)
{
    struct lwm2m_engine_obj_inst **at = find(object, instance);
    struct lwm2m_engine_obj_inst *inst = *at;
    int status = 0;

    if (inst == NULL) {
        return -ENOENT;
    }
    lwm2m_registry_lock();
    double_forget_observations(object, instance);
    *at = inst->next;
    inst->obj->instance_count--;
    if (inst->obj->delete_cb != NULL) {
        status = inst->obj->delete_cb(instance);
        double_see("delete %u/%u = %d", object, instance, status);
    }
    memset(inst->resources, 0, inst->resource_count * sizeof *inst->resources);
    memset(inst, 0, sizeof *inst);
    lwm2m_registry_unlock();
    return status;
}

int lwm2m_create_object_inst(const struct lwm2m_obj_path *path)
{
    const int status = double_create(path->obj_id, path->obj_inst_id);
    if (status == 0) {
        engine_trigger_update(true);
    }
    return status;
}

int lwm2m_delete_object_inst(const struct lwm2m_obj_path *path)
{
    const int status = double_delete(path->obj_id, path->obj_inst_id);
    if (status == 0) {
        engine_trigger_update(true);
    }
    return status;
}

/* Only of a resource that has a buffer. */
int lwm2m_set_string(const struct lwm2m_obj_path *path, const char *value)
{
    const struct lwm2m_engine_res *res = double_resource(path->obj_id, path->obj_inst_id, path->res_id);

    if (res == NULL) {
        return -ENOENT;
    }
    if (res->res_instances == NULL || res->res_instances->data_ptr == NULL) {
        return -EINVAL;
    }
    if (strlen(value) + 1 > res->res_instances->max_data_len) {
        return -ENOMEM;
    }
    memcpy(res->res_instances->data_ptr, value, strlen(value) + 1);
    res->res_instances->data_len = (uint16_t)(strlen(value) + 1);
    return 0;
}

int lwm2m_get_u16(const struct lwm2m_obj_path *path, uint16_t *value)
{
    if (path->obj_id != 1 || path->res_id != 0 || path->obj_inst_id > 1) {
        return -ENOENT;
    }
    *value = (uint16_t)(path->obj_inst_id + 101); /* Short Server IDs */
    return 0;
}

void lwm2m_registry_lock(void)
{
    double_locked++;
}

void lwm2m_registry_unlock(void)
{
    double_locked--;
}

/* Waits for a lock that the engine's thread holds while it waits for the registry's. */
void engine_trigger_update(bool update_objects)
{
    double_deadlocks += double_locked > 0 && double_thread() != ENGINE;
    if (update_objects) {
        double_updates++;
    } else {
        double_plain_updates++;
    }
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

bool double_may(uint16_t object, uint16_t resource, int permission, uint8_t *type)
{
    const struct lwm2m_engine_obj_field *field = field_of(object, resource);
    if (field == NULL || (field->permissions & permission) == 0) {
        return false;
    }
    *type = field->data_type;
    return true;
}

static int print_value(char *text, size_t room, uint8_t type, const void *data, size_t length)
{
    struct lwm2m_objlnk link;

    switch (type) {
    case TYPE_STRING: /* the last byte is a NUL, which is not sent */
        return snprintf(text, room, "%.*s", length == 0 ? 0 : (int)length - 1, (const char *)data);
    case TYPE_OBJLNK:
        memcpy(&link, data, sizeof link);
        return snprintf(text, room, "%u:%u", link.obj_id, link.obj_inst);
    default:
        return snprintf(text, room, "%u", *(const uint8_t *)data);
    }
}

/* As text; 0 or a negative errno. */
int double_read(uint16_t object, uint16_t instance, uint16_t resource, char *text, size_t room)
{
    const struct lwm2m_engine_res *res = double_resource(object, instance, resource);
    bool found = false;
    uint8_t type;

    text[0] = '\0';
    if (res == NULL || !double_may(object, resource, PERM_R, &type)) {
        return -ENOENT;
    }
    for (int i = 0; i < res->res_inst_count; i++) {
        const struct lwm2m_engine_res_inst *value = &res->res_instances[i];
        const void *data = value->data_ptr;
        size_t length = value->data_len;
        if (value->res_inst_id == RES_INSTANCE_NOT_CREATED) {
            continue;
        }
        if (res->read_cb != NULL) {
            data = res->read_cb(instance, resource, value->res_inst_id, &length);
        }
        if ((data == NULL && length != 0) || (length == 0 && type != TYPE_STRING)) {
            return -ENOENT;
        }
        if (res->multi_res_inst) {
            const int used = snprintf(text, room, "%s%u=", found ? " " : "", value->res_inst_id);
            text += used;
            room -= (size_t)used;
        }
        const int used = print_value(text, room, type, length == 0 ? "" : data, length);
        text += used;
        room -= (size_t)used;
        found = true;
    }
    return found ? 0 : -ENOENT;
}

void double_reset(void)
{
    while (instances != NULL) {
        struct lwm2m_engine_obj_inst *inst = instances;
        instances = inst->next;
        inst->obj->instance_count--;
        memset(inst, 0, sizeof *inst);
    }
    double_updates = 0;
    double_plain_updates = 0;
    double_deadlocks = 0;
    double_locked = 0;
    double_reset_time();
    double_reset_requests();
    double_reset_pull();
}
