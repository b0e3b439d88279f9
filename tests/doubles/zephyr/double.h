/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the tests ask of the doubles; nothing of it is Zephyr's. The double of the engine
 * takes requests as CoAP brings them, and repeats the real one's mistakes. */
#ifndef DOUBLE_H
#define DOUBLE_H

#include "lwm2m_observation.h"

enum { GET = 1, POST, PUT, DELETE };
enum { TEXT = 0, OPAQUE = 42, TLV = 11542 };

typedef struct {
    uint8_t method;
    struct lwm2m_obj_path path;
    const void *payload;
    size_t length;
    int format;
    bool has_block;
    uint32_t number; /* of the block */
    bool more;
    size_t block_size;
    size_t size1;    /* 0: none */
    uint16_t mid;    /* 0: a new one */
    uint8_t token;   /* 0: none */
    uint8_t server;  /* 0 or 1: which connection */
} double_request_t;

extern char double_seen[4096]; /* callbacks: "room 9/0/2 = 64 @engine; written 9/0/2 64 ..." */
extern char double_notified[1024]; /* "9/0/7=2 9/0/9=0 " */
extern char double_value[256];     /* what the last GET answered */
extern unsigned double_updates;    /* registration updates with the list of instances ... */
extern unsigned double_plain_updates; /* ... and without it */
extern unsigned double_deadlocks;  /* calls that may never return */
extern unsigned double_spins;      /* times that the engine's thread would go round and round */
extern int double_locked;
extern bool double_acknowledges;   /* observers do, from the first */
extern bool double_engine_sleeps;  /* and sends nothing */

int double_init_register_objects(void);
int double_init_start(void); /* the drop-in layer's */
void double_reset(void);
/* Answers a request with its code, 205 for 2.05. */
int double_ask(const double_request_t *request);
void double_observe(uint16_t object, uint16_t instance, uint16_t resource);
bool double_is_observed(uint16_t object, uint16_t instance, uint16_t resource);
/* Lets time pass: the work item, and the engine's notifications. */
void double_run(uint32_t ms);
bool double_has_work(void);
/* As another thread than the application's. */
void double_on_thread(int number);
unsigned double_count(uint16_t object, uint16_t instance);
struct lwm2m_engine_res *double_resource(uint16_t object, uint16_t instance, uint16_t resource);

/* The download that was started: its URI, or "". */
extern char double_pulled[256];
extern bool double_has_5_0_0;        /* the firmware object's package has a buffer */
extern unsigned double_endless;      /* downloads that would never end for lack of one */
/* Brings content in blocks, or ends it with an error. False: the taker has stopped it. */
bool double_deliver(const void *data, size_t length, size_t block, bool tells_total);
void double_end_pull(int error);

/* For the doubles among themselves. */
enum { APPLICATION, ENGINE, WORK };
struct lwm2m_engine_obj_inst *double_first_instance(void);
struct lwm2m_ctx *double_context(int number);
int double_read(uint16_t object, uint16_t instance, uint16_t resource, char *text, size_t room);
void double_forget_observations(uint16_t object, uint16_t instance);
int double_thread(void);
void double_see(const char *format, ...);
int double_create(uint16_t object, uint16_t instance);
int double_delete(uint16_t object, uint16_t instance);
bool double_may(uint16_t object, uint16_t resource, int permission, uint8_t *type);
void double_reset_time(void);
void double_reset_requests(void);
void double_reset_pull(void);
void double_serve(void);

#endif
