/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#define _GNU_SOURCE /* getopt_long */
#include "options.h"

#include "values.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <swmgmt.h>

enum {
    LISTEN = 256, SERVER, ENDPOINT, LIFETIME, PORT, IDENTITY, KEY, DIRECTORY, INSTANCES,
    MAX_INSTANCES, TRANSFERS, EXPECT, POLICY, OPTION, CAPACITY, PUSH_TIMEOUT, INSTALL_FAILS,
    INSTALL_PENDING, UNINSTALL_FAILS, PREPARE_FAILS, ACTIVATE_FAILS, MAX_INSTALL_ATTEMPTS,
    COMPONENTS, ROOM, FETCH_DIR, TRUST, REVOKED, VENDOR, CLASS, DEVICE_ID, VERBOSE, HELP,
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
    {"component-room", required_argument, NULL, ROOM},
    {"fetch-dir", required_argument, NULL, FETCH_DIR},
    {"trust", required_argument, NULL, TRUST},
    {"revoked", required_argument, NULL, REVOKED},
    {"vendor", required_argument, NULL, VENDOR},
    {"class", required_argument, NULL, CLASS},
    {"device-id", required_argument, NULL, DEVICE_ID},
    {"verbose", no_argument, NULL, VERBOSE},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

#ifdef DEVICE_P256
#define P256_TOO " or on P-256"
#else
#define P256_TOO ""
#endif

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
    "  --components N           components of a package in no container, as Object 14 (0)\n"
    "  --component-room N       room for instances of Object 14 (16 for each slot)\n"
    "  --fetch-dir PATH         where file:NAME is fetched from\n"
    "  --capacity BYTES         of the storage of one package\n"
    "\n"
    "  --expect [I:]SHA256[,LENGTH]        what the next package of instance I (0) is:\n"
    "  --expect [I:]crc32:HEX8[,LENGTH]    digest in hexadecimal, length in bytes\n"
    "  --expect [I:]file:PATH              digest and length of that file\n"
    "  --policy signature|digest|crc|none  what a package needs (signature with --trust,\n"
    "                                      else digest)\n"
    "  --option auto_activate | replace_in_delivered | result_in_delivered_0 |\n"
    "           empty_write_cancels | server_may_create | server_may_delete |\n"
    "           allow_older\n"
    "  --push-timeout MS                   a push without a chunk fails after (300000)\n"
    "  --max-install-attempts N            of one package; 0: no limit (3)\n"
    "\n"
    "  Packages and MCUboot images may be signed, with Ed25519" P256_TOO ":\n"
    "  --trust FILE             take those of this public key (PEM or DER), and of others\n"
    "  --revoked FILE           but of this one no more\n"
    "  --vendor UUID --class UUID --device-id TEXT|hex:DIGITS\n"
    "                           what the device is; a package for another one is refused\n"
    "  The highest security counter installed is kept in PATH/counters.\n"
    "\n"
    "  --install-pending MS     install in a child process that takes so long\n"
    "  --install-fails N        let the next N installs fail; likewise\n"
    "  --uninstall-fails N, --prepare-fails N, --activate-fails N\n"
    "\n"
    "  --verbose                print the operations, too\n"
    "  --help                   this text\n";

static int listen_to(options_t *options, char *text)
{
    char *colon = strrchr(text, ':');
    options->listen_address = "127.0.0.1";
    if (colon != NULL) {
        *colon = '\0';
        options->listen_address = text;
    }
    return values_number16(colon != NULL ? colon + 1 : text, 1, 65535, &options->listen_port);
}

static int attempts(options_t *options, const char *text)
{
    uint32_t value;
    if (values_number(text, 0, SWMGMT_UNLIMITED - 1, &value) != 0) {
        return -1;
    }
    options->max_install_attempts = (uint8_t)(value == 0 ? SWMGMT_UNLIMITED : value);
    return 0;
}

static int key(options_t *options, const char *text)
{
    const int length = values_hexadecimal(text, strlen(text), options->key, sizeof options->key);
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
    case LIFETIME: return values_number(text, 1, 0x7FFFFFFF / 1000, &options->lifetime);
    case PORT: return values_number16(text, 1, 65535, &options->local_port);
    case IDENTITY: options->identity = text; return 0;
    case KEY: return key(options, text);
    case DIRECTORY: options->directory = text; return 0;
    case INSTANCES: return values_number16(text, 0, 255, &options->instances);
    case MAX_INSTANCES: return values_number16(text, 1, 255, &options->max_instances);
    case TRANSFERS: return values_number16(text, 1, 255, &options->transfers);
    case EXPECT: return values_expect(options, text);
    case POLICY: return values_policy(options, text);
    case OPTION: return values_option(options, text);
    case CAPACITY: return values_number(text, 0, any, &options->capacity);
    case PUSH_TIMEOUT: return values_number(text, 1, any, &options->push_timeout_ms);
    case INSTALL_FAILS: return values_number(text, 0, any, &options->install_fails);
    case INSTALL_PENDING: return values_number(text, 0, 0x7FFFFFFF, &options->install_pending_ms);
    case UNINSTALL_FAILS: return values_number(text, 0, any, &options->uninstall_fails);
    case PREPARE_FAILS: return values_number(text, 0, any, &options->prepare_fails);
    case ACTIVATE_FAILS: return values_number(text, 0, any, &options->activate_fails);
    case MAX_INSTALL_ATTEMPTS: return attempts(options, text);
    case COMPONENTS: return values_number16(text, 0, 255, &options->components);
    case ROOM: return values_number16(text, 0, 255, &options->component_room);
    case FETCH_DIR: options->fetch_directory = text; return 0;
    case TRUST: return trust_add(&options->trust, text, 0);
    case REVOKED: return trust_add(&options->trust, text, 1);
    case VENDOR: return values_uuid(text, &options->trust.vendor);
    case CLASS: return values_uuid(text, &options->trust.class_id);
    case DEVICE_ID: return values_id(text, &options->trust.device);
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
    options->policy = POLICY_NOT_GIVEN;
    options->component_room = ROOM_NOT_GIVEN;
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
    if (options->policy == POLICY_NOT_GIVEN) {
        options->policy = options->trust.keys.count != 0 ? SWMGMT_REQUIRE_SIGNATURE
                                                         : SWMGMT_REQUIRE_DIGEST;
    }
    if (options->component_room == ROOM_NOT_GIVEN) {
        /* Twice: while new software is on its way, the places of the old one stay taken. */
        const unsigned own = options->components;
        const unsigned each = own > COMPONENTS_EACH ? own : COMPONENTS_EACH;
        const unsigned all = 2 * each * options->max_instances;
        options->component_room = (uint16_t)(all < 255 ? all : 255);
    }
    if (options->transfers == 0) {
        options->transfers = options->max_instances;
    }
    return 0;
}
