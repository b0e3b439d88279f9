/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Write-Attributes: accepted when it makes sense, and not applied. Servers set pmin and
 * pmax before they observe; our resources change rarely, and every change is told. */
#include "internal.h"

#include <string.h>

enum kind { WHOLE, DECIMAL, FLAG };

static const struct {
    const char *name;
    enum kind kind;
} KNOWN[] = {
    {"pmin", WHOLE}, {"pmax", WHOLE}, {"epmin", WHOLE}, {"epmax", WHOLE}, {"hqmax", WHOLE},
    {"gt", DECIMAL}, {"lt", DECIMAL}, {"st", DECIMAL},  {"edge", FLAG},   {"con", FLAG},
};

static int is_number(const uint8_t *text, size_t length, int decimal)
{
    size_t digits = 0;
    size_t at = decimal && length > 0 && text[0] == '-';
    for (; at < length; at++) {
        if (text[at] >= '0' && text[at] <= '9') {
            digits++;
        } else if (decimal && text[at] == '.' && digits > 0) {
            decimal = 0;
            digits = 0;
        } else {
            return 0;
        }
    }
    return digits > 0 && length <= 20;
}

/* "pmin=10" sets, "pmin" removes. */
static int is_attribute(const uint8_t *query, size_t length)
{
    const uint8_t *equals = memchr(query, '=', length);
    const size_t name = equals != NULL ? (size_t)(equals - query) : length;
    for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++) {
        if (strlen(KNOWN[i].name) != name || memcmp(KNOWN[i].name, query, name) != 0) {
            continue;
        }
        if (equals == NULL) {
            return 1;
        }
        const uint8_t *value = equals + 1;
        const size_t rest = length - name - 1;
        if (KNOWN[i].kind == FLAG) {
            return rest == 1 && (value[0] == '0' || value[0] == '1');
        }
        return is_number(value, rest, KNOWN[i].kind == DECIMAL);
    }
    return 0;
}

swmgmt_answer_t sc_attributes(const sc_request_t *request)
{
    coap_opt_iterator_t options;
    coap_opt_t *option;
    if (request->it.length != 0) {
        return SWMGMT_BAD_REQUEST; /* a Write has no query */
    }
    coap_option_iterator_init(request->pdu, &options, COAP_OPT_ALL);
    while ((option = coap_option_next(&options)) != NULL) {
        if (options.number == COAP_OPTION_URI_QUERY &&
            !is_attribute(coap_opt_value(option), coap_opt_length(option))) {
            return SWMGMT_BAD_REQUEST;
        }
    }
    return SWMGMT_CHANGED;
}
