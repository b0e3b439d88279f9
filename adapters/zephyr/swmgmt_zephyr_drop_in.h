/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The functions of the Object 9 in Zephyr's tree, for applications written for it
 * (CONFIG_SWMGMT_DROP_IN). Their header declares them only if that object is on: include
 * this one as well. Nothing else needs to change, but
 *
 * - Install's arguments reach the callback, as far as CONFIG_SWMGMT_ARGUMENTS leaves room;
 * - callbacks of an instance that a server has deleted are there again when it creates it;
 * - a write callback that fails, and not with -ENOMEM, -ENOSPC or -EFAULT, shows 57, not 52.
 */
#ifndef SWMGMT_ZEPHYR_DROP_IN_H
#define SWMGMT_ZEPHYR_DROP_IN_H

#include <zephyr/net/lwm2m.h>

#ifdef __cplusplus
extern "C" {
#endif

int lwm2m_swmgmt_set_activate_cb(uint16_t obj_inst_id, lwm2m_engine_execute_cb_t cb);
int lwm2m_swmgmt_set_deactivate_cb(uint16_t obj_inst_id, lwm2m_engine_execute_cb_t cb);
int lwm2m_swmgmt_set_install_package_cb(uint16_t obj_inst_id, lwm2m_engine_execute_cb_t cb);
int lwm2m_swmgmt_set_delete_package_cb(uint16_t obj_inst_id, lwm2m_engine_execute_cb_t cb);
int lwm2m_swmgmt_set_write_package_cb(uint16_t obj_inst_id, lwm2m_engine_set_data_cb_t cb);
int lwm2m_swmgmt_set_read_package_version_cb(uint16_t obj_inst_id, lwm2m_engine_get_data_cb_t cb);
int lwm2m_swmgmt_install_completed(uint16_t obj_inst_id, int error_code);

#ifdef __cplusplus
}
#endif

#endif
