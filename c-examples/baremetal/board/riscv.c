/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Start-up code for 32-bit RISC-V, as QEMU's machine virt: stack, traps, reset. */
#include "board.h"

#include <stdint.h>

#define TEST_DEVICE (*(volatile uint32_t *)0x100000u)
#define TEST_RESET 0x7777u

__attribute__((naked, used, section(".vectors"))) void board_reset(void);
void board_reset(void)
{
    __asm(".option push\n .option norelax\n"
          "la gp, __global_pointer$\n"
          ".option pop\n"
          "la sp, board_stack\n"
          "la tp, board_tls\n" /* picolibc's errno */
          "la t0, board_trap\n"
          ".option arch, +zicsr\n"
          "csrw mtvec, t0\n"
          "j board_start");
}

/* Every trap is unexpected here. */
__attribute__((interrupt, used, aligned(4))) void board_trap(void);
void board_trap(void)
{
    board_print("fault\n");
    board_exit(BOARD_FAULT);
}

/* QEMU knows the call by the instructions around it, uncompressed and in one page. */
__attribute__((noinline, aligned(16))) int board_semihosting(int operation, const void *argument)
{
    register int a0 __asm("a0") = operation;
    register const void *a1 __asm("a1") = argument;
    __asm volatile(".balign 16\n .option push\n .option norvc\n"
                   "slli zero, zero, 0x1f\n ebreak\n srai zero, zero, 7\n"
                   ".option pop"
                   : "+r"(a0) : "r"(a1) : "memory");
    return a0;
}

_Noreturn void board_reboot(void)
{
    TEST_DEVICE = TEST_RESET;
    for (;;) {}
}
