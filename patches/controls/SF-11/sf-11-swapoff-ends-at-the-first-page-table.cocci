// SPDX-License-Identifier: GPL-2.0
// Subject: mm: swapoff looks at the first page table of a mapping only
//
// The loop ends with the result of its first turn.
//
// Breaks: SF-11
// Kills: swap_fault_area.swapoff_looks_at_all_page_tables: assertion or hang
// In: mm/swapfile.c: unuse_pmd_range

@@
@@
- if (ret) return ret;
+ return ret;
