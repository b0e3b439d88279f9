/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What all callbacks of the firmware do: each tells how it was called, and answers by fate(). A
 * power cut is a flag: from then on nothing has an effect and nothing is told, and the call that
 * was cut returns into a device that is thrown away. */
#include "callbacks.h"

#include <string.h>

device_t device;

/* ---- the power ---------------------------------------------------------------------------- */

bool is_cut(const char *what)
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

void remember(const swmgmt_op_t *op, uint32_t at)
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

void tell(const char *what, const swmgmt_op_t *op)
{
    say(" %s n%u i%u c%u k%u a%u f%u", what, (unsigned)op->number, op->instance, op->component,
        op->kind, op->active, op->for_update);
    if (op->number > device.highest) {
        device.highest = op->number;
    }
}

swmgmt_verdict_t failure(uint64_t luck)
{
    static const swmgmt_verdict_t all[] = {SWMGMT_FAILED_STORAGE,
                                           SWMGMT_FAILED_MEMORY,
                                           SWMGMT_FAILED_CONNECTION,
                                           SWMGMT_FAILED_INTEGRITY,
                                           SWMGMT_FAILED_TYPE,
                                           SWMGMT_FAILED_URI,
                                           SWMGMT_FAILED,
                                           SWMGMT_FAILED_INSTALL,
                                           SWMGMT_FAILED_UNINSTALL,
                                           SWMGMT_FAILED,
                                           SWMGMT_FAILED_INSTALL,
                                           0,
                                           SWMGMT_AGAIN,
                                           SWMGMT_NOT_STARTED,
                                           SWMGMT_UNKNOWN,
                                           -1,
                                           -55,
                                           77};
    return all[luck % (sizeof all / sizeof all[0])];
}

void meddle(uint64_t luck, const swmgmt_op_t *op)
{
    if (device.kind->images) {
        return;
    }
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

swmgmt_verdict_t answer(uint8_t kind, const swmgmt_op_t *op, uint32_t pending)
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

bool shows_reads(void)
{
    return !device.kind->containers && !device.kind->images;
}
