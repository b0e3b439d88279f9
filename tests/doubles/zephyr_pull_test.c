/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Package URIs by the engine's own download. */
#include <errno.h>

#include "zephyr_test.h"

static void start_pull(bool has_buffer)
{
    zephyr_start(0);
    fake.host.fetch = swmgmt_zephyr_pull;
    fake.host.schemes = "coap,coaps";
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    swmgmt_zephyr.manager = fake.ctx;
    double_has_5_0_0 = has_buffer;
    CHECK_EQ(204, put(0, 3, "coap://host/file"));
    double_run(100);
    CHECK_TEXT("coap://host/file", double_pulled);
    CHECK_EQ(0, double_endless);
    CHECK_EQ(0, double_deadlocks);
}

static void any_blocks(void)
{
    for (int has_buffer = 0; has_buffer < 2; has_buffer++) {
        for (int total = 0; total < 2; total++) {
            start_pull(has_buffer);
            CHECK(double_deliver(package, sizeof package, 256, total));
            double_run(100);
            CHECK_TEXT("3", get(9, 0, 7));
            CHECK_EQ(sizeof package, fake_slot(&fake, 0)->length);
            CHECK(memcmp(package, fake_slot(&fake, 0)->bytes, sizeof package) == 0);
        }
    }
}

static void failures_become_results(void)
{
    const struct { int error; const char *result; } cases[] = {
        { -ENOMSG, "56" }, { -ENOTSUP, "56" }, { -EINVAL, "56" }, { -ENOMEM, "51" },
        { -EFAULT, "52" }, { -ETIMEDOUT, "52" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        start_pull(false);
        double_end_pull(cases[i].error);
        double_run(100);
        CHECK_TEXT("0", get(9, 0, 7));
        CHECK_TEXT(cases[i].result, get(9, 0, 9));
    }
}

static void what_is_given_up_is_stopped(void)
{
    start_pull(false);
    CHECK_EQ(204, execute(9, 0, 6, NULL));
    double_run(100);
    CHECK(!double_deliver(package, sizeof package, 256, true));
    double_run(100);
    CHECK_TEXT("0", get(9, 0, 7));
    CHECK_TEXT("0", get(9, 0, 9));
}

static void one_at_a_time(void)
{
    char long_uri[200] = "coap://";

    start_pull(false);
    CHECK_EQ(204, execute(9, 0, 6, NULL));
    CHECK_EQ(204, put(0, 3, "coap://host/other")); /* the engine is not done with the first */
    double_run(100);
    CHECK_TEXT("52", get(9, 0, 9));
    memset(long_uri + 7, 'a', sizeof long_uri - 8);
    CHECK_EQ(204, put(0, 3, long_uri)); /* longer than the engine takes */
    double_run(100);
    CHECK_TEXT("56", get(9, 0, 9));
}

int main(void)
{
    double_init_register_objects();
    any_blocks();
    failures_become_results();
    what_is_given_up_is_stopped();
    one_at_a_time();
    return check_end();
}
