/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <string.h>

#include "compare.h"

#define ASKED 32u /* whom a question is about, as far as it is told apart */

static uint64_t seed;
static uint64_t state;
static uint32_t asked[32][ASKED];

uint64_t mix(uint64_t a, uint64_t b)
{
    uint64_t x = a + UINT64_C(0x9E3779B97F4A7C15) * (b + 1u);
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

void chance_begin(uint64_t new_seed)
{
    seed = mix(new_seed, 7);
    state = mix(new_seed, 11);
    memset(asked, 0, sizeof asked);
}

uint64_t chance_now(void)
{
    return state;
}

void chance_back(uint64_t then)
{
    state = then;
}

uint32_t any(uint32_t n)
{
    state = mix(state, 1);
    return (uint32_t)((state >> 32) % n);
}

bool one_in(uint32_t n)
{
    return any(n) == 0;
}

uint64_t fate(uint8_t kind, uint16_t whom)
{
    uint32_t times = asked[kind % 32u][whom % ASKED]++;
    return mix(mix(seed, (uint64_t)kind << 16 | whom), times);
}

uint64_t fate_fixed(uint64_t what)
{
    return mix(mix(seed, 13), what);
}

uint64_t hash_of(const uint8_t *bytes, size_t length)
{
    uint64_t hash = length;
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001B3);
    }
    return hash;
}
