// SPDX-License-Identifier: GPL-2.0
// Subject: mm: pages of a device pmd that is split are not exclusive
//
// The first write after they are back copies each of them.
//
// Breaks: LF-9
// Kills: large_folio_look.pmd_of_a_huge_device_page_is_split: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/huge_memory.c: __split_huge_pmd_locked

@@
@@
  write = softleaf_is_device_private_write(...);
- anon_exclusive = PageAnonExclusive(page);
