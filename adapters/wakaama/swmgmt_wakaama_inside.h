/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the adapter's sources know of each other. */
#ifndef SWMGMT_WAKAAMA_INSIDE_H
#define SWMGMT_WAKAAMA_INSIDE_H

#include "swmgmt_wakaama.h"

#include <stdbool.h>

static inline swmgmt_wakaama_t *swmgmt_wakaama_of(const lwm2m_object_t *object)
{
    return (swmgmt_wakaama_t *)object->userData;
}

/* The answer as Wakaama sends it; a mistake of the adapter's own is 5.00. */
static inline uint8_t swmgmt_wakaama_code(swmgmt_answer_t answer)
{
    return answer > 0 ? (uint8_t)answer : (uint8_t)SWMGMT_INTERNAL_ERROR;
}

/* Makes Wakaama's two lists of instances anew from what there is. */
swmgmt_status_t swmgmt_wakaama_list(swmgmt_wakaama_t *it);
/* An instance, for observers of it and of its object. */
void swmgmt_wakaama_tell(lwm2m_context_t *engine, uint16_t object, uint16_t instance);
/* The lists after a server has created an instance of 9; observers of 9 are told. */
void swmgmt_wakaama_created(swmgmt_wakaama_t *it, lwm2m_context_t *engine, uint16_t instance);
/* A server is there in whose state Wakaama drops the wish for an update with objects. */
bool swmgmt_wakaama_forgetful(const lwm2m_context_t *engine);

/* The callbacks of both objects. */
uint8_t swmgmt_wakaama_read(lwm2m_context_t *engine, uint16_t instance, int *count,
                            lwm2m_data_t **array, lwm2m_object_t *object);
uint8_t swmgmt_wakaama_discover(lwm2m_context_t *engine, uint16_t instance, int *count,
                                lwm2m_data_t **array, lwm2m_object_t *object);
uint8_t swmgmt_wakaama_write(lwm2m_context_t *engine, uint16_t instance, int count,
                             lwm2m_data_t *array, lwm2m_object_t *object,
                             lwm2m_write_type_t type);
uint8_t swmgmt_wakaama_execute(lwm2m_context_t *engine, uint16_t instance, uint16_t resource,
                               uint8_t *buffer, int length, lwm2m_object_t *object);
uint8_t swmgmt_wakaama_create(lwm2m_context_t *engine, uint16_t instance, int count,
                              lwm2m_data_t *array, lwm2m_object_t *object);
uint8_t swmgmt_wakaama_delete(lwm2m_context_t *engine, uint16_t instance, lwm2m_object_t *object);
#ifdef LWM2M_RAW_BLOCK1_REQUESTS
uint8_t swmgmt_wakaama_raw_create(lwm2m_context_t *engine, lwm2m_uri_t *uri,
                                  lwm2m_media_type_t format, uint8_t *buffer, int length,
                                  lwm2m_object_t *object, uint32_t number, uint8_t more);
uint8_t swmgmt_wakaama_raw_write(lwm2m_context_t *engine, lwm2m_uri_t *uri,
                                 lwm2m_media_type_t format, uint8_t *buffer, int length,
                                 lwm2m_object_t *object, uint32_t number, uint8_t more);
uint8_t swmgmt_wakaama_raw_execute(lwm2m_context_t *engine, lwm2m_uri_t *uri, uint8_t *buffer,
                                   int length, lwm2m_object_t *object, uint32_t number,
                                   uint8_t more);
#endif

#endif
