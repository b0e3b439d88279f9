/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What QEMU counts: instructions per call, callbacks that only answer included, and the
 * memory that configurations need. -icount shift=10 makes an instruction last 1024 ns,
 * which are 25.6 ticks of the timer. PARTS names every part but the CRCs and
 * the containers. */
#include "board.h"
#include "device.h"

#include <string.h>

#define TIMER_CONTROL (*(volatile uint32_t *)0x40000000u)
#define TIMER_VALUE (*(volatile uint32_t *)0x40000004u)
#define TIMER_RELOAD (*(volatile uint32_t *)0x40000008u)

enum { FULL = 1024, HALF = 512, CHUNKS = 4 };

static const swmgmt_part_t *const none[] = {NULL};
static const swmgmt_part_t *const crc32[] = {&swmgmt_crc32};
static const swmgmt_part_t *const crc32_small[] = {&swmgmt_crc32_small};
static const swmgmt_part_t *const all[] = {PARTS};
#define COUNT_OF(array) ((uint16_t)(sizeof(array) / sizeof *(array)))

static uint64_t memory[2048];
static swmgmt_config_t config;
static swmgmt_t *ctx;
static uint32_t overhead; /* ticks of an empty call */
static uint8_t data[FULL];

static uint32_t since(uint32_t start)
{
    return start - probe_ticks();
}

/* Rounded, because an instruction begins and ends between two ticks. */
static uint32_t instructions(uint32_t ticks)
{
    return (uint32_t)(((uint64_t)(ticks - overhead) * 10u + 128u) / 256u) + 2u; /* the empty call's own */
}

#define COUNT(name, wanted, call)                                  \
    do {                                                           \
        const uint32_t start = probe_ticks();                      \
        const intptr_t result = (intptr_t)(call);                  \
        const uint32_t ticks = since(start);                       \
        if (result != (wanted)) {                                  \
            board_print(name " answered something else\n");        \
            board_exit(1);                                         \
        }                                                          \
        device_report("count " name, instructions(ticks));         \
    } while (0)

static swmgmt_path_t path(uint16_t resource)
{
    return (swmgmt_path_t){9, 0, resource, SWMGMT_NONE};
}

static void start(const swmgmt_part_t *const *parts, uint16_t count, const swmgmt_host_t *host)
{
    config = (swmgmt_config_t){
        .size = sizeof config, .resources = SWMGMT_OFFER(2) | SWMGMT_OFFER(8) | SWMGMT_OFFER(18),
        .options = SWMGMT_SERVER_MAY_CREATE, .parts = parts, .part_count = count,
        .instances = 4, .transfers = 2, .policy = SWMGMT_ALLOW_NONE,
    };
    if (swmgmt_init(&ctx, memory, sizeof memory, &config, host) != SWMGMT_OK) board_exit(2);
    swmgmt_add(ctx, 0, SWMGMT_INSTALLED);
    swmgmt_add(ctx, 1, SWMGMT_EMPTY);
    swmgmt_boot(ctx, 0);
}

static void drain(void)
{
    swmgmt_change_t change;
    uint32_t wait;
    do {
        swmgmt_poll(ctx, 0, &wait);
        while (swmgmt_next_change(ctx, &change) == SWMGMT_OK) {}
    } while (wait == 0);
}

#define REQUESTS(with, parts_, count_, host_)                                                          \
    do {                                                                                               \
        const swmgmt_value_t on = {.number = 1, .kind = SWMGMT_TYPE_BOOLEAN};                          \
        const swmgmt_path_t state = path(7), update = path(8), activate = path(10);                    \
        swmgmt_value_t value;                                                                          \
        swmgmt_change_t change;                                                                        \
        uint16_t created;                                                                              \
        uint32_t wait;                                                                                 \
        start(parts_, count_, host_);                                                                  \
        drain();                                                                                       \
        COUNT("read 9/x/7" with, SWMGMT_CONTENT, swmgmt_read(ctx, state, &value));                     \
        COUNT("write 9/x/8" with, SWMGMT_CHANGED, swmgmt_write(ctx, 1, update, &on));                  \
        drain();                                                                                       \
        COUNT("execute 9/x/10, synchronous" with, SWMGMT_CHANGED,                                      \
              swmgmt_execute(ctx, 1, activate, NULL, 0));                                              \
        drain();                                                                                       \
        COUNT("create" with, SWMGMT_CREATED, swmgmt_create(ctx, 1, SWMGMT_NONE, NULL, 0, &created));   \
        drain();                                                                                       \
        COUNT("poll, idle" with, SWMGMT_OK, swmgmt_poll(ctx, 0, &wait));                               \
        COUNT("next_change, none" with, SWMGMT_ENOENT, swmgmt_next_change(ctx, &change));              \
    } while (0)

#define CHUNK(name, parts_, count_, algorithm, bytes)                                                  \
    do {                                                                                               \
        static const uint8_t digest[32];                                                               \
        swmgmt_chunk_t chunk = {.data = data, .length = HALF};                                         \
        start(parts_, count_, &device_bare_host);                                                      \
        swmgmt_expect(ctx, 1, 0, algorithm, (bytes) > 0 ? digest : NULL, bytes);                       \
        if (swmgmt_push(ctx, 1, 1, &chunk) != SWMGMT_CONTINUE) board_exit(3);                          \
        chunk.offset = HALF;                                                                           \
        COUNT("push 512 bytes, " name, SWMGMT_CONTINUE, swmgmt_push(ctx, 1, 1, &chunk));               \
        chunk.offset = 2 * HALF;                                                                       \
        chunk.length = FULL;                                                                           \
        COUNT("push 1024 bytes, " name, SWMGMT_CONTINUE, swmgmt_push(ctx, 1, 1, &chunk));              \
    } while (0)

/* Bytes for a configuration of everything with so many of each, and 2 KiB of work. */
static uint32_t bytes(uint16_t instances, uint16_t transfers, uint16_t components)
{
    const swmgmt_config_t some = {
        .size = sizeof some, .resources = SWMGMT_OFFER(2), .parts = all, .part_count = COUNT_OF(all),
        .instances = instances, .transfers = transfers, .components = components, .work = 2048};
    return (uint32_t)swmgmt_memory(&some);
}

static void memories(void)
{
    enum { MANY = 8 };
    const uint32_t one = bytes(1, 1, 0);
    const uint32_t instance = (bytes(1 + MANY, 1, 0) - one) / MANY;
    const uint32_t transfer = (bytes(1, 1 + MANY, 0) - one) / MANY;
    swmgmt_config_t some = {.size = sizeof some, .resources = SWMGMT_OFFER(2), .instances = 1, .transfers = 1};
    device_report("memory context", one - instance - transfer - 2048u);
    device_report("memory instance without text", instance);
    device_report("memory transfer", transfer);
    device_report("memory component", (bytes(1, 1, MANY) - one) / MANY);

    device_report("memory of push, 1 instance, no names", (uint32_t)swmgmt_memory(&some));
    some.resources |= SWMGMT_OFFER(16);
    some.text = 32;
    device_report("memory of push, 1 instance, names of 32 bytes", (uint32_t)swmgmt_memory(&some));
    some.resources |= SWMGMT_OFFER(3) | SWMGMT_OFFER(14) | SWMGMT_OFFER(15);
    some.parts = all;
    some.part_count = COUNT_OF(all);
    some.credentials = some.arguments = 32;
    device_report("memory of everything but components, 1 instance", (uint32_t)swmgmt_memory(&some));
    some.instances = 4;
    some.transfers = 2;
    some.components = 8;
    some.work = 1024;
    device_report("memory of everything, 4 instances, 2 transfers, 8 components, 1 KiB work",
                  (uint32_t)swmgmt_memory(&some));
}

int main(void)
{
    uint32_t start_ticks, result;
    TIMER_RELOAD = TIMER_VALUE = UINT32_MAX;
    TIMER_CONTROL = 1;
    for (unsigned kind = 0; kind <= SWMGMT_OP_COMMIT; kind++) device_answer[kind] = SWMGMT_DONE;
    device_fail_after(UINT32_MAX);
    start_ticks = probe_ticks();
    result = probe_nothing();
    overhead = since(start_ticks) + result;
    COUNT("a loop of 1002", 0, probe_loop());
    REQUESTS("", none, 0, &device_bare_host);
    REQUESTS(", everything on", all, COUNT_OF(all), &device_host);
    CHUNK("no digest", none, 0, SWMGMT_NO_DIGEST, 0);
    CHUNK("small CRC-32", crc32_small, 1, SWMGMT_CRC32, 4);
    CHUNK("CRC-32", crc32, 1, SWMGMT_CRC32, 4);
    CHUNK("SHA-256", all, COUNT_OF(all), SWMGMT_SHA256, 32);
    memories();
    return 0;
}
