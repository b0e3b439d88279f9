/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* One package, or one image, as `what` says. */
#ifndef ONE_PACKAGE_H
#define ONE_PACKAGE_H

#include "packed_test.h"

static uint8_t bytes[PACKED_ROOM];
static uint32_t length;
static packed_t what;

static inline void fresh(uint8_t software)
{
    new_device(software);
    what = packed_plain;
}

static inline void make(bool image)
{
    length = image ? packed_image(&what, bytes) : packed_make(&what, bytes);
}

/* Pushes it, and says what 7, 9 and 16 show then. */
static inline const char *push(bool image)
{
    make(image);
    fake_forget(&fake);
    (void)packed_push(&fake, bytes, length, 70, NULL);
    (void)fake_poll(&fake);
    return packed_shown(&fake);
}

static inline void deliver(bool image)
{
    make(image);
    CHECK_EQ(SWMGMT_CHANGED, packed_push(&fake, bytes, length, 90, NULL));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_DELIVERED);
}

static inline void install(void)
{
    STATE(SWMGMT_DELIVERED);
    execute(4, NULL);
}

static inline void remove_it(const char *argument)
{
    execute(6, argument);
}

#endif
