/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The library: which parts of it are used, how it is configured, and the table of callbacks,
 * behind which are the slots and the downloads. */
#ifndef DEVICE_CORE_H
#define DEVICE_CORE_H

#include "fetch.h"
#include "options.h"
#include "slots.h"

typedef struct core_t {
    const options_t *options;
    swmgmt_config_t config;
    swmgmt_t *swmgmt;
    void *memory; /* of swmgmt, and of the downloads behind it */
    slots_t slots;
    fetches_t fetches;
} core_t;

/* There is one. NULL: with a word on stderr. */
core_t *core_start(const options_t *options, uint32_t now_ms);
void core_close(void);

#endif
