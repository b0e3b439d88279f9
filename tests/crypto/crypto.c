/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* crypto VECTORS: the callbacks in c-examples/crypto against Wycheproof's vectors, as
 * tests/crypto/vectors.rs writes them. */
#include "../c/check.h"
#include "crypto.h"

#include <stdlib.h>

#ifdef CRYPTO_PSA
#include <psa/crypto.h>
#endif

enum { LONGEST = 8192 };
typedef struct { uint8_t bytes[LONGEST]; size_t length; } bytes_t;

static bytes_t der, message, signature;

/* The next word of a line: a dash, and bytes in hexadecimal. */
static bool read_bytes(FILE *file, bytes_t *to)
{
    char word[2 * LONGEST + 2];
    if (fscanf(file, " -%16384[0-9a-f]", word) != 1) word[0] = 0; /* none */
    to->length = strlen(word) / 2;
    for (size_t n = 0; n < to->length; n++) {
        const char byte[3] = {word[2 * n], word[2 * n + 1], 0};
        to->bytes[n] = (uint8_t)strtoul(byte, NULL, 16);
    }
    return to->length <= LONGEST;
}

static void hash(const uint8_t *bytes, size_t length, size_t piece, uint8_t digest[32])
{
    CHECK_EQ(SWMGMT_DONE, crypto_hash(NULL, 0, SWMGMT_HASH_START, NULL, 0, NULL));
    for (size_t at = 0; at < length; at += piece) {
        const size_t count = length - at < piece ? length - at : piece;
        CHECK_EQ(SWMGMT_DONE, crypto_hash(NULL, 0, SWMGMT_HASH_UPDATE, bytes + at, count, NULL));
    }
    CHECK_EQ(SWMGMT_DONE, crypto_hash(NULL, 0, SWMGMT_HASH_FINISH, NULL, 0, digest));
}

static void vectors(FILE *file)
{
    unsigned number, good, padded = 0, seen[2] = {0, 0};
    static char where[32];
    while (fscanf(file, "%u", &number) == 1 && read_bytes(file, &der) && read_bytes(file, &message) &&
           read_bytes(file, &signature) && fscanf(file, "%u", &good) == 1) {
        snprintf(where, sizeof where, "vector %u", number);
        check_where = where;
        crypto_key_t key = {.der = der.bytes, .length = (uint16_t)der.length};
        uint8_t digest[32];
        hash(der.bytes, der.length, 1000, key.id);
        hash(message.bytes, message.length, number % 70 + 1, digest);
        crypto_keys_t trusted = {.keys = &key, .count = 1};
        swmgmt_signature_t claim = {.key = key.id, .digest = digest, .signature = signature.bytes,
                                    .length = (uint32_t)signature.length, .algorithm = SWMGMT_ECDSA_P256};
        const swmgmt_verdict_t wanted = good != 0 ? SWMGMT_DONE : SWMGMT_FAILED_INTEGRITY;
        CHECK_EQ(wanted, crypto_signature(&trusted, NULL, &claim));
        if (good != 0 && signature.bytes[4] < 0x80 && signature.bytes[4] != 0) {
            /* r with a zero in front is the same number, and not DER. */
            static uint8_t wider[LONGEST + 1];
            memcpy(wider, signature.bytes, 4);
            memcpy(wider + 5, signature.bytes + 4, signature.length - 4);
            wider[1]++;
            wider[3]++;
            swmgmt_signature_t other = claim;
            other.signature = wider;
            other.length++;
            CHECK_EQ(SWMGMT_FAILED_INTEGRITY, crypto_signature(&trusted, NULL, &other));
            padded++;
        }
        if (seen[good != 0]++ != 0) continue;

        /* Once each: whatever the signature, only this key, and only as what it is. */
        claim.algorithm = SWMGMT_ED25519;
        CHECK_EQ(SWMGMT_FAILED_TYPE, crypto_signature(&trusted, NULL, &claim));
        claim.algorithm = SWMGMT_ECDSA_P256;
        claim.key = digest;
        CHECK_EQ(SWMGMT_UNKNOWN, crypto_signature(&trusted, NULL, &claim));
        claim.key = key.id;
        key.revoked = true;
        CHECK_EQ(SWMGMT_FAILED, crypto_signature(&trusted, NULL, &claim));
        key.revoked = false;
        key.length--;
        CHECK_EQ(SWMGMT_FAILED_TYPE, crypto_signature(&trusted, NULL, &claim));
        key.length++;
        digest[31] ^= 1;
        CHECK_EQ(SWMGMT_FAILED_INTEGRITY, crypto_signature(&trusted, NULL, &claim));
    }
    check_where = "";
    CHECK(feof(file));
    CHECK(seen[0] > 100 && seen[1] > 100 && padded > 10);
    printf("%u good and %u bad signatures\n", seen[1], seen[0]);
}

int main(int count, char **arguments)
{
    FILE *file = count == 2 ? fopen(arguments[1], "r") : NULL;
    if (file == NULL) {
        fprintf(stderr, "usage: crypto VECTORS\n");
        return 2;
    }
#ifdef CRYPTO_PSA
    CHECK_EQ(PSA_SUCCESS, psa_crypto_init());
#endif
    uint8_t digest[32];
    CHECK_EQ(SWMGMT_FAILED, crypto_hash(NULL, CRYPTO_SLOTS, SWMGMT_HASH_START, NULL, 0, NULL));
    CHECK_EQ(SWMGMT_FAILED, crypto_hash(NULL, 0, 0, NULL, 0, digest));
    vectors(file);
    fclose(file);
    return check_end();
}
