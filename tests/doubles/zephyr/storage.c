/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The doubles of flash map and settings. */
#include "storage.h"

#include <errno.h>
#include <string.h>
#include <zephyr/drivers/flash.h>
#include <zephyr/settings/settings.h>
#include <zephyr/storage/flash_map.h>

uint8_t double_flash[DOUBLE_FLASH_SIZE];
uint32_t double_align;
uint8_t double_blank;
unsigned double_erases;
unsigned double_bad_writes;
bool double_flash_fails;
bool double_settings_fail;
bool double_settings_short;

static const struct flash_area partition = { DOUBLE_PARTITION, DOUBLE_FLASH_SIZE - DOUBLE_PARTITION };
static struct entry {
    char name[32];
    uint8_t value[256];
    size_t length;
} entries[4];

void double_flash_reset(uint32_t align, uint8_t blank)
{
    memset(double_flash, 0x5A, sizeof double_flash); /* what was there before */
    double_align = align;
    double_blank = blank;
    double_erases = 0;
    double_bad_writes = 0;
    double_flash_fails = false;
}

int flash_area_open(uint8_t id, const struct flash_area **area)
{
    *area = &partition;
    return id == double_swmgmt_partition ? 0 : -ENOENT;
}

static bool is_inside(const struct flash_area *area, off_t offset, size_t length)
{
    return offset >= 0 && (size_t)offset <= area->fa_size && length <= area->fa_size - (size_t)offset;
}

int flash_area_read(const struct flash_area *area, off_t offset, void *data, size_t length)
{
    if (double_flash_fails || !is_inside(area, offset, length)) {
        return -EIO;
    }
    memcpy(data, double_flash + area->fa_off + offset, length);
    return 0;
}

int flash_area_write(const struct flash_area *area, off_t offset, const void *data, size_t length)
{
    uint8_t *to = double_flash + area->fa_off + offset;

    if (double_flash_fails) {
        return -EIO;
    }
    if (!is_inside(area, offset, length) || (size_t)offset % double_align != 0
        || length % double_align != 0) {
        double_bad_writes++;
        return -EINVAL;
    }
    for (size_t i = 0; i < length; i++) {
        double_bad_writes += to[i] != double_blank;
    }
    memcpy(to, data, length);
    return 0;
}

int flash_area_erase(const struct flash_area *area, off_t offset, size_t length)
{
    if (double_flash_fails || !is_inside(area, offset, length) || offset % DOUBLE_SECTOR != 0
        || length % DOUBLE_SECTOR != 0) {
        return -EINVAL;
    }
    memset(double_flash + area->fa_off + offset, double_blank, length);
    double_erases++;
    return 0;
}

uint32_t flash_area_align(const struct flash_area *area)
{
    (void)area;
    return double_align;
}

uint8_t flash_area_erased_val(const struct flash_area *area)
{
    (void)area;
    return double_blank;
}

const struct device *flash_area_get_device(const struct flash_area *area)
{
    (void)area;
    return NULL;
}

int flash_get_page_info_by_offs(const struct device *device, off_t offset,
                                struct flash_pages_info *info)
{
    (void)device;
    if (offset >= DOUBLE_FLASH_SIZE) {
        return -EINVAL;
    }
    info->start_offset = offset / DOUBLE_SECTOR * DOUBLE_SECTOR;
    info->size = DOUBLE_SECTOR;
    info->index = (uint32_t)(offset / DOUBLE_SECTOR);
    return 0;
}

void double_settings_reset(void)
{
    memset(entries, 0, sizeof entries);
    double_settings_fail = false;
    double_settings_short = false;
}

int settings_subsys_init(void)
{
    return double_settings_fail ? -EIO : 0;
}

static ssize_t read_entry(void *argument, void *data, size_t length)
{
    const struct entry *entry = argument;
    const size_t got = double_settings_short ? length / 2 : length;
    memcpy(data, entry->value, got);
    return (ssize_t)got;
}

/* Brings the entry of that name without a name, and those below it with the rest of theirs. */
int settings_load_subtree_direct(const char *subtree, settings_load_direct_cb callback, void *user)
{
    const size_t length = strlen(subtree);

    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        const char *name = entries[i].name;
        if (strncmp(name, subtree, length) == 0 && (name[length] == '\0' || name[length] == '/')) {
            callback(name[length] == '\0' ? NULL : name + length + 1, entries[i].length, read_entry,
                     &entries[i], user);
        }
    }
    return 0;
}

int settings_save_one(const char *name, const void *value, size_t length)
{
    for (size_t i = 0; i < sizeof entries / sizeof entries[0] && !double_settings_fail; i++) {
        if (entries[i].name[0] == '\0' || strcmp(entries[i].name, name) == 0) {
            memcpy(entries[i].name, name, strlen(name) + 1);
            memcpy(entries[i].value, value, length);
            entries[i].length = length;
            return 0;
        }
    }
    return -ENOSPC;
}
