/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A user's own source beside the adapter's. */
#include <swmgmt.h>

extern uint32_t version(void);

uint32_t version(void)
{
    return swmgmt_version();
}
