/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Read and Discover. */
#include "swmgmt_wakaama_inside.h"

/* The children of a path that allow one of `operations` (0: all of them), as a new array. */
static uint8_t children(const swmgmt_t *manager, swmgmt_path_t path, uint8_t operations, int *count,
                        lwm2m_data_t **array)
{
    for (*array = NULL;;) { /* they are counted, then named */
        int n = 0;
        for (uint16_t id = SWMGMT_NONE; swmgmt_next(manager, path, &id) == SWMGMT_OK;) {
            swmgmt_resource_t about;
            if (operations != 0
                && (swmgmt_resource(path.object, id, &about) != SWMGMT_OK
                    || (about.operations & operations) == 0)) {
                continue;
            }
            if (*array != NULL) {
                (*array)[n].id = id;
            }
            n++;
        }
        *count = n;
        if (*array != NULL) {
            return SWMGMT_CONTENT;
        }
        if (n == 0) {
            return SWMGMT_NOT_FOUND;
        }
        *array = lwm2m_data_new(n);
        if (*array == NULL) {
            *count = 0;
            return SWMGMT_INTERNAL_ERROR;
        }
    }
}

static uint8_t fill_one(const swmgmt_t *manager, swmgmt_path_t path, lwm2m_data_t *data)
{
    swmgmt_value_t value;
    swmgmt_answer_t answer = swmgmt_read(manager, path, &value);

    if (answer != SWMGMT_CONTENT) {
        return swmgmt_wakaama_code(answer);
    }
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
    return SWMGMT_CONTENT;
}

/* Wakaama asks for instances of a resource by handing over those it wants. */
static uint8_t fill(const swmgmt_t *manager, swmgmt_path_t path, lwm2m_data_t *data)
{
    uint8_t answer = SWMGMT_CONTENT;

    if (data->type != LWM2M_TYPE_MULTIPLE_RESOURCE) {
        lwm2m_data_t *all;
        int count;
        answer = fill_one(manager, path, data);
        if (answer != SWMGMT_NOT_ACCEPTABLE) {
            return answer;
        }
        answer = children(manager, path, 0, &count, &all); /* it has several values */
        if (answer != SWMGMT_CONTENT) {
            return answer;
        }
        lwm2m_data_encode_instances(all, (size_t)count, data);
    }
    for (size_t i = 0; answer == SWMGMT_CONTENT && i < data->value.asChildren.count; i++) {
        path.index = data->value.asChildren.array[i].id;
        answer = fill_one(manager, path, &data->value.asChildren.array[i]);
    }
    return answer;
}

/* `operations` 0: Discover, which also names what cannot be read. */
static uint8_t answer_with(const lwm2m_object_t *object, uint16_t instance, uint8_t operations,
                           int *count, lwm2m_data_t **array)
{
    const swmgmt_t *manager = ((const swmgmt_wakaama_t *)object->userData)->manager;
    swmgmt_path_t path = { object->objID, instance, SWMGMT_NONE, SWMGMT_NONE };
    uint8_t answer = SWMGMT_CONTENT;

    if (*count == 0) {
        answer = children(manager, path, operations, count, array);
    }
    for (int i = 0; answer == SWMGMT_CONTENT && i < *count; i++) {
        path.resource = (*array)[i].id;
        answer = fill(manager, path, &(*array)[i]);
        if (answer == SWMGMT_NOT_ALLOWED && operations == 0) {
            answer = SWMGMT_CONTENT;
        }
    }
    return answer;
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
