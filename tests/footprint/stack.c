/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The deepest stack of every public function, painted: each of them is called in the
 * lives below, with power cuts after every call and with saves that fail. PARTS names
 * the parts, WITH_SHA256 and WITH_PACKAGES say what is among them. PUSH_ONLY is a firmware
 * that takes pushes only: no Package URI, no components, and no records to save. */
#include "board.h"
#include "device.h"

#include <string.h>

enum { NAMES = 40, INSTANCES = 3, COMPONENTS = 4, CUTS = 60, SAVES = 50 };

static const swmgmt_part_t *const parts[] = {PARTS};
#if PUSH_ONLY
#define OFFERED (SWMGMT_OFFER(2) | SWMGMT_OFFER(8) | SWMGMT_OFFER(16))
#define HOST device_push_host
#else
#define OFFERED                                                                                           \
    (SWMGMT_OFFER(2) | SWMGMT_OFFER(3) | SWMGMT_OFFER(5) | SWMGMT_OFFER(8) | SWMGMT_OFFER(13) |            \
     SWMGMT_OFFER(14) | SWMGMT_OFFER(15) | SWMGMT_OFFER(16) | SWMGMT_OFFER(17) | SWMGMT_OFFER(18))
#define HOST device_host
#endif
static const swmgmt_config_t config = {
    .size = sizeof config,
    .resources = OFFERED,
    .options = SWMGMT_SERVER_MAY_CREATE | SWMGMT_SERVER_MAY_DELETE,
    .parts = parts, .part_count = sizeof parts / sizeof *parts,
    .instances = INSTANCES, .components = PUSH_ONLY ? 0 : COMPONENTS, .transfers = 2,
    .text = 16, .arguments = 16, .credentials = 16, .work = 64,
};

static uint64_t memory[SWMGMT_MEMORY_WORDS(SWMGMT_OFFER(3), INSTANCES, COMPONENTS, 2, 16, 16, 16, 64) +
                       SWMGMT_CONTAINER_WORDS(INSTANCES, COMPONENTS, 2, 16, 0)];
static swmgmt_t *ctx;
static uint32_t now;
static intptr_t result;

static struct { const char *name; uint32_t depth; } seen[NAMES];

static intptr_t note(const char *name, uint32_t depth)
{
    unsigned n = 0;
    while (seen[n].name != NULL && strcmp(seen[n].name, name) != 0) n++;
    seen[n].name = name;
    if (depth > seen[n].depth) seen[n].depth = depth;
    return result;
}

#define CALL(function, arguments) \
    (probe_paint(), result = (intptr_t)function arguments, note(#function, probe_depth()))

static swmgmt_path_t path(uint16_t object, uint16_t instance, uint16_t resource)
{
    return (swmgmt_path_t){object, instance, resource, SWMGMT_NONE};
}

static swmgmt_value_t text(const char *bytes)
{
    return (swmgmt_value_t){
        .bytes = (const uint8_t *)bytes, .length = (uint32_t)strlen(bytes), .kind = SWMGMT_TYPE_STRING};
}

static swmgmt_value_t opaque(const char *bytes)
{
    swmgmt_value_t value = text(bytes);
    value.kind = SWMGMT_TYPE_OPAQUE;
    return value;
}

/* What a firmware does after every call. */
static void changes(void)
{
    swmgmt_change_t change;
    while (CALL(swmgmt_next_change, (ctx, &change)) == SWMGMT_OK) {}
}

static void poll(void)
{
    uint32_t wait = 0;
    for (unsigned n = 0; n < 32 && wait == 0; n++) {
        CALL(swmgmt_poll, (ctx, now++, &wait));
        changes();
    }
}

static void complete(swmgmt_verdict_t verdict)
{
    CALL(swmgmt_done, (ctx, device_number, verdict, 0));
    changes();
    poll();
}

static void boot(void)
{
    memset(memory, 0xa5, sizeof memory);
    CALL(swmgmt_init_abi, (&ctx, memory, sizeof memory, &config, &HOST, SWMGMT_ABI));
    CALL(swmgmt_add, (ctx, 0, SWMGMT_EMPTY));
    CALL(swmgmt_add, (ctx, 1, SWMGMT_RUNNING));
    CALL(swmgmt_boot, (ctx, now));
    changes();
    poll();
}

static void expect(uint16_t instance)
{
#if WITH_SHA256
    static const uint8_t digest[32] = {
        0x09, 0xca, 0x7e, 0x4e, 0xaa, 0x6e, 0x8a, 0xe9, 0xc7, 0xd2, 0x61, 0x16, 0x71, 0x29, 0x18, 0x48,
        0x83, 0x64, 0x4d, 0x07, 0xdf, 0xba, 0x7c, 0xbf, 0xbc, 0x4c, 0x8a, 0x2e, 0x08, 0x36, 0x0d, 0x5b};
    CALL(swmgmt_expect, (ctx, instance, PACKAGE_BYTES, SWMGMT_SHA256, digest, sizeof digest));
#else
    static const uint8_t digest[4] = {0xff, 0xab, 0x72, 0x3a};
    CALL(swmgmt_expect, (ctx, instance, PACKAGE_BYTES, SWMGMT_CRC32, digest, sizeof digest));
#endif
}

#if WITH_PACKAGES
static void expect_nothing(uint16_t instance)
{
    CALL(swmgmt_expect, (ctx, instance, 0, SWMGMT_NO_DIGEST, NULL, 0));
}
#endif

static void look(void)
{
    swmgmt_value_t value;
    swmgmt_path_t at = path(9, 0, 0);
    for (at.instance = 0; at.instance < INSTANCES; at.instance++) {
        for (at.resource = 0; at.resource < 19; at.resource++) CALL(swmgmt_read, (ctx, at, &value));
        CALL(swmgmt_state, (ctx, at.instance));
    }
    for (at = path(9, 0, 17), at.index = 0; at.index < 2; at.index++) CALL(swmgmt_read, (ctx, at, &value));
    for (at = path(14, 0, 0); at.instance < COMPONENTS; at.instance++) {
        for (at.resource = 0; at.resource < 6; at.resource++) CALL(swmgmt_read, (ctx, at, &value));
    }
    for (unsigned n = 0; n < 8; n++) {
        const swmgmt_path_t within[] = {path(9, SWMGMT_NONE, SWMGMT_NONE), path(9, 0, SWMGMT_NONE),
                                        path(9, 0, 17), path(14, SWMGMT_NONE, SWMGMT_NONE),
                                        path(14, 0, SWMGMT_NONE), path(14, 0, 0), path(9, 1, SWMGMT_NONE),
                                        path(9, 1, 17)};
        uint16_t child = SWMGMT_NONE;
        while (CALL(swmgmt_next, (ctx, within[n], &child)) == SWMGMT_OK) {}
    }
}

static void push(uint16_t instance, uint32_t offset, uint32_t length, bool last)
{
    const swmgmt_chunk_t chunk = {.data = (const uint8_t *)PACKAGE + offset, .length = length,
                                  .offset = offset, .last = last};
    CALL(swmgmt_push, (ctx, 1, instance, &chunk));
    changes();
}

static void fetched(uint32_t offset, uint32_t length, bool last)
{
    const swmgmt_chunk_t chunk = {.data = (const uint8_t *)PACKAGE + offset, .length = length, .offset = offset,
                                  .last = last, .etag = (const uint8_t *)"etag", .etag_length = 4};
    CALL(swmgmt_fetched, (ctx, device_number, &chunk));
    changes();
}

static void execute(uint16_t object, uint16_t instance, uint16_t resource, const char *arguments)
{
    const swmgmt_path_t at = path(object, instance, resource);
    const size_t length = strlen(arguments);
    CALL(swmgmt_execute, (ctx, 1, at, arguments, length));
    changes();
}

static void write(uint16_t instance, uint16_t resource, swmgmt_value_t value)
{
    const swmgmt_path_t at = path(9, instance, resource);
    CALL(swmgmt_write, (ctx, 1, at, &value));
    changes();
}

/* The same things as CoAP brings them: the formats that are parts, or the refusal. */
static uint8_t answer[256], collected[64];
static swmgmt_body_t body = {.bytes = collected, .room = sizeof collected};

static void ask(uint8_t method, swmgmt_path_t at, uint16_t format, const char *bytes, uint32_t length,
                uint32_t offset, bool more)
{
    const swmgmt_request_t request = {
        .path = at, .payload = (const uint8_t *)bytes, .length = length, .offset = offset, .more = more,
        .format = format, .accept = format, .server = 1, .method = method, .body = &body};
    swmgmt_response_t response = {.payload = answer, .room = sizeof answer};
    CALL(swmgmt_request, (ctx, &request, &response));
    changes();
}

static void requests(void)
{
    static const uint16_t formats[] = {SWMGMT_NONE, 0, 40, 42, 60, 110, 112, 11542};
    static const char senml[] = "\x81\xa2\x21\x66/9/0/2\x08\x44hell";
    static const char json[] = "[{\"bn\":\"/9/0/\",\"n\":\"3\",\"vs\":\"coap:\\/\\/h\"},{\"n\":\"8\",\"vb\":true}]";
    static const char tlv[] = "\xc1\x08\x01\xc4\x0e""user\xc8\x03\x08""coap://h";
    const swmgmt_path_t package = path(9, 0, 2), instance = path(9, 0, SWMGMT_NONE),
                        all = path(9, SWMGMT_NONE, SWMGMT_NONE);
    for (unsigned n = 0; n < sizeof formats / sizeof *formats; n++) {
        const swmgmt_path_t what[] = {all, instance, path(9, 0, 0), path(9, 0, 7), path(9, 0, 13), path(9, 0, 17),
                                      path(14, SWMGMT_NONE, SWMGMT_NONE), path(14, 0, 0), {9, 0, 17, 0},
                                      path(SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE)};
        for (unsigned k = 0; k < sizeof what / sizeof *what; k++) {
            ask(SWMGMT_GET, what[k], formats[n], NULL, 0, 0, false);
            ask(SWMGMT_GET, what[k], formats[n], NULL, 0, 16, false);
        }
        ask(SWMGMT_PUT, package, formats[n], "\xc2\x02hi", 4, 0, false); /* its own, or the refusal */
        ask(SWMGMT_PUT, path(9, 0, 8), formats[n], "1", 1, 0, false);
    }
    ask(SWMGMT_PUT, package, 112, senml, 8, 0, true);
    ask(SWMGMT_PUT, package, 112, senml + 8, sizeof senml - 9, 8, false);
    poll();
    ask(SWMGMT_POST, path(9, 0, 6), SWMGMT_NONE, NULL, 0, 0, false);
    ask(SWMGMT_PUT, package, 60, "\x44hell", 5, 0, false);
    ask(SWMGMT_POST, path(9, 0, 6), 0, "0", 1, 0, false);
    ask(SWMGMT_PUT, package, 0, "aGVsbA==", 8, 0, false);
    ask(SWMGMT_POST, path(9, 0, 6), 0, "0", 1, 0, false);
    ask(SWMGMT_POST, instance, 11542, tlv, 8, 0, true);
    ask(SWMGMT_POST, instance, 11542, tlv + 8, sizeof tlv - 9, 8, false);
    poll();
    ask(SWMGMT_POST, path(9, 0, 6), 0, "0", 1, 0, false);
    ask(SWMGMT_POST, instance, 110, json, sizeof json - 1, 0, false);
    ask(SWMGMT_POST, all, 11542, tlv, sizeof tlv - 1, 0, false);
    ask(SWMGMT_DELETE, path(9, 2, SWMGMT_NONE), SWMGMT_NONE, NULL, 0, 0, false);
}

static void datagram(const char *bytes, size_t length)
{
    static swmgmt_exchange_t exchanges[2];
    static swmgmt_front_t front = {.prefix = "lwm2m", .exchanges = exchanges, .exchange_count = 2};
    front.body = body;
    CALL(swmgmt_front, (ctx, &front, 1, now, (const uint8_t *)bytes, length, answer, sizeof answer));
    changes();
}

static void datagrams(void)
{
#define LWM2M "\xb5lwm2m"
    static const char first[] = "\x42\x03\0\1tt" LWM2M "\x01""9\x01""0\x01""2\x11\x3c\xd1\x02\x08\xff\x58\x18" "abcdefghijklmn";
    static const char again[] = "\x42\x03\0\1tt" LWM2M "\x01""9\x01""0\x01""2\x11\x3c\xd1\x02\x08\xff\x58\x18" "abcdefghijklmn";
    static const char create[] = "\x52\x02\0\2tt" LWM2M "\x01""9";
    static const char execute[] = "\x42\x02\0\3tt" LWM2M "\x01""9\x01""0\x01""6\xff""0";
    static const char other[] = "\x42\x01\0\4tt" LWM2M "\x01""9";
    datagram(first, sizeof first - 1);
    datagram(again, sizeof again - 1);
    datagram(create, sizeof create - 1);
    datagram(execute, sizeof execute - 1);
    datagram(other, sizeof other - 1);
}

#if WITH_PACKAGES
/* tests/packages/signed.swpk */
static const uint8_t signed_package[] = {
    0x53, 0x57, 0x50, 0x4b, 0x01, 0x00, 0xd8, 0x00, 0xfa, 0x00, 0x00, 0x00, 0x01, 0x05, 0x00, 0x62,
    0x6c, 0x69, 0x6e, 0x6b, 0x02, 0x05, 0x00, 0x31, 0x2e, 0x32, 0x2e, 0x33, 0x08, 0x2f, 0x00, 0x22,
    0x00, 0x00, 0x00, 0x1e, 0xc6, 0x0e, 0xaf, 0x33, 0xe0, 0x46, 0x20, 0x5f, 0x64, 0x05, 0x7f, 0x19,
    0xce, 0x29, 0x28, 0xe0, 0x7e, 0xe8, 0x4f, 0x86, 0xb9, 0x0b, 0xcf, 0xc0, 0xa4, 0xe9, 0xe2, 0x98,
    0xe7, 0xd6, 0x90, 0x00, 0x00, 0x03, 0x61, 0x70, 0x70, 0x31, 0x2e, 0x32, 0x2e, 0x33, 0x09, 0x20,
    0x00, 0x7e, 0x17, 0x12, 0x7c, 0x07, 0x92, 0xf1, 0x12, 0xfc, 0x84, 0xbe, 0xea, 0xbc, 0xa8, 0x50,
    0x23, 0x8c, 0x0f, 0xec, 0x46, 0xa9, 0xb7, 0xa2, 0xb9, 0xd7, 0x99, 0xd5, 0x17, 0x4b, 0x8d, 0xe4,
    0x70, 0x0a, 0x20, 0x00, 0x04, 0xff, 0x7d, 0x30, 0x7e, 0x5e, 0xf7, 0x07, 0x71, 0x54, 0xe4, 0x64,
    0xf3, 0xb6, 0x60, 0x3c, 0x91, 0xdf, 0x25, 0xbc, 0x80, 0xe8, 0xea, 0x84, 0x13, 0x87, 0x28, 0x2d,
    0x8f, 0xb1, 0xe5, 0xfe, 0x0b, 0x41, 0x00, 0x01, 0xec, 0xdf, 0x73, 0x47, 0x29, 0x3d, 0x64, 0x00,
    0x8e, 0xf8, 0xf8, 0x06, 0x9c, 0x1b, 0x67, 0x9b, 0x7f, 0xbd, 0xa8, 0x3f, 0x5c, 0xae, 0xf1, 0xae,
    0xe0, 0xa9, 0x8e, 0xa2, 0x74, 0x08, 0xfc, 0xa0, 0x07, 0xef, 0x68, 0xd9, 0xeb, 0x19, 0x21, 0x87,
    0x34, 0x78, 0x6d, 0xe0, 0x6f, 0x21, 0x71, 0x5d, 0x6d, 0x32, 0xc5, 0x91, 0xed, 0x52, 0x25, 0xb5,
    0xaa, 0x7a, 0x8f, 0xb2, 0xc8, 0xd1, 0xc1, 0x02, 0x54, 0x68, 0x65, 0x73, 0x65, 0x20, 0x61, 0x72,
    0x65, 0x20, 0x74, 0x68, 0x65, 0x20, 0x62, 0x79, 0x74, 0x65, 0x73, 0x20, 0x6f, 0x66, 0x20, 0x61,
    0x20, 0x70, 0x72, 0x6f, 0x67, 0x72, 0x61, 0x6d, 0x2e, 0x0a};

static void push_signed(uint16_t instance)
{
    swmgmt_chunk_t chunk = {.data = signed_package, .length = 100};
    swmgmt_component_t component;
    device_package = signed_package;
    CALL(swmgmt_push, (ctx, 1, instance, &chunk));
    changes();
    chunk = (swmgmt_chunk_t){.data = signed_package + 100, .length = sizeof signed_package - 100, .offset = 100,
                             .last = 1};
    CALL(swmgmt_push, (ctx, 1, instance, &chunk));
    changes();
    CALL(swmgmt_package_component, (signed_package, sizeof signed_package, 0, &component));
}

static void push_image(uint16_t instance)
{
    static const uint8_t head[32] = {0x3d, 0xb8, 0xf3, 0x96, 0, 0, 0, 0, 32};
    const swmgmt_chunk_t chunk = {.data = head, .length = sizeof head};
    CALL(swmgmt_push, (ctx, 1, instance, &chunk));
    changes();
}
#endif

/* One life, up to the power cut. */
static void live(unsigned cut)
{
    const swmgmt_item_t settings[] = {
        {.value = text("1"), .resource = 8},   {.value = text("9:0"), .resource = 13},
        {.value = text("user"), .resource = 14}, {.value = text("password"), .resource = 15}};
    const swmgmt_item_t whole[] = {
        {.value = text("0"), .resource = 8}, {.value = opaque(PACKAGE), .resource = 2}};
    const swmgmt_item_t link[] = {
        {.value = text("user"), .resource = 14}, {.value = text("coap://h/p?q=1#f"), .resource = 3}};
    uint16_t created;
#define STEP(what)             \
    if (cut-- == 0) return;    \
    what
    expect(0);
    STEP(push(0, 0, 4, false));
    STEP(push(0, 0, 4, false)); /* again */
    push(0, 8, 4, true);        /* a gap */
    STEP(push(0, 4, 8, true));
    STEP(poll());
    STEP(complete(SWMGMT_DONE));
    STEP(look());
    STEP(execute(9, 0, 4, "arguments"));
    STEP(poll());
    STEP(complete(SWMGMT_DONE));
    STEP(execute(9, 0, 10, ""));
    STEP(complete(SWMGMT_DONE));
    STEP(execute(14, 0, 4, ""));
    STEP(complete(SWMGMT_DONE));
    STEP(execute(14, 0, 3, ""));
    STEP(complete(SWMGMT_FAILED));
    STEP(execute(9, 0, 11, ""));
    STEP(complete(SWMGMT_DONE));
    STEP(execute(9, 0, 6, "1")); /* for an update */
    STEP(complete(SWMGMT_DONE));
    STEP(CALL(swmgmt_write_instance, (ctx, 1, 0, settings, 4)));
    STEP(write(0, 3, text("coap://[2001:db8::1]:5683/p")));
    STEP(poll());
    STEP(fetched(0, 4, false));
    STEP(fetched(4, 8, true));
    STEP(poll());
    STEP(CALL(swmgmt_give_up_update, (ctx, 0, 1)));
    STEP(poll());
    STEP(write(0, 2, opaque(PACKAGE)));
    STEP(poll());
    STEP(execute(9, 0, 6, ""));
    STEP(complete(SWMGMT_DONE));
    STEP(CALL(swmgmt_create, (ctx, 1, SWMGMT_NONE, link, 2, &created)));
    STEP(poll());
    STEP(complete(SWMGMT_FAILED_CONNECTION));
    STEP(CALL(swmgmt_write_instance, (ctx, 1, 2, whole, 2)));
    STEP(poll());
    STEP(CALL(swmgmt_delete, (ctx, 1, 2)));
    STEP(complete(SWMGMT_DONE));
    STEP(CALL(swmgmt_create, (ctx, 1, 7, whole, 2, &created)));
    STEP(poll());
    STEP(CALL(swmgmt_set_link, (ctx, 0, 13, 3, 4)));
    STEP(CALL(swmgmt_set_link, (ctx, 0, 5, 3, 4)));
    STEP(push(0, 0, 4, false));
    now += 1000000;
    STEP(poll()); /* stalled */
    STEP(requests());
    STEP(datagrams());
#if WITH_PACKAGES
    expect_nothing(0);
    STEP(push_image(0));
    STEP(push_signed(0));
    STEP(poll());
    STEP(complete(SWMGMT_DONE));
    STEP(execute(9, 0, 4, ""));
    STEP(poll());
    STEP(complete(SWMGMT_DONE));
    STEP(look());
#endif
}

/* The life, a power cut, and what the next boot makes of it. */
static void cut_after(unsigned steps, uint32_t saves)
{
    device_forget();
    device_fail_after(UINT32_MAX);
    device_package = (const uint8_t *)PACKAGE;
    boot();
    device_fail_after(saves);
    live(steps);
    boot();
    look();
    execute(9, 0, 6, "");
    complete(SWMGMT_DONE);
}

static void set_answers(swmgmt_verdict_t verdict, swmgmt_verdict_t outcome)
{
    for (unsigned kind = 0; kind <= SWMGMT_OP_COMMIT; kind++) device_answer[kind] = verdict;
    for (unsigned kind = SWMGMT_OP_KEY; kind < SWMGMT_OP_COMMIT; kind++) device_answer[kind] = SWMGMT_DONE;
    device_answer[SWMGMT_OP_WRITE] = device_answer[SWMGMT_OP_READ] = SWMGMT_DONE;
    device_answer[SWMGMT_OP_FETCH] = SWMGMT_PENDING;
    device_answer[SWMGMT_OP_OUTCOME] = outcome;
}

int main(void)
{
    static const swmgmt_verdict_t outcomes[] = {SWMGMT_DONE, SWMGMT_PENDING, SWMGMT_NOT_STARTED,
                                                SWMGMT_UNKNOWN, SWMGMT_FAILED};
    swmgmt_resource_t about;
    for (unsigned n = 0; n < 5; n++) {
        for (unsigned cut = 0; cut < CUTS; cut++) {
            set_answers(SWMGMT_DONE, outcomes[n]);
            cut_after(cut, UINT32_MAX);
            set_answers(SWMGMT_PENDING, outcomes[n]);
            cut_after(cut, UINT32_MAX);
        }
    }
    set_answers(SWMGMT_FAILED, SWMGMT_FAILED);
    cut_after(CUTS, UINT32_MAX);
    for (uint32_t saves = 0; saves < SAVES; saves++) {
        set_answers(SWMGMT_DONE, SWMGMT_DONE);
        cut_after(CUTS, saves);
        set_answers(SWMGMT_PENDING, SWMGMT_PENDING);
        cut_after(CUTS, saves);
    }
    CALL(swmgmt_memory, (&config));
    CALL(swmgmt_resource, (9, 7, &about));
    CALL(swmgmt_version, ());
    CALL(swmgmt_strerror, (SWMGMT_EBUSY));
    CALL(swmgmt_state_name, (SWMGMT_ACTIVE));
    CALL(swmgmt_result_name, (50));
    CALL(swmgmt_operation_name, (SWMGMT_OP_ABOUT));
    for (unsigned n = 0; seen[n].name != NULL; n++) device_report(seen[n].name, seen[n].depth);
    return 0;
}
