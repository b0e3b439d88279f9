/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Downloads: the firmware fetches, swmgmt_fetched() brings the bytes. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "fake.h"

static fake_t fake;
static uint8_t package[256];
static char where[120];

#define STATE(want) CHECK_EQ(want, swmgmt_state(fake.ctx, 0))
#define RESULT(want) CHECK_EQ(want, fake_number(&fake, 9, 0, 9))
#define CALLS(want) CHECK_TEXT(want, fake_calls_text(&fake, false, false))

static void fresh(void)
{
    fake_new(&fake);
    fake_list(&fake, 0, SWMGMT_EMPTY);
    fake.config.checkpoint = 16;
}

static void boot(void)
{
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK(fake_poll(&fake));
    fake_forget(&fake);
}

static void begin(void)
{
    CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "http://a/b"));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_FETCHING);
    CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_FETCH));
}

static swmgmt_status_t bring(uint32_t number, uint32_t offset, uint32_t length, uint32_t total,
                             bool last, const char *etag)
{
    swmgmt_chunk_t chunk;
    swmgmt_status_t status;
    memset(&chunk, 0, sizeof chunk);
    chunk.data = length > 0 ? package + offset % 256u : NULL;
    chunk.length = length;
    chunk.offset = offset;
    chunk.total = total;
    chunk.last = last ? 1 : 0;
    if (etag != NULL) {
        chunk.etag = (const uint8_t *)etag;
        chunk.etag_length = (uint8_t)strlen(etag);
    }
    status = swmgmt_fetched(fake.ctx, number, &chunk);
    fake_drain(&fake);
    return status;
}

static uint32_t running(void)
{
    return fake_newest(&fake, SWMGMT_OP_FETCH).op.number;
}

static void any_size(void)
{
    for (uint32_t size = 1; size <= 101; size++) {
        for (uint32_t total = 0; total <= 100; total += 100) {
            (void)snprintf(where, sizeof where, "chunks of %u, total %u", (unsigned)size,
                           (unsigned)total);
            check_where = where;
            fresh();
            boot();
            begin();
            for (uint32_t at = 0; at < 100; at += size) {
                uint32_t length = 100 - at < size ? 100 - at : size;
                CHECK_EQ(SWMGMT_OK,
                         bring(running(), at, length, total, at + length == 100, NULL));
            }
            STATE(SWMGMT_VERIFYING);
            RESULT(0);
            CHECK(fake_poll(&fake));
            STATE(SWMGMT_DELIVERED);
            CHECK(memcmp(package, fake_slot(&fake, 0)->bytes, 100) == 0);
            CHECK_EQ(100, fake_newest(&fake, SWMGMT_OP_VERIFY).length);
            CHECK_EQ(SWMGMT_ESTALE, bring(running(), 100, 1, 0, true, NULL));
        }
    }
}

static void offsets(void)
{
    uint32_t number;
    check_where = "offsets";
    fresh();
    boot();
    begin();
    number = running();
    CHECK_EQ(SWMGMT_EINVAL, bring(number, 1, 4, 0, false, NULL));
    CHECK_EQ(SWMGMT_OK, bring(number, 0, 8, 0, false, NULL));
    CHECK_EQ(SWMGMT_EINVAL, bring(number, 4, 4, 0, false, NULL));
    CHECK_EQ(SWMGMT_EINVAL, bring(number, 12, 4, 0, true, NULL));
    CHECK_EQ(SWMGMT_EINVAL, bring(number, UINT32_MAX, 4, 0, true, NULL));
    CHECK_EQ(SWMGMT_ESTALE, bring(number + 1, 8, 4, 0, true, NULL));
    CHECK_EQ(SWMGMT_ESTALE, bring(0, 8, 4, 0, true, NULL));
    STATE(SWMGMT_FETCHING);
    CHECK_EQ(8, fake_slot(&fake, 0)->length);
    /* The content has changed: again from 0; a second time is a failure. */
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_OK, bring(number, 0, 4, 0, false, "e2"));
    CALLS("OPEN WRITE");
    CHECK_EQ(0, fake_newest(&fake, SWMGMT_OP_OPEN).offset);
    CHECK_EQ(0, fake.changes);
    CHECK_EQ(SWMGMT_OK, bring(number, 4, 4, 0, false, "e2"));
    (void)bring(number, 0, 4, 0, false, "e3");
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_INITIAL);
    RESULT(52);
    CHECK_EQ(SWMGMT_ESTALE, bring(number, 4, 4, 0, false, NULL));
    CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_CANCEL));
    CHECK_EQ(number, fake_newest(&fake, SWMGMT_OP_CANCEL).op.number);
    CHECK_EQ(SWMGMT_OP_FETCH, fake_newest(&fake, SWMGMT_OP_CANCEL).op.kind);

    check_where = "totals of a download";
    fresh();
    boot();
    begin();
    CHECK_EQ(SWMGMT_OK, bring(running(), 0, 8, 20, false, NULL));
    CHECK_EQ(SWMGMT_OK, bring(running(), 8, 8, 20, true, NULL));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_INITIAL);
    RESULT(53);
    fresh();
    boot();
    begin();
    CHECK_EQ(SWMGMT_OK, bring(running(), 0, 8, 10, false, NULL));
    (void)bring(running(), 8, 8, 10, false, NULL);
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_INITIAL);
    RESULT(53);
    fresh();
    boot();
    begin();
    (void)bring(running(), 0, 8, FAKE_STORE + 1, false, NULL);
    CHECK(fake_poll(&fake));
    {
        /* The store learns of the size with the bytes, or is opened for it again. */
        int32_t state = swmgmt_state(fake.ctx, 0);
        CHECK(state == SWMGMT_FETCHING || fake_number(&fake, 9, 0, 9) == 50);
    }
}

static void busy_store(void)
{
    check_where = "a busy store";
    fresh();
    boot();
    begin();
    CHECK_EQ(SWMGMT_OK, bring(running(), 0, 8, 0, false, NULL));
    fake.answer[SWMGMT_OP_WRITE] = SWMGMT_AGAIN;
    CHECK_EQ(SWMGMT_EBUSY, bring(running(), 8, 8, 0, true, NULL));
    CHECK_EQ(SWMGMT_EBUSY, bring(running(), 8, 8, 0, true, NULL));
    STATE(SWMGMT_FETCHING);
    RESULT(1);
    fake.answer[SWMGMT_OP_WRITE] = SWMGMT_DONE;
    CHECK_EQ(SWMGMT_OK, bring(running(), 8, 8, 0, true, NULL));
    STATE(SWMGMT_VERIFYING);
    CHECK(memcmp(package, fake_slot(&fake, 0)->bytes, 16) == 0);

    check_where = "an opening that takes its time";
    fresh();
    boot();
    fake.answer[SWMGMT_OP_OPEN] = SWMGMT_PENDING;
    CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "http://a/b"));
    CHECK(fake_poll(&fake));
    CALLS("OPEN");
    STATE(SWMGMT_FETCHING);
    CHECK_EQ(SWMGMT_OK, fake_complete(&fake, SWMGMT_OP_OPEN, SWMGMT_DONE, 0));
    CHECK(fake_poll(&fake));
    CALLS("OPEN FETCH");
    CHECK_EQ(SWMGMT_OK, bring(running(), 0, 8, 0, true, NULL));
    STATE(SWMGMT_VERIFYING);
    check_where = "an opening that fails late";
    fresh();
    boot();
    fake.answer[SWMGMT_OP_OPEN] = SWMGMT_PENDING;
    CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "http://a/b"));
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_OK, fake_complete(&fake, SWMGMT_OP_OPEN, SWMGMT_FAILED_STORAGE, 0));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_INITIAL);
    RESULT(50);
    CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_FETCH));
    check_where = "an opening that is cancelled";
    fresh();
    boot();
    fake.answer[SWMGMT_OP_OPEN] = SWMGMT_PENDING;
    CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "http://a/b"));
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    CALLS("OPEN CANCEL DISCARD");
    CHECK_EQ(SWMGMT_OP_OPEN, fake_newest(&fake, SWMGMT_OP_CANCEL).op.kind);
    CHECK_EQ(SWMGMT_ESTALE, swmgmt_done(fake.ctx, fake_newest(&fake, SWMGMT_OP_OPEN).op.number,
                                        SWMGMT_DONE, 0));
    STATE(SWMGMT_INITIAL);
}

/* Every failure, from fetch() itself, from swmgmt_done(), from open() and from write(). */
static void failures(void)
{
    static const struct {
        swmgmt_verdict_t verdict;
        int result;
    } codes[] = {{SWMGMT_FAILED_STORAGE, 50},   {SWMGMT_FAILED_MEMORY, 51},
                 {SWMGMT_FAILED_CONNECTION, 52}, {SWMGMT_FAILED_INTEGRITY, 53},
                 {SWMGMT_FAILED_TYPE, 54},      {SWMGMT_FAILED_URI, 56},
                 {SWMGMT_FAILED, 57},           {SWMGMT_FAILED_INSTALL, 57},
                 {SWMGMT_FAILED_UNINSTALL, 57}, {-55, 57},
                 {-60, 57},                     {-2, 57}};
    for (unsigned c = 0; c < sizeof codes / sizeof codes[0]; c++) {
        for (unsigned how = 0; how < 4; how++) {
            uint32_t number = 0;
            (void)snprintf(where, sizeof where, "failure %ld by %u", (long)codes[c].verdict,
                           how);
            check_where = where;
            fresh();
            boot();
            if (how == 0) {
                fake.answer[SWMGMT_OP_FETCH] = codes[c].verdict;
            } else if (how == 1) {
                fake.answer[SWMGMT_OP_OPEN] = codes[c].verdict;
            }
            CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "http://a/b"));
            STATE(SWMGMT_FETCHING);
            CHECK(fake_poll(&fake));
            if (how >= 2) {
                number = running();
                CHECK_EQ(SWMGMT_OK, bring(number, 0, 8, 0, false, NULL));
                if (how == 2) {
                    CHECK_EQ(SWMGMT_OK, swmgmt_done(fake.ctx, number, codes[c].verdict, 0));
                } else {
                    fake.answer[SWMGMT_OP_WRITE] = codes[c].verdict;
                    (void)bring(number, 8, 8, 0, false, NULL);
                }
                fake_drain(&fake);
                CHECK(fake_poll(&fake));
                CHECK_EQ(SWMGMT_ESTALE, bring(number, 8, 8, 0, false, NULL));
                CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_DISCARD));
            }
            STATE(SWMGMT_INITIAL);
            RESULT(codes[c].result);
            CHECK_EQ(0, fake_number(&fake, 9, 0, 7));
            /* The next one works. */
            fake.answer[SWMGMT_OP_FETCH] = SWMGMT_PENDING;
            fake.answer[SWMGMT_OP_OPEN] = SWMGMT_DONE;
            fake.answer[SWMGMT_OP_WRITE] = SWMGMT_DONE;
            fake_forget(&fake);
            begin();
            CHECK(running() != number);
            CHECK_EQ(SWMGMT_OK, bring(running(), 0, 8, 0, true, NULL));
            CHECK(fake_poll(&fake));
            STATE(SWMGMT_DELIVERED);
        }
    }
}

static void after_a_cut(void)
{
    for (unsigned how = 0; how < 5; how++) {
        uint32_t number;
        uint32_t mark;
        (void)snprintf(where, sizeof where, "power cut in a download, %u", how);
        check_where = where;
        fresh();
        if (how == 3) {
            fake.host.read = NULL;
        }
        boot();
        begin();
        number = running();
        for (uint32_t at = 0; at < 40; at += 8) {
            CHECK_EQ(SWMGMT_OK, bring(number, at, 8, 100, false, how == 4 ? NULL : "tag1"));
        }
        if (how == 1) { /* the bytes are gone */
            fake_slot(&fake, 0)->length = 0;
        }
        fake_forget(&fake);
        CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
        CHECK(fake_poll(&fake));
        STATE(SWMGMT_FETCHING);
        RESULT(1);
        CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_FETCH));
        CHECK_TEXT("http://a/b", fake.uri);
        mark = fake_newest(&fake, SWMGMT_OP_FETCH).offset;
        CHECK(mark <= 40);
        CHECK_EQ(mark, fake_newest(&fake, SWMGMT_OP_OPEN).offset);
        CHECK_EQ(mark, fake_slot(&fake, 0)->length);
        if (how == 0 || how == 2) { /* at most one checkpoint (16) again */
            CHECK(mark >= 24);
            CHECK_EQ(4, fake.etag_length);
            CHECK(memcmp(fake.etag, "tag1", 4) == 0);
            CALLS("OPEN FETCH");
        }
        if (how == 1) {
            CHECK_EQ(0, mark);
            CALLS("OPEN OPEN FETCH");
        }
        number = running();
        if (how == 2) { /* the content has changed since */
            CHECK_EQ(SWMGMT_OK, bring(number, 0, 8, 50, false, "tag2"));
            mark = 8;
        }
        CHECK_EQ(SWMGMT_OK, bring(number, mark, 50 - mark, 0, how == 2, NULL));
        if (how != 2) {
            CHECK_EQ(SWMGMT_OK, bring(number, 50, 50, 100, true, NULL));
        }
        CHECK(fake_poll(&fake));
        STATE(SWMGMT_DELIVERED);
        CHECK_EQ(how == 2 ? 50 : 100, fake_slot(&fake, 0)->length);
        CHECK(memcmp(package, fake_slot(&fake, 0)->bytes, how == 2 ? 50 : 100) == 0);
        CHECK_EQ(0, fake.number_reused);
    }
    check_where = "cut before fetch() began";
    fresh();
    boot();
    CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "http://a/b"));
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    STATE(SWMGMT_FETCHING);
    CHECK(fake_poll(&fake));
    CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_FETCH));
    CHECK_EQ(0, fake_newest(&fake, SWMGMT_OP_FETCH).offset);
    CHECK_TEXT("http://a/b", fake.uri);
    check_where = "a mark that cannot be saved";
    fresh();
    boot();
    begin();
    fake.answer[SWMGMT_OP_SAVE] = SWMGMT_FAILED;
    for (uint32_t at = 0; at < 64; at += 8) {
        swmgmt_status_t status = bring(running(), at, 8, 0, false, NULL);
        if (status != SWMGMT_OK) {
            break;
        }
    }
    CHECK(fake_poll(&fake));
    {
        /* Only progress is lost, or it is fail_other; nothing else. */
        int32_t state = swmgmt_state(fake.ctx, 0);
        CHECK(state == SWMGMT_FETCHING || (state == SWMGMT_INITIAL && fake_number(&fake, 9, 0, 9) == 57));
    }
}

int main(void)
{
    for (unsigned i = 0; i < sizeof package; i++) {
        package[i] = (uint8_t)(i * 13u + 1u);
    }
    any_size();
    offsets();
    busy_store();
    failures();
    after_a_cut();
    return check_end();
}
