/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* swmgmt_request(): what is refused and in which order, bodies in pieces, packages whose
 * format wraps them, windows of representations. What the formats mean is tests/formats'. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "fake.h"

enum { ANY = SWMGMT_NONE, TEXT = 0, LINKS = 40, OPAQUE = 42, CBOR = 60, TLV = 11542 };

static fake_t fake;
static uint8_t room[600];
static uint8_t collected[300];
static swmgmt_body_t body;
static swmgmt_response_t response;
static uint16_t server = 1;

static void boot(uint32_t options)
{
    fake_new(&fake);
    fake.parts[5] = &swmgmt_text;
    fake.parts[6] = &swmgmt_opaque;
    fake.parts[7] = &swmgmt_cbor;
    fake.parts[8] = &swmgmt_tlv;
    fake.config.part_count = 9;
    fake.config.options = options;
    fake_list(&fake, 0, SWMGMT_EMPTY);
    fake_list(&fake, 3, SWMGMT_EMPTY);
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK(fake_poll(&fake));
    fake_forget(&fake);
    memset(&body, 0, sizeof body);
    body.bytes = collected;
    body.room = sizeof collected;
    server = 1;
}

static swmgmt_request_t request_of(uint8_t method, swmgmt_path_t path)
{
    swmgmt_request_t request;
    memset(&request, 0, sizeof request);
    request.method = method;
    request.path = path;
    request.format = request.accept = ANY;
    request.server = server;
    request.body = &body;
    return request;
}

static swmgmt_answer_t ask(const swmgmt_request_t *request)
{
    memset(&response, 0xA5, sizeof response);
    response.payload = room;
    response.room = sizeof room;
    swmgmt_answer_t answer = swmgmt_request(fake.ctx, request, &response);
    fake_drain(&fake);
    return answer;
}

static swmgmt_path_t at(uint16_t object, uint16_t instance, uint16_t resource, uint16_t index)
{
    swmgmt_path_t path = { object, instance, resource, index };
    return path;
}

static swmgmt_answer_t send(uint8_t method, swmgmt_path_t path, uint16_t format,
                            const void *bytes, size_t length)
{
    swmgmt_request_t request = request_of(method, path);
    request.format = format;
    request.payload = bytes;
    request.length = (uint32_t)length;
    return ask(&request);
}

static swmgmt_answer_t get(swmgmt_path_t path, uint16_t accept)
{
    swmgmt_request_t request = request_of(SWMGMT_GET, path);
    request.accept = accept;
    return ask(&request);
}

static swmgmt_answer_t piece(uint16_t format, const void *bytes, uint32_t offset, uint32_t length,
                             bool more)
{
    swmgmt_request_t request = request_of(SWMGMT_PUT, at(9, 0, 2, ANY));
    request.format = format;
    request.payload = (const uint8_t *)bytes + offset;
    request.length = length;
    request.offset = offset;
    request.more = more;
    request.total = format == OPAQUE || format == ANY ? 0 : 77; /* Size1 of the body counts for nothing */
    return ask(&request);
}

static bool stored(const char *text)
{
    const fake_slot_t *slot = fake_slot(&fake, 0);
    return slot->length == strlen(text) && memcmp(slot->bytes, text, slot->length) == 0;
}

static void refusals(void)
{
    static const struct {
        uint8_t method;
        swmgmt_path_t path;
        uint16_t format;
        swmgmt_answer_t want;
    } all[] = {
        { SWMGMT_GET, { 9, 0, 7, ANY }, 999, SWMGMT_NOT_ACCEPTABLE },
        { SWMGMT_GET, { 9, 0, 7, ANY }, LINKS, SWMGMT_NOT_ACCEPTABLE }, /* not named */
        { SWMGMT_GET, { 9, 0, 7, ANY }, OPAQUE, SWMGMT_NOT_ACCEPTABLE },
        { SWMGMT_GET, { 9, 0, ANY, ANY }, TEXT, SWMGMT_NOT_ACCEPTABLE },
        { SWMGMT_GET, { 9, 0, 2, ANY }, 999, SWMGMT_NOT_ALLOWED },
        { SWMGMT_GET, { 9, 0, 4, ANY }, TEXT, SWMGMT_NOT_ALLOWED },
        { SWMGMT_GET, { 9, 1, 7, ANY }, 999, SWMGMT_NOT_FOUND },
        { SWMGMT_GET, { 9, 0, 99, ANY }, TEXT, SWMGMT_NOT_FOUND },
        { SWMGMT_GET, { 9, 0, 7, 0 }, TEXT, SWMGMT_NOT_FOUND },
        { SWMGMT_GET, { 9, 0, 17, ANY }, TLV, SWMGMT_NOT_FOUND }, /* no entries */
        { SWMGMT_GET, { 14, 0, ANY, ANY }, TLV, SWMGMT_NOT_FOUND },
        { SWMGMT_GET, { 3, ANY, ANY, ANY }, TLV, SWMGMT_NOT_FOUND },
        { SWMGMT_GET, { ANY, ANY, ANY, ANY }, TLV, SWMGMT_NOT_FOUND },
        { SWMGMT_PUT, { 9, 0, 7, ANY }, 999, SWMGMT_NOT_ALLOWED },
        { SWMGMT_PUT, { 9, 0, 99, ANY }, 999, SWMGMT_NOT_FOUND },
        { SWMGMT_PUT, { 9, 1, 2, ANY }, 999, SWMGMT_NOT_FOUND },
        { SWMGMT_PUT, { 9, 0, 2, ANY }, 999, SWMGMT_UNSUPPORTED_FORMAT },
        { SWMGMT_PUT, { 9, 0, 2, ANY }, LINKS, SWMGMT_UNSUPPORTED_FORMAT },
        { SWMGMT_PUT, { 9, 0, 3, ANY }, 999, SWMGMT_UNSUPPORTED_FORMAT },
        { SWMGMT_PUT, { 9, 0, 2, 0 }, OPAQUE, SWMGMT_NOT_ALLOWED },
        { SWMGMT_PUT, { 9, 0, ANY, ANY }, TLV, SWMGMT_NOT_ALLOWED },
        { SWMGMT_PUT, { 9, 1, ANY, ANY }, TLV, SWMGMT_NOT_FOUND },
        { SWMGMT_PUT, { 9, ANY, ANY, ANY }, TLV, SWMGMT_NOT_ALLOWED },
        { SWMGMT_POST, { 9, ANY, ANY, ANY }, TLV, SWMGMT_NOT_ALLOWED }, /* the option is off */
        { SWMGMT_POST, { 14, ANY, ANY, ANY }, TLV, SWMGMT_NOT_ALLOWED },
        { SWMGMT_POST, { 9, 1, ANY, ANY }, TLV, SWMGMT_NOT_FOUND },
        { SWMGMT_POST, { 9, 0, ANY, ANY }, TEXT, SWMGMT_UNSUPPORTED_FORMAT },
        { SWMGMT_POST, { 9, 0, 7, ANY }, TEXT, SWMGMT_NOT_ALLOWED },
        { SWMGMT_POST, { 9, 0, 4, ANY }, TLV, SWMGMT_UNSUPPORTED_FORMAT },
        { SWMGMT_POST, { 9, 1, 4, ANY }, TLV, SWMGMT_NOT_FOUND },
        { SWMGMT_POST, { 9, 0, 4, 0 }, ANY, SWMGMT_NOT_FOUND },
        { SWMGMT_DELETE, { 9, 0, ANY, ANY }, ANY, SWMGMT_NOT_ALLOWED },
        { SWMGMT_DELETE, { 9, 1, ANY, ANY }, ANY, SWMGMT_NOT_FOUND },
        { SWMGMT_DELETE, { 9, 0, 3, ANY }, ANY, SWMGMT_NOT_ALLOWED },
        { SWMGMT_DELETE, { 9, ANY, ANY, ANY }, ANY, SWMGMT_NOT_ALLOWED },
        { SWMGMT_DELETE, { 4, ANY, ANY, ANY }, ANY, SWMGMT_NOT_FOUND },
        { 5, { 9, 0, 7, ANY }, ANY, SWMGMT_NOT_ALLOWED }, /* FETCH */
        { 7, { 9, 1, 7, ANY }, ANY, SWMGMT_NOT_FOUND },   /* iPATCH */
    };
    check_where = "refusals";
    boot(0);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        swmgmt_request_t request = request_of(all[i].method, all[i].path);
        request.format = request.accept = all[i].format;
        request.payload = (const uint8_t *)"1";
        request.length = 1;
        if (!CHECK_EQ(all[i].want, ask(&request))) {
            printf("  row %u\n", (unsigned)i);
        }
        CHECK_EQ(0, response.length);
        CHECK_EQ(ANY, response.format);
        CHECK_EQ(ANY, response.created);
        CHECK_EQ(0, response.more);
    }
    CHECK_TEXT("", fake_calls_text(&fake, false, true));
    CHECK_TEXT("", fake_changes_text(&fake));
}

static void no_accept_is_the_first_that_can(void)
{
    check_where = "no accept";
    boot(0);
    CHECK_EQ(SWMGMT_CONTENT, get(at(9, 0, 7, ANY), ANY));
    CHECK_EQ(TEXT, response.format);
    CHECK_EQ(1, response.length);
    CHECK_EQ('0', room[0]);
    CHECK_EQ(SWMGMT_CONTENT, get(at(9, 0, ANY, ANY), ANY));
    CHECK_EQ(TLV, response.format);
    CHECK_EQ(SWMGMT_CONTENT, get(at(14, ANY, ANY, ANY), ANY)); /* an Object without instances */
    CHECK_EQ(TLV, response.format);
    CHECK_EQ(0, response.length);
    fake.config.part_count = 5; /* no format at all */
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK_EQ(SWMGMT_NOT_ACCEPTABLE, get(at(9, 0, 7, ANY), ANY));
    CHECK_EQ(SWMGMT_UNSUPPORTED_FORMAT, send(SWMGMT_PUT, at(9, 0, 3, ANY), ANY, "1", 1));
    CHECK_EQ(SWMGMT_CHANGED, send(SWMGMT_PUT, at(9, 0, 2, ANY), ANY, "package", 7));
    CHECK(stored("package"));
}

/* Pieces of any size make the whole. */
static void windows(void)
{
    uint8_t whole[sizeof room], made[sizeof room];
    check_where = "windows";
    boot(0);
    CHECK_EQ(SWMGMT_CONTENT, get(at(9, ANY, ANY, ANY), TLV));
    const uint32_t total = response.length, etag = response.etag;
    CHECK(total > 60 && response.total == total && response.more == 0);
    memcpy(whole, room, total);
    for (uint32_t size = 1; size <= total + 1; size++) {
        uint32_t offset = 0;
        for (uint8_t more = 1; more != 0; offset += response.length) {
            swmgmt_request_t request = request_of(SWMGMT_GET, at(9, ANY, ANY, ANY));
            request.accept = TLV;
            request.offset = offset;
            memset(&response, 0, sizeof response);
            response.payload = made + offset;
            response.room = size;
            if (!CHECK_EQ(SWMGMT_CONTENT, swmgmt_request(fake.ctx, &request, &response)) ||
                !CHECK(response.length == size || response.more == 0)) {
                return;
            }
            CHECK_EQ(total, response.total);
            CHECK_EQ(etag, response.etag);
            more = response.more;
        }
        CHECK_EQ(total, offset);
        CHECK(memcmp(whole, made, total) == 0);
    }
    swmgmt_request_t request = request_of(SWMGMT_GET, at(9, ANY, ANY, ANY));
    request.accept = TLV;
    request.offset = total;
    CHECK_EQ(SWMGMT_BAD_REQUEST, ask(&request));
    CHECK_EQ(SWMGMT_CHANGED, send(SWMGMT_PUT, at(9, 3, 8, ANY), TEXT, "1", 1));
    CHECK_EQ(SWMGMT_CONTENT, get(at(9, ANY, ANY, ANY), TLV));
    CHECK_EQ(total, response.length);
    CHECK(etag != response.etag);
}

/* A byte string of 20 bytes in CBOR. */
static const char wrapped[] = "\x54""abcdefghijklmnopqrst";
#define ALL ((uint32_t)sizeof wrapped - 1)

static void order_is_the_order_of_the_body(void)
{
    check_where = "order";
    boot(0);
    CHECK_EQ(SWMGMT_CONTINUE, piece(CBOR, wrapped, 0, 1, true)); /* nothing but the head */
    CHECK_EQ(1, fake_number(&fake, 9, 0, 7));
    CHECK_TEXT("OPEN", fake_calls_text(&fake, false, false));
    CHECK_EQ(20, fake_newest(&fake, SWMGMT_OP_OPEN).length);
    CHECK_EQ(SWMGMT_CONTINUE, piece(CBOR, wrapped, 0, 1, true)); /* once more */
    CHECK_EQ(SWMGMT_CONTINUE, piece(CBOR, wrapped, 1, 4, true));
    CHECK_EQ(SWMGMT_CONTINUE, piece(CBOR, wrapped, 1, 4, true));
    CHECK_EQ(SWMGMT_INCOMPLETE, piece(CBOR, wrapped, 6, 4, true));
    CHECK_EQ(SWMGMT_INCOMPLETE, piece(CBOR, wrapped, 4, 4, true));
    CHECK_EQ(SWMGMT_INCOMPLETE, piece(TLV, wrapped, 5, 4, true));  /* another format */
    CHECK_EQ(SWMGMT_INCOMPLETE, piece(OPAQUE, wrapped, 5, 4, true));
    CHECK_EQ(SWMGMT_INCOMPLETE, piece(ANY, wrapped, 5, 4, true));
    CHECK_EQ(SWMGMT_UNSUPPORTED_FORMAT, piece(998, wrapped, 5, 4, true));
    server = 2;
    CHECK_EQ(SWMGMT_NOT_ALLOWED, piece(CBOR, wrapped, 5, 4, true));
    server = 1;
    CHECK_EQ(SWMGMT_BAD_REQUEST, piece(CBOR, wrapped, 5, 4, false)); /* ends too early */
    CHECK_EQ(1, fake_number(&fake, 9, 0, 7));
    CHECK_EQ(SWMGMT_CONTINUE, piece(CBOR, wrapped, 5, 4, true)); /* and goes on */
    CHECK_EQ(SWMGMT_CHANGED, piece(CBOR, wrapped, 9, ALL - 9, false));
    CHECK_EQ(SWMGMT_CHANGED, piece(CBOR, wrapped, 9, ALL - 9, false));
    CHECK(stored("abcdefghijklmnopqrst"));
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_DELIVERED, swmgmt_state(fake.ctx, 0));
    CHECK_EQ(20, fake_newest(&fake, SWMGMT_OP_VERIFY).length);
    CHECK_EQ(SWMGMT_CHANGED, piece(CBOR, wrapped, 9, ALL - 9, false)); /* still known */
    CHECK_EQ(SWMGMT_NOT_ALLOWED, piece(CBOR, wrapped, 0, 1, true));
}

static void a_restart_may_change_the_format(void)
{
    check_where = "restart";
    boot(0);
    CHECK_EQ(SWMGMT_CONTINUE, piece(CBOR, wrapped, 0, 10, true));
    CHECK_EQ(SWMGMT_CONTINUE, piece(TEXT, "YWJjZGVm", 0, 5, true));
    CHECK_EQ(1, fake_number(&fake, 9, 0, 7));
    CHECK_EQ(SWMGMT_INCOMPLETE, piece(CBOR, wrapped, 10, 1, true));
    CHECK_EQ(SWMGMT_CHANGED, piece(TEXT, "YWJjZGVm", 5, 3, false));
    CHECK(stored("abcdef"));
    boot(0);
    CHECK_EQ(SWMGMT_CONTINUE, piece(TEXT, "YWJjZGVm", 0, 5, true));
    CHECK_EQ(SWMGMT_CONTINUE, piece(CBOR, wrapped, 0, 10, true));
    CHECK_EQ(SWMGMT_CHANGED, piece(CBOR, wrapped, 10, ALL - 10, false));
    CHECK(stored("abcdefghijklmnopqrst"));
    boot(0); /* a broken beginning does not end what runs */
    CHECK_EQ(SWMGMT_CONTINUE, piece(CBOR, wrapped, 0, 10, true));
    CHECK_EQ(SWMGMT_BAD_REQUEST, piece(TLV, wrapped, 0, 9, true));
    CHECK_EQ(SWMGMT_CHANGED, piece(CBOR, wrapped, 10, ALL - 10, false));
    CHECK(stored("abcdefghijklmnopqrst"));
}

static void what_is_wrapped_counts(void)
{
    check_where = "content";
    boot(0);
    CHECK_EQ(SWMGMT_OK, swmgmt_expect(fake.ctx, 0, 20, SWMGMT_NO_DIGEST, NULL, 0));
    CHECK_EQ(SWMGMT_CHANGED, piece(CBOR, wrapped, 0, ALL, false));
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_DELIVERED, swmgmt_state(fake.ctx, 0));
    boot(0);
    CHECK_EQ(SWMGMT_OK, swmgmt_expect(fake.ctx, 0, 19, SWMGMT_NO_DIGEST, NULL, 0));
    CHECK_EQ(SWMGMT_CONTINUE, piece(CBOR, wrapped, 0, 20, true)); /* 19 of them */
    CHECK_EQ(SWMGMT_CHANGED, piece(CBOR, wrapped, 20, 1, false));
    CHECK(fake_poll(&fake));
    CHECK_EQ(53, fake_number(&fake, 9, 0, 9));
    boot(0);
    fake.capacity = 19;
    CHECK_EQ(SWMGMT_TOO_LARGE, piece(CBOR, wrapped, 0, 5, true));
    CHECK_EQ(50, fake_number(&fake, 9, 0, 9));
    boot(0);
    CHECK_EQ(SWMGMT_BAD_REQUEST, piece(CBOR, "\x40", 0, 1, false)); /* nothing in it */
    CHECK_EQ(SWMGMT_BAD_REQUEST, piece(TLV, "\xC0\x02", 0, 2, false));
    CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, 0));
    CHECK_TEXT("", fake_calls_text(&fake, false, true));
    CHECK_EQ(SWMGMT_CONTINUE, piece(CBOR, "\x58\x00", 0, 1, true));
    CHECK_EQ(SWMGMT_BAD_REQUEST, piece(CBOR, "\x58\x00", 1, 1, false));
    CHECK_EQ(SWMGMT_RECEIVING, swmgmt_state(fake.ctx, 0));
    boot(SWMGMT_EMPTY_WRITE_CANCELS);
    CHECK_EQ(SWMGMT_CONTINUE, piece(OPAQUE, wrapped, 0, 10, true));
    CHECK_EQ(SWMGMT_CHANGED, piece(CBOR, "\x40", 0, 1, false));
    CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, 0));
    boot(0);
    response.room = 0; /* base64 needs room */
    swmgmt_request_t request = request_of(SWMGMT_PUT, at(9, 0, 2, ANY));
    request.format = TEXT;
    request.payload = (const uint8_t *)"YWJj";
    request.length = 4;
    memset(&response, 0, sizeof response);
    response.payload = room;
    response.room = 2;
    CHECK_EQ(SWMGMT_TOO_LARGE, swmgmt_request(fake.ctx, &request, &response));
    CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, 0));
    response.room = 3;
    CHECK_EQ(SWMGMT_CHANGED, swmgmt_request(fake.ctx, &request, &response));
    CHECK(stored("abc"));
}

/* An empty write is one in whatever it is wrapped, and wherever it may come. */
static void empty_writes_cancel(void)
{
    static const struct {
        uint16_t format;
        const char *bytes;
        uint32_t length;
    } empty[] = { { ANY, "", 0 }, { TEXT, "", 0 }, { CBOR, "\x40", 1 }, { TLV, "\xC0\x02", 2 } };
    static const uint16_t broken[] = { CBOR, TLV };

    check_where = "empty";
    for (unsigned i = 0; i < sizeof empty / sizeof empty[0]; i++) {
        for (int when = 0; when < 3; when++) {
            boot(SWMGMT_EMPTY_WRITE_CANCELS);
            CHECK_EQ(SWMGMT_CHANGED, when == 0 ? fake_uri(&fake, 0, "coap://h/p")
                                               : piece(OPAQUE, "abc", 0, 3, false));
            if (when == 2) {
                CHECK(fake_poll(&fake));
            }
            CHECK_EQ(when == 0 ? SWMGMT_FETCHING : when == 1 ? SWMGMT_VERIFYING : SWMGMT_DELIVERED,
                     swmgmt_state(fake.ctx, 0));
            CHECK_EQ(SWMGMT_CHANGED, piece(empty[i].format, empty[i].bytes, 0, empty[i].length, false));
            CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, 0));
        }
    }
    for (int i = 0; i < 2; i++) { /* no bytes at all are a broken encoding */
        boot(SWMGMT_EMPTY_WRITE_CANCELS);
        CHECK_EQ(SWMGMT_CONTINUE, piece(OPAQUE, "abc", 0, 3, true));
        CHECK_EQ(SWMGMT_BAD_REQUEST, piece(broken[i], "", 0, 0, false));
        CHECK_EQ(SWMGMT_RECEIVING, swmgmt_state(fake.ctx, 0));
    }
}

static swmgmt_answer_t part(const char *text, uint32_t offset, uint32_t length)
{
    swmgmt_request_t request = request_of(SWMGMT_PUT, at(9, 0, 3, ANY));
    request.format = TEXT;
    request.payload = (const uint8_t *)text + offset;
    request.length = length;
    request.offset = offset;
    request.more = offset + length < strlen(text);
    return ask(&request);
}

static void bodies_in_pieces(void)
{
    static const char uri[] = "coap://example.org/packages/a-package-with-a-name?version=1";
    const uint32_t all = sizeof uri - 1;
    check_where = "bodies";
    for (uint32_t size = 1; size <= all; size++) {
        boot(0);
        for (uint32_t offset = 0; offset < all; offset += size) {
            const uint32_t length = all - offset < size ? all - offset : size;
            const bool last = offset + length == all;
            CHECK_EQ(last ? SWMGMT_CHANGED : SWMGMT_CONTINUE, part(uri, offset, length));
            if (!last) {
                CHECK_EQ(SWMGMT_CONTINUE, part(uri, offset, length));
                CHECK_EQ(SWMGMT_INCOMPLETE, part(uri, offset + length + 1, 1));
                server = 2;
                CHECK_EQ(SWMGMT_INCOMPLETE, part(uri, offset + length, 1));
                server = 1;
            }
        }
        CHECK(fake_poll(&fake));
        CHECK_TEXT(uri, fake.uri);
    }
    /* Who begins ends what was there. */
    boot(0);
    CHECK_EQ(SWMGMT_CONTINUE, part(uri, 0, 16));
    server = 2;
    CHECK_EQ(SWMGMT_CONTINUE, part(uri, 0, 16));
    server = 1;
    CHECK_EQ(SWMGMT_INCOMPLETE, part(uri, 16, 16));
    /* A whole body takes the place of what was begun. */
    boot(0);
    CHECK_EQ(SWMGMT_CONTINUE, part(uri, 0, 16));
    CHECK_EQ(SWMGMT_CHANGED, send(SWMGMT_PUT, at(9, 0, 3, ANY), TEXT, "coap://h", 8));
    CHECK_EQ(SWMGMT_INCOMPLETE, part(uri, 16, 16));
    /* Too long, or no room for any. */
    boot(0);
    body.room = 20;
    CHECK_EQ(SWMGMT_CONTINUE, part(uri, 0, 16));
    CHECK_EQ(SWMGMT_TOO_LARGE, part(uri, 16, 16));
    CHECK_EQ(SWMGMT_INCOMPLETE, part(uri, 16, 4));
    swmgmt_request_t request = request_of(SWMGMT_PUT, at(9, 0, 3, ANY));
    request.format = TEXT;
    request.payload = (const uint8_t *)uri;
    request.length = 16;
    request.more = 1;
    request.body = NULL;
    CHECK_EQ(SWMGMT_TOO_LARGE, ask(&request));
    request.body = &body;
    request.format = 998;
    CHECK_EQ(SWMGMT_UNSUPPORTED_FORMAT, ask(&request)); /* with the first block */
    CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, 0));
}

static void arguments_in_pieces(void)
{
    check_where = "arguments";
    boot(0);
    CHECK_EQ(SWMGMT_CHANGED, piece(OPAQUE, "package", 0, 7, false));
    CHECK(fake_poll(&fake));
    swmgmt_request_t request = request_of(SWMGMT_POST, at(9, 0, 4, ANY));
    request.payload = (const uint8_t *)"0='a";
    request.length = 4;
    request.more = 1;
    CHECK_EQ(SWMGMT_CONTINUE, ask(&request));
    CHECK_EQ(SWMGMT_DELIVERED, swmgmt_state(fake.ctx, 0));
    request.payload = (const uint8_t *)"bc'";
    request.length = 3;
    request.offset = 4;
    request.more = 0;
    CHECK_EQ(SWMGMT_CHANGED, ask(&request));
    CHECK_EQ(SWMGMT_INSTALLING, swmgmt_state(fake.ctx, 0));
    CHECK(fake_poll(&fake));
    CHECK_TEXT("0='abc'", fake.arguments);
    CHECK_EQ(SWMGMT_CHANGED, send(SWMGMT_POST, at(9, 0, 10, ANY), TLV, NULL, 0)); /* no bytes */
    CHECK_EQ(1, fake_number(&fake, 9, 0, 12));
}

static void create_and_delete(void)
{
    /* Instance 7 with 9/x/8 true and a package. */
    static const char values[] = "\x08\x07\x0A\xC1\x08\x01\xC5\x02hello";
    check_where = "create";
    boot(SWMGMT_SERVER_MAY_CREATE | SWMGMT_SERVER_MAY_DELETE);
    CHECK_EQ(SWMGMT_CREATED, send(SWMGMT_POST, at(9, ANY, ANY, ANY), ANY, NULL, 0));
    CHECK_EQ(1, response.created);
    CHECK_EQ(SWMGMT_CREATED,
             send(SWMGMT_POST, at(9, ANY, ANY, ANY), TLV, values, sizeof values - 1));
    CHECK_EQ(7, response.created);
    CHECK_EQ(1, fake_number(&fake, 9, 7, 8));
    CHECK_EQ(2, fake_number(&fake, 9, 7, 7));
    CHECK_EQ(SWMGMT_BAD_REQUEST,
             send(SWMGMT_POST, at(9, ANY, ANY, ANY), TLV, values, sizeof values - 1));
    CHECK_EQ(ANY, response.created);
    CHECK_EQ(SWMGMT_BAD_REQUEST, /* all or nothing: 7 is read-only */
             send(SWMGMT_POST, at(9, 3, ANY, ANY), TLV, "\xC1\x08\x01\xC1\x0D\x01", 6));
    CHECK_EQ(0, fake_number(&fake, 9, 3, 8));
    CHECK_EQ(SWMGMT_CHANGED, send(SWMGMT_POST, at(9, 3, ANY, ANY), TLV, "\xC1\x08\x01", 3));
    CHECK_EQ(1, fake_number(&fake, 9, 3, 8));
    CHECK_EQ(SWMGMT_DELETED, send(SWMGMT_DELETE, at(9, 7, ANY, ANY), ANY, NULL, 0));
    CHECK_EQ(SWMGMT_NOT_FOUND, get(at(9, 7, 7, ANY), TEXT));
}

static swmgmt_answer_t inside_get, inside_put;

static void look_inside(fake_t *it, uint8_t callback, const swmgmt_op_t *op)
{
    (void)it, (void)op;
    if (callback == SWMGMT_OP_OPEN) {
        uint8_t bytes[100];
        swmgmt_response_t out;
        memset(&out, 0, sizeof out);
        out.payload = bytes;
        out.room = sizeof bytes;
        swmgmt_request_t request = request_of(SWMGMT_GET, at(9, 0, 7, ANY));
        inside_get = swmgmt_request(fake.ctx, &request, &out);
        request.method = SWMGMT_PUT;
        inside_put = swmgmt_request(fake.ctx, &request, &out);
    }
}

static void misuse(void)
{
    check_where = "misuse";
    boot(0);
    swmgmt_request_t request = request_of(SWMGMT_GET, at(9, 0, 7, ANY));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_request(NULL, &request, &response));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_request(fake.ctx, NULL, &response));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_request(fake.ctx, &request, NULL));
    memset(&response, 0xA5, sizeof response);
    response.payload = NULL;
    response.room = 1;
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_request(fake.ctx, &request, &response));
    CHECK_EQ(0xA5, response.more); /* left alone */
    response.room = 0;
    CHECK_EQ(SWMGMT_CONTENT, swmgmt_request(fake.ctx, &request, &response));
    CHECK_EQ(0, response.length);
    CHECK_EQ(1, response.total);
    CHECK_EQ(1, response.more);
    request.length = 1;
    CHECK_EQ(SWMGMT_EINVAL, ask(&request)); /* a length, and no bytes */
    request.length = 0;
    request.path = at(9, ANY, 7, ANY);
    CHECK_EQ(SWMGMT_EINVAL, ask(&request));
    request.path = at(9, 0, ANY, 0);
    CHECK_EQ(SWMGMT_EINVAL, ask(&request));
    fake.hook = look_inside;
    CHECK_EQ(SWMGMT_CHANGED, piece(OPAQUE, "package", 0, 7, false));
    CHECK_EQ(SWMGMT_CONTENT, inside_get);
    CHECK_EQ(SWMGMT_EBUSY, inside_put);
    fake.hook = NULL;
    CHECK_EQ(SWMGMT_OK, fake_init(&fake));
    request = request_of(SWMGMT_GET, at(9, 0, 7, ANY));
    CHECK_EQ(SWMGMT_EORDER, ask(&request));
    request.method = SWMGMT_POST;
    CHECK_EQ(SWMGMT_EORDER, ask(&request));
}

int main(void)
{
    refusals();
    no_accept_is_the_first_that_can();
    windows();
    order_is_the_order_of_the_body();
    a_restart_may_change_the_format();
    what_is_wrapped_counts();
    empty_writes_cancel();
    bodies_in_pieces();
    arguments_in_pieces();
    create_and_delete();
    misuse();
    return check_end();
}
