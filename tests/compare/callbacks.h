/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What callbacks.c, records.c and judges.c share. */
#ifndef CALLBACKS_H
#define CALLBACKS_H

#include "compare.h"

/* A callback begins. True: without the power, and it has no effect. */
bool is_cut(const char *what);
void remember(const swmgmt_op_t *op, uint32_t at);
void tell(const char *what, const swmgmt_op_t *op);
swmgmt_verdict_t failure(uint64_t luck);
/* What a callback does with the library while it is inside. */
void meddle(uint64_t luck, const swmgmt_op_t *op);
/* `pending`: of 100 answers so many; 0 where it is no answer, though some firmware gives it. */
swmgmt_verdict_t answer(uint8_t kind, const swmgmt_op_t *op, uint32_t pending);
/* Whether reads are shown; else how often and in what pieces is the library's own affair. */
bool shows_reads(void);

/* How often something that has failed is tried again while another instance verifies depends on
 * how many polls that takes: all tries of one step have one end, and one is told. */
uint64_t luck_of_step(uint8_t kind, uint16_t whom, uint64_t what);

swmgmt_verdict_t on_load(void *user, uint16_t key, uint8_t *data, size_t room, size_t *length);
swmgmt_verdict_t on_save(void *user, uint16_t key, const uint8_t *data, size_t length);

swmgmt_verdict_t on_key(void *user, uint16_t instance, const uint8_t *id, uint8_t *key);
swmgmt_verdict_t on_signature(void *user, const swmgmt_op_t *op, const swmgmt_signature_t *claim);
swmgmt_verdict_t on_fits(void *user, uint16_t instance, uint8_t what, const uint8_t *data,
                         size_t length);
swmgmt_verdict_t on_counter(void *user, uint16_t instance, uint32_t *value);
swmgmt_verdict_t on_commit(void *user, uint16_t instance, uint32_t value);
swmgmt_verdict_t on_hash(void *user, uint16_t slot, uint8_t step, const uint8_t *data,
                         size_t length, uint8_t *digest);

#endif
