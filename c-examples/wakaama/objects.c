/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Objects 0 Security, 1 Server and 3 Device: as little of them as a client needs. */
#include "client.h"

#include <string.h>

enum { SECURITY, SERVER, DEVICE };

typedef uint8_t (*read_one_t)(const server_t *server, lwm2m_data_t *data);

static uint8_t security(const server_t *server, lwm2m_data_t *data)
{
    switch (data->id) {
    case LWM2M_SECURITY_URI_ID:
        lwm2m_data_encode_string(server->uri, data);
        return COAP_205_CONTENT;
    case LWM2M_SECURITY_BOOTSTRAP_ID:
        lwm2m_data_encode_bool(false, data);
        return COAP_205_CONTENT;
    case LWM2M_SECURITY_SECURITY_ID:
        lwm2m_data_encode_int(LWM2M_SECURITY_MODE_NONE, data);
        return COAP_205_CONTENT;
    case LWM2M_SECURITY_SHORT_SERVER_ID:
        lwm2m_data_encode_int(server->short_id, data);
        return COAP_205_CONTENT;
    default:
        return COAP_404_NOT_FOUND;
    }
}

static uint8_t server_object(const server_t *server, lwm2m_data_t *data)
{
    switch (data->id) {
    case LWM2M_SERVER_SHORT_ID_ID:
        lwm2m_data_encode_int(server->short_id, data);
        return COAP_205_CONTENT;
    case LWM2M_SERVER_LIFETIME_ID:
        lwm2m_data_encode_int(300, data);
        return COAP_205_CONTENT;
    case LWM2M_SERVER_STORING_ID:
        lwm2m_data_encode_bool(false, data);
        return COAP_205_CONTENT;
    case LWM2M_SERVER_BINDING_ID:
        lwm2m_data_encode_string("U", data);
        return COAP_205_CONTENT;
    case LWM2M_SERVER_UPDATE_ID:
        return COAP_405_METHOD_NOT_ALLOWED;
    default:
        return COAP_404_NOT_FOUND;
    }
}

static uint8_t device(const server_t *server, lwm2m_data_t *data)
{
    (void)server;
    switch (data->id) {
    case 0: /* Manufacturer */
        lwm2m_data_encode_string("swmgmt", data);
        return COAP_205_CONTENT;
    case 16: /* Supported Binding and Modes */
        lwm2m_data_encode_string("U", data);
        return COAP_205_CONTENT;
    case 4: /* Reboot */
        return COAP_405_METHOD_NOT_ALLOWED;
    default:
        return COAP_404_NOT_FOUND;
    }
}

static const read_one_t read_one[] = { security, server_object, device };
static const uint16_t resources[][4] = { { 0, 1, 2, 10 }, { 0, 1, 6, 7 }, { 0, 16, 0, 16 } };
static const int resource_count[] = { 4, 4, 2 };

static uint8_t read_instance(int kind, uint16_t instance, int *count, lwm2m_data_t **array,
                             const client_t *client)
{
    if (instance >= client->server_count) {
        return COAP_404_NOT_FOUND;
    }
    if (*count == 0) {
        *array = lwm2m_data_new(resource_count[kind]);
        if (*array == NULL) {
            return COAP_500_INTERNAL_SERVER_ERROR;
        }
        *count = resource_count[kind];
        for (int i = 0; i < *count; i++) {
            (*array)[i].id = resources[kind][i];
        }
    }
    for (int i = 0; i < *count; i++) {
        uint8_t answer = (*array)[i].type == LWM2M_TYPE_MULTIPLE_RESOURCE
            ? COAP_404_NOT_FOUND
            : read_one[kind](&client->servers[instance], &(*array)[i]);
        if (answer != COAP_205_CONTENT) {
            return answer;
        }
    }
    return COAP_205_CONTENT;
}

static uint8_t on_read(lwm2m_context_t *engine, uint16_t instance, int *count,
                       lwm2m_data_t **array, lwm2m_object_t *object)
{
    (void)engine;
    return read_instance(object->objID == 3 ? DEVICE : object->objID, instance, count, array,
                         object->userData);
}

static uint8_t on_execute(lwm2m_context_t *engine, uint16_t instance, uint16_t resource,
                          uint8_t *arguments, int length, lwm2m_object_t *object)
{
    const client_t *client = object->userData;

    (void)arguments, (void)length;
    if (object->objID == 1 && resource == LWM2M_SERVER_UPDATE_ID) {
        return lwm2m_update_registration(engine, client->servers[instance].short_id, false) == 0
            ? COAP_204_CHANGED
            : COAP_500_INTERNAL_SERVER_ERROR;
    }
    return COAP_405_METHOD_NOT_ALLOWED;
}

void objects_prepare(client_t *client, lwm2m_object_t object[3])
{
    static lwm2m_list_t only;
    static const uint16_t ids[] = { 0, 1, 3 };

    memset(object, 0, 3 * sizeof object[0]);
    for (int i = SECURITY; i <= DEVICE; i++) {
        object[i].objID = ids[i];
        object[i].readFunc = on_read;
        object[i].executeFunc = on_execute;
        object[i].userData = client;
    }
    for (uint16_t i = client->server_count; i-- > 0;) {
        server_t *server = &client->servers[i];
        server->security.next = object[SECURITY].instanceList;
        server->server.next = object[SERVER].instanceList;
        object[SECURITY].instanceList = &server->security;
        object[SERVER].instanceList = &server->server;
    }
    object[DEVICE].instanceList = &only;
}
