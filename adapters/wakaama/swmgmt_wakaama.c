/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "swmgmt_wakaama_inside.h"

#include <stdbool.h>
#include <string.h>

/* Wakaama's lists of instances, made anew from what there is. */
void swmgmt_wakaama_list(swmgmt_wakaama_t *it)
{
    lwm2m_list_t *node = it->nodes;

    for (int i = 0; i < 2; i++) {
        swmgmt_path_t all = { it->object[i].objID, SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE };
        lwm2m_list_t **end = &it->object[i].instanceList;
        uint16_t id = SWMGMT_NONE;

        while (node < it->nodes + it->node_count
               && swmgmt_next(it->manager, all, &id) == SWMGMT_OK) {
            node->id = id;
            *end = node;
            end = &node++->next;
        }
        *end = NULL;
    }
}

void swmgmt_wakaama_init(swmgmt_wakaama_t *adapter, swmgmt_t *manager, lwm2m_list_t *nodes,
                         uint16_t node_count)
{
    memset(adapter, 0, sizeof *adapter);
    adapter->manager = manager;
    adapter->nodes = nodes;
    adapter->node_count = node_count;
    for (int i = 0; i < 2; i++) {
        lwm2m_object_t *object = &adapter->object[i];
        object->objID = i == 0 ? 9 : 14;
        object->readFunc = swmgmt_wakaama_read;
        object->discoverFunc = swmgmt_wakaama_discover;
        object->writeFunc = swmgmt_wakaama_write;
        object->executeFunc = swmgmt_wakaama_execute;
        object->createFunc = i == 0 ? swmgmt_wakaama_create : NULL; /* NULL: 4.05 */
        object->deleteFunc = i == 0 ? swmgmt_wakaama_delete : NULL;
#ifdef LWM2M_RAW_BLOCK1_REQUESTS
        object->rawBlock1WriteFunc = swmgmt_wakaama_write_block;
#endif
        object->userData = adapter;
    }
    swmgmt_wakaama_list(adapter);
}

/* Wakaama drops the wish for an update while a Register, with the old list, is unanswered. */
static bool registering(const lwm2m_context_t *engine)
{
    const lwm2m_server_t *server = engine->serverList;

    while (server != NULL && server->status != STATE_REG_PENDING) {
        server = server->next;
    }
    return server != NULL;
}

static bool tell_change(swmgmt_wakaama_t *it, lwm2m_context_t *engine)
{
    swmgmt_change_t change;
    lwm2m_uri_t uri;

    if (it->update_wanted && !registering(engine)) {
        it->update_wanted = false;
        lwm2m_update_registration(engine, 0, true); /* its periodic updates list no objects */
        return true;
    }
    if (swmgmt_next_change(it->manager, &change) != SWMGMT_OK) {
        return false;
    }
    if (change.kind == SWMGMT_CHANGE_REGISTER) {
        it->update_wanted = true;
        return true;
    }
    LWM2M_URI_RESET(&uri);
    uri.objectId = change.path.object;
    if (change.kind == SWMGMT_CHANGE_VALUE) {
        uri.instanceId = change.path.instance;
        uri.resourceId = change.path.resource;
    } else {
        swmgmt_wakaama_list(it);
    }
    lwm2m_resource_value_changed(engine, &uri);
    return true;
}

/* One change at a time: Wakaama notifies in its next lwm2m_step(), with the values of that
 * moment, and in an order of its own. */
swmgmt_status_t swmgmt_wakaama_poll(swmgmt_wakaama_t *adapter, lwm2m_context_t *engine,
                                    uint32_t now_ms, uint32_t *next_ms)
{
    swmgmt_status_t status = SWMGMT_OK;

    *next_ms = 0;
    if (!tell_change(adapter, engine)) {
        status = swmgmt_poll(adapter->manager, now_ms, next_ms);
        if (tell_change(adapter, engine)) {
            *next_ms = 0;
        }
    }
    return status;
}
