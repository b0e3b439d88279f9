/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Object 14: the components of a package. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "fake.h"

static fake_t fake;

#define STATE(want) CHECK_EQ(want, swmgmt_state(fake.ctx, 0))
#define RESULT(want) CHECK_EQ(want, fake_number(&fake, 9, 0, 9))
#define CALLS(want) CHECK_TEXT(want, fake_calls_text(&fake, false, false))

static void fresh(uint8_t software, uint16_t components)
{
    fake_new(&fake);
    fake_list(&fake, 0, software);
    fake.components = components;
}

static void boot(void)
{
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK(fake_poll(&fake));
    fake_forget(&fake);
}

static void deliver(uint16_t instance)
{
    CHECK_EQ(SWMGMT_CHANGED, fake_push(&fake, 1, instance, 0, "package", 7, 0, true));
    CHECK(fake_poll(&fake));
}

static void install(uint16_t instance)
{
    deliver(instance);
    CHECK_EQ(SWMGMT_DELIVERED, swmgmt_state(fake.ctx, instance));
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, instance, 4, NULL));
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_INACTIVE, swmgmt_state(fake.ctx, instance));
}

/* The children of a path as "0 1 2". */
static const char *children(uint16_t object, uint16_t instance, uint16_t resource)
{
    static char text[2][400];
    static unsigned turn;
    char *out = text[turn++ % 2u];
    uint16_t id = SWMGMT_NONE;
    size_t used = 0;
    out[0] = '\0';
    while (used < 380 &&
           swmgmt_next(fake.ctx, fake_path(object, instance, resource), &id) == SWMGMT_OK) {
        used += (size_t)snprintf(out + used, 400 - used, "%s%u", used > 0 ? " " : "", id);
    }
    return out;
}

static const char *active14(void)
{
    static char text[32];
    unsigned n = 0;
    uint16_t id = SWMGMT_NONE;
    while (n < 31 && swmgmt_next(fake.ctx, fake_path(14, SWMGMT_NONE, SWMGMT_NONE), &id) ==
                         SWMGMT_OK) {
        long value = fake_number(&fake, 14, id, 5);
        text[n++] = value == 1 ? '1' : value == 0 ? '0' : '?';
    }
    text[n] = '\0';
    return text;
}

static long link_to(uint16_t instance, uint16_t index)
{
    swmgmt_path_t path = fake_path(9, instance, 17);
    swmgmt_value_t value;
    path.index = index;
    return swmgmt_read(fake.ctx, path, &value) == SWMGMT_CONTENT ? (long)value.number : -1;
}

static void appearing(void)
{
    check_where = "appearing";
    fresh(SWMGMT_EMPTY, 3);
    boot();
    CHECK_TEXT("", children(14, SWMGMT_NONE, SWMGMT_NONE));
    CHECK_EQ(0, fake_number(&fake, 9, 0, 18));
    CHECK_EQ(SWMGMT_NOT_FOUND, fake_read_code(&fake, 9, 0, 17, SWMGMT_NONE));
    CHECK(strstr(children(9, 0, SWMGMT_NONE), "17") == NULL);
    deliver(0);
    STATE(SWMGMT_DELIVERED);
    CHECK_TEXT("", children(14, SWMGMT_NONE, SWMGMT_NONE)); /* not before install_ok */
    CHECK_EQ(0, fake_number(&fake, 9, 0, 18));
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_INACTIVE);
    CHECK_TEXT("0 1 2", children(14, SWMGMT_NONE, SWMGMT_NONE));
    CHECK_TEXT("0 1 2", children(9, 0, 17));
    CHECK_EQ(3, fake_number(&fake, 9, 0, 18));
    CHECK_EQ(SWMGMT_NOT_ACCEPTABLE, fake_read_code(&fake, 9, 0, 17, SWMGMT_NONE));
    for (uint16_t i = 0; i < 3; i++) {
        CHECK_EQ(14L * 65536 + i, link_to(0, i));
    }
    CHECK_EQ(-1, link_to(0, 3));
    CHECK_TEXT("part1", fake_text(&fake, 14, 1, 0));
    CHECK_TEXT("3", fake_text(&fake, 14, 1, 2));
    CHECK_TEXT("000", active14());
    CHECK_EQ(SWMGMT_NOT_FOUND, fake_read_code(&fake, 14, 0, 1, SWMGMT_NONE));
    CHECK(strstr(children(14, 0, SWMGMT_NONE), "1") == NULL);
    CHECK_TEXT("0 2 3 4 5", children(14, 0, SWMGMT_NONE));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_read_code(&fake, 14, 0, 3, SWMGMT_NONE));
    CHECK_EQ(SWMGMT_NOT_FOUND, fake_read_code(&fake, 14, 3, 0, SWMGMT_NONE));
    CHECK(fake_matches("9/0/9=2 9/0/7=4 9/0/0=new 9/0/1=2 9/0/17 9/0/18=3 ?+14/0 ?+14/1 ?+14/2 "
                       "?register=0",
                       strstr(fake_changes_text(&fake), "9/0/9=2") != NULL
                           ? strstr(fake_changes_text(&fake), "9/0/9=2")
                           : ""));
    CHECK(strstr(fake_changes_text(&fake), "+14/0 +14/1 +14/2") != NULL);
    /* A server can neither create nor delete them; nor can it write. */
    {
        swmgmt_value_t value;
        memset(&value, 0, sizeof value);
        value.kind = SWMGMT_TYPE_BOOLEAN;
        value.number = 1;
        CHECK_EQ(SWMGMT_NOT_ALLOWED, swmgmt_write(fake.ctx, 1, fake_path(14, 0, 5), &value));
        CHECK_EQ(SWMGMT_NOT_FOUND, swmgmt_write(fake.ctx, 1, fake_path(14, 9, 5), &value));
    }
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_execute14(&fake, 0, 5));
    CHECK_EQ(SWMGMT_NOT_FOUND, fake_execute14(&fake, 9, 3));
    /* They are there after a reboot, with the same ids. */
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK_TEXT("0 1 2", children(14, SWMGMT_NONE, SWMGMT_NONE));
    CHECK_TEXT("part2", fake_text(&fake, 14, 2, 0));
    CHECK_EQ(3, fake_number(&fake, 9, 0, 18));
    /* They go with the software. */
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    STATE(SWMGMT_INITIAL);
    CHECK_TEXT("", children(14, SWMGMT_NONE, SWMGMT_NONE));
    CHECK_EQ(0, fake_number(&fake, 9, 0, 18));
    CHECK(strstr(fake_changes_text(&fake), "-14/0 -14/1 -14/2") != NULL);
    CHECK(strstr(fake_changes_text(&fake), "9/0/18=0") != NULL);
}

static void activation(void)
{
    check_where = "activation of the package";
    fresh(SWMGMT_EMPTY, 3);
    boot();
    install(0);
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 10, NULL));
    STATE(SWMGMT_ACTIVE);
    CALLS("ACTIVATE ACTIVATE ACTIVATE");
    {
        unsigned place = 0;
        for (unsigned i = 0; i < fake.calls; i++) {
            if (fake.log[i].callback == SWMGMT_OP_ACTIVATE) {
                CHECK_EQ(place++, fake.log[i].op.component);
            }
        }
    }
    CHECK_TEXT("111", active14());
    CHECK_EQ(1, fake_number(&fake, 9, 0, 12));
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 10, NULL)); /* no-op */
    CALLS("");
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 11, NULL));
    CALLS("DEACTIVATE DEACTIVATE DEACTIVATE");
    STATE(SWMGMT_INACTIVE);
    CHECK_TEXT("000", active14());
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 11, NULL)); /* none is active */
    CALLS("");

    check_where = "one fails: it stops there, earlier ones stay";
    fake_fail(&fake, SWMGMT_OP_ACTIVATE, 2, SWMGMT_FAILED);
    CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_execute(&fake, 0, 10, NULL));
    CALLS("ACTIVATE ACTIVATE");
    STATE(SWMGMT_INACTIVE);
    CHECK_TEXT("100", active14());
    CHECK_EQ(0, fake_number(&fake, 9, 0, 12));
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 10, NULL)); /* only the others */
    CALLS("ACTIVATE ACTIVATE");
    STATE(SWMGMT_ACTIVE);
    fake_fail(&fake, SWMGMT_OP_DEACTIVATE, 3, SWMGMT_FAILED);
    CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_execute(&fake, 0, 11, NULL));
    STATE(SWMGMT_INACTIVE);
    CHECK_TEXT("001", active14());
    CHECK_EQ(0, fake_number(&fake, 9, 0, 12));
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 11, NULL)); /* one is active: no no-op */
    CALLS("DEACTIVATE");
    CHECK_TEXT("000", active14());

    check_where = "one component";
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute14(&fake, 1, 4)); /* already there */
    CALLS("");
    CHECK_EQ(SWMGMT_CHANGED, fake_execute14(&fake, 1, 3));
    CALLS("ACTIVATE");
    CHECK_EQ(1, fake_newest(&fake, SWMGMT_OP_ACTIVATE).op.component);
    CHECK_EQ(0, fake_newest(&fake, SWMGMT_OP_ACTIVATE).op.instance);
    CHECK_TEXT("010", active14());
    STATE(SWMGMT_INACTIVE);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute14(&fake, 1, 3));
    CALLS("ACTIVATE");
    CHECK_EQ(SWMGMT_CHANGED, fake_execute14(&fake, 0, 3));
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute14(&fake, 2, 3));
    STATE(SWMGMT_ACTIVE);
    CHECK_TEXT("111", active14());
    CHECK(strstr(fake_changes_text(&fake), "9/0/12=1") != NULL);
    CHECK(strstr(fake_changes_text(&fake), "14/2/5=1") != NULL);
    CHECK(strstr(fake_changes_text(&fake), "9/0/12=1") <
          strstr(fake_changes_text(&fake), "14/2/5=1"));
    fake_fail(&fake, SWMGMT_OP_DEACTIVATE, 1, SWMGMT_FAILED);
    CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_execute14(&fake, 1, 4));
    STATE(SWMGMT_ACTIVE);
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute14(&fake, 1, 4));
    STATE(SWMGMT_INACTIVE);
    CHECK_TEXT("101", active14());
    CHECK(strstr(fake_changes_text(&fake), "9/0/12=0") != NULL);
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    STATE(SWMGMT_INACTIVE);
    CHECK_TEXT("101", active14());

    check_where = "one component, pending";
    fake.answer[SWMGMT_OP_ACTIVATE] = SWMGMT_PENDING;
    CHECK_EQ(SWMGMT_CHANGED, fake_execute14(&fake, 1, 3));
    STATE(SWMGMT_ACTIVATING);
    CHECK_EQ(4, fake_number(&fake, 9, 0, 7));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_execute14(&fake, 0, 4));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_execute14(&fake, 1, 4));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_execute(&fake, 0, 10, NULL));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_execute(&fake, 0, 11, NULL));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_execute(&fake, 0, 6, NULL));
    CHECK_EQ(SWMGMT_OK, fake_complete(&fake, SWMGMT_OP_ACTIVATE, SWMGMT_DONE, 0));
    STATE(SWMGMT_ACTIVE);
    CHECK_TEXT("111", active14());
    fake.answer[SWMGMT_OP_DEACTIVATE] = SWMGMT_PENDING;
    CHECK_EQ(SWMGMT_CHANGED, fake_execute14(&fake, 1, 4));
    STATE(SWMGMT_DEACTIVATING);
    {
        uint32_t number = fake_newest(&fake, SWMGMT_OP_DEACTIVATE).op.number;
        fake.outcome = SWMGMT_DONE;
        fake_forget(&fake);
        CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
        CHECK(fake_poll(&fake));
        CHECK_EQ(number, fake_newest(&fake, SWMGMT_OP_OUTCOME).op.number);
        CHECK_EQ(SWMGMT_OP_DEACTIVATE, fake_newest(&fake, SWMGMT_OP_OUTCOME).op.kind);
        CHECK_EQ(1, fake_newest(&fake, SWMGMT_OP_OUTCOME).op.component);
    }
    STATE(SWMGMT_INACTIVE);
    CHECK_TEXT("101", active14());

    check_where = "all, pending: one after the other";
    fake.answer[SWMGMT_OP_DEACTIVATE] = SWMGMT_PENDING;
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 11, NULL));
    STATE(SWMGMT_DEACTIVATING);
    CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_DEACTIVATE));
    CHECK_EQ(0, fake_newest(&fake, SWMGMT_OP_DEACTIVATE).op.component);
    CHECK_EQ(SWMGMT_OK, fake_complete(&fake, SWMGMT_OP_DEACTIVATE, SWMGMT_DONE, 0));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_DEACTIVATING);
    CHECK_EQ(2, fake_newest(&fake, SWMGMT_OP_DEACTIVATE).op.component);
    CHECK_EQ(SWMGMT_OK, fake_complete(&fake, SWMGMT_OP_DEACTIVATE, SWMGMT_DONE, 0));
    STATE(SWMGMT_INACTIVE);
    CHECK_TEXT("000", active14());

    check_where = "only in INACTIVE and ACTIVE";
    fake.answer[SWMGMT_OP_UNINSTALL] = SWMGMT_PENDING;
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    STATE(SWMGMT_UNINSTALLING);
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_execute14(&fake, 0, 3));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_execute14(&fake, 0, 4));
}

static void failed_removal(void)
{
    for (unsigned runs = 0; runs < 2; runs++) {
        for (unsigned update = 0; update < 2; update++) {
            uint8_t kind = update ? SWMGMT_OP_PREPARE : SWMGMT_OP_UNINSTALL;
            check_where = runs ? "a removal fails, still runs" : "a removal fails, stopped";
            fresh(SWMGMT_EMPTY, 3);
            boot();
            install(0);
            CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 10, NULL));
            CHECK_TEXT("111", active14());
            fake.answer[kind] = SWMGMT_FAILED_UNINSTALL;
            fake.inside[kind] = true;
            fake.flags = runs ? SWMGMT_STILL_RUNS : 0;
            CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_execute(&fake, 0, 6, update ? "1" : NULL));
            STATE(runs ? SWMGMT_ACTIVE : SWMGMT_INACTIVE);
            CHECK_TEXT(runs ? "111" : "000", active14());
            CHECK_TEXT("0 1 2", children(14, SWMGMT_NONE, SWMGMT_NONE));
        }
    }
}

static void updates(void)
{
    check_where = "an update";
    fresh(SWMGMT_EMPTY, 3);
    fake_list(&fake, 1, SWMGMT_EMPTY);
    boot();
    install(0);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute14(&fake, 1, 3));
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, "1"));
    STATE(SWMGMT_INITIAL_FOR_UPDATE);
    CHECK_TEXT("", children(14, SWMGMT_NONE, SWMGMT_NONE));
    CHECK_EQ(0, fake_number(&fake, 9, 0, 18));
    CHECK(strstr(fake_changes_text(&fake), "-14/0 -14/1 -14/2") != NULL);
    /* The old ids stay reserved: another package gets others. */
    fake.components = 2;
    install(1);
    CHECK_TEXT("3 4", children(14, SWMGMT_NONE, SWMGMT_NONE));
    CHECK_EQ(14L * 65536 + 3, link_to(1, 0));
    /* Given up: back under the same ids, also over a boot. */
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    STATE(SWMGMT_INITIAL_FOR_UPDATE);
    fake.components = 3;
    CHECK_EQ(SWMGMT_OK, swmgmt_give_up_update(fake.ctx, 0, 0));
    fake_drain(&fake);
    STATE(SWMGMT_INACTIVE);
    CHECK_TEXT("0 1 2 3 4", children(14, SWMGMT_NONE, SWMGMT_NONE));
    CHECK_EQ(3, fake_number(&fake, 9, 0, 18));
    CHECK_EQ(14L * 65536 + 2, link_to(0, 2));
    /* And with the update installed they are new. */
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, "1"));
    fake.components = 1;
    install(0);
    CHECK_EQ(1, fake_number(&fake, 9, 0, 18));
}

static void limits(void)
{
    check_where = "more than are free";
    fresh(SWMGMT_EMPTY, 8);
    fake_list(&fake, 1, SWMGMT_EMPTY);
    fake_list(&fake, 2, SWMGMT_EMPTY);
    boot();
    fake.components = 5;
    install(0);
    fake.components = 4;
    deliver(1);
    CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, 1));
    CHECK_EQ(51, fake_number(&fake, 9, 1, 9));
    fake.components = 3;
    deliver(1); /* fits, and is reserved from VERIFYING on */
    CHECK_EQ(SWMGMT_DELIVERED, swmgmt_state(fake.ctx, 1));
    fake.components = 1;
    deliver(2);
    CHECK_EQ(51, fake_number(&fake, 9, 2, 9));
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake)); /* reserved over a boot */
    fake.components = 1;
    deliver(2);
    CHECK_EQ(51, fake_number(&fake, 9, 2, 9));
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 1, 6, NULL)); /* until discarded */
    deliver(2);
    CHECK_EQ(SWMGMT_DELIVERED, swmgmt_state(fake.ctx, 2));

    check_where = "more than 255";
    fresh(SWMGMT_EMPTY, 256);
    fake.config.components = 255;
    boot();
    deliver(0);
    STATE(SWMGMT_INITIAL);
    RESULT(54);
    check_where = "name too long";
    fresh(SWMGMT_EMPTY, 1);
    fake.component_name_bytes = 33;
    boot();
    deliver(0);
    {
        /* A component's name that does not fit: refused, or asked for when read. */
        int32_t state = swmgmt_state(fake.ctx, 0);
        CHECK(state == SWMGMT_DELIVERED || fake_number(&fake, 9, 0, 9) == 54);
    }
    check_where = "no room for components at all";
    fresh(SWMGMT_EMPTY, 1);
    fake.config.components = 0;
    fake.config.part_count = 4;
    boot();
    deliver(0);
    {
        int32_t state = swmgmt_state(fake.ctx, 0);
        CHECK(state == SWMGMT_DELIVERED || fake_number(&fake, 9, 0, 9) == 51);
    }
}

static void factory(void)
{
    check_where = "factory software";
    fresh(SWMGMT_INSTALLED, 2);
    fake.component_active[1] = true;
    boot();
    STATE(SWMGMT_INACTIVE);
    RESULT(2);
    CHECK_TEXT("old", fake_text(&fake, 9, 0, 0));
    CHECK_TEXT("0 1", children(14, SWMGMT_NONE, SWMGMT_NONE));
    CHECK_TEXT("01", active14());
    CHECK_EQ(2, fake_number(&fake, 9, 0, 18));
    fresh(SWMGMT_RUNNING, 2);
    fake.component_active[0] = true;
    fake.component_active[1] = true;
    boot();
    STATE(SWMGMT_ACTIVE);
    CHECK_TEXT("11", active14());
}

static void objects_changed(void)
{
    for (unsigned at_once = 0; at_once < 2; at_once++) {
        check_where = at_once ? "register at once" : "register with the next update";
        fresh(SWMGMT_EMPTY, 0);
        boot();
        if (at_once) {
            CHECK_EQ(SWMGMT_CHANGED, fake_write(&fake, 0, 8, "1", 1));
        }
        deliver(0);
        fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_DONE;
        fake.inside[SWMGMT_OP_INSTALL] = true;
        fake.flags = SWMGMT_OBJECTS_CHANGED;
        fake_forget(&fake);
        CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
        CHECK(fake_poll(&fake));
        STATE(SWMGMT_INACTIVE);
        CHECK(strstr(fake_changes_text(&fake), at_once ? "register=1" : "register=0") != NULL);
    }
}

int main(void)
{
    appearing();
    activation();
    failed_removal();
    updates();
    limits();
    factory();
    objects_changed();
    return check_end();
}
