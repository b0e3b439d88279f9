/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Every truncation and every change of one bit of packages of 4 KiB, of every kind, under
 * every policy, read back and not: refused, and nothing stored that may not be; but for
 *
 *   - a change in the first four bytes under SWMGMT_ALLOW_NONE, and
 *   - a truncation to less than four bytes under SWMGMT_ALLOW_NONE:
 *
 * what does not begin as a container does is in none, and that policy takes it.
 *
 * Arguments: the folder tests/packages, and which part of it is done. A number, 1 if there is
 * none: each change and each truncation meets one combination of policy and reading back in
 * so many; signatures that swmgmt_ed25519 checks, 2 ms each, are computed for one payload
 * byte in 61. "all": everything, in some five minutes; scripts/sweep.sh runs it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "packed.h"

#define SIZE 4096u
#define COMBINATIONS 8u

static const struct {
    const char *name;
    const char *file; /* signed by a real key; else it is made here */
    bool image;
    uint8_t algorithm; /* 0: not signed */
} kinds[] = {
    {"package, not signed", NULL, false, 0},
    {"package, Ed25519 by signature()", NULL, false, SWMGMT_ED25519},
    {"package, P-256 by signature()", NULL, false, SWMGMT_ECDSA_P256},
    {"package, Ed25519", "sweep/ed25519.swpk", false, SWMGMT_ED25519},
    {"image, not signed", NULL, true, 0},
    {"image, Ed25519 by signature()", NULL, true, SWMGMT_ED25519},
    {"image, P-256 by signature()", NULL, true, SWMGMT_ECDSA_P256},
    {"image, Ed25519", "sweep/ed25519.img", true, SWMGMT_ED25519},
};

static fake_t fake;
static uint8_t bytes[PACKED_ROOM];
static uint32_t manifest; /* 0: an image */
static char where[200];
static unsigned refused;
static unsigned taken;

static void make(unsigned kind, const char *folder)
{
    packed_t what = packed_plain;
    uint32_t length = 0;
    what.key = kinds[kind].algorithm > 0 ? 3 : 0;
    what.algorithm = kinds[kind].algorithm;
    what.vendor = "0123456789abcdef";
    what.class_id = "fedcba9876543210";
    what.device = kinds[kind].image ? NULL : "urn:dev:ops:1-2-3";
    what.dependencies = "\1\0\0\0\1\2\3\0\4\0\0\0";
    what.counted = true;
    what.counter = 7;
    what.ignored = 5;
    what.parts = kinds[kind].image ? 1 : 3;
    what.part[1] = (packed_part_t){"radio", "5.1.2+7", 70, 2};
    what.part[2] = (packed_part_t){"c", "", 1, 3};
    if (kinds[kind].file != NULL) {
        length = packed_load(folder, kinds[kind].file, bytes, sizeof bytes);
    }
    while (kinds[kind].file == NULL && length != SIZE) {
        what.part[0].length += length > 0 ? SIZE - length : 0;
        length = kinds[kind].image ? packed_image(&what, bytes) : packed_make(&what, bytes);
    }
    CHECK_EQ(SIZE, length);
    manifest = kinds[kind].image ? 0 : packed_manifest(bytes);
}

static void device(unsigned kind, uint8_t policy, bool read)
{
    fake_new(&fake);
    fake_list(&fake, 0, SWMGMT_EMPTY);
    packed_device(&fake);
    fake.config.policy = policy;
    fake.config.head = 600;
    fake.host.verify = NULL;
    if (!read) {
        fake.host.read = NULL;
    }
    if (kinds[kind].file != NULL) {
        packed_keys(&fake);
        fake.host.signature = NULL;
    }
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK(fake_poll(&fake));
}

/* Pushes or downloads so many bytes of it: is it delivered? */
static bool comes(uint32_t length, unsigned n)
{
    static const uint32_t steps[] = {4096, 1000, 333, 512};
    bool delivered;
    fake_forget(&fake);
    fake.offered = 0;
    if (n % 5u == 0) {
        packed_fetch(&fake, bytes, length, steps[n / 5u % 4u]);
    } else {
        (void)packed_push(&fake, bytes, length, steps[n % 4u], NULL);
    }
    (void)fake_poll(&fake);
    delivered = swmgmt_state(fake.ctx, 0) == SWMGMT_DELIVERED;
    if (delivered) {
        CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    }
    return delivered;
}

/* One that is not what it was: in `at` is the byte that is changed, or where it ends. */
static void try(uint8_t policy, uint32_t length, uint32_t at, unsigned n)
{
    bool listed = policy == SWMGMT_ALLOW_NONE && at < 4;
    if (comes(length, n)) {
        taken++;
        CHECK(listed);
        CHECK_EQ(length, fake.offered);
    } else {
        long result = fake_number(&fake, 9, 0, 9);
        refused++;
        CHECK(result == 53 || result == 54 || result == 50 || result == 51 ||
              (result == 57 && at < 4) ||
              (result == 57 && policy == SWMGMT_REQUIRE_SIGNATURE));
        CHECK(fake.offered <= length);
        CHECK(at >= manifest || at < 4 || fake.offered == 0);
    }
    CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, 0));
    CHECK_EQ(0, fake_slot(&fake, 0)->length);
}

static void sweep(unsigned kind, unsigned combination, unsigned slices)
{
    uint8_t policy = (uint8_t)(combination / 2u);
    bool read = combination % 2u == 1;
    bool needs_more = policy == SWMGMT_REQUIRE_SIGNATURE && kinds[kind].algorithm == 0;
    bool slow = kinds[kind].file != NULL && manifest > 0;
    (void)snprintf(where, sizeof where, "%s, policy %u, %sread back", kinds[kind].name, policy,
                   read ? "" : "not ");
    check_where = where;
    device(kind, policy, read);
    for (unsigned n = 0; n < 10; n++) {
        CHECK_EQ(!needs_more, comes(SIZE, n)); /* as it is */
    }
    refused = taken = 0;
    for (uint32_t at = 0; at < SIZE * 8u; at++) {
        uint32_t turn = at + at / 8u; /* not always the same bit of a byte */
        if (slices > 0 && (turn % (COMBINATIONS * slices) != combination ||
                           (slow && at / 8u >= manifest && at / 8u % 61u != 0))) {
            continue;
        }
        (void)snprintf(where, sizeof where, "%s, policy %u, %sread back, bit %u of byte %u",
                       kinds[kind].name, policy, read ? "" : "not ", (unsigned)at % 8u,
                       (unsigned)at / 8u);
        bytes[at / 8u] ^= (uint8_t)(1u << at % 8u);
        try(policy, SIZE, at / 8u, turn);
        bytes[at / 8u] ^= (uint8_t)(1u << at % 8u);
    }
    for (uint32_t length = 1; length < SIZE; length++) {
        if (slices > 0 && (length % (COMBINATIONS * slices) != combination ||
                           (slow && length % 61u != 0))) {
            continue;
        }
        (void)snprintf(where, sizeof where, "%s, policy %u, %sread back, %u bytes",
                       kinds[kind].name, policy, read ? "" : "not ", (unsigned)length);
        try(policy, length, length, length);
    }
    check_where = "once more";
    CHECK_EQ(!needs_more, comes(SIZE, 1));
    printf("%s, policy %u, %sread back: %u refused, %u taken\n", kinds[kind].name, policy,
           read ? "" : "not ", refused, taken);
    (void)fflush(stdout);
}

int main(int argc, char **argv)
{
    bool all = argc > 2 && strcmp(argv[2], "all") == 0;
    unsigned slices = all ? 0 : argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1;
    for (unsigned kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
        make(kind, argc > 1 ? argv[1] : ".");
        for (unsigned combination = 0; combination < COMBINATIONS; combination++) {
            if (!kinds[kind].image || combination % 2u == 1) { /* images need read() */
                sweep(kind, combination, slices);
            }
        }
    }
    return check_end();
}
