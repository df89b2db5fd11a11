// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the split of a pmd is not counted
//
// /proc/vmstat does not tell why there are so few huge pages.
//
// Breaks: LF-3
// Kills: huge_page_use.each_split_is_counted: assertion
// In: mm/huge_memory.c: __split_huge_pmd_locked

@@
@@
- count_vm_event(THP_SPLIT_PMD);
