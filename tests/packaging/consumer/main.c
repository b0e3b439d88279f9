/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Calls the library for real: the version, and the state of an empty slot. */
#include <stdio.h>
#include <swmgmt.h>

#define NUMBER(major, minor, patch) ((major) * 65536u + (minor) * 256u + (patch))
#define EXPAND(macro, arguments) macro(arguments)

static swmgmt_verdict_t open_(void *user, const swmgmt_op_t *op, uint32_t offset, uint32_t total)
{
    (void)user, (void)op, (void)offset, (void)total;
    return SWMGMT_DONE;
}

static swmgmt_verdict_t write_(void *user, const swmgmt_op_t *op, uint32_t offset,
                               const uint8_t *data, size_t length)
{
    (void)user, (void)op, (void)offset, (void)data, (void)length;
    return SWMGMT_DONE;
}

static swmgmt_verdict_t install_(void *user, const swmgmt_op_t *op, const char *arguments,
                                 size_t length)
{
    (void)user, (void)op, (void)arguments, (void)length;
    return SWMGMT_DONE;
}

static const swmgmt_host_t HOST = {
    .size = sizeof(swmgmt_host_t), .open = open_, .write = write_, .install = install_
};
static const swmgmt_config_t CONFIG = {
    .size = sizeof(swmgmt_config_t), .resources = SWMGMT_OFFER(2), .instances = 1,
    .transfers = 1, .policy = SWMGMT_ALLOW_NONE
};
static uint64_t memory[SWMGMT_MEMORY_WORDS(SWMGMT_OFFER(2), 1u, 0u, 1u, 0u, 0u, 0u, 0u)];

int main(void)
{
    const swmgmt_path_t update_state = { 9, 0, 7, SWMGMT_NONE };
    swmgmt_value_t value = { 0 };
    swmgmt_t *ctx = NULL;

    if (swmgmt_version() != EXPAND(NUMBER, EXPECTED_VERSION)) {
        return printf("the version is %#lx\n", (unsigned long)swmgmt_version()), 1;
    }
    if (swmgmt_init(&ctx, memory, sizeof memory, &CONFIG, &HOST) != SWMGMT_OK
        || swmgmt_add(ctx, 0, SWMGMT_EMPTY) != SWMGMT_OK || swmgmt_boot(ctx, 0) != SWMGMT_OK) {
        return puts("it does not start"), 1;
    }
    if (swmgmt_read(ctx, update_state, &value) != SWMGMT_CONTENT || value.number != 0) {
        return puts("9/0/7 is not INITIAL"), 1;
    }
    return 0;
}
