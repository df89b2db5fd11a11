// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a huge page that leaves a device is asked for the bits of a pmd
//
// What is in their place is a part of the page frame number.
//
// Breaks: WP-1, LF-8
// Kills: large_folio_bits.huge_device_page_keeps_its_bits: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/huge_memory.c: set_pmd_migration_entry

@@
@@
(
- softdirty = pmd_swp_soft_dirty(pmdval);
- uffd_wp = pmd_swp_uffd(pmdval);
+ softdirty = pmd_soft_dirty(pmdval);
+ uffd_wp = pmd_uffd(pmdval);
|
- softdirty = pmd_swp_soft_dirty(pmdval);
- uffd_wp = pmd_swp_uffd_wp(pmdval);
+ softdirty = pmd_soft_dirty(pmdval);
+ uffd_wp = pmd_uffd_wp(pmdval);
|
  if (
- present ? pmd_soft_dirty(pmdval) : pmd_swp_soft_dirty(pmdval)
+ pmd_soft_dirty(pmdval)
  )
  	pmdswp = pmd_swp_mksoft_dirty(pmdswp);
  if (
- present ? pmd_uffd_wp(pmdval) : pmd_swp_uffd_wp(pmdval)
+ pmd_uffd_wp(pmdval)
  )
  	pmdswp = pmd_swp_mkuffd_wp(pmdswp);
)
