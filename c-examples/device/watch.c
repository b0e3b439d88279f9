/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "watch.h"

#include <stdio.h>
#include <string.h>

static uint8_t value_of(const swmgmt_t *swmgmt, uint16_t instance, uint16_t resource)
{
    const swmgmt_path_t path = {9, instance, resource, SWMGMT_NONE};
    swmgmt_value_t value;
    return swmgmt_read(swmgmt, path, &value) == SWMGMT_CONTENT ? (uint8_t)value.number : 0;
}

/* An instance that is new is taken for INITIAL, 0, 0, 0, which goes without saying. */
static void look(watched_t *it, const swmgmt_t *swmgmt)
{
    const watched_t now = {
        .instance = it->instance,
        .state = (uint8_t)swmgmt_state(swmgmt, it->instance),
        .update_state = value_of(swmgmt, it->instance, 7),
        .update_result = value_of(swmgmt, it->instance, 9),
        .activation = value_of(swmgmt, it->instance, 12),
    };
    if (memcmp(&now, it, sizeof now) != 0) {
        *it = now;
        printf("9/%u state=%s 7=%u 9=%u 12=%u\n", now.instance, swmgmt_state_name(now.state),
               now.update_state, now.update_result, now.activation);
    }
}

/* Instances that a server has created or deleted. */
static void list(watch_t *it, const swmgmt_t *swmgmt)
{
    const swmgmt_path_t nine = {9, SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE};
    const watch_t before = *it;
    it->count = 0;
    for (uint16_t id = SWMGMT_NONE; it->count < sizeof it->each / sizeof it->each[0] &&
                                    swmgmt_next(swmgmt, nine, &id) == SWMGMT_OK;) {
        watched_t *next = &it->each[it->count++];
        *next = (watched_t){.instance = id};
        for (size_t i = 0; i < before.count; i++) {
            if (before.each[i].instance == id) {
                *next = before.each[i];
            }
        }
    }
}

void watch(watch_t *it, const swmgmt_t *swmgmt, uint32_t changes)
{
    if (changes != 0) {
        list(it, swmgmt);
    }
    for (size_t i = 0; i < it->count; i++) {
        if (changes != 0 || swmgmt_state(swmgmt, it->each[i].instance) != it->each[i].state) {
            look(&it->each[i], swmgmt);
        }
    }
}
