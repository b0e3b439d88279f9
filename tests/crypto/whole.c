/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* whole PACKAGE KEY: the library with no cryptography of its own takes a package that is
 * signed on P-256, by the callbacks in c-examples/crypto, and refuses it when it is altered
 * or its key is not trusted. */
#include "../c/check.h"
#include "crypto.h"

#ifdef CRYPTO_PSA
#include <psa/crypto.h>
#endif

enum { LONGEST = 4096, BLOCK = 64, P256_DER = 91 };

static uint8_t package[LONGEST], stored[LONGEST], der[P256_DER + 1];
static size_t length;
static unsigned writes;
static bool hash_fails;

static crypto_key_t key = {.der = der, .length = P256_DER};
static crypto_keys_t trusted = {.keys = &key, .count = 1};

static swmgmt_verdict_t open_it(void *user, const swmgmt_op_t *op, uint32_t offset, uint32_t total)
{
    (void)user;
    (void)op;
    (void)offset;
    return total <= LONGEST ? SWMGMT_DONE : SWMGMT_FAILED_STORAGE;
}

static swmgmt_verdict_t write_it(void *user, const swmgmt_op_t *op, uint32_t offset, const uint8_t *data,
                                 size_t count)
{
    (void)user;
    (void)op;
    writes++;
    if (offset > LONGEST || count > LONGEST - offset) return SWMGMT_FAILED_STORAGE;
    memcpy(stored + offset, data, count);
    return SWMGMT_DONE;
}

static swmgmt_verdict_t read_it(void *user, const swmgmt_op_t *op, uint32_t offset, uint8_t *data, size_t count)
{
    (void)user;
    (void)op;
    memcpy(data, stored + offset, count);
    return SWMGMT_DONE;
}

static swmgmt_verdict_t install(void *user, const swmgmt_op_t *op, const char *arguments, size_t count)
{
    (void)user;
    (void)op;
    (void)arguments;
    (void)count;
    return SWMGMT_DONE;
}

static swmgmt_verdict_t hash(void *user, uint16_t slot, uint8_t step, const uint8_t *data, size_t count,
                             uint8_t *digest)
{
    CHECK(slot < CRYPTO_SLOTS);
    return hash_fails ? SWMGMT_FAILED : crypto_hash(user, slot, step, data, count, digest);
}

static const swmgmt_part_t *const PARTS[] = {&swmgmt_sha256_host, &swmgmt_package,
                                              &swmgmt_names};

static swmgmt_host_t host = {
    .size = sizeof host,
    .user = &trusted,
    .open = open_it,
    .write = write_it,
    .install = install,
    .hash = hash,
    .signature = crypto_signature,
};

static const swmgmt_config_t config = {
    .size = sizeof config,
    .resources = SWMGMT_OFFER(2) | SWMGMT_OFFER(16),
    .parts = PARTS,
    .part_count = 2,
    .instances = 1,
    .transfers = CRYPTO_TRANSFERS,
    .text = 32,
    .policy = SWMGMT_REQUIRE_SIGNATURE,
};

static uint64_t memory[SWMGMT_MEMORY_WORDS(SWMGMT_OFFER(2), 1, 0, CRYPTO_TRANSFERS, 32, 0, 0, 0) +
                       SWMGMT_CONTAINER_WORDS(1, 0, CRYPTO_TRANSFERS, 32, 0)];

static swmgmt_value_t value(const swmgmt_t *ctx, uint16_t resource)
{
    const swmgmt_path_t path = {9, 0, resource, SWMGMT_NONE};
    swmgmt_value_t it = {0};
    CHECK_EQ(SWMGMT_CONTENT, swmgmt_read(ctx, path, &it));
    return it;
}

static void digest(const uint8_t *bytes, size_t count, uint8_t sha256[32])
{
    CHECK_EQ(SWMGMT_DONE, crypto_hash(NULL, 0, SWMGMT_HASH_START, NULL, 0, NULL));
    CHECK_EQ(SWMGMT_DONE, crypto_hash(NULL, 0, SWMGMT_HASH_UPDATE, bytes, count, NULL));
    CHECK_EQ(SWMGMT_DONE, crypto_hash(NULL, 0, SWMGMT_HASH_FINISH, NULL, 0, sha256));
}

/* Pushes what is in `package`; how it ends. */
static void push(uint8_t state, uint8_t result, const char *reason)
{
    swmgmt_t *ctx = NULL;
    memset(stored, 0, sizeof stored);
    writes = 0;
    CHECK_EQ(SWMGMT_OK, swmgmt_init(&ctx, memory, sizeof memory, &config, &host));
    CHECK_EQ(SWMGMT_OK, swmgmt_add(ctx, 0, SWMGMT_EMPTY));
    CHECK_EQ(SWMGMT_OK, swmgmt_boot(ctx, 0));
    /* A second digest at the same time. */
    uint8_t whole[32];
    digest(package, length, whole);
    CHECK_EQ(SWMGMT_OK, swmgmt_expect(ctx, 0, 0, SWMGMT_SHA256, whole, sizeof whole));
    for (size_t at = 0; at < length; at += BLOCK) {
        const size_t count = length - at < BLOCK ? length - at : BLOCK;
        const swmgmt_chunk_t chunk = {.data = package + at, .length = (uint32_t)count, .offset = (uint32_t)at,
                                      .total = (uint32_t)length, .last = at + count == length};
        const swmgmt_answer_t answer = swmgmt_push(ctx, 1, 0, &chunk);
        if (answer != SWMGMT_CONTINUE && answer != SWMGMT_CHANGED) break;
    }
    uint32_t next = 0;
    for (unsigned n = 0; n < 10 && next == 0; n++) swmgmt_poll(ctx, 0, &next);
    CHECK_EQ(state, swmgmt_state(ctx, 0));
    CHECK_EQ(result, value(ctx, 9).number);
    const swmgmt_value_t why = value(ctx, 16);
    CHECK_EQ(strlen(reason), why.length);
    CHECK(memcmp(reason, why.bytes, why.length < strlen(reason) ? why.length : strlen(reason)) == 0);
    CHECK(state != SWMGMT_DELIVERED || memcmp(stored, package, length) == 0);
}

static void all(void)
{
    const size_t manifest = (size_t)(package[6] | package[7] << 8);
    push(SWMGMT_DELIVERED, 3, "");
    package[length - 1] ^= 1; /* the component */
    push(SWMGMT_INITIAL, 53, "53:digest");
    package[length - 1] ^= 1;
    package[manifest - 60] ^= 1; /* the signature */
    push(SWMGMT_INITIAL, 53, "53:signature");
    CHECK_EQ(0, writes);
    package[manifest - 60] ^= 1;
    key.revoked = true;
    push(SWMGMT_INITIAL, 57, "57:revoked");
    key.revoked = false;
    key.id[0] ^= 1;
    push(SWMGMT_INITIAL, 53, "53:key");
    key.id[0] ^= 1;
    hash_fails = true;
    push(SWMGMT_INITIAL, 53, "53:digest");
    CHECK_EQ(0, writes);
    hash_fails = false;
    push(SWMGMT_DELIVERED, 3, "");
}

static size_t load(const char *path, uint8_t *bytes, size_t room)
{
    FILE *file = fopen(path, "rb");
    const size_t count = file != NULL ? fread(bytes, 1, room, file) : 0;
    if (file != NULL) fclose(file);
    return count;
}

int main(int count, char **arguments)
{
    if (count != 3 || (length = load(arguments[1], package, LONGEST)) == 0 ||
        load(arguments[2], der, sizeof der) != P256_DER) {
        fprintf(stderr, "usage: whole PACKAGE KEY\n");
        return 2;
    }
#ifdef CRYPTO_PSA
    CHECK_EQ(PSA_SUCCESS, psa_crypto_init());
#endif
    digest(der, P256_DER, key.id);
    all();
    host.read = read_it;
    all();
    return check_end();
}
