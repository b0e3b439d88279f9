/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the stand-in remembers, in the rows of a trace (see trace.h). */
#ifndef DOUBLE_H
#define DOUBLE_H

#include <liblwm2m.h>

#include <stdio.h>

/* What the engine was told since double_forget(): "changed,9/0/7,-,-\n" and so on. */
extern char double_told[8192];
void double_forget(void);
void double_tell(const char *event, const char *path, const char *result, const char *detail);

/* The platform's heap: pieces in use; whether it is zeroed; which piece from now fails. */
extern unsigned double_pieces;
extern bool double_zeroed;
extern unsigned double_fails;

/* What the engine does with a datagram; NULL: nothing. */
extern void (*double_handles)(lwm2m_context_t *context);

#endif
