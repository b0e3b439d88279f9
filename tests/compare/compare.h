/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A random run of the library, and all that can be seen of it as text. Linked with two
 * archives and run with the same seeds, it shows where they differ. README.md says how. */
#ifndef COMPARE_H
#define COMPARE_H

#include <stdbool.h>
#include <stdint.h>

#include "swmgmt.h"

#define SLOTS 6u      /* instances that have a storage and a plan */
#define MOST 1400u    /* bytes of a package */
#define RECORDS 8u    /* keys */
#define RECORD 2048u  /* bytes of each */
#define PENDING 16u   /* operations in flight that are remembered */

/* What a run of this kind has. */
typedef struct {
    const char *name;
    bool records;
    bool downloads;
    bool components;
    bool containers; /* reads are not shown, see README.md */
    bool images;     /* only what comes of each package is shown */
    bool formats;
    bool front;
} kind_t;

extern const kind_t kinds[];
extern const unsigned kind_count;

/* ---- say.c: the text -------------------------------------------------------------------- */

#if defined(__GNUC__)
#define LIKE_PRINTF __attribute__((format(printf, 1, 2)))
#else
#define LIKE_PRINTF
#endif

void say(const char *format, ...) LIKE_PRINTF;
void say_bytes(const uint8_t *bytes, size_t length);
void say_value(const swmgmt_value_t *value);
void say_mute(bool mute);
void say_live(void);
void said_nothing(void);
uint64_t said_hash(void);

/* ---- chance.c: two kinds of it ----------------------------------------------------------- */

uint64_t mix(uint64_t a, uint64_t b);
uint64_t hash_of(const uint8_t *bytes, size_t length);
void chance_begin(uint64_t seed);
/* What the run does next. Never asked from inside a callback. */
uint32_t any(uint32_t n);
bool one_in(uint32_t n);
/* So that what need not happen in both cores changes nothing after it. */
uint64_t chance_now(void);
void chance_back(uint64_t then);
/* What the device answers: of the seed, the kind of the question, whom it is about, and how
 * often that was asked; so one question more elsewhere changes nothing here. */
uint64_t fate(uint8_t kind, uint16_t whom);
/* What is asked any number of times, and answered alike each time. */
uint64_t fate_fixed(uint64_t what);

/* ---- device.c: what the firmware does ----------------------------------------------------- */

typedef struct {
    uint32_t number;
    uint16_t instance;
    uint8_t kind;
    uint32_t at; /* of a download: where its next byte belongs */
} pending_t;

typedef struct {
    uint16_t instance;
    bool used;
    uint8_t bytes[MOST];
    uint32_t length;
    uint32_t bad; /* where it cannot be read; of the kinds that do not show reads */
} slot_t;

typedef struct {
    const kind_t *kind;
    swmgmt_t *ctx;
    uint32_t now;
    swmgmt_config_t config;
    swmgmt_host_t host;
    const swmgmt_part_t *parts[32];
    uint16_t ids[3]; /* instances that the firmware lists */
    uint8_t software[3];
    unsigned listed;

    slot_t slot[SLOTS];
    uint8_t record[RECORDS][RECORD];
    uint32_t record_length[RECORDS];
    uint32_t counter[RECORDS]; /* for rollback, of each instance */
    pending_t pending[PENDING];
    unsigned pendings;
    uint32_t highest; /* number seen */
    unsigned step;    /* of the run */

    uint32_t calm;   /* of 100 answers so many are what one hopes for */
    bool steady;     /* its power seldom goes */
    uint32_t cut_in; /* so many callbacks from now the power goes; 0: not */
    uint8_t unlucky; /* a kind of operation that fails often */
    uint64_t tried[2][RECORDS]; /* what was to be saved, or committed, last */
    bool is_retry;
    bool cut_after;  /* that callback has still had its effect */
    bool off;        /* it has gone */
    unsigned calls;  /* of the library */
} device_t;

extern device_t device;

void device_callbacks(void);
slot_t *device_slot(uint16_t instance);
pending_t *device_pending(uint8_t kind, uint16_t instance);
void device_forget(uint32_t number);

/* ---- setup.c: configurations, and the start ------------------------------------------------ */

void setup_configure(void);
void setup_start(void);
bool has_part(const swmgmt_part_t *part);

/* ---- plans.c: packages that servers send --------------------------------------------------- */

typedef struct {
    uint8_t bytes[MOST];
    uint32_t length;
    uint32_t at; /* pushed so far */
    uint32_t again; /* bytes that were not taken yet */
    uint32_t total; /* that the server declares; 0: none */
    unsigned which; /* of those that are kept ready */
    uint8_t etag[8];
    uint8_t etag_length;
    bool used;
    bool is_longer; /* than it says, an image */
    bool fixed; /* its digest is expected */
} plan_t;

void plans_make(void);
void plans_forget(void);
/* What is on its way to an instance. */
plan_t *plan_of(uint16_t instance);
void plan_anew(plan_t *plan);
void plan_next(plan_t *plan);

/* ---- look.c: what servers and the firmware can read ------------------------------------------ */

void look_forget(void);
void look_all(void);
void look_inside(uint16_t instance);
void look_changes(void);
void look_lists(void);

/* ---- calls.c: what happens ------------------------------------------------------------------- */

void happen(void);
/* The answer to a call, unless the power has gone meanwhile. */
void answered(int32_t answer);
uint16_t some_instance(void);
swmgmt_path_t nine(uint16_t instance, uint16_t resource);

/* ---- push.c, fetch.c, requests.c, firmware.c: each a call, or a few -------------------------- */

uint32_t some_total(const plan_t *plan);
uint32_t some_piece(const plan_t *plan);
void push_next(uint16_t instance);
void push_all(uint16_t instance);
void push_odd(void);
void push_wrong(void);

void write_uri(uint16_t instance);
bool is_fetching(uint16_t instance);
void fetched(uint16_t instance);
void complete(uint16_t instance);
void complete_any(void);

void execute(uint16_t instance, uint16_t resource, const char *arguments);
void execute_any(void);
void execute_component(void);
void write_setting(void);
void write_several(void);
void create(void);
void delete_one(void);

void poll_once(void);
void poll_to_rest(void);
void settle(void);
void expect(void);
void firmware_call(void);
void power_cut(void);

/* ---- misuse.c, images.c, wire.c: more of it ------------------------------------------------- */

void misuse_init(void *memory, size_t size);
void misuse(void);

void happen_image(void);

void wire_start(void);
void wire_request(void);
void wire_get(void);
void wire_datagram(void);
void wire_late(void);

#endif
