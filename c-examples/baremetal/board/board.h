/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What a program needs of the machine under it: text, an end, and a reset. All but the
 * reset is semihosting: it wants QEMU, or a debugger, to be there. */
#ifndef BOARD_H
#define BOARD_H

void board_print(const char *text);
/* The status of QEMU's own process. A fault ends with BOARD_FAULT. */
_Noreturn void board_exit(int status);
/* Resets the machine. What lies in section .noinit of RAM stays. */
_Noreturn void board_reboot(void);

#define BOARD_FAULT 99
#define BOARD_NOINIT __attribute__((section(".noinit")))

/* Between board.c and the start-up code of a CPU. */
_Noreturn void board_start(void); /* once there is a stack */
int board_semihosting(int operation, const void *argument);

#endif
