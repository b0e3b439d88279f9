/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "device.h"

#include "board.h"

swmgmt_verdict_t device_answer[SWMGMT_OP_COMMIT + 1];
uint32_t device_number;

static struct record { size_t length; uint8_t bytes[RECORD]; } records[KEYS];
static uint32_t saves;
const uint8_t *device_package = (const uint8_t *)PACKAGE;

const uint8_t device_key[32] = { /* of tests/packages/test-ed25519.pem */
    0x18, 0xd9, 0x23, 0x8a, 0x9c, 0x09, 0x32, 0x3e, 0xfc, 0xb4, 0xf5, 0x7d, 0xbc, 0xf6, 0x3d, 0x51,
    0xaf, 0x3f, 0xf1, 0x14, 0xd2, 0x76, 0xf8, 0x7e, 0x03, 0xb9, 0xa4, 0x37, 0x60, 0x70, 0xc0, 0x8d};

/* Three registers and one: nothing need be saved on the stack. */
static inline void copy(uint8_t *to, const uint8_t *from, size_t length)
{
    while (length-- > 0) to[length] = from[length];
}

static swmgmt_verdict_t answer(const swmgmt_op_t *op, uint8_t kind)
{
    device_number = op->number;
    return device_answer[kind];
}

static swmgmt_verdict_t on_open(void *user, const swmgmt_op_t *op, uint32_t offset, uint32_t total)
{
    (void)user, (void)offset, (void)total;
    return answer(op, SWMGMT_OP_OPEN);
}

static swmgmt_verdict_t on_write(void *user, const swmgmt_op_t *op, uint32_t offset, const uint8_t *data,
                                 size_t length)
{
    (void)user, (void)op, (void)offset, (void)data, (void)length;
    return device_answer[SWMGMT_OP_WRITE];
}

/* A function of its own, to which on_read() jumps: else it needed a stack. */
static __attribute__((noinline)) swmgmt_verdict_t read_back(uint8_t *to, const uint8_t *from, size_t length)
{
    copy(to, from, length);
    return device_answer[SWMGMT_OP_READ];
}

static swmgmt_verdict_t on_read(void *user, const swmgmt_op_t *op, uint32_t offset, uint8_t *data,
                                size_t length)
{
    (void)user, (void)op;
    return read_back(data, device_package + offset, length);
}

static swmgmt_verdict_t on_discard(void *user, const swmgmt_op_t *op)
{
    (void)user;
    return answer(op, SWMGMT_OP_DISCARD);
}

static swmgmt_verdict_t on_verify(void *user, const swmgmt_op_t *op, uint32_t length)
{
    (void)user, (void)length;
    return answer(op, SWMGMT_OP_VERIFY);
}

static swmgmt_verdict_t on_install(void *user, const swmgmt_op_t *op, const char *arguments, size_t length)
{
    (void)user, (void)arguments, (void)length;
    return answer(op, SWMGMT_OP_INSTALL);
}

static swmgmt_verdict_t on_uninstall(void *user, const swmgmt_op_t *op)
{
    (void)user;
    return answer(op, SWMGMT_OP_UNINSTALL);
}

static swmgmt_verdict_t on_prepare(void *user, const swmgmt_op_t *op)
{
    (void)user;
    return answer(op, SWMGMT_OP_PREPARE);
}

static swmgmt_verdict_t on_activate(void *user, const swmgmt_op_t *op)
{
    (void)user;
    return answer(op, SWMGMT_OP_ACTIVATE);
}

static swmgmt_verdict_t on_deactivate(void *user, const swmgmt_op_t *op)
{
    (void)user;
    return answer(op, SWMGMT_OP_DEACTIVATE);
}

static swmgmt_verdict_t on_outcome(void *user, const swmgmt_op_t *op)
{
    (void)user;
    return answer(op, SWMGMT_OP_OUTCOME);
}

static void on_cancel(void *user, const swmgmt_op_t *op)
{
    (void)user, (void)op;
}

/* Two components, in whatever is there. */
static swmgmt_status_t on_about(void *user, uint16_t instance, uint16_t component, uint8_t of_package,
                                swmgmt_about_t *about)
{
    (void)user, (void)instance, (void)of_package;
    if (component != SWMGMT_NONE && component > 1) return SWMGMT_ENOENT;
    about->name = component == 1 ? "second" : "first";
    about->version = "1.0";
    about->name_length = 5;
    about->version_length = 3;
    return SWMGMT_OK;
}

static swmgmt_verdict_t on_load(void *user, uint16_t key, uint8_t *data, size_t room, size_t *length)
{
    const struct record *record = &records[key];
    (void)user, (void)room;
    copy(data, record->bytes, record->length);
    *length = record->length;
    return SWMGMT_DONE;
}

/* Likewise, of on_save(). */
static __attribute__((noinline)) swmgmt_verdict_t store(struct record *record, const uint8_t *data,
                                                        size_t length)
{
    record->length = length;
    copy(record->bytes, data, length);
    return SWMGMT_DONE;
}

static swmgmt_verdict_t on_save(void *user, uint16_t key, const uint8_t *data, size_t length)
{
    (void)user;
    if (device_answer[SWMGMT_OP_SAVE] != SWMGMT_DONE) return SWMGMT_FAILED;
    return store(&records[key], data, length);
}

static swmgmt_verdict_t on_fetch(void *user, const swmgmt_op_t *op, const swmgmt_fetch_t *what)
{
    (void)user, (void)what;
    return answer(op, SWMGMT_OP_FETCH);
}

static swmgmt_verdict_t on_key(void *user, uint16_t instance, const uint8_t *id, uint8_t *key)
{
    (void)user, (void)instance, (void)id;
    copy(key, device_key, sizeof device_key);
    return device_answer[SWMGMT_OP_KEY];
}

static swmgmt_verdict_t on_signature(void *user, const swmgmt_op_t *op, const swmgmt_signature_t *claim)
{
    (void)user, (void)op, (void)claim;
    return device_answer[SWMGMT_OP_SIGNATURE];
}

static swmgmt_verdict_t on_fits(void *user, uint16_t instance, uint8_t what, const uint8_t *data, size_t length)
{
    (void)user, (void)instance, (void)what, (void)data, (void)length;
    return device_answer[SWMGMT_OP_FITS];
}

static swmgmt_verdict_t on_counter(void *user, uint16_t instance, uint32_t *value)
{
    (void)user, (void)instance;
    *value = 0;
    return device_answer[SWMGMT_OP_COUNTER];
}

static swmgmt_verdict_t on_commit(void *user, uint16_t instance, uint32_t value)
{
    (void)user, (void)instance, (void)value;
    return device_answer[SWMGMT_OP_COMMIT];
}

static void on_trace(void *user, uint16_t instance, uint8_t kind, uint32_t number, swmgmt_verdict_t verdict)
{
    (void)user, (void)instance, (void)number, (void)verdict;
    if (kind != SWMGMT_OP_SAVE) return;
    device_answer[SWMGMT_OP_SAVE] = saves-- == 0 ? SWMGMT_FAILED : SWMGMT_DONE;
}

const swmgmt_host_t device_host = {
    .size = sizeof device_host,
    .open = on_open, .write = on_write, .read = on_read, .discard = on_discard, .verify = on_verify,
    .install = on_install, .uninstall = on_uninstall, .prepare = on_prepare, .activate = on_activate,
    .deactivate = on_deactivate, .outcome = on_outcome, .cancel = on_cancel, .about = on_about,
    .load = on_load, .save = on_save, .fetch = on_fetch, .schemes = "coap,http", .trace = on_trace,
    .key = on_key, .signature = on_signature, .fits = on_fits, .counter = on_counter, .commit = on_commit,
};

const swmgmt_host_t device_push_host = {
    .size = sizeof device_push_host,
    .open = on_open, .write = on_write, .read = on_read, .discard = on_discard, .verify = on_verify,
    .install = on_install, .uninstall = on_uninstall, .prepare = on_prepare, .activate = on_activate,
    .deactivate = on_deactivate, .outcome = on_outcome, .cancel = on_cancel, .about = on_about,
    .trace = on_trace,
};

const swmgmt_host_t device_bare_host = {
    .size = sizeof device_bare_host,
    .open = on_open, .write = on_write, .install = on_install, .activate = on_activate,
};

void device_fail_after(uint32_t count)
{
    saves = count - 1;
    device_answer[SWMGMT_OP_SAVE] = count == 0 ? SWMGMT_FAILED : SWMGMT_DONE;
}

void device_forget(void)
{
    for (unsigned key = 0; key < KEYS; key++) records[key].length = 0;
}

void device_report(const char *name, uint32_t number)
{
    char text[12];
    char *digit = text + sizeof text;
    *--digit = '\0';
    *--digit = '\n';
    do {
        *--digit = (char)('0' + number % 10u);
        number /= 10u;
    } while (number > 0);
    board_print(name);
    board_print(" ");
    board_print(digit);
}
