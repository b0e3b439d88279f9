/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The two objects, their instances, and what servers are told of changes. */
#include "swmgmt_wakaama_inside.h"

#include <string.h>

swmgmt_status_t swmgmt_wakaama_list(swmgmt_wakaama_t *it)
{
    lwm2m_list_t *node = it->nodes;
    swmgmt_status_t status = SWMGMT_OK;

    for (int i = 0; i < 2; i++) {
        swmgmt_path_t all = { it->object[i].objID, SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE };
        lwm2m_list_t **end = &it->object[i].instanceList;

        for (uint16_t id = SWMGMT_NONE; swmgmt_next(it->manager, all, &id) == SWMGMT_OK;) {
            if (node == it->nodes + it->node_count) {
                status = SWMGMT_ENOMEM;
                break;
            }
            node->id = id;
            *end = node;
            end = &node++->next;
        }
        *end = NULL;
    }
    return status;
}

#ifdef LWM2M_RAW_BLOCK1_REQUESTS
/* This build of Wakaama frees a pointer that it has never written, in memory fresh from
 * lwm2m_malloc(): unless that is zeroed, any server's transfer ends the program. */
static bool memory_is_zeroed(void)
{
    enum { SIZE = 64 };
    bool zeroed = true;

    for (int pass = 0; pass < 2; pass++) { /* what was dirty is likely to be had again */
        uint8_t *memory = (uint8_t *)lwm2m_malloc(SIZE);
        for (size_t i = 0; memory != NULL && i < SIZE; i++) {
            zeroed = zeroed && memory[i] == 0;
        }
        if (memory != NULL) {
            memset(memory, 0xA5, SIZE);
        }
        lwm2m_free(memory);
    }
    return zeroed;
}
#endif

swmgmt_status_t swmgmt_wakaama_init(swmgmt_wakaama_t *it, swmgmt_t *manager)
{
    it->manager = manager;
    it->update_wanted = false;
    it->is_bootstrap = false;
    memset(it->object, 0, sizeof it->object);
    for (int i = 0; i < 2; i++) {
        lwm2m_object_t *object = &it->object[i];
        object->objID = i == 0 ? 9 : 14;
        object->readFunc = swmgmt_wakaama_read;
        object->discoverFunc = swmgmt_wakaama_discover;
        object->writeFunc = swmgmt_wakaama_write;
        object->executeFunc = swmgmt_wakaama_execute;
        object->createFunc = i == 0 ? swmgmt_wakaama_create : NULL; /* NULL: 4.05 */
        object->deleteFunc = i == 0 ? swmgmt_wakaama_delete : NULL;
#ifdef LWM2M_RAW_BLOCK1_REQUESTS
        object->rawBlock1WriteFunc = swmgmt_wakaama_raw_write;
        object->rawBlock1ExecuteFunc = swmgmt_wakaama_raw_execute;
        object->rawBlock1CreateFunc = i == 0 ? swmgmt_wakaama_raw_create : NULL;
#endif
        object->userData = it;
    }
#ifdef LWM2M_RAW_BLOCK1_REQUESTS
    if (!memory_is_zeroed()) {
        return SWMGMT_EINVAL;
    }
#endif
    return swmgmt_wakaama_list(it);
}

static bool is_any(const lwm2m_context_t *engine, lwm2m_status_t status)
{
    const lwm2m_server_t *server = engine->serverList;

    while (server != NULL && server->status != status) {
        server = server->next;
    }
    return server != NULL;
}

bool swmgmt_wakaama_forgetful(const lwm2m_context_t *engine)
{
    return is_any(engine, STATE_REG_PENDING) || is_any(engine, STATE_REG_UPDATE_NEEDED);
}

/* An instance, for observers of it and of its object: Wakaama does not tell the latter. */
void swmgmt_wakaama_tell(lwm2m_context_t *engine, uint16_t object, uint16_t instance)
{
    lwm2m_uri_t uri;

    LWM2M_URI_RESET(&uri);
    uri.objectId = object;
    uri.instanceId = instance; /* without it observers of all instances would be sent theirs */
    lwm2m_resource_value_changed(engine, &uri);
}

void swmgmt_wakaama_created(swmgmt_wakaama_t *it, lwm2m_context_t *engine, uint16_t instance)
{
    (void)swmgmt_wakaama_list(it);
    swmgmt_wakaama_tell(engine, 9, instance);
}

static bool tell_change(swmgmt_wakaama_t *it, lwm2m_context_t *engine)
{
    swmgmt_change_t change;

    /* A Register that is unanswered carries the old list, and Wakaama drops the wish for
     * an update until then. Its periodic updates list no objects. For all servers at once
     * (0) it also drops the wish where an update without objects is due. */
    if (it->update_wanted && !is_any(engine, STATE_REG_PENDING)) {
        it->update_wanted = false;
        for (const lwm2m_server_t *server = engine->serverList; server != NULL;
             server = server->next) {
            (void)lwm2m_update_registration(engine, server->shortID, true);
        }
        return true;
    }
    if (swmgmt_next_change(it->manager, &change) != SWMGMT_OK) {
        return false;
    }
    switch (change.kind) {
    case SWMGMT_CHANGE_REGISTER:
        it->update_wanted = true;
        break;
    case SWMGMT_CHANGE_VALUE: {
        lwm2m_uri_t uri;
        LWM2M_URI_RESET(&uri);
        uri.objectId = change.path.object;
        uri.instanceId = change.path.instance;
        uri.resourceId = change.path.resource;
        lwm2m_resource_value_changed(engine, &uri);
        break;
    }
    default:
        swmgmt_wakaama_tell(engine, change.path.object, change.path.instance);
        break;
    }
    return true;
}

/* One change at a time: Wakaama notifies in its next lwm2m_step(), with the values of that
 * moment, and in an order of its own. */
swmgmt_status_t swmgmt_wakaama_poll(swmgmt_wakaama_t *it, lwm2m_context_t *engine,
                                    uint32_t now_ms, uint32_t *wait_ms)
{
    swmgmt_status_t status = SWMGMT_OK;
    swmgmt_status_t listed = SWMGMT_OK;
    uint32_t next_ms = 0;

    if (!tell_change(it, engine)) {
        status = swmgmt_poll(it->manager, now_ms, &next_ms);
        if (tell_change(it, engine)) {
            next_ms = 0;
        }
    }
    listed = swmgmt_wakaama_list(it);
    if (next_ms < *wait_ms) {
        *wait_ms = next_ms;
    }
    return status != SWMGMT_OK ? status : listed;
}
