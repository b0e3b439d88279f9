/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Of Wakaama only what the adapter and the example call: values, and a memory for what it
 * is told. It answers no request; traces say what the real one makes of them. */
#include "double.h"

char double_told[8192];

void double_forget(void)
{
    double_told[0] = '\0';
}

void double_tell(const char *event, const char *path, const char *result, const char *detail)
{
    size_t at = strlen(double_told);

    snprintf(double_told + at, sizeof double_told - at, "%s,%s,%s,%s\n", event, path, result, detail);
}

lwm2m_context_t *lwm2m_init(void *user)
{
    static lwm2m_context_t context;

    memset(&context, 0, sizeof context);
    context.userData = user;
    return &context;
}

int lwm2m_configure(lwm2m_context_t *context, const char *endpoint, const char *msisdn,
                    const char *alternate_path, uint16_t count, lwm2m_object_t *objects[])
{
    (void)endpoint, (void)msisdn, (void)alternate_path;
    for (uint16_t i = count; i-- > 0;) {
        objects[i]->next = context->objectList;
        context->objectList = objects[i];
    }
    return COAP_NO_ERROR;
}

int lwm2m_step(lwm2m_context_t *context, time_t *timeout)
{
    (void)context, (void)timeout;
    return 0;
}

void (*double_handles)(lwm2m_context_t *context);

void lwm2m_handle_packet(lwm2m_context_t *context, uint8_t *datagram, size_t length, void *session)
{
    (void)datagram, (void)length, (void)session;
    double_tell("engine", "-", "-", "-");
    if (double_handles != NULL) {
        double_handles(context);
    }
}

void lwm2m_close(lwm2m_context_t *context)
{
    (void)context;
}

void lwm2m_resource_value_changed(lwm2m_context_t *context, lwm2m_uri_t *uri)
{
    char path[32];
    int at = snprintf(path, sizeof path, "%u", (unsigned)uri->objectId);

    (void)context;
    if (uri->instanceId != LWM2M_MAX_ID) {
        at += snprintf(path + at, sizeof path - (size_t)at, "/%u", (unsigned)uri->instanceId);
    }
    if (uri->resourceId != LWM2M_MAX_ID) {
        snprintf(path + at, sizeof path - (size_t)at, "/%u", (unsigned)uri->resourceId);
    }
    double_tell("changed", path, "-", "-");
}

/* For all servers (0) the wish is dropped where an update without objects is due; for one
 * of them it is not. Where there is no registration it is dropped always. */
int lwm2m_update_registration(lwm2m_context_t *context, uint16_t server, bool with_objects)
{
    lwm2m_status_t wanted = with_objects ? STATE_REG_FULL_UPDATE_NEEDED : STATE_REG_UPDATE_NEEDED;
    int result = server == 0 ? 0 : COAP_404_NOT_FOUND;
    char detail[16];
    char text[8];

    for (lwm2m_server_t *at = context->serverList; at != NULL; at = at->next) {
        bool registered = at->status == STATE_REGISTERED || at->status == STATE_REG_UPDATE_PENDING;
        bool due = at->status == STATE_REG_UPDATE_NEEDED || at->status == STATE_REG_FULL_UPDATE_NEEDED;
        if (server != 0 && at->shortID != server) {
            continue;
        }
        if (registered || (server != 0 && due && with_objects)) {
            at->status = wanted;
        }
        if (server != 0) {
            result = registered || due ? 0 : COAP_400_BAD_REQUEST;
            break;
        }
    }
    snprintf(detail, sizeof detail, "%u %d", (unsigned)server, with_objects);
    snprintf(text, sizeof text, "%d", result);
    double_tell("update", "-", text, detail);
    return result;
}

lwm2m_data_t *lwm2m_data_new(int size)
{
    lwm2m_data_t *array = size <= 0 ? NULL : lwm2m_malloc((size_t)size * sizeof(lwm2m_data_t));

    if (array != NULL) {
        memset(array, 0, (size_t)size * sizeof(lwm2m_data_t));
    }
    return array;
}

void lwm2m_data_free(int size, lwm2m_data_t *array)
{
    for (int i = 0; i < size; i++) {
        if (array[i].type == LWM2M_TYPE_STRING || array[i].type == LWM2M_TYPE_OPAQUE) {
            lwm2m_free(array[i].value.asBuffer.buffer);
        } else if (array[i].type == LWM2M_TYPE_MULTIPLE_RESOURCE) {
            lwm2m_data_free((int)array[i].value.asChildren.count, array[i].value.asChildren.array);
        }
    }
    if (size > 0) {
        lwm2m_free(array);
    }
}

void lwm2m_data_encode_nstring(const char *string, size_t length, lwm2m_data_t *data)
{
    uint8_t *copy = lwm2m_malloc(length + 1);

    data->type = LWM2M_TYPE_UNDEFINED; /* out of memory */
    if (copy != NULL) {
        memset(copy, 0, length + 1);
        if (length > 0) {
            memcpy(copy, string, length);
        }
        data->type = LWM2M_TYPE_STRING;
        data->value.asBuffer.buffer = copy;
        data->value.asBuffer.length = length;
    }
}

void lwm2m_data_encode_string(const char *string, lwm2m_data_t *data)
{
    lwm2m_data_encode_nstring(string, strlen(string), data);
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
