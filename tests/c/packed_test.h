/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What programs about packages in containers begin with: a device that takes them. */
#ifndef PACKED_TEST_H
#define PACKED_TEST_H

#include "check.h"
#include "packed.h"

static fake_t fake;

#define STATE(want) CHECK_EQ(want, swmgmt_state(fake.ctx, 0))

/* Trusts every key, has no verifier of its own, and is not booted yet. */
static inline void new_device(uint8_t software)
{
    fake_new(&fake);
    fake_list(&fake, 0, software);
    packed_device(&fake);
    fake.host.verify = NULL;
}

/* With or without read(), and with SHA-256 of its own. */
static inline void new_device_that(bool reads, bool hashes)
{
    new_device(SWMGMT_EMPTY);
    if (!reads) {
        fake.host.read = NULL;
    }
    if (hashes) {
        packed_hash(&fake);
    }
}

static inline void boot(void)
{
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK(fake_poll(&fake));
    fake_forget(&fake);
}

static inline void execute(uint16_t resource, const char *argument)
{
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, resource, argument));
    CHECK(fake_poll(&fake));
}

#endif
