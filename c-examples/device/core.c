/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core.h"

#include <stdio.h>
#include <stdlib.h>

enum { TEXT = 64, ARGUMENTS = 64, CREDENTIALS = 255, WORK = 32768, HEAD = 2048 };

static core_t core;

/* Of the formats the first that can is what a server gets that names none. */
static const swmgmt_part_t *const PARTS[] = {
    &swmgmt_crc32,      &swmgmt_sha256,     &swmgmt_package,    &swmgmt_mcuboot,
    &swmgmt_names,      &swmgmt_ed25519,    &swmgmt_components, &swmgmt_download,
    &swmgmt_record,     &swmgmt_text,       &swmgmt_opaque,     &swmgmt_cbor,
    &swmgmt_tlv,        &swmgmt_senml_cbor, &swmgmt_senml_json, &swmgmt_link_format,
    &swmgmt_senml_cbor_package, &swmgmt_senml_json_package,
};

static swmgmt_verdict_t start_fetch(void *user, const swmgmt_op_t *op, const swmgmt_fetch_t *what)
{
    (void)user;
    return fetch_begin(&core.fetches, op, what);
}

static void cancel(void *user, const swmgmt_op_t *op)
{
    (void)user;
    fetch_cancel(&core.fetches, op->number);
}

static void trace(void *user, uint16_t instance, uint8_t kind, uint32_t number,
                  swmgmt_verdict_t verdict)
{
    (void)user;
    if (core.options->verbose) {
        printf("9/%u op=%s number=%lu verdict=%ld\n", instance, swmgmt_operation_name(kind),
               (unsigned long)number, (long)verdict);
    }
}

static const swmgmt_host_t HOST = {
    .size = sizeof(swmgmt_host_t),
    .user = &core.slots,
    .open = slots_package_open,
    .write = slots_package_write,
    .read = slots_package_read,
    .discard = slots_package_discard,
    .install = install_begin,
    .uninstall = slots_uninstall,
    .prepare = slots_prepare,
    .activate = slots_activate,
    .deactivate = slots_deactivate,
    .outcome = install_outcome,
    .cancel = cancel,
    .about = slots_about,
    .load = slots_load,
    .save = slots_save,
    .fetch = start_fetch,
    .schemes = "file",
    .key = trust_key,
#ifdef DEVICE_P256
    .signature = trust_signature,
#endif
    .fits = trust_fits,
    .counter = trust_counter,
    .commit = trust_commit,
    .trace = trace,
};

static void configure(const options_t *options, swmgmt_config_t *config)
{
    *config = (swmgmt_config_t){
        .size = sizeof *config,
        .resources = SWMGMT_OFFER(2) | SWMGMT_OFFER(3) | SWMGMT_OFFER(5) | SWMGMT_OFFER(8) |
                     SWMGMT_OFFER(13) | SWMGMT_OFFER(14) | SWMGMT_OFFER(15) | SWMGMT_OFFER(16) |
                     SWMGMT_OFFER(17) | SWMGMT_OFFER(18),
        .options = options->swmgmt_options,
        .push_timeout_ms = options->push_timeout_ms,
        .parts = PARTS,
        .part_count = sizeof PARTS / sizeof PARTS[0],
        .instances = options->max_instances,
        .components = options->component_room,
        .transfers = options->transfers,
        .text = TEXT,
        .arguments = ARGUMENTS,
        .credentials = CREDENTIALS,
        .work = WORK,
        .head = HEAD,
        .policy = options->policy,
        .max_install_attempts = options->max_install_attempts,
    };
}

static core_t *complain(const char *what, swmgmt_status_t status)
{
    fprintf(stderr, "device: %s: %s\n", what, swmgmt_strerror(status));
    return NULL;
}

static void expect_packages(const options_t *options)
{
    for (size_t i = 0; i < options->expectation_count; i++) {
        const expectation_t *it = &options->expectations[i];
        const swmgmt_status_t status = swmgmt_expect(core.swmgmt, it->instance, it->length,
                                                     it->algorithm, it->digest, it->size);
        /* Busy: a package is there already, and was judged by what was said before it. */
        if (status != SWMGMT_OK && status != SWMGMT_EBUSY) {
            fprintf(stderr, "device: --expect for 9/%u: %s\n", it->instance,
                    swmgmt_strerror(status));
        }
    }
}

core_t *core_start(const options_t *options, uint32_t now_ms)
{
    core.options = options;
    if (slots_open(&core.slots, options) != 0) {
        return NULL;
    }
    configure(options, &core.config);
    const size_t size = (swmgmt_memory(&core.config) + 7u) / 8u * 8u;
    core.memory = calloc(1, size + options->transfers * sizeof(fetch_t));
    if (size == 0 || core.memory == NULL) {
        return complain("the configuration", size == 0 ? SWMGMT_EINVAL : SWMGMT_ENOMEM);
    }
    core.fetches.directory = options->fetch_directory;
    core.fetches.count = options->transfers;
    core.fetches.each = (fetch_t *)(void *)((uint8_t *)core.memory + size);
    swmgmt_status_t status = swmgmt_init(&core.swmgmt, core.memory, size, &core.config, &HOST);
    if (status != SWMGMT_OK) {
        return complain("swmgmt_init", status);
    }
    core.slots.swmgmt = core.swmgmt;
    for (uint16_t i = 0; i < options->instances; i++) {
        status = swmgmt_add(core.swmgmt, i, slots_software(&core.slots, i));
        if (status != SWMGMT_OK) {
            return complain("swmgmt_add", status);
        }
    }
    status = swmgmt_boot(core.swmgmt, now_ms);
    if (status != SWMGMT_OK && status != SWMGMT_ERECORD) {
        return complain("swmgmt_boot", status);
    }
    if (status == SWMGMT_ERECORD) {
        complain("a record is lost", status);
    }
    expect_packages(options);
    return &core;
}

void core_close(void)
{
    if (core.options != NULL) {
        slots_close(&core.slots);
    }
    free(core.memory);
}
