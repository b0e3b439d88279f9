/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "packed.h"

#include <stdio.h>
#include <string.h>

#include "digest.h"

#define DER 70 /* bytes of a P-256 signature as they are made here */

const packed_t packed_plain = {.name = "blink",
                               .version = "1.2.3",
                               .part = {{"app", "1.2.3", 150, 0}},
                               .parts = 1};

/* ---- bytes ------------------------------------------------------------------------------ */

typedef struct {
    uint8_t *bytes;
    uint32_t length;
} out_t;

static void put(out_t *out, const void *bytes, uint32_t length)
{
    if (length > 0) {
        memcpy(out->bytes + out->length, bytes, length);
        out->length += length;
    }
}

static void number(out_t *out, uint32_t value, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        out->bytes[out->length++] = (uint8_t)(value >> (8u * i));
    }
}

static uint32_t at16(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
}

static uint8_t content(uint32_t part, uint32_t i)
{
    return (uint8_t)((i * 7u + (i >> 8) + part * 41u) ^ 0x5Au);
}

/* Of Ed25519 64 bytes, of P-256 the DER of two numbers. */
uint32_t packed_sign(const packed_t *what, const uint8_t *digest, uint8_t *signature)
{
    uint8_t claim[34];
    uint8_t half[2][32];
    uint32_t length = 64;
    for (uint8_t i = 0; i < 2; i++) {
        memcpy(claim, digest, 32);
        claim[32] = what->key;
        claim[33] = i;
        sha256(claim, sizeof claim, half[i]);
        half[i][0] = (uint8_t)((half[i][0] & 0x7Fu) | 1u);
    }
    if (what->algorithm == SWMGMT_ECDSA_P256) {
        const uint8_t head[6] = {0x30, DER - 2, 2, 32, 2, 32};
        memcpy(signature, head, 4);
        memcpy(signature + 4, half[0], 32);
        memcpy(signature + 36, head + 4, 2);
        memcpy(signature + 38, half[1], 32);
        length = DER;
    } else {
        memcpy(signature, half, 64);
    }
    if (what->forged) {
        signature[length - 1] ^= 0x10;
    }
    return length;
}

/* ---- docs/package.md -------------------------------------------------------------------- */

static void field(out_t *out, uint8_t kind, const void *value, uint32_t length)
{
    number(out, kind, 1);
    number(out, length, 2);
    put(out, value, length);
}

static void text(out_t *out, uint8_t kind, const char *value)
{
    if (value != NULL) {
        field(out, kind, value, (uint32_t)strlen(value));
    }
}

uint32_t packed_manifest(const uint8_t *bytes)
{
    return at16(bytes + 6);
}

void packed_again(uint8_t *bytes, const packed_t *what)
{
    bool p256 = what->algorithm == SWMGMT_ECDSA_P256;
    uint32_t tail = what->key == 0 ? 0 : p256 ? 76u : 68u;
    uint8_t *digest = bytes + packed_manifest(bytes) - tail - 32;
    sha256(bytes, packed_manifest(bytes) - tail - 35, digest);
    if (what->key > 0) {
        memset(digest + 36, 0, tail - 4);
        (void)packed_sign(what, digest, digest + 36);
    }
}

uint32_t packed_make(const packed_t *what, uint8_t *bytes)
{
    static uint8_t payload[PACKED_ROOM];
    out_t out = {bytes, 0};
    out_t behind = {payload, 0};
    uint32_t manifest;
    uint8_t zeros[73] = {0};
    put(&out, "SWPK\1\0\0\0\0\0\0\0", 12);
    text(&out, 1, what->name);
    text(&out, 2, what->version);
    if (what->vendor != NULL) {
        field(&out, 3, what->vendor, 16);
    }
    if (what->class_id != NULL) {
        field(&out, 4, what->class_id, 16);
    }
    text(&out, 5, what->device);
    if (what->counted) {
        number(&out, 6, 1);
        number(&out, 4, 2);
        number(&out, what->counter, 4);
    }
    text(&out, 7, what->minimum);
    for (uint32_t n = 0; n < what->parts; n++) {
        const packed_part_t *part = &what->part[n % PACKED_PARTS];
        uint32_t name = (uint32_t)strlen(part->name);
        uint32_t version = (uint32_t)strlen(part->version);
        uint32_t begin = behind.length;
        for (uint32_t i = 0; i < part->length; i++) {
            number(&behind, content(n, i), 1);
        }
        number(&out, 8, 1);
        number(&out, 39 + name + version, 2);
        number(&out, part->length, 4);
        sha256(payload + begin, part->length, out.bytes + out.length);
        out.length += 32;
        number(&out, part->kind, 2);
        number(&out, name, 1);
        put(&out, part->name, name);
        put(&out, part->version, version);
    }
    if (what->key > 0) {
        uint8_t id[32];
        memset(id, what->key, sizeof id);
        field(&out, 9, id, sizeof id);
    }
    if (what->ignored > 0) {
        number(&out, 200, 1);
        number(&out, what->ignored, 2);
        memset(out.bytes + out.length, 'i', what->ignored);
        out.length += what->ignored;
    }
    field(&out, 10, zeros, 32);
    if (what->key > 0) {
        zeros[0] = what->algorithm;
        field(&out, 11, zeros, what->algorithm == SWMGMT_ECDSA_P256 ? 73 : 65);
    }
    manifest = out.length;
    out.length = 6;
    number(&out, manifest, 2);
    number(&out, manifest + behind.length, 4);
    packed_again(bytes, what);
    out.length = manifest;
    put(&out, payload, behind.length);
    return out.length;
}

/* ---- MCUboot ---------------------------------------------------------------------------- */

static void tlv(out_t *out, uint32_t kind, const void *value, uint32_t length)
{
    number(out, kind, 2);
    number(out, length, 2);
    put(out, value, length);
}

uint32_t packed_image(const packed_t *what, uint8_t *bytes)
{
    out_t out = {bytes, 0};
    unsigned v[4] = {0, 0, 0, 0};
    uint32_t begin;
    uint32_t body = what->part[0].length;
    uint8_t digest[32];
    uint8_t signature[72];
    (void)sscanf(what->version, "%u.%u.%u+%u", &v[0], &v[1], &v[2], &v[3]);
    number(&out, 0x96F3B83Du, 4);
    number(&out, 0, 4);
    number(&out, 32, 2);
    number(&out, 0, 2);
    number(&out, body, 4);
    number(&out, 0, 4);
    number(&out, v[0], 1);
    number(&out, v[1], 1);
    number(&out, v[2], 2);
    number(&out, v[3], 4);
    number(&out, 0, 4);
    for (uint32_t i = 0; i < body; i++) {
        number(&out, content(0, i), 1);
    }
    begin = out.length;
    if (what->counted || what->dependencies != NULL || what->vendor != NULL ||
        what->class_id != NULL) {
        number(&out, 0x6908, 2);
        number(&out, 0, 2);
        if (what->counted) {
            number(&out, 0x50, 2);
            number(&out, 4, 2);
            number(&out, what->counter, 4);
        }
        if (what->dependencies != NULL) {
            tlv(&out, 0x40, what->dependencies, 12);
        }
        if (what->vendor != NULL) {
            tlv(&out, 0x74, what->vendor, 16);
        }
        if (what->class_id != NULL) {
            tlv(&out, 0x75, what->class_id, 16);
        }
        v[0] = out.length;
        out.length = begin + 2;
        number(&out, v[0] - begin, 2);
        out.length = 10;
        number(&out, v[0] - begin, 2);
        out.length = v[0];
    }
    begin = out.length;
    sha256(bytes, begin, digest);
    number(&out, 0x6907, 2);
    number(&out, 0, 2);
    tlv(&out, 0x10, digest, 32);
    if (what->key > 0) {
        uint8_t id[32];
        memset(id, what->key, sizeof id);
        tlv(&out, 0x01, id, 32);
        v[1] = packed_sign(what, digest, signature);
        tlv(&out, what->algorithm == SWMGMT_ECDSA_P256 ? 0x22 : 0x24, signature, v[1]);
    }
    v[0] = out.length;
    out.length = begin + 2;
    number(&out, v[0] - begin, 2);
    return v[0];
}

/* ---- what tests do ---------------------------------------------------------------------- */

swmgmt_answer_t packed_push(fake_t *fake, const uint8_t *bytes, uint32_t length,
                            uint32_t step, uint32_t *at)
{
    swmgmt_answer_t answer = SWMGMT_CONTINUE;
    uint32_t done = 0;
    while (answer == SWMGMT_CONTINUE && done < length) {
        uint32_t part = length - done < step ? length - done : step;
        answer = fake_push(fake, 1, 0, done, bytes + done, part, 0, done + part == length);
        done += part;
    }
    if (at != NULL) {
        *at = done;
    }
    return answer;
}

void packed_fetch(fake_t *fake, const uint8_t *bytes, uint32_t length, uint32_t step)
{
    swmgmt_status_t status = SWMGMT_OK;
    uint32_t done = 0;
    if (fake_uri(fake, 0, "coap://a/b") != SWMGMT_CHANGED || !fake_poll(fake)) {
        return;
    }
    while (status == SWMGMT_OK && done < length) {
        uint32_t part = length - done < step ? length - done : step;
        status = fake_fetched(fake, done, bytes + done, part, 0, done + part == length);
        done += part;
    }
}

int32_t packed_install(fake_t *fake, const packed_t *what)
{
    static uint8_t bytes[PACKED_ROOM];
    uint32_t length = packed_make(what, bytes);
    if (packed_push(fake, bytes, length, 64, NULL) == SWMGMT_CHANGED && fake_poll(fake) &&
        swmgmt_state(fake->ctx, 0) == SWMGMT_DELIVERED &&
        fake_execute(fake, 0, 4, NULL) == SWMGMT_CHANGED) {
        (void)fake_poll(fake);
    }
    return swmgmt_state(fake->ctx, 0);
}

const char *packed_shown(const fake_t *fake)
{
    static char shown[300];
    const char *reason = fake_text(fake, 9, 0, 16);
    long result = fake_number(fake, 9, 0, 9);
    char number_text[16];
    (void)snprintf(number_text, sizeof number_text, "%ld", result);
    (void)snprintf(shown, sizeof shown, "%ld %s", fake_number(fake, 9, 0, 7),
                   *reason == '\0' ? number_text : reason);
    if (*reason != '\0' && (strncmp(reason, number_text, strlen(number_text)) != 0 ||
                            reason[strlen(number_text)] != ':')) {
        (void)snprintf(shown, sizeof shown, "result %ld, reason %s", result, reason);
    }
    return shown;
}
