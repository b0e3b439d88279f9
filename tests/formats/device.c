/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A device with every Content-Format, for peers that speak through a pipe: a command a
 * line, an answer a line, bytes in hexadecimal, "-" for what is not there.
 *
 *   reset [name=value...]     a new device; see options[]
 *   r METHOD PATH FORMAT ACCEPT OFFSET MORE TOTAL SERVER HEX
 *                             a request; answers CODE FORMAT CREATED TOTAL MORE ETAG HEX
 *   room BYTES                for answers' payloads, from now on
 *   poll                      until nothing is to be done
 *   later MS                  the same, later
 *   expect INSTANCE LENGTH ALGORITHM HEX
 *   link INSTANCE RESOURCE OBJECT INSTANCE
 *   names HEX HEX             name and version of the software in slots, read anew
 *   stored INSTANCE           the bytes in its storage
 *   fetched                   URI, user name and password of the last download
 *   values                    all that can be read, as PATH=TYPE:VALUE, without formats */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../c/fake.h"

#define LINE 262144u
#define GUARD 16u

static const swmgmt_part_t *const parts[] = {
    &swmgmt_sha256,     &swmgmt_crc32,      &swmgmt_download, &swmgmt_record,
    &swmgmt_components, &swmgmt_text,       &swmgmt_opaque,   &swmgmt_cbor,
    &swmgmt_tlv,        &swmgmt_senml_json, &swmgmt_senml_cbor, &swmgmt_link_format,
    &swmgmt_senml_json_package, &swmgmt_senml_cbor_package};

enum { PARTS = sizeof parts / sizeof parts[0], FIRST_FORMAT = 5 };

static fake_t fake;
static const swmgmt_part_t *chosen[PARTS];
static char text[2][256];
static struct {
    uint8_t bytes[3][256];
    unsigned length[3];
} fetched;
static uint8_t body_bytes[4096];
static swmgmt_body_t body;
static uint32_t room = 4096;
static char line[LINE];
static uint8_t bytes[LINE / 2u];
static swmgmt_verdict_t (*plain_fetch)(void *user, const swmgmt_op_t *op, const swmgmt_fetch_t *what);

static void die(const char *why)
{
    (void)fprintf(stderr, "device: %s\n", why);
    exit(1);
}

static void print_hex(const uint8_t *data, uint32_t length)
{
    static const char digits[] = "0123456789abcdef";
    if (length == 0) {
        (void)putchar('-');
    }
    for (uint32_t i = 0; i < length; i++) {
        (void)putchar(digits[data[i] >> 4]);
        (void)putchar(digits[data[i] & 15u]);
    }
}

static unsigned digit(char c)
{
    if (c >= '0' && c <= '9') {
        return (unsigned)(c - '0');
    }
    if (c < 'a' || c > 'f') {
        die("not hexadecimal");
    }
    return (unsigned)(c - 'a') + 10u;
}

static uint32_t parse_hex(const char *word, uint8_t *out)
{
    uint32_t length = 0;
    if (strcmp(word, "-") == 0) {
        return 0;
    }
    for (; word[0] != '\0' && word[1] != '\0'; word += 2) {
        out[length++] = (uint8_t)(digit(word[0]) << 4 | digit(word[1]));
    }
    return length;
}

static const char *next_word(void)
{
    const char *word = strtok(NULL, " \n");
    return word != NULL ? word : "-";
}

static uint32_t next_number(void)
{
    const char *word = next_word();
    return strcmp(word, "-") == 0 ? SWMGMT_NONE : (uint32_t)strtoul(word, NULL, 10);
}

static uint16_t next_short(void)
{
    return (uint16_t)next_number();
}

static swmgmt_path_t parse_path(const char *word)
{
    uint16_t part[4] = {SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE};
    swmgmt_path_t path;
    for (unsigned i = 0; i < 4 && *word != '\0' && *word != '-'; i++) {
        char *end;
        part[i] = (uint16_t)strtoul(word, &end, 10);
        word = *end == '/' ? end + 1 : end;
    }
    path.object = part[0];
    path.instance = part[1];
    path.resource = part[2];
    path.index = part[3];
    return path;
}

static swmgmt_verdict_t on_fetch(void *user, const swmgmt_op_t *op, const swmgmt_fetch_t *what)
{
    const uint8_t *from[3] = {(const uint8_t *)what->uri, what->user_name, what->password};
    fetched.length[0] = (unsigned)strlen(what->uri);
    fetched.length[1] = what->user_name != NULL ? what->user_name_length : 0;
    fetched.length[2] = what->password != NULL ? what->password_length : 0;
    for (unsigned i = 0; i < 3; i++) {
        if (fetched.length[i] > 0) {
            memcpy(fetched.bytes[i], from[i], fetched.length[i]);
        }
    }
    return plain_fetch(user, op, what);
}

static void reset(void)
{
    uint32_t without = 0;
    uint32_t software = SWMGMT_EMPTY;
    uint16_t first = 0;
    uint16_t count = 0;
    uint16_t slots = 1;
    fake_new(&fake);
    memset(&body, 0, sizeof body);
    memset(&fetched, 0, sizeof fetched);
    fake.config.text = 255;
    fake.config.credentials = 255;
    fake.config.policy = SWMGMT_ALLOW_NONE;
    body.room = sizeof body_bytes;
    room = 4096;
    for (char *word = strtok(NULL, " \n"); word != NULL; word = strtok(NULL, " \n")) {
        char *value = strchr(word, '=');
        uint32_t number;
        if (value == NULL) {
            die("reset: name=value is wanted");
        }
        *value++ = '\0';
        number = (uint32_t)strtoul(value, NULL, 10);
        if (strcmp(word, "without") == 0) {
            without = number; /* format parts, a bit each, the first is text/plain */
        } else if (strcmp(word, "software") == 0) {
            software = number;
        } else if (strcmp(word, "slots") == 0) {
            slots = (uint16_t)number;
        } else if (strcmp(word, "first") == 0) {
            first = (uint16_t)number; /* instance */
        } else if (strcmp(word, "components") == 0) {
            fake.components = (uint16_t)number;
        } else if (strcmp(word, "offer") == 0) {
            fake.config.resources = number;
        } else if (strcmp(word, "capacity") == 0) {
            fake.capacity = number;
        } else if (strcmp(word, "policy") == 0) {
            fake.config.policy = (uint8_t)number;
        } else if (strcmp(word, "options") == 0) {
            fake.config.options = number;
        } else if (strcmp(word, "credentials") == 0) {
            fake.config.credentials = (uint16_t)number;
        } else if (strcmp(word, "body") == 0) {
            body.room = number;
        } else {
            die("reset: there is no such option");
        }
    }
    for (unsigned i = 0; i < PARTS; i++) {
        /* Packages in SenML go with their format. */
        unsigned format = i - FIRST_FORMAT - (i >= FIRST_FORMAT + 7 ? 3 : 0);
        if (i < FIRST_FORMAT || (without >> format & 1u) == 0) {
            chosen[count++] = parts[i];
        }
    }
    fake.config.parts = chosen;
    fake.config.part_count = count;
    body.bytes = body_bytes;
    plain_fetch = fake.host.fetch;
    fake.host.fetch = on_fetch;
    for (uint16_t i = 0; i < slots; i++) {
        fake_list(&fake, (uint16_t)(first + i), (uint8_t)software);
    }
    (void)printf("%d\n", (int)fake_boot(&fake));
}

/* Payload and room are blocks of their own, so that the address sanitizer sees a byte
 * too many; the guard shows it without one. */
static void request(void)
{
    swmgmt_request_t request;
    swmgmt_response_t response;
    swmgmt_response_t before;
    swmgmt_answer_t answer;
    uint8_t *payload = NULL;
    uint8_t *out = malloc(room + GUARD);
    memset(&request, 0, sizeof request);
    memset(&response, 0, sizeof response);
    request.method = (uint8_t)next_number();
    request.path = parse_path(next_word());
    request.format = next_short();
    request.accept = next_short();
    request.offset = next_number();
    request.more = (uint8_t)next_number();
    request.total = next_number();
    request.server = next_short();
    request.length = parse_hex(next_word(), bytes);
    if (request.length > 0) {
        payload = malloc(request.length);
        if (payload == NULL) {
            die("no memory");
        }
        memcpy(payload, bytes, request.length);
    }
    if (out == NULL) {
        die("no memory");
    }
    memset(out, 0xA5, room + GUARD);
    request.payload = payload;
    request.body = body.room > 0 ? &body : NULL;
    response.payload = room > 0 ? out : NULL;
    response.room = room;
    response.length = response.total = response.etag = 77;
    before = response;
    answer = swmgmt_request(fake.ctx, &request, &response);
    if (payload != NULL && memcmp(payload, bytes, request.length) != 0) {
        die("the request's payload was changed");
    }
    for (uint32_t i = room; i < room + GUARD; i++) {
        if (out[i] != 0xA5) {
            die("written beyond the room");
        }
    }
    if (answer < 0 ? memcmp(&before, &response, sizeof before) != 0
                   : response.length > room || response.payload != before.payload ||
                         response.room != room) {
        die("the outputs do not fit the answer");
    }
    if (answer < 0) {
        (void)printf("%" PRId32 " - - 0 0 0 -\n", answer);
    } else {
        (void)printf("%" PRId32 " %u %u %" PRIu32 " %u %" PRIu32 " ", answer, response.format,
                     response.created, response.total, response.more, response.etag);
        print_hex(out, response.length);
        (void)putchar('\n');
    }
    fake_drain(&fake);
    fake_forget(&fake);
    free(payload);
    free(out);
}

static void print_value(swmgmt_path_t path)
{
    swmgmt_value_t value;
    if (swmgmt_read(fake.ctx, path, &value) != SWMGMT_CONTENT) {
        return;
    }
    (void)printf("%u/%u/%u", path.object, path.instance, path.resource);
    if (path.index != SWMGMT_NONE) {
        (void)printf("/%u", path.index);
    }
    (void)printf("=%u:", value.kind);
    if (value.kind == SWMGMT_TYPE_STRING || value.kind == SWMGMT_TYPE_OPAQUE) {
        print_hex(value.bytes, value.length);
    } else {
        (void)printf("%" PRIu32, value.number);
    }
    (void)putchar(' ');
}

static void values(void)
{
    static const uint16_t objects[2] = {9, 14};
    for (unsigned i = 0; i < 2; i++) {
        swmgmt_path_t path = {objects[i], SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE};
        swmgmt_path_t in_object = path;
        while (swmgmt_next(fake.ctx, in_object, &path.instance) == SWMGMT_OK) {
            swmgmt_path_t in_instance = {path.object, path.instance, SWMGMT_NONE, SWMGMT_NONE};
            path.resource = SWMGMT_NONE;
            while (swmgmt_next(fake.ctx, in_instance, &path.resource) == SWMGMT_OK) {
                swmgmt_path_t one = path;
                print_value(path);
                while (swmgmt_next(fake.ctx, path, &one.index) == SWMGMT_OK) {
                    print_value(one);
                }
            }
        }
    }
    (void)putchar('\n');
}

static void names(void)
{
    for (unsigned i = 0; i < 2; i++) {
        uint32_t length = parse_hex(next_word(), bytes);
        memcpy(text[i], bytes, length);
        text[i][length] = '\0';
    }
    for (unsigned i = 0; i < 3; i++) {
        fake.name[i] = text[0];
        fake.version[i] = text[1];
    }
    (void)printf("%d\n", (int)fake_boot(&fake));
}

static void command(const char *word)
{
    if (strcmp(word, "reset") == 0) {
        reset();
    } else if (strcmp(word, "r") == 0) {
        request();
    } else if (strcmp(word, "room") == 0) {
        room = next_number();
        (void)puts("0");
    } else if (strcmp(word, "poll") == 0 || strcmp(word, "later") == 0) {
        bool ended = fake_later(&fake, word[0] == 'l' ? next_number() : 0);
        fake_forget(&fake);
        (void)puts(ended ? "0" : "1");
    } else if (strcmp(word, "expect") == 0) {
        uint16_t instance = next_short();
        uint32_t length = next_number();
        uint8_t algorithm = (uint8_t)next_number();
        uint32_t size = parse_hex(next_word(), bytes);
        (void)printf("%" PRId32 "\n",
                     swmgmt_expect(fake.ctx, instance, length, algorithm, bytes, size));
    } else if (strcmp(word, "link") == 0) {
        uint16_t n[4];
        for (unsigned i = 0; i < 4; i++) {
            n[i] = next_short();
        }
        (void)printf("%" PRId32 "\n", swmgmt_set_link(fake.ctx, n[0], n[1], n[2], n[3]));
    } else if (strcmp(word, "names") == 0) {
        names();
    } else if (strcmp(word, "stored") == 0) {
        const fake_slot_t *slot = fake_slot(&fake, next_short());
        print_hex(slot->bytes, slot->length);
        (void)putchar('\n');
    } else if (strcmp(word, "fetched") == 0) {
        for (unsigned i = 0; i < 3; i++) {
            print_hex(fetched.bytes[i], fetched.length[i]);
            (void)putchar(i < 2 ? ' ' : '\n');
        }
    } else if (strcmp(word, "values") == 0) {
        values();
    } else {
        die("there is no such command");
    }
}

int main(void)
{
    while (fgets(line, sizeof line, stdin) != NULL) {
        const char *word = strtok(line, " \n");
        if (word == NULL) {
            (void)fflush(stdout); /* an empty line: the peer now reads */
        } else {
            command(word);
        }
    }
    return 0;
}
