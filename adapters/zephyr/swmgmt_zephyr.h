/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Objects 9 and 14 for Zephyr's LwM2M engine, whose own Object 9 must be off
 * (CONFIG_LWM2M_SWMGMT_OBJ_SUPPORT=n). Zephyr 3.4 or newer. The guide: docs/zephyr.md.
 *
 *   swmgmt_zephyr_start(&host);     before lwm2m_rd_client_start(); nothing in a loop
 *
 * - Requests of servers arrive on the engine's thread, everything else is done by a work
 *   item of the adapter's own. Both hold the engine's registry lock meanwhile: a callback
 *   that takes long answers SWMGMT_PENDING, and none calls lwm2m_rd_client_update().
 * - Whoever else calls a swmgmt function stands between swmgmt_zephyr_lock() and
 *   swmgmt_zephyr_unlock(). Not in an ISR.
 */
#ifndef SWMGMT_ZEPHYR_H
#define SWMGMT_ZEPHYR_H

#include <swmgmt.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Starts a manager with the configuration that Kconfig says (CONFIG_SWMGMT_...), whose
 *  slots 0, 1, ... are empty at first. What swmgmt_init() and swmgmt_boot() answer;
 *  SWMGMT_EORDER: there is one already. After SWMGMT_ERECORD it runs all the same. */
swmgmt_status_t swmgmt_zephyr_start(const swmgmt_host_t *host);

/** The same for a manager of your own that has booted. It is kept. */
swmgmt_status_t swmgmt_zephyr_attach(swmgmt_t *manager);

/** The manager, and it is yours until swmgmt_zephyr_unlock(), which also wakes the work
 *  item. NULL: none was started; unlock all the same. */
swmgmt_t *swmgmt_zephyr_lock(void);
void swmgmt_zephyr_unlock(void);

/** swmgmt_done() and swmgmt_fetched(), from any thread. */
swmgmt_status_t swmgmt_zephyr_done(uint32_t number, swmgmt_verdict_t verdict, uint32_t flags);
swmgmt_status_t swmgmt_zephyr_fetched(uint32_t number, const swmgmt_chunk_t *chunk);

/* Callbacks ready made, for the host's table; `user` is not looked at. */

/** CONFIG_SWMGMT_FLASH: packages in the partition `swmgmt_partition`, which is divided
 *  evenly among the instances 0 ... CONFIG_SWMGMT_INSTANCES - 1. Sectors are erased as
 *  they are reached. */
swmgmt_verdict_t swmgmt_zephyr_flash_open(void *user, const swmgmt_op_t *op, uint32_t offset,
                                          uint32_t total);
swmgmt_verdict_t swmgmt_zephyr_flash_write(void *user, const swmgmt_op_t *op, uint32_t offset,
                                           const uint8_t *data, size_t length);
swmgmt_verdict_t swmgmt_zephyr_flash_read(void *user, const swmgmt_op_t *op, uint32_t offset,
                                          uint8_t *data, size_t length);
/** Where the package of an instance lies in that partition, for whoever installs it. */
swmgmt_status_t swmgmt_zephyr_flash_slice(uint16_t instance, uint32_t *offset, uint32_t *size);

/** CONFIG_SWMGMT_PULL_CONTEXT: Package URIs (coap, coaps) by the engine's own download. */
swmgmt_verdict_t swmgmt_zephyr_pull(void *user, const swmgmt_op_t *op, const swmgmt_fetch_t *what);

/** CONFIG_SWMGMT_SETTINGS: records as the settings swmgmt/0, swmgmt/1 ... */
swmgmt_verdict_t swmgmt_zephyr_settings_load(void *user, uint16_t key, uint8_t *data, size_t room,
                                             size_t *length);
swmgmt_verdict_t swmgmt_zephyr_settings_save(void *user, uint16_t key, const uint8_t *data,
                                             size_t length);

#ifdef __cplusplus
}
#endif

#endif
