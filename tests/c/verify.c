/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What makes a package acceptable: digests, CRC, length, the firmware's own verifier,
 * policies, reading back, and verdicts that come late. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "digest.h"
#include "fake.h"

static fake_t fake;
static uint8_t package[300];
static char where[160];

#define STATE(want) CHECK_EQ(want, swmgmt_state(fake.ctx, 0))
#define RESULT(want) CHECK_EQ(want, fake_number(&fake, 9, 0, 9))

static void fresh(void)
{
    fake_new(&fake);
    fake_list(&fake, 0, SWMGMT_EMPTY);
}

static void boot(void)
{
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK(fake_poll(&fake));
    fake_forget(&fake);
}

static void push(uint32_t length, uint32_t step)
{
    for (uint32_t at = 0; at < length; at += step) {
        uint32_t part = length - at < step ? length - at : step;
        bool last = at + part == length;
        CHECK_EQ(last ? SWMGMT_CHANGED : SWMGMT_CONTINUE,
                 fake_push(&fake, 1, 0, at, package + at, part, 0, last));
    }
}

static swmgmt_status_t expect(uint8_t algorithm, uint32_t hashed, uint32_t length, bool wrong)
{
    uint8_t digest[32];
    if (algorithm == SWMGMT_NO_DIGEST) {
        return swmgmt_expect(fake.ctx, 0, length, algorithm, NULL, 0);
    }
    if (algorithm == SWMGMT_SHA256) {
        sha256(package, hashed, digest);
    } else {
        crc32(package, hashed, digest);
    }
    digest[3] = (uint8_t)(digest[3] ^ (wrong ? 1u : 0u));
    return swmgmt_expect(fake.ctx, 0, length, algorithm, digest,
                         algorithm == SWMGMT_SHA256 ? 32 : 4);
}

static void references(void)
{
    static const uint8_t abc[32] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
                                    0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
                                    0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
                                    0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
    static const uint8_t check[4] = {0xcb, 0xf4, 0x39, 0x26};
    uint8_t digest[32];
    check_where = "this test itself";
    sha256((const uint8_t *)"abc", 3, digest);
    CHECK(memcmp(abc, digest, 32) == 0);
    crc32((const uint8_t *)"123456789", 9, digest);
    CHECK(memcmp(check, digest, 4) == 0);
}

/* Policy, expectation, verifier, read-back: all together. */
static void matrix(void)
{
    static const swmgmt_verdict_t verdicts[] = {SWMGMT_DONE, SWMGMT_FAILED_INTEGRITY,
                                                SWMGMT_FAILED_TYPE, SWMGMT_FAILED};
    for (unsigned n = 0; n < 3u * 3u * 2u * 3u * 2u * 5u; n++) {
        unsigned m = n;
        uint8_t policy = (uint8_t)(m % 3u);
        uint8_t algorithm = (uint8_t)((m /= 3u) % 3u);
        bool wrong = (m /= 3u) % 2u == 1;
        unsigned length = (m /= 2u) % 3u; /* any, right, wrong */
        bool read = (m /= 3u) % 2u == 1;
        unsigned verifier = (m / 2u) % 5u; /* 4: none */
        bool expected = algorithm != SWMGMT_NO_DIGEST || length > 0;
        bool known;
        int result = 3;
        int other = 3;
        if (wrong && algorithm == SWMGMT_NO_DIGEST) {
            continue;
        }
        (void)snprintf(where, sizeof where,
                       "policy %u, digest %u%s, length %u, read-back %d, verifier %u", policy,
                       algorithm, wrong ? " wrong" : "", length, read, verifier);
        check_where = where;
        known = verifier < 4 || algorithm == SWMGMT_SHA256 ||
                (algorithm == SWMGMT_CRC32 && policy == SWMGMT_ALLOW_CRC) ||
                policy == SWMGMT_ALLOW_NONE;
        if (policy == SWMGMT_ALLOW_NONE) {
            result = 0;
        }
        if (verifier > 0 && verifier < 4) {
            result = -verdicts[verifier];
        }
        other = result;
        if (length == 2 || wrong) {
            /* Both must pass; which fault is told, if both fail, is left open. */
            result = 53;
            if (verifier == 0 || verifier == 4) {
                other = 53;
            }
        }
        if (!known) {
            other = wrong || length == 2 ? 53 : 57;
            result = 57;
        }
        fresh();
        fake.config.policy = policy;
        if (!read) {
            fake.host.read = NULL;
        }
        if (verifier == 4) {
            fake.host.verify = NULL;
        } else {
            fake.answer[SWMGMT_OP_VERIFY] = verdicts[verifier];
        }
        boot();
        if (expected) {
            CHECK_EQ(SWMGMT_OK, expect(algorithm, 100, length == 0   ? 0
                                                       : length == 1 ? 100u
                                                                     : 101u,
                                       wrong));
        }
        push(100, 33);
        STATE(SWMGMT_VERIFYING);
        RESULT(0);
        CHECK(fake_poll(&fake));
        if (result == 3 || result == 0) {
            STATE(SWMGMT_DELIVERED);
            RESULT(result);
            if (verifier == 0) {
                CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_VERIFY));
            }
        } else {
            long got = fake_number(&fake, 9, 0, 9);
            STATE(SWMGMT_INITIAL);
            CHECK(got == result || got == other);
            if (got != result && got != other) {
                printf("  wanted %d or %d, got %ld\n", result, other, got);
            }
            CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_DISCARD));
            if (!known && !wrong && length != 2) {
                CHECK_TEXT("57:unverified", fake_text(&fake, 9, 0, 16));
            }
        }
        if (read && algorithm != SWMGMT_NO_DIGEST && (result == 3 || result == 0)) {
            CHECK(fake_count(&fake, SWMGMT_OP_READ) > 0);
        }
        for (unsigned i = 0; i < fake.calls; i++) {
            if (fake.log[i].callback == SWMGMT_OP_READ) {
                CHECK(fake.log[i].length > 0 && fake.log[i].offset + fake.log[i].length <= 100);
            }
        }
    }
}

static void all_lengths(void)
{
    for (uint32_t length = 1; length <= 260; length++) {
        for (unsigned read = 0; read < 2; read++) {
            for (uint8_t algorithm = SWMGMT_CRC32; algorithm <= SWMGMT_SHA256; algorithm++) {
                (void)snprintf(where, sizeof where, "%u bytes, digest %u, read-back %u",
                               (unsigned)length, algorithm, read);
                check_where = where;
                fresh();
                fake.config.policy = SWMGMT_ALLOW_CRC;
                fake.host.verify = NULL;
                fake.config.work = (uint16_t)(1u + length % 70u);
                if (length % 2u == 1) {
                    fake.parts[1] = &swmgmt_crc32_small;
                }
                if (read == 0) {
                    fake.host.read = NULL;
                }
                boot();
                CHECK_EQ(SWMGMT_OK, expect(algorithm, length, length, false));
                push(length, 1u + length % 13u);
                CHECK(fake_poll(&fake));
                STATE(SWMGMT_DELIVERED);
                RESULT(3);
            }
        }
    }
}

static void unverified(void)
{
    check_where = "plain push under defaults";
    fresh();
    fake.host.verify = NULL;
    boot();
    push(10, 10);
    STATE(SWMGMT_VERIFYING);
    fake_forget(&fake);
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_INITIAL);
    RESULT(57);
    CHECK_TEXT("57:unverified", fake_text(&fake, 9, 0, 16));
    CHECK_TEXT("9/0/16=57:unverified 9/0/9=57 9/0/7=0", fake_changes_text(&fake));
    /* The reason goes when there is nothing to say any more. */
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 0, "A", 1, 0, false));
    CHECK_TEXT("9/0/16= 9/0/9=1 9/0/7=1", fake_changes_text(&fake));
    CHECK_TEXT("", fake_text(&fake, 9, 0, 16));
}

static void read_back(void)
{
    for (unsigned read = 0; read < 2; read++) {
        check_where = read ? "damaged in storage, read back" : "damaged, not read back";
        fresh();
        fake.host.verify = NULL;
        if (!read) {
            fake.host.read = NULL;
        }
        boot();
        CHECK_EQ(SWMGMT_OK, expect(SWMGMT_SHA256, 100, 0, false));
        push(100, 10);
        fake_slot(&fake, 0)->bytes[55] ^= 0x10u;
        CHECK(fake_poll(&fake));
        STATE(read ? SWMGMT_INITIAL : SWMGMT_DELIVERED);
        RESULT(read ? 53 : 3);
    }
    for (unsigned nth = 1; nth <= 2; nth++) {
        check_where = "read fails";
        fresh();
        fake.host.verify = NULL;
        boot();
        CHECK_EQ(SWMGMT_OK, expect(SWMGMT_SHA256, 200, 0, false));
        push(200, 10);
        fake_fail(&fake, SWMGMT_OP_READ, 1, nth == 1 ? SWMGMT_FAILED : SWMGMT_PENDING);
        CHECK(fake_poll(&fake));
        STATE(SWMGMT_INITIAL);
        RESULT(57);
    }
    /* One bounded step for each poll. */
    check_where = "one piece for each poll";
    fresh();
    fake.host.verify = NULL;
    fake.config.work = 400;
    boot();
    CHECK_EQ(SWMGMT_OK, expect(SWMGMT_SHA256, 300, 0, false));
    push(300, 100);
    for (unsigned i = 0; i < 100 && swmgmt_state(fake.ctx, 0) == SWMGMT_VERIFYING; i++) {
        unsigned before = fake_count(&fake, SWMGMT_OP_READ);
        CHECK_EQ(SWMGMT_OK, swmgmt_poll(fake.ctx, fake.now, NULL));
        CHECK(fake_count(&fake, SWMGMT_OP_READ) - before <= 1);
    }
    STATE(SWMGMT_DELIVERED);
    /* Cancelled in the middle of being read. */
    check_where = "cancelled while read back";
    fresh();
    fake.host.verify = NULL;
    fake.config.work = 0;
    boot();
    CHECK_EQ(SWMGMT_OK, expect(SWMGMT_SHA256, 300, 0, false));
    push(300, 100);
    CHECK_EQ(SWMGMT_OK, swmgmt_poll(fake.ctx, fake.now, NULL));
    if (swmgmt_state(fake.ctx, 0) == SWMGMT_VERIFYING) {
        CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
        fake_forget(&fake);
        CHECK(fake_poll(&fake));
        STATE(SWMGMT_INITIAL);
        RESULT(0);
        CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_READ));
    }
}

static void late(void)
{
    uint32_t first;
    uint32_t second;
    check_where = "a late verdict";
    fresh();
    fake.answer[SWMGMT_OP_VERIFY] = SWMGMT_PENDING;
    boot();
    push(10, 10);
    CHECK(fake_poll(&fake));
    first = fake_newest(&fake, SWMGMT_OP_VERIFY).op.number;
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    CHECK_EQ(first, fake_newest(&fake, SWMGMT_OP_CANCEL).op.number);
    CHECK_EQ(SWMGMT_OP_VERIFY, fake_newest(&fake, SWMGMT_OP_CANCEL).op.kind);
    CHECK_EQ(SWMGMT_ESTALE, swmgmt_done(fake.ctx, first, SWMGMT_DONE, 0));
    STATE(SWMGMT_INITIAL);
    push(20, 20);
    CHECK_EQ(SWMGMT_ESTALE, swmgmt_done(fake.ctx, first, SWMGMT_DONE, 0));
    CHECK(fake_poll(&fake));
    second = fake_newest(&fake, SWMGMT_OP_VERIFY).op.number;
    CHECK(second > first);
    CHECK_EQ(SWMGMT_ESTALE, swmgmt_done(fake.ctx, first, SWMGMT_DONE, 0));
    STATE(SWMGMT_VERIFYING);
    /* Over a boot, too. */
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK_EQ(SWMGMT_ESTALE, swmgmt_done(fake.ctx, first, SWMGMT_DONE, 0));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_VERIFYING);
    second = fake_newest(&fake, SWMGMT_OP_VERIFY).op.number;
    CHECK(second > first);
    CHECK_EQ(SWMGMT_OK, swmgmt_done(fake.ctx, second, SWMGMT_FAILED_INTEGRITY, 0));
    STATE(SWMGMT_INITIAL);
    RESULT(53);
    CHECK_EQ(SWMGMT_ESTALE, swmgmt_done(fake.ctx, second, SWMGMT_DONE, 0));
    STATE(SWMGMT_INITIAL);
    RESULT(53);
    CHECK_EQ(0, fake.number_reused);

    check_where = "no cancel";
    fresh();
    fake.host.cancel = NULL;
    fake.answer[SWMGMT_OP_VERIFY] = SWMGMT_PENDING;
    boot();
    push(10, 10);
    CHECK(fake_poll(&fake));
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_execute(&fake, 0, 6, NULL));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_execute(&fake, 0, 6, "0"));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, swmgmt_delete(fake.ctx, 1, 0));
    STATE(SWMGMT_VERIFYING);
    CHECK_EQ(0, fake.calls);
    CHECK_EQ(0, fake.changes);
    /* Not begun yet, or over: it is allowed. */
    fresh();
    fake.host.cancel = NULL;
    fake.answer[SWMGMT_OP_VERIFY] = SWMGMT_PENDING;
    boot();
    push(10, 10);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    STATE(SWMGMT_INITIAL);
    push(10, 10);
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_OK, fake_complete(&fake, SWMGMT_OP_VERIFY, SWMGMT_DONE, 0));
    CHECK(fake_poll(&fake)); /* names and components may be asked for by the next poll */
    STATE(SWMGMT_DELIVERED);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    STATE(SWMGMT_INITIAL);
    /* Nor is an update given up meanwhile. */
    fake_new(&fake);
    fake_list(&fake, 0, SWMGMT_RUNNING);
    fake.host.cancel = NULL;
    fake.answer[SWMGMT_OP_VERIFY] = SWMGMT_PENDING;
    boot();
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, "1"));
    push(10, 10);
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_give_up_update(fake.ctx, 0, 1));
    STATE(SWMGMT_VERIFYING);
}

static void odd_verdicts(void)
{
    static const struct {
        swmgmt_verdict_t verdict;
        int result;
    } codes[] = {{0, 57},
                 {SWMGMT_AGAIN, 57},
                 {SWMGMT_NOT_STARTED, 57},
                 {SWMGMT_UNKNOWN, 57},
                 {6, 57},
                 {1000, 57},
                 {-1, 57},
                 {-3, 57},
                 {-49, 57},
                 {SWMGMT_FAILED_STORAGE, 50},
                 {SWMGMT_FAILED_MEMORY, 51},
                 {SWMGMT_FAILED_CONNECTION, 57},
                 {-55, 57},
                 {SWMGMT_FAILED_URI, 57},
                 {SWMGMT_FAILED_INSTALL, 57},
                 {SWMGMT_FAILED_UNINSTALL, 57},
                 {-60, 57},
                 {-200, 57},
                 {INT32_MIN, 57},
                 {INT32_MAX, 57}};
    for (unsigned c = 0; c < sizeof codes / sizeof codes[0]; c++) {
        swmgmt_status_t status;
        (void)snprintf(where, sizeof where, "verify answers %ld", (long)codes[c].verdict);
        check_where = where;
        fresh();
        boot();
        fake.answer[SWMGMT_OP_VERIFY] = codes[c].verdict;
        push(10, 10);
        CHECK(fake_poll(&fake));
        STATE(SWMGMT_INITIAL);
        RESULT(codes[c].result);
        /* The same by swmgmt_done(): taken as that failure, or refused; never a pass. */
        fresh();
        boot();
        fake.answer[SWMGMT_OP_VERIFY] = SWMGMT_PENDING;
        push(10, 10);
        CHECK(fake_poll(&fake));
        status = fake_complete(&fake, SWMGMT_OP_VERIFY, codes[c].verdict, 0);
        CHECK(status == SWMGMT_OK || status == SWMGMT_EINVAL);
        if (status == SWMGMT_OK) {
            STATE(SWMGMT_INITIAL);
            RESULT(codes[c].result);
        } else {
            STATE(SWMGMT_VERIFYING);
            RESULT(0);
        }
    }
    check_where = "pending is no completion";
    fresh();
    boot();
    fake.answer[SWMGMT_OP_VERIFY] = SWMGMT_PENDING;
    push(10, 10);
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_EINVAL, fake_complete(&fake, SWMGMT_OP_VERIFY, SWMGMT_PENDING, 0));
    STATE(SWMGMT_VERIFYING);
}

static void expectations(void)
{
    uint8_t digest[32] = {0};
    check_where = "expectations";
    fresh();
    fake.host.verify = NULL;
    boot();
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_expect(fake.ctx, 0, 10, 3, digest, 32));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_expect(fake.ctx, 0, 10, 255, digest, 32));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_expect(fake.ctx, 0, 10, SWMGMT_SHA256, NULL, 32));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_expect(fake.ctx, 0, 10, SWMGMT_SHA256, digest, 31));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_expect(fake.ctx, 0, 10, SWMGMT_CRC32, digest, 32));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_expect(fake.ctx, 0, 10, SWMGMT_NO_DIGEST, digest, 4));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_expect(NULL, 0, 10, SWMGMT_NO_DIGEST, NULL, 0));
    CHECK_EQ(SWMGMT_ENOENT, swmgmt_expect(fake.ctx, 5, 10, SWMGMT_SHA256, digest, 32));
    /* It survives a failed transfer and a boot, and is replaced by the next call. */
    CHECK_EQ(SWMGMT_OK, expect(SWMGMT_SHA256, 50, 0, true));
    CHECK_EQ(SWMGMT_OK, expect(SWMGMT_SHA256, 50, 50, false));
    push(51, 51);
    CHECK_EQ(SWMGMT_EBUSY, expect(SWMGMT_SHA256, 51, 51, false));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_INITIAL);
    RESULT(53);
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    push(51, 51);
    CHECK(fake_poll(&fake));
    RESULT(53);
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 0, package, 5, 0, false));
    CHECK_EQ(SWMGMT_EBUSY, expect(SWMGMT_SHA256, 51, 51, false));
    CHECK_EQ(SWMGMT_EBUSY, expect(SWMGMT_NO_DIGEST, 0, 0, false));
    push(50, 10);
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_DELIVERED);
    CHECK_EQ(SWMGMT_EBUSY, expect(SWMGMT_SHA256, 51, 51, false));
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
    CHECK_EQ(SWMGMT_EBUSY, expect(SWMGMT_SHA256, 51, 51, false));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_INACTIVE);
    CHECK_EQ(SWMGMT_EBUSY, expect(SWMGMT_SHA256, 51, 51, false));
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 10, NULL));
    CHECK_EQ(SWMGMT_EBUSY, expect(SWMGMT_SHA256, 51, 51, false));
    /* Forgotten by the installation: nothing is known of the next one. */
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, "1"));
    STATE(SWMGMT_INITIAL_FOR_UPDATE);
    push(50, 10);
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_INITIAL_FOR_UPDATE);
    RESULT(57);
    CHECK_TEXT("57:unverified", fake_text(&fake, 9, 0, 16));
    CHECK_EQ(SWMGMT_OK, expect(SWMGMT_SHA256, 51, 0, false));
    /* And by the removal of the software. */
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    STATE(SWMGMT_INITIAL);
    push(51, 51);
    CHECK(fake_poll(&fake));
    RESULT(57);
    /* In a download: until its first byte. */
    CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "http://a/b"));
    CHECK_EQ(SWMGMT_OK, expect(SWMGMT_SHA256, 50, 0, false));
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_OK, expect(SWMGMT_SHA256, 51, 0, false));
    CHECK_EQ(SWMGMT_OK, fake_fetched(&fake, 0, package, 1, 0, false));
    CHECK_EQ(SWMGMT_EBUSY, expect(SWMGMT_SHA256, 50, 0, false));
    CHECK_EQ(SWMGMT_OK, fake_fetched(&fake, 1, package + 1, 50, 0, true));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_DELIVERED);

    check_where = "parts";
    fresh();
    fake.parts[1] = &swmgmt_components;
    fake.config.part_count = 4;
    boot();
    CHECK_EQ(SWMGMT_EINVAL, expect(SWMGMT_CRC32, 10, 0, false));
    CHECK_EQ(SWMGMT_OK, expect(SWMGMT_SHA256, 10, 0, false));
    fresh();
    fake.parts[0] = &swmgmt_crc32;
    fake.parts[1] = &swmgmt_components;
    fake.config.part_count = 4;
    boot();
    CHECK_EQ(SWMGMT_EINVAL, expect(SWMGMT_SHA256, 10, 0, false));
    CHECK_EQ(SWMGMT_OK, expect(SWMGMT_CRC32, 10, 0, false));
    CHECK_EQ(SWMGMT_OK, expect(SWMGMT_NO_DIGEST, 10, 10, false));

    check_where = "an expectation that cannot be saved";
    fresh();
    boot();
    fake.answer[SWMGMT_OP_SAVE] = SWMGMT_FAILED;
    CHECK_EQ(SWMGMT_ERECORD, expect(SWMGMT_SHA256, 10, 0, true));
    fake.answer[SWMGMT_OP_SAVE] = SWMGMT_DONE;
    push(10, 10);
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_DELIVERED);
}

static void names(void)
{
    static char long_name[40];
    check_where = "names";
    memset(long_name, 'n', sizeof long_name - 1);
    fresh();
    fake.name[2] = long_name; /* 39 bytes, 32 are kept */
    boot();
    push(10, 10);
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_INITIAL);
    RESULT(54);
    fresh();
    fake.version[2] = long_name;
    boot();
    push(10, 10);
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_INITIAL);
    RESULT(54);
    fresh();
    long_name[32] = '\0';
    fake.name[2] = long_name;
    boot();
    CHECK_TEXT("none", fake_text(&fake, 9, 0, 0));
    push(10, 10);
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_DELIVERED);
    CHECK_TEXT("none", fake_text(&fake, 9, 0, 0));
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
    CHECK(fake_poll(&fake));
    CHECK_TEXT(long_name, fake_text(&fake, 9, 0, 0));
    CHECK_TEXT("2", fake_text(&fake, 9, 0, 1));
    CHECK(strstr(fake_changes_text(&fake), "9/0/9=2 9/0/7=4 9/0/0=") != NULL);
    /* A package without a name: what the firmware says of the software. */
    fresh();
    fake.name[2] = NULL;
    fake.version[2] = NULL;
    boot();
    push(10, 10);
    CHECK(fake_poll(&fake));
    fake.name[2] = "asked";
    fake.version[2] = "9";
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_INACTIVE);
    CHECK_TEXT("asked", fake_text(&fake, 9, 0, 0));
    CHECK_TEXT("9", fake_text(&fake, 9, 0, 1));
}

int main(void)
{
    for (unsigned i = 0; i < sizeof package; i++) {
        package[i] = (uint8_t)(i * 11u + 5u);
    }
    references();
    matrix();
    all_lengths();
    unverified();
    read_back();
    late();
    odd_verdicts();
    expectations();
    names();
    return check_end();
}
