// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: copy a batch as its first page
//
// If the first page of a batch is read-only, the parent keeps the permission to write
// to the others, which the child has, too.
//
// Breaks: EW-2
// Kills: walker_protect.fork_tells_pages_apart: assertion
// In: mm/memory.c: copy_present_ptes

@@
@@
(
- if (any_writable)
- 	pte = pte_mkwrite(pte, src_vma);
|
- fpb_t flags = FPB_MERGE_WRITE;
+ fpb_t flags = 0;
)
