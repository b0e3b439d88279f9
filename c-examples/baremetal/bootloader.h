/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Stands for a bootloader with two slots, as MCUboot is one: a new image is tried once,
 * and if it does not confirm itself, the next reset goes back to the old one. */
#ifndef BOOTLOADER_H
#define BOOTLOADER_H

#include <stdbool.h>
#include <stdint.h>

typedef enum { BOOT_CONFIRMED, BOOT_PENDING, BOOT_TRIAL, BOOT_WENT_BACK } boot_status_t;

void bootloader(void); /* what happens before main(): decides which slot runs */

/* For the firmware. */
uint32_t boot_running(void);      /* slot 0 or 1 */
boot_status_t boot_status(void);
uint32_t boot_number(void);       /* of the install that the status is about */
bool boot_try(uint32_t number);   /* the next reset tries the other slot */
bool boot_confirm(void);

#endif
