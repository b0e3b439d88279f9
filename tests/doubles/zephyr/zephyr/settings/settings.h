/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A stand-in for Zephyr's settings. */
#ifndef DOUBLE_SETTINGS_H
#define DOUBLE_SETTINGS_H

#include <stddef.h>
#include <sys/types.h>

typedef ssize_t (*settings_read_cb)(void *argument, void *data, size_t length);
typedef int (*settings_load_direct_cb)(const char *below, size_t length, settings_read_cb read,
                                       void *argument, void *user);
int settings_subsys_init(void);
int settings_load_subtree_direct(const char *subtree, settings_load_direct_cb callback, void *user);
int settings_save_one(const char *name, const void *value, size_t length);

#endif
