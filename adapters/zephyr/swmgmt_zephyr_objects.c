/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The two objects as the engine wants them: fields, storage, callbacks. No value is kept
 * here; the engine asks for each when it wants it. */
#include "swmgmt_zephyr_inside.h"

#include <string.h>

#define RESOURCES_9 19
#define VALUES_9 (RESOURCES_9 - 4 - 1 + CONFIG_SWMGMT_COMPONENTS) /* 4 execute, 1 is a list */
#define RESOURCES_14 6

/* Everything that the engine keeps pointers to; it clears `instance` on delete. */
static struct slot_9 {
    struct lwm2m_engine_obj_inst instance;
    struct lwm2m_engine_res res[RESOURCES_9];
    struct lwm2m_engine_res_inst value[VALUES_9];
} slots_9[CONFIG_SWMGMT_INSTANCES];

#if CONFIG_SWMGMT_COMPONENTS > 0
static struct slot_14 {
    struct lwm2m_engine_obj_inst instance;
    struct lwm2m_engine_res res[RESOURCES_14];
    struct lwm2m_engine_res_inst value[RESOURCES_14];
} slots_14[CONFIG_SWMGMT_COMPONENTS];
#endif

/* The n-th place for an instance; NULL: there are no more. */
static struct lwm2m_engine_obj_inst *place(uint16_t object, uint16_t n)
{
    if (object == 9) {
        return n < CONFIG_SWMGMT_INSTANCES ? &slots_9[n].instance : NULL;
    }
#if CONFIG_SWMGMT_COMPONENTS > 0
    return n < CONFIG_SWMGMT_COMPONENTS ? &slots_14[n].instance : NULL;
#else
    return NULL;
#endif
}

static struct lwm2m_engine_obj_inst *find(uint16_t object, uint16_t id)
{
    struct lwm2m_engine_obj_inst *it = NULL;

    for (uint16_t n = 0; (it = place(object, n)) != NULL; n++) {
        if (it->resource_count != 0 && it->obj_inst_id == SWMGMT_ZEPHYR_ID(object, id)) {
            break;
        }
    }
    return it;
}

bool swmgmt_zephyr_is_made(uint16_t object, uint16_t id)
{
    return find(object, id) != NULL;
}

bool swmgmt_zephyr_surplus(uint16_t object, uint16_t *id)
{
    const struct lwm2m_engine_obj_inst *it;

    for (uint16_t n = 0; (it = place(object, n)) != NULL; n++) {
        *id = (uint16_t)(it->obj_inst_id - SWMGMT_ZEPHYR_ID(object, 0));
        if (it->resource_count != 0 && !swmgmt_zephyr_there_is(object, *id)) {
            return true;
        }
    }
    return false;
}

static struct lwm2m_engine_res *resource_17(const struct lwm2m_engine_obj_inst *instance)
{
    struct lwm2m_engine_res *res = instance->resources;

    for (; res < instance->resources + instance->resource_count; res++) {
        if (res->res_id == 17) {
            return res;
        }
    }
    return NULL;
}

void swmgmt_zephyr_list_components(uint16_t id)
{
    const swmgmt_path_t path = { 9, id, 17, SWMGMT_NONE };
    const struct lwm2m_engine_obj_inst *it = find(9, id);
    struct lwm2m_engine_res *res = it == NULL ? NULL : resource_17(it);
    uint16_t index = SWMGMT_NONE;

    for (uint16_t n = 0; res != NULL && n < res->res_inst_count; n++) {
        const bool is_one = swmgmt_next(swmgmt_zephyr.manager, path, &index) == SWMGMT_OK;
        res->res_instances[n].res_inst_id = is_one ? index : RES_INSTANCE_NOT_CREATED;
    }
}

/* The next resource that the instance may have: the manager does not name 17 while it has
 * no values. */
static bool next_resource(swmgmt_path_t path, uint16_t *resource)
{
    const bool may_be_17 = path.object == 9 && CONFIG_SWMGMT_COMPONENTS > 0
        && (*resource < 17 || *resource == SWMGMT_NONE);
    const bool is_one = swmgmt_next(swmgmt_zephyr.manager, path, resource) == SWMGMT_OK;

    if (may_be_17 && (!is_one || *resource > 17)) {
        *resource = 17;
        return true;
    }
    return is_one;
}

/* Names and versions that the application sets; false: it is none of them. */
static bool describe_text(uint16_t object, uint16_t id, uint16_t resource,
                          struct lwm2m_engine_res *res, int *i,
                          struct lwm2m_engine_res_inst *value, int *j)
{
#ifdef CONFIG_SWMGMT_DROP_IN
    uint16_t size;
    char *text = object == 9 ? swmgmt_zephyr_drop_in_text(id, resource, &size) : NULL;
    int at = *i, value_at = *j;

    if (text != NULL) {
        INIT_OBJ_RES_LEN(resource, res, at, value, value_at, 1, false, true, text, size,
                         strlen(text) + 1, resource == 1 ? swmgmt_zephyr_drop_in_version : NULL,
                         NULL, NULL, NULL, swmgmt_zephyr_execute(9, resource));
        *i = at;
        *j = value_at;
        return true;
    }
#endif
    (void)object, (void)id, (void)resource, (void)res, (void)i, (void)value, (void)j;
    return false;
}

static void describe(uint16_t object, uint16_t id, struct lwm2m_engine_obj_inst *instance,
                     struct lwm2m_engine_res *res, struct lwm2m_engine_res_inst *value)
{
    const swmgmt_path_t path = { object, id, SWMGMT_NONE, SWMGMT_NONE };
    const lwm2m_engine_get_data_cb_t read = object == 9 ? swmgmt_zephyr_read_9
                                                        : swmgmt_zephyr_read_14;
    int i = 0, j = 0;

    for (uint16_t n = SWMGMT_NONE; next_resource(path, &n);) {
        swmgmt_resource_t about = { 0 };
        (void)swmgmt_resource(object, n, &about);
        const bool may_write = (about.operations & SWMGMT_WRITE) != 0;
        if (about.operations & SWMGMT_EXECUTE) {
            INIT_OBJ_RES_EXECUTE(n, res, i, swmgmt_zephyr_execute(object, n));
        } else if (!describe_text(object, id, n, res, &i, value, &j)) {
            const uint8_t values = about.multiple ? CONFIG_SWMGMT_COMPONENTS : 1;
            INIT_OBJ_RES_OPT(n, res, i, value, j, values, about.multiple != 0, !about.multiple,
                             about.operations & SWMGMT_READ ? read : NULL,
                             may_write ? swmgmt_zephyr_room : NULL, NULL,
                             may_write ? swmgmt_zephyr_written : NULL,
                             swmgmt_zephyr_execute(object, n));
        }
    }
    instance->resources = res;
    instance->resource_count = (uint16_t)i;
}

struct lwm2m_engine_obj_inst *swmgmt_zephyr_make(uint16_t object, uint16_t id)
{
    struct lwm2m_engine_obj_inst *it = NULL;

    if (find(object, id) != NULL) {
        return NULL; /* the engine leaves it to us to look */
    }
    for (uint16_t n = 0; (it = place(object, n)) != NULL && it->resource_count != 0;) {
        n++;
    }
    if (it == NULL) {
        return NULL;
    }
    if (object == 9) {
        struct slot_9 *slot = CONTAINER_OF(it, struct slot_9, instance);
        memset(slot, 0, sizeof *slot);
        init_res_instance(slot->value, VALUES_9);
        describe(object, id, it, slot->res, slot->value);
    }
#if CONFIG_SWMGMT_COMPONENTS > 0
    if (object == 14) {
        struct slot_14 *slot = CONTAINER_OF(it, struct slot_14, instance);
        memset(slot, 0, sizeof *slot);
        init_res_instance(slot->value, RESOURCES_14);
        describe(object, id, it, slot->res, slot->value);
    }
#endif
    it->obj_inst_id = SWMGMT_ZEPHYR_ID(object, id); /* the engine does so, too late for this: */
    if (object == 9) {
        swmgmt_zephyr_list_components(id);
    }
    return it;
}

static struct lwm2m_engine_obj_field fields_9[] = {
    OBJ_FIELD_DATA(0, R, STRING),      OBJ_FIELD_DATA(1, R, STRING),
    OBJ_FIELD_DATA(2, W_OPT, OPAQUE),  OBJ_FIELD_DATA(3, W_OPT, STRING),
    OBJ_FIELD_EXECUTE(4),              OBJ_FIELD_DATA(5, R_OPT, OBJLNK),
    OBJ_FIELD_EXECUTE(6),              OBJ_FIELD_DATA(7, R, U8),
    OBJ_FIELD_DATA(8, RW_OPT, BOOL),   OBJ_FIELD_DATA(9, R, U8),
    OBJ_FIELD_EXECUTE(10),             OBJ_FIELD_EXECUTE(11),
    OBJ_FIELD_DATA(12, R, BOOL),       OBJ_FIELD_DATA(13, RW_OPT, OBJLNK),
    OBJ_FIELD_DATA(14, W_OPT, STRING), OBJ_FIELD_DATA(15, W_OPT, STRING),
    OBJ_FIELD_DATA(16, R_OPT, STRING), OBJ_FIELD_DATA(17, R_OPT, OBJLNK),
    OBJ_FIELD_DATA(18, R_OPT, U8),
};
static struct lwm2m_engine_obj object_9 = {
    .obj_id = 9, .version_major = 1, .version_minor = 0, .fields = fields_9,
    .field_count = ARRAY_SIZE(fields_9), .max_instance_count = CONFIG_SWMGMT_INSTANCES,
    .create_cb = swmgmt_zephyr_create_9, .delete_cb = swmgmt_zephyr_delete_9
};
#if CONFIG_SWMGMT_COMPONENTS > 0
static struct lwm2m_engine_obj_field fields_14[] = {
    OBJ_FIELD_DATA(0, R, STRING), OBJ_FIELD_DATA(2, R_OPT, STRING), OBJ_FIELD_EXECUTE_OPT(3),
    OBJ_FIELD_EXECUTE_OPT(4),     OBJ_FIELD_DATA(5, R_OPT, BOOL),
};
static struct lwm2m_engine_obj object_14 = {
    .obj_id = 14, .version_major = 1, .version_minor = 0, .fields = fields_14,
    .field_count = ARRAY_SIZE(fields_14), .max_instance_count = CONFIG_SWMGMT_COMPONENTS,
    .create_cb = swmgmt_zephyr_create_14, .delete_cb = swmgmt_zephyr_delete_14
};
#endif

static int register_objects(void)
{
    lwm2m_register_obj(&object_9);
#if CONFIG_SWMGMT_COMPONENTS > 0
    lwm2m_register_obj(&object_14);
#endif
    return 0;
}

#ifdef LWM2M_OBJ_INIT
LWM2M_OBJ_INIT(register_objects);
#else /* older trees */
#include <zephyr/init.h>
SYS_INIT(register_objects, APPLICATION, CONFIG_KERNEL_INIT_PRIORITY_DEFAULT);
#endif
