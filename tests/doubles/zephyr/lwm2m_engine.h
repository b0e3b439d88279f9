/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the tests ask of the stand-in; nothing of it is the engine's. */
#ifndef LWM2M_ENGINE_STAND_IN_H
#define LWM2M_ENGINE_STAND_IN_H

#include "lwm2m_object.h"

extern char stand_in_notified[512]; /* "9/0/7=2 9/0/9=0 ", what observers would be sent */
extern unsigned stand_in_updates;       /* with the list of objects ... */
extern unsigned stand_in_plain_updates; /* ... and without it */
extern int stand_in_locked;

int stand_in_register_objects(void);
void stand_in_reset(void);
struct lwm2m_engine_res *stand_in_resource(uint16_t object, uint16_t instance, uint16_t resource);
/* How many instances the engine has by that id. */
unsigned stand_in_count(uint16_t object, uint16_t instance);
/* Requests of a server; 0 or a negative errno. */
int stand_in_create(uint16_t object, uint16_t instance);
int stand_in_delete(uint16_t object, uint16_t instance);
int stand_in_execute(uint16_t object, uint16_t instance, uint16_t resource, const char *args);
int stand_in_write(uint16_t object, uint16_t instance, uint16_t resource, const void *value,
                   uint16_t length);
/* One block of a text, of a write that says it has `total` bytes. */
int stand_in_write_block(uint16_t object, uint16_t instance, uint16_t resource, const char *text,
                         size_t total, size_t offset);
/* A package in blocks, fed in pieces of the resource's buffer; size1 0: not sent. */
int stand_in_push(uint16_t instance, const uint8_t *package, size_t length, size_t block,
                  size_t size1);

#endif
