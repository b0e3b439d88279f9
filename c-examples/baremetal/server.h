/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Stands for a LwM2M server and the network before it. In a product its place is taken
 * by the engine that turns CoAP requests into these calls, and changes into Notifies. */
#ifndef SERVER_H
#define SERVER_H

#include <swmgmt.h>

typedef enum { SERVER_GOES_ON, SERVER_DONE, SERVER_FAILED } server_status_t;

void server_begin(void);                   /* at every reset */
server_status_t server_turn(swmgmt_t *ctx); /* one request, or none */
void server_notify(swmgmt_t *ctx);          /* takes all changes */

#endif
