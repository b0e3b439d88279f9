/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* board/board.h for a process on Linux. */
#ifndef BOARD_H
#define BOARD_H

#define BOARD_NOINIT __attribute__((section("noinit")))

void board_print(const char *text);
_Noreturn void board_exit(int status);
_Noreturn void board_reboot(void);

#endif
