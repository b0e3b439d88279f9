/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What scripts/figures.sh counts: `chunks N SIZE crc32|crc32_small|sha256|none` pushes N
   chunks of SIZE bytes; `chunks memory` prints what configurations need. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <swmgmt.h>

static swmgmt_verdict_t open_slot(void *user, const swmgmt_op_t *op, uint32_t offset, uint32_t total)
{
    (void)user, (void)op, (void)offset, (void)total;
    return SWMGMT_DONE;
}

static swmgmt_verdict_t write_slot(void *user, const swmgmt_op_t *op, uint32_t offset,
                                   const uint8_t *data, size_t length)
{
    (void)user, (void)op, (void)offset, (void)data, (void)length;
    return SWMGMT_DONE;
}

static swmgmt_verdict_t install(void *user, const swmgmt_op_t *op, const char *arguments, size_t length)
{
    (void)user, (void)op, (void)arguments, (void)length;
    return SWMGMT_DONE;
}

static const swmgmt_host_t host = {
    .size = sizeof host, .open = open_slot, .write = write_slot, .install = install,
};
static const swmgmt_part_t *const crc32[] = {&swmgmt_crc32};
static const swmgmt_part_t *const crc32_small[] = {&swmgmt_crc32_small};
static const swmgmt_part_t *const sha256[] = {&swmgmt_sha256};
static const swmgmt_part_t *const with_components[] = {&swmgmt_sha256, &swmgmt_download, &swmgmt_components};

static uint32_t offered(const char *list)
{
    uint32_t bits = 0;
    for (; *list != '\0'; list++) bits |= SWMGMT_OFFER((uint32_t)(*list - 'a'));
    return bits;
}

static void memory(const char *name, swmgmt_config_t config)
{
    config.size = sizeof config;
    printf("  %-48s %6zu bytes\n", name, swmgmt_memory(&config));
}

static int memories(void)
{
    swmgmt_config_t config = {.resources = offered("c"), .instances = 1, .transfers = 1};
    memory("push, 1 instance, no names", config);
    config.resources = offered("cq");
    config.text = 32;
    memory("push, 1 instance, names of 32 bytes", config);
    config.resources = offered("cdfinopq");
    config.credentials = 32;
    config.arguments = 32;
    memory("everything but components, 1 instance", config);
    config.instances = 4;
    config.transfers = 2;
    config.components = 8;
    config.parts = with_components;
    config.part_count = 3;
    config.resources = offered("cdfinopqrs");
    config.work = 1024;
    memory("everything, 4 instances, 2 transfers, 1 KiB work", config);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "memory") == 0) return memories();
    if (argc != 4) return 2;
    const unsigned long count = strtoul(argv[1], NULL, 10), size = strtoul(argv[2], NULL, 10);
    static uint8_t data[65536], digest[32];
    static uint64_t room[SWMGMT_MEMORY_WORDS(0, 1, 0, 1, 0, 0, 0, 0)];
    const uint8_t algorithm = strncmp(argv[3], "crc", 3) == 0     ? SWMGMT_CRC32
                              : strcmp(argv[3], "sha256") == 0 ? SWMGMT_SHA256
                                                               : SWMGMT_NO_DIGEST;
    swmgmt_config_t config = {.size = sizeof config, .resources = SWMGMT_OFFER(2), .part_count = 1,
                              .instances = 1, .transfers = 1};
    config.parts = strcmp(argv[3], "crc32") == 0 ? crc32 : algorithm == SWMGMT_CRC32 ? crc32_small : sha256;
    swmgmt_t *ctx;
    if (size == 0 || size > sizeof data) return 2;
    for (size_t n = 0; n < sizeof data; n++) data[n] = (uint8_t)(n * 7u);
    if (swmgmt_init(&ctx, room, sizeof room, &config, &host) != SWMGMT_OK) return 1;
    swmgmt_add(ctx, 0, SWMGMT_EMPTY);
    swmgmt_boot(ctx, 0);
    if (swmgmt_expect(ctx, 0, 0, algorithm, algorithm == 0 ? NULL : digest,
                      algorithm == SWMGMT_SHA256 ? 32u : algorithm == SWMGMT_CRC32 ? 4u : 0u) != SWMGMT_OK) {
        return 1;
    }
    for (unsigned long n = 0; n < count; n++) {
        const swmgmt_chunk_t chunk = {.data = data, .length = (uint32_t)size, .offset = (uint32_t)(n * size)};
        if (swmgmt_push(ctx, 1, 0, &chunk) != SWMGMT_CONTINUE) return 1;
    }
    return 0;
}
