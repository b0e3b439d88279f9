/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The ready-made callbacks for flash and settings. */
#include <string.h>

#include "check.h"
#include "storage.h"
#include "swmgmt_zephyr.h"
#include "zephyr/kernel.h"
#include "zephyr/settings/settings.h"

#define SHARE 3072u /* the partition has 12 sectors, for 4 instances */

static uint8_t package[SHARE];
static const swmgmt_op_t first = { .number = 1, .instance = 0 };
static const swmgmt_op_t third = { .number = 1, .instance = 2 };

static swmgmt_verdict_t write_some(const swmgmt_op_t *op, uint32_t from, uint32_t to, uint32_t piece)
{
    swmgmt_verdict_t verdict = SWMGMT_DONE;
    for (uint32_t at = from; at < to && verdict == SWMGMT_DONE; at += piece) {
        const uint32_t length = to - at < piece ? to - at : piece;
        verdict = swmgmt_zephyr_flash_write(NULL, op, at, package + at, length);
    }
    return verdict;
}

static bool is_there(const swmgmt_op_t *op, uint32_t length)
{
    uint8_t bytes[SHARE];
    return swmgmt_zephyr_flash_read(NULL, op, 0, bytes, length) == SWMGMT_DONE
        && memcmp(bytes, package, length) == 0;
}

static void any_pieces_in_any_blocks(void)
{
    const uint32_t aligns[] = { 1, 4, 16, 32 };
    const uint32_t pieces[] = { 1, 7, 61, 64, 500, SHARE };
    const uint32_t lengths[] = { 1, 4, 33, 1023, 1024, 1025, SHARE };

    for (size_t a = 0; a < 4; a++) {
        for (size_t p = 0; p < 6; p++) {
            for (size_t l = 0; l < 7; l++) {
                for (int told = 0; told < 2; told++) {
                    double_flash_reset(aligns[a], told ? 0xFF : 0x00);
                    CHECK_EQ(SWMGMT_DONE,
                             swmgmt_zephyr_flash_open(NULL, &third, 0, told ? lengths[l] : 0));
                    CHECK_EQ(SWMGMT_DONE, write_some(&third, 0, lengths[l], pieces[p]));
                    if (told) { /* the end is known: it is in the flash without being read */
                        CHECK(memcmp(double_flash + DOUBLE_PARTITION + 2 * SHARE, package, lengths[l]) == 0);
                    }
                    CHECK(is_there(&third, lengths[l]));
                    CHECK_EQ((lengths[l] + DOUBLE_SECTOR - 1) / DOUBLE_SECTOR, double_erases);
                    CHECK_EQ(0, double_bad_writes);
                }
            }
        }
    }
    for (size_t i = 0; i < DOUBLE_FLASH_SIZE; i++) { /* nothing else was touched */
        if (i < DOUBLE_PARTITION + 2 * SHARE || i >= DOUBLE_PARTITION + 3 * SHARE) {
            CHECK(double_flash[i] == 0x5A);
        }
    }
}

static void what_does_not_fit_is_refused(void)
{
    const swmgmt_op_t far = { .number = 1, .instance = 4 };
    uint32_t offset, size;

    double_flash_reset(4, 0xFF);
    CHECK_EQ(SWMGMT_FAILED_STORAGE, swmgmt_zephyr_flash_open(NULL, &first, 0, SHARE + 1));
    CHECK_EQ(SWMGMT_FAILED_STORAGE, swmgmt_zephyr_flash_open(NULL, &far, 0, 1));
    CHECK_EQ(SWMGMT_DONE, swmgmt_zephyr_flash_open(NULL, &first, 0, 0));
    CHECK_EQ(SWMGMT_DONE, write_some(&first, 0, SHARE, 64));
    CHECK_EQ(SWMGMT_FAILED_STORAGE, swmgmt_zephyr_flash_write(NULL, &first, SHARE, package, 1));
    CHECK_EQ(SWMGMT_FAILED, swmgmt_zephyr_flash_write(NULL, &first, 100, package, 4)); /* a gap */
    CHECK_EQ(SWMGMT_FAILED, swmgmt_zephyr_flash_read(NULL, &first, SHARE, package, 1));
    CHECK_EQ(SWMGMT_FAILED, swmgmt_zephyr_flash_read(NULL, &far, 0, package, 1));
    CHECK_EQ(SWMGMT_OK, swmgmt_zephyr_flash_slice(3, &offset, &size));
    CHECK_EQ(3 * SHARE, offset);
    CHECK_EQ(SHARE, size);
    CHECK_EQ(SWMGMT_ENOENT, swmgmt_zephyr_flash_slice(4, &offset, &size));
    double_align = CONFIG_SWMGMT_FLASH_BLOCK * 2;
    CHECK_EQ(SWMGMT_FAILED, swmgmt_zephyr_flash_open(NULL, &first, 0, 0));
    double_align = 4;
    CHECK_EQ(SWMGMT_DONE, swmgmt_zephyr_flash_open(NULL, &first, 0, 0));
    double_flash_fails = true;
    CHECK_EQ(SWMGMT_FAILED, write_some(&first, 0, 64, 64));
    CHECK_EQ(SWMGMT_FAILED, swmgmt_zephyr_flash_read(NULL, &first, 0, package, 1));
}

static void it_goes_on_where_it_stopped(void)
{
    double_flash_reset(16, 0xFF); /* without a reboot: anywhere */
    CHECK_EQ(SWMGMT_DONE, swmgmt_zephyr_flash_open(NULL, &first, 0, 2000));
    CHECK_EQ(SWMGMT_DONE, write_some(&first, 0, 777, 61));
    CHECK_EQ(SWMGMT_DONE, swmgmt_zephyr_flash_open(NULL, &first, 777, 2000));
    CHECK_EQ(SWMGMT_DONE, write_some(&first, 777, 2000, 61));
    CHECK(is_there(&first, 2000));
    CHECK_EQ(0, double_bad_writes);
}

/* A power cut: what was written without being told of is found in the flash, behind the
 * offset that was saved. The other slice stands for the memory that was lost. */
static void after_a_power_cut(uint32_t saved, uint32_t written, bool may_go_on)
{
    double_flash_reset(16, 0xFF);
    CHECK_EQ(SWMGMT_DONE, swmgmt_zephyr_flash_open(NULL, &first, 0, 2000));
    CHECK_EQ(SWMGMT_DONE, write_some(&first, 0, written, 16));
    (void)swmgmt_zephyr_flash_open(NULL, &first, 0, 2000); /* forgets */
    CHECK_EQ(may_go_on ? SWMGMT_DONE : SWMGMT_FAILED,
             swmgmt_zephyr_flash_open(NULL, &first, saved, 2000));
    if (may_go_on) {
        CHECK_EQ(SWMGMT_DONE, write_some(&first, saved, 2000, 61));
        CHECK(is_there(&first, 2000));
    } else {
        CHECK_EQ(SWMGMT_DONE, swmgmt_zephyr_flash_open(NULL, &first, 0, 2000));
        CHECK_EQ(SWMGMT_DONE, write_some(&first, 0, 2000, 61));
        CHECK(is_there(&first, 2000));
    }
    CHECK_EQ(0, double_bad_writes);
}

static void the_end_may_be_missing(void)
{
    double_flash_reset(16, 0xFF);
    CHECK_EQ(SWMGMT_DONE, swmgmt_zephyr_flash_open(NULL, &first, 0, 0));
    CHECK_EQ(SWMGMT_DONE, write_some(&first, 0, 1000, 61)); /* 8 bytes are not in the flash yet */
    (void)swmgmt_zephyr_flash_open(NULL, &first, 0, 0);
    CHECK_EQ(SWMGMT_FAILED, swmgmt_zephyr_flash_open(NULL, &first, 1000, 0));
    CHECK_EQ(SWMGMT_DONE, swmgmt_zephyr_flash_open(NULL, &first, 0, 1000));
    CHECK_EQ(SWMGMT_DONE, write_some(&first, 0, 1000, 61));
    (void)swmgmt_zephyr_flash_open(NULL, &first, 0, 0);
    CHECK_EQ(SWMGMT_DONE, swmgmt_zephyr_flash_open(NULL, &first, 1000, 1000));
    CHECK(is_there(&first, 1000));
}

static void records(void)
{
    uint8_t data[64] = "", old[] = "record one", other[] = "two";
    size_t length = 99;

    double_settings_reset();
    CHECK_EQ(SWMGMT_DONE, swmgmt_zephyr_settings_load(NULL, 1, data, sizeof data, &length));
    CHECK_EQ(0, length);
    CHECK_EQ(SWMGMT_DONE, swmgmt_zephyr_settings_save(NULL, 1, old, sizeof old));
    CHECK_EQ(SWMGMT_DONE, swmgmt_zephyr_settings_save(NULL, 11, other, sizeof other));
    CHECK_EQ(0, settings_save_one("swmgmt/1/below", other, sizeof other)); /* nobody of ours did */
    CHECK_EQ(SWMGMT_DONE, swmgmt_zephyr_settings_load(NULL, 1, data, sizeof data, &length));
    CHECK_EQ(sizeof old, length);
    CHECK_TEXT("record one", (const char *)data);
    CHECK_EQ(SWMGMT_DONE, swmgmt_zephyr_settings_load(NULL, 11, data, sizeof data, &length));
    CHECK_TEXT("two", (const char *)data);
    CHECK_EQ(SWMGMT_DONE, swmgmt_zephyr_settings_save(NULL, 1, other, sizeof other));
    CHECK_EQ(SWMGMT_DONE, swmgmt_zephyr_settings_load(NULL, 1, data, sizeof data, &length));
    CHECK_EQ(sizeof other, length);
    CHECK_EQ(SWMGMT_FAILED, swmgmt_zephyr_settings_load(NULL, 1, data, 2, &length)); /* no room */
    double_settings_short = true;
    CHECK_EQ(SWMGMT_FAILED, swmgmt_zephyr_settings_load(NULL, 1, data, sizeof data, &length));
    double_settings_fail = true;
    CHECK_EQ(SWMGMT_FAILED, swmgmt_zephyr_settings_load(NULL, 1, data, sizeof data, &length));
    CHECK_EQ(SWMGMT_FAILED, swmgmt_zephyr_settings_save(NULL, 1, old, sizeof old));
}

int main(void)
{
    for (size_t i = 0; i < sizeof package; i++) {
        package[i] = (uint8_t)(1 + i % 250);
    }
    any_pieces_in_any_blocks();
    what_does_not_fit_is_refused();
    it_goes_on_where_it_stopped();
    after_a_power_cut(1024, 1024, true);  /* a sector's end, nothing behind it */
    after_a_power_cut(1024, 1300, true);  /* a sector's end: the next one is erased */
    after_a_power_cut(512, 512, true);    /* the rest of the sector is blank */
    after_a_power_cut(512, 600, false);   /* it is not */
    after_a_power_cut(500, 600, false);   /* within a block */
    after_a_power_cut(1024, 512, false);  /* not so much was written */
    the_end_may_be_missing();
    records();
    return check_end();
}
