/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The text of a run. It is kept whole and hashed at the end, or printed as it comes. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "compare.h"

#define ROOM (4u << 20)

static char text[ROOM];
static size_t length;
static bool muted;
static size_t shown; /* of it */
static bool live;

void say(const char *format, ...)
{
    va_list list;
    int more;
    if (muted || length + 4096 > ROOM) {
        return;
    }
    va_start(list, format);
    more = vsnprintf(text + length, ROOM - length, format, list);
    va_end(list);
    length += more > 0 ? (size_t)more : 0;
    if (live) {
        (void)fwrite(text + shown, 1, length - shown, stdout);
        shown = length;
    }
}

void say_live(void)
{
    live = true;
}

void say_bytes(const uint8_t *bytes, size_t count)
{
    static const char digit[] = "0123456789abcdef";
    if (muted || length + 2 * count + 4096 > ROOM) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        text[length++] = digit[bytes[i] >> 4];
        text[length++] = digit[bytes[i] & 15u];
    }
    text[length] = '\0';
}

void say_value(const swmgmt_value_t *value)
{
    say("%u:%u", value->kind, (unsigned)value->number);
    if (value->kind == SWMGMT_TYPE_STRING || value->kind == SWMGMT_TYPE_OPAQUE) {
        say("'%.*s'", (int)value->length, value->length > 0 ? (const char *)value->bytes : "");
    }
}

void say_mute(bool mute)
{
    muted = mute;
}

void said_nothing(void)
{
    length = 0;
    text[0] = '\0';
    muted = false;
}

uint64_t said_hash(void)
{
    uint64_t hash = length;
    size_t at = 0;
    for (; at + 8 <= length; at += 8) {
        uint64_t word;
        memcpy(&word, text + at, 8);
        hash = (hash ^ word) * UINT64_C(0x9FB21C651E98DF25);
        hash ^= hash >> 29;
    }
    for (; at < length; at++) {
        hash = (hash ^ (uint8_t)text[at]) * UINT64_C(0x100000001B3);
    }
    return hash ^ hash >> 32;
}
