/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the adapter's sources know of each other. The engine's callbacks carry no user
 * pointer, so there is one adapter. */
#ifndef SWMGMT_ZEPHYR_INSIDE_H
#define SWMGMT_ZEPHYR_INSIDE_H

#include <stdbool.h>
#include <zephyr/net/lwm2m.h>

#include "lwm2m_object.h"
#include "lwm2m_engine.h"
#include "lwm2m_rd_client.h"
#include "swmgmt_zephyr.h"

struct swmgmt_zephyr {
    swmgmt_t *manager;
    bool telling; /* the engine calls us back for what we tell it, too */
    bool stale;   /* the engine lacks an instance, or the values of a new one */
};

extern struct swmgmt_zephyr swmgmt_zephyr;

/* An answer as the engine's callbacks tell it: 0 or a negative errno. */
int swmgmt_zephyr_errno(swmgmt_answer_t answer);
/* Puts the value that there is into the engine's buffer. */
void swmgmt_zephyr_refresh(swmgmt_path_t path);

/* Callbacks for resources of the two objects. */
int swmgmt_zephyr_post_write(uint16_t instance, uint16_t resource, uint16_t index, uint8_t *data,
                             uint16_t length, bool last, size_t total, size_t offset);
lwm2m_engine_execute_cb_t swmgmt_zephyr_execute(uint16_t object, uint16_t resource);
/* Callbacks of the two objects. */
struct lwm2m_engine_obj_inst *swmgmt_zephyr_create_9(uint16_t id);
struct lwm2m_engine_obj_inst *swmgmt_zephyr_create_14(uint16_t id);
int swmgmt_zephyr_delete_9(uint16_t id);
int swmgmt_zephyr_delete_14(uint16_t id);
/* Storage for an instance with the resources that it has; NULL: there is no room. */
struct lwm2m_engine_obj_inst *swmgmt_zephyr_make(uint16_t object, uint16_t id);

#endif
