/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#define _GNU_SOURCE /* renameat2 */
#include "files.h"

#include "digest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int files_exists(int dir, const char *name)
{
    struct stat about;
    return fstatat(dir, name, &about, AT_SYMLINK_NOFOLLOW) == 0;
}

int files_make_folder(int dir, const char *name)
{
    return mkdirat(dir, name, 0777) == 0 || errno == EEXIST ? 0 : -1;
}

int files_sync_folder(int dir, const char *name)
{
    const int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    const int result = fsync(fd);
    close(fd);
    return result;
}

int files_remove(int dir, const char *name)
{
    if (unlinkat(dir, name, 0) == 0 || errno == ENOENT) {
        return 0;
    }
    if (errno != EISDIR && errno != EPERM) {
        return -1;
    }
    const int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    if (folder == NULL) {
        if (fd >= 0) {
            close(fd);
        }
        return -1;
    }
    int result = 0;
    struct dirent *entry;
    while (result == 0 && (entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            result = files_remove(dirfd(folder), entry->d_name);
        }
    }
    closedir(folder);
    return result == 0 ? unlinkat(dir, name, AT_REMOVEDIR) : -1;
}

ssize_t files_load(int dir, const char *name, void *bytes, size_t room)
{
    const int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    size_t length = 0;
    ssize_t got;
    while (length < room && (got = read(fd, (uint8_t *)bytes + length, room - length)) != 0) {
        if (got < 0 && errno != EINTR) {
            close(fd);
            return -1;
        }
        length += got > 0 ? (size_t)got : 0;
    }
    close(fd);
    return (ssize_t)length;
}

static int write_all(int fd, const void *bytes, size_t length)
{
    const uint8_t *from = bytes;
    while (length > 0) {
        const ssize_t done = write(fd, from, length);
        if (done < 0 && errno != EINTR) {
            return -1;
        }
        from += done > 0 ? done : 0;
        length -= done > 0 ? (size_t)done : 0;
    }
    return 0;
}

int files_save(int dir, const char *folder, const char *name, const void *bytes, size_t length)
{
    char fresh[FILE_NAME_ROOM];
    char final[FILE_NAME_ROOM];
    snprintf(fresh, sizeof fresh, "%s/%s.new", folder, name);
    snprintf(final, sizeof final, "%s/%s", folder, name);
    const int fd = openat(dir, fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) {
        return -1;
    }
    const int result = write_all(fd, bytes, length) == 0 ? fsync(fd) : -1;
    if (close(fd) != 0 || result != 0) {
        return -1;
    }
    return renameat(dir, fresh, dir, final) == 0 ? files_sync_folder(dir, folder) : -1;
}

int files_copy(int dir, const char *from, uint32_t offset, uint32_t length, const char *to,
               uint32_t *crc)
{
    static uint8_t buffer[65536];
    const int in = openat(dir, from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (in < 0) {
        return -1;
    }
    const int out = openat(dir, to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0777);
    int result = out >= 0 ? 0 : -1;
    ssize_t got = 1;
    *crc = 0;
    while (result == 0 && length != 0 && got > 0) {
        const size_t some = length < sizeof buffer ? length : sizeof buffer;
        got = pread(in, buffer, some, (off_t)offset);
        if (got > 0) {
            *crc = digest_crc32(*crc, buffer, (size_t)got);
            result = write_all(out, buffer, (size_t)got);
            offset += (uint32_t)got;
            length -= length == FILE_REST ? 0 : (uint32_t)got;
        }
    }
    if (got < 0 || (length != 0 && length != FILE_REST)) {
        result = -1;
    }
    if (result == 0) {
        result = fsync(out);
    }
    close(in);
    if (out >= 0 && close(out) != 0) {
        result = -1;
    }
    return result;
}

static void aside(char *room, const char *name) { snprintf(room, FILE_NAME_ROOM, "%s.old", name); }

int files_replace(int dir, const char *fresh, const char *name)
{
    if (!files_exists(dir, name)) {
        return renameat(dir, fresh, dir, name);
    }
    if (renameat2(dir, fresh, dir, name, RENAME_EXCHANGE) == 0) {
        return 0;
    }
    if (errno != EINVAL && errno != ENOSYS) {
        return -1;
    }
    char old[FILE_NAME_ROOM];
    aside(old, name);
    if (files_remove(dir, old) != 0 || renameat(dir, name, dir, old) != 0) {
        return -1;
    }
    if (renameat(dir, fresh, dir, name) != 0) {
        renameat(dir, old, dir, name);
        return -1;
    }
    return renameat(dir, old, dir, fresh);
}

void files_repair(int dir, const char *name)
{
    char old[FILE_NAME_ROOM];
    aside(old, name);
    if (!files_exists(dir, name)) {
        renameat(dir, old, dir, name);
    } else {
        files_remove(dir, old);
    }
}
