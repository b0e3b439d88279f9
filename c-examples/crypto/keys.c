/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Which keys are trusted, and the two encodings in between: keys and signatures come in
 * DER, the libraries want a point, and r and s. */
#include "crypto.h"

#include <string.h>

/* SubjectPublicKeyInfo of a P-256 key, up to its uncompressed point. */
static const uint8_t p256[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
                               0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};

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

swmgmt_verdict_t crypto_claim(const crypto_keys_t *trusted, const swmgmt_signature_t *claim,
                              const uint8_t **point, uint8_t raw[CRYPTO_RAW])
{
    const crypto_key_t *key = NULL;
    for (size_t n = 0; n < trusted->count; n++) {
        if (memcmp(trusted->keys[n].id, claim->key, sizeof key->id) == 0) key = &trusted->keys[n];
    }
    if (key == NULL) return SWMGMT_UNKNOWN;
    if (key->revoked) return SWMGMT_FAILED;
    /* The algorithm must be the key's own, whatever the package says. */
    if (claim->algorithm != SWMGMT_ECDSA_P256 || key->length != sizeof p256 + CRYPTO_POINT ||
        memcmp(key->der, p256, sizeof p256) != 0) {
        return SWMGMT_FAILED_TYPE;
    }
    if (!r_and_s(claim->signature, claim->length, raw)) return SWMGMT_FAILED_INTEGRITY;
    *point = key->der + sizeof p256;
    return SWMGMT_DONE;
}
