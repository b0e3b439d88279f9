/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Packages as contained.c knows them: what is in one, read from docs/package.md and not from
 * the library; and how one that was altered is mended. Without that nothing made up would get
 * behind the digest of a manifest, and only its first bytes would ever be tried. */
#ifndef CONTAINED_H
#define CONTAINED_H

#include "../../tests/c/digest.h"
#include "fuzz.h"

#define MOST 600u /* bytes of a package */
#define PARTS 16u /* components that are looked at; more are not mended */

typedef struct {
    uint32_t length;
    uint8_t bytes[MOST];
} package_t;

enum { OPAQUE, OWN, IMAGE };

typedef struct {
    const uint8_t *bytes; /* NULL: it is not there */
    uint32_t length;
} piece_t;

typedef struct {
    uint8_t kind;
    bool told;        /* the manifest, or all of an image, is in order, and so is its digest */
    bool right;       /* so is every component's, and nothing is missing or too many */
    uint32_t total;   /* that it states; UINT32_MAX if it does not come to that */
    uint32_t head;    /* bytes of the manifest */
    uint32_t covered; /* bytes before what proves them */
    uint32_t counter;
    piece_t name;
    piece_t version;
    piece_t fits[5]; /* by SWMGMT_FITS_... */
    piece_t key;
    piece_t digest;
    piece_t signature;
    uint8_t algorithm;
} reading_t;

static inline uint32_t number_at(const uint8_t *bytes, unsigned size)
{
    uint32_t number = 0;
    while (size > 0) {
        number = number << 8 | bytes[--size];
    }
    return number;
}

static inline void number_to(uint8_t *bytes, unsigned size, uint32_t number)
{
    for (unsigned i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(number >> (8u * i));
    }
}

static inline bool is_digest(const uint8_t *digest, const uint8_t *bytes, uint32_t length)
{
    uint8_t right[32];
    sha256(bytes, length, right);
    return memcmp(digest, right, sizeof right) == 0;
}

static inline uint8_t kind_of(const package_t *package)
{
    if (package->length < 4) {
        return OPAQUE;
    }
    return memcmp(package->bytes, "SWPK", 4) == 0                ? OWN
           : number_at(package->bytes, 4) == UINT32_C(0x96F3B83D) ? IMAGE
                                                                 : OPAQUE;
}

/* ---- docs/package.md -------------------------------------------------------------------- */

static inline bool read_field(const package_t *package, reading_t *it, uint8_t type, piece_t value,
                              uint32_t *reached)
{
    switch (type) {
    case 1:
        it->name = value;
        return value.length >= 1 && value.length <= 255;
    case 2:
        it->version = value;
        return value.length >= 1 && value.length <= 255;
    case 3:
    case 4:
        it->fits[type - 2] = value;
        return value.length == 16;
    case 5:
        it->fits[SWMGMT_FITS_DEVICE] = value;
        return value.length >= 1 && value.length <= 32;
    case 6:
        it->counter = value.length == 4 ? number_at(value.bytes, 4) : 0;
        return value.length == 4;
    case 7:
        return value.length >= 1 && value.length <= 255;
    case 8: {
        uint32_t length = value.length >= 40 ? number_at(value.bytes, 4) : 0;
        uint32_t name = value.length >= 40 ? value.bytes[38] : 0;
        if (length == 0 || length > it->total - *reached || name == 0 ||
            name > value.length - 39 || value.length - 39 - name > 255) {
            return false;
        }
        *reached += length;
        it->right = it->right && *reached <= package->length &&
                    is_digest(value.bytes + 4, package->bytes + *reached - length, length);
        return true;
    }
    case 9:
        it->key = value;
        return value.length == 32;
    case 10:
        it->digest = value;
        it->covered = (uint32_t)(value.bytes - package->bytes) - 3;
        return value.length == 32 && is_digest(value.bytes, package->bytes, it->covered);
    case 11:
        it->algorithm = value.length > 0 ? value.bytes[0] : 0;
        it->signature.bytes = value.bytes + 1;
        it->signature.length = value.length - 1;
        return (it->algorithm == SWMGMT_ED25519 && value.length == 65) ||
               (it->algorithm == SWMGMT_ECDSA_P256 && value.length == 73);
    default:
        return type >= 128 && value.length > 0 && it->digest.bytes == NULL;
    }
}

static inline void read_own(const package_t *package, reading_t *it)
{
    const uint8_t *bytes = package->bytes;
    uint32_t at = 12;
    uint32_t reached;
    uint8_t last = 0;
    bool has_part = false;
    if (package->length < 12) {
        return;
    }
    it->head = number_at(bytes + 6, 2);
    it->total = number_at(bytes + 8, 4);
    it->right = it->total == package->length;
    it->told = bytes[4] == 1 && bytes[5] == 0 && it->head < it->total && it->head <= package->length;
    reached = it->head;
    while (it->told && at < it->head) {
        uint8_t type = bytes[at];
        piece_t value = {bytes + at + 3, 0};
        it->told = it->head - at >= 3;
        value.length = it->told ? number_at(bytes + at + 1, 2) : 0;
        it->told = it->told && value.length <= it->head - at - 3 &&
                   (type >= 128 || type > last || (type == 8 && last == 8)) &&
                   read_field(package, it, type, value, &reached);
        has_part = has_part || type == 8;
        last = type < 128 ? type : last;
        at += 3 + value.length;
    }
    it->told = it->told && has_part && it->name.bytes != NULL && it->version.bytes != NULL &&
               last == (it->key.bytes != NULL ? 11 : 10) && reached == it->total;
    it->right = it->right && it->told;
}

static inline void mend_own(package_t *package, bool lengths)
{
    uint8_t *bytes = package->bytes;
    uint32_t part[PARTS];
    uint32_t parts = 0;
    uint32_t at = 12;
    uint32_t digest;
    uint32_t rest;
    while (at + 35 <= package->length && bytes[at] != 10) {
        if (bytes[at] == 8 && parts < PARTS && number_at(bytes + at + 1, 2) >= 39) {
            part[parts++] = at + 3;
        }
        at += 3 + number_at(bytes + at + 1, 2);
    }
    if (at + 35 > package->length) {
        return;
    }
    digest = at;
    at += 35;
    if (at + 3 < package->length && bytes[at] == 11) {
        at += 3 + number_at(bytes + at + 1, 2);
    }
    rest = at < package->length ? package->length - at : 0;
    if (lengths) {
        number_to(bytes + digest + 1, 2, 32);
        number_to(bytes + 6, 2, at);
        number_to(bytes + 8, 4, package->length);
    }
    for (uint32_t i = 0; i < parts && part[i] + 39 <= digest; i++) {
        uint32_t length = number_at(bytes + part[i], 4);
        if (lengths && rest > 0) {
            length = i + 1 == parts ? rest : length % rest;
            number_to(bytes + part[i], 4, length);
        }
        if (length <= rest) {
            sha256(bytes + package->length - rest, length, bytes + part[i] + 4);
            rest -= length;
        }
    }
    sha256(bytes, digest, bytes + digest + 3);
}

/* ---- MCUboot images --------------------------------------------------------------------- */

/* The entries of an area that ends at `end`; it, unlike the rest, has been read. */
static inline bool read_entries(const package_t *package, reading_t *it, uint32_t at, uint32_t end)
{
    while (at < end) {
        const uint8_t *entry = package->bytes + at;
        piece_t value = {entry + 4, 0};
        if (end - at < 4 || number_at(entry + 2, 2) > end - at - 4) {
            return false;
        }
        value.length = number_at(entry + 2, 2);
        at += 4 + value.length;
        switch (number_at(entry, 2)) {
        case 0x01:
            it->key = value;
            break;
        case 0x10:
            it->digest = value;
            break;
        case 0x22:
        case 0x24:
            it->algorithm = entry[0] == 0x22 ? SWMGMT_ECDSA_P256 : SWMGMT_ED25519;
            it->signature = value;
            break;
        case 0x40:
            it->fits[SWMGMT_FITS_DEPENDENCIES] = value; /* the last one */
            break;
        case 0x50:
            it->counter = value.length == 4 ? number_at(value.bytes, 4) : 0;
            break;
        case 0x74:
        case 0x75:
            it->fits[entry[0] == 0x74 ? SWMGMT_FITS_VENDOR : SWMGMT_FITS_CLASS] = value;
            break;
        default:
            break;
        }
    }
    return true;
}

static inline void read_image(const package_t *package, reading_t *it)
{
    const uint8_t *bytes = package->bytes;
    uint32_t most = package->length;
    uint32_t image;
    uint32_t has_more;
    if (most < 36 || number_at(bytes + 8, 2) < 32 || number_at(bytes + 12, 4) > most) {
        return;
    }
    image = number_at(bytes + 8, 2) + number_at(bytes + 12, 4);
    has_more = number_at(bytes + 10, 2);
    it->covered = image + has_more;
    if (it->covered > most - 4 || number_at(bytes + it->covered + 2, 2) < 4) {
        return;
    }
    it->total = it->covered + number_at(bytes + it->covered + 2, 2);
    it->told = it->total <= most && number_at(bytes + it->covered, 2) == 0x6907 &&
                (has_more == 0 ||
                 (has_more >= 4 && number_at(bytes + image, 4) == (has_more << 16 | 0x6908) &&
                  read_entries(package, it, image + 4, it->covered))) &&
                read_entries(package, it, it->covered + 4, it->total) &&
                it->digest.length == 32 && is_digest(it->digest.bytes, bytes, it->covered);
    it->right = it->told && it->total == most;
}

/* Where these two bytes are for the last time before `end`, or `end`. */
static inline uint32_t last_of(const package_t *package, uint32_t end, uint32_t magic)
{
    for (uint32_t at = end; at > 32; at--) {
        if (at + 3 <= package->length && number_at(package->bytes + at - 1, 2) == magic) {
            return at - 1;
        }
    }
    return end;
}

static inline void mend_image(package_t *package, bool lengths)
{
    uint8_t *bytes = package->bytes;
    uint32_t end = last_of(package, package->length, 0x6907);
    uint32_t more = last_of(package, end, 0x6908);
    if (end + 4 > package->length || more < 32) {
        return;
    }
    if (lengths) {
        number_to(bytes + 8, 2, 32);
        number_to(bytes + 10, 2, end - more);
        number_to(bytes + 12, 4, more - 32);
        if (end - more >= 4) {
            number_to(bytes + more + 2, 2, end - more);
        }
        number_to(bytes + end + 2, 2, package->length - end);
    }
    for (uint32_t at = end + 4; at + 4 <= package->length; at += 4 + number_at(bytes + at + 2, 2)) {
        if (number_at(bytes + at, 2) == 0x10 && at + 36 <= package->length) {
            sha256(bytes, end, bytes + at + 4);
        }
    }
}

/* ---- both ------------------------------------------------------------------------------- */

static inline reading_t read_package(const package_t *package)
{
    reading_t it;
    memset(&it, 0, sizeof it);
    it.kind = kind_of(package);
    it.total = UINT32_MAX;
    if (it.kind == OWN) {
        read_own(package, &it);
    } else if (it.kind == IMAGE) {
        read_image(package, &it);
    }
    return it;
}

/* Digests, and lengths if wanted, become what they should be; signatures stay. */
static inline void mend(package_t *package, bool lengths)
{
    if (kind_of(package) == OWN) {
        mend_own(package, lengths);
    } else if (kind_of(package) == IMAGE) {
        mend_image(package, lengths);
    }
}

#endif
