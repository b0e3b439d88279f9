/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* swmgmt_request() with all methods, formats and cuts of a body. What must hold:
 * - outputs fit the answer, and no byte is written beyond the room;
 * - what is refused has changed nothing that can be read;
 * - a body is understood alike in one piece and in pieces, however cut, with repeats and gaps;
 * - a package that another codec wrapped is taken, and is what was wrapped;
 * - a representation is alike whole and in pieces, and can be written back. */
#include "wrap.h"

#define ROOM 2048u
#define GUARD 8u

static fake_t device[2];
static snapshot_t before;
static snapshot_t after;
static uint8_t body_bytes[2][1024];
static swmgmt_body_t body[2];
static uint8_t room_bytes[ROOM + GUARD];
static uint8_t whole[ROOM];

static const uint16_t formats[8] = {0, 42, 60, 11542, 110, 112, 40, SWMGMT_NONE};

/* The request, as a stack gives it: payload in memory of its own, so that the address
 * sanitizer sees each byte read beyond it. */
static swmgmt_answer_t ask(unsigned which, swmgmt_request_t request, swmgmt_response_t *response)
{
    fake_t *fake = &device[which];
    uint8_t *payload = request.length > 0 ? malloc(request.length) : NULL;
    swmgmt_answer_t answer;
    swmgmt_change_t change;
    uint32_t room = response->room;
    if (payload != NULL) {
        memcpy(payload, request.payload, request.length);
    }
    request.payload = payload;
    request.body = &body[which];
    memset(room_bytes, 0xA5, sizeof room_bytes);
    response->payload = room_bytes;
    snapshot(fake, &before);
    answer = swmgmt_request(fake->ctx, &request, response);
    snapshot(fake, &after);
    free(payload);

    MUST(answer > 0);
    MUST(response->payload == room_bytes && response->room == room);
    MUST(response->length <= room);
    for (uint32_t i = room; i < room + GUARD; i++) {
        MUST(room_bytes[i] == 0xA5);
    }
    MUST((answer == SWMGMT_CREATED) == (response->created != SWMGMT_NONE));
    MUST((answer == SWMGMT_CONTENT) == (response->format != SWMGMT_NONE));
    MUST(answer == SWMGMT_CONTENT || (response->length == 0 && response->more == 0));
    switch (answer) {
    case SWMGMT_CONTENT:
        MUST(request.method == SWMGMT_GET);
        MUST(request.accept == SWMGMT_NONE || request.accept == response->format);
        MUST(response->more == (request.offset < response->total &&
                                response->total - request.offset > response->length));
        break;
    case SWMGMT_CREATED:
        MUST(request.method == SWMGMT_POST);
        break;
    case SWMGMT_DELETED:
        MUST(request.method == SWMGMT_DELETE);
        break;
    case SWMGMT_CONTINUE:
        MUST(request.more == 1);
        break;
    case SWMGMT_CHANGED:
        MUST(request.more == 0);
        MUST(request.method == SWMGMT_PUT || request.method == SWMGMT_POST);
        break;
    case SWMGMT_BAD_REQUEST: /* a URI and a length that lies are told by 9, too */
        MUST(request.path.resource == 3 || request.total != 0 || same(&before, &after));
        break;
    case SWMGMT_TOO_LARGE:
        MUST(request.path.resource == 2 || same(&before, &after));
        break;
    default:
        MUST(answer == SWMGMT_NOT_FOUND || answer == SWMGMT_NOT_ALLOWED ||
             answer == SWMGMT_NOT_ACCEPTABLE || answer == SWMGMT_INCOMPLETE ||
             answer == SWMGMT_UNSUPPORTED_FORMAT || answer == SWMGMT_INTERNAL_ERROR);
        MUST(same(&before, &after));
        break;
    }
    if (request.method == SWMGMT_GET) {
        MUST(same(&before, &after));
        MUST(swmgmt_next_change(fake->ctx, &change) != SWMGMT_OK);
    }
    fake_drain(fake);
    fake_forget(fake);
    MUST(fake_slot(fake, 0)->length <= FAKE_STORE);
    return answer;
}

static swmgmt_request_t request_of(uint8_t method, swmgmt_path_t path, uint16_t format,
                                   input_t payload)
{
    swmgmt_request_t request;
    memset(&request, 0, sizeof request);
    request.method = method;
    request.path = path;
    request.format = format;
    request.accept = SWMGMT_NONE;
    request.server = 1;
    request.payload = payload.bytes;
    request.length = (uint32_t)payload.length;
    return request;
}

static swmgmt_answer_t simply(unsigned which, swmgmt_request_t request)
{
    swmgmt_response_t response;
    memset(&response, 0, sizeof response);
    response.room = ROOM;
    return ask(which, request, &response);
}

static void fresh(unsigned which, unsigned slots, uint8_t software, uint16_t components)
{
    device_new(&device[which], slots, software, components);
    memset(&body[which], 0, sizeof body[which]);
    body[which].bytes = body_bytes[which];
    body[which].room = sizeof body_bytes[which];
}

/* In one piece to device 0, in pieces to device 1: the same comes of it. */
static swmgmt_answer_t both_ways(swmgmt_path_t path, uint8_t method, uint16_t format, uint32_t dice,
                      input_t payload)
{
    bool package = method == SWMGMT_PUT && path.resource == 2;
    swmgmt_answer_t at_once;
    swmgmt_answer_t answer = 0;
    fake_slot_t *slot[2];
    fresh(0, 1, SWMGMT_EMPTY, 0);
    fresh(1, 1, SWMGMT_EMPTY, 0);
    at_once = simply(0, request_of(method, path, format, payload));
    for (uint32_t offset = 0; offset < payload.length;) {
        uint32_t left = (uint32_t)payload.length - offset;
        uint32_t size = 1u + (dice >> 24) % (1u + dice % 23u);
        input_t piece = {payload.bytes + offset, size < left ? size : left};
        swmgmt_request_t request = request_of(method, path, format, piece);
        request.offset = offset;
        request.more = piece.length < left ? 1 : 0;
        if ((dice >> 8 & 7u) == 0 && offset > 0 && request.more) { /* a gap */
            request.offset += 100;
            MUST(simply(1, request) == SWMGMT_INCOMPLETE);
            request.offset = offset;
        }
        answer = simply(1, request);
        if (answer != SWMGMT_CONTINUE) {
            break;
        }
        if ((dice >> 11 & 3u) == 0) {
            MUST(simply(1, request) == SWMGMT_CONTINUE); /* once more */
        }
        offset += (uint32_t)piece.length;
        dice = dice * 1664525u + 1013904223u;
    }
    if (payload.length == 0) {
        return at_once;
    }
    MUST((at_once < SWMGMT_BAD_REQUEST) == (answer < SWMGMT_BAD_REQUEST));
    if (!package) {
        MUST(at_once == answer || answer == SWMGMT_TOO_LARGE);
    } else if (at_once == SWMGMT_CHANGED) {
        MUST(fake_poll(&device[0]) && fake_poll(&device[1]));
        slot[0] = fake_slot(&device[0], 0);
        slot[1] = fake_slot(&device[1], 0);
        MUST(slot[0]->length > 0 && slot[0]->length <= payload.length);
        MUST(slot[0]->length == slot[1]->length);
        MUST(memcmp(slot[0]->bytes, slot[1]->bytes, slot[0]->length) == 0);
    } else { /* whatever it was, another package can be pushed */
        input_t good = {(const uint8_t *)"good", 4};
        MUST(simply(1, request_of(SWMGMT_PUT, path, 42, good)) == SWMGMT_CHANGED);
        MUST(fake_poll(&device[1]) && fake_slot(&device[1], 0)->length == 4);
        return at_once;
    }
    snapshot(&device[0], &before);
    snapshot(&device[1], &after);
    MUST(same(&before, &after));
    return at_once;
}

/* A package wrapped by codecs of this test's own. */
static void wrapped(input_t input)
{
    static made_t made;
    const swmgmt_path_t path = {9, 0, 2, SWMGMT_NONE};
    uint16_t format = formats[take(&input) % 6u];
    uint8_t layout = take(&input);
    uint8_t how = take(&input);
    uint32_t dice = take(&input) * 0x01010101u;
    if (input.length == 0) {
        return;
    }
    wrap(&made, format, input, layout, how);
    MUST(both_ways(path, SWMGMT_PUT, format, dice, (input_t){made.bytes, made.length}) ==
         SWMGMT_CHANGED);
    MUST(fake_slot(&device[0], 0)->length == input.length);
    MUST(memcmp(fake_slot(&device[0], 0)->bytes, input.bytes, input.length) == 0);
}

static swmgmt_path_t path_of(uint8_t which, uint8_t index)
{
    static const uint16_t ids[8] = {0, 1, 2, 3, 300, 65534, SWMGMT_NONE, 0};
    swmgmt_path_t path = {9, ids[which >> 5], index, SWMGMT_NONE};
    switch (which & 31u) {
    case 0:
        path.object = SWMGMT_NONE;
        path.instance = path.resource = SWMGMT_NONE;
        break;
    case 1:
        path.instance = path.resource = SWMGMT_NONE;
        break;
    case 2:
    case 3:
        path.resource = SWMGMT_NONE;
        break;
    case 4:
        path.resource = 17;
        path.index = index;
        break;
    case 5:
        path.object = 14;
        break;
    case 6:
        path.object = 14;
        path.resource = SWMGMT_NONE;
        break;
    case 7:
        path.object = 3;
        break;
    default:
        path.resource = which & 31u; /* 8 ... 31 */
        if (path.resource > 18) {
            path.resource = (uint16_t)(path.resource - 19u); /* 0 ... 12 */
        }
        break;
    }
    if (path.instance == SWMGMT_NONE) {
        path.resource = path.index = SWMGMT_NONE;
    }
    if (path.object == SWMGMT_NONE) {
        path.instance = SWMGMT_NONE;
    }
    return path;
}

/* Whole and in pieces; and what can be written is written back. */
static void representation(input_t input)
{
    uint8_t setup = take(&input);
    uint16_t accept = formats[take(&input) & 7u];
    uint32_t room = 1u + take(&input);
    swmgmt_path_t path = path_of(take(&input), take(&input));
    swmgmt_request_t request = request_of(SWMGMT_GET, path, SWMGMT_NONE, (input_t){NULL, 0});
    swmgmt_response_t response;
    uint32_t total;
    uint32_t etag;
    uint16_t format;
    fresh(0, 1u + (setup & 1u), (uint8_t)((setup >> 1 & 3u) % 3u),
          setup >> 3 & 3u);
    if (input.length >= 4) {
        (void)swmgmt_set_link(device[0].ctx, 0, 13, (uint16_t)(take(&input) << 8 | take(&input)),
                              (uint16_t)(take(&input) << 8 | take(&input)));
        fake_drain(&device[0]);
    }
    memset(&response, 0, sizeof response);
    response.room = ROOM;
    request.accept = accept;
    if (ask(0, request, &response) != SWMGMT_CONTENT || response.more) {
        return;
    }
    total = response.total;
    etag = response.etag;
    format = response.format;
    MUST(total == response.length);
    memcpy(whole, room_bytes, total);
    for (request.offset = 0; request.offset < total; request.offset += response.length) {
        response.room = room;
        MUST(ask(0, request, &response) == SWMGMT_CONTENT);
        MUST(response.length > 0 && response.total == total && response.etag == etag);
        MUST(memcmp(room_bytes, whole + request.offset, response.length) == 0);
    }
    if (path.object == 9 && (path.resource == 8 || path.resource == 13)) {
        input_t back = {whole, total};
        if (format != 40) {
            MUST(simply(0, request_of(SWMGMT_PUT, path, format, back)) == SWMGMT_CHANGED);
            MUST(same(&before, &after));
        }
    }
}

static void script(input_t input)
{
    uint8_t setup = take(&input);
    uint32_t next = 0;
    fresh(0, 1u + (setup & 1u), (uint8_t)((setup >> 1 & 3u) % 3u),
          setup >> 3 & 3u);
    for (unsigned turn = 0; turn < 32 && input.length > 0; turn++) {
        uint8_t how = take(&input);
        uint8_t what = take(&input);
        swmgmt_path_t path = path_of(take(&input), take(&input) & 31u);
        input_t payload = take_run(&input, take(&input));
        swmgmt_request_t request =
            request_of((uint8_t)(1u + (how & 3u)), path, formats[what & 7u], payload);
        swmgmt_response_t response;
        memset(&response, 0, sizeof response);
        request.accept = formats[what >> 3 & 7u];
        request.more = how >> 2 & 1u;
        request.server = how >> 3 & 1u;
        request.total = (what >> 6) == 3 ? (uint32_t)payload.length * 3u : 0;
        request.offset = (how >> 4 & 3u) == 0 ? 0 : (how >> 4 & 3u) == 1 ? what : next;
        response.room = (how >> 6) == 3 ? 3u : ROOM;
        if (ask(0, request, &response) == SWMGMT_CONTINUE) {
            next = request.offset + request.length;
        }
        if ((how >> 6) == 1) {
            MUST(fake_poll(&device[0]));
        } else if ((how >> 6) == 2) {
            MUST(fake_later(&device[0], 100000u));
        }
        fake_forget(&device[0]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        uint8_t method;
        swmgmt_path_t path;
    } writes[8] = {{SWMGMT_PUT, {9, 0, 2, SWMGMT_NONE}},
                   {SWMGMT_PUT, {9, 0, 2, SWMGMT_NONE}},
                   {SWMGMT_POST, {9, 0, SWMGMT_NONE, SWMGMT_NONE}},
                   {SWMGMT_POST, {9, SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE}},
                   {SWMGMT_PUT, {9, 0, 3, SWMGMT_NONE}},
                   {SWMGMT_PUT, {9, 0, 8, SWMGMT_NONE}},
                   {SWMGMT_PUT, {9, 0, 13, SWMGMT_NONE}},
                   {SWMGMT_PUT, {9, 0, 14, SWMGMT_NONE}}};
    input_t input = {data, size};
    uint8_t mode = take(&input);
    if ((mode & 15u) >= 12 && (mode & 15u) <= 13) {
        wrapped(input);
    } else if ((mode & 15u) == 14) {
        representation(input);
    } else if ((mode & 15u) == 15) {
        script(input);
    } else {
        uint32_t dice = take(&input) * 0x01010101u + mode;
        (void)both_ways(writes[mode & 7u].path, writes[mode & 7u].method, formats[mode >> 4 & 7u],
                        dice, input);
    }
    return 0;
}
