/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* SHA-256 and ECDSA on P-256 by a library that the firmware has already: psa.c or
 * mbedtls.c, with keys.c, which alone is what the part swmgmt_ed25519 wants. They are
 * callbacks for swmgmt_host_t; `user` is a crypto_keys_t, crypto_hash() does without. */
#ifndef CRYPTO_H
#define CRYPTO_H

#include <stdbool.h>
#include <swmgmt.h>

#ifndef CRYPTO_TRANSFERS
#define CRYPTO_TRANSFERS 1 /* swmgmt_config_t::transfers */
#endif

/* What the device trusts. */
typedef struct {
    uint8_t id[32];     /* SHA-256 of der */
    const uint8_t *der; /* SubjectPublicKeyInfo */
    uint16_t length;
    bool revoked;
} crypto_key_t;

typedef struct {
    const crypto_key_t *keys;
    size_t count;
} crypto_keys_t;

/* The callbacks. */
swmgmt_verdict_t crypto_hash(void *user, uint16_t slot, uint8_t step, const uint8_t *data,
                             size_t length, uint8_t *digest);
swmgmt_verdict_t crypto_key(void *user, uint16_t instance, const uint8_t *id, uint8_t *key);
swmgmt_verdict_t crypto_signature(void *user, const swmgmt_op_t *op, const swmgmt_signature_t *claim);

enum { CRYPTO_SLOTS = 2 * CRYPTO_TRANSFERS, CRYPTO_ED25519 = 32, CRYPTO_POINT = 65, CRYPTO_RAW = 64 };

/* For psa.c and mbedtls.c: the key of a claim, as an uncompressed point, and its signature
 * as r and s. */
swmgmt_verdict_t crypto_claim(const crypto_keys_t *trusted, const swmgmt_signature_t *claim,
                              const uint8_t **point, uint8_t raw[CRYPTO_RAW]);

#endif
