/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Checks for test programs: they count, tell what went wrong, and go on. */
#ifndef CHECK_H
#define CHECK_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static unsigned check_count;
static unsigned check_failed;
static const char *check_where = ""; /* said with each failure: a cell, a variant */

static inline int check_true(const char *file, int line, const char *text, int good)
{
    check_count++;
    if (!good) {
        check_failed++;
        printf("%s:%d: %s: %s does not hold\n", file, line, check_where, text);
    }
    return good;
}

static inline int check_equal(const char *file, int line, const char *text, long long want,
                              long long got)
{
    check_count++;
    if (want != got) {
        check_failed++;
        printf("%s:%d: %s: %s: wanted %lld, got %lld\n", file, line, check_where, text, want,
               got);
    }
    return want == got;
}

static inline int check_text(const char *file, int line, const char *text, const char *want,
                             const char *got)
{
    check_count++;
    if (strcmp(want, got) != 0) {
        check_failed++;
        printf("%s:%d: %s: %s: wanted \"%s\", got \"%s\"\n", file, line, check_where, text,
               want, got);
        return 0;
    }
    return 1;
}

static inline int check_end(void)
{
    printf("%u checks, %u failed\n", check_count, check_failed);
    return check_failed == 0 ? 0 : 1;
}

#define CHECK(cond) check_true(__FILE__, __LINE__, #cond, (cond) ? 1 : 0)
#define CHECK_EQ(want, got) \
    check_equal(__FILE__, __LINE__, #got, (long long)(want), (long long)(got))
#define CHECK_TEXT(want, got) check_text(__FILE__, __LINE__, #got, (want), (got))

#endif
