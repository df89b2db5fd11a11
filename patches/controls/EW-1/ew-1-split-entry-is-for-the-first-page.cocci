// SPDX-License-Identifier: GPL-2.0
// Subject: mm/huge_memory: split a writable entry without counting
//
// Each pte gets an entry for the head of the huge page.
//
// Breaks: EW-1
// Kills: walker_protect.split_meets_each_entry: assertion
// Kills: walker_protect.munmap_part_meets_each_entry: assertion
// Kills: walker_protect.mremap_part_meets_each_entry: assertion
// In: mm/huge_memory.c: __split_huge_pmd_locked

@@
expression page, i;
@@
- make_writable_migration_entry(page_to_pfn(page + i))
+ make_writable_migration_entry(page_to_pfn(page))
