/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Random lives of two instances that take packages in containers: pushes and downloads of
 * good and bad ones, cut, mixed and begun again; installations, updates, removals; storage
 * and records that fail; power cuts. After each step: only what is good is delivered, what
 * the Objects say is what was installed, and the rollback counter never goes down.
 *
 * Arguments: first seed, how many lives. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "packed.h"

#define PACKAGES 12u
#define ROOM 1100u
#define STEPS 300u

typedef struct {
    uint8_t bytes[ROOM];
    uint32_t length;
    const char *name; /* NULL: about() is asked */
    char version[16];
    uint32_t counter;
    uint32_t parts;
    bool good;
    uint8_t text[8];
} made_t;

/* What is known of an instance from outside. */
typedef struct {
    int32_t state;
    int delivered; /* which package, in DELIVERED and INSTALLING */
    int installed; /* -1: none */
    uint32_t counter; /* the highest that was installed */
    uint32_t at;      /* of the transfer under way */
    unsigned which;
    uint32_t fetch; /* number of the download */
    bool update;
} life_t;

static fake_t fake;
static made_t made[PACKAGES];
static life_t life[2];
static char where[200];
static uint32_t seed;
static unsigned deliveries;
static unsigned installs;
static unsigned refusals;

static uint32_t any(uint32_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed % n;
}

static bool one_in(uint32_t n)
{
    return any(n) == 0;
}

static void make(void)
{
    static const char *const names[] = {"north", "east", "south", "west"};
    for (unsigned n = 0; n < PACKAGES; n++) {
        packed_t what = packed_plain;
        made_t *one = &made[n];
        bool image = n % 4u == 3;
        (void)snprintf(one->version, sizeof one->version, "1.%u.0", n % 5u);
        what.name = names[n % 4u];
        what.version = one->version;
        what.counted = true;
        what.counter = n % 3u;
        what.key = (uint8_t)(n % 5u);
        what.algorithm = (uint8_t)(n % 2u + 1u);
        what.part[0].length = 100u + n * 20u;
        what.part[1] = (packed_part_t){"radio", "5", 40u + n, 2};
        what.part[2] = (packed_part_t){"map", "", 30, 3};
        what.parts = image ? 1 : n % 3u + 1u;
        what.forged = n == 6;
        one->length = image ? packed_image(&what, one->bytes) : packed_make(&what, one->bytes);
        one->name = image ? NULL : what.name;
        one->counter = what.counter;
        one->parts = image ? 0 : what.parts;
        one->good = !what.forged && n != 8;
        if (n == 8) {
            one->bytes[one->length - 1] ^= 1;
        } else if (n == 10) {
            memset(one->bytes, 'x', one->length);
            one->good = false;
        }
    }
}

/* Which package is stored, all of it? */
static int stored(uint16_t id)
{
    const fake_slot_t *slot = fake_slot(&fake, id);
    for (unsigned n = 0; n < PACKAGES; n++) {
        if (slot->length == made[n].length &&
            memcmp(slot->bytes, made[n].bytes, made[n].length) == 0) {
            return (int)n;
        }
    }
    return -1;
}

static void look(void)
{
    unsigned linked = 0;
    unsigned there = 0;
    uint16_t fourteen = SWMGMT_NONE;
    for (uint16_t id = 0; id < 2; id++) {
        life_t *one = &life[id];
        int32_t state = swmgmt_state(fake.ctx, id);
        const char *name = "none";
        const char *version = "0";
        long result = fake_number(&fake, 9, id, 9);
        CHECK(result >= 0 && (result <= 3 || (result >= 50 && result <= 59 && result != 55)));
        if (state == SWMGMT_DELIVERED && one->state != SWMGMT_DELIVERED &&
            one->state != SWMGMT_INSTALLING) {
            one->delivered = stored(id);
            deliveries++;
            if (CHECK(one->delivered >= 0)) {
                CHECK(made[one->delivered].good);
                CHECK(made[one->delivered].counter >= one->counter);
                CHECK(made[one->delivered].counter >= fake.counter ||
                      made[one->delivered].counter >= one->counter);
                CHECK(!one->update || one->installed < 0 ||
                      strcmp(made[one->delivered].version, made[one->installed].version) >= 0);
            }
        }
        refusals += one->state != state && result >= 50 ? 1u : 0u;
        if (one->state == SWMGMT_INSTALLING &&
            (state == SWMGMT_INACTIVE || state == SWMGMT_ACTIVE)) {
            one->installed = one->delivered;
            installs++;
            if (CHECK(one->installed >= 0) && made[one->installed].counter > one->counter) {
                one->counter = made[one->installed].counter;
            }
        }
        if (state == SWMGMT_INITIAL_FOR_UPDATE) {
            one->update = true;
        } else if (state == SWMGMT_INITIAL) {
            one->update = false;
            one->installed = -1;
        } else if (state == SWMGMT_INACTIVE || state == SWMGMT_ACTIVE) {
            one->update = false;
        }
        one->state = state;
        if (one->installed >= 0) {
            name = made[one->installed].name != NULL ? made[one->installed].name : "new";
            version = made[one->installed].version;
        }
        CHECK_TEXT(name, fake_text(&fake, 9, id, 0));
        CHECK_TEXT(version, fake_text(&fake, 9, id, 1));
        CHECK_EQ(one->installed >= 0 && !one->update ? made[one->installed].parts : 0,
                 fake_number(&fake, 9, id, 18));
        linked += (unsigned)fake_number(&fake, 9, id, 18);
    }
    while (swmgmt_next(fake.ctx, fake_path(14, SWMGMT_NONE, SWMGMT_NONE), &fourteen) == SWMGMT_OK) {
        there++;
    }
    CHECK_EQ(linked, there);
}

/* A piece of what is under way, or of something new. */
static void bring(uint16_t id)
{
    life_t *one = &life[id];
    const made_t *package;
    uint32_t part = 1u + any(one_in(3) ? 20 : 300);
    if (one_in(20)) {
        one->at = 0;
        one->which = any(PACKAGES);
    }
    package = &made[one->which];
    part = package->length - one->at < part ? package->length - one->at : part;
    if (one->state == SWMGMT_FETCHING) {
        const fake_call_t *call = NULL;
        swmgmt_chunk_t chunk;
        for (unsigned i = fake.calls; i > 0 && call == NULL; i--) {
            if (fake.log[i - 1].callback == SWMGMT_OP_FETCH && fake.log[i - 1].op.instance == id) {
                call = &fake.log[i - 1];
            }
        }
        if (call == NULL) {
            return;
        }
        if (call->op.number != one->fetch) {
            one->fetch = call->op.number;
            one->at = call->offset;
            part = package->length - one->at < part ? package->length - one->at : part;
        }
        memset(&chunk, 0, sizeof chunk);
        chunk.data = package->bytes + one->at;
        chunk.offset = one->at;
        chunk.length = part;
        chunk.last = one->at + part == package->length ? 1 : 0;
        if (swmgmt_fetched(fake.ctx, call->op.number, &chunk) == SWMGMT_OK) {
            one->at += part;
        }
        fake_drain(&fake);
    } else {
        bool last = one->at + part == package->length;
        swmgmt_answer_t answer =
            fake_push(&fake, 1, id, one->at, package->bytes + one->at, part, 0, last);
        one->at = answer == SWMGMT_CONTINUE ? one->at + part : 0;
    }
    if (one->at == 0 || one->at >= package->length) {
        one->at = 0;
        one->which = any(PACKAGES);
    }
}

static void start(void)
{
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    for (unsigned i = 0; i < 2; i++) {
        if (swmgmt_state(fake.ctx, (uint16_t)i) != SWMGMT_FETCHING) {
            life[i].at = 0;
        }
    }
}

static void happen(void)
{
    uint16_t id = (uint16_t)any(2);
    unsigned what = any(40);
    fake.answer[SWMGMT_OP_WRITE] = one_in(60) ? SWMGMT_FAILED : SWMGMT_DONE;
    fake.answer[SWMGMT_OP_READ] = one_in(60) ? SWMGMT_FAILED : SWMGMT_DONE;
    fake.answer[SWMGMT_OP_OPEN] = one_in(40) ? SWMGMT_FAILED : SWMGMT_DONE;
    fake.answer[SWMGMT_OP_SAVE] = one_in(30) ? SWMGMT_FAILED : SWMGMT_DONE;
    fake.answer[SWMGMT_OP_COMMIT] = one_in(4) ? SWMGMT_FAILED : SWMGMT_DONE;
    fake.answer[SWMGMT_OP_COUNTER] = one_in(60) ? SWMGMT_FAILED : SWMGMT_DONE;
    fake.answer[SWMGMT_OP_INSTALL] = one_in(4) ? SWMGMT_FAILED_INSTALL : SWMGMT_DONE;
    if (life[id].state == SWMGMT_FETCHING && one_in(30)) {
        fake.answer[SWMGMT_OP_WRITE] = SWMGMT_AGAIN;
    }
    if (what < 22) {
        bring(id);
    } else if (what < 25) {
        (void)fake_execute(&fake, id, 4, NULL);
    } else if (what == 25) {
        (void)fake_execute(&fake, id, 6, NULL);
    } else if (what < 28) {
        (void)fake_execute(&fake, id, 6, "1");
    } else if (what == 28) {
        (void)fake_execute(&fake, id, (uint16_t)(10 + any(2)), NULL);
    } else if (what == 29) {
        (void)fake_uri(&fake, id, "coap://a/b");
    } else if (what == 30 && one_in(3)) {
        (void)swmgmt_give_up_update(fake.ctx, id, (uint8_t)any(2));
        fake_drain(&fake);
    } else if (what < 33) {
        fake.answer[SWMGMT_OP_SAVE] = SWMGMT_DONE;
        fake.answer[SWMGMT_OP_OPEN] = SWMGMT_DONE;
        for (unsigned i = 0; i < 3; i++) { /* what is not saved may be undone */
            CHECK(fake_later(&fake, 2000));
        }
        look();
        start();
    } else if (what == 33) {
        CHECK(fake_later(&fake, 1000));
    } else {
        CHECK(fake_poll(&fake));
    }
    look();
}

static void live(uint32_t number)
{
    seed = number * 2654435761u + 12345u;
    seed += seed == 0 ? 1u : 0u;
    fake_new(&fake);
    packed_device(&fake);
    fake_list(&fake, 0, SWMGMT_EMPTY);
    fake_list(&fake, 1, SWMGMT_EMPTY);
    fake.truthful = true;
    fake.host.verify = NULL;
    fake.config.checkpoint = 50;
    fake.config.components = 12;
    fake.config.max_install_attempts = SWMGMT_UNLIMITED;
    fake.config.policy = number % 2u == 0 ? SWMGMT_REQUIRE_DIGEST : SWMGMT_ALLOW_CRC;
    if (number % 3u == 0) {
        packed_hash(&fake);
    }
    if (number % 5u == 0) {
        fake.host.read = NULL;
    }
    if (number % 7u == 0) {
        fake.host.counter = NULL;
        fake.host.commit = NULL;
    }
    for (unsigned i = 0; i < 2; i++) {
        memset(&life[i], 0, sizeof life[i]);
        life[i].installed = -1;
        life[i].delivered = -1;
        life[i].which = any(PACKAGES);
    }
    (void)snprintf(where, sizeof where, "life %u, start", (unsigned)number);
    check_where = where;
    start();
    for (unsigned step = 0; step < STEPS && check_failed == 0; step++) {
        (void)snprintf(where, sizeof where, "life %u, step %u", (unsigned)number, step);
        if (fake.calls > FAKE_LOG / 2) { /* but the downloads */
            unsigned kept = 0;
            for (unsigned i = 0; i < fake.calls; i++) {
                if (fake.log[i].callback == SWMGMT_OP_FETCH) {
                    fake.log[kept++] = fake.log[i];
                }
            }
            fake.calls = kept > 20 ? 0 : kept;
        }
        fake.changes = 0;
        happen();
    }
    CHECK_EQ(0, fake.hash_misused);
    CHECK_EQ(0, fake.number_reused);
}

int main(int argc, char **argv)
{
    uint32_t first = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1;
    uint32_t lives = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 3000;
    make();
    for (uint32_t n = 0; n < lives && check_failed == 0; n++) {
        live(first + n);
    }
    printf("%u packages delivered, %u installed; %u refusals\n", deliveries, installs, refusals);
    CHECK(deliveries > lives && installs > lives / 4u);
    return check_end();
}
