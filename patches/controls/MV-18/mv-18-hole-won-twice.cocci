// SPDX-License-Identifier: GPL-2.0
// Subject: mm: map the driver's page over any entry
//
// migrate_vma_insert_page() refuses only present ptes, so the second of two drivers
// overwrites the device-private entry of the first. Made by someone who thinks that
// what is not present is none.
//
// Breaks: MV-18, MV-7
// Kills: migrate_vma_rival.two_migrations_share_a_range: assertion
// In: mm/migrate_device.c: migrate_vma_insert_page

@@
statement S;
@@
  if (pte_present(orig_pte)) S
- else if (!pte_none(orig_pte))
- 	goto unlock_abort;
