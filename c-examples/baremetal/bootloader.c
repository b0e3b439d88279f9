/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "bootloader.h"

#include "flash.h"
#include "image.h"
#include "record.h"

static struct {
    uint32_t number;
    uint8_t running;
    uint8_t status;
    uint8_t reserved[2];
} boot;

static bool save(void)
{
    return record_save(RECORD_BOOT, &boot, sizeof boot);
}

/* The first power-on: slot 0 has the firmware from the factory. */
static void program_factory_image(void)
{
    static const image_t image = {IMAGE_FIRMWARE, "1.0", 1, {0}};
    flash_erase(FLASH_FIRMWARE(0), FLASH_AREA);
    flash_program(FLASH_FIRMWARE(0), &image, sizeof image);
    save();
}

void bootloader(void)
{
    uint32_t length;
    flash_begin();
    if (record_load(RECORD_BOOT, &boot, sizeof boot, &length) && length == 0) {
        program_factory_image();
    }
    if (boot.status == BOOT_PENDING) {
        boot.status = BOOT_TRIAL;
    } else if (boot.status == BOOT_TRIAL) {
        boot.status = BOOT_WENT_BACK;
    } else {
        return;
    }
    boot.running ^= 1u;
    save();
}

uint32_t boot_running(void)
{
    return boot.running;
}

boot_status_t boot_status(void)
{
    return (boot_status_t)boot.status;
}

uint32_t boot_number(void)
{
    return boot.number;
}

bool boot_try(uint32_t number)
{
    boot.number = number;
    boot.status = BOOT_PENDING;
    return save();
}

bool boot_confirm(void)
{
    boot.status = BOOT_CONFIRMED;
    return save();
}
