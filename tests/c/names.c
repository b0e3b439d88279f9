/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* From the package to the Objects: name, version and components, from the moment that it is
 * installed, over reboots, updates and failures. */
#include <stdio.h>
#include <string.h>

#include "digest.h"
#include "one_package.h"

static char where[200];

static void named(const char *name, const char *version)
{
    CHECK_TEXT(name, fake_text(&fake, 9, 0, 0));
    CHECK_TEXT(version, fake_text(&fake, 9, 0, 1));
}

/* The components that Object 14 shows and 9/0/17 links, as "app 1.2.3, radio ". */
static const char *components(void)
{
    static char text[2000];
    size_t used = 0;
    uint16_t id = SWMGMT_NONE;
    unsigned count = 0;
    text[0] = '\0';
    while (swmgmt_next(fake.ctx, fake_path(14, SWMGMT_NONE, SWMGMT_NONE), &id) == SWMGMT_OK) {
        swmgmt_value_t link;
        swmgmt_path_t path = fake_path(9, 0, 17);
        path.index = (uint16_t)count;
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%u %s %s",
                                 used > 0 ? ", " : "", id, fake_text(&fake, 14, id, 0),
                                 fake_text(&fake, 14, id, 2));
        CHECK_EQ(SWMGMT_CONTENT, swmgmt_read(fake.ctx, path, &link));
        CHECK_EQ(14u * 65536u + id, link.number);
        count++;
    }
    CHECK_EQ(count, fake_number(&fake, 9, 0, 18));
    return text;
}

static void four_parts(void)
{
    what.part[0] = (packed_part_t){"boot", "2.0", 11, 1};
    what.part[1] = (packed_part_t){"radio", "5.1.2+7", 70, 2};
    what.part[2] = (packed_part_t){"Zubeh\xC3\xB6r", "", 1, 65535};
    what.part[3] = (packed_part_t){"app", "1.2.3", 34, 0};
    what.parts = 4;
}

#define FOUR "0 boot 2.0, 1 radio 5.1.2+7, 2 Zubeh\xC3\xB6r , 3 app 1.2.3"

/* ---- a life ------------------------------------------------------------------------------ */

static void cut(bool wanted)
{
    if (wanted) {
        CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
        CHECK(fake_poll(&fake));
    }
}

static void life(void)
{
    for (unsigned n = 0; n < 8; n++) {
        bool reboots = n % 2u == 1; /* a power cut in every state */
        bool ask = n / 2u % 2u == 0; /* there is an about() that says other names */
        bool read = n / 4u == 0;
        const char *old_name;
        (void)snprintf(where, sizeof where, "life%s%s%s", reboots ? ", reboots" : "",
                       ask ? "" : ", no about()", read ? "" : ", not read back");
        check_where = where;
        fresh(SWMGMT_EMPTY);
        fake.components = 1; /* of which about() tells: not asked */
        if (!ask) {
            fake.host.about = NULL;
        }
        if (!read) {
            fake.host.read = NULL;
        }
        old_name = ask ? "none" : "";
        boot();
        four_parts();
        deliver(false);
        cut(reboots);
        STATE(SWMGMT_DELIVERED);
        named(old_name, ask ? "0" : "");
        CHECK_TEXT("", components());
        fake_forget(&fake);
        if (reboots) {
            fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_PENDING;
            execute(4, NULL);
            fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_DONE;
            fake.outcome = SWMGMT_DONE;
            cut(true);
        } else {
            execute(4, NULL);
            CHECK_TEXT("9/0/9=2 9/0/7=4 9/0/0=blink 9/0/1=1.2.3 9/0/17 9/0/18=4 "
                       "+14/0 +14/1 +14/2 +14/3 register=0",
                       fake_changes_text(&fake));
        }
        STATE(SWMGMT_INACTIVE);
        named("blink", "1.2.3");
        CHECK_TEXT(FOUR, components());
        cut(reboots);
        named("blink", "1.2.3");
        CHECK_TEXT(FOUR, components());
        CHECK_EQ(SWMGMT_CHANGED, fake_execute14(&fake, 1, 3));
        CHECK_EQ(1, fake_newest(&fake, SWMGMT_OP_ACTIVATE).op.component);
        execute(10, NULL);
        STATE(SWMGMT_ACTIVE);
        cut(reboots);
        STATE(SWMGMT_ACTIVE);
        CHECK_TEXT(FOUR, components());

        /* An update keeps the old name until it is installed, and gives it back. */
        execute(6, "1");
        cut(reboots);
        STATE(SWMGMT_INITIAL_FOR_UPDATE);
        named("blink", "1.2.3");
        CHECK_TEXT("", components());
        what = packed_plain;
        what.name = "blank";
        what.version = "1.2.4";
        deliver(false);
        cut(reboots);
        named("blink", "1.2.3");
        CHECK_TEXT("", components());
        CHECK_EQ(SWMGMT_OK, swmgmt_give_up_update(fake.ctx, 0, 1));
        CHECK(fake_poll(&fake));
        STATE(SWMGMT_ACTIVE);
        named("blink", "1.2.3");
        CHECK_TEXT(FOUR, components());
        cut(reboots);
        CHECK_TEXT(FOUR, components());
        execute(6, "1");
        deliver(false);
        fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_FAILED_INSTALL;
        execute(4, NULL);
        cut(reboots);
        STATE(SWMGMT_DELIVERED);
        named("blink", "1.2.3");
        fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_DONE;
        execute(4, NULL);
        cut(reboots);
        STATE(SWMGMT_INACTIVE);
        named("blank", "1.2.4");
        CHECK(strstr(components(), " app 1.2.3") != NULL);
        CHECK_EQ(1, fake_number(&fake, 9, 0, 18));

        /* A failure may destroy the old one; a removal does. */
        execute(6, "1");
        what.version = "1.2.5";
        deliver(false);
        fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_PENDING;
        execute(4, NULL);
        fake_slot(&fake, 0)->software = 0;
        CHECK_EQ(SWMGMT_OK, fake_complete(&fake, SWMGMT_OP_INSTALL, SWMGMT_FAILED_INSTALL,
                                          SWMGMT_OLD_LOST));
        CHECK(fake_poll(&fake));
        fake.answer[SWMGMT_OP_INSTALL] = SWMGMT_DONE;
        cut(reboots);
        named(old_name, ask ? "0" : "");
        execute(4, NULL);
        named("blank", "1.2.5");
        execute(6, NULL);
        cut(reboots);
        STATE(SWMGMT_INITIAL);
        named(old_name, ask ? "0" : "");
        CHECK_TEXT("", components());

        /* Of the next one, which is in no container, the firmware is asked again. */
        {
            static const uint8_t plain[200] = {'x'};
            uint8_t digest[32];
            sha256(plain, 200, digest);
            CHECK_EQ(SWMGMT_OK, swmgmt_expect(fake.ctx, 0, 0, SWMGMT_SHA256, digest, 32));
            CHECK_EQ(SWMGMT_CHANGED, packed_push(&fake, plain, 200, 90, NULL));
            CHECK(fake_poll(&fake));
            execute(4, NULL);
            cut(reboots);
            named(ask ? "new" : "", ask ? "2" : "");
            CHECK_EQ(ask ? 1 : 0, fake_number(&fake, 9, 0, 18));
        }
    }
}

/* What one package says is not said of the next one that says less, on any way to it. */
static void next_one(void)
{
    static const char *const ways[] = {"installed", "discarded", "deleted", "refused"};
    static uint8_t plain[200] = {'x'};
    uint8_t digest[32];
    sha256(plain, sizeof plain, digest);
    for (unsigned n = 0; n < 16; n++) {
        unsigned way = n % 4u;
        bool image = n / 4u % 2u == 1; /* or in no container */
        bool ask = n / 8u == 1;
        (void)snprintf(where, sizeof where, "a package %s, then %s%s", ways[way],
                       image ? "an image" : "a plain file", ask ? "" : ", no about()");
        check_where = where;
        fresh(SWMGMT_EMPTY);
        fake.host.about = ask ? fake.host.about : NULL;
        fake.components = 1; /* of the plain file, and of the image */
        what.parts = 2;
        what.part[1] = (packed_part_t){"radio", "5", 40, 2};
        boot();
        if (way == 3) {
            what.part[0].version = "0123456789abcdef0123456789abcdef0"; /* too long */
            length = packed_make(&what, bytes);
            CHECK_EQ(SWMGMT_CHANGED, packed_push(&fake, bytes, length, 90, NULL));
            CHECK(fake_poll(&fake));
            CHECK_TEXT("0 54:name", packed_shown(&fake));
        } else {
            deliver(false);
        }
        if (way == 0) {
            execute(4, NULL);
            named("blink", "1.2.3");
            execute(6, "1");
        } else if (way == 1) {
            execute(6, NULL);
        } else if (way == 2) {
            uint16_t id = 99;
            CHECK_EQ(SWMGMT_DELETED, swmgmt_delete(fake.ctx, 1, 0));
            CHECK_EQ(SWMGMT_CREATED, swmgmt_create(fake.ctx, 1, 0, NULL, 0, &id));
            CHECK(fake_poll(&fake));
        }
        if (image) {
            what = packed_plain;
            what.version = "2.0.0";
            deliver(true);
        } else {
            CHECK_EQ(SWMGMT_OK, swmgmt_expect(fake.ctx, 0, 0, SWMGMT_SHA256, digest, 32));
            CHECK_EQ(SWMGMT_CHANGED, packed_push(&fake, plain, sizeof plain, 90, NULL));
            CHECK(fake_poll(&fake));
        }
        execute(4, NULL);
        STATE(SWMGMT_INACTIVE);
        for (unsigned boots = 0; boots < 2; boots++) {
            named(ask ? "new" : "", image ? "2.0.0" : ask ? "2" : "");
            CHECK_TEXT(!ask ? "" : way == 0 ? "2 part0 3" : "0 part0 3", components());
            boot();
        }
    }
}

/* ---- less than a package may say --------------------------------------------------------- */

static void images(void)
{
    static const struct {
        const char *version;
        const char *shown;
    } versions[] = {{"1.2.3", "1.2.3"},
                    {"0.0.0", "0.0.0"},
                    {"1.2.3+4", "1.2.3+4"},
                    {"255.255.65535+4294967295", "255.255.65535+4294967295"}};
    for (unsigned n = 0; n < sizeof versions / sizeof versions[0] * 2u; n++) {
        bool reboots = n % 2u == 1;
        (void)snprintf(where, sizeof where, "image %s", versions[n / 2u].version);
        check_where = where;
        fresh(SWMGMT_EMPTY);
        boot();
        what.version = versions[n / 2u].version;
        deliver(true);
        cut(reboots);
        execute(4, NULL);
        named("new", versions[n / 2u].shown); /* an image has no name: about() is asked */
        cut(reboots);
        named("new", versions[n / 2u].shown);
    }
}

static void odd_sizes(void)
{
    static char longest[256];
    memset(longest, 'n', 255);
    check_where = "255 bytes";
    fresh(SWMGMT_EMPTY);
    fake.config.text = 255;
    fake.config.head = 1500;
    what.name = longest;
    what.version = longest;
    what.part[0].name = longest;
    what.part[0].version = longest;
    boot();
    deliver(false);
    execute(4, NULL);
    named(longest, longest);
    CHECK_TEXT(longest, fake_text(&fake, 14, 0, 0));
    CHECK_TEXT(longest, fake_text(&fake, 14, 0, 2));
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    CHECK(fake_poll(&fake));
    named(longest, longest);

    for (unsigned n = 0; n < 16; n++) { /* each text, as long as may be, and a byte longer */
        char text[34];
        bool fits = n % 2u == 0;
        memset(text, 't', sizeof text);
        text[fits ? 32 : 33] = '\0';
        (void)snprintf(where, sizeof where, "text %u of %s bytes", n / 2u, fits ? "32" : "33");
        check_where = where;
        fresh(SWMGMT_EMPTY);
        what.name = n / 2u % 4u == 0 ? text : "a";
        what.version = n / 2u % 4u == 1 ? text : "1";
        what.part[0].name = n / 2u % 4u == 2 ? text : "a";
        what.part[0].version = n / 2u % 4u == 3 ? text : "1";
        if (n / 8u == 1) {
            fake.host.read = NULL;
        }
        boot();
        length = packed_make(&what, bytes);
        CHECK_EQ(SWMGMT_CHANGED, packed_push(&fake, bytes, length, 90, NULL));
        CHECK(fake_poll(&fake));
        CHECK_TEXT(fits ? "3 3" : "0 54:name", packed_shown(&fake));
    }

    check_where = "without Object 14";
    fresh(SWMGMT_EMPTY);
    fake.parts[4] = &swmgmt_crc32;
    fake.config.components = 0;
    fake.config.head = 700;
    boot();
    four_parts();
    what.part[0].name = longest; /* what is not shown need not fit */
    what.part[0].version = "";
    deliver(false);
    execute(4, NULL);
    STATE(SWMGMT_INACTIVE);
    named("blink", "1.2.3");

    check_where = "80 components";
    fresh(SWMGMT_EMPTY);
    fake.config.components = 80;
    fake.config.head = 5000;
    what.parts = 80;
    what.part[0].length = 1;
    for (unsigned i = 1; i < PACKED_PARTS; i++) {
        what.part[i] = what.part[0];
        what.part[i].name = "b";
    }
    boot();
    for (unsigned n = 0; n < 2; n++) {
        deliver(false);
        execute(4, NULL);
        CHECK_EQ(80, fake_number(&fake, 9, 0, 18));
        CHECK_TEXT("app", fake_text(&fake, 14, 72, 0));
        CHECK_TEXT("b", fake_text(&fake, 14, 79, 0));
        CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
        CHECK(fake_poll(&fake));
        CHECK_EQ(80, fake_number(&fake, 9, 0, 18));
        execute(6, NULL);
    }
}

/* While a package updates software, the components of both count. */
static void pool(void)
{
    for (unsigned room = 2; room < 6; room++) {
        (void)snprintf(where, sizeof where, "a pool of %u", room);
        check_where = where;
        fresh(SWMGMT_EMPTY);
        fake.config.components = (uint16_t)room;
        what.parts = 2;
        what.part[1] = what.part[0];
        boot();
        deliver(false);
        execute(4, NULL);
        execute(6, "1");
        length = packed_make(&what, bytes);
        CHECK_EQ(SWMGMT_CHANGED, packed_push(&fake, bytes, length, 90, NULL));
        CHECK(fake_poll(&fake));
        CHECK_TEXT(room < 4 ? "0 51:components" : "3 3", packed_shown(&fake));
        STATE(room < 4 ? SWMGMT_INITIAL_FOR_UPDATE : SWMGMT_DELIVERED);
        if (room < 4) { /* smaller ones come in, as far as there is room */
            what.parts = room - 2u;
            if (what.parts == 0) {
                CHECK_EQ(SWMGMT_OK, swmgmt_give_up_update(fake.ctx, 0, 0));
                CHECK_TEXT("0 app 1.2.3, 1 app 1.2.3", components());
                continue;
            }
            deliver(false);
        }
        execute(4, NULL);
        CHECK_EQ(what.parts, fake_number(&fake, 9, 0, 18));
    }
}

int main(void)
{
    life();
    next_one();
    images();
    odd_sizes();
    pool();
    return check_end();
}
