// SPDX-License-Identifier: GPL-2.0
// Subject: mm: write-protect a huge page that is moved
//
// move_huge_pmd() plays safe, the next write fault makes it writable again. In an
// entry the bit belongs to its type.
//
// Breaks: ME-13
// Kills: huge_page_entry.mremap_moves_huge_entry: assertion
// In: mm/huge_memory.c: move_huge_pmd

@@
@@
- pmd = move_soft_dirty_pmd(pmd);
+ pmd = pmd_wrprotect(move_soft_dirty_pmd(pmd));
