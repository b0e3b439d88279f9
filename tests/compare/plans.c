/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What servers send: packages that are kept ready, some of them altered. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../c/packed.h"
#include "compare.h"
#include "signed.h"

#define POOL 160u
#define PLAIN 10u   /* the first of the pool are in no container */
#define PACKED 48u  /* then come packages with made-up signatures, then those of tests/packages */
#define GOOD 11u    /* of these, those in order come first */
#define FILES 27u
#define IMAGES 40u  /* and images, last those that are really signed */

static struct {
    uint8_t bytes[MOST];
    uint32_t length;
    packed_t what;
} pool[POOL];
static unsigned pools;
static unsigned first_image;
static plan_t plans[SLOTS];

static void make_plain(void)
{
    static const uint32_t lengths[PLAIN] = {1, 3, 4, 17, 24, 40, 64, 100, 127, 200};
    for (unsigned n = 0; n < PLAIN; n++) {
        pool[pools].length = lengths[n];
        for (uint32_t i = 0; i < lengths[n]; i++) {
            pool[pools].bytes[i] = (uint8_t)('A' + n + i * 7u);
        }
        pools++;
    }
}

/* Of everything a little, some of it too much; the same in each process. */
static void make_packed(bool image, unsigned count)
{
    static const char *const names[] = {"north", "east", "a name of more than sixteen bytes", "w"};
    static const char *const versions[] = {"1.0", "1.2.3+4", "2.0-rc1", "10.0.1", "1.3.0", "0.9.0"};
    for (unsigned n = 0; n < count; n++) {
        packed_t *what = &pool[pools].what;
        uint64_t luck = mix(n, image ? 51 : 50);
        static uint8_t room[PACKED_ROOM];
        *what = packed_plain;
        what->name = names[luck % 4];
        what->version = versions[(luck >> 4) % 6];
        what->part[0] = (packed_part_t){"app", "1.2.3", 20 + (uint32_t)(luck >> 8) % 200, 0};
        what->part[1] = (packed_part_t){"radio", "5", 1 + (uint32_t)(luck >> 16) % 60, 2};
        what->part[2] = (packed_part_t){"a map with a long name", "", 30, 3};
        what->parts = image ? 1 : 1 + (uint32_t)(luck >> 20) % 3;
        what->counted = (luck >> 24 & 3u) != 0;
        what->counter = (uint32_t)(luck >> 26 & 3u);
        what->counter = luck >> 60 & 1u ? 3 : what->counter; /* else most are refused soon */
        what->key = (uint8_t)((luck >> 28) % 5);
        what->algorithm = (uint8_t)(1 + (luck >> 31 & 1u));
        what->forged = (luck >> 32) % 10 == 0;
        what->vendor = (luck >> 36) % 5 == 0 ? "0123456789abcdef" : NULL;
        what->class_id = (luck >> 39) % 6 == 0 ? "fedcba9876543210" : NULL;
        what->device = (luck >> 42) % 6 == 0 ? "urn:dev:ops:1-2-3" : NULL;
        what->minimum = (luck >> 45) % 5 == 0 ? versions[(luck >> 48) % 6] : NULL;
        what->dependencies = (luck >> 50) % 4 == 0 ? "\1\0\0\0\1\2\3\0\4\0\0\0" : NULL;
        what->ignored = (luck >> 54) % 6 == 0 ? 7 : 0;
        pool[pools].length = image ? packed_image(what, room) : packed_make(what, room);
        memcpy(pool[pools++].bytes, room, sizeof pool[0].bytes);
    }
}

static void load_files(void)
{
    static const char *const files[FILES] = {
        "least", "signed", "all", "four", "p256", "p256-short", "ignorable", "other-key", "signed", "four", "all",
        "bad-signature", "bad-payload", "bad-manifest", "truncated", "over-long", "format-2", "flag", "critical",
        "algorithm", "twice", "nameless", "empty", "overlap", "gap", "wrap", "long"};
    for (unsigned n = 0; n < FILES; n++) {
        char path[512];
        FILE *file;
        (void)snprintf(path, sizeof path, "%s%s.swpk", PACKAGES, files[n]);
        file = fopen(path, "rb");
        if (file == NULL) {
            perror(path);
            exit(2);
        }
        pool[pools].length = (uint32_t)fread(pool[pools].bytes, 1, MOST, file);
        (void)fclose(file);
        pools++;
    }
}

void plans_make(void)
{
    make_plain();
    make_packed(false, PACKED);
    load_files();
    first_image = pools;
    make_packed(true, IMAGES);
    for (unsigned n = 0; n < 3 * signed_count; n++) {
        pool[pools].length = signed_images[n % signed_count].length;
        memcpy(pool[pools++].bytes, signed_images[n % signed_count].bytes, sizeof signed_images[0].bytes);
    }
}

void plans_forget(void)
{
    memset(plans, 0, sizeof plans);
}

/* Not into an MCUboot image where those are not meant to be: they have a kind of their own. */
static bool is_image(const plan_t *plan)
{
    return plan->length > 0 && plan->bytes[0] == 0x3D;
}

static uint32_t at16(const uint8_t *bytes)
{
    return bytes[0] + 256u * bytes[1];
}

/* Whether that byte of an image says what is where: of its header, or the head of a TLV. */
static bool is_layout(const plan_t *plan, uint32_t at)
{
    const uint8_t *bytes = plan->bytes;
    uint32_t end = 32 + at16(bytes + 12);
    while (end + 4 <= plan->length && (at < end || at >= end + 4)) {
        uint32_t magic = at16(bytes + end);
        end += magic == 0x6907 || magic == 0x6908 ? 4 : 4 + at16(bytes + end + 2);
    }
    return (at >= 8 && at < 16) || (end + 4 <= plan->length && at >= end);
}

static void spoil(plan_t *plan, const packed_t *what)
{
    uint32_t at = any(plan->length);
    switch (any(5)) {
    case 0:
        plan->length = at > 0 ? at : 1;
        break;
    case 1:
        plan->bytes[plan->length++] = 'z';
        plan->is_longer = true;
        break;
    case 2: /* somebody alters the manifest, and computes its digest anew */
        plan->is_longer = is_image(plan) && is_layout(plan, at % 200);
        plan->bytes[at % 200] ^= (uint8_t)(1u << any(8));
        if (what->parts > 0 && plan->length > 300 && packed_manifest(plan->bytes) < plan->length &&
            packed_manifest(plan->bytes) > 150) {
            packed_again(plan->bytes, what);
        }
        break;
    default:
        plan->is_longer = is_image(plan) && is_layout(plan, at);
        plan->bytes[at] ^= (uint8_t)(1u << any(8));
        break;
    }
}

void plan_anew(plan_t *plan)
{
    bool images = device.kind->images;
    bool contained = images || (device.kind->containers && !one_in(5));
    unsigned from = images && !one_in(8) ? first_image : contained ? PLAIN : 0;
    unsigned to = images ? pools : contained ? PLAIN + PACKED + (one_in(2) ? FILES : GOOD) : PLAIN;
    unsigned which = from + any(to - from);
    memcpy(plan->bytes, pool[which].bytes, sizeof plan->bytes);
    plan->length = pool[which].length;
    plan->which = which;
    plan->at = 0;
    plan->again = 0;
    plan->total = one_in(2) ? 0 : one_in(12) ? plan->length + any(3) - 1 : plan->length;
    plan->used = true;
    plan->is_longer = false;
    plan->fixed = false;
    plan->etag_length = (uint8_t)(one_in(3) ? 0 : 1 + any(8));
    memset(plan->etag, (int)which + 1, sizeof plan->etag);
    if (one_in(images ? 3 : device.calm > 95 ? 12 : 6)) {
        spoil(plan, &pool[which].what);
        if (is_image(plan) && !images) {
            plan->bytes[0] = 'x';
        }
    }
}

/* The package that was expected is sent until it is there. */
void plan_next(plan_t *plan)
{
    plan->at = 0;
    if (!plan->fixed || one_in(6)) {
        plan_anew(plan);
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
