/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* swmgmt_front() with datagrams. What must hold: the answer fits its room and is a CoAP
 * message that belongs to the request; what it leaves to the engine has changed nothing; a
 * retransmission is given the same answer and does nothing. */
#include "fuzz.h"

#define ROOM 256u
#define GUARD 8u

static fake_t device;
static snapshot_t before;
static snapshot_t after;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int32_t show(swmgmt_front_t *front, uint16_t server, input_t datagram, uint8_t *answer)
{
    uint8_t *bytes = malloc(datagram.length + 1u);
    int32_t length;
    MUST(bytes != NULL);
    if (datagram.length > 0) {
        memcpy(bytes + 1, datagram.bytes, datagram.length); /* odd addresses, exact ends */
    }
    memset(answer, 0xA5, ROOM + GUARD);
    snapshot(&device, &before);
    length = swmgmt_front(device.ctx, front, server, device.now, bytes + 1, datagram.length,
                          answer, ROOM);
    snapshot(&device, &after);
    free(bytes);
    fake_drain(&device);
    fake_forget(&device);
    MUST(length >= 0 && length <= (int32_t)ROOM);
    for (unsigned i = ROOM; i < ROOM + GUARD; i++) {
        MUST(answer[i] == 0xA5);
    }
    return length;
}

/* Version 1, the token of the request, an acknowledgement with its id, or a message. */
static void check_answer(input_t datagram, const uint8_t *answer, uint32_t length)
{
    unsigned token = datagram.bytes[0] & 15u;
    bool confirmable = (datagram.bytes[0] >> 4 & 3u) == 0;
    MUST(datagram.bytes[0] >> 6 == 1 && token <= 8 && datagram.length >= 4u + token);
    MUST(length >= 4u + token);
    MUST(answer[0] >> 6 == 1 && (answer[0] & 15u) == token);
    MUST((answer[0] >> 4 & 3u) == (confirmable ? 2u : 1u));
    MUST(answer[1] >= SWMGMT_CREATED && answer[1] <= SWMGMT_INTERNAL_ERROR);
    MUST(!confirmable || memcmp(answer + 2, datagram.bytes + 2, 2) == 0);
    MUST(memcmp(answer + 4, datagram.bytes + 4, token) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t answer[ROOM + GUARD];
    static uint8_t again[ROOM + GUARD];
    static uint8_t body[512];
    static swmgmt_exchange_t exchanges[4];
    input_t input = {data, size};
    uint8_t setup = take(&input);
    swmgmt_front_t front;
    device_new(&device, 1u + (setup & 1u), (uint8_t)((setup >> 1 & 3u) % 3u),
          setup >> 3 & 3u);
    memset(exchanges, 0, sizeof exchanges);
    memset(&front, 0, sizeof front);
    front.prefix = (setup & 0x40) != 0 ? "rd/x" : NULL;
    front.exchanges = exchanges;
    front.exchange_count = (setup & 0x80) != 0 ? 1 : 4;
    front.body.bytes = body;
    front.body.room = sizeof body;
    while (input.length > 0) {
        uint8_t how = take(&input);
        input_t datagram = take_run(&input, take(&input));
        uint16_t server = how & 1u;
        int32_t length = show(&front, server, datagram, answer);
        if (length == 0) {
            MUST(same(&before, &after));
        } else {
            check_answer(datagram, answer, (uint32_t)length);
            MUST(show(&front, server, datagram, again) == length);
            MUST(memcmp(answer, again, (size_t)length) == 0);
            MUST(same(&before, &after));
        }
        if ((how & 6u) == 2) {
            MUST(fake_poll(&device));
        } else if ((how & 6u) == 4) {
            MUST(fake_later(&device, 100000u));
        }
        fake_forget(&device);
    }
    return 0;
}
