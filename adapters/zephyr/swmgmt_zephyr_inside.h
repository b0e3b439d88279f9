/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the adapter's sources know of each other. The engine's callbacks carry no user
 * pointer, so there is one adapter. */
#ifndef SWMGMT_ZEPHYR_INSIDE_H
#define SWMGMT_ZEPHYR_INSIDE_H

#include <stdbool.h>
#include <zephyr/kernel.h>
#include <zephyr/net/lwm2m.h>
#include <zephyr/version.h>

#include "lwm2m_object.h"
#include "lwm2m_engine.h"
#include "swmgmt_zephyr.h"

/* Zephyr 3.7 told callbacks the offset of what they are handed. */
#if KERNEL_VERSION_NUMBER >= 0x030700
#define SWMGMT_ZEPHYR_OFFSET , size_t offset
#define SWMGMT_ZEPHYR_NO_OFFSET (void)offset
#else
#define SWMGMT_ZEPHYR_OFFSET
#define SWMGMT_ZEPHYR_NO_OFFSET (void)0
#endif

/* Ids of the engine's instances. When it deletes an instance 0, it forgets the observations
 * of the instances 0 of all Objects: those of Object 14, which come and go, begin at 1. */
#define SWMGMT_ZEPHYR_FIRST_14 1u
#define SWMGMT_ZEPHYR_ID(object, id) \
    ((uint16_t)((id) + ((object) == 14 ? SWMGMT_ZEPHYR_FIRST_14 : 0u)))

struct swmgmt_zephyr {
    swmgmt_t *manager;
    k_tid_t teller; /* the thread that is making the engine's instances the manager's */
    const swmgmt_chunk_t *chunk; /* that is being handed over; NULL: none */
    bool stale;     /* the engine has lost an instance that there is */
};

extern struct swmgmt_zephyr swmgmt_zephyr;

/* Has the work item look what there is to do. */
void swmgmt_zephyr_wake(void);

/* The request that the engine is at; NULL: none. */
struct lwm2m_message *swmgmt_zephyr_request(void);
/* Short Server ID of whoever sent it; 0: unknown. */
uint16_t swmgmt_zephyr_server(void);
/* Whether the request was answered before; if so, how. The engine does not notice. */
bool swmgmt_zephyr_repeated(swmgmt_path_t path, size_t offset, int *answer);
void swmgmt_zephyr_answered(swmgmt_path_t path, size_t offset, int answer);

/* An answer as the engine's callbacks tell it: 0 or a negative errno. */
int swmgmt_zephyr_errno(swmgmt_answer_t answer);
/* Whether the manager has the instance. */
bool swmgmt_zephyr_there_is(uint16_t object, uint16_t id);

/* Callbacks for the resources. */
void *swmgmt_zephyr_read_9(uint16_t instance, uint16_t resource, uint16_t index, size_t *length);
void *swmgmt_zephyr_read_14(uint16_t instance, uint16_t resource, uint16_t index, size_t *length);
void *swmgmt_zephyr_room(uint16_t instance, uint16_t resource, uint16_t index, size_t *length);
int swmgmt_zephyr_written(uint16_t instance, uint16_t resource, uint16_t index, uint8_t *data,
                          uint16_t length, bool last, size_t total SWMGMT_ZEPHYR_OFFSET);
lwm2m_engine_execute_cb_t swmgmt_zephyr_execute(uint16_t object, uint16_t resource);

/* Callbacks of the two objects. */
struct lwm2m_engine_obj_inst *swmgmt_zephyr_create_9(uint16_t id);
struct lwm2m_engine_obj_inst *swmgmt_zephyr_create_14(uint16_t id);
int swmgmt_zephyr_delete_9(uint16_t id);
int swmgmt_zephyr_delete_14(uint16_t id);

/* The instances that the engine has. */
struct lwm2m_engine_obj_inst *swmgmt_zephyr_make(uint16_t object, uint16_t id);
bool swmgmt_zephyr_is_made(uint16_t object, uint16_t id);
/* One that the engine has and the manager has not; false: there is none. */
bool swmgmt_zephyr_surplus(uint16_t object, uint16_t *id);
/* Makes the values of 9/x/17 in the engine those that there are. */
void swmgmt_zephyr_list_components(uint16_t instance);

#ifdef CONFIG_SWMGMT_DROP_IN
/* Applications create their instances, and have buffers for names and versions. */
void swmgmt_zephyr_drop_in_created(uint16_t instance);
void swmgmt_zephyr_drop_in_deleted(uint16_t instance);
bool swmgmt_zephyr_drop_in_has(uint16_t instance);
char *swmgmt_zephyr_drop_in_text(uint16_t instance, uint16_t resource, uint16_t *size);
void *swmgmt_zephyr_drop_in_version(uint16_t instance, uint16_t resource, uint16_t index,
                                    size_t *length);
#endif

#endif
