/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Everything that can be read, told again whenever it is not what it was. */
#include <stdio.h>
#include <string.h>

#include "compare.h"

#define SEEN 64u

/* By place in `seen`: an Object's list, or an instance. */
static struct {
    uint32_t what;
    uint64_t hash;
} seen[SEEN];
static unsigned seens;

static uint64_t *seen_of(uint32_t what)
{
    for (unsigned i = 0; i < seens; i++) {
        if (seen[i].what == what) {
            return &seen[i].hash;
        }
    }
    if (seens < SEEN) {
        seens++;
    }
    seen[seens - 1].what = what;
    seen[seens - 1].hash = 0;
    return &seen[seens - 1].hash;
}

void look_forget(void)
{
    seens = 0;
}

static uint64_t hash_value(uint64_t hash, swmgmt_answer_t answer, const swmgmt_value_t *value)
{
    hash = (hash ^ (uint32_t)answer) * UINT64_C(0x9FB21C651E98DF25);
    if (answer == SWMGMT_CONTENT) {
        hash = (hash ^ value->number ^ (uint64_t)value->kind << 32) * UINT64_C(0x9FB21C651E98DF25);
        for (uint32_t i = 0; value->kind <= SWMGMT_TYPE_OPAQUE && i < value->length; i++) {
            hash = (hash ^ value->bytes[i]) * UINT64_C(0x100000001B3);
        }
        hash ^= value->length;
    }
    return hash ^ hash >> 31;
}

static uint64_t hash_links(uint64_t hash, uint16_t object, uint16_t instance, bool tell)
{
    swmgmt_path_t path = {object, instance, 17, SWMGMT_NONE};
    uint16_t index = SWMGMT_NONE;
    while (swmgmt_next(device.ctx, path, &index) == SWMGMT_OK) {
        swmgmt_path_t one = {object, instance, 17, index};
        swmgmt_value_t value;
        swmgmt_answer_t answer = swmgmt_read(device.ctx, one, &value);
        hash = hash_value(hash, answer, &value);
        if (tell) {
            say(" 17/%u=%d:%x", index, (int)answer, answer == SWMGMT_CONTENT ? (unsigned)value.number : 0u);
        }
    }
    return hash;
}

static void look_at(uint16_t object, uint16_t instance)
{
    uint64_t *last = seen_of((uint32_t)object << 16 | instance);
    uint16_t resources = object == 9 ? 20 : 7;
    int32_t state = object == 9 ? swmgmt_state(device.ctx, instance) : 0;
    uint64_t hash = (uint64_t)state + 1u;
    for (uint16_t resource = 0; resource < resources; resource++) {
        swmgmt_path_t path = {object, instance, resource, SWMGMT_NONE};
        swmgmt_value_t value;
        hash = hash_value(hash, swmgmt_read(device.ctx, path, &value), &value);
    }
    hash = object == 9 ? hash_links(hash, object, instance, false) : hash;
    if (hash == *last) {
        return;
    }
    *last = hash;
    say("  %u/%u: state %d", object, instance, (int)state);
    for (uint16_t resource = 0; resource < resources; resource++) {
        swmgmt_path_t path = {object, instance, resource, SWMGMT_NONE};
        swmgmt_value_t value;
        swmgmt_answer_t answer = swmgmt_read(device.ctx, path, &value);
        if (answer == SWMGMT_CONTENT) {
            say(" %u=", resource);
            say_value(&value);
        } else if (answer != SWMGMT_NOT_FOUND) {
            say(" %u!%d", resource, (int)answer);
        }
    }
    if (object == 9) {
        (void)hash_links(0, object, instance, true);
    }
    say("\n");
}

void look_all(void)
{
    static const uint16_t objects[] = {9, 14};
    for (unsigned n = 0; n < 2; n++) {
        swmgmt_path_t path = {objects[n], SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE};
        uint64_t *last = seen_of((uint32_t)objects[n] << 16 | SWMGMT_NONE);
        uint64_t hash = 1;
        uint16_t there[SEEN];
        unsigned count = 0;
        uint16_t id = SWMGMT_NONE;
        while (count < SEEN && swmgmt_next(device.ctx, path, &id) == SWMGMT_OK) {
            there[count++] = id;
            hash = mix(hash, id);
        }
        if (hash != *last) {
            *last = hash;
            say("  %u:", objects[n]);
            for (unsigned i = 0; i < count; i++) {
                say(" %u", there[i]);
            }
            say("\n");
        }
        for (unsigned i = 0; i < count; i++) {
            look_at(objects[n], there[i]);
        }
    }
}

/* From inside a callback: a few that change. */
void look_inside(uint16_t instance)
{
    static const uint16_t some[] = {7, 9, 12, 16, 0, 18};
    say("   inside: state %d", (int)swmgmt_state(device.ctx, instance));
    for (unsigned i = 0; i < sizeof some / sizeof some[0]; i++) {
        swmgmt_path_t path = {9, instance, some[i], SWMGMT_NONE};
        swmgmt_value_t value;
        if (swmgmt_read(device.ctx, path, &value) == SWMGMT_CONTENT) {
            say(" %u=", some[i]);
            say_value(&value);
        }
    }
    say("\n");
}

void look_changes(void)
{
    swmgmt_change_t change;
    while (swmgmt_next_change(device.ctx, &change) == SWMGMT_OK) {
        say("  change %u %u/%u/%u/%u ", change.kind, change.path.object, change.path.instance,
            change.path.resource, change.path.index);
        say_value(&change.value);
        say("\n");
    }
}

void look_lists(void)
{
    swmgmt_path_t path = {9, SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE};
    uint16_t child = SWMGMT_NONE;
    swmgmt_resource_t about;
    uint16_t resource = (uint16_t)any(22);
    swmgmt_status_t status;
    path.object = one_in(4) ? 14 : one_in(20) ? (uint16_t)any(16) : 9;
    path.instance = one_in(3) ? SWMGMT_NONE : some_instance();
    path.resource = one_in(3) ? (uint16_t)(one_in(2) ? 17 : any(20)) : SWMGMT_NONE;
    path.index = one_in(20) ? (uint16_t)any(3) : SWMGMT_NONE;
    child = one_in(4) ? (uint16_t)any(20) : SWMGMT_NONE;
    say("next %u/%u/%u/%u after %u:", path.object, path.instance, path.resource, path.index, child);
    do {
        status = swmgmt_next(device.ctx, path, &child);
        say(" %d:%u", (int)status, child);
    } while (status == SWMGMT_OK);
    memset(&about, 0, sizeof about);
    status = swmgmt_resource(path.object, resource, &about);
    say("\nresource %u/%u = %d %u %u %u %u %u %u\n", path.object, resource, (int)status, about.id,
        about.kind, about.operations, about.mandatory, about.multiple, about.maximum);
    device.calls += 2;
}
