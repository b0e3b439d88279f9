/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What compiled Rust calls on ARM, for C libraries that lack it, as Zephyr's minimal one
 * does. Others win. */
#include <string.h>
#include <zephyr/toolchain.h>

#define COPY(name) \
    __weak void __aeabi_##name(void *to, const void *from, size_t length) { memcpy(to, from, length); }
#define MOVE(name) \
    __weak void __aeabi_##name(void *to, const void *from, size_t length) { memmove(to, from, length); }
#define SET(name) \
    __weak void __aeabi_##name(void *to, size_t length, int value) { memset(to, value, length); }
#define CLEAR(name) \
    __weak void __aeabi_##name(void *to, size_t length) { memset(to, 0, length); }

COPY(memcpy)
COPY(memcpy4)
COPY(memcpy8)
MOVE(memmove)
MOVE(memmove4)
MOVE(memmove8)
SET(memset)
SET(memset4)
SET(memset8)
CLEAR(memclr)
CLEAR(memclr4)
CLEAR(memclr8)
