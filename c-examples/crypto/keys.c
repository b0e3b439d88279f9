/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Which keys are trusted, and the two encodings in between: keys and signatures come in
 * DER, the libraries want a point, and r and s. */
#include "crypto.h"

#include <string.h>

/* SubjectPublicKeyInfo of a P-256 key, up to its uncompressed point. */
static const uint8_t p256[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
                               0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};
/* Of an Ed25519 key, up to its 32 bytes. */
static const uint8_t ed25519[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

/* An INTEGER of at most 256 bits, not negative and in the only encoding DER allows, as 32
 * bytes. Answers how long it was; 0: it is none. */
static size_t integer(const uint8_t *der, size_t length, uint8_t out[32])
{
    if (length < 3 || der[0] != 0x02 || der[1] == 0 || der[1] > 33 || der[1] > length - 2) return 0;
    const uint8_t *bytes = der + 2;
    size_t count = der[1];
    if (bytes[0] >= 0x80) return 0;
    if (bytes[0] == 0 && count > 1) {
        if (bytes[1] < 0x80) return 0;
        bytes++;
        count--;
    }
    if (count > 32) return 0;
    memset(out, 0, 32);
    memcpy(out + 32 - count, bytes, count);
    return (size_t)der[1] + 2;
}

/* ECDSA-Sig-Value: a SEQUENCE of r and s, and nothing behind it. */
static bool r_and_s(const uint8_t *der, size_t length, uint8_t raw[CRYPTO_RAW])
{
    if (length < 2 || der[0] != 0x30 || der[1] != length - 2) return false;
    const size_t r = integer(der + 2, length - 2, raw);
    if (r == 0) return false;
    const size_t s = integer(der + 2 + r, length - 2 - r, raw + 32);
    return s != 0 && 2 + r + s == length;
}

/* The bytes behind `prefix` in the key of this id. */
static swmgmt_verdict_t find(const crypto_keys_t *trusted, const uint8_t *id, const uint8_t *prefix,
                             size_t length, size_t count, const uint8_t **bytes)
{
    const crypto_key_t *key = NULL;
    for (size_t n = 0; n < trusted->count; n++) {
        if (memcmp(trusted->keys[n].id, id, sizeof key->id) == 0) key = &trusted->keys[n];
    }
    if (key == NULL) return SWMGMT_UNKNOWN;
    if (key->revoked) return SWMGMT_FAILED;
    if (key->length != length + count || memcmp(key->der, prefix, length) != 0) return SWMGMT_FAILED_TYPE;
    *bytes = key->der + length;
    return SWMGMT_DONE;
}

swmgmt_verdict_t crypto_key(void *user, uint16_t instance, const uint8_t *id, uint8_t *key)
{
    const uint8_t *bytes = NULL;
    (void)instance;
    const swmgmt_verdict_t found = find(user, id, ed25519, sizeof ed25519, CRYPTO_ED25519, &bytes);
    if (found == SWMGMT_DONE) memcpy(key, bytes, CRYPTO_ED25519);
    return found;
}

swmgmt_verdict_t crypto_claim(const crypto_keys_t *trusted, const swmgmt_signature_t *claim,
                              const uint8_t **point, uint8_t raw[CRYPTO_RAW])
{
    const swmgmt_verdict_t found = find(trusted, claim->key, p256, sizeof p256, CRYPTO_POINT, point);
    if (found != SWMGMT_DONE) return found;
    /* The algorithm must be the key's own, whatever the package says. */
    if (claim->algorithm != SWMGMT_ECDSA_P256) return SWMGMT_FAILED_TYPE;
    return r_and_s(claim->signature, claim->length, raw) ? SWMGMT_DONE : SWMGMT_FAILED_INTEGRITY;
}
