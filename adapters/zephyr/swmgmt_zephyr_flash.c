/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Packages in a flash partition, an even share of it for each instance. */
#include <string.h>
#include <zephyr/drivers/flash.h>
#include <zephyr/storage/flash_map.h>

#include "swmgmt_zephyr_inside.h"

/* What is known of a package that is being written. `tail` is the beginning of a write
 * block: it is kept until the block is full, or until the package is read. */
static struct slice {
    const struct flash_area *area;
    uint32_t stored;  /* bytes in the flash, a multiple of the write block */
    uint32_t erased;  /* up to here it can be written */
    uint32_t total;   /* 0: not known */
    uint8_t tail[CONFIG_SWMGMT_FLASH_BLOCK];
    uint16_t tail_length;
} slices[CONFIG_SWMGMT_INSTANCES];

static const struct flash_area *area(void)
{
    const struct flash_area *found = NULL;

    return flash_area_open(FIXED_PARTITION_ID(swmgmt_partition), &found) == 0 ? found : NULL;
}

/* The erase sector that an offset in the partition lies in. */
static bool sector_of(const struct flash_area *in, uint32_t offset, uint32_t *begin, uint32_t *end)
{
    struct flash_pages_info page;

    if (flash_get_page_info_by_offs(flash_area_get_device(in), in->fa_off + (off_t)offset, &page)
        != 0 || page.start_offset < in->fa_off) {
        return false;
    }
    *begin = (uint32_t)(page.start_offset - in->fa_off);
    *end = *begin + (uint32_t)page.size;
    return true;
}

/* Shares begin and end where sectors do. */
swmgmt_status_t swmgmt_zephyr_flash_slice(uint16_t instance, uint32_t *offset, uint32_t *size)
{
    const struct flash_area *in = area();
    uint32_t begin, next, end;

    if (in == NULL || instance >= CONFIG_SWMGMT_INSTANCES) {
        return SWMGMT_ENOENT;
    }
    const uint32_t share = (uint32_t)in->fa_size / CONFIG_SWMGMT_INSTANCES;
    next = (uint32_t)in->fa_size;
    if (!sector_of(in, instance * share, &begin, &end)
        || (instance + 1 < CONFIG_SWMGMT_INSTANCES
            && !sector_of(in, (instance + 1u) * share, &next, &end))
        || next <= begin) {
        return SWMGMT_ENOENT;
    }
    *offset = begin;
    *size = next - begin;
    return SWMGMT_OK;
}

/* Whether a piece of the share is erased. */
static bool is_blank(const struct flash_area *in, uint32_t from, uint32_t to)
{
    const uint8_t blank = flash_area_erased_val(in);
    uint8_t bytes[16];

    while (from < to) {
        const size_t length = to - from < sizeof bytes ? to - from : sizeof bytes;
        if (flash_area_read(in, (off_t)from, bytes, length) != 0) {
            return false;
        }
        for (size_t i = 0; i < length; i++) {
            if (bytes[i] != blank) {
                return false;
            }
        }
        from += (uint32_t)length;
    }
    return true;
}

/* What was stored before a reboot, up to `offset`: it is there if its last block is not
 * blank, and it can go on where a sector begins, or where the rest of one is blank. */
static bool resume(struct slice *it, uint32_t begin, uint32_t offset)
{
    const uint32_t block = flash_area_align(it->area);
    const uint32_t padded = (offset + block - 1u) / block * block;
    uint32_t sector, end;

    it->stored = padded;
    it->erased = padded;
    if (is_blank(it->area, begin + padded - block, begin + padded)) {
        return false;
    }
    if (offset == it->total) {
        return true;
    }
    if (offset != padded || !sector_of(it->area, begin + padded, &sector, &end)) {
        return it->total == 0; /* it may be the end, which nobody has told */
    }
    if (sector != begin + padded && is_blank(it->area, begin + padded, end)) {
        it->erased = end - begin;
    }
    return sector == begin + it->erased || it->erased > padded || it->total == 0;
}

swmgmt_verdict_t swmgmt_zephyr_flash_open(void *user, const swmgmt_op_t *op, uint32_t offset,
                                          uint32_t total)
{
    uint32_t begin, size;

    (void)user;
    if (swmgmt_zephyr_flash_slice(op->instance, &begin, &size) != SWMGMT_OK || total > size
        || offset > size) {
        return SWMGMT_FAILED_STORAGE;
    }
    struct slice *it = &slices[op->instance];
    const bool goes_on = it->area != NULL && offset != 0 && it->stored + it->tail_length == offset;
    it->area = area();
    it->total = total;
    if (flash_area_align(it->area) > sizeof it->tail) {
        return SWMGMT_FAILED;
    }
    if (goes_on) {
        return SWMGMT_DONE;
    }
    it->stored = 0;
    it->erased = 0;
    it->tail_length = 0;
    return offset == 0 || resume(it, begin, offset) ? SWMGMT_DONE : SWMGMT_FAILED;
}

/* Writes whole blocks behind what is stored, erasing each sector as it is reached. */
static bool append(struct slice *it, uint32_t begin, const uint8_t *data, uint32_t length)
{
    while (it->erased < it->stored + length) {
        uint32_t sector, end;
        if (!sector_of(it->area, begin + it->erased, &sector, &end)
            || sector != begin + it->erased /* half of it holds what must stay */
            || flash_area_erase(it->area, (off_t)sector, end - sector) != 0) {
            return false;
        }
        it->erased = end - begin;
    }
    if (flash_area_write(it->area, (off_t)(begin + it->stored), data, length) != 0) {
        return false;
    }
    it->stored += length;
    return true;
}

/* The last block is filled up: nothing can follow it. */
static bool flush(struct slice *it, uint32_t begin)
{
    const uint32_t block = flash_area_align(it->area);

    if (it->tail_length == 0) {
        return true;
    }
    memset(it->tail + it->tail_length, flash_area_erased_val(it->area), block - it->tail_length);
    it->tail_length = 0;
    return append(it, begin, it->tail, block);
}

swmgmt_verdict_t swmgmt_zephyr_flash_write(void *user, const swmgmt_op_t *op, uint32_t offset,
                                           const uint8_t *data, size_t length)
{
    uint32_t begin, size;

    (void)user;
    if (swmgmt_zephyr_flash_slice(op->instance, &begin, &size) != SWMGMT_OK || offset > size
        || length > size - offset) {
        return SWMGMT_FAILED_STORAGE;
    }
    struct slice *it = &slices[op->instance];
    if (it->area == NULL || it->stored + it->tail_length != offset) {
        return SWMGMT_FAILED;
    }
    const uint32_t block = flash_area_align(it->area);
    const bool is_last = it->total != 0 && offset + length == it->total;
    while (length > 0) {
        if (it->tail_length == 0 && length >= block) {
            const uint32_t whole = (uint32_t)length / block * block;
            if (!append(it, begin, data, whole)) {
                return SWMGMT_FAILED;
            }
            data += whole;
            length -= whole;
            continue;
        }
        const size_t room = block - it->tail_length;
        const size_t taken = length < room ? length : room;
        memcpy(it->tail + it->tail_length, data, taken);
        it->tail_length = (uint16_t)(it->tail_length + taken);
        data += taken;
        length -= taken;
        if (it->tail_length == block) {
            it->tail_length = 0;
            if (!append(it, begin, it->tail, block)) {
                return SWMGMT_FAILED;
            }
        }
    }
    return !is_last || flush(it, begin) ? SWMGMT_DONE : SWMGMT_FAILED;
}

swmgmt_verdict_t swmgmt_zephyr_flash_read(void *user, const swmgmt_op_t *op, uint32_t offset,
                                          uint8_t *data, size_t length)
{
    const struct flash_area *in = area();
    uint32_t begin, size;

    (void)user;
    if (in == NULL || swmgmt_zephyr_flash_slice(op->instance, &begin, &size) != SWMGMT_OK
        || offset > size || length > size - offset) {
        return SWMGMT_FAILED;
    }
    struct slice *it = &slices[op->instance];
    if (it->area != NULL && !flush(it, begin)) {
        return SWMGMT_FAILED;
    }
    return flash_area_read(in, (off_t)(begin + offset), data, length) == 0 ? SWMGMT_DONE
                                                                          : SWMGMT_FAILED;
}
