/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A stand-in for another private header of the engine's. */
#ifndef DOUBLE_RD_CLIENT_H
#define DOUBLE_RD_CLIENT_H

#include <stdbool.h>

/* Without the list of objects and instances the server keeps the old one. */
void engine_trigger_update(bool update_objects);

#endif
