/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The callbacks for packages and software, and the table of all. */
#include "callbacks.h"

#include <string.h>

static swmgmt_verdict_t on_open(void *user, const swmgmt_op_t *op, uint32_t offset, uint32_t total)
{
    slot_t *slot = device_slot(op->instance);
    swmgmt_verdict_t verdict;
    (void)user;
    if (is_cut("open")) {
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
    if (is_cut("write")) {
        return SWMGMT_FAILED;
    }
    tell("write", op);
    say(" at %u: ", (unsigned)offset);
    say_bytes(data, length);
    verdict = answer(SWMGMT_OP_WRITE, op, 0);
    if (!device.kind->images && verdict != SWMGMT_AGAIN &&
        device_pending(SWMGMT_OP_FETCH, op->instance) != NULL &&
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
    if (!shows_reads()) {
        bool bad = slot->bad >= offset && slot->bad - offset < length && !device.kind->images;
        return bad ? SWMGMT_FAILED : SWMGMT_DONE;
    }
    if (is_cut("read")) {
        return SWMGMT_FAILED;
    }
    tell("read", op);
    say(" at %u: %u", (unsigned)offset, (unsigned)length);
    return answer(SWMGMT_OP_READ, op, 0);
}

static swmgmt_verdict_t on_verify(void *user, const swmgmt_op_t *op, uint32_t length)
{
    (void)user;
    if (is_cut("verify")) {
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
    if (is_cut("install")) {
        return SWMGMT_FAILED;
    }
    tell("install", op);
    say(" '%.*s'", (int)length, length > 0 ? arguments : "");
    return answer(SWMGMT_OP_INSTALL, op, 25);
}

static swmgmt_verdict_t simply(const char *what, uint8_t kind, const swmgmt_op_t *op, uint32_t pending)
{
    if (is_cut(what)) {
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
    swmgmt_verdict_t verdict = device.kind->images ? SWMGMT_DONE
                               : luck % 13 == 0    ? failure(luck >> 8)
                                                   : all[(luck >> 8) % 6];
    (void)user;
    if (is_cut("outcome")) {
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
    if (is_cut("cancel")) {
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
    if (is_cut("fetch")) {
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
    meddle(mix(luck, 6), op);
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
    if (is_cut("about")) {
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

/* ---- all of them ------------------------------------------------------------------------------ */

static void on_trace(void *user, uint16_t instance, uint8_t kind, uint32_t number,
                     swmgmt_verdict_t verdict)
{
    (void)user;
    bool retry = device.is_retry && (kind == SWMGMT_OP_SAVE || kind == SWMGMT_OP_COMMIT);
    bool numbers = kind == SWMGMT_OP_SAVE && instance == 0;
    if (!device.off && !(device.kind->containers && (kind == SWMGMT_OP_READ || retry || numbers))) {
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
