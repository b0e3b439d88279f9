/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* SHA-256 and CRC-32 once more, plainly, to compare with. */
#ifndef DIGEST_H
#define DIGEST_H

#include <stdint.h>

void sha256(const uint8_t *bytes, uint32_t length, uint8_t digest[32]);
/* Most significant byte first. */
void crc32(const uint8_t *bytes, uint32_t length, uint8_t digest[4]);

#endif
