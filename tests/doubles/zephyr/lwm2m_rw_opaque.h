/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A stand-in for the engine's header of Content-Format 42. */
#ifndef DOUBLE_RW_OPAQUE_H
#define DOUBLE_RW_OPAQUE_H

#include "lwm2m_object.h"

extern const struct lwm2m_reader opaque_reader;

#endif
