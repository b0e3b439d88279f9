/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The Zephyr adapter, driven through the callbacks that the engine would call. */
#include <errno.h>

#include "check.h"
#include "fake.h"
#include "lwm2m_engine.h"
#include "swmgmt_zephyr.h"

static fake_t fake;
static uint8_t package[700];

static void start(uint16_t components)
{
    stand_in_reset();
    fake_new(&fake);
    fake.components = components;
    fake_list(&fake, 0, SWMGMT_EMPTY);
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    fake_drain(&fake);
    CHECK_EQ(0, swmgmt_zephyr_start(fake.ctx));
    stand_in_notified[0] = '\0';
}

/* What the engine has in its buffer, and would answer a Read with. */
static int value(uint16_t object, uint16_t instance, uint16_t resource)
{
    const struct lwm2m_engine_res *res = stand_in_resource(object, instance, resource);
    return res == NULL || res->res_instances == NULL
        ? -1 : *(const uint8_t *)res->res_instances->data_ptr;
}

static const char *text(uint16_t object, uint16_t instance, uint16_t resource)
{
    const struct lwm2m_engine_res *res = stand_in_resource(object, instance, resource);
    return res == NULL ? "nothing" : (const char *)res->res_instances->data_ptr;
}

static const char *poll_and_see(void)
{
    static char seen[sizeof stand_in_notified];
    uint32_t next_ms = 0;

    for (int i = 0; i < 50 && next_ms == 0; i++) {
        CHECK_EQ(SWMGMT_OK, swmgmt_zephyr_poll(fake.now, &next_ms));
        CHECK_EQ(0, stand_in_locked);
    }
    memcpy(seen, stand_in_notified, sizeof seen);
    stand_in_notified[0] = '\0';
    return seen;
}

static void a_package_is_pushed_installed_and_read(void)
{
    start(1);
    CHECK_EQ(0, value(9, 0, 7));
    CHECK_TEXT("none", text(9, 0, 0));
    CHECK_EQ(0, stand_in_push(0, package, sizeof package, 256, sizeof package));
    CHECK_EQ(sizeof package, fake_slot(&fake, 0)->length);
    CHECK(memcmp(package, fake_slot(&fake, 0)->bytes, sizeof package) == 0);
    const char *seen = poll_and_see();
    CHECK(strstr(seen, "9/0/7=2 ") != NULL && strstr(seen, "9/0/7=3 ") != NULL);
    CHECK_EQ(3, value(9, 0, 7));
    CHECK_EQ(3, value(9, 0, 9));

    CHECK_EQ(0, stand_in_execute(9, 0, 4, "0='x'"));
    seen = poll_and_see();
    const char *result = strstr(seen, "9/0/9=2 ");
    const char *state = strstr(seen, "9/0/7=4 ");
    CHECK(result != NULL && state != NULL && result < state);
    CHECK_TEXT("0='x'", fake.arguments);
    CHECK_TEXT("new", text(9, 0, 0));
    CHECK_EQ(-EPERM, stand_in_execute(9, 0, 4, NULL));

    /* Its component has become an instance of 14. */
    uint16_t id = SWMGMT_NONE;
    swmgmt_path_t all = { 14, SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE };
    CHECK_EQ(SWMGMT_OK, swmgmt_next(fake.ctx, all, &id));
    CHECK_TEXT("part0", text(14, id, 0));
    CHECK_EQ(0, value(14, id, 5));
    CHECK_EQ(0, stand_in_execute(9, 0, 10, NULL));
    poll_and_see();
    CHECK_EQ(1, value(9, 0, 12));
    CHECK_EQ(1, value(14, id, 5));

    CHECK_EQ(-EPERM, stand_in_delete(14, id)); /* the engine has lost it ... */
    CHECK_EQ(-1, value(14, id, 5));
    poll_and_see(); /* ... and has it again */
    CHECK_EQ(1, value(14, id, 5));
    CHECK_EQ(0, stand_in_execute(9, 0, 6, NULL));
    poll_and_see();
    CHECK_EQ(0, value(9, 0, 7));
    CHECK_EQ(-1, value(14, id, 5));
}

static void blocks_without_size1_are_refused_at_once(void)
{
    start(0);
    CHECK_EQ(-EFBIG, stand_in_push(0, package, sizeof package, 256, 0));
    CHECK(fake_slot(&fake, 0)->length < 256);
    CHECK_EQ(0, stand_in_push(0, package, 100, 256, 0)); /* one block is fine */
    CHECK_EQ(100, fake_slot(&fake, 0)->length);
}

static void refusals_become_errnos(void)
{
    bool yes = true;

    start(0);
    CHECK_EQ(-EPERM, stand_in_execute(9, 0, 4, NULL));     /* 4.05 */
    CHECK_EQ(-EPERM, stand_in_execute(9, 0, 10, NULL));
    fake.answer[SWMGMT_OP_OPEN] = SWMGMT_FAILED_STORAGE;
    CHECK_EQ(-EFBIG, stand_in_push(0, package, 100, 256, 100)); /* 4.13 */
    fake.answer[SWMGMT_OP_OPEN] = SWMGMT_DONE;
    CHECK_EQ(-ENOENT, stand_in_execute(9, 5, 4, NULL));    /* 4.04 */
    CHECK_EQ(0, stand_in_write(9, 0, 8, &yes, sizeof yes));
    CHECK_EQ(1, fake_number(&fake, 9, 0, 8));
    CHECK_EQ(-EEXIST, stand_in_write(9, 0, 3, "no uri", 7)); /* 4.00 */
    CHECK_EQ(0, stand_in_write(9, 0, 3, "coap://host/file", 17));
    poll_and_see();
    CHECK_TEXT("coap://host/file", fake.uri);
}

static void servers_create_and_delete_instances(void)
{
    start(0);
    CHECK_EQ(0, stand_in_create(9, 3));
    CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, 3));
    poll_and_see();
    CHECK_TEXT("none", text(9, 3, 0));
    CHECK(stand_in_create(14, 3) < 0);
    CHECK_EQ(0, stand_in_delete(9, 3));
    CHECK_EQ(SWMGMT_ENOENT, swmgmt_state(fake.ctx, 3));
    poll_and_see();
    CHECK_EQ(-1, value(9, 3, 7));
    CHECK_EQ(0, value(9, 0, 7));
}

int main(void)
{
    for (size_t i = 0; i < sizeof package; i++) {
        package[i] = (uint8_t)(i * 7);
    }
    stand_in_register_objects();
    a_package_is_pushed_installed_and_read();
    blocks_without_size1_are_refused_at_once();
    refusals_become_errnos();
    servers_create_and_delete_instances();
    return check_end();
}
