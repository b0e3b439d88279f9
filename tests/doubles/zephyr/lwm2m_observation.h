/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A stand-in for the engine's private header about observations. */
#ifndef DOUBLE_OBSERVATION_H
#define DOUBLE_OBSERVATION_H

#include "lwm2m_object.h"

struct lwm2m_obj_path_list {
    sys_snode_t node;
    struct lwm2m_obj_path path;
};

struct observe_node {
    sys_snode_t node;
    sys_slist_t path_list;
    int64_t event_timestamp;
    struct lwm2m_message *active_notify;
};

int lwm2m_notify_observer(uint16_t obj_id, uint16_t obj_inst_id, uint16_t res_id);

#endif
