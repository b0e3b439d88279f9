/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Datagrams before Wakaama sees them. A firmware that calls lwm2m_handle_packet() itself can
 * do without this source. */
#include "swmgmt_wakaama_inside.h"

/* The server of a session, if Wakaama would serve it. */
static const lwm2m_server_t *registered(const lwm2m_context_t *engine, void *session)
{
    for (const lwm2m_server_t *server = engine->serverList; server != NULL;
         server = server->next) {
        if ((server->status == STATE_REGISTERED || server->status == STATE_REG_UPDATE_PENDING
             || server->status == STATE_REG_UPDATE_NEEDED
             || server->status == STATE_REG_FULL_UPDATE_NEEDED)
            && lwm2m_session_is_equal(server->sessionH, session, engine->userData)) {
            return server;
        }
    }
    return NULL;
}

swmgmt_status_t swmgmt_wakaama_handle_packet(swmgmt_wakaama_t *it, lwm2m_context_t *engine,
                                             uint32_t now_ms, uint8_t *buffer, size_t length,
                                             void *session)
{
    const lwm2m_server_t *server = registered(engine, session);
    int32_t answered = 0;

    if (server != NULL) {
        it->front.prefix = engine->altPath;
        it->front.message_id = engine->nextMID;
        answered = swmgmt_front(it->manager, &it->front, server->shortID, now_ms, buffer, length,
                                it->room, it->room_bytes);
        engine->nextMID = it->front.message_id;
    }
    if (answered == 0) {
        it->is_bootstrap = server == NULL;
        lwm2m_handle_packet(engine, buffer, length, session);
        it->is_bootstrap = false;
    } else if (answered > 0) {
        (void)lwm2m_buffer_send(session, it->room, (size_t)answered, engine->userData);
        if (it->front.created != SWMGMT_NONE) {
            swmgmt_wakaama_created(it, engine, it->front.created);
            it->update_wanted = true;
        }
    }
    return answered < 0 ? answered : SWMGMT_OK;
}
