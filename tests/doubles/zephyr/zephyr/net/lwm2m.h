/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A stand-in for Zephyr's public LwM2M header, written from what is known of it: the part
 * that the adapter touches. */
#ifndef DOUBLE_LWM2M_H
#define DOUBLE_LWM2M_H

#include <zephyr/kernel.h>
#include <zephyr/version.h>

struct lwm2m_obj_path {
    uint16_t obj_id;
    uint16_t obj_inst_id;
    uint16_t res_id;
    uint16_t res_inst_id;
    uint8_t level;
};

/* LWM2M_OBJ(9), LWM2M_OBJ(9, 0), LWM2M_OBJ(9, 0, 7): a path of as many levels. */
#define LWM2M_OBJ(...) LWM2M_PICK(__VA_ARGS__, LWM2M_OBJ4, LWM2M_OBJ3, LWM2M_OBJ2, LWM2M_OBJ1, 0)(__VA_ARGS__)
#define LWM2M_PICK(a, b, c, d, form, ...) form
#define LWM2M_OBJ1(o) ((struct lwm2m_obj_path){ (o), 0, 0, 0, 1 })
#define LWM2M_OBJ2(o, i) ((struct lwm2m_obj_path){ (o), (i), 0, 0, 2 })
#define LWM2M_OBJ3(o, i, r) ((struct lwm2m_obj_path){ (o), (i), (r), 0, 3 })
#define LWM2M_OBJ4(o, i, r, n) ((struct lwm2m_obj_path){ (o), (i), (r), (n), 4 })

struct lwm2m_objlnk {
    uint16_t obj_id;
    uint16_t obj_inst;
};

struct lwm2m_ctx {
    sys_slist_t observer;
    void *processed_req;
    int srv_obj_inst;
};

typedef void *(*lwm2m_engine_get_data_cb_t)(uint16_t obj_inst_id, uint16_t res_id,
                                            uint16_t res_inst_id, size_t *data_len);
#if KERNEL_VERSION_NUMBER >= 0x030700
typedef int (*lwm2m_engine_set_data_cb_t)(uint16_t obj_inst_id, uint16_t res_id,
                                          uint16_t res_inst_id, uint8_t *data, uint16_t data_len,
                                          bool last_block, size_t total_size, size_t offset);
#else
typedef int (*lwm2m_engine_set_data_cb_t)(uint16_t obj_inst_id, uint16_t res_id,
                                          uint16_t res_inst_id, uint8_t *data, uint16_t data_len,
                                          bool last_block, size_t total_size);
#endif
typedef int (*lwm2m_engine_execute_cb_t)(uint16_t obj_inst_id, uint8_t *args, uint16_t args_len);

int lwm2m_create_object_inst(const struct lwm2m_obj_path *path);
int lwm2m_delete_object_inst(const struct lwm2m_obj_path *path);
int lwm2m_get_u16(const struct lwm2m_obj_path *path, uint16_t *value);
int lwm2m_set_string(const struct lwm2m_obj_path *path, const char *value);
int lwm2m_get_res_buf(const struct lwm2m_obj_path *path, void **buffer, uint16_t *size,
                      uint16_t *length, uint8_t *flags);
int lwm2m_set_res_buf(const struct lwm2m_obj_path *path, void *buffer, uint16_t size,
                      uint16_t length, uint8_t flags);
void lwm2m_registry_lock(void);
void lwm2m_registry_unlock(void);

#endif
