/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* MCUboot images. When a fault of theirs is told, in the middle of the transfer or after it, is
 * the library's own affair: only what comes of each package is shown. So nothing here depends on
 * when it was told: storage takes everything, and judges go by what they are shown. */
#include "compare.h"

#include <string.h>

#include "../c/digest.h"

static void poll_all(void)
{
    uint32_t next = 0;
    for (unsigned n = 0; n < 300 && next == 0; n++) {
        (void)swmgmt_poll(device.ctx, device.now, &next);
        device.calls++;
    }
}

static void complete_all(uint16_t instance)
{
    pending_t *one = device_pending(0, instance);
    while (one != NULL) {
        uint32_t number = one->number;
        if (one->kind != SWMGMT_OP_FETCH) {
            (void)swmgmt_done(device.ctx, number, SWMGMT_DONE, 0);
        }
        device_forget(number);
        poll_all();
        one = device_pending(0, instance);
    }
}

static void shown(uint16_t instance, const char *after)
{
    static const uint16_t resources[] = {0, 1, 7, 9, 12, 16};
    swmgmt_path_t result = {9, instance, 9, SWMGMT_NONE};
    swmgmt_value_t value = {.number = 0};
    say_mute(false);
    say("  %s: state %d", after, (int)swmgmt_state(device.ctx, instance));
    /* If an image goes on behind its end and has another fault, too, d382522 tells the one
     * or the other, as it was cut and read back or not. */
    if (plan_of(instance)->is_longer &&
        swmgmt_read(device.ctx, result, &value) == SWMGMT_CONTENT && value.number >= 50) {
        say(" refused\n");
        say_mute(true);
        return;
    }
    for (unsigned i = 0; i < sizeof resources / sizeof resources[0]; i++) {
        swmgmt_path_t path = {9, instance, resources[i], SWMGMT_NONE};
        if (swmgmt_read(device.ctx, path, &value) == SWMGMT_CONTENT) {
            say(" %u=", resources[i]);
            say_value(&value);
        }
    }
    say("\n");
    say_mute(true);
}

static void push_image(uint16_t instance, const plan_t *plan, uint32_t size, uint32_t total)
{
    swmgmt_answer_t answer = SWMGMT_CONTINUE;
    swmgmt_chunk_t chunk = {.total = total};
    while (answer == SWMGMT_CONTINUE && chunk.offset < plan->length) {
        uint32_t left = plan->length - chunk.offset;
        chunk.length = left < size ? left : size;
        chunk.data = plan->bytes + chunk.offset;
        chunk.last = chunk.length == left;
        answer = swmgmt_push(device.ctx, 1, instance, &chunk);
        chunk.offset += chunk.length;
        device.calls++;
    }
}

/* It is reached or not, as the library tells a fault later or at once. */
static void cut_power(void)
{
    uint64_t then = chance_now();
    setup_start();
    chance_back(then);
    say_mute(true);
    poll_all();
}

/* With power cuts between the pieces, if `cut` says where. */
static void fetch_image(uint16_t instance, const plan_t *plan, uint32_t size, uint32_t total, uint32_t cut)
{
    static const char uri[] = "coap://a/b";
    swmgmt_path_t path = {9, instance, 3, SWMGMT_NONE};
    swmgmt_value_t value = {.bytes = (const uint8_t *)uri,
                            .length = sizeof uri - 1,
                            .kind = SWMGMT_TYPE_STRING};
    (void)swmgmt_write(device.ctx, 1, path, &value);
    poll_all();
    for (unsigned pieces = 0;
         pieces < 3000 && swmgmt_state(device.ctx, instance) == SWMGMT_FETCHING; pieces++) {
        pending_t *one = device_pending(SWMGMT_OP_FETCH, instance);
        swmgmt_chunk_t chunk = {.total = total};
        uint32_t left;
        if (one == NULL) {
            poll_all();
            continue;
        }
        chunk.offset = one->at < plan->length ? one->at : 0;
        left = plan->length - chunk.offset;
        chunk.length = left < size ? left : size;
        chunk.data = plan->bytes + chunk.offset;
        chunk.last = chunk.length == left;
        if (swmgmt_fetched(device.ctx, one->number, &chunk) == SWMGMT_OK) {
            one->at = chunk.offset + chunk.length;
        }
        device.calls++;
        poll_all();
        if (cut > 0 && chunk.offset <= cut && cut < chunk.offset + chunk.length) {
            cut = 0;
            cut_power();
        }
    }
}

static void carry_out(uint16_t instance, uint16_t resource, const char *arguments)
{
    swmgmt_path_t path = {9, instance, resource, SWMGMT_NONE};
    (void)swmgmt_execute(device.ctx, 1, path, arguments, strlen(arguments));
    device.calls++;
    poll_all();
    complete_all(instance);
    shown(instance, arguments[0] == '1' ? "update" : resource == 4 ? "install" : "execute");
}

void happen_image(void)
{
    uint16_t instance = device.ids[0];
    plan_t *plan = plan_of(instance);
    uint32_t size;
    uint32_t total;
    uint32_t cut;
    uint8_t digest[32];
    bool pulls = device.kind->downloads && one_in(2);
    plan_anew(plan);
    size = 1 + any(one_in(3) ? 40 : 400);
    total = one_in(3) ? plan->length : 0;
    cut = one_in(3) ? any(plan->length) : 0;
    say_mute(false);
    say("image %u of %u bytes in pieces of %u, total %u%s\n", plan->which, (unsigned)plan->length,
        (unsigned)size, (unsigned)total, pulls ? ", downloaded" : "");
    say_mute(true);
    if (has_part(&swmgmt_sha256) && one_in(6)) {
        sha256(plan->bytes, plan->length, digest);
        digest[0] ^= one_in(3) ? 1 : 0;
        (void)swmgmt_expect(device.ctx, instance, 0, SWMGMT_SHA256, digest, 32);
    }
    if (pulls) {
        fetch_image(instance, plan, size, total, cut);
    } else {
        push_image(instance, plan, size, total);
    }
    poll_all();
    complete_all(instance);
    shown(instance, "sent");
    if (swmgmt_state(device.ctx, instance) == SWMGMT_DELIVERED && !one_in(6)) {
        carry_out(instance, 4, "");
    }
    if (one_in(8)) {
        cut_power();
        complete_all(instance);
        shown(instance, "reset");
    }
    switch (swmgmt_state(device.ctx, instance)) {
    case SWMGMT_ACTIVE:
    case SWMGMT_INACTIVE:
        carry_out(instance, 6, one_in(3) ? "" : "1");
        break;
    case SWMGMT_DELIVERED:
        carry_out(instance, one_in(2) ? 4 : 6, "");
        break;
    case SWMGMT_INITIAL_FOR_UPDATE:
        if (one_in(4)) {
            carry_out(instance, 6, "");
        }
        break;
    default:
        break;
    }
    say_mute(false);
}
