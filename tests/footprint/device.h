/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A firmware whose callbacks use no stack, so that all that is seen is the library's. */
#ifndef DEVICE_H
#define DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <swmgmt.h>

#define PACKAGE "hello, world"
#define PACKAGE_BYTES 12u

enum { KEYS = 8, RECORD = 512 };

/* The script. */
extern swmgmt_verdict_t device_answer[SWMGMT_OP_COMMIT + 1]; /* by operation */

/* What is read back; at first PACKAGE. */
extern const uint8_t *device_package;

/* The Ed25519 key that is trusted, whatever its id. */
extern const uint8_t device_key[32];

/* What was seen. */
extern uint32_t device_number; /* of the newest operation */

extern const swmgmt_host_t device_host;        /* every callback */
extern const swmgmt_host_t device_push_host;   /* all of a firmware that takes pushes only */
extern const swmgmt_host_t device_bare_host;   /* those that there must be */

/* From probe.S. */
void probe_paint(void);
uint32_t probe_depth(void);
uint32_t probe_ticks(void);
uint32_t probe_nothing(void);
uint32_t probe_loop(void);

/* So many saves succeed, then one fails. */
void device_fail_after(uint32_t count);
/* Forgets all records. */
void device_forget(void);

/* "name number", a line. */
void device_report(const char *name, uint32_t number);

#endif
