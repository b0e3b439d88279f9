/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The flash is emulated in RAM that survives a reset, so that the example runs on every
 * board, and so that the power can go at every moment. */
#include "flash.h"

#include <board.h>
#include <string.h>

#define POWERED 0x464c4153u

static BOARD_NOINIT struct {
    uint32_t powered;
    uint32_t cut; /* operations until the power goes; 0: it stays */
    uint32_t cuts;
    uint8_t bytes[FLASH_SIZE];
} flash;

void flash_begin(void)
{
    if (flash.powered == POWERED) return;
    memset(&flash, 0, sizeof flash);
    memset(flash.bytes, 0xff, sizeof flash.bytes);
    flash.powered = POWERED;
}

void flash_cut(uint32_t n)
{
    flash.cut = n;
}

bool flash_cut_is_set(void)
{
    return flash.cut != 0;
}

uint32_t flash_cuts(void)
{
    return flash.cuts;
}

static bool is_inside(uint32_t address, uint32_t length, uint32_t unit)
{
    return address % unit == 0 && length % unit == 0 && address <= FLASH_SIZE &&
           length <= FLASH_SIZE - address;
}

/* One operation of the flash. The power takes its second half. */
static void change(uint32_t address, const uint8_t *data, uint32_t length)
{
    const bool cut = flash.cut != 0 && --flash.cut == 0;
    const uint32_t done = cut ? length / 2u : length;
    for (uint32_t i = 0; i < done; i++) flash.bytes[address + i] = data != NULL ? data[i] : 0xffu;
    if (cut) {
        flash.cuts++;
        board_print("  the power goes\n");
        board_reboot();
    }
}

bool flash_erase(uint32_t address, uint32_t length)
{
    if (!is_inside(address, length, FLASH_SECTOR)) return false;
    for (uint32_t end = address + length; address < end; address += FLASH_SECTOR) {
        change(address, NULL, FLASH_SECTOR);
    }
    return true;
}

bool flash_program(uint32_t address, const void *data, uint32_t length)
{
    if (!is_inside(address, length, FLASH_WORD)) return false;
    for (uint32_t i = 0; i < length; i++) {
        if (flash.bytes[address + i] != 0xffu) return false;
    }
    change(address, data, length);
    return true;
}

bool flash_copy(uint32_t to, uint32_t from, uint32_t length)
{
    uint8_t piece[64];
    for (uint32_t done = 0; done < length;) {
        const uint32_t left = length - done;
        const uint32_t size = left < sizeof piece ? left : (uint32_t)sizeof piece;
        if (!flash_read(from + done, piece, size) || !flash_program(to + done, piece, size)) {
            return false;
        }
        done += size;
    }
    return true;
}

bool flash_read(uint32_t address, void *data, uint32_t length)
{
    if (!is_inside(address, length, 1)) return false;
    memcpy(data, &flash.bytes[address], length);
    return true;
}
