/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* swmgmt_wakaama_handle_packet(): datagrams, in the place of lwm2m_handle_packet(). */
#include "device.h"

enum { GET = 1, POST = 2, PUT = 3, DELETE = 4 };
enum { CONFIRMABLE = 0, NON = 1 };
enum { URI_PATH = 11, CONTENT_FORMAT = 12, URI_QUERY = 15, BLOCK1 = 27 };

static uint8_t datagram[1200];
static size_t length;
static uint16_t option;

/* The next datagram's header, and then its options in ascending order. The token is `id`. */
static void begin(uint8_t type, uint8_t method, uint16_t id)
{
    datagram[0] = (uint8_t)(0x42 | type << 4);
    datagram[1] = method;
    datagram[2] = datagram[4] = (uint8_t)(id >> 8);
    datagram[3] = datagram[5] = (uint8_t)id;
    length = 6;
    option = 0;
}

static void add(uint16_t number, const void *bytes, uint8_t size) /* size below 13 */
{
    uint16_t delta = (uint16_t)(number - option);

    option = number;
    datagram[length++] = (uint8_t)((delta < 13 ? delta : 13) << 4 | size);
    if (delta >= 13) {
        datagram[length++] = (uint8_t)(delta - 13);
    }
    memcpy(datagram + length, bytes, size);
    length += size;
}

static void path(const char *segments)
{
    while (*segments != '\0') {
        size_t size = strcspn(segments, "/");
        add(URI_PATH, segments, (uint8_t)size);
        segments += size + (segments[size] == '/');
    }
}

static void payload(const void *bytes, size_t size)
{
    datagram[length++] = 0xFF;
    memcpy(datagram + length, bytes, size);
    length += size;
}

/* Hands it over as a server's: what the engine and the network saw of it. */
static const char *handled(uint16_t server)
{
    uint16_t session = server; /* another pointer than the server's own */

    double_forget();
    CHECK_EQ(SWMGMT_OK, swmgmt_wakaama_handle_packet(&adapter, &engine, fake.now, datagram, length,
                                                     &session));
    return double_told;
}

/* One block of 16 bytes of a push of `all` bytes, in opaque. */
static const char *pushed(uint16_t server, uint16_t id, uint8_t number, const uint8_t *all,
                          uint8_t size)
{
    uint8_t more = (number + 1) * 16 < size;
    uint8_t block1 = (uint8_t)(number << 4 | more << 3);

    begin(CONFIRMABLE, PUT, id);
    path("9/0/2");
    add(CONTENT_FORMAT, "\x2A", 1);
    add(BLOCK1, &block1, 1);
    payload(all + 16 * number, more ? 16 : (size_t)(size - 16 * number));
    return handled(server);
}

#define ENGINE "engine,-,-,-\n"

static void what_does_not_change_the_objects_is_the_engines(void)
{
    start(0);
    begin(CONFIRMABLE, GET, 1);
    path("9/0/7");
    CHECK_TEXT(ENGINE, handled(1));
    begin(CONFIRMABLE, DELETE, 2);
    path("9/0");
    CHECK_TEXT(ENGINE, handled(1));
    begin(CONFIRMABLE, PUT, 3);
    path("9/0/7");
    add(URI_QUERY, "pmin=1", 6);
    CHECK_TEXT(ENGINE, handled(1));
    begin(CONFIRMABLE, POST, 4);
    path("3/0/4");
    CHECK_TEXT(ENGINE, handled(1));
    datagram[0] = 0xFF;
    CHECK_TEXT(ENGINE, handled(1));
}

static void write_8(uint16_t id)
{
    begin(CONFIRMABLE, PUT, id);
    path("9/0/8");
    add(CONTENT_FORMAT, "", 0);
    payload("1", 1);
}

static void servers_that_are_not_registered_are_the_engines(void)
{
    static const lwm2m_status_t good[] = { STATE_REGISTERED, STATE_REG_UPDATE_PENDING,
                                           STATE_REG_UPDATE_NEEDED, STATE_REG_FULL_UPDATE_NEEDED };
    static const lwm2m_status_t bad[] = { STATE_DEREGISTERED, STATE_REG_HOLD_OFF,
                                          STATE_REG_PENDING, STATE_REG_FAILED,
                                          STATE_DEREG_PENDING };

    start(0);
    write_8(1);
    CHECK_TEXT(ENGINE, handled(3));
    for (int i = 0; i < 5; i++) {
        servers[1].status = bad[i];
        write_8(2);
        CHECK_TEXT(ENGINE, handled(2));
    }
    CHECK_EQ(0, read_number(nine, 0, 8));
    for (int i = 0; i < 4; i++) {
        servers[1].status = good[i];
        write_8((uint16_t)(0x1000 + i));
        CHECK(strncmp(handled(2), "send,-,0,2 6244", 15) == 0);
    }
    CHECK_EQ(1, read_number(nine, 0, 8));
}

static void a_push_streams(void)
{
    static uint8_t package[200];

    start(0);
    for (uint8_t i = 0; i < sizeof package; i++) {
        package[i] = i;
    }
    CHECK_TEXT("send,-,0,1 625f00010001d10e08\n", pushed(1, 1, 0, package, 40));
    CHECK_EQ(1, read_number(nine, 0, 7)); /* DOWNLOAD STARTED, in a stock build, too */
    CHECK_TEXT("send,-,0,1 625f00010001d10e08\n", pushed(1, 1, 0, package, 40)); /* again */
    CHECK_EQ(16, fake_slot(&fake, 0)->length);
    CHECK_TEXT("send,-,0,1 628800020002\n", pushed(1, 2, 2, package, 40)); /* a gap */
    CHECK_TEXT("send,-,0,2 628500030003\n", pushed(2, 3, 1, package, 40)); /* not its */
    CHECK_TEXT("send,-,0,1 625f00040004d10e18\n", pushed(1, 4, 1, package, 40));
    CHECK_TEXT("send,-,0,1 624400050005d10e20\n", pushed(1, 5, 2, package, 40));
    CHECK_TEXT("send,-,0,1 624400050005d10e20\n", pushed(1, 5, 2, package, 40));
    CHECK_EQ(40, fake_slot(&fake, 0)->length);
    CHECK(memcmp(package, fake_slot(&fake, 0)->bytes, 40) == 0);
}

static void nothing_is_done_twice(void)
{
    uint32_t wait_ms = 0;

    start(0);
    (void)pushed(1, 1, 0, (const uint8_t *)"package", 7);
    while (strlen(turn(&wait_ms)) > 0 || wait_ms == 0) {
    }
    for (int i = 0; i < 3; i++) {
        begin(CONFIRMABLE, POST, 2);
        path("9/0/4");
        CHECK_TEXT("send,-,0,1 624400020002\n", handled(1));
        while (strlen(turn(&wait_ms)) > 0 || wait_ms == 0) {
        }
        fake.now += 100000;
    }
    CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_INSTALL));
    fake.now += 247000; /* since the last answer: now it is another request */
    CHECK_TEXT("send,-,0,1 628500020002\n", handled(1));
}

/* Wakaama asks servers for SenML-CBOR, and decodes it, too; blocks it would collect. */
static void a_format_that_is_no_part_is_the_engines(void)
{
    static const uint8_t senml[] = { 0x81, 0xA2, 0x21, 0x66, '/', '9', '/', '0', '/', '8', 4, 0xF5 };

    start(0);
    for (int i = 0; i < 2; i++) { /* nothing is kept for a second one */
        begin(CONFIRMABLE, PUT, 1);
        path("9/0/8");
        add(CONTENT_FORMAT, "\x70", 1);
        payload(senml, sizeof senml);
        CHECK_TEXT(ENGINE, handled(1));
    }
    begin(CONFIRMABLE, PUT, 2);
    path("9/0/2");
    add(CONTENT_FORMAT, "\x70", 1);
    add(BLOCK1, "\x08", 1);
    payload("0123456789abcdef", 16);
    CHECK_TEXT("send,-,0,1 628f00020002\n", handled(1));
}

static void servers_create_instances(void)
{
    uint32_t wait_ms;

    start(0);
    begin(CONFIRMABLE, POST, 1);
    path("9");
    add(CONTENT_FORMAT, "\x2D\x16", 2);
    payload("\x08\x05\x03\xC1\x08\x01", 6);
    CHECK_TEXT("send,-,0,1 624100010001813901" "35\nchanged,9/5,-,-\n", handled(1));
    CHECK(nine->instanceList->next->next != NULL && nine->instanceList->next->next->id == 5);
    CHECK_TEXT("update,-,0,1 1\nupdate,-,0,2 1\n", turn(&wait_ms));
    CHECK_TEXT("send,-,0,1 62410001000181390135\n", handled(1)); /* retransmitted */
    CHECK(strstr(turn(&wait_ms), "update") == NULL);

    begin(CONFIRMABLE, POST, 2); /* with nothing in it, which Wakaama itself refuses */
    path("9");
    CHECK_TEXT("send,-,0,1 624100020002813901" "32\nchanged,9/2,-,-\n", handled(1));
    CHECK_EQ(0, read_number(nine, 2, 7));
}

static void a_path_before_the_objects(void)
{
    char alternate[] = "/lwm2m";

    start(0);
    engine.altPath = alternate;
    write_8(1);
    CHECK_TEXT(ENGINE, handled(1));
    begin(CONFIRMABLE, PUT, 2);
    path("lwm2m/9/0/8");
    add(CONTENT_FORMAT, "", 0);
    payload("1", 1);
    CHECK_TEXT("send,-,0,1 624400020002\n", handled(1));
}

/* Message ids of NON answers come from Wakaama's own counter. */
static void message_ids_are_the_engines(void)
{
    start(0);
    engine.nextMID = 0x1234;
    begin(NON, PUT, 1);
    path("9/0/8");
    add(CONTENT_FORMAT, "", 0);
    payload("1", 1);
    CHECK_TEXT("send,-,0,1 524412340001\n", handled(1));
    CHECK_EQ(0x1235, engine.nextMID);
}

static void a_front_that_was_not_prepared_is_told(void)
{
    uint16_t session = 1;

    start(0);
    adapter.front.exchanges = NULL;
    write_8(1);
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_wakaama_handle_packet(&adapter, &engine, 0, datagram, length,
                                                         &session));
    CHECK_TEXT("", double_told);
}

static uint8_t deleted;

static void delete_first(lwm2m_context_t *context)
{
    deleted = nine->deleteFunc(context, 0, nine);
}

/* A bootstrap server's Delete leaves the Objects alone; a server's does not. */
static void bootstrap_deletes_nothing(void)
{
    start(0);
    fake.config.options |= SWMGMT_SERVER_MAY_DELETE;
    double_handles = delete_first;
    for (uint16_t server = 3; server >= 2; server--) {
        begin(CONFIRMABLE, DELETE, server);
        (void)handled(server);
        CHECK_EQ(server == 3 ? SWMGMT_NOT_ALLOWED : SWMGMT_DELETED, deleted);
    }
    double_handles = NULL;
}

int main(void)
{
    bootstrap_deletes_nothing();
    what_does_not_change_the_objects_is_the_engines();
    servers_that_are_not_registered_are_the_engines();
    a_push_streams();
    nothing_is_done_twice();
    a_format_that_is_no_part_is_the_engines();
    servers_create_instances();
    a_path_before_the_objects();
    message_ids_are_the_engines();
    a_front_that_was_not_prepared_is_told();
    return check_end();
}
