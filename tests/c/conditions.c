/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What a package asks of a device: vendor, class, device, dependencies, versions;
 * and in which order that is told. */
#include <stdio.h>
#include <string.h>

#include "one_package.h"

static char where[200];

/* ---- for whom ---------------------------------------------------------------------------- */

static const char vendor[] = "\0vendor\0\xFF vendor";
static const char class_id[] = "class\0\0\0\0\0\0 class";
static const char needs[] = "\1\0\0\0\1\2\3\0\4\0\0\0";

static void fits(void)
{
    static const char *const names[] = {"", "vendor", "class", "device", "dependency"};
    static const swmgmt_verdict_t verdicts[] = {
        SWMGMT_DONE,    SWMGMT_FAILED_TYPE, SWMGMT_FAILED, SWMGMT_UNKNOWN,
        SWMGMT_PENDING, SWMGMT_AGAIN,       0,             SWMGMT_NOT_STARTED};
    for (unsigned n = 0; n < 2u * 5u * 9u * 2u; n++) {
        bool image = n % 2u == 1;
        unsigned kind = n / 2u % 5u; /* 0: it is for everybody */
        unsigned said = n / 10u % 9u; /* 8: there is no fits() */
        bool good = kind == 0 || said == 0;
        char want[32];
        if (image ? kind == SWMGMT_FITS_DEVICE : kind == SWMGMT_FITS_DEPENDENCIES) {
            continue;
        }
        if (image && n / 90u == 0) {
            continue; /* images need read() */
        }
        (void)snprintf(where, sizeof where, "%s, %s, fits() says %d, %sread back",
                       image ? "image" : "package", names[kind],
                       said < 8 ? (int)verdicts[said] : 999, n / 90u == 1 ? "" : "not ");
        check_where = where;
        fresh(SWMGMT_EMPTY);
        what.vendor = kind == SWMGMT_FITS_VENDOR ? vendor : NULL;
        what.class_id = kind == SWMGMT_FITS_CLASS ? class_id : NULL;
        what.device = kind == SWMGMT_FITS_DEVICE ? "urn:dev:ops:1-2-3" : NULL;
        what.dependencies = kind == SWMGMT_FITS_DEPENDENCIES ? needs : NULL;
        for (unsigned i = 0; i < 5; i++) {
            fake.fits[i] = i == kind && said < 8 ? verdicts[said] : SWMGMT_DONE;
        }
        if (said == 8) {
            fake.host.fits = NULL;
        }
        if (n / 90u == 0) {
            fake.host.read = NULL;
        }
        boot();
        (void)snprintf(want, sizeof want, "0 %s:%s", kind == 4 ? "57" : "54", names[kind]);
        CHECK_TEXT(good ? "3 3" : want, push(image));
        STATE(good ? SWMGMT_DELIVERED : SWMGMT_INITIAL);
        CHECK_EQ(kind > 0 && said < 8, fake_count(&fake, SWMGMT_OP_FITS) > 0);
        if (kind > 0 && said < 8) {
            static const uint32_t sizes[] = {0, 16, 16, 17, 12};
            static const char *const data[] = {"", vendor, class_id, "urn:dev:ops:1-2-3", needs};
            CHECK_EQ(kind, fake_newest(&fake, SWMGMT_OP_FITS).offset);
            CHECK_EQ(sizes[kind], fake.asked[kind]);
            CHECK(memcmp(data[kind], fake.asked_text[kind], sizes[kind]) == 0);
        }
    }
}

/* Everything is wrong from one condition on: that one is told. */
static void order(void)
{
    static const char *const told[] = {"53:signature", "54:vendor",  "54:class",  "54:device",
                                       "57:rollback",  "57:version", "57:minimum", NULL};
    for (unsigned first = 0; first < 8; first++) {
        char want[32];
        fresh(SWMGMT_RUNNING); /* version 1 */
        what.key = 1;
        what.algorithm = SWMGMT_ED25519;
        what.forged = first <= 0;
        what.vendor = vendor;
        what.class_id = class_id;
        what.device = "x";
        what.minimum = first <= 6 ? "1.0.1" : "1";
        what.version = first <= 5 ? "0.9" : "1.0.0.0";
        what.counted = true;
        what.counter = first <= 4 ? 6 : 7;
        fake.counter = 7;
        for (unsigned i = 1; i < 4; i++) {
            fake.fits[i] = first <= i ? SWMGMT_UNKNOWN : SWMGMT_DONE;
        }
        (void)snprintf(where, sizeof where, "order, from %u", first);
        check_where = where;
        boot();
        remove_it("1");
        STATE(SWMGMT_INITIAL_FOR_UPDATE);
        (void)snprintf(want, sizeof want, "0 %s", told[first] != NULL ? told[first] : "");
        CHECK_TEXT(told[first] != NULL ? want : "3 3", push(false));
        STATE(told[first] != NULL ? SWMGMT_INITIAL_FOR_UPDATE : SWMGMT_DELIVERED);
        CHECK_EQ(told[first] != NULL ? 0 : 1, fake_count(&fake, SWMGMT_OP_OPEN));
        /* The old software is what it was. */
        CHECK_TEXT("old", fake_text(&fake, 9, 0, 0));
        CHECK_TEXT("1", fake_text(&fake, 9, 0, 1));
    }
}

/* ---- versions ---------------------------------------------------------------------------- */

/* Software of one version is there; is another one an update, and is it high enough? */
static void versions(void)
{
    static const struct {
        const char *low;
        const char *high; /* NULL: the same as low */
    } pairs[] = {{"1.9", "1.10"},         {"1.2.3", "1.2.4"},     {"1.0-rc9", "1.0-rc10"},
                 {"1.0-rc10", "1.0"},     {"1.2", "1.2a"},        {"1.2a", "1.2b"},
                 {"1.2b", "1.3"},         {"1.2.3+4", "1.2.3+10"}, {"0", "1"},
                 {"v1.2", NULL},          {"1.02.0", NULL},       {"1.0-alpha", "1.0-alpha.1"},
                 {"4294967295", "4294967296"}, {"9", "10"}};
    for (unsigned n = 0; n < sizeof pairs / sizeof pairs[0] * 8u; n++) {
        const char *low = pairs[n / 8u].low;
        const char *high = pairs[n / 8u].high != NULL ? pairs[n / 8u].high : low;
        bool lower = n % 2u == 1; /* the package's version, or its minimum fits */
        bool older = n / 2u % 2u == 1;
        bool minimum = n / 4u % 2u == 1;
        const char *want = "3 3";
        (void)snprintf(where, sizeof where, "%s and %s%s%s%s", low, high,
                       lower ? ", down" : "", older ? ", older ones are allowed" : "",
                       minimum ? ", as a minimum" : "");
        check_where = where;
        fresh(SWMGMT_INSTALLED);
        fake.version[1] = lower ? high : low;
        fake.config.options |= older ? SWMGMT_ALLOW_OLDER : 0u;
        what.version = lower ? low : high;
        if (minimum) { /* it is there, and higher: refused */
            what.minimum = lower ? low : high;
            what.version = "99999999999";
            want = !lower && pairs[n / 8u].high != NULL ? "0 57:minimum" : "3 3";
        } else if (lower && pairs[n / 8u].high != NULL && !older) {
            want = "0 57:version";
        }
        boot();
        remove_it("1");
        CHECK_TEXT(want, push(false));
        /* It is not said of software that is there no more. */
        if (swmgmt_state(fake.ctx, 0) == SWMGMT_DELIVERED) {
            remove_it(NULL);
        }
        remove_it(NULL);
        STATE(SWMGMT_INITIAL);
        CHECK_TEXT(minimum ? "0 57:minimum" : "3 3", push(false));
    }
    check_where = "an image";
    fresh(SWMGMT_INSTALLED);
    fake.version[1] = "1.10.0";
    boot();
    remove_it("1");
    what.version = "1.9.200";
    CHECK_TEXT("0 57:version", push(true));
    what.version = "1.10.0+1";
    CHECK_TEXT("3 3", push(true));

    check_where = "older ones are allowed, lower counters not";
    fresh(SWMGMT_EMPTY);
    fake.config.options |= SWMGMT_ALLOW_OLDER;
    boot();
    what.counted = true;
    what.counter = 4;
    CHECK_TEXT("3 3", push(false));
    install();
    remove_it("1");
    what.version = "0.1";
    what.counter = 3;
    CHECK_TEXT("0 57:rollback", push(false));
    what.counter = 4;
    CHECK_TEXT("3 3", push(false));

    /* The installed package's own version counts, over a reboot, too; and what the failed
     * update destroyed counts no more. */
    for (unsigned n = 0; n < 2; n++) {
        check_where = n == 0 ? "its own version" : "its own version, rebooted";
        fresh(SWMGMT_EMPTY);
        boot();
        what.version = "2.0";
        CHECK_TEXT("3 3", push(false));
        install();
        if (n == 1) {
            boot();
        }
        remove_it("1");
        if (n == 1) {
            boot();
        }
        what.version = "1.99";
        CHECK_TEXT("0 57:version", push(false));
        what.version = "2.1";
        what.minimum = "2";
        CHECK_TEXT("3 3", push(false));
        fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_PENDING;
        install();
        CHECK_EQ(SWMGMT_OK, fake_complete(&fake, SWMGMT_OP_INSTALL, SWMGMT_FAILED_INSTALL,
                                          SWMGMT_OLD_LOST));
        CHECK(fake_poll(&fake));
        remove_it(NULL);
        STATE(SWMGMT_INITIAL);
        what.version = "0.1";
        CHECK_TEXT("0 57:minimum", push(false));
        what.minimum = NULL;
        CHECK_TEXT("3 3", push(false));
    }
}

int main(void)
{
    fits();
    order();
    versions();
    return check_end();
}
