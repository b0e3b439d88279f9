/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What no firmware should do, and what it can do at any time. */
#include "compare.h"

#include <stdlib.h>
#include <string.h>

/* Before the right swmgmt_init(): one that is refused, or nearly. */
void misuse_init(void *memory, size_t size)
{
    swmgmt_t *ctx = NULL;
    swmgmt_config_t config = device.config;
    swmgmt_host_t host = device.host;
    const swmgmt_config_t *given = &config;
    uint8_t *bytes = memory;
    uint32_t abi = SWMGMT_ABI;
    uint32_t which = any(20);
    switch (which) {
    case 0:
        config.size--;
        break;
    case 1:
        host.size++;
        break;
    case 2:
        abi++;
        break;
    case 3:
        given = NULL;
        break;
    case 4:
        bytes++;
        break;
    case 5:
        host.open = NULL;
        break;
    case 6:
        host.write = NULL;
        break;
    case 7:
        host.install = NULL;
        break;
    case 8:
        host.load = NULL;
        break;
    case 9:
        host.fetch = NULL;
        break;
    case 10:
        config.instances = (uint16_t)(one_in(2) ? 0 : 255 + any(2));
        break;
    case 11:
        config.transfers = (uint16_t)(one_in(2) ? 0 : 255 + any(2));
        break;
    case 12:
        config.text = (uint16_t)(255 + any(2));
        break;
    case 13:
        config.policy = 4;
        break;
    case 14:
        config.resources = one_in(2) ? 0 : 1u << any(32);
        break;
    case 15:
        config.options = 128;
        break;
    case 16:
        config.part_count = config.part_count > 0 ? (uint16_t)(config.part_count - 1u) : 17;
        break;
    case 17:
        config.reserved[any(4)] = 1;
        break;
    case 18:
        config.components = (uint16_t)(255 + any(2));
        break;
    default:
        size = size > 8 ? size - 8 - any(8) * 8 : size;
        break;
    }
    if (which < 19 || size < swmgmt_memory(&config) / 2) { /* the exact size is its own affair */
        say("wrong init %u = %d\n", (unsigned)which,
            (int)swmgmt_init_abi(&ctx, bytes, size, given, &host, abi));
    }
}

static void tell_words(void)
{
    uint32_t n = any(70);
    say("words %u: '%s' '%s' '%s' '%s'\n", (unsigned)n, swmgmt_strerror(-(int32_t)n % 14),
        swmgmt_state_name((uint8_t)(n % 16)), swmgmt_result_name((uint8_t)n),
        swmgmt_operation_name((uint8_t)(n % 24)));
}

static void tell_components(void)
{
    const plan_t *plan = plan_of(some_instance());
    uint32_t length = one_in(4) ? any(plan->length) : plan->length;
    for (uint16_t n = 0; n < 5; n++) {
        swmgmt_component_t one;
        swmgmt_status_t status = swmgmt_package_component(plan->bytes, length, n, &one);
        say("component %u = %d", n, (int)status);
        if (status == SWMGMT_OK) {
            say(" '%.*s' '%.*s' %u at %u: %u", one.name_length, one.name, one.version_length,
                one.version, one.kind, (unsigned)one.offset, (unsigned)one.length);
        }
        say("\n");
    }
}

void misuse(void)
{
    uint16_t instance = some_instance();
    swmgmt_path_t path = {9, instance, (uint16_t)any(20), SWMGMT_NONE};
    swmgmt_item_t items[10];
    swmgmt_value_t value = {.kind = SWMGMT_TYPE_STRING};
    swmgmt_chunk_t chunk = {.length = 5};
    swmgmt_response_t response;
    uint16_t id = SWMGMT_NONE;
    int32_t answer = 0;
    uint32_t which = any(18);
    memset(items, 0, sizeof items);
    memset(&response, 0, sizeof response);
    say("misuse %u\n", (unsigned)which);
    switch (which) {
    case 0:
        answer = swmgmt_read(device.ctx, path, NULL);
        break;
    case 1:
        answer = swmgmt_write(device.ctx, 1, path, NULL);
        break;
    case 2:
        value.length = 3; /* of NULL */
        answer = swmgmt_write(device.ctx, 1, path, &value);
        break;
    case 3:
        answer = swmgmt_push(device.ctx, 1, instance, NULL);
        break;
    case 4:
        answer = swmgmt_execute(device.ctx, 1, path, NULL, 3);
        break;
    case 5:
        answer = swmgmt_write_instance(device.ctx, 1, instance, NULL, 1);
        break;
    case 6:
        answer = swmgmt_write_instance(device.ctx, 1, instance, items, 9);
        break;
    case 7:
        answer = swmgmt_create(device.ctx, 1, SWMGMT_NONE, items, 0, NULL);
        break;
    case 8:
        answer = swmgmt_next(device.ctx, path, NULL);
        break;
    case 9:
        answer = swmgmt_next_change(device.ctx, NULL);
        break;
    case 10:
        answer = swmgmt_resource(9, path.resource, NULL);
        break;
    case 11:
        answer = swmgmt_fetched(device.ctx, device.highest, NULL);
        break;
    case 12:
        answer = swmgmt_fetched(device.ctx, device.highest, &chunk);
        break;
    case 13:
        answer = swmgmt_expect(device.ctx, instance, 4, SWMGMT_SHA256, NULL, 32);
        break;
    case 14:
        answer = swmgmt_request(device.ctx, NULL, &response);
        break;
    case 15:
        answer = swmgmt_poll(NULL, device.now, NULL) + swmgmt_state(NULL, 0);
        break;
    case 16:
        answer = swmgmt_next(NULL, path, &id);
        break;
    default:
        tell_words();
        tell_components();
        break;
    }
    answered(answer);
}
