/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef DOUBLE_VERSION_H
#define DOUBLE_VERSION_H

#ifdef DOUBLE_OLD_TREE
#define KERNEL_VERSION_NUMBER 0x030400
#else
#define KERNEL_VERSION_NUMBER 0x040163
#endif

#endif
