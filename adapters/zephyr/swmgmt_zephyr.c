/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "swmgmt_zephyr_inside.h"

#include <string.h>

struct swmgmt_zephyr swmgmt_zephyr;

/* Puts a value into the engine's buffer, which notifies observers if it is another one. */
static void tell(swmgmt_path_t path, const swmgmt_value_t *value)
{
    const struct lwm2m_obj_path to = LWM2M_OBJ(path.object, path.instance, path.resource);
    char text[256];

    swmgmt_zephyr.telling = true;
    switch (value->kind) {
    case SWMGMT_TYPE_STRING: /* the engine wants a NUL */
        if (value->length > 0) {
            memcpy(text, value->bytes, value->length);
        }
        text[value->length] = '\0';
        lwm2m_set_string(&to, text);
        break;
    case SWMGMT_TYPE_BOOLEAN:
        lwm2m_set_bool(&to, value->number != 0);
        break;
    case SWMGMT_TYPE_INTEGER:
        lwm2m_set_u8(&to, (uint8_t)value->number);
        break;
    case SWMGMT_TYPE_OBJLNK: {
        const struct lwm2m_objlnk link = { (uint16_t)(value->number >> 16),
                                           (uint16_t)(value->number & 0xFFFFu) };
        lwm2m_set_objlnk(&to, &link);
        break;
    }
    default:
        break;
    }
    swmgmt_zephyr.telling = false;
}

void swmgmt_zephyr_refresh(swmgmt_path_t path)
{
    swmgmt_value_t value;

    if (swmgmt_read(swmgmt_zephyr.manager, path, &value) == SWMGMT_CONTENT) {
        tell(path, &value);
    }
}

/* Creates in the engine what it lacks, with all values. */
static void make_known(uint16_t object)
{
    swmgmt_path_t path = { object, SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE };

    for (uint16_t id = SWMGMT_NONE; swmgmt_next(swmgmt_zephyr.manager, path, &id) == SWMGMT_OK;) {
        swmgmt_path_t instance = { object, id, SWMGMT_NONE, SWMGMT_NONE };
        uint16_t resource = SWMGMT_NONE;
        (void)lwm2m_create_object_inst(&LWM2M_OBJ(object, id)); /* it may be there already */
        while (swmgmt_next(swmgmt_zephyr.manager, instance, &resource) == SWMGMT_OK) {
            swmgmt_zephyr_refresh((swmgmt_path_t){ object, id, resource, SWMGMT_NONE });
        }
    }
}

static void forget(swmgmt_path_t path)
{
    swmgmt_value_t name;

    path.resource = 0;
    if (swmgmt_read(swmgmt_zephyr.manager, path, &name) == SWMGMT_NOT_FOUND) { /* still */
        swmgmt_zephyr.telling = true;
        (void)lwm2m_delete_object_inst(&LWM2M_OBJ(path.object, path.instance));
        swmgmt_zephyr.telling = false;
    }
}

static bool tell_changes(void)
{
    swmgmt_change_t change;
    bool any = false;

    for (; swmgmt_next_change(swmgmt_zephyr.manager, &change) == SWMGMT_OK; any = true) {
        switch (change.kind) {
        case SWMGMT_CHANGE_VALUE:
            tell(change.path, &change.value);
            break;
        case SWMGMT_CHANGE_APPEARED:
            make_known(change.path.object);
            break;
        case SWMGMT_CHANGE_VANISHED:
            forget(change.path);
            break;
        default: /* SWMGMT_CHANGE_REGISTER; the engine's periodic updates list no objects */
            engine_trigger_update(true);
            break;
        }
    }
    return any;
}

int swmgmt_zephyr_start(swmgmt_t *manager)
{
    lwm2m_registry_lock();
    swmgmt_zephyr.manager = manager;
    make_known(9);
    make_known(14);
    lwm2m_registry_unlock();
    return 0;
}

swmgmt_status_t swmgmt_zephyr_poll(uint32_t now_ms, uint32_t *next_ms)
{
    swmgmt_status_t status = SWMGMT_OK;

    lwm2m_registry_lock();
    *next_ms = 0;
    if (swmgmt_zephyr.stale) {
        swmgmt_zephyr.stale = false;
        make_known(9);
        make_known(14);
    }
    if (!tell_changes()) { /* one visible step at a time */
        status = swmgmt_poll(swmgmt_zephyr.manager, now_ms, next_ms);
        if (tell_changes()) {
            *next_ms = 0;
        }
    }
    lwm2m_registry_unlock();
    return status;
}
