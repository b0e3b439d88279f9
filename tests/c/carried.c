/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What happens to packages in containers on the way: blocks lost and repeated, other
 * packages, declared sizes, storage that is full or broken, power cuts while they are
 * verified. */
#include <stdio.h>
#include <string.h>

#include "two_packages.h"

static char where[200];

static swmgmt_answer_t piece(unsigned n, uint32_t at, uint32_t size, uint32_t total)
{
    size = length[n] - at < size ? length[n] - at : size;
    return fake_push(&fake, 1, 0, at, bytes[n] + at, size, total, at + size == length[n]);
}

/* ---- a push ------------------------------------------------------------------------------ */

/* After each number of bytes: a repeated block, a gap, another server; then it goes on. */
static void blocks(bool image)
{
    static const uint32_t sizes[] = {3, 16, 64, 200};
    for (unsigned i = 0; i < 4; i++) {
        (void)snprintf(where, sizeof where, "%s in blocks of %u", image ? "image" : "package",
                       (unsigned)sizes[i]);
        check_where = where;
        make(image);
        fresh();
        boot();
        for (uint32_t at = 0; at < length[0]; at += sizes[i]) {
            swmgmt_answer_t answer = at + sizes[i] < length[0] ? SWMGMT_CONTINUE : SWMGMT_CHANGED;
            uint32_t offered;
            CHECK_EQ(answer, piece(0, at, sizes[i], 0));
            offered = fake.offered;
            CHECK_EQ(answer, piece(0, at, sizes[i], 0)); /* repeated */
            if (answer == SWMGMT_CONTINUE) {
                uint32_t next = at + sizes[i];
                CHECK_EQ(SWMGMT_INCOMPLETE,
                         fake_push(&fake, 1, 0, next + 1, bytes[0], 1, 0, false));
                CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_push(&fake, 2, 0, 0, bytes[1], 9, 0, false));
                CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, next, NULL, 0, 0, false));
            }
            CHECK_EQ(offered, fake.offered);
        }
        delivered(0);
    }
}

/* Whatever has come of one, another may begin; or it stalls, or is cancelled. */
static void instead(bool image)
{
    for (uint32_t cut = 1; cut < 420; cut += cut < 20 ? 1u : 13u) {
        for (unsigned n = 0; n < 4; n++) {
            (void)snprintf(where, sizeof where, "%u bytes of %s, then %s", (unsigned)cut,
                           image ? "an image" : "a package",
                           n == 0   ? "another"
                           : n == 1 ? "one of the other kind"
                           : n == 2 ? "nothing"
                                    : "Uninstall");
            check_where = where;
            make(image);
            fresh();
            boot();
            CHECK_EQ(SWMGMT_CONTINUE, piece(0, 0, cut, 0));
            STATE(SWMGMT_RECEIVING);
            if (n == 2) {
                CHECK(fake_poll(&fake));
                CHECK(fake_later(&fake, 300001));
                STATE(SWMGMT_INITIAL);
                CHECK_EQ(52, fake_number(&fake, 9, 0, 9));
            } else if (n == 3) {
                CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
                STATE(SWMGMT_INITIAL);
            }
            make(image != (n == 1));
            CHECK_EQ(SWMGMT_CHANGED, packed_push(&fake, bytes[1], length[1], 100, NULL));
            delivered(1);
        }
    }
}

/* The package says how long it is; whoever says otherwise is wrong. */
static void declared(void)
{
    make(false);
    for (int off = -1; off <= 1; off++) {
        for (unsigned n = 0; n < 4; n++) { /* Size1, expect(); at first, or only then */
            uint32_t said = length[0] + (uint32_t)off;
            bool expected = n / 2u == 1;
            swmgmt_answer_t answer = SWMGMT_CONTINUE;
            (void)snprintf(where, sizeof where, "%s %d bytes off, %u",
                           expected ? "expected" : "declared", off, n);
            check_where = where;
            fresh();
            boot();
            if (expected) {
                CHECK_EQ(SWMGMT_OK,
                         swmgmt_expect(fake.ctx, 0, said, SWMGMT_NO_DIGEST, NULL, 0));
            }
            for (uint32_t at = 0; at < length[0] && answer == SWMGMT_CONTINUE; at += 60) {
                bool tell = !expected && (n % 2u == 0 || at > 0);
                answer = piece(0, at, 60, tell ? said : 0);
                CHECK(off == 0 || fake.offered == 0);
            }
            if (off == 0) {
                CHECK_EQ(SWMGMT_CHANGED, answer);
                delivered(0);
            } else if (n == 1) { /* a total that changes, once the package has told it */
                CHECK(answer == SWMGMT_BAD_REQUEST || answer == SWMGMT_INTERNAL_ERROR);
            } else {
                CHECK_EQ(SWMGMT_INTERNAL_ERROR, answer);
                CHECK_TEXT("0 53:length", packed_shown(&fake));
            }
        }
    }
}

/* Two at the same time, in turns; each has a head and digests of its own. */
static void two(bool host_hash)
{
    for (uint32_t step = 1; step < 120; step += 7) {
        (void)snprintf(where, sizeof where, "two in steps of %u%s", (unsigned)step,
                       host_hash ? ", hash()" : "");
        check_where = where;
        make(false);
        fresh();
        fake_list(&fake, 1, SWMGMT_EMPTY);
        fake.host.read = step % 2u == 0 ? NULL : fake.host.read;
        if (host_hash) {
            packed_hash(&fake);
        }
        boot();
        for (uint32_t at = 0; at < length[1]; at += step) {
            for (uint16_t n = 0; n < 2; n++) {
                uint32_t part = at < length[n] ? length[n] - at : 0;
                part = part < step ? part : step;
                if (part > 0) {
                    CHECK_EQ(at + part == length[n] ? SWMGMT_CHANGED : SWMGMT_CONTINUE,
                             fake_push(&fake, 1, n, at, bytes[n] + at, part, 0,
                                       at + part == length[n]));
                }
            }
        }
        CHECK(fake_poll(&fake));
        CHECK_EQ(SWMGMT_DELIVERED, swmgmt_state(fake.ctx, 1));
        CHECK(memcmp(bytes[1], fake_slot(&fake, 1)->bytes, length[1]) == 0);
        CHECK_EQ(0, fake.hash_misused);
    CHECK_EQ(0, fake.number_reused);
        delivered(0);
        CHECK_TEXT("none", fake_text(&fake, 9, 1, 0));
        CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 1, 4, NULL));
        CHECK(fake_poll(&fake));
        CHECK_TEXT("second", fake_text(&fake, 9, 1, 0));
    }
}

/* ---- storage ----------------------------------------------------------------------------- */

/* The n-th call of everything fails once: refused, and the next package comes in. */
static void failures(bool image, bool fetch)
{
    static const uint8_t kinds[] = {SWMGMT_OP_OPEN, SWMGMT_OP_WRITE, SWMGMT_OP_READ,
                                    SWMGMT_OP_SAVE};
    static const swmgmt_verdict_t verdicts[] = {SWMGMT_FAILED, SWMGMT_FAILED_STORAGE, 0};
    unsigned failed = 0;
    for (unsigned k = 0; k < sizeof kinds; k++) {
        for (unsigned nth = 1; nth < 14; nth++) {
            for (unsigned v = 0; v < 3; v++) {
                int32_t state;
                (void)snprintf(where, sizeof where, "%s, %s: call %u of %s answers %d",
                               image ? "image" : "package", fetch ? "fetch" : "push", nth,
                               swmgmt_operation_name(kinds[k]), (int)verdicts[v]);
                check_where = where;
                make(image);
                fresh();
                boot();
                fake_fail(&fake, kinds[k], nth, verdicts[v]);
                if (fetch) {
                    packed_fetch(&fake, bytes[0], length[0], 50);
                } else {
                    (void)packed_push(&fake, bytes[0], length[0], 50, NULL);
                }
                CHECK(fake_later(&fake, 5000));
                memset(fake.count_down, 0, sizeof fake.count_down);
                state = swmgmt_state(fake.ctx, 0);
                CHECK(state == SWMGMT_INITIAL || state == SWMGMT_DELIVERED);
                if (state == SWMGMT_INITIAL && fake_number(&fake, 9, 0, 9) != 0) {
                    failed++;
                    CHECK_EQ(verdicts[v] == SWMGMT_FAILED_STORAGE && k < 3 ? 50 : 57,
                             fake_number(&fake, 9, 0, 9));
                } else if (state == SWMGMT_DELIVERED) {
                    CHECK(memcmp(bytes[0], fake_slot(&fake, 0)->bytes, length[0]) == 0);
                    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
                }
                CHECK_EQ(SWMGMT_CHANGED, packed_push(&fake, bytes[1], length[1], 90, NULL));
                delivered(1);
            }
        }
    }
    CHECK(failed > 30);
}

/* One byte of what was stored is another: whichever it is, that is seen. */
static void broken_store(bool image)
{
    make(image);
    for (uint32_t at = 0; at < length[0]; at++) {
        (void)snprintf(where, sizeof where, "byte %u of the stored %s", (unsigned)at,
                       image ? "image" : "package");
        check_where = where;
        fresh();
        fake.config.policy = (uint8_t)(at % 4u);
        boot();
        CHECK_EQ(SWMGMT_CHANGED, packed_push(&fake, bytes[0], length[0], 90, NULL));
        fake_slot(&fake, 0)->bytes[at] ^= 0x40;
        CHECK(fake_poll(&fake));
        STATE(SWMGMT_INITIAL);
        if (at >= 4) {
            long result = fake_number(&fake, 9, 0, 9);
            CHECK(result == 53 || result == 54 || result == 51 || result == 57);
        }
    }
}

/* In VERIFYING, and while the firmware's own verifier works. */
static void cut_in_verifying(bool image)
{
    for (unsigned n = 0; n < 3; n++) {
        swmgmt_verdict_t (*verify)(void *user, const swmgmt_op_t *op, uint32_t all);
        check_where = "a power cut in VERIFYING";
        make(image);
        fake_new(&fake);
        verify = fake.host.verify;
        fresh();
        if (n == 2) {
            fake.host.verify = verify;
            fake.answer[SWMGMT_OP_VERIFY] = SWMGMT_PENDING;
        }
        boot();
        CHECK_EQ(SWMGMT_CHANGED, packed_push(&fake, bytes[0], length[0], 64, NULL));
        if (n == 1) {
            CHECK_EQ(SWMGMT_OK, swmgmt_poll(fake.ctx, fake.now, NULL)); /* a piece of it */
        } else if (n == 2) {
            CHECK(fake_poll(&fake));
        }
        STATE(SWMGMT_VERIFYING);
        fake.answer[SWMGMT_OP_VERIFY] = SWMGMT_DONE;
        CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
        delivered(0);
        /* The key was revoked meanwhile. */
        fresh();
        boot();
        CHECK_EQ(SWMGMT_CHANGED, packed_push(&fake, bytes[0], length[0], 64, NULL));
        fake.key[1] = SWMGMT_FAILED;
        CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
        CHECK(fake_poll(&fake));
        CHECK_TEXT("0 57:revoked", packed_shown(&fake));
    }
}

/* Each call of hash() fails once: never is that a digest that holds. */
static void hash_fails(bool image, bool read)
{
    unsigned failed = 0;
    for (unsigned nth = 1;; nth++) {
        (void)snprintf(where, sizeof where, "%s, %sread back: call %u of hash() fails",
                       image ? "image" : "package", read ? "" : "not ", nth);
        check_where = where;
        make(image);
        fresh();
        packed_hash(&fake);
        fake.host.read = read ? fake.host.read : NULL;
        boot();
        fake.hashes_fail = nth;
        (void)packed_push(&fake, bytes[0], length[0], 64, NULL);
        CHECK(fake_poll(&fake));
        if (fake.hashes_fail > 0) {
            break; /* there were not so many */
        }
        failed++;
        STATE(SWMGMT_INITIAL);
        CHECK_EQ(53, fake_number(&fake, 9, 0, 9));
    }
    CHECK(failed > 3);
    fake.hashes_fail = 0;
    delivered(0);
}

int main(void)
{
    for (unsigned image = 0; image < 2; image++) {
        blocks(image == 1);
        instead(image == 1);
        failures(image == 1, false);
        failures(image == 1, true);
        broken_store(image == 1);
        cut_in_verifying(image == 1);
        hash_fails(image == 1, true);
        if (image == 0) { /* images need read() */
            hash_fails(false, false);
        }
    }
    declared();
    two(false);
    two(true);
    return check_end();
}
