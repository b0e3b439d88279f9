/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The yardstick of the speed figure: the least that a libcoap program can do with a PUT
 * in blocks, which is to write them to a file. No states, no checks, no records.
 *
 *   bare_store PORT FILE        serves on 127.0.0.1 until it is killed
 */
#define _POSIX_C_SOURCE 200809L
#include <coap3/coap.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int file;

static void on_put(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *request,
                   const coap_string_t *query, coap_pdu_t *response)
{
    coap_block_t block = {0};
    const uint8_t *data = NULL;
    size_t length = 0;
    uint8_t option[4];
    (void)resource;
    (void)session;
    (void)query;
    const int has_block = coap_get_block(request, COAP_OPTION_BLOCK1, &block);
    coap_get_data(request, &length, &data);
    const off_t offset = (off_t)block.num << (block.szx + 4);
    if (length != 0 && pwrite(file, data, length, offset) != (ssize_t)length) {
        coap_pdu_set_code(response, COAP_RESPONSE_CODE_INTERNAL_ERROR);
        return;
    }
    coap_pdu_set_code(response, block.m ? COAP_RESPONSE_CODE_CONTINUE : COAP_RESPONSE_CODE_CHANGED);
    if (has_block) {
        const unsigned used = coap_encode_var_safe(
            option, sizeof option, block.num << 4 | (unsigned)block.m << 3 | (unsigned)block.szx);
        coap_add_option(response, COAP_OPTION_BLOCK1, used, option);
    }
}

int main(int argc, char **argv)
{
    coap_address_t address;
    if (argc != 3) {
        fprintf(stderr, "usage: bare_store PORT FILE\n");
        return 2;
    }
    file = open(argv[2], O_RDWR | O_CREAT | O_TRUNC, 0666);
    coap_startup();
    coap_context_t *context = coap_new_context(NULL);
    coap_resource_t *resource = coap_resource_unknown_init(on_put);
    coap_address_init(&address);
    address.addr.sin.sin_family = AF_INET;
    address.addr.sin.sin_port = htons((uint16_t)atoi(argv[1]));
    address.addr.sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.size = sizeof address.addr.sin;
    if (file < 0 || context == NULL || resource == NULL ||
        coap_new_endpoint(context, &address, COAP_PROTO_UDP) == NULL) {
        fprintf(stderr, "bare_store: cannot start\n");
        return 1;
    }
    coap_add_resource(context, resource);
    printf("ready\n");
    fflush(stdout);
    while (coap_io_process(context, COAP_IO_WAIT) >= 0) {
    }
    return 0;
}
