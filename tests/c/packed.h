/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Packages in containers, made here from docs/package.md and from MCUboot's description,
 * and a device that has keys: what its callbacks say of them is in fake_t. Signatures are
 * made up, and signature() is their only judge; real ones are in tests/packages. */
#ifndef PACKED_H
#define PACKED_H

#include "fake.h"

#define PACKED_PARTS 8
#define PACKED_ROOM 8192 /* for any package here */

typedef struct {
    const char *name;
    const char *version;
    uint32_t length; /* its bytes are made up */
    uint16_t kind;
} packed_part_t;

/* What is NULL or 0 is left out. */
typedef struct {
    const char *name; /* of an MCUboot image, which has none: ignored, like the parts' names */
    const char *version;
    const char *vendor; /* 16 bytes, as class_id */
    const char *class_id;
    const char *device;
    const char *minimum;
    const char *dependencies; /* of an MCUboot image: 12 bytes */
    packed_part_t part[PACKED_PARTS]; /* more of them: from the first again */
    uint32_t parts;
    uint32_t counter;
    bool counted;      /* there is a counter */
    uint8_t key;       /* 1 ... 7, who signs it; 0: nobody */
    uint8_t algorithm; /* SWMGMT_ED25519 or another */
    bool forged;       /* one bit of the signature is wrong */
    uint32_t ignored;  /* bytes of a field that need not be known */
} packed_t;

/* Name, version, one component. */
extern const packed_t packed_plain;

/* A package of docs/package.md, or an MCUboot image; its bytes. */
uint32_t packed_make(const packed_t *what, uint8_t *bytes);
uint32_t packed_image(const packed_t *what, uint8_t *bytes);
/* Computes the digest of a manifest again, and signs it again, after it was altered. */
void packed_again(uint8_t *bytes, const packed_t *what);
/* A made-up signature over a digest; its bytes, 72 at most. */
uint32_t packed_sign(const packed_t *what, const uint8_t *digest, uint8_t *signature);
/* Of a package of docs/package.md. */
uint32_t packed_manifest(const uint8_t *bytes);

/* Names the parts, and gives the device its callbacks: all keys are trusted, and every
 * package fits. */
void packed_device(fake_t *fake);
/* Names swmgmt_ed25519; keys 1 and 2 are the real ones that tests/packages are signed with. */
void packed_keys(fake_t *fake);
/* SHA-256 is the firmware's own, through hash(). */
void packed_hash(fake_t *fake);
/* A file of the folder that the program's argument names. */
uint32_t packed_load(const char *folder, const char *file, uint8_t *bytes, uint32_t room);

/* Pushes it in pieces; the answer to the last one that was pushed, and in `at` where it
 * ended. */
swmgmt_answer_t packed_push(fake_t *fake, const uint8_t *bytes, uint32_t length,
                            uint32_t step, uint32_t *at);
/* Downloads it in pieces, until it is over. */
void packed_fetch(fake_t *fake, const uint8_t *bytes, uint32_t length, uint32_t step);
/* Pushes, verifies, and installs it: the state it comes to. */
int32_t packed_install(fake_t *fake, const packed_t *what);
/* Writes 9/0/7, 9 and 16 as "0 57:rollback"; with an empty reason "3 3". */
const char *packed_shown(const fake_t *fake);

#endif
