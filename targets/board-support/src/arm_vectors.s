    @ Exception vectors of ARMv7-A and -R: the vector's number, the return address and, of a data
    @ abort, the address of the data (otherwise the largest) go to `exception`, on a stack of its own.
    .section .vectors, "ax"
    .arm
    .align  5
vectors:
    b       0f                          @ reset: nobody jumps there
    b       1f                          @ undefined instruction
    b       2f                          @ supervisor call
    b       3f                          @ prefetch abort
    b       4f                          @ data abort
    b       5f
    b       6f                          @ interrupt
    b       7f                          @ fast interrupt
0:  mov     r0, #0
    b       8f
1:  mov     r0, #1
    b       8f
2:  mov     r0, #2
    b       8f
3:  mov     r0, #3
    b       8f
4:  mov     r0, #4
    mrc     p15, 0, r2, c6, c0, 0       @ DFAR
    b       9f
5:  mov     r0, #5
    b       8f
6:  mov     r0, #6
    b       8f
7:  mov     r0, #7
8:  mvn     r2, #0
9:  mov     r1, lr
    ldr     sp, =_fault_stack_top
    b       exception
