/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Packages in containers, on their way into a device. The input is the device, what happens,
 * and the package; the package is mended if the input says so, see contained.h. What must hold:
 * - what is stored is what was sent, piece by piece, and no more than the package states;
 * - of a package of docs/package.md nothing is stored before its manifest has been judged;
 * - what is DELIVERED is stored whole, is what contained.h calls right, has been proved as the
 *   policy wants it, fits, and has no lower counter than what was installed;
 * - nothing else comes to install(), and components are where their fields say;
 * - result and reason are of the known ones, and belong together;
 * - the library keeps to its memory, which the address sanitizer watches. */
#include "contained_device.h"

#define SETUP 8u
#define SCRIPT 24u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- what happens ----------------------------------------------------------------------- */

static void send(uint32_t most, uint8_t setup)
{
    const package_t *package = &it.package[it.sending];
    uint32_t rest = package->length - it.at;
    uint32_t length = it.again > 0 ? it.again : rest < most ? rest : most;
    bool last = length == rest && (length > 0 || it.fetches);
    uint32_t total = (setup & 8u) == 0 ? 0 : (setup & 0x10u) == 0 ? package->length : package->length + 1;
    uint8_t *bytes = malloc(length + 1u);
    swmgmt_chunk_t chunk = {0};
    MUST(bytes != NULL);
    memcpy(bytes + 1, package->bytes + it.at, length);
    chunk.data = bytes + 1;
    chunk.length = length;
    chunk.offset = it.at;
    chunk.total = total;
    chunk.last = last ? 1 : 0;
    it.end = it.at + length;
    if (it.fetches) {
        swmgmt_status_t status = swmgmt_fetched(device.ctx, it.fetch, &chunk);
        it.again = status == SWMGMT_EBUSY ? length : 0;
        it.at += status == SWMGMT_OK ? length : 0;
        it.at = status == SWMGMT_ESTALE ? 0 : it.at;
    } else {
        swmgmt_answer_t answer = swmgmt_push(device.ctx, 1, 0, &chunk);
        MUST(answer >= SWMGMT_CHANGED);
        it.at += answer == SWMGMT_CONTINUE ? length : 0;
        if (answer == SWMGMT_CHANGED || swmgmt_state(device.ctx, 0) != SWMGMT_RECEIVING) {
            it.at = 0;
        }
    }
    free(bytes);
    fake_drain(&device);
}

static void begin(uint8_t setup)
{
    int32_t state = swmgmt_state(device.ctx, 0);
    if (state == SWMGMT_INITIAL || state == SWMGMT_INITIAL_FOR_UPDATE) {
        expect(setup);
    }
    if (it.fetches && state != SWMGMT_FETCHING && fake_uri(&device, 0, "coap://a/b") == SWMGMT_CHANGED) {
        it.at = it.again = 0;
    }
}

/* From the first byte, perhaps of the other package. While a push is under way it is the same:
 * bytes that are alike in both would be taken for repeats. */
static void restart(unsigned n)
{
    if (it.again == 0) {
        it.at = 0;
        it.sending = swmgmt_state(device.ctx, 0) == SWMGMT_RECEIVING ? it.sending : n;
    }
}

/* One bit of what is stored of a package that is right. */
static void alter(uint32_t n)
{
    fake_slot_t *slot = fake_slot(&device, 0);
    const reading_t *what = &it.what[it.stored];
    int32_t state = swmgmt_state(device.ctx, 0);
    if (slot->length > 0 && what->right && (state == SWMGMT_RECEIVING || state == SWMGMT_FETCHING)) {
        uint32_t at = n * 37u % slot->length;
        slot->bytes[at] ^= 0x10;
        it.other = true;
        it.unlike = it.unlike || at < 4;
        it.altered = it.altered || (at >= 4 && at < what->covered) ||
                     (what->kind == OWN && at >= what->head);
    }
}

static void fail(unsigned which)
{
    static const struct {
        uint8_t kind;
        swmgmt_verdict_t verdict;
    } faults[16] = {{SWMGMT_OP_WRITE, SWMGMT_AGAIN},           {SWMGMT_OP_WRITE, SWMGMT_FAILED},
                    {SWMGMT_OP_OPEN, SWMGMT_PENDING},          {SWMGMT_OP_OPEN, SWMGMT_FAILED_STORAGE},
                    {SWMGMT_OP_READ, SWMGMT_FAILED},           {SWMGMT_OP_SAVE, SWMGMT_FAILED},
                    {SWMGMT_OP_VERIFY, SWMGMT_PENDING},        {SWMGMT_OP_VERIFY, SWMGMT_FAILED_TYPE},
                    {SWMGMT_OP_COUNTER, SWMGMT_FAILED},        {SWMGMT_OP_COMMIT, SWMGMT_FAILED},
                    {SWMGMT_OP_SIGNATURE, SWMGMT_UNKNOWN},     {SWMGMT_OP_KEY, SWMGMT_FAILED},
                    {SWMGMT_OP_INSTALL, SWMGMT_FAILED_INSTALL}, {SWMGMT_OP_INSTALL, SWMGMT_PENDING},
                    {SWMGMT_OP_DISCARD, SWMGMT_PENDING},       {SWMGMT_OP_LOAD, SWMGMT_FAILED}};
    it.failed = it.failed || faults[which].kind == SWMGMT_OP_SAVE || faults[which].kind == SWMGMT_OP_LOAD;
    fake_fail(&device, faults[which].kind, 1, faults[which].verdict);
}

static void reboot(void)
{
    unsigned load = device.count_down[SWMGMT_OP_LOAD];
    it.installed = it.failed ? 0 : it.installed;
    it.at = it.again = 0;
    device.now += 10;
    fake_forget(&device); /* what was pending will not be completed */
    boot();
    device.count_down[SWMGMT_OP_LOAD] = (uint8_t)load;
}

static void step(uint8_t what, const uint8_t *setup)
{
    static const uint16_t sizes[16] = {1, 2, 3, 4, 7, 12, 16, 32, 33, 64, 100, 128, 200, 256, 400, MOST};
    static const uint8_t completes[4] = {SWMGMT_OP_OPEN, SWMGMT_OP_VERIFY, SWMGMT_OP_DISCARD,
                                         SWMGMT_OP_INSTALL};
    unsigned n = what >> 4;
    switch (what & 15u) {
    case 0:
        reboot();
        break;
    case 1:
        fail(n);
        break;
    case 2:
        begin(setup[3]);
        break;
    case 3:
        restart(n & 1u);
        break;
    case 4:
        alter(n);
        break;
    case 5:
        MUST(fake_later(&device, n * 40000u));
        break;
    case 6:
        (void)fake_execute(&device, 0, n < 8 ? 4 : n < 10 ? 6 : n < 12 ? 10 : 11, n == 8 ? "1" : NULL);
        break;
    case 7:
        it.verdict = n & 7u;
        it.fits = n < 8 ? it.fits : 0;
        break;
    case 8:
        (void)fake_complete(&device, completes[n & 3u], n < 12 ? SWMGMT_DONE : SWMGMT_FAILED, 0);
        break;
    case 9:
        MUST(swmgmt_poll(device.ctx, device.now, NULL) == SWMGMT_OK);
        fake_drain(&device);
        break;
    case 10:
        MUST(fake_poll(&device));
        break;
    default:
        begin(setup[3]);
        send(sizes[n], setup[3]);
        break;
    }
    look();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t end[] = {0xFB, 0x0A, 0xFB, 0x0A, 0x06, 0x0A, 0x00, 0x0A};
    const uint8_t *script = data + SETUP;
    uint8_t mending;
    if (size <= SETUP + SCRIPT || size > SETUP + SCRIPT + MOST) {
        return 0;
    }
    memset(&it, 0, sizeof it);
    it.package[0].length = (uint32_t)(size - SETUP - SCRIPT);
    memcpy(it.package[0].bytes, script + SCRIPT, it.package[0].length);
    it.package[1] = it.package[0];
    it.package[1].bytes[data[7] * it.package[1].length / 256u] ^= 1;
    mending = data[4];
    for (unsigned n = 0; n < 2; n++) {
        if ((mending & 1u << n) == 0) {
            mend(&it.package[n], (mending & 0x80u) == 0);
        }
        it.what[n] = read_package(&it.package[n]);
    }
    device_of(data);
    boot();
    it.state = swmgmt_state(device.ctx, 0);
    for (unsigned i = 0; i < SCRIPT; i++) {
        step(script[i], data);
    }
    for (unsigned i = 0; i < sizeof end; i++) {
        step(end[i], data);
    }
    return 0;
}
