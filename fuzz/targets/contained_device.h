/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The device of contained.c: what it is asked, what it says, and whether that is as it must be. */
#ifndef CONTAINED_DEVICE_H
#define CONTAINED_DEVICE_H

#include <sanitizer/asan_interface.h>

#include "../../tests/c/packed.h"
#include "contained.h"

/* What the firmware has been asked about a package, and has said last. */
typedef struct {
    swmgmt_verdict_t key;
    swmgmt_verdict_t fits[5];
    bool by_key; /* not by signature() */
    bool anew;   /* by what is stored */
    uint32_t counter;
} said_t;

static fake_t device;
static swmgmt_host_t plain; /* the callbacks of fake.h */

static struct {
    package_t package[2]; /* another one, too, that a server may turn to */
    reading_t what[2];
    said_t said[2];
    unsigned sending;
    unsigned stored;
    uint32_t at;    /* where the next bytes belong */
    uint32_t again; /* bytes of a download that have to be offered again */
    uint32_t end;   /* of what has been sent */
    uint32_t fetch; /* its number */
    bool fetches;
    bool resumed; /* what comes after a reboot is looked at when it is complete */
    bool altered; /* the storage: bytes that are proved */
    bool unlike;  /* those that tell the kind; after a reboot nobody knows which it was */
    bool other;   /* any bytes */
    bool failed;  /* a record could not be saved, or there is none */
    bool delivered;
    bool ours; /* the key is that of its owner */
    int32_t state;
    uint32_t highest;   /* counter that came to install() */
    uint32_t installed; /* that has been installed */
    uint8_t digest[32];
    uint8_t algorithm; /* of the digest that is expected */
    uint8_t verdict;
    uint8_t fits;
} it;

/* SHA-256 of digest and signature of what is signed with test-ed25519, or test-other, in
 * tests/packages, begins so: no other signature can be right. */
static const uint8_t signed_by[5][9] = {{0x6e, 0x2a, 0xd5, 0xaa, 0x6f, 0x2d, 0xbe, 0x4c, 0},
                                        {0x83, 0x48, 0x6e, 0x11, 0xc4, 0x58, 0x65, 0x8e, 0},
                                        {0x36, 0x9e, 0x26, 0x8a, 0x7a, 0xdc, 0x90, 0x78, 0},
                                        {0xed, 0xad, 0x64, 0x16, 0xe5, 0x2a, 0x41, 0xc5, 0},
                                        {0xdd, 0xba, 0x02, 0x63, 0xaa, 0xd7, 0x38, 0xf7, 1}};
static const uint8_t public_key[2][32] = {
    {0x18, 0xd9, 0x23, 0x8a, 0x9c, 0x09, 0x32, 0x3e, 0xfc, 0xb4, 0xf5, 0x7d, 0xbc, 0xf6, 0x3d, 0x51,
     0xaf, 0x3f, 0xf1, 0x14, 0xd2, 0x76, 0xf8, 0x7e, 0x03, 0xb9, 0xa4, 0x37, 0x60, 0x70, 0xc0, 0x8d},
    {0xdf, 0xdc, 0xc8, 0xba, 0x37, 0x4b, 0xc6, 0x5a, 0x1d, 0x46, 0x1a, 0x5a, 0xb4, 0xbd, 0x64, 0xd3,
     0xa6, 0x8e, 0x3e, 0x92, 0x04, 0x9b, 0x37, 0x50, 0x1c, 0x0b, 0xcb, 0xd9, 0xd7, 0xfc, 0x38, 0x28}};
static const swmgmt_verdict_t verdicts[8] = {
    SWMGMT_DONE, SWMGMT_UNKNOWN, SWMGMT_FAILED,           SWMGMT_FAILED_TYPE,
    SWMGMT_DONE, 0,              SWMGMT_FAILED_INTEGRITY, SWMGMT_PENDING};

/* ---- what must hold --------------------------------------------------------------------- */

static bool has_part(const swmgmt_part_t *part)
{
    for (unsigned i = 0; i < device.config.part_count; i++) {
        if (device.parts[i] == part) {
            return true;
        }
    }
    return false;
}

static bool is_contained(unsigned n)
{
    return (it.what[n].kind == OWN && has_part(&swmgmt_package)) ||
           (it.what[n].kind == IMAGE && has_part(&swmgmt_mcuboot));
}

/* The package that the library looks at. */
static unsigned looked_at(void)
{
    return swmgmt_state(device.ctx, 0) == SWMGMT_VERIFYING ? it.stored : it.sending;
}

static bool is_by_owner(const reading_t *what)
{
    uint8_t claim[32 + 64];
    uint8_t hash[32];
    bool known = false;
    if (what->signature.length != 64) {
        return false;
    }
    memcpy(claim, what->digest.bytes, 32);
    memcpy(claim + 32, what->signature.bytes, 64);
    sha256(claim, sizeof claim, hash);
    for (unsigned i = 0; i < 5; i++) {
        known = known || (memcmp(signed_by[i], hash, 8) == 0 && (signed_by[i][8] == 0) == it.ours);
    }
    return known;
}

/* A package in a container has been asked about, and nothing was said against it. */
static void must_be_judged(unsigned n)
{
    const reading_t *what = &it.what[n];
    const said_t *said = &it.said[n];
    bool required = device.config.policy == SWMGMT_REQUIRE_SIGNATURE;
    bool by_part = has_part(&swmgmt_ed25519) && what->algorithm == SWMGMT_ED25519;
    bool has_means = has_part(&swmgmt_ed25519) || device.host.signature != NULL;
    MUST(what->told);
    MUST(!required || what->signature.bytes != NULL);
    if (what->signature.bytes != NULL && has_means) {
        MUST(said->key == SWMGMT_DONE && said->by_key == by_part);
        MUST(!by_part || is_by_owner(what));
    }
    for (unsigned i = 1; i < 5; i++) {
        MUST(what->fits[i].bytes == NULL || said->fits[i] == SWMGMT_DONE);
    }
    MUST(what->counter >= said->counter && what->counter >= it.installed);
}

static void must_be_good(void)
{
    const package_t *package = &it.package[it.stored];
    const fake_slot_t *slot = fake_slot(&device, 0);
    uint8_t policy = device.config.policy;
    uint8_t digest[32];
    sha256(slot->bytes, slot->length, digest);
    MUST(slot->length == package->length);
    MUST(it.other || memcmp(slot->bytes, package->bytes, slot->length) == 0);
    if (is_contained(it.stored) && !(it.unlike && it.resumed)) {
        MUST(it.what[it.stored].right);
        MUST(device.host.read == NULL || (it.said[it.stored].anew && !it.altered && !it.unlike));
        must_be_judged(it.stored);
    } else {
        MUST(policy != SWMGMT_REQUIRE_SIGNATURE);
        MUST(policy != SWMGMT_REQUIRE_DIGEST || it.algorithm == SWMGMT_SHA256 ||
             device.host.verify != NULL);
    }
    if (it.algorithm == SWMGMT_SHA256 && (device.host.read != NULL || !it.other)) {
        MUST(memcmp(it.digest, digest, sizeof digest) == 0);
    }
}

static void look(void)
{
    swmgmt_value_t value;
    char text[16];
    int32_t state = swmgmt_state(device.ctx, 0);
    long result = fake_number(&device, 9, 0, 9);
    MUST((result >= 0 && result <= 3) || (result >= 50 && result <= 59 && result != 55));
    MUST(swmgmt_read(device.ctx, fake_path(9, 0, 16), &value) == SWMGMT_CONTENT);
    (void)snprintf(text, sizeof text, "%ld:", result);
    MUST(value.length > strlen(text) ? memcmp(value.bytes, text, strlen(text)) == 0
                                     : value.length == 0 && result < 50);
    if (state == SWMGMT_DELIVERED && it.state != SWMGMT_DELIVERED &&
        it.state != SWMGMT_INSTALLING) {
        must_be_good();
        it.delivered = true;
    } else if (state == SWMGMT_INACTIVE && it.state == SWMGMT_INSTALLING) {
        if (!it.failed && is_contained(it.stored) && it.what[it.stored].counter > it.installed) {
            it.installed = it.what[it.stored].counter;
        }
        it.algorithm = SWMGMT_NO_DIGEST;
        if (is_contained(it.stored) && it.what[it.stored].kind == OWN && device.config.text > 0 &&
            !it.unlike) {
            piece_t name = it.what[it.stored].name;
            MUST(swmgmt_read(device.ctx, fake_path(9, 0, 0), &value) == SWMGMT_CONTENT);
            MUST(value.length == name.length && memcmp(value.bytes, name.bytes, name.length) == 0);
        }
    }
    it.state = state;
    MUST(device.hash_misused == 0);
    if (device.calls > FAKE_LOG / 2) {
        fake_forget(&device);
    }
}

/* ---- callbacks -------------------------------------------------------------------------- */

static void store_anew(void)
{
    it.stored = it.sending;
    it.altered = it.unlike = it.other = it.delivered = it.resumed = false;
}

static swmgmt_verdict_t on_open(void *user, const swmgmt_op_t *op, uint32_t offset, uint32_t total)
{
    swmgmt_verdict_t verdict = plain.open(user, op, offset, total);
    if (offset == 0) {
        store_anew();
        if (swmgmt_state(device.ctx, 0) == SWMGMT_RECEIVING && is_contained(it.stored) &&
            it.what[it.stored].kind == OWN) {
            must_be_judged(it.stored);
        }
    }
    return verdict;
}

static swmgmt_verdict_t on_write(void *user, const swmgmt_op_t *op, uint32_t offset,
                                 const uint8_t *data, size_t length)
{
    const package_t *package;
    const reading_t *what;
    if (offset == 0) {
        store_anew(); /* the other one may have come since a download's storage was opened */
    }
    package = &it.package[it.stored];
    what = &it.what[it.stored];
    MUST(length > 0 && offset == fake_slot(&device, op->instance)->length);
    MUST(it.end <= package->length && offset <= it.end && length <= it.end - offset);
    MUST(memcmp(data, package->bytes + offset, length) == 0);
    MUST(is_contained(it.stored) || device.config.policy != SWMGMT_REQUIRE_SIGNATURE);
    if (is_contained(it.stored)) {
        MUST(offset + length <= what->total || what->kind == IMAGE); /* whose end its end tells */
        if (what->kind == OWN && offset == 0) {
            MUST(length == what->head);
            must_be_judged(it.stored);
        }
    }
    return plain.write(user, op, offset, data, length);
}

static swmgmt_verdict_t on_read(void *user, const swmgmt_op_t *op, uint32_t offset, uint8_t *data,
                                size_t length)
{
    it.said[it.stored].anew = it.said[it.stored].anew || offset == 0;
    return plain.read(user, op, offset, data, length);
}

static swmgmt_verdict_t on_fetch(void *user, const swmgmt_op_t *op, const swmgmt_fetch_t *what)
{
    it.fetch = op->number;
    it.at = what->offset;
    it.resumed = it.at > 0;
    it.again = 0;
    it.sending = it.at > 0 ? it.stored : it.sending;
    return plain.fetch(user, op, what);
}

static swmgmt_verdict_t on_install(void *user, const swmgmt_op_t *op, const char *arguments,
                                   size_t length)
{
    const package_t *package = &it.package[it.stored];
    const reading_t *what = &it.what[it.stored];
    MUST(it.delivered);
    if (is_contained(it.stored)) {
        it.highest = what->counter > it.highest ? what->counter : it.highest;
    }
    if (is_contained(it.stored) && what->kind == OWN) {
        uint8_t *head = malloc(what->head);
        swmgmt_component_t component;
        uint32_t reached = what->head;
        MUST(head != NULL);
        memcpy(head, package->bytes, what->head);
        for (uint16_t n = 0;
             swmgmt_package_component(head, what->head, n, &component) == SWMGMT_OK; n++) {
            MUST(component.offset == reached && component.length <= what->total - reached);
            MUST((const uint8_t *)component.name + component.name_length <= head + what->head);
            reached += component.length;
        }
        MUST(reached == what->total);
        free(head);
    }
    return plain.install(user, op, arguments, length);
}

static swmgmt_verdict_t on_key(void *user, uint16_t instance, const uint8_t *id, uint8_t *key)
{
    unsigned n = looked_at();
    swmgmt_verdict_t verdict =
        fake_called(user, SWMGMT_OP_KEY, NULL, 0, instance, verdicts[it.verdict]);
    MUST(it.other || memcmp(id, it.what[n].key.bytes, 32) == 0);
    it.said[n].key = verdict;
    it.said[n].by_key = true;
    if (verdict == SWMGMT_DONE) {
        memcpy(key, public_key[it.ours ? 0 : 1], 32);
    }
    return verdict;
}

static swmgmt_verdict_t on_signature(void *user, const swmgmt_op_t *op,
                                     const swmgmt_signature_t *claim)
{
    unsigned n = looked_at();
    const reading_t *what = &it.what[n];
    bool same = claim->length <= what->signature.length &&
                memcmp(claim->signature, what->signature.bytes, claim->length) == 0 &&
                memcmp(claim->key, what->key.bytes, 32) == 0 &&
                memcmp(claim->digest, what->digest.bytes, 32) == 0 &&
                claim->algorithm == what->algorithm;
    MUST(what->told && (same || it.other));
    it.said[n].key = fake_called(user, SWMGMT_OP_SIGNATURE, op, 0, claim->length,
                                 same ? verdicts[it.verdict] : SWMGMT_FAILED_INTEGRITY);
    it.said[n].by_key = false;
    return it.said[n].key;
}

static swmgmt_verdict_t on_fits(void *user, uint16_t instance, uint8_t what, const uint8_t *data,
                                size_t length)
{
    unsigned n = looked_at();
    swmgmt_verdict_t verdict = (it.fits & 1u << what) == 0 ? SWMGMT_DONE : verdicts[it.verdict | 1];
    piece_t piece = it.what[n].fits[what];
    MUST(what >= 1 && what <= 4 && piece.bytes != NULL && length >= piece.length);
    MUST(it.other || memcmp(data + length - piece.length, piece.bytes, piece.length) == 0);
    it.said[n].fits[what] = fake_called(user, SWMGMT_OP_FITS, NULL, what, instance, verdict);
    return it.said[n].fits[what];
}

static swmgmt_verdict_t on_counter(void *user, uint16_t instance, uint32_t *value)
{
    *value = device.counter;
    it.said[looked_at()].counter = device.counter;
    return fake_called(user, SWMGMT_OP_COUNTER, NULL, 0, instance,
                       device.answer[SWMGMT_OP_COUNTER]);
}

static swmgmt_verdict_t on_commit(void *user, uint16_t instance, uint32_t value)
{
    swmgmt_verdict_t verdict =
        fake_called(user, SWMGMT_OP_COMMIT, NULL, 0, instance, device.answer[SWMGMT_OP_COMMIT]);
    MUST(value != 0 && value <= it.highest);
    if (verdict == SWMGMT_DONE && value > device.counter) {
        device.counter = value;
    }
    return verdict;
}

/* ---- the device ------------------------------------------------------------------------- */

static void boot(void)
{
    const swmgmt_config_t *config = &device.config;
    size_t size;
    size_t words;
    swmgmt_status_t status;
    __asan_unpoison_memory_region(device.memory, sizeof device.memory);
    memset(it.said, 0, sizeof it.said);
    MUST(fake_init(&device) == SWMGMT_OK);
    size = swmgmt_memory(config);
    words = SWMGMT_MEMORY_WORDS(config->resources, 4u, config->components, 2u, config->text, 16u,
                                16u, config->work) +
            SWMGMT_CONTAINER_WORDS(4u, config->components, 2u, config->text, config->head);
    MUST(size > 0 && size <= 8u * words && size <= sizeof device.memory);
    __asan_poison_memory_region((uint8_t *)device.memory + size, sizeof device.memory - size);
    status = swmgmt_boot(device.ctx, device.now);
    MUST(status == SWMGMT_OK || status == SWMGMT_ERECORD);
    fake_drain(&device);
}

/* Two bytes for what the device can, two for its room and what it expects, and so on. */
static void device_of(const uint8_t *setup)
{
    static const uint16_t heads[4] = {0, 216, 120, 400};
    static const uint16_t texts[4] = {255, 32, 5, 0};
    static const uint16_t components[4] = {8, 4, 1, 0};
    static const uint32_t counters[4] = {0, 7, 8, UINT32_MAX};
    __asan_unpoison_memory_region(device.memory, sizeof device.memory);
    fake_new(&device);
    packed_device(&device);
    plain = device.host;
    device.config.policy = setup[0] & 3u;
    device.host.open = on_open;
    device.host.write = on_write;
    device.host.read = (setup[0] & 4u) != 0 ? NULL : on_read;
    device.host.verify = (setup[0] & 8u) != 0 ? plain.verify : NULL;
    device.host.install = on_install;
    device.host.fetch = on_fetch;
    device.host.fits = (setup[4] & 0x40u) != 0 ? NULL : on_fits;
    device.host.counter = (setup[4] & 0x20u) != 0 ? NULL : on_counter;
    device.host.commit = (setup[4] & 0x20u) != 0 ? NULL : on_commit;
    if ((setup[0] & 0x30u) != 0) { /* one container only; packed_device() has named both */
        bool own = (setup[0] & 0x10u) != 0 || device.host.read == NULL; /* which images need */
        device.parts[6] = own ? &swmgmt_package : &swmgmt_mcuboot;
        device.config.part_count = 7;
    }
    it.fetches = (setup[0] & 0x40u) != 0;
    device.host.key = on_key;
    device.host.signature = (setup[1] & 1u) != 0 ? NULL : on_signature;
    if ((setup[1] & 2u) != 0) {
        device.parts[device.config.part_count++] = &swmgmt_ed25519;
    } else if (device.host.signature == NULL && device.config.policy == SWMGMT_REQUIRE_SIGNATURE) {
        device.host.signature = on_signature; /* else this is no configuration */
    }
    if ((setup[1] & 4u) != 0) {
        packed_hash(&device);
    }
    fake_list(&device, 0, (setup[1] >> 3 & 3u) % 3u);
    device.config.options |= (setup[1] & 0x20u) != 0 ? SWMGMT_REPLACE_IN_DELIVERED : 0;
    device.config.options |= (setup[1] & 0x40u) != 0 ? SWMGMT_ALLOW_OLDER : 0;
    it.ours = (setup[1] & 0x80u) == 0;
    device.config.head = heads[setup[2] & 3u];
    device.config.text = texts[setup[2] >> 2 & 3u];
    device.config.components = components[setup[2] >> 4 & 3u];
    device.config.work = (setup[2] & 0x40u) != 0 ? 400 : 7;
    device.config.checkpoint = 50;
    if ((setup[0] & 0x80u) != 0) {
        device.host.load = NULL;
        device.host.save = NULL;
        it.failed = true;
    }
    device.counter = counters[setup[4] >> 2 & 3u];
    it.verdict = setup[5] & 7u;
    it.fits = setup[6] & 0x1Eu;
    device.version[1] = "1.2"; /* of what is updated: tests/packages has 1.1 as a minimum */
    device.outcome = SWMGMT_NOT_STARTED;
    if ((setup[3] & 0x20u) != 0) {
        device.capacity = it.package[0].length - 1;
    }
}

/* The first package, by its digest or its length, which may be wrong. */
static void expect(uint8_t what)
{
    uint32_t length = it.package[0].length;
    uint8_t digest[32];
    uint8_t algorithm = (what & 6u) == 2 ? SWMGMT_SHA256 : SWMGMT_NO_DIGEST;
    bool plainly = algorithm == SWMGMT_NO_DIGEST;
    sha256(it.package[0].bytes, length, digest);
    digest[31] ^= what & 1u;
    length = (what & 6u) == 4 ? length - (what & 1u) : 0;
    if ((what & 6u) != 0 && swmgmt_expect(device.ctx, 0, length, algorithm, plainly ? NULL : digest,
                                          plainly ? 0 : sizeof digest) == SWMGMT_OK) {
        it.algorithm = algorithm;
        memcpy(it.digest, digest, sizeof digest);
    }
}

#endif
