/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "fake.h"

#include <stdio.h>
#include <string.h>

static const char *const kind_name[FAKE_KINDS] = {
    "?",       "LOAD",      "SAVE",    "OPEN",     "WRITE",      "READ",    "DISCARD", "FETCH", "VERIFY",
    "INSTALL", "UNINSTALL", "PREPARE", "ACTIVATE", "DEACTIVATE", "OUTCOME", "CANCEL",  "ABOUT",   "KEY",
    "SIGNATURE", "FITS",    "COUNTER", "COMMIT"};

fake_slot_t *fake_slot(fake_t *fake, uint16_t instance)
{
    for (unsigned i = 0; i < FAKE_SLOTS; i++) {
        if (fake->slot[i].used && fake->slot[i].instance == instance) {
            return &fake->slot[i];
        }
    }
    for (unsigned i = 0; i < FAKE_SLOTS; i++) {
        if (!fake->slot[i].used) {
            fake->slot[i].used = true;
            fake->slot[i].instance = instance;
            return &fake->slot[i];
        }
    }
    return &fake->slot[0];
}

/* What the completion of an operation does to the device. */
static void settle(fake_t *fake, const swmgmt_op_t *op, swmgmt_verdict_t verdict)
{
    fake_slot_t *slot = fake_slot(fake, op->instance);
    if (verdict != SWMGMT_DONE) {
        return;
    }
    fake->done_number[op->kind % FAKE_KINDS] = op->number;
    if (op->kind == SWMGMT_OP_INSTALL) {
        slot->software = 2;
        slot->list_components = true;
    } else if (op->kind == SWMGMT_OP_UNINSTALL) {
        slot->software = 0;
        slot->list_components = false;
    } else if (op->kind == SWMGMT_OP_DISCARD) {
        slot->length = 0;
    }
}

swmgmt_verdict_t fake_called(fake_t *fake, uint8_t callback, const swmgmt_op_t *op,
                             uint32_t offset, uint32_t length, swmgmt_verdict_t usual)
{
    swmgmt_verdict_t verdict = usual;
    fake_call_t *call = NULL;
    if (fake->calls < FAKE_LOG) {
        call = &fake->log[fake->calls++];
        memset(call, 0, sizeof *call);
        call->callback = callback;
        call->offset = offset;
        call->length = length;
        if (op != NULL) {
            call->op = *op;
        }
    } else {
        fake->lost_calls++;
    }
    if (op != NULL && callback != SWMGMT_OP_OUTCOME && callback != SWMGMT_OP_CANCEL) {
        /* The same operation may be called again after a reboot, under its number. */
        uint32_t bit = op->number % (8u * (uint32_t)sizeof fake->used);
        bool used = (fake->used[bit / 8u] & (1u << bit % 8u)) != 0;
        fake->used[bit / 8u] = (uint8_t)(fake->used[bit / 8u] | (1u << bit % 8u));
        if (op->number > fake->highest) {
            fake->highest = op->number;
        }
        if (!used) {
            /* new */
        } else if (callback == SWMGMT_OP_WRITE || callback == SWMGMT_OP_READ ||
                   callback == SWMGMT_OP_FETCH) {
            fake->number_shared++;
        } else if (op->number != fake->last_number[callback] &&
                   (callback != SWMGMT_OP_VERIFY ||
                    op->number != fake->last_number[SWMGMT_OP_READ])) {
            fake->number_reused++;
        }
        fake->last_number[callback] = op->number;
    }
    if (fake->count_down[callback] > 0 && --fake->count_down[callback] == 0) {
        verdict = fake->exception[callback];
    }
    if (fake->hook != NULL) {
        fake->hook(fake, callback, op);
    }
    if (fake->inside[callback] && op != NULL && verdict != SWMGMT_PENDING) {
        settle(fake, op, verdict);
        fake->inside_status = swmgmt_done(fake->ctx, op->number, verdict, fake->flags);
        verdict = SWMGMT_PENDING;
    } else if (op != NULL && callback != SWMGMT_OP_OUTCOME) {
        settle(fake, op, verdict);
    }
    if (call != NULL) {
        call->verdict = verdict;
    }
    if (fake->after != NULL) {
        fake->after(fake, callback);
    }
    return verdict;
}

static swmgmt_verdict_t on_open(void *user, const swmgmt_op_t *op, uint32_t offset,
                                uint32_t total)
{
    fake_t *fake = user;
    fake_slot_t *slot = fake_slot(fake, op->instance);
    swmgmt_verdict_t verdict = fake->answer[SWMGMT_OP_OPEN];
    if (verdict == SWMGMT_DONE && (total > fake->capacity || offset > slot->length)) {
        verdict = SWMGMT_FAILED_STORAGE;
    }
    verdict = fake_called(fake, SWMGMT_OP_OPEN, op, offset, total, verdict);
    if ((verdict == SWMGMT_DONE || verdict == SWMGMT_PENDING) && offset <= slot->length) {
        slot->length = offset;
    }
    return verdict;
}

static swmgmt_verdict_t on_write(void *user, const swmgmt_op_t *op, uint32_t offset,
                                 const uint8_t *data, size_t length)
{
    fake_t *fake = user;
    fake_slot_t *slot = fake_slot(fake, op->instance);
    swmgmt_verdict_t verdict = fake->answer[SWMGMT_OP_WRITE];
    if (verdict == SWMGMT_DONE &&
        (offset != slot->length || length > fake->capacity - offset)) {
        verdict = SWMGMT_FAILED_STORAGE;
    }
    if (offset + (uint32_t)length > fake->offered) {
        fake->offered = offset + (uint32_t)length;
    }
    verdict = fake_called(fake, SWMGMT_OP_WRITE, op, offset, (uint32_t)length, verdict);
    if (verdict == SWMGMT_DONE) {
        if (!fake->sink) {
            memcpy(slot->bytes + offset, data, length);
        }
        slot->length = offset + (uint32_t)length;
    }
    return verdict;
}

static swmgmt_verdict_t on_read(void *user, const swmgmt_op_t *op, uint32_t offset,
                                uint8_t *data, size_t length)
{
    fake_t *fake = user;
    fake_slot_t *slot = fake_slot(fake, op->instance);
    swmgmt_verdict_t verdict = fake->answer[SWMGMT_OP_READ];
    if (verdict == SWMGMT_DONE && (offset > slot->length || length > slot->length - offset)) {
        verdict = SWMGMT_FAILED;
    }
    verdict = fake_called(fake, SWMGMT_OP_READ, op, offset, (uint32_t)length, verdict);
    if (verdict == SWMGMT_DONE) {
        memcpy(data, slot->bytes + offset, length);
    }
    return verdict;
}

static swmgmt_verdict_t on_discard(void *user, const swmgmt_op_t *op)
{
    fake_t *fake = user;
    return fake_called(fake, SWMGMT_OP_DISCARD, op, 0, 0, fake->answer[SWMGMT_OP_DISCARD]);
}

static swmgmt_verdict_t on_verify(void *user, const swmgmt_op_t *op, uint32_t length)
{
    fake_t *fake = user;
    return fake_called(fake, SWMGMT_OP_VERIFY, op, 0, length, fake->answer[SWMGMT_OP_VERIFY]);
}

static swmgmt_verdict_t on_install(void *user, const swmgmt_op_t *op, const char *arguments,
                                   size_t length)
{
    fake_t *fake = user;
    size_t kept = length < sizeof fake->arguments ? length : sizeof fake->arguments - 1u;
    memset(fake->arguments, 0, sizeof fake->arguments);
    if (kept > 0) {
        memcpy(fake->arguments, arguments, kept);
    }
    return fake_called(fake, SWMGMT_OP_INSTALL, op, 0, (uint32_t)length,
                  fake->answer[SWMGMT_OP_INSTALL]);
}

static swmgmt_verdict_t on_uninstall(void *user, const swmgmt_op_t *op)
{
    fake_t *fake = user;
    return fake_called(fake, SWMGMT_OP_UNINSTALL, op, 0, 0, fake->answer[SWMGMT_OP_UNINSTALL]);
}

static swmgmt_verdict_t on_prepare(void *user, const swmgmt_op_t *op)
{
    fake_t *fake = user;
    return fake_called(fake, SWMGMT_OP_PREPARE, op, 0, 0, fake->answer[SWMGMT_OP_PREPARE]);
}

static swmgmt_verdict_t on_activate(void *user, const swmgmt_op_t *op)
{
    fake_t *fake = user;
    return fake_called(fake, SWMGMT_OP_ACTIVATE, op, 0, 0, fake->answer[SWMGMT_OP_ACTIVATE]);
}

static swmgmt_verdict_t on_deactivate(void *user, const swmgmt_op_t *op)
{
    fake_t *fake = user;
    return fake_called(fake, SWMGMT_OP_DEACTIVATE, op, 0, 0, fake->answer[SWMGMT_OP_DEACTIVATE]);
}

static swmgmt_verdict_t on_outcome(void *user, const swmgmt_op_t *op)
{
    fake_t *fake = user;
    swmgmt_verdict_t verdict = fake->outcome;
    if (fake->truthful) {
        verdict = fake->done_number[op->kind % FAKE_KINDS] == op->number ? SWMGMT_DONE
                                                                         : SWMGMT_NOT_STARTED;
    }
    verdict = fake_called(fake, SWMGMT_OP_OUTCOME, op, 0, 0, verdict);
    settle(fake, op, verdict);
    return verdict;
}

static void on_cancel(void *user, const swmgmt_op_t *op)
{
    fake_t *fake = user;
    (void)fake_called(fake, SWMGMT_OP_CANCEL, op, 0, 0, SWMGMT_DONE);
}

static swmgmt_status_t on_about(void *user, uint16_t instance, uint16_t component,
                                uint8_t package, swmgmt_about_t *about)
{
    static const char *const part[8] = {"part0", "part1", "part2", "part3",
                                        "part4", "part5", "part6", "part7"};
    static const char long_name[] =
        "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234"
        "5678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
        "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234";
    fake_t *fake = user;
    fake_slot_t *slot = fake_slot(fake, instance);
    unsigned which = package ? 2u : slot->software;
    (void)fake_called(fake, SWMGMT_OP_ABOUT, NULL, instance, component, SWMGMT_DONE);
    if (fake->about_fails) {
        return SWMGMT_EINVAL;
    }
    memset(about, 0, sizeof *about);
    if (component != SWMGMT_NONE) {
        if (component >= fake->components || !(package || slot->list_components)) {
            return SWMGMT_ENOENT;
        }
        about->name = part[component % 8u];
        about->name_length = 5;
        if (fake->component_name_bytes > 0) {
            about->name = long_name;
            about->name_length = fake->component_name_bytes;
        }
        about->version = "3";
        about->version_length = 1;
        about->active = fake->component_active[component % 8u] ? 1 : 0;
        return SWMGMT_OK;
    }
    about->name = fake->name[which];
    about->version = fake->version[which];
    about->name_length = (uint16_t)(about->name != NULL ? strlen(about->name) : 0u);
    about->version_length = (uint16_t)(about->version != NULL ? strlen(about->version) : 0u);
    return SWMGMT_OK;
}

static swmgmt_verdict_t on_load(void *user, uint16_t key, uint8_t *data, size_t room,
                                size_t *length)
{
    fake_t *fake = user;
    swmgmt_verdict_t verdict = fake_called(fake, SWMGMT_OP_LOAD, NULL, key, (uint32_t)room,
                                      fake->answer[SWMGMT_OP_LOAD]);
    if (verdict != SWMGMT_DONE) {
        return verdict;
    }
    if (key >= FAKE_RECORDS || fake->record_length[key] > room) {
        return SWMGMT_FAILED;
    }
    memcpy(data, fake->record[key], fake->record_length[key]);
    *length = fake->record_length[key];
    return SWMGMT_DONE;
}

static swmgmt_verdict_t on_save(void *user, uint16_t key, const uint8_t *data, size_t length)
{
    fake_t *fake = user;
    swmgmt_verdict_t verdict = fake_called(fake, SWMGMT_OP_SAVE, NULL, key, (uint32_t)length,
                                      fake->answer[SWMGMT_OP_SAVE]);
    if (verdict != SWMGMT_DONE) {
        return verdict;
    }
    if (key >= FAKE_RECORDS || length > FAKE_RECORD) {
        return SWMGMT_FAILED;
    }
    memcpy(fake->record[key], data, length);
    fake->record_length[key] = (uint32_t)length;
    fake->saves++;
    return SWMGMT_DONE;
}

static swmgmt_verdict_t on_fetch(void *user, const swmgmt_op_t *op,
                                 const swmgmt_fetch_t *what)
{
    fake_t *fake = user;
    (void)snprintf(fake->uri, sizeof fake->uri, "%s", what->uri);
    (void)snprintf(fake->user_name, sizeof fake->user_name, "%.*s",
                   (int)what->user_name_length,
                   what->user_name != NULL ? (const char *)what->user_name : "");
    (void)snprintf(fake->password, sizeof fake->password, "%.*s", (int)what->password_length,
                   what->password != NULL ? (const char *)what->password : "");
    fake->etag_length = what->etag != NULL ? what->etag_length : 0;
    memset(fake->etag, 0, sizeof fake->etag);
    if (fake->etag_length > 0 && fake->etag_length <= sizeof fake->etag) {
        memcpy(fake->etag, what->etag, fake->etag_length);
    }
    return fake_called(fake, SWMGMT_OP_FETCH, op, what->offset, 0, fake->answer[SWMGMT_OP_FETCH]);
}

void fake_new(fake_t *fake)
{
    memset(fake, 0, sizeof *fake);
    for (unsigned kind = 0; kind < FAKE_KINDS; kind++) {
        fake->answer[kind] = SWMGMT_DONE;
    }
    fake->answer[SWMGMT_OP_FETCH] = SWMGMT_PENDING;
    fake->outcome = SWMGMT_PENDING;
    fake->capacity = FAKE_STORE;
    fake->now = 1000;
    fake->name[0] = "none";
    fake->name[1] = "old";
    fake->name[2] = "new";
    fake->version[0] = "0";
    fake->version[1] = "1";
    fake->version[2] = "2";

    fake->parts[0] = &swmgmt_sha256;
    fake->parts[1] = &swmgmt_crc32;
    fake->parts[2] = &swmgmt_download;
    fake->parts[3] = &swmgmt_record;
    fake->parts[4] = &swmgmt_components;
    fake->config.size = sizeof fake->config;
    fake->config.resources = SWMGMT_OFFER(2) | SWMGMT_OFFER(3) | SWMGMT_OFFER(5) |
                             SWMGMT_OFFER(8) | SWMGMT_OFFER(13) | SWMGMT_OFFER(14) |
                             SWMGMT_OFFER(15) | SWMGMT_OFFER(16) | SWMGMT_OFFER(17) |
                             SWMGMT_OFFER(18);
    fake->config.options = SWMGMT_SERVER_MAY_CREATE | SWMGMT_SERVER_MAY_DELETE;
    fake->config.parts = fake->parts;
    fake->config.part_count = FAKE_COMPONENTS > 0 ? 5 : 4;
    fake->config.instances = 4;
    fake->config.components = FAKE_COMPONENTS;
    fake->config.transfers = 2;
    fake->config.text = 32;
    fake->config.arguments = 16;
    fake->config.credentials = 16;
    fake->config.work = 64;

    fake->host.size = sizeof fake->host;
    fake->host.user = fake;
    fake->host.open = on_open;
    fake->host.write = on_write;
    fake->host.read = on_read;
    fake->host.discard = on_discard;
    fake->host.verify = on_verify;
    fake->host.install = on_install;
    fake->host.uninstall = on_uninstall;
    fake->host.prepare = on_prepare;
    fake->host.activate = on_activate;
    fake->host.deactivate = on_deactivate;
    fake->host.outcome = on_outcome;
    fake->host.cancel = on_cancel;
    fake->host.about = on_about;
    fake->host.load = on_load;
    fake->host.save = on_save;
    fake->host.fetch = on_fetch;
    fake->host.schemes = "coap,coaps,http,https";
}

void fake_list(fake_t *fake, uint16_t instance, uint8_t software)
{
    fake_slot_t *slot = fake_slot(fake, instance);
    fake->listed[fake->listed_count] = instance;
    fake->listed_software[fake->listed_count++] = software;
    slot->software = software == SWMGMT_EMPTY ? 0 : 1;
    slot->list_components = software != SWMGMT_EMPTY;
}

#ifdef FAKE_CONTAINERS
/* So that a test of packages that are in no container shows what containers change: nothing. */
static void name_containers(fake_t *fake)
{
    uint16_t count = fake->config.part_count;
    bool sha256 = false;
    while (count > 0 && (fake->parts[count - 1] == &swmgmt_names ||
                         fake->parts[count - 1] == &swmgmt_package ||
                         fake->parts[count - 1] == &swmgmt_mcuboot)) {
        count--;
    }
    for (uint16_t i = 0; i < count; i++) {
        sha256 = sha256 || fake->parts[i] == &swmgmt_sha256;
    }
    if (sha256 && count <= 13) { /* which containers need */
        fake->parts[count++] = &swmgmt_names;
        fake->parts[count++] = &swmgmt_package;
        if (fake->host.read != NULL) { /* which images need */
            fake->parts[count++] = &swmgmt_mcuboot;
        }
    }
    fake->config.part_count = count;
}
#endif

swmgmt_status_t fake_init(fake_t *fake)
{
    swmgmt_status_t status;
    memset(fake->memory, 0xA5, sizeof fake->memory);
    memset(fake->count_down, 0, sizeof fake->count_down);
    fake->ctx = NULL;
    if (fake->choose_parts != NULL) {
        fake->choose_parts(fake);
    }
#ifdef FAKE_CONTAINERS
    name_containers(fake);
#endif
    status = swmgmt_init(&fake->ctx, fake->memory, sizeof fake->memory, &fake->config,
                         &fake->host);
    for (unsigned i = 0; status == SWMGMT_OK && i < fake->listed_count; i++) {
        status = swmgmt_add(fake->ctx, fake->listed[i], fake->listed_software[i]);
    }
    return status;
}

swmgmt_status_t fake_boot(fake_t *fake)
{
    swmgmt_status_t status = fake_init(fake);
    if (status == SWMGMT_OK) {
        status = swmgmt_boot(fake->ctx, fake->now);
        fake_drain(fake);
    }
    return status;
}

void fake_forget(fake_t *fake)
{
    fake->calls = 0;
    fake->changes = 0;
}

void fake_drain(fake_t *fake)
{
    swmgmt_change_t change;
    while (swmgmt_next_change(fake->ctx, &change) == SWMGMT_OK) {
        if (fake->changes < FAKE_CHANGES) {
            fake_change_t *kept = &fake->change[fake->changes++];
            memset(kept, 0, sizeof *kept);
            kept->path = change.path;
            kept->kind = change.kind;
            kept->type = change.value.kind;
            kept->number = change.value.number;
            kept->length = change.value.length;
            if ((change.value.kind == SWMGMT_TYPE_STRING ||
                 change.value.kind == SWMGMT_TYPE_OPAQUE) &&
                change.value.length > 0 && change.value.length < sizeof kept->text) {
                memcpy(kept->text, change.value.bytes, change.value.length);
            }
        }
    }
}

bool fake_poll(fake_t *fake)
{
    for (unsigned i = 0; i < 2000; i++) {
        uint32_t next = 12345;
        if (swmgmt_poll(fake->ctx, fake->now, &next) != SWMGMT_OK) {
            return false;
        }
        fake_drain(fake);
        fake->next_ms = next;
        if (next != 0) {
            return true;
        }
    }
    return false;
}

bool fake_later(fake_t *fake, uint32_t milliseconds)
{
    fake->now += milliseconds;
    return fake_poll(fake);
}

const fake_call_t *fake_last(const fake_t *fake, uint8_t callback)
{
    for (unsigned i = fake->calls; i > 0; i--) {
        if (fake->log[i - 1].callback == callback) {
            return &fake->log[i - 1];
        }
    }
    return NULL;
}

fake_call_t fake_newest(const fake_t *fake, uint8_t callback)
{
    const fake_call_t *call = fake_last(fake, callback);
    fake_call_t none;
    memset(&none, 0, sizeof none);
    return call != NULL ? *call : none;
}

unsigned fake_count(const fake_t *fake, uint8_t callback)
{
    unsigned count = 0;
    for (unsigned i = 0; i < fake->calls; i++) {
        count += fake->log[i].callback == callback ? 1u : 0u;
    }
    return count;
}

void fake_fail(fake_t *fake, uint8_t kind, unsigned nth, swmgmt_verdict_t verdict)
{
    fake->count_down[kind] = (uint8_t)nth;
    fake->exception[kind] = verdict;
}

swmgmt_status_t fake_complete(fake_t *fake, uint8_t kind, swmgmt_verdict_t verdict,
                              uint32_t flags)
{
    swmgmt_status_t status;
    for (unsigned i = fake->calls; i > 0; i--) {
        const fake_call_t *call = &fake->log[i - 1];
        if (call->op.kind == kind && call->verdict == SWMGMT_PENDING) {
            settle(fake, &call->op, verdict);
            status = swmgmt_done(fake->ctx, call->op.number, verdict, flags);
            fake_drain(fake);
            return status;
        }
    }
    return 1; /* none was pending */
}

swmgmt_answer_t fake_push(fake_t *fake, uint16_t server, uint16_t instance, uint32_t offset,
                          const void *bytes, uint32_t length, uint32_t total, bool last)
{
    swmgmt_chunk_t chunk;
    swmgmt_answer_t answer;
    memset(&chunk, 0, sizeof chunk);
    chunk.data = bytes;
    chunk.length = length;
    chunk.offset = offset;
    chunk.total = total;
    chunk.last = last ? 1 : 0;
    answer = swmgmt_push(fake->ctx, server, instance, &chunk);
    fake_drain(fake);
    return answer;
}

swmgmt_path_t fake_path(uint16_t object, uint16_t instance, uint16_t resource)
{
    swmgmt_path_t path;
    path.object = object;
    path.instance = instance;
    path.resource = resource;
    path.index = SWMGMT_NONE;
    return path;
}

swmgmt_answer_t fake_execute(fake_t *fake, uint16_t instance, uint16_t resource,
                             const char *arguments)
{
    swmgmt_answer_t answer =
        swmgmt_execute(fake->ctx, 1, fake_path(9, instance, resource), arguments,
                       arguments != NULL ? strlen(arguments) : 0u);
    fake_drain(fake);
    return answer;
}

swmgmt_answer_t fake_execute14(fake_t *fake, uint16_t instance, uint16_t resource)
{
    swmgmt_answer_t answer =
        swmgmt_execute(fake->ctx, 1, fake_path(14, instance, resource), NULL, 0);
    fake_drain(fake);
    return answer;
}

swmgmt_answer_t fake_write(fake_t *fake, uint16_t instance, uint16_t resource,
                           const char *text, uint32_t length)
{
    swmgmt_value_t value;
    swmgmt_answer_t answer;
    memset(&value, 0, sizeof value);
    value.bytes = (const uint8_t *)text;
    value.length = length;
    value.kind = SWMGMT_TYPE_STRING;
    answer = swmgmt_write(fake->ctx, 1, fake_path(9, instance, resource), &value);
    fake_drain(fake);
    return answer;
}

swmgmt_answer_t fake_uri(fake_t *fake, uint16_t instance, const char *uri)
{
    return fake_write(fake, instance, 3, uri, (uint32_t)strlen(uri));
}

swmgmt_status_t fake_fetched(fake_t *fake, uint32_t offset, const void *bytes,
                             uint32_t length, uint32_t total, bool last)
{
    const fake_call_t *call = fake_last(fake, SWMGMT_OP_FETCH);
    swmgmt_chunk_t chunk;
    swmgmt_status_t status;
    if (call == NULL) {
        return 1;
    }
    memset(&chunk, 0, sizeof chunk);
    chunk.data = bytes;
    chunk.length = length;
    chunk.offset = offset;
    chunk.total = total;
    chunk.last = last ? 1 : 0;
    status = swmgmt_fetched(fake->ctx, call->op.number, &chunk);
    fake_drain(fake);
    return status;
}

long fake_number(const fake_t *fake, uint16_t object, uint16_t instance, uint16_t resource)
{
    swmgmt_value_t value;
    swmgmt_answer_t answer =
        swmgmt_read(fake->ctx, fake_path(object, instance, resource), &value);
    if (answer != SWMGMT_CONTENT) {
        return -1000L - (long)answer;
    }
    return (long)value.number;
}

const char *fake_text(const fake_t *fake, uint16_t object, uint16_t instance,
                      uint16_t resource)
{
    static char text[4][260];
    static unsigned turn;
    swmgmt_value_t value;
    char *out = text[turn++ % 4u];
    swmgmt_answer_t answer =
        swmgmt_read(fake->ctx, fake_path(object, instance, resource), &value);
    if (answer != SWMGMT_CONTENT || value.kind != SWMGMT_TYPE_STRING || value.length > 255) {
        (void)snprintf(out, sizeof text[0], "<answer %d>", (int)answer);
        return out;
    }
    if (value.length > 0) {
        memcpy(out, value.bytes, value.length);
    }
    out[value.length] = '\0';
    return out;
}

swmgmt_answer_t fake_read_code(const fake_t *fake, uint16_t object, uint16_t instance,
                               uint16_t resource, uint16_t index)
{
    swmgmt_value_t value;
    swmgmt_path_t path = fake_path(object, instance, resource);
    path.index = index;
    return swmgmt_read(fake->ctx, path, &value);
}

static char text_buffer[2048];

static void append(const char *word)
{
    size_t used = strlen(text_buffer);
    (void)snprintf(text_buffer + used, sizeof text_buffer - used, "%s%s",
                   used > 0 ? " " : "", word);
}

const char *fake_calls_text(const fake_t *fake, bool with_read, bool with_save)
{
    text_buffer[0] = '\0';
    for (unsigned i = 0; i < fake->calls; i++) {
        uint8_t callback = fake->log[i].callback;
        if (callback == SWMGMT_OP_LOAD || callback == SWMGMT_OP_ABOUT ||
            (callback == SWMGMT_OP_SAVE && !with_save) ||
            (callback == SWMGMT_OP_READ && !with_read)) {
            continue;
        }
        append(kind_name[callback]);
    }
    return text_buffer;
}

const char *fake_changes_text(const fake_t *fake)
{
    text_buffer[0] = '\0';
    for (unsigned i = 0; i < fake->changes; i++) {
        const fake_change_t *change = &fake->change[i];
        char word[128];
        if (change->kind == SWMGMT_CHANGE_REGISTER) {
            (void)snprintf(word, sizeof word, "register=%u", (unsigned)change->number);
        } else if (change->kind == SWMGMT_CHANGE_APPEARED) {
            (void)snprintf(word, sizeof word, "+%u/%u", change->path.object,
                           change->path.instance);
        } else if (change->kind == SWMGMT_CHANGE_VANISHED) {
            (void)snprintf(word, sizeof word, "-%u/%u", change->path.object,
                           change->path.instance);
        } else if (change->type == SWMGMT_TYPE_STRING || change->type == SWMGMT_TYPE_OPAQUE) {
            (void)snprintf(word, sizeof word, "%u/%u/%u=%s", change->path.object,
                           change->path.instance, change->path.resource, change->text);
        } else if (change->type == SWMGMT_TYPE_NONE) {
            (void)snprintf(word, sizeof word, "%u/%u/%u", change->path.object,
                           change->path.instance, change->path.resource);
        } else {
            (void)snprintf(word, sizeof word, "%u/%u/%u=%u", change->path.object,
                           change->path.instance, change->path.resource,
                           (unsigned)change->number);
        }
        append(word);
    }
    return text_buffer;
}

static size_t word_length(const char *text)
{
    size_t length = 0;
    while (text[length] != '\0' && text[length] != ' ') {
        length++;
    }
    return length;
}

bool fake_matches(const char *want, const char *got)
{
    bool optional;
    size_t wanted;
    size_t given;
    const char *next_want;
    const char *next_got;
    while (*want == ' ') {
        want++;
    }
    while (*got == ' ') {
        got++;
    }
    if (*want == '\0') {
        return *got == '\0';
    }
    optional = *want == '?';
    want += optional ? 1 : 0;
    wanted = word_length(want);
    given = word_length(got);
    next_want = want + wanted;
    next_got = got + given;
    if (wanted == given && memcmp(want, got, wanted) == 0 &&
        fake_matches(next_want, next_got)) {
        return true;
    }
    return optional && fake_matches(next_want, got);
}
