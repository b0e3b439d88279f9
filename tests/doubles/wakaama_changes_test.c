/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What servers are told: notifications, one visible step at a time, and registration
 * updates, which Wakaama drops in some states of a server. */
#include "device.h"

static void push(void)
{
    uint8_t package[100] = { 1 };

    CHECK_EQ(SWMGMT_CHANGED, write_one(0, 2, LWM2M_TYPE_OPAQUE, package, sizeof package));
}

/* As lwm2m_step(): what is marked is notified in the order in which it is observed, with
 * the values that are there now. */
static char *step(const char *told, const uint16_t observed[2], char *end)
{
    for (int i = 0; i < 2; i++) {
        char row[32];
        snprintf(row, sizeof row, "changed,9/0/%u,", (unsigned)observed[i]);
        if (strstr(told, row) != NULL) {
            end += sprintf(end, "%u=%d ", (unsigned)observed[i],
                           (int)read_number(nine, 0, observed[i]));
        }
    }
    return end;
}

/* Polls and steps until there is nothing to do at once; what observers are sent. */
static const char *notified(const uint16_t observed[2])
{
    static char text[256];
    char *end = text;
    uint32_t wait_ms = 0;

    *end = '\0';
    for (int i = 0; i < 50 && wait_ms == 0 && end < text + sizeof text - 16; i++) {
        const char *told = turn(&wait_ms);
        const char *first = strstr(told, "changed");
        CHECK(first == NULL || strstr(first + 1, "changed") == NULL); /* one in each poll */
        end = step(told, observed, end);
    }
    CHECK(wait_ms != 0);
    return text;
}

static void results_come_before_states(void)
{
    static const uint16_t orders[2][2] = { { 9, 7 }, { 7, 9 } };

    for (int i = 0; i < 2; i++) {
        start(1);
        push();
        CHECK_TEXT("7=2 9=3 7=3 ", notified(orders[i])); /* DOWNLOADED, then DELIVERED */
        CHECK_EQ(SWMGMT_CHANGED, execute(nine, 0, 4));
        CHECK_TEXT("9=2 7=4 ", notified(orders[i]));
        CHECK_EQ(SWMGMT_CHANGED, execute(nine, 0, 6));
        CHECK_TEXT("9=0 7=0 ", notified(orders[i]));
    }
}

/* Polls until it is quiet: registration updates and instances told, in order. */
static const char *told_of_lists(void)
{
    static char text[512];
    uint32_t wait_ms = 0;

    text[0] = '\0';
    for (int i = 0; i < 50 && wait_ms == 0; i++) {
        static char all[sizeof double_told];
        strcpy(all, turn(&wait_ms));
        for (char *row = strtok(all, "\n"); row != NULL; row = strtok(NULL, "\n")) {
            if (row[0] == 'u' || strncmp(row, "changed,14/", 11) == 0) {
                strcat(strcat(text, row), " ");
            }
        }
    }
    return text;
}

#define BOTH "update,-,0,1 1 update,-,0,2 1 "

static void the_poll_lowers_the_wait(void)
{
    uint32_t wait_ms = 60000;

    start(0);
    CHECK_EQ(SWMGMT_OK, swmgmt_wakaama_poll(&adapter, &engine, fake.now, &wait_ms));
    CHECK_EQ(60000, wait_ms); /* nothing waits: it is left alone */
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 0, "1", 1, 0, false));
    while (strlen(turn(&wait_ms)) > 0) {
    }
    wait_ms = UINT32_MAX;
    CHECK_EQ(SWMGMT_OK, swmgmt_wakaama_poll(&adapter, &engine, fake.now, &wait_ms));
    CHECK(wait_ms > 0 && wait_ms <= 300000); /* until the push has failed */
    wait_ms = 5;
    CHECK_EQ(SWMGMT_OK, swmgmt_wakaama_poll(&adapter, &engine, fake.now, &wait_ms));
    CHECK_EQ(5, wait_ms);
}

/* A package with a component: servers are to learn of an instance of 14. */
static void install(void)
{
    push();
    (void)told_of_lists();
    CHECK_EQ(SWMGMT_CHANGED, execute(nine, 0, 4));
}

static void components_appear_and_vanish(void)
{
    start(1);
    install();
    CHECK_TEXT("changed,14/0,-,- " BOTH, told_of_lists());
    CHECK(fourteen->instanceList != NULL && fourteen->instanceList->id == 0);
    CHECK_EQ(SWMGMT_CHANGED, execute(nine, 0, 6));
    CHECK_TEXT("changed,14/0,-,- " BOTH, told_of_lists());
    CHECK(fourteen->instanceList == NULL);
}

static void updates_wait_while_a_server_is_registering(void)
{
    for (int i = 0; i < 2; i++) {
        start(1);
        servers[i].status = STATE_REG_PENDING;
        install();
        CHECK_TEXT("changed,14/0,-,- ", told_of_lists());
        CHECK_TEXT("", told_of_lists());

        servers[i].status = STATE_REGISTERED;
        CHECK_TEXT(BOTH, told_of_lists()); /* both servers, once */
        CHECK_EQ(STATE_REG_FULL_UPDATE_NEEDED, servers[0].status);
        CHECK_EQ(STATE_REG_FULL_UPDATE_NEEDED, servers[1].status);
        CHECK_TEXT("", told_of_lists());
    }
}

/* An update without objects is due: Wakaama drops a wish meant for all servers. */
static void an_update_without_objects_gains_them(void)
{
    start(1);
    servers[1].status = STATE_REG_UPDATE_NEEDED;
    install();
    (void)told_of_lists();
    CHECK_EQ(STATE_REG_FULL_UPDATE_NEEDED, servers[1].status);
}

/* Nobody is registered: the Register to come has the new list. */
static void nobody_is_there_to_be_told(void)
{
    start(1);
    engine.serverList = NULL;
    install();
    CHECK_TEXT("changed,14/0,-,- ", told_of_lists());
    engine.serverList = servers;
    CHECK_TEXT("", told_of_lists());
}

/* After Create and Delete Wakaama asks for the update itself, of all servers at once. */
static void a_create_is_not_lost_either(void)
{
    static const lwm2m_status_t forgetful[] = { STATE_REG_PENDING, STATE_REG_UPDATE_NEEDED };
    lwm2m_data_t item = { .type = LWM2M_TYPE_BOOLEAN, .id = 8, .value.asBoolean = true };

    for (int i = 0; i < 2; i++) {
        start(0);
        servers[1].status = forgetful[i];
        CHECK_EQ(SWMGMT_CREATED, nine->createFunc(&engine, 5, 1, &item, nine));
        servers[1].status = i == 0 ? STATE_REGISTERED : STATE_REG_UPDATE_NEEDED;
        CHECK_TEXT(BOTH, told_of_lists());
        servers[1].status = forgetful[i];
        CHECK_EQ(SWMGMT_DELETED, nine->deleteFunc(&engine, 5, nine));
        servers[1].status = i == 0 ? STATE_REGISTERED : STATE_REG_UPDATE_NEEDED;
        CHECK_TEXT(BOTH, told_of_lists());
    }
}

static void too_few_nodes_are_told(void)
{
    uint32_t wait_ms = 0;

    start(1);
    adapter.node_count = 2;
    push();
    (void)told_of_lists();
    CHECK_EQ(SWMGMT_CHANGED, execute(nine, 0, 4));
    for (int i = 0; i < 9; i++) {
        (void)swmgmt_wakaama_poll(&adapter, &engine, fake.now, &wait_ms);
    }
    CHECK_EQ(SWMGMT_ENOMEM, swmgmt_wakaama_poll(&adapter, &engine, fake.now, &wait_ms));
}

int main(void)
{
    results_come_before_states();
    the_poll_lowers_the_wait();
    components_appear_and_vanish();
    updates_wait_while_a_server_is_registering();
    an_update_without_objects_gains_them();
    nobody_is_there_to_be_told();
    a_create_is_not_lost_either();
    too_few_nodes_are_told();
    return check_end();
}
