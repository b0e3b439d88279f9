/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What containers ask of a configuration: parts, callbacks, memory; what may be called from
 * their callbacks; and records of configurations with other parts. */
#include <stdio.h>
#include <string.h>

#include "packed_test.h"

static uint8_t bytes[PACKED_ROOM];
static uint32_t length;
static char where[200];

static packed_t signed_with(uint8_t key)
{
    packed_t what = packed_plain;
    what.key = key;
    what.algorithm = SWMGMT_ED25519;
    what.counted = true;
    what.counter = 3;
    what.vendor = "0123456789abcdef";
    what.part[1] = (packed_part_t){"radio", "5", 40, 2};
    what.parts = 2;
    return what;
}

static void parts(void)
{
    static const swmgmt_part_t *const containers[] = {&swmgmt_package, &swmgmt_mcuboot};
    check_where = "parts and callbacks";
    new_device(SWMGMT_EMPTY);
    CHECK_EQ(SWMGMT_OK, fake_init(&fake));
    fake.host.commit = NULL;
    CHECK_EQ(SWMGMT_EINVAL, fake_init(&fake));
    new_device(SWMGMT_EMPTY);
    fake.host.counter = NULL;
    CHECK_EQ(SWMGMT_EINVAL, fake_init(&fake));
    new_device(SWMGMT_EMPTY);
    fake.host.counter = NULL;
    fake.host.commit = NULL;
    fake.host.signature = NULL;
    fake.host.key = NULL;
    fake.host.fits = NULL;
    CHECK_EQ(SWMGMT_OK, fake_init(&fake));
    new_device(SWMGMT_EMPTY);
    fake.host.read = NULL;
    fake.choose_parts = NULL;
    CHECK_EQ(SWMGMT_EINVAL, fake_init(&fake)); /* images are read where they are stored */
    fake.config.part_count--;
    CHECK_EQ(SWMGMT_OK, fake_init(&fake));
    new_device(SWMGMT_EMPTY);
    packed_keys(&fake);
    CHECK_EQ(SWMGMT_OK, fake_init(&fake));
    fake.host.key = NULL;
    CHECK_EQ(SWMGMT_EINVAL, fake_init(&fake));
    new_device(SWMGMT_EMPTY);
    fake.parts[0] = &swmgmt_sha256_host;
    CHECK_EQ(SWMGMT_EINVAL, fake_init(&fake));
    packed_hash(&fake);
    CHECK_EQ(SWMGMT_OK, fake_init(&fake));
    for (unsigned i = 0; i < 2; i++) {
        new_device(SWMGMT_EMPTY);
        fake.parts[6] = containers[i]; /* one is enough */
        fake.config.part_count = 7;
        CHECK_EQ(SWMGMT_OK, fake_init(&fake));
        fake.parts[0] = &swmgmt_crc32;
        CHECK_EQ(SWMGMT_EPART, fake_init(&fake));
    }
    /* A policy that asks for signatures, and nobody who could check them. */
    for (unsigned n = 0; n < 8; n++) {
        bool container = n % 2u == 1;
        bool part = n / 2u % 2u == 1;
        bool callback = n / 4u == 1;
        new_device(SWMGMT_EMPTY);
        fake.config.policy = SWMGMT_REQUIRE_SIGNATURE;
        fake.config.part_count = container ? 7 : 5;
        if (part) {
            packed_keys(&fake);
        }
        if (!callback) {
            fake.host.signature = NULL;
        }
        (void)snprintf(where, sizeof where, "means of signatures, %u", n);
        check_where = where;
        CHECK_EQ(container && (part || callback) ? SWMGMT_OK : SWMGMT_EPART, fake_init(&fake));
    }
}

/* Only one of them is named: the other one's packages are in no container. */
static void one_container(void)
{
    for (unsigned n = 0; n < 4; n++) {
        bool named = n % 2u == 1; /* the image's */
        bool image = n / 2u == 1;
        packed_t what = packed_plain;
        (void)snprintf(where, sizeof where, "%s, only %s is known",
                       image ? "an image" : "a package", named ? "the image" : "the package");
        check_where = where;
        new_device(SWMGMT_EMPTY);
        fake.parts[6] = named ? &swmgmt_mcuboot : &swmgmt_package;
        fake.config.part_count = 7;
        boot();
        length = image ? packed_image(&what, bytes) : packed_make(&what, bytes);
        CHECK_EQ(SWMGMT_CHANGED, packed_push(&fake, bytes, length, 50, NULL));
        CHECK(fake_poll(&fake));
        CHECK_TEXT(image == named ? "3 3" : "0 57:unverified", packed_shown(&fake));
    }
}

/* The macros are an upper bound, and not far above; memory behind it is left alone. */
static void memory(void)
{
    size_t most = 0;
    for (unsigned i = 0; i < 2400; i++) {
        swmgmt_config_t c;
        size_t need;
        size_t words;
        size_t more;
        unsigned n = i;
        new_device(SWMGMT_EMPTY);
        c = fake.config;
        c.instances = (uint16_t[]){1, 2, 7, 255}[n % 4u];
        c.components = (uint16_t[]){0, 1, 9, 64, 255}[(n /= 4u) % 5u];
        c.transfers = (uint16_t[]){1, 3, 255}[(n /= 5u) % 3u];
        c.text = (uint16_t[]){0, 33, 255}[(n /= 3u) % 3u];
        c.head = (uint16_t[]){0, 1, 511, 777, 65535}[(n /= 3u) % 5u];
        c.arguments = (uint16_t)(i % 3u * 127u);
        c.credentials = (uint16_t)(i % 2u * 255u);
        c.work = (uint16_t[]){0, 1, 511, 65535}[i / 3u % 4u];
        c.resources = i % 5u == 0 ? SWMGMT_OFFER(2) : fake.config.resources;
        (void)snprintf(where, sizeof where, "memory, %u", i);
        check_where = where;
        need = swmgmt_memory(&c);
        words = SWMGMT_MEMORY_WORDS(c.resources, c.instances, c.components, c.transfers, c.text,
                                    c.arguments, c.credentials, c.work);
        more = SWMGMT_CONTAINER_WORDS(c.instances, c.components, c.transfers, c.text, c.head);
        CHECK(need > 0 && need <= sizeof(uint64_t) * (words + more));
        c.part_count = 5; /* without containers */
        need -= swmgmt_memory(&c);
        CHECK(sizeof(uint64_t) * more <= 2u * need + 64u); /* a large work buffer holds much */
        most = sizeof(uint64_t) * more * 100u / need > most ? sizeof(uint64_t) * more * 100u / need
                                                             : most;
    }
    printf("SWMGMT_CONTAINER_WORDS says up to %u %% of what is needed\n", (unsigned)most);
    for (unsigned n = 0; n < 3; n++) {
        static const uint16_t heads[] = {0, 300, 1111};
        size_t need;
        packed_t what = signed_with(1);
        check_where = "exactly enough memory";
        new_device(SWMGMT_EMPTY);
        fake.config.head = heads[n];
        fake.config.text = (uint16_t)(13u + n);
        need = swmgmt_memory(&fake.config);
        memset(fake.memory, 0x3C, sizeof fake.memory);
        CHECK_EQ(SWMGMT_ENOMEM,
                 swmgmt_init(&fake.ctx, fake.memory, need - 1, &fake.config, &fake.host));
        CHECK_EQ(SWMGMT_OK,
                 swmgmt_init(&fake.ctx, fake.memory, need, &fake.config, &fake.host));
        CHECK_EQ(SWMGMT_OK, swmgmt_add(fake.ctx, 0, SWMGMT_EMPTY));
        CHECK_EQ(SWMGMT_OK, swmgmt_boot(fake.ctx, fake.now));
        CHECK_EQ(SWMGMT_INACTIVE, packed_install(&fake, &what));
        while (need < sizeof fake.memory && ((const uint8_t *)fake.memory)[need] == 0x3C) {
            need++;
        }
        CHECK_EQ(sizeof fake.memory, need); /* what lies behind it is left alone */
    }
}

/* ---- callbacks --------------------------------------------------------------------------- */

static unsigned seen;

static void call_back(fake_t *device, uint8_t callback, const swmgmt_op_t *op)
{
    swmgmt_t *ctx = device->ctx;
    swmgmt_chunk_t chunk = {bytes, NULL, 4, 0, 0, 0, 0, {0, 0}};
    swmgmt_change_t change;
    swmgmt_value_t value;
    if (callback < SWMGMT_OP_KEY) {
        return;
    }
    (void)op;
    seen |= 1u << callback;
    (void)snprintf(where, sizeof where, "inside %s", swmgmt_operation_name(callback));
    check_where = where;
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_push(ctx, 1, 0, &chunk));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_execute(ctx, 1, fake_path(9, 0, 6), NULL, 0));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_poll(ctx, device->now, NULL));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_next_change(ctx, &change));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_delete(ctx, 1, 0));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_expect(ctx, 0, 0, SWMGMT_NO_DIGEST, NULL, 0));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_give_up_update(ctx, 0, 0));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_add(ctx, 3, SWMGMT_EMPTY));
    CHECK(swmgmt_done(ctx, 12345678, SWMGMT_DONE, 0) < 0);
    if (swmgmt_state(ctx, 0) >= 0) {
        CHECK_EQ(SWMGMT_CONTENT, swmgmt_read(ctx, fake_path(9, 0, 7), &value));
    }
}

static void inside(void)
{
    for (unsigned n = 0; n < 2; n++) {
        packed_t what = signed_with(1);
        new_device(SWMGMT_EMPTY);
        fake.hook = call_back;
        if (n == 1) { /* key(), of a signature that is not its own */
            packed_keys(&fake);
            memset(fake.key_id[1], 1, 32);
        }
        boot();
        length = packed_make(&what, bytes);
        (void)packed_push(&fake, bytes, length, 30, NULL);
        CHECK(fake_poll(&fake));
        check_where = "inside";
        CHECK_TEXT(n == 0 ? "3 3" : "0 53:signature", packed_shown(&fake));
        if (n == 0) {
            CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
            CHECK(fake_poll(&fake));
            STATE(SWMGMT_INACTIVE);
        }
    }
    CHECK_EQ((1u << (SWMGMT_OP_COMMIT + 1u)) - (1u << SWMGMT_OP_KEY), seen);
    for (uint8_t kind = SWMGMT_OP_KEY; kind <= SWMGMT_OP_COMMIT; kind++) {
        CHECK(strlen(swmgmt_operation_name(kind)) > 1);
        CHECK(strcmp(swmgmt_operation_name(kind), swmgmt_operation_name(99)) != 0);
    }
}

static unsigned traced[FAKE_KINDS];

static void count_trace(void *user, uint16_t instance, uint8_t kind, uint32_t number,
                        swmgmt_verdict_t verdict)
{
    (void)user;
    (void)instance;
    (void)number;
    (void)verdict;
    traced[kind % FAKE_KINDS]++;
}

static void trace(void)
{
    packed_t what = signed_with(1);
    new_device(SWMGMT_EMPTY);
    fake.host.trace = count_trace;
    boot();
    memset(traced, 0, sizeof traced);
    CHECK_EQ(SWMGMT_INACTIVE, packed_install(&fake, &what));
    for (uint8_t kind = SWMGMT_OP_SAVE; kind <= SWMGMT_OP_COMMIT; kind++) {
        (void)snprintf(where, sizeof where, "trace of %s", swmgmt_operation_name(kind));
        check_where = where;
        CHECK_EQ(fake_count(&fake, kind), traced[kind]);
    }
}

/* ---- records ----------------------------------------------------------------------------- */

/* The firmware learns of containers later, and forgets about them again. */
static void other_parts(void)
{
    packed_t what = signed_with(1);
    uint16_t with;
    check_where = "other parts";
    new_device(SWMGMT_EMPTY);
    with = fake.config.part_count;
    fake.config.part_count = 5;
    fake.config.policy = SWMGMT_ALLOW_NONE;
    boot();
    memset(bytes, 'x', 99);
    CHECK_EQ(SWMGMT_CHANGED, packed_push(&fake, bytes, 99, 50, NULL));
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
    CHECK(fake_poll(&fake));
    fake.config.part_count = with;
    boot();
    STATE(SWMGMT_INACTIVE);
    CHECK_TEXT("new", fake_text(&fake, 9, 0, 0));
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    CHECK_EQ(SWMGMT_INACTIVE, packed_install(&fake, &what));
    CHECK_TEXT("blink", fake_text(&fake, 9, 0, 0));
    fake.config.part_count = 5;
    boot();
    STATE(SWMGMT_INACTIVE);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    STATE(SWMGMT_INITIAL);
    /* A package that was complete without them is judged by who is there now. */
    check_where = "a container at the next boot";
    new_device(SWMGMT_EMPTY);
    fake.config.part_count = 5;
    fake.config.policy = SWMGMT_ALLOW_NONE;
    boot();
    what = signed_with(3);
    fake.key[3] = SWMGMT_FAILED;
    length = packed_make(&what, bytes);
    CHECK_EQ(SWMGMT_CHANGED, packed_push(&fake, bytes, length, 50, NULL));
    STATE(SWMGMT_VERIFYING);
    fake.config.part_count = with;
    boot();
    CHECK_TEXT("0 57:revoked", packed_shown(&fake));
}

/* A record with any bit wrong, or cut anywhere, is no record: nothing of it is shown. */
static void broken_records(void)
{
    packed_t what = signed_with(1);
    uint8_t kept[FAKE_RECORD];
    uint32_t size;
    new_device(SWMGMT_EMPTY);
    boot();
    CHECK_EQ(SWMGMT_INACTIVE, packed_install(&fake, &what));
    size = fake.record_length[1];
    CHECK(size > 50);
    memcpy(kept, fake.record[1], size);
    for (uint32_t at = 0; at < size * 9u; at++) {
        if (at == size * 8u) {
            continue; /* no bytes: no record */
        }
        bool cut = at >= size * 8u;
        swmgmt_status_t status;
        (void)snprintf(where, sizeof where, "a record, %s %u", cut ? "cut at" : "bit",
                       (unsigned)(cut ? at - size * 8u : at));
        check_where = where;
        memcpy(fake.record[1], kept, size);
        fake.record_length[1] = cut ? at - size * 8u : size;
        fake.record[1][at / 8u % size] ^= (uint8_t)(cut ? 0u : 1u << at % 8u);
        status = fake_boot(&fake);
        CHECK(fake_poll(&fake));
        CHECK_EQ(SWMGMT_ERECORD, status);
        STATE(SWMGMT_INITIAL);
    }
}

int main(void)
{
    parts();
    one_container();
    memory();
    inside();
    trace();
    other_parts();
    broken_records();
    return check_end();
}
