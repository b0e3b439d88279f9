/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Objects 9 and 14 for Zephyr's LwM2M engine, whose own Object 9 must be off
 * (CONFIG_LWM2M_SWMGMT_OBJ_SUPPORT=n). A skeleton: resource 17 is left out.
 *
 *   swmgmt_init() ... swmgmt_boot()
 *   swmgmt_zephyr_start(manager);           before lwm2m_rd_client_start()
 *   in one work item or thread: swmgmt_zephyr_poll(k_uptime_get_32(), &next_ms);
 *
 * - Requests arrive on the engine's thread, with its registry locked. Whoever else calls
 *   a swmgmt function holds lwm2m_registry_lock().
 * - Nothing wakes the poll: call it at least every 200 ms, or after every request. It holds
 *   the engine's lock: an install() that takes long must answer SWMGMT_PENDING.
 * - The engine truncates what it is not told the size of: a package in blocks without
 *   Size1 is refused (4.13) instead of being lost.
 * - It deletes an instance even where the delete is refused (4.05); the next poll brings
 *   it back.
 */
#ifndef SWMGMT_ZEPHYR_H
#define SWMGMT_ZEPHYR_H

#include <swmgmt.h>

/** Makes the instances that there are known to the engine. One manager; it is kept.
 *  0, or a negative errno. */
int swmgmt_zephyr_start(swmgmt_t *manager);

/** Tells observers what has changed, then does the next step of the work that waits.
 *  `next_ms`: when to call it again at the latest. */
swmgmt_status_t swmgmt_zephyr_poll(uint32_t now_ms, uint32_t *next_ms);

#endif
