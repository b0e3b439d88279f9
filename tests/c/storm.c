/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Storms: random, but repeatable requests, completions, polls, failing saves and power
 * cuts over four instances with components; after every step the things that hold
 * always are checked, and at its end every storm must come to rest. In every second storm
 * the device knows containers, and most packages are in one.
 *
 *     storm [first seed] [last seed] [anything: print the steps]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "packed.h"

#define NINES 4u    /* ids 0 ... 3 of Object 9 */
#define FOURTEENS 16u
#define STEPS 60u
#define LONGEST 700u /* bytes of a package */

static fake_t fake;
static char where[200];
static bool telling;
static unsigned seeds_failed;

/* ---- dice ------------------------------------------------------------------------------- */

static uint64_t dice;

static unsigned any(unsigned below)
{
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return (unsigned)((dice >> 11) % below);
}

static bool one_in(unsigned chances)
{
    return any(chances) == 0;
}

/* ---- operations in flight --------------------------------------------------------------- */

typedef struct {
    uint32_t number;
    uint16_t instance;
    uint8_t kind;
    uint32_t offset; /* of a download: where its next bytes belong */
    uint32_t again;  /* so many of them are to be offered once more */
    bool last;
} pending_t;

static pending_t pending[64];
static unsigned pendings;
static uint32_t over; /* the number of one that is not in flight any more */

static void forget_pending(unsigned place)
{
    over = pending[place].number;
    pending[place] = pending[--pendings];
}

/* Takes over what the callbacks have answered since the last time. */
static void collect(void)
{
    CHECK_EQ(0, fake.lost_calls);
    for (unsigned i = 0; i < fake.calls; i++) {
        const fake_call_t *call = &fake.log[i];
        if (telling) {
            printf("    %s %u of %u: %d\n", swmgmt_operation_name(call->callback),
                   (unsigned)call->op.number, call->op.instance, (int)call->verdict);
        }
        if (call->callback == SWMGMT_OP_CANCEL) {
            for (unsigned n = pendings; n > 0; n--) {
                if (pending[n - 1].number == call->op.number) {
                    forget_pending(n - 1);
                }
            }
        } else if (call->verdict == SWMGMT_PENDING && call->op.number != 0 && pendings < 64) {
            pending_t *one = &pending[pendings];
            for (unsigned n = 0; n < pendings; n++) {
                CHECK(pending[n].number != call->op.number);
            }
            pendings++;
            one->number = call->op.number;
            one->instance = call->op.instance;
            one->kind = call->op.kind;
            one->offset = call->callback == SWMGMT_OP_FETCH ? call->offset : 0;
            one->again = 0;
        }
    }
    fake.calls = 0;
}

static bool is_pending(uint8_t kind, uint16_t instance)
{
    for (unsigned i = 0; i < pendings; i++) {
        if (pending[i].kind == kind && pending[i].instance == instance) {
            return true;
        }
    }
    return false;
}

static swmgmt_status_t complete(unsigned place, swmgmt_verdict_t verdict, uint32_t flags)
{
    pending_t one = pending[place];
    forget_pending(place);
    if (verdict == SWMGMT_DONE) { /* what it has done to the device */
        fake_slot_t *slot = fake_slot(&fake, one.instance);
        if (one.kind == SWMGMT_OP_DISCARD) {
            slot->length = 0;
        } else if (one.kind == SWMGMT_OP_INSTALL || one.kind == SWMGMT_OP_UNINSTALL) {
            slot->software = one.kind == SWMGMT_OP_INSTALL ? 2 : 0;
            slot->list_components = one.kind == SWMGMT_OP_INSTALL;
        }
    }
    return swmgmt_done(fake.ctx, one.number, verdict, flags);
}

/* ---- the bytes that were accepted ------------------------------------------------------- */

typedef struct {
    uint8_t bytes[LONGEST];
    uint32_t length;
} package_t;

static package_t package[NINES];

/* What there is to send: four packages in no container and six in one, of which the last two
 * are broken. The first of those is the best. */
#define PLAIN 4u
#define BEST 4u
#define GOOD 8u
#define SORTS 10u

static package_t made[SORTS];
static bool packing;           /* this device knows containers */
static unsigned sending[NINES]; /* what is being sent to an instance */

static void make_packages(void)
{
    static const packed_t all[] = {
        {.name = "best", .version = "9", .part = {{"a", "9", 90, 1}}, .parts = 1,
         .counted = true, .counter = 9, .key = 1, .algorithm = SWMGMT_ED25519},
        {.name = "two", .version = "2", .part = {{"a", "2", 30, 1}, {"b", "1", 40, 2}}, .parts = 2,
         .counted = true, .counter = 3, .key = 2, .algorithm = SWMGMT_ED25519},
        {.name = "best", .version = "1", .part = {{"a", "1", 1, 1}}, .parts = 1},
        {.version = "3.0.0", .part = {{"", "", 60, 1}}, .parts = 1, .counted = true, .counter = 4,
         .key = 1, .algorithm = SWMGMT_ED25519}};
    static uint8_t bytes[PACKED_ROOM];
    for (unsigned n = PLAIN; n < SORTS; n++) {
        const packed_t *what = &all[(n - PLAIN) % 4u];
        bool image = what->name == NULL;
        if (n >= GOOD) {
            what = &all[n == GOOD ? 1 : 3];
            image = n > GOOD;
        }
        made[n].length = image ? packed_image(what, bytes) : packed_make(what, bytes);
        if (!CHECK(made[n].length <= LONGEST)) {
            made[n].length = 0;
        }
        memcpy(made[n].bytes, bytes, made[n].length);
        if (n >= GOOD) { /* in the payload */
            uint32_t at = image ? 40 : made[n].length - 1;
            made[n].bytes[at] = (uint8_t)(made[n].bytes[at] ^ 1u);
        }
    }
}

/* Which package is sent to an instance: most often the one that was begun. */
static unsigned sort_of(uint16_t instance, uint32_t offset)
{
    if (!packing) {
        return any(PLAIN);
    }
    if (offset == 0 || one_in(16)) {
        sending[instance % NINES] = one_in(4) ? any(PLAIN) : PLAIN + any(SORTS - PLAIN);
    }
    return sending[instance % NINES];
}

/* Bytes of it, the same whenever they are sent again. */
static const uint8_t *bytes_of(unsigned which, uint32_t offset)
{
    static uint8_t bytes[LONGEST];
    if (which >= PLAIN && offset < made[which].length) {
        return made[which].bytes + offset;
    }
    for (uint32_t i = 0; i < LONGEST; i++) {
        bytes[i] = (uint8_t)('A' + (which * 7u + offset + i) % 26u);
    }
    return bytes;
}

/* How many bytes of it come at once; `last`: whether they are. */
static uint32_t some_bytes(unsigned which, uint32_t offset, uint32_t wanted, bool *last)
{
    static const uint32_t sizes[] = {4, 60, 250, LONGEST};
    uint32_t size = sizes[any(4)];
    uint32_t left;
    if (which < PLAIN || wanted == 0 || offset >= made[which].length) {
        return wanted;
    }
    left = made[which].length - offset;
    *last = size >= left ? !one_in(8) : one_in(30);
    return size < left ? size : left;
}

static void accepted(uint16_t instance, uint32_t offset, const uint8_t *bytes, uint32_t length)
{
    if (instance < NINES && offset + length <= LONGEST) {
        if (length > 0) {
            memcpy(package[instance].bytes + offset, bytes, length);
        }
        package[instance].length = offset + length;
    }
}

/* ---- what a server can see -------------------------------------------------------------- */

enum { N5, N7, N8, N9, N12, N13, N18, NUMBERS };
static const uint16_t number_id[NUMBERS] = {5, 7, 8, 9, 12, 13, 18};
enum { T0, T1, T16, TEXTS };
static const uint16_t text_id[TEXTS] = {0, 1, 16};

typedef struct {
    bool here;
    long number[NUMBERS];
    char text[TEXTS][40];
    uint32_t links; /* 17: its entries, a bit each */
} nine_t;

typedef struct {
    nine_t nine[NINES];
    bool here[FOURTEENS]; /* Object 14 */
    long active[FOURTEENS];
} view_t;

static int32_t state_of(uint16_t instance)
{
    return swmgmt_state(fake.ctx, instance);
}

static uint32_t links_of(uint16_t instance)
{
    swmgmt_path_t within = fake_path(9, instance, 17);
    uint32_t links = 0;
    for (uint16_t index = SWMGMT_NONE; swmgmt_next(fake.ctx, within, &index) == SWMGMT_OK;) {
        swmgmt_value_t value;
        within.index = index;
        if (CHECK_EQ(SWMGMT_CONTENT, swmgmt_read(fake.ctx, within, &value))) {
            CHECK_EQ(14, value.number / 65536u);
            links |= UINT32_C(1) << value.number % 32u;
        }
        within.index = SWMGMT_NONE;
    }
    return links;
}

static void look_at_nine(uint16_t i, nine_t *nine)
{
    memset(nine, 0, sizeof *nine);
    nine->here = state_of(i) >= 0;
    if (!nine->here) {
        return;
    }
    for (unsigned n = 0; n < NUMBERS; n++) {
        nine->number[n] = fake_number(&fake, 9, i, number_id[n]);
    }
    for (unsigned n = 0; n < TEXTS; n++) {
        (void)snprintf(nine->text[n], sizeof nine->text[n], "%.39s",
                       fake_text(&fake, 9, i, text_id[n]));
    }
    nine->links = links_of(i);
}

static void look(view_t *view)
{
    swmgmt_path_t within = fake_path(14, SWMGMT_NONE, SWMGMT_NONE);
    memset(view, 0, sizeof *view);
    for (uint16_t i = 0; i < NINES; i++) {
        look_at_nine(i, &view->nine[i]);
    }
    for (uint16_t id = SWMGMT_NONE; swmgmt_next(fake.ctx, within, &id) == SWMGMT_OK;) {
        if (CHECK(id < FOURTEENS)) {
            view->here[id] = true;
            view->active[id] = fake_number(&fake, 14, id, 5);
        }
    }
}

/* The same but for result and reason, if those may change. */
static void same_nine(const nine_t *want, const nine_t *got, bool with_result)
{
    CHECK_EQ(want->here, got->here);
    for (unsigned n = 0; n < NUMBERS; n++) {
        if (with_result || n != N9) {
            check_equal(__FILE__, __LINE__, "number", want->number[n], got->number[n]);
        }
    }
    for (unsigned n = 0; n < TEXTS; n++) {
        if (with_result || n != T16) {
            check_text(__FILE__, __LINE__, "text", want->text[n], got->text[n]);
        }
    }
    CHECK_EQ(want->links, got->links);
}

static void same_fourteens(const view_t *want, const view_t *got)
{
    for (unsigned i = 0; i < FOURTEENS; i++) {
        CHECK_EQ(want->here[i], got->here[i]);
        CHECK_EQ(want->active[i], got->active[i]);
    }
}

/* ---- what was told ----------------------------------------------------------------------- */

static view_t told;

static void hear_value(const swmgmt_change_t *change, unsigned *rank)
{
    static const uint16_t order[] = {16, 9, 7, 12, 0, 1, 17, 18};
    nine_t *nine = &told.nine[change->path.instance];
    uint16_t resource = change->path.resource;
    for (unsigned n = 0; n < NUMBERS; n++) {
        if (number_id[n] == resource) {
            nine->number[n] = (long)change->value.number;
        }
    }
    for (unsigned n = 0; n < TEXTS; n++) {
        if (text_id[n] == resource) {
            (void)snprintf(nine->text[n], sizeof nine->text[n], "%.*s",
                           (int)change->value.length,
                           change->value.length > 0 ? (const char *)change->value.bytes : "");
        }
    }
    for (unsigned place = 0; place < sizeof order / sizeof order[0]; place++) {
        if (order[place] == resource) {
            CHECK(place >= *rank); /* results before states */
            *rank = place;
        }
    }
    if (resource == 17) {
        nine->links = links_of(change->path.instance);
    }
}

static void hear(void)
{
    swmgmt_change_t change;
    unsigned rank[NINES] = {0};
    while (swmgmt_next_change(fake.ctx, &change) == SWMGMT_OK) {
        uint16_t id = change.path.instance;
        if (telling) {
            printf("    told %u: %u/%u/%u %u\n", change.kind, change.path.object, id,
                   change.path.resource, (unsigned)change.value.number);
        }
        if (change.path.object == 9 && id < NINES) {
            if (change.kind == SWMGMT_CHANGE_VALUE) {
                hear_value(&change, &rank[id]);
            } else if (change.kind == SWMGMT_CHANGE_APPEARED) {
                look_at_nine(id, &told.nine[id]);
            } else {
                told.nine[id].here = false;
            }
        } else if (change.path.object == 14 && id < FOURTEENS) {
            if (change.kind == SWMGMT_CHANGE_VALUE) {
                told.active[id] = (long)change.value.number;
            } else {
                told.here[id] = change.kind == SWMGMT_CHANGE_APPEARED;
                told.active[id] = told.here[id] ? fake_number(&fake, 14, id, 5) : 0;
            }
        }
    }
}

/* ---- what holds always ------------------------------------------------------------------- */

/* Nothing that is in a container, but broken. Without read() an image is in none. */
static bool is_good(const fake_slot_t *slot)
{
    for (unsigned n = PLAIN; packing && n < GOOD; n++) {
        if (slot->length == made[n].length &&
            memcmp(slot->bytes, made[n].bytes, slot->length) == 0) {
            return true;
        }
    }
    return !packing || (fake.config.policy != SWMGMT_REQUIRE_SIGNATURE &&
                        ((slot->bytes[0] >= 'A' && slot->bytes[0] <= 'Z' &&
                          memcmp(slot->bytes, "SW", 2) != 0) ||
                         (slot->bytes[0] == 0x3d && fake.host.read == NULL)));
}

static void sane(const view_t *view)
{
    static const long shown[] = {0, 1, 1, 2, 3, 3, 4, 4, 4, 4, 4, 4, 0};
    uint32_t linked = 0;
    for (uint16_t i = 0; i < NINES; i++) {
        const nine_t *nine = &view->nine[i];
        int32_t state = state_of(i);
        long result = nine->number[N9];
        if (!nine->here) {
            continue;
        }
        CHECK((result >= 0 && result <= 3) || (result >= 50 && result <= 54) ||
              (result >= 56 && result <= 59));
        CHECK(nine->number[N7] == shown[state] ||
              (state == SWMGMT_UNINSTALLING && nine->number[N7] == 0));
        /* 12 is true in ACTIVE, and on the way out of it. */
        CHECK(state != SWMGMT_ACTIVE || nine->number[N12] == 1);
        CHECK(nine->number[N12] == 0 || state == SWMGMT_ACTIVE ||
              state == SWMGMT_DEACTIVATING || state == SWMGMT_PREPARING ||
              state == SWMGMT_UNINSTALLING);
        /* Components belong to software that is there. */
        CHECK(nine->number[N7] == 4 || nine->number[N18] == 0);
        linked |= nine->links;
        if (state == SWMGMT_VERIFYING || state == SWMGMT_DELIVERED ||
            state == SWMGMT_INSTALLING) {
            const fake_slot_t *slot = fake_slot(&fake, i);
            if (packing && state == SWMGMT_VERIFYING) {
                continue; /* what is refused while it is held back is not stored */
            }
            CHECK_EQ(package[i].length, slot->length);
            CHECK(memcmp(package[i].bytes, slot->bytes, package[i].length) == 0);
            CHECK(is_good(slot));
        }
    }
    for (unsigned i = 0; i < FOURTEENS; i++) {
        CHECK_EQ(view->here[i], (linked >> i & 1u) != 0);
    }
}

static void told_is_true(const view_t *view)
{
    for (unsigned i = 0; i < NINES; i++) {
        CHECK_EQ(told.nine[i].here, view->nine[i].here);
        if (told.nine[i].here) {
            same_nine(&view->nine[i], &told.nine[i], true);
        }
    }
    same_fourteens(view, &told);
}

/* ---- the device misbehaves --------------------------------------------------------------- */

static swmgmt_verdict_t failure(void)
{
    static const swmgmt_verdict_t all[] = {SWMGMT_FAILED_STORAGE,   SWMGMT_FAILED_MEMORY,
                                           SWMGMT_FAILED_INTEGRITY, SWMGMT_FAILED_TYPE,
                                           SWMGMT_FAILED,           SWMGMT_FAILED_INSTALL,
                                           SWMGMT_FAILED_UNINSTALL, 0,
                                           -99};
    return all[any(sizeof all / sizeof all[0])];
}

static void roll(void)
{
    static const swmgmt_verdict_t outcomes[] = {SWMGMT_DONE, SWMGMT_PENDING, SWMGMT_NOT_STARTED,
                                                SWMGMT_UNKNOWN, SWMGMT_FAILED};
    for (unsigned kind = SWMGMT_OP_OPEN; kind < FAKE_KINDS; kind++) {
        unsigned luck = any(10);
        bool at_once = kind == SWMGMT_OP_WRITE || kind == SWMGMT_OP_READ || kind >= SWMGMT_OP_KEY;
        fake.answer[kind] = luck >= 8      ? failure()
                            : luck >= 6    ? (at_once ? SWMGMT_DONE : SWMGMT_PENDING)
                                           : SWMGMT_DONE;
        if (kind == SWMGMT_OP_FETCH && luck < 8) {
            fake.answer[kind] = SWMGMT_PENDING;
        } else if (kind == SWMGMT_OP_WRITE && luck == 7) {
            fake.answer[kind] = SWMGMT_AGAIN;
        }
    }
    if (packing && one_in(4)) { /* the head has been stored */
        fake_fail(&fake, SWMGMT_OP_WRITE, 2, one_in(2) ? SWMGMT_AGAIN : failure());
    }
    fake.answer[SWMGMT_OP_SAVE] = one_in(5) ? SWMGMT_FAILED : SWMGMT_DONE;
    fake.outcome = outcomes[any(5)];
}

static void calm(void)
{
    for (unsigned kind = SWMGMT_OP_LOAD; kind < FAKE_KINDS; kind++) {
        fake.answer[kind] = SWMGMT_DONE;
    }
    fake.answer[SWMGMT_OP_FETCH] = SWMGMT_PENDING;
    fake.outcome = SWMGMT_PENDING;
}

/* ---- what happens ------------------------------------------------------------------------ */

typedef struct {
    const char *what;
    uint16_t instance;  /* all others stay as they are; SWMGMT_NONE: any may change */
    int32_t answer;     /* a CoAP code or a status */
    bool server;        /* a code: it is a request */
    bool may_fail_here; /* a bad URI, or a package: 9 and 16 tell */
    bool with_package;
} event_t;

static swmgmt_answer_t write_text(uint16_t instance, uint16_t resource, const char *text)
{
    swmgmt_value_t value;
    memset(&value, 0, sizeof value);
    value.bytes = (const uint8_t *)text;
    value.length = (uint32_t)strlen(text);
    value.kind = SWMGMT_TYPE_STRING;
    return swmgmt_write(fake.ctx, 1, fake_path(9, instance, resource), &value);
}

static swmgmt_answer_t push_of(unsigned which, uint16_t server, uint16_t instance,
                               uint32_t offset, uint32_t length, uint32_t total, bool last)
{
    const uint8_t *bytes = bytes_of(which, offset);
    swmgmt_chunk_t chunk;
    swmgmt_answer_t answer;
    memset(&chunk, 0, sizeof chunk);
    chunk.data = bytes;
    chunk.offset = offset;
    chunk.length = length;
    chunk.total = total;
    chunk.last = last ? 1 : 0;
    answer = swmgmt_push(fake.ctx, server, instance, &chunk);
    if (answer == SWMGMT_CONTINUE || answer == SWMGMT_CHANGED) {
        if (length > 0) { /* an empty one has cancelled, or brought nothing */
            accepted(instance, offset, bytes, length);
        }
    }
    return answer;
}

static swmgmt_answer_t push(uint16_t server, uint16_t instance, uint32_t offset,
                            uint32_t length, uint32_t total, bool last)
{
    unsigned which = sort_of(instance, offset);
    length = some_bytes(which, offset, length, &last);
    if (which >= PLAIN && total != 0) {
        total = made[which].length;
    }
    return push_of(which, server, instance, offset, length, total, last);
}

static void push_something(event_t *event)
{
    uint16_t i = event->instance;
    uint32_t next = i < NINES ? package[i].length : 0;
    uint16_t server = one_in(6) ? 0 : 1;
    bool last = one_in(2); /* thrown before the call: the order of arguments is nobody's */
    event->with_package = true;
    switch (any(4)) {
    case 0:
        event->what = "push whole";
        event->answer = push(server, i, 0, one_in(12) ? 0 : 8 + any(2) * 4, 0, true);
        break;
    case 1:
        event->what = "push first";
        event->answer = push(server, i, 0, 4, one_in(2) ? 0 : 12, false);
        break;
    default:
        event->what = "push next";
        if (next > (packing ? LONGEST : 64u) - 8 || one_in(packing ? 20 : 6)) {
            next = any(4) * 4;
        }
        event->answer = push(server, i, next, one_in(10) ? 0 : 4, 0, last);
        break;
    }
}

/* Some of the settings, and sometimes a package or a link to one. */
static size_t some_items(swmgmt_item_t *items, event_t *event, uint32_t *length)
{
    static const struct {
        uint16_t resource;
        const char *text;
    } settings[] = {{8, "1"}, {8, "0"}, {13, "9:1"}, {13, "9:2"}, {14, "alice"}, {15, "x"}};
    size_t count = 0;
    memset(items, 0, 4 * sizeof *items);
    for (unsigned i = any(2); i < 6 && count < 3; i += 2) {
        items[count].resource = settings[i].resource;
        items[count].value.kind = SWMGMT_TYPE_STRING;
        items[count].value.bytes = (const uint8_t *)settings[i].text;
        items[count++].value.length = (uint32_t)strlen(settings[i].text);
    }
    *length = 0;
    if (one_in(2)) {
        bool pull = one_in(2);
        unsigned which = any(packing ? SORTS : PLAIN);
        event->with_package = true;
        *length = pull ? 0 : which < PLAIN ? 12 : made[which].length;
        items[count].resource = pull ? 3 : 2;
        items[count].value.kind = pull ? SWMGMT_TYPE_STRING : SWMGMT_TYPE_OPAQUE;
        items[count].value.bytes = pull ? (const uint8_t *)"http://a/b" : bytes_of(which, 0);
        items[count++].value.length = pull ? 10 : *length;
    }
    return count;
}

static void write_several(event_t *event)
{
    swmgmt_item_t items[4];
    uint32_t length;
    size_t count = some_items(items, event, &length);
    event->what = "write several";
    event->answer = swmgmt_write_instance(fake.ctx, 1, event->instance, items, count);
    if (event->answer == SWMGMT_CHANGED && length > 0) {
        accepted(event->instance, 0, items[count - 1].value.bytes, length);
    }
}

static void create(event_t *event)
{
    swmgmt_item_t items[4];
    uint32_t length = 0;
    uint16_t id = SWMGMT_NONE;
    uint16_t wanted = one_in(2) ? (uint16_t)any(NINES) : SWMGMT_NONE;
    size_t count = one_in(2) ? some_items(items, event, &length) : 0;
    event->what = "create";
    event->answer = swmgmt_create(fake.ctx, 1, wanted, items, count, &id);
    event->instance = wanted;
    event->with_package = false;
    if (event->answer != SWMGMT_CREATED) {
        CHECK_EQ(SWMGMT_NONE, id);
    } else if (CHECK(id < NINES && (wanted == SWMGMT_NONE || wanted == id))) {
        event->instance = id;
        look_at_nine(id, &told.nine[id]); /* known from the answer */
        if (length > 0) {
            accepted(id, 0, items[count - 1].value.bytes, length);
        }
    }
}

static void delete_one(event_t *event)
{
    event->what = "delete";
    event->answer = swmgmt_delete(fake.ctx, 1, event->instance);
    if (event->answer == SWMGMT_DELETED && event->instance < NINES) {
        told.nine[event->instance].here = false;
    }
}

static void execute(event_t *event)
{
    static const struct {
        uint16_t resource;
        const char *arguments;
        const char *what;
    } all[] = {{4, "", "install"},      {4, "0='a'", "install a"}, {6, "", "uninstall"},
               {6, "0", "uninstall 0"}, {6, "1", "uninstall 1"},   {6, "2", "uninstall 2"},
               {10, "", "activate"},    {11, "", "deactivate"}};
    unsigned which = any(8);
    event->what = all[which].what;
    event->answer = swmgmt_execute(fake.ctx, 1, fake_path(9, event->instance, all[which].resource),
                                   all[which].arguments, strlen(all[which].arguments));
}

static void complete_something(event_t *event)
{
    event->server = false;
    if (pendings == 0 || one_in(8)) {
        event->what = "done, but nothing is in flight";
        event->instance = SWMGMT_NONE - 1;
        event->answer = SWMGMT_ESTALE;
        if (over != 0) {
            bool again = false; /* an install keeps its number over a reboot */
            for (unsigned i = 0; i < pendings; i++) {
                again = again || pending[i].number == over;
            }
            if (!again) {
                event->answer = swmgmt_done(fake.ctx, over, SWMGMT_DONE, 0);
                CHECK_EQ(SWMGMT_ESTALE, event->answer);
            }
        }
        return;
    }
    unsigned which = any(pendings);
    event->what = "done";
    event->instance = pending[which].instance;
    event->answer = 0;
    if (pending[which].kind != SWMGMT_OP_FETCH || one_in(2)) {
        swmgmt_verdict_t verdict =
            one_in(3) || pending[which].kind == SWMGMT_OP_FETCH ? failure() : SWMGMT_DONE;
        if (verdict >= 0) {
            verdict = SWMGMT_DONE;
        }
        if (pending[which].kind == SWMGMT_OP_FETCH && verdict == SWMGMT_DONE) {
            verdict = SWMGMT_FAILED_CONNECTION;
        }
        event->answer = complete(which, verdict, any(8));
    }
}

static void fetched(event_t *event)
{
    event->what = "fetched nothing";
    event->server = false;
    event->answer = 0;
    for (unsigned n = 0; n < pendings; n++) {
        pending_t *one = &pending[n];
        if (one->kind == SWMGMT_OP_FETCH) {
            uint32_t offset = one_in(packing ? 20 : 6) ? any(3) * 4 : one->offset;
            bool again = one->again > 0 && offset == one->offset;
            unsigned which =
                again ? sending[one->instance % NINES] : sort_of(one->instance, offset);
            bool last = one_in(3);
            uint32_t length = some_bytes(which, offset, 4, &last);
            const uint8_t *bytes = bytes_of(which, offset);
            swmgmt_chunk_t chunk;
            if (again && packing) { /* the very same */
                length = one->again;
                last = one->last;
            }
            memset(&chunk, 0, sizeof chunk);
            chunk.data = bytes;
            chunk.length = length;
            chunk.offset = offset <= LONGEST - 4 ? offset : 0;
            chunk.total = !one_in(3) ? 0 : which < PLAIN ? 8 : made[which].length;
            chunk.last = last ? 1 : 0;
            event->what = "fetched";
            event->instance = one->instance;
            event->answer = swmgmt_fetched(fake.ctx, one->number, &chunk);
            if (event->answer == SWMGMT_OK) {
                accepted(one->instance, chunk.offset, bytes, chunk.length);
                one->offset = chunk.offset + chunk.length;
                one->again = 0;
            }
            if (event->answer == SWMGMT_ESTALE || (event->answer == SWMGMT_OK && chunk.last)) {
                forget_pending(n);
            } else if (event->answer == SWMGMT_EBUSY &&
                       (chunk.offset == 0 || chunk.offset == one->offset)) {
                one->offset = chunk.offset; /* to be offered again */
                one->again = chunk.length;
                one->last = last;
            }
            return;
        }
    }
}

/* Polls until something else than "at once" is said. What a poll does must be seen. */
static uint32_t poll_to_rest(void)
{
    uint32_t next = 0;
    unsigned idle = 0;
    for (unsigned polls = 0; next == 0 && idle < 1000 && polls < 5000; polls++) {
        int32_t before[NINES];
        bool moved = false;
        for (uint16_t i = 0; i < NINES; i++) {
            before[i] = state_of(i);
        }
        CHECK_EQ(SWMGMT_OK, swmgmt_poll(fake.ctx, fake.now, &next));
        for (uint16_t i = 0; i < NINES; i++) {
            moved = moved || before[i] != state_of(i);
        }
        idle = fake.calls > 0 || moved ? 0 : idle + 1;
        collect();
    }
    CHECK(next > 0); /* it does not spin */
    return next;
}

static void start(void)
{
    swmgmt_status_t status;
    pendings = 0;
    status = fake_boot(&fake);
    CHECK_EQ(SWMGMT_OK, status);
    fake.changes = 0;
    collect();
    look(&told);
}

static void reboot(event_t *event)
{
    bool before[NINES];
    event->what = "reboot";
    event->server = false;
    event->answer = 0;
    event->instance = SWMGMT_NONE;
    for (uint16_t i = 0; i < NINES; i++) {
        before[i] = state_of(i) >= 0;
        /* Bytes are lost sometimes. A boot that cannot save leaves that for a poll to see. */
        if (one_in(8) && fake.answer[SWMGMT_OP_SAVE] == SWMGMT_DONE &&
            state_of(i) != SWMGMT_INSTALLING) {
            fake_slot(&fake, i)->length = any(fake_slot(&fake, i)->length + 1);
        }
    }
    start();
    for (uint16_t i = 0; i < NINES; i++) {
        if (i != 3) { /* which the firmware adds, and lists at no boot */
            CHECK_EQ(before[i], state_of(i) >= 0);
        }
    }
}

static void happen(event_t *event)
{
    swmgmt_path_t path;
    size_t size;
    uint32_t next;
    unsigned which = any(24);
    memset(event, 0, sizeof *event);
    event->instance = (uint16_t)(one_in(5) ? 2 + any(2) : any(2));
    event->server = true;
    switch (which) {
    case 0: case 1: case 2: case 3:
        push_something(event);
        break;
    case 4:
        event->what = "write 3";
        event->may_fail_here = true;
        event->answer = write_text(event->instance, 3, one_in(4) ? "zz" : "http://a/b");
        break;
    case 5: case 6: case 7: case 8: case 9:
        execute(event);
        break;
    case 10:
        event->what = "execute 14";
        path = fake_path(14, (uint16_t)any(6), 3);
        path.resource = one_in(2) ? 3 : 4;
        event->answer = swmgmt_execute(fake.ctx, 1, path, NULL, 0);
        event->instance = SWMGMT_NONE;
        break;
    case 11:
        event->what = "write 8";
        event->answer = write_text(event->instance, 8, one_in(2) ? "1" : "0");
        break;
    case 12:
        write_several(event);
        break;
    case 13:
        create(event);
        break;
    case 14:
        delete_one(event);
        break;
    case 15: case 16:
        complete_something(event);
        break;
    case 17: case 18:
        fetched(event);
        break;
    case 19:
        event->what = "poll";
        event->server = false;
        event->instance = SWMGMT_NONE;
        fake.now += one_in(4) ? 400000u : 1u;
        CHECK_EQ(SWMGMT_OK, swmgmt_poll(fake.ctx, fake.now, &next));
        break;
    case 20:
        event->what = "poll to rest";
        event->server = false;
        event->instance = SWMGMT_NONE;
        fake.now += 1;
        (void)poll_to_rest();
        break;
    case 21: {
        static const uint8_t digest[32];
        event->what = "expect";
        event->server = false;
        size = one_in(2) ? 0 : one_in(2) ? 4 : 32;
        next = any(3);
        event->answer = swmgmt_expect(fake.ctx, event->instance, one_in(2) ? 12 : 0,
                                      (uint8_t)next, size > 0 ? digest : NULL, size);
        break;
    }
    case 22:
        event->server = false;
        if (one_in(3)) {
            event->what = "give up";
            event->answer = swmgmt_give_up_update(fake.ctx, event->instance, (uint8_t)any(2));
        } else if (one_in(4)) {
            event->what = "add";
            event->instance = 3;
            event->answer = swmgmt_add(fake.ctx, 3, (uint8_t)any(3));
        } else {
            event->what = "set_link";
            next = any(3);
            event->answer = swmgmt_set_link(fake.ctx, event->instance, one_in(2) ? 5 : 13, 9,
                                            (uint16_t)next);
        }
        break;
    default:
        if (one_in(3)) {
            reboot(event);
        } else {
            event->what = "nothing";
            event->server = false;
        }
        break;
    }
}

/* Whether the answer says that nothing has changed. */
static bool refused(const event_t *event)
{
    if (!event->server) {
        return event->answer < 0 && strcmp(event->what, "fetched") != 0;
    }
    return event->answer < 0 || (event->answer >= SWMGMT_BAD_REQUEST &&
                                 event->answer < SWMGMT_INTERNAL_ERROR &&
                                 event->answer != SWMGMT_TOO_LARGE);
}

static void compare(const event_t *event, const view_t *before, const view_t *after,
                    bool discarding)
{
    bool none = refused(event) || (discarding && event->with_package &&
                                   event->answer == SWMGMT_INTERNAL_ERROR);
    for (uint16_t i = 0; i < NINES; i++) {
        if (none) {
            same_nine(&before->nine[i], &after->nine[i], i != event->instance ||
                                                             !event->may_fail_here);
        } else if (event->instance != SWMGMT_NONE && i != event->instance) {
            same_nine(&before->nine[i], &after->nine[i], true);
        } else if (event->server && event->answer == SWMGMT_INTERNAL_ERROR) {
            /* It may have failed, but no setting has changed and nothing has come or gone. */
            CHECK_EQ(before->nine[i].here, after->nine[i].here);
            if (!event->with_package) {
                CHECK_EQ(before->nine[i].number[N8], after->nine[i].number[N8]);
                CHECK_EQ(before->nine[i].number[N13], after->nine[i].number[N13]);
            }
        }
    }
    if (none) {
        same_fourteens(before, after);
    }
}

/* ---- the end of a storm ------------------------------------------------------------------ */

static void come_to_rest(void)
{
    uint32_t next = 0;
    calm();
    for (unsigned round = 0; round < 40 && (round < 4 || next != UINT32_MAX); round++) {
        fake.now += 400000; /* also longer than any push may stall */
        next = poll_to_rest();
        while (pendings > 0) {
            bool fetch = pending[pendings - 1].kind == SWMGMT_OP_FETCH;
            (void)complete(pendings - 1, fetch ? SWMGMT_FAILED_CONNECTION : SWMGMT_DONE, 0);
            collect();
        }
    }
    CHECK_EQ(UINT32_MAX, next);
    for (uint16_t i = 0; i < NINES; i++) {
        int32_t state = state_of(i);
        CHECK(state == SWMGMT_ENOENT || state == SWMGMT_INITIAL || state == SWMGMT_DELIVERED ||
              state == SWMGMT_INACTIVE || state == SWMGMT_ACTIVE ||
              state == SWMGMT_INITIAL_FOR_UPDATE);
    }
}

/* What rests survives a power cut. */
static void cut_at_rest(void)
{
    view_t before;
    int32_t state[NINES];
    look(&before);
    for (uint16_t i = 0; i < NINES; i++) {
        state[i] = state_of(i);
    }
    start();
    (void)poll_to_rest();
    hear();
    for (uint16_t i = 0; i < NINES; i++) {
        CHECK_EQ(state[i], state_of(i));
        if (before.nine[i].here) {
            CHECK_EQ(before.nine[i].number[N7], told.nine[i].number[N7]);
            CHECK_EQ(before.nine[i].number[N8], told.nine[i].number[N8]);
            CHECK_EQ(before.nine[i].number[N9], told.nine[i].number[N9]);
            CHECK_EQ(before.nine[i].number[N12], told.nine[i].number[N12]);
            CHECK_EQ(before.nine[i].number[N13], told.nine[i].number[N13]);
            CHECK_EQ(before.nine[i].links, told.nine[i].links);
            CHECK_TEXT(before.nine[i].text[T0], told.nine[i].text[T0]);
            CHECK_TEXT(before.nine[i].text[T1], told.nine[i].text[T1]);
        }
    }
    same_fourteens(&before, &told);
}

/* No place, no transfer and no instance was lost: life goes on. */
static void life_goes_on(void)
{
    unsigned wanted = 0;
    unsigned running = 0;
    unsigned which = packing ? BEST : any(PLAIN);
    if (fake.config.options & SWMGMT_SERVER_MAY_CREATE) {
        for (uint16_t i = 0; i < NINES; i++) {
            if (state_of(i) < 0) {
                uint16_t id = SWMGMT_NONE;
                CHECK_EQ(SWMGMT_CREATED, swmgmt_create(fake.ctx, 1, i, NULL, 0, &id));
            }
        }
    }
    for (uint16_t i = 0; i < NINES; i++) {
        int32_t state = state_of(i);
        if (state == SWMGMT_INITIAL || state == SWMGMT_INITIAL_FOR_UPDATE) {
            wanted++;
            CHECK_EQ(SWMGMT_OK, swmgmt_expect(fake.ctx, i, 0, SWMGMT_NO_DIGEST, NULL, 0));
            running += push_of(which, 1, i, 0, 4, 0, false) == SWMGMT_CONTINUE ? 1u : 0u;
        }
    }
    if (wanted > fake.config.transfers) {
        wanted = fake.config.transfers;
    }
    CHECK_EQ(wanted, running);
    for (uint16_t i = 0; i < NINES; i++) {
        if (state_of(i) == SWMGMT_RECEIVING) {
            CHECK_EQ(SWMGMT_CHANGED,
                     push_of(which, 1, i, 4, packing ? made[BEST].length - 4 : 4, 0, true));
            (void)poll_to_rest();
            /* 57: nothing vouches for it; 51: no room for its components. */
            if (state_of(i) == SWMGMT_DELIVERED) {
                CHECK_EQ(SWMGMT_CHANGED, swmgmt_execute(fake.ctx, 1, fake_path(9, i, 4), "", 0));
                (void)poll_to_rest();
                CHECK(state_of(i) == SWMGMT_INACTIVE || state_of(i) == SWMGMT_ACTIVE);
            } else {
                long result = fake_number(&fake, 9, i, 9);
                CHECK(result == 51 || (result == 57 && fake.host.verify == NULL));
            }
        }
    }
}

/* ---- one storm --------------------------------------------------------------------------- */

static void prepare(unsigned seed)
{
    dice = seed * UINT64_C(0x9E3779B97F4A7C15) + 1u;
    over = 0;
    memset(package, 0, sizeof package);
    fake_new(&fake);
    fake.config.transfers = (uint16_t)(1 + any(2));
    packing = seed % 2 == 0;
    if (packing) {
        packed_device(&fake);
        if (one_in(3)) {
            packed_hash(&fake);
        }
    }
    fake.config.policy = (uint8_t)any(packing ? 4 : 3);
    fake.config.options = any(64);
    fake.config.max_install_attempts = (uint8_t)any(3);
    fake.config.checkpoint = one_in(2) ? 4 : 0;
    fake.components = (uint16_t)any(4);
    fake.component_active[0] = one_in(2);
    fake.component_active[1] = one_in(2);
    fake.component_active[2] = one_in(2);
    fake.host.cancel = one_in(3) ? NULL : fake.host.cancel;
    fake.host.read = one_in(3) ? NULL : fake.host.read;
    fake.host.outcome = one_in(4) ? NULL : fake.host.outcome;
    fake.host.discard = one_in(4) ? NULL : fake.host.discard;
    fake.host.verify = one_in(4) ? NULL : fake.host.verify;
    fake.host.deactivate = one_in(6) ? NULL : fake.host.deactivate;
    fake_list(&fake, 0, (uint8_t)any(3));
    fake_list(&fake, 1, (uint8_t)any(3));
    fake.answer[SWMGMT_OP_SAVE] = one_in(4) ? SWMGMT_FAILED : SWMGMT_DONE;
}

static bool storm(unsigned seed)
{
    unsigned failed = check_failed;
    view_t before;
    view_t after;
    bool heard = true;
    (void)snprintf(where, sizeof where, "seed %u, first boot", seed);
    check_where = where;
    prepare(seed);
    start();
    look(&before);
    for (unsigned step = 0; step < STEPS && failed == check_failed; step++) {
        event_t event;
        bool discarding;
        bool held[NINES];
        roll();
        for (uint16_t i = 0; i < NINES; i++) {
            held[i] = is_pending(SWMGMT_OP_DISCARD, i);
        }
        (void)snprintf(where, sizeof where, "seed %u, step %u", seed, step);
        happen(&event);
        discarding = event.instance < NINES && held[event.instance];
        (void)snprintf(where, sizeof where, "seed %u, step %u, %s of %u: %d", seed, step,
                       event.what, event.instance, (int)event.answer);
        if (telling) {
            printf("%s, save %d\n", where, (int)fake.answer[SWMGMT_OP_SAVE]);
        }
        collect();
        look(&after);
        compare(&event, &before, &after, discarding);
        sane(&after);
        heard = !one_in(4);
        if (heard) { /* servers are slow sometimes */
            hear();
            told_is_true(&after);
        }
        before = after;
    }
    if (failed == check_failed) {
        (void)snprintf(where, sizeof where, "seed %u, coming to rest", seed);
        come_to_rest();
        hear();
        look(&after);
        sane(&after);
        told_is_true(&after);
        (void)snprintf(where, sizeof where, "seed %u, a cut at rest", seed);
        cut_at_rest();
        (void)snprintf(where, sizeof where, "seed %u, life goes on", seed);
        life_goes_on();
        look(&after);
        sane(&after);
        CHECK_EQ(0, fake.hash_misused);
    }
    return failed == check_failed;
}

int main(int argc, char **argv)
{
    unsigned first = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1;
    unsigned last = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : first + 1999;
    telling = argc > 3;
    make_packages();
    for (unsigned seed = first; seed <= last && seeds_failed < 20; seed++) {
        seeds_failed += storm(seed) ? 0u : 1u;
    }
    return check_end();
}
