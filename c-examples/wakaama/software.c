/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "software.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PACKAGE "package"
#define SOFTWARE "software"
#define RUNNING "running" /* there is such a file: the software runs */

static FILE *package; /* open while one arrives */

static swmgmt_verdict_t on_open(void *user, const swmgmt_op_t *op, uint32_t offset, uint32_t total)
{
    (void)user, (void)op, (void)total;
    if (package != NULL) {
        fclose(package);
    }
    package = fopen(PACKAGE, offset == 0 ? "w+b" : "r+b");
    /* A file that is shorter has lost bytes: ftruncate() would fill it up with zeros. */
    return package != NULL && fseek(package, 0, SEEK_END) == 0 && ftell(package) >= (long)offset
            && ftruncate(fileno(package), (off_t)offset) == 0
        ? SWMGMT_DONE
        : SWMGMT_FAILED_STORAGE;
}

static swmgmt_verdict_t on_write(void *user, const swmgmt_op_t *op, uint32_t offset,
                                 const uint8_t *data, size_t length)
{
    (void)user, (void)op;
    return fseek(package, (long)offset, SEEK_SET) == 0
            && fwrite(data, 1, length, package) == length
        ? SWMGMT_DONE
        : SWMGMT_FAILED_STORAGE;
}

static swmgmt_verdict_t on_read(void *user, const swmgmt_op_t *op, uint32_t offset, uint8_t *data,
                                size_t length)
{
    (void)user, (void)op;
    if (package == NULL) {
        package = fopen(PACKAGE, "r+b");
    }
    return package != NULL && fseek(package, (long)offset, SEEK_SET) == 0
            && fread(data, 1, length, package) == length
        ? SWMGMT_DONE
        : SWMGMT_FAILED;
}

static swmgmt_verdict_t on_install(void *user, const swmgmt_op_t *op, const char *arguments,
                                   size_t length)
{
    (void)user, (void)op, (void)arguments, (void)length;
    if (package != NULL) {
        fclose(package);
        package = NULL;
    }
    return rename(PACKAGE, SOFTWARE) == 0 ? SWMGMT_DONE : SWMGMT_FAILED_INSTALL;
}

static swmgmt_verdict_t on_deactivate(void *user, const swmgmt_op_t *op)
{
    (void)user, (void)op;
    remove(RUNNING);
    return SWMGMT_DONE;
}

static swmgmt_verdict_t on_activate(void *user, const swmgmt_op_t *op)
{
    FILE *file = fopen(RUNNING, "wb");

    (void)user, (void)op;
    return file != NULL && fclose(file) == 0 ? SWMGMT_DONE : SWMGMT_FAILED;
}

static swmgmt_verdict_t on_uninstall(void *user, const swmgmt_op_t *op)
{
    (void)on_deactivate(user, op);
    return access(SOFTWARE, F_OK) != 0 || remove(SOFTWARE) == 0 ? SWMGMT_DONE
                                                                : SWMGMT_FAILED_UNINSTALL;
}

/* What became of an operation that a power cut interrupted. */
static swmgmt_verdict_t on_outcome(void *user, const swmgmt_op_t *op)
{
    (void)user;
    switch (op->kind) {
    case SWMGMT_OP_INSTALL:
        return access(PACKAGE, F_OK) == 0 ? SWMGMT_NOT_STARTED : SWMGMT_DONE;
    case SWMGMT_OP_UNINSTALL:
        return access(SOFTWARE, F_OK) == 0 ? SWMGMT_NOT_STARTED : SWMGMT_DONE;
    default:
        return SWMGMT_NOT_STARTED;
    }
}

static swmgmt_status_t on_about(void *user, uint16_t instance, uint16_t component,
                                uint8_t of_package, swmgmt_about_t *about)
{
    (void)user, (void)instance, (void)of_package;
    if (component != SWMGMT_NONE) {
        return SWMGMT_ENOENT;
    }
    about->name = "app";
    about->name_length = 3;
    about->version = "1.0";
    about->version_length = 3;
    return SWMGMT_OK;
}

static swmgmt_verdict_t on_load(void *user, uint16_t key, uint8_t *data, size_t room,
                                size_t *length)
{
    char name[16];
    FILE *file;

    (void)user;
    snprintf(name, sizeof name, "record.%u", (unsigned)key);
    file = fopen(name, "rb");
    *length = 0;
    if (file != NULL) {
        *length = fread(data, 1, room, file);
        fclose(file);
    }
    return SWMGMT_DONE;
}

/* A record may say that the package is there: so it is, before the record. */
static swmgmt_verdict_t on_save(void *user, uint16_t key, const uint8_t *data, size_t length)
{
    char name[16];
    int stored = package == NULL || (fflush(package) == 0 && fsync(fileno(package)) == 0);
    FILE *file = stored ? fopen("record.new", "wb") : NULL;
    int good = file != NULL && fwrite(data, 1, length, file) == length && fflush(file) == 0
        && fsync(fileno(file)) == 0;

    (void)user;
    snprintf(name, sizeof name, "record.%u", (unsigned)key);
    if (file != NULL) {
        fclose(file);
    }
    return good && rename("record.new", name) == 0 ? SWMGMT_DONE : SWMGMT_FAILED;
}

static void on_trace(void *user, uint16_t instance, uint8_t kind, uint32_t number,
                     swmgmt_verdict_t verdict)
{
    (void)user;
    if (kind != SWMGMT_OP_WRITE && kind != SWMGMT_OP_READ) {
        printf("%u: %s #%u: %d\n", (unsigned)instance, swmgmt_operation_name(kind),
               (unsigned)number, (int)verdict);
    }
}

const swmgmt_host_t software_host = {
    .size = sizeof software_host,
    .open = on_open,
    .write = on_write,
    .read = on_read,
    .install = on_install,
    .uninstall = on_uninstall,
    .prepare = on_deactivate,
    .activate = on_activate,
    .deactivate = on_deactivate,
    .outcome = on_outcome,
    .about = on_about,
    .load = on_load,
    .save = on_save,
    .trace = on_trace,
};

uint8_t software_in_slot(void)
{
    return access(SOFTWARE, F_OK) != 0 ? SWMGMT_EMPTY
        : access(RUNNING, F_OK) != 0   ? SWMGMT_INSTALLED
                                       : SWMGMT_RUNNING;
}

int software_expect(swmgmt_t *manager, const char *sha256)
{
    uint8_t digest[32];

    for (size_t i = 0; i < sizeof digest; i++) {
        unsigned byte = 0;
        if (strlen(sha256) != 2 * sizeof digest || sscanf(sha256 + 2 * i, "%2x", &byte) != 1) {
            return -1;
        }
        digest[i] = (uint8_t)byte;
    }
    return swmgmt_expect(manager, 0, 0, SWMGMT_SHA256, digest, sizeof digest) == SWMGMT_OK ? 0 : -1;
}
