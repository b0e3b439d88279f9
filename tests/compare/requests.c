/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What servers ask for besides packages. */
#include "compare.h"

#include <string.h>

void execute(uint16_t instance, uint16_t resource, const char *arguments)
{
    swmgmt_path_t path = nine(instance, resource);
    path.object = one_in(100) ? 14 : 9;
    path.index = one_in(100) ? 0 : SWMGMT_NONE;
    say("execute %u/%u/%u '%s'\n", path.object, instance, resource, arguments);
    answered(swmgmt_execute(device.ctx, 1, path, arguments, strlen(arguments)));
}

void execute_any(void)
{
    static const uint16_t resources[] = {4, 6, 6, 10, 11, 7, 2, 17, 30, SWMGMT_NONE};
    static const char *const all[] = {"",  "",       "1",      "0",    "0='abc'", "2",
                                      "x", "1='u'",  "0,1='",  "0=''", "0='a',1", "0='1234567890'"};
    uint16_t instance = some_instance();
    uint16_t resource = resources[any(one_in(8) ? 10 : 5)];
    execute(instance, resource, all[any(one_in(3) ? 12 : 3)]);
}

void execute_component(void)
{
    swmgmt_path_t within = {14, SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE};
    const char *arguments;
    uint16_t ids[16];
    unsigned count = 0;
    uint16_t id = SWMGMT_NONE;
    while (count < 16 && swmgmt_next(device.ctx, within, &id) == SWMGMT_OK) {
        ids[count++] = id;
    }
    within.instance = count > 0 && !one_in(12) ? ids[any(count)] : (uint16_t)any(10);
    within.resource = one_in(20) ? (uint16_t)any(7) : (uint16_t)(3 + any(2));
    say("execute 14/%u/%u\n", within.instance, within.resource);
    arguments = one_in(8) ? "0" : NULL;
    answered(swmgmt_execute(device.ctx, 1, within, arguments, arguments != NULL ? 1 : 0));
}

/* A value of any type, mostly of the right one. */
static swmgmt_value_t some_value(uint16_t resource, const plan_t *plan)
{
    static const char *const texts[] = {"1",     "0",           "9:1", "65535:65535",
                                        "alice", "secret-word", "",    "tr\xC3\xBC"};
    static const uint8_t link[4] = {0, 14, 0, 3};
    swmgmt_value_t value = {.kind = SWMGMT_TYPE_STRING};
    const char *text = texts[any(8)];
    uint8_t how = one_in(6)        ? (uint8_t)any(7)
                  : resource == 8  ? SWMGMT_TYPE_BOOLEAN
                  : resource == 13 ? SWMGMT_TYPE_OBJLNK
                  : resource == 2  ? SWMGMT_TYPE_OPAQUE
                                   : SWMGMT_TYPE_STRING;
    value.kind = how;
    if (how == SWMGMT_TYPE_BOOLEAN || how == SWMGMT_TYPE_INTEGER) {
        value.number = one_in(12) ? any(5) : any(2);
    } else if (how == SWMGMT_TYPE_OBJLNK) {
        value.number = one_in(3) ? UINT32_MAX : 0x00090000u + any(4);
    } else if (how == SWMGMT_TYPE_OPAQUE && resource == 13) {
        value.bytes = link;
        value.length = 4 - (one_in(4) ? 1u : 0u);
    } else if (how == SWMGMT_TYPE_OPAQUE && resource == 2) {
        value.bytes = plan->bytes;
        value.length = one_in(10) ? 0 : plan->length;
    } else {
        if (resource == 3 && !one_in(4)) {
            text = "coap://a/b";
        }
        value.bytes = (const uint8_t *)text;
        value.length = (uint32_t)strlen(text);
    }
    return value;
}

static uint16_t some_setting(void)
{
    static const uint16_t all[] = {8, 8, 13, 13, 14, 15, 2, 3, 7, 5, 19};
    return all[any(one_in(6) ? 11 : 8)];
}

void write_setting(void)
{
    uint16_t instance = some_instance();
    swmgmt_path_t path = nine(instance, some_setting());
    swmgmt_value_t value;
    plan_next(plan_of(instance));
    value = some_value(path.resource, plan_of(instance));
    path.index = one_in(50) ? 0 : SWMGMT_NONE;
    say("write %u/%u: ", instance, path.resource);
    say_value(&value);
    say("\n");
    answered(swmgmt_write(device.ctx, 1, path, &value));
}

static size_t some_items(swmgmt_item_t *items, plan_t *plan)
{
    size_t count = any(one_in(8) ? 4 : 3);
    memset(items, 0, 4 * sizeof *items);
    for (size_t i = 0; i < count; i++) {
        items[i].resource = some_setting();
        items[i].value = some_value(items[i].resource, plan);
        say(" %u=", items[i].resource);
        say_value(&items[i].value);
    }
    say("\n");
    return count;
}

void write_several(void)
{
    swmgmt_item_t items[4];
    uint16_t instance = some_instance();
    size_t count;
    plan_next(plan_of(instance));
    say("write instance %u:", instance);
    count = some_items(items, plan_of(instance));
    answered(swmgmt_write_instance(device.ctx, 1, instance, items, count));
}

void create(void)
{
    swmgmt_item_t items[4];
    uint16_t id = one_in(2) ? SWMGMT_NONE : (uint16_t)any(8);
    uint16_t made = 77;
    size_t count;
    say("create %u:", id);
    count = some_items(items, plan_of(id == SWMGMT_NONE ? 0 : id));
    answered(swmgmt_create(device.ctx, 1, id, items, count, &made));
    say("  made %u\n", device.off ? 0u : made);
}

void delete_one(void)
{
    uint16_t instance = some_instance();
    say("delete %u\n", instance);
    answered(swmgmt_delete(device.ctx, 1, instance));
}
