/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The callbacks for records. */
#include "callbacks.h"
#include "../c/digest.h"

#include <string.h>

swmgmt_verdict_t on_load(void *user, uint16_t key, uint8_t *data, size_t room, size_t *length)
{
    uint32_t kept = key < RECORDS ? device.record_length[key] : 0;
    (void)user;
    if (is_cut("load")) {
        return SWMGMT_FAILED;
    }
    say(" load %u: %u bytes", key, (unsigned)kept);
    if ((fate(SWMGMT_OP_LOAD, key) % 400 == 0 && !device.kind->images) || kept > room) {
        say(" fails\n");
        return SWMGMT_FAILED;
    }
    say("\n");
    if (kept > 0) {
        memcpy(data, device.record[key], kept);
    }
    *length = kept;
    return SWMGMT_DONE;
}

uint64_t luck_of_step(uint8_t kind, uint16_t whom, uint64_t what)
{
    uint64_t luck = fate_fixed(mix(mix(what, device.step), (uint64_t)kind << 16 | whom));
    uint64_t *before = &device.tried[kind == SWMGMT_OP_SAVE][whom % RECORDS];
    device.is_retry = *before == luck;
    *before = luck;
    return luck;
}

swmgmt_verdict_t on_save(void *user, uint16_t key, const uint8_t *data, size_t length)
{
    static uint8_t record[65536];
    size_t shown;
    uint64_t luck;
    bool fails;
    (void)user;
    if (device.off) {
        return SWMGMT_FAILED;
    }
    if (device.kind->containers && key == 0) {
        /* When numbers are reserved while a package is judged is not compared. */
        uint8_t *kept = device.record[0], sum[4];
        memcpy(kept, data, length);
        device.record_length[0] = (uint32_t)length;
        kept[2] = 0xFF; /* and how many are does not matter after a reboot, either */
        crc32(kept, 6, sum);
        for (unsigned i = 0; i < 4; i++) {
            kept[6 + i] = sum[3 - i];
        }
        return SWMGMT_DONE;
    }
    shown = length;
    memcpy(record, data, length);
    if (device.kind->containers && length > 36) {
        memset(record + 28, 0, 4); /* up to where the numbers are reserved, and so the check sum */
        shown -= 4;
    }
    luck = device.kind->containers ? luck_of_step(SWMGMT_OP_SAVE, key, hash_of(record, shown))
                                   : fate(SWMGMT_OP_SAVE, key);
    fails = luck % 100 < (device.unlucky == SWMGMT_OP_SAVE ? 40u : (100u - device.calm) / 2);
    if (fails && device.is_retry) {
        return SWMGMT_FAILED;
    }
    device.is_retry = false;
    if (is_cut("save")) {
        return SWMGMT_FAILED;
    }
    say(" save %u: ", key);
    say_bytes(record, shown);
    say(fails ? " fails\n" : "\n");
    if ((!fails || (luck >> 20) % 4 == 0) && key < RECORDS && length <= RECORD) {
        memcpy(device.record[key], data, length);
        device.record_length[key] = (uint32_t)length;
    }
    return fails ? failure((luck >> 30) % 12) : SWMGMT_DONE;
}
