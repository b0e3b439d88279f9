/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "swmgmt_wakaama_inside.h"

#include <string.h>

uint8_t swmgmt_wakaama_code(swmgmt_answer_t answer)
{
    return answer > 0 ? (uint8_t)answer : (uint8_t)SWMGMT_INTERNAL_ERROR;
}

void swmgmt_wakaama_value(const lwm2m_data_t *data, swmgmt_value_t *value)
{
    memset(value, 0, sizeof *value);
    switch (data->type) {
    case LWM2M_TYPE_STRING: /* text/plain, or a string of SenML */
    case LWM2M_TYPE_OPAQUE: /* octets, or a value of TLV */
        value->kind = data->type == LWM2M_TYPE_STRING ? SWMGMT_TYPE_STRING : SWMGMT_TYPE_OPAQUE;
        value->bytes = data->value.asBuffer.buffer;
        value->length = (uint32_t)data->value.asBuffer.length;
        break;
    case LWM2M_TYPE_BOOLEAN:
        value->kind = SWMGMT_TYPE_BOOLEAN;
        value->number = data->value.asBoolean;
        break;
    case LWM2M_TYPE_OBJECT_LINK:
        value->kind = SWMGMT_TYPE_OBJLNK;
        value->number = data->value.asObjLink.objectId * UINT32_C(65536)
            + data->value.asObjLink.objectInstanceId;
        break;
    default: /* no resource that can be written has another type */
        value->kind = SWMGMT_TYPE_NONE;
        break;
    }
}

/* The children of a path, those that allow one of `operations` (0: all), as an array. */
static lwm2m_data_t *children(const swmgmt_t *manager, swmgmt_path_t path, uint8_t operations,
                              int *count)
{
    lwm2m_data_t *array = NULL;

    for (int pass = 0; pass < 2; pass++) { /* count them, then name them */
        int n = 0;
        for (uint16_t id = SWMGMT_NONE; swmgmt_next(manager, path, &id) == SWMGMT_OK;) {
            swmgmt_resource_t about = { 0 };
            if (operations != 0
                && (swmgmt_resource(path.object, id, &about) != SWMGMT_OK
                    || (about.operations & operations) == 0)) {
                continue;
            }
            if (array != NULL) {
                array[n].id = id;
            }
            n++;
        }
        if (n == 0 || (array == NULL && (array = lwm2m_data_new(n)) == NULL)) {
            return NULL;
        }
        *count = n;
    }
    return array;
}

/* Reads one value, or those of a resource that has several. */
static uint8_t fill(const swmgmt_t *manager, swmgmt_path_t path, lwm2m_data_t *data)
{
    swmgmt_value_t value;
    swmgmt_answer_t answer = swmgmt_read(manager, path, &value);

    if (answer == SWMGMT_NOT_ACCEPTABLE && data->type != LWM2M_TYPE_MULTIPLE_RESOURCE) {
        int count = 0;
        lwm2m_data_t *all = children(manager, path, 0, &count);
        if (all == NULL) {
            return SWMGMT_INTERNAL_ERROR;
        }
        lwm2m_data_encode_instances(all, (size_t)count, data);
    }
    if (answer == SWMGMT_NOT_ACCEPTABLE) {
        answer = SWMGMT_CONTENT;
        for (size_t i = 0; answer == SWMGMT_CONTENT && i < data->value.asChildren.count; i++) {
            path.index = data->value.asChildren.array[i].id;
            answer = fill(manager, path, &data->value.asChildren.array[i]);
        }
    } else if (answer == SWMGMT_CONTENT) {
        switch (value.kind) {
        case SWMGMT_TYPE_STRING:
            lwm2m_data_encode_nstring((const char *)value.bytes, value.length, data);
            break;
        case SWMGMT_TYPE_BOOLEAN:
            lwm2m_data_encode_bool(value.number != 0, data);
            break;
        case SWMGMT_TYPE_OBJLNK:
            lwm2m_data_encode_objlink((uint16_t)(value.number >> 16),
                                      (uint16_t)(value.number & 0xFFFFu), data);
            break;
        default:
            lwm2m_data_encode_int(value.number, data);
            break;
        }
    }
    return swmgmt_wakaama_code(answer);
}

/* `operations` 0: Discover, which also names what cannot be read. */
static uint8_t answer_with(const lwm2m_object_t *object, uint16_t instance, uint8_t operations,
                           int *count, lwm2m_data_t **array)
{
    const swmgmt_t *manager = ((const swmgmt_wakaama_t *)object->userData)->manager;
    swmgmt_path_t path = { object->objID, instance, SWMGMT_NONE, SWMGMT_NONE };

    if (*count == 0 && (*array = children(manager, path, operations, count)) == NULL) {
        return SWMGMT_NOT_FOUND;
    }
    for (int i = 0; i < *count; i++) {
        path.resource = (*array)[i].id;
        uint8_t answer = fill(manager, path, &(*array)[i]);
        if (answer != SWMGMT_CONTENT && (operations != 0 || answer != SWMGMT_NOT_ALLOWED)) {
            return answer;
        }
    }
    return SWMGMT_CONTENT;
}

uint8_t swmgmt_wakaama_read(lwm2m_context_t *engine, uint16_t instance, int *count,
                            lwm2m_data_t **array, lwm2m_object_t *object)
{
    (void)engine;
    return answer_with(object, instance, SWMGMT_READ, count, array);
}

uint8_t swmgmt_wakaama_discover(lwm2m_context_t *engine, uint16_t instance, int *count,
                                lwm2m_data_t **array, lwm2m_object_t *object)
{
    (void)engine;
    return answer_with(object, instance, 0, count, array);
}
