// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mprotect() of a page that a device has for itself forgets that it is soft-dirty
//
// The entry is made anew, as one that is readable.
//
// Breaks: WP-1
// Kills: soft_bits_device.mprotect_keeps_bits_of_exclusive_entry: assertion
// In: mm/mprotect.c: change_pte_range
// Kernels: before 6.15: the entry is never readable since

@@
@@
  entry = make_readable_device_exclusive_entry(swp_offset(entry));
  newpte = swp_entry_to_pte(entry);
- if (pte_swp_soft_dirty(oldpte))
- 	newpte = pte_swp_mksoft_dirty(newpte);
