/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A device with the adapter between a fake firmware and the stand-in. Included once by each
 * test; it has one. */
#ifndef DEVICE_H
#define DEVICE_H

#include "check.h"
#include "double.h"
#include "fake.h"
#include "swmgmt_wakaama.h"

static fake_t fake;
static lwm2m_context_t engine;
static swmgmt_wakaama_t adapter;
static lwm2m_list_t nodes[12];
static swmgmt_exchange_t exchanges[8];
static uint8_t device_room[1024];
static uint8_t device_body[256];
static lwm2m_server_t servers[2];
static uint16_t sessions[2] = { 1, 2 };
static lwm2m_object_t *const nine = &adapter.object[0];
static lwm2m_object_t *const fourteen = &adapter.object[1];

/* Slots 0 and 1, empty; servers 1 and 2, registered. The package has so many components. */
static inline void start(uint16_t components)
{
    fake_new(&fake);
    fake.components = components;
    fake.parts[fake.config.part_count++] = &swmgmt_opaque;
    fake.parts[fake.config.part_count++] = &swmgmt_text;
    fake.parts[fake.config.part_count++] = &swmgmt_tlv;
    fake_list(&fake, 0, SWMGMT_EMPTY);
    fake_list(&fake, 1, SWMGMT_EMPTY);
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    fake_drain(&fake);
    memset(&engine, 0, sizeof engine);
    for (uint16_t i = 0; i < 2; i++) {
        servers[i] = (lwm2m_server_t){ .next = i == 0 ? &servers[1] : NULL,
                                       .shortID = (uint16_t)(i + 1),
                                       .sessionH = &sessions[i],
                                       .status = STATE_REGISTERED };
    }
    engine.serverList = servers;
    memset(&adapter, 0, sizeof adapter);
    adapter.nodes = nodes;
    adapter.node_count = 12;
    adapter.room = device_room;
    adapter.room_bytes = sizeof device_room;
    memset(exchanges, 0, sizeof exchanges);
    adapter.front.exchanges = exchanges;
    adapter.front.exchange_count = 8;
    adapter.front.body.bytes = device_body;
    adapter.front.body.room = sizeof device_body;
    CHECK_EQ(SWMGMT_OK, swmgmt_wakaama_init(&adapter, fake.ctx));
    double_forget();
    CHECK_EQ(0, double_pieces);
}

/* As Wakaama reads one resource. A number; minus the code if there is none. */
static inline int64_t read_number(lwm2m_object_t *object, uint16_t instance, uint16_t resource)
{
    int count = 1;
    lwm2m_data_t *data = lwm2m_data_new(1);
    int64_t value;

    data->id = resource;
    value = -object->readFunc(&engine, instance, &count, &data, object);
    if (value == -SWMGMT_CONTENT) {
        value = data->type == LWM2M_TYPE_BOOLEAN ? data->value.asBoolean : data->value.asInteger;
    }
    lwm2m_data_free(1, data);
    return value;
}

static inline uint8_t write_one(uint16_t instance, uint16_t resource, lwm2m_data_type_t type,
                                const void *bytes, size_t length)
{
    uint8_t copy[400];
    lwm2m_data_t data = { .type = type, .id = resource };

    memcpy(copy, bytes, length);
    data.value.asBuffer.buffer = copy;
    data.value.asBuffer.length = length;
    return nine->writeFunc(&engine, instance, 1, &data, nine, LWM2M_WRITE_REPLACE_RESOURCES);
}

static inline uint8_t execute(lwm2m_object_t *object, uint16_t instance, uint16_t resource)
{
    return object->executeFunc(&engine, instance, resource, NULL, 0, object);
}

/* One turn of the main loop: what the engine was told in it. */
static inline const char *turn(uint32_t *wait_ms)
{
    *wait_ms = 60000;
    double_forget();
    CHECK_EQ(SWMGMT_OK, swmgmt_wakaama_poll(&adapter, &engine, fake.now, wait_ms));
    return double_told;
}

#endif
