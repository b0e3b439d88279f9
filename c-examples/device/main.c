/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* An LwM2M client whose software is managed by Objects 9 and 14: swmgmt on libcoap.
 *
 * One thread, one loop. After each step that may change something the changes are
 * notified, so that servers see every state in its order. */
#define _POSIX_C_SOURCE 200809L
#include "core.h"
#include "lwm2m.h"
#include "options.h"
#include "session.h"
#include "watch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CHILD_MS = 20, LONGEST_WAIT_MS = 1000, EXIT_REBOOT = 3 };

typedef struct device_t {
    options_t options;
    core_t *core;
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

static int complain(const char *what, swmgmt_status_t status)
{
    fprintf(stderr, "device: %s: %s\n", what, swmgmt_strerror(status));
    return -1;
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
        swmgmt_coap_init(&device.adapter, device.core->swmgmt, on_registration, &device.lwm2m);
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
    watch(&device.watch, device.core->swmgmt, swmgmt_coap_flush(&device.adapter));
}

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

/* What waits, one step of each. Returns for how long nothing does. */
static uint32_t work(void)
{
    uint32_t next = 0;
    swmgmt_poll(device.core->swmgmt, (uint32_t)now_ms(), &next);
    show();
    if (fetch_turn(&device.core->fetches, device.core->swmgmt)) {
        show();
        next = 0;
    }
    if (install_turn(&device.core->slots)) {
        show();
        next = 0;
    }
    next = least(next, lwm2m_turn(&device.lwm2m, now_ms()));
    next = least(next, install_is_pending(&device.core->slots) ? CHILD_MS : LONGEST_WAIT_MS);
    return fetch_is_pending(&device.core->fetches) ? 0 : next;
}

static int is_over(void)
{
    return device.lwm2m.state == LWM2M_DONE || (is_told_to_stop && device.lwm2m.state == LWM2M_OFF);
}

static int serve(void)
{
    watch(&device.watch, device.core->swmgmt, 1);
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
    device.core = core_start(&device.options, (uint32_t)now_ms());
    return device.core != NULL ? start_coap() : -1;
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
    core_close();
    return status;
}
