/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Prints a line each time an instance of Object 9 has moved. */
#ifndef DEVICE_WATCH_H
#define DEVICE_WATCH_H

#include <stddef.h>
#include <swmgmt.h>

typedef struct watched_t {
    uint16_t instance;
    uint8_t state;
    uint8_t update_state;
    uint8_t update_result;
    uint8_t activation;
} watched_t;

typedef struct watch_t {
    watched_t each[255];
    size_t count;
} watch_t;

/* `changes`: how many swmgmt_coap_flush() told; with 0 only the states are looked at. */
void watch(watch_t *it, const swmgmt_t *swmgmt, uint32_t changes);

#endif
