/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The callbacks: one slot, whose package and software are files in this folder. */
#ifndef SOFTWARE_H
#define SOFTWARE_H

#include <swmgmt.h>

extern const swmgmt_host_t software_host;

/* What swmgmt_add() is to be told of the slot. */
uint8_t software_in_slot(void);
/* The SHA-256, 64 hexadecimal digits, that the next package must have. 0, or -1. */
int software_expect(swmgmt_t *manager, const char *sha256);

#endif
