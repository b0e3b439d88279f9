/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#define _POSIX_C_SOURCE 200809L
#include "digest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

uint32_t digest_crc32(uint32_t crc, const uint8_t *bytes, size_t length)
{
    static uint32_t table[256];
    if (table[1] == 0) {
        for (uint32_t i = 0; i < 256; i++) {
            uint32_t value = i;
            for (int bit = 0; bit < 8; bit++) {
                value = value >> 1 ^ (value & 1u ? 0xEDB88320u : 0);
            }
            table[i] = value;
        }
    }
    crc = ~crc;
    for (size_t i = 0; i < length; i++) {
        crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 0xFFu];
    }
    return ~crc;
}

static uint32_t rotate(uint32_t value, unsigned by) { return value >> by | value << (32u - by); }

/* FIPS 180-4, section 6.2.2 */
static void sha256_block(uint32_t state[8], const uint8_t block[64])
{
    static const uint32_t K[64] = {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
        0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
        0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
        0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
        0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
        0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
        0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
        0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
        0xc67178f2,
    };
    uint32_t w[64];
    uint32_t s[8];
    memcpy(s, state, sizeof s);
    for (size_t i = 0; i < 16; i++) {
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    }
    for (size_t i = 16; i < 64; i++) {
        const uint32_t a = w[i - 15];
        const uint32_t b = w[i - 2];
        w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7] +
               (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
    for (size_t i = 0; i < 64; i++) {
        const uint32_t t1 = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) +
                            ((s[4] & s[5]) ^ (~s[4] & s[6])) + K[i] + w[i];
        const uint32_t t2 = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) +
                            ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        memmove(&s[1], &s[0], 7 * sizeof s[0]);
        s[4] += t1;
        s[0] = t1 + t2;
    }
    for (size_t i = 0; i < 8; i++) {
        state[i] += s[i];
    }
}

void digest_sha256(const uint8_t *bytes, size_t length, uint8_t sha256[32])
{
    uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    uint8_t block[128] = {0};
    const size_t rest = length % 64;
    const size_t end = rest < 56 ? 64 : 128;
    for (size_t at = 0; at + 64 <= length; at += 64) {
        sha256_block(state, &bytes[at]);
    }
    memcpy(block, &bytes[length - rest], rest);
    block[rest] = 0x80;
    for (size_t i = 0; i < 8; i++) {
        block[end - 1 - i] = (uint8_t)((uint64_t)length * 8 >> (8 * i));
    }
    for (size_t at = 0; at < end; at += 64) {
        sha256_block(state, &block[at]);
    }
    for (size_t i = 0; i < 32; i++) {
        sha256[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
    }
}

int digest_of_file(const char *path, uint8_t sha256[32], uint32_t *length)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    if (fd < 0 || fstat(fd, &about) != 0 || about.st_size == 0 || about.st_size > UINT32_MAX) {
        fprintf(stderr, "device: %s cannot be read, is empty, or is too long\n", path);
        return -1;
    }
    *length = (uint32_t)about.st_size;
    void *bytes = mmap(NULL, *length, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (bytes == MAP_FAILED) {
        fprintf(stderr, "device: %s: %s\n", path, strerror(errno));
        return -1;
    }
    digest_sha256(bytes, *length, sha256);
    munmap(bytes, *length);
    return 0;
}
