/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What happens to the device: mostly what brings it on, else anything. */
#include "compare.h"

#include <string.h>

#include "../c/digest.h"

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

static swmgmt_path_t nine(uint16_t instance, uint16_t resource)
{
    swmgmt_path_t path = {9, instance, resource, SWMGMT_NONE};
    return path;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* ---- pushes ------------------------------------------------------------------------------- */

/* Declared, or not, or wrong. */
static uint32_t some_total(const plan_t *plan)
{
    return one_in(60) ? plan->length + any(3) - 1 : plan->total;
}

static uint32_t some_piece(const plan_t *plan)
{
    uint32_t left = plan->length - plan->at;
    uint32_t most = device.kind->containers ? 300 : 60;
    return one_in(4) ? left : least(left, 1 + any(one_in(3) ? 12 : most));
}

static swmgmt_answer_t push(uint16_t instance, uint16_t server, plan_t *plan, uint32_t at,
                            uint32_t length, bool last)
{
    swmgmt_chunk_t chunk = {.data = plan->bytes + at,
                            .length = length,
                            .offset = at,
                            .total = some_total(plan),
                            .last = last};
    swmgmt_answer_t answer;
    say("push %u by %u: %u at %u of %u%s\n", instance, server, (unsigned)length, (unsigned)at,
        (unsigned)chunk.total, last ? ", the last" : "");
    answer = swmgmt_push(device.ctx, server, instance, &chunk);
    answered(answer);
    return answer;
}

static void push_next(uint16_t instance)
{
    plan_t *plan = plan_of(instance);
    uint32_t length;
    uint32_t at;
    swmgmt_answer_t answer;
    if (plan->at >= plan->length || one_in(30)) {
        plan_next(plan);
    }
    length = some_piece(plan);
    at = plan->at;
    answer = push(instance, one_in(20) ? 2 : 1, plan, at, length, (at + length == plan->length) != one_in(100));
    if (!device.off && one_in(8)) { /* once more */
        answer = push(instance, 1, plan, at, length, at + length == plan->length);
    }
    if (answer == SWMGMT_CONTINUE) {
        plan->at = at + length;
    } else if (answer != SWMGMT_INCOMPLETE || one_in(2)) {
        plan_next(plan);
    }
}

static void push_odd(void)
{
    uint16_t instance = some_instance();
    plan_t *plan = plan_of(instance);
    uint32_t at = any(plan->length);
    uint32_t length = one_in(4) ? 0 : 1 + any(plan->length - at);
    (void)push(instance, (uint16_t)any(3), plan, at, length, one_in(2));
}

static void push_wrong(void)
{
    swmgmt_chunk_t chunk = {.data = (const uint8_t *)"abc", .length = 3};
    switch (any(5)) {
    case 0:
        chunk.data = NULL;
        break;
    case 1:
        chunk.last = 2;
        break;
    case 2:
        chunk.offset = UINT32_MAX - any(4);
        break;
    case 3:
        chunk.total = 1 + any(3);
        break;
    default:
        chunk.etag_length = 9;
        break;
    }
    say("push wrong %u %u %u\n", chunk.last, (unsigned)chunk.offset, (unsigned)chunk.total);
    answered(swmgmt_push(device.ctx, 1, some_instance(), &chunk));
}

static void push_all(uint16_t instance)
{
    plan_t *plan = plan_of(instance);
    if (plan->at >= plan->length || one_in(8)) {
        plan_next(plan);
    }
    for (unsigned pieces = 0; pieces < 40 && !device.off; pieces++) {
        uint32_t length = some_piece(plan);
        swmgmt_answer_t answer =
            push(instance, 1, plan, plan->at, length, plan->at + length == plan->length);
        if (answer != SWMGMT_CONTINUE) {
            break;
        }
        plan->at += length;
    }
    plan_next(plan);
}

/* ---- downloads ---------------------------------------------------------------------------- */

static void write_uri(uint16_t instance)
{
    static const char *const uris[] = {"coap://a/b",     "https://h.example/p?q=1", "HTTP://x/%20",
                                       "coap://[::1]:5/", "ftp://a/b",              "zz",
                                       "",               "coap://a/b c"};
    const char *uri = uris[any(one_in(4) ? 8 : 3)];
    swmgmt_value_t value = {.bytes = (const uint8_t *)uri,
                            .length = (uint32_t)strlen(uri),
                            .kind = SWMGMT_TYPE_STRING};
    say("write 3 of %u '%s'\n", instance, uri);
    answered(swmgmt_write(device.ctx, 1, nine(instance, 3), &value));
    if (!one_in(3)) {
        plan_next(plan_of(instance));
    }
}

/* The next piece of a download that is under way; or another one. */
static void fetched(uint16_t instance)
{
    pending_t *one = device_pending(SWMGMT_OP_FETCH, one_in(10) ? SWMGMT_NONE : instance);
    plan_t *plan;
    swmgmt_chunk_t chunk = {.length = 0};
    swmgmt_status_t status;
    uint32_t number;
    if (one == NULL) {
        return;
    }
    plan = plan_of(one->instance);
    number = one_in(40) ? one->number + any(3) : one->number;
    if (one_in(plan->etag_length % 3 == 0 ? 5 : 30)) { /* the content has changed */
        plan_anew(plan);
        one->at = 0;
    }
    plan->at = one->at > plan->length ? 0 : one->at;
    chunk.offset = one_in(30) ? any(plan->length) : plan->at;
    plan->at = chunk.offset;
    chunk.length = one_in(40) ? 0 : some_piece(plan);
    chunk.data = chunk.length > 0 ? plan->bytes + chunk.offset : NULL;
    chunk.total = some_total(plan);
    chunk.last = (chunk.offset + chunk.length == plan->length) != one_in(100);
    chunk.etag = plan->etag;
    chunk.etag_length = one_in(20) ? (uint8_t)any(9) : plan->etag_length;
    if (chunk.etag_length == 0) {
        chunk.etag = NULL;
    }
    say("fetched n%u: %u at %u of %u%s, etag ", (unsigned)number, (unsigned)chunk.length,
        (unsigned)chunk.offset, (unsigned)chunk.total, chunk.last ? ", the last" : "");
    say_bytes(chunk.etag, chunk.etag_length);
    say("\n");
    number = one->number != number ? number : one->number;
    for (unsigned times = 0; times < 3 && !device.off; times++) {
        status = swmgmt_fetched(device.ctx, number, &chunk);
        answered(status);
        one = device_pending(SWMGMT_OP_FETCH, SWMGMT_NONE);
        if (status != SWMGMT_EBUSY || one_in(3)) {
            break;
        }
        /* the very same again */
    }
    for (unsigned i = 0; i < device.pendings && !device.off; i++) {
        if (device.pending[i].number == number && status == SWMGMT_OK) {
            device.pending[i].at = chunk.offset + chunk.length;
        }
    }
    if (!device.off && (status == SWMGMT_ESTALE || (status == SWMGMT_OK && chunk.last)) && !one_in(4)) {
        device_forget(number);
    }
}

/* ---- completions ---------------------------------------------------------------------------- */

static void complete(uint16_t instance)
{
    static const swmgmt_verdict_t all[] = {SWMGMT_DONE, SWMGMT_DONE, SWMGMT_DONE, SWMGMT_DONE,
                                           SWMGMT_FAILED, SWMGMT_FAILED_INSTALL, SWMGMT_FAILED_UNINSTALL,
                                           SWMGMT_FAILED_STORAGE, SWMGMT_FAILED_INTEGRITY,
                                           SWMGMT_FAILED_CONNECTION, SWMGMT_FAILED_URI, 0,
                                           SWMGMT_PENDING, 99};
    pending_t *one = device_pending(0, one_in(4) ? SWMGMT_NONE : instance);
    uint32_t number = one != NULL && !one_in(12) ? one->number : any(device.highest + 2);
    swmgmt_verdict_t verdict = all[any(one_in(3) ? 14 : 4)];
    uint32_t flags = one_in(3) ? any(10) : 0;
    swmgmt_status_t status;
    say("done n%u %d %u\n", (unsigned)number, (int)verdict, (unsigned)flags);
    status = swmgmt_done(device.ctx, number, verdict, flags);
    answered(status);
    if (!device.off && status != SWMGMT_EINVAL && status != SWMGMT_EBUSY && !one_in(8)) {
        device_forget(number);
    }
}

static void complete_any(void)
{
    complete(some_instance());
}

/* ---- other requests -------------------------------------------------------------------------- */

static void execute(uint16_t instance, uint16_t resource, const char *arguments)
{
    swmgmt_path_t path = nine(instance, resource);
    path.object = one_in(100) ? 14 : 9;
    path.index = one_in(100) ? 0 : SWMGMT_NONE;
    say("execute %u/%u/%u '%s'\n", path.object, instance, resource, arguments);
    answered(swmgmt_execute(device.ctx, 1, path, arguments, strlen(arguments)));
}

static void execute_any(void)
{
    static const uint16_t resources[] = {4, 6, 6, 10, 11, 7, 2, 17, 30, SWMGMT_NONE};
    static const char *const all[] = {"",  "",       "1",      "0",    "0='abc'", "2",
                                      "x", "1='u'",  "0,1='",  "0=''", "0='a',1", "0='1234567890'"};
    execute(some_instance(), resources[any(one_in(8) ? 10 : 5)], all[any(one_in(3) ? 12 : 3)]);
}

static void execute_component(void)
{
    swmgmt_path_t within = {14, SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE};
    uint16_t ids[16];
    unsigned count = 0;
    uint16_t id = SWMGMT_NONE;
    while (count < 16 && swmgmt_next(device.ctx, within, &id) == SWMGMT_OK) {
        ids[count++] = id;
    }
    within.instance = count > 0 && !one_in(12) ? ids[any(count)] : (uint16_t)any(10);
    within.resource = one_in(20) ? (uint16_t)any(7) : (uint16_t)(3 + any(2));
    say("execute 14/%u/%u\n", within.instance, within.resource);
    answered(swmgmt_execute(device.ctx, 1, within, one_in(8) ? "0" : NULL, one_in(8) ? 1 : 0));
}

/* A value of any type, mostly of the right one. */
static swmgmt_value_t some_value(uint16_t resource, const plan_t *plan)
{
    static const char *const texts[] = {"1", "0", "9:1", "65535:65535", "alice", "secret-word", "", "tr\xC3\xBC"};
    static const uint8_t link[4] = {0, 14, 0, 3};
    swmgmt_value_t value = {.kind = SWMGMT_TYPE_STRING};
    const char *text = texts[any(8)];
    uint8_t how = one_in(6) ? (uint8_t)any(7) : resource == 8 ? 4 : resource == 13 ? 5 : resource == 2 ? 2 : 1;
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

static void write_setting(void)
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

static void write_several(void)
{
    swmgmt_item_t items[4];
    uint16_t instance = some_instance();
    size_t count;
    plan_next(plan_of(instance));
    say("write instance %u:", instance);
    count = some_items(items, plan_of(instance));
    answered(swmgmt_write_instance(device.ctx, 1, instance, items, count));
}

static void create(void)
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

static void delete_one(void)
{
    uint16_t instance = some_instance();
    say("delete %u\n", instance);
    answered(swmgmt_delete(device.ctx, 1, instance));
}

/* ---- the firmware's own calls ------------------------------------------------------------------ */

static void poll(void)
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

static void poll_to_rest(void)
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

static void expect(void)
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

static void firmware_call(void)
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
static void power_cut(void)
{
    if (one_in(2)) {
        say("reset\n");
        setup_start();
    } else {
        device.cut_in = 1 + any(one_in(2) ? 4 : 12);
        device.cut_after = one_in(2);
    }
}

static bool is_fetching(uint16_t instance)
{
    return !device.off && swmgmt_state(device.ctx, instance) == SWMGMT_FETCHING &&
           device_pending(SWMGMT_OP_FETCH, instance) != NULL;
}

/* ---- what brings it on -------------------------------------------------------------------------- */

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
            poll();
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
            poll();
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

/* ---- one step -------------------------------------------------------------------------------------- */

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
    } all[] = {{advance, ALWAYS, 80},       {poll, ALWAYS, 25},
               {poll_to_rest, ALWAYS, 10},  {complete_any, ALWAYS, 10},
               {execute_any, ALWAYS, 14},   {push_odd, ALWAYS, 4},
               {push_wrong, ALWAYS, 1},     {misuse, ALWAYS, 3},     {write_setting, ALWAYS, 6},
               {write_several, ALWAYS, 6},  {create, ALWAYS, 4},
               {delete_one, ALWAYS, 3},     {expect, ALWAYS, 8},
               {firmware_call, ALWAYS, 6},  {power_cut, WITH_RECORDS, 8},
               {fetched_any, WITH_DOWNLOADS, 25}, {write_uri_any, WITH_DOWNLOADS, 5},
               {execute_component, WITH_COMPONENTS, 14}, {wire_request, WITH_FORMATS, 90},
               {wire_get, WITH_FORMATS, 20},      {wire_datagram, WITH_FRONT, 90},
               {wire_late, WITH_FRONT, 20}};
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
