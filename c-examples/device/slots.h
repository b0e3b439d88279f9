/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The firmware's side of swmgmt: where packages are stored, how software is installed,
 * started and removed. DIR/<instance>/ holds
 *
 *   package            the package
 *   installed/         the software; installed/package is the package it came in, and
 *                      installed/.about "<operation> <version>"
 *   installed/component.<n>  component n of that package
 *   installing/        software that is being installed, or was replaced
 *   running, running.<n>  links to what runs: the software, its component n
 *   install.log        what tar or the package said
 *   script, failed     number of the install that ran the package, or failed
 */
#ifndef DEVICE_SLOTS_H
#define DEVICE_SLOTS_H

#include "files.h"
#include "options.h"

#include <swmgmt.h>

enum { MAX_SLOTS = 255 };

typedef struct slot_t {
    int fd;         /* of the package; -1: closed */
    int is_dirty;   /* written to since the last fsync */
    int child;      /* process that installs; 0: none */
    uint32_t number; /* its operation */
    uint16_t instance;
    uint8_t used;
} slot_t;

typedef struct slots_t {
    const options_t *options;
    swmgmt_t *swmgmt;
    crypto_keys_t keys; /* of the options */
    int dir;
    uint32_t install_fails; /* how many more calls shall fail */
    uint32_t uninstall_fails;
    uint32_t prepare_fails;
    uint32_t activate_fails;
    slot_t slots[MAX_SLOTS];
    char name[16]; /* told by about() */
    char version[16];
} slots_t;

/* Opens the directory and makes it if need be. 0, or -1 with a word on stderr. */
int slots_open(slots_t *slots, const options_t *options);
void slots_close(slots_t *slots);
/* What swmgmt_add() is to be told of a slot. */
uint8_t slots_software(slots_t *slots, uint16_t instance);
/* The slot of an instance, its folder made. NULL: none is free. */
slot_t *slots_find(slots_t *slots, uint16_t instance);
/* Name of a file in the slot's folder. */
void slots_path(char room[FILE_NAME_ROOM], uint16_t instance, const char *file);
/* SWMGMT_NONE: the whole software: all of it runs; nothing of it does. */
int slots_is_running(const slots_t *slots, uint16_t instance, uint16_t component);
int slots_is_stopped(const slots_t *slots, uint16_t instance, uint16_t component);

/* The callbacks; `user` is the slots_t. */
swmgmt_verdict_t slots_package_open(void *user, const swmgmt_op_t *op, uint32_t offset,
                                    uint32_t total);
swmgmt_verdict_t slots_package_write(void *user, const swmgmt_op_t *op, uint32_t offset,
                                     const uint8_t *data, size_t length);
swmgmt_verdict_t slots_package_read(void *user, const swmgmt_op_t *op, uint32_t offset,
                                    uint8_t *data, size_t length);
swmgmt_verdict_t slots_package_discard(void *user, const swmgmt_op_t *op);
swmgmt_verdict_t slots_load(void *user, uint16_t key, uint8_t *data, size_t room, size_t *length);
swmgmt_verdict_t slots_save(void *user, uint16_t key, const uint8_t *data, size_t length);
swmgmt_verdict_t slots_uninstall(void *user, const swmgmt_op_t *op);
swmgmt_verdict_t slots_prepare(void *user, const swmgmt_op_t *op);
swmgmt_verdict_t slots_activate(void *user, const swmgmt_op_t *op);
swmgmt_verdict_t slots_deactivate(void *user, const swmgmt_op_t *op);
swmgmt_status_t slots_about(void *user, uint16_t instance, uint16_t component, uint8_t package,
                            swmgmt_about_t *about);

/* install.c */
swmgmt_verdict_t install_begin(void *user, const swmgmt_op_t *op, const char *arguments,
                               size_t length);
swmgmt_verdict_t install_outcome(void *user, const swmgmt_op_t *op);
/* Sees after one child process. 1: swmgmt_done() was called; 0: nothing new. */
int install_turn(slots_t *slots);
/* Whether a child process is at work. */
int install_is_pending(const slots_t *slots);

#endif
