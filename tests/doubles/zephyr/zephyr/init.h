/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef DOUBLE_INIT_H
#define DOUBLE_INIT_H

/* The kernel walks a linker section; here a function calls it. */
#define SYS_INIT(function, level, priority)  \
    int double_register_objects(void);       \
    int double_register_objects(void)        \
    {                                        \
        return function();                   \
    }                                        \
    extern int double_nothing

#endif
