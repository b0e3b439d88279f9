/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Downloads of the scheme "file": a stand-in for a real transport, which would hand over
 * its bytes in the same way. */
#ifndef DEVICE_FETCH_H
#define DEVICE_FETCH_H

#include <swmgmt.h>

typedef struct fetch_t {
    uint32_t number; /* 0: free */
    uint32_t offset;
    uint32_t size;
    int fd;
    uint8_t etag[8];
} fetch_t;

typedef struct fetches_t {
    const char *directory;
    fetch_t *each; /* the caller's, one for each transfer */
    size_t count;
    size_t next; /* whose turn it is */
} fetches_t;

/* For the callbacks of swmgmt_host_t. */
swmgmt_verdict_t fetch_begin(fetches_t *fetches, const swmgmt_op_t *op,
                             const swmgmt_fetch_t *what);
void fetch_cancel(fetches_t *fetches, uint32_t number);

/* Hands over one chunk of one download. 1: a function of swmgmt was called; 0: none. */
int fetch_turn(fetches_t *fetches, swmgmt_t *swmgmt);
int fetch_is_pending(const fetches_t *fetches);

#endif
