/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A stand-in for another private header of the engine's. */
#ifndef DOUBLE_ENGINE_H
#define DOUBLE_ENGINE_H

#include "lwm2m_object.h"

void lwm2m_register_obj(struct lwm2m_engine_obj *obj);
struct lwm2m_ctx **lwm2m_sock_ctx(void);
int lwm2m_sock_nfds(void);

int lwm2m_engine_call_now(void (*service)(struct k_work *work));

#ifndef DOUBLE_OLD_TREE
/* The engine walks a linker section; here tests call the function. */
#define LWM2M_OBJ_INIT(function)      \
    int double_init_##function(void); \
    int double_init_##function(void)  \
    {                                 \
        return function();            \
    }                                 \
    extern int double_nothing
#define LWM2M_APP_INIT LWM2M_OBJ_INIT
#endif

#endif
