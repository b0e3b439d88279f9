/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What stands behind an option. All: 0, or -1 if it is wrong, unless the line says
 * otherwise. */
#ifndef DEVICE_VALUES_H
#define DEVICE_VALUES_H

#include "options.h"

int values_number(const char *text, uint32_t low, uint32_t high, uint32_t *value);
int values_number16(const char *text, uint32_t low, uint32_t high, uint16_t *value);
/* Bytes from pairs of hexadecimal digits; how many, or -1. */
int values_hexadecimal(const char *text, size_t length, uint8_t *bytes, size_t room);
int values_uuid(const char *text, trust_id_t *id);
int values_id(const char *text, trust_id_t *id); /* text, or hex: and digits */
int values_expect(options_t *options, const char *text);
int values_policy(options_t *options, const char *text);
int values_option(options_t *options, const char *text);

#endif
