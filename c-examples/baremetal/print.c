/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "print.h"

#include <board.h>
#include <swmgmt.h>

void print(const char *text)
{
    board_print(text);
}

void print_bytes(const uint8_t *bytes, size_t length)
{
    char one[2] = {0};
    for (size_t i = 0; i < length; i++) {
        one[0] = (char)bytes[i];
        print(one);
    }
}

void print_number(uint32_t number)
{
    char text[11];
    char *digit = &text[sizeof text - 1];
    *digit = '\0';
    do {
        *--digit = (char)('0' + number % 10u);
        number /= 10u;
    } while (number != 0);
    print(digit);
}

void print_path(uint16_t object, uint16_t instance, uint16_t resource)
{
    print_number(object);
    print("/");
    print_number(instance);
    print("/");
    print_number(resource);
}

void print_code(int32_t answer)
{
    if (answer < 0) {
        print(swmgmt_strerror(answer));
        return;
    }
    print_number((uint32_t)answer >> 5);
    print(((uint32_t)answer & 31u) < 10u ? ".0" : ".");
    print_number((uint32_t)answer & 31u);
}
