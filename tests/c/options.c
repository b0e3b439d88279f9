/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The options of the configuration, the optional resources, names, credentials, links,
 * and what is listed. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "fake.h"

static fake_t fake;
static char where[120];

#define STATE(want) CHECK_EQ(want, swmgmt_state(fake.ctx, 0))
#define RESULT(want) CHECK_EQ(want, fake_number(&fake, 9, 0, 9))
#define CALLS(want) CHECK_TEXT(want, fake_calls_text(&fake, false, false))

static void fresh(uint8_t software, uint32_t options)
{
    fake_new(&fake);
    fake_list(&fake, 0, software);
    fake.config.options = options;
}

static void boot(void)
{
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK(fake_poll(&fake));
    fake_forget(&fake);
}

static swmgmt_answer_t whole(const char *text)
{
    return fake_push(&fake, 1, 0, 0, text, (uint32_t)strlen(text), 0, true);
}

static void deliver(void)
{
    CHECK_EQ(SWMGMT_CHANGED, whole("package"));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_DELIVERED);
}

static void install(void)
{
    deliver();
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
    CHECK(fake_poll(&fake));
}

static void empty_write_cancels(void)
{
    for (unsigned update = 0; update < 2; update++) {
        for (unsigned resource = 2; resource <= 3; resource++) {
            for (unsigned state = 0; state <= SWMGMT_INSTALLING; state++) {
                uint8_t initial = update ? SWMGMT_INITIAL_FOR_UPDATE : SWMGMT_INITIAL;
                bool cancels = state != SWMGMT_INSTALLING;
                swmgmt_answer_t answer;
                (void)snprintf(where, sizeof where, "empty write to %u in state %u%s", resource,
                               state, update ? " update" : "");
                check_where = where;
                fresh(update ? SWMGMT_RUNNING : SWMGMT_EMPTY, SWMGMT_EMPTY_WRITE_CANCELS);
                boot();
                if (update) {
                    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, "1"));
                }
                fake.answer[SWMGMT_OP_VERIFY] =
                    state == SWMGMT_VERIFYING ? SWMGMT_PENDING : SWMGMT_DONE;
                switch (state) {
                case SWMGMT_RECEIVING:
                    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 0, "AAAA", 4, 0, false));
                    break;
                case SWMGMT_FETCHING:
                    CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "http://a/b"));
                    CHECK(fake_poll(&fake));
                    break;
                case SWMGMT_VERIFYING:
                    CHECK_EQ(SWMGMT_CHANGED, whole("package"));
                    CHECK(fake_poll(&fake));
                    break;
                case SWMGMT_DELIVERED:
                    deliver();
                    break;
                case SWMGMT_INSTALLING:
                    deliver();
                    fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_PENDING;
                    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
                    CHECK(fake_poll(&fake));
                    break;
                default:
                    break;
                }
                fake_forget(&fake);
                answer = resource == 2 ? whole("") : fake_write(&fake, 0, 3, "", 0);
                if (!cancels) {
                    CHECK_EQ(SWMGMT_NOT_ALLOWED, answer);
                    STATE(state);
                    continue;
                }
                CHECK_EQ(SWMGMT_CHANGED, answer);
                STATE(initial);
                RESULT(0);
                CHECK(fake_poll(&fake));
                if (state == SWMGMT_INITIAL) {
                    CALLS("");
                    CHECK_EQ(0, fake.changes);
                } else {
                    CALLS(state == SWMGMT_FETCHING || state == SWMGMT_VERIFYING
                              ? "CANCEL DISCARD"
                              : "DISCARD");
                }
            }
        }
    }
    check_where = "empty write keeps a result of INITIAL";
    fresh(SWMGMT_EMPTY, SWMGMT_EMPTY_WRITE_CANCELS);
    boot();
    CHECK_EQ(SWMGMT_BAD_REQUEST, fake_uri(&fake, 0, "nonsense"));
    RESULT(56);
    CHECK_EQ(SWMGMT_CHANGED, fake_write(&fake, 0, 3, "", 0));
    RESULT(56);
    check_where = "empty write with software installed";
    fresh(SWMGMT_RUNNING, SWMGMT_EMPTY_WRITE_CANCELS);
    boot();
    CHECK_EQ(SWMGMT_NOT_ALLOWED, whole(""));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_write(&fake, 0, 3, "", 0));
    STATE(SWMGMT_ACTIVE);
}

static void replace_in_delivered(void)
{
    for (unsigned update = 0; update < 2; update++) {
        for (unsigned how = 0; how < 3; how++) {
            (void)snprintf(where, sizeof where, "replace by %u%s", how, update ? " update" : "");
            check_where = where;
            fresh(update ? SWMGMT_INSTALLED : SWMGMT_EMPTY, SWMGMT_REPLACE_IN_DELIVERED);
            boot();
            if (update) {
                CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, "1"));
            }
            deliver();
            fake_forget(&fake);
            if (how == 0) {
                CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 0, "AAAA", 4, 0, false));
                STATE(SWMGMT_RECEIVING);
                CALLS("DISCARD OPEN WRITE");
                CHECK_TEXT("9/0/9=1 9/0/7=1", fake_changes_text(&fake));
                CHECK_EQ(SWMGMT_CHANGED, fake_push(&fake, 1, 0, 4, "BBBB", 4, 0, true));
            } else if (how == 1) {
                CHECK_EQ(SWMGMT_CHANGED, whole("another"));
                CALLS("DISCARD OPEN WRITE");
                CHECK_TEXT("9/0/9=0 9/0/7=2", fake_changes_text(&fake));
            } else {
                CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "http://a/b"));
                STATE(SWMGMT_FETCHING);
                CHECK_TEXT("9/0/9=1 9/0/7=1", fake_changes_text(&fake));
                CHECK(fake_poll(&fake));
                CALLS("DISCARD OPEN FETCH");
                CHECK_EQ(SWMGMT_OK, fake_fetched(&fake, 0, "another", 7, 0, true));
            }
            STATE(SWMGMT_VERIFYING);
            RESULT(0);
            CHECK(fake_poll(&fake));
            STATE(SWMGMT_DELIVERED);
            CHECK(fake_slot(&fake, 0)->length >= 7);
        }
        check_where = "replace: what keeps the package";
        fresh(update ? SWMGMT_INSTALLED : SWMGMT_EMPTY, SWMGMT_REPLACE_IN_DELIVERED);
        boot();
        if (update) {
            CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, "1"));
        }
        deliver();
        fake_forget(&fake);
        CHECK_EQ(SWMGMT_CHANGED, whole("package")); /* its answer was lost */
        CHECK(fake_uri(&fake, 0, "nonsense") != SWMGMT_CHANGED);
        CHECK(fake_write(&fake, 0, 3, "", 0) != SWMGMT_CHANGED);
        STATE(SWMGMT_DELIVERED);
        CALLS("");
        CHECK_EQ(7, fake_slot(&fake, 0)->length);
        CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
        CHECK(fake_poll(&fake));
        STATE(SWMGMT_INACTIVE);
    }
    check_where = "replace: failed installs are counted afresh";
    fresh(SWMGMT_EMPTY, SWMGMT_REPLACE_IN_DELIVERED);
    fake.config.max_install_attempts = 1;
    boot();
    deliver();
    fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_FAILED_INSTALL;
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_execute(&fake, 0, 4, NULL));
    CHECK_EQ(SWMGMT_CHANGED, whole("another"));
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
    CHECK(fake_poll(&fake));
    RESULT(58);
}

static void result_in_delivered(void)
{
    check_where = "result_in_delivered = 0";
    fresh(SWMGMT_EMPTY, SWMGMT_RESULT_IN_DELIVERED_0);
    boot();
    CHECK_EQ(SWMGMT_CHANGED, whole("package"));
    fake_forget(&fake);
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_DELIVERED);
    RESULT(0);
    CHECK_TEXT("9/0/7=3", fake_changes_text(&fake));
    fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_FAILED_INSTALL;
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
    CHECK_EQ(0, fake.changes);
    CHECK(fake_poll(&fake));
    RESULT(58);
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
    RESULT(0); /* back to what verify_ok showed */
    CHECK(fake_poll(&fake));
    RESULT(58);
}

/* auto_activate, with each way activation can go. */
static void auto_activate(void)
{
    check_where = "auto_activate";
    fresh(SWMGMT_EMPTY, SWMGMT_AUTO_ACTIVATE);
    boot();
    install();
    STATE(SWMGMT_ACTIVE);
    RESULT(2);
    CHECK_EQ(1, fake_number(&fake, 9, 0, 12));
    CALLS("OPEN WRITE VERIFY INSTALL ACTIVATE");

    fresh(SWMGMT_EMPTY, SWMGMT_AUTO_ACTIVATE);
    boot();
    fake.answer[SWMGMT_OP_ACTIVATE] = SWMGMT_PENDING;
    install();
    STATE(SWMGMT_ACTIVATING);
    RESULT(2);
    CHECK_EQ(4, fake_number(&fake, 9, 0, 7));
    CHECK_EQ(0, fake_number(&fake, 9, 0, 12));
    CHECK_EQ(SWMGMT_OK, fake_complete(&fake, SWMGMT_OP_ACTIVATE, SWMGMT_DONE, 0));
    STATE(SWMGMT_ACTIVE);

    fresh(SWMGMT_EMPTY, SWMGMT_AUTO_ACTIVATE);
    boot();
    fake.answer[SWMGMT_OP_ACTIVATE] = SWMGMT_FAILED;
    install();
    STATE(SWMGMT_INACTIVE);
    RESULT(2);

    check_where = "auto_activate, power cut between";
    fresh(SWMGMT_EMPTY, SWMGMT_AUTO_ACTIVATE);
    boot();
    deliver();
    fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_PENDING;
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_OK, fake_complete(&fake, SWMGMT_OP_INSTALL, SWMGMT_DONE, 0));
    STATE(SWMGMT_ACTIVATING);
    fake.outcome = SWMGMT_NOT_STARTED;
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_ACTIVE);

    check_where = "no auto_activate";
    fresh(SWMGMT_EMPTY, 0);
    boot();
    install();
    STATE(SWMGMT_INACTIVE);
    CALLS("OPEN WRITE VERIFY INSTALL");
}

static void max_install_attempts(void)
{
    static const struct {
        uint8_t configured;
        unsigned allowed;
    } limits[] = {{0, 3}, {1, 1}, {2, 2}, {5, 5}, {SWMGMT_UNLIMITED, 300}};
    for (unsigned i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        for (unsigned cut = 0; cut < 2; cut++) {
            (void)snprintf(where, sizeof where, "max_install_attempts %u%s",
                           limits[i].configured, cut ? ", with reboots" : "");
            check_where = where;
            fresh(SWMGMT_EMPTY, 0);
            fake.config.max_install_attempts = limits[i].configured;
            boot();
            deliver();
            for (unsigned n = 0; n < limits[i].allowed; n++) {
                if (cut && limits[i].allowed < 10) {
                    fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_PENDING;
                    fake.outcome = SWMGMT_UNKNOWN;
                    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
                    CHECK(fake_poll(&fake));
                    fake_forget(&fake);
                    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
                    CHECK(fake_poll(&fake));
                } else {
                    fake.answer[SWMGMT_OP_INSTALL] =
                        n % 2u == 0 ? SWMGMT_FAILED_INSTALL : SWMGMT_FAILED;
                    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
                    RESULT(3);
                    CHECK(fake_poll(&fake));
                    RESULT(n % 2u == 0 ? 58 : 57);
                }
                STATE(SWMGMT_DELIVERED);
                fake_forget(&fake);
            }
            if (limits[i].configured == SWMGMT_UNLIMITED) {
                continue;
            }
            fake_forget(&fake);
            {
                long before = fake_number(&fake, 9, 0, 9);
                CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_execute(&fake, 0, 4, NULL));
                RESULT(before);
            }
            STATE(SWMGMT_DELIVERED);
            CHECK_EQ(0, fake.calls);
            CHECK_EQ(0, fake.changes);
            CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
            CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_execute(&fake, 0, 4, NULL));
            /* Until the package is discarded. */
            CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
            deliver();
            fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_DONE;
            CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
            CHECK(fake_poll(&fake));
            STATE(SWMGMT_INACTIVE);
        }
    }
}

/* A failed install that has destroyed the software it was to update. */
static void old_lost(void)
{
    for (unsigned lost = 0; lost < 2; lost++) {
        for (unsigned inside = 0; inside < 2; inside++) {
            const char *changes;
            (void)snprintf(where, sizeof where, "install fails, lost %u, inside %u", lost,
                           inside);
            check_where = where;
            fresh(SWMGMT_RUNNING, SWMGMT_SERVER_MAY_DELETE);
            boot();
            CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, "1"));
            CHECK_TEXT("old", fake_text(&fake, 9, 0, 0));
            deliver();
            CHECK_TEXT("old", fake_text(&fake, 9, 0, 0));
            CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
            fake.answer[SWMGMT_OP_INSTALL] = inside ? SWMGMT_FAILED_INSTALL : SWMGMT_PENDING;
            fake.inside[SWMGMT_OP_INSTALL] = inside == 1;
            fake.flags = lost ? SWMGMT_OLD_LOST : 0;
            fake.changes = 0;
            if (lost && inside) {
                fake_slot(&fake, 0)->software = 0;
            }
            CHECK(fake_poll(&fake));
            if (!inside) {
                fake_slot(&fake, 0)->software = lost ? 0 : 1;
                CHECK_EQ(SWMGMT_OK,
                         fake_complete(&fake, SWMGMT_OP_INSTALL, SWMGMT_FAILED_INSTALL,
                                       lost ? SWMGMT_OLD_LOST : 0));
                CHECK(fake_poll(&fake));
            }
            STATE(SWMGMT_DELIVERED);
            RESULT(58);
            CHECK_TEXT(lost ? "none" : "old", fake_text(&fake, 9, 0, 0));
            CHECK_TEXT(lost ? "0" : "1", fake_text(&fake, 9, 0, 1));
            changes = fake_changes_text(&fake);
            if (strncmp(changes, "9/0/16=", 7) == 0) {
                changes = strchr(changes, ' ') != NULL ? strchr(changes, ' ') + 1 : "";
            }
            CHECK_TEXT(lost ? "9/0/9=58 9/0/0=none 9/0/1=0" : "9/0/9=58", changes);
            CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
            CHECK(fake_poll(&fake));
            CHECK_TEXT(lost ? "none" : "old", fake_text(&fake, 9, 0, 0));
            if (!lost) {
                CHECK_EQ(SWMGMT_NOT_ALLOWED, swmgmt_delete(fake.ctx, 1, 0));
            }
            CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
            STATE(lost ? SWMGMT_INITIAL : SWMGMT_INITIAL_FOR_UPDATE);
        }
    }
}

static unsigned listed(uint16_t *ids, unsigned room)
{
    swmgmt_path_t nine = {9, SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE};
    uint16_t id = SWMGMT_NONE;
    unsigned count = 0;
    while (count < room && swmgmt_next(fake.ctx, nine, &id) == SWMGMT_OK) {
        ids[count++] = id;
    }
    return count;
}

static void create_delete(void)
{
    uint16_t created = 4711;
    uint16_t ids[8];
    swmgmt_item_t item[3];
    check_where = "create and delete, not allowed";
    fresh(SWMGMT_EMPTY, 0);
    boot();
    CHECK_EQ(SWMGMT_NOT_ALLOWED,
             swmgmt_create(fake.ctx, 1, SWMGMT_NONE, NULL, 0, &created));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, swmgmt_create(fake.ctx, 1, 3, NULL, 0, &created));
    CHECK_EQ(4711, created);
    CHECK_EQ(SWMGMT_NOT_ALLOWED, swmgmt_delete(fake.ctx, 1, 0));
    CHECK_EQ(SWMGMT_NOT_FOUND, swmgmt_delete(fake.ctx, 1, 1));
    STATE(SWMGMT_INITIAL);
    CHECK_EQ(0, fake.calls);

    check_where = "create";
    fresh(SWMGMT_EMPTY, SWMGMT_SERVER_MAY_CREATE | SWMGMT_SERVER_MAY_DELETE);
    boot();
    CHECK_EQ(SWMGMT_BAD_REQUEST, swmgmt_create(fake.ctx, 1, 0, NULL, 0, &created));
    CHECK_EQ(4711, created);
    CHECK_EQ(SWMGMT_CREATED, swmgmt_create(fake.ctx, 1, 7, NULL, 0, &created));
    CHECK_EQ(7, created);
    CHECK_EQ(SWMGMT_CREATED, swmgmt_create(fake.ctx, 1, SWMGMT_NONE, NULL, 0, &created));
    CHECK_EQ(1, created); /* the lowest free one */
    CHECK_EQ(SWMGMT_CREATED, swmgmt_create(fake.ctx, 1, 65534, NULL, 0, &created));
    CHECK_EQ(65534, created);
    created = 4711;
    CHECK_EQ(SWMGMT_NOT_ALLOWED, swmgmt_create(fake.ctx, 1, SWMGMT_NONE, NULL, 0, &created));
    CHECK_EQ(4711, created);
    CHECK_EQ(4, listed(ids, 8));
    CHECK(ids[0] == 0 && ids[1] == 1 && ids[2] == 7 && ids[3] == 65534);
    CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, 7));
    CHECK_EQ(0, fake_number(&fake, 9, 7, 9));
    CHECK_TEXT("none", fake_text(&fake, 9, 7, 0));
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK_EQ(4, listed(ids, 8));
    CHECK(ids[0] == 0 && ids[1] == 1 && ids[2] == 7 && ids[3] == 65534);
    CHECK_EQ(SWMGMT_DELETED, swmgmt_delete(fake.ctx, 1, 0));
    CHECK_EQ(SWMGMT_DELETED, swmgmt_delete(fake.ctx, 1, 7));
    CHECK_EQ(2, listed(ids, 8));
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK_EQ(2, listed(ids, 8));
    CHECK(ids[0] == 1 && ids[1] == 65534);
    CHECK_EQ(SWMGMT_CREATED, swmgmt_create(fake.ctx, 1, SWMGMT_NONE, NULL, 0, &created));
    CHECK_EQ(0, created);

    check_where = "create with values";
    fresh(SWMGMT_EMPTY, SWMGMT_SERVER_MAY_CREATE | SWMGMT_SERVER_MAY_DELETE);
    boot();
    created = 4711;
    memset(item, 0, sizeof item);
    item[0].resource = 3;
    item[0].value.kind = SWMGMT_TYPE_STRING;
    item[0].value.bytes = (const uint8_t *)"nonsense";
    item[0].value.length = 8;
    item[1].resource = 8;
    item[1].value.kind = SWMGMT_TYPE_BOOLEAN;
    item[1].value.number = 1;
    CHECK_EQ(SWMGMT_BAD_REQUEST, swmgmt_create(fake.ctx, 1, 5, item, 2, &created));
    CHECK_EQ(4711, created);
    CHECK_EQ(1, listed(ids, 8));
    item[0].value.bytes = (const uint8_t *)"http://a/b";
    item[0].value.length = 10;
    CHECK_EQ(SWMGMT_CREATED, swmgmt_create(fake.ctx, 1, 5, item, 2, &created));
    CHECK_EQ(5, created);
    CHECK_EQ(SWMGMT_FETCHING, swmgmt_state(fake.ctx, 5));
    CHECK_EQ(1, fake_number(&fake, 9, 5, 8));
    item[0].resource = 2;
    item[0].value.kind = SWMGMT_TYPE_OPAQUE;
    CHECK_EQ(SWMGMT_CREATED, swmgmt_create(fake.ctx, 1, 6, item, 1, &created));
    CHECK_EQ(SWMGMT_VERIFYING, swmgmt_state(fake.ctx, 6));
    /* A store that fails: it is as if nothing had been asked. */
    fake_fail(&fake, SWMGMT_OP_OPEN, 1, SWMGMT_FAILED_STORAGE);
    fake_drain(&fake);
    CHECK_EQ(SWMGMT_DELETED, swmgmt_delete(fake.ctx, 1, 5));
    created = 4711;
    CHECK_EQ(SWMGMT_TOO_LARGE, swmgmt_create(fake.ctx, 1, 8, item, 1, &created));
    CHECK_EQ(4711, created);
    CHECK_EQ(SWMGMT_ENOENT, swmgmt_state(fake.ctx, 8));
    CHECK_EQ(2, listed(ids, 8));
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK_EQ(2, listed(ids, 8));

    check_where = "a create that cannot be saved";
    fresh(SWMGMT_EMPTY, SWMGMT_SERVER_MAY_CREATE | SWMGMT_SERVER_MAY_DELETE);
    boot();
    fake.answer[SWMGMT_OP_SAVE] = SWMGMT_FAILED;
    created = 4711;
    CHECK_EQ(SWMGMT_INTERNAL_ERROR, swmgmt_create(fake.ctx, 1, 8, NULL, 0, &created));
    CHECK_EQ(4711, created);
    CHECK_EQ(1, listed(ids, 8));
    CHECK_EQ(SWMGMT_INTERNAL_ERROR, swmgmt_delete(fake.ctx, 1, 0));
    CHECK_EQ(1, listed(ids, 8));
    STATE(SWMGMT_INITIAL);
    fake.answer[SWMGMT_OP_SAVE] = SWMGMT_DONE;
    CHECK_EQ(SWMGMT_DELETED, swmgmt_delete(fake.ctx, 1, 0));
    CHECK_EQ(0, listed(ids, 8));
}

/* Resources that are not offered: 4.04, and listed nowhere. */
static void offers(void)
{
    static const uint8_t optional[] = {2, 3, 5, 8, 13, 14, 15, 16, 17, 18};
    for (unsigned o = 0; o < 10; o++) {
        uint16_t id = SWMGMT_NONE;
        swmgmt_path_t within = fake_path(9, 0, SWMGMT_NONE);
        uint32_t seen = 0;
        (void)snprintf(where, sizeof where, "without resource %u", optional[o]);
        check_where = where;
        fresh(SWMGMT_EMPTY, 0);
        fake.config.resources &= ~SWMGMT_OFFER(optional[o]);
        boot();
        CHECK_EQ(SWMGMT_NOT_FOUND, fake_read_code(&fake, 9, 0, optional[o], SWMGMT_NONE));
        CHECK_EQ(SWMGMT_NOT_FOUND, fake_write(&fake, 0, optional[o], "x", 1));
        CHECK_EQ(SWMGMT_NOT_FOUND, fake_execute(&fake, 0, optional[o], NULL));
        while (swmgmt_next(fake.ctx, within, &id) == SWMGMT_OK) {
            CHECK(id <= 18);
            seen |= SWMGMT_OFFER(id <= 18 ? id : 31);
        }
        /* 17 is there while it has entries; here it has none. */
        CHECK_EQ((UINT32_C(0x7FFFF) & ~SWMGMT_OFFER(optional[o])) & ~SWMGMT_OFFER(17), seen);
        if (optional[o] == 2) {
            CHECK_EQ(SWMGMT_NOT_FOUND, whole("x"));
        }
        STATE(SWMGMT_INITIAL);
        RESULT(0);
        CHECK_EQ(0, fake.calls);
    }
    check_where = "without any that can be left out";
    fresh(SWMGMT_EMPTY, 0);
    fake.config.resources = SWMGMT_OFFER(2);
    fake.config.components = 0;
    fake.config.part_count = 4;
    fake.config.credentials = 0;
    fake.config.arguments = 0;
    boot();
    install();
    STATE(SWMGMT_INACTIVE);
    CHECK_TEXT("9/0/7=2 9/0/9=3 9/0/7=3 9/0/9=2 9/0/7=4 9/0/0=new 9/0/1=2",
               fake_changes_text(&fake));
    CHECK_EQ(SWMGMT_NOT_FOUND, fake_read_code(&fake, 14, 0, 0, SWMGMT_NONE));
}

/* What can be read, written and executed. */
static void operations(void)
{
    check_where = "operations";
    fresh(SWMGMT_EMPTY, 0);
    boot();
    for (uint16_t r = 0; r <= 18; r++) {
        char kind = r <= 12   ? "RRWWERERXREER"[r]
                    : r == 13 ? 'X'
                    : r <= 15 ? 'W'
                              : 'R';
        swmgmt_answer_t read = fake_read_code(&fake, 9, 0, r, SWMGMT_NONE);
        swmgmt_resource_t about;
        memset(&about, 0xEE, sizeof about);
        CHECK_EQ(SWMGMT_OK, swmgmt_resource(9, r, &about));
        CHECK_EQ(r, about.id);
        CHECK_EQ(kind == 'R'   ? SWMGMT_READ
                 : kind == 'W' ? SWMGMT_WRITE
                 : kind == 'E' ? SWMGMT_EXECUTE
                               : SWMGMT_READ | SWMGMT_WRITE,
                 about.operations);
        CHECK_EQ(r == 17, about.multiple);
        CHECK_EQ(r == 0 || r == 1 || r == 4 || r == 6 || r == 7 || (r >= 9 && r <= 12),
                 about.mandatory);
        if (r == 17) {
            CHECK(read == SWMGMT_NOT_FOUND); /* no entries */
        } else {
            CHECK_EQ(kind == 'R' || kind == 'X' ? SWMGMT_CONTENT : SWMGMT_NOT_ALLOWED, read);
        }
        if (kind != 'E') {
            CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_execute(&fake, 0, r, NULL));
        }
        if (kind == 'R' || kind == 'E') {
            CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_write(&fake, 0, r, "1", 1));
        }
    }
    CHECK_EQ(SWMGMT_NOT_FOUND, fake_read_code(&fake, 9, 0, 19, SWMGMT_NONE));
    CHECK_EQ(SWMGMT_NOT_FOUND, fake_read_code(&fake, 9, 0, 65534, SWMGMT_NONE));
    CHECK_EQ(SWMGMT_NOT_FOUND, fake_read_code(&fake, 9, 1, 7, SWMGMT_NONE));
    CHECK_EQ(SWMGMT_NOT_FOUND, fake_read_code(&fake, 8, 0, 7, SWMGMT_NONE));
    CHECK_EQ(SWMGMT_NOT_FOUND, fake_write(&fake, 0, 19, "x", 1));
    CHECK_EQ(SWMGMT_NOT_FOUND, fake_execute(&fake, 0, 19, NULL));
    CHECK_EQ(SWMGMT_NOT_FOUND, fake_execute(&fake, 3, 4, NULL));
    CHECK_EQ(SWMGMT_NOT_FOUND, fake_write(&fake, 3, 3, "x", 1));
    {
        swmgmt_resource_t about;
        swmgmt_resource_t copy;
        memset(&about, 0xEE, sizeof about);
        copy = about;
        CHECK_EQ(SWMGMT_ENOENT, swmgmt_resource(9, 19, &about));
        CHECK_EQ(SWMGMT_ENOENT, swmgmt_resource(14, 6, &about));
        CHECK_EQ(SWMGMT_ENOENT, swmgmt_resource(5, 0, &about));
        CHECK_EQ(SWMGMT_EINVAL, swmgmt_resource(9, 0, NULL));
        CHECK(memcmp(&about, &copy, sizeof about) == 0);
    }
}

/* 8, 13, 14, 15 and the links. */
static void settings(void)
{
    swmgmt_value_t value;
    check_where = "settings";
    fresh(SWMGMT_EMPTY, 0);
    boot();
    CHECK_EQ(0, fake_number(&fake, 9, 0, 8));
    CHECK_EQ(0xFFFFFFFFu, (uint32_t)fake_number(&fake, 9, 0, 5));
    CHECK_EQ(0xFFFFFFFFu, (uint32_t)fake_number(&fake, 9, 0, 13));
    CHECK_EQ(SWMGMT_CHANGED, fake_write(&fake, 0, 8, "1", 1));
    CHECK_EQ(1, fake_number(&fake, 9, 0, 8));
    CHECK_EQ(SWMGMT_BAD_REQUEST, fake_write(&fake, 0, 8, "2", 1));
    CHECK_EQ(SWMGMT_BAD_REQUEST, fake_write(&fake, 0, 8, "", 0));
    CHECK_EQ(SWMGMT_BAD_REQUEST, fake_write(&fake, 0, 8, "true", 4));
    CHECK_EQ(1, fake_number(&fake, 9, 0, 8));
    CHECK_EQ(SWMGMT_CHANGED, fake_write(&fake, 0, 13, "3303:2", 6));
    CHECK_EQ(3303L * 65536 + 2, fake_number(&fake, 9, 0, 13));
    CHECK_EQ(SWMGMT_BAD_REQUEST, fake_write(&fake, 0, 13, "3303", 4));
    CHECK_EQ(SWMGMT_BAD_REQUEST, fake_write(&fake, 0, 13, "65536:1", 7));
    CHECK_EQ(SWMGMT_BAD_REQUEST, fake_write(&fake, 0, 13, "1:", 2));
    CHECK_EQ(SWMGMT_BAD_REQUEST, fake_write(&fake, 0, 13, ":1", 2));
    CHECK_EQ(3303L * 65536 + 2, fake_number(&fake, 9, 0, 13));
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK_EQ(1, fake_number(&fake, 9, 0, 8));
    CHECK_EQ(3303L * 65536 + 2, fake_number(&fake, 9, 0, 13));
    memset(&value, 0, sizeof value);
    value.kind = SWMGMT_TYPE_BOOLEAN;
    CHECK_EQ(SWMGMT_CHANGED, swmgmt_write(fake.ctx, 1, fake_path(9, 0, 8), &value));
    CHECK_EQ(0, fake_number(&fake, 9, 0, 8));
    value.number = 2;
    CHECK_EQ(SWMGMT_BAD_REQUEST, swmgmt_write(fake.ctx, 1, fake_path(9, 0, 8), &value));
    value.kind = SWMGMT_TYPE_OBJLNK;
    value.number = UINT32_C(9) << 16;
    CHECK_EQ(SWMGMT_CHANGED, swmgmt_write(fake.ctx, 1, fake_path(9, 0, 13), &value));
    CHECK_EQ(9L * 65536, fake_number(&fake, 9, 0, 13));
    value.kind = SWMGMT_TYPE_OPAQUE; /* as in TLV */
    value.bytes = (const uint8_t *)"\x0c\xe7\x00\x05";
    value.length = 4;
    CHECK_EQ(SWMGMT_CHANGED, swmgmt_write(fake.ctx, 1, fake_path(9, 0, 13), &value));
    CHECK_EQ(3303L * 65536 + 5, fake_number(&fake, 9, 0, 13));
    value.length = 3;
    CHECK_EQ(SWMGMT_BAD_REQUEST, swmgmt_write(fake.ctx, 1, fake_path(9, 0, 13), &value));

    check_where = "links of the firmware";
    fake_drain(&fake);
    CHECK_EQ(SWMGMT_OK, swmgmt_set_link(fake.ctx, 0, 5, 42, 1));
    CHECK_EQ(42L * 65536 + 1, fake_number(&fake, 9, 0, 5));
    CHECK_EQ(SWMGMT_OK, swmgmt_set_link(fake.ctx, 0, 13, 43, 2));
    CHECK_EQ(43L * 65536 + 2, fake_number(&fake, 9, 0, 13));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_set_link(fake.ctx, 0, 17, 43, 2));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_set_link(fake.ctx, 0, 3, 43, 2));
    CHECK_EQ(SWMGMT_ENOENT, swmgmt_set_link(fake.ctx, 9, 5, 43, 2));
    fake.answer[SWMGMT_OP_SAVE] = SWMGMT_FAILED;
    CHECK_EQ(SWMGMT_ERECORD, swmgmt_set_link(fake.ctx, 0, 13, 44, 3));
    CHECK_EQ(43L * 65536 + 2, fake_number(&fake, 9, 0, 13));
    CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_write(&fake, 0, 8, "1", 1));
    CHECK_EQ(0, fake_number(&fake, 9, 0, 8));
    fake.answer[SWMGMT_OP_SAVE] = SWMGMT_DONE;
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK_EQ(43L * 65536 + 2, fake_number(&fake, 9, 0, 13));
    CHECK_EQ(SWMGMT_OK, swmgmt_set_link(fake.ctx, 0, 13, 65535, 65535));
    CHECK_EQ(0xFFFFFFFFu, (uint32_t)fake_number(&fake, 9, 0, 13));

    check_where = "credentials";
    CHECK_EQ(SWMGMT_CHANGED, fake_write(&fake, 0, 14, "user", 4));
    CHECK_EQ(SWMGMT_CHANGED, fake_write(&fake, 0, 15, "0123456789abcdef", 16));
    CHECK_EQ(SWMGMT_BAD_REQUEST, fake_write(&fake, 0, 15, "0123456789abcdefg", 17));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_read_code(&fake, 9, 0, 14, SWMGMT_NONE));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, fake_read_code(&fake, 9, 0, 15, SWMGMT_NONE));
    CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "https://a/b"));
    CHECK(fake_poll(&fake));
    CHECK_TEXT("user", fake.user_name);
    CHECK_TEXT("0123456789abcdef", fake.password);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake)); /* they do not survive a reboot */
    CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "https://a/b"));
    CHECK(fake_poll(&fake));
    CHECK_TEXT("", fake.user_name);
    CHECK_TEXT("", fake.password);
}

/* Install's arguments. */
static void arguments(void)
{
    check_where = "Install's arguments";
    fresh(SWMGMT_EMPTY, 0);
    boot();
    deliver();
    fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_FAILED_INSTALL;
    fake_forget(&fake);
    CHECK_EQ(SWMGMT_BAD_REQUEST, fake_execute(&fake, 0, 4, "0='0123456789012'"));
    STATE(SWMGMT_DELIVERED);
    CHECK_EQ(0, fake.calls);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, "0='012345678901'"));
    CHECK(fake_poll(&fake));
    CHECK_TEXT("0='012345678901'", fake.arguments);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
    CHECK(fake_poll(&fake));
    CHECK_TEXT("", fake.arguments); /* not those of the attempt before */
    CHECK_EQ(0, fake_newest(&fake, SWMGMT_OP_INSTALL).length);
    /* Not kept over a reboot. */
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, "0='x'"));
    fake.outcome = SWMGMT_NOT_STARTED;
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK(fake_poll(&fake));
    CHECK_TEXT("", fake.arguments);
    /* No buffer: dropped. */
    fresh(SWMGMT_EMPTY, 0);
    fake.config.arguments = 0;
    boot();
    deliver();
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, "0='0123456789012'"));
    CHECK(fake_poll(&fake));
    CHECK_TEXT("", fake.arguments);
    STATE(SWMGMT_INACTIVE);
}

/* Callbacks that are not there: the step simply succeeds. */
static void missing_callbacks(void)
{
    check_where = "optional callbacks";
    fresh(SWMGMT_EMPTY, 0);
    fake.host.uninstall = NULL;
    fake.host.prepare = NULL;
    fake.host.activate = NULL;
    fake.host.deactivate = NULL;
    fake.host.outcome = NULL;
    fake.host.cancel = NULL;
    fake.host.discard = NULL;
    boot();
    install();
    STATE(SWMGMT_INACTIVE);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 10, NULL));
    STATE(SWMGMT_ACTIVE);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 11, NULL));
    STATE(SWMGMT_INACTIVE);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, "1"));
    STATE(SWMGMT_INITIAL_FOR_UPDATE);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    STATE(SWMGMT_INITIAL);
    /* No records: nothing survives. */
    fresh(SWMGMT_EMPTY, 0);
    fake.host.load = NULL;
    fake.host.save = NULL;
    boot();
    install();
    STATE(SWMGMT_INACTIVE);
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    STATE(SWMGMT_INITIAL);
    /* No names. */
    fresh(SWMGMT_EMPTY, 0);
    fake.host.about = NULL;
    boot();
    install();
    STATE(SWMGMT_INACTIVE);
    CHECK_TEXT("", fake_text(&fake, 9, 0, 0));
    CHECK_TEXT("", fake_text(&fake, 9, 0, 1));
}

int main(void)
{
    empty_write_cancels();
    replace_in_delivered();
    result_in_delivered();
    auto_activate();
    max_install_attempts();
    old_lost();
    create_delete();
    offers();
    operations();
    settings();
    arguments();
    missing_callbacks();
    return check_end();
}
