/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What observers of the Zephyr adapter are told, in which order, and when. */
#include "zephyr_test.h"

static void observe(void)
{
    double_observe(9, 0, 7); /* the state first, as the engine keeps their order */
    double_observe(9, 0, 9);
    double_observe(9, 0, 12);
    double_observe(3, 0, 1);
}

static const char *told(uint32_t ms)
{
    static char text[sizeof double_notified];

    double_run(ms);
    memcpy(text, double_notified, sizeof text);
    double_notified[0] = '\0';
    return text;
}

static void every_step_is_seen_results_first(void)
{
    zephyr_start(1);
    observe();
    CHECK_EQ(204, push(200, 64, 0));
    CHECK_TEXT("9/0/9=0 9/0/7=2 9/0/9=3 9/0/7=3 ", told(500)); /* 1 was over before anything ran */
    CHECK_EQ(204, execute(9, 0, 4, NULL));
    CHECK_TEXT("9/0/9=2 9/0/7=4 ", told(500));
    CHECK_EQ(204, execute(9, 0, 10, NULL));
    CHECK_TEXT("9/0/12=1 ", told(500));
    CHECK_EQ(204, execute(9, 0, 6, NULL));
    CHECK_TEXT("9/0/9=0 9/0/7=0 9/0/12=0 ", told(500));
    CHECK_EQ(204, put(0, 3, "coap://host/file"));
    CHECK_TEXT("9/0/9=1 9/0/7=1 ", told(500));
    const uint32_t number = fake_newest(&fake, SWMGMT_OP_FETCH).op.number;
    CHECK_EQ(SWMGMT_OK, swmgmt_zephyr_done(number, SWMGMT_FAILED_URI, 0));
    CHECK_TEXT("9/0/9=56 9/0/7=0 ", told(500));
    CHECK_EQ(0, double_spins);
    CHECK_EQ(0, double_deadlocks);
}

/* Components are deleted by the uninstall; the engine forgets all instances 0 with an instance 0. */
static void observations_outlive_components(void)
{
    zephyr_start(2);
    observe();
    CHECK_EQ(204, push(200, 64, 0));
    double_run(500);
    CHECK_EQ(204, execute(9, 0, 4, NULL));
    double_run(500);
    CHECK_EQ(1, double_count(14, 1));
    CHECK_EQ(0, double_count(14, 0));
    double_observe(14, 1, 5);
    told(1);
    CHECK_EQ(204, execute(9, 0, 10, NULL));
    CHECK_TEXT("9/0/12=1 14/1/5=1 ", told(500));
    CHECK_EQ(204, execute(9, 0, 6, NULL));
    double_run(500);
    CHECK_EQ(0, double_count(14, 1));
    CHECK(double_is_observed(9, 0, 7) && double_is_observed(3, 0, 1));
    CHECK(!double_is_observed(14, 1, 5));
}

/* To notify before the acknowledgement has the engine's thread go round without a pause. */
static void the_engine_is_not_sent_round(void)
{
    zephyr_start(0);
    observe();
    double_acknowledges = false;
    CHECK_EQ(204, push(200, 64, 0));
    told(1000);
    CHECK_EQ(0, double_spins);
    double_run(20000); /* the work goes on all the same ... */
    CHECK_TEXT("3", get(9, 0, 7));
    CHECK_EQ(204, execute(9, 0, 4, NULL));
    double_run(20000);
    CHECK_TEXT("4", get(9, 0, 7));
    CHECK_EQ(0, double_spins);
    told(1);
    double_acknowledges = true; /* ... and then the newest values are told */
    CHECK_TEXT("9/0/9=2 9/0/7=4 ", told(1000));
    CHECK_EQ(0, double_spins);
}

static void a_silent_engine_does_not_stop_the_work(void)
{
    zephyr_start(0);
    observe();
    double_engine_sleeps = true;
    CHECK_EQ(204, push(200, 64, 0));
    double_run(1000);
    CHECK_TEXT("2", get(9, 0, 7)); /* waits for the observer ... */
    double_run(3000);
    CHECK_TEXT("3", get(9, 0, 7)); /* ... but not for ever */
}

/* Requests and completions wake the work item, nothing else runs it when nothing waits. */
static void it_runs_when_there_is_something_to_do(void)
{
    zephyr_start(0);
    double_run(10000);
    CHECK(!double_has_work());
    fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_PENDING;
    CHECK_EQ(204, push(200, 64, 0));
    CHECK(double_has_work());
    double_run(100);
    CHECK_EQ(204, execute(9, 0, 4, NULL));
    double_run(10000);
    CHECK(!double_has_work());
    const uint32_t number = fake_newest(&fake, SWMGMT_OP_INSTALL).op.number;
    CHECK_EQ(SWMGMT_OK, swmgmt_zephyr_done(number, SWMGMT_DONE, SWMGMT_OBJECTS_CHANGED));
    CHECK(double_has_work());
    const unsigned updates = double_updates;
    double_run(100);
    CHECK_TEXT("4", get(9, 0, 7));
    CHECK_EQ(updates + 1, double_updates); /* with the list of objects */
    CHECK_EQ(0, double_plain_updates);
    CHECK_EQ(SWMGMT_ESTALE, swmgmt_zephyr_done(number, SWMGMT_DONE, 0));
    CHECK_EQ(0, double_locked);
}

static void bytes_are_fetched_from_any_thread(void)
{
    swmgmt_chunk_t chunk = { .data = package, .length = 100 };

    zephyr_start(0);
    CHECK_EQ(204, put(0, 3, "coap://host/file"));
    double_run(100);
    const uint32_t number = fake_newest(&fake, SWMGMT_OP_FETCH).op.number;
    CHECK_EQ(SWMGMT_OK, swmgmt_zephyr_fetched(number, &chunk));
    chunk.offset = 100;
    chunk.last = 1;
    CHECK_EQ(SWMGMT_OK, swmgmt_zephyr_fetched(number, &chunk));
    double_run(100);
    CHECK_TEXT("3", get(9, 0, 7));
    CHECK_EQ(SWMGMT_ESTALE, swmgmt_zephyr_fetched(number, &chunk));
    CHECK_EQ(fake.ctx == swmgmt_zephyr_lock(), 1);
    CHECK_EQ(1, double_locked);
    swmgmt_zephyr_unlock();
    CHECK_EQ(0, double_locked);
}

static void a_push_that_stands_still_fails(void)
{
    double_request_t block = block_of(0, 64, 400);

    zephyr_start(0);
    CHECK_EQ(231, double_ask(&block));
    double_run(301000);
    CHECK_TEXT("0", get(9, 0, 7));
    CHECK_TEXT("52", get(9, 0, 9));
}

static void there_is_one_manager(void)
{
    zephyr_start(0);
    CHECK_EQ(SWMGMT_EORDER, swmgmt_zephyr_attach(fake.ctx));
    CHECK_EQ(SWMGMT_EORDER, swmgmt_zephyr_start(&fake.host));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_zephyr_attach(NULL));
}

static void kconfig_makes_a_manager(void)
{
    zephyr_start(0);
    fake_new(&fake);
    double_reset();
    swmgmt_zephyr = (struct swmgmt_zephyr){ 0 };
    CHECK(swmgmt_zephyr_lock() == NULL);
    swmgmt_zephyr_unlock();
    CHECK(!double_has_work());
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_zephyr_start(NULL));
    CHECK_EQ(SWMGMT_OK, swmgmt_zephyr_start(&fake.host));
    CHECK_EQ(1, double_count(9, 0));
    CHECK_EQ(1, double_count(9, 1));
    CHECK_EQ(0, double_count(9, 2));
    CHECK_TEXT("0", get(9, 1, 7));
    CHECK_TEXT("nothing", get(9, 1, 13)); /* not offered */
    CHECK_TEXT("0", get(9, 1, 18));
}

int main(void)
{
    double_init_register_objects();
    every_step_is_seen_results_first();
    observations_outlive_components();
    the_engine_is_not_sent_round();
    a_silent_engine_does_not_stop_the_work();
    it_runs_when_there_is_something_to_do();
    bytes_are_fetched_from_any_thread();
    a_push_that_stands_still_fails();
    there_is_one_manager();
    kconfig_makes_a_manager();
    return check_end();
}
