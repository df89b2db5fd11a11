// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the parts of a huge device page have none of its bits
//
// They are not soft-dirty, and not protected.
//
// Breaks: WP-1, LF-9
// Kills: large_folio_bits.huge_device_page_keeps_its_bits: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/huge_memory.c: __split_huge_pmd_locked

@@
@@
- soft_dirty = pmd_swp_soft_dirty(old_pmd);
- uffd_wp = \( pmd_swp_uffd(old_pmd) \| pmd_swp_uffd_wp(old_pmd) \);
+ soft_dirty = false;
+ uffd_wp = false;
  write = softleaf_is_device_private_write(entry);
