/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The double's time, threads, work item, and observations. */
#include <stdio.h>
#include <string.h>

#include "double.h"
#include "lwm2m_engine.h"

#define OBSERVERS 16
#define NEVER INT64_MAX

char double_notified[1024];
unsigned double_spins;
bool double_acknowledges;
bool double_engine_sleeps;

struct k_thread { int number; };
static struct k_thread threads[] = { { APPLICATION }, { ENGINE }, { WORK } };
static int running;
static int64_t now;
static struct k_work_delayable *item;
static int64_t due = NEVER;

static struct lwm2m_ctx contexts[2];
static struct lwm2m_ctx *context_list[] = { &contexts[0], NULL, &contexts[1] };
static struct observe_node observers[OBSERVERS];
static struct lwm2m_obj_path_list paths[OBSERVERS];
static size_t observer_count;
static struct lwm2m_message notification;

k_tid_t k_current_get(void)
{
    return &threads[running];
}

int double_thread(void)
{
    return running;
}

void double_on_thread(int number)
{
    running = number;
}

int64_t k_uptime_get(void)
{
    return now;
}

uint32_t k_uptime_get_32(void)
{
    return (uint32_t)now;
}

void k_work_queue_start(struct k_work_q *queue, char *stack, size_t size, int priority,
                        const struct k_work_queue_config *config)
{
    (void)stack, (void)size, (void)priority, (void)config;
    queue->started = 1;
}

/* An item that is scheduled already stays so. */
int k_work_schedule_for_queue(struct k_work_q *queue, struct k_work_delayable *work, k_timeout_t delay)
{
    return due == NEVER ? k_work_reschedule_for_queue(queue, work, delay) : 0;
}

int k_work_reschedule_for_queue(struct k_work_q *queue, struct k_work_delayable *work, k_timeout_t delay)
{
    item = queue->started ? work : NULL;
    due = now + delay.ms;
    return 1;
}

bool double_has_work(void)
{
    return due != NEVER;
}

struct lwm2m_ctx **lwm2m_sock_ctx(void)
{
    return context_list;
}

int lwm2m_sock_nfds(void)
{
    return (int)ARRAY_SIZE(context_list);
}

struct lwm2m_ctx *double_context(int number)
{
    contexts[number].srv_obj_inst = number;
    return &contexts[number];
}

void double_observe(uint16_t object, uint16_t instance, uint16_t resource)
{
    struct observe_node *it = &observers[observer_count];
    sys_snode_t **end = &double_context(0)->observer.head;

    *it = (struct observe_node){ .path_list = { &paths[observer_count].node } };
    paths[observer_count] = (struct lwm2m_obj_path_list){
        .path = LWM2M_OBJ(object, instance, resource) };
    observer_count++;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = &it->node;
}

static struct observe_node *next_of(const struct observe_node *it)
{
    return (struct observe_node *)(void *)it->node.next;
}

static struct lwm2m_obj_path *path_of(const struct observe_node *it)
{
    return &((struct lwm2m_obj_path_list *)(void *)it->path_list.head)->path;
}

static struct observe_node *first_observer(void)
{
    return (struct observe_node *)(void *)contexts[0].observer.head;
}

bool double_is_observed(uint16_t object, uint16_t instance, uint16_t resource)
{
    for (struct observe_node *it = first_observer(); it != NULL; it = next_of(it)) {
        const struct lwm2m_obj_path *path = path_of(it);
        if (path->obj_id == object && path->obj_inst_id == instance && path->res_id == resource) {
            return true;
        }
    }
    return false;
}

/* The engine's mistake: an instance 0 takes along the observations of all instances 0. */
void double_forget_observations(uint16_t object, uint16_t instance)
{
    sys_snode_t **at = &contexts[0].observer.head;

    while (*at != NULL) {
        const struct lwm2m_obj_path *path = path_of((struct observe_node *)(void *)*at);
        const bool is_other = path->obj_id != object && path->obj_inst_id != 0;
        if (!is_other && path->obj_inst_id == instance) {
            *at = (*at)->next;
        } else {
            at = &(*at)->next;
        }
    }
}

int lwm2m_notify_observer(uint16_t obj_id, uint16_t obj_inst_id, uint16_t res_id)
{
    int count = 0;

    for (struct observe_node *it = first_observer(); it != NULL; it = next_of(it)) {
        const struct lwm2m_obj_path *path = path_of(it);
        if (path->obj_id == obj_id && path->obj_inst_id == obj_inst_id && path->res_id == res_id) {
            it->event_timestamp = now;
            count++;
        }
    }
    return count;
}

/* One round of the engine's thread: at most one notification, with the value of now. */
static void send_notifications(void)
{
    char text[256];
    bool spins = false;

    for (struct observe_node *it = first_observer(); it != NULL; it = next_of(it)) {
        const struct lwm2m_obj_path *path = path_of(it);
        if (it->event_timestamp == 0 || it->event_timestamp > now) {
            continue;
        }
        if (it->active_notify != NULL) {
            spins = true; /* it does not wait for the acknowledgement */
            continue;
        }
        (void)double_read(path->obj_id, path->obj_inst_id, path->res_id, text, sizeof text);
        const size_t used = strlen(double_notified);
        snprintf(double_notified + used, sizeof double_notified - used, "%u/%u/%u=%s ",
                 path->obj_id, path->obj_inst_id, path->res_id, text);
        it->event_timestamp = 0;
        it->active_notify = &notification;
        break;
    }
    double_spins += spins;
}

static void acknowledge(void)
{
    for (struct observe_node *it = first_observer(); it != NULL; it = next_of(it)) {
        it->active_notify = NULL;
    }
}

static void on(int thread, void (*what)(void))
{
    const int before = running;
    running = thread;
    what();
    running = before;
}

static void work(void)
{
    item->work.handler(&item->work);
}

void double_run(uint32_t ms)
{
    for (const int64_t end = now + ms; now < end; now++) {
        if (double_acknowledges) {
            acknowledge();
        }
        if (!double_engine_sleeps) {
            lwm2m_registry_lock();
            on(ENGINE, send_notifications);
            lwm2m_registry_unlock();
            on(ENGINE, double_serve);
        }
        for (int i = 0; i < 1000 && item != NULL && due <= now; i++) {
            due = NEVER;
            on(WORK, work);
        }
    }
}

void double_reset_time(void)
{
    now += 1000000;
    due = NEVER;
    running = APPLICATION;
    memset(contexts, 0, sizeof contexts);
    observer_count = 0;
    double_notified[0] = '\0';
    double_spins = 0;
    double_acknowledges = true;
    double_engine_sleeps = false;
}
