// SPDX-License-Identifier: GPL-2.0
// Subject: mm: fork() copies the ptes of device-dax
//
// A child gets the small pages of its parent by ptes, and not by faults. Somebody who looks for a
// fault fewer would do this: the pages cannot go.
//
// Breaks: ZD-14
// Kills: dax_fault.fork_copies_no_entry: assertion
// In: mm/memory.c: vma_needs_copy
// Kernels: from 6.15: a mapping of device-dax has a reference since
// Variants: dax

@@
@@
- return false;
+ return vma_is_dax(src_vma);
