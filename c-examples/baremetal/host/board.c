/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A board that is a process: each run from reset to reset is a child, and what lies in
 * section noinit goes from one child to the next. */
#define _GNU_SOURCE
#include "board.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../flash.h"

enum { REBOOT = 77 };

extern uint8_t __start_noinit[], __stop_noinit[]; /* made by the linker */
static uint8_t *kept;

static size_t noinit_size(void)
{
    return (size_t)(__stop_noinit - __start_noinit);
}

/* Before main(): the parent stays here. With CUT=n in the environment the power goes in
 * the n-th operation of the flash. */
__attribute__((constructor)) static void power_on(void)
{
    const char *cut = getenv("CUT");
    int status;
    kept = mmap(NULL, noinit_size(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (kept == MAP_FAILED) abort();
    flash_begin();
    if (cut != NULL) flash_cut((uint32_t)strtoul(cut, NULL, 10));
    memcpy(kept, __start_noinit, noinit_size());
    for (;;) {
        const pid_t child = fork();
        if (child == 0) {
            memcpy(__start_noinit, kept, noinit_size());
            return;
        }
        if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) abort();
        if (WEXITSTATUS(status) != REBOOT) _exit(WEXITSTATUS(status));
    }
}

void board_print(const char *text)
{
    if (write(STDERR_FILENO, text, strlen(text)) < 0) abort();
}

_Noreturn void board_exit(int status)
{
    _exit(status);
}

_Noreturn void board_reboot(void)
{
    memcpy(kept, __start_noinit, noinit_size());
    _exit(REBOOT);
}
