// SPDX-License-Identifier: GPL-2.0
// Subject: um: ptes are the same whatever has been written
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_flags.entries_are_the_same_by_all_of_their_flags: assertion
// In: arch/um/include/asm/pgtable.h: pte_same

@@
@@
(
- return !((pte_val(pte_a) ^ pte_val(pte_b)) & ~_PAGE_NEWPAGE);
+ return !((pte_val(pte_a) ^ pte_val(pte_b)) & ~(_PAGE_NEWPAGE | _PAGE_SOFT_DIRTY));
|
- return !((pte_val(pte_a) ^ pte_val(pte_b)) & ~_PAGE_NEEDSYNC);
+ return !((pte_val(pte_a) ^ pte_val(pte_b)) & ~(_PAGE_NEEDSYNC | _PAGE_SOFT_DIRTY));
)
