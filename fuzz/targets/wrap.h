/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Packages wrapped in every format, in ways that an input chooses: the device must take
 * each of them. */
#ifndef WRAP_H
#define WRAP_H

#include "fuzz.h"

typedef struct {
    size_t length;
    uint8_t bytes[4096];
} made_t;

static inline void put(made_t *to, const void *bytes, size_t length)
{
    MUST(length <= sizeof to->bytes - to->length);
    if (length > 0) {
        memcpy(to->bytes + to->length, bytes, length);
    }
    to->length += length;
}

static inline void put_text(made_t *to, const char *text)
{
    put(to, text, strlen(text));
}

static inline void put_byte(made_t *to, uint32_t byte)
{
    uint8_t one = (uint8_t)byte;
    put(to, &one, 1);
}

/* A head of CBOR; `wider` makes it longer than need be. */
static inline void put_head(made_t *to, uint32_t major, uint32_t number, unsigned wider)
{
    unsigned least = number < 24 ? 0 : number < 256 ? 1 : number < 65536 ? 2 : 3;
    unsigned form = least + wider % (5u - least);
    if (form == 0) {
        put_byte(to, major << 5 | number);
        return;
    }
    put_byte(to, major << 5 | (23u + form));
    for (unsigned i = 1u << (form - 1u); i-- > 0;) {
        put_byte(to, i < 4 ? number >> 8 * i : 0);
    }
}

/* Strings of indefinite length are not taken, and no server writes them. */
static inline void put_string(made_t *to, uint32_t major, const void *bytes, size_t length,
                              unsigned wider)
{
    put_head(to, major, (uint32_t)length, wider);
    put(to, bytes, length);
}

static inline void put_base64(made_t *to, input_t data, bool url)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t at = 0; at < data.length; at += 3) {
        size_t left = data.length - at < 3 ? data.length - at : 3;
        uint32_t group = (uint32_t)data.bytes[at] << 16;
        group |= left > 1 ? (uint32_t)data.bytes[at + 1] << 8 : 0;
        group |= left > 2 ? data.bytes[at + 2] : 0;
        for (unsigned i = 0; i < 4; i++) {
            char letter = plain[group >> (18u - 6u * i) & 63u];
            if (i > left) {
                if (!url) {
                    put_byte(to, '=');
                }
            } else {
                letter = url && letter == '+' ? '-' : url && letter == '/' ? '_' : letter;
                put(to, &letter, 1);
            }
        }
    }
}

static inline void put_space(made_t *to, uint8_t *how)
{
    static const char *const spaces[4] = {"", "", " ", "\r\n\t "};
    put_text(to, spaces[*how & 3u]);
    *how = (uint8_t)(*how >> 2 | *how << 6);
}

/* The fields of a record, in an order, its name in base name and name. */
typedef struct {
    const char *base;
    const char *name;
} names_t;

static const names_t names[8] = {{"/9/0/2", NULL}, {NULL, "/9/0/2"}, {"/9/0/", "2"}, {"/9/0", "/2"},
                                 {"/9/", "0/2"},   {"/", "9/0/2"},   {"/9/0/2", ""}, {"/9", "/0/2"}};

static inline void put_senml_cbor(made_t *to, input_t data, uint8_t layout, uint8_t how)
{
    const names_t *name = &names[layout & 7u];
    unsigned fields = 1u + (name->base != NULL) + (name->name != NULL) + (layout >> 6 & 1u);
    bool open = (layout & 0x80) != 0;
    put_byte(to, open ? 0x9F : 0x81);
    put_byte(to, open ? 0xBF : 0xA0 + fields);
    for (unsigned turn = 0; turn < 4; turn++) {
        switch ((turn + (layout >> 3)) & 3u) {
        case 0:
            if (name->base != NULL) {
                put_byte(to, 0x21);
                put_string(to, 3, name->base, strlen(name->base), how & 3u);
            }
            break;
        case 1:
            if (name->name != NULL) {
                put_byte(to, 0x00);
                put_string(to, 3, name->name, strlen(name->name), how >> 2 & 3u);
            }
            break;
        case 2:
            put_head(to, 0, 8, how >> 4 & 3u);
            put_string(to, 2, data.bytes, data.length, how >> 6);
            break;
        default:
            if ((layout >> 6 & 1u) != 0) {
                put_text(to, "\x01\x61m"); /* a unit */
            }
            break;
        }
    }
    put(to, "\xFF\xFF", open ? 2 : 0);
}

static inline void put_senml_json(made_t *to, input_t data, uint8_t layout, uint8_t how)
{
    const names_t *name = &names[layout & 7u];
    const char *comma = "";
    put_space(to, &how);
    put_text(to, "[");
    put_space(to, &how);
    put_text(to, "{");
    for (unsigned turn = 0; turn < 4; turn++) {
        unsigned field = (turn + (layout >> 3)) & 3u;
        if ((field == 0 && name->base == NULL) || (field == 1 && name->name == NULL) ||
            (field == 3 && (layout >> 6 & 1u) == 0)) {
            continue;
        }
        put_text(to, comma);
        put_space(to, &how);
        put_text(to, field == 0 ? "\"bn\"" : field == 1 ? "\"n\"" : field == 2 ? "\"vd\"" : "\"u\"");
        put_space(to, &how);
        put_text(to, ":");
        put_space(to, &how);
        put_text(to, "\"");
        if (field == 2) {
            put_base64(to, data, true);
        } else {
            put_text(to, field == 0 ? name->base : field == 1 ? name->name : "m\\\"");
        }
        put_text(to, "\"");
        put_space(to, &how);
        comma = ",";
    }
    put_text(to, "}");
    put_space(to, &how);
    put_text(to, "]");
    put_space(to, &how);
}

static inline void put_tlv(made_t *to, input_t data, uint8_t how)
{
    unsigned least = data.length < 8 ? 0 : data.length < 256 ? 1 : 2;
    unsigned lengths = least + (how >> 1) % (4u - least);
    put_byte(to, 0xC0u | (how & 1u) << 5 | lengths << 3 | (lengths == 0 ? data.length & 7u : 0));
    put(to, "\0", how & 1u);
    put_byte(to, 2);
    for (unsigned i = lengths; i-- > 0;) {
        put_byte(to, (uint32_t)data.length >> 8 * i);
    }
    put(to, data.bytes, data.length);
}

static inline void wrap(made_t *to, uint16_t format, input_t data, uint8_t layout, uint8_t how)
{
    to->length = 0;
    switch (format) {
    case 0:
        put_base64(to, data, false);
        break;
    case 60:
        put_string(to, 2, data.bytes, data.length, how);
        break;
    case 110:
        put_senml_json(to, data, layout, how);
        break;
    case 112:
        put_senml_cbor(to, data, layout, how);
        break;
    case 11542:
        put_tlv(to, data, how);
        break;
    default:
        put(to, data.bytes, data.length);
        break;
    }
}

#endif
