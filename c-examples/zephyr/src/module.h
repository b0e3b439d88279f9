/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The software that is managed, and the fetching of its packages. */
#ifndef MODULE_H
#define MODULE_H

#include <swmgmt_zephyr.h>

extern const swmgmt_host_t module_host;

/* Fetches a Package URI with CoAP. */
swmgmt_verdict_t fetch(void *user, const swmgmt_op_t *op, const swmgmt_fetch_t *what);
void fetch_cancel(void *user, const swmgmt_op_t *op);

#endif
