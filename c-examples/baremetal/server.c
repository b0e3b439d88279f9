/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The server looks at what the device shows and asks for the next step, so that no
 * reset, wherever it strikes, leaves it behind. */
#include "server.h"

#include <board.h>
#include <stdbool.h>
#include <string.h>

#include "flash.h"
#include "packages.h"
#include "print.h"
#include "slots.h"

enum { VERSION = 1, INSTALL = 4, UNINSTALL = 6, STATE = 7, RESULT = 9, ACTIVATE = 10,
       DEACTIVATE = 11, ACTIVE = 12 };
enum { EMPTY = 0, TRANSFER = 1, DELIVERED = 3, INSTALLED = 4 }; /* what 9/x/7 shows */
enum { ME = 1, CHUNK = 64, MANY_REQUESTS = 20, MANY_TURNS = 1000,
       MANY_BOOTS = 50 };

typedef struct {
    const char *what;
    const package_t *package; /* NULL: away with the software */
    uint16_t instance;
    uint16_t state;      /* at the end 9/x/7; INSTALLED also means active */
    uint16_t result;     /* 9/x/9 */
    const char *version; /* 9/x/1 */
    bool damaged; /* a bit of the package flips on its way */
    /* The power goes in this operation of the flash, counted from the push, and from
     * Install, or else the first request; 0: it stays. */
    uint16_t cut_push, cut_act;
} goal_t;

static const goal_t goals[] = {
    {"a module", &module_1, MODULE, INSTALLED, 2, "1.0", false, 0, 0},
    {"its update, damaged on its way", &module_2, MODULE, EMPTY, 53, "1.0", true, 0, 0},
    {"its update, with power cuts", &module_2, MODULE, INSTALLED, 2, "1.1", false, 8, 14},
    {"firmware that hangs", &firmware_hangs, FIRMWARE, INSTALLED, 58, "1.0", false, 0, 0},
    {"firmware that works", &firmware_works, FIRMWARE, INSTALLED, 2, "1.1", false, 0, 1},
    {"no module", NULL, MODULE, EMPTY, 0, "0", false, 0, 1},
};
enum { GOALS = sizeof goals / sizeof goals[0] };

#define RUNNING 0x53455256u

/* The server has no part in the device's resets. */
static BOARD_NOINIT struct {
    uint32_t running;
    uint32_t boots;
    uint32_t goal;
    uint32_t requests; /* for this goal */
    uint32_t cuts_wanted;
    bool cut_push, cut_act; /* this goal's cuts have been set */
} session;

static uint32_t sent;  /* bytes of the package */
static uint32_t turns; /* in vain */

static void announce(void)
{
    if (session.goal == GOALS) return;
    print("\n");
    print(goals[session.goal].what);
    print("\n");
}

void server_begin(void)
{
    const bool first = session.running != RUNNING;
    if (first) {
        memset(&session, 0, sizeof session);
        session.running = RUNNING;
    }
    session.boots++;
    print("boot ");
    print_number(session.boots);
    print("\n");
    if (first) announce();
    if (session.boots > MANY_BOOTS) {
        print("FAILED: no end of it\n");
        board_exit(1);
    }
}

/* --- what the server sees ---------------------------------------------------------------- */

static swmgmt_value_t read_value(swmgmt_t *ctx, uint16_t instance, uint16_t resource)
{
    const swmgmt_path_t path = {9, instance, resource, SWMGMT_NONE};
    swmgmt_value_t value = {0};
    swmgmt_read(ctx, path, &value);
    return value;
}

static uint32_t number(swmgmt_t *ctx, uint16_t resource)
{
    return read_value(ctx, goals[session.goal].instance, resource).number;
}

static bool has_version(swmgmt_t *ctx, const char *version)
{
    const swmgmt_value_t value = read_value(ctx, goals[session.goal].instance, VERSION);
    return value.length == strlen(version) && memcmp(value.bytes, version, value.length) == 0;
}

void server_notify(swmgmt_t *ctx)
{
    swmgmt_change_t change;
    while (swmgmt_next_change(ctx, &change) == SWMGMT_OK) {
        if (change.kind != SWMGMT_CHANGE_VALUE) continue;
        print("  ");
        print_path(change.path.object, change.path.instance, change.path.resource);
        print(" = ");
        if (change.value.kind == SWMGMT_TYPE_STRING) {
            print_bytes(change.value.bytes, change.value.length);
        } else {
            print_number(change.value.number);
        }
        if (change.path.resource == RESULT) {
            print(", ");
            print(swmgmt_result_name((uint8_t)change.value.number));
        }
        print("\n");
    }
}

/* --- what it asks for --------------------------------------------------------------------- */

static void execute(swmgmt_t *ctx, uint16_t resource, const char *arguments)
{
    const swmgmt_path_t path = {9, goals[session.goal].instance, resource, SWMGMT_NONE};
    swmgmt_answer_t answer;
    print("> execute ");
    print_path(9, path.instance, resource);
    if (*arguments != '\0') print(" with ");
    print(arguments);
    print("\n");
    answer = swmgmt_execute(ctx, ME, path, arguments, strlen(arguments));
    print("  ");
    print_code(answer);
    print("\n");
}

static void cut(bool *done, uint16_t operation)
{
    if (operation == 0 || *done || flash_cut_is_set()) return;
    *done = true;
    session.cuts_wanted++;
    flash_cut(operation);
}

static void push_chunk(swmgmt_t *ctx, const goal_t *goal)
{
    const package_t *package = goal->package;
    const uint32_t left = package->length - sent;
    const uint32_t length = left < CHUNK ? left : CHUNK;
    uint8_t bytes[CHUNK];
    const swmgmt_chunk_t chunk = {
        .data = bytes, .length = length, .offset = sent, .last = length == left,
    };
    swmgmt_answer_t answer;
    memcpy(bytes, (const uint8_t *)package->bytes + sent, length);
    if (goal->damaged && chunk.last) bytes[0] ^= 1u;
    answer = swmgmt_push(ctx, ME, goal->instance, &chunk);
    sent += length;
    if (answer == SWMGMT_CONTINUE) return;
    print("  ");
    print_code(answer);
    print("\n");
}

static void push(swmgmt_t *ctx, const goal_t *goal)
{
    const package_t *package = goal->package;
    print("> push 9/");
    print_number(goal->instance);
    print("/2, ");
    print_number(package->length);
    print(" bytes of ");
    print(package->name);
    print("\n");
    /* A product has the digest from a signed manifest, or verifies in verify(). */
    swmgmt_expect(ctx, goal->instance, package->length, SWMGMT_SHA256, package->sha256,
                  sizeof package->sha256);
    cut(&session.cut_push, goal->cut_push);
    sent = 0;
    push_chunk(ctx, goal);
}

static bool is_reached(swmgmt_t *ctx, const goal_t *goal)
{
    return number(ctx, STATE) == goal->state && number(ctx, RESULT) == goal->result &&
           number(ctx, ACTIVE) == (goal->state == INSTALLED) && has_version(ctx, goal->version);
}

/* The next request on the way to the goal. */
static void strive(swmgmt_t *ctx, const goal_t *goal)
{
    const uint32_t state = number(ctx, STATE);
    if (state != TRANSFER) session.requests++;
    if (state == DELIVERED || goal->package == NULL) cut(&session.cut_act, goal->cut_act);
    if (state == EMPTY) {
        if (goal->package != NULL) push(ctx, goal);
    } else if (state == TRANSFER) {
        push_chunk(ctx, goal);
    } else if (state == DELIVERED) {
        execute(ctx, INSTALL, "");
    } else if (goal->package == NULL) {
        execute(ctx, number(ctx, ACTIVE) ? DEACTIVATE : UNINSTALL, "");
    } else if (has_version(ctx, goal->version) && number(ctx, RESULT) == goal->result) {
        execute(ctx, ACTIVATE, "");
    } else {
        execute(ctx, UNINSTALL, "1"); /* make ready for an update */
    }
}

static server_status_t end(void)
{
    print("\n");
    print_number(session.boots);
    print(" boots, ");
    print_number(flash_cuts());
    print(" of them after power cuts\n");
    if (flash_cuts() >= session.cuts_wanted) return SERVER_DONE;
    print("FAILED: the power did not go\n");
    return SERVER_FAILED;
}

static server_status_t give_up(swmgmt_t *ctx, const goal_t *goal)
{
    const int32_t state = swmgmt_state(ctx, goal->instance);
    print("FAILED: ");
    print(goal->what);
    print(": state ");
    print(state < 0 ? swmgmt_strerror(state) : swmgmt_state_name((uint8_t)state));
    print(", result ");
    print_number(number(ctx, RESULT));
    print("\n");
    return SERVER_FAILED;
}

server_status_t server_turn(swmgmt_t *ctx)
{
    const goal_t *goal = &goals[session.goal];
    if (session.goal == GOALS) return end();
    if (is_reached(ctx, goal)) {
        session.goal++;
        session.requests = 0;
        session.cut_push = session.cut_act = false;
        turns = 0;
        announce();
        return SERVER_GOES_ON;
    }
    if (session.requests >= MANY_REQUESTS || ++turns >= MANY_TURNS) return give_up(ctx, goal);
    strive(ctx, goal);
    return SERVER_GOES_ON;
}
