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
    @ The only region of the MPU: 64 KiB below the stack, which nobody may touch.
    mcr     p15, 0, r0, c6, c2, 0       @ RGNR
    ldr     r1, =_guard
    mcr     p15, 0, r1, c6, c1, 0       @ DRBAR
    mov     r1, #(1 << 12)
    mcr     p15, 0, r1, c6, c1, 4       @ DRACR: no access, no execution
    mov     r1, #((15 << 1) | 1)
    mcr     p15, 0, r1, c6, c1, 2       @ DRSR: 2^16 bytes, on
    dsb
    mrc     p15, 0, r1, c1, c0, 0       @ SCTLR: MPU on, all else as without it
    orr     r1, r1, #(1 << 17)
    orr     r1, r1, #1
    mcr     p15, 0, r1, c1, c0, 0
    isb
    ldr     r1, =_bss_start
    ldr     r2, =_bss_end
1:  cmp     r1, r2
    bhs     2f
    str     r0, [r1], #4
    b       1b
2:  bl      start
3:  wfe
    b       3b
