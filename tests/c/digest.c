/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "digest.h"

#include <stdbool.h>
#include <string.h>

static uint32_t rotate(uint32_t x, unsigned n)
{
    return (x >> n) | (x << (32u - n));
}

static bool is_prime(uint32_t n)
{
    for (uint32_t i = 2; i * i <= n; i++) {
        if (n % i == 0) {
            return false;
        }
    }
    return true;
}

/* The first 32 bits of the fraction of a root, by bisection on 32.32 numbers. */
static uint32_t root_fraction(uint32_t n, unsigned power)
{
    uint64_t low = 0;
    uint64_t high = (uint64_t)40 << 32;
    while (high - low > 1) {
        uint64_t mid = low + (high - low) / 2u;
        if (power == 2) {
            /* exact: mid^2 < n * 2^64 */
            uint64_t a = mid >> 32;
            uint64_t b = mid & 0xFFFFFFFFu;
            uint64_t whole = a * a; /* * 2^64 */
            uint64_t middle = 2u * a * b; /* * 2^32 */
            uint64_t least = b * b;
            uint64_t carry = (middle & 0xFFFFFFFFu) + (least >> 32);
            whole += (middle >> 32) + (carry >> 32);
            if (whole < n) {
                low = mid;
            } else {
                high = mid;
            }
        } else {
            /* exact: mid^3 < n * 2^96, by schoolbook on 32-bit limbs */
            uint32_t x[2] = {(uint32_t)mid, (uint32_t)(mid >> 32)};
            uint32_t square[4] = {0, 0, 0, 0};
            uint32_t cube[6] = {0, 0, 0, 0, 0, 0};
            for (unsigned i = 0; i < 2; i++) {
                uint64_t carry = 0;
                for (unsigned j = 0; j < 2; j++) {
                    uint64_t t = (uint64_t)x[i] * x[j] + square[i + j] + carry;
                    square[i + j] = (uint32_t)t;
                    carry = t >> 32;
                }
                square[i + 2] = (uint32_t)(square[i + 2] + carry);
            }
            for (unsigned i = 0; i < 4; i++) {
                uint64_t carry = 0;
                for (unsigned j = 0; j < 2; j++) {
                    uint64_t t = (uint64_t)square[i] * x[j] + cube[i + j] + carry;
                    cube[i + j] = (uint32_t)t;
                    carry = t >> 32;
                }
                cube[i + 2] = (uint32_t)(cube[i + 2] + carry);
            }
            if (cube[3] < n && cube[4] == 0 && cube[5] == 0) {
                low = mid;
            } else {
                high = mid;
            }
        }
    }
    return (uint32_t)low;
}

void sha256(const uint8_t *bytes, uint32_t length, uint8_t digest[32])
{
    static uint32_t k[64];
    static uint32_t first[8];
    uint32_t h[8];
    uint32_t padded = ((length + 8u) / 64u + 1u) * 64u;
    if (k[0] == 0) {
        unsigned count = 0;
        for (uint32_t n = 2; count < 64; n++) {
            if (is_prime(n)) {
                if (count < 8) {
                    first[count] = root_fraction(n, 2);
                }
                k[count++] = root_fraction(n, 3);
            }
        }
    }
    memcpy(h, first, sizeof h);
    for (uint32_t at = 0; at < padded; at += 64) {
        uint32_t w[64];
        uint32_t v[8];
        for (uint32_t i = 0; i < 64; i++) {
            if (i < 16) {
                w[i] = 0;
                for (uint32_t j = 0; j < 4; j++) {
                    uint32_t p = at + i * 4u + j;
                    uint32_t b = p < length        ? bytes[p]
                                 : p == length     ? 0x80u
                                 : p >= padded - 4u ? (length * 8u) >> (8u * (padded - 1u - p))
                                                   : 0u;
                    w[i] = (w[i] << 8) | (b & 0xFFu);
                }
            } else {
                uint32_t s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >> 3);
                uint32_t s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >> 10);
                w[i] = w[i - 16] + s0 + w[i - 7] + s1;
            }
        }
        memcpy(v, h, sizeof v);
        for (unsigned i = 0; i < 64; i++) {
            uint32_t t1 = v[7] + (rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)) +
                          ((v[4] & v[5]) ^ (~v[4] & v[6])) + k[i] + w[i];
            uint32_t t2 = (rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)) +
                          ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
            memmove(v + 1, v, 7 * sizeof v[0]);
            v[4] += t1;
            v[0] = t1 + t2;
        }
        for (unsigned i = 0; i < 8; i++) {
            h[i] += v[i];
        }
    }
    for (unsigned i = 0; i < 32; i++) {
        digest[i] = (uint8_t)(h[i / 4] >> (24u - 8u * (i % 4u)));
    }
}

void crc32(const uint8_t *bytes, uint32_t length, uint8_t digest[4])
{
    uint32_t crc = 0xFFFFFFFFu;
    for (uint32_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ ((crc & 1u) ? 0xEDB88320u : 0u);
        }
    }
    crc = ~crc;
    for (unsigned i = 0; i < 4; i++) {
        digest[i] = (uint8_t)(crc >> (24u - 8u * i));
    }
}
