/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The packet front: datagrams as servers send them, twice, late, out of order and wrong. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "fake.h"

enum { CON, NON, ACK, RST };
enum { POST = 2, PUT = 3 };
enum { TEXT = 0, OPAQUE = 42, TLV = 11542 };
enum { LOCATION_PATH = 8, URI_PATH = 11, CONTENT_FORMAT = 12, BLOCK1 = 27, SIZE1 = 60 };

static fake_t fake;
static swmgmt_exchange_t exchanges[8];
static swmgmt_front_t front;
static uint8_t body[64];
static uint16_t message_id;

/* ---- Datagrams ----------------------------------------------------------------------- */

typedef struct {
    uint8_t bytes[1200];
    size_t length;
    unsigned number; /* of the last option */
} datagram_t;

static void add(datagram_t *d, const void *bytes, size_t length)
{
    memcpy(&d->bytes[d->length], bytes, length);
    d->length += length;
}

static void begin(datagram_t *d, unsigned type, unsigned code, uint16_t id, const char *token)
{
    const uint8_t head[] = {(uint8_t)(0x40u | type << 4 | strlen(token)), (uint8_t)code,
                            (uint8_t)(id >> 8), (uint8_t)id};
    d->length = 0;
    d->number = 0;
    add(d, head, sizeof head);
    add(d, token, strlen(token));
}

/* Deltas and lengths here stay below 269, and one of them below 13. */
static void option(datagram_t *d, unsigned number, const void *value, size_t length)
{
    const unsigned delta = number - d->number;
    const uint8_t head[] = {(uint8_t)((delta < 13 ? delta << 4 : 0xD0u) | length),
                            (uint8_t)(delta - 13u)};
    add(d, head, delta < 13 ? 1 : 2);
    add(d, value, length);
    d->number = number;
}

static void number(datagram_t *d, unsigned option_number, uint32_t value)
{
    const uint8_t bytes[] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16),
                             (uint8_t)(value >> 8), (uint8_t)value};
    size_t skip = 0;
    while (skip < 4 && bytes[skip] == 0) {
        skip++;
    }
    option(d, option_number, &bytes[skip], 4 - skip);
}

static void path(datagram_t *d, unsigned option_number, const char *text)
{
    while (*text != '\0') {
        const size_t length = strcspn(text, "/");
        option(d, option_number, text, length);
        text += length;
        text += *text == '/' ? 1 : 0;
    }
}

static void payload(datagram_t *d, const void *bytes, size_t length)
{
    if (length > 0) {
        add(d, "\xff", 1);
        add(d, bytes, length);
    }
}

static uint32_t block(uint32_t n, bool more, unsigned szx)
{
    return n << 4 | (more ? 8u : 0u) | szx;
}

/* A new message without payload. */
static datagram_t message(unsigned code, const char *to)
{
    datagram_t d;
    begin(&d, CON, code, ++message_id, "token");
    path(&d, URI_PATH, to);
    return d;
}

/* ---- The device ------------------------------------------------------------------------ */

static datagram_t answer; /* the last one */

static int32_t hand_over(uint16_t server, const datagram_t *d)
{
    memset(answer.bytes, 0xA5, sizeof answer.bytes);
    const int32_t length = swmgmt_front(fake.ctx, &front, server, fake.now, d->bytes,
                                        d->length, answer.bytes, 1024);
    answer.length = length > 0 ? (size_t)length : 0;
    fake_drain(&fake);
    return length;
}

/* Its code; 0: it is the engine's. */
static int from(uint16_t server, datagram_t d)
{
    const int32_t length = hand_over(server, &d);
    return length > 0 ? answer.bytes[1] : length;
}

static int send(datagram_t d)
{
    return from(1, d);
}

/* The last answer is what is due to a request: it is written here once more. */
static bool answered(const datagram_t *request, unsigned code, const char *location,
                     const uint32_t *block1)
{
    datagram_t want;
    char token[9] = "";
    const unsigned type = request->bytes[0] >> 4 & 3u;
    memcpy(token, &request->bytes[4], request->bytes[0] & 15u);
    begin(&want, type == CON ? ACK : NON, code,
          (uint16_t)(type == CON ? request->bytes[2] << 8 | request->bytes[3]
                                 : answer.bytes[2] << 8 | answer.bytes[3]),
          token);
    path(&want, LOCATION_PATH, location);
    if (block1 != NULL) {
        number(&want, BLOCK1, *block1);
    }
    return want.length == answer.length && memcmp(want.bytes, answer.bytes, want.length) == 0;
}

static unsigned calls(void)
{
    return fake.calls + fake.lost_calls;
}

/* Sent twice: the second time it is answered alike, and nothing happens. */
static int twice(uint16_t server, datagram_t d)
{
    const int code = from(server, d);
    const datagram_t first = answer;
    const unsigned before = calls();
    CHECK_EQ(code == SWMGMT_CREATED, front.created != SWMGMT_NONE);
    CHECK_EQ(code, from(server, d));
    CHECK_EQ(SWMGMT_NONE, front.created);
    CHECK_EQ(first.length, answer.length);
    CHECK(memcmp(first.bytes, answer.bytes, first.length) == 0);
    CHECK_EQ(before, calls());
    return code;
}

static void device(const char *where)
{
    check_where = where;
    fake_new(&fake);
    for (uint16_t i = 0; i < 2; i++) {
        fake_list(&fake, i, SWMGMT_EMPTY);
    }
    fake.config.policy = SWMGMT_ALLOW_NONE;
    memset(exchanges, 0, sizeof exchanges);
    memset(&front, 0, sizeof front);
    front.exchanges = exchanges;
    front.exchange_count = sizeof exchanges / sizeof exchanges[0];
    front.body.bytes = body;
    front.body.room = sizeof body;
    message_id = 65530;
}

static void boot(void)
{
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK(fake_poll(&fake));
    fake_forget(&fake);
}

/* ---- Packages --------------------------------------------------------------------------- */

static uint8_t byte_of(uint32_t i)
{
    return (uint8_t)(i * 167u + (i >> 8) * 13u + (i >> 16));
}

/* In place of the fake's storage, which is small: what is written is looked at. */
static uint32_t stored;

static swmgmt_verdict_t compare(void *user, const swmgmt_op_t *op, uint32_t offset,
                                const uint8_t *bytes, size_t length)
{
    (void)user;
    CHECK_EQ(0, op->instance);
    CHECK_EQ(stored, offset);
    for (uint32_t i = 0; i < length; i++) {
        if (bytes[i] != byte_of(offset + i)) {
            CHECK_EQ(byte_of(offset + i), bytes[i]);
            return SWMGMT_FAILED;
        }
    }
    stored = offset + (uint32_t)length;
    return SWMGMT_DONE;
}

/* Block n of a package of so many bytes. */
static datagram_t piece(const char *to, uint32_t n, unsigned szx, uint32_t total)
{
    uint8_t bytes[1024];
    const uint32_t size = 16u << szx;
    const uint32_t offset = n * size;
    const uint32_t length = total - offset < size ? total - offset : size;
    datagram_t d = message(PUT, to);
    for (uint32_t i = 0; i < length; i++) {
        bytes[i] = byte_of(offset + i);
    }
    number(&d, BLOCK1, block(n, offset + length < total, szx));
    payload(&d, bytes, length);
    return d;
}

/* Every datagram comes twice. */
static void whole(uint32_t total, unsigned szx)
{
    const uint32_t size = 16u << szx;
    const uint32_t blocks = (total + size - 1) / size;
    device("a whole package");
    fake.capacity = UINT32_MAX;
    fake.host.write = compare;
    stored = 0;
    boot();
    for (uint32_t n = 0; n < blocks; n++) {
        const datagram_t d = piece("9/0/2", n, szx, total);
        const uint32_t block1 = block(n, n + 1 < blocks, szx);
        const bool last = n + 1 == blocks;
        const uint32_t before = stored;
        if (!CHECK_EQ(last ? SWMGMT_CHANGED : SWMGMT_CONTINUE, twice(1, d)) ||
            !CHECK(answered(&d, last ? SWMGMT_CHANGED : SWMGMT_CONTINUE, "", &block1)) ||
            !CHECK(stored > before)) {
            printf("  block %u of size %u\n", (unsigned)n, (unsigned)size);
            return;
        }
        fake_forget(&fake);
    }
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_DELIVERED, swmgmt_state(fake.ctx, 0));
    CHECK_EQ(total, stored);
    CHECK_EQ(total, fake_newest(&fake, SWMGMT_OP_VERIFY).length);
}

static void out_of_order(void)
{
    const uint32_t block1 = block(1, true, 0);
    device("out of order");
    boot();
    CHECK_EQ(SWMGMT_INCOMPLETE, twice(1, piece("9/0/2", 3, 0, 100)));
    CHECK_EQ(SWMGMT_CONTINUE, send(piece("9/0/2", 0, 0, 100)));
    datagram_t gap = piece("9/0/2", 2, 0, 100);
    CHECK_EQ(SWMGMT_INCOMPLETE, twice(1, gap));
    CHECK(answered(&gap, SWMGMT_INCOMPLETE, "", NULL));
    datagram_t next = piece("9/0/2", 1, 0, 100);
    CHECK_EQ(SWMGMT_CONTINUE, twice(1, next));
    CHECK(answered(&next, SWMGMT_CONTINUE, "", &block1));
    CHECK_EQ(SWMGMT_CONTINUE, send(piece("9/0/2", 1, 0, 100))); /* with a new message id */
    CHECK_EQ(32, fake_slot(&fake, 0)->length);
    CHECK_EQ(SWMGMT_CONTINUE, send(piece("9/0/2", 0, 0, 100))); /* from the beginning */
    CHECK_EQ(16, fake_slot(&fake, 0)->length);
    CHECK_EQ(SWMGMT_CONTINUE, send(piece("9/0/2", 1, 0, 100)));
    CHECK_EQ(SWMGMT_CHANGED, send(piece("9/0/2", 1, 1, 64))); /* in another size */
    CHECK_EQ(64, fake_slot(&fake, 0)->length);
}

static void two_servers(void)
{
    device("two servers");
    boot();
    for (uint32_t n = 0; n < 10; n++) {
        /* Message ids and tokens are the same; only servers and instances are not. */
        const uint16_t id = message_id;
        const int want = n < 9 ? SWMGMT_CONTINUE : SWMGMT_CHANGED;
        CHECK_EQ(want, twice(1, piece("9/0/2", n, 0, 160)));
        message_id = id;
        CHECK_EQ(want, twice(2, piece("9/1/2", n, 0, 160)));
        CHECK_EQ(SWMGMT_NOT_ALLOWED, from(3, piece("9/0/2", n, 0, 160)));
    }
    for (uint16_t i = 0; i < 2; i++) {
        CHECK_EQ(160, fake_slot(&fake, i)->length);
        for (uint32_t at = 0; at < 160; at++) {
            CHECK_EQ(byte_of(at), fake_slot(&fake, i)->bytes[at]);
        }
    }
}

/* ---- Execute, Create, other Writes ------------------------------------------------------- */

static void execute(void)
{
    uint32_t block1 = block(0, true, 0);
    device("execute");
    fake.now = UINT32_MAX - 1000; /* it wraps meanwhile */
    fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_PENDING;
    boot();
    CHECK_EQ(SWMGMT_CHANGED, twice(1, piece("9/0/2", 0, 6, 100)));
    CHECK(fake_poll(&fake));
    datagram_t install = message(POST, "9/0/4");
    const datagram_t plain = install;
    payload(&install, "mode=a", 6);
    CHECK_EQ(SWMGMT_CHANGED, twice(1, install));
    CHECK(answered(&install, SWMGMT_CHANGED, "", NULL));
    CHECK(fake_poll(&fake));
    CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_INSTALL));
    CHECK_TEXT("mode=a", fake.arguments);
    /* The same numbers once more: in time it is an old friend, then it is another one. */
    fake.now += 246999;
    CHECK_EQ(SWMGMT_CHANGED, send(plain));
    fake.now += 1;
    CHECK_EQ(SWMGMT_NOT_ALLOWED, send(plain));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, from(2, plain));
    CHECK_EQ(1, fake_count(&fake, SWMGMT_OP_INSTALL));

    /* Arguments are text/plain, also where that is no part. */
    device("arguments as text");
    fake.config.part_count = 5;
    boot();
    datagram_t uninstall = message(POST, "9/0/6");
    number(&uninstall, CONTENT_FORMAT, 0);
    payload(&uninstall, "0", 1);
    CHECK_EQ(SWMGMT_NOT_ALLOWED, twice(1, uninstall)); /* nothing is there */
    datagram_t uri = message(PUT, "9/0/3"); /* a value in it is the engine's */
    number(&uri, CONTENT_FORMAT, 0);
    payload(&uri, "coap://h", 8);
    CHECK_EQ(0, send(uri));

    /* Arguments in blocks. */
    device("arguments in blocks");
    fake.config.arguments = 32;
    boot();
    CHECK_EQ(SWMGMT_CHANGED, send(piece("9/0/2", 0, 6, 100)));
    CHECK(fake_poll(&fake));
    datagram_t first = message(POST, "9/0/4");
    number(&first, BLOCK1, block1);
    payload(&first, "0123456789abcdef", 16);
    CHECK_EQ(SWMGMT_CONTINUE, twice(1, first));
    CHECK(answered(&first, SWMGMT_CONTINUE, "", &block1));
    datagram_t second = message(POST, "9/0/4");
    number(&second, BLOCK1, block1 = block(1, false, 0));
    payload(&second, "ghi", 3);
    CHECK_EQ(SWMGMT_INCOMPLETE, from(2, second));
    CHECK_EQ(SWMGMT_CHANGED, twice(1, second));
    CHECK(answered(&second, SWMGMT_CHANGED, "", &block1));
    CHECK(fake_poll(&fake));
    CHECK_TEXT("0123456789abcdefghi", fake.arguments);
    front.body.bytes = NULL;
    datagram_t third = message(POST, "9/0/6");
    number(&third, BLOCK1, block(0, true, 0));
    payload(&third, "0123456789abcdef", 16);
    CHECK_EQ(SWMGMT_TOO_LARGE, send(third));
    CHECK(answered(&third, SWMGMT_TOO_LARGE, "", NULL));
}

static void create(void)
{
    device("create");
    boot();
    datagram_t it = message(POST, "9");
    CHECK_EQ(SWMGMT_CREATED, twice(1, it));
    CHECK(answered(&it, SWMGMT_CREATED, "9/2", NULL));
    it = message(POST, "9");
    CHECK_EQ(SWMGMT_CREATED, send(it));
    CHECK(answered(&it, SWMGMT_CREATED, "9/3", NULL));
    CHECK_EQ(3, front.created);
    CHECK_EQ(SWMGMT_NOT_ALLOWED, twice(1, message(POST, "9"))); /* full */
    CHECK_EQ(SWMGMT_NOT_ALLOWED, send(message(POST, "14")));
    CHECK_EQ(0, fake_number(&fake, 9, 3, 7));
    CHECK_EQ(-1000 - SWMGMT_NOT_FOUND, fake_number(&fake, 9, 4, 7));
}

/* A Write or Create in blocks of 16 bytes. */
static int in_blocks(unsigned code, const char *to, uint32_t format, const char *bytes,
                     size_t length)
{
    int last = 0;
    for (uint32_t n = 0; n * 16 < length; n++) {
        const bool more = (n + 1) * 16 < length;
        datagram_t d = message(code, to);
        number(&d, CONTENT_FORMAT, format);
        number(&d, BLOCK1, block(n, more, 0));
        payload(&d, bytes + n * 16, more ? 16 : length - n * 16);
        CHECK(n == 0 || last == SWMGMT_CONTINUE);
        last = twice(1, d);
    }
    return last;
}

static void formats(void)
{
    static const char created[] = "\x08\x03\x16\xC1\x08\x01\xC8\x0E\x10" "a user's name...";
    char base64[1024];
    device("formats");
    fake.config.transfers = 4;
    fake.parts[fake.config.part_count++] = &swmgmt_text;
    fake.parts[fake.config.part_count++] = &swmgmt_opaque;
    fake.parts[fake.config.part_count++] = &swmgmt_tlv;
    boot();
    CHECK_EQ(SWMGMT_CHANGED, in_blocks(PUT, "9/0/2", OPAQUE, "as it is, in two blocks", 23));
    CHECK(memcmp("as it is, in two blocks", fake_slot(&fake, 0)->bytes, 23) == 0);
    CHECK_EQ(SWMGMT_CHANGED,
             in_blocks(PUT, "9/1/2", TEXT, "d3JhcHBlZCBpbiBiYXNlNjQ=", 24));
    CHECK_EQ(17, fake_slot(&fake, 1)->length);
    CHECK(memcmp("wrapped in base64", fake_slot(&fake, 1)->bytes, 17) == 0);
    CHECK_EQ(SWMGMT_CREATED, in_blocks(POST, "9", TLV, created, sizeof created - 1));
    CHECK_EQ(1, fake_number(&fake, 9, 3, 8));
    CHECK_EQ(SWMGMT_CHANGED, in_blocks(PUT, "9/3/3", TEXT, "coap://host/a/package", 21));
    CHECK(fake_poll(&fake));
    CHECK_TEXT("coap://host/a/package", fake.uri);
    CHECK_EQ(SWMGMT_UNSUPPORTED_FORMAT, in_blocks(PUT, "9/3/3", 60, "\x61" "a", 2));

    /* Three quarters of a block of base64 must find room. */
    memset(base64, 'A', sizeof base64);
    CHECK_EQ(SWMGMT_CREATED, send(message(POST, "9")));
    for (size_t room = 64; room <= 768; room += 704) {
        datagram_t d = message(PUT, "9/2/2");
        number(&d, CONTENT_FORMAT, TEXT);
        number(&d, BLOCK1, block(0, true, 6));
        payload(&d, base64, sizeof base64);
        CHECK(swmgmt_front(fake.ctx, &front, 1, fake.now, d.bytes, d.length, answer.bytes, room) > 0);
        CHECK_EQ(room == 64 ? SWMGMT_TOO_LARGE : SWMGMT_CONTINUE, answer.bytes[1]);
    }
}

static void not_confirmable(void)
{
    datagram_t it;
    uint16_t id = 77;
    device("NON");
    front.message_id = 65535;
    boot();
    begin(&it, NON, POST, id, "tok");
    path(&it, URI_PATH, "9");
    CHECK_EQ(SWMGMT_CREATED, twice(1, it));
    CHECK(answered(&it, SWMGMT_CREATED, "9/2", NULL));
    CHECK_EQ(0x50 | 3, answer.bytes[0]);
    CHECK_EQ(65535, answer.bytes[2] << 8 | answer.bytes[3]);
    CHECK_EQ(0, front.message_id);
}

/* ---- What is refused, and what is not for the front ---------------------------------------- */

static void refused(void)
{
    static const struct {
        const char *to;
        unsigned code;
        int want;
    } cases[] = {
        {"9/7/2", PUT, SWMGMT_NOT_FOUND},     {"9/x/2", PUT, SWMGMT_NOT_FOUND},
        {"9/65535/2", PUT, SWMGMT_NOT_FOUND}, {"9/0/2/0/0", PUT, SWMGMT_NOT_FOUND},
        {"9/00/2", PUT, SWMGMT_NOT_FOUND},    {"9/0/7", PUT, SWMGMT_NOT_ALLOWED},
        {"9/0/2", POST, SWMGMT_NOT_ALLOWED},  {"14/0/3", POST, SWMGMT_NOT_FOUND},
        {"9/0", PUT, SWMGMT_NOT_ALLOWED},     {"9/0/4", PUT, SWMGMT_NOT_ALLOWED},
    };
    device("refused");
    boot();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check_where = cases[i].to;
        datagram_t it = message(cases[i].code, cases[i].to);
        payload(&it, "a", 1);
        CHECK_EQ(cases[i].want, twice(1, it));
        CHECK(answered(&it, (unsigned)cases[i].want, "", NULL));
    }
    check_where = "refused";
    datagram_t it = message(PUT, "9/0/2");
    number(&it, BLOCK1, 7); /* which would be a whole package without the option */
    payload(&it, "a", 1);
    CHECK_EQ(SWMGMT_BAD_REQUEST, send(it));
    it = message(PUT, "9/0/2");
    number(&it, BLOCK1, block(0, true, 0));
    payload(&it, "short", 5);
    CHECK_EQ(SWMGMT_BAD_REQUEST, send(it));
    it = message(PUT, "9/0/2");
    number(&it, CONTENT_FORMAT, 999); /* the engine may know it, but is not to collect blocks */
    payload(&it, "a", 1);
    CHECK_EQ(0, send(it));
    it = message(PUT, "9/0/2");
    number(&it, CONTENT_FORMAT, 999);
    number(&it, BLOCK1, block(0, false, 0));
    payload(&it, "a", 1);
    CHECK_EQ(SWMGMT_UNSUPPORTED_FORMAT, send(it));
    it = message(PUT, "9/0/2");
    number(&it, SIZE1, FAKE_STORE + 1);
    payload(&it, "a", 1);
    CHECK(send(it) >= SWMGMT_BAD_REQUEST);
    CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, 0));
    CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_WRITE));
}

static void for_the_engine(void)
{
    device("for the engine");
    boot();
    const unsigned before = calls();
    for (unsigned code = 1; code < 256; code++) {
        CHECK(code == POST || code == PUT || send(message(code, "9/0/4")) == 0);
    }
    CHECK_EQ(0, send(message(PUT, "3/0/2")));
    CHECK_EQ(0, send(message(POST, "rd")));
    datagram_t it = message(PUT, "9/0/2");
    option(&it, 15, "pmin=1", 6);
    CHECK_EQ(0, send(it));
    it = message(POST, "9/0/4");
    it.bytes[0] = (uint8_t)(it.bytes[0] | ACK << 4);
    CHECK_EQ(0, send(it));
    it = message(PUT, "9/0/2");
    payload(&it, "a", 1);
    CHECK_EQ(17, it.length);
    for (size_t length = 0; length < 11; length++) {
        it.length = length; /* cut off behind a segment it may ask for something else */
        CHECK_EQ(0, send(it));
    }
    it.length = 16; /* the marker, and nothing behind it */
    CHECK_EQ(0, send(it));
    CHECK_EQ(0, swmgmt_front(fake.ctx, &front, 1, 0, NULL, 0, answer.bytes, 64));
    CHECK_EQ(before, calls());

    device("prefix");
    front.prefix = "/lwm2m";
    boot();
    CHECK_EQ(0, send(message(POST, "9")));
    it = message(POST, "lwm2m/9");
    CHECK_EQ(SWMGMT_CREATED, send(it));
    CHECK(answered(&it, SWMGMT_CREATED, "9/2", NULL));
}

/* ---- Misuse -------------------------------------------------------------------------------- */

static datagram_t inside_request;
static int32_t inside_answer;

static void from_inside(fake_t *device_, uint8_t callback, const swmgmt_op_t *op)
{
    (void)device_;
    (void)op;
    if (callback == SWMGMT_OP_OPEN) {
        inside_answer = swmgmt_front(fake.ctx, &front, 1, fake.now, inside_request.bytes,
                                     inside_request.length, answer.bytes, 64);
    }
}

static void misuse(void)
{
    datagram_t it = message(POST, "9");
    uint64_t rubbish[16] = {0};
    device("misuse");
    CHECK_EQ(SWMGMT_OK, fake_init(&fake));
    CHECK_EQ(SWMGMT_EORDER, hand_over(1, &it));
    boot();

#define FRONT(ctx, front_, datagram, length, answer_, room) \
    swmgmt_front(ctx, front_, 1, fake.now, datagram, length, answer_, room)
    uint8_t *const out = answer.bytes;
    CHECK_EQ(SWMGMT_EINVAL, FRONT(NULL, &front, it.bytes, it.length, out, 64));
    CHECK_EQ(SWMGMT_EINVAL, FRONT((swmgmt_t *)rubbish, &front, it.bytes, it.length, out, 64));
    CHECK_EQ(SWMGMT_EINVAL, FRONT(fake.ctx, NULL, it.bytes, it.length, out, 64));
    CHECK_EQ(SWMGMT_EINVAL, FRONT(fake.ctx, &front, NULL, it.length, out, 64));
    CHECK_EQ(SWMGMT_EINVAL, FRONT(fake.ctx, &front, it.bytes, SIZE_MAX, out, 64));
    CHECK_EQ(SWMGMT_EINVAL, FRONT(fake.ctx, &front, it.bytes, it.length, NULL, 64));
    CHECK_EQ(SWMGMT_EINVAL, FRONT(fake.ctx, &front, it.bytes, it.length, out, 63));
    CHECK_EQ(SWMGMT_EINVAL, FRONT(fake.ctx, &front, it.bytes, it.length, out, SIZE_MAX));
    front.exchange_count = 0;
    CHECK_EQ(SWMGMT_EINVAL, FRONT(fake.ctx, &front, it.bytes, it.length, out, 64));
    front.exchange_count = 8;
    front.exchanges = NULL;
    CHECK_EQ(SWMGMT_EINVAL, FRONT(fake.ctx, &front, it.bytes, it.length, out, 64));
    front.exchanges = exchanges;
    fake_drain(&fake);
    CHECK_TEXT("", fake_changes_text(&fake));
    front.prefix = "";
    CHECK(FRONT(fake.ctx, &front, it.bytes, it.length, out, 64) > 0);
    CHECK_EQ(SWMGMT_CREATED, out[1]);

    /* Refused from inside a callback, and done when it comes again. */
    inside_request = message(POST, "9");
    fake.hook = from_inside;
    CHECK_EQ(SWMGMT_CONTINUE, send(piece("9/0/2", 0, 0, 100)));
    fake.hook = NULL;
    CHECK_EQ(SWMGMT_EBUSY, inside_answer);
    CHECK_EQ(SWMGMT_CREATED, send(inside_request));
}

int main(void)
{
    for (unsigned szx = 2; szx <= 6; szx++) {
        whole(UINT32_C(1) << 20, szx);
    }
    for (unsigned szx = 0; szx <= 1; szx++) {
        whole(65521, szx);
    }
    out_of_order();
    two_servers();
    execute();
    create();
    formats();
    not_confirmable();
    refused();
    for_the_engine();
    misuse();
    return check_end();
}
