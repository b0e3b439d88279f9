/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The two objects as the engine wants them: fields, storage, callbacks. */
#include "swmgmt_zephyr_inside.h"

#include <string.h>

#ifndef CONFIG_SWMGMT_INSTANCES
#define CONFIG_SWMGMT_INSTANCES 2
#endif
#ifndef CONFIG_SWMGMT_COMPONENTS
#define CONFIG_SWMGMT_COMPONENTS 4
#endif
#define SLOTS (CONFIG_SWMGMT_INSTANCES + CONFIG_SWMGMT_COMPONENTS)
#define RESOURCES 19

union value {
    uint8_t number;
    bool flag;
    struct lwm2m_objlnk link;
};

/* Everything that the engine keeps pointers to, for each instance. */
static struct slot {
    struct lwm2m_engine_obj_inst instance; /* the engine clears it on delete */
    struct lwm2m_engine_res res[RESOURCES];
    struct lwm2m_engine_res_inst res_inst[RESOURCES];
    union value value[RESOURCES];
    char text[3][256];
} slots[SLOTS];

static uint8_t package[64]; /* the engine feeds a package in pieces of this size */
static char written[257];   /* longer by one than allowed, so that a cut is seen */

/* The resources that there are, each with a buffer of its type. */
struct lwm2m_engine_obj_inst *swmgmt_zephyr_make(uint16_t object, uint16_t id)
{
    swmgmt_path_t path = { object, id, SWMGMT_NONE, SWMGMT_NONE };
    struct slot *slot = slots;
    int i = 0, j = 0, texts = 0;

    for (const struct slot *old = slots; old < slots + SLOTS; old++) { /* it does not look */
        if (old->instance.resource_count != 0 && old->instance.obj->obj_id == object
            && old->instance.obj_inst_id == id) {
            return NULL;
        }
    }
    while (slot < slots + SLOTS && slot->instance.resource_count != 0) {
        slot++;
    }
    if (slot == slots + SLOTS) {
        return NULL;
    }
    memset(slot, 0, sizeof *slot);
    init_res_instance(slot->res_inst, RESOURCES);
    for (uint16_t n = SWMGMT_NONE; swmgmt_next(swmgmt_zephyr.manager, path, &n) == SWMGMT_OK;) {
        swmgmt_resource_t about = { 0 };
        void *data = &slot->value[i];
        size_t size = sizeof(union value);
        if (swmgmt_resource(object, n, &about) != SWMGMT_OK || about.multiple) {
            continue;
        }
        if (about.operations & SWMGMT_EXECUTE) {
            INIT_OBJ_RES_EXECUTE(n, slot->res, i, swmgmt_zephyr_execute(object, n));
            continue;
        }
        switch (about.kind) {
        case SWMGMT_TYPE_OPAQUE: data = package; size = sizeof package; break;
        case SWMGMT_TYPE_BOOLEAN: size = sizeof(bool); break;
        case SWMGMT_TYPE_INTEGER: size = sizeof(uint8_t); break;
        case SWMGMT_TYPE_OBJLNK: size = sizeof(struct lwm2m_objlnk); break;
        default:
            if (about.operations & SWMGMT_WRITE) {
                data = written;
                size = sizeof written;
            } else {
                data = slot->text[texts++];
                size = sizeof slot->text[0];
            }
            break;
        }
        INIT_OBJ_RES(n, slot->res, i, slot->res_inst, j, 1U, false, true, data, size, NULL, NULL,
                     NULL, about.operations & SWMGMT_WRITE ? swmgmt_zephyr_post_write : NULL,
                     NULL);
    }
    slot->instance.resources = slot->res;
    slot->instance.resource_count = (uint16_t)i;
    return &slot->instance;
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
    OBJ_FIELD_DATA(16, R_OPT, STRING), OBJ_FIELD_DATA(18, R_OPT, U8),
};
static struct lwm2m_engine_obj_field fields_14[] = {
    OBJ_FIELD_DATA(0, R, STRING), OBJ_FIELD_DATA(2, R_OPT, STRING), OBJ_FIELD_EXECUTE_OPT(3),
    OBJ_FIELD_EXECUTE_OPT(4),     OBJ_FIELD_DATA(5, R_OPT, BOOL),
};
static struct lwm2m_engine_obj object_9 = {
    .obj_id = 9, .version_major = 1, .version_minor = 0, .fields = fields_9,
    .field_count = ARRAY_SIZE(fields_9), .max_instance_count = CONFIG_SWMGMT_INSTANCES,
    .create_cb = swmgmt_zephyr_create_9, .delete_cb = swmgmt_zephyr_delete_9
};
static struct lwm2m_engine_obj object_14 = {
    .obj_id = 14, .version_major = 1, .version_minor = 0, .fields = fields_14,
    .field_count = ARRAY_SIZE(fields_14), .max_instance_count = CONFIG_SWMGMT_COMPONENTS,
    .create_cb = swmgmt_zephyr_create_14, .delete_cb = swmgmt_zephyr_delete_14
};

static int register_objects(void)
{
    lwm2m_register_obj(&object_9);
    lwm2m_register_obj(&object_14);
    return 0;
}

#ifdef LWM2M_OBJ_INIT
LWM2M_OBJ_INIT(register_objects);
#else /* before Zephyr 3.4 */
#include <zephyr/init.h>
SYS_INIT(register_objects, APPLICATION, CONFIG_KERNEL_INIT_PRIORITY_DEFAULT);
#endif
