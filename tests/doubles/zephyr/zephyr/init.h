/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef DOUBLE_INIT_H
#define DOUBLE_INIT_H

/* The kernel walks a linker section; here tests call the function. */
#define SYS_INIT(function, level, priority) \
    int double_init_##function(void);       \
    int double_init_##function(void)        \
    {                                       \
        return function();                  \
    }                                       \
    extern int double_nothing

#endif
