// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate: a task waits with the lock of hugetlb's VMAs
//
// Whoever wants to unmap the page waits for the migration as well. The lock has to be
// held until the page table lock is there, and no longer: fcd48540d188 ("mm/hugetlb:
// move swap entry handling into vma lock when faulted").
//
// Breaks: MW-13
// Kills: hugetlb_wait.waiter_has_let_the_lock_go: assertion
// Variants: full
// In: mm/migrate.c: migration_entry_wait_huge

@@
expression e;
@@
(
- hugetlb_vma_unlock_read(vma);
- migration_entry_wait_on_locked(e, ptl);
+ migration_entry_wait_on_locked(e, ptl);
+ hugetlb_vma_unlock_read(vma);
|
- hugetlb_vma_unlock_read(vma);
- softleaf_entry_wait_on_locked(e, ptl);
+ softleaf_entry_wait_on_locked(e, ptl);
+ hugetlb_vma_unlock_read(vma);
)
