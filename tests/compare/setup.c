/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Random configurations, and the start of the device with what has survived. */
#include <string.h>

#include "../c/digest.h"
#include "compare.h"

#define WORDS 8192u
#define MARGIN 16u

static _Alignas(8) uint64_t memory[WORDS];

static void name_part(const swmgmt_part_t *part)
{
    device.parts[device.config.part_count++] = part;
}

bool has_part(const swmgmt_part_t *part)
{
    for (unsigned i = 0; i < device.config.part_count; i++) {
        if (device.parts[i] == part) {
            return true;
        }
    }
    return false;
}

/* Parts that only the newer of the two archives may have. */
extern const swmgmt_part_t swmgmt_names __attribute__((weak));
extern const swmgmt_part_t swmgmt_senml_cbor_package __attribute__((weak));
extern const swmgmt_part_t swmgmt_senml_json_package __attribute__((weak));

/* How many of the parts are such. */
static unsigned newer;

static void name_newer(const swmgmt_part_t *part)
{
    if (part != NULL) {
        name_part(part);
        newer++;
    }
}

static void choose_parts(void)
{
    newer = 0;
    const kind_t *kind = device.kind;
    bool contains = kind->containers || kind->images;
    if (contains || !one_in(3)) {
        name_part(one_in(3) ? &swmgmt_sha256_host : &swmgmt_sha256);
    }
    if (!one_in(3)) {
        name_part(one_in(2) ? &swmgmt_crc32 : &swmgmt_crc32_small);
    }
    if (kind->containers) {
        name_part(&swmgmt_package);
    }
    if (kind->images) {
        name_part(&swmgmt_mcuboot);
    }
    if (kind->images && one_in(3)) {
        name_part(&swmgmt_package);
    }
    if (contains) {
        name_newer(&swmgmt_names);
    }
    if (contains && one_in(kind->images ? 3 : 6)) {
        name_part(&swmgmt_ed25519);
    }
    if (kind->records) {
        name_part(&swmgmt_record);
    }
    if (kind->downloads) {
        name_part(&swmgmt_download);
    }
    if (kind->components) {
        name_part(&swmgmt_components);
    }
    if (kind->formats || kind->front) {
        static const swmgmt_part_t *const formats[] = {
            &swmgmt_text, &swmgmt_opaque,    &swmgmt_cbor,      &swmgmt_tlv,
            &swmgmt_senml_cbor, &swmgmt_senml_json, &swmgmt_link_format};
        for (unsigned i = 0; i < sizeof formats / sizeof formats[0]; i++) {
            if (!one_in(12)) {
                name_part(formats[i]);
                if (formats[i] == &swmgmt_senml_cbor) {
                    name_newer(&swmgmt_senml_cbor_package);
                } else if (formats[i] == &swmgmt_senml_json) {
                    name_newer(&swmgmt_senml_json_package);
                }
            }
        }
    }
}

/* What may be missing is missing sometimes. */
static void choose_callbacks(void)
{
    swmgmt_host_t *host = &device.host;
    const kind_t *kind = device.kind;
    device_callbacks();
    if (!kind->records) {
        host->load = NULL;
        host->save = NULL;
    }
    if (!kind->downloads) {
        host->fetch = NULL;
        host->schemes = NULL;
    } else if (one_in(8)) {
        host->schemes = one_in(2) ? "x" : "coap,,http";
    }
    host->read = one_in(4) && !kind->images ? NULL : host->read;
    host->discard = one_in(4) ? NULL : host->discard;
    host->verify = one_in(4) ? NULL : host->verify;
    host->uninstall = one_in(5) ? NULL : host->uninstall;
    host->prepare = one_in(5) ? NULL : host->prepare;
    host->activate = one_in(5) ? NULL : host->activate;
    host->deactivate = one_in(5) ? NULL : host->deactivate;
    host->outcome = one_in(4) ? NULL : host->outcome;
    host->cancel = one_in(4) ? NULL : host->cancel;
    host->about = one_in(5) ? NULL : host->about;
    host->signature = one_in(6) ? NULL : host->signature;
    host->fits = one_in(6) ? NULL : host->fits;
    if (one_in(3)) { /* both or none, unless by mistake */
        host->counter = NULL;
        host->commit = one_in(20) ? host->commit : NULL;
    }
    if (!has_part(&swmgmt_ed25519)) {
        host->key = NULL;
        if (host->signature == NULL && !one_in(20)) {
            device.config.policy %= SWMGMT_REQUIRE_SIGNATURE;
        }
    }
    if (!kind->containers && !kind->images) {
        host->signature = NULL;
        host->fits = NULL;
        host->counter = NULL;
        host->commit = NULL;
    }
    if (kind->images) { /* see images.c */
        host->verify = NULL;
        host->about = NULL;
    }
    host->trace = one_in(3) ? NULL : host->trace;
}

static void choose_numbers(void)
{
    static const uint16_t texts[] = {32, 16, 255, 8, 0};
    static const uint8_t policies[] = {SWMGMT_ALLOW_NONE, SWMGMT_ALLOW_NONE, SWMGMT_ALLOW_CRC,
                                       SWMGMT_REQUIRE_DIGEST};
    static const uint8_t attempts[] = {0, 1, 2, SWMGMT_UNLIMITED};
    static const uint32_t checkpoints[] = {0, 1, 16, 64, 100};
    /* poll_once() writes record 0 if exactly 1,000 ms of a time-out are left: a mistake that the
     * next core need not make (C3). All steps of time are of 16 ms, and no time-out is. */
    static const uint32_t timeouts[] = {0, 1001, 5003};
    static const uint8_t optional[] = {5, 8, 13, 14, 15, 16, 17, 18};
    swmgmt_config_t *config = &device.config;
    const kind_t *kind = device.kind;
    config->size = sizeof *config;
    config->resources = kind->downloads ? SWMGMT_OFFER(3) : 0;
    if (!kind->downloads || kind->images || !one_in(20)) {
        config->resources |= SWMGMT_OFFER(2);
    }
    for (unsigned i = 0; i < sizeof optional; i++) {
        config->resources |= one_in(3) ? 0 : SWMGMT_OFFER(optional[i]);
    }
    config->options = any(64);
    config->options |= one_in(2) ? SWMGMT_SERVER_MAY_CREATE | SWMGMT_SERVER_MAY_DELETE : 0;
    config->options |= one_in(8) ? SWMGMT_ALLOW_OLDER : 0;
    config->push_timeout_ms = timeouts[any(3)];
    config->checkpoint = checkpoints[any(5)];
    config->instances = (uint16_t)(1 + any(one_in(5) ? 6 : 3));
    config->transfers = (uint16_t)(1 + any(2));
    config->components = kind->components ? (uint16_t)(2 + any(8)) : 0;
    config->text = texts[any(one_in(2) ? 1 : 5)];
    config->arguments = (uint16_t)(any(3) * 8);
    config->credentials = (uint16_t)(any(3) * 8);
    config->work = (uint16_t)(any(3) * 60);
    config->policy = kind->containers || kind->images ? (uint8_t)any(4) : policies[any(4)];
    config->head = (uint16_t)(one_in(4) ? 200 + any(300) : 0);
    config->max_install_attempts = attempts[any(4)];
    config->parts = device.parts;
}

void setup_configure(void)
{
    static const uint32_t calms[] = {100, 97, 90, 75};
    static const uint16_t ids[][3] = {{0, 1, 2}, {0, 3, 6}, {5, 0, 65534}};
    unsigned row = any(3);
    device.calm = calms[any(4)];
    device.steady = one_in(2);
    device.unlucky = !one_in(3) ? 0 : one_in(4) ? SWMGMT_OP_SAVE : (uint8_t)any(16);
    if (device.kind->images) {
        device.calm = 100;
        device.unlucky = 0;
    }
    device.now = one_in(4) ? UINT32_MAX - 15u - any(64) * 16u : any(1000) * 16u;
    choose_numbers();
    choose_parts();
    choose_callbacks();
    if (device.kind->containers && device.host.read != NULL) {
        device.config.instances = 1; /* how many polls a verification takes is not compared */
    }
    device.listed = device.config.instances < 3 ? device.config.instances : 3;
    device.listed = one_in(12) && !device.kind->images ? 0 : 1 + any(device.listed);
    for (unsigned i = 0; i < device.listed; i++) {
        device.ids[i] = ids[row][i];
        device.software[i] = (uint8_t)(one_in(2) ? SWMGMT_EMPTY : any(3));
    }
    say("kind %s: resources %x options %x timeout %u checkpoint %u instances %u components %u "
        "transfers %u text %u arguments %u work %u head %u policy %u attempts %u parts %u calm %u\n",
        device.kind->name, (unsigned)device.config.resources, (unsigned)device.config.options,
        (unsigned)device.config.push_timeout_ms, (unsigned)device.config.checkpoint,
        device.config.instances, device.config.components, device.config.transfers,
        device.config.text, device.config.arguments, device.config.work, device.config.head,
        device.config.policy, device.config.max_install_attempts,
        device.config.part_count - newer,
        (unsigned)device.calm);
}

/* ---- the start ------------------------------------------------------------------------------ */

/* A record that is altered and sealed again is believed. */
static void spoil_record(void)
{
    uint32_t key = any(RECORDS);
    uint8_t *record = device.record[key];
    uint32_t length = device.record_length[key];
    uint32_t at;
    if (length < 6) {
        return;
    }
    at = any(length);
    switch (any(4)) {
    case 0:
        device.record_length[key] = at;
        break;
    case 1:
        record[at] ^= (uint8_t)(1u << any(8));
        break;
    default:
        at = one_in(4) ? 0 : at % (length - 4);
        if (key != 0 && (at == 2 || at == 10 || at == 11)) {
            at = 5; /* no flags and no component that contradict the state */
        }
        record[at] = (uint8_t)(one_in(2) ? record[at] + 1u : record[at] ^ 1u << any(8));
        crc32(record, length - 4, record + length - 4);
        for (unsigned i = 0; i < 2; i++) { /* least significant first there */
            uint8_t other = record[length - 4 + i];
            record[length - 4 + i] = record[length - 1 - i];
            record[length - 1 - i] = other;
        }
        break;
    }
    say("spoil record %u at %u\n", (unsigned)key, (unsigned)at);
}

static void spoil_storage(void)
{
    slot_t *slot = &device.slot[any(SLOTS)];
    uint32_t at = slot->length > 0 ? any(slot->length) : 0;
    if (slot->length == 0) {
        return;
    }
    say("spoil storage of %u at %u\n", slot->instance, (unsigned)at);
    if (one_in(2)) {
        slot->length = at;
    } else {
        slot->bytes[at] ^= 4;
    }
}

static void boot_once(void)
{
    size_t size = swmgmt_memory(&device.config);
    uint8_t *bytes = (uint8_t *)memory;
    swmgmt_value_t value;
    swmgmt_path_t path = {9, 0, 7, SWMGMT_NONE};
    bool kept = true;
    swmgmt_status_t status;
    memset(memory, 0xA5, sizeof memory);
    device.pendings = 0;
    device.off = false;
    device.ctx = NULL;
    look_forget();
    if (size + MARGIN > sizeof memory) {
        say("memory!\n");
        return;
    }
    if (one_in(12)) {
        misuse_init(memory, size);
    }
    status = swmgmt_init(&device.ctx, memory, size, &device.config, &device.host);
    say("init %d\n", (int)status);
    device.ctx = status == SWMGMT_OK ? device.ctx : NULL;
    for (unsigned i = 0; i < device.listed; i++) {
        say("add %u %u = %d\n", device.ids[i], device.software[i],
            (int)swmgmt_add(device.ctx, device.ids[i], device.software[i]));
    }
    if (one_in(4)) {
        say("too early %d %d\n", (int)swmgmt_read(device.ctx, path, &value),
            (int)swmgmt_poll(device.ctx, device.now, NULL));
    }
    say("boot at %u\n", (unsigned)device.now);
    answered(swmgmt_boot(device.ctx, device.now));
    for (unsigned i = 0; i < MARGIN; i++) {
        kept = kept && bytes[size + i] == 0xA5;
    }
    if (!kept) {
        say("written beyond its memory\n");
    }
}

void setup_start(void)
{
    bool images = device.kind->images;
    if (device.calls > 0 && !images) {
        device.now += one_in(3) ? any(100) * 160u : 0;
        for (unsigned n = one_in(4) ? 1 + any(2) : 0; n > 0; n--) {
            spoil_record();
        }
        if (one_in(6)) {
            spoil_storage();
        }
    }
    device.cut_after = one_in(2);
    device.cut_in = device.kind->records && !images && one_in(5) ? 1 + any(20) : 0;
    wire_start();
    boot_once();
    while (device.off) {
        device.cut_in = one_in(3) ? 1 + any(10) : 0;
        boot_once();
    }
    device.cut_in = 0;
}
