/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <liblwm2m.h>

#include <stdlib.h>
#include <string.h>

lwm2m_data_t *lwm2m_data_new(int size)
{
    return size <= 0 ? NULL : calloc((size_t)size, sizeof(lwm2m_data_t));
}

void lwm2m_data_free(int size, lwm2m_data_t *array)
{
    for (int i = 0; i < size; i++) {
        if (array[i].type == LWM2M_TYPE_STRING || array[i].type == LWM2M_TYPE_OPAQUE) {
            free(array[i].value.asBuffer.buffer);
        } else if (array[i].type == LWM2M_TYPE_MULTIPLE_RESOURCE) {
            lwm2m_data_free((int)array[i].value.asChildren.count,
                            array[i].value.asChildren.array);
        }
    }
    free(array);
}

void lwm2m_data_encode_nstring(const char *string, size_t length, lwm2m_data_t *data)
{
    data->value.asBuffer.buffer = malloc(length + 1);
    if (data->value.asBuffer.buffer != NULL) {
        data->type = LWM2M_TYPE_STRING;
        data->value.asBuffer.length = length;
        memset(data->value.asBuffer.buffer, 0, length + 1);
        if (length > 0) {
            memcpy(data->value.asBuffer.buffer, string, length);
        }
    }
}

void lwm2m_data_encode_int(int64_t value, lwm2m_data_t *data)
{
    data->type = LWM2M_TYPE_INTEGER;
    data->value.asInteger = value;
}

void lwm2m_data_encode_bool(bool value, lwm2m_data_t *data)
{
    data->type = LWM2M_TYPE_BOOLEAN;
    data->value.asBoolean = value;
}

void lwm2m_data_encode_objlink(uint16_t object, uint16_t instance, lwm2m_data_t *data)
{
    data->type = LWM2M_TYPE_OBJECT_LINK;
    data->value.asObjLink.objectId = object;
    data->value.asObjLink.objectInstanceId = instance;
}

void lwm2m_data_encode_instances(lwm2m_data_t *children, size_t count, lwm2m_data_t *data)
{
    data->type = LWM2M_TYPE_MULTIPLE_RESOURCE;
    data->value.asChildren.count = count;
    data->value.asChildren.array = children;
}

void lwm2m_resource_value_changed(lwm2m_context_t *context, lwm2m_uri_t *uri)
{
    if (context->changed < sizeof context->uri / sizeof context->uri[0]) {
        context->uri[context->changed++] = *uri;
    }
}

/* Only a server that is registered is told; the wish is forgotten for all others. */
int lwm2m_update_registration(lwm2m_context_t *context, uint16_t server, bool with_objects)
{
    for (lwm2m_server_t *at = context->serverList; at != NULL; at = at->next) {
        if (server == 0 && with_objects && at->status == STATE_REGISTERED) {
            at->status = STATE_REG_FULL_UPDATE_NEEDED;
            context->updates++;
        }
    }
    return 0;
}
