/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef SIGNED_H
#define SIGNED_H

#include <stdint.h>

typedef struct {
    uint32_t length;
    uint8_t bytes[512];
} signed_t;

extern const signed_t signed_images[];
extern const unsigned signed_count;

#endif
