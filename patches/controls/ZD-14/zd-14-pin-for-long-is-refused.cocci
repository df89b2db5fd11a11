// SPDX-License-Identifier: GPL-2.0
// Subject: mm/gup: refuse FOLL_LONGTERM for all of DAX
//
// A page of a file system on DAX cannot be pinned for long, as its blocks may go. Device-dax has
// no such blocks. Somebody who tidies the predicates of DAX would do this.
//
// Breaks: ZD-14
// Kills: dax_gup.gup_takes_and_gives_back: assertion
// In: mm/gup.c: check_vma_flags
// Kernels: from 6.15: a mapping of device-dax has a reference since
// Variants: dax

@@
@@
- vma_is_fsdax(vma)
+ vma_is_dax(vma)
