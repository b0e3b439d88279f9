/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A stand-in for Zephyr's kernel: time, one work item, threads as far as they have an
 * identity, and the macros that the adapter uses. */
#ifndef DOUBLE_KERNEL_H
#define DOUBLE_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define CONTAINER_OF(pointer, type, field) \
    ((type *)(void *)((char *)(pointer) - offsetof(type, field)))

/* 1 where the macro is defined as 1, else 0. */
#define IS_ENABLED(config) DOUBLE_ENABLED1(config)
#define DOUBLE_ENABLED1(config) DOUBLE_ENABLED2(DOUBLE_COMMA_##config)
#define DOUBLE_ENABLED2(comma) DOUBLE_ENABLED3(comma 1, 0, 0)
#define DOUBLE_ENABLED3(ignored, value, ...) value
#define DOUBLE_COMMA_1 0,

typedef struct sys_snode { struct sys_snode *next; } sys_snode_t;
typedef struct { sys_snode_t *head; } sys_slist_t;
/* The node is the first field of whatever is listed. */
#define SYS_SLIST_FOR_EACH_CONTAINER(list, it, field) \
    for ((it) = (void *)(list)->head; (it) != NULL; (it) = (void *)(it)->field.next)

struct k_thread;
typedef struct k_thread *k_tid_t;
k_tid_t k_current_get(void);

int64_t k_uptime_get(void);
uint32_t k_uptime_get_32(void);

typedef struct { int64_t ms; } k_timeout_t;
#define K_MSEC(n) ((k_timeout_t){ (n) })
#define K_NO_WAIT K_MSEC(0)

struct k_work_q { int started; };
struct k_work_queue_config { const char *name; };
struct k_work { void (*handler)(struct k_work *work); };
struct k_work_delayable { struct k_work work; };
#define K_WORK_DELAYABLE_DEFINE(name, function) \
    struct k_work_delayable name = { { function } }
#define K_THREAD_STACK_DEFINE(name, size) char name[size]
#define K_THREAD_STACK_SIZEOF(name) sizeof(name)

void k_work_queue_start(struct k_work_q *queue, char *stack, size_t size, int priority,
                        const struct k_work_queue_config *config);
int k_work_schedule_for_queue(struct k_work_q *queue, struct k_work_delayable *work, k_timeout_t delay);
int k_work_reschedule_for_queue(struct k_work_q *queue, struct k_work_delayable *work, k_timeout_t delay);

#endif
