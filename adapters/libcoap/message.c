/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A CoAP message as swmgmt_request() wants it, and its answer as CoAP wants it. */
#include "internal.h"

/* An id in its one decimal form. 65535 is reserved by LwM2M, and SWMGMT_NONE. */
static uint16_t parse_id(const uint8_t *text, size_t length)
{
    uint32_t id = 0;
    if (length == 0 || length > 5 || (length > 1 && text[0] == '0')) {
        return SWMGMT_NONE;
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return SWMGMT_NONE;
        }
        id = id * 10u + (uint32_t)(text[i] - '0');
    }
    return id < SWMGMT_NONE ? (uint16_t)id : (uint16_t)SWMGMT_NONE;
}

static void parse_segment(sc_request_t *request, unsigned at, const uint8_t *text, size_t length)
{
    swmgmt_path_t *path = &request->it.path;
    uint16_t *const ids[] = {&path->object, &path->instance, &path->resource, &path->index};
    const uint16_t id = parse_id(text, length);
    if (at < 4) {
        *ids[at] = id;
    }
    request->is_nowhere |= at >= 4 || id == SWMGMT_NONE;
}

/* 65535 is nobody's Content-Format, but SWMGMT_NONE is "none". */
static uint16_t format(uint32_t value)
{
    return (uint16_t)(value < SWMGMT_NONE ? value : SWMGMT_NONE - 1u);
}

/* SZX 7 is not for UDP, and libcoap would say that there is no such option. */
static int32_t block(sc_request_t *request, uint32_t value, size_t length)
{
    request->malformed |= length > 3 || (value & 7u) == 7u;
    return (int32_t)(value & 0xFFFFFFu);
}

static uint32_t block_size(int32_t option) { return 16u << ((uint32_t)option & 7u); }

static uint32_t block_offset(int32_t option)
{
    return ((uint32_t)option >> 4) * block_size(option); /* below 2^31 */
}

static void parse_payload(sc_request_t *request)
{
    size_t length = 0;
    if (!coap_get_data(request->pdu, &length, &request->it.payload)) {
        length = 0;
    }
    request->it.length = (uint32_t)length;
    if (request->it.method == SWMGMT_GET) {
        request->it.offset = request->block2 >= 0 ? block_offset(request->block2) : 0;
    } else if (request->block1 >= 0) {
        const uint32_t size = block_size(request->block1);
        request->it.offset = block_offset(request->block1);
        request->it.more = ((uint32_t)request->block1 >> 3) & 1u;
        /* RFC 7959, 2.2: all blocks but the last are full. One without bytes is let through:
         * the library knows what it means where. */
        request->malformed |= length > size || (request->it.more && length != 0 && length != size);
    }
}

/* Of an option that may be there once, Block1 alone is counted: with two of them nobody
 * can say which bytes these are. */
int sc_parse(sc_request_t *request, coap_session_t *session, const coap_pdu_t *pdu)
{
    unsigned segments = 0;
    coap_opt_iterator_t options;
    coap_opt_t *option;
    *request = (sc_request_t){
        .it = {.path = SC_NO_PATH, .format = SWMGMT_NONE, .accept = SWMGMT_NONE,
               .method = (uint8_t)coap_pdu_get_code(pdu)},
        .session = session,
        .pdu = pdu,
        .observe = SC_ABSENT,
        .block1 = SC_ABSENT,
        .block2 = SC_ABSENT,
    };
    coap_option_iterator_init(pdu, &options, COAP_OPT_ALL);
    while ((option = coap_option_next(&options)) != NULL) {
        const uint8_t *bytes = coap_opt_value(option);
        const size_t length = coap_opt_length(option);
        const uint32_t value = length <= 4 ? coap_decode_var_bytes(bytes, length) : UINT32_MAX;
        switch (options.number) {
        case COAP_OPTION_OBSERVE:
            request->observe = value <= 1 ? (int32_t)value : SC_ABSENT;
            break;
        case COAP_OPTION_URI_PATH:
            parse_segment(request, segments++, bytes, length);
            if (request->it.path.object != 9 && request->it.path.object != 14) {
                return 0;
            }
            break;
        case COAP_OPTION_CONTENT_FORMAT:
            request->it.format = format(value);
            break;
        case COAP_OPTION_URI_QUERY:
            request->has_query = 1;
            break;
        case COAP_OPTION_ACCEPT:
            request->it.accept = format(value);
            break;
        case COAP_OPTION_BLOCK2:
            request->block2 = block(request, value, length);
            break;
        case COAP_OPTION_BLOCK1:
            request->malformed |= request->block1 >= 0;
            request->block1 = block(request, value, length);
            break;
        case COAP_OPTION_SIZE1:
            request->it.total = length <= 4 ? value : 0;
            break;
        default:
            break;
        }
    }
    parse_payload(request);
    return segments > 0;
}

void sc_add_uint(coap_pdu_t *pdu, coap_option_num_t number, uint32_t value)
{
    uint8_t bytes[4];
    const unsigned length = coap_encode_var_safe(bytes, sizeof bytes, value);
    coap_add_option(pdu, number, length, bytes);
}

/* Each block is made from what is there by then; the ETag tells a change. `block2` is the
 * option that asks for it, or SC_ABSENT. */
int sc_add_content(coap_pdu_t *pdu, const swmgmt_response_t *content, int32_t observe,
                   int32_t block2)
{
    const int in_blocks = block2 >= 0 || content->more;
    const uint32_t wanted = (block2 >= 0 ? (uint32_t)block2 : SC_SZX) & ~8u;
    if (in_blocks) {
        const uint8_t etag[4] = {(uint8_t)(content->etag >> 24), (uint8_t)(content->etag >> 16),
                                 (uint8_t)(content->etag >> 8), (uint8_t)content->etag};
        coap_add_option(pdu, COAP_OPTION_ETAG, sizeof etag, etag);
    }
    if (observe >= 0) {
        sc_add_uint(pdu, COAP_OPTION_OBSERVE, (uint32_t)observe);
    }
    sc_add_uint(pdu, COAP_OPTION_CONTENT_FORMAT, content->format);
    if (in_blocks) {
        sc_add_uint(pdu, COAP_OPTION_BLOCK2, wanted | (content->more ? 8u : 0));
    }
    return content->length == 0 || coap_add_data(pdu, content->length, content->payload);
}

void sc_add_created(coap_pdu_t *pdu, uint16_t instance)
{
    uint8_t id[5];
    unsigned at = sizeof id;
    do {
        id[--at] = (uint8_t)('0' + instance % 10u);
        instance = (uint16_t)(instance / 10u);
    } while (instance != 0);
    coap_add_option(pdu, COAP_OPTION_LOCATION_PATH, 1, (const uint8_t *)"9");
    coap_add_option(pdu, COAP_OPTION_LOCATION_PATH, sizeof id - at, &id[at]);
}
