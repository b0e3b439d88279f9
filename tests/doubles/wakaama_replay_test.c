/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Traces of the real engine (wakaama/traces), replayed: the callbacks in the order and with
 * the arguments in which it called them. Each must return what it returned then, and tell the
 * engine the same in the same order. */
#include "device.h"

#include <stdlib.h>

typedef struct {
    char text[4096];
    char *thread, *event, *path, *result, *detail;
} row_t;

static FILE *file;
static unsigned line;
static char where[128];
static row_t row;

static bool next_row(void)
{
    char **part[] = { &row.thread, &row.event, &row.path, &row.result, &row.detail };
    char *rest = row.text;

    do {
        if (fgets(row.text, sizeof row.text, file) == NULL) {
            return false;
        }
        line++;
    } while (row.text[0] == '#' || strstr(row.text, ",sent,") != NULL);
    row.text[strcspn(row.text, "\n")] = '\0';
    for (int i = 0; i < 5; i++) {
        *part[i] = rest;
        rest += strcspn(rest, i < 4 ? "," : "");
        if (*rest != '\0') {
            *rest++ = '\0';
        }
    }
    snprintf(strrchr(where, ':') + 1, 16, "%u", line);
    CHECK_TEXT("1", row.thread); /* all of it in one thread */
    return true;
}

static bool is(const char *event)
{
    return strcmp(row.event, event) == 0;
}

static size_t from_hex(const char *text, uint8_t *bytes, size_t room)
{
    size_t count = 0;
    unsigned byte;

    while (count < room && sscanf(text + 2 * count, "%2x", &byte) == 1) {
        bytes[count++] = (uint8_t)byte;
    }
    return count;
}

static void to_hex(char *text, const uint8_t *bytes, size_t count)
{
    *text = '\0';
    for (size_t i = 0; i < count; i++) {
        sprintf(text + 2 * i, "%02x", (unsigned)bytes[i]);
    }
}

/* "8=opaque:01 13=objlnk:1:2", "17.0.1", "*": as an array of the engine's. */
static int parse_items(char *text, lwm2m_data_t **array)
{
    int count = 0;

    *array = lwm2m_data_new(16);
    for (char *item = strtok(text, " "); item != NULL && *item != '*'; item = strtok(NULL, " ")) {
        lwm2m_data_t *data = &(*array)[count++];
        char *value = strchr(item, ':');
        char *end;
        data->id = (uint16_t)strtoul(item, &end, 10);
        if (*end == '.') {
            lwm2m_data_t *child = lwm2m_data_new(1);
            child->id = (uint16_t)strtoul(end + 1, NULL, 10);
            lwm2m_data_encode_instances(child, 1, data);
        } else if (value != NULL && end[1] == 'b') {
            lwm2m_data_encode_bool(value[1] == '1', data);
        } else if (value != NULL) {
            uint8_t bytes[64];
            size_t length = from_hex(value + 1, bytes, sizeof bytes);
            lwm2m_data_encode_nstring((const char *)bytes, length, data);
            data->type = end[1] == 's' ? LWM2M_TYPE_STRING : LWM2M_TYPE_OPAQUE;
        }
    }
    return count;
}

static void print_items(char *text, int count, const lwm2m_data_t *array, bool values)
{
    *text = '\0';
    for (int i = 0; i < count; i++) {
        text += sprintf(text, i == 0 ? "%u" : " %u", (unsigned)array[i].id);
        if (array[i].type == LWM2M_TYPE_MULTIPLE_RESOURCE) {
            for (size_t n = 0; n < array[i].value.asChildren.count; n++) {
                text += sprintf(text, ".%u", (unsigned)array[i].value.asChildren.array[n].id);
            }
        } else if (values && array[i].type == LWM2M_TYPE_STRING) {
            text += sprintf(text, "=string:");
            to_hex(text, array[i].value.asBuffer.buffer, array[i].value.asBuffer.length);
            text += strlen(text);
        } else if (values && array[i].type == LWM2M_TYPE_INTEGER) {
            text += sprintf(text, "=integer:%d", (int)array[i].value.asInteger);
        } else if (values) {
            text += sprintf(text, "=type%d", (int)array[i].type);
        }
    }
}

/* Read and Discover: Wakaama hands over an array of what it asks for, or none for all. */
static uint8_t replay_read(lwm2m_object_t *object, uint16_t instance)
{
    char *got = strstr(row.detail, " > ");
    char text[1024] = "-";
    lwm2m_data_t *array = NULL;
    lwm2m_data_t *given;
    uint8_t answer;
    int count;

    *got = '\0';
    count = parse_items(row.detail, &given);
    if (count > 0) {
        array = given;
    }
    bool all = count == 0;
    answer = (is("read") ? object->readFunc : object->discoverFunc)(&engine, instance, &count,
                                                                    &array, object);
    if (answer == SWMGMT_CONTENT) {
        print_items(text, count, array, is("read") && !all);
    }
    CHECK_TEXT(got + 3, text);
    lwm2m_data_free(count, array);
    if (all) {
        lwm2m_data_free(1, given);
    }
    return answer;
}

static uint8_t replay_values(lwm2m_object_t *object, uint16_t instance)
{
    static const char *const types[] = { "partial", "resources", "instance" };
    char *items = row.detail;
    lwm2m_data_t *array;
    uint8_t answer;
    int count;
    int type = 0;

    if (is("write")) {
        items = strchr(row.detail, ' ');
        *items++ = '\0';
        while (strcmp(types[type], row.detail) != 0) {
            type++;
        }
    }
    count = parse_items(items, &array);
    answer = is("write") ? object->writeFunc(&engine, instance, count, array, object,
                                             (lwm2m_write_type_t)type)
                         : object->createFunc(&engine, instance, count, array, object);
    lwm2m_data_free(16, array);
    return answer;
}

static uint8_t replay_execute(lwm2m_object_t *object, uint16_t instance, uint16_t resource)
{
    uint8_t bytes[64];
    bool none = strcmp(row.detail, "null") == 0;
    size_t length = none ? 0 : from_hex(row.detail, bytes, sizeof bytes);

    return object->executeFunc(&engine, instance, resource, none ? NULL : bytes, (int)length,
                               object);
}

#ifdef LWM2M_RAW_BLOCK1_REQUESTS
static uint8_t replay_raw(lwm2m_object_t *object, uint16_t instance, uint16_t resource)
{
    lwm2m_uri_t uri;
    uint8_t bytes[64];
    unsigned format = 0, number = 0, more = 0;
    size_t length = from_hex(strrchr(row.detail, ' ') + 1, bytes, sizeof bytes);

    CHECK_EQ(3, sscanf(row.detail, "%u %u %u", &format, &number, &more));
    LWM2M_URI_RESET(&uri);
    uri.objectId = object->objID;
    uri.instanceId = instance;
    uri.resourceId = resource;
    return (is("rawBlock1WriteFunc") ? object->rawBlock1WriteFunc : object->rawBlock1CreateFunc)(
        &engine, &uri, (lwm2m_media_type_t)format, bytes, (int)length, object, number,
        (uint8_t)more);
}
#endif

/* The code that the callback of this row returns. */
static uint8_t replay_callback(void)
{
    unsigned object = 0, instance = SWMGMT_NONE, resource = SWMGMT_NONE;
    lwm2m_object_t *of;

    CHECK(sscanf(row.path, "%u/%u/%u", &object, &instance, &resource) >= 1);
    of = object == 9 ? nine : fourteen;
    if (is("read") || is("discover")) {
        return replay_read(of, (uint16_t)instance);
    } else if (is("write") || is("create")) {
        return replay_values(of, (uint16_t)instance);
    } else if (is("execute")) {
        return replay_execute(of, (uint16_t)instance, (uint16_t)resource);
    } else if (is("delete")) {
        return of->deleteFunc(&engine, (uint16_t)instance, of);
    }
#ifdef LWM2M_RAW_BLOCK1_REQUESTS
    if (strncmp(row.event, "raw", 3) == 0) {
        return replay_raw(of, (uint16_t)instance, (uint16_t)resource);
    }
#endif
    CHECK_TEXT("an event", row.event); /* one that no call of the adapter's brought about */
    return 0;
}

static void replay(const char *name)
{
    bool front = strstr(name, "front.csv") != NULL;
    unsigned rows = 0;

    start(2);
    file = fopen(name, "r");
    CHECK(file != NULL);
    line = 0;
    snprintf(where, sizeof where, "%.100s:", strrchr(name, '/') + 1);
    check_where = where;
    while (file != NULL && next_row()) {
        rows++;
        double_forget();
        if (is("poll")) {
            uint32_t wait_ms = 60000;
            CHECK_EQ(SWMGMT_OK, swmgmt_wakaama_poll(&adapter, &engine, fake.now, &wait_ms));
        } else if (is("packet")) {
            if (front) {
                uint8_t bytes[256];
                uint16_t session = (uint16_t)(row.detail[0] - '0');
                size_t length = from_hex(row.detail + 2, bytes, sizeof bytes);
                CHECK_EQ(SWMGMT_OK, swmgmt_wakaama_handle_packet(&adapter, &engine, fake.now, bytes,
                                                                 length, &session));
            }
        } else {
            char code[8];
            uint8_t answer = replay_callback();
            snprintf(code, sizeof code, "%u.%02u", answer >> 5 & 7u, answer & 31u);
            CHECK_TEXT(row.result, code);
            CHECK_EQ(0, double_pieces); /* nothing of Wakaama's heap is kept */
        }
        for (char *told = double_told; *told != '\0'; told += strlen(told) + 1) {
            char was[sizeof row.text + 8];
            told[strcspn(told, "\n")] = '\0';
            if (!CHECK(next_row())) {
                break;
            }
            snprintf(was, sizeof was, "%s,%s,%s,%s", row.event, row.path, row.result, row.detail);
            CHECK_TEXT(was, told);
        }
    }
    CHECK(rows > 200);
    if (file != NULL) {
        fclose(file);
    }
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        replay(argv[i]);
    }
    CHECK(argc > 1);
    return check_end();
}
