/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Wakaama's platform functions. */
#include <liblwm2m.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* Zeroed: with LWM2M_RAW_BLOCK1_REQUESTS Wakaama frees what it has not written. */
void *lwm2m_malloc(size_t size)
{
    return calloc(1, size);
}

void lwm2m_free(void *memory)
{
    free(memory);
}

char *lwm2m_strdup(const char *text)
{
    return text != NULL ? strdup(text) : NULL;
}

int lwm2m_strncmp(const char *one, const char *other, size_t length)
{
    return strncmp(one, other, length);
}

int lwm2m_strcasecmp(const char *one, const char *other)
{
    return strcasecmp(one, other);
}

time_t lwm2m_gettime(void)
{
    struct timespec now;

    return clock_gettime(CLOCK_MONOTONIC, &now) == 0 ? now.tv_sec : -1;
}

int lwm2m_seed(void)
{
    return (int)time(NULL);
}

void lwm2m_printf(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
}
