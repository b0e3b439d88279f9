/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the other tests rely on: memory at the start, .noinit over a reset, and that a
 * fault ends a program. */
#include "board.h"

#include <stdint.h>
#include <string.h>

#include "../c/check.h"

enum { MARK = 0x5aa5c33c };
static BOARD_NOINIT volatile uint32_t mark, resets;
static volatile uint32_t initialised = 7, zero;

static void fault(void)
{
#ifdef __riscv
    __asm volatile("unimp");
#else
    __asm volatile("udf #0");
#endif
}

/* A load that no Cortex-M0 can do. */
static uint32_t unaligned(void)
{
    static const uint32_t words[2] = {0x03020100, 0x07060504};
    uint32_t value;
#ifdef __riscv
    __asm volatile("lw %0, 1(%1)" : "=r"(value) : "r"(words) : "memory");
#else
    __asm volatile("ldr %0, [%1]" : "=r"(value) : "r"((uintptr_t)words + 1) : "memory");
#endif
    return value;
}

int main(int count, char **argument)
{
    if (count > 1 && strcmp(argument[1], "fault") == 0) fault();
    if (count > 1 && strcmp(argument[1], "unaligned") == 0) return unaligned() != 0x04030201;
    if (mark != MARK) {
        mark = MARK;
        resets = 0;
    }
    CHECK_EQ(7, initialised++);
    CHECK_EQ(0, zero++);
    if (resets < 2) {
        resets++;
        board_reboot();
    }
    CHECK_EQ(2, resets);
    return check_end();
}
