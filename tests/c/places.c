/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* swmgmt_package_component(): where install() finds the components. */
#include <stdio.h>
#include <string.h>

#include "one_package.h"

static void four_parts(void)
{
    what.part[0] = (packed_part_t){"boot", "2.0", 11, 1};
    what.part[1] = (packed_part_t){"radio", "5.1.2+7", 70, 2};
    what.part[2] = (packed_part_t){"Zubeh\xC3\xB6r", "", 1, 65535};
    what.part[3] = (packed_part_t){"app", "1.2.3", 34, 0};
    what.parts = 4;
}

static unsigned looked;

static void look(fake_t *device, uint8_t callback, const swmgmt_op_t *op)
{
    if (callback == SWMGMT_OP_INSTALL) {
        const uint8_t *head = fake_slot(device, op->instance)->bytes;
        uint32_t at = packed_manifest(head);
        for (uint16_t n = 0; n < 5; n++) {
            swmgmt_component_t part;
            swmgmt_status_t status =
                swmgmt_package_component(head, packed_manifest(head), n, &part);
            CHECK_EQ(n < 4 ? SWMGMT_OK : SWMGMT_ENOENT, status);
            if (status == SWMGMT_OK) {
                CHECK_EQ(strlen(what.part[n].name), part.name_length);
                CHECK(memcmp(what.part[n].name, part.name, part.name_length) == 0);
                CHECK_EQ(strlen(what.part[n].version), part.version_length);
                CHECK(memcmp(what.part[n].version, part.version, part.version_length) == 0);
                CHECK_EQ(what.part[n].kind, part.kind);
                CHECK_EQ(what.part[n].length, part.length);
                CHECK_EQ(at, part.offset);
                at += part.length;
                looked++;
            }
        }
        CHECK_EQ(fake_slot(device, op->instance)->length, at);
    }
}

static void places(void)
{
    swmgmt_component_t part;
    uint32_t manifest;
    check_where = "places";
    fresh(SWMGMT_EMPTY);
    fake.hook = look;
    boot();
    four_parts();
    deliver(false);
    execute(4, NULL);
    CHECK_EQ(4, looked);
    manifest = packed_manifest(bytes);
    memset(&part, 0x55, sizeof part);
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_package_component(NULL, manifest, 0, &part));
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_package_component(bytes, manifest, 0, NULL));
    for (uint32_t i = 0; i < manifest; i++) {
        CHECK_EQ(SWMGMT_EINVAL, swmgmt_package_component(bytes, i, 0, &part));
    }
    CHECK_EQ(0x55555555, part.offset); /* written on success only */
    CHECK_EQ(SWMGMT_OK, swmgmt_package_component(bytes, manifest, 3, &part));
    CHECK_EQ(SWMGMT_OK, swmgmt_package_component(bytes, length, 3, &part));
    CHECK_EQ(SWMGMT_ENOENT, swmgmt_package_component(bytes, length, 4, &part));
    CHECK_EQ(SWMGMT_ENOENT, swmgmt_package_component(bytes, length, SWMGMT_NONE, &part));
    length = packed_image(&what, bytes);
    CHECK_EQ(SWMGMT_EINVAL, swmgmt_package_component(bytes, length, 0, &part));
    /* Whatever the bytes are, it ends, and stays inside them: Valgrind and ASan look on. */
    for (uint32_t bit = 0; bit < manifest * 8u; bit++) {
        uint8_t *copy = bytes + PACKED_ROOM - manifest;
        length = packed_make(&what, bytes);
        memmove(copy, bytes, manifest);
        copy[bit / 8u] ^= (uint8_t)(1u << bit % 8u);
        for (uint16_t n = 0; n < 6; n++) {
            if (swmgmt_package_component(copy, manifest, n, &part) == SWMGMT_OK) {
                CHECK((const uint8_t *)part.name >= copy &&
                      (const uint8_t *)part.name + part.name_length <= copy + manifest);
                CHECK((const uint8_t *)part.version >= copy &&
                      (const uint8_t *)part.version + part.version_length <= copy + manifest);
            }
        }
    }
}

int main(void)
{
    places();
    return check_end();
}
