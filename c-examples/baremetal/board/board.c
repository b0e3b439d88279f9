/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What is the same on every CPU: C's memory, main() and its arguments, semihosting. */
#include "board.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { SYS_WRITE0 = 0x04, SYS_GET_CMDLINE = 0x15, SYS_EXIT_EXTENDED = 0x20 };
enum { STOPPED_BY_APPLICATION = 0x20026 };
enum { ARGUMENTS = 8, COMMAND_LINE = 512 };

/* From board.ld. */
extern char board_data[], board_data_end[], board_data_source[], board_bss[], board_bss_end[];

int main(int count, char **arguments);

/* newlib's files, opened and flushed only where a program uses them. */
void initialise_monitor_handles(void) __attribute__((weak));
#ifndef __PICOLIBC__
extern __typeof__(fflush) fflush __attribute__((weak));
#endif

static int split(char *text, char **arguments)
{
    int count = 0;
    for (; *text != '\0' && count < ARGUMENTS; count++) {
        arguments[count] = text;
        while (*text != ' ' && *text != '\0') text++;
        if (*text == ' ') *text++ = '\0';
    }
    return count;
}

_Noreturn void board_start(void)
{
    static char line[COMMAND_LINE];
    static char *arguments[ARGUMENTS + 1];
    struct { char *text; size_t room; } command = {line, sizeof line};
    int status;

    memcpy(board_data, board_data_source, (size_t)(board_data_end - board_data));
    memset(board_bss, 0, (size_t)(board_bss_end - board_bss));
    if (initialise_monitor_handles != NULL) initialise_monitor_handles();
    board_semihosting(SYS_GET_CMDLINE, &command);
    status = main(split(line, arguments), arguments);
#ifndef __PICOLIBC__
    if (fflush != NULL) fflush(NULL);
#endif
    board_exit(status);
}

void board_print(const char *text)
{
    board_semihosting(SYS_WRITE0, text);
}

_Noreturn void board_exit(int status)
{
    const uintptr_t reason[] = {STOPPED_BY_APPLICATION, (uintptr_t)status};
    for (;;) board_semihosting(SYS_EXIT_EXTENDED, reason);
}
