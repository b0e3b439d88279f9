/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The work item: brings the manager forward, a step at a time, and has the engine tell
 * observers and servers of each. */
#include "swmgmt_zephyr_inside.h"

#include "lwm2m_observation.h"
#include "lwm2m_rd_client.h"

#define NOTHING_WAITS UINT32_C(0xFFFFFFFF)
#define LOOK_AGAIN_MS 20u

struct swmgmt_zephyr swmgmt_zephyr;

static void turn(struct k_work *item);
static K_WORK_DELAYABLE_DEFINE(work, turn);

#if CONFIG_SWMGMT_STACK_SIZE > 0
static K_THREAD_STACK_DEFINE(stack, CONFIG_SWMGMT_STACK_SIZE);
static struct k_work_q own_queue;
#define QUEUE (&own_queue)
#else
#define QUEUE (&k_sys_work_q)
#endif

/* Whether the engine is to have an instance before anybody has asked for it. */
static bool is_wanted(uint16_t object, uint16_t id)
{
#ifdef CONFIG_SWMGMT_DROP_IN
    return object != 9 || swmgmt_zephyr_drop_in_has(id);
#else
    (void)object, (void)id;
    return true;
#endif
}

/* What the engine lacks, or has too much, by one instance. */
static bool difference(uint16_t object, uint16_t *id, bool *is_surplus)
{
    swmgmt_path_t path = { object, SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE };

    *is_surplus = swmgmt_zephyr_surplus(object, id);
    if (*is_surplus) {
        return true;
    }
    for (*id = SWMGMT_NONE; swmgmt_next(swmgmt_zephyr.manager, path, id) == SWMGMT_OK;) {
        if (!swmgmt_zephyr_is_made(object, *id) && is_wanted(object, *id)) {
            return true;
        }
    }
    return false;
}

/* Makes the engine's instances those that there are. Not under the registry's lock: with
 * it held, the engine's own thread may stand at the lock of its registration, for which
 * these calls wait. */
static void make_known(uint16_t object)
{
    bool is_surplus = false;
    bool goes_on = true;
    uint16_t id;

    while (goes_on) {
        lwm2m_registry_lock();
        goes_on = difference(object, &id, &is_surplus);
        lwm2m_registry_unlock();
        if (goes_on) {
            const struct lwm2m_obj_path path = LWM2M_OBJ(object, SWMGMT_ZEPHYR_ID(object, id));
            swmgmt_zephyr.teller = k_current_get();
            goes_on = (is_surplus ? lwm2m_delete_object_inst(&path)
                                  : lwm2m_create_object_inst(&path)) == 0;
            swmgmt_zephyr.teller = NULL;
        }
    }
}

/* Whether a notification is due or not acknowledged yet. To notify once more before that
 * would lose a step, and would have the engine's thread go round without a pause until the
 * acknowledgement has come. */
static bool is_behind(void)
{
    struct lwm2m_ctx **context = lwm2m_sock_ctx();
    const int64_t now = k_uptime_get();
    struct lwm2m_obj_path_list *entry;
    struct observe_node *observer;

    for (int i = 0; i < lwm2m_sock_nfds(); i++) {
        if (context[i] == NULL) {
            continue;
        }
        SYS_SLIST_FOR_EACH_CONTAINER(&context[i]->observer, observer, node) {
            if (observer->active_notify == NULL
                && (observer->event_timestamp == 0 || observer->event_timestamp > now)) {
                continue;
            }
            SYS_SLIST_FOR_EACH_CONTAINER(&observer->path_list, entry, node) {
                if (entry->path.obj_id == 9 || entry->path.obj_id == 14) {
                    return true;
                }
            }
        }
    }
    return false;
}

/* Tells the engine of one change. */
static void tell(const swmgmt_change_t *change)
{
    switch (change->kind) {
    case SWMGMT_CHANGE_VALUE: /* the engine reads the value when it sends it */
        lwm2m_registry_lock();
        if (change->path.object == 9 && change->path.resource == 17) {
            swmgmt_zephyr_list_components(change->path.instance);
        }
        (void)lwm2m_notify_observer(change->path.object,
                                    SWMGMT_ZEPHYR_ID(change->path.object, change->path.instance),
                                    change->path.resource);
        lwm2m_registry_unlock();
        break;
    case SWMGMT_CHANGE_APPEARED:
    case SWMGMT_CHANGE_VANISHED:
        make_known(change->path.object);
        break;
    default: /* SWMGMT_CHANGE_REGISTER; the engine's periodic updates list no objects */
        engine_trigger_update(true);
        break;
    }
}

static bool next_change(swmgmt_change_t *change)
{
    return swmgmt_next_change(swmgmt_zephyr.manager, change) == SWMGMT_OK;
}

/* Tells the next change, once observers have the one before, so that each step is seen and
 * a result comes before its state; without changes, does the next step. Observers that are
 * silent for too long are not waited for: the library keeps the newest value for them.
 * Returns when to come again. */
static uint32_t step(void)
{
    static uint32_t since;
    static bool waits;
    const uint32_t now = k_uptime_get_32();
    uint32_t next_ms = 0;
    swmgmt_change_t change;
    bool is_change;

    if (swmgmt_zephyr.stale) {
        swmgmt_zephyr.stale = false;
        make_known(9);
        make_known(14);
    }
    lwm2m_registry_lock();
    const bool behind = is_behind();
    since = waits ? since : now;
    waits = behind;
    is_change = !behind && next_change(&change);
    if (!is_change && (!behind || now - since >= CONFIG_SWMGMT_NOTIFY_MS)) {
        (void)swmgmt_poll(swmgmt_zephyr.manager, now, &next_ms);
        is_change = !behind && next_change(&change);
    }
    lwm2m_registry_unlock();
    if (is_change) {
        tell(&change);
        return 0;
    }
    return behind && (next_ms == 0 || next_ms > LOOK_AGAIN_MS) ? LOOK_AGAIN_MS : next_ms;
}

static void turn(struct k_work *item)
{
    const uint32_t next_ms = step();

    (void)item;
    if (next_ms != NOTHING_WAITS) { /* where it was woken meanwhile, this does nothing */
        (void)k_work_schedule_for_queue(QUEUE, &work, K_MSEC(next_ms));
    }
}

void swmgmt_zephyr_wake(void)
{
    (void)k_work_reschedule_for_queue(QUEUE, &work, K_NO_WAIT);
}

swmgmt_status_t swmgmt_zephyr_attach(swmgmt_t *manager)
{
    if (manager == NULL) {
        return SWMGMT_EINVAL;
    }
    if (swmgmt_zephyr.manager != NULL) {
        return SWMGMT_EORDER;
    }
    swmgmt_zephyr.manager = manager;
#if CONFIG_SWMGMT_STACK_SIZE > 0
    const struct k_work_queue_config named = { .name = "swmgmt" };
    k_work_queue_start(&own_queue, stack, K_THREAD_STACK_SIZEOF(stack), CONFIG_SWMGMT_PRIORITY,
                       &named);
#endif
    make_known(9);
    make_known(14);
    swmgmt_zephyr_wake();
    return SWMGMT_OK;
}

swmgmt_t *swmgmt_zephyr_lock(void)
{
    lwm2m_registry_lock();
    return swmgmt_zephyr.manager;
}

void swmgmt_zephyr_unlock(void)
{
    lwm2m_registry_unlock();
    if (swmgmt_zephyr.manager != NULL) {
        swmgmt_zephyr_wake();
    }
}

swmgmt_status_t swmgmt_zephyr_done(uint32_t number, swmgmt_verdict_t verdict, uint32_t flags)
{
    const swmgmt_status_t status = swmgmt_done(swmgmt_zephyr_lock(), number, verdict, flags);

    swmgmt_zephyr_unlock();
    return status;
}

swmgmt_status_t swmgmt_zephyr_fetched(uint32_t number, const swmgmt_chunk_t *chunk)
{
    swmgmt_t *manager = swmgmt_zephyr_lock();

    swmgmt_zephyr.chunk = chunk;
    const swmgmt_status_t status = swmgmt_fetched(manager, number, chunk);
    swmgmt_zephyr.chunk = NULL;
    swmgmt_zephyr_unlock();
    return status;
}
