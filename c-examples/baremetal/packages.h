/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the server has to deliver. */
#ifndef PACKAGES_H
#define PACKAGES_H

#include <stdint.h>

typedef struct {
    const char *name;
    const void *bytes;
    uint32_t length;
    uint8_t sha256[32];
} package_t;

extern const package_t module_1, module_2, firmware_works, firmware_hangs;

#endif
