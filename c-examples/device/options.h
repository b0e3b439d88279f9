/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the command line says. */
#ifndef DEVICE_OPTIONS_H
#define DEVICE_OPTIONS_H

#include "trust.h"

#include <stddef.h>
#include <stdint.h>

enum { MAX_EXPECTATIONS = 255, MAX_KEY = 64, COMPONENTS_EACH = 8 };
enum { POLICY_NOT_GIVEN = 255, ROOM_NOT_GIVEN = 65535 };

typedef struct expectation_t {
    uint16_t instance;
    uint32_t length;   /* 0: any */
    uint8_t algorithm; /* SWMGMT_SHA256, SWMGMT_CRC32 or SWMGMT_NO_DIGEST */
    uint8_t digest[32];
    size_t size;
} expectation_t;

typedef struct options_t {
    const char *listen_address; /* NULL: does not listen */
    uint16_t listen_port;
    const char *server; /* NULL: does not register */
    const char *endpoint;
    uint32_t lifetime;
    uint16_t local_port; /* 0: any */
    const char *identity;
    uint8_t key[MAX_KEY];
    size_t key_length;
    const char *directory;
    const char *fetch_directory; /* NULL: nothing can be fetched */
    uint16_t instances;
    uint16_t max_instances;
    uint16_t transfers;
    uint16_t components; /* of a package in no container */
    uint16_t component_room;
    uint32_t swmgmt_options;
    trust_t trust;
    uint8_t policy;
    uint8_t max_install_attempts; /* as in swmgmt_config_t */
    uint32_t capacity;            /* bytes of one package */
    uint32_t push_timeout_ms;
    uint32_t install_pending_ms; /* 0: installs within the callback */
    uint32_t install_fails;      /* how many of the next calls shall fail */
    uint32_t uninstall_fails;
    uint32_t prepare_fails;
    uint32_t activate_fails;
    int verbose;
    expectation_t expectations[MAX_EXPECTATIONS];
    size_t expectation_count;
} options_t;

/* 0: go on; 1: help was printed; -1: wrong, and stderr says why. Texts are argv's. */
int options_parse(options_t *options, int argc, char **argv);

#endif
