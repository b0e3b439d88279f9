/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A NOR flash: erased by sectors to 0xFF, programmed by words, once each. Replace
 * flash.c by the driver of your flash, and the map by yours. */
#ifndef FLASH_H
#define FLASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef FLASH_SECTOR
#define FLASH_SECTOR 512u
#endif
#define FLASH_WORD 4u

/* The map. An area holds one image. */
#define FLASH_AREA (2u * FLASH_SECTOR)
#define FLASH_RECORDS 0u
#define FLASH_FIRMWARE(slot) (FLASH_AREA + (slot) * FLASH_AREA) /* slot 0 and slot 1 */
#define FLASH_MODULE_PACKAGE (3u * FLASH_AREA)
#define FLASH_MODULE (4u * FLASH_AREA)
#define FLASH_SIZE (5u * FLASH_AREA)

void flash_begin(void); /* at every reset */

/* These answer false, and do nothing, when the address or the length is not a whole
 * number of words (of sectors), or a byte to be programmed is not erased. */
bool flash_erase(uint32_t address, uint32_t length);
bool flash_program(uint32_t address, const void *data, uint32_t length);
bool flash_copy(uint32_t to, uint32_t from, uint32_t length);
bool flash_read(uint32_t address, void *data, uint32_t length);

/* The emulation only: the power goes in the middle of the n-th erasure or programming
 * from now on. */
void flash_cut(uint32_t n);
bool flash_cut_is_set(void);
uint32_t flash_cuts(void); /* how often it has gone */

#endif
