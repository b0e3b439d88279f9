/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* By Mbed TLS 2.28 or 3, without PSA Crypto. */
#include "crypto.h"

#include <mbedtls/ecdsa.h>
#include <mbedtls/ecp.h>
#include <mbedtls/sha256.h>
#include <mbedtls/version.h>

#if MBEDTLS_VERSION_NUMBER < 0x03000000
#define mbedtls_sha256_starts mbedtls_sha256_starts_ret
#define mbedtls_sha256_update mbedtls_sha256_update_ret
#define mbedtls_sha256_finish mbedtls_sha256_finish_ret
#endif

static mbedtls_sha256_context under_way[CRYPTO_SLOTS];

swmgmt_verdict_t crypto_hash(void *user, uint16_t slot, uint8_t step, const uint8_t *data,
                             size_t length, uint8_t *digest)
{
    (void)user;
    if (slot >= CRYPTO_SLOTS) return SWMGMT_FAILED;
    mbedtls_sha256_context *hash = &under_way[slot];
    int status = -1;
    switch (step) {
    case SWMGMT_HASH_START:
        mbedtls_sha256_free(hash);
        mbedtls_sha256_init(hash);
        status = mbedtls_sha256_starts(hash, 0);
        break;
    case SWMGMT_HASH_UPDATE:
        status = mbedtls_sha256_update(hash, data, length);
        break;
    case SWMGMT_HASH_FINISH:
        status = mbedtls_sha256_finish(hash, digest);
        break;
    default:
        break;
    }
    return status == 0 ? SWMGMT_DONE : SWMGMT_FAILED;
}

swmgmt_verdict_t crypto_signature(void *user, const swmgmt_op_t *op, const swmgmt_signature_t *claim)
{
    const uint8_t *point = NULL;
    uint8_t raw[CRYPTO_RAW];
    (void)op;
    const swmgmt_verdict_t found = crypto_claim(user, claim, &point, raw);
    if (found != SWMGMT_DONE) return found;

    mbedtls_ecp_group group;
    mbedtls_ecp_point key;
    mbedtls_mpi r, s;
    mbedtls_ecp_group_init(&group);
    mbedtls_ecp_point_init(&key);
    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&s);
    swmgmt_verdict_t verdict = SWMGMT_FAILED_MEMORY; /* the library's own trouble */
    if (mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256R1) == 0 &&
        mbedtls_ecp_point_read_binary(&group, &key, point, CRYPTO_POINT) == 0 &&
        mbedtls_ecp_check_pubkey(&group, &key) == 0 && mbedtls_mpi_read_binary(&r, raw, 32) == 0 &&
        mbedtls_mpi_read_binary(&s, raw + 32, 32) == 0) {
        const int status = mbedtls_ecdsa_verify(&group, claim->digest, 32, &key, &r, &s);
        verdict = status == 0                              ? SWMGMT_DONE
                  : status == MBEDTLS_ERR_ECP_VERIFY_FAILED ? SWMGMT_FAILED_INTEGRITY
                                                            : SWMGMT_FAILED_MEMORY;
    }
    mbedtls_mpi_free(&s);
    mbedtls_mpi_free(&r);
    mbedtls_ecp_point_free(&key);
    mbedtls_ecp_group_free(&group);
    return verdict;
}
