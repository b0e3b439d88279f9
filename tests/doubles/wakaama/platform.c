/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The platform of the contract tests: a heap that can be dirty or run out, and a network
 * that remembers what is sent. A session is a number behind a pointer. */
#include "double.h"

#include <stdlib.h>

unsigned double_pieces;
bool double_zeroed = true;
unsigned double_fails;

void *lwm2m_malloc(size_t size)
{
    void *memory = double_fails != 1 ? malloc(size) : NULL;

    if (double_fails > 0) {
        double_fails--;
    }
    if (memory != NULL) {
        memset(memory, double_zeroed ? 0 : 0xA5, size);
        double_pieces++;
    }
    return memory;
}

void lwm2m_free(void *memory)
{
    double_pieces -= memory != NULL;
    free(memory);
}

/* Two pointers may mean the same peer. */
bool lwm2m_session_is_equal(void *one, void *other, void *user)
{
    (void)user;
    return one != NULL && other != NULL && *(uint16_t *)one == *(uint16_t *)other;
}

uint8_t lwm2m_buffer_send(void *session, uint8_t *buffer, size_t length, void *user)
{
    char detail[4096];
    int at = snprintf(detail, sizeof detail, "%u ", (unsigned)*(uint16_t *)session);

    (void)user;
    for (size_t i = 0; i < length && at < (int)sizeof detail - 3; i++) {
        at += snprintf(detail + at, sizeof detail - (size_t)at, "%02x", (unsigned)buffer[i]);
    }
    double_tell("send", "-", "0", detail);
    return COAP_NO_ERROR;
}
