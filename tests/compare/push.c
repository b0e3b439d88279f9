/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Pushes: the next piece, all of them, and what does not fit. */
#include "compare.h"

/* Declared, or not, or wrong. */
uint32_t some_total(const plan_t *plan)
{
    return one_in(60) ? plan->length + any(3) - 1 : plan->total;
}

uint32_t some_piece(const plan_t *plan)
{
    uint32_t left = plan->length - plan->at;
    uint32_t most = device.kind->containers ? 300 : 60;
    uint32_t some = 1 + any(one_in(3) ? 12 : most);
    return one_in(4) || some > left ? left : some;
}

static swmgmt_answer_t push(uint16_t instance, uint16_t server, plan_t *plan, uint32_t at,
                            uint32_t length, bool last)
{
    swmgmt_chunk_t chunk = {.data = plan->bytes + at,
                            .length = length,
                            .offset = at,
                            .total = some_total(plan),
                            .last = last};
    swmgmt_answer_t answer;
    say("push %u by %u: %u at %u of %u%s\n", instance, server, (unsigned)length, (unsigned)at,
        (unsigned)chunk.total, last ? ", the last" : "");
    answer = swmgmt_push(device.ctx, server, instance, &chunk);
    answered(answer);
    return answer;
}

void push_next(uint16_t instance)
{
    plan_t *plan = plan_of(instance);
    uint32_t length;
    uint32_t at;
    uint16_t server = one_in(20) ? 2 : 1;
    bool lies = one_in(100);
    swmgmt_answer_t answer;
    if (plan->at >= plan->length || one_in(30)) {
        plan_next(plan);
    }
    length = some_piece(plan);
    at = plan->at;
    answer = push(instance, server, plan, at, length, (at + length == plan->length) != lies);
    if (!device.off && one_in(8)) { /* once more */
        answer = push(instance, 1, plan, at, length, at + length == plan->length);
    }
    if (answer == SWMGMT_CONTINUE) {
        plan->at = at + length;
    } else if (answer != SWMGMT_INCOMPLETE || one_in(2)) {
        plan_next(plan);
    }
}

void push_odd(void)
{
    uint16_t instance = some_instance();
    plan_t *plan = plan_of(instance);
    uint32_t at = any(plan->length);
    uint32_t length = one_in(4) ? 0 : 1 + any(plan->length - at);
    uint16_t server = (uint16_t)any(3);
    (void)push(instance, server, plan, at, length, one_in(2));
}

void push_wrong(void)
{
    swmgmt_chunk_t chunk = {.data = (const uint8_t *)"abc", .length = 3};
    switch (any(5)) {
    case 0:
        chunk.data = NULL;
        break;
    case 1:
        chunk.last = 2;
        break;
    case 2:
        chunk.offset = UINT32_MAX - any(4);
        break;
    case 3:
        chunk.total = 1 + any(3);
        break;
    default:
        chunk.etag_length = 9;
        break;
    }
    say("push wrong %u %u %u\n", chunk.last, (unsigned)chunk.offset, (unsigned)chunk.total);
    answered(swmgmt_push(device.ctx, 1, some_instance(), &chunk));
}

void push_all(uint16_t instance)
{
    plan_t *plan = plan_of(instance);
    if (one_in(8)) {
        plan_next(plan);
    }
    plan->at = 0;
    for (unsigned pieces = 0; pieces < 40 && !device.off; pieces++) {
        uint32_t length = some_piece(plan);
        swmgmt_answer_t answer =
            push(instance, 1, plan, plan->at, length, plan->at + length == plan->length);
        if (answer != SWMGMT_CONTINUE) {
            break;
        }
        plan->at += length;
    }
    plan_next(plan);
}
