// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: protect one page of a batch
//
// The parent may still write to the others, and the child sees it.
//
// Breaks: EW-2
// Kills: walker_protect.fork_tells_pages_apart: assertion
// In: mm/memory.c: __copy_present_ptes

@@
@@
- wrprotect_ptes(src_mm, addr, src_pte, nr);
+ wrprotect_ptes(src_mm, addr, src_pte, 1);
