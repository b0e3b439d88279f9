/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The configuration that Kconfig says. */
#include "swmgmt_zephyr_inside.h"

#define SET(option) (IS_ENABLED(CONFIG_SWMGMT_##option) ? 1u : 0u)
#define OFFER(option, n) (SET(option) * SWMGMT_OFFER(n))
#define RESOURCES                                                                          \
    (OFFER(PUSH, 2) | OFFER(PULL, 3) | OFFER(CHECKPOINT_LINK, 5) | OFFER(SUPPORTED_OBJECTS, 8) | \
     OFFER(SETTINGS_LINK, 13) | OFFER(REASON, 16) |                                        \
     (CONFIG_SWMGMT_CREDENTIALS > 0 ? SWMGMT_OFFER(14) | SWMGMT_OFFER(15) : 0u) |           \
     (CONFIG_SWMGMT_COMPONENTS > 0 ? SWMGMT_OFFER(17) | SWMGMT_OFFER(18) : 0u))

static const swmgmt_part_t *const parts[] = {
#ifdef CONFIG_SWMGMT_SHA256
    &swmgmt_sha256,
#endif
#ifdef CONFIG_SWMGMT_PACKAGE
    &swmgmt_package,
#endif
#ifdef CONFIG_SWMGMT_MCUBOOT
    &swmgmt_mcuboot,
#endif
#ifdef CONFIG_SWMGMT_NAMES
    &swmgmt_names,
#endif
#ifdef CONFIG_SWMGMT_ED25519
    &swmgmt_ed25519,
#endif
#if defined(CONFIG_SWMGMT_CRC32_SMALL)
    &swmgmt_crc32_small,
#elif defined(CONFIG_SWMGMT_CRC32_FAST)
    &swmgmt_crc32,
#endif
#ifdef CONFIG_SWMGMT_RECORD
    &swmgmt_record,
#endif
#ifdef CONFIG_SWMGMT_PULL
    &swmgmt_download,
#endif
#if CONFIG_SWMGMT_COMPONENTS > 0
    &swmgmt_components,
#endif
    NULL, /* not counted: there may be no other */
};

static const swmgmt_config_t config = {
    .size = sizeof config,
    .resources = RESOURCES,
    .options = SET(AUTO_ACTIVATE) * SWMGMT_AUTO_ACTIVATE
        | SET(REPLACE_IN_DELIVERED) * SWMGMT_REPLACE_IN_DELIVERED
        | SET(RESULT_IN_DELIVERED_0) * SWMGMT_RESULT_IN_DELIVERED_0
        | SET(EMPTY_WRITE_CANCELS) * SWMGMT_EMPTY_WRITE_CANCELS
        | SET(SERVER_MAY_CREATE) * SWMGMT_SERVER_MAY_CREATE
        | SET(SERVER_MAY_DELETE) * SWMGMT_SERVER_MAY_DELETE
        | SET(ALLOW_OLDER) * SWMGMT_ALLOW_OLDER,
    .push_timeout_ms = CONFIG_SWMGMT_PUSH_TIMEOUT * UINT32_C(1000),
    .checkpoint = CONFIG_SWMGMT_CHECKPOINT,
    .parts = parts,
    .part_count = ARRAY_SIZE(parts) - 1u,
    .instances = CONFIG_SWMGMT_INSTANCES,
    .components = CONFIG_SWMGMT_COMPONENTS,
    .transfers = CONFIG_SWMGMT_TRANSFERS,
    .text = CONFIG_SWMGMT_TEXT,
    .arguments = CONFIG_SWMGMT_ARGUMENTS,
    .credentials = CONFIG_SWMGMT_CREDENTIALS,
    .work = CONFIG_SWMGMT_WORK,
#ifdef CONFIG_SWMGMT_CONTAINER
    .head = CONFIG_SWMGMT_HEAD,
#endif
    .policy = IS_ENABLED(CONFIG_SWMGMT_POLICY_REQUIRE_SIGNATURE) ? SWMGMT_REQUIRE_SIGNATURE
        : IS_ENABLED(CONFIG_SWMGMT_POLICY_ALLOW_NONE) ? SWMGMT_ALLOW_NONE
        : IS_ENABLED(CONFIG_SWMGMT_POLICY_ALLOW_CRC) ? SWMGMT_ALLOW_CRC : SWMGMT_REQUIRE_DIGEST,
    .max_install_attempts = CONFIG_SWMGMT_INSTALL_ATTEMPTS,
};
static uint64_t memory[SWMGMT_MEMORY_WORDS(RESOURCES, CONFIG_SWMGMT_INSTANCES,
                                           CONFIG_SWMGMT_COMPONENTS, CONFIG_SWMGMT_TRANSFERS,
                                           CONFIG_SWMGMT_TEXT, CONFIG_SWMGMT_ARGUMENTS,
                                           CONFIG_SWMGMT_CREDENTIALS, CONFIG_SWMGMT_WORK)
#ifdef CONFIG_SWMGMT_CONTAINER
                       + SWMGMT_CONTAINER_WORDS(CONFIG_SWMGMT_INSTANCES, CONFIG_SWMGMT_COMPONENTS,
                                                CONFIG_SWMGMT_TRANSFERS, CONFIG_SWMGMT_TEXT,
                                                CONFIG_SWMGMT_HEAD)
#endif
];

swmgmt_status_t swmgmt_zephyr_start(const swmgmt_host_t *host)
{
    swmgmt_t *manager;
    swmgmt_status_t status, booted;

    if (swmgmt_zephyr.manager != NULL) {
        return SWMGMT_EORDER;
    }
    status = swmgmt_init(&manager, memory, sizeof memory, &config, host);
    for (int n = 0; status == SWMGMT_OK && n < CONFIG_SWMGMT_SLOTS; n++) {
        status = swmgmt_add(manager, (uint16_t)n, SWMGMT_EMPTY);
    }
    if (status != SWMGMT_OK) {
        return status;
    }
    booted = swmgmt_boot(manager, k_uptime_get_32());
    if (booted != SWMGMT_OK && booted != SWMGMT_ERECORD) {
        return booted;
    }
    status = swmgmt_zephyr_attach(manager);
    return status == SWMGMT_OK ? booted : status;
}
