/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the tests ask of the doubles of flash and settings. */
#ifndef DOUBLE_STORAGE_H
#define DOUBLE_STORAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DOUBLE_FLASH_SIZE 16384
#define DOUBLE_SECTOR 1024
#define DOUBLE_PARTITION 4096 /* where it begins in the flash */

extern uint8_t double_flash[DOUBLE_FLASH_SIZE];
extern uint32_t double_align;
extern uint8_t double_blank;
extern unsigned double_erases;
extern unsigned double_bad_writes; /* to what is not erased, not aligned, or outside */
extern bool double_flash_fails;
void double_flash_reset(uint32_t align, uint8_t blank);

extern bool double_settings_fail;
extern bool double_settings_short; /* the backend reads less than it told */
void double_settings_reset(void);

#endif
