/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Requests with Block1 where Wakaama is built with LWM2M_RAW_BLOCK1_REQUESTS: it hands over
 * every block as it comes, whatever is missing before it, and does not say whose it is. */
#include "swmgmt_wakaama_inside.h"

typedef int swmgmt_wakaama_raw_is_optional; /* a source is not to be empty */

#ifdef LWM2M_RAW_BLOCK1_REQUESTS

/* The last block is shorter than its number is counted in. Where two transfers with blocks of
 * different sizes meet, a wrong offset is told 4.08, as it is not the next one. */
static uint32_t offset_of(swmgmt_wakaama_t *it, uint32_t number, uint8_t more, uint32_t length)
{
    if (more != 0) {
        it->block_size = length;
    }
    return number * it->block_size;
}

static swmgmt_answer_t request(swmgmt_wakaama_t *it, const lwm2m_uri_t *uri, uint8_t method,
                               uint16_t format, const uint8_t *buffer, int length,
                               uint32_t number, uint8_t more, uint16_t *created)
{
    swmgmt_response_t response = { .payload = it->room, .room = it->room_bytes };
    swmgmt_request_t whole = {
        .path = { uri->objectId, uri->instanceId, uri->resourceId, SWMGMT_NONE },
        .payload = buffer,
        .length = (uint32_t)length,
        .offset = offset_of(it, number, more, (uint32_t)length),
        .format = format == LWM2M_CONTENT_TLV_OLD ? LWM2M_CONTENT_TLV : format,
        .accept = SWMGMT_NONE,
        .method = method,
        .more = more,
        .body = &it->front.body,
    };
    swmgmt_answer_t answer;

#ifndef LWM2M_VERSION_1_0
    whole.path.index = uri->resourceInstanceId;
#endif
    if (number != 0 && it->block_size == 0) {
        return SWMGMT_INCOMPLETE;
    }
    answer = swmgmt_request(it->manager, &whole, &response);
    *created = response.created;
    return answer;
}

uint8_t swmgmt_wakaama_raw_write(lwm2m_context_t *engine, lwm2m_uri_t *uri,
                                 lwm2m_media_type_t format, uint8_t *buffer, int length,
                                 lwm2m_object_t *object, uint32_t number, uint8_t more)
{
    /* PUT or POST? It is not told. To an instance a POST is likely; a PUT to an Object, which
     * must not become a Create, comes here, too. */
    uint8_t method = uri->instanceId != SWMGMT_NONE && uri->resourceId == SWMGMT_NONE
        ? SWMGMT_POST
        : SWMGMT_PUT;
    uint16_t created;

    (void)engine;
    return swmgmt_wakaama_code(request(swmgmt_wakaama_of(object), uri, method, (uint16_t)format,
                                       buffer, length, number, more, &created));
}

uint8_t swmgmt_wakaama_raw_execute(lwm2m_context_t *engine, lwm2m_uri_t *uri, uint8_t *buffer,
                                   int length, lwm2m_object_t *object, uint32_t number,
                                   uint8_t more)
{
    uint16_t created;

    (void)engine;
    return swmgmt_wakaama_code(request(swmgmt_wakaama_of(object), uri, SWMGMT_POST, SWMGMT_NONE,
                                       buffer, length, number, more, &created));
}

/* Unlike after the other Create, Wakaama tells no server of the new instance. */
uint8_t swmgmt_wakaama_raw_create(lwm2m_context_t *engine, lwm2m_uri_t *uri,
                                  lwm2m_media_type_t format, uint8_t *buffer, int length,
                                  lwm2m_object_t *object, uint32_t number, uint8_t more)
{
    swmgmt_wakaama_t *it = swmgmt_wakaama_of(object);
    uint16_t created;
    swmgmt_answer_t answer = request(it, uri, SWMGMT_POST, (uint16_t)format, buffer, length,
                                     number, more, &created);

    if (answer == SWMGMT_CREATED) {
        swmgmt_wakaama_created(it, engine, created);
        it->update_wanted = true;
    }
    return swmgmt_wakaama_code(answer);
}

#endif
