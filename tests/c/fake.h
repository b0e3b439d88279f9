/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A device that is not there: packages, records and software in memory, and verdicts
 * that a test scripts. One device at a time unless a test keeps several fake_t. */
#ifndef FAKE_H
#define FAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "swmgmt.h"

#define FAKE_SLOTS 6     /* instances that have a store */
#ifndef FAKE_STORE
#define FAKE_STORE 4608  /* bytes kept of each package */
#endif
#define FAKE_RECORDS 12  /* keys */
#define FAKE_RECORD 2048 /* bytes of each */
#define FAKE_LOG 512     /* operations remembered */
#define FAKE_CHANGES 128 /* changes remembered */
#define FAKE_KINDS 22
#define FAKE_KEYS 8 /* known by number, packed.h */
#ifndef FAKE_COMPONENTS
#define FAKE_COMPONENTS 8 /* room for instances of Object 14 */
#endif
#define FAKE_WORDS 12288 /* uint64_t of memory for a context */

/* One call of a callback. */
typedef struct {
    uint8_t callback; /* SWMGMT_OP_... by which it came */
    swmgmt_op_t op;   /* as handed over; zero for load, save and about */
    uint32_t offset;  /* open, write, read, fetch; key of load and save */
    uint32_t length;  /* write, read, verify, install's arguments; total of open */
    swmgmt_verdict_t verdict;
} fake_call_t;

/* One change, with its bytes copied. */
typedef struct {
    swmgmt_path_t path;
    uint8_t kind;
    uint8_t type;
    uint32_t number;
    uint32_t length;
    char text[64];
} fake_change_t;

/* What the firmware has in one slot. */
typedef struct {
    uint16_t instance;
    bool used;
    uint8_t bytes[FAKE_STORE];
    uint32_t length;      /* stored so far */
    uint8_t software;     /* index into names: 0 none, 1 factory, 2 the package */
    bool list_components; /* about() names components of the software there */
} fake_slot_t;

typedef struct fake fake_t;
struct fake {
    swmgmt_t *ctx;
    swmgmt_config_t config;
    swmgmt_host_t host;
    const swmgmt_part_t *parts[16];
    void (*choose_parts)(fake_t *fake); /* by the callbacks there are; may be NULL */
    uint32_t now;

    /* The script. */
    swmgmt_verdict_t answer[FAKE_KINDS]; /* what each kind answers */
    uint8_t count_down[FAKE_KINDS];      /* the n-th call from now ... */
    swmgmt_verdict_t exception[FAKE_KINDS]; /* ... answers this, once */
    bool inside[FAKE_KINDS];                /* complete by swmgmt_done() inside it */
    uint32_t flags;                         /* with swmgmt_done() inside */
    swmgmt_status_t inside_status;          /* what that call said */
    swmgmt_verdict_t outcome;
    void (*hook)(fake_t *fake, uint8_t callback, const swmgmt_op_t *op);
    void (*after)(fake_t *fake, uint8_t callback); /* once it has had its effect */
    bool truthful;             /* outcome() tells what really happened */
    uint32_t capacity;             /* bytes a store takes; more is a failure of 50 */
    bool sink;                     /* packages are counted, not kept */
    const char *name[3];           /* of nothing, of factory software, of the package */
    const char *version[3];
    uint16_t components;           /* in the package; of software with list_components */
    uint16_t component_name_bytes; /* 0: "part0" and so on */
    bool component_active[8];      /* factory software */
    bool about_fails;
    swmgmt_verdict_t key[FAKE_KEYS]; /* what key() and signature() say of each */
    uint8_t key_id[FAKE_KEYS][32];
    uint8_t public_key[FAKE_KEYS][32];
    swmgmt_verdict_t fits[5]; /* of each SWMGMT_FITS_... */
    unsigned hashes_fail;     /* the n-th call of hash() from now fails */

    /* The device. */
    fake_slot_t slot[FAKE_SLOTS];
    uint8_t record[FAKE_RECORDS][FAKE_RECORD];
    uint32_t record_length[FAKE_RECORDS];
    uint32_t saves;
    uint32_t highest; /* number seen so far, over all boots */
    uint32_t done_number[FAKE_KINDS]; /* the last one of a kind that succeeded */
    uint8_t used[4096];   /* numbers, a bit each */
    uint32_t last_number[FAKE_KINDS];
    uint32_t offered; /* where the last byte ended that write() was ever given */
    uint32_t counter; /* for rollback */
    uint32_t asked[5]; /* bytes that fits() was asked about, of each kind */
    uint8_t asked_text[5][64];
    unsigned hashes;       /* calls of hash() */
    unsigned hash_misused; /* of a slot that is not, or out of order */
    char uri[256];
    char arguments[256];
    char user_name[64];
    char password[64];
    uint8_t etag[8];
    uint8_t etag_length;

    /* Slots listed at each boot. */
    uint16_t listed[FAKE_SLOTS];
    uint8_t listed_software[FAKE_SLOTS];
    uint8_t listed_count;

    /* What was seen. */
    fake_call_t log[FAKE_LOG];
    unsigned calls;
    unsigned lost_calls;
    unsigned number_shared; /* a write, read or fetch with another operation's number */
    unsigned number_reused; /* a new operation with a number that was used before */
    fake_change_t change[FAKE_CHANGES];
    unsigned changes;
    uint32_t next_ms;
    _Alignas(8) uint64_t memory[FAKE_WORDS]; /* i686 aligns it to 4 only */
};

/* A device with everything: all resources, all callbacks, all slots empty. */
void fake_new(fake_t *fake);
/* Lists a slot for this boot and all later ones. */
void fake_list(fake_t *fake, uint16_t instance, uint8_t software);
/* init, add, boot; also after a reboot: memory is filled with rubbish before. */
swmgmt_status_t fake_boot(fake_t *fake);
/* The same up to, not including, swmgmt_boot(). */
swmgmt_status_t fake_init(fake_t *fake);

/* Forgets calls and changes. */
void fake_forget(fake_t *fake);
/* Takes all changes. */
void fake_drain(fake_t *fake);
/* Polls until nothing is to be done at once; drains. False: there is no end to it. */
bool fake_poll(fake_t *fake);
/* Polls at a later time. */
bool fake_later(fake_t *fake, uint32_t milliseconds);

/* What every callback does first: logs the call, and answers what the script says, or else
 * what is usual. */
swmgmt_verdict_t fake_called(fake_t *fake, uint8_t callback, const swmgmt_op_t *op,
                             uint32_t offset, uint32_t length, swmgmt_verdict_t usual);
/* Completes the newest operation of a kind that was answered with pending. */
swmgmt_status_t fake_complete(fake_t *fake, uint8_t kind, swmgmt_verdict_t verdict,
                              uint32_t flags);
/* The newest call of a callback, or NULL. */
const fake_call_t *fake_last(const fake_t *fake, uint8_t callback);
/* The same, all zero if there was none. */
fake_call_t fake_newest(const fake_t *fake, uint8_t callback);
unsigned fake_count(const fake_t *fake, uint8_t callback);
/* A verdict for the n-th call (1: the next) of a kind. */
void fake_fail(fake_t *fake, uint8_t kind, unsigned nth, swmgmt_verdict_t verdict);
fake_slot_t *fake_slot(fake_t *fake, uint16_t instance);

/* Requests of server 1 (or another) about Object 9; drain. */
swmgmt_answer_t fake_push(fake_t *fake, uint16_t server, uint16_t instance, uint32_t offset,
                          const void *bytes, uint32_t length, uint32_t total, bool last);
swmgmt_answer_t fake_execute(fake_t *fake, uint16_t instance, uint16_t resource,
                             const char *arguments);
swmgmt_answer_t fake_execute14(fake_t *fake, uint16_t instance, uint16_t resource);
swmgmt_answer_t fake_write(fake_t *fake, uint16_t instance, uint16_t resource,
                           const char *text, uint32_t length);
swmgmt_answer_t fake_uri(fake_t *fake, uint16_t instance, const char *uri);
swmgmt_status_t fake_fetched(fake_t *fake, uint32_t offset, const void *bytes,
                             uint32_t length, uint32_t total, bool last);

/* Reads a number, or a text into a buffer of the fake's; negative: refused. */
long fake_number(const fake_t *fake, uint16_t object, uint16_t instance, uint16_t resource);
const char *fake_text(const fake_t *fake, uint16_t object, uint16_t instance,
                      uint16_t resource);
swmgmt_answer_t fake_read_code(const fake_t *fake, uint16_t object, uint16_t instance,
                               uint16_t resource, uint16_t index);
swmgmt_path_t fake_path(uint16_t object, uint16_t instance, uint16_t resource);

/* Calls as a text "OPEN WRITE ..." without LOAD, SAVE, ABOUT, and without READ unless
 * asked for; changes as "9/0/9=1 9/0/7=1". Valid until the next call of either. */
const char *fake_calls_text(const fake_t *fake, bool with_read, bool with_save);
const char *fake_changes_text(const fake_t *fake);

/* Whether `got` is `want`, whose words may begin with ? where they may be missing. */
bool fake_matches(const char *want, const char *got);

#endif
