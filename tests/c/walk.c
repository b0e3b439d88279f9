/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Walks every cell of tests/conformance/transitions.txt through the C interface: drives a
 * fresh device into the cell's state, raises the event, and checks what the table says,
 * which operations were made, and what was notified in which order. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "fake.h"

#define STATES 13
#define ROWS 640
#define GONE 100
#define BEFORE 101
#define RESULT_SAME (-1)
#define RESULT_KEPT (-2)
#define RESULT_NONE (-3)

/* Kinds of rows: as the marks of transitions.txt. */
typedef struct {
    uint8_t state;
    uint8_t next;
    uint8_t shown;
    char mark;
    char event[28];
    char becomes[28];
    int answer; /* CoAP code, 0: nobody is answered */
    int result;
    unsigned failures;
    unsigned walks;
} row_t;

static row_t row[ROWS];
static unsigned rows;
static char table_text[65536];
static fake_t fake;
static char where[160];

static const char *const state_name[STATES] = {
    "INITIAL",  "RECEIVING", "FETCHING",   "VERIFYING",    "DELIVERED", "INSTALLING",  "INACTIVE",
    "ACTIVE",   "ACTIVATING", "DEACTIVATING", "PREPARING", "UNINSTALLING", "INITIAL_FOR_UPDATE"};

/* ---- reading the table ------------------------------------------------------------ */

/* The only place that needs a file system. */
static bool load_text(const char *path, char *text, size_t room)
{
    FILE *file = fopen(path, "rb");
    size_t length;
    if (file == NULL) {
        return false;
    }
    length = fread(text, 1, room - 1, file);
    text[length] = '\0';
    return fclose(file) == 0 && length < room - 1;
}

static bool next_word(const char **line, char *word, size_t room)
{
    size_t length = 0;
    while (**line == ' ') {
        (*line)++;
    }
    while (**line != ' ' && **line != '\n' && **line != '\0' && length < room - 1) {
        word[length++] = *(*line)++;
    }
    word[length] = '\0';
    return length > 0;
}

static uint8_t state_of(const char *name)
{
    for (uint8_t i = 0; i < STATES; i++) {
        if (strcmp(state_name[i], name) == 0) {
            return i;
        }
    }
    return strcmp(name, "GONE") == 0 ? GONE : BEFORE;
}

static int number_of(const char *text)
{
    int number = 0;
    while (*text >= '0' && *text <= '9') {
        number = number * 10 + (*text++ - '0');
    }
    return number;
}

static int answer_of(const char *text)
{
    if (text[0] == '-') {
        return 0;
    }
    return (text[0] - '0') * 32 + number_of(text + 2);
}

static int result_of(const char *text)
{
    const char *last = strrchr(text, '>');
    if (strcmp(text, "=") == 0) {
        return RESULT_SAME;
    }
    if (strcmp(text, "kept") == 0) {
        return RESULT_KEPT;
    }
    if (strcmp(text, "-") == 0) {
        return RESULT_NONE;
    }
    return number_of(last != NULL ? last + 1 : text);
}

static row_t *add_row(uint8_t state, uint8_t shown, char mark, const char *event)
{
    row_t *added = &row[rows < ROWS - 1 ? rows++ : rows];
    memset(added, 0, sizeof *added);
    added->state = state;
    added->next = state;
    added->shown = shown;
    added->mark = mark;
    added->result = RESULT_SAME;
    (void)snprintf(added->event, sizeof added->event, "%s", event);
    return added;
}

static void parse(const char *text)
{
    uint8_t state = 0;
    uint8_t shown = 0;
    while (*text != '\0') {
        char mark = *text;
        char word[32];
        if (mark == '#' || mark == '\n') {
            /* a comment, or nothing */
        } else if (mark == '@') {
            text++;
            (void)next_word(&text, word, sizeof word);
            state = state_of(word);
            (void)next_word(&text, word, sizeof word);
            shown = (uint8_t)number_of(word);
        } else if (mark == '+') {
            row_t *added;
            text++;
            (void)next_word(&text, word, sizeof word);
            added = add_row(state, shown, mark, word);
            (void)next_word(&text, word, sizeof word);
            added->answer = answer_of(word);
            (void)next_word(&text, word, sizeof word);
            added->next = state_of(word);
            (void)next_word(&text, word, sizeof word);
            added->result = result_of(word);
        } else if (mark == '!') {
            text++;
            (void)next_word(&text, word, sizeof word);
            (void)add_row(state, shown, mark, word);
            (void)next_word(&text, row[rows - 1].becomes, sizeof row[0].becomes);
        } else {
            int answer = 0;
            text++;
            if (mark == '=') {
                (void)next_word(&text, word, sizeof word);
                answer = answer_of(word);
            }
            while (next_word(&text, word, sizeof word)) {
                add_row(state, shown, mark, word)->answer = answer;
            }
        }
        while (*text != '\n' && *text != '\0') {
            text++;
        }
        text += *text == '\n' ? 1 : 0;
    }
}

static row_t *find(uint8_t state, const char *event)
{
    for (unsigned i = 0; i < rows; i++) {
        if (row[i].state == state && strcmp(row[i].event, event) == 0) {
            return &row[i];
        }
    }
    return NULL;
}

static bool starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* ---- the device under test -------------------------------------------------------- */

static const char chunk[3][5] = {"AAAA", "BBBB", "CCCC"};

static void push_first(void)
{
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 0, chunk[0], 4, 0, false));
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 4, chunk[1], 4, 0, false));
}

static void push_all(void)
{
    push_first();
    CHECK_EQ(SWMGMT_CHANGED, fake_push(&fake, 1, 0, 8, chunk[2], 4, 0, true));
}

static void fetch_all(void)
{
    CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "http://a/b"));
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_OK, fake_fetched(&fake, 0, chunk[0], 4, 12, false));
    CHECK_EQ(SWMGMT_OK, fake_fetched(&fake, 4, "BBBBCCCC", 8, 12, true));
}

/* How a state is reached. */
typedef struct {
    bool flag;    /* during an update */
    bool dirty;   /* with a result that is not the usual one */
    bool pending; /* the host has begun, and works: VERIFYING, INSTALLING, FETCHING */
    bool active;  /* from running software: PREPARING, UNINSTALLING, updates */
    bool pulled;  /* VERIFYING and DELIVERED by a download */
} way_t;

static bool settled(uint8_t state)
{
    return CHECK_EQ(state, swmgmt_state(fake.ctx, 0));
}

/* Into a state, by requests and completions only. */
static bool reach(uint8_t state, way_t way)
{
    uint8_t software = SWMGMT_EMPTY;
    bool installed = state >= SWMGMT_INACTIVE && state <= SWMGMT_UNINSTALLING && !way.flag;
    fake_new(&fake);
    if (way.flag || state == SWMGMT_INITIAL_FOR_UPDATE) {
        software = way.active ? SWMGMT_RUNNING : SWMGMT_INSTALLED;
    }
    fake_list(&fake, 0, software);
    if (!CHECK_EQ(SWMGMT_OK, fake_boot(&fake)) || !CHECK(fake_poll(&fake))) {
        return false;
    }
    if (software != SWMGMT_EMPTY) {
        CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, "1"));
        if (!settled(SWMGMT_INITIAL_FOR_UPDATE)) {
            return false;
        }
    }
    if (way.dirty && state <= SWMGMT_VERIFYING) {
        fake_fail(&fake, SWMGMT_OP_WRITE, 2, SWMGMT_FAILED_INTEGRITY);
        CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 0, chunk[0], 4, 0, false));
        CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_push(&fake, 1, 0, 4, chunk[1], 4, 0, false));
        CHECK_EQ(53, fake_number(&fake, 9, 0, 9));
    }
    if (way.dirty && state == SWMGMT_INITIAL_FOR_UPDATE) {
        fake_fail(&fake, SWMGMT_OP_WRITE, 1, SWMGMT_FAILED_INTEGRITY);
        CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_push(&fake, 1, 0, 0, chunk[0], 4, 0, false));
    }
    if (state == SWMGMT_RECEIVING) {
        push_first();
    }
    if (state == SWMGMT_FETCHING) {
        CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "http://a/b"));
        if (way.pending) {
            CHECK(fake_poll(&fake));
            CHECK_EQ(SWMGMT_OK, fake_fetched(&fake, 0, chunk[0], 4, 12, false));
        }
    }
    if (state == SWMGMT_VERIFYING || state == SWMGMT_DELIVERED ||
        state == SWMGMT_INSTALLING || installed || (way.flag && state == SWMGMT_DELIVERED)) {
        if (state == SWMGMT_VERIFYING && way.pending) {
            fake.answer[SWMGMT_OP_VERIFY] = SWMGMT_PENDING;
        }
        if (way.pulled) {
            fetch_all();
        } else {
            push_all();
        }
        if (state != SWMGMT_VERIFYING || way.pending) {
            CHECK(fake_poll(&fake));
        }
        if (state != SWMGMT_VERIFYING && !settled(SWMGMT_DELIVERED)) {
            return false;
        }
    }
    if (state == SWMGMT_DELIVERED && way.dirty) {
        fake_fail(&fake, SWMGMT_OP_INSTALL, 1, SWMGMT_FAILED_INSTALL);
        CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
        CHECK(fake_poll(&fake));
        CHECK_EQ(58, fake_number(&fake, 9, 0, 9));
    }
    if (state == SWMGMT_INSTALLING || installed) {
        if (state == SWMGMT_INSTALLING && way.pending) {
            fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_PENDING;
        }
        CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
        if (state != SWMGMT_INSTALLING || way.pending) {
            CHECK(fake_poll(&fake));
        }
    }
    if (installed) {
        if (!settled(SWMGMT_INACTIVE)) {
            return false;
        }
        if (state == SWMGMT_ACTIVE || state == SWMGMT_DEACTIVATING ||
            (way.active && (state == SWMGMT_PREPARING || state == SWMGMT_UNINSTALLING))) {
            CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 10, NULL));
            if (!settled(SWMGMT_ACTIVE)) {
                return false;
            }
        }
        if (way.dirty) {
            bool runs = swmgmt_state(fake.ctx, 0) == SWMGMT_ACTIVE;
            fake.answer[SWMGMT_OP_UNINSTALL] = SWMGMT_PENDING;
            CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
            CHECK_EQ(SWMGMT_OK, fake_complete(&fake, SWMGMT_OP_UNINSTALL,
                                              SWMGMT_FAILED_UNINSTALL,
                                              runs ? SWMGMT_STILL_RUNS : 0));
            CHECK_EQ(59, fake_number(&fake, 9, 0, 9));
            fake.answer[SWMGMT_OP_UNINSTALL] = SWMGMT_DONE;
        }
    }
    if (state == SWMGMT_ACTIVATING) {
        fake.answer[SWMGMT_OP_ACTIVATE] = SWMGMT_PENDING;
        CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 10, NULL));
    } else if (state == SWMGMT_DEACTIVATING) {
        fake.answer[SWMGMT_OP_DEACTIVATE] = SWMGMT_PENDING;
        CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 11, NULL));
    } else if (state == SWMGMT_PREPARING) {
        fake.answer[SWMGMT_OP_PREPARE] = SWMGMT_PENDING;
        CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, "1"));
    } else if (state == SWMGMT_UNINSTALLING) {
        fake.answer[SWMGMT_OP_UNINSTALL] = SWMGMT_PENDING;
        CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    }
    return settled(state);
}

/* ---- before and after ------------------------------------------------------------- */

typedef struct {
    long result, shown, active;
    char name[64], version[64];
    long components;
    int32_t state;
} seen_t;

static seen_t look(void)
{
    seen_t seen;
    seen.result = fake_number(&fake, 9, 0, 9);
    seen.shown = fake_number(&fake, 9, 0, 7);
    seen.active = fake_number(&fake, 9, 0, 12);
    (void)snprintf(seen.name, sizeof seen.name, "%.63s", fake_text(&fake, 9, 0, 0));
    (void)snprintf(seen.version, sizeof seen.version, "%.63s", fake_text(&fake, 9, 0, 1));
    seen.components = fake_number(&fake, 9, 0, 18);
    seen.state = swmgmt_state(fake.ctx, 0);
    return seen;
}

static void word(char *text, size_t room, const char *format, long number)
{
    size_t used = strlen(text);
    (void)snprintf(text + used, room - used, format, number);
}

/* The notifications that the difference demands. `twice`: 9 passed through 0. */
static void check_changes(seen_t old, seen_t now, bool twice, bool again7)
{
    char want[400] = "";
    char got[1200];
    bool told = old.result != now.result;
    if (twice) {
        (void)snprintf(want, sizeof want, "?9/0/9=0 ");
    }
    if (told || (twice && now.result >= 50)) {
        word(want, sizeof want, "9/0/9=%ld ", now.result);
    }
    if (old.shown != now.shown || again7) {
        word(want, sizeof want, "9/0/7=%ld ", now.shown);
    }
    if (old.active != now.active) {
        word(want, sizeof want, "9/0/12=%ld ", now.active);
    }
    if (strcmp(old.name, now.name) != 0) {
        size_t used = strlen(want);
        (void)snprintf(want + used, sizeof want - used, "9/0/0=%s ", now.name);
    }
    if (strcmp(old.version, now.version) != 0) {
        size_t used = strlen(want);
        (void)snprintf(want + used, sizeof want - used, "9/0/1=%s ", now.version);
    }
    if (old.components != now.components) {
        word(want, sizeof want, "9/0/17 9/0/18=%ld ", now.components);
    }
    (void)snprintf(got, sizeof got, "%s", fake_changes_text(&fake));
    /* Status Reason may be there, but before 9, or alone when 9 is as it was. */
    {
        bool first = true;
        char filtered[1200] = "";
        size_t used = 0;
        const char *at = got;
        char one[128];
        while (next_word(&at, one, sizeof one)) {
            if (starts(one, "9/0/16=")) {
                CHECK(first);
                continue;
            }
            first = false;
            used += (size_t)snprintf(filtered + used, sizeof filtered - used, "%s%s",
                                     used > 0 ? " " : "", one);
        }
        check_count++;
        if (!fake_matches(want, filtered)) {
            check_failed++;
            printf("%s: changes: wanted [%s], got [%s]\n", check_where, want, got);
        }
    }
}

static void check_calls(const char *want)
{
    const char *got = fake_calls_text(&fake, false, false);
    check_count++;
    if (!fake_matches(want, got)) {
        check_failed++;
        printf("%s: operations: wanted [%s], got [%s]\n", check_where, want, got);
    }
}

/* An act is preceded by a save since the event, and nothing is notified unsaved. */
static void check_saved_before_act(void)
{
    bool saved = false;
    for (unsigned i = 0; i < fake.calls; i++) {
        uint8_t callback = fake.log[i].callback;
        saved = saved || callback == SWMGMT_OP_SAVE;
        if (callback == SWMGMT_OP_UNINSTALL || callback == SWMGMT_OP_PREPARE ||
            callback == SWMGMT_OP_ACTIVATE || callback == SWMGMT_OP_DEACTIVATE) {
            CHECK(saved);
        }
    }
}

static void check_operation_flags(bool flag, long active)
{
    for (unsigned i = 0; i < fake.calls; i++) {
        const fake_call_t *call = &fake.log[i];
        switch (call->callback) {
        case SWMGMT_OP_UNINSTALL:
        case SWMGMT_OP_PREPARE:
            CHECK_EQ(active, call->op.active);
            break;
        case SWMGMT_OP_OPEN:
        case SWMGMT_OP_WRITE:
        case SWMGMT_OP_VERIFY:
        case SWMGMT_OP_INSTALL:
            CHECK_EQ(flag, call->op.for_update);
            break;
        default:
            break;
        }
        if (call->callback >= SWMGMT_OP_OPEN && call->callback <= SWMGMT_OP_CANCEL) {
            CHECK(call->op.number != 0);
            CHECK_EQ(0, call->op.instance);
            CHECK_EQ(0, call->op.reserved);
            if (call->callback != SWMGMT_OP_OUTCOME && call->callback != SWMGMT_OP_CANCEL) {
                CHECK_EQ(call->callback, call->op.kind);
            }
        }
    }
    CHECK_EQ(0, fake.number_reused);
}

/* After whatever happened: a power cut leads where the reboot row of the state says. */
static void check_reboot(void)
{
    seen_t old = look();
    seen_t now;
    const row_t *reboot;
    if (old.state < 0 || old.state >= STATES) {
        return;
    }
    reboot = find((uint8_t)old.state, "reboot");
    fake.outcome = SWMGMT_PENDING;
    fake.hook = NULL;
    memset(fake.inside, 0, sizeof fake.inside);
    for (unsigned kind = 0; kind < FAKE_KINDS; kind++) {
        fake.answer[kind] = SWMGMT_DONE;
    }
    fake.answer[SWMGMT_OP_FETCH] = SWMGMT_PENDING;
    if (reboot == NULL || !CHECK_EQ(SWMGMT_OK, fake_boot(&fake))) {
        return;
    }
    now = look();
    if (old.state == SWMGMT_RECEIVING && find(SWMGMT_RECEIVING, "reboot") != NULL) {
        CHECK(now.state == SWMGMT_INITIAL || now.state == SWMGMT_INITIAL_FOR_UPDATE);
    } else {
        CHECK_EQ(reboot->next, now.state);
    }
    CHECK_EQ(reboot->result == RESULT_KEPT ? old.result : reboot->result, now.result);
    CHECK_EQ(old.active, now.active);
    CHECK_TEXT(old.name, now.name);
    CHECK_TEXT(old.version, now.version);
    CHECK_EQ(old.components, now.components);
    CHECK_EQ(0, fake.number_reused);
}

/* ---- one cell ---------------------------------------------------------------------- */

enum mode { SYNC, PENDING, SYNC_FAIL, INSIDE, INSIDE_FAIL, INSIDE_STILL, MODES };
static const char *const mode_name[MODES] = {"sync",        "pending",     "sync failing",
                                             "inside",      "inside failing",
                                             "inside failing, still runs"};

static uint8_t for_flag(uint8_t state, bool flag)
{
    return flag && state == SWMGMT_INITIAL ? SWMGMT_INITIAL_FOR_UPDATE : state;
}

static long shown_in(uint8_t state, bool flag)
{
    for (unsigned i = 0; i < rows; i++) {
        if (row[i].state == state) {
            return flag && state == SWMGMT_UNINSTALLING ? 0 : row[i].shown;
        }
    }
    return -1;
}

static const char *const other_arguments[] = {"0=''", "2", "0,1", "1,0", "0,", "a", "10", "1=''",
                                              " 0",   "00", "0 ", ",", "0='", "-1", "0=0"};

/* Raises a request; the answer, or 0 if the event is no request. */
static swmgmt_answer_t request(const char *event, unsigned variant)
{
    static char long_uri[300];
    static const char *const bad_uri[] = {"no scheme", "ftp://a/b", "http", "http//a", "://a",
                                          "1http://a/b", ""};
    if (starts(event, "write_package_")) {
        const char *what = event + 14;
        bool fresh = swmgmt_state(fake.ctx, 0) != SWMGMT_RECEIVING;
        if (strcmp(what, "first") == 0) {
            return fake_push(&fake, 1, 0, 0, "FFFF", 4, 0, false);
        }
        if (strcmp(what, "next") == 0) {
            return fake_push(&fake, 1, 0, 8, "NNNN", 4, 0, false);
        }
        if (strcmp(what, "last") == 0) {
            return fake_push(&fake, 1, 0, 8, "LLLL", 4, 0, true);
        }
        if (strcmp(what, "whole") == 0) {
            return fake_push(&fake, 1, 0, 0, "WWWW", 4, 0, true);
        }
        if (strcmp(what, "empty") == 0) {
            return fake_push(&fake, 1, 0, 0, NULL, 0, 0, true);
        }
        if (strcmp(what, "gap") == 0) {
            uint32_t offset = variant == 0 ? 20u : variant == 1 ? 4u : 5u;
            return fake_push(&fake, 1, 0, offset, "GGGG", 4, 0, variant == 2);
        }
        if (strcmp(what, "other_server") == 0) {
            return fake_push(&fake, variant == 0 ? 2 : 0, 0, 8, "NNNN", 4, 0, false);
        }
        if (fresh) { /* the completing chunk, where there was one */
            return fake_push(&fake, 1, 0, 8, chunk[2], 4, 0, true);
        }
        return fake_push(&fake, 1, 0, 4, chunk[1], 4, 0, false);
    }
    if (strcmp(event, "write_uri_valid") == 0) {
        return fake_uri(&fake, 0, variant == 0 ? "http://a/b" : "COAPS://[::1]:5684/x?y=%20z");
    }
    if (strcmp(event, "write_uri_empty") == 0) {
        return fake_write(&fake, 0, 3, "", 0);
    }
    if (strcmp(event, "write_uri_too_long") == 0) {
        memset(long_uri, 'x', sizeof long_uri);
        memcpy(long_uri, "http://a/", 9);
        return fake_write(&fake, 0, 3, long_uri, variant == 0 ? 256 : 299);
    }
    if (strcmp(event, "write_uri_invalid") == 0) {
        if (variant == 0) {
            return fake_write(&fake, 0, 3, "http://a/\xff\xfe", 11);
        }
        if (variant == 1) {
            return fake_write(&fake, 0, 3, "http://a/\0b", 11);
        }
        return fake_uri(&fake, 0, bad_uri[variant - 2]);
    }
    if (strcmp(event, "execute_install") == 0) {
        return fake_execute(&fake, 0, 4, variant == 0 ? NULL : "0='x'");
    }
    if (strcmp(event, "execute_uninstall") == 0) {
        return fake_execute(&fake, 0, 6, variant == 0 ? NULL : "");
    }
    if (strcmp(event, "execute_uninstall_0") == 0) {
        return fake_execute(&fake, 0, 6, "0");
    }
    if (strcmp(event, "execute_uninstall_1") == 0) {
        return fake_execute(&fake, 0, 6, "1");
    }
    if (strcmp(event, "execute_uninstall_other") == 0) {
        return fake_execute(&fake, 0, 6, other_arguments[variant]);
    }
    if (strcmp(event, "execute_activate") == 0) {
        return fake_execute(&fake, 0, 10, variant == 0 ? NULL : "7='junk'");
    }
    if (strcmp(event, "execute_deactivate") == 0) {
        return fake_execute(&fake, 0, 11, variant == 0 ? NULL : "7='junk'");
    }
    if (strcmp(event, "delete_instance") == 0) {
        swmgmt_answer_t answer = swmgmt_delete(fake.ctx, 1, 0);
        fake_drain(&fake);
        return answer;
    }
    return 0;
}

static unsigned variants_of(const char *event, uint8_t state)
{
    if (strcmp(event, "write_package_gap") == 0) {
        return 3;
    }
    if (strcmp(event, "write_package_other_server") == 0) {
        return state == SWMGMT_RECEIVING ? 2 : 1;
    }
    if (strcmp(event, "write_uri_valid") == 0 || strcmp(event, "write_uri_too_long") == 0 ||
        strcmp(event, "execute_install") == 0 || strcmp(event, "execute_uninstall") == 0 ||
        strcmp(event, "execute_activate") == 0 || strcmp(event, "execute_deactivate") == 0) {
        return 2;
    }
    if (strcmp(event, "write_uri_invalid") == 0) {
        return 8;
    }
    if (strcmp(event, "execute_uninstall_other") == 0) {
        return (unsigned)(sizeof other_arguments / sizeof other_arguments[0]);
    }
    return 1;
}

static swmgmt_verdict_t verdict_of(const char *event)
{
    static const struct {
        const char *event;
        swmgmt_verdict_t verdict;
    } verdicts[] = {
        {"fail_storage", SWMGMT_FAILED_STORAGE},
        {"fail_memory", SWMGMT_FAILED_MEMORY},
        {"fail_connection", SWMGMT_FAILED_CONNECTION},
        {"fail_type", SWMGMT_FAILED_TYPE},
        {"fail_uri", SWMGMT_FAILED_URI},
        {"fail_other", SWMGMT_FAILED},
        {"fail_integrity", SWMGMT_FAILED_INTEGRITY},
        {"verify_integrity", SWMGMT_FAILED_INTEGRITY},
        {"verify_type", SWMGMT_FAILED_TYPE},
        {"verify_refused", SWMGMT_FAILED},
        {"install_failed", SWMGMT_FAILED_INSTALL},
        {"uninstall_failed", SWMGMT_FAILED_UNINSTALL},
        {"prepare_failed", SWMGMT_FAILED_UNINSTALL},
        {"activate_failed", SWMGMT_FAILED},
        {"deactivate_failed", SWMGMT_FAILED},
    };
    for (unsigned i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++) {
        if (strcmp(verdicts[i].event, event) == 0) {
            return verdicts[i].verdict;
        }
    }
    return SWMGMT_DONE;
}

/* The operation that a request starts inside itself, by what the table says. */
static uint8_t act_of(uint8_t state, uint8_t next)
{
    if (state == next) {
        return 0;
    }
    switch (next) {
    case SWMGMT_UNINSTALLING:
        return SWMGMT_OP_UNINSTALL;
    case SWMGMT_PREPARING:
        return SWMGMT_OP_PREPARE;
    case SWMGMT_ACTIVATING:
        return SWMGMT_OP_ACTIVATE;
    case SWMGMT_DEACTIVATING:
        return SWMGMT_OP_DEACTIVATE;
    default:
        return 0;
    }
}

static const char *ending(uint8_t act, bool good)
{
    static const char *const ends[4][2] = {{"uninstall_failed", "uninstall_ok"},
                                           {"prepare_failed", "prepare_ok"},
                                           {"activate_failed", "activate_ok"},
                                           {"deactivate_failed", "deactivate_ok"}};
    return ends[act - SWMGMT_OP_UNINSTALL][good ? 1 : 0];
}

/* The state in which a completion of `state` ends. */
static uint8_t resolve(uint8_t next, bool flag, bool still_runs)
{
    if (next == BEFORE) {
        return flag ? SWMGMT_INITIAL_FOR_UPDATE : still_runs ? SWMGMT_ACTIVE : SWMGMT_INACTIVE;
    }
    return next;
}

static void begin(const row_t *cell, way_t way, const char *more)
{
    (void)snprintf(where, sizeof where, "%s/%s%s%s%s%s%s [%s]", state_name[cell->state],
                   cell->event, way.flag ? " update" : "", way.dirty ? " dirty" : "",
                   way.pending ? " working" : "", way.active ? " running" : "",
                   way.pulled ? " pulled" : "", more);
    check_where = where;
}

static void check_gone(void)
{
    uint16_t id = SWMGMT_NONE;
    swmgmt_path_t nine = {9, SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE};
    CHECK_EQ(SWMGMT_ENOENT, swmgmt_state(fake.ctx, 0));
    CHECK_EQ(SWMGMT_NOT_FOUND, fake_read_code(&fake, 9, 0, 7, SWMGMT_NONE));
    CHECK_EQ(SWMGMT_ENOENT, swmgmt_next(fake.ctx, nine, &id));
    CHECK_EQ(SWMGMT_NONE, id);
    CHECK_EQ(SWMGMT_NOT_FOUND, fake_execute(&fake, 0, 4, NULL));
    CHECK_EQ(SWMGMT_NOT_FOUND, swmgmt_delete(fake.ctx, 1, 0));
    CHECK_EQ(SWMGMT_NOT_FOUND, fake_push(&fake, 1, 0, 0, "A", 1, 0, false));
    for (unsigned i = 0; i < fake.changes; i++) {
        CHECK(fake.change[i].kind != SWMGMT_CHANGE_VALUE);
    }
    if (CHECK_EQ(SWMGMT_OK, fake_boot(&fake))) {
        CHECK_EQ(SWMGMT_ENOENT, swmgmt_state(fake.ctx, 0));
    }
}

/* What the request part of a cell does to the host. */
static const char *calls_of(const row_t *cell, way_t way)
{
    bool first = strcmp(cell->event, "write_package_first") == 0 ||
                 strcmp(cell->event, "write_package_whole") == 0;
    if (cell->mark != '+') {
        return "";
    }
    if (first) {
        return "OPEN WRITE";
    }
    if (starts(cell->event, "write_package_")) {
        return "WRITE";
    }
    switch (act_of(cell->state, cell->next)) {
    case SWMGMT_OP_UNINSTALL:
        return "UNINSTALL";
    case SWMGMT_OP_PREPARE:
        return "PREPARE";
    case SWMGMT_OP_ACTIVATE:
        return "ACTIVATE";
    case SWMGMT_OP_DEACTIVATE:
        return "DEACTIVATE";
    default:
        break;
    }
    if (starts(cell->event, "execute_uninstall") || cell->next == GONE ||
        strcmp(cell->event, "update_given_up") == 0) {
        switch (cell->state) {
        case SWMGMT_RECEIVING:
        case SWMGMT_DELIVERED:
            return "DISCARD";
        case SWMGMT_FETCHING:
            return way.pending ? "CANCEL DISCARD" : "?DISCARD";
        case SWMGMT_VERIFYING:
            return way.pending ? "CANCEL DISCARD" : "DISCARD";
        default:
            return "";
        }
    }
    return "";
}

static void walk_request(row_t *cell, way_t way, enum mode mode, unsigned variant)
{
    seen_t old;
    seen_t now;
    uint8_t next = cell->next;
    int answer = cell->answer;
    int result = cell->result;
    uint8_t act = act_of(cell->state, cell->next);
    bool flag = way.flag || cell->state == SWMGMT_INITIAL_FOR_UPDATE;
    bool passed_zero = false;
    bool still = mode == INSIDE_STILL;
    bool flag_after = flag;
    const char *calls;
    swmgmt_answer_t got;
    char more[80];
    (void)snprintf(more, sizeof more, "%s, variant %u", mode_name[mode], variant);
    begin(cell, way, more);
    if (!reach(cell->state, way)) {
        return;
    }
    cell->walks++;
    calls = calls_of(cell, way);
    if (cell->next == GONE && flag) { /* Delete is refused throughout an update */
        next = cell->state;
        answer = SWMGMT_NOT_ALLOWED;
        result = RESULT_SAME;
        calls = "";
    }
    if (cell->state == SWMGMT_DELIVERED && way.dirty &&
        strcmp(cell->event, "write_package_repeat") == 0) {
        answer = SWMGMT_NOT_ALLOWED; /* forgotten since Install was accepted */
    }
    if (way.pulled && strcmp(cell->event, "write_package_repeat") == 0) {
        answer = SWMGMT_NOT_ALLOWED; /* nothing was pushed */
    }
    if (act != 0) {
        bool good = mode == SYNC || mode == INSIDE;
        swmgmt_verdict_t failure =
            act == SWMGMT_OP_UNINSTALL || act == SWMGMT_OP_PREPARE ? SWMGMT_FAILED_UNINSTALL
                                                                   : SWMGMT_FAILED;
        fake.answer[act] = mode == PENDING ? SWMGMT_PENDING : good ? SWMGMT_DONE : failure;
        fake.inside[act] = mode >= INSIDE;
        fake.flags = still ? SWMGMT_STILL_RUNS : 0;
        if (mode != PENDING) {
            const row_t *end = find(cell->next, ending(act, good));
            if (!CHECK(end != NULL)) {
                return;
            }
            next = resolve(end->next, flag, still);
            passed_zero = result == 0;
            result = end->result != RESULT_SAME ? end->result : result;
            answer = good ? cell->answer : end->answer;
            flag_after = (flag && !(good && act == SWMGMT_OP_UNINSTALL)) ||
                         (good && act == SWMGMT_OP_PREPARE);
        }
    } else if (mode == PENDING) {
        fake.answer[SWMGMT_OP_DISCARD] = SWMGMT_PENDING;
    }
    next = flag && act == 0 ? for_flag(next, flag) : next;
    fake_forget(&fake);
    old = look();
    got = request(cell->event, variant);
    CHECK_EQ(answer, got);
    if (next == GONE) {
        check_calls(calls);
        check_operation_flags(flag, old.active);
        check_gone();
        return;
    }
    now = look();
    CHECK_EQ(next, now.state);
    CHECK_EQ(shown_in(next, flag_after), now.shown);
    CHECK_EQ(result == RESULT_SAME ? old.result : result, now.result);
    CHECK_EQ(next == SWMGMT_ACTIVE || (old.active == 1 && (next == SWMGMT_DEACTIVATING ||
                                                           next == SWMGMT_PREPARING ||
                                                           next == SWMGMT_UNINSTALLING)),
             now.active);
    check_calls(calls);
    check_changes(old, now, passed_zero,
                  cell->state == SWMGMT_INITIAL_FOR_UPDATE &&
                      strcmp(cell->event, "execute_uninstall_1") == 0);
    if (cell->mark == '=' && cell->answer != SWMGMT_CONTINUE) {
        CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_SAVE)); /* no host call */
    }
    if (act != 0) {
        if (mode >= INSIDE) {
            CHECK_EQ(SWMGMT_OK, fake.inside_status);
        }
        check_saved_before_act();
    }
    check_operation_flags(flag, old.active);
    if (strcmp(cell->event, "write_uri_valid") == 0 && cell->state != next) {
        CHECK(fake_poll(&fake));
        check_calls("OPEN FETCH");
        CHECK_TEXT(variant == 0 ? "http://a/b" : "COAPS://[::1]:5684/x?y=%20z", fake.uri);
        CHECK_EQ(SWMGMT_FETCHING, swmgmt_state(fake.ctx, 0));
    } else if (next == SWMGMT_VERIFYING && cell->state != next) {
        fake.answer[SWMGMT_OP_VERIFY] = SWMGMT_PENDING;
        fake_forget(&fake);
        CHECK(fake_poll(&fake));
        check_calls("VERIFY");
        check_operation_flags(flag, old.active);
        CHECK_EQ(SWMGMT_VERIFYING, swmgmt_state(fake.ctx, 0));
    } else if (next == SWMGMT_INSTALLING && cell->state != next) {
        fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_PENDING;
        CHECK(fake_poll(&fake));
        check_calls("INSTALL");
        check_operation_flags(flag, old.active);
        CHECK_TEXT(variant == 0 ? "" : "0='x'", fake.arguments);
        CHECK_EQ(SWMGMT_INSTALLING, swmgmt_state(fake.ctx, 0));
    }
    check_reboot();
}

/* A number that is not in flight: nothing happens. */
static void walk_stale(row_t *cell, way_t way)
{
    seen_t old;
    seen_t now;
    swmgmt_verdict_t verdict = verdict_of(cell->event);
    uint32_t newest = 0;
    uint32_t ended[8];
    unsigned count = 0;
    begin(cell, way, "stale");
    if (!reach(cell->state, way)) {
        return;
    }
    cell->walks++;
    for (unsigned i = 0; i < fake.calls; i++) {
        uint32_t number = fake.log[i].op.number;
        newest = number > newest ? number : newest;
        /* Reads carry the number of the verification, which may go on. */
        if (number != 0 && count < 8 && fake.log[i].callback != SWMGMT_OP_READ &&
            (fake.log[i].verdict == SWMGMT_DONE || fake.log[i].verdict < 0)) {
            ended[count++] = number;
        }
    }
    old = look();
    fake_forget(&fake);
    if (strcmp(cell->event, "push_timeout") == 0) {
        CHECK(fake_later(&fake, 299999));
        CHECK(fake_later(&fake, 300001));
    } else {
        CHECK_EQ(SWMGMT_ESTALE, swmgmt_done(fake.ctx, newest + 1000, verdict, 0));
        CHECK_EQ(SWMGMT_ESTALE, swmgmt_done(fake.ctx, newest + 1, verdict, 0));
        CHECK_EQ(SWMGMT_ESTALE, swmgmt_done(fake.ctx, UINT32_MAX, verdict, 0));
        CHECK_EQ(SWMGMT_ESTALE, swmgmt_done(fake.ctx, 0, verdict, SWMGMT_STILL_RUNS));
        for (unsigned i = 0; i < count; i++) {
            CHECK_EQ(SWMGMT_ESTALE, swmgmt_done(fake.ctx, ended[i], verdict, 0));
        }
        if (strcmp(cell->event, "transfer_complete") == 0) {
            swmgmt_chunk_t last = {(const uint8_t *)"Z", NULL, 1, 0, 0, 1, 0, {0, 0}};
            CHECK_EQ(SWMGMT_ESTALE, swmgmt_fetched(fake.ctx, newest + 1, &last));
            for (unsigned i = 0; i < count; i++) {
                CHECK_EQ(SWMGMT_ESTALE, swmgmt_fetched(fake.ctx, ended[i], &last));
            }
        }
        fake_drain(&fake);
    }
    now = look();
    CHECK_EQ(old.state, now.state);
    CHECK_EQ(old.shown, now.shown);
    CHECK_EQ(old.result, now.result);
    CHECK_EQ(old.active, now.active);
    CHECK_TEXT(old.name, now.name);
    check_calls("");
    CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_SAVE));
    CHECK_EQ(0, fake.changes);
}

/* A completion of what runs in this state. */
static void walk_completion(row_t *cell, const char *event, const row_t *end, way_t way,
                            enum mode mode)
{
    seen_t old;
    seen_t now;
    bool flag = way.flag;
    bool flag_after = flag;
    bool still = mode == INSIDE_STILL;
    swmgmt_verdict_t verdict = verdict_of(event);
    const char *calls = "";
    uint8_t next;
    int result = end->result;
    uint8_t kind = 0;
    uint32_t number = 0;
    begin(cell, way, mode_name[mode]);
    way.pending = mode == PENDING || cell->state == SWMGMT_FETCHING || mode == INSIDE_STILL;
    if (cell->state == SWMGMT_VERIFYING || cell->state == SWMGMT_INSTALLING) {
        way.pending = mode == PENDING;
    }
    if (!reach(cell->state, way)) {
        return;
    }
    cell->walks++;
    switch (cell->state) {
    case SWMGMT_VERIFYING:
        kind = SWMGMT_OP_VERIFY;
        break;
    case SWMGMT_INSTALLING:
        kind = SWMGMT_OP_INSTALL;
        break;
    case SWMGMT_FETCHING:
        kind = SWMGMT_OP_FETCH;
        break;
    case SWMGMT_UNINSTALLING:
        kind = SWMGMT_OP_UNINSTALL;
        break;
    case SWMGMT_PREPARING:
        kind = SWMGMT_OP_PREPARE;
        break;
    case SWMGMT_ACTIVATING:
        kind = SWMGMT_OP_ACTIVATE;
        break;
    default:
        kind = SWMGMT_OP_DEACTIVATE;
        break;
    }
    if (strcmp(event, "install_ok") == 0 || strcmp(event, "uninstall_ok") == 0) {
        flag_after = false;
    } else if (strcmp(event, "prepare_ok") == 0) {
        flag_after = true;
    }
    next = resolve(end->next, flag, still);
    next = for_flag(next, flag_after);
    old = look();
    if (kind == SWMGMT_OP_VERIFY || kind == SWMGMT_OP_INSTALL) {
        bool bad_package = kind == SWMGMT_OP_VERIFY && verdict != SWMGMT_DONE;
        if (way.pending) {
            calls = bad_package ? "DISCARD" : "";
            number = fake_newest(&fake, kind).op.number;
            fake_forget(&fake);
            /* the log is forgotten, so complete by number */
            fake_slot(&fake, 0)->software =
                kind == SWMGMT_OP_INSTALL && verdict == SWMGMT_DONE
                    ? 2
                    : fake_slot(&fake, 0)->software;
            CHECK_EQ(SWMGMT_OK, swmgmt_done(fake.ctx, number, verdict, 0));
            fake_drain(&fake);
        } else {
            calls = kind == SWMGMT_OP_INSTALL ? "INSTALL"
                    : bad_package             ? "VERIFY DISCARD"
                                              : "VERIFY";
            fake.answer[kind] = verdict;
            fake.inside[kind] = mode >= INSIDE;
            fake.flags = 0;
            fake_forget(&fake);
        }
        CHECK(fake_poll(&fake));
        if (mode >= INSIDE) {
            CHECK_EQ(SWMGMT_OK, fake.inside_status);
        }
    } else if (kind == SWMGMT_OP_FETCH) {
        number = fake_newest(&fake, kind).op.number;
        if (strcmp(event, "transfer_complete") == 0) {
            swmgmt_chunk_t last = {(const uint8_t *)"BBBBCCCC", NULL, 8, 4, 12, 1, 0, {0, 0}};
            fake_forget(&fake);
            CHECK_EQ(SWMGMT_OK, swmgmt_fetched(fake.ctx, number, &last));
            fake_drain(&fake);
            calls = "WRITE";
        } else if (mode == SYNC) { /* the store fails instead */
            swmgmt_chunk_t more = {(const uint8_t *)"BBBB", NULL, 4, 4, 12, 0, 0, {0, 0}};
            fake_forget(&fake);
            fake_fail(&fake, SWMGMT_OP_WRITE, 1, verdict);
            (void)swmgmt_fetched(fake.ctx, number, &more);
            fake_drain(&fake);
            CHECK(fake_poll(&fake));
            CHECK_EQ(SWMGMT_ESTALE, swmgmt_fetched(fake.ctx, number, &more));
            calls = "WRITE CANCEL DISCARD";
        } else {
            fake_forget(&fake);
            CHECK_EQ(SWMGMT_OK, swmgmt_done(fake.ctx, number, verdict, 0));
            fake_drain(&fake);
            CHECK(fake_poll(&fake));
            calls = "DISCARD";
        }
    } else {
        const fake_call_t *call = fake_last(&fake, kind);
        if (!CHECK(call != NULL)) {
            return;
        }
        number = call->op.number;
        CHECK_EQ(SWMGMT_OK, fake_complete(&fake, kind, verdict, still ? SWMGMT_STILL_RUNS : 0));
        memset(fake.log, 0, sizeof fake.log);
        fake.calls = 0;
        CHECK(fake_poll(&fake));
        calls = "";
    }
    now = look();
    CHECK_EQ(next, now.state);
    CHECK_EQ(shown_in(next, flag_after), now.shown);
    CHECK_EQ(result == RESULT_SAME ? old.result : result, now.result);
    CHECK_EQ(next == SWMGMT_ACTIVE, now.active);
    check_calls(calls);
    if (kind == SWMGMT_OP_VERIFY || kind == SWMGMT_OP_INSTALL || kind == SWMGMT_OP_FETCH) {
        check_changes(old, now, false, false);
    }
    check_operation_flags(flag, old.active);
    if (number != 0) {
        CHECK_EQ(SWMGMT_ESTALE, swmgmt_done(fake.ctx, number, verdict, 0)); /* twice */
        CHECK_EQ(next, swmgmt_state(fake.ctx, 0));
    }
    check_reboot();
}

/* A failing store in RECEIVING, inside a Write. */
static void walk_push_failure(row_t *cell, const char *event, const row_t *end, way_t way,
                              unsigned variant)
{
    static const char *const variant_name[] = {"next", "restart", "open at restart", "last",
                                               "first from INITIAL", "open from INITIAL"};
    seen_t old;
    seen_t now;
    swmgmt_verdict_t verdict = verdict_of(event);
    swmgmt_answer_t got;
    const char *calls = "WRITE DISCARD";
    begin(cell, way, variant_name[variant]);
    if (!reach(variant < 4 ? cell->state
                           : for_flag(SWMGMT_INITIAL, way.flag),
               way)) {
        return;
    }
    cell->walks++;
    old = look();
    fake_forget(&fake);
    fake_fail(&fake, variant == 2 || variant == 5 ? SWMGMT_OP_OPEN : SWMGMT_OP_WRITE, 1,
              verdict);
    if (variant == 0) {
        got = request("write_package_next", 0);
    } else if (variant == 3) {
        if (verdict == SWMGMT_FAILED_INTEGRITY || verdict == SWMGMT_FAILED_TYPE) {
            /* Whether a store that says so is a store that fails or a fault of content is
             * left open: the result is the same, but perhaps one poll later. */
            got = request("write_package_last", 0);
            CHECK(got == SWMGMT_CHANGED || got == SWMGMT_INTERNAL_ERROR);
            got = end->answer;
            CHECK(fake_poll(&fake));
            calls = "WRITE DISCARD";
        } else {
            got = request("write_package_last", 0);
        }
    } else {
        got = request("write_package_first", 0);
        calls = variant == 1   ? "OPEN WRITE DISCARD"
                : variant == 2 ? "OPEN DISCARD"
                : variant == 4 ? "OPEN WRITE DISCARD"
                               : "OPEN ?DISCARD";
    }
    CHECK_EQ(end->answer, got);
    now = look();
    CHECK_EQ(for_flag(end->next, way.flag), now.state);
    CHECK_EQ(end->result, now.result);
    CHECK_EQ(0, now.shown);
    CHECK(fake_poll(&fake));
    check_calls(calls);
    if (variant < 3) {
        check_changes(old, now, false, false);
    }
    check_reboot();
}

static void walk_give_up(row_t *cell, way_t way, uint8_t still_runs)
{
    seen_t old;
    seen_t now;
    const char *calls = calls_of(cell, way);
    bool flag = way.flag || cell->state == SWMGMT_INITIAL_FOR_UPDATE;
    bool busy = cell->state == SWMGMT_INSTALLING || cell->state == SWMGMT_UNINSTALLING;
    swmgmt_status_t status;
    begin(cell, way, still_runs ? "still runs" : "stopped");
    if (!reach(cell->state, way)) {
        return;
    }
    cell->walks++;
    old = look();
    fake_forget(&fake);
    status = swmgmt_give_up_update(fake.ctx, 0, still_runs);
    fake_drain(&fake);
    now = look();
    if (cell->next == BEFORE && flag) {
        uint8_t next = still_runs ? SWMGMT_ACTIVE : SWMGMT_INACTIVE;
        CHECK_EQ(SWMGMT_OK, status);
        CHECK_EQ(next, now.state);
        CHECK_EQ(4, now.shown);
        CHECK_EQ(still_runs, now.active);
        CHECK_EQ(old.result >= 50 ? old.result : cell->result, now.result);
        check_changes(old, now, false, false);
        CHECK(fake_poll(&fake));
        check_calls(calls);
        CHECK_EQ(next, swmgmt_state(fake.ctx, 0));
    } else {
        if (busy && flag) {
            CHECK_EQ(SWMGMT_EBUSY, status);
        } else if (busy) { /* nothing to give up, but the host works: either */
            CHECK(status == SWMGMT_EBUSY || status == SWMGMT_OK);
        } else {
            CHECK_EQ(SWMGMT_OK, status);
        }
        CHECK_EQ(old.state, now.state);
        CHECK_EQ(old.result, now.result);
        CHECK_EQ(old.active, now.active);
        CHECK_EQ(0, fake.changes);
        check_calls("");
        CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_SAVE));
    }
    check_reboot();
}

/* A power cut in this state; `answer` is what the host then says of what was in flight. */
static void walk_reboot(row_t *cell, way_t way, swmgmt_verdict_t answer)
{
    seen_t old;
    seen_t now;
    uint32_t number = 0;
    uint8_t kind = 0;
    uint8_t next = for_flag(cell->next, way.flag);
    int result = cell->result;
    bool flag = way.flag || cell->state == SWMGMT_INITIAL_FOR_UPDATE;
    bool flag_after = flag;
    const char *calls = "";
    const row_t *end = NULL;
    char more[40];
    (void)snprintf(more, sizeof more, "then %d", (int)answer);
    begin(cell, way, more);
    if (!reach(cell->state, way)) {
        return;
    }
    cell->walks++;
    old = look();
    switch (cell->state) {
    case SWMGMT_INSTALLING:
        kind = SWMGMT_OP_INSTALL;
        break;
    case SWMGMT_UNINSTALLING:
        kind = SWMGMT_OP_UNINSTALL;
        break;
    case SWMGMT_PREPARING:
        kind = SWMGMT_OP_PREPARE;
        break;
    case SWMGMT_ACTIVATING:
        kind = SWMGMT_OP_ACTIVATE;
        break;
    case SWMGMT_DEACTIVATING:
        kind = SWMGMT_OP_DEACTIVATE;
        break;
    default:
        break;
    }
    for (unsigned i = 0; i < FAKE_KINDS; i++) {
        fake.answer[i] = SWMGMT_PENDING;
    }
    fake.answer[SWMGMT_OP_SAVE] = SWMGMT_DONE;
    fake.answer[SWMGMT_OP_LOAD] = SWMGMT_DONE;
    fake.answer[SWMGMT_OP_OPEN] = SWMGMT_DONE;
    fake.answer[SWMGMT_OP_READ] = SWMGMT_DONE;
    fake.answer[SWMGMT_OP_DISCARD] = SWMGMT_DONE;
    if (kind != 0) {
        const fake_call_t *call = fake_last(&fake, kind);
        number = call != NULL ? call->op.number : 0;
        calls = "OUTCOME";
        fake.outcome = answer;
        if (answer == SWMGMT_DONE || answer < 0) {
            end = kind == SWMGMT_OP_INSTALL
                      ? find(SWMGMT_INSTALLING,
                             answer == SWMGMT_DONE ? "install_ok" : "install_failed")
                      : find(cell->state, ending(kind, answer == SWMGMT_DONE));
        } else if (answer == SWMGMT_UNKNOWN && kind == SWMGMT_OP_INSTALL) {
            end = find(SWMGMT_INSTALLING, "install_failed");
        } else if (answer == SWMGMT_UNKNOWN || answer == SWMGMT_NOT_STARTED) {
            calls = kind == SWMGMT_OP_INSTALL     ? "OUTCOME INSTALL"
                    : kind == SWMGMT_OP_UNINSTALL ? "OUTCOME UNINSTALL"
                    : kind == SWMGMT_OP_PREPARE   ? "OUTCOME PREPARE"
                    : kind == SWMGMT_OP_ACTIVATE  ? "OUTCOME ACTIVATE"
                                                  : "OUTCOME DEACTIVATE";
        }
        if (end != NULL) {
            next = resolve(end->next, flag, false);
            result = end->result != RESULT_SAME ? end->result : result;
            flag_after = (flag && answer != SWMGMT_DONE) || next == SWMGMT_INITIAL_FOR_UPDATE;
            calls = next == SWMGMT_DELIVERED ? "OUTCOME ?OPEN" : "OUTCOME";
        }
    } else if (cell->state == SWMGMT_VERIFYING) {
        calls = "OPEN VERIFY";
    } else if (cell->state == SWMGMT_DELIVERED) {
        calls = "OPEN";
    } else if (cell->state == SWMGMT_FETCHING) {
        calls = "OPEN FETCH";
    } else if (cell->state == SWMGMT_RECEIVING) {
        calls = "?DISCARD";
    }
    if ((cell->state == SWMGMT_VERIFYING || cell->state == SWMGMT_DELIVERED) &&
        answer == SWMGMT_FAILED) { /* the bytes are gone */
        fake.answer[SWMGMT_OP_OPEN] = SWMGMT_FAILED;
        next = for_flag(SWMGMT_INITIAL, flag);
        result = 57;
        calls = "OPEN ?DISCARD";
    }
    fake_forget(&fake);
    if (!CHECK_EQ(SWMGMT_OK, fake_boot(&fake))) {
        return;
    }
    CHECK(fake_poll(&fake));
    now = look();
    CHECK_EQ(next, now.state);
    CHECK_EQ(shown_in(next, flag_after), now.shown);
    CHECK_EQ(result == RESULT_KEPT ? old.result : result, now.result);
    CHECK_EQ(next == SWMGMT_ACTIVE || (old.active == 1 && (next == SWMGMT_DEACTIVATING ||
                                                           next == SWMGMT_PREPARING ||
                                                           next == SWMGMT_UNINSTALLING)),
             now.active);
    if (end == NULL) {
        CHECK_TEXT(old.name, now.name);
        CHECK_TEXT(old.version, now.version);
    }
    check_calls(calls);
    if (kind != 0) {
        const fake_call_t *call = fake_last(&fake, SWMGMT_OP_OUTCOME);
        if (CHECK(call != NULL)) {
            CHECK_EQ(kind, call->op.kind);
            CHECK_EQ(0, call->op.instance);
            if (number != 0) {
                CHECK_EQ(number, call->op.number); /* it keeps its recorded number */
            }
            number = call->op.number;
        }
    }
    if (cell->state == SWMGMT_VERIFYING || cell->state == SWMGMT_DELIVERED) {
        const fake_call_t *call = fake_last(&fake, SWMGMT_OP_OPEN);
        if (CHECK(call != NULL)) {
            CHECK_EQ(12, call->offset);
        }
    }
    CHECK_EQ(0, fake.number_reused);
    if (kind != 0 && answer == SWMGMT_PENDING) { /* completed in the next life */
        const row_t *good = kind == SWMGMT_OP_INSTALL ? find(SWMGMT_INSTALLING, "install_ok")
                                                      : find(cell->state, ending(kind, true));
        CHECK_EQ(SWMGMT_OK, swmgmt_done(fake.ctx, number, SWMGMT_DONE, 0));
        fake_drain(&fake);
        if (CHECK(good != NULL)) {
            CHECK_EQ(good->next, swmgmt_state(fake.ctx, 0));
        }
    }
    if (kind != 0 && answer == SWMGMT_UNKNOWN && kind != SWMGMT_OP_INSTALL) {
        /* Called once more; a second time it has failed. */
        const row_t *bad = find(cell->state, ending(kind, false));
        fake_forget(&fake);
        if (CHECK_EQ(SWMGMT_OK, fake_boot(&fake)) && CHECK(fake_poll(&fake)) &&
            CHECK(bad != NULL)) {
            check_calls("OUTCOME");
            CHECK_EQ(resolve(bad->next, flag, false), swmgmt_state(fake.ctx, 0));
        }
    }
}

/* ---- all cells ---------------------------------------------------------------------- */

static bool has_flag_form(uint8_t state)
{
    return (state >= SWMGMT_RECEIVING && state <= SWMGMT_INSTALLING) ||
           state == SWMGMT_UNINSTALLING;
}

static void walk_cell(row_t *cell)
{
    bool completion_here = false;
    const char *event = cell->event;
    const row_t *end = cell;
    bool is_request = starts(event, "write_") || starts(event, "execute_") ||
                      strcmp(event, "delete_instance") == 0;
    for (unsigned bits = 0; bits < 32; bits++) {
        way_t way;
        uint8_t s = cell->state;
        way.flag = (bits & 1u) != 0;
        way.dirty = (bits & 2u) != 0;
        way.pending = (bits & 4u) != 0;
        way.active = (bits & 8u) != 0;
        way.pulled = (bits & 16u) != 0;
        if ((way.flag && !has_flag_form(s)) ||
            (way.active && !way.flag && s != SWMGMT_PREPARING && s != SWMGMT_UNINSTALLING &&
             s != SWMGMT_INITIAL_FOR_UPDATE) ||
            (way.pulled && (s != SWMGMT_VERIFYING && s != SWMGMT_DELIVERED)) ||
            (way.dirty && (s == SWMGMT_INSTALLING ||
                           (s == SWMGMT_UNINSTALLING && way.flag))) ||
            (way.pending &&
             s != SWMGMT_FETCHING && s != SWMGMT_VERIFYING && s != SWMGMT_INSTALLING)) {
            continue;
        }
        if (is_request) {
            unsigned variants = variants_of(event, s);
            uint8_t act = cell->mark == '+' ? act_of(s, cell->next) : 0;
            for (unsigned v = 0; v < variants; v++) {
                walk_request(cell, way, SYNC, v);
                if (v == 0 && cell->mark == '+') {
                    walk_request(cell, way, PENDING, v);
                }
                if (v == 0 && act != 0) {
                    walk_request(cell, way, SYNC_FAIL, v);
                    walk_request(cell, way, INSIDE, v);
                    walk_request(cell, way, INSIDE_FAIL, v);
                    if (s == SWMGMT_ACTIVE &&
                        (act == SWMGMT_OP_UNINSTALL || act == SWMGMT_OP_PREPARE)) {
                        walk_request(cell, way, INSIDE_STILL, v);
                    }
                }
            }
            continue;
        }
        if (strcmp(event, "reboot") == 0) {
            walk_reboot(cell, way, SWMGMT_PENDING);
            if (s == SWMGMT_VERIFYING || s == SWMGMT_DELIVERED) {
                walk_reboot(cell, way, SWMGMT_FAILED);
            }
            if (s == SWMGMT_INSTALLING || (s >= SWMGMT_ACTIVATING && s <= SWMGMT_UNINSTALLING)) {
                walk_reboot(cell, way, SWMGMT_DONE);
                walk_reboot(cell, way, s == SWMGMT_INSTALLING ? SWMGMT_FAILED_INSTALL
                                       : s >= SWMGMT_PREPARING ? SWMGMT_FAILED_UNINSTALL
                                                               : SWMGMT_FAILED);
                walk_reboot(cell, way, SWMGMT_NOT_STARTED);
                walk_reboot(cell, way, SWMGMT_UNKNOWN);
            }
            continue;
        }
        if (strcmp(event, "update_given_up") == 0) {
            walk_give_up(cell, way, 0);
            walk_give_up(cell, way, 1);
            continue;
        }
        if (cell->mark == '~' || cell->mark == '!') {
            if ((s == SWMGMT_VERIFYING || s == SWMGMT_INSTALLING || s == SWMGMT_FETCHING) &&
                !way.pending && strcmp(event, "push_timeout") == 0) {
                continue; /* a poll would begin the work that waits */
            }
            walk_stale(cell, way);
            if (cell->mark == '~') {
                continue;
            }
            end = find(s, cell->becomes);
            if (!CHECK(end != NULL)) {
                continue;
            }
        }
        if (strcmp(event, "push_timeout") == 0) {
            seen_t old;
            begin(cell, way, "poll");
            if (!reach(s, way)) {
                continue;
            }
            cell->walks++;
            CHECK(fake_poll(&fake)); /* tells the time of the last chunk */
            old = look();
            fake_forget(&fake);
            CHECK(fake_later(&fake, 299999));
            CHECK_EQ(s, swmgmt_state(fake.ctx, 0));
            check_calls("");
            CHECK(fake_later(&fake, 2));
            CHECK_EQ(for_flag(cell->next, way.flag), swmgmt_state(fake.ctx, 0));
            CHECK_EQ(cell->result, fake_number(&fake, 9, 0, 9));
            check_calls("DISCARD");
            check_changes(old, look(), false, false);
            check_reboot();
            continue;
        }
        if (s == SWMGMT_RECEIVING) {
            for (unsigned v = 0; v < 6; v++) {
                walk_push_failure(cell, event, end, way, v);
            }
            continue;
        }
        completion_here = true;
        if (way.pending && s != SWMGMT_FETCHING) {
            continue; /* the modes below do both */
        }
        if (s == SWMGMT_FETCHING && !way.pending) {
            continue;
        }
        walk_completion(cell, event, end, way, PENDING);
        if (s == SWMGMT_VERIFYING || s == SWMGMT_INSTALLING) {
            walk_completion(cell, event, end, way, SYNC);
            walk_completion(cell, event, end, way, INSIDE);
        } else if (s == SWMGMT_FETCHING && strcmp(event, "transfer_complete") != 0) {
            bool known = strcmp(event, "fail_connection") != 0 && strcmp(event, "fail_uri") != 0;
            if (known) { /* a store has no connection */
                walk_completion(cell, event, end, way, SYNC);
            }
        } else if (end->next == BEFORE && way.active && !way.flag) {
            walk_completion(cell, event, end, way, INSIDE_STILL);
        }
    }
    (void)completion_here;
}

int main(int count, char **argument)
{
    unsigned none = 0;
    unsigned stale = 0;
    unsigned walked = 0;
    unsigned bad = 0;
    unsigned never = 0;
    if (count < 2 || !load_text(argument[1], table_text, sizeof table_text)) {
        printf("cannot read transitions.txt: give its path\n");
        return 2;
    }
    parse(table_text);
    CHECK_EQ(585, rows);
    for (unsigned i = 0; i < rows; i++) {
        unsigned failed = check_failed;
        if (row[i].mark == '/') {
            none++;
            continue;
        }
        if (count > 2 && strstr(argument[2], row[i].event) == NULL) {
            continue; /* walk event [STATE]: only some cells */
        }
        if (count > 3 && strcmp(argument[3], state_name[row[i].state]) != 0) {
            continue;
        }
        walk_cell(&row[i]);
        row[i].failures = check_failed - failed;
        walked++;
        stale += row[i].mark == '~' || row[i].mark == '!' ? 1u : 0u;
    }
    for (unsigned i = 0; i < rows; i++) {
        if (row[i].failures > 0) {
            printf("FAILED %s/%s: %u\n", state_name[row[i].state], row[i].event,
                   row[i].failures);
            bad++;
        }
        never += row[i].mark != '/' && row[i].walks == 0 && count == 2 ? 1u : 0u;
    }
    check_where = "end";
    CHECK_EQ(0, never);
    printf("%u cells walked (%u of them stale), %u n/a, %u never reached, %u with failures\n",
           walked, stale, none, never, bad);
    return check_end();
}
