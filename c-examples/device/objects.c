/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Objects 1 (Server) and 3 (Device), as far as servers insist. */
#define _POSIX_C_SOURCE 200809L
#include "lwm2m.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { READ = 1, WRITE = 2, EXECUTE = 4 };

static const struct {
    uint16_t object;
    uint16_t resource;
    uint8_t operations;
    const char *value; /* NULL: see read_value */
} RESOURCES[] = {
    {1, 0, READ, NULL},      {1, 1, READ | WRITE, NULL}, {1, 6, READ, "0"},
    {1, 7, READ, "U"},       {1, 8, EXECUTE, NULL},      {3, 0, READ, "swmgmt"},
    {3, 1, READ, "device"},  {3, 2, READ, NULL},         {3, 3, READ, NULL},
    {3, 4, EXECUTE, NULL},   {3, 9, READ, "100"},        {3, 11, READ, "0"},
    {3, 13, READ, NULL},     {3, 16, READ, "U"},
};
enum { RESOURCE_COUNT = sizeof RESOURCES / sizeof RESOURCES[0] };

typedef struct request_t {
    unsigned long ids[4];
    unsigned depth; /* 0: no path of numbers */
    uint32_t accept;
    uint32_t format;
    int has_accept;
    int has_query;
} request_t;

static void parse(request_t *it, const coap_pdu_t *request)
{
    coap_opt_iterator_t options;
    coap_opt_t *option;
    unsigned segments = 0;
    memset(it, 0, sizeof *it);
    coap_option_iterator_init(request, &options, COAP_OPT_ALL);
    while ((option = coap_option_next(&options)) != NULL) {
        const uint8_t *bytes = coap_opt_value(option);
        const size_t length = coap_opt_length(option);
        if (options.number == COAP_OPTION_URI_PATH) {
            char text[8] = {0};
            memcpy(text, bytes, length < sizeof text ? length : 0);
            if (segments == it->depth && segments < 4 && length != 0 &&
                strspn(text, "0123456789") == length) {
                it->ids[it->depth++] = strtoul(text, NULL, 10);
            }
            segments++;
        } else if (options.number == COAP_OPTION_ACCEPT) {
            it->has_accept = 1;
            it->accept = coap_decode_var_bytes(bytes, length);
        } else if (options.number == COAP_OPTION_CONTENT_FORMAT) {
            it->format = coap_decode_var_bytes(bytes, length);
        } else if (options.number == COAP_OPTION_URI_QUERY) {
            it->has_query = 1;
        }
    }
    if (segments != it->depth) {
        it->depth = 0;
    }
}

static int find(const request_t *it)
{
    for (int i = 0; i < (int)RESOURCE_COUNT; i++) {
        if (RESOURCES[i].object == it->ids[0] && RESOURCES[i].resource == it->ids[2]) {
            return i;
        }
    }
    return -1;
}

static size_t read_value(const lwm2m_t *lwm2m, int which, char *room, size_t size)
{
    const unsigned id = RESOURCES[which].object * 100u + RESOURCES[which].resource;
    const uint32_t version = swmgmt_version();
    int length;
    switch (id) {
    case 100: length = snprintf(room, size, "%d", LWM2M_SHORT_ID); break;
    case 101: length = snprintf(room, size, "%lu", (unsigned long)lwm2m->lifetime); break;
    case 302:
        length = snprintf(room, size, "%s",
                          lwm2m->options->endpoint != NULL ? lwm2m->options->endpoint : "0");
        break;
    case 303:
        length = snprintf(room, size, "%u.%u.%u", version >> 16, version >> 8 & 0xFFu,
                          version & 0xFFu);
        break;
    case 313: length = snprintf(room, size, "%lld", (long long)time(NULL)); break;
    default: length = snprintf(room, size, "%s", RESOURCES[which].value); break;
    }
    return (size_t)length < size ? (size_t)length : size - 1;
}

static void content(coap_pdu_t *response, uint8_t format, const char *text, size_t length)
{
    coap_pdu_set_code(response, COAP_RESPONSE_CODE_CONTENT);
    coap_add_option(response, COAP_OPTION_CONTENT_FORMAT, format != 0 ? 1 : 0, &format);
    if (length != 0) {
        coap_add_data(response, length, (const uint8_t *)text);
    }
}

static void discover(const request_t *it, coap_pdu_t *response)
{
    char text[512];
    size_t length = 0;
    if (it->depth < 3) {
        const int object = it->depth == 1 ? snprintf(text, sizeof text, "</%lu>,", it->ids[0]) : 0;
        length = (size_t)object;
        length += (size_t)snprintf(&text[length], sizeof text - length, "</%lu/0>", it->ids[0]);
    }
    for (size_t i = 0; i < RESOURCE_COUNT; i++) {
        if (RESOURCES[i].object == it->ids[0] &&
            (it->depth < 3 || RESOURCES[i].resource == it->ids[2])) {
            length += (size_t)snprintf(&text[length], sizeof text - length, "%s</%u/0/%u>",
                                       length != 0 ? "," : "", RESOURCES[i].object,
                                       RESOURCES[i].resource);
        }
    }
    content(response, COAP_MEDIATYPE_APPLICATION_LINK_FORMAT, text, length);
}

static coap_pdu_code_t write_lifetime(lwm2m_t *lwm2m, const request_t *it,
                                      const coap_pdu_t *request)
{
    const uint8_t *bytes = NULL;
    size_t length = 0;
    char text[12] = {0};
    coap_get_data(request, &length, &bytes);
    if (it->has_query && length == 0) {
        return COAP_RESPONSE_CODE_CHANGED; /* Write-Attributes */
    }
    if (it->format != COAP_MEDIATYPE_TEXT_PLAIN) {
        return COAP_RESPONSE_CODE_UNSUPPORTED_CONTENT_FORMAT;
    }
    if (length == 0 || length > 7) {
        return COAP_RESPONSE_CODE_BAD_REQUEST;
    }
    memcpy(text, bytes, length);
    const unsigned long value = strtoul(text, NULL, 10);
    if (strspn(text, "0123456789") != length || value == 0 || value > 0x7FFFFFFF / 1000) {
        return COAP_RESPONSE_CODE_BAD_REQUEST;
    }
    lwm2m->lifetime_changed |= lwm2m->lifetime != value;
    lwm2m->lifetime = (uint32_t)value;
    return COAP_RESPONSE_CODE_CHANGED;
}

static coap_pdu_code_t execute(lwm2m_t *lwm2m, int which)
{
    if (RESOURCES[which].object == 3) {
        lwm2m->reboot_wanted = 1;
    } else {
        lwm2m->update_wanted = 1;
    }
    return COAP_RESPONSE_CODE_CHANGED;
}

static void answer_get(const lwm2m_t *lwm2m, const request_t *it, int which, coap_pdu_t *response)
{
    char text[300];
    if (it->has_accept && it->accept == COAP_MEDIATYPE_APPLICATION_LINK_FORMAT) {
        discover(it, response);
    } else if (it->depth < 3 || (it->has_accept && it->accept != COAP_MEDIATYPE_TEXT_PLAIN)) {
        coap_pdu_set_code(response, COAP_RESPONSE_CODE_NOT_ACCEPTABLE);
    } else if (!(RESOURCES[which].operations & READ)) {
        coap_pdu_set_code(response, COAP_RESPONSE_CODE_NOT_ALLOWED);
    } else {
        content(response, 0, text, read_value(lwm2m, which, text, sizeof text));
    }
}

void objects_answer(lwm2m_t *lwm2m, const coap_pdu_t *request, coap_pdu_t *response)
{
    request_t it;
    parse(&it, request);
    const coap_pdu_code_t method = coap_pdu_get_code(request);
    const int which = it.depth >= 3 ? find(&it) : -1;
    /* 3/0/11 has one instance, 3/0/11/0 */
    const int is_deep = it.depth == 4 && !(it.ids[0] == 3 && it.ids[2] == 11 && it.ids[3] == 0);
    if (it.depth == 0 || (it.ids[0] != 1 && it.ids[0] != 3) || (it.depth > 1 && it.ids[1] != 0) ||
        (it.depth >= 3 && which < 0) || is_deep) {
        coap_pdu_set_code(response, COAP_RESPONSE_CODE_NOT_FOUND);
    } else if (method == COAP_REQUEST_CODE_GET) {
        answer_get(lwm2m, &it, which, response);
    } else if (method == COAP_REQUEST_CODE_PUT && which >= 0 &&
               (RESOURCES[which].operations & WRITE)) {
        coap_pdu_set_code(response, write_lifetime(lwm2m, &it, request));
    } else if (method == COAP_REQUEST_CODE_PUT && it.has_query) {
        coap_pdu_set_code(response, COAP_RESPONSE_CODE_CHANGED); /* Write-Attributes */
    } else if (method == COAP_REQUEST_CODE_POST && which >= 0 &&
               (RESOURCES[which].operations & EXECUTE)) {
        coap_pdu_set_code(response, execute(lwm2m, which));
    } else {
        coap_pdu_set_code(response, COAP_RESPONSE_CODE_NOT_ALLOWED);
    }
}
