/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Small blobs by key, each replaced atomically: after a power cut the old one or the
 * new one is loaded. */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stdint.h>

/* Keys from 0 up are swmgmt's. */
enum { RECORD_BOOT = 0x100, RECORD_MODULE = 0x101 };

/* Without a record `length` is 0. False: it does not fit. */
bool record_load(uint16_t key, void *data, uint32_t room, uint32_t *length);
bool record_save(uint16_t key, const void *data, uint32_t length);

#endif
