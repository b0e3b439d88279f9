/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A stand-in for another private header of the engine's. */
#ifndef LWM2M_RD_CLIENT_STAND_IN_H
#define LWM2M_RD_CLIENT_STAND_IN_H

#include <stdbool.h>

/* Without the list of objects and instances the server keeps the old one. */
void engine_trigger_update(bool update_objects);

#endif
