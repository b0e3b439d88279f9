/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What can be wrong with a package in a container, in blocks of several sizes: each refusal
 * with its code, state, result and reason, and with nothing stored that may not be. */
#include <stdio.h>
#include <string.h>

#include "packed_test.h"

static uint8_t bytes[PACKED_ROOM];
static uint32_t length;
static char where[200];

static void delivered(const char *shown)
{
    STATE(SWMGMT_DELIVERED);
    CHECK_TEXT(shown, packed_shown(&fake));
    CHECK_EQ(length, fake_slot(&fake, 0)->length);
    CHECK(memcmp(bytes, fake_slot(&fake, 0)->bytes, length) == 0);
    CHECK_EQ(length, fake.offered);
    CHECK_EQ(0, fake.hash_misused);
    CHECK_EQ(0, fake.number_reused);
}

/* Nothing is there, and nothing is under way: the next package can come. */
static void refused(const char *shown)
{
    STATE(SWMGMT_INITIAL);
    CHECK_TEXT(shown, packed_shown(&fake));
    CHECK_EQ(0, fake_slot(&fake, 0)->length);
    CHECK_EQ(0, fake.hash_misused);
    CHECK_EQ(0, fake.number_reused);
}

static packed_t what;
static uint32_t found; /* with how many bytes it is seen at the latest; 0: only at the end */
static uint32_t whole; /* bytes of the package, where more follow */

static void put16(uint32_t at, uint32_t value)
{
    bytes[at] = (uint8_t)value;
    bytes[at + 1] = (uint8_t)(value >> 8);
}

static void make(void) { length = packed_make(&what, bytes); found = packed_manifest(bytes); }
static void format(void) { make(); bytes[4] = 2; found = 5; }
static void flags(void) { make(); bytes[5] = 0x80; found = 6; }
static void short_manifest(void) { make(); put16(6, 12); found = 12; }
static void short_package(void) { make(); put16(8, packed_manifest(bytes)); found = 12; }
static void huge_manifest(void) { make(); put16(6, 513); put16(8, 0xFFFF); found = 12; }
static void bit_of_name(void) { make(); bytes[15] ^= 1; }
static void bit_of_digest(void) { make(); bytes[found - 1 - (what.key ? 68 : 0)] ^= 1; }
static void no_text(void) { make(); bytes[15] = 0xFF; packed_again(bytes, &what); }

static void unknown(void)
{
    what.ignored = 9;
    make();
    bytes[found - 47] = 0x30;
    packed_again(bytes, &what);
}

static void ragged(void) { make(); bytes[13]++; packed_again(bytes, &what); }

static void long_name(void)
{
    what.name = "0123456789abcdef0123456789abcdef0";
    make();
    found = 0;
}

static void nameless(void) { what.name = NULL; make(); }
static void versionless(void) { what.version = NULL; make(); }

static void no_component(void)
{
    what.parts = 0;
    make();
    length++;
    bytes[8]++;
    packed_again(bytes, &what);
}

static void gap(void) { make(); length++; bytes[8]++; packed_again(bytes, &what); }

static void overlap(void)
{
    what.parts = 2;
    what.part[1] = what.part[0];
    make();
    length -= 150;
    put16(8, length);
    packed_again(bytes, &what);
}

static void sum_wraps(void) /* in 32 bits the lengths come to the right sum */
{
    what.parts = 2;
    what.part[1] = what.part[0];
    make();
    memset(bytes + 31, 0xFF, 4); /* the first component's length, and the second one's */
    put16(81, 301);
    packed_again(bytes, &what);
}

static void no_bytes(void)
{
    what.part[0].length = 0;
    make();
    bytes[8]++;
    length++;
    packed_again(bytes, &what);
}

static void no_bytes_of_two(void)
{
    what.part[1] = (packed_part_t){"b", "", 0, 0};
    what.parts = 2;
    make();
}

static void algorithm(void) { what.key = 1; what.algorithm = 3; make(); }
static void forged(void) { what.key = 1; what.forged = true; make(); }
static void key_unknown(void) { what.key = 1; fake.key[1] = SWMGMT_UNKNOWN; make(); }
static void key_revoked(void) { what.key = 1; fake.key[1] = SWMGMT_FAILED; make(); }
static void key_other(void) { what.key = 1; fake.key[1] = SWMGMT_FAILED_TYPE; make(); }
static void not_signed(void) { fake.config.policy = SWMGMT_REQUIRE_SIGNATURE; make(); }

static void vendor(void)
{
    what.vendor = "vendor0123456789";
    fake.fits[1] = SWMGMT_FAILED_TYPE;
    make();
}

static void class_id(void)
{
    what.class_id = "class00123456789";
    fake.fits[2] = SWMGMT_FAILED;
    make();
}

static void device(void) { what.device = "me"; fake.fits[3] = SWMGMT_UNKNOWN; make(); }
static void counter(void) { what.counted = true; what.counter = 6; fake.counter = 7; make(); }
static void minimum(void) { what.minimum = "1.0"; make(); }
static void storage(void) { make(); fake.capacity = length - 1; }

static void component_text(void)
{
    what.part[0].version = "0123456789abcdef0123456789abcdef0";
    make();
    found = 0;
}

static void pool(void)
{
    what.parts = 2;
    what.part[1] = what.part[0];
    fake.config.components = 1;
    make();
    found = 0;
}

static void head(void) { make(); fake.config.head = (uint16_t)(found - 1); found = 12; }
static void payload(void) { make(); bytes[length - 1] ^= 1; found = 0; }

static void payload_first(void)
{
    what.parts = 2;
    what.part[1] = what.part[0];
    make();
    bytes[found] ^= 1;
    found = 0;
}

static void truncated(void) { make(); length--; found = 0; }
static void truncated_early(void) { make(); length = found - 1; found = 0; }
static void over_long(void) { make(); whole = length++; found = length; }
static void over_longer(void) { make(); whole = length; length += 65; found = 0; }
static void empty_head(void) { make(); length = 11; found = 0; }
static void image_flags(void) { length = packed_image(&what, bytes); bytes[16] = 4; found = 32; }
static void image_body(void) { length = packed_image(&what, bytes); bytes[40] ^= 1; found = 0; }

static void image_forged(void)
{
    what.key = 1;
    what.forged = true;
    length = packed_image(&what, bytes);
    found = 0;
}

static void image_unsigned(void)
{
    fake.config.policy = SWMGMT_REQUIRE_SIGNATURE;
    length = packed_image(&what, bytes);
    found = 0;
}

static void image_dependency(void)
{
    what.dependencies = "\1\0\0\0\1\2\3\0\4\0\0\0";
    fake.fits[4] = SWMGMT_FAILED;
    length = packed_image(&what, bytes);
    found = 0;
}

static void image_counter(void)
{
    what.counted = true;
    fake.counter = 1;
    length = packed_image(&what, bytes);
    found = 0;
}

static void image_truncated(void) { length = packed_image(&what, bytes) - 1; found = 0; }

static void image_over_long(void) { length = packed_image(&what, bytes) + 1; found = 0; }

static void opaque_unsigned(void)
{
    fake.config.policy = SWMGMT_REQUIRE_SIGNATURE;
    length = 300;
    memset(bytes, 'x', length);
    found = 4;
}

static const struct {
    void (*make)(void);
    const char *shown;
    const char *name;
} faults[] = {
    {format, "0 54:type", "a later format"},
    {flags, "0 54:type", "a flag"},
    {short_manifest, "0 53:integrity", "a manifest as long as its head"},
    {short_package, "0 53:integrity", "a package as long as its manifest"},
    {huge_manifest, "0 51:memory", "a manifest too long for the head"},
    {head, "0 51:memory", "a head one byte too small"},
    {bit_of_name, "0 53:digest", "one bit of the name"},
    {bit_of_digest, "0 53:digest", "one bit of the digest"},
    {no_text, "0 53:integrity", "a name that is not UTF-8"},
    {unknown, "0 54:type", "a field that must be known"},
    {ragged, "0 53:integrity", "a length that points into a value"},
    {nameless, "0 53:integrity", "no name"},
    {versionless, "0 53:integrity", "no version"},
    {no_component, "0 53:integrity", "no component"},
    {gap, "0 53:integrity", "a byte that is no component's"},
    {overlap, "0 53:integrity", "two components in the place of one"},
    {sum_wraps, "0 53:integrity", "lengths that wrap"},
    {no_bytes, "0 53:integrity", "a component of no bytes"},
    {no_bytes_of_two, "0 53:integrity", "another component of no bytes"},
    {algorithm, "0 54:type", "a signature of an unknown kind"},
    {forged, "0 53:signature", "a signature with a wrong bit"},
    {key_unknown, "0 53:key", "a key that is not known"},
    {key_revoked, "0 57:revoked", "a key that is trusted no more"},
    {key_other, "0 54:type", "a key of another kind"},
    {not_signed, "0 57:unsigned", "no signature where one is required"},
    {vendor, "0 54:vendor", "another vendor's"},
    {class_id, "0 54:class", "another class's"},
    {device, "0 54:device", "another device's"},
    {counter, "0 57:rollback", "a lower counter"},
    {minimum, "0 57:minimum", "a minimum version of nothing"},
    {storage, "0 50:storage", "more than the storage takes"},
    {long_name, "0 54:name", "a name too long for the configuration"},
    {component_text, "0 54:name", "a component's version too long"},
    {pool, "0 51:components", "more components than there is room for"},
    {payload, "0 53:digest", "one bit of a component"},
    {payload_first, "0 53:digest", "one bit of the first of two"},
    {truncated, "0 53:integrity", "the last byte is missing"},
    {truncated_early, "0 53:integrity", "the manifest's last byte is missing"},
    {empty_head, "0 53:integrity", "11 bytes"},
    {over_long, "0 53:integrity", "one byte too many"},
    {over_longer, "0 53:integrity", "many bytes too many"},
    {image_flags, "0 54:type", "image: encrypted"},
    {image_body, "0 53:digest", "image: one bit"},
    {image_forged, "0 53:signature", "image: a signature with a wrong bit"},
    {image_unsigned, "0 57:unsigned", "image: no signature where one is required"},
    {image_dependency, "0 57:dependency", "image: a dependency that is not met"},
    {image_counter, "0 57:rollback", "image: no less than a lower counter"},
    {image_truncated, "0 53:integrity", "image: the last byte is missing"},
    {image_over_long, "0 53:integrity", "image: one byte too many"},
    {opaque_unsigned, "0 57:unsigned", "in no container where a signature is required"},
};

static void faulty(unsigned n, bool fetch, bool read, bool host_hash, uint32_t step)
{
    uint32_t at = 0;
    uint32_t known;
    bool full = strcmp(faults[n].shown, "0 50:storage") == 0;
    what = packed_plain;
    what.algorithm = SWMGMT_ED25519;
    new_device_that(read, host_hash);
    whole = 0;
    faults[n].make();
    if (!read && memcmp(bytes, "SWPK", 4) != 0 && bytes[0] != 'x') {
        return; /* images need read() */
    }
    step = step == 0 ? length : step;
    (void)snprintf(where, sizeof where, "%s, %s, %s, step %u%s", faults[n].name,
                   fetch ? "fetch" : "push", read ? "read back" : "not read back",
                   (unsigned)step, host_hash ? ", hash()" : "");
    check_where = where;
    boot();
    if (fetch) {
        packed_fetch(&fake, bytes, length, step);
        CHECK(fake_poll(&fake));
        CHECK_EQ(SWMGMT_ESTALE, fake_fetched(&fake, length, bytes, 1, 0, false));
    } else {
        swmgmt_answer_t answer = packed_push(&fake, bytes, length, step, &at);
        if (at == length && !full) {
            /* The chunk that completes the package is taken, and VERIFYING tells. */
            CHECK_EQ(SWMGMT_CHANGED, answer);
            STATE(SWMGMT_VERIFYING);
            CHECK_TEXT("2 0", packed_shown(&fake));
            CHECK(fake_poll(&fake));
        } else {
            CHECK_EQ(full ? SWMGMT_TOO_LARGE : SWMGMT_INTERNAL_ERROR, answer);
        }
        if (found > 0) {
            CHECK(at <= (found + step - 1) / step * step);
        }
    }
    /* What comes behind the end contradicts the length, if that was known before the block. */
    known = memcmp(bytes, "SWPK", 4) == 0 ? packed_manifest(bytes) : whole;
    refused(whole > 0 && whole / step * step >= known ? "0 53:length" : faults[n].shown);
    CHECK(fake.offered <= length);
    if (found > 0 && found <= 32 + packed_manifest(bytes) && memcmp(bytes, "SWPK", 4) == 0 &&
        !full) {
        CHECK_EQ(0, fake.offered); /* refused for its manifest: nothing was stored */
        CHECK_EQ(fetch ? 1 : 0, fake_count(&fake, SWMGMT_OP_OPEN));
    }
    /* A good one comes right through, with the same device. */
    fake.capacity = FAKE_STORE;
    fake.offered = 0;
    fake.counter = 0;
    what = packed_plain;
    if (fake.config.head == 0) {
        what.key = 2;
        what.algorithm = SWMGMT_ECDSA_P256;
        length = packed_make(&what, bytes);
        CHECK_EQ(SWMGMT_CHANGED, packed_push(&fake, bytes, length, 50, NULL));
        CHECK(fake_poll(&fake));
        delivered("3 3");
    }
}

static void all_faults(void)
{
    static const uint32_t steps[] = {0, 1, 3, 16, 64, 200};
    for (unsigned n = 0; n < sizeof faults / sizeof faults[0]; n++) {
        for (unsigned k = 0; k < 8; k++) {
            for (unsigned i = 0; i < sizeof steps / sizeof steps[0]; i++) {
                faulty(n, k % 2u == 1, k / 2u % 2u == 1, k / 4u == 1, steps[i]);
            }
        }
    }
}

int main(void)
{
    all_faults();
    return check_end();
}
