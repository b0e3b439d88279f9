/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A stand-in for Wakaama's header, written from what is known of its interface: what the
 * adapter and c-examples/wakaama touch, under the options that change it. */
#ifndef LIBLWM2M_STAND_IN_H
#define LIBLWM2M_STAND_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#define COAP_NO_ERROR (uint8_t)0x00
#define COAP_204_CHANGED (uint8_t)0x44
#define COAP_205_CONTENT (uint8_t)0x45
#define COAP_400_BAD_REQUEST (uint8_t)0x80
#define COAP_404_NOT_FOUND (uint8_t)0x84
#define COAP_405_METHOD_NOT_ALLOWED (uint8_t)0x85
#define COAP_500_INTERNAL_SERVER_ERROR (uint8_t)0xA0

#define LWM2M_SECURITY_URI_ID 0
#define LWM2M_SECURITY_BOOTSTRAP_ID 1
#define LWM2M_SECURITY_SECURITY_ID 2
#define LWM2M_SECURITY_SHORT_SERVER_ID 10
#define LWM2M_SECURITY_MODE_NONE 3
#define LWM2M_SERVER_SHORT_ID_ID 0
#define LWM2M_SERVER_LIFETIME_ID 1
#define LWM2M_SERVER_STORING_ID 6
#define LWM2M_SERVER_BINDING_ID 7
#define LWM2M_SERVER_UPDATE_ID 8

#define LWM2M_MAX_ID ((uint16_t)0xFFFF)

typedef struct lwm2m_node_ {
    struct lwm2m_node_ *next;
    uint16_t id;
} lwm2m_list_t;

typedef enum {
    LWM2M_TYPE_UNDEFINED,
    LWM2M_TYPE_OBJECT,
    LWM2M_TYPE_OBJECT_INSTANCE,
    LWM2M_TYPE_MULTIPLE_RESOURCE,
    LWM2M_TYPE_STRING,
    LWM2M_TYPE_OPAQUE,
    LWM2M_TYPE_INTEGER,
    LWM2M_TYPE_UNSIGNED_INTEGER,
    LWM2M_TYPE_FLOAT,
    LWM2M_TYPE_BOOLEAN,
    LWM2M_TYPE_OBJECT_LINK,
    LWM2M_TYPE_CORE_LINK
} lwm2m_data_type_t;

typedef struct lwm2m_data_ lwm2m_data_t;
struct lwm2m_data_ {
    lwm2m_data_type_t type;
    uint16_t id;
    union {
        bool asBoolean;
        int64_t asInteger;
        uint64_t asUnsigned;
        double asFloat;
        struct {
            size_t length;
            uint8_t *buffer;
        } asBuffer;
        struct {
            size_t count;
            lwm2m_data_t *array;
        } asChildren;
        struct {
            uint16_t objectId;
            uint16_t objectInstanceId;
        } asObjLink;
    } value;
};

typedef enum {
    LWM2M_CONTENT_TEXT = 0, /* also what it does not know */
    LWM2M_CONTENT_OPAQUE = 42,
    LWM2M_CONTENT_SENML_JSON = 110,
    LWM2M_CONTENT_SENML_CBOR = 112,
    LWM2M_CONTENT_TLV_OLD = 1542,
    LWM2M_CONTENT_TLV = 11542 /* also where there is no Content-Format */
} lwm2m_media_type_t;

typedef enum {
    LWM2M_WRITE_PARTIAL_UPDATE,
    LWM2M_WRITE_REPLACE_RESOURCES,
    LWM2M_WRITE_REPLACE_INSTANCE
} lwm2m_write_type_t;

typedef struct {
    uint16_t objectId;
    uint16_t instanceId;
    uint16_t resourceId;
#ifndef LWM2M_VERSION_1_0
    uint16_t resourceInstanceId;
#endif
} lwm2m_uri_t;

#define LWM2M_URI_RESET(uri) memset((uri), 0xFF, sizeof(lwm2m_uri_t))

typedef enum {
    STATE_DEREGISTERED,
    STATE_REG_HOLD_OFF,
    STATE_REG_PENDING, /* Register is sent, not answered */
    STATE_REGISTERED,
    STATE_REG_FAILED,
    STATE_REG_UPDATE_PENDING,
    STATE_REG_UPDATE_NEEDED,
    STATE_REG_FULL_UPDATE_NEEDED,
    STATE_DEREG_PENDING
} lwm2m_status_t;

typedef struct lwm2m_server_ {
    struct lwm2m_server_ *next;
    uint16_t secObjInstID;
    uint16_t shortID;
    void *sessionH;
    lwm2m_status_t status;
} lwm2m_server_t;

typedef struct lwm2m_object_ lwm2m_object_t;

typedef enum { STATE_INITIAL, STATE_BOOTSTRAP_REQUIRED, STATE_READY = 5 } lwm2m_client_state_t;

typedef struct {
    lwm2m_client_state_t state;
    char *altPath;
    lwm2m_server_t *serverList;
    lwm2m_object_t *objectList;
    uint16_t nextMID;
    void *userData;
} lwm2m_context_t;

struct lwm2m_object_ {
    lwm2m_object_t *next;
    uint16_t objID;
    uint8_t versionMajor;
    uint8_t versionMinor;
    lwm2m_list_t *instanceList;
    uint8_t (*readFunc)(lwm2m_context_t *, uint16_t, int *, lwm2m_data_t **, lwm2m_object_t *);
    uint8_t (*writeFunc)(lwm2m_context_t *, uint16_t, int, lwm2m_data_t *, lwm2m_object_t *,
                         lwm2m_write_type_t);
    uint8_t (*executeFunc)(lwm2m_context_t *, uint16_t, uint16_t, uint8_t *, int,
                           lwm2m_object_t *);
    uint8_t (*createFunc)(lwm2m_context_t *, uint16_t, int, lwm2m_data_t *, lwm2m_object_t *);
#ifdef LWM2M_RAW_BLOCK1_REQUESTS
    uint8_t (*rawBlock1CreateFunc)(lwm2m_context_t *, lwm2m_uri_t *, lwm2m_media_type_t,
                                   uint8_t *, int, lwm2m_object_t *, uint32_t, uint8_t);
    uint8_t (*rawBlock1WriteFunc)(lwm2m_context_t *, lwm2m_uri_t *, lwm2m_media_type_t, uint8_t *,
                                  int, lwm2m_object_t *, uint32_t, uint8_t);
    uint8_t (*rawBlock1ExecuteFunc)(lwm2m_context_t *, lwm2m_uri_t *, uint8_t *, int,
                                    lwm2m_object_t *, uint32_t, uint8_t);
#endif
    uint8_t (*deleteFunc)(lwm2m_context_t *, uint16_t, lwm2m_object_t *);
    uint8_t (*discoverFunc)(lwm2m_context_t *, uint16_t, int *, lwm2m_data_t **,
                            lwm2m_object_t *);
    void *userData;
};

/* The engine. */
#ifdef LWM2M_CLIENT_MODE
lwm2m_context_t *lwm2m_init(void *user);
int lwm2m_configure(lwm2m_context_t *context, const char *endpoint, const char *msisdn,
                    const char *alternate_path, uint16_t count, lwm2m_object_t *objects[]);
int lwm2m_step(lwm2m_context_t *context, time_t *timeout);
void lwm2m_handle_packet(lwm2m_context_t *context, uint8_t *datagram, size_t length,
                         void *session);
void lwm2m_close(lwm2m_context_t *context);
void lwm2m_resource_value_changed(lwm2m_context_t *context, lwm2m_uri_t *uri);
int lwm2m_update_registration(lwm2m_context_t *context, uint16_t server, bool with_objects);
#endif

lwm2m_data_t *lwm2m_data_new(int size);
void lwm2m_data_free(int size, lwm2m_data_t *array);
void lwm2m_data_encode_string(const char *string, lwm2m_data_t *data);
void lwm2m_data_encode_nstring(const char *string, size_t length, lwm2m_data_t *data);
void lwm2m_data_encode_int(int64_t value, lwm2m_data_t *data);
void lwm2m_data_encode_bool(bool value, lwm2m_data_t *data);
void lwm2m_data_encode_objlink(uint16_t object, uint16_t instance, lwm2m_data_t *data);
void lwm2m_data_encode_instances(lwm2m_data_t *children, size_t count, lwm2m_data_t *data);

/* The platform, which the user supplies. */
void *lwm2m_malloc(size_t size);
void lwm2m_free(void *memory);
char *lwm2m_strdup(const char *text);
int lwm2m_strncmp(const char *one, const char *other, size_t length);
int lwm2m_strcasecmp(const char *one, const char *other);
time_t lwm2m_gettime(void);
int lwm2m_seed(void);
void lwm2m_printf(const char *format, ...);
void *lwm2m_connect_server(uint16_t instance, void *user);
void lwm2m_close_connection(void *session, void *user);
uint8_t lwm2m_buffer_send(void *session, uint8_t *buffer, size_t length, void *user);
bool lwm2m_session_is_equal(void *one, void *other, void *user);
void lwm2m_session_remove(void *session);

#endif
