/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* An LwM2M client whose software is managed by Objects 9 and 14: swmgmt on libcoap.
 *
 * One thread, one loop. After each step that may change something the changes are
 * notified, so that servers see every state in its order. */
#define _POSIX_C_SOURCE 200809L
#include "fetch.h"
#include "lwm2m.h"
#include "options.h"
#include "session.h"
#include "slots.h"
#include "watch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TEXT = 64, ARGUMENTS = 64, CREDENTIALS = 255, WORK = 32768, HEAD = 2048, EXIT_REBOOT = 3 };
enum { CHILD_MS = 20, LONGEST_WAIT_MS = 1000 };

typedef struct device_t {
    options_t options;
    swmgmt_config_t config;
    swmgmt_t *swmgmt;
    void *memory; /* of swmgmt, and of the downloads behind it */
    slots_t slots;
    fetches_t fetches;
    swmgmt_coap_t adapter;
    coap_context_t *coap;
    lwm2m_t lwm2m;
    watch_t watch;
} device_t;

static device_t device;
static volatile sig_atomic_t is_told_to_stop;

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

static void stop(int signal_number)
{
    (void)signal_number;
    is_told_to_stop = 1;
}

/* --- swmgmt ---------------------------------------------------------------------------- */

/* Of the formats the first that can is what a server gets that names none. */
static const swmgmt_part_t *const PARTS[] = {
    &swmgmt_crc32,     &swmgmt_sha256,     &swmgmt_package,     &swmgmt_mcuboot,
    &swmgmt_ed25519,   &swmgmt_components, &swmgmt_download,    &swmgmt_record,
    &swmgmt_text,      &swmgmt_opaque,     &swmgmt_cbor,        &swmgmt_tlv,
    &swmgmt_senml_cbor, &swmgmt_senml_json, &swmgmt_link_format,
};

static swmgmt_verdict_t start_fetch(void *user, const swmgmt_op_t *op, const swmgmt_fetch_t *what)
{
    (void)user;
    return fetch_begin(&device.fetches, op, what);
}

static void cancel(void *user, const swmgmt_op_t *op)
{
    (void)user;
    fetch_cancel(&device.fetches, op->number);
}

static void trace(void *user, uint16_t instance, uint8_t kind, uint32_t number,
                  swmgmt_verdict_t verdict)
{
    (void)user;
    if (device.options.verbose) {
        printf("9/%u op=%s number=%lu verdict=%ld\n", instance, swmgmt_operation_name(kind),
               (unsigned long)number, (long)verdict);
    }
}

static const swmgmt_host_t HOST = {
    .size = sizeof(swmgmt_host_t),
    .user = &device.slots,
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

static int complain(const char *what, swmgmt_status_t status)
{
    fprintf(stderr, "device: %s: %s\n", what, swmgmt_strerror(status));
    return -1;
}

static void expect_packages(const options_t *options)
{
    for (size_t i = 0; i < options->expectation_count; i++) {
        const expectation_t *it = &options->expectations[i];
        const swmgmt_status_t status = swmgmt_expect(device.swmgmt, it->instance, it->length,
                                                     it->algorithm, it->digest, it->size);
        /* Busy: a package is there already, and was judged by what was said before it. */
        if (status != SWMGMT_OK && status != SWMGMT_EBUSY) {
            fprintf(stderr, "device: --expect for 9/%u: %s\n", it->instance,
                    swmgmt_strerror(status));
        }
    }
}

static int start_swmgmt(void)
{
    const options_t *options = &device.options;
    configure(options, &device.config);
    const size_t size = (swmgmt_memory(&device.config) + 7u) / 8u * 8u;
    device.memory = calloc(1, size + options->transfers * sizeof(fetch_t));
    if (size == 0 || device.memory == NULL) {
        return complain("the configuration", size == 0 ? SWMGMT_EINVAL : SWMGMT_ENOMEM);
    }
    device.fetches.directory = options->fetch_directory;
    device.fetches.count = options->transfers;
    device.fetches.each = (fetch_t *)(void *)((uint8_t *)device.memory + size);
    swmgmt_status_t status =
        swmgmt_init(&device.swmgmt, device.memory, size, &device.config, &HOST);
    if (status != SWMGMT_OK) {
        return complain("swmgmt_init", status);
    }
    device.slots.swmgmt = device.swmgmt;
    for (uint16_t i = 0; i < options->instances; i++) {
        status = swmgmt_add(device.swmgmt, i, slots_software(&device.slots, i));
        if (status != SWMGMT_OK) {
            return complain("swmgmt_add", status);
        }
    }
    status = swmgmt_boot(device.swmgmt, (uint32_t)now_ms());
    if (status != SWMGMT_OK && status != SWMGMT_ERECORD) {
        return complain("swmgmt_boot", status);
    }
    if (status == SWMGMT_ERECORD) {
        complain("a record is lost", status);
    }
    expect_packages(options);
    return 0;
}

/* --- libcoap ----------------------------------------------------------------------------- */

static void on_other_request(coap_resource_t *resource, coap_session_t *session,
                             const coap_pdu_t *request, const coap_string_t *query,
                             coap_pdu_t *response)
{
    (void)resource;
    (void)session;
    (void)query;
    objects_answer(&device.lwm2m, request, response);
}

static coap_response_t on_response(coap_session_t *session, const coap_pdu_t *sent,
                                   const coap_pdu_t *received, const coap_mid_t mid)
{
    (void)sent;
    (void)mid;
    lwm2m_response(&device.lwm2m, session, received, now_ms());
    return COAP_RESPONSE_OK;
}

static void on_nack(coap_session_t *session, const coap_pdu_t *sent,
                    const coap_nack_reason_t reason, const coap_mid_t mid)
{
    (void)mid;
    swmgmt_coap_nack(&device.adapter, session, sent, reason);
    lwm2m_nack(&device.lwm2m, session, sent, reason, now_ms());
}

static int on_event(coap_session_t *session, const coap_event_t event)
{
    swmgmt_coap_event(&device.adapter, session, event);
    return 0;
}

static void on_registration(void *user, int at_once)
{
    lwm2m_links_changed(user, at_once);
}

static int start_coap(void)
{
    coap_startup();
    coap_set_log_level((coap_log_t)(device.options.verbose ? 3 : 0)); /* errors, or none */
    device.coap = coap_new_context(NULL);
    if (device.coap == NULL) {
        return complain("libcoap", SWMGMT_ENOMEM);
    }
    coap_context_set_block_mode(device.coap, 0);
    coap_register_response_handler(device.coap, on_response);
    coap_register_nack_handler(device.coap, on_nack);
    coap_register_event_handler(device.coap, on_event);
    swmgmt_status_t status =
        swmgmt_coap_init(&device.adapter, device.swmgmt, on_registration, &device.lwm2m);
    if (status == SWMGMT_OK) {
        status = swmgmt_coap_attach(&device.adapter, device.coap, on_other_request);
    }
    if (status != SWMGMT_OK) {
        return complain("swmgmt_coap_attach", status);
    }
    if (lwm2m_init(&device.lwm2m, &device.options, device.coap, &device.adapter) != 0) {
        return -1;
    }
    return device.options.server != NULL ? 0 : session_listen(device.coap, &device.options);
}

/* --- the loop ------------------------------------------------------------------------------ */

/* Sends what has changed in the step before, and prints it. */
static void show(void)
{
    watch(&device.watch, device.swmgmt, swmgmt_coap_flush(&device.adapter));
}

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

/* What waits, one step of each. Returns for how long nothing does. */
static uint32_t work(void)
{
    uint32_t next = 0;
    swmgmt_poll(device.swmgmt, (uint32_t)now_ms(), &next);
    show();
    if (fetch_turn(&device.fetches, device.swmgmt)) {
        show();
        next = 0;
    }
    if (install_turn(&device.slots)) {
        show();
        next = 0;
    }
    next = least(next, lwm2m_turn(&device.lwm2m, now_ms()));
    next = least(next, install_is_pending(&device.slots) ? CHILD_MS : LONGEST_WAIT_MS);
    return fetch_is_pending(&device.fetches) ? 0 : next;
}

static int is_over(void)
{
    return device.lwm2m.state == LWM2M_DONE || (is_told_to_stop && device.lwm2m.state == LWM2M_OFF);
}

static int serve(void)
{
    watch(&device.watch, device.swmgmt, 1);
    if (device.options.server == NULL) {
        printf("ready\n");
    }
    while (!is_over()) {
        if (is_told_to_stop && device.lwm2m.state != LWM2M_DEREGISTERING) {
            lwm2m_leave(&device.lwm2m, now_ms());
        }
        const uint32_t wait = work();
        if (coap_io_process(device.coap, wait != 0 ? wait : COAP_IO_NO_WAIT) < 0) {
            return EXIT_FAILURE;
        }
        show();
        if (device.lwm2m.reboot_wanted) {
            return EXIT_REBOOT;
        }
    }
    return EXIT_SUCCESS;
}

static int start(int argc, char **argv)
{
    const struct sigaction action = {.sa_handler = stop};
    const int parsed = options_parse(&device.options, argc, argv);
    if (parsed != 0) {
        exit(parsed > 0 ? EXIT_SUCCESS : 2);
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (slots_open(&device.slots, &device.options) != 0 || start_swmgmt() != 0) {
        return -1;
    }
    return start_coap();
}

int main(int argc, char **argv)
{
    const int status = start(argc, argv) == 0 ? serve() : EXIT_FAILURE;
    if (device.coap != NULL) {
        lwm2m_close(&device.lwm2m);
        swmgmt_coap_close(&device.adapter);
        coap_free_context(device.coap);
        coap_cleanup();
    }
    slots_close(&device.slots);
    free(device.memory);
    return status;
}
