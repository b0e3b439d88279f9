/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Who is believed: policies, signatures, keys, digests that are expected besides, and the
 * firmware's own verifier, for every kind of package. Argument: the folder tests/packages. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "digest.h"
#include "packed.h"

enum { OWN, IMAGE, OPAQUE, KINDS };

static const char *const kind_name[KINDS] = {"package", "image", "opaque"};

static fake_t fake;
static uint8_t bytes[PACKED_ROOM];
static uint32_t length;
static char where[200];
static swmgmt_verdict_t (*verify)(void *user, const swmgmt_op_t *op, uint32_t length);

#define STATE(want) CHECK_EQ(want, swmgmt_state(fake.ctx, 0))

static void fresh(uint8_t policy, bool read)
{
    fake_new(&fake);
    fake_list(&fake, 0, SWMGMT_EMPTY);
    packed_device(&fake);
    fake.config.policy = policy;
    verify = fake.host.verify;
    fake.host.verify = NULL;
    if (!read) {
        fake.host.read = NULL;
    }
}

static void boot(void)
{
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK(fake_poll(&fake));
    fake_forget(&fake);
}

static void make(unsigned kind, uint8_t key, uint8_t algorithm, bool forged)
{
    packed_t what = packed_plain;
    what.key = key;
    what.algorithm = algorithm;
    what.forged = forged;
    length = kind == OWN ? packed_make(&what, bytes) : packed_image(&what, bytes);
    if (kind == OPAQUE) {
        bytes[0] ^= 0x80;
    }
}

static void expect(bool wrong)
{
    uint8_t digest[32];
    sha256(bytes, length, digest);
    digest[31] ^= wrong ? 1 : 0;
    CHECK_EQ(SWMGMT_OK, swmgmt_expect(fake.ctx, 0, 0, SWMGMT_SHA256, digest, 32));
}

/* The whole of it in pieces: accepted, or this result and reason. */
static void outcome(const char *want)
{
    bool good = strcmp(want, "3 3") == 0 || strcmp(want, "3 0") == 0;
    (void)packed_push(&fake, bytes, length, 77, NULL);
    CHECK(fake_poll(&fake));
    CHECK_TEXT(want, packed_shown(&fake));
    STATE(good ? SWMGMT_DELIVERED : SWMGMT_INITIAL);
    CHECK_EQ(good ? length : 0, fake_slot(&fake, 0)->length);
}

/* ---- all together ------------------------------------------------------------------------ */

static const struct {
    uint8_t key; /* 0: not signed */
    bool forged;
    swmgmt_verdict_t says;
    const char *want;
} signers[] = {
    {0, false, SWMGMT_DONE, NULL},
    {1, false, SWMGMT_DONE, NULL},
    {7, false, SWMGMT_DONE, NULL},
    {2, true, SWMGMT_DONE, "0 53:signature"},
    {3, false, SWMGMT_UNKNOWN, "0 53:key"},
    {3, true, SWMGMT_UNKNOWN, "0 53:key"},
    {4, false, SWMGMT_FAILED, "0 57:revoked"},
    {5, false, SWMGMT_FAILED_TYPE, "0 54:type"},
    {6, false, SWMGMT_FAILED_INTEGRITY, "0 53:signature"},
    {6, false, 0, NULL}, /* which nobody set: refused, whatever is said of it */
    {6, false, SWMGMT_PENDING, NULL},
    {6, false, SWMGMT_AGAIN, NULL},
    {6, false, SWMGMT_NOT_STARTED, NULL},
    {6, false, 77, NULL},
    {6, false, -1, NULL},
};

static void matrix(void)
{
    static const swmgmt_verdict_t verifiers[] = {0, SWMGMT_DONE, SWMGMT_FAILED_TYPE};
    unsigned accepted = 0;
    unsigned refused = 0;
    for (unsigned n = 0; n < 4u * KINDS * 2u * 3u * 3u * 2u; n++) {
        uint8_t policy = (uint8_t)(n % 4u);
        unsigned kind = n / 4u % KINDS;
        uint8_t algorithm = (uint8_t)(n / 12u % 2u + 1u);
        unsigned verifier = n / 24u % 3u; /* none, content, not content */
        unsigned expected = n / 72u % 3u; /* nothing, the digest, another one */
        bool read = n / 216u == 1;
        if (kind == IMAGE && !read) {
            continue; /* images need read() */
        }
        for (unsigned s = 0; s < sizeof signers / sizeof signers[0]; s++) {
            bool odd = s > 2 && signers[s].want == NULL;
            bool known = kind != OPAQUE || verifier > 0 || expected > 0 ||
                         policy == SWMGMT_ALLOW_NONE;
            const char *want = policy == SWMGMT_ALLOW_NONE ? "3 0" : "3 3";
            (void)snprintf(where, sizeof where,
                           "policy %u, %s, algorithm %u, verifier %u, digest %u, %sread, "
                           "key %u%s %d",
                           policy, kind_name[kind], algorithm, verifier, expected,
                           read ? "" : "not ", signers[s].key,
                           signers[s].forged ? " forged" : "", (int)signers[s].says);
            check_where = where;
            fresh(policy, read);
            fake.key[signers[s].key] = signers[s].says;
            if (verifier > 0) {
                fake.host.verify = verify;
                fake.answer[SWMGMT_OP_VERIFY] = verifiers[verifier];
            }
            boot();
            make(kind, signers[s].key, algorithm, signers[s].forged);
            if (expected > 0) {
                expect(expected == 2);
            }
            if (kind == OPAQUE) {
                want = policy == SWMGMT_REQUIRE_SIGNATURE ? "0 57:unsigned"
                       : expected == 2                   ? "0 53:digest"
                       : verifier == 2                   ? "0 54:type"
                       : !known                          ? "0 57:unverified"
                                                         : want;
            } else if (signers[s].want != NULL) {
                want = signers[s].want;
            } else if (signers[s].key == 0 && policy == SWMGMT_REQUIRE_SIGNATURE) {
                want = "0 57:unsigned";
            } else if (expected == 2) {
                want = "0 53:digest";
            } else if (verifier == 2) {
                want = "0 54:type";
            }
            if (odd && kind != OPAQUE) {
                (void)packed_push(&fake, bytes, length, 77, NULL);
                CHECK(fake_poll(&fake));
                STATE(SWMGMT_INITIAL);
                CHECK(fake_number(&fake, 9, 0, 9) >= 50);
            } else {
                outcome(want);
            }
            *(swmgmt_state(fake.ctx, 0) == SWMGMT_DELIVERED ? &accepted : &refused) += 1;
            if (kind == OPAQUE) {
                CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_SIGNATURE));
            } else if (swmgmt_state(fake.ctx, 0) == SWMGMT_DELIVERED && signers[s].key > 0) {
                CHECK(fake_count(&fake, SWMGMT_OP_SIGNATURE) > 0);
                CHECK_EQ(signers[s].key, fake_newest(&fake, SWMGMT_OP_SIGNATURE).offset);
            }
            if (swmgmt_state(fake.ctx, 0) == SWMGMT_DELIVERED) {
                CHECK_EQ(verifier > 0 ? 1 : 0, fake_count(&fake, SWMGMT_OP_VERIFY));
            }
        }
    }
    printf("%u packages accepted, %u refused\n", accepted, refused);
}

/* ---- means ------------------------------------------------------------------------------- */

static void no_means(void)
{
    for (unsigned n = 0; n < 4u * 2u * 2u; n++) {
        uint8_t policy = (uint8_t)(n % 4u);
        unsigned kind = n / 4u % 2u;
        (void)snprintf(where, sizeof where, "nobody to check, policy %u, %s", policy,
                       kind_name[kind]);
        check_where = where;
        if (kind == IMAGE && n / 8u == 0) {
            continue; /* images need read() */
        }
        fresh(policy, n / 8u == 1);
        fake.host.signature = NULL; /* and no part */
        if (policy == SWMGMT_REQUIRE_SIGNATURE) {
            CHECK_EQ(SWMGMT_EPART, fake_boot(&fake));
            continue;
        }
        boot();
        make(kind, 1, SWMGMT_ED25519, true);
        outcome(policy == SWMGMT_ALLOW_NONE ? "3 0" : "3 3");
    }
}

/* Two keys are trusted while the new one takes over; then the old one is no more. */
static void rotation(void)
{
    for (unsigned kind = OWN; kind <= IMAGE; kind++) {
        static const struct {
            uint8_t key;
            swmgmt_verdict_t old_key;
            swmgmt_verdict_t new_key;
            const char *want;
        } steps[] = {{1, SWMGMT_DONE, SWMGMT_UNKNOWN, "3 3"},
                     {2, SWMGMT_DONE, SWMGMT_UNKNOWN, "0 53:key"},
                     {1, SWMGMT_DONE, SWMGMT_DONE, "3 3"},
                     {2, SWMGMT_DONE, SWMGMT_DONE, "3 3"},
                     {1, SWMGMT_FAILED, SWMGMT_DONE, "0 57:revoked"},
                     {2, SWMGMT_FAILED, SWMGMT_DONE, "3 3"}};
        fresh(SWMGMT_REQUIRE_SIGNATURE, true);
        boot();
        for (unsigned i = 0; i < sizeof steps / sizeof steps[0]; i++) {
            (void)snprintf(where, sizeof where, "rotation of %s, step %u", kind_name[kind], i);
            check_where = where;
            fake.key[1] = steps[i].old_key;
            fake.key[2] = steps[i].new_key;
            make(kind, steps[i].key, SWMGMT_ED25519, false);
            outcome(steps[i].want);
            if (swmgmt_state(fake.ctx, 0) == SWMGMT_DELIVERED) {
                CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
            }
            CHECK(fake_poll(&fake));
        }
    }
    /* A key that is revoked while the package is on its way: what was judged is judged
     * again from what is stored. */
    check_where = "revoked on the way";
    fresh(SWMGMT_REQUIRE_SIGNATURE, true);
    boot();
    make(OWN, 1, SWMGMT_ED25519, false);
    CHECK_EQ(SWMGMT_CHANGED, packed_push(&fake, bytes, length, 77, NULL));
    fake.key[1] = SWMGMT_FAILED;
    CHECK(fake_poll(&fake));
    STATE(SWMGMT_INITIAL);
    CHECK_TEXT("0 57:revoked", packed_shown(&fake));
}

/* ---- real ones --------------------------------------------------------------------------- */

static const struct {
    const char *file;
    swmgmt_verdict_t first; /* what key() says */
    swmgmt_verdict_t other;
    const char *want;
} real[] = {
    {"signed.swpk", SWMGMT_DONE, SWMGMT_UNKNOWN, "3 3"},
    {"all.swpk", SWMGMT_DONE, SWMGMT_UNKNOWN, "0 57:minimum"}, /* 1.1 of what is not there */
    {"four.swpk", SWMGMT_DONE, SWMGMT_UNKNOWN, "3 3"},
    {"ignorable.swpk", SWMGMT_DONE, SWMGMT_UNKNOWN, "3 3"},
    {"other-key.swpk", SWMGMT_DONE, SWMGMT_UNKNOWN, "0 53:key"},
    {"other-key.swpk", SWMGMT_UNKNOWN, SWMGMT_DONE, "3 3"},
    {"other-key.swpk", SWMGMT_DONE, SWMGMT_DONE, "3 3"},
    {"signed.swpk", SWMGMT_FAILED, SWMGMT_DONE, "0 57:revoked"},
    {"signed.swpk", SWMGMT_FAILED_TYPE, SWMGMT_DONE, "0 54:type"},
    {"signed.swpk", 0, SWMGMT_DONE, NULL},
    {"signed.swpk", SWMGMT_PENDING, SWMGMT_DONE, NULL},
    {"bad-signature.swpk", SWMGMT_DONE, SWMGMT_DONE, "0 53:signature"},
    {"bad-payload.swpk", SWMGMT_DONE, SWMGMT_DONE, "0 53:digest"},
    {"bad-manifest.swpk", SWMGMT_DONE, SWMGMT_DONE, "0 53:digest"},
    {"algorithm.swpk", SWMGMT_DONE, SWMGMT_DONE, "0 54:type"},
    {"least.swpk", SWMGMT_DONE, SWMGMT_DONE, "0 57:unsigned"},
    {"p256.swpk", SWMGMT_DONE, SWMGMT_DONE, "0 54:type"}, /* there is no signature() */
};

static void ed25519(const char *folder)
{
    for (unsigned i = 0; i < sizeof real / sizeof real[0]; i++) {
        for (unsigned mode = 0; mode < 4; mode++) {
            (void)snprintf(where, sizeof where, "%s, key() %d and %d, mode %u", real[i].file,
                           (int)real[i].first, (int)real[i].other, mode);
            check_where = where;
            fresh(SWMGMT_REQUIRE_SIGNATURE, mode % 2u == 1);
            packed_keys(&fake);
            fake.host.signature = NULL;
            fake.key[1] = real[i].first;
            fake.key[2] = real[i].other;
            if (mode / 2u == 1) {
                packed_hash(&fake);
            }
            boot();
            length = packed_load(folder, real[i].file, bytes, sizeof bytes);
            if (!CHECK(length > 0)) {
                return;
            }
            if (real[i].want == NULL) {
                (void)packed_push(&fake, bytes, length, 77, NULL);
                CHECK(fake_poll(&fake));
                STATE(SWMGMT_INITIAL);
                CHECK(fake_number(&fake, 9, 0, 9) >= 50);
            } else {
                outcome(real[i].want);
            }
        }
    }
    /* Another key than the one it names. */
    check_where = "another key under its id";
    fresh(SWMGMT_REQUIRE_SIGNATURE, true);
    packed_keys(&fake);
    fake.host.signature = NULL;
    memcpy(fake.public_key[1], fake.public_key[2], 32);
    boot();
    length = packed_load(folder, "signed.swpk", bytes, sizeof bytes);
    outcome("0 53:signature");
    /* With both means the part checks Ed25519, and the callback the rest. */
    check_where = "part and callback";
    fresh(SWMGMT_REQUIRE_SIGNATURE, true);
    packed_keys(&fake);
    boot();
    outcome("3 3");
    CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_SIGNATURE));
    CHECK(fake_count(&fake, SWMGMT_OP_KEY) > 0);
    CHECK_EQ(SWMGMT_CHANGED, fake_execute(&fake, 0, 6, NULL));
    fake_forget(&fake);
    make(OWN, 3, SWMGMT_ECDSA_P256, false);
    outcome("3 3");
    CHECK(fake_count(&fake, SWMGMT_OP_SIGNATURE) > 0);
    CHECK_EQ(0, fake_count(&fake, SWMGMT_OP_KEY));
}

int main(int argc, char **argv)
{
    matrix();
    no_means();
    rotation();
    ed25519(argc > 1 ? argv[1] : ".");
    return check_end();
}
