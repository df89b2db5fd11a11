// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leave the parent a writable device-private entry
//
// The child of a fork gets a readable device-private entry, but the parent keeps its
// writable one, although the page is shared now. Somebody who drops the set_pte_at()
// as the child's is set below would do this.
//
// Breaks: ZD-12
// Kills: zone_device_map.fork_shares_device_private_page: assertion
// In: mm/memory.c: copy_nonpresent_pte

@@
statement S;
@@
  entry = make_readable_device_private_entry(
  				swp_offset(entry));
  pte = swp_entry_to_pte(entry);
(
  if (pte_swp_uffd_wp(orig_pte)) S
|
  if (pte_swp_uffd(orig_pte)) S
)
- set_pte_at(src_mm, addr, src_pte, pte);
