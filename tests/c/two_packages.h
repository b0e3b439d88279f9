/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Two packages, or two images, for a device that wants signed ones. */
#ifndef TWO_PACKAGES_H
#define TWO_PACKAGES_H

#include "packed_test.h"

static uint8_t bytes[2][PACKED_ROOM];
static uint32_t length[2];

static inline void fresh(void)
{
    new_device(SWMGMT_EMPTY);
    fake.config.policy = SWMGMT_REQUIRE_SIGNATURE;
}

static inline void make(bool image)
{
    for (uint8_t n = 0; n < 2; n++) {
        packed_t what = packed_plain;
        what.name = n == 0 ? "first" : "second";
        what.version = n == 0 ? "1.0.0" : "2.0.0";
        what.part[0].length = 300u + n * 50u;
        what.part[1] = (packed_part_t){"radio", "5", 40, 2};
        what.parts = image ? 1 : 2;
        what.key = (uint8_t)(n + 1u);
        what.algorithm = (uint8_t)(n + 1u);
        length[n] = image ? packed_image(&what, bytes[n]) : packed_make(&what, bytes[n]);
    }
}

static inline void delivered(unsigned n)
{
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_DELIVERED);
    CHECK_TEXT("3 3", packed_shown(&fake));
    CHECK_EQ(length[n], fake_slot(&fake, 0)->length);
    CHECK(memcmp(bytes[n], fake_slot(&fake, 0)->bytes, length[n]) == 0);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_INACTIVE);
    CHECK_TEXT(n == 0 ? "1.0.0" : "2.0.0", fake_text(&fake, 9, 0, 1));
}

#endif
