/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What happens to the device: mostly what brings it on, else anything. */
#include "compare.h"

void answered(int32_t answer)
{
    device.calls++;
    if (device.off) {
        say("= the power is gone\n");
    } else {
        say("= %d\n", (int)answer);
    }
}

uint16_t some_instance(void)
{
    if (device.listed == 0 || one_in(20)) {
        return (uint16_t)any(8);
    }
    return device.ids[any(device.listed)];
}

swmgmt_path_t nine(uint16_t instance, uint16_t resource)
{
    swmgmt_path_t path = {9, instance, resource, SWMGMT_NONE};
    return path;
}

static void advance(void)
{
    uint16_t instance = some_instance();
    int32_t state = swmgmt_state(device.ctx, instance);
    bool pulls = device.kind->downloads && one_in(2);
    switch (state) {
    case SWMGMT_INITIAL:
    case SWMGMT_INITIAL_FOR_UPDATE:
        if (pulls) {
            write_uri(instance);
        } else if (one_in(3)) {
            push_next(instance);
        } else {
            push_all(instance);
        }
        break;
    case SWMGMT_RECEIVING:
        push_next(instance);
        break;
    case SWMGMT_FETCHING:
        if (device_pending(SWMGMT_OP_OPEN, instance) != NULL && one_in(2)) {
            complete(instance);
        } else if (device_pending(SWMGMT_OP_FETCH, instance) != NULL) {
            for (unsigned n = one_in(3) ? 1 : 30; n > 0 && is_fetching(instance); n--) {
                fetched(instance);
            }
        } else {
            poll_once();
        }
        break;
    case SWMGMT_DELIVERED:
        execute(instance, 4, one_in(4) ? "0='abc'" : "");
        break;
    case SWMGMT_INACTIVE:
        if (one_in(2)) {
            execute(instance, 10, "");
        } else {
            execute(instance, 6, one_in(3) ? "" : "1");
        }
        break;
    case SWMGMT_ACTIVE:
        if (one_in(2)) {
            execute(instance, 11, "");
        } else {
            execute(instance, 6, one_in(3) ? "0" : "1");
        }
        break;
    default:
        if (device_pending(0, instance) != NULL && one_in(2)) {
            complete(instance);
        } else if (one_in(3)) {
            poll_to_rest();
        } else {
            poll_once();
        }
        break;
    }
}

static void fetched_any(void)
{
    fetched(some_instance());
}

static void write_uri_any(void)
{
    write_uri(some_instance());
}

enum { ALWAYS, WITH_RECORDS, WITH_DOWNLOADS, WITH_COMPONENTS, WITH_FORMATS, WITH_FRONT };

static bool applies(int need)
{
    const kind_t *kind = device.kind;
    return need == ALWAYS || (need == WITH_RECORDS && kind->records) ||
           (need == WITH_DOWNLOADS && kind->downloads) ||
           (need == WITH_COMPONENTS && kind->components) ||
           (need == WITH_FORMATS && kind->formats) || (need == WITH_FRONT && kind->front);
}

void happen(void)
{
    static const struct {
        void (*act)(void);
        int need;
        uint32_t weight;
    } all[] = {
        {advance, ALWAYS, 80},
        {poll_once, ALWAYS, 25},
        {poll_to_rest, ALWAYS, 10},
        {complete_any, ALWAYS, 10},
        {execute_any, ALWAYS, 14},
        {push_odd, ALWAYS, 4},
        {push_wrong, ALWAYS, 1},
        {misuse, ALWAYS, 3},
        {write_setting, ALWAYS, 6},
        {write_several, ALWAYS, 6},
        {create, ALWAYS, 4},
        {delete_one, ALWAYS, 3},
        {expect, ALWAYS, 8},
        {firmware_call, ALWAYS, 6},
        {power_cut, WITH_RECORDS, 8},
        {fetched_any, WITH_DOWNLOADS, 25},
        {write_uri_any, WITH_DOWNLOADS, 5},
        {execute_component, WITH_COMPONENTS, 14},
        {wire_request, WITH_FORMATS, 90},
        {wire_get, WITH_FORMATS, 20},
        {wire_datagram, WITH_FRONT, 90},
        {wire_late, WITH_FRONT, 20},
    };
    uint32_t total = 0;
    uint32_t luck;
    unsigned which = 0;
    for (unsigned i = 0; i < sizeof all / sizeof all[0]; i++) {
        total += applies(all[i].need) ? all[i].weight : 0;
    }
    luck = any(total);
    while (!applies(all[which].need) || luck >= all[which].weight) {
        luck -= applies(all[which].need) ? all[which].weight : 0;
        which++;
    }
    all[which].act();
    settle();
    if (device.off) {
        setup_start();
        settle();
    }
    if (!one_in(4)) {
        look_changes();
    }
    look_all();
}
