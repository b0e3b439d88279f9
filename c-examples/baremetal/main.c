/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A device without operating system whose firmware, and a module beside it, are managed
 * by a server. What to replace in a product: board/, flash.c, bootloader.c, server.c. */
#include <board.h>
#include <swmgmt.h>

#include "bootloader.h"
#include "print.h"
#include "server.h"
#include "slots.h"

#define RESOURCES SWMGMT_OFFER(2) /* packages are pushed */
#define TEXT 16                   /* bytes of a name, of a version */
#define WORK 64                   /* bytes that are read back at a time */

static const swmgmt_part_t *const parts[] = {&swmgmt_record, &swmgmt_sha256};
static const swmgmt_config_t config = {
    .size = sizeof config,
    .resources = RESOURCES,
    .parts = parts,
    .part_count = sizeof parts / sizeof parts[0],
    .instances = SLOTS,
    .transfers = 1,
    .text = TEXT,
    .work = WORK,
};
static uint64_t memory[SWMGMT_MEMORY_WORDS(RESOURCES, SLOTS, 0, 1, TEXT, 0, 0, WORK)];

/* A product reads its timer here, and sleeps until there is something to do. */
static uint32_t now_ms(void)
{
    static uint32_t now;
    return now += 10;
}

static int run(swmgmt_t *ctx)
{
    for (;;) {
        uint32_t wait;
        swmgmt_poll(ctx, now_ms(), &wait);
        server_notify(ctx);
        slots_turn();
        server_notify(ctx);
        if (wait != 0) {
            const server_status_t status = server_turn(ctx);
            server_notify(ctx);
            if (status != SERVER_GOES_ON) return status == SERVER_DONE ? 0 : 1;
        }
    }
}

int main(void)
{
    swmgmt_t *ctx;
    swmgmt_status_t status;
    bootloader();
    server_begin();
    status = swmgmt_init(&ctx, memory, sizeof memory, &config, &slots_host);
    if (status == SWMGMT_OK) {
        slots_begin(ctx);
        status = swmgmt_boot(ctx, now_ms());
    }
    if (status != SWMGMT_OK) {
        print("FAILED: ");
        print_code(status);
        print("\n");
        return 1;
    }
    server_notify(ctx);
    slots_resume();
    return run(ctx);
}
