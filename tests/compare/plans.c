/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What servers send: packages that are kept ready, some of them altered. */
#include <string.h>

#include "../c/packed.h"
#include "compare.h"

#define POOL 64u
#define PLAIN 10u /* the first of the pool are in no container */

static struct {
    uint8_t bytes[MOST];
    uint32_t length;
} pool[POOL];
static unsigned pools;
static plan_t plans[SLOTS];

static void make_plain(void)
{
    static const uint32_t lengths[PLAIN] = {1, 3, 4, 17, 24, 40, 64, 100, 127, 200};
    for (unsigned n = 0; n < PLAIN; n++) {
        pool[n].length = lengths[n];
        for (uint32_t i = 0; i < lengths[n]; i++) {
            pool[n].bytes[i] = (uint8_t)('A' + n + i * 7u);
        }
    }
    pools = PLAIN;
}

void plans_make(void)
{
    make_plain();
}

void plans_forget(void)
{
    memset(plans, 0, sizeof plans);
}

static void spoil(plan_t *plan)
{
    uint32_t at = any(plan->length);
    switch (any(4)) {
    case 0:
        plan->length = at > 0 ? at : 1;
        break;
    case 1:
        plan->bytes[plan->length++] = 'z';
        break;
    default:
        plan->bytes[at] ^= (uint8_t)(1u << any(8));
        break;
    }
}

void plan_anew(plan_t *plan)
{
    unsigned which = any(PLAIN);
    memcpy(plan->bytes, pool[which].bytes, sizeof plan->bytes);
    plan->length = pool[which].length;
    plan->at = 0;
    plan->used = true;
    plan->etag_length = (uint8_t)(one_in(3) ? 0 : 1 + any(8));
    memset(plan->etag, (int)which + 1, sizeof plan->etag);
    if (one_in(6)) {
        spoil(plan);
    }
}

plan_t *plan_of(uint16_t instance)
{
    plan_t *plan = &plans[device_slot(instance) - device.slot];
    if (!plan->used) {
        plan_anew(plan);
    }
    return plan;
}
