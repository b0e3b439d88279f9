/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#define _GNU_SOURCE /* getopt_long */
#include "options.h"

#include "digest.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <swmgmt.h>

enum {
    LISTEN = 256, SERVER, ENDPOINT, LIFETIME, PORT, IDENTITY, KEY, DIRECTORY, INSTANCES,
    MAX_INSTANCES, TRANSFERS, EXPECT, POLICY, OPTION, CAPACITY, PUSH_TIMEOUT, INSTALL_FAILS,
    INSTALL_PENDING, UNINSTALL_FAILS, PREPARE_FAILS, ACTIVATE_FAILS, MAX_INSTALL_ATTEMPTS,
    COMPONENTS, FETCH_DIR, VERBOSE, HELP,
};

static const struct option LONG[] = {
    {"listen", required_argument, NULL, LISTEN},
    {"server", required_argument, NULL, SERVER},
    {"endpoint", required_argument, NULL, ENDPOINT},
    {"lifetime", required_argument, NULL, LIFETIME},
    {"port", required_argument, NULL, PORT},
    {"identity", required_argument, NULL, IDENTITY},
    {"key", required_argument, NULL, KEY},
    {"dir", required_argument, NULL, DIRECTORY},
    {"instances", required_argument, NULL, INSTANCES},
    {"max-instances", required_argument, NULL, MAX_INSTANCES},
    {"transfers", required_argument, NULL, TRANSFERS},
    {"expect", required_argument, NULL, EXPECT},
    {"policy", required_argument, NULL, POLICY},
    {"option", required_argument, NULL, OPTION},
    {"capacity", required_argument, NULL, CAPACITY},
    {"push-timeout", required_argument, NULL, PUSH_TIMEOUT},
    {"install-fails", required_argument, NULL, INSTALL_FAILS},
    {"install-pending", required_argument, NULL, INSTALL_PENDING},
    {"uninstall-fails", required_argument, NULL, UNINSTALL_FAILS},
    {"prepare-fails", required_argument, NULL, PREPARE_FAILS},
    {"activate-fails", required_argument, NULL, ACTIVATE_FAILS},
    {"max-install-attempts", required_argument, NULL, MAX_INSTALL_ATTEMPTS},
    {"components", required_argument, NULL, COMPONENTS},
    {"fetch-dir", required_argument, NULL, FETCH_DIR},
    {"verbose", no_argument, NULL, VERBOSE},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

static const char HELP_TEXT[] =
    "usage: device --dir PATH (--listen [ADDRESS:]PORT | --server URI --endpoint NAME) ...\n"
    "\n"
    "An LwM2M client whose software servers manage by Objects 9 and 14.\n"
    "\n"
    "  --listen [ADDRESS:]PORT  serve there (127.0.0.1) without registering\n"
    "  --server URI             register with coap://... or coaps://...\n"
    "  --endpoint NAME          as this client\n"
    "  --lifetime S             for so many seconds (300)\n"
    "  --port PORT              from this local port (any)\n"
    "  --identity ID --key HEX  pre-shared key of coaps\n"
    "\n"
    "  --dir PATH               packages, software and records are here\n"
    "  --instances N            slots that the device is shipped with (1)\n"
    "  --max-instances N        room for slots (instances + 3)\n"
    "  --transfers N            packages on their way at the same time (max-instances)\n"
    "  --components N           components in each package, as Object 14 (0)\n"
    "  --fetch-dir PATH         where file:NAME is fetched from\n"
    "  --capacity BYTES         of the storage of one package\n"
    "\n"
    "  --expect [I:]SHA256[,LENGTH]        what the next package of instance I (0) is:\n"
    "  --expect [I:]crc32:HEX8[,LENGTH]    digest in hexadecimal, length in bytes\n"
    "  --expect [I:]file:PATH              digest and length of that file\n"
    "  --policy digest|crc|none            what a package needs (digest)\n"
    "  --option auto_activate | replace_in_delivered | result_in_delivered_0 |\n"
    "           empty_write_cancels | server_may_create | server_may_delete\n"
    "  --push-timeout MS                   a push without a chunk fails after (300000)\n"
    "  --max-install-attempts N            of one package; 0: no limit (3)\n"
    "\n"
    "  --install-pending MS     install in a child process that takes so long\n"
    "  --install-fails N        let the next N installs fail; likewise\n"
    "  --uninstall-fails N, --prepare-fails N, --activate-fails N\n"
    "\n"
    "  --verbose                print the operations, too\n"
    "  --help                   this text\n";

static int number(const char *text, uint32_t low, uint32_t high, uint32_t *value)
{
    char *end;
    errno = 0;
    const unsigned long long it = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || it < low || it > high) {
        return -1;
    }
    *value = (uint32_t)it;
    return 0;
}

static int number16(const char *text, uint32_t low, uint32_t high, uint16_t *value)
{
    uint32_t wide;
    if (number(text, low, high, &wide) != 0) {
        return -1;
    }
    *value = (uint16_t)wide;
    return 0;
}

/* Bytes from pairs of hexadecimal digits; how many, or -1. */
static int hexadecimal(const char *text, size_t length, uint8_t *bytes, size_t room)
{
    if (length == 0 || length % 2 != 0 || length / 2 > room) {
        return -1;
    }
    for (size_t i = 0; i < length / 2; i++) {
        char pair[3] = {text[2 * i], text[2 * i + 1], '\0'};
        if (strspn(pair, "0123456789abcdefABCDEF") != 2) {
            return -1;
        }
        bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return (int)(length / 2);
}

static int listen_to(options_t *options, char *text)
{
    char *colon = strrchr(text, ':');
    options->listen_address = "127.0.0.1";
    if (colon != NULL) {
        *colon = '\0';
        options->listen_address = text;
    }
    return number16(colon != NULL ? colon + 1 : text, 1, 65535, &options->listen_port);
}

static int expect(options_t *options, const char *text)
{
    if (options->expectation_count == MAX_EXPECTATIONS) {
        return -1;
    }
    expectation_t *it = &options->expectations[options->expectation_count++];
    const size_t digits = strspn(text, "0123456789");
    if (digits > 0 && digits <= 5 && text[digits] == ':') {
        const unsigned long instance = strtoul(text, NULL, 10);
        if (instance > 65534) {
            return -1;
        }
        it->instance = (uint16_t)instance;
        text += digits + 1;
    }
    if (strncmp(text, "file:", 5) == 0) {
        it->algorithm = SWMGMT_SHA256;
        it->size = 32;
        return digest_of_file(text + 5, it->digest, &it->length);
    }
    it->algorithm = SWMGMT_SHA256;
    it->size = 32;
    if (strncmp(text, "crc32:", 6) == 0) {
        it->algorithm = SWMGMT_CRC32;
        it->size = 4;
        text += 6;
    }
    const size_t length = strcspn(text, ",");
    if (hexadecimal(text, length, it->digest, it->size) != (int)it->size) {
        return -1;
    }
    return text[length] == '\0' ? 0 : number(text + length + 1, 1, UINT32_MAX, &it->length);
}

static int policy(options_t *options, const char *text)
{
    static const char *const NAMES[] = {"digest", "crc", "none"};
    static const uint8_t VALUES[] = {SWMGMT_REQUIRE_DIGEST, SWMGMT_ALLOW_CRC, SWMGMT_ALLOW_NONE};
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(text, NAMES[i]) == 0) {
            options->policy = VALUES[i];
            return 0;
        }
    }
    return -1;
}

static int swmgmt_option(options_t *options, const char *text)
{
    static const struct {
        const char *name;
        uint32_t value;
    } KNOWN[] = {
        {"auto_activate", SWMGMT_AUTO_ACTIVATE},
        {"replace_in_delivered", SWMGMT_REPLACE_IN_DELIVERED},
        {"result_in_delivered_0", SWMGMT_RESULT_IN_DELIVERED_0},
        {"empty_write_cancels", SWMGMT_EMPTY_WRITE_CANCELS},
        {"server_may_create", SWMGMT_SERVER_MAY_CREATE},
        {"server_may_delete", SWMGMT_SERVER_MAY_DELETE},
    };
    for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++) {
        if (strcmp(text, KNOWN[i].name) == 0) {
            options->swmgmt_options |= KNOWN[i].value;
            return 0;
        }
    }
    return -1;
}

static int attempts(options_t *options, const char *text)
{
    uint32_t value;
    if (number(text, 0, SWMGMT_UNLIMITED - 1, &value) != 0) {
        return -1;
    }
    options->max_install_attempts = (uint8_t)(value == 0 ? SWMGMT_UNLIMITED : value);
    return 0;
}

static int key(options_t *options, const char *text)
{
    const int length = hexadecimal(text, strlen(text), options->key, sizeof options->key);
    options->key_length = length > 0 ? (size_t)length : 0;
    return length > 0 ? 0 : -1;
}

static int take(options_t *options, int which, char *text)
{
    const uint32_t any = UINT32_MAX;
    switch (which) {
    case LISTEN: return listen_to(options, text);
    case SERVER: options->server = text; return 0;
    case ENDPOINT: options->endpoint = text; return 0;
    case LIFETIME: return number(text, 1, 0x7FFFFFFF / 1000, &options->lifetime);
    case PORT: return number16(text, 1, 65535, &options->local_port);
    case IDENTITY: options->identity = text; return 0;
    case KEY: return key(options, text);
    case DIRECTORY: options->directory = text; return 0;
    case INSTANCES: return number16(text, 0, 255, &options->instances);
    case MAX_INSTANCES: return number16(text, 1, 255, &options->max_instances);
    case TRANSFERS: return number16(text, 1, 255, &options->transfers);
    case EXPECT: return expect(options, text);
    case POLICY: return policy(options, text);
    case OPTION: return swmgmt_option(options, text);
    case CAPACITY: return number(text, 0, any, &options->capacity);
    case PUSH_TIMEOUT: return number(text, 1, any, &options->push_timeout_ms);
    case INSTALL_FAILS: return number(text, 0, any, &options->install_fails);
    case INSTALL_PENDING: return number(text, 0, 0x7FFFFFFF, &options->install_pending_ms);
    case UNINSTALL_FAILS: return number(text, 0, any, &options->uninstall_fails);
    case PREPARE_FAILS: return number(text, 0, any, &options->prepare_fails);
    case ACTIVATE_FAILS: return number(text, 0, any, &options->activate_fails);
    case MAX_INSTALL_ATTEMPTS: return attempts(options, text);
    case COMPONENTS: return number16(text, 0, 255, &options->components);
    case FETCH_DIR: options->fetch_directory = text; return 0;
    case VERBOSE: options->verbose = 1; return 0;
    default: return -1;
    }
}

static int complain(const char *what)
{
    fprintf(stderr, "device: %s; --help tells more\n", what);
    return -1;
}

int options_parse(options_t *options, int argc, char **argv)
{
    memset(options, 0, sizeof *options);
    options->lifetime = 300;
    options->instances = 1;
    options->capacity = UINT32_MAX;
    int which;
    int index = 0;
    while ((which = getopt_long(argc, argv, "", LONG, &index)) != -1) {
        if (which == HELP) {
            fputs(HELP_TEXT, stdout);
            return 1;
        }
        if (which == '?') {
            return complain("wrong arguments");
        }
        if (take(options, which, optarg) != 0) {
            fprintf(stderr, "device: --%s %s is wrong; --help tells more\n", LONG[index].name,
                    optarg);
            return -1;
        }
    }
    if (optind != argc) {
        return complain("an argument too many");
    }
    if (options->directory == NULL) {
        return complain("--dir is missing");
    }
    if ((options->listen_address == NULL) == (options->server == NULL)) {
        return complain("one of --listen and --server is needed");
    }
    if (options->server != NULL && options->endpoint == NULL) {
        return complain("--server needs --endpoint");
    }
    if ((options->identity == NULL) != (options->key_length == 0)) {
        return complain("--identity and --key belong together");
    }
    if (options->max_instances == 0) {
        const unsigned some = options->instances + 3u;
        options->max_instances = (uint16_t)(some < 255 ? some : 255);
    }
    if (options->max_instances < options->instances) {
        return complain("--max-instances is less than --instances");
    }
    if (options->transfers == 0) {
        options->transfers = options->max_instances;
    }
    return 0;
}
