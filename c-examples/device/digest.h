/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Digests that the program itself needs; packages are verified by the library. */
#ifndef DEVICE_DIGEST_H
#define DEVICE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32 (ISO-HDLC); begin with 0. */
uint32_t digest_crc32(uint32_t crc, const uint8_t *bytes, size_t length);

void digest_sha256(const uint8_t *bytes, size_t length, uint8_t sha256[32]);

/* SHA-256 and length of a file. 0, or -1 with a word on stderr. */
int digest_of_file(const char *path, uint8_t sha256[32], uint32_t *length);

#endif
