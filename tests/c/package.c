/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Packages in containers on their way: told from their first bytes, however they are cut,
 * and nothing stored before their manifest was judged. */
#include <stdio.h>
#include <string.h>

#include "packed_test.h"

static uint8_t bytes[PACKED_ROOM];
static uint32_t length;
static char where[200];

static void delivered(const char *shown)
{
    STATE(SWMGMT_DELIVERED);
    CHECK_TEXT(shown, packed_shown(&fake));
    CHECK_EQ(length, fake_slot(&fake, 0)->length);
    CHECK(memcmp(bytes, fake_slot(&fake, 0)->bytes, length) == 0);
    CHECK_EQ(length, fake.offered);
    CHECK_EQ(0, fake.hash_misused);
    CHECK_EQ(0, fake.number_reused);
}

/* A piece at a time; before each: what may have been stored of what has come? */
static void carry(bool fetch, uint32_t step, uint32_t manifest)
{
    if (fetch) {
        CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "coap://a/b"));
        CHECK(fake_poll(&fake));
        CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_OPEN));
    }
    for (uint32_t at = 0; at < length; at += step) {
        uint32_t part = length - at < step ? length - at : step;
        bool last = at + part == length;
        if (fetch) {
            CHECK_EQ(SWMGMT_OK, fake_fetched(&fake, at, bytes + at, part, 0, last));
        } else {
            CHECK_EQ(last ? SWMGMT_CHANGED : SWMGMT_CONTINUE,
                     fake_push(&fake, 1, 0, at, bytes + at, part, 0, last));
        }
        CHECK(fake.offered <= at + part);
        CHECK(at + part >= manifest || fake.offered == 0);
        CHECK(at + part < manifest || fake.offered >= manifest);
        CHECK_EQ(last ? 2 : 1, fake_number(&fake, 9, 0, 7));
        if (!fetch && manifest > 0) {
            CHECK_EQ(at + part >= manifest ? 1 : 0, fake_count(&fake, SWMGMT_OP_OPEN));
        }
    }
}

static void any_size(void)
{
    static const uint32_t steps[] = {1, 2, 3, 4, 5, 7, 12, 16, 33, 64, 100, 255, 511};
    for (unsigned n = 0; n < 2u * 2u * 2u * 3u * 2u; n++) {
        bool image = n % 2u == 1;
        bool fetch = n / 2u % 2u == 1;
        bool read = n / 4u % 2u == 1;
        uint8_t algorithm = (uint8_t)(n / 8u % 3u);
        bool host_hash = n / 24u == 1;
        packed_t what = packed_plain;
        if (image && !read) {
            continue; /* images need read() */
        }
        what.key = algorithm > 0 ? 1 : 0;
        what.algorithm = algorithm;
        what.part[1] = (packed_part_t){"radio", "", 33, 2};
        what.parts = image ? 1 : 2;
        length = image ? packed_image(&what, bytes) : packed_make(&what, bytes);
        for (uint32_t i = 0; i < sizeof steps / sizeof steps[0] + 2; i++) {
            uint32_t known = sizeof steps / sizeof steps[0];
            uint32_t step = i < known ? steps[i] : length - (i - known);
            (void)snprintf(where, sizeof where, "%s, %s, %s, algorithm %u, step %u%s",
                           image ? "image" : "package", fetch ? "fetch" : "push",
                           read ? "read back" : "not read back", algorithm, (unsigned)step,
                           host_hash ? ", hash()" : "");
            check_where = where;
            new_device_that(read, host_hash);
            boot();
            carry(fetch, step, image ? 0 : packed_manifest(bytes));
            STATE(SWMGMT_VERIFYING);
            CHECK(fake_poll(&fake));
            delivered("3 3");
            CHECK_EQ(host_hash, fake.hashes > 0);
            if (!image) {
                /* The manifest is one piece, and storage was told the true size. */
                CHECK(fetch || fake_newest(&fake, SWMGMT_OP_OPEN).length == length);
                for (unsigned k = 0; k < fake.calls; k++) {
                    if (fake.log[k].callback == SWMGMT_OP_WRITE) {
                        CHECK_EQ(0, fake.log[k].offset);
                        CHECK(fake.log[k].length >= packed_manifest(bytes));
                        break;
                    }
                }
            }
        }
    }
}

int main(void)
{
    any_size();
    return check_end();
}
