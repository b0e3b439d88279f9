/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Which packages are meant for this device: by whom they are signed, for whom they are,
 * and how old they may be. */
#ifndef DEVICE_TRUST_H
#define DEVICE_TRUST_H

#include "crypto.h"

enum { TRUST_KEYS = 16, TRUST_DER = 91 /* of P-256; Ed25519 is shorter */ };

typedef struct trust_id_t {
    uint8_t bytes[32];
    size_t length; /* 0: none */
} trust_id_t;

typedef struct trust_t {
    crypto_keys_t keys;
    crypto_key_t each[TRUST_KEYS];
    uint8_t der[TRUST_KEYS][TRUST_DER];
    trust_id_t vendor;
    trust_id_t class_id;
    trust_id_t device;
} trust_t;

/* Trusts a public key from a file in PEM or DER, or no more. 0, or -1 with a word on
 * stderr. */
int trust_add(trust_t *trust, const char *path, int is_revoked);

/* The callbacks; `user` is the slots_t. */
swmgmt_verdict_t trust_key(void *user, uint16_t instance, const uint8_t *id, uint8_t *key);
swmgmt_verdict_t trust_signature(void *user, const swmgmt_op_t *op,
                                 const swmgmt_signature_t *claim);
swmgmt_verdict_t trust_fits(void *user, uint16_t instance, uint8_t what, const uint8_t *data,
                            size_t length);
swmgmt_verdict_t trust_counter(void *user, uint16_t instance, uint32_t *value);
swmgmt_verdict_t trust_commit(void *user, uint16_t instance, uint32_t value);

#endif
