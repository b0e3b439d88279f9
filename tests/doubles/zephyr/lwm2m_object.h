/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A stand-in for the engine's private header: how an object is described, and the request
 * that the engine is at. */
#ifndef DOUBLE_OBJECT_H
#define DOUBLE_OBJECT_H

#include <zephyr/net/lwm2m.h>

enum { LWM2M_OP_READ, LWM2M_OP_WRITE, LWM2M_OP_CREATE, LWM2M_OP_DELETE, LWM2M_OP_EXECUTE };

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

#define RES_INSTANCE_NOT_CREATED 65535

struct lwm2m_engine_res_inst {
    void *data_ptr;
    uint16_t max_data_len;
    uint16_t data_len;
    uint16_t res_inst_id;
};

struct lwm2m_engine_res {
    lwm2m_engine_get_data_cb_t read_cb;
    lwm2m_engine_get_data_cb_t pre_write_cb;
    lwm2m_engine_set_data_cb_t post_write_cb;
    lwm2m_engine_execute_cb_t execute_cb;
    struct lwm2m_engine_res_inst *res_instances;
    uint16_t res_id;
    uint8_t res_inst_count;
    bool multi_res_inst;
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

#define INIT_OBJ_RES_EXECUTE(id, res, res_idx, execute)                        \
    do {                                                                       \
        (res)[res_idx] = (struct lwm2m_engine_res){ .res_id = (id),            \
                                                    .execute_cb = (execute) }; \
        ++(res_idx);                                                           \
    } while (0)

/* validate callbacks are not modelled: nobody here has one. */
#define INIT_OBJ_RES(id, res, res_idx, ri, ri_idx, ri_count, multi, create, data, size, read,      \
                     pre_write, validate, post_write, execute)                                     \
    do {                                                                                           \
        (res)[res_idx] = (struct lwm2m_engine_res){ .res_id = (id),                                \
                                                    .res_instances = &(ri)[ri_idx],                \
                                                    .res_inst_count = (ri_count),                  \
                                                    .multi_res_inst = (multi),                     \
                                                    .read_cb = (read),                             \
                                                    .pre_write_cb = (pre_write),                   \
                                                    .post_write_cb = (post_write),                 \
                                                    .execute_cb = (execute) };                     \
        for (int value_ = 0; value_ < (ri_count); value_++, (ri_idx)++) {                          \
            (ri)[ri_idx] = (struct lwm2m_engine_res_inst){                                         \
                (data), (uint16_t)(size), (uint16_t)(size),                                        \
                (uint16_t)((create) ? value_ : RES_INSTANCE_NOT_CREATED) };                        \
        }                                                                                          \
        ++(res_idx);                                                                               \
    } while (0)
#define INIT_OBJ_RES_OPT(id, res, res_idx, ri, ri_idx, ri_count, multi, create, read, pre_write,   \
                         validate, post_write, execute)                                            \
    INIT_OBJ_RES(id, res, res_idx, ri, ri_idx, ri_count, multi, create, NULL, 0, read, pre_write,  \
                 validate, post_write, execute)

#define INIT_OBJ_RES_LEN(id, res, res_idx, ri, ri_idx, ri_count, multi, create, data, size, length, \
                         read, pre_write, validate, post_write, execute)                           \
    do {                                                                                           \
        INIT_OBJ_RES(id, res, res_idx, ri, ri_idx, ri_count, multi, create, data, size, read,      \
                     pre_write, validate, post_write, execute);                                    \
        (ri)[(ri_idx) - 1].data_len = (uint16_t)(length);                                          \
    } while (0)

static inline void init_res_instance(struct lwm2m_engine_res_inst *ri, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ri[i] = (struct lwm2m_engine_res_inst){ .res_inst_id = RES_INSTANCE_NOT_CREATED };
    }
}

struct coap_packet {
    const uint8_t *data;
    uint16_t max_len;
};

struct lwm2m_reader {
    int format; /* the double's own */
};

struct lwm2m_block_context {
    struct {
        size_t total_size;
    } ctx;
    struct {
        size_t len;
        size_t offset;
    } opaque;
    uint32_t expected;
    bool last_block;
    struct lwm2m_obj_path path;
};

struct lwm2m_message {
    struct lwm2m_ctx *ctx;
    struct {
        const struct lwm2m_reader *reader;
        struct coap_packet *in_cpkt;
        uint16_t offset;
        struct lwm2m_block_context *block_ctx;
    } in;
    struct lwm2m_obj_path path;
    uint8_t *token;
    uint16_t mid;
    uint8_t tkl;
    uint8_t operation;
};

#endif
