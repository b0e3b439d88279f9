/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The firmware's own calls: time, what it expects, links; and the power that goes. */
#include "compare.h"

#include <string.h>

#include "../c/digest.h"

void poll_once(void)
{
    uint32_t next = 1;
    bool wanted = !one_in(8);
    device.now += one_in(4) ? 16u * any(100) : 16u * any(2);
    device.now += one_in(40) ? 400000u : 0u;
    say("poll at %u\n", (unsigned)device.now);
    answered(swmgmt_poll(device.ctx, device.now, wanted ? &next : NULL));
    if (!device.off && wanted) {
        say("  next %u\n", (unsigned)next);
    }
}

void poll_to_rest(void)
{
    uint32_t next = 0;
    unsigned polls = 0;
    swmgmt_status_t status = SWMGMT_OK;
    say("polls at %u\n", (unsigned)device.now);
    while (status == SWMGMT_OK && next == 0 && polls < 1000 && !device.off) {
        status = swmgmt_poll(device.ctx, device.now, &next);
        polls++;
    }
    device.calls += polls;
    answered(status);
    if (!device.off) {
        say("  next %u%s\n", (unsigned)next, polls == 1000 ? ", without an end" : "");
    }
}

static bool is_verifying(void)
{
    swmgmt_path_t within = {9, SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE};
    uint16_t id = SWMGMT_NONE;
    bool verifies = false;
    while (swmgmt_next(device.ctx, within, &id) == SWMGMT_OK) {
        verifies = verifies || swmgmt_state(device.ctx, id) == SWMGMT_VERIFYING;
    }
    return verifies;
}

/* How many polls a verification takes is the library's own affair. */
void settle(void)
{
    if (device.kind->containers && !device.off && is_verifying()) {
        poll_to_rest();
    }
}

void expect(void)
{
    uint16_t instance = some_instance();
    plan_t *plan = plan_of(instance);
    uint8_t digest[32];
    uint8_t algorithm = (uint8_t)(one_in(8) ? any(4) : one_in(6) ? SWMGMT_NO_DIGEST : 1 + any(2));
    size_t size = algorithm == SWMGMT_SHA256 ? 32 : algorithm == SWMGMT_CRC32 ? 4 : 0;
    uint32_t length;
    if (plan->at == 0 && one_in(2)) {
        plan_anew(plan);
    }
    plan->fixed = !one_in(8);
    length = one_in(2) ? 0 : one_in(12) ? plan->length + 1 : plan->length;
    if (algorithm == SWMGMT_SHA256) {
        sha256(plan->bytes, plan->length, digest);
    } else {
        crc32(plan->bytes, plan->length, digest);
    }
    digest[0] ^= one_in(12) ? 1 : 0;
    size -= one_in(40) && size > 0 ? 1u : 0u;
    say("expect %u: %u %u %u\n", instance, (unsigned)length, algorithm, (unsigned)size);
    answered(swmgmt_expect(device.ctx, instance, length, algorithm, size > 0 ? digest : NULL, size));
}

void firmware_call(void)
{
    uint16_t instance = some_instance();
    uint16_t id = (uint16_t)any(8);
    uint8_t way = (uint8_t)(one_in(12) ? any(5) : any(2));
    uint16_t resource = (uint16_t)(one_in(12) ? any(20) : one_in(2) ? 5 : 13);
    uint16_t link = one_in(3) ? SWMGMT_NONE : (uint16_t)(9 + any(4));
    switch (any(4)) {
    case 0:
        say("give up %u %u\n", instance, way);
        answered(swmgmt_give_up_update(device.ctx, instance, way));
        break;
    case 1:
        say("link %u/%u %u\n", instance, resource, link);
        answered(swmgmt_set_link(device.ctx, instance, resource, link, one_in(20) ? SWMGMT_NONE : link));
        break;
    case 2:
        way = (uint8_t)any(one_in(12) ? 5 : 3);
        say("add %u %u\n", id, way);
        answered(swmgmt_add(device.ctx, id, way));
        break;
    default:
        say("boot again\n");
        answered(one_in(6) ? swmgmt_boot(device.ctx, device.now) : 0);
        look_lists();
        break;
    }
}

/* The power goes within the next calls, or at once. */
void power_cut(void)
{
    if (device.steady && !one_in(8)) { /* numbers run out, too */
        return;
    }
    if (one_in(2)) {
        say("reset\n");
        setup_start();
    } else {
        device.cut_in = 1 + any(one_in(2) ? 4 : 12);
        device.cut_after = one_in(2);
    }
}
