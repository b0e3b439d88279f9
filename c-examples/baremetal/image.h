/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What a package begins with. */
#ifndef IMAGE_H
#define IMAGE_H

#include <stdint.h>

#define IMAGE_FIRMWARE "FIRM"
#define IMAGE_MODULE "MODU"

typedef struct {
    char magic[4];
    char version[8]; /* filled up with NULs, one at least */
    uint8_t works;   /* firmware: 1 if it comes up, 0 if it hangs */
    uint8_t reserved[3];
} image_t;

/* The smallest block of CoAP holds it: the first chunk always does. */
_Static_assert(sizeof(image_t) == 16, "16 bytes on every machine");

#endif
