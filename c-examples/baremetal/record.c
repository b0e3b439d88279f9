/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A log in one of two sectors: the last good entry of a key counts. When the sector is
 * full, the last entries go to the other one, whose head is programmed at the very end.
 * The head with the higher generation counts. */
#include "record.h"

#include <string.h>

#include "flash.h"

typedef struct {
    uint32_t generation; /* from 1 up */
    uint32_t check;      /* ~generation */
} head_t;

typedef struct {
    uint16_t key;
    uint16_t length;
    uint32_t crc; /* of key, length and data */
} entry_t;

static const entry_t erased = {0xffff, 0xffff, 0xffffffff};

static uint32_t padded(uint32_t length)
{
    return (length + FLASH_WORD - 1u) / FLASH_WORD * FLASH_WORD;
}

static uint32_t crc32(uint32_t crc, const void *data, uint32_t length)
{
    const uint8_t *bytes = data;
    for (uint32_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1u ? 0xedb88320u : 0u);
    }
    return crc;
}

static uint32_t crc_of(const entry_t *entry)
{
    return crc32(UINT32_MAX, entry, (uint32_t)offsetof(entry_t, crc));
}

static uint32_t generation_of(uint32_t sector)
{
    head_t head;
    flash_read(sector, &head, sizeof head);
    return head.check == ~head.generation ? head.generation : 0;
}

/* The sector that counts; both may be empty. */
static uint32_t current(void)
{
    const uint32_t second = FLASH_RECORDS + FLASH_SECTOR;
    return generation_of(second) > generation_of(FLASH_RECORDS) ? second : FLASH_RECORDS;
}

/* The entry at `at`. False: there is no other, or its head is torn and hides the rest. */
static bool read_entry(uint32_t sector, uint32_t at, entry_t *entry)
{
    const uint32_t room = sector + FLASH_SECTOR - at;
    if (room < sizeof *entry) return false;
    flash_read(at, entry, sizeof *entry);
    return padded(entry->length) <= room - sizeof *entry;
}

static bool is_good(uint32_t at, const entry_t *entry)
{
    uint32_t crc = crc_of(entry);
    for (uint32_t i = 0; i < entry->length; i++) {
        uint8_t byte;
        flash_read(at + (uint32_t)sizeof *entry + i, &byte, 1);
        crc = crc32(crc, &byte, 1);
    }
    return crc == entry->crc;
}

static uint32_t after(uint32_t at, const entry_t *entry)
{
    return at + (uint32_t)sizeof *entry + padded(entry->length);
}

/* The last good entry of `key` from `at` on; 0: none. */
static uint32_t find(uint32_t sector, uint32_t at, uint16_t key, entry_t *found)
{
    uint32_t place = 0;
    entry_t entry;
    for (; read_entry(sector, at, &entry); at = after(at, &entry)) {
        if (entry.key == key && is_good(at, &entry)) {
            place = at;
            *found = entry;
        }
    }
    return place;
}

static uint32_t first(uint32_t sector)
{
    return sector + (uint32_t)sizeof(head_t);
}

bool record_load(uint16_t key, void *data, uint32_t room, uint32_t *length)
{
    const uint32_t sector = current();
    entry_t entry = {0};
    uint32_t at = 0;
    if (generation_of(sector) != 0) at = find(sector, first(sector), key, &entry);
    *length = entry.length;
    if (at == 0) return true;
    return entry.length <= room && flash_read(at + (uint32_t)sizeof entry, data, entry.length);
}

static bool append(uint32_t sector, uint32_t at, const entry_t *entry, const uint8_t *data)
{
    const uint32_t words = entry->length / FLASH_WORD * FLASH_WORD;
    const uint32_t rest = entry->length - words;
    const uint32_t body = at + (uint32_t)sizeof *entry;
    uint8_t tail[FLASH_WORD];
    if (after(at, entry) > sector + FLASH_SECTOR) return false;
    memset(tail, 0xff, sizeof tail);
    if (rest != 0) memcpy(tail, data + words, rest);
    /* The head first, so that whatever is torn can be stepped over. */
    return flash_program(at, entry, sizeof *entry) &&
           (words == 0 || flash_program(body, data, words)) &&
           (rest == 0 || flash_program(body + words, tail, sizeof tail));
}

/* Copies what counts to the other sector, but for `key`; returns where it ends. */
static uint32_t copy_others(uint32_t from, uint32_t to, uint16_t key)
{
    uint32_t end = first(to);
    entry_t entry;
    entry_t last;
    if (generation_of(from) == 0) return end;
    for (uint32_t at = first(from); read_entry(from, at, &entry); at = after(at, &entry)) {
        const uint32_t size = after(at, &entry) - at;
        if (entry.key != key && find(from, at, entry.key, &last) == at) {
            if (!flash_copy(end, at, size)) return 0;
            end += size;
        }
    }
    return end;
}

static bool move(uint32_t from, const entry_t *entry, const uint8_t *data)
{
    const uint32_t to = from == FLASH_RECORDS ? FLASH_RECORDS + FLASH_SECTOR : FLASH_RECORDS;
    const uint32_t generation = generation_of(from) + 1u;
    const head_t head = {generation, ~generation};
    uint32_t end;
    if (!flash_erase(to, FLASH_SECTOR)) return false;
    end = copy_others(from, to, entry->key);
    return end != 0 && append(to, end, entry, data) && flash_program(to, &head, sizeof head);
}

bool record_save(uint16_t key, const void *data, uint32_t length)
{
    const uint32_t sector = current();
    entry_t entry = {key, (uint16_t)length, 0};
    entry_t there;
    uint32_t at = first(sector);
    if (length > FLASH_SECTOR) return false;
    entry.crc = crc32(crc_of(&entry), data, length);
    if (generation_of(sector) != 0) {
        while (read_entry(sector, at, &there)) at = after(at, &there);
        flash_read(at, &there, sizeof there);
        if (memcmp(&there, &erased, sizeof there) == 0 && append(sector, at, &entry, data)) {
            return true;
        }
    }
    return move(sector, &entry, data);
}
