/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The two slots that servers see: instance 0 of Object 9 is this very firmware,
 * instance 1 a module that runs beside it. */
#ifndef SLOTS_H
#define SLOTS_H

#include <swmgmt.h>

enum { FIRMWARE = 0, MODULE = 1, SLOTS = 2 };

extern const swmgmt_host_t slots_host;

/* For the main loop. */
void slots_begin(swmgmt_t *ctx); /* before swmgmt_boot() */
void slots_resume(void);         /* after it */
void slots_turn(void);           /* again and again */

#endif
