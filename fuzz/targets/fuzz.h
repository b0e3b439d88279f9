/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the targets share: input as a stream, devices, and all that can be read of them. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../tests/c/fake.h"

#define MUST(what)                                                            \
    do {                                                                      \
        if (!(what)) {                                                        \
            (void)fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #what);  \
            abort();                                                          \
        }                                                                     \
    } while (0)

typedef struct {
    const uint8_t *bytes;
    size_t length;
} input_t;

static inline uint8_t take(input_t *input)
{
    if (input->length == 0) {
        return 0;
    }
    input->length--;
    return *input->bytes++;
}

static inline input_t take_run(input_t *input, size_t most)
{
    input_t run = *input;
    run.length = input->length < most ? input->length : most;
    input->bytes += run.length;
    input->length -= run.length;
    return run;
}

/* A device with every format; 4 slots, of which `slots` are there. */
static inline void device_new(fake_t *fake, unsigned slots, uint8_t software, uint16_t components)
{
    static const swmgmt_part_t *const parts[] = {
        &swmgmt_crc32,      &swmgmt_download, &swmgmt_record,     &swmgmt_components,
        &swmgmt_text,       &swmgmt_opaque,   &swmgmt_cbor,       &swmgmt_tlv,
        &swmgmt_senml_json, &swmgmt_senml_cbor, &swmgmt_link_format, &swmgmt_senml_json_package,
        &swmgmt_senml_cbor_package};
    fake_new(fake);
    fake->config.parts = parts;
    fake->config.part_count = sizeof parts / sizeof parts[0];
    fake->config.policy = SWMGMT_ALLOW_NONE;
    fake->config.text = 255;
    fake->config.credentials = 63;
    fake->components = components;
    for (unsigned i = 0; i < slots; i++) {
        fake_list(fake, (uint16_t)i, software);
    }
    MUST(fake_boot(fake) == SWMGMT_OK);
}

typedef struct {
    uint32_t length;
    uint8_t bytes[16384];
} snapshot_t;

static inline void add(snapshot_t *to, const void *bytes, size_t length)
{
    MUST(length <= sizeof to->bytes - to->length);
    if (length > 0) {
        memcpy(to->bytes + to->length, bytes, length);
    }
    to->length += (uint32_t)length;
}

/* Every value, through the functions that know no formats. */
static inline void snapshot(const fake_t *fake, snapshot_t *to)
{
    static const uint16_t objects[2] = {9, 14};
    to->length = 0;
    for (unsigned i = 0; i < 2; i++) {
        swmgmt_path_t object = {objects[i], SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE};
        swmgmt_path_t instance = object;
        while (swmgmt_next(fake->ctx, object, &instance.instance) == SWMGMT_OK) {
            swmgmt_path_t one = instance;
            int32_t state = objects[i] == 9 ? swmgmt_state(fake->ctx, one.instance) : 0;
            add(to, &state, sizeof state);
            while (swmgmt_next(fake->ctx, instance, &one.resource) == SWMGMT_OK) {
                swmgmt_value_t value;
                add(to, &one, sizeof one);
                if (swmgmt_read(fake->ctx, one, &value) == SWMGMT_CONTENT) {
                    add(to, &value.number, sizeof value.number);
                    add(to, value.bytes, value.kind == SWMGMT_TYPE_STRING ? value.length : 0);
                }
            }
        }
    }
}

static inline bool same(const snapshot_t *one, const snapshot_t *other)
{
    return one->length == other->length && memcmp(one->bytes, other->bytes, one->length) == 0;
}

#endif
