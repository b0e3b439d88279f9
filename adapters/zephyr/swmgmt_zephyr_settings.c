/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Records in Zephyr's settings, whose backends write an entry whole or not at all. */
#include <stdio.h>
#include <zephyr/settings/settings.h>

#include "swmgmt_zephyr.h"

#define NAME "swmgmt/65535"

struct record {
    uint8_t *data;
    size_t room;
    size_t length;
    int status;
};

static void name_of(uint16_t key, char name[sizeof NAME])
{
    (void)snprintf(name, sizeof NAME, "swmgmt/%u", (unsigned)key);
}

/* The backend brings the entry, and what lies below its name, of which there is nothing. */
static int take(const char *below, size_t length, settings_read_cb read, void *argument, void *user)
{
    struct record *record = user;
    ssize_t got;

    if (below != NULL && *below != '\0') {
        return 0;
    }
    if (length > record->room) {
        record->status = -1;
        return 0;
    }
    got = read(argument, record->data, length);
    record->status = got == (ssize_t)length ? 0 : -1;
    record->length = length;
    return 0;
}

swmgmt_verdict_t swmgmt_zephyr_settings_load(void *user, uint16_t key, uint8_t *data, size_t room,
                                             size_t *length)
{
    struct record record = { .data = data, .room = room };
    char name[sizeof NAME];

    (void)user;
    name_of(key, name);
    if (settings_subsys_init() != 0
        || settings_load_subtree_direct(name, take, &record) != 0 || record.status != 0) {
        return SWMGMT_FAILED;
    }
    *length = record.length;
    return SWMGMT_DONE;
}

swmgmt_verdict_t swmgmt_zephyr_settings_save(void *user, uint16_t key, const uint8_t *data,
                                             size_t length)
{
    char name[sizeof NAME];

    (void)user;
    name_of(key, name);
    return settings_save_one(name, data, length) == 0 ? SWMGMT_DONE : SWMGMT_FAILED;
}
