/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The Wakaama adapter, driven through the callbacks that every build of Wakaama calls. */
#include "device.h"

static void poll_until_quiet(void)
{
    uint32_t wait_ms;

    do {
        (void)turn(&wait_ms);
    } while (wait_ms == 0);
}

static void instances_are_listed(void)
{
    start(0);
    CHECK(nine->instanceList != NULL && nine->instanceList->id == 0);
    CHECK(nine->instanceList != NULL && nine->instanceList->next->id == 1);
    CHECK(nine->instanceList != NULL && nine->instanceList->next->next == NULL);
    CHECK(fourteen->instanceList == NULL);

    adapter.node_count = 1;
    CHECK_EQ(SWMGMT_ENOMEM, swmgmt_wakaama_init(&adapter, fake.ctx));
    CHECK(nine->instanceList != NULL && nine->instanceList->next == NULL);
}

#ifdef LWM2M_RAW_BLOCK1_REQUESTS
static void a_heap_that_is_not_zeroed_is_refused(void)
{
    start(0);
    double_zeroed = false;
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_wakaama_init(&adapter, fake.ctx));
    double_zeroed = true;
    CHECK_EQ(SWMGMT_OK, swmgmt_wakaama_init(&adapter, fake.ctx));
    CHECK_EQ(0, double_pieces);
}
#endif

/* The last resort: Wakaama has collected the whole package. */
static void install_a_whole_package(void)
{
    uint8_t package[300];

    for (size_t i = 0; i < sizeof package; i++) {
        package[i] = (uint8_t)(i * 7);
    }
    CHECK_EQ(SWMGMT_CHANGED, write_one(0, 2, LWM2M_TYPE_OPAQUE, package, sizeof package));
    CHECK_EQ(2, read_number(nine, 0, 7));
    poll_until_quiet();
    CHECK_EQ(3, read_number(nine, 0, 7));
    CHECK_EQ(3, read_number(nine, 0, 9));
    CHECK_EQ(sizeof package, fake_slot(&fake, 0)->length);
    CHECK(memcmp(package, fake_slot(&fake, 0)->bytes, sizeof package) == 0);
    CHECK_EQ(SWMGMT_CHANGED, execute(nine, 0, 4));
    poll_until_quiet();
    CHECK_EQ(2, read_number(nine, 0, 9));
    CHECK_EQ(4, read_number(nine, 0, 7));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, execute(nine, 0, 4));
}

static void a_package_is_installed_and_read(void)
{
    lwm2m_data_t *data = NULL;
    int count = 0;

    start(2);
    install_a_whole_package();

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

    CHECK_EQ(0, read_number(fourteen, fourteen->instanceList->id, 5));
    CHECK_EQ(SWMGMT_CHANGED, execute(fourteen, fourteen->instanceList->id, 3));
    CHECK_EQ(1, read_number(fourteen, fourteen->instanceList->id, 5));
    CHECK_EQ(0, double_pieces);
}

/* As Wakaama reads 9/0/17/1: the resource is preset with the instance that is wanted. */
static uint8_t read_instance(uint16_t resource, uint16_t index, uint32_t *link)
{
    int count = 1;
    lwm2m_data_t *data = lwm2m_data_new(1);
    lwm2m_data_t *child = lwm2m_data_new(1);
    uint8_t answer;

    data->id = resource;
    child->id = index;
    lwm2m_data_encode_instances(child, 1, data);
    answer = nine->readFunc(&engine, 0, &count, &data, nine);
    if (answer == SWMGMT_CONTENT) {
        CHECK_EQ(LWM2M_TYPE_OBJECT_LINK, child->type);
        *link = child->value.asObjLink.objectId * UINT32_C(65536)
            + child->value.asObjLink.objectInstanceId;
    }
    lwm2m_data_free(1, data);
    CHECK_EQ(0, double_pieces);
    return answer;
}

static void instances_of_a_resource_are_read(void)
{
    uint32_t link = 0;

    start(2);
    CHECK_EQ(SWMGMT_NOT_FOUND, read_instance(17, 0, &link));
    install_a_whole_package();
    CHECK_EQ(SWMGMT_CONTENT, read_instance(17, 1, &link));
    CHECK_EQ(14 * 65536 + fourteen->instanceList->next->id, link);
    CHECK_EQ(SWMGMT_NOT_FOUND, read_instance(17, 9, &link));
    CHECK_EQ(SWMGMT_NOT_FOUND, read_instance(7, 0, &link)); /* it has one value, not several */
}

static void values_come_in_every_form(void)
{
    uint8_t link[4] = { 0, 14, 0, 1 };
    lwm2m_data_t both[2] = { { .type = LWM2M_TYPE_BOOLEAN, .id = 8, .value.asBoolean = true },
                             { .type = LWM2M_TYPE_OBJECT_LINK, .id = 13 } };
    lwm2m_data_t many[SWMGMT_MAX_ITEMS + 1];

    start(0);
    CHECK_EQ(SWMGMT_CHANGED, write_one(0, 8, LWM2M_TYPE_STRING, "1", 1)); /* text/plain */
    CHECK_EQ(1, read_number(nine, 0, 8));
    CHECK_EQ(SWMGMT_CHANGED, write_one(0, 8, LWM2M_TYPE_OPAQUE, "\0", 1)); /* TLV */
    CHECK_EQ(0, read_number(nine, 0, 8));
    CHECK_EQ(SWMGMT_BAD_REQUEST, write_one(0, 8, LWM2M_TYPE_STRING, "true", 4));
    CHECK_EQ(SWMGMT_CHANGED, write_one(0, 13, LWM2M_TYPE_STRING, "14:0", 4));
    CHECK_EQ(SWMGMT_CHANGED, write_one(0, 13, LWM2M_TYPE_OPAQUE, link, sizeof link));
    CHECK_EQ(14 * 65536 + 1, fake_number(&fake, 9, 0, 13));
    both[1].value.asObjLink.objectId = 3303;
    CHECK_EQ(SWMGMT_CHANGED, /* SenML, to the instance */
             nine->writeFunc(&engine, 0, 2, both, nine, LWM2M_WRITE_PARTIAL_UPDATE));
    CHECK_EQ(1, read_number(nine, 0, 8));
    CHECK_EQ(3303 * 65536, fake_number(&fake, 9, 0, 13));
    CHECK_EQ(SWMGMT_NOT_ALLOWED,
             nine->writeFunc(&engine, 0, 2, both, nine, LWM2M_WRITE_REPLACE_INSTANCE));
    CHECK_EQ(SWMGMT_NOT_ALLOWED,
             fourteen->writeFunc(&engine, 0, 2, both, fourteen, LWM2M_WRITE_PARTIAL_UPDATE));
    for (int i = 0; i <= SWMGMT_MAX_ITEMS; i++) {
        many[i] = both[0];
    }
    CHECK_EQ(SWMGMT_BAD_REQUEST, nine->writeFunc(&engine, 0, SWMGMT_MAX_ITEMS + 1, many, nine,
                                                 LWM2M_WRITE_PARTIAL_UPDATE));
    both[0].type = LWM2M_TYPE_MULTIPLE_RESOURCE; /* to 9/0/8/0 */
    both[0].value.asChildren.count = 0;
    CHECK_EQ(SWMGMT_BAD_REQUEST,
             nine->writeFunc(&engine, 0, 1, both, nine, LWM2M_WRITE_PARTIAL_UPDATE));
    CHECK_EQ(SWMGMT_BAD_REQUEST,
             nine->writeFunc(&engine, 0, 1, both, nine, LWM2M_WRITE_REPLACE_RESOURCES));
    both[0].type = LWM2M_TYPE_INTEGER; /* a boolean of SenML may be a number */
    both[0].value.asInteger = INT64_C(0x100000000);
    CHECK_EQ(SWMGMT_BAD_REQUEST,
             nine->writeFunc(&engine, 0, 1, both, nine, LWM2M_WRITE_PARTIAL_UPDATE));
    both[0].value.asInteger = 1;
    CHECK_EQ(SWMGMT_CHANGED,
             nine->writeFunc(&engine, 0, 1, both, nine, LWM2M_WRITE_PARTIAL_UPDATE));
    both[0].id = 7;
    CHECK_EQ(SWMGMT_NOT_ALLOWED,
             nine->writeFunc(&engine, 0, 1, both, nine, LWM2M_WRITE_PARTIAL_UPDATE));
    /* Wakaama has not looked whether there is such an instance. */
    CHECK_EQ(SWMGMT_NOT_FOUND, write_one(7, 8, LWM2M_TYPE_STRING, "1", 1));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, write_one(0, 7, LWM2M_TYPE_STRING, "1", 1));
}

/* They point into the datagram: no NUL behind them. */
static void arguments_are_as_long_as_they_are(void)
{
    uint8_t datagram[] = { '0', '=', '\'', 'a', '\'', 'x', 'x' };

    start(0);
    CHECK_EQ(SWMGMT_CHANGED, write_one(0, 2, LWM2M_TYPE_OPAQUE, "package", 7));
    poll_until_quiet();
    CHECK_EQ(SWMGMT_CHANGED, nine->executeFunc(&engine, 0, 4, datagram, 5, nine));
    poll_until_quiet();
    CHECK_TEXT("0='a'", fake.arguments);
}

static void servers_create_and_delete_instances(void)
{
    lwm2m_data_t item = { .type = LWM2M_TYPE_BOOLEAN, .id = 8, .value.asBoolean = true };
    uint32_t wait_ms;

    start(0);
    CHECK_EQ(SWMGMT_CREATED, nine->createFunc(&engine, 5, 1, &item, nine));
    CHECK_TEXT("changed,9/5,-,-\n", double_told); /* Wakaama does not tell observers of 9 */
    CHECK(nine->instanceList->next->next != NULL && nine->instanceList->next->next->id == 5);
    CHECK_EQ(SWMGMT_BAD_REQUEST, nine->createFunc(&engine, 5, 1, &item, nine));
    double_forget();
    CHECK_EQ(SWMGMT_DELETED, nine->deleteFunc(&engine, 5, nine));
    CHECK_TEXT("changed,9/5,-,-\n", double_told);
    CHECK(nine->instanceList->next->next == NULL);
    CHECK_EQ(SWMGMT_NOT_FOUND, nine->deleteFunc(&engine, 5, nine));
    CHECK(fourteen->createFunc == NULL && fourteen->deleteFunc == NULL); /* 4.05 */
    CHECK(strstr(turn(&wait_ms), "update") == NULL); /* Wakaama does that itself */
}

/* As Wakaama does it to a whole Object: behind the callback it looks at the node once more. */
static void all_instances_are_deleted(void)
{
    uint16_t id = 0;

    start(0);
    fake.config.options |= SWMGMT_SERVER_MAY_DELETE;
    for (const lwm2m_list_t *node = nine->instanceList; node != NULL; node = nine->instanceList) {
        CHECK_EQ(id, node->id);
        CHECK_EQ(SWMGMT_DELETED, nine->deleteFunc(&engine, node->id, nine));
        CHECK_EQ(id, node->id); /* whose observations end */
        id++;
    }
    CHECK_EQ(2, id);
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
    CHECK_EQ(-SWMGMT_NOT_ALLOWED, read_number(nine, 0, 2));
    CHECK_EQ(-SWMGMT_NOT_FOUND, read_number(nine, 0, 99));

    count = 1;
    data = lwm2m_data_new(1);
    data->id = 99;
    CHECK_EQ(SWMGMT_NOT_FOUND, nine->discoverFunc(&engine, 0, &count, &data, nine));
    data->id = 4;
    CHECK_EQ(SWMGMT_CONTENT, nine->discoverFunc(&engine, 0, &count, &data, nine));
    lwm2m_data_free(count, data);

    count = 0;
    data = NULL;
    CHECK_EQ(SWMGMT_NOT_FOUND, nine->discoverFunc(&engine, 7, &count, &data, nine));
    CHECK_EQ(SWMGMT_NOT_FOUND, nine->readFunc(&engine, 7, &count, &data, nine));
    CHECK(count == 0 && data == NULL);
    CHECK_EQ(0, double_pieces);
}

/* Without memory an answer is 5.00, or a value undefined, which Wakaama makes 5.00. */
static void memory_runs_out(void)
{
    unsigned failed = 0;

    start(2);
    install_a_whole_package();
    for (unsigned nth = 1; nth < 8; nth++) {
        lwm2m_data_t *data = NULL;
        int count = 0;
        double_fails = nth;
        uint8_t answer = nine->readFunc(&engine, 0, &count, &data, nine);
        bool undefined = false;
        for (int i = 0; i < count; i++) {
            undefined |= data[i].type == LWM2M_TYPE_UNDEFINED;
        }
        CHECK(answer == SWMGMT_INTERNAL_ERROR || answer == SWMGMT_CONTENT);
        CHECK(answer != SWMGMT_CONTENT || undefined == (double_fails == 0));
        failed += answer != SWMGMT_CONTENT || undefined;
        double_fails = 0;
        lwm2m_data_free(count, data);
        CHECK_EQ(0, double_pieces);
    }
    CHECK(failed >= 4); /* the array, the strings, the links */
}

int main(void)
{
    instances_are_listed();
#ifdef LWM2M_RAW_BLOCK1_REQUESTS
    a_heap_that_is_not_zeroed_is_refused();
#endif
    a_package_is_installed_and_read();
    instances_of_a_resource_are_read();
    values_come_in_every_form();
    arguments_are_as_long_as_they_are();
    servers_create_and_delete_instances();
    all_instances_are_deleted();
    what_cannot_be_read_is_discovered();
    memory_runs_out();
    return check_end();
}
