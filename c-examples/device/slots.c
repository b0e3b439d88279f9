/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Software in its slot: names, start, stop, removal. */
#define _POSIX_C_SOURCE 200809L
#include "slots.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int slots_open(slots_t *slots, const options_t *options)
{
    memset(slots, 0, sizeof *slots);
    slots->options = options;
    slots->keys = options->trust.keys;
    slots->install_fails = options->install_fails;
    slots->uninstall_fails = options->uninstall_fails;
    slots->prepare_fails = options->prepare_fails;
    slots->activate_fails = options->activate_fails;
    if (mkdir(options->directory, 0777) != 0 && errno != EEXIST) {
        fprintf(stderr, "device: %s: %s\n", options->directory, strerror(errno));
        return -1;
    }
    slots->dir = open(options->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (slots->dir < 0 || files_make_folder(slots->dir, "records") != 0 ||
        files_make_folder(slots->dir, "counters") != 0) {
        fprintf(stderr, "device: %s: %s\n", options->directory, strerror(errno));
        return -1;
    }
    return 0;
}

void slots_close(slots_t *slots)
{
    for (size_t i = 0; i < MAX_SLOTS; i++) {
        if (slots->slots[i].used && slots->slots[i].fd >= 0) {
            close(slots->slots[i].fd);
        }
    }
    close(slots->dir);
}

void slots_path(char room[FILE_NAME_ROOM], uint16_t instance, const char *file)
{
    snprintf(room, FILE_NAME_ROOM, "%u/%s", instance, file);
}

slot_t *slots_find(slots_t *slots, uint16_t instance)
{
    slot_t *free_slot = NULL;
    for (size_t i = 0; i < MAX_SLOTS; i++) {
        slot_t *it = &slots->slots[i];
        if (it->used && it->instance == instance) {
            return it;
        }
        if (!it->used && free_slot == NULL) {
            free_slot = it;
        }
    }
    char folder[FILE_NAME_ROOM];
    snprintf(folder, sizeof folder, "%u", instance);
    if (free_slot == NULL || files_make_folder(slots->dir, folder) != 0 ||
        files_sync_folder(slots->dir, ".") != 0) {
        return NULL;
    }
    slots_path(folder, instance, "installed");
    files_repair(slots->dir, folder);
    memset(free_slot, 0, sizeof *free_slot);
    free_slot->used = 1;
    free_slot->fd = -1;
    free_slot->instance = instance;
    return free_slot;
}

static int has(const slots_t *slots, uint16_t instance, const char *file)
{
    char path[FILE_NAME_ROOM];
    slots_path(path, instance, file);
    return files_exists(slots->dir, path);
}

static void path_running(char room[FILE_NAME_ROOM], uint16_t instance, uint16_t component)
{
    if (component == SWMGMT_NONE) {
        slots_path(room, instance, "running");
    } else {
        snprintf(room, FILE_NAME_ROOM, "%u/running.%u", instance, component);
    }
}

int slots_is_running(const slots_t *slots, uint16_t instance, uint16_t component)
{
    char path[FILE_NAME_ROOM];
    path_running(path, instance, component);
    return files_exists(slots->dir, path);
}

/* Of the software that is installed. */
static uint16_t count_components(const slots_t *slots, uint16_t instance)
{
    char file[32];
    uint16_t count = 0;
    do {
        snprintf(file, sizeof file, "installed/component.%u", count);
    } while (has(slots, instance, file) && ++count != 0);
    return count != 0 ? count : slots->options->components;
}

int slots_is_stopped(const slots_t *slots, uint16_t instance, uint16_t component)
{
    const uint16_t count = component == SWMGMT_NONE ? count_components(slots, instance) : 0;
    int runs = slots_is_running(slots, instance, component);
    for (uint16_t i = 0; i < count; i++) {
        runs |= slots_is_running(slots, instance, i);
    }
    return !runs;
}

uint8_t slots_software(slots_t *slots, uint16_t instance)
{
    if (slots_find(slots, instance) == NULL || !has(slots, instance, "installed")) {
        return SWMGMT_EMPTY;
    }
    return slots_is_running(slots, instance, SWMGMT_NONE) ? SWMGMT_RUNNING : SWMGMT_INSTALLED;
}

/* --- names ------------------------------------------------------------------------ */

swmgmt_status_t slots_about(void *user, uint16_t instance, uint16_t component, uint8_t package,
                            swmgmt_about_t *about)
{
    slots_t *slots = user;
    char path[FILE_NAME_ROOM];
    char line[48];
    const slot_t *slot = slots_find(slots, instance);
    if (slot == NULL) {
        return SWMGMT_ENOENT;
    }
    slots_path(path, instance, "installed/.about");
    const ssize_t length = files_load(slots->dir, path, line, sizeof line - 1);
    if (component != SWMGMT_NONE) {
        if (component >= slots->options->components || (!package && length < 0)) {
            return SWMGMT_ENOENT;
        }
        snprintf(slots->name, sizeof slots->name, "c%u", component);
        snprintf(slots->version, sizeof slots->version, "1");
        about->active = !package && slots_is_running(slots, instance, component);
    } else if (package) {
        return SWMGMT_ENOENT; /* these packages carry no name */
    } else if (length < 0) {
        snprintf(slots->name, sizeof slots->name, "none");
        snprintf(slots->version, sizeof slots->version, "0");
    } else {
        line[length] = '\0';
        const char *space = strchr(line, ' ');
        snprintf(slots->name, sizeof slots->name, "app%u", instance);
        snprintf(slots->version, sizeof slots->version, "%.8s", space != NULL ? space + 1 : "0");
    }
    about->name = slots->name;
    about->name_length = (uint16_t)strlen(slots->name);
    about->version = slots->version;
    about->version_length = (uint16_t)strlen(slots->version);
    return SWMGMT_OK;
}

/* --- start and stop ----------------------------------------------------------------- */

static int shall_fail(uint32_t *count)
{
    if (*count == 0) {
        return 0;
    }
    --*count;
    return 1;
}

static swmgmt_verdict_t sync_slot(const slots_t *slots, uint16_t instance,
                                  swmgmt_verdict_t otherwise)
{
    char folder[FILE_NAME_ROOM];
    snprintf(folder, sizeof folder, "%u", instance);
    return files_sync_folder(slots->dir, folder) == 0 ? SWMGMT_DONE : otherwise;
}

static int start(const slots_t *slots, uint16_t instance, uint16_t component)
{
    char path[FILE_NAME_ROOM];
    char what[FILE_NAME_ROOM] = "installed";
    path_running(path, instance, component);
    if (component != SWMGMT_NONE) {
        snprintf(what, sizeof what, "installed/component.%u", component);
    }
    return symlinkat(what, slots->dir, path) == 0 || errno == EEXIST ? 0 : -1;
}

swmgmt_verdict_t slots_activate(void *user, const swmgmt_op_t *op)
{
    slots_t *slots = user;
    const uint16_t count = count_components(slots, op->instance);
    int result = 0;
    int all = 1;
    if (shall_fail(&slots->activate_fails)) {
        return SWMGMT_FAILED;
    }
    for (uint16_t i = 0; i < count; i++) {
        if (op->component == SWMGMT_NONE || op->component == i) {
            result |= start(slots, op->instance, i);
        }
        all &= slots_is_running(slots, op->instance, i);
    }
    if (all) {
        result |= start(slots, op->instance, SWMGMT_NONE);
    }
    return result == 0 ? sync_slot(slots, op->instance, SWMGMT_FAILED) : SWMGMT_FAILED;
}

static int stop(const slots_t *slots, uint16_t instance, uint16_t component)
{
    char path[FILE_NAME_ROOM];
    path_running(path, instance, component);
    return files_remove(slots->dir, path);
}

static int stop_all(const slots_t *slots, uint16_t instance)
{
    const uint16_t count = count_components(slots, instance);
    int result = stop(slots, instance, SWMGMT_NONE);
    for (uint16_t i = 0; i < count; i++) {
        result |= stop(slots, instance, i);
    }
    return result;
}

swmgmt_verdict_t slots_deactivate(void *user, const swmgmt_op_t *op)
{
    slots_t *slots = user;
    const int result = op->component == SWMGMT_NONE
                           ? stop_all(slots, op->instance)
                           : stop(slots, op->instance, SWMGMT_NONE) |
                                 stop(slots, op->instance, op->component);
    return result == 0 ? sync_slot(slots, op->instance, SWMGMT_FAILED) : SWMGMT_FAILED;
}

/* --- removal -------------------------------------------------------------------------- */

/* A failure that has left everything as it was: software that ran still runs. */
static swmgmt_verdict_t fail_unharmed(const slots_t *slots, const swmgmt_op_t *op)
{
    swmgmt_done(slots->swmgmt, op->number, SWMGMT_FAILED_UNINSTALL,
                op->active ? SWMGMT_STILL_RUNS : 0);
    return SWMGMT_PENDING;
}

swmgmt_verdict_t slots_uninstall(void *user, const swmgmt_op_t *op)
{
    slots_t *slots = user;
    char installed[FILE_NAME_ROOM];
    char scrap[FILE_NAME_ROOM];
    if (shall_fail(&slots->uninstall_fails)) {
        return fail_unharmed(slots, op);
    }
    slots_path(installed, op->instance, "installed");
    slots_path(scrap, op->instance, "installing");
    if (stop_all(slots, op->instance) != 0 || files_remove(slots->dir, scrap) != 0) {
        return SWMGMT_FAILED_UNINSTALL;
    }
    /* In one step, so that half a software is never found after a power cut. */
    if (renameat(slots->dir, installed, slots->dir, scrap) != 0 && errno != ENOENT) {
        return SWMGMT_FAILED_UNINSTALL;
    }
    if (sync_slot(slots, op->instance, SWMGMT_FAILED_UNINSTALL) != SWMGMT_DONE) {
        return SWMGMT_FAILED_UNINSTALL;
    }
    files_remove(slots->dir, scrap); /* what stays is removed by the next install */
    return SWMGMT_DONE;
}

swmgmt_verdict_t slots_prepare(void *user, const swmgmt_op_t *op)
{
    slots_t *slots = user;
    if (shall_fail(&slots->prepare_fails)) {
        return fail_unharmed(slots, op);
    }
    /* The old software stays until the new one takes its place. */
    if (stop_all(slots, op->instance) != 0) {
        return SWMGMT_FAILED_UNINSTALL;
    }
    return sync_slot(slots, op->instance, SWMGMT_FAILED_UNINSTALL);
}
