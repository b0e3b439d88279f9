/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* SHA-256 and ECDSA on P-256 by a library that the firmware has already: psa.c or
 * mbedtls.c, with keys.c. They are callbacks for swmgmt_host_t; its `user` is a
 * crypto_keys_t. */
#ifndef CRYPTO_H
#define CRYPTO_H

#include <stdbool.h>
#include <swmgmt.h>

#ifndef CRYPTO_TRANSFERS
#define CRYPTO_TRANSFERS 1 /* swmgmt_config_t::transfers */
#endif

/* Until swmgmt.h has them. */
#ifndef SWMGMT_ECDSA_P256
#define SWMGMT_ED25519 1
#define SWMGMT_ECDSA_P256 2

#define SWMGMT_HASH_START 1
#define SWMGMT_HASH_UPDATE 2
#define SWMGMT_HASH_FINISH 3

typedef struct {
    const uint8_t *key;       /* 32 bytes: SHA-256 of the public key as DER SubjectPublicKeyInfo */
    const uint8_t *digest;    /* 32 bytes: SHA-256 of what is signed */
    const uint8_t *signature; /* of P-256: an ECDSA-Sig-Value in DER; of Ed25519: 64 bytes */
    uint32_t length;          /* of the signature */
    uint8_t algorithm;        /* SWMGMT_ED25519 or SWMGMT_ECDSA_P256 */
    uint8_t reserved[3];
} swmgmt_signature_t;
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
swmgmt_verdict_t crypto_hash(void *user, uint16_t transfer, uint8_t step, const uint8_t *data,
                             size_t length, uint8_t *digest);
swmgmt_verdict_t crypto_signature(void *user, const swmgmt_op_t *op, const swmgmt_signature_t *claim);

/* keys.c: what both need. */
enum { CRYPTO_POINT = 65, CRYPTO_RAW = 64 };

/* The key of a claim, as an uncompressed point, and its signature as r and s. */
swmgmt_verdict_t crypto_claim(const crypto_keys_t *trusted, const swmgmt_signature_t *claim,
                              const uint8_t **point, uint8_t raw[CRYPTO_RAW]);

#endif
