/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A stand-in for the engine's private header of its download. */
#ifndef DOUBLE_PULL_CONTEXT_H
#define DOUBLE_PULL_CONTEXT_H

#include "lwm2m_object.h"

#define LWM2M_PACKAGE_URI_LEN 128

struct requesting_object {
    uint8_t obj_inst_id;
    bool is_firmware_uri;
    void (*result_cb)(uint16_t obj_inst_id, int error_code);
    lwm2m_engine_set_data_cb_t write_cb;
    int (*verify_cb)(void);
};

int lwm2m_pull_context_start_transfer(char *uri, struct requesting_object req, k_timeout_t timeout);
int lwm2m_get_resource(const struct lwm2m_obj_path *path, struct lwm2m_engine_res **res);

#endif
