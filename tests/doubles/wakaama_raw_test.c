/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Wakaama with LWM2M_RAW_BLOCK1_REQUESTS: blocks as they come, whatever came before. */
#include "device.h"

static uint8_t package[1000];

static void start_with_package(void)
{
    start(0);
    for (size_t i = 0; i < sizeof package; i++) {
        package[i] = (uint8_t)(i * 7 + i / 256);
    }
}

static uint8_t block(uint16_t instance, uint16_t resource, lwm2m_media_type_t format,
                     const void *bytes, size_t length, uint32_t number, uint8_t more)
{
    lwm2m_uri_t uri;
    uint8_t copy[1024];

    LWM2M_URI_RESET(&uri);
    uri.objectId = 9;
    uri.instanceId = instance;
    uri.resourceId = resource;
    memcpy(copy, bytes, length);
    return nine->rawBlock1WriteFunc(&engine, &uri, format, copy, (int)length, nine, number, more);
}

/* A body in blocks, as far as it is wanted. */
static uint8_t blocks(uint16_t resource, lwm2m_media_type_t format, const void *bytes,
                      size_t length, size_t size)
{
    uint8_t answer = SWMGMT_CONTINUE;

    for (size_t at = 0; answer == SWMGMT_CONTINUE && at < length; at += size) {
        size_t now = length - at < size ? length - at : size;
        answer = block(0, resource, format, (const uint8_t *)bytes + at, now, (uint32_t)(at / size),
                       at + now < length);
    }
    return answer;
}

static void is_stored(size_t length)
{
    CHECK_EQ(length, fake_slot(&fake, 0)->length);
    CHECK(memcmp(package, fake_slot(&fake, 0)->bytes, length) == 0);
    CHECK_EQ(2, read_number(nine, 0, 7));
}

static void packages_stream(void)
{
    for (size_t size = 16; size <= 1024; size *= 2) {
        start_with_package();
        CHECK_EQ(SWMGMT_CHANGED,
                 blocks(2, LWM2M_CONTENT_OPAQUE, package, sizeof package, size));
        is_stored(sizeof package);
    }
}

static void packages_are_unwrapped(void)
{
    static const char base64[] = "AAcOFRwjKjE4P0ZNVFtiaXB3foWMk5qh"; /* the first 24 bytes */
    uint8_t tlv[4 + 24] = { 0xC8, 2, 24 };

    start_with_package();
    memcpy(tlv + 3, package, 24);
    CHECK_EQ(SWMGMT_CHANGED, blocks(2, LWM2M_CONTENT_TLV, tlv, 27, 16));
    is_stored(24);
    start_with_package();
    CHECK_EQ(SWMGMT_CHANGED, blocks(2, LWM2M_CONTENT_TLV_OLD, tlv, 27, 16));
    is_stored(24);
    start_with_package();
    CHECK_EQ(SWMGMT_CHANGED, blocks(2, LWM2M_CONTENT_TEXT, base64, 32, 16));
    is_stored(24);
    start_with_package();
    CHECK_EQ(SWMGMT_UNSUPPORTED_FORMAT, blocks(2, LWM2M_CONTENT_SENML_JSON, package, 100, 64));
    /* Without Content-Format it is TLV to Wakaama, and hardly ever is. */
    CHECK_EQ(SWMGMT_BAD_REQUEST, blocks(2, LWM2M_CONTENT_TLV, package, 100, 64));
}

static void gaps_are_refused(void)
{
    start_with_package();
    CHECK_EQ(SWMGMT_INCOMPLETE, block(0, 2, LWM2M_CONTENT_OPAQUE, package, 64, 3, 1));
    CHECK_EQ(SWMGMT_INCOMPLETE, block(0, 2, LWM2M_CONTENT_OPAQUE, package, 20, 3, 0));
    CHECK_EQ(SWMGMT_CONTINUE, block(0, 2, LWM2M_CONTENT_OPAQUE, package, 64, 0, 1));
    CHECK_EQ(SWMGMT_INCOMPLETE, block(0, 2, LWM2M_CONTENT_OPAQUE, package + 128, 64, 2, 1));
    /* Wakaama goes on handing over what comes after a refusal. */
    CHECK_EQ(SWMGMT_INCOMPLETE, block(0, 2, LWM2M_CONTENT_OPAQUE, package + 192, 64, 3, 1));
    CHECK_EQ(SWMGMT_INCOMPLETE, block(0, 2, LWM2M_CONTENT_OPAQUE, package + 256, 20, 4, 0));
    CHECK_EQ(SWMGMT_CHANGED, block(0, 2, LWM2M_CONTENT_OPAQUE, package + 64, 36, 1, 0));
    is_stored(100);
}

static void the_last_block_is_counted_in_the_size_of_the_others(void)
{
    start_with_package();
    CHECK_EQ(SWMGMT_INCOMPLETE, block(0, 2, LWM2M_CONTENT_OPAQUE, package, 20, 1, 0)); /* of? */
    CHECK_EQ(SWMGMT_CONTINUE, block(0, 2, LWM2M_CONTENT_OPAQUE, package, 64, 0, 1));
    CHECK_EQ(SWMGMT_CONTINUE, block(0, 2, LWM2M_CONTENT_OPAQUE, package + 64, 32, 2, 1)); /* smaller */
    CHECK_EQ(SWMGMT_CHANGED, block(0, 2, LWM2M_CONTENT_OPAQUE, package + 96, 4, 3, 0));
    is_stored(100);
}

static void a_push_begins_again(void)
{
    start_with_package();
    CHECK_EQ(SWMGMT_CONTINUE, block(0, 2, LWM2M_CONTENT_OPAQUE, package + 500, 64, 0, 1));
    CHECK_EQ(SWMGMT_CONTINUE, block(0, 2, LWM2M_CONTENT_OPAQUE, package + 564, 64, 1, 1));
    CHECK_EQ(SWMGMT_CHANGED, blocks(2, LWM2M_CONTENT_OPAQUE, package, 300, 128));
    is_stored(300);
}

static void values_come_in_blocks(void)
{
    static const uint8_t items[] = { 0xC8, 14, 15, 'u', 's', 'e', 'r', '-', '0', '1', '2', '3',
                                     '4',  '5', '6', '7', '8', '9', 0xC1, 8, 1 };

    start_with_package();
    CHECK_EQ(SWMGMT_CHANGED, blocks(8, LWM2M_CONTENT_TEXT, "1", 1, 16));
    CHECK_EQ(1, read_number(nine, 0, 8));
    CHECK_EQ(SWMGMT_BAD_REQUEST, blocks(8, LWM2M_CONTENT_TEXT, "2", 1, 16));
    CHECK_EQ(SWMGMT_CHANGED, blocks(8, LWM2M_CONTENT_TLV, "\xC1\x08\x00", 3, 16));
    CHECK_EQ(0, read_number(nine, 0, 8));
    CHECK_EQ(SWMGMT_CHANGED,
             blocks(3, LWM2M_CONTENT_TEXT, "coap://example.org/packages/1", 29, 16));
    CHECK_EQ(1, read_number(nine, 0, 7));
    start_with_package();
    CHECK_EQ(SWMGMT_CHANGED, blocks(SWMGMT_NONE, LWM2M_CONTENT_TLV, items, sizeof items, 16));
    CHECK_EQ(1, read_number(nine, 0, 8)); /* POST to the instance */
    CHECK_EQ(SWMGMT_NOT_ALLOWED, blocks(7, LWM2M_CONTENT_TEXT, "1", 1, 16));
    CHECK_EQ(SWMGMT_NOT_FOUND, block(7, 8, LWM2M_CONTENT_TEXT, "1", 1, 0, 0));
    adapter.front.body.room = 20;
    CHECK_EQ(SWMGMT_TOO_LARGE,
             blocks(3, LWM2M_CONTENT_TEXT, "coap://example.org/packages/1", 29, 16));
    adapter.front.body.bytes = NULL;
    CHECK_EQ(SWMGMT_TOO_LARGE,
             blocks(3, LWM2M_CONTENT_TEXT, "coap://example.org/packages/1", 29, 16));
}

/* Wakaama hands a PUT to /9 over as a write. */
static void a_put_to_the_object_creates_nothing(void)
{
    start_with_package();
    CHECK_EQ(SWMGMT_NOT_ALLOWED,
             block(SWMGMT_NONE, SWMGMT_NONE, LWM2M_CONTENT_TLV, "\xC1\x08\x01", 3, 0, 0));
    CHECK(nine->instanceList->next->next == NULL);
}

static uint8_t create(uint32_t number, uint8_t more, const void *bytes, size_t length)
{
    lwm2m_uri_t uri;
    uint8_t copy[64];

    LWM2M_URI_RESET(&uri);
    uri.objectId = 9;
    memcpy(copy, bytes, length);
    return nine->rawBlock1CreateFunc(&engine, &uri, LWM2M_CONTENT_TLV, copy, (int)length, nine,
                                     number, more);
}

static void instances_are_created(void)
{
    static const uint8_t body[] = { 0x08, 5, 21, 0xC1, 8, 1, 0xC8, 14, 15, 'u', 's', 'e', 'r',
                                    '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' };
    uint32_t wait_ms;

    start_with_package();
    CHECK_EQ(SWMGMT_CONTINUE, create(0, 1, body, 16));
    CHECK_EQ(SWMGMT_CREATED, create(1, 0, body + 16, sizeof body - 16));
    CHECK_TEXT("changed,9/5,-,-\n", double_told);
    CHECK(nine->instanceList->next->next != NULL && nine->instanceList->next->next->id == 5);
    CHECK_EQ(1, read_number(nine, 5, 8));
    CHECK_TEXT("update,-,0,1 1\nupdate,-,0,2 1\n", turn(&wait_ms)); /* nobody else does */
    CHECK_EQ(0, wait_ms); /* it is sent by the next step */
    CHECK(strstr(turn(&wait_ms), "update") == NULL);

    double_forget();
    CHECK_EQ(SWMGMT_BAD_REQUEST, create(0, 0, "\x08\x05\x03\xC1\x08\x01", 6)); /* it is there */
    CHECK_TEXT("", double_told);
    CHECK(fourteen->rawBlock1CreateFunc == NULL);
}

static uint8_t execute_block(uint16_t resource, uint16_t index, const char *arguments,
                             size_t length, uint32_t number, uint8_t more)
{
    lwm2m_uri_t uri;
    uint8_t copy[64];

    LWM2M_URI_RESET(&uri);
    uri.objectId = 9;
    uri.instanceId = 0;
    uri.resourceId = resource;
#ifndef LWM2M_VERSION_1_0
    uri.resourceInstanceId = index;
#else
    (void)index;
#endif
    memcpy(copy, arguments, length);
    return nine->rawBlock1ExecuteFunc(&engine, &uri, copy, (int)length, nine, number, more);
}

static void arguments_come_in_blocks(void)
{
    uint32_t wait_ms = 0;

    start_with_package();
    CHECK_EQ(SWMGMT_CHANGED, blocks(2, LWM2M_CONTENT_OPAQUE, package, 100, 64));
    while (strlen(turn(&wait_ms)) > 0 || wait_ms == 0) {
    }
    CHECK_EQ(SWMGMT_NOT_ALLOWED, execute_block(2, SWMGMT_NONE, "", 0, 0, 0)); /* a POST to 9/0/2 */
#ifndef LWM2M_VERSION_1_0
    CHECK_EQ(SWMGMT_NOT_FOUND, execute_block(4, 1, "", 0, 0, 0));
#endif
    CHECK_EQ(SWMGMT_CONTINUE, execute_block(4, SWMGMT_NONE, "0='4567890123456", 16, 0, 1));
    CHECK_EQ(SWMGMT_BAD_REQUEST, execute_block(4, SWMGMT_NONE, "789", 3, 1, 0));
    CHECK_EQ(SWMGMT_CHANGED, execute_block(4, SWMGMT_NONE, "0='a'", 5, 0, 0));
    while (strlen(turn(&wait_ms)) > 0 || wait_ms == 0) {
    }
    CHECK_TEXT("0='a'", fake.arguments);
    CHECK_EQ(4, read_number(nine, 0, 7));
}

int main(void)
{
    packages_stream();
    packages_are_unwrapped();
    gaps_are_refused();
    the_last_block_is_counted_in_the_size_of_the_others();
    a_push_begins_again();
    values_come_in_blocks();
    a_put_to_the_object_creates_nothing();
    instances_are_created();
    arguments_come_in_blocks();
    return check_end();
}
