// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate_device: flush the TLB behind the page table lock
//
// Whoever takes the lock next sees that the page is not mapped any more, while
// another CPU can still write to it.
//
// Breaks: MV-11
// Kills: migrate_vma_collect.collect_flushes_tlb: assertion
// Kills: large_folio_flush.tlb_is_flushed_before_the_lock_is_dropped: assertion
// In: mm/migrate_device.c: migrate_vma_collect_pmd

@@
@@
- if (unmapped)
- 	flush_tlb_range(walk->vma, start, end);
(
  arch_leave_lazy_mmu_mode();
|
  lazy_mmu_mode_disable();
)
  pte_unmap_unlock(ptep - 1, ptl);
+ if (unmapped)
+ 	flush_tlb_range(walk->vma, start, end);
