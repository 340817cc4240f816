    .section .init, "ax"
    .global _start
    .arm
    .fpu vfpv3-d16
_start:
    cpsid   if
    @ No parking by number of the core: QEMU's first has another one than that of the hardware.
    ldr     sp, =_stack_top
    mrc     p15, 0, r0, c1, c0, 0       @ SCTLR: vectors at 0, exceptions in A32
    bic     r0, r0, #(1 << 13)
    bic     r0, r0, #(1 << 30)
    mcr     p15, 0, r0, c1, c0, 0
    mrc     p15, 0, r0, c1, c0, 2       @ CPACR: full access to the FPU
    orr     r0, r0, #(0xf << 20)
    mcr     p15, 0, r0, c1, c0, 2
    isb
    mov     r0, #(1 << 30)
    vmsr    fpexc, r0
    mov     r0, #0
    vmsr    fpscr, r0                   @ no flush to zero, no default NaN, round to nearest
    ldr     r1, =_bss_start
    ldr     r2, =_bss_end
1:  cmp     r1, r2
    bhs     2f
    str     r0, [r1], #4
    b       1b
2:  bl      start
3:  wfe
    b       3b
