/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What servers ask of the Zephyr adapter, and what becomes of it. */
#include <errno.h>

#include "zephyr_test.h"

static bool is_stored(size_t length)
{
    return fake_slot(&fake, 0)->length == length
        && memcmp(package, fake_slot(&fake, 0)->bytes, length) == 0;
}

static void a_life(void)
{
    zephyr_start(1);
    CHECK_TEXT("0", get(9, 0, 7));
    CHECK_TEXT("none", get(9, 0, 0));
    CHECK_EQ(204, push(sizeof package, 256, sizeof package));
    CHECK(is_stored(sizeof package));
    double_run(100);
    CHECK_TEXT("3", get(9, 0, 7));
    CHECK_TEXT("3", get(9, 0, 9));
    CHECK_EQ(204, execute(9, 0, 4, "0='x'"));
    double_run(100);
    CHECK_TEXT("0='x'", fake.arguments);
    CHECK_TEXT("4", get(9, 0, 7));
    CHECK_TEXT("new", get(9, 0, 0));
    CHECK_EQ(405, execute(9, 0, 4, NULL));

    /* Its component is an instance of 14, by an id that is not 0, and a value of 17. */
    const unsigned updates = double_updates;
    CHECK_TEXT("0=14:1", get(9, 0, 17));
    CHECK_TEXT("1", get(9, 0, 18));
    CHECK_TEXT("part0", get(14, 1, 0));
    CHECK_TEXT("0", get(14, 1, 5));
    CHECK_EQ(204, execute(14, 1, 3, NULL));
    CHECK_TEXT("1", get(14, 1, 5));
    CHECK_TEXT("1", get(9, 0, 12));
    CHECK_EQ(204, execute(14, 1, 4, NULL));
    CHECK_TEXT("0", get(14, 1, 5));
    CHECK_EQ(204, execute(9, 0, 10, NULL));
    CHECK_EQ(204, execute(9, 0, 11, NULL));
    CHECK_EQ(updates, double_updates);
    CHECK_EQ(204, execute(9, 0, 6, NULL));
    double_run(100);
    CHECK_TEXT("0", get(9, 0, 7));
    CHECK_TEXT("nothing", get(9, 0, 17));
    CHECK_EQ(0, double_count(14, 1));
    CHECK_EQ(0, double_deadlocks);
    CHECK_EQ(0, double_locked);
}

static void packages_come_in_any_pieces(void)
{
    const size_t sizes[] = { 16, 64, 128, 512, 1024 };
    const size_t lengths[] = { 1, 16, 63, 64, 65, 128, 512, 700 };

    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        for (size_t j = 0; j < ARRAY_SIZE(lengths); j++) {
            for (int with = 0; with < 2; with++) { /* Size1, or none */
                zephyr_start(0);
                CHECK_EQ(204, push(lengths[j], sizes[i], with ? lengths[j] : 0));
                CHECK(is_stored(lengths[j]));
                CHECK_EQ(with && lengths[j] > 0 ? lengths[j] : 0, fake_newest(&fake, SWMGMT_OP_OPEN).length);
                double_run(100);
                CHECK_TEXT("3", get(9, 0, 7));
            }
        }
    }
    zephyr_start(0);
    CHECK_EQ(204, double_ask(&(double_request_t){ .method = PUT, .path = LWM2M_OBJ(9, 0, 2),
                                                  .format = OPAQUE, .payload = package, .length = 200 }));
    CHECK(is_stored(200));
    CHECK_EQ(200, fake_newest(&fake, SWMGMT_OP_OPEN).length); /* the whole is known */
}

static void packages_come_in_tlv(void)
{
    uint8_t tlv[404] = { 0xD0, 2, 400 >> 8, 400 & 0xFF };
    int code = 231;

    zephyr_start(0);
    memcpy(tlv + 4, package, 400);
    for (uint32_t number = 0; code == 231; number++) {
        const size_t at = number * 64;
        code = double_ask(&(double_request_t){
            .method = PUT, .path = LWM2M_OBJ(9, 0, 2), .format = TLV, .payload = tlv + at,
            .length = sizeof tlv - at < 64 ? sizeof tlv - at : 64, .has_block = true,
            .number = number, .more = at + 64 < sizeof tlv, .block_size = 64 });
    }
    CHECK_EQ(204, code);
    CHECK(is_stored(400));
    CHECK(strstr(double_seen, "written 9/0/2 60 total 400 at 0 ") != NULL);
}

/* More comes than was told, less, and less in the only block. */
static void a_wrong_size1_is_no_silence(void)
{
    const struct { size_t length, size1; } wrong[] = { { 300, 100 }, { 300, 500 }, { 40, 500 } };

    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        zephyr_start(0);
        (void)push(wrong[i].length, 64, wrong[i].size1);
        double_run(100);
        CHECK_TEXT("0", get(9, 0, 7));
        CHECK_TEXT("53", get(9, 0, 9));
    }
}

static void gaps_duplicates_and_restarts(void)
{
    double_request_t block;

    zephyr_start(0);
    for (uint32_t number = 0; number < 3; number++) {
        block = block_of(number, 64, 400);
        CHECK_EQ(231, double_ask(&block));
    }
    CHECK_EQ(231, double_ask(&block)); /* once more: the engine knows it */
    block = block_of(5, 64, 400);
    CHECK_EQ(408, double_ask(&block));
    CHECK_EQ(204, push(400, 64, 0)); /* from the first */
    CHECK(is_stored(400));

    /* Block 0 by the same message is no restart; another one is. */
    zephyr_start(0);
    block = block_of(0, 64, 400);
    block.mid = 7;
    block.token = 1;
    CHECK_EQ(231, double_ask(&block));
    const unsigned opened = fake_count(&fake, SWMGMT_OP_OPEN);
    CHECK_EQ(231, double_ask(&block));
    CHECK_EQ(opened, fake_count(&fake, SWMGMT_OP_OPEN));
    for (uint32_t number = 1; number < 7; number++) {
        double_request_t rest = block_of(number, 64, 400);
        CHECK_EQ(number == 6 ? 204 : 231, double_ask(&rest));
    }
    CHECK(is_stored(400));
    zephyr_start(0);
    CHECK_EQ(231, double_ask(&block));
    block.token = 2;
    block.payload = package + 64;
    CHECK_EQ(231, double_ask(&block));
    CHECK_EQ(2, fake_count(&fake, SWMGMT_OP_OPEN));
}

static void repeated_requests_are_done_once(void)
{
    double_request_t install = { .method = POST, .path = LWM2M_OBJ(9, 0, 4), .mid = 9, .token = 1 };
    double_request_t whole = { .method = PUT, .path = LWM2M_OBJ(9, 0, 2), .format = OPAQUE,
                               .payload = package, .length = 200, .mid = 8, .token = 1 };

    zephyr_start(0);
    CHECK_EQ(204, double_ask(&whole));
    double_run(100);
    CHECK_EQ(204, double_ask(&whole));
    CHECK_TEXT("3", get(9, 0, 7));
    CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_OPEN));
    CHECK_EQ(204, double_ask(&install));
    double_run(100);
    CHECK_EQ(204, double_ask(&install));
    CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_INSTALL));
    install.server = 1;
    CHECK_EQ(405, double_ask(&install)); /* another's */
    install.token = 2;
    CHECK_EQ(405, double_ask(&install)); /* another */

    zephyr_start(0); /* message ids come round */
    install.server = 0;
    install.token = 1;
    CHECK_EQ(405, double_ask(&install));
    CHECK_EQ(204, double_ask(&whole));
    double_run(100);
    CHECK_EQ(204, double_ask(&install));
    double_run(300000);
    CHECK_EQ(405, double_ask(&install));
}

/* As of an instance, in TLV: the engine calls once for each. */
static void one_message_may_write_several_resources(void)
{
    zephyr_start(0);
    for (uint16_t resource = 14; resource <= 15; resource++) {
        CHECK_EQ(204, double_ask(&(double_request_t){
            .method = PUT, .path = LWM2M_OBJ(9, 0, resource), .payload = resource == 14 ? "name" : "word",
            .length = 4, .mid = 6, .token = 1 }));
    }
    CHECK_EQ(204, put(0, 3, "coap://host/file"));
    double_run(100);
    CHECK_TEXT("name", fake.user_name);
    CHECK_TEXT("word", fake.password);
}

static void servers_are_told_apart(void)
{
    double_request_t block = block_of(0, 64, 400);

    zephyr_start(0);
    CHECK_EQ(231, double_ask(&block));
    CHECK_EQ(0, swmgmt_zephyr_server()); /* nobody asks now */
    block = block_of(1, 64, 400);
    block.server = 1;
    CHECK(double_ask(&block) >= 400); /* another server goes on with the first one's package */
}

static void texts_come_whole_or_not_at_all(void)
{
    static const char uri[] = "coap://[2001:db8::1]:5683/packages/a/rather/long/path/to/a/file-1.2.3.bin";
    char longest[300];
    int code = 231;

    for (int with = 0; with < 2; with++) {
        zephyr_start(0);
        for (uint32_t number = 0; number * 32 < sizeof uri - 1; number++) {
            const size_t at = number * 32, left = sizeof uri - 1 - at;
            CHECK_EQ(231, code);
            code = double_ask(&(double_request_t){
                .method = PUT, .path = LWM2M_OBJ(9, 0, 3), .payload = uri + at,
                .length = left < 32 ? left : 32, .has_block = true, .number = number,
                .more = left > 32, .block_size = 32, .size1 = with ? sizeof uri - 1 : 0 });
            CHECK_TEXT(code == 231 ? "0" : "1", get(9, 0, 7)); /* not before it is whole */
        }
        CHECK_EQ(204, code);
        code = 231;
        double_run(100);
        CHECK_TEXT(uri, fake.uri);
    }
    memset(longest, 'a', sizeof longest);
    memcpy(longest, "coap://", 7);
    for (size_t length = 254; length < 299; length++) {
        zephyr_start(0);
        longest[length] = '\0';
        CHECK_EQ(length <= 255 ? 204 : 413, put(0, 3, longest));
        longest[length] = 'a';
    }
    for (size_t length = 254; length < 259; length++) { /* in two blocks */
        zephyr_start(0);
        for (uint32_t number = 0; number < 2; number++) {
            code = double_ask(&(double_request_t){
                .method = PUT, .path = LWM2M_OBJ(9, 0, 3), .payload = longest + number * 128,
                .length = number == 0 ? 128 : length - 128, .has_block = true, .number = number,
                .more = number == 0, .block_size = 128 });
        }
        CHECK_EQ(length <= 255 ? 204 : 413, code);
    }
}

static int text_block(uint16_t resource, const char *text, uint32_t number, bool more)
{
    return double_ask(&(double_request_t){
        .method = PUT, .path = LWM2M_OBJ(9, 0, resource), .payload = text, .length = strlen(text),
        .has_block = true, .number = number, .more = more, .block_size = 16 });
}

static void two_texts_at_a_time_are_not_mixed(void)
{
    zephyr_start(0);
    CHECK_EQ(231, text_block(3, "coap://host/aaaa", 0, true));
    CHECK_EQ(231, text_block(14, "user name, long ", 0, true));
    CHECK_EQ(408, text_block(3, "bbbb", 1, false));
    CHECK_EQ(204, put(0, 14, "name"));
    CHECK_EQ(204, put(0, 3, "coap://host/file"));
    double_run(100);
    CHECK_TEXT("coap://host/file", fake.uri);
    CHECK_TEXT("name", fake.user_name);
}

static void credentials_do_not_stay(void)
{
    static const char nothing[200];
    double_request_t secret = { .method = PUT, .path = LWM2M_OBJ(9, 0, 15), .payload = "secret",
                                .length = 6, .mid = 5, .token = 1 };
    size_t size;

    zephyr_start(0);
    CHECK_EQ(204, double_ask(&secret));
    CHECK(memcmp(nothing, swmgmt_zephyr_room(0, 15, 0, &size), sizeof nothing) == 0);
    CHECK_EQ(204, double_ask(&secret)); /* repeated */
    CHECK(memcmp(nothing, swmgmt_zephyr_room(0, 15, 0, &size), sizeof nothing) == 0);
    CHECK_EQ(204, put(0, 3, "coap://host/file"));
    double_run(100);
    CHECK_TEXT("secret", fake.password);
}

static void refusals_become_codes(void)
{
    zephyr_start(0);
    for (uint16_t resource = 0; resource <= 18; resource++) { /* executable or not: 4.05 */
        CHECK_EQ(405, execute(9, 0, resource, NULL));
    }
    CHECK_EQ(404, execute(9, 3, 4, NULL));
    CHECK_EQ(405, put(0, 7, "1"));
    CHECK_EQ(400, put(0, 3, "no uri"));
    CHECK_EQ(204, put(0, 8, "1"));
    CHECK_TEXT("1", get(9, 0, 8));
    CHECK_EQ(204, put(0, 13, "3303:1"));
    CHECK_TEXT("3303:1", get(9, 0, 13));
    CHECK_EQ(501, put(0, 2, "text"));
    fake.answer[SWMGMT_OP_OPEN] = SWMGMT_FAILED_STORAGE;
    CHECK_EQ(413, push(100, 64, 100));
    fake.answer[SWMGMT_OP_OPEN] = SWMGMT_FAILED;
    CHECK_EQ(500, push(100, 64, 100));
    CHECK_EQ(0, swmgmt_zephyr_errno(SWMGMT_CONTINUE));
    CHECK_EQ(-ENOMSG, swmgmt_zephyr_errno(SWMGMT_UNSUPPORTED_FORMAT));
    CHECK_EQ(-ECANCELED, swmgmt_zephyr_errno(SWMGMT_NOT_ACCEPTABLE));
}

static int create(uint16_t object, uint16_t id)
{
    return double_ask(&(double_request_t){ .method = POST, .path = LWM2M_OBJ(object, id) });
}

static int delete(uint16_t object, uint16_t id)
{
    return double_ask(&(double_request_t){ .method = DELETE, .path = LWM2M_OBJ(object, id) });
}

static void servers_create_and_delete_instances(void)
{
    zephyr_start(1);
    fake.name[0] = "empty";
    CHECK_EQ(201, create(9, 3));
    CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, 3));
    CHECK_TEXT("65535:65535", get(9, 3, 13)); /* no link, which is not 0:0 */
    double_run(100);
    CHECK_TEXT("empty", get(9, 3, 0));
    CHECK_EQ(1, double_count(9, 3));
    CHECK(create(14, 3) >= 400);
    CHECK_EQ(202, delete(9, 3));
    CHECK_EQ(SWMGMT_ENOENT, swmgmt_state(fake.ctx, 3));
    CHECK_EQ(0, double_count(9, 3));

    /* A Write creates nothing, although the engine would. */
    CHECK(put(3, 8, "1") >= 400);
    CHECK_EQ(SWMGMT_ENOENT, swmgmt_state(fake.ctx, 3));

    /* The application itself may. */
    CHECK_EQ(0, lwm2m_create_object_inst(&LWM2M_OBJ(9, 2)));
    CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, 2));
    CHECK(lwm2m_create_object_inst(&LWM2M_OBJ(9, 2)) < 0);
    CHECK_EQ(1, double_count(9, 2));
    CHECK_EQ(0, double_deadlocks);
}

static void what_must_not_be_deleted_comes_back(void)
{
    zephyr_start(2);
    CHECK_EQ(204, push(200, 64, 0));
    double_run(100);
    CHECK_EQ(204, execute(9, 0, 4, NULL));
    double_run(100);
    CHECK_EQ(1, double_count(14, 1));
    CHECK_EQ(1, double_count(14, 2));
    CHECK_EQ(405, delete(14, 1));
    CHECK_EQ(0, double_count(14, 1));
    double_run(100);
    CHECK_EQ(1, double_count(14, 1));
    CHECK_TEXT("part0", get(14, 1, 0));
    fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_PENDING;
    CHECK_EQ(204, execute(9, 0, 6, "1"));
    CHECK_EQ(204, push(200, 64, 0));
    double_run(100);
    CHECK_EQ(204, execute(9, 0, 4, NULL));
    double_run(100);
    CHECK_EQ(405, delete(9, 0)); /* it is being installed */
    double_run(100);
    CHECK_EQ(1, double_count(9, 0));
    CHECK_TEXT("3", get(9, 0, 7));
    CHECK_EQ(0, double_deadlocks);
}

int main(void)
{
    double_init_register_objects();
    a_life();
    packages_come_in_any_pieces();
    packages_come_in_tlv();
    a_wrong_size1_is_no_silence();
    gaps_duplicates_and_restarts();
    repeated_requests_are_done_once();
    one_message_may_write_several_resources();
    servers_are_told_apart();
    texts_come_whole_or_not_at_all();
    two_texts_at_a_time_are_not_mixed();
    credentials_do_not_stay();
    refusals_become_codes();
    servers_create_and_delete_instances();
    what_must_not_be_deleted_comes_back();
    return check_end();
}
