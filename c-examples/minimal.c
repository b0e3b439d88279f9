/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The whole life of one package, without a network: pushed, verified, installed. */
#include <stdio.h>
#include <string.h>
#include <swmgmt.h>

static uint8_t slot[64], running[64]; /* where packages are stored, and the software */

static swmgmt_verdict_t open_slot(void *user, const swmgmt_op_t *op, uint32_t offset, uint32_t total)
{
    (void)user, (void)op, (void)offset;
    return total <= sizeof slot ? SWMGMT_DONE : SWMGMT_FAILED_STORAGE;
}

static swmgmt_verdict_t write_slot(void *user, const swmgmt_op_t *op, uint32_t offset,
                                   const uint8_t *data, size_t length)
{
    (void)user, (void)op;
    if (offset > sizeof slot || length > sizeof slot - offset) return SWMGMT_FAILED_STORAGE;
    memcpy(slot + offset, data, length);
    return SWMGMT_DONE;
}

static swmgmt_verdict_t install(void *user, const swmgmt_op_t *op, const char *arguments, size_t length)
{
    (void)user, (void)op, (void)arguments, (void)length;
    memcpy(running, slot, sizeof running);
    return SWMGMT_DONE;
}

static const swmgmt_host_t host = {
    .size = sizeof host, .open = open_slot, .write = write_slot, .install = install,
};
static const swmgmt_part_t *const parts[] = {&swmgmt_sha256};
static const swmgmt_config_t config = {
    .size = sizeof config, .resources = SWMGMT_OFFER(2) | SWMGMT_OFFER(16),
    .parts = parts, .part_count = 1, .instances = 1, .transfers = 1,
};
static uint64_t memory[SWMGMT_MEMORY_WORDS(0, 1, 0, 1, 0, 0, 0, 0)];

int main(void)
{
    static const uint8_t package[] = "hello, world";
    static const uint8_t digest[32] = { /* SHA-256 of the 12 bytes */
        0x09, 0xca, 0x7e, 0x4e, 0xaa, 0x6e, 0x8a, 0xe9, 0xc7, 0xd2, 0x61, 0x16, 0x71, 0x29, 0x18, 0x48,
        0x83, 0x64, 0x4d, 0x07, 0xdf, 0xba, 0x7c, 0xbf, 0xbc, 0x4c, 0x8a, 0x2e, 0x08, 0x36, 0x0d, 0x5b};
    const swmgmt_chunk_t first = {.data = package, .length = 8};
    const swmgmt_chunk_t rest = {.data = package + 8, .length = 4, .offset = 8, .last = 1};
    const swmgmt_path_t install_it = {9, 0, 4, SWMGMT_NONE}, activate_it = {9, 0, 10, SWMGMT_NONE};
    swmgmt_t *ctx;
    swmgmt_change_t change;
    uint32_t wait = 0;

    if (swmgmt_init(&ctx, memory, sizeof memory, &config, &host) != SWMGMT_OK) return 1;
    swmgmt_add(ctx, 0, SWMGMT_EMPTY);
    swmgmt_boot(ctx, 0);
    swmgmt_expect(ctx, 0, 12, SWMGMT_SHA256, digest, sizeof digest);

    /* What a LwM2M engine does with a server's requests; 1 is the server. */
    if (swmgmt_push(ctx, 1, 0, &first) != SWMGMT_CONTINUE) return 1;
    if (swmgmt_push(ctx, 1, 0, &rest) != SWMGMT_CHANGED) return 1;
    while (wait == 0) swmgmt_poll(ctx, 0, &wait); /* verifies: DELIVERED */
    if (swmgmt_execute(ctx, 1, install_it, NULL, 0) != SWMGMT_CHANGED) return 1;
    for (wait = 0; wait == 0;) swmgmt_poll(ctx, 0, &wait); /* installs: INSTALLED */
    if (swmgmt_execute(ctx, 1, activate_it, NULL, 0) != SWMGMT_CHANGED) return 1;

    while (swmgmt_next_change(ctx, &change) == SWMGMT_OK) /* what servers are to be told */
        printf("9/0/%u = %u\n", change.path.resource, (unsigned)change.value.number);
    puts((const char *)running);
    return 0;
}
