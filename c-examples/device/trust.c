/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "trust.h"

#include "digest.h"
#include "slots.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- public keys -------------------------------------------------------------------- */

/* Base64 up to a dash; how many bytes, or 0. */
static size_t base64(const char *text, uint8_t *bytes, size_t room)
{
    static const char DIGITS[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t length = 0;
    uint32_t bits = 0;
    unsigned count = 0;
    for (; *text != '-' && *text != '='; text++) {
        const char *digit = strchr(DIGITS, *text);
        if (*text == '\n' || *text == '\r') {
            continue;
        }
        if (*text == '\0' || digit == NULL || length == room) {
            return 0;
        }
        bits = bits << 6 | (uint32_t)(digit - DIGITS);
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes[length++] = (uint8_t)(bits >> count);
        }
    }
    return length;
}

static size_t load(const char *path, uint8_t der[TRUST_DER])
{
    static const char BEGIN[] = "-----BEGIN PUBLIC KEY-----";
    char text[1024] = {0};
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "device: %s: %s\n", path, strerror(errno));
        return 0;
    }
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    const char *begin = strstr(text, BEGIN);
    if (begin != NULL) {
        length = base64(begin + strlen(BEGIN), der, TRUST_DER);
    } else if (text[0] != 0x30 || length > TRUST_DER) {
        length = 0;
    } else {
        memcpy(der, text, length);
    }
    if (length == 0) {
        fprintf(stderr, "device: %s is no public key in PEM or DER, Ed25519 or P-256\n", path);
    }
    return length;
}

int trust_add(trust_t *trust, const char *path, int is_revoked)
{
    const size_t n = trust->keys.count;
    if (n == TRUST_KEYS) {
        fprintf(stderr, "device: more keys than %d\n", TRUST_KEYS);
        return -1;
    }
    crypto_key_t *key = &trust->each[n];
    key->der = trust->der[n];
    key->length = (uint16_t)load(path, trust->der[n]);
    key->revoked = is_revoked;
    digest_sha256(key->der, key->length, key->id);
    trust->keys = (crypto_keys_t){.keys = trust->each, .count = n + 1};
    return key->length != 0 ? 0 : -1;
}

swmgmt_verdict_t trust_key(void *user, uint16_t instance, const uint8_t *id, uint8_t *key)
{
    slots_t *slots = user;
    return crypto_key(&slots->keys, instance, id, key);
}

#ifdef DEVICE_P256
swmgmt_verdict_t trust_signature(void *user, const swmgmt_op_t *op, const swmgmt_signature_t *claim)
{
    slots_t *slots = user;
    return crypto_signature(&slots->keys, op, claim);
}
#endif

/* --- this device ------------------------------------------------------------------------ */

swmgmt_verdict_t trust_fits(void *user, uint16_t instance, uint8_t what, const uint8_t *data,
                            size_t length)
{
    const slots_t *slots = user;
    const trust_t *trust = &slots->options->trust;
    (void)instance;
    const trust_id_t *own = what == SWMGMT_FITS_VENDOR   ? &trust->vendor
                            : what == SWMGMT_FITS_CLASS  ? &trust->class_id
                            : what == SWMGMT_FITS_DEVICE ? &trust->device
                                                         : NULL;
    return own != NULL && own->length == length && memcmp(own->bytes, data, length) == 0
               ? SWMGMT_DONE
               : SWMGMT_FAILED;
}

/* --- the rollback counter ------------------------------------------------------------------ */

/* A device with hardware for it would keep it there: whoever can write this file can lower it. */
swmgmt_verdict_t trust_counter(void *user, uint16_t instance, uint32_t *value)
{
    const slots_t *slots = user;
    char path[FILE_NAME_ROOM];
    char text[16];
    snprintf(path, sizeof path, "counters/%u", instance);
    const ssize_t length = files_load(slots->dir, path, text, sizeof text - 1);
    if (length < 0 && errno != ENOENT) {
        return SWMGMT_FAILED;
    }
    text[length > 0 ? length : 0] = '\0';
    *value = (uint32_t)strtoul(text, NULL, 10);
    return SWMGMT_DONE;
}

swmgmt_verdict_t trust_commit(void *user, uint16_t instance, uint32_t value)
{
    const slots_t *slots = user;
    uint32_t now;
    char name[16];
    char text[16];
    if (trust_counter(user, instance, &now) != SWMGMT_DONE) {
        return SWMGMT_FAILED;
    }
    if (now >= value) {
        return SWMGMT_DONE;
    }
    snprintf(name, sizeof name, "%u", instance);
    const int length = snprintf(text, sizeof text, "%lu\n", (unsigned long)value);
    return files_save(slots->dir, "counters", name, text, (size_t)length) == 0 ? SWMGMT_DONE
                                                                               : SWMGMT_FAILED;
}
