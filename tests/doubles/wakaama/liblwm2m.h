/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A stand-in for Wakaama's header, written from what is known of its interface: the part
 * that the adapter touches, with a context that remembers what it was told. */
#ifndef LIBLWM2M_STAND_IN_H
#define LIBLWM2M_STAND_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
    LWM2M_CONTENT_TEXT = 0,
    LWM2M_CONTENT_OPAQUE = 42,
    LWM2M_CONTENT_TLV = 11542
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
    uint16_t resourceInstanceId;
} lwm2m_uri_t;

#define LWM2M_URI_RESET(uri) \
    (*(uri) = (lwm2m_uri_t){ LWM2M_MAX_ID, LWM2M_MAX_ID, LWM2M_MAX_ID, LWM2M_MAX_ID })

typedef enum {
    STATE_DEREGISTERED,
    STATE_REG_PENDING, /* Register is sent, not answered */
    STATE_REGISTERED,
    STATE_REG_FULL_UPDATE_NEEDED
} lwm2m_status_t;

typedef struct lwm2m_server_ {
    struct lwm2m_server_ *next;
    uint16_t shortID;
    lwm2m_status_t status;
} lwm2m_server_t;

/* What the real context does with these is send; this one counts and remembers. */
typedef struct {
    lwm2m_server_t *serverList;
    unsigned updates; /* registration updates with the list of objects, one for each server */
    unsigned changed;
    lwm2m_uri_t uri[64];
} lwm2m_context_t;

typedef struct lwm2m_object_ lwm2m_object_t;
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

lwm2m_data_t *lwm2m_data_new(int size);
void lwm2m_data_free(int size, lwm2m_data_t *array);
void lwm2m_data_encode_nstring(const char *string, size_t length, lwm2m_data_t *data);
void lwm2m_data_encode_int(int64_t value, lwm2m_data_t *data);
void lwm2m_data_encode_bool(bool value, lwm2m_data_t *data);
void lwm2m_data_encode_objlink(uint16_t object, uint16_t instance, lwm2m_data_t *data);
void lwm2m_data_encode_instances(lwm2m_data_t *children, size_t count, lwm2m_data_t *data);

void lwm2m_resource_value_changed(lwm2m_context_t *context, lwm2m_uri_t *uri);
int lwm2m_update_registration(lwm2m_context_t *context, uint16_t server, bool with_objects);

#endif
