    .section .init, "ax"
    .global _start
    .arm
_start:
    cpsid   if
    ldr     sp, =_stack_top
    ldr     r0, =vectors
    mcr     p15, 0, r0, c12, c0, 0      @ VBAR
    @ The table of the MMU, a word for each MiB at its own address: nothing below the stack, memory
    @ without caches for the image, and devices from there on, where nothing is executed.
    ldr     r0, =_table
    mov     r1, #0
    str     r1, [r0], #4
    add     r1, r1, #0x00100000
    ldr     r2, =0x00001c02
    ldr     r3, =_ram_end
1:  orr     r4, r1, r2
    str     r4, [r0], #4
    add     r1, r1, #0x00100000
    cmp     r1, r3
    blo     1b
    ldr     r2, =0x00000c12
1:  orr     r4, r1, r2
    str     r4, [r0], #4
    adds    r1, r1, #0x00100000
    bne     1b
    ldr     r0, =_table
    mcr     p15, 0, r0, c2, c0, 0       @ TTBR0
    mov     r0, #0
    mcr     p15, 0, r0, c2, c0, 2       @ TTBCR: it is the only table
    mcr     p15, 0, r0, c8, c7, 0       @ TLBIALL
    mov     r0, #1
    mcr     p15, 0, r0, c3, c0, 0       @ DACR: as the table says
    dsb
    mrc     p15, 0, r0, c1, c0, 0       @ SCTLR: MMU on
    orr     r0, r0, #1
    mcr     p15, 0, r0, c1, c0, 0
    isb
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
