/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Files that survive a power cut. Names are relative to the device's directory. */
#ifndef DEVICE_FILES_H
#define DEVICE_FILES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { FILE_NAME_ROOM = 64 };
#define FILE_REST UINT32_MAX

/* All: 0, or -1 with errno, unless the line says otherwise. */
int files_exists(int dir, const char *name); /* 1: there */
int files_make_folder(int dir, const char *name);
int files_sync_folder(int dir, const char *name);
int files_remove(int dir, const char *name); /* a whole tree; fine if it is not there */
ssize_t files_load(int dir, const char *name, void *bytes, size_t room); /* bytes, or -1 */
/* Replaces `folder`/`name` atomically; on return it is on the disk. */
int files_save(int dir, const char *folder, const char *name, const void *bytes, size_t length);
/* Copies bytes from `offset` on to a file that must not be there, syncs it, and tells the
 * CRC-32. `length` FILE_REST: up to the end. */
int files_copy(int dir, const char *from, uint32_t offset, uint32_t length, const char *to,
               uint32_t *crc);
/* Puts folder `fresh` in the place of `name`, atomically. What was there, if anything, is
 * `fresh` afterwards. */
int files_replace(int dir, const char *fresh, const char *name);
/* Undoes what a cut in the middle of files_replace() may have left, where the file system
 * cannot exchange two names in one step. */
void files_repair(int dir, const char *name);

#endif
