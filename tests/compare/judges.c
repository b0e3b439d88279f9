/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The callbacks that judge a package: who has signed it, for whom it is, and SHA-256. */
#include "callbacks.h"

#include <string.h>

#include "../c/digest.h"

/* Of test-ed25519 and of test-other, in tests/packages. */
static const uint8_t public_key[2][32] = {
    {0x18, 0xd9, 0x23, 0x8a, 0x9c, 0x09, 0x32, 0x3e, 0xfc, 0xb4, 0xf5, 0x7d, 0xbc, 0xf6, 0x3d, 0x51,
     0xaf, 0x3f, 0xf1, 0x14, 0xd2, 0x76, 0xf8, 0x7e, 0x03, 0xb9, 0xa4, 0x37, 0x60, 0x70, 0xc0, 0x8d},
    {0xdf, 0xdc, 0xc8, 0xba, 0x37, 0x4b, 0xc6, 0x5a, 0x1d, 0x46, 0x1a, 0x5a, 0xb4, 0xbd, 0x64, 0xd3,
     0xa6, 0x8e, 0x3e, 0x92, 0x04, 0x9b, 0x37, 0x50, 0x1c, 0x0b, 0xcb, 0xd9, 0xd7, 0xfc, 0x38, 0x28}};

/* An image may be judged any number of times, images.c. */
static swmgmt_verdict_t judged(uint8_t kind, uint16_t instance, uint64_t what)
{
    uint64_t luck = device.kind->images ? fate_fixed(mix(what, kind)) : fate(kind, instance);
    static const swmgmt_verdict_t all[] = {SWMGMT_UNKNOWN,      SWMGMT_FAILED,  SWMGMT_FAILED_TYPE,
                                           SWMGMT_FAILED_INTEGRITY, SWMGMT_PENDING, 0};
    return luck % 8 == 0 ? all[(luck >> 16) % 6] : SWMGMT_DONE;
}

swmgmt_verdict_t on_key(void *user, uint16_t instance, const uint8_t *id, uint8_t *key)
{
    swmgmt_verdict_t verdict = SWMGMT_UNKNOWN;
    (void)user;
    if (is_cut("key")) {
        return SWMGMT_FAILED;
    }
    for (unsigned n = 0; n < 2; n++) {
        uint8_t der[44] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
        uint8_t hash[32];
        memcpy(der + 12, public_key[n], 32);
        sha256(der, sizeof der, hash);
        if (memcmp(hash, id, sizeof hash) == 0) {
            verdict = judged(SWMGMT_OP_KEY, instance, hash_of(id, 32));
            memcpy(key, public_key[n], 32);
        }
    }
    say(" key of %u: ", instance);
    say_bytes(id, 32);
    say(" = %d\n", (int)verdict);
    return verdict;
}

swmgmt_verdict_t on_signature(void *user, const swmgmt_op_t *op, const swmgmt_signature_t *claim)
{
    swmgmt_verdict_t verdict =
        judged(SWMGMT_OP_SIGNATURE, op->instance, hash_of(claim->signature, claim->length));
    (void)user;
    if (is_cut("signature")) {
        return SWMGMT_FAILED;
    }
    tell("signature", op);
    say(" %u key ", claim->algorithm);
    say_bytes(claim->key, 32);
    say(" digest ");
    say_bytes(claim->digest, 32);
    say(" signature ");
    say_bytes(claim->signature, claim->length);
    meddle(fate(28, op->instance), op);
    say(" = %d\n", (int)verdict);
    return verdict;
}

swmgmt_verdict_t on_fits(void *user, uint16_t instance, uint8_t what, const uint8_t *data,
                         size_t length)
{
    swmgmt_verdict_t verdict = judged(SWMGMT_OP_FITS, instance, hash_of(data, length) + what);
    (void)user;
    if (is_cut("fits")) {
        return SWMGMT_FAILED;
    }
    say(" fits %u %u: ", instance, what);
    say_bytes(data, length);
    say(" = %d\n", (int)verdict);
    return verdict;
}

swmgmt_verdict_t on_counter(void *user, uint16_t instance, uint32_t *value)
{
    swmgmt_verdict_t verdict = device.kind->images ? SWMGMT_DONE : judged(SWMGMT_OP_COUNTER, instance, 0);
    (void)user;
    if (is_cut("counter")) {
        return SWMGMT_FAILED;
    }
    *value = device.counter[instance % RECORDS];
    say(" counter %u = %u %d\n", instance, (unsigned)*value, (int)verdict);
    return verdict;
}

swmgmt_verdict_t on_commit(void *user, uint16_t instance, uint32_t value)
{
    uint64_t luck;
    bool fails;
    (void)user;
    if (device.off) {
        return SWMGMT_FAILED;
    }
    luck = luck_of_step(SWMGMT_OP_COMMIT, instance, value);
    fails = luck % 4 == 0 && !device.kind->images;
    if (fails && device.is_retry) {
        return SWMGMT_FAILED;
    }
    device.is_retry = false;
    if (is_cut("commit")) {
        return SWMGMT_FAILED;
    }
    say(" commit %u %u%s\n", instance, (unsigned)value, fails ? " fails" : "");
    if (!fails && device.counter[instance % RECORDS] < value) {
        device.counter[instance % RECORDS] = value;
    }
    return fails ? SWMGMT_FAILED : SWMGMT_DONE;
}

swmgmt_verdict_t on_hash(void *user, uint16_t slot, uint8_t step, const uint8_t *data,
                                size_t length, uint8_t *digest)
{
    static uint8_t bytes[8][2 * MOST];
    static uint32_t count[8];
    uint8_t *to = bytes[slot % 8u];
    uint32_t *n = &count[slot % 8u];
    (void)user;
    if (device.off) {
        return SWMGMT_FAILED;
    }
    if (shows_reads()) {
        say(" hash %u %u %u\n", slot, step, (unsigned)length);
    }
    if (step == SWMGMT_HASH_START) {
        *n = 0;
    } else if (step == SWMGMT_HASH_FINISH) {
        sha256(to, *n, digest);
    } else if (length <= sizeof bytes[0] - *n) {
        memcpy(to + *n, data, length);
        *n += (uint32_t)length;
    }
    return shows_reads() && fate(29, slot) % 200 == 0 ? SWMGMT_FAILED : SWMGMT_DONE;
}
