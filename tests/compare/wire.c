/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Requests as bytes: payloads in every format, whole and in blocks, by swmgmt_request() and as
 * datagrams. Two servers may be in the middle of one each. */
#include "../../fuzz/targets/wrap.h" /* first: it has what it needs */

#include "compare.h"

#define ROOM 1200u
#define LATE 6u /* datagrams that may come again */

typedef struct {
    bool used;
    uint8_t method;
    uint16_t format;
    uint16_t server;
    swmgmt_path_t path;
    uint8_t bytes[4096];
    uint32_t length;
    uint32_t at;
    uint8_t szx;
} message_t;

typedef struct {
    uint8_t bytes[ROOM + 200];
    size_t length;
    unsigned number; /* of its last option */
    uint16_t server;
} datagram_t;

static message_t messages[2];
static uint8_t body_bytes[2][300];
static swmgmt_body_t body;
static swmgmt_front_t front;
static swmgmt_exchange_t exchanges[8];
static datagram_t late[LATE];
static unsigned sent;
static uint16_t message_id;

void wire_start(void)
{
    memset(messages, 0, sizeof messages);
    memset(exchanges, 0, sizeof exchanges);
    memset(&body, 0, sizeof body);
    memset(&front, 0, sizeof front);
    body.bytes = body_bytes[0];
    body.room = one_in(4) ? 40 : sizeof body_bytes[0];
    front.prefix = one_in(3) ? "rd/x" : NULL;
    front.exchanges = exchanges;
    front.exchange_count = (uint16_t)(1 + any(8));
    front.message_id = (uint16_t)any(65536);
    if (!one_in(5)) {
        front.body.bytes = body_bytes[1];
        front.body.room = sizeof body_bytes[1];
    }
    sent = 0;
    message_id = (uint16_t)any(65536);
}

/* ---- payloads ------------------------------------------------------------------------------ */

#define BYTES(text) text, sizeof(text) - 1

static const struct {
    uint16_t format;
    uint16_t resource; /* SWMGMT_NONE: to the instance */
    const char *bytes;
    size_t length;
} samples[] = {
    {0, 8, BYTES("1")},
    {0, 8, BYTES("0")},
    {0, 8, BYTES("true")},
    {0, 13, BYTES("9:1")},
    {0, 13, BYTES("65535:65535")},
    {0, 13, BYTES("9:65536")},
    {0, 14, BYTES("alice")},
    {0, 15, BYTES("a longer password than fits")},
    {0, 3, BYTES("coap://a/b")},
    {0, 3, BYTES("")},
    {0, 3, BYTES("https://h.example/p?q=1")},
    {60, 8, BYTES("\xf5")},
    {60, 8, BYTES("\xf4")},
    {60, 8, BYTES("\x01")},
    {60, 13, BYTES("\x63" "9:2")},
    {60, 14, BYTES("\x65" "alice")},
    {60, 3, BYTES("\x6a" "coap://a/b")},
    {42, 14, BYTES("raw")},
    {11542, 8, BYTES("\xc1\x08\x01")},
    {11542, 8, BYTES("\xc1\x08\x00")},
    {11542, 13, BYTES("\xc4\x0d\x00\x09\x00\x01")},
    {11542, 14, BYTES("\xc3\x0e" "abc")},
    {11542, SWMGMT_NONE, BYTES("\xc1\x08\x01\xc3\x0e" "abc")},
    {11542, SWMGMT_NONE, BYTES("\xc1\x08\x00\xc4\x0d\x00\x09\x00\x02\xc8\x03\x0a" "coap://a/b")},
    {11542, SWMGMT_NONE, BYTES("\xc4\x02" "PACK\xc1\x08\x01")},
    {11542, SWMGMT_NONE, BYTES("\x04\x00\xc1\x08\x01")},
    {11542, SWMGMT_NONE, BYTES("\xc3\x0e" "abc\xc3\x0f" "def\xc8\x03\x0a" "coap://a/b")},
    {110, 8, BYTES("[{\"n\":\"/9/0/8\",\"vb\":true}]")},
    {110, 13, BYTES("[{\"bn\":\"/9/0/\",\"n\":\"13\",\"vlo\":\"9:1\"}]")},
    {110, 14, BYTES("[{\"n\":\"/9/0/14\",\"vs\":\"al\\u0069ce\"}]")},
    {110, SWMGMT_NONE, BYTES("[{\"bn\":\"/9/0/\",\"n\":\"8\",\"vb\":false},{\"n\":\"14\",\"vs\":\"bob\"}]")},
    {110, SWMGMT_NONE, BYTES("[{\"bn\":\"/9/0/\",\"n\":\"2\",\"vd\":\"UEFDSw\"}]")},
    {110, SWMGMT_NONE, BYTES("[{\"n\":\"/9/0/3\",\"vs\":\"coap://a/b\"},{\"n\":\"/9/0/15\",\"vs\":\"x\"}]")},
    {110, 8, BYTES("[{\"n\":\"/9/0/8\",\"x\":{\"a\":[1,-2.5e3,\"q\\\"\",null,false]},\"vb\":true}]")},
    {112, 8, BYTES("\x81\xa2\x00\x66/9/0/8\x04\xf5")},
    {112, 8, BYTES("\x81\xa3\x00\x66/9/0/8\x06\xf9\x3c\x00\x04\xf5")},
    {112, 8, BYTES("\x9f\xbf\x00\x66/9/0/8\x0a\x9f\x01\xa1\x02\xf6\xff\x04\xf4\xff\xff")},
    {112, 13, BYTES("\x81\xa2\x00\x67/9/0/13\x63vlo\x63" "9:2")},
    {112, 14, BYTES("\x81\xa2\x00\x67/9/0/14\x03\x65" "alice")},
    {112, SWMGMT_NONE, BYTES("\x82\xa3\x21\x65/9/0/\x00\x61" "8\x04\xf4\xa2\x00\x62" "14\x03\x63" "bob")},
    {112, SWMGMT_NONE, BYTES("\x81\xa2\x00\x66/9/0/3\x03\x6a" "coap://a/b")},
};

static const uint16_t formats[] = {0, 42, 60, 110, 112, 11542};

static swmgmt_path_t path_of(uint16_t object, uint16_t instance, uint16_t resource)
{
    swmgmt_path_t path = {object, instance, resource, SWMGMT_NONE};
    return path;
}

static void compose_package(message_t *m, uint16_t instance)
{
    static made_t made;
    plan_t *plan = plan_of(instance);
    input_t data;
    uint8_t layout;
    plan_anew(plan);
    data = (input_t){plan->bytes, plan->length};
    m->format = formats[any(6)];
    layout = (uint8_t)(one_in(2) ? 0 : any(256));
    wrap(&made, m->format, data, layout, (uint8_t)(one_in(2) ? 0 : any(256)));
    memcpy(m->bytes, made.bytes, made.length);
    m->length = (uint32_t)made.length;
    m->path = path_of(9, instance, 2);
    m->method = SWMGMT_PUT;
    if (m->format == 42 && one_in(3)) {
        m->format = SWMGMT_NONE;
    }
}

static void compose_sample(message_t *m, uint16_t instance)
{
    unsigned which = any(sizeof samples / sizeof samples[0]);
    m->format = samples[which].format;
    m->path = path_of(9, instance, samples[which].resource);
    m->method = samples[which].resource == SWMGMT_NONE ? SWMGMT_POST : SWMGMT_PUT;
    if (m->path.resource == SWMGMT_NONE && one_in(4)) {
        m->path.instance = SWMGMT_NONE; /* Create */
    }
    m->length = (uint32_t)samples[which].length;
    memcpy(m->bytes, samples[which].bytes, samples[which].length);
}

static void compose_execute(message_t *m, uint16_t instance)
{
    static const uint16_t resources[] = {4, 6, 6, 10, 11, 4};
    static const char *const all[] = {"", "", "1", "0='abc'", "2", "'"};
    const char *text = all[any(one_in(4) ? 6 : 3)];
    m->path = one_in(5) && device.kind->components ? path_of(14, (uint16_t)any(4), 3)
                                                   : path_of(9, instance, resources[any(6)]);
    m->path.resource = (uint16_t)(m->path.object == 14 ? 3 + any(2) : m->path.resource);
    m->method = SWMGMT_POST;
    m->length = (uint32_t)strlen(text);
    memcpy(m->bytes, text, strlen(text));
    m->format = *text == '\0' || one_in(4) ? SWMGMT_NONE : 0;
}

static void compose(message_t *m)
{
    uint16_t instance = one_in(3) ? some_instance() : 0;
    uint32_t luck = any(10);
    memset(m, 0, sizeof *m);
    m->used = true;
    if (luck < 4) {
        compose_package(m, instance);
    } else if (luck < 8) {
        compose_sample(m, instance);
    } else {
        compose_execute(m, instance);
    }
    m->szx = (uint8_t)any(4);
    if (one_in(8) && m->length > 0) {
        uint32_t at = any(m->length);
        m->bytes[at] ^= (uint8_t)(1u << any(8));
    }
    if (one_in(16) && m->length > 0) {
        m->length = any(m->length);
    }
    if (one_in(30)) {
        m->format = formats[any(6)];
    }
    if (one_in(50)) {
        m->path.index = (uint16_t)any(2);
    }
    if (one_in(50)) {
        m->method = (uint8_t)(SWMGMT_POST + any(2));
    }
}

static message_t *some_message(void)
{
    message_t *m = &messages[one_in(5) ? 1 : 0];
    if (!m->used || one_in(30)) {
        compose(m);
        m->server = (uint16_t)(one_in(8) ? any(3) : m - messages + 1);
    }
    return m;
}

/* The next block; mostly all at once if it is small. */
static uint32_t block_of(const message_t *m, uint32_t size)
{
    uint32_t left = m->length - m->at;
    return left < size ? left : size;
}

/* An answer: on with it, or over. */
static void go_on(message_t *m, uint32_t length, int32_t code)
{
    if (code == SWMGMT_CONTINUE) {
        m->at += length;
    } else if (code != SWMGMT_INCOMPLETE || one_in(3)) {
        m->used = false;
    }
    if (m->at >= m->length) {
        m->used = false;
    }
}

/* ---- swmgmt_request() ------------------------------------------------------------------------- */

static int32_t ask(const swmgmt_request_t *request)
{
    static uint8_t room[ROOM];
    swmgmt_response_t response;
    int32_t answer;
    memset(&response, 0, sizeof response);
    response.room = one_in(4) ? any(80) : ROOM;
    response.payload = one_in(40) ? NULL : room;
    response.room = response.payload == NULL ? 0 : response.room;
    say("request %u %u/%u/%u/%u format %u accept %u server %u at %u of %u more %u room %u: ",
        request->method, request->path.object, request->path.instance, request->path.resource,
        request->path.index, request->format, request->accept, request->server,
        (unsigned)request->offset, (unsigned)request->total, request->more, (unsigned)response.room);
    say_bytes(request->payload, request->length);
    say("\n");
    answer = swmgmt_request(device.ctx, request, &response);
    answered(answer);
    if (!device.off && answer > 0) {
        say("  %u of %u etag %x format %u created %u more %u: ", (unsigned)response.length,
            (unsigned)response.total, (unsigned)response.etag, response.format, response.created,
            response.more);
        if (response.format == 0 || response.format == 40 || response.format == 110) {
            say("%.*s", (int)response.length, response.payload != NULL ? (const char *)response.payload : "");
        } else {
            say_bytes(response.payload, response.length);
        }
        say("\n");
    }
    return answer;
}

static void request_of(message_t *m)
{
    swmgmt_request_t request;
    uint32_t length = block_of(m, one_in(2) ? 4096 : 16u << m->szx);
    memset(&request, 0, sizeof request);
    request.method = m->method;
    request.path = m->path;
    request.format = one_in(30) ? formats[any(6)] : m->format;
    request.accept = one_in(20) ? 110 : SWMGMT_NONE;
    request.server = m->server;
    request.payload = length > 0 ? m->bytes + m->at : NULL;
    request.length = length;
    request.offset = one_in(30) ? m->at + any(40) : m->at;
    request.more = m->at + length < m->length;
    request.total = one_in(4) ? m->length : 0;
    request.body = one_in(10) ? NULL : &body;
    if (one_in(12)) { /* twice */
        (void)ask(&request);
    }
    if (!device.off) {
        go_on(m, length, ask(&request));
    }
}

void wire_request(void)
{
    message_t *m = some_message();
    for (unsigned n = one_in(3) ? 1 : 40; n > 0 && m->used && !device.off; n--) {
        request_of(m);
        settle();
    }
}

void wire_get(void)
{
    static const uint16_t accepts[] = {SWMGMT_NONE, 0, 60, 110, 112, 11542, 40, 42, 999};
    swmgmt_request_t request;
    memset(&request, 0, sizeof request);
    request.method = one_in(12) ? SWMGMT_DELETE : SWMGMT_GET;
    request.path = path_of(9, one_in(4) ? SWMGMT_NONE : some_instance(), SWMGMT_NONE);
    request.path.object = one_in(4) ? 14 : 9;
    if (request.path.instance != SWMGMT_NONE && one_in(2)) {
        request.path.resource = (uint16_t)any(20);
        request.path.index = one_in(8) ? (uint16_t)any(3) : SWMGMT_NONE;
    }
    if (one_in(8)) {
        request.path = path_of(SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE);
    }
    request.accept = accepts[any(9)];
    request.format = SWMGMT_NONE;
    request.server = 1;
    request.offset = one_in(4) ? 16 * any(8) : 0;
    (void)ask(&request);
}

/* ---- datagrams --------------------------------------------------------------------------------- */

static void put_bytes(datagram_t *d, const void *bytes, size_t length)
{
    if (length > 0 && length <= sizeof d->bytes - d->length) {
        memcpy(d->bytes + d->length, bytes, length);
        d->length += length;
    }
}

static void option(datagram_t *d, unsigned number, const void *value, size_t length)
{
    unsigned delta = number - d->number;
    uint8_t head[3];
    size_t count = 1;
    head[0] = (uint8_t)((delta < 13 ? delta : 13u) << 4 | (length < 13 ? length : 13u));
    if (delta >= 13) {
        head[count++] = (uint8_t)(delta - 13);
    }
    if (length >= 13) {
        head[count++] = (uint8_t)(length - 13);
    }
    put_bytes(d, head, count);
    put_bytes(d, value, length);
    d->number = number;
}

static void option_number(datagram_t *d, unsigned number, uint32_t value)
{
    uint8_t bytes[4];
    size_t count = 0;
    for (unsigned i = 4; i-- > 0;) {
        if (count > 0 || value >> 8 * i != 0) {
            bytes[count++] = (uint8_t)(value >> 8 * i);
        }
    }
    option(d, number, bytes, count);
}

static void option_id(datagram_t *d, uint16_t id)
{
    char text[8];
    if (id != SWMGMT_NONE) {
        (void)snprintf(text, sizeof text, "%u", id);
        option(d, 11, text, strlen(text));
    }
}

static void write_datagram(datagram_t *d, const message_t *m, uint32_t length)
{
    static const uint8_t token[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    unsigned token_length = one_in(4) ? any(9) : 4;
    unsigned type = one_in(8) ? 1 + any(3) : 0;
    bool block = length < m->length || one_in(6);
    uint8_t head[4];
    memset(d, 0, sizeof *d);
    message_id = (uint16_t)(message_id + !one_in(20));
    head[0] = (uint8_t)((one_in(200) ? 0u : 0x40u) | type << 4 | token_length);
    head[1] = one_in(60) ? (uint8_t)any(256) : m->method;
    head[2] = (uint8_t)(message_id >> 8);
    head[3] = (uint8_t)message_id;
    d->server = m->server;
    put_bytes(d, head, 4);
    put_bytes(d, token, token_length);
    if (one_in(60)) {
        unsigned which = one_in(2) ? 1 : 5; /* If-Match, If-None-Match */
        option(d, which, "e", one_in(2));
    }
    if (front.prefix != NULL && !one_in(30)) {
        option(d, 11, "rd", 2);
        option(d, 11, "x", 1);
    }
    option_id(d, m->path.object);
    option_id(d, m->path.instance);
    option_id(d, m->path.resource);
    option_id(d, m->path.index);
    if (m->format != SWMGMT_NONE) {
        option_number(d, 12, one_in(30) ? formats[any(6)] : m->format);
    }
    if (one_in(60)) {
        option(d, 15, "pmin=1", 6);
    }
    if (one_in(60)) {
        option_number(d, 17, 110);
    }
    if (block) {
        option_number(d, 27, (m->at >> (4 + m->szx)) << 4 | (m->at + length < m->length ? 8u : 0u) | m->szx);
    }
    if (one_in(4)) {
        option_number(d, 60, m->length);
    }
    if (one_in(60)) {
        unsigned which = 61 + any(8);
        option(d, which, "??", any(3));
    }
    if (length > 0) {
        put_bytes(d, "\xff", 1);
        put_bytes(d, m->bytes + m->at, length);
    }
    if (one_in(60)) {
        uint32_t at = any((uint32_t)d->length);
        d->bytes[at] ^= (uint8_t)(1u << any(8));
    }
}

static int32_t show(const datagram_t *d)
{
    static uint8_t answer[ROOM];
    int32_t length;
    say("datagram by %u at %u: ", d->server, (unsigned)device.now);
    say_bytes(d->bytes, d->length);
    say("\n");
    length = swmgmt_front(device.ctx, &front, d->server, device.now, d->bytes, d->length, answer,
                          one_in(8) ? 64 + any(100) : sizeof answer);
    answered(length);
    if (!device.off && length > 0) {
        say("  created %u next id %u: ", front.created, front.message_id);
        say_bytes(answer, (size_t)length);
        say("\n");
    }
    return !device.off && length > 1 ? answer[1] : length;
}

void wire_datagram(void)
{
    message_t *m = some_message();
    for (unsigned n = one_in(3) ? 1 : 40; n > 0 && m->used && !device.off; n--) {
        datagram_t *d = &late[sent++ % LATE];
        uint32_t length = block_of(m, m->length <= 60 && !one_in(4) ? 4096 : 16u << m->szx);
        write_datagram(d, m, length);
        go_on(m, length, show(d));
        settle();
        device.now += one_in(6) ? 16u * any(200) : 0;
        if (!device.off && one_in(8)) {
            (void)show(d);
            settle();
        }
    }
}

void wire_late(void)
{
    if (sent > 0) {
        datagram_t *d = &late[any(sent < LATE ? sent : LATE)];
        d->server = one_in(8) ? (uint16_t)any(3) : d->server;
        device.now += one_in(4) ? 16u * any(20000) : 0;
        (void)show(d);
    }
}
