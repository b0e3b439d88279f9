/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Write, Execute, Create and Delete, as Wakaama hands them over once it has all of them. */
#include "swmgmt_wakaama_inside.h"

#include <string.h>

#define SERVER 0u /* Wakaama does not tell which one asks */

/* A value in whatever form it came. It borrows the bytes. False: no resource has such a one. */
static bool take(const lwm2m_data_t *data, swmgmt_value_t *value)
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
    case LWM2M_TYPE_INTEGER: /* SenML: a server's boolean, perhaps */
        value->kind = SWMGMT_TYPE_INTEGER;
        value->number = data->value.asInteger >= 0 && data->value.asInteger < UINT32_MAX
            ? (uint32_t)data->value.asInteger
            : UINT32_MAX;
        break;
    default: /* float, or instances of a resource */
        return false;
    }
    return true;
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
        if (!take(&array[i], &items[i].value)) {
            return SWMGMT_BAD_REQUEST;
        }
    }
    return create
        ? swmgmt_create(it->manager, SERVER, *instance, items, (size_t)count, instance)
        : swmgmt_write_instance(it->manager, SERVER, *instance, items, (size_t)count);
}

uint8_t swmgmt_wakaama_write(lwm2m_context_t *engine, uint16_t instance, int count,
                             lwm2m_data_t *array, lwm2m_object_t *object,
                             lwm2m_write_type_t type)
{
    swmgmt_wakaama_t *it = swmgmt_wakaama_of(object);

    (void)engine;
    if (type == LWM2M_WRITE_REPLACE_RESOURCES && count == 1) {
        swmgmt_path_t path = { object->objID, instance, array[0].id, SWMGMT_NONE };
        swmgmt_value_t value;
        return !take(&array[0], &value)
            ? (uint8_t)SWMGMT_BAD_REQUEST
            : swmgmt_wakaama_code(swmgmt_write(it->manager, SERVER, path, &value));
    }
    if (type != LWM2M_WRITE_PARTIAL_UPDATE || object->objID != 9) {
        return SWMGMT_NOT_ALLOWED;
    }
    return swmgmt_wakaama_code(write_items(it, &instance, count, array, false));
}

uint8_t swmgmt_wakaama_execute(lwm2m_context_t *engine, uint16_t instance, uint16_t resource,
                               uint8_t *buffer, int length, lwm2m_object_t *object)
{
    swmgmt_path_t path = { object->objID, instance, resource, SWMGMT_NONE };

    (void)engine;
    return swmgmt_wakaama_code(swmgmt_execute(swmgmt_wakaama_of(object)->manager, SERVER, path,
                                              (const char *)buffer, (size_t)length));
}

/* Wakaama itself tells registered servers of instances that a server has created or deleted
 * in this way; those whose Register or plain Update is on its way it forgets. */
uint8_t swmgmt_wakaama_create(lwm2m_context_t *engine, uint16_t instance, int count,
                              lwm2m_data_t *array, lwm2m_object_t *object)
{
    swmgmt_wakaama_t *it = swmgmt_wakaama_of(object);
    swmgmt_answer_t answer = write_items(it, &instance, count, array, true);

    if (answer == SWMGMT_CREATED) {
        swmgmt_wakaama_created(it, engine, instance);
        it->update_wanted |= swmgmt_wakaama_forgetful(engine);
    }
    return swmgmt_wakaama_code(answer);
}

/* Wakaama looks at the node once more, for the observations that it ends: the node leaves the
 * list as it is, until the lists are made anew. */
static void unlink_node(lwm2m_list_t **list, uint16_t instance)
{
    for (; *list != NULL; list = &(*list)->next) {
        if ((*list)->id == instance) {
            *list = (*list)->next;
            break;
        }
    }
}

uint8_t swmgmt_wakaama_delete(lwm2m_context_t *engine, uint16_t instance, lwm2m_object_t *object)
{
    swmgmt_wakaama_t *it = swmgmt_wakaama_of(object);
    /* Of a bootstrap server's Delete of "/" Wakaama passes by what answers 4.05. */
    swmgmt_answer_t answer = it->is_bootstrap ? SWMGMT_NOT_ALLOWED
                                              : swmgmt_delete(it->manager, SERVER, instance);

    if (answer == SWMGMT_DELETED) {
        unlink_node(&object->instanceList, instance);
        swmgmt_wakaama_tell(engine, 9, instance);
        it->update_wanted |= swmgmt_wakaama_forgetful(engine);
    }
    return swmgmt_wakaama_code(answer);
}
