/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Base64 (RFC 4648, section 4), one piece of it at a time. */
#include "internal.h"

static uint32_t digit(uint8_t c)
{
    if (c >= 'A' && c <= 'Z') {
        return (uint32_t)(c - 'A');
    }
    if (c >= 'a' && c <= 'z') {
        return (uint32_t)(c - 'a') + 26u;
    }
    if (c >= '0' && c <= '9') {
        return (uint32_t)(c - '0') + 52u;
    }
    return c == '+' ? 62u : c == '/' ? 63u : 64u;
}

/* Without state: a piece begins where a group of four begins, see package.c. Padding is
 * right only where the text may end, and bits that belong to no byte must be 0. */
int32_t sc_base64(uint8_t *out, const uint8_t *text, size_t length, int may_end)
{
    uint8_t *at = out;
    if (length % 4 != 0) {
        return -1;
    }
    for (size_t i = 0; i < length; i += 4) {
        const unsigned padding =
            may_end && i + 4 == length && text[i + 3] == '=' ? (text[i + 2] == '=' ? 2 : 1) : 0;
        uint32_t group = 0;
        for (size_t k = 0; k < 4; k++) {
            const uint32_t six = k < 4 - padding ? digit(text[i + k]) : 0;
            if (six > 63) {
                return -1;
            }
            group = group << 6 | six;
        }
        if ((padding == 1 && (group & 0xFFu) != 0) || (padding == 2 && (group & 0xFFFFu) != 0)) {
            return -1;
        }
        *at++ = (uint8_t)(group >> 16);
        if (padding < 2) {
            *at++ = (uint8_t)(group >> 8);
        }
        if (padding < 1) {
            *at++ = (uint8_t)group;
        }
    }
    return (int32_t)(at - out);
}
