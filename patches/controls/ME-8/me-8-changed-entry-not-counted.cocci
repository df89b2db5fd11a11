// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mprotect() does not count an entry that it changed
//
// change_pte_range() counts the ptes of pages that are present only, so a caller that
// goes by the number does not know that anything has changed. Whoever takes the count
// for one of ptes that may be in the TLB writes this.
//
// Breaks: ME-8
// Kills: migration_entry_mprotect.changed_ptes_are_counted: assertion
// In: mm/mprotect.c: change_softleaf_pte | change_pte_range

@@
@@
  set_pte_at(vma->vm_mm, addr, pte, newpte);
(
- pages++;
|
- return 1;
+ return 0;
)
