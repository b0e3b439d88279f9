/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Packages and records on the disk. */
#define _GNU_SOURCE /* sync_file_range */
#include "slots.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WRITE_BEHIND = 1 << 20 };

static swmgmt_verdict_t why(void)
{
    return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? SWMGMT_FAILED_STORAGE
                                                                : SWMGMT_FAILED;
}

swmgmt_verdict_t slots_package_open(void *user, const swmgmt_op_t *op, uint32_t offset,
                                    uint32_t total)
{
    slots_t *slots = user;
    slot_t *slot = slots_find(slots, op->instance);
    char path[FILE_NAME_ROOM];
    struct stat about;
    if (slot == NULL) {
        return SWMGMT_FAILED;
    }
    if (total > slots->options->capacity || offset > slots->options->capacity) {
        return SWMGMT_FAILED_STORAGE;
    }
    if (slot->fd < 0) {
        slots_path(path, op->instance, "package");
        slot->fd = openat(slots->dir, path,
                          O_RDWR | O_CLOEXEC | O_NOFOLLOW | (offset == 0 ? O_CREAT : 0), 0666);
    }
    if (slot->fd < 0 || fstat(slot->fd, &about) != 0) {
        return why();
    }
    if (about.st_size < (off_t)offset) {
        return SWMGMT_FAILED; /* the bytes are gone */
    }
    if (about.st_size > (off_t)offset) {
        slot->is_dirty = 1;
        if (ftruncate(slot->fd, (off_t)offset) != 0) {
            return why();
        }
    }
    return SWMGMT_DONE;
}

swmgmt_verdict_t slots_package_write(void *user, const swmgmt_op_t *op, uint32_t offset,
                                     const uint8_t *data, size_t length)
{
    slots_t *slots = user;
    slot_t *slot = slots_find(slots, op->instance);
    if (slot == NULL || slot->fd < 0) {
        return SWMGMT_FAILED;
    }
    if (offset > slots->options->capacity || length > slots->options->capacity - offset) {
        return SWMGMT_FAILED_STORAGE;
    }
    slot->is_dirty = 1;
    /* Lets the disk begin early, so that there is little to wait for at the end. */
    if (offset / WRITE_BEHIND != (offset + length) / WRITE_BEHIND && offset >= WRITE_BEHIND) {
        sync_file_range(slot->fd, (off_t)(offset - WRITE_BEHIND), WRITE_BEHIND,
                        SYNC_FILE_RANGE_WRITE);
    }
    while (length > 0) {
        const ssize_t done = pwrite(slot->fd, data, length, (off_t)offset);
        if (done < 0 && errno != EINTR) {
            return why();
        }
        if (done > 0) {
            data += done;
            offset += (uint32_t)done;
            length -= (size_t)done;
        }
    }
    return SWMGMT_DONE;
}

static int sync_package(slot_t *slot)
{
    if (slot->is_dirty && fdatasync(slot->fd) != 0) {
        return -1;
    }
    slot->is_dirty = 0;
    return 0;
}

swmgmt_verdict_t slots_package_read(void *user, const swmgmt_op_t *op, uint32_t offset,
                                    uint8_t *data, size_t length)
{
    slot_t *slot = slots_find(user, op->instance);
    if (slot == NULL || slot->fd < 0 || sync_package(slot) != 0) {
        return SWMGMT_FAILED;
    }
    while (length > 0) {
        const ssize_t got = pread(slot->fd, data, length, (off_t)offset);
        if (got == 0 || (got < 0 && errno != EINTR)) {
            return SWMGMT_FAILED;
        }
        if (got > 0) {
            data += got;
            offset += (uint32_t)got;
            length -= (size_t)got;
        }
    }
    return SWMGMT_DONE;
}

swmgmt_verdict_t slots_package_discard(void *user, const swmgmt_op_t *op)
{
    slots_t *slots = user;
    slot_t *slot = slots_find(slots, op->instance);
    char path[FILE_NAME_ROOM];
    if (slot == NULL) {
        return SWMGMT_FAILED;
    }
    if (slot->fd >= 0) {
        close(slot->fd);
        slot->fd = -1;
        slot->is_dirty = 0;
    }
    slots_path(path, op->instance, "package");
    return files_remove(slots->dir, path) == 0 ? SWMGMT_DONE : SWMGMT_FAILED;
}

/* --- records ------------------------------------------------------------------------- */

swmgmt_verdict_t slots_load(void *user, uint16_t key, uint8_t *data, size_t room, size_t *length)
{
    const slots_t *slots = user;
    char path[FILE_NAME_ROOM];
    snprintf(path, sizeof path, "records/%u", key);
    const ssize_t got = files_load(slots->dir, path, data, room);
    if (got < 0 && errno != ENOENT) {
        return SWMGMT_FAILED;
    }
    *length = got > 0 ? (size_t)got : 0;
    return SWMGMT_DONE;
}

swmgmt_verdict_t slots_save(void *user, uint16_t key, const uint8_t *data, size_t length)
{
    slots_t *slots = user;
    char name[FILE_NAME_ROOM];
    /* A record may say how much of a package is there, so the package must be on the disk
     * first. Not while it is being pushed: that does not survive a power cut anyway. */
    for (size_t i = 0; i < MAX_SLOTS && slots->slots[i].used; i++) {
        slot_t *slot = &slots->slots[i];
        if (slot->is_dirty && swmgmt_state(slots->swmgmt, slot->instance) != SWMGMT_RECEIVING &&
            sync_package(slot) != 0) {
            return SWMGMT_FAILED;
        }
    }
    snprintf(name, sizeof name, "%u", key);
    if (length != 0) {
        return files_save(slots->dir, "records", name, data, length) == 0 ? SWMGMT_DONE
                                                                          : SWMGMT_FAILED;
    }
    snprintf(name, sizeof name, "records/%u", key);
    return files_remove(slots->dir, name) == 0 && files_sync_folder(slots->dir, "records") == 0
               ? SWMGMT_DONE
               : SWMGMT_FAILED;
}
