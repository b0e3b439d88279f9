/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The double does what the real engine was seen to do: zephyr/traces.txt. */
#include <stdio.h>
#include <stdlib.h>

#include "zephyr_test.h"

enum { METHOD, PATH, FORMAT, PAYLOAD, BLOCK, SIZE1, SEEN, TOLD, CODE, COLUMNS };

static uint8_t body[1024];

static size_t payload_of(const char *column, int format)
{
    size_t length = strlen(column), before = 0;

    if (column[0] == '=') {
        memcpy(body, column + 1, length - 1);
        return length - 1;
    }
    length = (size_t)atol(column);
    if (format == TLV) {
        body[0] = 0xD0;
        body[1] = 2;
        body[2] = (uint8_t)(length >> 8);
        body[3] = (uint8_t)length;
        before = 4;
    }
    memcpy(body + before, package, length);
    return before + length;
}

static int ask(char *column[])
{
    static const char *const methods[] = { "", "GET", "POST", "PUT", "DELETE" };
    unsigned object = 0, instance = 0, resource = 0;
    const int levels = sscanf(column[PATH], "%u/%u/%u", &object, &instance, &resource);
    const int format = atoi(column[FORMAT]);
    const size_t length = payload_of(column[PAYLOAD], format);
    const size_t block = (size_t)atol(column[BLOCK]);
    double_request_t request = {
        .path = levels == 2 ? LWM2M_OBJ((uint16_t)object, (uint16_t)instance)
                            : LWM2M_OBJ((uint16_t)object, (uint16_t)instance, (uint16_t)resource),
        .format = format, .payload = body, .length = length, .size1 = (size_t)atol(column[SIZE1]),
    };
    int code = 231;

    while (strcmp(methods[request.method], column[METHOD]) != 0) {
        request.method++;
    }
    if (block == 0) {
        return double_ask(&request);
    }
    for (size_t at = 0; at < length && code == 231; at += block) {
        request.has_block = true;
        request.block_size = block;
        request.payload = body + at;
        request.length = length - at < block ? length - at : block;
        request.more = at + block < length;
        code = double_ask(&request);
        double_run(5);
        request.number++;
        request.size1 = 0;
    }
    return code;
}

static void replay(char *line)
{
    char *column[COLUMNS];
    char told[sizeof double_notified];

    for (int i = 0; i < COLUMNS; i++) {
        column[i] = line;
        line += strcspn(line, "|\n");
        *line++ = '\0';
    }
    check_where = column[PATH];
    double_seen[0] = '\0';
    double_notified[0] = '\0';
    CHECK_EQ(atoi(column[CODE]), ask(column));
    double_run(700);
    if (strcmp(column[METHOD], "GET") == 0 && column[PAYLOAD][0] == '=') {
        CHECK(strstr(double_value, column[PAYLOAD] + 1) != NULL);
    }
    CHECK_TEXT(column[SEEN], double_seen);
    snprintf(told, sizeof told, "%s%s", column[TOLD], column[TOLD][0] == '\0' ? "" : " ");
    CHECK_TEXT(told, double_notified);
}

int main(int argc, char **argv)
{
    static char line[4096];
    FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;
    int rows = 0;

    double_init_register_objects();
    zephyr_start(1);
    fake.config.policy = SWMGMT_ALLOW_NONE;
    fake.host.verify = NULL;
    fake.answer[SWMGMT_OP_FETCH] = SWMGMT_FAILED_URI;
    CHECK_EQ(SWMGMT_OK, fake_boot(&fake));
    fake_drain(&fake);
    swmgmt_zephyr.manager = fake.ctx;
    double_observe(9, 0, 7);
    double_observe(9, 0, 9);
    double_observe(9, 0, 12);
    while (CHECK(file != NULL) && fgets(line, sizeof line, file) != NULL) {
        if (line[0] != '#') {
            replay(line);
            rows++;
        }
    }
    CHECK_EQ(42, rows);
    return check_end();
}
