/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A stand-in for Zephyr's flash map: one partition, `swmgmt_partition`. */
#ifndef DOUBLE_FLASH_MAP_H
#define DOUBLE_FLASH_MAP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct device;
struct flash_area {
    off_t fa_off;
    size_t fa_size;
};
#define FIXED_PARTITION_ID(label) double_##label
enum { double_swmgmt_partition = 3 };

int flash_area_open(uint8_t id, const struct flash_area **area);
int flash_area_read(const struct flash_area *area, off_t offset, void *data, size_t length);
int flash_area_write(const struct flash_area *area, off_t offset, const void *data, size_t length);
int flash_area_erase(const struct flash_area *area, off_t offset, size_t length);
uint32_t flash_area_align(const struct flash_area *area);
uint8_t flash_area_erased_val(const struct flash_area *area);
const struct device *flash_area_get_device(const struct flash_area *area);

#endif
