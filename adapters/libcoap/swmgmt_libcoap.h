/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* swmgmt on libcoap: answers the requests of LwM2M servers for Objects 9 and 14 and
 * sends them notifications. docs/libcoap.md is the guide.
 *
 *   swmgmt_init, _add, _boot -> swmgmt_coap_init, _attach
 *   loop { coap_io_process(); swmgmt_coap_flush(); swmgmt_poll(); swmgmt_coap_flush(); }
 *
 * - The caller owns the struct below; it lives as long as the libcoap context does.
 *   The adapter allocates nothing; libcoap allocates messages and sessions.
 * - Servers write and read in the formats whose parts the configuration names;
 *   swmgmt_link_format, which is Discover and the registration's list, must be one of them.
 * - One thread: the one that calls coap_io_process().
 * - Leave libcoap's own block handling off: coap_context_set_block_mode(ctx, 0), which
 *   is its default. Its mode 1 works too, mode 3 (SINGLE_BODY) does not.
 * - libcoap has one nack and one event handler per context. They are the application's;
 *   it passes what they are told on to swmgmt_coap_nack() and swmgmt_coap_event().
 */
#ifndef SWMGMT_LIBCOAP_H
#define SWMGMT_LIBCOAP_H

#include <coap3/coap.h>
#include <swmgmt.h>

/* Capacities. Define them for every file that includes this header alike. */

/* Observations of all servers together. A GET beyond that is answered without Observe. */
#ifndef SWMGMT_COAP_OBSERVATIONS
#define SWMGMT_COAP_OBSERVATIONS 32
#endif

/* Servers (sessions) that are told apart; those beyond that are server 0, "unknown". */
#ifndef SWMGMT_COAP_SERVERS
#define SWMGMT_COAP_SERVERS 8
#endif

/* Answers kept for retransmitted requests, and how many of them for one session: a
 * server that pushes blocks must not drive out the answers to the others. */
#ifndef SWMGMT_COAP_ANSWERS
#define SWMGMT_COAP_ANSWERS 16
#endif
#ifndef SWMGMT_COAP_ANSWERS_EACH
#define SWMGMT_COAP_ANSWERS_EACH 4
#endif

/* What a server writes in blocks besides a package: a string, or several resources of an
 * instance. Longer bodies are refused (4.13). */
#ifndef SWMGMT_COAP_BODY
#define SWMGMT_COAP_BODY 1024
#endif

/* Of the notifications of one observation every n-th is confirmable. 1, all of them:
 * each value arrives, in order. Above 1, the others may get lost or overtake one that
 * waits for its acknowledgement; and only a confirmable one can be cancelled by RST. */
#ifndef SWMGMT_COAP_CON_EVERY
#define SWMGMT_COAP_CON_EVERY 1
#endif

/* One block of an answer, or of a package decoded. A libcoap message is at most
 * COAP_DEFAULT_MTU bytes. */
#define SWMGMT_COAP_WORK 1152u

typedef struct swmgmt_coap_observation_t {
    coap_session_t *session; /* referenced; NULL: free */
    swmgmt_path_t path;
    uint16_t accept;
    uint8_t token[8];
    uint8_t token_length;
    uint8_t since_con;
    uint8_t szx;
    uint8_t due;
} swmgmt_coap_observation_t;

typedef struct swmgmt_coap_server_t {
    const coap_session_t *session; /* NULL: free */
    uint16_t id;
} swmgmt_coap_server_t;

typedef struct swmgmt_coap_sent_t {
    const coap_session_t *session; /* NULL: free */
    coap_tick_t when;
    int32_t block1;
    uint16_t mid;
    uint16_t created;
    uint8_t token[8];
    uint8_t token_length;
    uint8_t code;
} swmgmt_coap_sent_t;

/* Tells the application that the list of Objects and instances has changed.
 * `at_once` 1: send a Registration Update now; 0: the next periodic one suffices.
 * Called from swmgmt_coap_flush(), or from the handler of the next request; it may
 * call anything but the functions of this header. */
typedef void (*swmgmt_coap_registration_t)(void *user, int at_once);

/* The adapter. The application owns the memory and touches no member. */
typedef struct swmgmt_coap_t {
    swmgmt_t *swmgmt;
    coap_method_handler_t other;
    swmgmt_coap_registration_t registration;
    void *user;
    uint32_t sequence;
    uint32_t changes;
    uint16_t last_server;
    swmgmt_change_t own; /* an instance that a server has created or deleted */
    swmgmt_coap_observation_t observations[SWMGMT_COAP_OBSERVATIONS];
    swmgmt_coap_server_t servers[SWMGMT_COAP_SERVERS];
    swmgmt_coap_sent_t sent[SWMGMT_COAP_ANSWERS];
    swmgmt_body_t body;
    uint8_t collected[SWMGMT_COAP_BODY];
    uint8_t work[SWMGMT_COAP_WORK];
} swmgmt_coap_t;

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Prepares the adapter.
 *
 * @param[out] adapter       Whatever it held is overwritten, and not released.
 * @param[in]  swmgmt        Kept. Requests before swmgmt_boot() are refused (4.04 or 5.00).
 * @param[in]  registration  Kept. NULL: nobody wants to know.
 * @param[in]  user          Handed to it.
 *
 * @retval SWMGMT_OK      Ready.
 * @retval SWMGMT_EINVAL  `adapter` or `swmgmt` is NULL.
 */
swmgmt_status_t swmgmt_coap_init(swmgmt_coap_t *adapter, swmgmt_t *swmgmt,
                                 swmgmt_coap_registration_t registration, void *user);

/**
 * Makes the adapter the context's handler of all paths that have no resource of their
 * own (libcoap's "unknown" resource, of which a context has one).
 *
 * @param[in] adapter  Kept by the context until that is freed.
 * @param[in] context  Not kept by the adapter; the caller's.
 * @param[in] other    Answers requests for other paths than /9... and /14...; NULL: 4.04.
 *                     The resource's user data is the adapter: use coap_get_app_data().
 *
 * @retval SWMGMT_OK      Attached.
 * @retval SWMGMT_EINVAL  A pointer is NULL.
 * @retval SWMGMT_ENOMEM  libcoap has no memory for the resource.
 */
swmgmt_status_t swmgmt_coap_attach(swmgmt_coap_t *adapter, coap_context_t *context,
                                   coap_method_handler_t other);

/**
 * The handler that swmgmt_coap_attach() registers, for an application that makes its
 * resources itself: register it for GET, PUT, POST and DELETE at least, with the adapter
 * as the resource's user data. Paths that are not ours are answered as attach says.
 * libcoap calls it; it must not be called from a callback of swmgmt.
 */
void swmgmt_coap_handler(coap_resource_t *resource, coap_session_t *session,
                         const coap_pdu_t *request, const coap_string_t *query,
                         coap_pdu_t *response);

/**
 * Answers one request, for an application with an "unknown" handler of its own.
 *
 * @param[in]     adapter   The adapter.
 * @param[in]     session   Whose request it is; referenced while it observes.
 * @param[in]     request   Read during the call.
 * @param[in,out] response  Gets code, options and payload. libcoap sends it.
 *
 * @retval 1  Answered.
 * @retval 0  The path does not begin with 9 or 14; `response` is as it was.
 */
int swmgmt_coap_handle(swmgmt_coap_t *adapter, coap_session_t *session,
                       const coap_pdu_t *request, coap_pdu_t *response);

/**
 * Sends the notifications of what has changed, in the order in which it changed. Call
 * it each time after coap_io_process(), swmgmt_poll(), swmgmt_done() and
 * swmgmt_fetched(), and never from inside a handler of libcoap: the notification would
 * overtake the answer to the request that caused it.
 *
 * @param[in] adapter  The adapter.
 * @return How many changes there were since the last call, observed or not.
 */
uint32_t swmgmt_coap_flush(swmgmt_coap_t *adapter);

/**
 * Ends an observation whose notification a server has rejected or not acknowledged.
 * Call it from the context's nack handler, whose arguments these are.
 */
void swmgmt_coap_nack(swmgmt_coap_t *adapter, coap_session_t *session, const coap_pdu_t *sent,
                      coap_nack_reason_t reason);

/**
 * Forgets server sessions that have gone, and ends the observations of sessions that have
 * been closed or lost. Call it from the context's event handler, whose
 * arguments these are.
 */
void swmgmt_coap_event(swmgmt_coap_t *adapter, coap_session_t *session, coap_event_t event);

/**
 * Forgets a session: its observations, its number and its last answers. Call it before
 * releasing a client session. A running push stays, to be cancelled or to time out.
 */
void swmgmt_coap_forget(swmgmt_coap_t *adapter, const coap_session_t *session);

/**
 * Forgets all sessions. Call it before coap_free_context(), which would wait in vain
 * for the sessions that are observing.
 */
void swmgmt_coap_close(swmgmt_coap_t *adapter);

/**
 * Sets the Short Server ID of a session; without this call sessions are numbered from 1
 * as they come.
 *
 * @param[in] adapter   The adapter.
 * @param[in] session   The session; not referenced.
 * @param[in] short_id  1 ... 65534
 *
 * @retval SWMGMT_OK      Set, until the session is forgotten.
 * @retval SWMGMT_EINVAL  NULL, or a number out of range.
 * @retval SWMGMT_ENOMEM  SWMGMT_COAP_SERVERS sessions are known already.
 */
swmgmt_status_t swmgmt_coap_set_server(swmgmt_coap_t *adapter, const coap_session_t *session,
                                       uint16_t short_id);

/**
 * Writes the part of a registration's link list that is ours: "</9/0>,</9/1>,</14/0>";
 * "</9>" if there is no instance of Object 9.
 *
 * @param[in]  adapter  The adapter.
 * @param[out] text     NUL-terminated, cut when there is no room; NULL if `room` is 0.
 * @param[in]  room     Its bytes.
 * @return Bytes of the whole list without NUL, as of snprintf(): cut if not below `room`.
 *         0 before swmgmt_boot(), or without swmgmt_link_format.
 */
size_t swmgmt_coap_links(const swmgmt_coap_t *adapter, char *text, size_t room);

#ifdef __cplusplus
}
#endif

#endif /* SWMGMT_LIBCOAP_H */
