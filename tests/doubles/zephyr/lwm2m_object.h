/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A stand-in for the engine's private header: structs and macros to describe an object. */
#ifndef LWM2M_OBJECT_STAND_IN_H
#define LWM2M_OBJECT_STAND_IN_H

#include <zephyr/net/lwm2m.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

enum { PERM_R = 1, PERM_W = 2, PERM_X = 4, PERM_OPT = 8 };
#define PERM_RW (PERM_R | PERM_W)
#define PERM_R_OPT (PERM_R | PERM_OPT)
#define PERM_W_OPT (PERM_W | PERM_OPT)
#define PERM_RW_OPT (PERM_RW | PERM_OPT)
enum { TYPE_NONE, TYPE_STRING, TYPE_OPAQUE, TYPE_U8, TYPE_BOOL, TYPE_OBJLNK };

struct lwm2m_engine_obj_field {
    uint16_t res_id;
    uint8_t permissions;
    uint8_t data_type;
};
#define OBJ_FIELD_DATA(id, perm, type) { (id), PERM_##perm, TYPE_##type }
#define OBJ_FIELD_EXECUTE(id) { (id), PERM_X, TYPE_NONE }
#define OBJ_FIELD_EXECUTE_OPT(id) { (id), PERM_X | PERM_OPT, TYPE_NONE }

struct lwm2m_engine_res_inst {
    void *data_ptr;
    size_t max_data_len;
    bool created;
};

struct lwm2m_engine_res {
    struct lwm2m_engine_res_inst *res_instances;
    lwm2m_engine_set_data_cb_t post_write_cb;
    lwm2m_engine_execute_cb_t execute_cb;
    uint16_t res_id;
    uint8_t res_inst_count;
};

struct lwm2m_engine_obj_inst {
    struct lwm2m_engine_obj_inst *next;
    struct lwm2m_engine_obj *obj;
    struct lwm2m_engine_res *resources;
    uint16_t obj_inst_id;
    uint16_t resource_count;
};

struct lwm2m_engine_obj {
    struct lwm2m_engine_obj *next;
    struct lwm2m_engine_obj_field *fields;
    uint16_t obj_id;
    uint8_t version_major;
    uint8_t version_minor;
    size_t field_count;
    uint16_t instance_count;
    uint16_t max_instance_count;
    struct lwm2m_engine_obj_inst *(*create_cb)(uint16_t obj_inst_id);
    int (*delete_cb)(uint16_t obj_inst_id);
};

#define INIT_OBJ_RES_EXECUTE(id, res, res_idx, execute)                   \
    do {                                                                  \
        (res)[res_idx] = (struct lwm2m_engine_res){ .res_id = (id),       \
                                                    .execute_cb = (execute) }; \
        ++(res_idx);                                                      \
    } while (0)

/* read, pre_write and validate callbacks are not modelled: nobody here has one. */
#define INIT_OBJ_RES(id, res, res_idx, ri, ri_idx, ri_count, multi, create, data, size, read,    \
                     pre_write, validate, post_write, execute)                                   \
    do {                                                                                         \
        (res)[res_idx] = (struct lwm2m_engine_res){ .res_id = (id),                              \
                                                    .res_instances = &(ri)[ri_idx],              \
                                                    .res_inst_count = (ri_count),                \
                                                    .post_write_cb = (post_write),               \
                                                    .execute_cb = (execute) };                   \
        (ri)[ri_idx] = (struct lwm2m_engine_res_inst){ (data), (size), (create) };               \
        ++(ri_idx);                                                                              \
        ++(res_idx);                                                                             \
    } while (0)

static inline void init_res_instance(struct lwm2m_engine_res_inst *ri, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ri[i].created = false;
    }
}

void lwm2m_register_obj(struct lwm2m_engine_obj *obj);

/* The engine walks a linker section; here a function calls it. */
#define LWM2M_OBJ_INIT(function)                    \
    int stand_in_register_objects(void);            \
    int stand_in_register_objects(void)             \
    {                                               \
        return function();                          \
    }                                               \
    extern int stand_in_nothing

#endif
