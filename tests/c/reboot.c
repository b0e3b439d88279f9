/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What survives: power cuts at every callback of a whole life, records that cannot be
 * saved or loaded, damaged records, slots from the factory, numbers. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "fake.h"

static fake_t fake;
static fake_t frozen;
static char where[160];

#define STATE(want) CHECK_EQ(want, swmgmt_state(fake.ctx, 0))
#define RESULT(want) CHECK_EQ(want, fake_number(&fake, 9, 0, 9))

static void fresh(uint8_t software)
{
    fake_new(&fake);
    fake_list(&fake, 0, software);
}

static void boot(void)
{
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK(fake_poll(&fake));
    fake_forget(&fake);
}

static swmgmt_answer_t whole(const char *text)
{
    return fake_push(&fake, 1, 0, 0, text, (uint32_t)strlen(text), 0, true);
}

static void deliver(void)
{
    CHECK_EQ(SWMGMT_CHANGED, whole("package"));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_DELIVERED);
}

/* ---- a whole life, cut everywhere ----------------------------------------------------- */

static unsigned moment;
static unsigned cut_at;

static void freeze(void)
{
    if (++moment == cut_at) {
        frozen = fake;
    }
}

static void before_callback(fake_t *f, uint8_t callback, const swmgmt_op_t *op)
{
    (void)f;
    (void)callback;
    (void)op;
    freeze();
}

static void after_callback(fake_t *f, uint8_t callback)
{
    (void)f;
    (void)callback;
    freeze();
}

static void receive(bool pull)
{
    if (pull) {
        (void)fake_uri(&fake, 0, "http://a/b");
        (void)fake_poll(&fake);
        (void)fake_fetched(&fake, 0, "AAAA", 4, 12, false);
        (void)fake_fetched(&fake, 4, "BBBB", 4, 12, false);
        (void)fake_fetched(&fake, 8, "CCCC", 4, 12, true);
    } else {
        (void)fake_push(&fake, 1, 0, 0, "AAAA", 4, 12, false);
        (void)fake_push(&fake, 1, 0, 4, "BBBB", 4, 12, false);
        (void)fake_push(&fake, 1, 0, 8, "CCCC", 4, 12, true);
    }
    (void)fake_poll(&fake);
}

static void live(bool pull)
{
    receive(pull);
    (void)fake_execute(&fake, 0, 4, NULL);
    (void)fake_poll(&fake);
    (void)fake_execute(&fake, 0, 10, NULL);
    (void)fake_execute(&fake, 0, 6, "1");
    receive(pull);
    (void)fake_execute(&fake, 0, 4, NULL);
    (void)fake_poll(&fake);
    (void)fake_execute(&fake, 0, 10, NULL);
    (void)fake_execute(&fake, 0, 11, NULL);
    (void)fake_execute(&fake, 0, 6, NULL);
    (void)fake_poll(&fake);
}

static void to_the_end(void)
{
    /* Whatever the state is, a server gets the device to INITIAL, and to the end again. */
    for (unsigned i = 0; i < 8; i++) {
        int32_t state = swmgmt_state(fake.ctx, 0);
        CHECK(fake_poll(&fake));
        if (state == SWMGMT_INITIAL) {
            break;
        }
        CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    }
    STATE(SWMGMT_INITIAL);
    receive(false);
    STATE(SWMGMT_DELIVERED);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_INACTIVE);
}

static void truth(void)
{
    int32_t state = swmgmt_state(fake.ctx, 0);
    long result = fake_number(&fake, 9, 0, 9);
    const fake_slot_t *slot = fake_slot(&fake, 0);
    CHECK(state >= SWMGMT_INITIAL && state <= SWMGMT_INITIAL_FOR_UPDATE);
    CHECK((result >= 0 && result <= 3) || result == 57);
    if (state == SWMGMT_DELIVERED || state == SWMGMT_INSTALLING) {
        CHECK_EQ(12, slot->length);
        CHECK(memcmp(slot->bytes, "AAAABBBBCCCC", 12) == 0);
    }
    if (state == SWMGMT_INACTIVE || state == SWMGMT_ACTIVE) {
        CHECK(slot->software != 0);
        CHECK_TEXT("new", fake_text(&fake, 9, 0, 0));
    }
    if (state == SWMGMT_INITIAL) {
        CHECK(slot->software == 0);
        CHECK_TEXT("none", fake_text(&fake, 9, 0, 0));
    }
    if (state == SWMGMT_INITIAL_FOR_UPDATE) {
        CHECK(slot->software != 0);
        CHECK_TEXT("new", fake_text(&fake, 9, 0, 0));
    }
    CHECK_EQ(state == SWMGMT_ACTIVE || state == SWMGMT_DEACTIVATING,
             fake_number(&fake, 9, 0, 12) == 1);
}

static void cut_everywhere(void)
{
    for (unsigned pull = 0; pull < 2; pull++) {
        unsigned total;
        for (unsigned twice = 0; twice < 2; twice++) {
            total = 1;
            for (cut_at = 1; cut_at <= total; cut_at++) {
                unsigned second = cut_at;
                (void)snprintf(where, sizeof where, "%s life cut at %u of %u%s",
                               pull ? "pull" : "push", cut_at, total, twice ? ", twice" : "");
                check_where = where;
                fresh(SWMGMT_EMPTY);
                fake.config.checkpoint = 4;
                fake.truthful = true;
                CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
                moment = 0;
                fake.hook = before_callback;
                fake.after = after_callback;
                live(pull == 1);
                STATE(SWMGMT_INITIAL);
                total = moment;
                fake = frozen;
                fake.hook = NULL;
                fake.after = NULL;
                if (twice) { /* and again in the middle of coming up */
                    unsigned kept = cut_at;
                    fake.hook = before_callback;
                    fake.after = after_callback;
                    moment = 0;
                    cut_at = 1 + second % 7u;
                    frozen = fake;
                    (void)fake_boot(&fake);
                    (void)fake_poll(&fake);
                    fake = frozen;
                    fake.hook = NULL;
                    fake.after = NULL;
                    cut_at = kept;
                }
                fake_forget(&fake);
                if (!CHECK_EQ(SWMGMT_OK, fake_boot(&fake))) {
                    continue;
                }
                CHECK(fake_poll(&fake));
                truth();
                CHECK_EQ(0, fake.number_reused);
                to_the_end();
                CHECK_EQ(0, fake.number_reused);
            }
        }
        CHECK(total > 40);
    }
}

/* ---- records that cannot be saved ------------------------------------------------------ */

static void unsaved_before(void)
{
    static const struct {
        uint8_t software;
        uint16_t resource;
        const char *argument;
        uint8_t kind;
    } acts[] = {{SWMGMT_INSTALLED, 10, NULL, SWMGMT_OP_ACTIVATE},
                {SWMGMT_RUNNING, 11, NULL, SWMGMT_OP_DEACTIVATE},
                {SWMGMT_INSTALLED, 6, NULL, SWMGMT_OP_UNINSTALL},
                {SWMGMT_RUNNING, 6, "0", SWMGMT_OP_UNINSTALL},
                {SWMGMT_INSTALLED, 6, "1", SWMGMT_OP_PREPARE},
                {SWMGMT_RUNNING, 6, "1", SWMGMT_OP_PREPARE}};
    for (unsigned i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        int32_t state;
        (void)snprintf(where, sizeof where, "no record before act %u", i);
        check_where = where;
        fresh(acts[i].software);
        boot();
        state = swmgmt_state(fake.ctx, 0);
        fake.answer[SWMGMT_OP_SAVE] = SWMGMT_FAILED;
        CHECK_EQ(SWMGMT_INTERNAL_ERROR,
                 fake_execute(&fake, 0, acts[i].resource, acts[i].argument));
        STATE(state);
        RESULT(2);
        CHECK_EQ(0, fake_count(&fake, acts[i].kind));
        CHECK_EQ(0, fake.changes);
        CHECK(fake_later(&fake, 5000));
        CHECK_EQ(0, fake_count(&fake, acts[i].kind));
        fake.answer[SWMGMT_OP_SAVE] = SWMGMT_DONE;
        CHECK(fake_later(&fake, 5000));
        STATE(state);
        CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
        STATE(state);
        CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_OUTCOME));
        CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, acts[i].resource, acts[i].argument));
        CHECK_EQ(1, fake_count(&fake, acts[i].kind));
    }
    check_where = "no record before an install";
    fresh(SWMGMT_EMPTY);
    boot();
    deliver();
    fake.answer[SWMGMT_OP_SAVE] = SWMGMT_FAILED;
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_execute(&fake, 0, 4, NULL));
    CHECK(fake_later(&fake, 5000));
    STATE(SWMGMT_DELIVERED);
    RESULT(3);
    CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_INSTALL));
    check_where = "no record before a discard";
    CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_execute(&fake, 0, 6, NULL));
    STATE(SWMGMT_DELIVERED);
    CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_DISCARD));
    fake.answer[SWMGMT_OP_SAVE] = SWMGMT_DONE;
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_INACTIVE);
    check_where = "no record before a download";
    fresh(SWMGMT_EMPTY);
    boot();
    fake.answer[SWMGMT_OP_SAVE] = SWMGMT_FAILED;
    CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_uri(&fake, 0, "http://a/b"));
    STATE(SWMGMT_INITIAL);
    CHECK(fake_later(&fake, 5000));
    CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_FETCH));
    check_where = "no record at the completing chunk";
    fresh(SWMGMT_EMPTY);
    boot();
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 0, "AAAA", 4, 0, false));
    fake.answer[SWMGMT_OP_SAVE] = SWMGMT_FAILED;
    CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_push(&fake, 1, 0, 4, "BBBB", 4, 0, true));
    STATE(SWMGMT_INITIAL);
    RESULT(57);
    CHECK(fake_later(&fake, 5000));
    CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_VERIFY));
    fake.answer[SWMGMT_OP_SAVE] = SWMGMT_DONE;
    CHECK(fake_later(&fake, 5000));
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    STATE(SWMGMT_INITIAL);
    check_where = "no record of the end of a verification";
    fresh(SWMGMT_EMPTY);
    boot();
    CHECK_EQ(SWMGMT_CHANGED, whole("package"));
    fake.answer[SWMGMT_OP_SAVE] = SWMGMT_FAILED;
    CHECK(fake_later(&fake, 5000));
    STATE(SWMGMT_INITIAL);
    RESULT(57);
}

static uint8_t fail_saves_from;

static void saves_fail_after(fake_t *f, uint8_t callback)
{
    if (callback == fail_saves_from) {
        f->answer[SWMGMT_OP_SAVE] = SWMGMT_FAILED;
    }
}

static void unsaved_after(void)
{
    static const struct {
        uint8_t software;
        uint16_t resource;
        const char *argument;
        uint8_t kind;
        uint8_t state;
    } acts[] = {{SWMGMT_INSTALLED, 10, NULL, SWMGMT_OP_ACTIVATE, SWMGMT_ACTIVE},
                {SWMGMT_RUNNING, 11, NULL, SWMGMT_OP_DEACTIVATE, SWMGMT_INACTIVE},
                {SWMGMT_RUNNING, 6, NULL, SWMGMT_OP_UNINSTALL, SWMGMT_INITIAL},
                {SWMGMT_RUNNING, 6, "1", SWMGMT_OP_PREPARE, SWMGMT_INITIAL_FOR_UPDATE}};
    for (unsigned i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        for (unsigned cut = 0; cut < 2; cut++) {
            unsigned tries;
            (void)snprintf(where, sizeof where, "no record after act %u%s", i,
                           cut ? ", and a cut" : "");
            check_where = where;
            fresh(acts[i].software);
            fake.truthful = true;
            boot();
            fail_saves_from = acts[i].kind;
            fake.after = saves_fail_after;
            CHECK_EQ(SWMGMT_CHANGED,
                     fake_execute(&fake, 0, acts[i].resource, acts[i].argument));
            STATE(acts[i].state); /* it moves */
            fake.after = NULL;
            if (cut) {
                fake.answer[SWMGMT_OP_SAVE] = SWMGMT_DONE;
                fake_forget(&fake);
                CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
                CHECK(fake_poll(&fake));
                CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_OUTCOME)); /* the host is asked */
                CHECK_EQ(acts[i].kind, fake_newest(&fake, SWMGMT_OP_OUTCOME).op.kind);
                CHECK_EQ(0, fake_count(&fake, acts[i].kind));
                STATE(acts[i].state);
                continue;
            }
            tries = fake_count(&fake, SWMGMT_OP_SAVE);
            CHECK(fake_later(&fake, 60000));
            CHECK(fake.next_ms != UINT32_MAX); /* something waits */
            CHECK(fake_count(&fake, SWMGMT_OP_SAVE) > tries);
            fake.answer[SWMGMT_OP_SAVE] = SWMGMT_DONE;
            CHECK(fake_later(&fake, 60000));
            CHECK_EQ(UINT32_MAX, fake.next_ms);
            fake_forget(&fake);
            CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
            CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_OUTCOME));
            STATE(acts[i].state);
        }
    }
    check_where = "no record after an install";
    fresh(SWMGMT_EMPTY);
    fake.truthful = true;
    boot();
    deliver();
    fail_saves_from = SWMGMT_OP_INSTALL;
    fake.after = saves_fail_after;
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_INACTIVE);
    fake.after = NULL;
    fake.answer[SWMGMT_OP_SAVE] = SWMGMT_DONE;
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK(fake_poll(&fake));
    CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_OUTCOME));
    CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_INSTALL));
    STATE(SWMGMT_INACTIVE);
    RESULT(2);
}

/* ---- records that cannot be loaded ------------------------------------------------------ */

static void damaged(void)
{
    static fake_t good;
    unsigned kept_broken = 0;
    unsigned lost_both = 0;
    unsigned reused = 0;
    fresh(SWMGMT_EMPTY);
    fake_list(&fake, 1, SWMGMT_RUNNING);
    check_where = "damaged records";
    boot();
    deliver();
    good = fake;
    for (unsigned key = 0; key < FAKE_RECORDS; key++) {
        for (uint32_t byte = 0; byte < good.record_length[key]; byte++) {
            for (unsigned how = 0; how < 3; how++) {
                swmgmt_status_t status;
                (void)snprintf(where, sizeof where, "record %u, byte %u, %u", key,
                               (unsigned)byte, how);
                check_where = where;
                fake = good;
                if (how == 2) {
                    if (byte == 0) {
                        continue; /* length 0: there is none */
                    }
                    fake.record_length[key] = byte; /* cut short */
                } else {
                    fake.record[key][byte] =
                        (uint8_t)(fake.record[key][byte] ^ (how == 0 ? 0x01u : 0xFFu));
                }
                status = fake_boot(&fake);
                CHECK_EQ(SWMGMT_ERECORD, status);
                if (status == SWMGMT_OK || status == SWMGMT_ERECORD) {
                    int32_t zero = swmgmt_state(fake.ctx, 0);
                    int32_t one = swmgmt_state(fake.ctx, 1);
                    CHECK(fake_poll(&fake));
                    CHECK(zero == SWMGMT_INITIAL || zero == SWMGMT_DELIVERED);
                    CHECK(one == SWMGMT_INITIAL || one == SWMGMT_ACTIVE);
                    /* The broken one is what the list says of it; the other one is as it was. */
                    kept_broken += key == 1 && zero == SWMGMT_DELIVERED ? 1u : 0u;
                    kept_broken += key == 2 && one != SWMGMT_ACTIVE ? 1u : 0u;
                    CHECK_TEXT("old", fake_text(&fake, 9, 1, 0));
                    lost_both += key > 0 && zero != SWMGMT_DELIVERED && one != SWMGMT_ACTIVE
                                     ? 1u
                                     : 0u;
                    if (one == SWMGMT_ACTIVE && status == SWMGMT_ERECORD) {
                        (void)fake_execute(&fake, 1, 11, NULL);
                        reused += fake.number_reused;
                    }
                }
            }
        }
    }
    check_where = "broken records";
    CHECK_EQ(0, kept_broken);
    CHECK_EQ(0, lost_both);
    CHECK_EQ(0, reused);
    check_where = "records that cannot be loaded";
    fake = good;
    fake.answer[SWMGMT_OP_LOAD] = SWMGMT_FAILED;
    CHECK_EQ(SWMGMT_ERECORD, fake_boot(&fake));
    STATE(SWMGMT_INITIAL);
    check_where = "no records any more";
    fake = good;
    memset(fake.record_length, 0, sizeof fake.record_length);
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    STATE(SWMGMT_INITIAL);
    CHECK_EQ(SWMGMT_ACTIVE, swmgmt_state(fake.ctx, 1));
}

static void slots(void)
{
    uint16_t created = 0;
    check_where = "factory slots";
    fake_new(&fake);
    fake_list(&fake, 3, SWMGMT_EMPTY);
    fake_list(&fake, 5, SWMGMT_INSTALLED);
    fake_list(&fake, 9, SWMGMT_RUNNING);
    boot();
    CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, 3));
    CHECK_EQ(SWMGMT_INACTIVE, swmgmt_state(fake.ctx, 5));
    CHECK_EQ(SWMGMT_ACTIVE, swmgmt_state(fake.ctx, 9));
    CHECK_EQ(0, fake_number(&fake, 9, 3, 9));
    CHECK_EQ(0, fake_number(&fake, 9, 3, 7));
    CHECK_EQ(2, fake_number(&fake, 9, 5, 9));
    CHECK_EQ(4, fake_number(&fake, 9, 5, 7));
    CHECK_EQ(0, fake_number(&fake, 9, 5, 12));
    CHECK_EQ(1, fake_number(&fake, 9, 9, 12));
    CHECK_TEXT("old", fake_text(&fake, 9, 9, 0));
    CHECK_TEXT("1", fake_text(&fake, 9, 9, 1));
    CHECK_TEXT("none", fake_text(&fake, 9, 3, 0));
    CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_ACTIVATE)); /* the host starts it */
    /* A record wins over the list. */
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 9, 6, NULL));
    CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, 9));
    CHECK_EQ(SWMGMT_CREATED, swmgmt_create(fake.ctx, 1, 4, NULL, 0, &created));
    CHECK_EQ(SWMGMT_DELETED, swmgmt_delete(fake.ctx, 1, 3));
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK_EQ(SWMGMT_ENOENT, swmgmt_state(fake.ctx, 3));
    CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, 4));
    CHECK_EQ(SWMGMT_INACTIVE, swmgmt_state(fake.ctx, 5));
    CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, 9));
    /* Also over a list that says less. */
    fake.listed_count = 0;
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, 4));
    CHECK_EQ(SWMGMT_INACTIVE, swmgmt_state(fake.ctx, 5));
    CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, 9));
}

static void numbers(void)
{
    check_where = "numbers over many boots";
    fresh(SWMGMT_INSTALLED);
    for (unsigned i = 0; i < 300; i++) {
        CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
        for (unsigned n = 0; n < i % 40u; n++) {
            CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, n % 2u == 0 ? 10 : 11, NULL));
        }
        if (swmgmt_state(fake.ctx, 0) == SWMGMT_ACTIVE) {
            CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 11, NULL));
        }
        fake_forget(&fake);
    }
    CHECK_EQ(0, fake.number_reused);
    CHECK(fake.highest > 5000);
}

/* ---- what a boot changes is told ------------------------------------------------------- */

static void told(const char *want)
{
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    fake_drain(&fake);
    if (strcmp(want, fake_changes_text(&fake)) != 0) {
        (void)printf("%s: told '%s'\n", want, fake_changes_text(&fake));
    }
    CHECK(strcmp(want, fake_changes_text(&fake)) == 0);
}

static void in_flight(uint8_t kind, uint16_t resource, swmgmt_verdict_t outcome)
{
    fake.answer[kind] = SWMGMT_PENDING;
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, resource, NULL));
    CHECK(fake_poll(&fake));
    fake.outcome = outcome;
    fake_forget(&fake);
}

static void changes_of_a_boot(void)
{
    check_where = "told at boot";
    fresh(SWMGMT_EMPTY);
    boot();
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 0, "half", 4, 8, false));
    fake_forget(&fake);
    told("9/0/16=0:interrupted 9/0/9=0 9/0/7=0");

    deliver();
    fake.answer[SWMGMT_OP_OPEN] = SWMGMT_FAILED;
    fake_forget(&fake);
    told("9/0/16=57:lost 9/0/9=57 9/0/7=0");
    fake.answer[SWMGMT_OP_OPEN] = SWMGMT_DONE;

    deliver();
    in_flight(SWMGMT_OP_INSTALL, 4, SWMGMT_FAILED_INSTALL);
    told("9/0/16=58:install 9/0/9=58");

    in_flight(SWMGMT_OP_INSTALL, 4, SWMGMT_DONE);
    told("9/0/9=2 9/0/7=4 9/0/0=new 9/0/1=2");

    fake.name[2] = "other"; /* flashed without us */
    fake_forget(&fake);
    told("9/0/0=other");
    fake_forget(&fake);
    told("");

    fake.answer[SWMGMT_OP_PREPARE] = SWMGMT_DONE;
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, "1"));
    fake.name[0] = fake.name[1] = fake.name[2] = "kept through an update";
    fake_forget(&fake);
    told("");
}

int main(void)
{
    cut_everywhere();
    unsaved_before();
    unsaved_after();
    damaged();
    slots();
    numbers();
    changes_of_a_boot();
    return check_end();
}
