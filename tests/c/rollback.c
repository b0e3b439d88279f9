/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The security counter: what is lower than what was installed does not come in; and what
 * the firmware keeps of it. */
#include <stdio.h>
#include <string.h>

#include "one_package.h"

static char where[200];

static void expect_counter(bool image, uint32_t counter, bool good)
{
    what.counted = counter != UINT32_MAX - 1;
    what.counter = counter;
    (void)snprintf(where, sizeof where, "%s, counter %u", image ? "image" : "package",
                   (unsigned)counter);
    check_where = where;
    CHECK_TEXT(good ? "3 3" : "0 57:rollback", push(image));
    STATE(good ? SWMGMT_DELIVERED : SWMGMT_INITIAL);
    CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_COMMIT)); /* before it is installed */
}

#define NO_COUNTER (UINT32_MAX - 1)

/* With the firmware's own counter, and with the record's alone. */
static void counters(void)
{
    for (unsigned n = 0; n < 8; n++) {
        bool image = n % 2u == 1;
        bool own = n / 2u % 2u == 1;
        bool cut = n / 4u == 1; /* a power cut after each step */
        fresh(SWMGMT_EMPTY);
        if (!own) {
            fake.host.counter = NULL;
            fake.host.commit = NULL;
        }
        boot();
        expect_counter(image, NO_COUNTER, true);
        install();
        CHECK_EQ(0, fake.counter);
        remove_it(NULL);
        expect_counter(image, 5, true);
        if (cut) {
            boot();
        }
        /* An installation that fails proves nothing. */
        fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_FAILED_INSTALL;
        install();
        CHECK_TEXT("3 58:install", packed_shown(&fake));
        CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_COMMIT));
        fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_DONE;
        remove_it(NULL);
        expect_counter(image, 4, true);
        remove_it(NULL);
        expect_counter(image, 5, true);
        install();
        STATE(SWMGMT_INACTIVE);
        CHECK_EQ(own ? 5 : 0, fake.counter);
        if (own) { /* the record first, with the state */
            const char *calls = fake_calls_text(&fake, false, true);
            const char *installed = strstr(calls, "INSTALL");
            const char *commit = strstr(calls, "COMMIT");
            if (CHECK(installed != NULL && commit != NULL)) {
                const char *save = strstr(installed, "SAVE");
                CHECK(save != NULL && save < commit);
            }
            CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_COMMIT));
            CHECK_EQ(5, fake_newest(&fake, SWMGMT_OP_COMMIT).offset);
            fake_forget(&fake);
            CHECK(fake_later(&fake, 100000));
            CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_COMMIT)); /* no more until the next boot */
        }
        if (cut) {
            boot();
        }
        remove_it(NULL);
        if (cut) {
            boot();
        }
        expect_counter(image, 4, false);
        expect_counter(image, 0, false);
        expect_counter(image, NO_COUNTER, false);
        expect_counter(image, 5, true);
        remove_it(NULL);
        expect_counter(image, UINT32_MAX, true);
        install();
        remove_it(NULL);
        expect_counter(image, UINT32_MAX - 2, false);
        expect_counter(image, UINT32_MAX, true);
    }
}

/* The higher of the two counts, and each may be ahead of the other. */
static void two_counters(void)
{
    fresh(SWMGMT_EMPTY);
    boot();
    expect_counter(false, 5, true);
    install();
    remove_it(NULL);
    fake.counter = 0; /* lost */
    expect_counter(false, 4, false);
    fake.counter = 8; /* raised by somebody else */
    expect_counter(false, 7, false);
    expect_counter(false, 8, true);
    install();
    remove_it(NULL);
    /* A server can delete the instance and what its record knows; not the other one. */
    check_where = "deleted and created";
    CHECK_EQ(SWMGMT_DELETED, swmgmt_delete(fake.ctx, 1, 0));
    {
        uint16_t id = 99;
        CHECK_EQ(SWMGMT_CREATED, swmgmt_create(fake.ctx, 1, 0, NULL, 0, &id));
        CHECK(fake_poll(&fake));
    }
    expect_counter(false, 7, false);
    fake.counter = 0;
    expect_counter(false, 1, true);
    /* Instances have a counter each in their records. */
    check_where = "another instance";
    CHECK_EQ(SWMGMT_OK, swmgmt_add(fake.ctx, 1, SWMGMT_EMPTY));
    what.counter = 0;
    length = packed_make(&what, bytes);
    CHECK_EQ(SWMGMT_CHANGED, fake_push(&fake, 1, 1, 0, bytes, length, 0, true));
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_DELIVERED, swmgmt_state(fake.ctx, 1));
    /* One that nobody can read. */
    check_where = "counter() fails";
    fresh(SWMGMT_EMPTY);
    fake.answer[SWMGMT_OP_COUNTER] = SWMGMT_FAILED;
    boot();
    what.counted = true;
    what.counter = 9;
    (void)push(false);
    STATE(SWMGMT_INITIAL);
    CHECK_EQ(57, fake_number(&fake, 9, 0, 9));
    for (swmgmt_verdict_t verdict = SWMGMT_PENDING; verdict <= SWMGMT_UNKNOWN; verdict++) {
        fake.answer[SWMGMT_OP_COUNTER] = verdict;
        (void)push(false);
        STATE(SWMGMT_INITIAL);
        CHECK_EQ(57, fake_number(&fake, 9, 0, 9));
    }
}

static void commits(void)
{
    /* It fails: again each second, and at the next boot. */
    check_where = "commit() fails";
    fresh(SWMGMT_EMPTY);
    fake.answer[SWMGMT_OP_COMMIT] = SWMGMT_FAILED;
    boot();
    what.counted = true;
    what.counter = 3;
    CHECK_TEXT("3 3", push(false));
    install();
    STATE(SWMGMT_INACTIVE); /* it is installed all the same */
    CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_COMMIT));
    CHECK(fake.next_ms <= 1000);
    for (unsigned i = 2; i < 6; i++) { /* by every poll, and one is wanted each second */
        CHECK(fake_later(&fake, 1000));
        CHECK_EQ(i, fake_count(&fake, SWMGMT_OP_COMMIT));
        CHECK_EQ(1000, fake.next_ms);
    }
    boot();
    fake.answer[SWMGMT_OP_COMMIT] = SWMGMT_DONE;
    CHECK(fake_later(&fake, 1000));
    CHECK_EQ(3, fake.counter);
    CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_COMMIT));
    CHECK(fake_later(&fake, 5000));
    CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_COMMIT));
    /* Meanwhile the record's own counter keeps others out. */
    fake.counter = 0;
    remove_it(NULL);
    what.counter = 2;
    CHECK_TEXT("0 57:rollback", push(false));

    /* At each boot. */
    check_where = "commit() at boot";
    fake.counter = 0;
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK(fake_poll(&fake));
    CHECK_EQ(3, fake.counter);

    /* The power goes while it installs, and it has been: what the host says counts. */
    for (unsigned n = 0; n < 3; n++) {
        static const swmgmt_verdict_t said[] = {SWMGMT_DONE, SWMGMT_FAILED_INSTALL,
                                                SWMGMT_PENDING};
        (void)snprintf(where, sizeof where, "a cut in an installation, outcome() says %d",
                       (int)said[n]);
        check_where = where;
        fresh(SWMGMT_EMPTY);
        boot();
        what.counted = true;
        what.counter = 3;
        CHECK_TEXT("3 3", push(false));
        fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_PENDING;
        install();
        STATE(SWMGMT_INSTALLING);
        fake.outcome = said[n];
        CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_COMMIT));
        CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
        CHECK(fake_poll(&fake));
        CHECK_EQ(n == 0 ? 3 : 0, fake.counter);
        if (n == 2) {
            CHECK_EQ(SWMGMT_OK, swmgmt_done(fake.ctx,
                                            fake_newest(&fake, SWMGMT_OP_INSTALL).op.number,
                                            SWMGMT_DONE, 0));
            CHECK(fake_poll(&fake));
            CHECK_EQ(3, fake.counter);
        }
    }
    /* An update that fails and one that is given up leave it alone. */
    check_where = "an update that comes to nothing";
    fresh(SWMGMT_RUNNING);
    boot();
    remove_it("1");
    what.counted = true;
    what.counter = 3;
    CHECK_TEXT("3 3", push(false));
    CHECK_EQ(SWMGMT_OK, swmgmt_give_up_update(fake.ctx, 0, 1));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_ACTIVE);
    CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_COMMIT));
}

/* What is in no container has no counter, and resets none. */
static void opaque_between(void)
{
    static const uint8_t opaque[] = "in no container";
    fresh(SWMGMT_EMPTY);
    fake.config.policy = SWMGMT_ALLOW_NONE; /* which shows 0 when it is delivered */
    fake.host.counter = NULL;
    fake.host.commit = NULL;
    boot();
    what.counted = true;
    what.counter = 5;
    CHECK_TEXT("3 0", push(false));
    install();
    remove_it(NULL);
    check_where = "an opaque package between";
    CHECK_EQ(SWMGMT_CHANGED, fake_push(&fake, 1, 0, 0, opaque, sizeof opaque, 0, true));
    CHECK(fake_poll(&fake));
    install();
    remove_it(NULL);
    what.counter = 4;
    CHECK_TEXT("0 57:rollback", push(false));
    what.counter = 5;
    CHECK_TEXT("3 0", push(false));
}

int main(void)
{
    counters();
    opaque_between();
    two_counters();
    commits();
    return check_end();
}
