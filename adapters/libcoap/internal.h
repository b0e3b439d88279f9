/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the files of this adapter share. Nothing here is for applications. */
#ifndef SWMGMT_LIBCOAP_INTERNAL_H
#define SWMGMT_LIBCOAP_INTERNAL_H

#include "swmgmt_libcoap.h"

enum { SC_ABSENT = -1, SC_TEXT = 0, SC_LINK_FORMAT = 40, SC_OPAQUE = 42 };

/* A request, its options decoded. */
typedef struct sc_request_t {
    coap_session_t *session;
    const coap_pdu_t *pdu;
    const uint8_t *payload;
    size_t length;
    swmgmt_path_t path;
    int32_t format;  /* SC_ABSENT: no Content-Format */
    int32_t accept;  /* SC_ABSENT: no Accept */
    int32_t observe; /* SC_ABSENT: no Observe */
    uint32_t size1;
    uint32_t block1; /* value of the option */
    uint32_t block2;
    uint16_t server;
    uint8_t method;
    uint8_t depth; /* ids in the path, 1 ... 4; 0: no path that LwM2M knows */
    uint8_t has_block1;
    uint8_t has_block2;
    uint8_t has_query;
    uint8_t malformed; /* an option that is undecodable */
} sc_request_t;

static inline uint32_t sc_block_number(uint32_t option) { return option >> 4; }
static inline uint32_t sc_block_more(uint32_t option) { return option >> 3 & 1u; }
static inline uint32_t sc_block_size(uint32_t option) { return 16u << (option & 7u); }
static inline uint32_t sc_block_offset(uint32_t option)
{
    return sc_block_number(option) * sc_block_size(option); /* below 2^31: SZX is below 7 */
}

/* One block of a text that is never held whole: what lies outside is only counted. */
typedef struct sc_window_t {
    uint8_t *out;
    size_t offset; /* of the block in the text */
    size_t room;   /* bytes of the block */
    size_t filled;
    size_t total; /* bytes of the text so far */
    uint32_t hash;
} sc_window_t;

/* requests.c: what each method does */
swmgmt_answer_t sc_get(swmgmt_coap_t *adapter, const sc_request_t *request, coap_pdu_t *response);
swmgmt_answer_t sc_put(swmgmt_coap_t *adapter, const sc_request_t *request);
swmgmt_answer_t sc_post(swmgmt_coap_t *adapter, const sc_request_t *request, uint16_t *created);
swmgmt_answer_t sc_delete(swmgmt_coap_t *adapter, const sc_request_t *request);
int sc_exists(const swmgmt_coap_t *adapter, swmgmt_path_t path, unsigned depth);

/* attributes.c: Write-Attributes */
swmgmt_answer_t sc_attributes(const sc_request_t *request);

/* package.c: writes to 9/x/2 */
swmgmt_answer_t sc_package(swmgmt_coap_t *adapter, const sc_request_t *request);

/* base64.c: decodes whole groups of four; the length, or -1 if it is no base64 */
int32_t sc_base64(uint8_t *out, const uint8_t *text, size_t length, int may_end);

/* collect.c: short values in several blocks. Above 0: the answer; 0: `bytes` is whole */
swmgmt_answer_t sc_collect(swmgmt_coap_t *adapter, const sc_request_t *request,
                           const uint8_t **bytes, size_t *length);

/* links.c: link-format, and answers in blocks */
swmgmt_answer_t sc_discover(swmgmt_coap_t *adapter, const sc_request_t *request,
                            coap_pdu_t *response);
swmgmt_answer_t sc_window(sc_window_t *window, uint8_t *out, const sc_request_t *request);
void sc_window_add(sc_window_t *window, const void *bytes, size_t length);
swmgmt_answer_t sc_content(const sc_request_t *request, coap_pdu_t *response, int32_t format,
                           int32_t observe, const sc_window_t *window);
void sc_add_uint(coap_pdu_t *pdu, coap_option_num_t number, uint32_t value);

/* notify.c: observations */
int32_t sc_observe(swmgmt_coap_t *adapter, const sc_request_t *request);
void sc_end_observations(swmgmt_coap_t *adapter, const coap_session_t *session);
size_t sc_text(const swmgmt_value_t *value, char *room, const uint8_t **bytes);
#define SC_TEXT_ROOM 12u

/* replay.c: retransmitted requests */
const swmgmt_coap_sent_t *sc_replay(const swmgmt_coap_t *adapter, const sc_request_t *request);
void sc_remember(swmgmt_coap_t *adapter, const sc_request_t *request, uint8_t code,
                 uint16_t created);
int sc_same_token(coap_bin_const_t token, const uint8_t *bytes, size_t length);

#endif /* SWMGMT_LIBCOAP_INTERNAL_H */
