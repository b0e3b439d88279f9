/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Objects 9 and 14 for Eclipse Wakaama, as two lwm2m_object_t. Compile this source with
 * your Wakaama's own defines: they change the layout of its structs.
 *
 *   swmgmt_init() ... swmgmt_boot()
 *   swmgmt_wakaama_init(&adapter, manager, nodes, count);
 *   lwm2m_configure(..., with &adapter.object[0] and &adapter.object[1]);
 *   loop { lwm2m_step(); swmgmt_wakaama_poll(); wait; lwm2m_handle_packet(); }
 *
 * - Without LWM2M_RAW_BLOCK1_REQUESTS Wakaama collects a whole package on its heap first
 *   (twice its size for a moment). With it packages stream, but then lwm2m_malloc() must
 *   return zeroed memory: else Wakaama frees a wild pointer at the last block.
 * - A stream (raw build) is one push at a time. If an acknowledgement is lost, Wakaama does
 *   not answer the repeated block: the push stalls until the server begins again.
 * - Without streams (buffered build) 9/x/7 never shows 1.
 * - Wakaama does not recognise repeated requests: a repeated Install is answered 4.05.
 * - Wakaama can lose a block and say 2.04. Never accept a package on its length alone:
 *   keep the policy SWMGMT_REQUIRE_DIGEST.
 * - It does not tell which server asks: two servers that push at once are one here.
 */
#ifndef SWMGMT_WAKAAMA_H
#define SWMGMT_WAKAAMA_H

#include <liblwm2m.h>
#include <swmgmt.h>

typedef struct swmgmt_wakaama_t {
    swmgmt_t *manager;
    lwm2m_list_t *nodes;      /* one for each instance that Wakaama is to know */
    uint32_t block_size;      /* of the push that is going on */
    uint16_t node_count;
    bool update_wanted;       /* servers do not know the new list of instances yet */
    lwm2m_object_t object[2]; /* 9 and 14 */
} swmgmt_wakaama_t;

/** Prepares the two objects. `manager` has been booted; it and `nodes` are kept. There
 *  must be a node for each instance of 9 and of 14 that the configuration has room for. */
void swmgmt_wakaama_init(swmgmt_wakaama_t *adapter, swmgmt_t *manager, lwm2m_list_t *nodes,
                         uint16_t node_count);

/** Tells observers what has changed and does the next step of the work that waits. Call it
 *  after lwm2m_step(). `next_ms`: when to call both again at the latest. */
swmgmt_status_t swmgmt_wakaama_poll(swmgmt_wakaama_t *adapter, lwm2m_context_t *engine,
                                    uint32_t now_ms, uint32_t *next_ms);

#endif
