/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The firmware's callbacks: each tells how it was called, and answers by fate(). A power cut
 * is a flag: from then on nothing has an effect and nothing is told, and the call that was cut
 * returns into a device that is thrown away. */
#include "compare.h"

#include <string.h>

#include "../c/digest.h"

device_t device;

/* Bytes under which a question is known again, whenever it is asked. */
static uint64_t hash_of(const uint8_t *bytes, size_t length)
{
    uint64_t hash = length;
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001B3);
    }
    return hash;
}

/* ---- the power ---------------------------------------------------------------------------- */

/* A callback begins. True: without the power, and it has no effect. */
static bool cut(const char *what)
{
    if (device.off) {
        return true;
    }
    if (device.cut_in > 0 && --device.cut_in == 0) {
        say(" power cut %s %s\n", device.cut_after ? "after" : "before", what);
        device.off = true;
        return !device.cut_after;
    }
    return false;
}

/* ---- what is in flight --------------------------------------------------------------------- */

slot_t *device_slot(uint16_t instance)
{
    slot_t *found = NULL;
    for (unsigned i = 0; i < SLOTS && found == NULL; i++) {
        if (device.slot[i].used && device.slot[i].instance == instance) {
            found = &device.slot[i];
        }
    }
    for (unsigned i = 0; i < SLOTS && found == NULL; i++) {
        if (!device.slot[i].used) {
            found = &device.slot[i];
        }
    }
    found = found == NULL ? &device.slot[SLOTS - 1] : found;
    found->used = true;
    found->instance = instance;
    return found;
}

pending_t *device_pending(uint8_t kind, uint16_t instance)
{
    for (unsigned i = device.pendings; i > 0; i--) {
        pending_t *one = &device.pending[i - 1];
        if ((kind == 0 || one->kind == kind) &&
            (instance == SWMGMT_NONE || one->instance == instance)) {
            return one;
        }
    }
    return NULL;
}

void device_forget(uint32_t number)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < device.pendings; i++) {
        if (device.pending[i].number != number) {
            device.pending[kept++] = device.pending[i];
        }
    }
    device.pendings = kept;
}

static void remember(const swmgmt_op_t *op, uint32_t at)
{
    pending_t one = {op->number, op->instance, op->kind, at};
    device_forget(op->number);
    if (device.pendings == PENDING) {
        memmove(device.pending, device.pending + 1, (PENDING - 1) * sizeof one);
        device.pendings--;
    }
    device.pending[device.pendings++] = one;
}

/* ---- answers ---------------------------------------------------------------------------- */

static void tell(const char *what, const swmgmt_op_t *op)
{
    say(" %s n%u i%u c%u k%u a%u f%u", what, (unsigned)op->number, op->instance, op->component,
        op->kind, op->active, op->for_update);
    if (op->number > device.highest) {
        device.highest = op->number;
    }
}

static swmgmt_verdict_t failure(uint64_t luck)
{
    static const swmgmt_verdict_t all[] = {
        SWMGMT_FAILED_STORAGE, SWMGMT_FAILED_MEMORY,  SWMGMT_FAILED_CONNECTION,
        SWMGMT_FAILED_INTEGRITY, SWMGMT_FAILED_TYPE,  SWMGMT_FAILED_URI,
        SWMGMT_FAILED,         SWMGMT_FAILED_INSTALL, SWMGMT_FAILED_UNINSTALL,
        SWMGMT_FAILED,         SWMGMT_FAILED_INSTALL, 0,
        SWMGMT_AGAIN,          SWMGMT_NOT_STARTED,    SWMGMT_UNKNOWN,
        -1,                    -55,                   77};
    return all[luck % (sizeof all / sizeof all[0])];
}

/* What a callback does with the library while it is inside. */
static void meddle(uint64_t luck, const swmgmt_op_t *op)
{
    if (luck % 12 == 0) {
        look_inside(op->instance);
    }
    if (luck / 12 % 14 == 0) {
        uint32_t number = luck >> 20 & 3u ? op->number : op->number + 1;
        swmgmt_verdict_t verdict = luck >> 22 & 3u ? SWMGMT_DONE : failure(luck >> 32);
        swmgmt_status_t status = swmgmt_done(device.ctx, number, verdict, luck >> 24 & 7u);
        say("   done inside %u %d %u = %d\n", (unsigned)number, (int)verdict,
            (unsigned)(luck >> 24 & 7u), (int)status);
    }
    if (luck / 168 % 20 == 0) {
        swmgmt_chunk_t chunk = {.data = (const uint8_t *)"x", .length = 1, .last = 1};
        say("   inside: push %d", (int)swmgmt_push(device.ctx, 1, op->instance, &chunk));
        say(" poll %d", (int)swmgmt_poll(device.ctx, device.now, NULL));
        say(" delete %d\n", (int)swmgmt_delete(device.ctx, 1, op->instance));
    }
}

/* `pending`: of 100 answers so many; 0 where it is no answer, though some firmware gives it. */
static swmgmt_verdict_t answer(uint8_t kind, const swmgmt_op_t *op, uint32_t pending)
{
    uint64_t luck = fate(kind, op->instance);
    uint32_t dice = (uint32_t)(luck % 100);
    uint32_t rest = 100 - device.calm;
    swmgmt_verdict_t verdict = SWMGMT_DONE;
    luck = mix(luck, kind);
    if (device.kind->images) { /* install() alone may fail, and it is asked as often */
        return kind == SWMGMT_OP_INSTALL && luck % 6 == 0 ? SWMGMT_FAILED_INSTALL : SWMGMT_DONE;
    }
    if (dice < rest || (kind == device.unlucky && (luck >> 40) % 100 < 60)) {
        verdict = failure(luck >> 16);
    } else if (pending > 0 && dice < rest + pending) {
        verdict = SWMGMT_PENDING;
    } else if (pending == 0 && luck % 1009 == 0) {
        verdict = SWMGMT_PENDING;
    }
    meddle(mix(luck, 3), op);
    say("  -> %d\n", (int)verdict);
    if (verdict == SWMGMT_PENDING) {
        remember(op, 0);
    }
    return verdict;
}

/* ---- packages --------------------------------------------------------------------------- */

static swmgmt_verdict_t on_open(void *user, const swmgmt_op_t *op, uint32_t offset, uint32_t total)
{
    slot_t *slot = device_slot(op->instance);
    swmgmt_verdict_t verdict;
    (void)user;
    if (cut("open")) {
        return SWMGMT_FAILED;
    }
    tell("open", op);
    say(" at %u of %u", (unsigned)offset, (unsigned)total);
    if (offset > slot->length) {
        say(" lost\n");
        return SWMGMT_FAILED_STORAGE;
    }
    verdict = answer(SWMGMT_OP_OPEN, op, device.kind->downloads ? 15 : 0);
    if (verdict == SWMGMT_DONE || verdict == SWMGMT_PENDING) {
        uint64_t luck = fate(26, op->instance);
        slot->length = offset;
        slot->bad = luck % 24 == 0 ? (uint32_t)(luck >> 8) % 300 : UINT32_MAX;
    }
    return verdict;
}

static swmgmt_verdict_t on_write(void *user, const swmgmt_op_t *op, uint32_t offset,
                                 const uint8_t *data, size_t length)
{
    slot_t *slot = device_slot(op->instance);
    swmgmt_verdict_t verdict;
    (void)user;
    if (cut("write")) {
        return SWMGMT_FAILED;
    }
    tell("write", op);
    say(" at %u: ", (unsigned)offset);
    say_bytes(data, length);
    verdict = answer(SWMGMT_OP_WRITE, op, 0);
    if (!device.kind->images && verdict != SWMGMT_AGAIN && device_pending(SWMGMT_OP_FETCH, op->instance) != NULL &&
        fate(30, op->instance) % 12 == 0) {
        say("  again\n");
        return SWMGMT_AGAIN;
    }
    if (verdict == SWMGMT_DONE && offset <= MOST && length <= MOST - offset) {
        uint64_t luck = fate(27, op->instance);
        memcpy(slot->bytes + offset, data, length);
        slot->length = offset + (uint32_t)length;
        if (luck % 80 == 0 && length > 0 && !device.kind->images) {
            slot->bytes[offset + luck / 80 % length] ^= 0x10; /* flash that has worn out */
        }
    }
    return verdict;
}

static swmgmt_verdict_t on_read(void *user, const swmgmt_op_t *op, uint32_t offset, uint8_t *data,
                                size_t length)
{
    const slot_t *slot = device_slot(op->instance);
    (void)user;
    if (device.off) {
        return SWMGMT_FAILED;
    }
    for (size_t i = 0; i < length; i++) {
        data[i] = offset + i < slot->length ? slot->bytes[offset + i] : 0;
    }
    if (device.kind->containers || device.kind->images) { /* how often it is read is the library's own affair */
        bool bad = slot->bad >= offset && slot->bad - offset < length && !device.kind->images;
        return bad ? SWMGMT_FAILED : SWMGMT_DONE;
    }
    if (cut("read")) {
        return SWMGMT_FAILED;
    }
    tell("read", op);
    say(" at %u: %u", (unsigned)offset, (unsigned)length);
    return answer(SWMGMT_OP_READ, op, 0);
}

static swmgmt_verdict_t on_verify(void *user, const swmgmt_op_t *op, uint32_t length)
{
    (void)user;
    if (cut("verify")) {
        return SWMGMT_FAILED;
    }
    tell("verify", op);
    say(" %u", (unsigned)length);
    return answer(SWMGMT_OP_VERIFY, op, 20);
}

static swmgmt_verdict_t on_install(void *user, const swmgmt_op_t *op, const char *arguments,
                                   size_t length)
{
    (void)user;
    if (cut("install")) {
        return SWMGMT_FAILED;
    }
    tell("install", op);
    say(" '%.*s'", (int)length, length > 0 ? arguments : "");
    return answer(SWMGMT_OP_INSTALL, op, 25);
}

static swmgmt_verdict_t simply(const char *what, uint8_t kind, const swmgmt_op_t *op, uint32_t pending)
{
    if (cut(what)) {
        return SWMGMT_FAILED;
    }
    tell(what, op);
    return answer(kind, op, pending);
}

static swmgmt_verdict_t on_discard(void *user, const swmgmt_op_t *op)
{
    (void)user;
    return simply("discard", SWMGMT_OP_DISCARD, op, 15);
}

static swmgmt_verdict_t on_uninstall(void *user, const swmgmt_op_t *op)
{
    (void)user;
    return simply("uninstall", SWMGMT_OP_UNINSTALL, op, 25);
}

static swmgmt_verdict_t on_prepare(void *user, const swmgmt_op_t *op)
{
    (void)user;
    return simply("prepare", SWMGMT_OP_PREPARE, op, 25);
}

static swmgmt_verdict_t on_activate(void *user, const swmgmt_op_t *op)
{
    (void)user;
    return simply("activate", SWMGMT_OP_ACTIVATE, op, 20);
}

static swmgmt_verdict_t on_deactivate(void *user, const swmgmt_op_t *op)
{
    (void)user;
    return simply("deactivate", SWMGMT_OP_DEACTIVATE, op, 20);
}

static swmgmt_verdict_t on_outcome(void *user, const swmgmt_op_t *op)
{
    static const swmgmt_verdict_t all[] = {SWMGMT_DONE,        SWMGMT_DONE,    SWMGMT_PENDING,
                                           SWMGMT_NOT_STARTED, SWMGMT_UNKNOWN, SWMGMT_FAILED};
    uint64_t luck = fate(SWMGMT_OP_OUTCOME, op->instance);
    swmgmt_verdict_t verdict = device.kind->images ? SWMGMT_DONE : luck % 13 == 0 ? failure(luck >> 8) : all[(luck >> 8) % 6];
    (void)user;
    if (cut("outcome")) {
        return SWMGMT_FAILED;
    }
    tell("outcome", op);
    meddle(mix(luck, 5), op);
    say("  -> %d\n", (int)verdict);
    if (verdict == SWMGMT_PENDING) {
        remember(op, 0);
    }
    return verdict;
}

static void on_cancel(void *user, const swmgmt_op_t *op)
{
    (void)user;
    if (cut("cancel")) {
        return;
    }
    tell("cancel", op);
    meddle(fate(SWMGMT_OP_CANCEL, op->instance), op);
    say("\n");
    if (fate(31, op->instance) % 4 != 0) { /* some firmware completes what is over */
        device_forget(op->number);
    }
}

static swmgmt_verdict_t on_fetch(void *user, const swmgmt_op_t *op, const swmgmt_fetch_t *what)
{
    uint64_t luck = fate(SWMGMT_OP_FETCH, op->instance);
    swmgmt_verdict_t verdict = SWMGMT_PENDING;
    (void)user;
    if (cut("fetch")) {
        return SWMGMT_FAILED;
    }
    tell("fetch", op);
    say(" '%s' at %u user '%.*s' password '%.*s' etag ", what->uri, (unsigned)what->offset,
        (int)what->user_name_length, what->user_name != NULL ? (const char *)what->user_name : "",
        (int)what->password_length, what->password != NULL ? (const char *)what->password : "");
    say_bytes(what->etag, what->etag != NULL ? what->etag_length : 0);
    if (device.kind->images) {
        /* always */
    } else if (luck % 100 < (100u - device.calm) / 2) {
        verdict = luck >> 16 & 3u ? failure(luck >> 32) : SWMGMT_DONE;
    }
    if (!device.kind->images) {
        meddle(mix(luck, 6), op);
    }
    say("  -> %d\n", (int)verdict);
    if (verdict == SWMGMT_PENDING) {
        remember(op, what->offset);
        plan_of(op->instance)->at = what->offset;
    }
    return verdict;
}

/* ---- names --------------------------------------------------------------------------------- */

static swmgmt_status_t on_about(void *user, uint16_t instance, uint16_t component, uint8_t package,
                                swmgmt_about_t *about)
{
    static const char *const names[] = {"app", "radio", "", "a", "application-of-some-name", "map"};
    static const char *const versions[] = {"1.0", "1.2", "2", "", "1.10-rc1", "v1.2+7"};
    uint16_t whom = (uint16_t)(instance * 5u + component);
    uint64_t luck = fate(SWMGMT_OP_ABOUT, whom);
    uint64_t which = mix(mix(instance, component), package + device.step / 64u * 2u);
    const char *name = names[which % 6];
    const char *version = versions[which / 6 % 6];
    (void)user;
    if (cut("about")) {
        return SWMGMT_EINVAL;
    }
    say(" about i%u c%u p%u", instance, component, package);
    if (component != SWMGMT_NONE && component >= mix(instance, package + device.step / 64u) % 4) {
        say(" none\n");
        return SWMGMT_ENOENT;
    }
    if (luck % 100 < (100u - device.calm) / 2) {
        swmgmt_status_t status = luck >> 16 & 1u ? SWMGMT_ENOENT : SWMGMT_EINVAL;
        say(" = %d\n", (int)status);
        return status;
    }
    about->name = name;
    about->version = version;
    about->name_length = (uint16_t)strlen(name);
    about->version_length = (uint16_t)strlen(version);
    about->active = which >> 20 & 1u;
    if ((luck >> 20) % 250 == 0) {
        about->active = 2;
    }
    if ((luck >> 28) % 250 == 0) {
        about->name = NULL;
    }
    if ((luck >> 36) % 250 == 0) {
        about->name = "\xff\xfe";
        about->name_length = 2;
    }
    if ((luck >> 52) % 250 == 0) {
        static char much[300];
        memset(much, 'm', sizeof much);
        about->version = much;
        about->version_length = (uint16_t)(luck >> 60 & 1u ? 255 : sizeof much);
    }
    say(" = '%s' '%s' %u %u\n", about->name != NULL ? name : "NULL", version, about->name_length,
        about->active);
    if ((luck >> 44) % 10 == 0) {
        look_inside(instance);
    }
    return SWMGMT_OK;
}

/* ---- records ------------------------------------------------------------------------------- */

static swmgmt_verdict_t on_load(void *user, uint16_t key, uint8_t *data, size_t room, size_t *length)
{
    uint32_t kept = key < RECORDS ? device.record_length[key] : 0;
    (void)user;
    if (cut("load")) {
        return SWMGMT_FAILED;
    }
    say(" load %u: %u bytes", key, (unsigned)kept);
    if ((fate(SWMGMT_OP_LOAD, key) % 400 == 0 && !device.kind->images) || kept > room) {
        say(" fails\n");
        return SWMGMT_FAILED;
    }
    say("\n");
    if (kept > 0) {
        memcpy(data, device.record[key], kept);
    }
    *length = kept;
    return SWMGMT_DONE;
}

/* How often something that has failed is tried again while another instance verifies depends on
 * how many polls that takes: all tries of one step have one end, and one is told. */
static uint64_t luck_of_step(uint8_t kind, uint16_t whom, uint64_t what)
{
    uint64_t luck = fate_fixed(mix(mix(what, device.step), (uint64_t)kind << 16 | whom));
    uint64_t *before = &device.tried[kind == SWMGMT_OP_SAVE][whom % RECORDS];
    device.is_retry = *before == luck;
    *before = luck;
    return luck;
}

static swmgmt_verdict_t on_save(void *user, uint16_t key, const uint8_t *data, size_t length)
{
    uint64_t luck;
    bool fails;
    (void)user;
    if (device.off) {
        return SWMGMT_FAILED;
    }
    luck = device.kind->containers ? luck_of_step(SWMGMT_OP_SAVE, key, hash_of(data, length))
                                   : fate(SWMGMT_OP_SAVE, key);
    fails = luck % 100 < (device.unlucky == SWMGMT_OP_SAVE ? 40u : (100u - device.calm) / 2);
    if (fails && device.is_retry) {
        return SWMGMT_FAILED;
    }
    device.is_retry = false;
    if (cut("save")) {
        return SWMGMT_FAILED;
    }
    say(" save %u: ", key);
    say_bytes(data, length);
    say(fails ? " fails\n" : "\n");
    if ((!fails || (luck >> 20) % 4 == 0) && key < RECORDS && length <= RECORD) {
        memcpy(device.record[key], data, length);
        device.record_length[key] = (uint32_t)length;
    }
    return fails ? failure((luck >> 30) % 12) : SWMGMT_DONE;
}

/* ---- who has signed a package, and for whom it is ------------------------------------------------- */

/* Of test-ed25519 and of test-other, in tests/packages. */
static const uint8_t public_key[2][32] = {
    {0x18, 0xd9, 0x23, 0x8a, 0x9c, 0x09, 0x32, 0x3e, 0xfc, 0xb4, 0xf5, 0x7d, 0xbc, 0xf6, 0x3d, 0x51,
     0xaf, 0x3f, 0xf1, 0x14, 0xd2, 0x76, 0xf8, 0x7e, 0x03, 0xb9, 0xa4, 0x37, 0x60, 0x70, 0xc0, 0x8d},
    {0xdf, 0xdc, 0xc8, 0xba, 0x37, 0x4b, 0xc6, 0x5a, 0x1d, 0x46, 0x1a, 0x5a, 0xb4, 0xbd, 0x64, 0xd3,
     0xa6, 0x8e, 0x3e, 0x92, 0x04, 0x9b, 0x37, 0x50, 0x1c, 0x0b, 0xcb, 0xd9, 0xd7, 0xfc, 0x38, 0x28}};

/* An image may be judged any number of times, images.c. */
static swmgmt_verdict_t judged(uint8_t kind, uint16_t instance, uint64_t what)
{
    uint64_t luck = device.kind->images ? fate_fixed(mix(what, kind)) : fate(kind, instance);
    static const swmgmt_verdict_t all[] = {SWMGMT_UNKNOWN,      SWMGMT_FAILED,  SWMGMT_FAILED_TYPE,
                                           SWMGMT_FAILED_INTEGRITY, SWMGMT_PENDING, 0};
    return luck % 8 == 0 ? all[(luck >> 16) % 6] : SWMGMT_DONE;
}

static swmgmt_verdict_t on_key(void *user, uint16_t instance, const uint8_t *id, uint8_t *key)
{
    swmgmt_verdict_t verdict = SWMGMT_UNKNOWN;
    (void)user;
    if (cut("key")) {
        return SWMGMT_FAILED;
    }
    for (unsigned n = 0; n < 2; n++) {
        uint8_t der[44] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
        uint8_t hash[32];
        memcpy(der + 12, public_key[n], 32);
        sha256(der, sizeof der, hash);
        if (memcmp(hash, id, sizeof hash) == 0) {
            verdict = judged(SWMGMT_OP_KEY, instance, hash_of(id, 32));
            memcpy(key, public_key[n], 32);
        }
    }
    say(" key of %u: ", instance);
    say_bytes(id, 32);
    say(" = %d\n", (int)verdict);
    return verdict;
}

static swmgmt_verdict_t on_signature(void *user, const swmgmt_op_t *op, const swmgmt_signature_t *claim)
{
    swmgmt_verdict_t verdict =
        judged(SWMGMT_OP_SIGNATURE, op->instance, hash_of(claim->signature, claim->length));
    (void)user;
    if (cut("signature")) {
        return SWMGMT_FAILED;
    }
    tell("signature", op);
    say(" %u key ", claim->algorithm);
    say_bytes(claim->key, 32);
    say(" digest ");
    say_bytes(claim->digest, 32);
    say(" signature ");
    say_bytes(claim->signature, claim->length);
    if (!device.kind->images) {
        meddle(fate(28, op->instance), op);
    }
    say(" = %d\n", (int)verdict);
    return verdict;
}

static swmgmt_verdict_t on_fits(void *user, uint16_t instance, uint8_t what, const uint8_t *data, size_t length)
{
    swmgmt_verdict_t verdict = judged(SWMGMT_OP_FITS, instance, hash_of(data, length) + what);
    (void)user;
    if (cut("fits")) {
        return SWMGMT_FAILED;
    }
    say(" fits %u %u: ", instance, what);
    say_bytes(data, length);
    say(" = %d\n", (int)verdict);
    return verdict;
}

static swmgmt_verdict_t on_counter(void *user, uint16_t instance, uint32_t *value)
{
    swmgmt_verdict_t verdict = device.kind->images ? SWMGMT_DONE : judged(SWMGMT_OP_COUNTER, instance, 0);
    (void)user;
    if (cut("counter")) {
        return SWMGMT_FAILED;
    }
    *value = device.counter[instance % RECORDS];
    say(" counter %u = %u %d\n", instance, (unsigned)*value, (int)verdict);
    return verdict;
}

static swmgmt_verdict_t on_commit(void *user, uint16_t instance, uint32_t value)
{
    uint64_t luck;
    bool fails;
    (void)user;
    if (device.off) {
        return SWMGMT_FAILED;
    }
    luck = luck_of_step(SWMGMT_OP_COMMIT, instance, value);
    fails = luck % 4 == 0 && !device.kind->images;
    if (fails && device.is_retry) {
        return SWMGMT_FAILED;
    }
    device.is_retry = false;
    if (cut("commit")) {
        return SWMGMT_FAILED;
    }
    say(" commit %u %u%s\n", instance, (unsigned)value, fails ? " fails" : "");
    if (!fails && device.counter[instance % RECORDS] < value) {
        device.counter[instance % RECORDS] = value;
    }
    return fails ? SWMGMT_FAILED : SWMGMT_DONE;
}

/* ---- SHA-256 by the firmware ------------------------------------------------------------------ */

static swmgmt_verdict_t on_hash(void *user, uint16_t slot, uint8_t step, const uint8_t *data,
                                size_t length, uint8_t *digest)
{
    static uint8_t bytes[8][2 * MOST];
    static uint32_t count[8];
    uint8_t *to = bytes[slot % 8u];
    uint32_t *n = &count[slot % 8u];
    (void)user;
    if (device.off) {
        return SWMGMT_FAILED;
    }
    if (!device.kind->containers && !device.kind->images) {
        say(" hash %u %u %u\n", slot, step, (unsigned)length);
    }
    if (step == SWMGMT_HASH_START) {
        *n = 0;
    } else if (step == SWMGMT_HASH_FINISH) {
        sha256(to, *n, digest);
    } else if (length <= sizeof bytes[0] - *n) {
        memcpy(to + *n, data, length);
        *n += (uint32_t)length;
    }
    return !device.kind->containers && !device.kind->images && fate(29, slot) % 200 == 0 ? SWMGMT_FAILED : SWMGMT_DONE;
}

/* ---- all of them ------------------------------------------------------------------------------ */

static void on_trace(void *user, uint16_t instance, uint8_t kind, uint32_t number,
                     swmgmt_verdict_t verdict)
{
    (void)user;
    bool retry = device.is_retry && (kind == SWMGMT_OP_SAVE || kind == SWMGMT_OP_COMMIT);
    if (!device.off && !(device.kind->containers && (kind == SWMGMT_OP_READ || retry))) {
        say(" trace %u k%u n%u %d\n", instance, kind, (unsigned)number, (int)verdict);
    }
}

void device_callbacks(void)
{
    device.host = (swmgmt_host_t){.size = sizeof device.host,
                                  .open = on_open,
                                  .write = on_write,
                                  .read = on_read,
                                  .discard = on_discard,
                                  .verify = on_verify,
                                  .install = on_install,
                                  .uninstall = on_uninstall,
                                  .prepare = on_prepare,
                                  .activate = on_activate,
                                  .deactivate = on_deactivate,
                                  .outcome = on_outcome,
                                  .cancel = on_cancel,
                                  .about = on_about,
                                  .load = on_load,
                                  .save = on_save,
                                  .fetch = on_fetch,
                                  .schemes = "coap,https,http",
                                  .hash = on_hash,
                                  .key = on_key,
                                  .signature = on_signature,
                                  .fits = on_fits,
                                  .counter = on_counter,
                                  .commit = on_commit,
                                  .trace = on_trace};
}
