/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What went wrong when the adapter first met the real engine of Zephyr. */
#include <errno.h>

#include "check.h"
#include "fake.h"
#include "lwm2m_engine.h"
#include "swmgmt_zephyr.h"

static fake_t fake;
static uint8_t package[100];

static void poll_all(void)
{
    uint32_t next_ms = 0;

    for (int i = 0; i < 50 && next_ms == 0; i++) {
        CHECK_EQ(SWMGMT_OK, swmgmt_zephyr_poll(fake.now, &next_ms));
    }
    CHECK(next_ms != 0);
}

static void start(uint16_t components)
{
    stand_in_reset();
    fake_new(&fake);
    fake.components = components;
    fake_list(&fake, 0, SWMGMT_EMPTY);
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    fake_drain(&fake);
    CHECK_EQ(0, swmgmt_zephyr_start(fake.ctx));
    poll_all();
}

/* The engine's buffer of a resource. */
static const char *buffer(uint16_t object, uint16_t instance, uint16_t resource)
{
    const struct lwm2m_engine_res *res = stand_in_resource(object, instance, resource);
    return res == NULL || res->res_instances == NULL ? "nothing"
                                                     : (const char *)res->res_instances->data_ptr;
}

static void no_instance_is_made_twice(void)
{
    uint16_t id = SWMGMT_NONE;
    swmgmt_path_t all = { 14, SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE };

    start(2);
    CHECK_EQ(0, stand_in_push(0, package, sizeof package, 256, sizeof package));
    poll_all();
    CHECK_EQ(0, stand_in_execute(9, 0, 4, NULL));
    poll_all(); /* two instances of 14 appear, one after the other */
    CHECK_EQ(SWMGMT_OK, swmgmt_next(fake.ctx, all, &id));
    CHECK_EQ(1, stand_in_count(14, id));
    CHECK_EQ(-EPERM, stand_in_delete(14, id)); /* so that all instances are made known again */
    poll_all();
    CHECK_EQ(1, stand_in_count(9, 0));
    CHECK_EQ(1, stand_in_count(14, id));
    CHECK_EQ(SWMGMT_OK, swmgmt_next(fake.ctx, all, &id));
    CHECK_EQ(1, stand_in_count(14, id));
    CHECK(lwm2m_create_object_inst(&LWM2M_OBJ(9, 0)) < 0);
    CHECK_EQ(1, stand_in_count(9, 0));
    CHECK_EQ(0, stand_in_execute(9, 0, 6, NULL));
    poll_all();
    CHECK_EQ(0, stand_in_count(14, id)); /* the only one is gone */
}

static void a_part_of_a_text_is_refused(void)
{
    start(0);
    CHECK_EQ(-EFBIG, stand_in_write_block(9, 0, 3, "coap://host/", 40, 0));
    CHECK_EQ(-EFBIG, stand_in_write_block(9, 0, 3, "coap://host/fil", 16, 0)); /* one is missing */
    CHECK_EQ(-EFBIG, stand_in_write_block(9, 0, 3, "coap://host/file", 16, 32)); /* not the first */
    poll_all();
    CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, 0));
    CHECK_TEXT("", fake.uri);
    CHECK_EQ(0, stand_in_write_block(9, 0, 3, "coap://host/file", 16, 0)); /* the whole */
    poll_all();
    CHECK_TEXT("coap://host/file", fake.uri);
}

static void credentials_do_not_stay(void)
{
    static const char nothing[257];

    start(0);
    CHECK_EQ(0, stand_in_write(9, 0, 14, "name", 5));
    CHECK(memcmp(nothing, buffer(9, 0, 14), sizeof nothing) == 0);
    CHECK_EQ(0, stand_in_write(9, 0, 15, "secret", 7));
    CHECK(memcmp(nothing, buffer(9, 0, 15), sizeof nothing) == 0);
    CHECK_EQ(-EFBIG, stand_in_write_block(9, 0, 15, "sec", 6, 0));
    CHECK(memcmp(nothing, buffer(9, 0, 15), sizeof nothing) == 0);
    CHECK_EQ(0, stand_in_write(9, 0, 3, "coap://host/file", 17));
    poll_all();
    CHECK_TEXT("name", fake.user_name);
    CHECK_TEXT("secret", fake.password);
}

/* SWMGMT_CHANGE_REGISTER has the value of 9/x/8. */
static void updates_list_the_objects(bool at_once)
{
    start(0);
    CHECK_EQ(0, stand_in_write(9, 0, 8, &at_once, sizeof at_once));
    CHECK_EQ(0, stand_in_push(0, package, sizeof package, 256, sizeof package));
    poll_all();
    stand_in_updates = 0;
    fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_PENDING;
    CHECK_EQ(0, stand_in_execute(9, 0, 4, NULL));
    poll_all();
    CHECK_EQ(0, stand_in_updates);
    CHECK_EQ(SWMGMT_OK, swmgmt_done(fake.ctx, fake_newest(&fake, SWMGMT_OP_INSTALL).op.number,
                                    SWMGMT_DONE, SWMGMT_OBJECTS_CHANGED));
    poll_all();
    CHECK_EQ(1, stand_in_updates);
    CHECK_EQ(0, stand_in_plain_updates);
}

/* The engine begins with zeros; a link to nothing is not zero, and nothing changes it. */
static void a_created_instance_has_its_values(void)
{
    uint32_t next_ms;

    start(0);
    fake.name[0] = "empty";
    CHECK_EQ(0, stand_in_create(9, 3));
    CHECK_EQ(SWMGMT_OK, swmgmt_zephyr_poll(fake.now, &next_ms)); /* the next one suffices */
    CHECK_EQ(1, stand_in_count(9, 3));
    CHECK_TEXT("empty", buffer(9, 3, 0));
    for (uint16_t resource = 5; resource <= 13; resource = (uint16_t)(resource + 8)) {
        struct lwm2m_objlnk link = { 0, 0 };
        memcpy(&link, buffer(9, 3, resource), sizeof link);
        CHECK_EQ(65535, link.obj_id);
        CHECK_EQ(65535, link.obj_inst);
    }
}

int main(void)
{
    stand_in_register_objects();
    no_instance_is_made_twice();
    a_part_of_a_text_is_refused();
    credentials_do_not_stay();
    updates_list_the_objects(false);
    updates_list_the_objects(true);
    a_created_instance_has_its_values();
    return check_end();
}
