    .section .init, "ax"
    .global _start
    .arm
_start:
    cpsid   if
    ldr     sp, =_stack_top
    ldr     r0, =vectors
    mcr     p15, 0, r0, c12, c0, 0      @ VBAR
    mov     r0, #0
    ldr     r1, =_bss_start
    ldr     r2, =_bss_end
1:  cmp     r1, r2
    bhs     2f
    str     r0, [r1], #4
    b       1b
2:  bl      start
3:  wfe
    b       3b
