/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What a caller can do wrong, and what a firmware can say wrong. Nothing of it may do
 * harm, and a refused call changes nothing. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "fake.h"

static fake_t fake;
static fake_t other;
static char where[160];

#define STATE(want) CHECK_EQ(want, swmgmt_state(fake.ctx, 0))
#define RESULT(want) CHECK_EQ(want, fake_number(&fake, 9, 0, 9))

static void fresh(uint8_t software)
{
    fake_new(&fake);
    fake_list(&fake, 0, software);
}

static void boot(void)
{
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK(fake_poll(&fake));
    fake_forget(&fake);
}

static swmgmt_answer_t whole(const char *text)
{
    return fake_push(&fake, 1, 0, 0, text, (uint32_t)strlen(text), 0, true);
}

/* ---- before there is a context ------------------------------------------------------ */

static swmgmt_status_t init_with(swmgmt_config_t *config, swmgmt_host_t *host)
{
    swmgmt_t *ctx = (swmgmt_t *)(void *)&other;
    swmgmt_status_t status =
        swmgmt_init(&ctx, fake.memory, sizeof fake.memory, config, host);
    if (status != SWMGMT_OK) { /* an out-parameter is written on success only */
        CHECK(ctx == (swmgmt_t *)(void *)&other);
    }
    return status;
}

static void init(void)
{
    swmgmt_t *ctx = NULL;
    size_t need;
    check_where = "init";
    fresh(SWMGMT_EMPTY);
    need = swmgmt_memory(&fake.config);
    CHECK(need > 0);
    CHECK(need <= sizeof(uint64_t) * SWMGMT_MEMORY_WORDS(UINT32_C(0x7FFFF), 4u, 8u, 2u, 32u,
                                                         16u, 16u, 64u));
    CHECK_EQ(0, swmgmt_memory(NULL));
    CHECK_EQ(SWMGMT_OK, swmgmt_init(&ctx, fake.memory, need, &fake.config, &fake.host));
    CHECK((void *)ctx >= (void *)fake.memory);
    ctx = NULL;
    CHECK_EQ(SWMGMT_ENOMEM,
             swmgmt_init(&ctx, fake.memory, need - 1, &fake.config, &fake.host));
    CHECK_EQ(SWMGMT_ENOMEM, swmgmt_init(&ctx, fake.memory, 0, &fake.config, &fake.host));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_init(NULL, fake.memory, need, &fake.config, &fake.host));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_init(&ctx, NULL, need, &fake.config, &fake.host));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_init(&ctx, fake.memory, need, NULL, &fake.host));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_init(&ctx, fake.memory, need, &fake.config, NULL));
    for (size_t shift = 1; shift < sizeof(void *); shift++) { /* what it lies on */
        CHECK_EQ(SWMGMT_EINVAL,
                 swmgmt_init(&ctx, (uint8_t *)(void *)fake.memory + shift,
                             sizeof fake.memory - shift, &fake.config, &fake.host));
    }
    CHECK(ctx == NULL);
    CHECK_EQ(SWMGMT_EABI, swmgmt_init_abi(&ctx, fake.memory, sizeof fake.memory, &fake.config,
                                          &fake.host, SWMGMT_ABI + 1));
    CHECK_EQ(SWMGMT_EABI, swmgmt_init_abi(&ctx, fake.memory, sizeof fake.memory, &fake.config,
                                          &fake.host, 0));
    CHECK(ctx == NULL);
    {
        swmgmt_config_t config = fake.config;
        swmgmt_host_t host = fake.host;
        CHECK_EQ(SWMGMT_OK, init_with(&config, &host));
        config.size = 0;
        CHECK(init_with(&config, &host) < 0);
        config.size = (uint32_t)sizeof config + 4;
        CHECK_EQ(SWMGMT_EABI, init_with(&config, &host));
        config.size = sizeof config;
        host.size = 8;
        CHECK(init_with(&config, &host) < 0);
        host.size = (uint32_t)sizeof host + 8;
        CHECK_EQ(SWMGMT_EABI, init_with(&config, &host));
        host.size = sizeof host;
        CHECK_EQ(SWMGMT_OK, init_with(&config, &host));
        host.open = NULL;
        CHECK_EQ(SWMGMT_EINVAL, init_with(&config, &host));
        host = fake.host;
        host.write = NULL;
        CHECK_EQ(SWMGMT_EINVAL, init_with(&config, &host));
        host = fake.host;
        host.install = NULL;
        CHECK_EQ(SWMGMT_EINVAL, init_with(&config, &host));
        host = fake.host;
        host.fetch = NULL; /* 3 needs it */
        CHECK_EQ(SWMGMT_EINVAL, init_with(&config, &host));
        config.resources &= ~SWMGMT_OFFER(3);
        CHECK_EQ(SWMGMT_OK, init_with(&config, &host));
        config.resources &= ~SWMGMT_OFFER(2);
        CHECK_EQ(SWMGMT_EINVAL, init_with(&config, &fake.host));
        config = fake.config;
        config.resources |= SWMGMT_OFFER(19);
        CHECK_EQ(SWMGMT_EINVAL, init_with(&config, &fake.host));
        CHECK_EQ(0, swmgmt_memory(&config));
        config = fake.config;
        config.options = 128;
        CHECK_EQ(SWMGMT_EINVAL, init_with(&config, &fake.host));
        config = fake.config;
        config.policy = 4;
        CHECK_EQ(SWMGMT_EINVAL, init_with(&config, &fake.host));
        config.policy = SWMGMT_REQUIRE_SIGNATURE; /* no container, no key */
        CHECK_EQ(SWMGMT_EPART, init_with(&config, &fake.host));
        config = fake.config;
        config.instances = 0;
        CHECK_EQ(SWMGMT_EINVAL, init_with(&config, &fake.host));
        CHECK_EQ(0, swmgmt_memory(&config));
        config.instances = 256;
        CHECK_EQ(SWMGMT_EINVAL, init_with(&config, &fake.host));
        CHECK_EQ(0, swmgmt_memory(&config));
        config = fake.config;
        config.transfers = 0;
        CHECK_EQ(0, swmgmt_memory(&config));
        CHECK_EQ(SWMGMT_EINVAL, init_with(&config, &fake.host));
        config.transfers = 256;
        CHECK_EQ(SWMGMT_EINVAL, init_with(&config, &fake.host));
        config = fake.config;
        config.components = 256;
        CHECK_EQ(SWMGMT_EINVAL, init_with(&config, &fake.host));
        config = fake.config;
        config.text = 256;
        CHECK_EQ(SWMGMT_EINVAL, init_with(&config, &fake.host));
        config = fake.config;
        config.arguments = 256;
        CHECK_EQ(SWMGMT_EINVAL, init_with(&config, &fake.host));
        config = fake.config;
        config.credentials = 256;
        CHECK_EQ(SWMGMT_EINVAL, init_with(&config, &fake.host));
        config = fake.config;
        config.part_count = 9;
        CHECK_EQ(SWMGMT_EINVAL, init_with(&config, &fake.host));
        config = fake.config;
        config.parts = NULL;
        CHECK_EQ(SWMGMT_EINVAL, init_with(&config, &fake.host));
        config = fake.config;
        for (uint16_t count = 0; count < 5; count++) { /* each part is needed by something */
            config.part_count = count;
            CHECK_EQ(SWMGMT_EPART, init_with(&config, &fake.host));
        }
        {
            const swmgmt_part_t *parts[3] = {&swmgmt_sha256, NULL, &swmgmt_components};
            config = fake.config;
            config.parts = parts;
            CHECK_EQ(SWMGMT_EINVAL, init_with(&config, &fake.host));
        }
        config = fake.config;
        config.reserved[2] = 1;
        CHECK(init_with(&config, &fake.host) <= 0); /* refused or ignored */
    }
    /* The macro is an upper bound for all. */
    for (unsigned i = 0; i < 400; i++) {
        swmgmt_config_t c = fake.config;
        unsigned n = i;
        c.instances = (uint16_t[]){1, 2, 7, 255}[n % 4u];
        c.components = (uint16_t[]){0, 1, 9, 64, 255}[(n /= 4u) % 5u];
        c.transfers = (uint16_t[]){1, 3}[(n /= 5u) % 2u];
        c.text = (uint16_t[]){0, 33, 255}[(n /= 2u) % 3u];
        c.arguments = (uint16_t)(i % 3u * 127u);
        c.credentials = (uint16_t)(i % 2u * 255u);
        c.work = (uint16_t[]){0, 1, 511, 65535}[i % 4u];
        c.resources = i % 5u == 0 ? SWMGMT_OFFER(2) : fake.config.resources;
        need = swmgmt_memory(&c);
        CHECK(need > 0);
        CHECK(need <= sizeof(uint64_t) * SWMGMT_MEMORY_WORDS(c.resources, c.instances,
                                                             c.components, c.transfers, c.text,
                                                             c.arguments, c.credentials,
                                                             c.work));
    }
}

static void in_order(void)
{
    uint16_t id = SWMGMT_NONE;
    swmgmt_value_t value;
    swmgmt_value_t copy;
    swmgmt_change_t change;
    check_where = "order of calls";
    fresh(SWMGMT_EMPTY);
    CHECK_EQ(SWMGMT_OK, fake_init(&fake));
    memset(&value, 0xEE, sizeof value);
    copy = value;
    CHECK_EQ(SWMGMT_EORDER, swmgmt_poll(fake.ctx, 0, NULL));
    CHECK_EQ(SWMGMT_EORDER, swmgmt_state(fake.ctx, 0));
    CHECK_EQ(SWMGMT_EORDER, swmgmt_read(fake.ctx, fake_path(9, 0, 7), &value));
    CHECK(memcmp(&value, &copy, sizeof value) == 0);
    CHECK_EQ(SWMGMT_EORDER, swmgmt_next(fake.ctx, fake_path(9, SWMGMT_NONE, SWMGMT_NONE), &id));
    CHECK_EQ(SWMGMT_EORDER, whole("x"));
    CHECK_EQ(SWMGMT_EORDER, fake_execute(&fake, 0, 4, NULL));
    CHECK_EQ(SWMGMT_EORDER, fake_uri(&fake, 0, "http://a/b"));
    CHECK_EQ(SWMGMT_EORDER, swmgmt_delete(fake.ctx, 1, 0));
    CHECK_EQ(SWMGMT_EORDER, swmgmt_create(fake.ctx, 1, 1, NULL, 0, &id));
    CHECK_EQ(SWMGMT_EORDER, swmgmt_write_instance(fake.ctx, 1, 0, NULL, 0));
    CHECK(swmgmt_done(fake.ctx, 1, SWMGMT_DONE, 0) < 0);
    CHECK_EQ(SWMGMT_ENOENT, swmgmt_next_change(fake.ctx, &change));
    CHECK_EQ(SWMGMT_EEXIST, swmgmt_add(fake.ctx, 0, SWMGMT_EMPTY));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_add(fake.ctx, 65535, SWMGMT_EMPTY));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_add(fake.ctx, 1, 3));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_add(NULL, 1, SWMGMT_EMPTY));
    CHECK_EQ(SWMGMT_OK, swmgmt_boot(fake.ctx, 0));
    CHECK_EQ(SWMGMT_EORDER, swmgmt_boot(fake.ctx, 0));
    STATE(SWMGMT_INITIAL);
    /* A slot that is new, and no room for another. */
    CHECK_EQ(SWMGMT_EEXIST, swmgmt_add(fake.ctx, 0, SWMGMT_EMPTY));
    CHECK_EQ(SWMGMT_OK, swmgmt_add(fake.ctx, 5, SWMGMT_EMPTY));
    CHECK_EQ(SWMGMT_OK, swmgmt_add(fake.ctx, 6, SWMGMT_RUNNING));
    CHECK_EQ(SWMGMT_OK, swmgmt_add(fake.ctx, 2, SWMGMT_INSTALLED));
    CHECK_EQ(SWMGMT_ENOMEM, swmgmt_add(fake.ctx, 7, SWMGMT_EMPTY));
    CHECK_EQ(SWMGMT_INITIAL, swmgmt_state(fake.ctx, 5));
    CHECK_EQ(SWMGMT_ACTIVE, swmgmt_state(fake.ctx, 6));
    CHECK_EQ(SWMGMT_INACTIVE, swmgmt_state(fake.ctx, 2));
    CHECK_EQ(2, fake_number(&fake, 9, 6, 9));
    CHECK_EQ(4, fake_number(&fake, 9, 6, 7));
}

static void nulls(void)
{
    swmgmt_value_t value;
    swmgmt_value_t copy;
    swmgmt_chunk_t chunk;
    swmgmt_item_t item[9];
    swmgmt_path_t path = fake_path(9, 0, 7);
    swmgmt_t *ctx;
    uint64_t rubbish[16];
    uint16_t id = SWMGMT_NONE;
    check_where = "NULL and nonsense";
    fresh(SWMGMT_EMPTY);
    boot();
    ctx = fake.ctx;
    memset(&value, 0, sizeof value);
    memset(&chunk, 0, sizeof chunk);
    memset(item, 0, sizeof item);
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_boot(NULL, 0));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_poll(NULL, 0, NULL));
    CHECK_EQ(SWMGMT_OK, swmgmt_poll(ctx, fake.now, NULL));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_done(NULL, 1, SWMGMT_DONE, 0));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_fetched(NULL, 1, &chunk));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_fetched(ctx, 1, NULL));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_give_up_update(NULL, 0, 0));
    CHECK_EQ(SWMGMT_ENOENT, swmgmt_give_up_update(ctx, 1, 0));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_give_up_update(ctx, 0, 2));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_set_link(NULL, 0, 5, 1, 1));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_read(NULL, path, &value));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_read(ctx, path, NULL));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_write(NULL, 1, path, &value));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_write(ctx, 1, fake_path(9, 0, 3), NULL));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_push(NULL, 1, 0, &chunk));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_push(ctx, 1, 0, NULL));
    chunk.length = 4;
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_push(ctx, 1, 0, &chunk)); /* no bytes, but a length */
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_execute(NULL, 1, fake_path(9, 0, 4), NULL, 0));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_execute(ctx, 1, fake_path(9, 0, 4), NULL, 3));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_write_instance(NULL, 1, 0, item, 1));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_write_instance(ctx, 1, 0, NULL, 1));
    for (unsigned i = 0; i < 9; i++) {
        item[i].resource = 8;
        item[i].value.kind = SWMGMT_TYPE_BOOLEAN;
    }
    CHECK(swmgmt_write_instance(ctx, 1, 0, item, 9) != SWMGMT_CHANGED);
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_create(NULL, 1, 1, NULL, 0, &id));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_create(ctx, 1, 1, NULL, 0, NULL));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_create(ctx, 1, 1, NULL, 2, &id));
    CHECK_EQ(SWMGMT_NONE, id);
    CHECK_EQ(SWMGMT_ENOENT, swmgmt_state(ctx, 1));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_delete(NULL, 1, 0));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_next(NULL, fake_path(9, SWMGMT_NONE, SWMGMT_NONE), &id));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_next(ctx, fake_path(9, SWMGMT_NONE, SWMGMT_NONE), NULL));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_next_change(NULL, NULL));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_next_change(ctx, NULL));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_state(NULL, 0));
    CHECK_EQ(SWMGMT_ENOENT, swmgmt_state(ctx, 65535));
    /* A string of nowhere. */
    value.kind = SWMGMT_TYPE_STRING;
    value.length = 5;
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_write(ctx, 1, fake_path(9, 0, 3), &value));
    value.kind = 77;
    CHECK(swmgmt_write(ctx, 1, fake_path(9, 0, 8), &value) != SWMGMT_CHANGED);
    CHECK_EQ(0, fake_number(&fake, 9, 0, 8));
    STATE(SWMGMT_INITIAL);
    RESULT(0);
    CHECK_EQ(0, fake.calls);
    CHECK_EQ(0, fake.changes);
    /* Something that is no context. */
    memset(rubbish, 0x5A, sizeof rubbish);
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_boot((swmgmt_t *)(void *)rubbish, 0));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_state((swmgmt_t *)(void *)rubbish, 0));
    /* Out-parameters of a refused read. */
    memset(&value, 0xEE, sizeof value);
    copy = value;
    CHECK_EQ(SWMGMT_NOT_ALLOWED, swmgmt_read(ctx, fake_path(9, 0, 4), &value));
    CHECK_EQ(SWMGMT_NOT_FOUND, swmgmt_read(ctx, fake_path(9, 1, 7), &value));
    CHECK(memcmp(&value, &copy, sizeof value) == 0);
    {
        swmgmt_change_t change;
        swmgmt_change_t was;
        memset(&change, 0xEE, sizeof change);
        was = change;
        CHECK_EQ(SWMGMT_ENOENT, swmgmt_next_change(ctx, &change));
        CHECK(memcmp(&change, &was, sizeof change) == 0);
    }
}

/* ---- completions --------------------------------------------------------------------- */

static void completions(void)
{
    uint32_t number;
    check_where = "completions";
    fresh(SWMGMT_EMPTY);
    boot();
    fake.answer[SWMGMT_OP_VERIFY] = SWMGMT_PENDING;
    fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_PENDING;
    fake.answer[SWMGMT_OP_ACTIVATE] = SWMGMT_PENDING;
    CHECK_EQ(SWMGMT_CHANGED, whole("package"));
    CHECK(fake_poll(&fake));
    number = fake_newest(&fake, SWMGMT_OP_VERIFY).op.number;
    CHECK_EQ(SWMGMT_ESTALE, swmgmt_done(fake.ctx, number + 1, SWMGMT_DONE, 0));
    CHECK_EQ(SWMGMT_ESTALE, swmgmt_done(fake.ctx, number - 1, SWMGMT_DONE, 0));
    CHECK_EQ(SWMGMT_ESTALE, swmgmt_done(fake.ctx, 0, SWMGMT_DONE, 0));
    STATE(SWMGMT_VERIFYING);
    CHECK_EQ(SWMGMT_OK, swmgmt_done(fake.ctx, number, SWMGMT_DONE, 0));
    CHECK_EQ(SWMGMT_ESTALE, swmgmt_done(fake.ctx, number, SWMGMT_DONE, 0));
    CHECK_EQ(SWMGMT_ESTALE, swmgmt_done(fake.ctx, number, SWMGMT_FAILED, 0));
    CHECK(fake_poll(&fake)); /* names and components may be asked for by the next poll */
    STATE(SWMGMT_DELIVERED);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
    CHECK_EQ(SWMGMT_ESTALE, swmgmt_done(fake.ctx, number, SWMGMT_DONE, 0));
    STATE(SWMGMT_INSTALLING);
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_ESTALE, swmgmt_done(fake.ctx, number, SWMGMT_DONE, 0));
    STATE(SWMGMT_INSTALLING);
    number = fake_newest(&fake, SWMGMT_OP_INSTALL).op.number;
    CHECK_EQ(SWMGMT_OK, swmgmt_done(fake.ctx, number, SWMGMT_DONE, 0));
    STATE(SWMGMT_INACTIVE);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 10, NULL));
    CHECK_EQ(SWMGMT_ESTALE, swmgmt_done(fake.ctx, number, SWMGMT_DONE, 0));
    STATE(SWMGMT_ACTIVATING);
    /* Another context's number is not this one's instance's. */
    number = fake_newest(&fake, SWMGMT_OP_ACTIVATE).op.number;
    CHECK(number != 0);
    CHECK_EQ(SWMGMT_OK, swmgmt_done(fake.ctx, number, SWMGMT_DONE, 0));
    STATE(SWMGMT_ACTIVE);
    CHECK_EQ(0, fake.number_reused);

    check_where = "numbers of several instances";
    fake_new(&fake);
    for (uint16_t i = 0; i < 3; i++) {
        fake_list(&fake, i, SWMGMT_INSTALLED);
    }
    boot();
    fake.answer[SWMGMT_OP_ACTIVATE] = SWMGMT_PENDING;
    for (uint16_t i = 0; i < 3; i++) {
        CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, i, 10, NULL));
    }
    for (unsigned i = 0; i < fake.calls; i++) {
        if (fake.log[i].callback == SWMGMT_OP_ACTIVATE && fake.log[i].op.instance == 1) {
            CHECK_EQ(SWMGMT_OK, swmgmt_done(fake.ctx, fake.log[i].op.number, SWMGMT_FAILED, 0));
        }
    }
    CHECK_EQ(SWMGMT_ACTIVATING, swmgmt_state(fake.ctx, 0));
    CHECK_EQ(SWMGMT_INACTIVE, swmgmt_state(fake.ctx, 1));
    CHECK_EQ(SWMGMT_ACTIVATING, swmgmt_state(fake.ctx, 2));
    CHECK_EQ(0, fake.number_reused);
}

/* Verdicts that nobody listed are failures, of every kind. */
static void odd_verdicts(void)
{
    static const swmgmt_verdict_t odd[] = {0,   SWMGMT_AGAIN, SWMGMT_NOT_STARTED, SWMGMT_UNKNOWN,
                                           6,   1000,         -1,                 -55,
                                           -60, INT32_MIN,    INT32_MAX};
    for (unsigned i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        (void)snprintf(where, sizeof where, "everything answers %ld", (long)odd[i]);
        check_where = where;
        fresh(SWMGMT_EMPTY);
        boot();
        fake.answer[SWMGMT_OP_FETCH] = odd[i];
        CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "http://a/b"));
        CHECK(fake_poll(&fake));
        STATE(SWMGMT_INITIAL);
        RESULT(57);
        CHECK_EQ(SWMGMT_CHANGED, whole("package"));
        CHECK(fake_poll(&fake));
        STATE(SWMGMT_DELIVERED);
        fake.answer[SWMGMT_OP_INSTALL] = odd[i];
        CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
        CHECK(fake_poll(&fake));
        STATE(SWMGMT_DELIVERED);
        CHECK(fake_number(&fake, 9, 0, 9) == 58 || fake_number(&fake, 9, 0, 9) == 57);
        fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_DONE;
        CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
        CHECK(fake_poll(&fake));
        STATE(SWMGMT_INACTIVE);
        fake.answer[SWMGMT_OP_ACTIVATE] = odd[i];
        CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_execute(&fake, 0, 10, NULL));
        STATE(SWMGMT_INACTIVE);
        RESULT(2);
        fake.answer[SWMGMT_OP_PREPARE] = odd[i];
        CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_execute(&fake, 0, 6, "1"));
        STATE(SWMGMT_INACTIVE);
        RESULT(59);
        fake.answer[SWMGMT_OP_UNINSTALL] = odd[i];
        CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_execute(&fake, 0, 6, NULL));
        STATE(SWMGMT_INACTIVE);
        RESULT(59);
        fake.answer[SWMGMT_OP_ACTIVATE] = SWMGMT_DONE;
        CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 10, NULL));
        fake.answer[SWMGMT_OP_DEACTIVATE] = odd[i];
        CHECK_EQ(SWMGMT_INTERNAL_ERROR, fake_execute(&fake, 0, 11, NULL));
        STATE(SWMGMT_ACTIVE);
    }
}

/* ---- calls from inside callbacks ------------------------------------------------------ */

static unsigned hooked;

static void call_everything(fake_t *f, uint8_t callback, const swmgmt_op_t *op)
{
    swmgmt_t *ctx = f->ctx;
    swmgmt_value_t value;
    swmgmt_value_t untouched;
    swmgmt_chunk_t chunk;
    swmgmt_item_t item;
    swmgmt_change_t change;
    uint16_t id = SWMGMT_NONE;
    uint32_t next = 77;
    (void)snprintf(where, sizeof where, "inside callback %u", callback);
    check_where = where;
    hooked |= 1u << callback;
    memset(&value, 0, sizeof value);
    memset(&chunk, 0, sizeof chunk);
    memset(&item, 0, sizeof item);
    memset(&change, 0xEE, sizeof change);
    chunk.data = (const uint8_t *)"z";
    chunk.length = 1;
    item.resource = 8;
    item.value.kind = SWMGMT_TYPE_BOOLEAN;
    value.kind = SWMGMT_TYPE_STRING;
    value.bytes = (const uint8_t *)"1";
    value.length = 1;
    untouched = value;
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_boot(ctx, 0));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_poll(ctx, 0, &next));
    CHECK_EQ(77, next);
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_add(ctx, 9, SWMGMT_EMPTY));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_push(ctx, 1, 0, &chunk));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_execute(ctx, 1, fake_path(9, 0, 6), NULL, 0));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_write(ctx, 1, fake_path(9, 0, 8), &value));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_write_instance(ctx, 1, 0, &item, 1));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_create(ctx, 1, SWMGMT_NONE, NULL, 0, &id));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_delete(ctx, 1, 0));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_expect(ctx, 0, 5, SWMGMT_NO_DIGEST, NULL, 0));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_give_up_update(ctx, 0, 1));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_set_link(ctx, 0, 5, 1, 1));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_next_change(ctx, &change));
    CHECK_EQ(SWMGMT_EBUSY, swmgmt_done(ctx, (op != NULL ? op->number : 0) + 12345, 1, 0));
    {
        swmgmt_status_t status = swmgmt_fetched(ctx, op != NULL ? op->number : 1, &chunk);
        CHECK(status == SWMGMT_EBUSY);
    }
    CHECK_EQ(SWMGMT_NONE, id);
    CHECK(memcmp(&value, &untouched, sizeof value) == 0);
    /* Reading is always allowed. Within swmgmt_boot() it is too early for it. */
    if (swmgmt_state(ctx, 0) != SWMGMT_EORDER) {
        CHECK(swmgmt_state(ctx, 0) >= 0);
        CHECK_EQ(SWMGMT_CONTENT, swmgmt_read(ctx, fake_path(9, 0, 7), &value));
        CHECK_EQ(SWMGMT_OK, swmgmt_next(ctx, fake_path(9, SWMGMT_NONE, SWMGMT_NONE), &id));
        CHECK_EQ(0, id);
    }
}

static void inside(void)
{
    fresh(SWMGMT_EMPTY);
    hooked = 0;
    fake.hook = call_everything;
    fake.components = 1;
    check_where = "inside";
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_CONTINUE, fake_push(&fake, 1, 0, 0, "AAAA", 4, 0, false));
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    CHECK_EQ(SWMGMT_CHANGED, fake_uri(&fake, 0, "http://a/b"));
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    {
        static const uint8_t abc[32] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
                                        0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
                                        0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
                                        0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
        CHECK_EQ(SWMGMT_OK, swmgmt_expect(fake.ctx, 0, 3, SWMGMT_SHA256, abc, 32));
    }
    CHECK_EQ(SWMGMT_CHANGED, whole("abc"));
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_DELIVERED);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 4, NULL));
    CHECK(fake_poll(&fake));
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 10, NULL));
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 11, NULL));
    fake.answer[SWMGMT_OP_ACTIVATE] = SWMGMT_PENDING;
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 10, NULL));
    fake.outcome = SWMGMT_DONE;
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK(fake_poll(&fake));
    check_where = "inside";
    STATE(SWMGMT_ACTIVE);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, "1"));
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    check_where = "inside";
    STATE(SWMGMT_INITIAL);
    CHECK_EQ(((2u << SWMGMT_OP_ABOUT) - 1u) & ~1u, hooked); /* every callback was there */
}

/* Completing its own operation inside the callback, and then answering all the same. */
static swmgmt_verdict_t first_verdict;
static swmgmt_status_t second_status;

static void complete_twice(fake_t *f, uint8_t callback, const swmgmt_op_t *op)
{
    if (callback == SWMGMT_OP_VERIFY && op != NULL) {
        CHECK_EQ(SWMGMT_OK, swmgmt_done(f->ctx, op->number, first_verdict, 0));
        second_status = swmgmt_done(f->ctx, op->number, SWMGMT_DONE, 0);
    }
}

static void own_number(void)
{
    for (unsigned answer = 0; answer < 3; answer++) {
        (void)snprintf(where, sizeof where, "completed inside, then answered %u", answer);
        check_where = where;
        fresh(SWMGMT_EMPTY);
        boot();
        fake.hook = complete_twice;
        first_verdict = SWMGMT_FAILED_INTEGRITY;
        second_status = 99;
        fake.answer[SWMGMT_OP_VERIFY] = answer == 0   ? SWMGMT_PENDING
                                        : answer == 1 ? SWMGMT_DONE
                                                      : SWMGMT_FAILED_TYPE;
        CHECK_EQ(SWMGMT_CHANGED, whole("package"));
        CHECK(fake_poll(&fake));
        CHECK_EQ(SWMGMT_ESTALE, second_status);
        if (answer != 2) { /* a failure is never taken back */
            STATE(SWMGMT_INITIAL);
            RESULT(53);
        } else {
            STATE(SWMGMT_INITIAL);
        }
    }
}

/* ---- texts ------------------------------------------------------------------------------ */

static void texts(void)
{
    check_where = "texts";
    for (int32_t status = -20; status <= 200; status++) {
        const char *text = swmgmt_strerror(status);
        CHECK(text != NULL);
    }
    CHECK(swmgmt_strerror(INT32_MIN) != NULL && swmgmt_strerror(INT32_MAX) != NULL);
    CHECK(strcmp(swmgmt_strerror(SWMGMT_EBUSY), swmgmt_strerror(SWMGMT_ESTALE)) != 0);
    for (unsigned n = 0; n < 256; n++) {
        CHECK(swmgmt_state_name((uint8_t)n) != NULL);
        CHECK(swmgmt_result_name((uint8_t)n) != NULL);
        CHECK(swmgmt_operation_name((uint8_t)n) != NULL);
    }
    CHECK_TEXT("INITIAL_FOR_UPDATE", swmgmt_state_name(SWMGMT_INITIAL_FOR_UPDATE));
    CHECK_TEXT("DELIVERED", swmgmt_state_name(SWMGMT_DELIVERED));
    CHECK(swmgmt_version() > 0);
}

/* The grammar of Uninstall's arguments, letter by letter. */
static void grammar(void)
{
    static const char letters[] = "01,='a2 ";
    unsigned count = (unsigned)sizeof letters - 1;
    char text[4];
    check_where = "argument grammar";
    fresh(SWMGMT_EMPTY);
    boot();
    for (unsigned n = 0; n < count * count * count; n++) {
        size_t length = n < count ? 1 : n < count * count ? 2 : 3;
        bool good;
        swmgmt_answer_t answer;
        text[0] = letters[n % count];
        text[1] = letters[n / count % count];
        text[2] = letters[n / count / count];
        good = length == 1 && (text[0] == '0' || text[0] == '1');
        answer = swmgmt_execute(fake.ctx, 1, fake_path(9, 0, 6), text, length);
        if (!CHECK_EQ(good ? SWMGMT_NOT_ALLOWED : SWMGMT_BAD_REQUEST, answer)) {
            printf("  argument \"%.*s\"\n", (int)length, text);
        }
    }
    CHECK_EQ(SWMGMT_BAD_REQUEST,
             swmgmt_execute(fake.ctx, 1, fake_path(9, 0, 6), "0\0", 2));
    CHECK_EQ(SWMGMT_BAD_REQUEST, swmgmt_execute(fake.ctx, 1, fake_path(9, 0, 6), "\xff", 1));
    CHECK_EQ(SWMGMT_NOT_ALLOWED, swmgmt_execute(fake.ctx, 1, fake_path(9, 0, 6), "", 0));
    CHECK_EQ(0, fake.calls);
}

int main(void)
{
    init();
    in_order();
    nulls();
    completions();
    odd_verdicts();
    inside();
    own_number();
    texts();
    grammar();
    return check_end();
}
