/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A device behind the Zephyr adapter, and a server that asks it. */
#ifndef ZEPHYR_TEST_H
#define ZEPHYR_TEST_H

#include <string.h>

#include "check.h"
#include "double.h"
#include "fake.h"
#include "swmgmt_zephyr_inside.h"

static fake_t fake;
static uint8_t package[700];

static inline void zephyr_start(uint16_t components)
{
    double_reset();
    for (size_t i = 0; i < sizeof package; i++) {
        package[i] = (uint8_t)(i * 7);
    }
    fake_new(&fake);
    fake.components = components;
    fake.config.options |= SWMGMT_SERVER_MAY_CREATE | SWMGMT_SERVER_MAY_DELETE;
    fake_list(&fake, 0, SWMGMT_EMPTY);
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    fake_drain(&fake);
    swmgmt_zephyr = (struct swmgmt_zephyr){ 0 };
    CHECK_EQ(SWMGMT_OK, swmgmt_zephyr_attach(fake.ctx));
    double_run(100);
    double_seen[0] = '\0';
}

static inline int put(uint16_t instance, uint16_t resource, const char *text)
{
    return double_ask(&(double_request_t){ .method = PUT, .path = LWM2M_OBJ(9, instance, resource),
                                           .payload = text, .length = strlen(text) });
}

static inline int execute(uint16_t object, uint16_t instance, uint16_t resource, const char *args)
{
    return double_ask(&(double_request_t){ .method = POST, .path = LWM2M_OBJ(object, instance, resource),
                                           .payload = args, .length = args == NULL ? 0 : strlen(args) });
}

static inline const char *get(uint16_t object, uint16_t instance, uint16_t resource)
{
    const int code = double_ask(&(double_request_t){
        .method = GET, .path = LWM2M_OBJ(object, instance, resource) });
    return code == 205 ? double_value : "nothing";
}

/* One block of the package, or of a part of it that begins with its first byte. */
static inline double_request_t block_of(uint32_t number, size_t size, size_t length)
{
    const size_t at = number * size;
    return (double_request_t){
        .method = PUT, .path = LWM2M_OBJ(9, 0, 2), .format = OPAQUE, .payload = package + at,
        .length = length - at < size ? length - at : size, .has_block = true, .number = number,
        .more = at + size < length, .block_size = size,
    };
}

/* The code of the block that ended it. */
static inline int push(size_t length, size_t size, size_t size1)
{
    int code = 231;
    for (uint32_t number = 0; code == 231; number++) {
        double_request_t block = block_of(number, size, length);
        block.size1 = number == 0 ? size1 : 0;
        code = double_ask(&block);
    }
    return code;
}

#endif
