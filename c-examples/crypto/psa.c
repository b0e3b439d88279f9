/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* By PSA Crypto. psa_crypto_init() must have been called. */
#include "crypto.h"

#include <psa/crypto.h>

static psa_hash_operation_t under_way[CRYPTO_SLOTS];

swmgmt_verdict_t crypto_hash(void *user, uint16_t slot, uint8_t step, const uint8_t *data,
                             size_t length, uint8_t *digest)
{
    (void)user;
    if (slot >= CRYPTO_SLOTS) return SWMGMT_FAILED;
    psa_hash_operation_t *hash = &under_way[slot];
    psa_status_t status = PSA_ERROR_INVALID_ARGUMENT;
    switch (step) {
    case SWMGMT_HASH_START:
        (void)psa_hash_abort(hash);
        status = psa_hash_setup(hash, PSA_ALG_SHA_256);
        break;
    case SWMGMT_HASH_UPDATE:
        status = psa_hash_update(hash, data, length);
        break;
    case SWMGMT_HASH_FINISH:
        status = psa_hash_finish(hash, digest, 32, &length);
        break;
    default:
        break;
    }
    return status == PSA_SUCCESS ? SWMGMT_DONE : SWMGMT_FAILED;
}

swmgmt_verdict_t crypto_signature(void *user, const swmgmt_op_t *op, const swmgmt_signature_t *claim)
{
    const uint8_t *point = NULL;
    uint8_t raw[CRYPTO_RAW];
    (void)op;
    const swmgmt_verdict_t found = crypto_claim(user, claim, &point, raw);
    if (found != SWMGMT_DONE) return found;

    const psa_algorithm_t algorithm = PSA_ALG_ECDSA(PSA_ALG_SHA_256);
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_VERIFY_HASH);
    psa_set_key_algorithm(&attributes, algorithm);
    psa_key_id_t key = 0;
    if (psa_import_key(&attributes, point, CRYPTO_POINT, &key) != PSA_SUCCESS) return SWMGMT_FAILED_MEMORY;
    const psa_status_t status = psa_verify_hash(key, algorithm, claim->digest, 32, raw, sizeof raw);
    (void)psa_destroy_key(key);
    if (status == PSA_SUCCESS) return SWMGMT_DONE;
    return status == PSA_ERROR_INVALID_SIGNATURE ? SWMGMT_FAILED_INTEGRITY : SWMGMT_FAILED_MEMORY;
}
