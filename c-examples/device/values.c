/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "values.h"

#include "digest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <swmgmt.h>

int values_number(const char *text, uint32_t low, uint32_t high, uint32_t *value)
{
    char *end;
    errno = 0;
    const unsigned long long it = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || it < low || it > high) {
        return -1;
    }
    *value = (uint32_t)it;
    return 0;
}

int values_number16(const char *text, uint32_t low, uint32_t high, uint16_t *value)
{
    uint32_t wide;
    if (values_number(text, low, high, &wide) != 0) {
        return -1;
    }
    *value = (uint16_t)wide;
    return 0;
}

int values_hexadecimal(const char *text, size_t length, uint8_t *bytes, size_t room)
{
    if (length == 0 || length % 2 != 0 || length / 2 > room) {
        return -1;
    }
    for (size_t i = 0; i < length / 2; i++) {
        char pair[3] = {text[2 * i], text[2 * i + 1], '\0'};
        if (strspn(pair, "0123456789abcdefABCDEF") != 2) {
            return -1;
        }
        bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return (int)(length / 2);
}

int values_uuid(const char *text, trust_id_t *id)
{
    static const uint8_t DASHES[] = {8, 13, 18, 23};
    char digits[33];
    size_t count = 0;
    if (strlen(text) != 36) {
        return -1;
    }
    for (size_t i = 0, dash = 0; i < 36; i++) {
        if (dash < sizeof DASHES && DASHES[dash] == i) {
            if (text[i] != '-') {
                return -1;
            }
            dash++;
        } else {
            digits[count++] = text[i];
        }
    }
    id->length = 16;
    return values_hexadecimal(digits, count, id->bytes, 16) == 16 ? 0 : -1;
}

int values_id(const char *text, trust_id_t *id)
{
    if (strncmp(text, "hex:", 4) == 0) {
        text += 4;
        const int count = values_hexadecimal(text, strlen(text), id->bytes, sizeof id->bytes);
        id->length = count > 0 ? (size_t)count : 0;
    } else {
        id->length = strlen(text) <= sizeof id->bytes ? strlen(text) : 0;
        memcpy(id->bytes, text, id->length);
    }
    return id->length != 0 ? 0 : -1;
}

int values_expect(options_t *options, const char *text)
{
    if (options->expectation_count == MAX_EXPECTATIONS) {
        return -1;
    }
    expectation_t *it = &options->expectations[options->expectation_count++];
    const size_t digits = strspn(text, "0123456789");
    if (digits > 0 && digits <= 5 && text[digits] == ':') {
        const unsigned long instance = strtoul(text, NULL, 10);
        if (instance > 65534) {
            return -1;
        }
        it->instance = (uint16_t)instance;
        text += digits + 1;
    }
    if (strncmp(text, "file:", 5) == 0) {
        it->algorithm = SWMGMT_SHA256;
        it->size = 32;
        return digest_of_file(text + 5, it->digest, &it->length);
    }
    it->algorithm = SWMGMT_SHA256;
    it->size = 32;
    if (strncmp(text, "crc32:", 6) == 0) {
        it->algorithm = SWMGMT_CRC32;
        it->size = 4;
        text += 6;
    }
    const size_t length = strcspn(text, ",");
    if (values_hexadecimal(text, length, it->digest, it->size) != (int)it->size) {
        return -1;
    }
    return text[length] == '\0' ? 0 : values_number(text + length + 1, 1, UINT32_MAX, &it->length);
}

int values_policy(options_t *options, const char *text)
{
    static const char *const NAMES[] = {"signature", "digest", "crc", "none"};
    static const uint8_t VALUES[] = {SWMGMT_REQUIRE_SIGNATURE, SWMGMT_REQUIRE_DIGEST,
                                     SWMGMT_ALLOW_CRC, SWMGMT_ALLOW_NONE};
    for (size_t i = 0; i < sizeof VALUES; i++) {
        if (strcmp(text, NAMES[i]) == 0) {
            options->policy = VALUES[i];
            return 0;
        }
    }
    return -1;
}

int values_option(options_t *options, const char *text)
{
    static const struct {
        const char *name;
        uint32_t value;
    } KNOWN[] = {
        {"auto_activate", SWMGMT_AUTO_ACTIVATE},
        {"replace_in_delivered", SWMGMT_REPLACE_IN_DELIVERED},
        {"result_in_delivered_0", SWMGMT_RESULT_IN_DELIVERED_0},
        {"empty_write_cancels", SWMGMT_EMPTY_WRITE_CANCELS},
        {"server_may_create", SWMGMT_SERVER_MAY_CREATE},
        {"server_may_delete", SWMGMT_SERVER_MAY_DELETE},
        {"allow_older", SWMGMT_ALLOW_OLDER},
    };
    for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++) {
        if (strcmp(text, KNOWN[i].name) == 0) {
            options->swmgmt_options |= KNOWN[i].value;
            return 0;
        }
    }
    return -1;
}
