/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Downloads of packages in containers: storage that is busy, content that changes, and power
 * cuts anywhere. */
#include <stdio.h>
#include <string.h>

#include "two_packages.h"

static char where[200];

/* Storage that is busy at each write: the same bytes are offered again. */
static void again(bool image, uint32_t step)
{
    uint32_t at = 0;
    unsigned tries = 0;
    (void)snprintf(where, sizeof where, "busy storage, %s in steps of %u",
                   image ? "image" : "package", (unsigned)step);
    check_where = where;
    make(image);
    fresh();
    boot();
    CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "coap://a/b"));
    CHECK(fake_poll(&fake));
    while (at < length[0] && tries < 3000) {
        uint32_t part = length[0] - at < step ? length[0] - at : step;
        bool last = at + part == length[0];
        swmgmt_status_t status;
        fake.answer[SWMGMT_OP_WRITE] = tries++ % 3u < 2 ? SWMGMT_AGAIN : SWMGMT_DONE;
        status = fake_fetched(&fake, at, bytes[0] + at, part, 0, last);
        if (!CHECK(status == SWMGMT_OK || status == SWMGMT_EBUSY)) {
            break;
        }
        at += status == SWMGMT_OK ? part : 0;
        CHECK(fake_slot(&fake, 0)->length <= at + part);
    }
    CHECK_EQ(length[0], at);
    fake.answer[SWMGMT_OP_WRITE] = SWMGMT_DONE;
    delivered(0);
}

/* Only the n-th write is busy: behind a head that is stored, too. */
static void busy_once(bool image, unsigned nth, uint32_t step)
{
    unsigned refused = 0;
    (void)snprintf(where, sizeof where, "write %u is busy, %s in steps of %u", nth,
                   image ? "image" : "package", (unsigned)step);
    check_where = where;
    make(image);
    fresh();
    boot();
    CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "coap://a/b"));
    CHECK(fake_poll(&fake));
    fake_fail(&fake, SWMGMT_OP_WRITE, nth, SWMGMT_AGAIN);
    for (uint32_t at = 0; at < length[0];) {
        uint32_t part = length[0] - at < step ? length[0] - at : step;
        swmgmt_status_t status =
            fake_fetched(&fake, at, bytes[0] + at, part, 0, at + part == length[0]);
        at += status == SWMGMT_OK ? part : 0;
        refused += status == SWMGMT_EBUSY ? 1u : 0u;
        if (!CHECK(status == SWMGMT_OK || (status == SWMGMT_EBUSY && refused == 1))) {
            return;
        }
    }
    delivered(0);
}

/* The content changes while it comes: it begins again, as what it is then. */
static void changed(bool image)
{
    for (uint32_t cut = 1; cut < 500; cut += cut < 20 ? 1u : 37u) {
        for (unsigned n = 0; n < 2; n++) {
            (void)snprintf(where, sizeof where, "%s changes after %u bytes into %s",
                           image ? "an image" : "a package", (unsigned)cut,
                           n == 0 ? "another" : "one of the other kind");
            check_where = where;
            make(image);
            fresh();
            boot();
            CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "coap://a/b"));
            CHECK(fake_poll(&fake));
            cut = cut < length[0] ? cut : length[0] - 1;
            CHECK_EQ(SWMGMT_OK, fake_fetched(&fake, 0, bytes[0], cut, 0, false));
            make(image != (n == 1));
            for (uint32_t at = 0; at < length[1]; at += 64) {
                uint32_t part = length[1] - at < 64 ? length[1] - at : 64;
                CHECK_EQ(SWMGMT_OK, fake_fetched(&fake, at, bytes[1] + at, part, 0,
                                                 at + part == length[1]));
            }
            delivered(1);
        }
    }
}

/* Opening takes its time. */
static void late_open(void)
{
    check_where = "a pending open";
    make(false);
    fresh();
    fake.answer[SWMGMT_OP_OPEN] = SWMGMT_PENDING;
    boot();
    CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "coap://a/b"));
    CHECK(fake_poll(&fake));
    fake.answer[SWMGMT_OP_OPEN] = SWMGMT_DONE;
    CHECK_EQ(SWMGMT_OK, fake_complete(&fake, SWMGMT_OP_OPEN, SWMGMT_DONE, 0));
    CHECK(fake_poll(&fake));
    for (uint32_t at = 0; at < length[0]; at += 64) {
        uint32_t part = length[0] - at < 64 ? length[0] - at : 64;
        CHECK_EQ(SWMGMT_OK, fake_fetched(&fake, at, bytes[0] + at, part, 0,
                                         at + part == length[0]));
    }
    delivered(0);
}

/* The power goes after each chunk, and once more: it goes on where the storage allows. */
static void power_cuts(bool image, bool host_hash, uint32_t step, uint32_t checkpoint)
{
    bool resumed = false;
    make(image);
    for (uint32_t cut = 0; cut <= length[0]; cut += step) {
        uint32_t manifest = image ? 0 : packed_manifest(bytes[0]);
        (void)snprintf(where, sizeof where, "a cut after %u of %s, steps of %u, saved each %u%s",
                       (unsigned)cut, image ? "image" : "package", (unsigned)step,
                       (unsigned)checkpoint, host_hash ? ", hash()" : "");
        check_where = where;
        fresh();
        fake.config.checkpoint = checkpoint;
        if (host_hash) {
            packed_hash(&fake);
        }
        boot();
        CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "coap://a/b"));
        CHECK(fake_poll(&fake));
        for (uint32_t at = 0; at < cut; at += step) {
            CHECK_EQ(SWMGMT_OK, fake_fetched(&fake, at, bytes[0] + at, step, 0, false));
        }
        for (unsigned lives = 0; lives < 2; lives++) {
            boot();
            CHECK(fake_poll(&fake));
        }
        STATE(SWMGMT_FETCHING);
        CHECK_EQ(1, fake_number(&fake, 9, 0, 7));
        CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
        CHECK(fake_poll(&fake));
        {
            uint32_t at = fake_newest(&fake, SWMGMT_OP_FETCH).offset;
            CHECK(at <= cut);
            CHECK(at == 0 || at >= manifest); /* what is not stored must come again */
            CHECK(at + checkpoint + step > cut || cut < manifest + checkpoint + step);
            resumed = resumed || at > 0;
            while (at < length[0]) {
                uint32_t part = length[0] - at < step ? length[0] - at : step;
                CHECK_EQ(SWMGMT_OK, fake_fetched(&fake, at, bytes[0] + at, part, 0,
                                                 at + part == length[0]));
                at += part;
            }
        }
        delivered(0);
    }
    CHECK(resumed);
}

int main(void)
{
    for (unsigned image = 0; image < 2; image++) {
        changed(image == 1);
        for (uint32_t step = 1; step < 130; step += step < 10 ? 3u : 30u) {
            again(image == 1, step);
        }
        for (uint32_t step = 7; step < 700; step += 37) {
            for (unsigned nth = 1; nth < 6; nth++) {
                busy_once(image == 1, nth, step);
            }
        }
        for (unsigned n = 0; n < 8; n++) {
            power_cuts(image == 1, n / 4u == 1, n % 2u == 0 ? 10 : 64, n / 2u % 2u == 0 ? 16 : 100);
        }
    }
    late_open();
    return check_end();
}
