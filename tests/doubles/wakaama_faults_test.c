/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What went wrong when the adapter first met the real Wakaama. */
#include "check.h"
#include "fake.h"
#include "swmgmt_wakaama.h"

static fake_t fake;
static lwm2m_context_t engine;
static swmgmt_wakaama_t adapter;
static lwm2m_list_t nodes[12];
static lwm2m_server_t servers[2];
static lwm2m_object_t *const nine = &adapter.object[0];

static void start(uint16_t components)
{
    fake_new(&fake);
    fake.components = components;
    fake_list(&fake, 0, SWMGMT_EMPTY);
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    fake_drain(&fake);
    memset(&engine, 0, sizeof engine);
    servers[0] = (lwm2m_server_t){ &servers[1], 1, STATE_REGISTERED };
    servers[1] = (lwm2m_server_t){ NULL, 2, STATE_REGISTERED };
    engine.serverList = servers;
    swmgmt_wakaama_init(&adapter, fake.ctx, nodes, 12);
}

static void push(void)
{
    uint8_t package[100] = { 1 };
    lwm2m_data_t data = { .type = LWM2M_TYPE_OPAQUE, .id = 2 };

    data.value.asBuffer.buffer = package;
    data.value.asBuffer.length = sizeof package;
    CHECK_EQ(SWMGMT_CHANGED,
             nine->writeFunc(&engine, 0, 1, &data, nine, LWM2M_WRITE_REPLACE_RESOURCES));
}

/* As lwm2m_step(): what is marked is notified in the order in which it is observed, with
 * the values that are there now. */
static char *step(const uint16_t observed[2], char *end)
{
    for (int i = 0; i < 2; i++) {
        bool marked = false;
        for (unsigned n = 0; n < engine.changed; n++) {
            marked |= engine.uri[n].objectId == 9 && engine.uri[n].instanceId == 0
                && engine.uri[n].resourceId == observed[i];
        }
        if (marked) {
            int count = 1;
            lwm2m_data_t *data = lwm2m_data_new(1);
            data->id = observed[i];
            CHECK_EQ(SWMGMT_CONTENT, nine->readFunc(&engine, 0, &count, &data, nine));
            end += sprintf(end, "%u=%d ", (unsigned)observed[i], (int)data->value.asInteger);
            lwm2m_data_free(1, data);
        }
    }
    engine.changed = 0;
    return end;
}

/* Polls and steps until there is nothing to do at once; what observers are sent. */
static const char *notified(const uint16_t observed[2])
{
    static char text[256];
    char *end = text;
    uint32_t next_ms = 0;

    *end = '\0';
    for (int i = 0; i < 50 && next_ms == 0 && end < text + sizeof text - 16; i++) {
        CHECK_EQ(SWMGMT_OK, swmgmt_wakaama_poll(&adapter, &engine, fake.now, &next_ms));
        CHECK(engine.changed <= 1); /* one change in each poll */
        end = step(observed, end);
    }
    CHECK(next_ms != 0);
    return text;
}

static void results_come_before_states(void)
{
    static const uint16_t orders[2][2] = { { 9, 7 }, { 7, 9 } };

    for (int i = 0; i < 2; i++) {
        start(1);
        push();
        CHECK_TEXT("7=2 9=3 7=3 ", notified(orders[i]));
        CHECK_EQ(SWMGMT_CHANGED, nine->executeFunc(&engine, 0, 4, NULL, 0, nine));
        CHECK_TEXT("9=2 7=4 ", notified(orders[i]));
        CHECK_EQ(SWMGMT_CHANGED, nine->executeFunc(&engine, 0, 6, NULL, 0, nine));
        CHECK_TEXT("9=0 7=0 ", notified(orders[i]));
    }
}

/* A package with a component: servers are to learn of an instance of 14. */
static void install(void)
{
    static const uint16_t order[2] = { 9, 7 };

    push();
    (void)notified(order);
    engine.updates = 0;
    CHECK_EQ(SWMGMT_CHANGED, nine->executeFunc(&engine, 0, 4, NULL, 0, nine));
    (void)notified(order);
}

static void updates_wait_while_a_server_is_registering(void)
{
    static const uint16_t order[2] = { 9, 7 };

    start(1);
    install();
    CHECK_EQ(2, engine.updates); /* nobody is registering */

    for (int i = 0; i < 2; i++) {
        start(1);
        servers[i].status = STATE_REG_PENDING;
        install();
        CHECK_EQ(0, engine.updates);
        (void)notified(order);
        CHECK_EQ(0, engine.updates);

        servers[i].status = STATE_REGISTERED;
        (void)notified(order);
        CHECK_EQ(2, engine.updates); /* both servers, once */
        servers[0].status = STATE_REGISTERED;
        servers[1].status = STATE_REGISTERED;
        (void)notified(order);
        CHECK_EQ(2, engine.updates);
    }
}

int main(void)
{
    results_come_before_states();
    updates_wait_while_a_server_is_registering();
    return check_end();
}
