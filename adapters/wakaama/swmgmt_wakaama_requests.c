/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "swmgmt_wakaama_inside.h"

#include <stdbool.h>
#include <string.h>

#define SERVER 0u /* Wakaama does not tell which one asks */

static swmgmt_wakaama_t *adapter_of(const lwm2m_object_t *object)
{
    return (swmgmt_wakaama_t *)object->userData;
}

static swmgmt_answer_t write_items(swmgmt_wakaama_t *it, uint16_t *instance, int count,
                                   const lwm2m_data_t *array, bool create)
{
    swmgmt_item_t items[SWMGMT_MAX_ITEMS];

    if (count < 0 || count > SWMGMT_MAX_ITEMS) {
        return SWMGMT_BAD_REQUEST;
    }
    memset(items, 0, sizeof items);
    for (int i = 0; i < count; i++) {
        items[i].resource = array[i].id;
        swmgmt_wakaama_value(&array[i], &items[i].value);
    }
    return create
        ? swmgmt_create(it->manager, SERVER, *instance, items, (size_t)count, instance)
        : swmgmt_write_instance(it->manager, SERVER, *instance, items, (size_t)count);
}

uint8_t swmgmt_wakaama_write(lwm2m_context_t *engine, uint16_t instance, int count,
                             lwm2m_data_t *array, lwm2m_object_t *object,
                             lwm2m_write_type_t type)
{
    (void)engine;
    if (type == LWM2M_WRITE_REPLACE_RESOURCES && count == 1) {
        swmgmt_path_t path = { object->objID, instance, array[0].id, SWMGMT_NONE };
        swmgmt_value_t value;
        swmgmt_wakaama_value(&array[0], &value);
        return swmgmt_wakaama_code(swmgmt_write(adapter_of(object)->manager, SERVER, path, &value));
    }
    if (type != LWM2M_WRITE_PARTIAL_UPDATE || object->objID != 9) {
        return SWMGMT_NOT_ALLOWED;
    }
    return swmgmt_wakaama_code(write_items(adapter_of(object), &instance, count, array, false));
}

uint8_t swmgmt_wakaama_execute(lwm2m_context_t *engine, uint16_t instance, uint16_t resource,
                               uint8_t *buffer, int length, lwm2m_object_t *object)
{
    swmgmt_path_t path = { object->objID, instance, resource, SWMGMT_NONE };

    (void)engine;
    return swmgmt_wakaama_code(swmgmt_execute(adapter_of(object)->manager, SERVER, path,
                                              (const char *)buffer, (size_t)length));
}

uint8_t swmgmt_wakaama_create(lwm2m_context_t *engine, uint16_t instance, int count,
                              lwm2m_data_t *array, lwm2m_object_t *object)
{
    swmgmt_answer_t answer = write_items(adapter_of(object), &instance, count, array, true);

    (void)engine;
    swmgmt_wakaama_list(adapter_of(object));
    return swmgmt_wakaama_code(answer);
}

uint8_t swmgmt_wakaama_delete(lwm2m_context_t *engine, uint16_t instance, lwm2m_object_t *object)
{
    swmgmt_answer_t answer = swmgmt_delete(adapter_of(object)->manager, SERVER, instance);

    (void)engine;
    swmgmt_wakaama_list(adapter_of(object));
    return swmgmt_wakaama_code(answer);
}

#ifdef LWM2M_RAW_BLOCK1_REQUESTS
/* Wakaama hands over every Block1 write of these objects block by block, in any order. */
uint8_t swmgmt_wakaama_write_block(lwm2m_context_t *engine, lwm2m_uri_t *uri,
                                   lwm2m_media_type_t format, uint8_t *buffer, int length,
                                   lwm2m_object_t *object, uint32_t number, uint8_t more)
{
    swmgmt_wakaama_t *it = adapter_of(object);
    swmgmt_chunk_t chunk = { .data = buffer, .length = (uint32_t)length, .last = more == 0 };
    swmgmt_value_t value = { .kind = SWMGMT_TYPE_STRING, .bytes = buffer, .length = chunk.length };
    swmgmt_path_t path = { object->objID, uri->instanceId, uri->resourceId, SWMGMT_NONE };

    (void)engine;
    if (format != LWM2M_CONTENT_OPAQUE && format != LWM2M_CONTENT_TEXT) {
        return SWMGMT_UNSUPPORTED_FORMAT; /* TLV would have to be unwrapped */
    }
    if (path.object != 9 || path.resource != 2) { /* short values fit into one block */
        return number != 0 || more != 0 ? (uint8_t)SWMGMT_TOO_LARGE
            : swmgmt_wakaama_code(swmgmt_write(it->manager, SERVER, path, &value));
    }
    if (number == 0 || more != 0) {
        it->block_size = chunk.length;
    }
    chunk.offset = number * it->block_size;
    return number != 0 && it->block_size == 0 ? (uint8_t)SWMGMT_INCOMPLETE
        : swmgmt_wakaama_code(swmgmt_push(it->manager, SERVER, path.instance, &chunk));
}
#endif
