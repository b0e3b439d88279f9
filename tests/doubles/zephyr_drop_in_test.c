/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* An application written for the Object 9 in Zephyr's tree, on the drop-in layer. */
#include <errno.h>
#include <stdio.h>

#include "storage.h"
#include "swmgmt_zephyr_drop_in.h"
#include "zephyr_test.h"

static char log_text[1024];
static int verdict; /* of the next callbacks */
static bool completes_inside;
static uint8_t store[700];
static size_t stored;

#define LOG(...) \
    snprintf(log_text + strlen(log_text), sizeof log_text - strlen(log_text), __VA_ARGS__)

#define EXECUTE(name)                                                          \
    static int on_##name(uint16_t instance, uint8_t *args, uint16_t length)     \
    {                                                                           \
        LOG(#name " %u '%.*s'; ", instance, (int)length, (const char *)args);   \
        return verdict;                                                         \
    }
EXECUTE(activate)
EXECUTE(deactivate)
EXECUTE(delete)

static int on_install(uint16_t instance, uint8_t *args, uint16_t length)
{
    LOG("install %u '%.*s'; ", instance, (int)length, (const char *)args);
    if (completes_inside) {
        CHECK_EQ(0, lwm2m_swmgmt_install_completed(instance, 0));
    }
    return verdict;
}

static void *on_version(uint16_t instance, uint16_t resource, uint16_t index, size_t *length)
{
    static char version[] = "7.0";
    (void)instance, (void)resource, (void)index;
    *length = sizeof version;
    return version;
}

#ifdef DOUBLE_OLD_TREE
#define OFFSET
#else
#define OFFSET , size_t offset
#endif
static int on_write(uint16_t instance, uint16_t resource, uint16_t index, uint8_t *data,
                    uint16_t length, bool last, size_t total OFFSET)
{
    (void)resource, (void)index;
#ifndef DOUBLE_OLD_TREE
    CHECK(data == NULL || offset == stored || offset == 0);
    if (offset == 0) {
        stored = 0;
    }
#endif
    if (data == NULL) {
        LOG("failed %u; ", instance);
        return 0;
    }
    memcpy(store + stored, data, length);
    stored += length;
    if (last) {
        LOG("last %u of %u; ", length, (unsigned)total);
    }
    return verdict;
}

/* What such an application does at start. */
static void application_starts_again(void)
{
    double_reset();
    swmgmt_zephyr = (struct swmgmt_zephyr){ 0 };
    swmgmt_zephyr_drop_in_deleted(0);
    swmgmt_zephyr_drop_in_deleted(2);
    CHECK_EQ(0, double_init_start());
    CHECK_EQ(0, double_count(9, 0)); /* not before the application wants it */
    CHECK_EQ(-ENOENT, lwm2m_swmgmt_set_activate_cb(0, on_activate));
    CHECK_EQ(0, lwm2m_create_object_inst(&LWM2M_OBJ(9, 0)));
    CHECK_EQ(0, lwm2m_swmgmt_set_activate_cb(0, on_activate));
    CHECK_EQ(0, lwm2m_swmgmt_set_deactivate_cb(0, on_deactivate));
    CHECK_EQ(0, lwm2m_swmgmt_set_install_package_cb(0, on_install));
    CHECK_EQ(0, lwm2m_swmgmt_set_delete_package_cb(0, on_delete));
    CHECK_EQ(0, lwm2m_swmgmt_set_write_package_cb(0, on_write));
    CHECK_EQ(0, lwm2m_swmgmt_set_read_package_version_cb(0, on_version));
    CHECK_EQ(0, lwm2m_set_string(&LWM2M_OBJ(9, 0, 0), "app"));
    double_run(100);
    verdict = 0;
    completes_inside = false;
    stored = 0;
    log_text[0] = '\0';
    for (size_t i = 0; i < sizeof package; i++) {
        package[i] = (uint8_t)(i * 3);
    }
}

static void application_starts(void)
{
    double_settings_reset();
    application_starts_again();
}

static const char *logged(void)
{
    static char text[sizeof log_text];

    double_run(100);
    memcpy(text, log_text, sizeof text);
    log_text[0] = '\0';
    return text;
}

static void a_life(void)
{
    application_starts();
    CHECK_TEXT("app", get(9, 0, 0));
    CHECK_TEXT("7.0", get(9, 0, 1));
    CHECK_EQ(204, push(500, 64, 500)); /* in blocks, unlike there */
    CHECK_TEXT("last 52 of 500; ", logged());
    CHECK_EQ(500, stored);
    CHECK(memcmp(package, store, stored) == 0);
    CHECK_TEXT("3", get(9, 0, 7));
    CHECK_EQ(204, execute(9, 0, 4, "0='fast'"));
    CHECK_TEXT("install 0 '0='fast''; ", logged());
    CHECK_TEXT("3", get(9, 0, 7));
    CHECK_EQ(0, lwm2m_swmgmt_install_completed(0, 0));
    CHECK_EQ(-EINVAL, lwm2m_swmgmt_install_completed(0, 0));
    CHECK_TEXT("", logged());
    CHECK_TEXT("4", get(9, 0, 7));
    CHECK_TEXT("2", get(9, 0, 9));
    CHECK_EQ(204, execute(9, 0, 10, NULL));
    CHECK_TEXT("1", get(9, 0, 12));
    CHECK_EQ(204, execute(9, 0, 11, NULL));
    CHECK_TEXT("0", get(9, 0, 12));
    CHECK_EQ(204, execute(9, 0, 6, NULL));
    CHECK_TEXT("activate 0 ''; deactivate 0 ''; delete 0 ''; ", logged());
    CHECK_TEXT("0", get(9, 0, 7));
    CHECK_EQ(405, execute(9, 0, 4, NULL)); /* not 5.00, as there */
}

static void the_end_is_told_without_a_size(void)
{
    application_starts();
    completes_inside = true;
    CHECK_EQ(204, push(500, 64, 0));
    CHECK_TEXT("last 52 of 0; ", logged());
    CHECK_EQ(204, execute(9, 0, 4, NULL));
    CHECK_TEXT("install 0 ''; ", logged());
    CHECK_TEXT("4", get(9, 0, 7));
}

static void failures(void)
{
    const struct { int error; const char *result; int code; } cases[] = {
        { -ENOMEM, "51", 500 }, { -ENOSPC, "50", 413 }, { -EFAULT, "53", 500 }, { -EIO, "57", 500 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        application_starts();
        verdict = cases[i].error;
        CHECK_EQ(cases[i].code, push(500, 64, 500));
        CHECK(strstr(logged(), "failed 0; ") != NULL);
        CHECK_TEXT("0", get(9, 0, 7));
        CHECK_TEXT(cases[i].result, get(9, 0, 9));
    }
    application_starts();
    CHECK_EQ(204, push(500, 64, 500));
    logged();
    verdict = -EIO;
    CHECK_EQ(204, execute(9, 0, 4, NULL));
    logged();
    CHECK_TEXT("58", get(9, 0, 9));
    verdict = 0;
    CHECK_EQ(204, execute(9, 0, 4, NULL));
    logged();
    CHECK_EQ(0, lwm2m_swmgmt_install_completed(0, -EIO));
    logged();
    CHECK_TEXT("3", get(9, 0, 7));
    CHECK_TEXT("58", get(9, 0, 9));
    CHECK_EQ(204, execute(9, 0, 6, NULL)); /* a package that was not installed */
    CHECK_TEXT("delete 0 ''; ", logged());
    CHECK_TEXT("0", get(9, 0, 7));
}

static void what_is_not_set_fails(void)
{
    application_starts();
    CHECK_EQ(204, push(500, 64, 500));
    logged();
    CHECK_EQ(0, lwm2m_swmgmt_set_install_package_cb(0, NULL));
    CHECK_EQ(204, execute(9, 0, 4, NULL));
    logged();
    CHECK_TEXT("58", get(9, 0, 9));
    CHECK_EQ(0, lwm2m_swmgmt_set_write_package_cb(0, NULL));
    CHECK_EQ(204, execute(9, 0, 6, NULL));
    logged();
    CHECK_EQ(500, push(500, 64, 500));
    CHECK_EQ(0, lwm2m_swmgmt_set_read_package_version_cb(0, NULL));
    CHECK_EQ(0, lwm2m_set_string(&LWM2M_OBJ(9, 0, 1), "8"));
    CHECK_TEXT("8", get(9, 0, 1));
    CHECK_EQ(-ENOENT, lwm2m_swmgmt_install_completed(7, 0));
}

static void a_pull(void)
{
    application_starts();
    CHECK_EQ(400, put(0, 3, "http://host/file")); /* there: 2.04, and stuck */
    CHECK_EQ(204, put(0, 3, "coap://host/file"));
    double_run(100);
    CHECK(double_deliver(package, 600, 128, true));
    CHECK_TEXT("last 24 of 600; ", logged());
    CHECK_EQ(600, stored);
    CHECK_TEXT("3", get(9, 0, 7));
    CHECK_EQ(0, double_endless);
}

static void servers_delete_and_create(void)
{
    application_starts();
    CHECK_EQ(201, double_ask(&(double_request_t){ .method = POST, .path = LWM2M_OBJ(9, 2) }));
    CHECK_EQ(0, lwm2m_swmgmt_set_activate_cb(2, on_activate));
    double_run(100);
    CHECK_EQ(1, double_count(9, 0));
    CHECK_EQ(1, double_count(9, 2));
    CHECK_EQ(-EEXIST, lwm2m_create_object_inst(&LWM2M_OBJ(9, 0)));
}

static void states_survive_a_reboot(void)
{
    application_starts();
    CHECK_EQ(204, push(500, 64, 500));
    logged();
    application_starts_again();
    CHECK_TEXT("3", get(9, 0, 7));
    CHECK_EQ(204, execute(9, 0, 4, NULL));
    CHECK_TEXT("install 0 ''; ", logged());
    CHECK_EQ(0, lwm2m_swmgmt_install_completed(0, 0));
    logged();
    application_starts_again();
    CHECK_TEXT("4", get(9, 0, 7));
    CHECK_EQ(1, double_count(9, 0));
}

int main(void)
{
    double_init_register_objects();
    a_life();
    the_end_is_told_without_a_size();
    failures();
    what_is_not_set_fails();
    a_pull();
    servers_delete_and_create();
    states_survive_a_reboot();
    return check_end();
}
