/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "bootloader.h"

#include "flash.h"
#include "image.h"
#include "record.h"

typedef struct {
    uint32_t number;
    uint8_t running;
    uint8_t status;
    uint8_t reserved[2];
} boot_t;

static boot_t boot;

static bool become(boot_t next)
{
    if (!record_save(RECORD_BOOT, &next, sizeof next)) return false;
    boot = next;
    return true;
}

/* The first power-on: slot 0 has the firmware from the factory. */
static void program_factory_image(void)
{
    static const image_t image = {IMAGE_FIRMWARE, "1.0", 1, {0}};
    flash_erase(FLASH_FIRMWARE(0), FLASH_AREA);
    flash_program(FLASH_FIRMWARE(0), &image, sizeof image);
    become((boot_t){.status = BOOT_CONFIRMED});
}

void bootloader(void)
{
    uint32_t length;
    boot_t next;
    flash_begin();
    if (record_load(RECORD_BOOT, &boot, sizeof boot, &length) && length == 0) {
        program_factory_image();
    }
    if (boot.status != BOOT_PENDING && boot.status != BOOT_TRIAL) return;
    next = boot;
    next.status = boot.status == BOOT_PENDING ? BOOT_TRIAL : BOOT_WENT_BACK;
    next.running ^= 1u;
    become(next);
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
    boot_t next = boot;
    next.number = number;
    next.status = BOOT_PENDING;
    return become(next);
}

bool boot_confirm(void)
{
    boot_t next = boot;
    next.status = BOOT_CONFIRMED;
    return become(next);
}
