/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Start-up code for every Cortex-M: vectors, faults, FPU, reset. */
#include "board.h"

#include <stdint.h>

#define CPACR (*(volatile uint32_t *)0xe000ed88u) /* access to coprocessors */
#define CPACR_FPU (0xfu << 20)
#define AIRCR (*(volatile uint32_t *)0xe000ed0cu) /* application interrupt and reset */
#define AIRCR_SYSRESETREQ 0x05fa0004u

extern char board_stack[]; /* its upper end, from board.ld */
void board_reset(void);

void board_reset(void)
{
#ifdef __ARM_FP
    CPACR |= CPACR_FPU;
    __asm volatile("dsb\n isb");
#endif
    board_start();
}

/* Every exception is unexpected here. */
static void fault(void)
{
    board_print("fault\n");
    board_exit(BOARD_FAULT);
}

/* The 15 exceptions of the architecture; a device adds its interrupts. */
__attribute__((section(".vectors"), used)) static const uintptr_t vectors[16] = {
    (uintptr_t)board_stack, (uintptr_t)board_reset, /* NMI, HardFault, ... */
    (uintptr_t)fault, (uintptr_t)fault, (uintptr_t)fault, (uintptr_t)fault, (uintptr_t)fault,
    (uintptr_t)fault, (uintptr_t)fault, (uintptr_t)fault, (uintptr_t)fault, (uintptr_t)fault,
    (uintptr_t)fault, (uintptr_t)fault, (uintptr_t)fault, (uintptr_t)fault,
};

int board_semihosting(int operation, const void *argument)
{
    register int result __asm("r0") = operation;
    register const void *r1 __asm("r1") = argument;
    __asm volatile("bkpt 0xab" : "+r"(result) : "r"(r1) : "memory");
    return result;
}

_Noreturn void board_reboot(void)
{
    __asm volatile("dsb" ::: "memory");
    AIRCR = AIRCR_SYSRESETREQ;
    for (;;) __asm volatile("dsb");
}
