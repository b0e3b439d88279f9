/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#define _POSIX_C_SOURCE 200809L
#include "fetch.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 1024 };

static void end(fetch_t *fetch)
{
    close(fetch->fd);
    fetch->number = 0;
}

static int open_in(const char *directory, const char *name)
{
    if (directory == NULL || *name == '\0' || strchr(name, '/') != NULL || *name == '.') {
        return -1;
    }
    const int dir = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0) {
        return -1;
    }
    const int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    close(dir);
    return fd;
}

swmgmt_verdict_t fetch_begin(fetches_t *fetches, const swmgmt_op_t *op, const swmgmt_fetch_t *what)
{
    fetch_t *it = NULL;
    struct stat about;
    for (size_t i = 0; i < fetches->count && it == NULL; i++) {
        it = fetches->each[i].number == 0 ? &fetches->each[i] : NULL;
    }
    if (it == NULL) {
        return SWMGMT_FAILED_MEMORY;
    }
    if (strncmp(what->uri, "file:", 5) != 0) {
        return SWMGMT_FAILED_URI;
    }
    const int fd = open_in(fetches->directory, what->uri + 5);
    if (fd < 0 || fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
        if (fd >= 0) {
            close(fd);
        }
        return SWMGMT_FAILED_URI;
    }
    if (about.st_size == 0 || about.st_size > (off_t)UINT32_MAX) {
        close(fd);
        return about.st_size == 0 ? SWMGMT_FAILED_INTEGRITY : SWMGMT_FAILED_STORAGE;
    }
    const uint64_t version = (uint64_t)about.st_mtim.tv_sec * 1000000000u +
                             (uint64_t)about.st_mtim.tv_nsec + (uint64_t)about.st_size;
    memcpy(it->etag, &version, sizeof it->etag);
    const int is_same = what->etag_length == sizeof it->etag &&
                        memcmp(what->etag, it->etag, sizeof it->etag) == 0;
    it->fd = fd;
    it->size = (uint32_t)about.st_size;
    it->offset = is_same && what->offset < it->size ? what->offset : 0;
    it->number = op->number;
    return SWMGMT_PENDING;
}

void fetch_cancel(fetches_t *fetches, uint32_t number)
{
    for (size_t i = 0; i < fetches->count; i++) {
        if (fetches->each[i].number == number) {
            end(&fetches->each[i]);
        }
    }
}

int fetch_is_pending(const fetches_t *fetches)
{
    for (size_t i = 0; i < fetches->count; i++) {
        if (fetches->each[i].number != 0) {
            return 1;
        }
    }
    return 0;
}

static void hand_over(fetch_t *it, swmgmt_t *swmgmt)
{
    uint8_t bytes[CHUNK];
    const uint32_t number = it->number;
    const ssize_t got = pread(it->fd, bytes, sizeof bytes, (off_t)it->offset);
    if (got <= 0) {
        end(it);
        swmgmt_done(swmgmt, number, SWMGMT_FAILED_CONNECTION, 0);
        return;
    }
    const swmgmt_chunk_t chunk = {
        .data = bytes,
        .etag = it->etag,
        .length = (uint32_t)got,
        .offset = it->offset,
        .total = it->size,
        .last = it->offset + (uint32_t)got >= it->size,
        .etag_length = sizeof it->etag,
    };
    switch (swmgmt_fetched(swmgmt, number, &chunk)) {
    case SWMGMT_OK:
        it->offset += chunk.length;
        if (chunk.last && it->number == number) {
            end(it);
        }
        break;
    case SWMGMT_EBUSY:
        break;
    case SWMGMT_ESTALE:
        if (it->number == number) {
            end(it);
        }
        break;
    default:
        end(it);
        swmgmt_done(swmgmt, number, SWMGMT_FAILED_CONNECTION, 0);
        break;
    }
}

int fetch_turn(fetches_t *fetches, swmgmt_t *swmgmt)
{
    for (size_t i = 0; i < fetches->count; i++) {
        fetches->next = (fetches->next + 1) % fetches->count;
        if (fetches->each[fetches->next].number != 0) {
            hand_over(&fetches->each[fetches->next], swmgmt);
            return 1;
        }
    }
    return 0;
}
