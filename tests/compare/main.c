/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* driver KIND SEED          the text of one run
 * driver KIND FIRST COUNT   one line for each: the seed, a hash of its text, calls made
 * driver                    the kinds */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"

const kind_t kinds[] = {
    {.name = "push"},
    {.name = "records", .records = true},
    {.name = "download", .downloads = true, .records = true},
    {.name = "components", .components = true, .records = true},
    {.name = "plain", .records = true, .downloads = true, .components = true},
    {.name = "containers", .containers = true, .records = true},
    {.name = "mixed", .containers = true, .records = true, .downloads = true, .components = true},
    {.name = "formats", .formats = true, .downloads = true, .components = true},
    {.name = "front", .front = true, .downloads = true, .components = true},
    {.name = "all", .containers = true, .records = true, .downloads = true, .components = true,
     .formats = true, .front = true},
    {.name = "images", .images = true, .records = true, .downloads = true},
};
const unsigned kind_count = sizeof kinds / sizeof kinds[0];

static void run(const kind_t *kind, uint64_t seed)
{
    unsigned steps;
    memset(&device, 0, sizeof device);
    said_nothing();
    plans_forget();
    chance_begin(mix(seed, (uint64_t)(kind - kinds)));
    device.kind = kind;
    setup_configure();
    setup_start();
    if (!kind->images) {
        look_all();
    }
    if (device.ctx == NULL) { /* that is all there is to see */
        return;
    }
    steps = kind->images ? 20 + any(20) : 150 + any(150);
    for (device.step = 1; device.step <= steps; device.step++) {
        if (kind->images) {
            happen_image();
        } else {
            happen();
        }
    }
}

int main(int argc, char **argv)
{
    uint64_t first = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    uint64_t count = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    const kind_t *kind = NULL;
    for (unsigned i = 0; i < kind_count; i++) {
        if (argc < 2) {
            puts(kinds[i].name);
        } else if (strcmp(kinds[i].name, argv[1]) == 0) {
            kind = &kinds[i];
        }
    }
    if (argc < 2) {
        return 0;
    }
    if (kind == NULL) {
        fprintf(stderr, "there is no kind '%s'\n", argv[1]);
        return 2;
    }
    (void)setvbuf(stdout, NULL, _IOLBF, 1 << 16); /* a run without an end is seen */
    if (argc <= 3) {
        say_live();
    }
    plans_make();
    for (uint64_t seed = first; seed < first + count; seed++) {
        run(kind, seed);
        if (argc > 3) {
            printf("%llu %016llx %u\n", (unsigned long long)seed, (unsigned long long)said_hash(),
                   device.calls);
        }
    }
    return 0;
}
