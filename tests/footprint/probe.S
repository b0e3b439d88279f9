/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Probes that use no stack, for Cortex-M4. */
    .syntax unified
    .thumb

    .equ PATTERN, 0xc0dec0de
    .equ DEPTH, 4096
    .equ TIMER_VALUE, 0x40000004

    .macro probe name
    .section .text.\name, "ax"
    .global \name
    .thumb_func
    .type \name, %function
\name:
    .endm

/* Fills what lies below the stack. */
    probe probe_paint
    ldr r1, =PATTERN
    mov r2, sp
    sub r0, r2, #DEPTH
1:  str r1, [r0], #4
    cmp r0, r2
    blo 1b
    bx lr
    .ltorg

/* Tells how deep it has been written to since. */
    probe probe_depth
    ldr r1, =PATTERN
    mov r2, sp
    sub r0, r2, #DEPTH
1:  cmp r0, r2
    beq 2f
    ldr r3, [r0], #4
    cmp r3, r1
    beq 1b
    subs r0, r0, #4
2:  subs r0, r2, r0
    bx lr
    .ltorg

/* The timer, which counts down. The barrier ends QEMU's translation block, so that the
 * time is that of this instruction. */
    probe probe_ticks
    ldr r0, =TIMER_VALUE
    ldr r0, [r0]
    isb
    bx lr
    .ltorg

/* Two instructions, and 0. */
    probe probe_nothing
    movs r0, #0
    bx lr

/* 1,002 instructions, and 0. */
    probe probe_loop
    mov r0, #500
1:  subs r0, r0, #1
    bne 1b
    bx lr
