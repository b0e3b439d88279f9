/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Installing: the software is made ready in a folder of its own, which then takes the
 * place of installed/ in one step. That step is the moment of truth: the operation's
 * number is in the folder, so that after a power cut the disk tells what happened. */
#define _GNU_SOURCE /* syncfs */
#include "slots.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum kind { PLAIN, CONTAINER, ARCHIVE, SCRIPT };

/* A package of docs/package.md; a tar archive, packed or not; or something that says who
 * runs it. */
static enum kind kind_of(int dir, const char *package)
{
    uint8_t head[512] = {0};
    const ssize_t length = files_load(dir, package, head, sizeof head);
    if (length >= 4 && memcmp(head, "SWPK", 4) == 0) {
        return CONTAINER;
    }
    if (length >= 2 && head[0] == '#' && head[1] == '!') {
        return SCRIPT;
    }
    if ((length >= 2 && head[0] == 0x1f && head[1] == 0x8b) ||
        (length >= 262 && memcmp(&head[257], "ustar", 5) == 0)) {
        return ARCHIVE;
    }
    return PLAIN;
}

static void become_quiet(int dir, const char *log)
{
    const int nothing = open("/dev/null", O_RDONLY);
    const int output = openat(dir, log, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (nothing >= 0) {
        dup2(nothing, STDIN_FILENO);
    }
    if (output >= 0) {
        dup2(output, STDOUT_FILENO);
        dup2(output, STDERR_FILENO);
    }
}

/* Runs a program in `folder`. 0 if it exits with 0. */
static int run(int dir, const char *folder, const char *log, char *const argv[])
{
    const pid_t child = fork();
    if (child == 0) {
        const int cwd = openat(dir, folder, O_RDONLY | O_DIRECTORY);
        become_quiet(dir, log);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (cwd < 0 || fchdir(cwd) != 0) {
            _exit(127);
        }
        for (int fd = 3; fd < 1024; fd++) {
            close(fd); /* libcoap's sockets would outlive the device */
        }
        execvp(argv[0], argv);
        _exit(127);
    }
    int status = -1;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

static int save_number(const slots_t *slots, uint16_t instance, const char *file, uint32_t number)
{
    char folder[8];
    char text[16];
    snprintf(folder, sizeof folder, "%u", instance);
    const int length = snprintf(text, sizeof text, "%lu", (unsigned long)number);
    return files_save(slots->dir, folder, file, text, (size_t)length);
}

static int is_number(const slots_t *slots, uint16_t instance, const char *file, uint32_t number)
{
    char path[FILE_NAME_ROOM];
    char text[48];
    slots_path(path, instance, file);
    const ssize_t length = files_load(slots->dir, path, text, sizeof text - 1);
    if (length <= 0) {
        return 0;
    }
    text[length] = '\0';
    return strtoul(text, NULL, 10) == number;
}

/* Puts each component of a package into a file of its own. */
static int take_apart(const slots_t *slots, uint16_t instance, const char *package)
{
    static uint8_t head[UINT16_MAX];
    char file[FILE_NAME_ROOM];
    uint32_t crc;
    swmgmt_component_t component;
    swmgmt_status_t status;
    const ssize_t got = files_load(slots->dir, package, head, sizeof head);
    const size_t length = got > 0 ? (size_t)got : 0;
    for (uint16_t n = 0;
         (status = swmgmt_package_component(head, length, n, &component)) == SWMGMT_OK; n++) {
        /* Not by the component's name, in which anything may stand. */
        snprintf(file, sizeof file, "%u/installing/component.%u", instance, n);
        if (files_copy(slots->dir, package, component.offset, component.length, file, &crc) != 0) {
            return -1;
        }
    }
    return status == SWMGMT_ENOENT ? 0 : -1;
}

/* Fills `fresh` with the software of the package. */
static int make_ready(const slots_t *slots, uint16_t instance, uint32_t number, const char *fresh)
{
    char package[FILE_NAME_ROOM];
    char copy[FILE_NAME_ROOM];
    char log[FILE_NAME_ROOM];
    char about[48];
    uint32_t crc;
    static char *const TAR[] = {"tar", "-xf", "../package", NULL};
    static char *const SELF[] = {"./package", "install", NULL};
    slots_path(package, instance, "package");
    slots_path(copy, instance, "installing/package");
    slots_path(log, instance, "install.log");
    const enum kind kind = kind_of(slots->dir, package);
    if (files_remove(slots->dir, fresh) != 0 || files_make_folder(slots->dir, fresh) != 0) {
        return -1;
    }
    if (kind == ARCHIVE && run(slots->dir, fresh, log, TAR) != 0) {
        return -1;
    }
    if (kind == CONTAINER && take_apart(slots, instance, package) != 0) {
        return -1;
    }
    if (files_remove(slots->dir, copy) != 0 ||
        files_copy(slots->dir, package, 0, FILE_REST, copy, &crc) != 0) {
        return -1;
    }
    /* What a program did before the power went nobody knows: note that it began. */
    if (kind == SCRIPT && (save_number(slots, instance, "script", number) != 0 ||
                           run(slots->dir, fresh, log, SELF) != 0)) {
        return -1;
    }
    const int length =
        snprintf(about, sizeof about, "%lu %08lx", (unsigned long)number, (unsigned long)crc);
    if (files_save(slots->dir, fresh, ".about", about, (size_t)length) != 0) {
        return -1;
    }
    return kind == PLAIN || kind == CONTAINER ? files_sync_folder(slots->dir, fresh)
                                              : syncfs(slots->dir);
}

static int install(const slots_t *slots, uint16_t instance, uint32_t number)
{
    char fresh[FILE_NAME_ROOM];
    char installed[FILE_NAME_ROOM];
    char folder[8];
    snprintf(folder, sizeof folder, "%u", instance);
    slots_path(fresh, instance, "installing");
    slots_path(installed, instance, "installed");
    if (make_ready(slots, instance, number, fresh) != 0 ||
        files_replace(slots->dir, fresh, installed) != 0 ||
        files_sync_folder(slots->dir, folder) != 0) {
        files_remove(slots->dir, fresh);
        return -1;
    }
    files_remove(slots->dir, fresh); /* the software that was replaced, if any */
    return 0;
}

static swmgmt_verdict_t install_now(const slots_t *slots, uint16_t instance, uint32_t number,
                                    int shall_fail)
{
    if (!shall_fail && install(slots, instance, number) == 0) {
        return SWMGMT_DONE;
    }
    save_number(slots, instance, "failed", number);
    return SWMGMT_FAILED_INSTALL;
}

static void sleep_ms(uint32_t ms)
{
    struct timespec left = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

swmgmt_verdict_t install_begin(void *user, const swmgmt_op_t *op, const char *arguments,
                               size_t length)
{
    slots_t *slots = user;
    slot_t *slot = slots_find(slots, op->instance);
    (void)arguments; /* these packages take none */
    (void)length;
    if (slot == NULL) {
        return SWMGMT_FAILED_INSTALL;
    }
    const int shall_fail = slots->install_fails > 0;
    slots->install_fails -= shall_fail ? 1u : 0u;
    if (slots->options->install_pending_ms == 0) {
        return install_now(slots, op->instance, op->number, shall_fail);
    }
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child < 0) {
        return SWMGMT_FAILED_INSTALL;
    }
    if (child == 0) {
        char log[FILE_NAME_ROOM];
        /* Dies with the device, as what it runs does: nobody installs behind the back of
         * the next one. */
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) {
            _exit(1);
        }
        slots_path(log, op->instance, "install.log");
        become_quiet(slots->dir, log);
        sleep_ms(slots->options->install_pending_ms);
        _exit(install_now(slots, op->instance, op->number, shall_fail) == SWMGMT_DONE ? 0 : 1);
    }
    slot->child = (int)child;
    slot->number = op->number;
    return SWMGMT_PENDING;
}

int install_is_pending(const slots_t *slots)
{
    for (size_t i = 0; i < MAX_SLOTS && slots->slots[i].used; i++) {
        if (slots->slots[i].child != 0) {
            return 1;
        }
    }
    return 0;
}

int install_turn(slots_t *slots)
{
    for (size_t i = 0; i < MAX_SLOTS && slots->slots[i].used; i++) {
        slot_t *slot = &slots->slots[i];
        int status;
        if (slot->child == 0 || waitpid(slot->child, &status, WNOHANG) != slot->child) {
            continue;
        }
        slot->child = 0;
        /* The disk decides, not the exit code: a child may be killed after the step. */
        const int done = is_number(slots, slot->instance, "installed/.about", slot->number);
        swmgmt_done(slots->swmgmt, slot->number, done ? SWMGMT_DONE : SWMGMT_FAILED_INSTALL, 0);
        return 1;
    }
    return 0;
}

/* --- after a power cut ------------------------------------------------------------------ */

static swmgmt_verdict_t outcome_of_install(const slots_t *slots, const swmgmt_op_t *op)
{
    if (is_number(slots, op->instance, "installed/.about", op->number)) {
        return SWMGMT_DONE;
    }
    if (is_number(slots, op->instance, "failed", op->number) ||
        is_number(slots, op->instance, "script", op->number)) {
        return SWMGMT_FAILED_INSTALL;
    }
    return SWMGMT_NOT_STARTED; /* nothing is seen of it: it may begin again */
}

swmgmt_verdict_t install_outcome(void *user, const swmgmt_op_t *op)
{
    slots_t *slots = user;
    char path[FILE_NAME_ROOM];
    if (slots_find(slots, op->instance) == NULL) {
        return SWMGMT_UNKNOWN;
    }
    const int runs = slots_is_running(slots, op->instance, op->component);
    const int stands = slots_is_stopped(slots, op->instance, op->component);
    slots_path(path, op->instance, "installed");
    const int is_installed = files_exists(slots->dir, path);
    switch (op->kind) {
    case SWMGMT_OP_INSTALL: return outcome_of_install(slots, op);
    case SWMGMT_OP_UNINSTALL: return is_installed ? SWMGMT_NOT_STARTED : SWMGMT_DONE;
    case SWMGMT_OP_PREPARE: return stands ? SWMGMT_DONE : SWMGMT_NOT_STARTED;
    case SWMGMT_OP_ACTIVATE: return runs ? SWMGMT_DONE : SWMGMT_NOT_STARTED;
    case SWMGMT_OP_DEACTIVATE: return stands ? SWMGMT_DONE : SWMGMT_NOT_STARTED;
    default: return SWMGMT_UNKNOWN;
    }
}
