/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Defects that a reviewer has proved, one function each. Most need two things at once:
 * a record that cannot be saved, an operation that stays pending, a power cut. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "fake.h"

static fake_t fake;
static char where[160];

#define STATE(want) CHECK_EQ(want, swmgmt_state(fake.ctx, 0))
#define RESULT(want) CHECK_EQ(want, fake_number(&fake, 9, 0, 9))

static const char digits[] = "0123456789";
/* SHA-256 of the ten digits. */
static const uint8_t digits_sha256[32] = {
    0x84, 0xd8, 0x98, 0x77, 0xf0, 0xd4, 0x04, 0x1e, 0xfb, 0x6b, 0xf9, 0x1a, 0x16, 0xf0, 0x24, 0x8f,
    0x2f, 0xd5, 0x73, 0xe6, 0xaf, 0x05, 0xc1, 0x9f, 0x96, 0xbe, 0xdb, 0x9f, 0x88, 0x2f, 0x78, 0x82};

static void fresh(uint8_t software)
{
    fake_new(&fake);
    fake_list(&fake, 0, software);
}

static void fresh_two(uint8_t software)
{
    fresh(software);
    fake_list(&fake, 1, software);
}

static void boot(void)
{
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK(fake_poll(&fake));
    fake_forget(&fake);
}

static void saves(bool good)
{
    fake.answer[SWMGMT_OP_SAVE] = good ? SWMGMT_DONE : SWMGMT_FAILED;
}

/* The ten digits, whole, to an instance. */
static swmgmt_answer_t push(uint16_t instance)
{
    return fake_push(&fake, 1, instance, 0, digits, 10, 0, true);
}

static void deliver(void)
{
    CHECK_EQ(SWMGMT_CHANGED, push(0));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_DELIVERED);
}

static swmgmt_item_t item(uint16_t resource, uint8_t kind, const char *text)
{
    swmgmt_item_t one;
    memset(&one, 0, sizeof one);
    one.resource = resource;
    one.value.kind = kind;
    one.value.bytes = (const uint8_t *)text;
    one.value.length = (uint32_t)strlen(text);
    return one;
}

/* How often a callback was called for an operation, and with it for an instance. */
static unsigned called_for(uint8_t callback, uint16_t instance)
{
    unsigned count = 0;
    for (unsigned i = 0; i < fake.calls; i++) {
        const fake_call_t *call = &fake.log[i];
        count += call->callback == callback && call->op.instance == instance ? 1u : 0u;
    }
    return count;
}

static bool changed(const char *what)
{
    char all[2080];
    char one[80];
    (void)snprintf(all, sizeof all, " %s ", fake_changes_text(&fake));
    (void)snprintf(one, sizeof one, " %s ", what);
    return strstr(all, one) != NULL;
}

/* ---- boot ------------------------------------------------------------------------------ */

static void boot_sees_after_place_0(void)
{
    check_where = "boot, place 0: outcomes";
    fresh_two(SWMGMT_RUNNING);
    boot();
    fake.answer[SWMGMT_OP_UNINSTALL] = SWMGMT_PENDING;
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 1, 6, NULL));
    fake.outcome = SWMGMT_DONE;
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    for (uint16_t i = 0; i < 2; i++) {
        CHECK_EQ(1, called_for(SWMGMT_OP_OUTCOME, i));
        CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, i));
        CHECK_TEXT("none", fake_text(&fake, 9, i, 0));
    }
    for (unsigned verifying = 0; verifying < 2; verifying++) {
        check_where = verifying ? "boot, place 0: bytes lost, VERIFYING" : "boot, place 0: bytes lost";
        fresh_two(SWMGMT_EMPTY);
        boot();
        fake.answer[SWMGMT_OP_VERIFY] = verifying ? SWMGMT_PENDING : SWMGMT_DONE;
        CHECK_EQ(SWMGMT_CHANGED, push(0));
        CHECK_EQ(SWMGMT_CHANGED, push(1));
        CHECK(fake_poll(&fake));
        fake_forget(&fake);
        CHECK_EQ(SWMGMT_OK, fake_boot(&fake)); /* the bytes are there ... */
        for (uint16_t i = 0; i < 2; i++) {
            CHECK_EQ(1, called_for(SWMGMT_OP_OPEN, i));
            CHECK_EQ(verifying ? SWMGMT_VERIFYING : SWMGMT_DELIVERED,
                     swmgmt_state(fake.ctx, i));
            fake_slot(&fake, i)->length = 0; /* ... and now they are not */
        }
        CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
        for (uint16_t i = 0; i < 2; i++) {
            CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, i));
            CHECK_EQ(57, fake_number(&fake, 9, i, 9));
            CHECK_TEXT("57:lost", fake_text(&fake, 9, i, 16));
        }
    }
    check_where = "boot, place 0: an install goes on";
    fresh(SWMGMT_EMPTY);
    boot();
    deliver();
    fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_PENDING;
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
    CHECK(fake_poll(&fake));
    fake.outcome = SWMGMT_PENDING;
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK_EQ(SWMGMT_OK, swmgmt_done(fake.ctx, fake.last_number[SWMGMT_OP_INSTALL],
                                    SWMGMT_DONE, 0));
    STATE(SWMGMT_INACTIVE);
}

static void a_first_boot_with_a_failed_save_keeps_the_factory_slots(void)
{
    unsigned all = 6; /* more than a first boot saves */
    for (unsigned nth = 1; nth <= all; nth++) {
        (void)snprintf(where, sizeof where, "first boot, save %u fails", nth);
        check_where = where;
        fresh_two(SWMGMT_RUNNING);
        CHECK_EQ(SWMGMT_OK, fake_init(&fake));
        fake_fail(&fake, SWMGMT_OP_SAVE, nth, SWMGMT_FAILED);
        CHECK_EQ(SWMGMT_OK, swmgmt_boot(fake.ctx, fake.now));
        for (unsigned cut = 0; cut < 2; cut++) {
            CHECK_EQ(SWMGMT_ACTIVE, swmgmt_state(fake.ctx, 0));
            CHECK_EQ(SWMGMT_ACTIVE, swmgmt_state(fake.ctx, 1));
            CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
        }
    }
    check_where = "first boot, a save fails and is made up for";
    fresh_two(SWMGMT_RUNNING);
    CHECK_EQ(SWMGMT_OK, fake_init(&fake));
    fake_fail(&fake, SWMGMT_OP_SAVE, 1, SWMGMT_FAILED);
    CHECK_EQ(SWMGMT_OK, swmgmt_boot(fake.ctx, fake.now));
    for (unsigned turn = 0; turn < 5; turn++) {
        CHECK(fake_later(&fake, 60000));
    }
    CHECK_EQ(UINT32_MAX, fake.next_ms);
    fake.listed_count = 0; /* the record has taken over */
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK_EQ(SWMGMT_ACTIVE, swmgmt_state(fake.ctx, 0));
    CHECK_EQ(SWMGMT_ACTIVE, swmgmt_state(fake.ctx, 1));
}

static void a_boot_without_saves_leaves_a_package_that_can_be_installed(void)
{
    check_where = "a boot without saves, then Install";
    fresh(SWMGMT_EMPTY);
    boot();
    deliver();
    saves(false);
    (void)fake_boot(&fake);
    STATE(SWMGMT_DELIVERED);
    saves(true);
    fake_forget(&fake);
    /* Nobody has looked yet whether the bytes are there, and a request does not. */
    CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_execute(&fake, 0, 4, NULL));
    CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_OPEN));
    CHECK(fake_poll(&fake));
    CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_OPEN));
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_INACTIVE);
    CHECK_EQ(10, fake_slot(&fake, 0)->length);
}

/* ---- records --------------------------------------------------------------------------- */

static size_t excess;
static swmgmt_verdict_t (*usual_load)(void *user, uint16_t key, uint8_t *data, size_t room,
                                      size_t *length);

static swmgmt_verdict_t load_too_much(void *user, uint16_t key, uint8_t *data, size_t room,
                                      size_t *length)
{
    swmgmt_verdict_t verdict = usual_load(user, key, data, room, length);
    if (key == 1) {
        *length = room + excess;
    }
    return verdict;
}

static void a_load_of_more_than_its_room_is_a_broken_record(void)
{
    static const size_t more[] = {1, 7, (size_t)UINT16_MAX, SIZE_MAX / 2};
    for (unsigned i = 0; i < sizeof more / sizeof more[0]; i++) {
        (void)snprintf(where, sizeof where, "load tells %zu more than its room", more[i]);
        check_where = where;
        fresh_two(SWMGMT_RUNNING);
        boot();
        usual_load = fake.host.load;
        fake.host.load = load_too_much;
        excess = more[i];
        CHECK_EQ(SWMGMT_ERECORD, fake_boot(&fake));
        CHECK_EQ(SWMGMT_ACTIVE, swmgmt_state(fake.ctx, 0)); /* what the list says */
        CHECK_EQ(SWMGMT_ACTIVE, swmgmt_state(fake.ctx, 1));
    }
}

static void a_newer_record_stays_sealed(void)
{
    uint16_t created = 0;
    check_where = "newer record, whose id another record names";
    fresh_two(SWMGMT_EMPTY);
    boot();
    memcpy(fake.record[2], fake.record[1], fake.record_length[1]);
    fake.record_length[2] = fake.record_length[1];
    fake.record[1][0] = 9; /* the version */
    CHECK_EQ(SWMGMT_ERECORD, fake_boot(&fake));
    for (uint16_t id = 3; id < 6; id++) {
        (void)swmgmt_create(fake.ctx, 1, id, NULL, 0, &created);
        CHECK_EQ(9, fake.record[1][0]);
    }
    for (uint16_t id = 0; id < 2; id++) {
        (void)fake_write(&fake, id, 8, "1", 1);
        (void)push(id);
        CHECK(fake_later(&fake, 60000));
        CHECK_EQ(9, fake.record[1][0]);
    }
}

/* ---- what could not be saved is undone, and nothing else ---------------------------------- */

static void a_refused_uninstall_keeps_the_length_of_the_package(void)
{
    check_where = "refused Uninstall in DELIVERED";
    fresh(SWMGMT_EMPTY);
    boot();
    deliver();
    saves(false);
    CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_execute(&fake, 0, 6, NULL));
    STATE(SWMGMT_DELIVERED);
    saves(true);
    CHECK_EQ(SWMGMT_CHANGED, fake_write(&fake, 0, 8, "1", 1)); /* a record is written */
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK(fake_poll(&fake));
    CHECK_EQ(10, fake_newest(&fake, SWMGMT_OP_OPEN).offset);
    CHECK_EQ(10, fake_slot(&fake, 0)->length);
    STATE(SWMGMT_DELIVERED);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_INACTIVE);
}

static void components_of_removed_software_stay_away_after_a_refused_push(void)
{
    check_where = "removed, unsaved, then a refused push";
    fresh(SWMGMT_RUNNING);
    fake.components = 2;
    boot();
    CHECK_EQ(2, fake_number(&fake, 9, 0, 18));
    fake.answer[SWMGMT_OP_UNINSTALL] = SWMGMT_PENDING;
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    saves(false);
    CHECK_EQ(SWMGMT_OK, fake_complete(&fake, SWMGMT_OP_UNINSTALL, SWMGMT_DONE, 0));
    STATE(SWMGMT_INITIAL);
    CHECK(changed("-14/0"));
    CHECK(changed("-14/1"));
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_push(&fake, 1, 0, 0, digits, 4, 0, false));
    CHECK(!changed("+14/0"));
    for (unsigned turn = 0; turn < 3; turn++) {
        CHECK_EQ(0, fake_number(&fake, 9, 0, 18));
        CHECK_EQ(SWMGMT_NOT_FOUND, fake_read_code(&fake, 14, 0, 0, SWMGMT_NONE));
        saves(true);
        CHECK(fake_later(&fake, 60000));
        if (turn == 1) {
            CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
        }
    }
    STATE(SWMGMT_INITIAL);
}

static void a_refused_create_leaves_nothing(void)
{
    const swmgmt_item_t package = item(2, SWMGMT_TYPE_OPAQUE, digits);
    const swmgmt_item_t setting = item(8, SWMGMT_TYPE_STRING, "1");
    const swmgmt_item_t link = item(3, SWMGMT_TYPE_STRING, "http://a/b");
    const swmgmt_item_t *const with[] = {NULL, &package, &setting, &link};
    for (unsigned i = 0; i < sizeof with / sizeof with[0]; i++) {
        for (unsigned nth = 1; nth <= 4; nth++) {
            uint16_t id = 777;
            swmgmt_answer_t answer;
            (void)snprintf(where, sizeof where, "create with %u, saves fail from %u", i, nth);
            check_where = where;
            fresh(SWMGMT_EMPTY);
            boot();
            if (nth == 1) {
                saves(false);
            } else {
                fake_fail(&fake, SWMGMT_OP_SAVE, nth - 1, SWMGMT_FAILED);
            }
            answer = swmgmt_create(fake.ctx, 1, 5, with[i], with[i] != NULL ? 1 : 0, &id);
            fake_drain(&fake);
            CHECK(answer == SWMGMT_CREATED || answer == SWMGMT_INTERNAL_ERROR);
            CHECK(nth > 1 || answer == SWMGMT_INTERNAL_ERROR);
            saves(true);
            for (unsigned cut = 0; cut < 3; cut++) {
                CHECK_EQ(answer == SWMGMT_CREATED, swmgmt_state(fake.ctx, 5) >= 0);
                if (answer != SWMGMT_CREATED) {
                    CHECK_EQ(777, id);
                    CHECK_EQ(SWMGMT_ENOENT, swmgmt_state(fake.ctx, 5));
                }
                CHECK(cut > 0 ? fake_boot(&fake) == SWMGMT_OK : fake_later(&fake, 5000));
            }
            STATE(SWMGMT_INITIAL);
        }
    }
}

static void a_refused_setting_leaves_a_running_push_alone(void)
{
    check_where = "a setting in RECEIVING cannot be saved";
    fresh(SWMGMT_EMPTY);
    boot();
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 0, digits, 4, 0, false));
    saves(false);
    CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_write(&fake, 0, 8, "1", 1));
    CHECK_EQ(0, fake_number(&fake, 9, 0, 8));
    saves(true);
    if (swmgmt_state(fake.ctx, 0) == SWMGMT_RECEIVING) {
        CHECK_EQ(SWMGMT_CHANGED, fake_push(&fake, 1, 0, 4, digits + 4, 6, 0, true));
        CHECK(fake_poll(&fake));
        STATE(SWMGMT_DELIVERED);
    } else { /* rules: it may take fail_other */
        STATE(SWMGMT_INITIAL);
        RESULT(57);
    }
}

static void a_refused_expect_leaves_the_digest_alone(void)
{
    static const uint8_t wrong[4] = {1, 2, 3, 4};
    for (unsigned refused = 0; refused < 2; refused++) {
        check_where = refused ? "refused expect() in FETCHING" : "expect() in FETCHING";
        fresh(SWMGMT_EMPTY);
        fake.host.read = NULL; /* the digest is taken from the stream */
        boot();
        CHECK_EQ(SWMGMT_OK, swmgmt_expect(fake.ctx, 0, 10, SWMGMT_SHA256, digits_sha256, 32));
        CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "http://a/b"));
        CHECK(fake_poll(&fake));
        if (refused) {
            saves(false);
            CHECK_EQ(SWMGMT_ERECORD,
                     swmgmt_expect(fake.ctx, 0, 10, SWMGMT_CRC32, wrong, sizeof wrong));
            saves(true);
            STATE(SWMGMT_FETCHING);
        }
        CHECK_EQ(SWMGMT_OK, fake_fetched(&fake, 0, digits, 10, 0, true));
        CHECK(fake_poll(&fake));
        STATE(SWMGMT_DELIVERED);
    }
}

static void a_held_verification_survives_the_failing_save_of_something_else(void)
{
    check_where = "a setting cannot be saved while a verification cannot be cancelled";
    fresh(SWMGMT_EMPTY);
    fake.host.cancel = NULL;
    boot();
    fake.answer[SWMGMT_OP_VERIFY] = SWMGMT_PENDING;
    CHECK_EQ(SWMGMT_CHANGED, push(0));
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_execute(&fake, 0, 6, NULL));
    fake_fail(&fake, SWMGMT_OP_SAVE, 1, SWMGMT_FAILED);
    CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_write(&fake, 0, 8, "1", 1));
    CHECK_EQ(0, fake_number(&fake, 9, 0, 8));
    CHECK(fake_later(&fake, 2000));
    CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_DISCARD));
    STATE(SWMGMT_VERIFYING);
    CHECK_EQ(SWMGMT_OK, fake_complete(&fake, SWMGMT_OP_VERIFY, SWMGMT_DONE, 0));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_DELIVERED);
    CHECK_EQ(10, fake_slot(&fake, 0)->length);
}

static void what_needs_no_record_succeeds_while_an_outcome_is_unsaved(void)
{
    check_where = "no-ops with an unsaved outcome";
    fresh(SWMGMT_RUNNING);
    boot();
    fake.answer[SWMGMT_OP_DEACTIVATE] = SWMGMT_PENDING;
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 11, NULL));
    saves(false);
    CHECK_EQ(SWMGMT_OK, fake_complete(&fake, SWMGMT_OP_DEACTIVATE, SWMGMT_DONE, 0));
    STATE(SWMGMT_INACTIVE);
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 11, NULL));
    CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_DEACTIVATE));
    CHECK_EQ(SWMGMT_CHANGED, fake_write(&fake, 0, 14, "bob", 3));
    CHECK_EQ(0, fake.changes);
    CHECK_EQ(SWMGMT_OK, swmgmt_set_link(fake.ctx, 0, 5, 9, 7));
    fake_drain(&fake);
    CHECK_EQ(9 * 65536 + 7, fake_number(&fake, 9, 0, 5));
    CHECK_TEXT("9/0/5=589831", fake_changes_text(&fake));
    saves(true);
    CHECK(fake_later(&fake, 5000));
    CHECK_EQ(UINT32_MAX, fake.next_ms); /* and the outcome is saved */
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_OUTCOME));
    STATE(SWMGMT_INACTIVE);
}

/* ---- work that is left for the poll ------------------------------------------------------ */

static void left_for_poll(uint8_t kind, uint16_t resource)
{
    fresh(SWMGMT_RUNNING);
    boot();
    fake.answer[kind] = SWMGMT_PENDING;
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, resource, NULL));
    fake.outcome = SWMGMT_NOT_STARTED;
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    fake_forget(&fake);
}

static void work_left_for_poll_is_not_done_by_an_unrelated_request(void)
{
    check_where = "an uninstall waits for the poll";
    left_for_poll(SWMGMT_OP_UNINSTALL, 6);
    fake.answer[SWMGMT_OP_UNINSTALL] = SWMGMT_FAILED;
    STATE(SWMGMT_UNINSTALLING);
    CHECK_EQ(SWMGMT_CHANGED, fake_write(&fake, 0, 8, "1", 1));
    CHECK_EQ(1, fake_number(&fake, 9, 0, 8));
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL)); /* a repeat */
    CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_UNINSTALL));
    STATE(SWMGMT_UNINSTALLING);
    RESULT(0);
    CHECK(fake_poll(&fake));
    CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_UNINSTALL));
    RESULT(59);
    CHECK_EQ(1, fake_number(&fake, 9, 0, 8));
    check_where = "a deactivate waits for the poll, and saves fail";
    left_for_poll(SWMGMT_OP_DEACTIVATE, 11);
    fake.answer[SWMGMT_OP_DEACTIVATE] = SWMGMT_DONE;
    saves(false);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 11, NULL)); /* a repeat */
    CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_DEACTIVATE));
    STATE(SWMGMT_DEACTIVATING);
    CHECK_EQ(1, fake_number(&fake, 9, 0, 12));
    saves(true);
    CHECK(fake_poll(&fake));
    CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_DEACTIVATE));
    STATE(SWMGMT_INACTIVE);
    CHECK_EQ(0, fake_number(&fake, 9, 0, 12));
    CHECK(changed("9/0/12=0"));
}

static void a_download_survives_set_link_and_expect(void)
{
    for (unsigned how = 0; how < 3; how++) {
        (void)snprintf(where, sizeof where, "FETCHING before its poll, call %u", how);
        check_where = where;
        fresh(SWMGMT_EMPTY);
        boot();
        CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "http://a/b"));
        fake.answer[SWMGMT_OP_OPEN] = how == 0 ? SWMGMT_FAILED_STORAGE : SWMGMT_FAILED_MEMORY;
        saves(how == 0);
        fake_forget(&fake);
        if (how < 2) {
            CHECK_EQ(SWMGMT_OK, swmgmt_set_link(fake.ctx, 0, 5, 9, 1)); /* needs no record */
            CHECK_EQ(9 * 65536 + 1, fake_number(&fake, 9, 0, 5));
        } else {
            CHECK_EQ(SWMGMT_ERECORD,
                     swmgmt_expect(fake.ctx, 0, 10, SWMGMT_NO_DIGEST, NULL, 0));
        }
        CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_OPEN)); /* that is the poll's */
        STATE(SWMGMT_FETCHING);
        saves(true);
        fake.answer[SWMGMT_OP_OPEN] = SWMGMT_PENDING;
        CHECK(fake_poll(&fake));
        CHECK_EQ(SWMGMT_OK, fake_complete(&fake, SWMGMT_OP_OPEN, SWMGMT_DONE, 0));
        CHECK(fake_poll(&fake));
        CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_FETCH));
        CHECK_EQ(SWMGMT_OK, fake_fetched(&fake, 0, digits, 10, 0, true));
        CHECK(fake_poll(&fake));
        STATE(SWMGMT_DELIVERED);
    }
}

/* Many polls at one time: at most `most` calls, and then something else than "at once". */
static void polls_come_to_an_end(unsigned most)
{
    uint32_t next = 0;
    fake_forget(&fake);
    for (unsigned i = 0; i < 1000; i++) {
        CHECK_EQ(SWMGMT_OK, swmgmt_poll(fake.ctx, fake.now, &next));
    }
    CHECK(next > 0);
    CHECK(fake.calls <= most);
    fake_drain(&fake);
}

static void poll_does_not_spin_while_a_discard_is_pending(void)
{
    check_where = "half of the components are active, a discard is pending";
    fresh(SWMGMT_INSTALLED);
    fake.components = 2;
    boot();
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, "1"));
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 0, digits, 4, 0, false));
    fake.answer[SWMGMT_OP_DISCARD] = SWMGMT_PENDING;
    CHECK_EQ(SWMGMT_OK, swmgmt_give_up_update(fake.ctx, 0, 0));
    STATE(SWMGMT_INACTIVE);
    fake.answer[SWMGMT_OP_ACTIVATE] = SWMGMT_PENDING;
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 10, NULL));
    CHECK_EQ(SWMGMT_OK, fake_complete(&fake, SWMGMT_OP_ACTIVATE, SWMGMT_DONE, 0));
    polls_come_to_an_end(4); /* the discard has nothing to do with the other component */
    CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_ACTIVATE));
    CHECK_EQ(SWMGMT_OK, fake_complete(&fake, SWMGMT_OP_ACTIVATE, SWMGMT_DONE, 0));
    STATE(SWMGMT_ACTIVE);
    check_where = "a replacement that is too long, its discard is pending";
    fresh(SWMGMT_EMPTY);
    fake.config.options |= SWMGMT_REPLACE_IN_DELIVERED;
    boot();
    CHECK_EQ(SWMGMT_OK, swmgmt_expect(fake.ctx, 0, 5, SWMGMT_NO_DIGEST, NULL, 0));
    CHECK_EQ(SWMGMT_CHANGED, fake_push(&fake, 1, 0, 0, digits, 5, 0, true));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_DELIVERED);
    fake.answer[SWMGMT_OP_DISCARD] = SWMGMT_PENDING;
    (void)push(0);
    polls_come_to_an_end(8);
    STATE(SWMGMT_INITIAL);
    CHECK(fake_number(&fake, 9, 0, 9) >= 50);
}

/* ---- transfers --------------------------------------------------------------------------- */

static void an_opening_and_a_fetch_in_flight_are_both_cancelled(void)
{
    uint32_t fetch;
    uint32_t open;
    unsigned fetches = 0;
    unsigned opens = 0;
    check_where = "restart with a pending opening, then Uninstall";
    fresh(SWMGMT_EMPTY);
    boot();
    CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "http://a/b"));
    CHECK(fake_poll(&fake));
    fetch = fake_newest(&fake, SWMGMT_OP_FETCH).op.number;
    CHECK_EQ(SWMGMT_OK, fake_fetched(&fake, 0, digits, 4, 0, false));
    fake.answer[SWMGMT_OP_OPEN] = SWMGMT_PENDING;
    CHECK_EQ(SWMGMT_EBUSY, fake_fetched(&fake, 0, digits, 4, 0, false));
    open = fake_newest(&fake, SWMGMT_OP_OPEN).op.number;
    CHECK(open != fetch);
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    STATE(SWMGMT_INITIAL);
    for (unsigned i = 0; i < fake.calls; i++) {
        const fake_call_t *call = &fake.log[i];
        if (call->callback == SWMGMT_OP_CANCEL) {
            fetches += call->op.number == fetch && call->op.kind == SWMGMT_OP_FETCH ? 1u : 0u;
            opens += call->op.number == open && call->op.kind == SWMGMT_OP_OPEN ? 1u : 0u;
        }
    }
    CHECK_EQ(1, fetches);
    CHECK_EQ(1, opens);
    CHECK_EQ(2, fake_count(&fake, SWMGMT_OP_CANCEL));
    CHECK_EQ(SWMGMT_ESTALE, swmgmt_done(fake.ctx, open, SWMGMT_DONE, 0));
    CHECK_EQ(SWMGMT_ESTALE, swmgmt_done(fake.ctx, fetch, SWMGMT_FAILED, 0));
}

static swmgmt_status_t done_inside_cancel;

static void complete_what_is_cancelled(fake_t *f, uint8_t callback, const swmgmt_op_t *op)
{
    if (callback == SWMGMT_OP_CANCEL) {
        done_inside_cancel = swmgmt_done(f->ctx, op->number, SWMGMT_DONE, 0);
    }
}

static void what_is_being_cancelled_cannot_be_completed(void)
{
    check_where = "done() inside cancel()";
    fresh(SWMGMT_EMPTY);
    boot();
    CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "http://a/b"));
    CHECK(fake_poll(&fake));
    fake.hook = complete_what_is_cancelled;
    done_inside_cancel = 99;
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    fake.hook = NULL;
    CHECK(done_inside_cancel == SWMGMT_ESTALE || done_inside_cancel == SWMGMT_EBUSY);
    STATE(SWMGMT_INITIAL);
    CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_CANCEL));
}

static void a_replaced_package_is_not_a_repeat(void)
{
    for (unsigned how = 0; how < 2; how++) {
        bool verifying = how == 0;
        swmgmt_answer_t answer;
        check_where = verifying ? "replaced by URI, VERIFYING" : "replaced by URI, DELIVERED";
        fresh(SWMGMT_EMPTY);
        fake.config.options |= SWMGMT_REPLACE_IN_DELIVERED;
        boot();
        deliver();
        CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "http://a/b"));
        CHECK(fake_poll(&fake));
        CHECK_EQ(SWMGMT_OK, fake_fetched(&fake, 0, "other", 5, 0, true));
        if (!verifying) {
            CHECK(fake_poll(&fake));
            STATE(SWMGMT_DELIVERED);
        }
        answer = push(0);
        CHECK(answer > 0);
        CHECK(fake_poll(&fake));
        STATE(SWMGMT_DELIVERED);
        /* 2.04 is the promise that this is what the device has now. */
        if (answer == SWMGMT_CHANGED) {
            CHECK_EQ(10, fake_slot(&fake, 0)->length);
            CHECK(memcmp(fake_slot(&fake, 0)->bytes, digits, 10) == 0);
        } else {
            CHECK_EQ(5, fake_slot(&fake, 0)->length);
            CHECK(memcmp(fake_slot(&fake, 0)->bytes, "other", 5) == 0);
        }
        CHECK(answer == SWMGMT_CHANGED || verifying);
    }
}

static void a_download_that_cannot_resume_forgets_its_total(void)
{
    static const uint8_t crc[4] = {0x2d, 0x80, 0x3a, 0xf5}; /* of "01234567" */
    check_where = "download from 0 again, of another size";
    fresh(SWMGMT_EMPTY);
    fake.host.read = NULL; /* the digest of what is stored cannot be taken up */
    fake.config.checkpoint = 4;
    fake.config.policy = SWMGMT_ALLOW_CRC;
    boot();
    CHECK_EQ(SWMGMT_OK, swmgmt_expect(fake.ctx, 0, 0, SWMGMT_CRC32, crc, sizeof crc));
    CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "http://a/b"));
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_OK, fake_fetched(&fake, 0, digits, 4, 10, false));
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK(fake_poll(&fake));
    CHECK_EQ(0, fake_newest(&fake, SWMGMT_OP_FETCH).offset);
    CHECK_EQ(SWMGMT_OK, fake_fetched(&fake, 0, digits, 4, 8, false));
    STATE(SWMGMT_FETCHING);
    CHECK_EQ(SWMGMT_OK, fake_fetched(&fake, 4, digits + 4, 4, 8, true));
    CHECK(fake_poll(&fake));
    RESULT(3);
    STATE(SWMGMT_DELIVERED);
}

/* ---- what is seen ------------------------------------------------------------------------ */

static void a_component_that_vanished_is_told_however_late(void)
{
    swmgmt_chunk_t chunk;
    check_where = "components vanish, nobody listens, a package follows";
    fresh(SWMGMT_RUNNING);
    fake.components = 2;
    fake.config.components = 2; /* the new ones want the very places */
    boot();
    CHECK_EQ(SWMGMT_CHANGED,
             swmgmt_execute(fake.ctx, 1, fake_path(9, 0, 6), NULL, 0));
    memset(&chunk, 0, sizeof chunk);
    chunk.data = (const uint8_t *)digits;
    chunk.length = 10;
    chunk.last = 1;
    CHECK_EQ(SWMGMT_CHANGED, swmgmt_push(fake.ctx, 1, 0, &chunk));
    for (unsigned i = 0; i < 20; i++) {
        CHECK_EQ(SWMGMT_OK, swmgmt_poll(fake.ctx, fake.now, NULL));
    }
    fake_drain(&fake);
    CHECK(changed("-14/0"));
    CHECK(changed("-14/1"));
    CHECK_EQ(SWMGMT_NOT_FOUND, fake_read_code(&fake, 14, 0, 5, SWMGMT_NONE));
    CHECK_EQ(0, fake_number(&fake, 9, 0, 18));
}

static unsigned asked_inside;

static void call_from_inside_about(fake_t *f, uint8_t callback, const swmgmt_op_t *op)
{
    swmgmt_change_t change;
    swmgmt_chunk_t chunk;
    uint16_t id = 0;
    (void)op;
    if (callback != SWMGMT_OP_ABOUT || asked_inside > 0) {
        return;
    }
    asked_inside++;
    memset(&chunk, 0, sizeof chunk);
    chunk.data = (const uint8_t *)digits;
    chunk.length = 10;
    chunk.last = 1;
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_poll(f->ctx, f->now, NULL));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_execute(f->ctx, 1, fake_path(9, 0, 6), NULL, 0));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_push(f->ctx, 1, 0, &chunk));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_create(f->ctx, 1, 3, NULL, 0, &id));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_delete(f->ctx, 1, 0));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_set_link(f->ctx, 0, 5, 9, 1));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_expect(f->ctx, 0, 10, SWMGMT_NO_DIGEST, NULL, 0));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_give_up_update(f->ctx, 0, 1));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_add(f->ctx, 3, SWMGMT_EMPTY));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_next_change(f->ctx, &change));
    CHECK(swmgmt_done(f->ctx, 1, SWMGMT_DONE, 0) < 0);
    CHECK_EQ(SWMGMT_ACTIVE, swmgmt_state(f->ctx, 0)); /* reading is allowed */
}

static void nothing_else_can_be_called_from_inside_about_during_a_read(void)
{
    check_where = "inside about() during a read";
    fresh(SWMGMT_RUNNING);
    fake.components = 1;
    fake.component_active[0] = true;
    boot();
    STATE(SWMGMT_ACTIVE);
    asked_inside = 0;
    fake.hook = call_from_inside_about;
    CHECK_EQ(SWMGMT_CONTENT, fake_read_code(&fake, 14, 0, 0, SWMGMT_NONE));
    fake.hook = NULL;
    CHECK_EQ(1, asked_inside);
    STATE(SWMGMT_ACTIVE);
    CHECK_TEXT("part0", fake_text(&fake, 14, 0, 0));
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 11, NULL)); /* and it is over */
}

static void an_id_that_a_discard_holds_cannot_be_added(void)
{
    uint16_t id = 0;
    check_where = "deleted, its discard is pending";
    fresh(SWMGMT_EMPTY);
    boot();
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 0, digits, 4, 0, false));
    fake.answer[SWMGMT_OP_DISCARD] = SWMGMT_PENDING;
    CHECK_EQ(SWMGMT_DELETED, swmgmt_delete(fake.ctx, 1, 0));
    CHECK_EQ(SWMGMT_BAD_REQUEST, swmgmt_create(fake.ctx, 1, 0, NULL, 0, &id));
    CHECK_EQ(SWMGMT_EEXIST, swmgmt_add(fake.ctx, 0, SWMGMT_EMPTY));
    CHECK_EQ(SWMGMT_NOT_FOUND, push(0));
    CHECK_EQ(SWMGMT_OK, fake_complete(&fake, SWMGMT_OP_DISCARD, SWMGMT_DONE, 0));
    CHECK_EQ(SWMGMT_OK, swmgmt_add(fake.ctx, 0, SWMGMT_EMPTY));
    CHECK_EQ(SWMGMT_CHANGED, push(0));
}

static unsigned traced[FAKE_KINDS];

static void count_trace(void *user, uint16_t instance, uint8_t kind, uint32_t number,
                        swmgmt_verdict_t verdict)
{
    (void)user;
    (void)instance;
    (void)number;
    (void)verdict;
    traced[kind % FAKE_KINDS]++;
}

static void about_is_traced(void)
{
    check_where = "trace";
    memset(traced, 0, sizeof traced);
    fresh(SWMGMT_RUNNING);
    fake.components = 2;
    fake.host.trace = count_trace;
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    deliver();
    CHECK(fake_count(&fake, SWMGMT_OP_ABOUT) > 0);
    for (uint8_t kind = SWMGMT_OP_SAVE; kind <= SWMGMT_OP_ABOUT; kind++) {
        (void)snprintf(where, sizeof where, "trace of %s", swmgmt_operation_name(kind));
        check_where = where;
        CHECK_EQ(fake_count(&fake, kind), traced[kind]);
    }
}

static char told[] = "told";

static void overwrite_told(void *user, uint16_t instance, uint8_t kind, uint32_t number,
                           swmgmt_verdict_t verdict)
{
    (void)user, (void)instance, (void)number, (void)verdict;
    if (kind == SWMGMT_OP_ABOUT) memset(told, 'x', sizeof told - 1);
}

/* What about() points to may change with the next callback: trace() is one. */
static void a_name_is_read_before_it_is_traced(void)
{
    swmgmt_value_t name;
    const swmgmt_path_t path = {9, 0, 0, SWMGMT_NONE};
    check_where = "a name, overwritten by trace";
    fresh(SWMGMT_RUNNING);
    fake.name[1] = told;
    fake.host.trace = overwrite_told;
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK_EQ(SWMGMT_CONTENT, swmgmt_read(fake.ctx, path, &name));
    CHECK(name.length == 4 && memcmp(name.bytes, "told", 4) == 0);
}

/* ---- found by storm.c ---------------------------------------------------------------------- */

static void what_is_deleted_before_its_poll_stays_deleted(void)
{
    for (unsigned how = 0; how < 2; how++) {
        uint16_t id = 0;
        check_where = how == 0 ? "deleted in FETCHING before its poll"
                               : "deleted in VERIFYING before its poll";
        fresh(SWMGMT_EMPTY);
        boot();
        CHECK_EQ(SWMGMT_CHANGED, how == 0 ? fake_uri(&fake, 0, "http://a/b") : push(0));
        CHECK_EQ(SWMGMT_DELETED, swmgmt_delete(fake.ctx, 1, 0));
        STATE(SWMGMT_ENOENT);
        fake_forget(&fake);
        CHECK(fake_poll(&fake));
        STATE(SWMGMT_ENOENT);
        CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_OPEN));
        CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_VERIFY));
        CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
        STATE(SWMGMT_ENOENT);
        CHECK_EQ(SWMGMT_CREATED, swmgmt_create(fake.ctx, 1, 0, NULL, 0, &id));
    }
}

static void lost_bytes_are_noticed_although_a_boot_could_not_save(void)
{
    check_where = "bytes lost, and a boot without saves";
    fresh(SWMGMT_EMPTY);
    boot();
    deliver();
    fake_slot(&fake, 0)->length = 0;
    saves(false);
    (void)fake_boot(&fake);
    saves(true);
    for (unsigned turn = 0; turn < 3; turn++) {
        CHECK(fake_later(&fake, 5000));
    }
    STATE(SWMGMT_INITIAL);
    RESULT(57);
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_execute(&fake, 0, 4, NULL));
}

static void a_slot_that_was_added_does_not_come_and_go(void)
{
    int32_t state;
    check_where = "added before the first boot was saved";
    fresh(SWMGMT_INSTALLED);
    CHECK_EQ(SWMGMT_OK, fake_init(&fake));
    fake_fail(&fake, SWMGMT_OP_SAVE, 1, SWMGMT_FAILED);
    CHECK_EQ(SWMGMT_OK, swmgmt_boot(fake.ctx, fake.now));
    CHECK_EQ(SWMGMT_OK, swmgmt_add(fake.ctx, 3, SWMGMT_EMPTY));
    for (unsigned i = 0; i < 8 && fake.record_length[2] == 0; i++) {
        fake.now += 2000;
        CHECK_EQ(SWMGMT_OK, swmgmt_poll(fake.ctx, fake.now, NULL));
    }
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    state = swmgmt_state(fake.ctx, 3);
    for (unsigned i = 0; i < 2; i++) {
        CHECK(fake_later(&fake, 5000));
        CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
        CHECK_EQ(state, swmgmt_state(fake.ctx, 3));
    }
}

/* Found by a reader after the core had been written anew. */

static void a_component_that_goes_twice_is_told_once_each(void)
{
    check_where = "an untold component whose place is used again";
    fresh(SWMGMT_EMPTY);
    fake.config.components = 1;
    fake.components = 1;
    boot();
    CHECK_EQ(SWMGMT_CHANGED, push(0));
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
    CHECK(fake_poll(&fake));
    fake_forget(&fake);
    /* From here on nobody asks for changes. */
    for (unsigned turn = 0; turn < 2; turn++) {
        uint32_t wait;
        CHECK_EQ(SWMGMT_CHANGED, swmgmt_execute(fake.ctx, 1, fake_path(9, 0, 6), "", 0));
        if (turn == 0) {
            swmgmt_chunk_t whole;
            memset(&whole, 0, sizeof whole);
            whole.data = (const uint8_t *)digits;
            whole.length = 10;
            whole.last = 1;
            CHECK_EQ(SWMGMT_CHANGED, swmgmt_push(fake.ctx, 1, 0, &whole));
            for (unsigned n = 0; n < 10; n++) {
                CHECK_EQ(SWMGMT_OK, swmgmt_poll(fake.ctx, fake.now, &wait));
            }
            CHECK_EQ(SWMGMT_CHANGED, swmgmt_execute(fake.ctx, 1, fake_path(9, 0, 4), "", 0));
            for (unsigned n = 0; n < 10; n++) {
                CHECK_EQ(SWMGMT_OK, swmgmt_poll(fake.ctx, fake.now, &wait));
            }
        }
    }
    fake_drain(&fake);
    CHECK(strstr(fake_changes_text(&fake), "-14/0") != NULL);
}

static void a_digest_without_its_part_is_kept_and_nothing_else_is(void)
{
    const swmgmt_part_t *sha256;
    for (unsigned others = 0; others < 2; others++) {
        check_where = "a record with a digest that has no part";
        fresh(SWMGMT_EMPTY);
        if (others == 0) {
            fake.config.resources &= ~SWMGMT_OFFER(3);
            fake.config.instances = 1;
        } else {
            fake_list(&fake, 1, SWMGMT_EMPTY);
        }
        fake.host.verify = NULL;
        boot();
        CHECK_EQ(SWMGMT_OK, swmgmt_expect(fake.ctx, 0, 0, SWMGMT_SHA256, digits_sha256, 32));
        sha256 = fake.parts[0];
        fake.parts[0] = fake.parts[1];
        CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
        if (others == 1) {
            CHECK_EQ(SWMGMT_CHANGED, fake_write(&fake, 1, 14, "a secret", 8));
        }
        CHECK_EQ(SWMGMT_CHANGED, fake_write(&fake, 0, 8, "1", 1));
        CHECK_EQ(SWMGMT_CHANGED, push(0));
        CHECK(fake_poll(&fake));
        CHECK_EQ(57, fake_number(&fake, 9, 0, 9));
        CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
        CHECK_EQ(1, fake_number(&fake, 9, 0, 8));
        fake.parts[0] = sha256;
        CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
        CHECK_EQ(SWMGMT_CHANGED, push(0));
        CHECK(fake_poll(&fake));
        CHECK_EQ(3, fake_number(&fake, 9, 0, 9));
    }
}

static void a_newer_record_of_one_slot_does_not_stop_the_others(void)
{
    for (unsigned key_0 = 0; key_0 < 2; key_0++) {
        check_where = key_0 == 0 ? "newer, and key 0 is broken" : "newer, and key 0 is missing";
        fresh_two(SWMGMT_EMPTY);
        boot();
        if (key_0 == 0) {
            fake.record[0][3] ^= 1;
        } else {
            fake.record_length[0] = 0;
        }
        fake.record[1][0] = 2;
        CHECK_EQ(SWMGMT_ERECORD, fake_boot(&fake));
        CHECK(fake_later(&fake, 5000));
        CHECK_EQ(SWMGMT_CHANGED, push(1));
        CHECK_EQ(2, fake.record[1][0]);
        CHECK(fake.record_length[0] > 0);
    }
}

static void a_push_that_begins_again_without_its_record_has_failed(void)
{
    const swmgmt_item_t both[] = {item(8, SWMGMT_TYPE_STRING, "1"), item(2, SWMGMT_TYPE_OPAQUE, digits)};
    check_where = "a restart whose record fails";
    fresh(SWMGMT_EMPTY);
    boot();
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 0, digits, 4, 0, false));
    saves(false);
    CHECK_EQ(SWMGMT_INTERNAL_ERROR, swmgmt_write_instance(fake.ctx, 1, 0, both, 2));
    saves(true);
    STATE(SWMGMT_INITIAL);
    CHECK_EQ(57, fake_number(&fake, 9, 0, 9));
    CHECK(fake_later(&fake, 5000));
    CHECK_EQ(SWMGMT_CHANGED, push(0));
}

static void a_package_that_is_owed_to_the_storage_is_thrown_away(void)
{
    for (unsigned how = 0; how < 2; how++) {
        check_where = how == 0 ? "discard owed, delete" : "discard owed, update given up";
        fresh(how == 0 ? SWMGMT_EMPTY : SWMGMT_RUNNING);
        boot();
        if (how == 1) {
            CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, "1"));
        }
        CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 0, digits, 4, 0, false));
        saves(false);
        CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_execute(&fake, 0, 6, NULL));
        saves(true);
        fake_forget(&fake);
        if (how == 0) {
            CHECK_EQ(SWMGMT_DELETED, swmgmt_delete(fake.ctx, 1, 0));
        } else {
            CHECK_EQ(SWMGMT_OK, swmgmt_give_up_update(fake.ctx, 0, 1));
        }
        CHECK(fake_later(&fake, 5000));
        CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_DISCARD));
    }
}

static void a_download_ends_where_the_firmware_downloads_no_more(void)
{
    check_where = "a record of a download, 3 is not offered any more";
    fresh(SWMGMT_EMPTY);
    boot();
    CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "http://a/b"));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_FETCHING);
    fake.config.resources &= ~SWMGMT_OFFER(3);
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_INITIAL);
    CHECK_EQ(57, fake_number(&fake, 9, 0, 9));
    CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_FETCH));
}

static void a_list_in_another_order_keeps_a_slot_whose_record_is_broken(void)
{
    check_where = "another order, and a broken record";
    fake_new(&fake);
    fake_list(&fake, 1, SWMGMT_EMPTY);
    fake_list(&fake, 0, SWMGMT_RUNNING);
    boot();
    fake.listed[0] = 0;
    fake.listed_software[0] = SWMGMT_RUNNING;
    fake.listed[1] = 1;
    fake.listed_software[1] = SWMGMT_EMPTY;
    fake.record[2][5] ^= 1;
    CHECK_EQ(SWMGMT_ERECORD, fake_boot(&fake));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_ACTIVE);
    CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, 1));
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    STATE(SWMGMT_ACTIVE);
    CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, 1));
}

int main(void)
{
    boot_sees_after_place_0();
    a_first_boot_with_a_failed_save_keeps_the_factory_slots();
    a_boot_without_saves_leaves_a_package_that_can_be_installed();
    a_load_of_more_than_its_room_is_a_broken_record();
    a_newer_record_stays_sealed();
    a_refused_uninstall_keeps_the_length_of_the_package();
    components_of_removed_software_stay_away_after_a_refused_push();
    a_refused_create_leaves_nothing();
    a_refused_setting_leaves_a_running_push_alone();
    a_refused_expect_leaves_the_digest_alone();
    a_held_verification_survives_the_failing_save_of_something_else();
    what_needs_no_record_succeeds_while_an_outcome_is_unsaved();
    work_left_for_poll_is_not_done_by_an_unrelated_request();
    a_download_survives_set_link_and_expect();
    poll_does_not_spin_while_a_discard_is_pending();
    an_opening_and_a_fetch_in_flight_are_both_cancelled();
    what_is_being_cancelled_cannot_be_completed();
    a_replaced_package_is_not_a_repeat();
    a_download_that_cannot_resume_forgets_its_total();
    a_component_that_vanished_is_told_however_late();
    nothing_else_can_be_called_from_inside_about_during_a_read();
    an_id_that_a_discard_holds_cannot_be_added();
    about_is_traced();
    a_name_is_read_before_it_is_traced();
    what_is_deleted_before_its_poll_stays_deleted();
    lost_bytes_are_noticed_although_a_boot_could_not_save();
    a_slot_that_was_added_does_not_come_and_go();
    a_component_that_goes_twice_is_told_once_each();
    a_digest_without_its_part_is_kept_and_nothing_else_is();
    a_newer_record_of_one_slot_does_not_stop_the_others();
    a_push_that_begins_again_without_its_record_has_failed();
    a_package_that_is_owed_to_the_storage_is_thrown_away();
    a_download_ends_where_the_firmware_downloads_no_more();
    a_list_in_another_order_keeps_a_slot_whose_record_is_broken();
    return check_end();
}
