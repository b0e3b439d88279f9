/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Packages pushed by servers: chunks, their order, their owner, time, room and failures.
 * With the argument "big" a package of nearly 4 GiB, too. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "fake.h"

static fake_t fake;
static uint8_t package[256];

#define STATE(want) CHECK_EQ(want, swmgmt_state(fake.ctx, 0))
#define RESULT(want) CHECK_EQ(want, fake_number(&fake, 9, 0, 9))
#define CALLS(want) CHECK_TEXT(want, fake_calls_text(&fake, false, false))

static void fresh(void)
{
    fake_new(&fake);
    for (uint16_t i = 0; i < 3; i++) {
        fake_list(&fake, i, SWMGMT_EMPTY);
    }
}

static void boot(void)
{
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK(fake_poll(&fake));
    fake_forget(&fake);
}

static swmgmt_answer_t push(uint32_t offset, const char *text, bool last)
{
    return fake_push(&fake, 1, 0, offset, text, (uint32_t)strlen(text), 0, last);
}

static void any_size(void)
{
    for (uint32_t size = 1; size <= 201; size++) {
        for (uint32_t declared = 0; declared < 3; declared++) {
            uint32_t offset = 0;
            check_where = "any size";
            fresh();
            boot();
            while (offset < 200) {
                uint32_t length = 200 - offset < size ? 200 - offset : size;
                bool last = offset + length == 200;
                uint32_t total = declared == 0 || (declared == 1 && offset > 0) ? 0 : 200;
                if (!CHECK_EQ(last ? SWMGMT_CHANGED : SWMGMT_CONTINUE,
                              fake_push(&fake, 1, 0, offset, package + offset, length, total,
                                        last))) {
                    printf("  size %u, offset %u\n", (unsigned)size, (unsigned)offset);
                    break;
                }
                CHECK_EQ(last ? 2 : 1, fake_number(&fake, 9, 0, 7));
                offset += length;
            }
            STATE(SWMGMT_VERIFYING);
            CHECK_EQ(declared == 0 ? 0 : 200, fake_newest(&fake, SWMGMT_OP_OPEN).length);
            CHECK(fake_poll(&fake));
            STATE(SWMGMT_DELIVERED);
            RESULT(3);
            CHECK_EQ(200, fake_newest(&fake, SWMGMT_OP_VERIFY).length);
            CHECK_EQ(200, fake_slot(&fake, 0)->length);
            CHECK(memcmp(package, fake_slot(&fake, 0)->bytes, 200) == 0);
        }
    }
}

/* One request of a package value, and a Write to the instance. */
static void whole_writes(void)
{
    swmgmt_value_t value;
    swmgmt_item_t item[3];
    check_where = "whole writes";
    fresh();
    boot();
    memset(&value, 0, sizeof value);
    value.kind = SWMGMT_TYPE_OPAQUE;
    value.bytes = package;
    CHECK_EQ(SWMGMT_BAD_REQUEST, swmgmt_write(fake.ctx, 1, fake_path(9, 0, 2), &value));
    STATE(SWMGMT_INITIAL);
    value.length = 100;
    CHECK_EQ(SWMGMT_CHANGED, swmgmt_write(fake.ctx, 1, fake_path(9, 0, 2), &value));
    fake_drain(&fake);
    STATE(SWMGMT_VERIFYING);
    CHECK_TEXT("9/0/7=2", fake_changes_text(&fake));
    CALLS("OPEN WRITE");

    fresh();
    boot();
    memset(item, 0, sizeof item);
    item[0].resource = 2;
    item[0].value = value;
    item[1].resource = 3;
    item[1].value.kind = SWMGMT_TYPE_STRING;
    item[1].value.bytes = (const uint8_t *)"http://a/b";
    item[1].value.length = 10;
    item[2].resource = 8;
    item[2].value.kind = SWMGMT_TYPE_BOOLEAN;
    item[2].value.number = 1;
    CHECK_EQ(SWMGMT_BAD_REQUEST, swmgmt_write_instance(fake.ctx, 1, 0, item, 3));
    STATE(SWMGMT_INITIAL);
    RESULT(0);
    CHECK_EQ(0, fake_number(&fake, 9, 0, 8));
    CALLS("");
    item[1] = item[2];
    CHECK_EQ(SWMGMT_CHANGED, swmgmt_write_instance(fake.ctx, 1, 0, item, 2));
    STATE(SWMGMT_VERIFYING);
    CHECK_EQ(1, fake_number(&fake, 9, 0, 8));
    /* A refusal of one leaves all: the package is refused in VERIFYING. */
    item[1].value.number = 0;
    item[0].value.length = 99; /* not the same one again: that would be 2.04 */
    CHECK_EQ(SWMGMT_NOT_ALLOWED, swmgmt_write_instance(fake.ctx, 1, 0, item, 2));
    CHECK_EQ(1, fake_number(&fake, 9, 0, 8));
    CHECK_EQ(SWMGMT_NOT_FOUND, swmgmt_write_instance(fake.ctx, 1, 77, item, 2));
    /* Resources that cannot be written refuse all the others. */
    fresh();
    boot();
    item[0].resource = 7;
    item[0].value.kind = SWMGMT_TYPE_INTEGER;
    item[1].value.number = 1;
    CHECK_EQ(SWMGMT_NOT_ALLOWED, swmgmt_write_instance(fake.ctx, 1, 0, item, 2));
    CHECK_EQ(0, fake_number(&fake, 9, 0, 8));
    item[0].resource = 99;
    CHECK_EQ(SWMGMT_NOT_FOUND, swmgmt_write_instance(fake.ctx, 1, 0, item, 2));
    CHECK_EQ(0, fake_number(&fake, 9, 0, 8));
}

static void order(void)
{
    check_where = "order of tests";
    fresh();
    boot();
    CHECK_EQ(SWMGMT_CONTINUE, push(0, "AAAA", false));
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_CONTINUE, push(0, "AAAA", false)); /* repeat */
    CALLS("");
    CHECK_EQ(SWMGMT_CONTINUE, push(4, "BBBB", false));
    CALLS("WRITE");
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_CONTINUE, push(4, "BBBB", false)); /* repeat */
    CHECK_EQ(SWMGMT_INCOMPLETE, push(4, "BBBX", false));
    CHECK_EQ(SWMGMT_INCOMPLETE, push(4, "BBB", false));
    CHECK_EQ(SWMGMT_INCOMPLETE, push(4, "BBBBB", false));
    CHECK_EQ(SWMGMT_INCOMPLETE, push(5, "BBBB", false));
    CHECK_EQ(SWMGMT_INCOMPLETE, push(9, "C", false));
    CHECK_EQ(SWMGMT_INCOMPLETE, push(7, "C", true));
    CHECK_EQ(SWMGMT_INCOMPLETE, push(0xFFFFFFFFu, "CC", true));
    CHECK_EQ(SWMGMT_INCOMPLETE, push(0xFFFFFFFFu, "C", false));
    /* A repeat from another server is another server's, and so is anything else. */
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_push(&fake, 2, 0, 4, "BBBB", 4, 0, false));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_push(&fake, 2, 0, 8, "CCCC", 4, 0, false));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_push(&fake, 2, 0, 0, "CCCC", 4, 0, false));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_push(&fake, 2, 0, 0, "CCCC", 4, 0, true));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_push(&fake, 2, 0, 0, NULL, 0, 0, true));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_push(&fake, 2, 0, 20, "CCCC", 4, 0, true));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_push(&fake, 0, 0, 8, "CCCC", 4, 0, false));
    CHECK_EQ(SWMGMT_BAD_REQUEST, push(0, "", true));
    CALLS("");
    CHECK_EQ(0, fake.changes);
    CHECK_EQ(SWMGMT_CHANGED, push(8, "CCCC", true));
    CALLS("WRITE");
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_CHANGED, push(8, "CCCC", true)); /* its answer was lost */
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_push(&fake, 2, 0, 8, "CCCC", 4, 0, true));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, push(8, "CCCX", true));
    CALLS("");
    CHECK(fake_poll(&fake));
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_CHANGED, push(8, "CCCC", true));
    CALLS("");
    CHECK(memcmp(fake_slot(&fake, 0)->bytes, "AAAABBBBCCCC", 12) == 0);
    /* Accepting Install, and a boot, forget it. */
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    STATE(SWMGMT_DELIVERED);
    CHECK_EQ(SWMGMT_NOT_ALLOWED, push(8, "CCCC", true));

    /* A repeated whole package. */
    fresh();
    boot();
    CHECK_EQ(SWMGMT_CHANGED, push(0, "AAAA", true));
    CHECK_EQ(SWMGMT_CHANGED, push(0, "AAAA", true));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, push(0, "AAAX", true));
    CALLS("OPEN WRITE");

    /* Server 0 counts as one server. */
    fresh();
    boot();
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 0, 0, 0, "AAAA", 4, 0, false));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_push(&fake, 1, 0, 4, "BBBB", 4, 0, false));
    CHECK_EQ(SWMGMT_CHANGED, fake_push(&fake, 0, 0, 4, "BBBB", 4, 0, true));

    /* Restarts of all kinds. */
    fresh();
    boot();
    CHECK_EQ(SWMGMT_CONTINUE, push(0, "AAAA", false));
    CHECK_EQ(SWMGMT_CONTINUE, push(4, "BBBB", false));
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_CONTINUE, push(0, "AAAA", false)); /* not the last: no repeat */
    CALLS("OPEN WRITE");
    CHECK_EQ(0, fake_newest(&fake, SWMGMT_OP_OPEN).offset);
    CHECK_EQ(0, fake.changes);
    CHECK_EQ(SWMGMT_CONTINUE, push(0, "X", false));
    CHECK_EQ(SWMGMT_CHANGED, push(1, "YZ", true));
    CHECK(memcmp(fake_slot(&fake, 0)->bytes, "XYZ", 3) == 0);
    CHECK(fake_poll(&fake));
    CHECK_EQ(3, fake_newest(&fake, SWMGMT_OP_VERIFY).length);

    /* In INITIAL nothing is remembered: offset 0 is first, all else is 4.08. */
    fresh();
    boot();
    CHECK_EQ(SWMGMT_CONTINUE, push(0, "AAAA", false));
    CHECK_EQ(SWMGMT_CONTINUE, push(4, "BBBB", false));
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_INCOMPLETE, push(4, "BBBB", false));
    CHECK_EQ(SWMGMT_INCOMPLETE, push(8, "CCCC", false));
    CHECK_EQ(SWMGMT_INCOMPLETE, push(8, "CCCC", true));
    CALLS("");
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 2, 0, 0, "AAAA", 4, 0, false));
    CALLS("OPEN WRITE");
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    STATE(SWMGMT_INITIAL);
    RESULT(0);
    CHECK_EQ(SWMGMT_INCOMPLETE, fake_push(&fake, 2, 0, 0 + 4, "BBBB", 4, 0, false));
}

static void no_bytes(void)
{
    check_where = "no bytes";
    fresh();
    boot();
    CHECK_EQ(SWMGMT_BAD_REQUEST, push(0, "", false));
    CHECK_EQ(SWMGMT_BAD_REQUEST, push(0, "", true));
    CHECK_EQ(SWMGMT_INCOMPLETE, push(4, "", true));
    STATE(SWMGMT_INITIAL);
    CALLS("");
    CHECK_EQ(SWMGMT_CONTINUE, push(0, "AAAA", false));
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_BAD_REQUEST, push(0, "", false));
    CHECK_EQ(SWMGMT_CONTINUE, push(4, "", false));
    CHECK_EQ(SWMGMT_INCOMPLETE, push(5, "", true));
    CHECK_EQ(SWMGMT_INCOMPLETE, push(3, "", false));
    CALLS("");
    CHECK_EQ(0, fake.changes);
    STATE(SWMGMT_RECEIVING);
    CHECK_EQ(SWMGMT_CHANGED, push(4, "", true));
    STATE(SWMGMT_VERIFYING);
    CHECK_EQ(4, fake_slot(&fake, 0)->length);
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_DELIVERED);
    CHECK_EQ(4, fake_newest(&fake, SWMGMT_OP_VERIFY).length);
}

static void totals(void)
{
    check_where = "totals";
    fresh();
    boot();
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 0, "AAAA", 4, 12, false));
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_BAD_REQUEST, fake_push(&fake, 1, 0, 4, "BBBB", 4, 13, false));
    CHECK_EQ(SWMGMT_BAD_REQUEST, fake_push(&fake, 1, 0, 4, "BBBB", 4, 11, true));
    CALLS("");
    STATE(SWMGMT_RECEIVING);
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 4, "BBBB", 4, 0, false));
    CHECK_EQ(SWMGMT_CHANGED, fake_push(&fake, 1, 0, 8, "CCCC", 4, 12, true));
    STATE(SWMGMT_VERIFYING);

    fresh();
    boot(); /* more than was declared */
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 0, "AAAA", 4, 6, false));
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_push(&fake, 1, 0, 4, "BBBB", 4, 6, false));
    STATE(SWMGMT_INITIAL);
    RESULT(53);
    CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_WRITE));
    CHECK(fake_poll(&fake));
    CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_DISCARD));

    fresh();
    boot(); /* more than was declared, in the chunk that completes it */
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 0, "AAAA", 4, 6, false));
    CHECK_EQ(SWMGMT_CHANGED, fake_push(&fake, 1, 0, 4, "BBBB", 4, 6, true));
    STATE(SWMGMT_VERIFYING);
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_INITIAL);
    RESULT(53);

    fresh();
    boot(); /* less than was declared */
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 0, "AAAA", 4, 12, false));
    CHECK_EQ(SWMGMT_CHANGED, fake_push(&fake, 1, 0, 4, "BBBB", 4, 0, true));
    STATE(SWMGMT_VERIFYING);
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_INITIAL);
    RESULT(53);
    CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_INSTALL));

    fresh();
    boot(); /* less in one chunk */
    CHECK_EQ(SWMGMT_CHANGED, fake_push(&fake, 1, 0, 0, "AAAA", 4, 12, true));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_INITIAL);
    RESULT(53);

    fresh();
    boot(); /* the store has no room for what is declared */
    CHECK_EQ(SWMGMT_TOO_LARGE, fake_push(&fake, 1, 0, 0, "AAAA", 4, FAKE_STORE + 1, false));
    STATE(SWMGMT_INITIAL);
    RESULT(50);
    CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_WRITE));

    fresh();
    fake.capacity = 10;
    boot(); /* or for what comes */
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 0, package, 8, 0, false));
    CHECK_EQ(SWMGMT_TOO_LARGE, fake_push(&fake, 1, 0, 8, package, 3, 0, true));
    STATE(SWMGMT_INITIAL);
    RESULT(50);

    fresh();
    fake.capacity = UINT32_MAX;
    fake.sink = true;
    boot(); /* the largest size there is */
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 0, "AAAA", 4, UINT32_MAX, false));
    CHECK_EQ(UINT32_MAX, fake_newest(&fake, SWMGMT_OP_OPEN).length);
    CHECK_EQ(SWMGMT_INCOMPLETE, fake_push(&fake, 1, 0, UINT32_MAX - 3, "AAAA", 4, UINT32_MAX,
                                          true));
    CHECK_EQ(SWMGMT_CHANGED, fake_push(&fake, 1, 0, 4, "AAAA", 4, UINT32_MAX, true));
    CHECK(fake_poll(&fake));
    RESULT(53);
}

static void in_time(void)
{
    check_where = "time";
    for (unsigned custom = 0; custom < 2; custom++) {
        uint32_t limit = custom ? 1000u : 300000u;
        fresh();
        fake.config.push_timeout_ms = custom ? limit : 0;
        fake.now = 0xFFFFFF00u; /* wraps soon */
        boot();
        CHECK_EQ(UINT32_MAX, fake.next_ms);
        CHECK_EQ(SWMGMT_CONTINUE, push(0, "AAAA", false));
        CHECK(fake_poll(&fake));
        CHECK(fake.next_ms > 0 && fake.next_ms <= limit);
        CHECK(fake_later(&fake, limit - 100));
        STATE(SWMGMT_RECEIVING);
        CHECK(fake.next_ms > 0 && fake.next_ms <= 100);
        CHECK_EQ(SWMGMT_CONTINUE, push(4, "BBBB", false));
        CHECK(fake_poll(&fake)); /* "sooner after any other call": it tells the time */
        CHECK(fake_later(&fake, limit - 100));
        STATE(SWMGMT_RECEIVING);
        fake_forget(&fake);
        CHECK(fake_later(&fake, 101));
        STATE(SWMGMT_INITIAL);
        RESULT(52);
        CALLS("DISCARD");
        {
            const char *text = fake_changes_text(&fake);
            CHECK(strstr(text, "9/0/9=52 9/0/7=0") != NULL);
        }
        CHECK_EQ(UINT32_MAX, fake.next_ms);
        CHECK_EQ(SWMGMT_INCOMPLETE, push(8, "CCCC", false));
        RESULT(52);
        CHECK_EQ(SWMGMT_CHANGED, push(0, "AAAA", true));
        RESULT(0);
    }
    /* Chunks that are not accepted do not keep a push alive. */
    fresh();
    boot();
    CHECK_EQ(SWMGMT_CONTINUE, push(0, "AAAA", false));
    CHECK(fake_poll(&fake));
    CHECK(fake_later(&fake, 200000));
    CHECK_EQ(SWMGMT_INCOMPLETE, push(9, "B", false));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_push(&fake, 2, 0, 4, "B", 1, 0, false));
    CHECK(fake_poll(&fake));
    CHECK(fake_later(&fake, 100001));
    STATE(SWMGMT_INITIAL);
    RESULT(52);
}

static void several(void)
{
    check_where = "several instances";
    fresh();
    boot();
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 0, "AAAA", 4, 0, false));
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 2, 1, 0, "BBBB", 4, 0, false));
    /* No transfer is free. */
    CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_push(&fake, 1, 2, 0, "CCCC", 4, 0, false));
    CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, 2));
    CHECK_EQ(51, fake_number(&fake, 9, 2, 9));
    CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_push(&fake, 1, 2, 0, "CCCC", 4, 0, true));
    CHECK_EQ(51, fake_number(&fake, 9, 2, 9));
    {
        swmgmt_answer_t answer = fake_uri(&fake, 2, "http://a/b");
        CHECK(answer == SWMGMT_CHANGED || answer == SWMGMT_INTERNAL_ERROR);
        CHECK(fake_poll(&fake));
        CHECK_EQ(51, fake_number(&fake, 9, 2, 9));
        CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, 2));
    }
    /* Interleaved. */
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 2, 1, 4, "DDDD", 4, 0, false));
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 4, "CCCC", 4, 0, false));
    CHECK_EQ(SWMGMT_CHANGED, fake_push(&fake, 1, 0, 8, "EE", 2, 0, true));
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 2, 1, 8, "FFFF", 4, 0, false));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_DELIVERED);
    CHECK_EQ(SWMGMT_RECEIVING, swmgmt_state(fake.ctx, 1));
    CHECK(memcmp(fake_slot(&fake, 0)->bytes, "AAAACCCCEE", 10) == 0);
    /* One is free again; a failure in it touches no other. */
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 2, 0, "CCCC", 4, 0, false));
    fake_fail(&fake, SWMGMT_OP_WRITE, 1, SWMGMT_FAILED);
    CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_push(&fake, 1, 2, 4, "CCCC", 4, 0, false));
    CHECK_EQ(57, fake_number(&fake, 9, 2, 9));
    STATE(SWMGMT_DELIVERED);
    RESULT(3);
    CHECK_EQ(1, fake_number(&fake, 9, 1, 9));
    CHECK_EQ(SWMGMT_CHANGED, fake_push(&fake, 2, 1, 12, "G", 1, 0, true));
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_DELIVERED, swmgmt_state(fake.ctx, 1));
    CHECK(memcmp(fake_slot(&fake, 1)->bytes, "BBBBDDDDFFFFG", 13) == 0);
    /* Delete frees, too. */
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 2, 0, "CCCC", 4, 0, false));
    CHECK_EQ(SWMGMT_DELETED, swmgmt_delete(fake.ctx, 1, 2));
    CHECK_EQ(SWMGMT_NOT_FOUND, fake_push(&fake, 1, 2, 4, "CCCC", 4, 0, false));
}

/* Every code at every place. */
static void failing_store(void)
{
    static const struct {
        swmgmt_verdict_t verdict;
        int result;
        swmgmt_answer_t answer;
    } codes[] = {
        {SWMGMT_FAILED_STORAGE, 50, SWMGMT_TOO_LARGE},
        {SWMGMT_FAILED_MEMORY, 51, SWMGMT_INTERNAL_ERROR},
        {SWMGMT_FAILED_CONNECTION, 57, SWMGMT_INTERNAL_ERROR},
        {SWMGMT_FAILED_INTEGRITY, 53, SWMGMT_INTERNAL_ERROR},
        {SWMGMT_FAILED_TYPE, 54, SWMGMT_INTERNAL_ERROR},
        {-55, 57, SWMGMT_INTERNAL_ERROR},
        {SWMGMT_FAILED_URI, 57, SWMGMT_INTERNAL_ERROR},
        {SWMGMT_FAILED, 57, SWMGMT_INTERNAL_ERROR},
        {SWMGMT_FAILED_INSTALL, 57, SWMGMT_INTERNAL_ERROR},
        {SWMGMT_FAILED_UNINSTALL, 57, SWMGMT_INTERNAL_ERROR},
        {-60, 57, SWMGMT_INTERNAL_ERROR},
        {-1, 57, SWMGMT_INTERNAL_ERROR},
        {0, 57, SWMGMT_INTERNAL_ERROR},
        {SWMGMT_PENDING, 57, SWMGMT_INTERNAL_ERROR},
        {SWMGMT_AGAIN, 57, SWMGMT_INTERNAL_ERROR},
        {SWMGMT_NOT_STARTED, 57, SWMGMT_INTERNAL_ERROR},
        {SWMGMT_UNKNOWN, 57, SWMGMT_INTERNAL_ERROR},
        {99, 57, SWMGMT_INTERNAL_ERROR},
        {INT32_MIN, 57, SWMGMT_INTERNAL_ERROR},
        {INT32_MAX, 57, SWMGMT_INTERNAL_ERROR},
    };
    static char where[64];
    for (unsigned c = 0; c < sizeof codes / sizeof codes[0]; c++) {
        for (unsigned at = 0; at < 5; at++) { /* open, and four writes */
            uint32_t offset;
            bool failed = false;
            (void)snprintf(where, sizeof where, "store answers %ld at %u",
                           (long)codes[c].verdict, at);
            check_where = where;
            fresh();
            boot();
            fake_fail(&fake, at == 0 ? SWMGMT_OP_OPEN : SWMGMT_OP_WRITE, at == 0 ? 1 : at,
                      codes[c].verdict);
            for (offset = 0; offset < 16 && !failed; offset += 4) {
                bool here = offset == (at == 0 ? 0 : (at - 1) * 4);
                bool last = offset == 12;
                bool content = codes[c].result == 53 || codes[c].result == 54;
                swmgmt_answer_t answer =
                    fake_push(&fake, 1, 0, offset, package + offset, 4, 0, last);
                if (here && last && content) { /* then or by the next poll */
                    CHECK(answer == SWMGMT_CHANGED || answer == SWMGMT_INTERNAL_ERROR);
                    CHECK(fake_poll(&fake));
                } else {
                    CHECK_EQ(here ? codes[c].answer : last ? SWMGMT_CHANGED : SWMGMT_CONTINUE,
                             answer);
                }
                failed = here;
            }
            STATE(SWMGMT_INITIAL);
            RESULT(codes[c].result);
            CHECK(fake_poll(&fake));
            STATE(SWMGMT_INITIAL);
            CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_VERIFY));
            CHECK(at == 0 || fake_count(&fake, SWMGMT_OP_DISCARD) == 1);
            CHECK_EQ(SWMGMT_INCOMPLETE, fake_push(&fake, 1, 0, offset, package, 4, 0, false));
            /* The next one works. */
            CHECK_EQ(SWMGMT_CHANGED, push(0, "good", true));
            CHECK(fake_poll(&fake));
            STATE(SWMGMT_DELIVERED);
        }
    }
    /* A discard that goes on refuses packages; one that fails changes nothing. */
    check_where = "discard";
    fresh();
    boot();
    CHECK_EQ(SWMGMT_CONTINUE, push(0, "AAAA", false));
    fake.answer[SWMGMT_OP_DISCARD] = SWMGMT_PENDING;
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_INITIAL);
    fake.changes = 0;
    CHECK_EQ(SWMGMT_INTERNAL_ERROR, push(0, "BBBB", true));
    CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_uri(&fake, 0, "http://a/b"));
    STATE(SWMGMT_INITIAL);
    RESULT(0);
    CHECK_EQ(0, fake.changes);
    CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_OPEN));
    CHECK_EQ(SWMGMT_OK, fake_complete(&fake, SWMGMT_OP_DISCARD, SWMGMT_FAILED, 0));
    STATE(SWMGMT_INITIAL);
    RESULT(0);
    CHECK_EQ(SWMGMT_CHANGED, push(0, "BBBB", true));
    CHECK_EQ(0, fake_newest(&fake, SWMGMT_OP_OPEN).offset);
    /* No discard at all. */
    fresh();
    fake.host.discard = NULL;
    boot();
    CHECK_EQ(SWMGMT_CONTINUE, push(0, "AAAA", false));
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    STATE(SWMGMT_INITIAL);
    CHECK_EQ(SWMGMT_CHANGED, push(0, "BBBB", true));
}

#ifdef SWMGMT_TEST_BARE
static void big(void) {}
#else
static uint8_t block[1u << 26];

static void big(void)
{
    uint32_t offset = 0;
    check_where = "4 GiB";
    fresh();
    fake.config.policy = SWMGMT_ALLOW_NONE;
    fake.host.verify = NULL;
    fake.host.read = NULL;
    fake.capacity = UINT32_MAX;
    fake.sink = true;
    boot();
    for (unsigned i = 0; i < 63; i++) {
        CHECK_EQ(SWMGMT_CONTINUE,
                 fake_push(&fake, 1, 0, offset, block, sizeof block, UINT32_MAX, false));
        offset += (uint32_t)sizeof block;
    }
    /* One byte more than there can be. */
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, offset, block, sizeof block - 2, 0, false));
    offset += (uint32_t)sizeof block - 2;
    CHECK_EQ(UINT32_MAX - 1, offset);
    CHECK_EQ(SWMGMT_CHANGED, fake_push(&fake, 1, 0, offset, block, 1, UINT32_MAX, true));
    CHECK_EQ(UINT32_MAX, fake_slot(&fake, 0)->length);
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_DELIVERED);

    fresh(); /* over the edge: no wrapping */
    fake.capacity = UINT32_MAX;
    fake.sink = true;
    boot();
    offset = 0;
    for (unsigned i = 0; i < 63; i++) {
        CHECK_EQ(SWMGMT_CONTINUE,
                 fake_push(&fake, 1, 0, offset, block, sizeof block, 0, false));
        offset += (uint32_t)sizeof block;
    }
    {
        swmgmt_answer_t answer =
            fake_push(&fake, 1, 0, offset, block, sizeof block, 0, false);
        CHECK(answer == SWMGMT_TOO_LARGE || answer == SWMGMT_INTERNAL_ERROR);
        STATE(SWMGMT_INITIAL);
    }
}
#endif

int main(int count, char **argument)
{
    for (unsigned i = 0; i < sizeof package; i++) {
        package[i] = (uint8_t)(i * 7u + 3u);
    }
    any_size();
    whole_writes();
    order();
    no_bytes();
    totals();
    in_time();
    several();
    failing_store();
    if (count > 1 && strcmp(argument[1], "big") == 0) {
        big();
    }
    return check_end();
}
