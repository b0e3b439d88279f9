/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What a review of packages in containers has found, once each; and the bytes of a record
 * that docs/record.md shows. */
#include <stdio.h>
#include <string.h>

#include "digest.h"
#include "packed_test.h"

static uint8_t bytes[PACKED_ROOM];
static uint32_t length;
static packed_t what;

static void fresh(const char *where)
{
    check_where = where;
    new_device(SWMGMT_EMPTY);
    what = packed_plain;
    what.counted = true;
    what.counter = 7;
}

/* Only the counter waits for it. */
static void a_counter_that_cannot_be_raised(void)
{
    fresh("commit() fails for ever");
    fake.answer[SWMGMT_OP_COMMIT] = SWMGMT_FAILED;
    boot();
    CHECK_EQ(SWMGMT_INACTIVE, packed_install(&fake, &what));
    execute(10, NULL);
    STATE(SWMGMT_ACTIVE);
    execute(6, "1");
    what.version = "2.0.0";
    fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_PENDING;
    CHECK_EQ(SWMGMT_INSTALLING, packed_install(&fake, &what));
    fake.outcome = SWMGMT_DONE;
    boot();
    STATE(SWMGMT_INACTIVE);
    CHECK_EQ(0, fake.counter);
    execute(6, NULL);
    length = packed_make(&what, bytes);
    bytes[length - 1] ^= 1; /* refused, which forgets nothing */
    CHECK_EQ(SWMGMT_CHANGED, packed_push(&fake, bytes, length, 90, NULL));
    CHECK(fake_poll(&fake));
    CHECK_TEXT("0 53:digest", packed_shown(&fake));
    fake.answer[SWMGMT_OP_COMMIT] = SWMGMT_DONE;
    CHECK(fake_later(&fake, 1000));
    CHECK_EQ(7, fake.counter);
}

static void a_server_deletes_meanwhile(void)
{
    fresh("deleted before commit()");
    fake.config.options = SWMGMT_SERVER_MAY_DELETE;
    fake.answer[SWMGMT_OP_COMMIT] = SWMGMT_FAILED;
    boot();
    CHECK_EQ(SWMGMT_INACTIVE, packed_install(&fake, &what));
    execute(6, NULL);
    CHECK_EQ(SWMGMT_DELETED, swmgmt_delete(fake.ctx, 1, 0));
    CHECK(fake_poll(&fake));
    CHECK_EQ(0, fake.counter);
    fake.answer[SWMGMT_OP_COMMIT] = SWMGMT_DONE;
    CHECK(fake_later(&fake, 1000));
    CHECK_EQ(7, fake.counter);
    CHECK_EQ(SWMGMT_OK, swmgmt_add(fake.ctx, 0, SWMGMT_EMPTY)); /* its place is free */
}

static void the_same_name(void)
{
    fresh("an update of the same name");
    boot();
    CHECK_EQ(SWMGMT_INACTIVE, packed_install(&fake, &what));
    execute(6, "1");
    what.version = "2.0.0";
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_INACTIVE, packed_install(&fake, &what));
    CHECK(strstr(fake_changes_text(&fake), "9/0/0=") == NULL);
    CHECK(strstr(fake_changes_text(&fake), "9/0/1=2.0.0") != NULL);
}

static void a_name_that_has_no_room_any_more(void)
{
    fresh("a name that has no room any more");
    what.name = "a rather long name";
    boot();
    CHECK_EQ(SWMGMT_INACTIVE, packed_install(&fake, &what));
    fake.config.text = 8;
    boot();
    CHECK_TEXT(fake.name[2], fake_text(&fake, 9, 0, 0));
    CHECK_TEXT(what.version, fake_text(&fake, 9, 0, 1));
}

/* Nothing is stored of what is refused while it is held back: not even over a reboot. */
static void too_long_while_it_is_held_back(void)
{
    fresh("too long while it is held back");
    boot();
    length = packed_make(&what, bytes);
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 0, bytes, 90, length, false));
    CHECK_EQ(SWMGMT_CHANGED, fake_push(&fake, 1, 0, 90, bytes + 90, length, length, true));
    STATE(SWMGMT_VERIFYING);
    CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_OPEN));
    boot();
    CHECK_TEXT("0 53:length", packed_shown(&fake));
}

/* The head of a TLV comes alone: there is nothing to look at, and nothing to open. */
static void a_wrapping_that_comes_first(void)
{
    static uint8_t body[PACKED_ROOM + 4];
    swmgmt_request_t request;
    swmgmt_response_t response;
    fresh("a wrapping that comes first");
    fake.parts[fake.config.part_count++] = &swmgmt_tlv;
    boot();
    what.ignored = 200; /* so that its length takes two bytes */
    length = packed_make(&what, bytes);
    CHECK(length > 255);
    body[0] = 0xd0;
    body[1] = 2;
    body[2] = (uint8_t)(length >> 8);
    body[3] = (uint8_t)length;
    memcpy(body + 4, bytes, length);
    memset(&request, 0, sizeof request);
    request.path = fake_path(9, 0, 2);
    request.format = 11542;
    request.accept = SWMGMT_NONE;
    request.server = 1;
    request.method = SWMGMT_PUT;
    request.payload = body;
    request.length = 4;
    request.more = 1;
    memset(&response, 0, sizeof response);
    CHECK_EQ(SWMGMT_CONTINUE, swmgmt_request(fake.ctx, &request, &response));
    CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_OPEN));
    request.payload = body + 4;
    request.offset = 4;
    request.length = length;
    request.more = 0;
    CHECK_EQ(SWMGMT_CHANGED, swmgmt_request(fake.ctx, &request, &response));
    CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_OPEN));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_DELIVERED);
}

/* The head is stored, what is behind it is not: it is offered again, and written once. */
static void busy_behind_the_head(void)
{
    uint32_t manifest;
    fresh("busy behind the head");
    boot();
    length = packed_make(&what, bytes);
    manifest = packed_manifest(bytes);
    CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "coap://a/b"));
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_OK, fake_fetched(&fake, 0, bytes, 90, 0, false));
    fake_fail(&fake, SWMGMT_OP_WRITE, 2, SWMGMT_AGAIN);
    CHECK_EQ(SWMGMT_EBUSY, fake_fetched(&fake, 90, bytes + 90, length - 90, 0, true));
    CHECK_EQ(SWMGMT_EINVAL, fake_fetched(&fake, 90, bytes + 90, 20, 0, false)); /* not the same */
    CHECK_EQ(SWMGMT_OK, fake_fetched(&fake, 90, bytes + 90, length - 90, 0, true));
    CHECK_EQ(3, fake_count(&fake, SWMGMT_OP_WRITE));
    CHECK_EQ(manifest, fake_newest(&fake, SWMGMT_OP_WRITE).offset);
    CHECK_EQ(length - manifest, fake_newest(&fake, SWMGMT_OP_WRITE).length);
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_DELIVERED);
}

/* Of a download nothing was stored when the power went, and then there is another package. */
static void another_package_after_a_cut(bool contained)
{
    fresh("another package after a cut");
    fake.config.policy = SWMGMT_ALLOW_NONE;
    boot();
    for (unsigned n = 0; n < 2; n++) {
        what.part[0].length += 50;
        length = packed_make(&what, bytes);
        bytes[0] = contained ? bytes[0] : 'x';
        if (n == 0) {
            CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "coap://a/b"));
            CHECK(fake_poll(&fake));
            CHECK_EQ(SWMGMT_OK, fake_fetched(&fake, 0, bytes, 150, length, false));
            CHECK_EQ(SWMGMT_CHANGED, fake_write(&fake, 0, 8, "1", 1)); /* which saves */
            CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
            CHECK(fake_poll(&fake));
            CHECK_EQ(0, fake_newest(&fake, SWMGMT_OP_FETCH).offset);
        }
    }
    CHECK_EQ(SWMGMT_OK, fake_fetched(&fake, 0, bytes, length, length, true));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_DELIVERED);
}

/* ---- docs/record.md ---------------------------------------------------------------------- */

static const uint8_t *at;

static void next_text(const char *want)
{
    char got[256];
    (void)snprintf(got, sizeof got, "%.*s", at[0], (const char *)at + 1);
    CHECK_TEXT(want, got);
    at += 1u + at[0];
}

static void next_number(uint32_t want)
{
    CHECK_EQ(want, at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24);
    at += 4;
}

/* Firmware without containers has written it. */
static void a_record_without_a_tail(void)
{
    uint32_t tail;
    uint8_t sum[4];
    fresh("a record without a tail");
    boot();
    CHECK_EQ(SWMGMT_INACTIVE, packed_install(&fake, &what));
    tail = 9 + 6 + 6 + 4 + 6 + 4; /* numbers, "blink", "1.2.3", "app", "1.2.3", sum */
    fake.record_length[1] -= tail - 4;
    crc32(fake.record[1], fake.record_length[1] - 4, sum);
    for (unsigned n = 0; n < 4; n++) {
        fake.record[1][fake.record_length[1] - 1 - n] = sum[n];
    }
    fake.counter = 0;
    fake.components = 1; /* which the firmware tells */
    boot();
    STATE(SWMGMT_INACTIVE);
    CHECK_TEXT(fake.name[2], fake_text(&fake, 9, 0, 0));
    CHECK_EQ(1, fake_number(&fake, 9, 0, 18));
    CHECK_TEXT("part0", fake_text(&fake, 14, 0, 0));
    CHECK_EQ(0, fake.counter);
    what.counter = 1;
    execute(6, NULL);
    CHECK_EQ(SWMGMT_INACTIVE, packed_install(&fake, &what));
    CHECK_EQ(1, fake.counter);
}

static void the_tail_of_a_record(void)
{
    fresh("the tail of a record");
    what.part[0] = (packed_part_t){"main", "1", 20, 1};
    what.part[1] = (packed_part_t){"lib", "", 30, 2};
    what.parts = 2;
    boot();
    CHECK_EQ(SWMGMT_INACTIVE, packed_install(&fake, &what));
    execute(6, "1");
    what.name = "newer";
    what.version = "2.0.0";
    what.counter = 9;
    what.parts = 1;
    length = packed_make(&what, bytes);
    CHECK_EQ(SWMGMT_CHANGED, packed_push(&fake, bytes, length, 90, NULL));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_DELIVERED);
    at = fake.record[1] + 36;
    next_text(""); /* ETag */
    next_text("blink");
    next_text("1.2.3");
    next_text("");
    CHECK_EQ(3, at[0]); /* two that wait for their update, one of the package */
    at += 1 + 3 * 4;
    next_number(7);
    next_number(9);
    CHECK_EQ(3, *at++);
    next_text("newer");
    next_text("2.0.0");
    next_text("main");
    next_text("1");
    next_text("lib");
    next_text("");
    next_text("main");
    next_text("1");
    CHECK_EQ(fake.record_length[1], at + 4 - fake.record[1]);
}

int main(void)
{
    a_counter_that_cannot_be_raised();
    a_server_deletes_meanwhile();
    the_same_name();
    a_name_that_has_no_room_any_more();
    too_long_while_it_is_held_back();
    a_wrapping_that_comes_first();
    busy_behind_the_head();
    another_package_after_a_cut(true);
    another_package_after_a_cut(false);
    a_record_without_a_tail();
    the_tail_of_a_record();
    return check_end();
}
