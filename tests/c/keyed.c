/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdio.h>
#include <string.h>

#include "digest.h"
#include "packed.h"

/* 0 is no key. */
static uint32_t key_of(const fake_t *fake, const uint8_t *id)
{
    uint32_t n = FAKE_KEYS - 1;
    while (n > 0 && memcmp(fake->key_id[n], id, 32) != 0) {
        n--;
    }
    return n;
}

static swmgmt_verdict_t on_key(void *user, uint16_t instance, const uint8_t *id, uint8_t *key)
{
    fake_t *fake = user;
    uint32_t n = key_of(fake, id);
    swmgmt_verdict_t verdict =
        fake_called(fake, SWMGMT_OP_KEY, NULL, n, instance, fake->key[n]);
    if (verdict == SWMGMT_DONE) {
        memcpy(key, fake->public_key[n], 32);
    }
    return verdict;
}

static swmgmt_verdict_t on_signature(void *user, const swmgmt_op_t *op,
                                     const swmgmt_signature_t *claim)
{
    fake_t *fake = user;
    uint32_t n = key_of(fake, claim->key);
    packed_t maker = {.key = (uint8_t)n, .algorithm = claim->algorithm};
    uint8_t right[72];
    swmgmt_verdict_t verdict = fake->key[n];
    if (op->number == 0 || op->kind != SWMGMT_OP_SIGNATURE) {
        return SWMGMT_FAILED;
    }
    if (verdict == SWMGMT_DONE && (claim->length != packed_sign(&maker, claim->digest, right) ||
                                   memcmp(right, claim->signature, claim->length) != 0)) {
        verdict = SWMGMT_FAILED_INTEGRITY;
    }
    return fake_called(fake, SWMGMT_OP_SIGNATURE, op, n, claim->length, verdict);
}

static swmgmt_verdict_t on_fits(void *user, uint16_t instance, uint8_t what,
                                const uint8_t *data, size_t length)
{
    fake_t *fake = user;
    (void)instance;
    fake->asked[what % 5u] = length < sizeof fake->asked_text[0] ? (uint32_t)length : 0;
    memcpy(fake->asked_text[what % 5u], data, fake->asked[what % 5u]);
    return fake_called(fake, SWMGMT_OP_FITS, NULL, what, (uint32_t)length,
                       fake->fits[what % 5u]);
}

static swmgmt_verdict_t on_counter(void *user, uint16_t instance, uint32_t *value)
{
    fake_t *fake = user;
    swmgmt_verdict_t verdict = fake_called(fake, SWMGMT_OP_COUNTER, NULL, fake->counter,
                                           instance, fake->answer[SWMGMT_OP_COUNTER]);
    if (verdict == SWMGMT_DONE) {
        *value = fake->counter;
    }
    return verdict;
}

static swmgmt_verdict_t on_commit(void *user, uint16_t instance, uint32_t value)
{
    fake_t *fake = user;
    swmgmt_verdict_t verdict = fake_called(fake, SWMGMT_OP_COMMIT, NULL, value, instance,
                                           fake->answer[SWMGMT_OP_COMMIT]);
    if (verdict == SWMGMT_DONE && value > fake->counter) {
        fake->counter = value;
    }
    return verdict;
}

/* Images are read from the storage, and so need read(). */
static void drop_images(fake_t *fake)
{
    uint16_t count = 0;
    for (uint16_t i = 0; i < fake->config.part_count; i++) {
        if (fake->parts[i] != &swmgmt_mcuboot || fake->host.read != NULL) {
            fake->parts[count++] = fake->parts[i];
        }
    }
    fake->config.part_count = count;
}

void packed_device(fake_t *fake)
{
    fake->choose_parts = drop_images;
    fake->parts[fake->config.part_count++] = &swmgmt_names;
    fake->parts[fake->config.part_count++] = &swmgmt_package;
    fake->parts[fake->config.part_count++] = &swmgmt_mcuboot;
    for (unsigned i = 0; i < FAKE_KEYS; i++) {
        fake->key[i] = i == 0 ? SWMGMT_UNKNOWN : SWMGMT_DONE;
        memset(fake->key_id[i], (int)i, sizeof fake->key_id[i]);
    }
    for (unsigned i = 0; i < 5; i++) {
        fake->fits[i] = SWMGMT_DONE;
    }
    fake->host.key = on_key;
    fake->host.signature = on_signature;
    fake->host.fits = on_fits;
    fake->host.counter = on_counter;
    fake->host.commit = on_commit;
}

/* Of tests/packages/test-ed25519.pem and test-other.pem. */
static const uint8_t real_id[2][32] = {
    {0x7e, 0x17, 0x12, 0x7c, 0x07, 0x92, 0xf1, 0x12, 0xfc, 0x84, 0xbe,
     0xea, 0xbc, 0xa8, 0x50, 0x23, 0x8c, 0x0f, 0xec, 0x46, 0xa9, 0xb7,
     0xa2, 0xb9, 0xd7, 0x99, 0xd5, 0x17, 0x4b, 0x8d, 0xe4, 0x70},
    {0x33, 0x43, 0x46, 0xb5, 0x21, 0x00, 0x00, 0xb8, 0x1f, 0x08, 0x6b,
     0x02, 0xa2, 0x78, 0x7c, 0x89, 0xca, 0x06, 0x38, 0x2f, 0xce, 0x98,
     0x6a, 0x63, 0x5d, 0x42, 0x3a, 0xa9, 0x3c, 0x61, 0xd5, 0x7d}};
static const uint8_t real_key[2][32] = {
    {0x18, 0xd9, 0x23, 0x8a, 0x9c, 0x09, 0x32, 0x3e, 0xfc, 0xb4, 0xf5,
     0x7d, 0xbc, 0xf6, 0x3d, 0x51, 0xaf, 0x3f, 0xf1, 0x14, 0xd2, 0x76,
     0xf8, 0x7e, 0x03, 0xb9, 0xa4, 0x37, 0x60, 0x70, 0xc0, 0x8d},
    {0xdf, 0xdc, 0xc8, 0xba, 0x37, 0x4b, 0xc6, 0x5a, 0x1d, 0x46, 0x1a,
     0x5a, 0xb4, 0xbd, 0x64, 0xd3, 0xa6, 0x8e, 0x3e, 0x92, 0x04, 0x9b,
     0x37, 0x50, 0x1c, 0x0b, 0xcb, 0xd9, 0xd7, 0xfc, 0x38, 0x28}};

void packed_keys(fake_t *fake)
{
    fake->parts[fake->config.part_count++] = &swmgmt_ed25519;
    for (unsigned i = 0; i < 2; i++) {
        memcpy(fake->key_id[i + 1], real_id[i], 32);
        memcpy(fake->public_key[i + 1], real_key[i], 32);
    }
}

/* Each slot keeps what it was given, which is hashed at the end. */
#define HASH_SLOTS 4
static uint8_t hashed[HASH_SLOTS][PACKED_ROOM];
static uint32_t hashed_length[HASH_SLOTS];
static bool hash_began[HASH_SLOTS];

static swmgmt_verdict_t on_hash(void *user, uint16_t slot, uint8_t step, const uint8_t *data,
                                size_t length, uint8_t *digest)
{
    fake_t *fake = user;
    /* What fails has done its work all the same: the failure alone must count. */
    bool fails = fake->hashes_fail > 0 && --fake->hashes_fail == 0;
    if (slot >= 2u * fake->config.transfers || slot >= HASH_SLOTS ||
        (step != SWMGMT_HASH_START && !hash_began[slot])) {
        fake->hash_misused++;
        return SWMGMT_DONE; /* not even then may a digest be right by chance */
    }
    if (step == SWMGMT_HASH_START) {
        hash_began[slot] = true;
        hashed_length[slot] = 0;
    } else if (step == SWMGMT_HASH_UPDATE) {
        if (length > sizeof hashed[0] - hashed_length[slot]) {
            fake->hash_misused++;
            return SWMGMT_FAILED;
        }
        memcpy(hashed[slot] + hashed_length[slot], data, length);
        hashed_length[slot] += (uint32_t)length;
    } else {
        sha256(hashed[slot], hashed_length[slot], digest);
        hash_began[slot] = false;
    }
    fake->hashes++;
    return fails ? SWMGMT_FAILED : SWMGMT_DONE;
}

void packed_hash(fake_t *fake)
{
    fake->parts[0] = &swmgmt_sha256_host;
    fake->host.hash = on_hash;
    memset(hash_began, 0, sizeof hash_began);
}

uint32_t packed_load(const char *folder, const char *name, uint8_t *bytes, uint32_t room)
{
    char path[512];
    FILE *file;
    size_t length;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "rb");
    if (file == NULL) {
        return 0;
    }
    length = fread(bytes, 1, room, file);
    return fclose(file) == 0 && length < room ? (uint32_t)length : 0;
}
