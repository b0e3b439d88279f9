/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The header stands alone, can be included twice, and its macros are clean. */
#include <swmgmt.h>
#include <swmgmt.h>

enum { RESOURCES = SWMGMT_OFFER(2) | SWMGMT_OFFER(3) };

extern uint64_t memory[SWMGMT_MEMORY_WORDS(RESOURCES, 2u, 3u, 1u, 32u, 16u, 0u, 256u)];
extern swmgmt_status_t prepare(swmgmt_t **ctx, const swmgmt_config_t *config,
                               const swmgmt_host_t *host);

uint64_t memory[SWMGMT_MEMORY_WORDS(RESOURCES, 2u, 3u, 1u, 32u, 16u, 0u, 256u)];

swmgmt_status_t prepare(swmgmt_t **ctx, const swmgmt_config_t *config, const swmgmt_host_t *host)
{
    return swmgmt_init(ctx, memory, sizeof memory, config, host);
}
