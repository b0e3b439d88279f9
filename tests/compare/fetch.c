/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Downloads, and the completion of what is in flight. */
#include "compare.h"

#include <string.h>

void write_uri(uint16_t instance)
{
    static const char *const uris[] = {"coap://a/b",     "https://h.example/p?q=1", "HTTP://x/%20",
                                       "coap://[::1]:5/", "ftp://a/b",              "zz",
                                       "",               "coap://a/b c",            "://a/b"};
    const char *uri = uris[any(one_in(4) ? 9 : 3)];
    swmgmt_value_t value = {.bytes = (const uint8_t *)uri,
                            .length = (uint32_t)strlen(uri),
                            .kind = SWMGMT_TYPE_STRING};
    say("write 3 of %u '%s'\n", instance, uri);
    answered(swmgmt_write(device.ctx, 1, nine(instance, 3), &value));
    if (!one_in(3)) {
        plan_next(plan_of(instance));
    }
}

/* The next piece of a download that is under way, or nearly. */
static swmgmt_chunk_t some_chunk(pending_t *one, plan_t *plan)
{
    swmgmt_chunk_t chunk = {.length = 0};
    if (one_in(plan->etag_length % 3 == 0 ? 5 : 30)) { /* the content has changed */
        plan_anew(plan);
        one->at = 0;
    }
    plan->at = one_in(30) ? any(plan->length) : one->at > plan->length ? 0 : one->at;
    chunk.offset = plan->at;
    chunk.length = one_in(40) ? 0 : some_piece(plan);
    if (plan->again > 0 && plan->again <= plan->length - plan->at && !one_in(8)) {
        chunk.length = plan->again; /* the very same */
    }
    chunk.data = chunk.length > 0 ? plan->bytes + chunk.offset : NULL;
    chunk.total = some_total(plan);
    chunk.last = (chunk.offset + chunk.length == plan->length) != one_in(100);
    chunk.etag_length = one_in(20) ? (uint8_t)any(9) : plan->etag_length;
    chunk.etag = chunk.etag_length > 0 ? plan->etag : NULL;
    return chunk;
}

void fetched(uint16_t instance)
{
    pending_t *one = device_pending(SWMGMT_OP_FETCH, one_in(10) ? SWMGMT_NONE : instance);
    plan_t *plan;
    swmgmt_chunk_t chunk;
    swmgmt_status_t status;
    uint32_t number;
    if (one == NULL) {
        return;
    }
    plan = plan_of(one->instance);
    number = one->number + (one_in(40) ? any(3) : 0);
    chunk = some_chunk(one, plan);
    say("fetched n%u: %u at %u of %u%s, etag ", (unsigned)number, (unsigned)chunk.length,
        (unsigned)chunk.offset, (unsigned)chunk.total, chunk.last ? ", the last" : "");
    say_bytes(chunk.etag, chunk.etag_length);
    say("\n");
    status = swmgmt_fetched(device.ctx, number, &chunk);
    answered(status);
    plan->again = status == SWMGMT_EBUSY ? chunk.length : 0;
    for (unsigned i = 0; i < device.pendings && !device.off; i++) {
        if (device.pending[i].number == number && status == SWMGMT_OK) {
            device.pending[i].at = chunk.offset + chunk.length;
        }
    }
    if (!device.off && (status == SWMGMT_ESTALE || (status == SWMGMT_OK && chunk.last)) && !one_in(4)) {
        device_forget(number);
    }
}

void complete(uint16_t instance)
{
    static const swmgmt_verdict_t all[] = {SWMGMT_DONE, SWMGMT_DONE, SWMGMT_DONE, SWMGMT_DONE,
                                           SWMGMT_FAILED, SWMGMT_FAILED_INSTALL, SWMGMT_FAILED_UNINSTALL,
                                           SWMGMT_FAILED_STORAGE, SWMGMT_FAILED_INTEGRITY,
                                           SWMGMT_FAILED_CONNECTION, SWMGMT_FAILED_URI, 0,
                                           SWMGMT_PENDING, 99};
    pending_t *one = device_pending(0, one_in(4) ? SWMGMT_NONE : instance);
    uint32_t number = one != NULL && !one_in(12) ? one->number : any(device.highest + 2);
    swmgmt_verdict_t verdict = all[any(one_in(3) ? 14 : 4)];
    uint32_t flags = one_in(3) ? any(10) : 0;
    swmgmt_status_t status;
    say("done n%u %d %u\n", (unsigned)number, (int)verdict, (unsigned)flags);
    status = swmgmt_done(device.ctx, number, verdict, flags);
    answered(status);
    if (!device.off && status != SWMGMT_EINVAL && status != SWMGMT_EBUSY && !one_in(8)) {
        device_forget(number);
    }
}

void complete_any(void)
{
    complete(some_instance());
}

bool is_fetching(uint16_t instance)
{
    return !device.off && swmgmt_state(device.ctx, instance) == SWMGMT_FETCHING &&
           device_pending(SWMGMT_OP_FETCH, instance) != NULL;
}
