/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The Wakaama adapter, driven through the callbacks that Wakaama would call. */
#include "check.h"
#include "fake.h"
#include "swmgmt_wakaama.h"

static fake_t fake;
static lwm2m_context_t engine;
static swmgmt_wakaama_t adapter;
static lwm2m_list_t nodes[12];
static lwm2m_object_t *const nine = &adapter.object[0];
static lwm2m_object_t *const fourteen = &adapter.object[1];

static void start(uint16_t components)
{
    fake_new(&fake);
    fake.components = components;
    fake_list(&fake, 0, SWMGMT_EMPTY);
    fake_list(&fake, 1, SWMGMT_EMPTY);
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    fake_drain(&fake);
    memset(&engine, 0, sizeof engine);
    swmgmt_wakaama_init(&adapter, fake.ctx, nodes, 12);
}

/* As Wakaama reads one resource: a preset array. */
static int64_t number(lwm2m_object_t *object, uint16_t instance, uint16_t resource)
{
    int count = 1;
    lwm2m_data_t *data = lwm2m_data_new(1);
    int64_t value = -1;

    data->id = resource;
    if (object->readFunc(&engine, instance, &count, &data, object) == SWMGMT_CONTENT) {
        value = data->type == LWM2M_TYPE_BOOLEAN ? data->value.asBoolean : data->value.asInteger;
    }
    lwm2m_data_free(1, data);
    return value;
}

/* Polls as a main loop does; the values of 9/0/7 that an observer of it would be sent. */
static const char *poll_states(void)
{
    static char states[32];
    char *end = states;

    for (int i = 0; i < 50 && end < states + sizeof states - 1; i++) {
        uint32_t next_ms = 0;
        unsigned before = engine.changed;
        CHECK_EQ(SWMGMT_OK, swmgmt_wakaama_poll(&adapter, &engine, fake.now, &next_ms));
        for (unsigned n = before; n < engine.changed; n++) { /* lwm2m_step() */
            if (engine.uri[n].objectId == 9 && engine.uri[n].resourceId == 7) {
                *end++ = (char)('0' + number(nine, 0, 7));
            }
        }
        if (next_ms != 0) {
            break;
        }
    }
    *end = '\0';
    engine.changed = 0;
    return states;
}

static uint8_t write_one(uint16_t instance, uint16_t resource, lwm2m_data_type_t type,
                         const void *bytes, size_t length)
{
    uint8_t copy[400];
    lwm2m_data_t data = { .type = type, .id = resource };

    memcpy(copy, bytes, length);
    data.value.asBuffer.buffer = copy;
    data.value.asBuffer.length = length;
    return nine->writeFunc(&engine, instance, 1, &data, nine, LWM2M_WRITE_REPLACE_RESOURCES);
}

static uint8_t push(const uint8_t *package, int length)
{
#ifdef LWM2M_RAW_BLOCK1_REQUESTS
    uint8_t answer = SWMGMT_CONTINUE;
    for (int at = 0; answer == SWMGMT_CONTINUE && at < length; at += 64) {
        lwm2m_uri_t uri = { 9, 0, 2, LWM2M_MAX_ID };
        uint8_t block[64];
        int size = length - at > 64 ? 64 : length - at;
        memcpy(block, package + at, (size_t)size);
        answer = nine->rawBlock1WriteFunc(&engine, &uri, LWM2M_CONTENT_OPAQUE, block, size, nine,
                                          (uint32_t)at / 64, at + size < length);
    }
    return answer;
#else
    return write_one(0, 2, LWM2M_TYPE_OPAQUE, package, (size_t)length);
#endif
}

static void instances_are_listed(void)
{
    start(0);
    CHECK(nine->instanceList != NULL && nine->instanceList->id == 0);
    CHECK(nine->instanceList != NULL && nine->instanceList->next->id == 1);
    CHECK(nine->instanceList != NULL && nine->instanceList->next->next == NULL);
    CHECK(fourteen->instanceList == NULL);
}

static void a_package_is_pushed_installed_and_read(void)
{
    uint8_t package[300];
    lwm2m_data_t *data = NULL;
    int count = 0;

    start(2);
    for (size_t i = 0; i < sizeof package; i++) {
        package[i] = (uint8_t)(i * 7);
    }
    CHECK_EQ(SWMGMT_CHANGED, push(package, sizeof package));
    CHECK_EQ(2, number(nine, 0, 7));
    CHECK_TEXT("23", poll_states()); /* DOWNLOADED is seen before DELIVERED */
    CHECK_EQ(3, number(nine, 0, 9));
    CHECK_EQ(sizeof package, fake_slot(&fake, 0)->length);
    CHECK(memcmp(package, fake_slot(&fake, 0)->bytes, sizeof package) == 0);

    CHECK_EQ(SWMGMT_CHANGED, nine->executeFunc(&engine, 0, 4, NULL, 0, nine));
    CHECK_TEXT("4", poll_states());
    CHECK_EQ(2, number(nine, 0, 9));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, nine->executeFunc(&engine, 0, 4, NULL, 0, nine));

    /* Its two components are instances of 14 now, and linked. */
    CHECK(fourteen->instanceList != NULL && fourteen->instanceList->next != NULL);
    CHECK_EQ(SWMGMT_CONTENT, nine->readFunc(&engine, 0, &count, &data, nine));
    for (int i = 0; i < count; i++) {
        CHECK(data[i].type != LWM2M_TYPE_UNDEFINED);
        CHECK(data[i].id != 2 && data[i].id != 3 && data[i].id != 4);
        if (data[i].id == 0) {
            CHECK_TEXT("new", (const char *)data[i].value.asBuffer.buffer);
        } else if (data[i].id == 17) {
            CHECK_EQ(2, data[i].value.asChildren.count);
            CHECK_EQ(14, data[i].value.asChildren.array[1].value.asObjLink.objectId);
        }
    }
    CHECK(count > 8);
    lwm2m_data_free(count, data);

    CHECK_EQ(0, number(fourteen, fourteen->instanceList->id, 5));
    CHECK_EQ(SWMGMT_CHANGED,
             fourteen->executeFunc(&engine, fourteen->instanceList->id, 3, NULL, 0, fourteen));
    CHECK_EQ(1, number(fourteen, fourteen->instanceList->id, 5));
}

static void values_come_in_every_form(void)
{
    uint8_t link[4] = { 0, 14, 0, 1 };
    lwm2m_data_t both[2] = { { .type = LWM2M_TYPE_BOOLEAN, .id = 8, .value.asBoolean = true },
                             { .type = LWM2M_TYPE_OBJECT_LINK, .id = 13 } };

    start(0);
    CHECK_EQ(SWMGMT_CHANGED, write_one(0, 8, LWM2M_TYPE_STRING, "1", 1)); /* text/plain */
    CHECK_EQ(1, number(nine, 0, 8));
    CHECK_EQ(SWMGMT_CHANGED, write_one(0, 8, LWM2M_TYPE_OPAQUE, "\0", 1)); /* TLV */
    CHECK_EQ(0, number(nine, 0, 8));
    CHECK_EQ(SWMGMT_CHANGED, write_one(0, 13, LWM2M_TYPE_STRING, "14:0", 4));
    CHECK_EQ(SWMGMT_CHANGED, write_one(0, 13, LWM2M_TYPE_OPAQUE, link, sizeof link));
    both[1].value.asObjLink.objectId = 3303;
    CHECK_EQ(SWMGMT_CHANGED, /* SenML, to the instance */
             nine->writeFunc(&engine, 0, 2, both, nine, LWM2M_WRITE_PARTIAL_UPDATE));
    CHECK_EQ(1, number(nine, 0, 8));
    CHECK_EQ(SWMGMT_NOT_ALLOWED,
             nine->writeFunc(&engine, 0, 2, both, nine, LWM2M_WRITE_REPLACE_INSTANCE));
    CHECK_EQ(SWMGMT_NOT_FOUND, write_one(7, 8, LWM2M_TYPE_STRING, "1", 1));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, write_one(0, 7, LWM2M_TYPE_STRING, "1", 1));
}

static void servers_create_and_delete_instances(void)
{
    lwm2m_data_t item = { .type = LWM2M_TYPE_BOOLEAN, .id = 8, .value.asBoolean = true };

    start(0);
    CHECK_EQ(SWMGMT_CREATED, nine->createFunc(&engine, 5, 1, &item, nine));
    CHECK(nine->instanceList->next->next != NULL && nine->instanceList->next->next->id == 5);
    CHECK_EQ(SWMGMT_BAD_REQUEST, nine->createFunc(&engine, 5, 1, &item, nine));
    CHECK_EQ(SWMGMT_DELETED, nine->deleteFunc(&engine, 5, nine));
    CHECK(nine->instanceList->next->next == NULL);
    CHECK(fourteen->createFunc == NULL && fourteen->deleteFunc == NULL); /* 4.05 */
}

static void what_cannot_be_read_is_discovered(void)
{
    int count = 0;
    int found = 0;
    lwm2m_data_t *data = NULL;

    start(0);
    CHECK_EQ(SWMGMT_CONTENT, nine->discoverFunc(&engine, 0, &count, &data, nine));
    for (int i = 0; i < count; i++) {
        found += data[i].id == 2 || data[i].id == 4;
    }
    CHECK_EQ(2, found);
    lwm2m_data_free(count, data);
    CHECK_EQ(-1, number(nine, 0, 2));

    count = 1;
    data = lwm2m_data_new(1);
    data->id = 99;
    CHECK_EQ(SWMGMT_NOT_FOUND, nine->discoverFunc(&engine, 0, &count, &data, nine));
    data->id = 4;
    CHECK_EQ(SWMGMT_CONTENT, nine->discoverFunc(&engine, 0, &count, &data, nine));
    lwm2m_data_free(count, data);
}

#ifdef LWM2M_RAW_BLOCK1_REQUESTS
static void a_gap_is_refused(void)
{
    lwm2m_uri_t uri = { 9, 0, 2, LWM2M_MAX_ID };
    uint8_t block[64] = { 0 };

    start(0);
    CHECK_EQ(SWMGMT_INCOMPLETE, nine->rawBlock1WriteFunc(&engine, &uri, LWM2M_CONTENT_OPAQUE,
                                                         block, 64, nine, 3, 0));
    CHECK_EQ(SWMGMT_CONTINUE, nine->rawBlock1WriteFunc(&engine, &uri, LWM2M_CONTENT_OPAQUE, block,
                                                       64, nine, 0, 1));
    CHECK_EQ(SWMGMT_INCOMPLETE, nine->rawBlock1WriteFunc(&engine, &uri, LWM2M_CONTENT_OPAQUE,
                                                         block, 20, nine, 2, 0));
    CHECK_EQ(SWMGMT_UNSUPPORTED_FORMAT, nine->rawBlock1WriteFunc(&engine, &uri, LWM2M_CONTENT_TLV,
                                                                 block, 64, nine, 1, 1));
    CHECK_EQ(SWMGMT_CHANGED, nine->rawBlock1WriteFunc(&engine, &uri, LWM2M_CONTENT_OPAQUE, block,
                                                      20, nine, 1, 0));
}
#endif

int main(void)
{
    instances_are_listed();
    a_package_is_pushed_installed_and_read();
    values_come_in_every_form();
    servers_create_and_delete_instances();
    what_cannot_be_read_is_discovered();
#ifdef LWM2M_RAW_BLOCK1_REQUESTS
    a_gap_is_refused();
#endif
    return check_end();
}
