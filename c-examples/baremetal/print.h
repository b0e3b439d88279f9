/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Text without stdio. */
#ifndef PRINT_H
#define PRINT_H

#include <stddef.h>
#include <stdint.h>

void print(const char *text);
void print_bytes(const uint8_t *bytes, size_t length); /* a string without NUL */
void print_number(uint32_t number);
void print_path(uint16_t object, uint16_t instance, uint16_t resource);
void print_code(int32_t answer); /* 2.04, or what a status means */

#endif
