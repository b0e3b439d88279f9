/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What firmware has besides what docs/signing.md shows. */
#include <swmgmt.h>

extern const swmgmt_config_t config;
extern uint64_t memory[];
uint32_t fuses_read(void);
int fuses_raise(uint32_t value);
swmgmt_verdict_t key(void *user, uint16_t instance, const uint8_t *id, uint8_t *to);
swmgmt_verdict_t counter(void *user, uint16_t instance, uint32_t *value);
swmgmt_verdict_t commit(void *user, uint16_t instance, uint32_t value);

static uint32_t fuses;
uint32_t fuses_read(void) { return fuses; }
int fuses_raise(uint32_t value)
{
    fuses = value;
    return 0;
}

static const swmgmt_host_t host = {
    .size = sizeof host, .key = key, .counter = counter, .commit = commit,
};

int main(void)
{
    swmgmt_t *ctx;
    return swmgmt_init(&ctx, memory, swmgmt_memory(&config), &config, &host) == SWMGMT_OK ? 0 : 1;
}
