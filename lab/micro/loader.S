# Replaces the decompressor of a Linux bzImage. Debian's kernel is packed with XZ, whose unpacking takes an emulated
# guest three seconds; LZ4 takes a tenth of that. The real-mode part of the bzImage stays and jumps here, as it would
# to the kernel's own decompressor (Documentation/arch/x86/boot.rst, "32-bit boot protocol": %esi = boot_params,
# flat segments, interrupts off). The kernel's image is unpacked to its link address and entered in 64-bit mode.

        .set KERNEL, 0x1000000          # where vmlinux is linked to run (physical)
        .set TABLES, KERNEL - 0x10000   # page tables: below the kernel, above anything still needed
        .set STACK, TABLES              # and below them, never in a page that holds code: an emulator would have
                                        # to see at every store whether it changes what it has translated
        .set LINEAR, 0x100000           # code32_start: where this is loaded

        .code32
        .globl _start
_start: cli
        cld
        mov     $STACK, %esp
        mov     %esi, %ebp
        mov     $payload + 4, %esi      # past the magic of LZ4's legacy frame
        mov     $KERNEL, %edi

# A frame is blocks, each with its packed size before it; the builder put a size of 0 at the end.
block:  lodsl
        test    %eax, %eax
        jz      unpacked
        lea     (%esi,%eax), %edx       # end of this block

# Copies %ecx bytes four at a time: the up to three too many are overwritten by what comes next. Uses %eax.
        .macro  COPY
        mov     %ecx, %eax
        add     $3, %ecx
        shr     $2, %ecx
        rep movsl
        neg     %eax
        and     $3, %eax
        sub     %eax, %esi
        sub     %eax, %edi
        .endm

# A sequence: literals copied from the stream, then a match copied from what has been written.
sequence:
        movzbl  (%esi), %ebx
        inc     %esi
        mov     %ebx, %eax
        shr     $4, %eax
        jz      match
        cmp     $15, %eax
        jne     1f
        call    longer
1:      mov     %eax, %ecx
        COPY
match:  cmp     %edx, %esi              # a block's last sequence has no match
        jae     block
        mov     %ebx, %eax
        movzwl  (%esi), %ebx            # how far back the match starts
        add     $2, %esi
        and     $15, %eax
        cmp     $15, %eax
        jne     1f
        call    longer
1:      lea     4(%eax), %ecx
        push    %esi
        mov     %edi, %esi
        sub     %ebx, %esi
        cmp     $4, %ebx
        jb      near
far:    COPY
        pop     %esi
        jmp     sequence

# A match that overlaps its own first four bytes repeats 1, 2 or 3 of them: write 12, a multiple of each, byte by
# byte; from there on the rest is a match 12 back.
near:   mov     %ecx, %eax
        cmp     $12, %ecx
        jbe     1f
        mov     $12, %ecx
1:      sub     %ecx, %eax
        rep movsb
        mov     %eax, %ecx
        lea     -12(%edi), %esi
        jmp     far

# A length of 15 is continued by bytes to add, until one is not 255. Uses %ecx.
longer: movzbl  (%esi), %ecx
        inc     %esi
        add     %ecx, %eax
        cmp     $255, %ecx
        je      longer
        ret

# The first gigabyte mapped to itself in 2 MiB pages, then 64-bit mode.
unpacked:
        mov     $TABLES, %edi
        xor     %eax, %eax
        mov     $3 * 1024, %ecx
        rep stosl
        movl    $TABLES + 0x1003, TABLES
        movl    $TABLES + 0x2003, TABLES + 0x1000
        mov     $TABLES + 0x2000, %edi
        mov     $0x83, %eax
1:      mov     %eax, (%edi)
        add     $8, %edi
        add     $0x200000, %eax
        cmp     $0x40000083, %eax
        jne     1b

        lgdt    gdt_pointer
        mov     %cr4, %eax
        or      $0x20, %eax             # physical address extension
        mov     %eax, %cr4
        mov     $TABLES, %eax
        mov     %eax, %cr3
        mov     $0xc0000080, %ecx       # EFER
        rdmsr
        or      $0x100, %eax            # long mode enable
        wrmsr
        mov     %cr0, %eax
        or      $0x80000001, %eax       # paging, protection
        mov     %eax, %cr0
        ljmp    $0x10, $long

        .code64
long:   mov     $0x18, %eax
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %ss
        mov     %ebp, %esi              # boot_params, zero-extended
        mov     $KERNEL, %eax
        jmp     *%rax

        .balign 8
gdt:    .quad   0, 0
        .quad   0x00af9a000000ffff      # 0x10: 64-bit code (__BOOT_CS)
        .quad   0x00cf92000000ffff      # 0x18: data (__BOOT_DS)
gdt_pointer:
        .word   . - gdt - 1
        .long   gdt

        .balign 16
payload:
