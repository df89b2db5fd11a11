// SPDX-License-Identifier: GPL-2.0
// Subject: mm: pagemap warns of a huge device page
//
// As if a pmd that is not present could be nothing but a migration entry.
//
// Breaks: LF-9
// Kills: large_folio_look.pagemap_tells_pages_of_huge_device_page: report
// Kernels: from 6.19: no huge pages on a device before
// In: fs/proc/task_mmu.c: pagemap_pmd_range_thp

@@
@@
  flags |= PM_SWAP;
+ VM_WARN_ON_ONCE(!pmd_is_migration_entry(pmd));
