/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Sockets: the session with the server, or the endpoint that is listened to. */
#ifndef DEVICE_SESSION_H
#define DEVICE_SESSION_H

#include "options.h"

#include <coap3/coap.h>

/* Whether the server's URI can be used at all. 0, or -1 with a word on stderr. */
int session_check(const options_t *options);
/* A new session with the server, UDP or DTLS; the caller releases it. NULL: not now. */
coap_session_t *session_open(coap_context_t *context, const options_t *options);
/* 0, or -1 with a word on stderr. */
int session_listen(coap_context_t *context, const options_t *options);

#endif
