// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate_device: clear MIGRATE when a page has been finalized
//
// The driver looks at the source entries to learn which pages are its own now, and
// finds none. Somebody who wants a page not to be finalized twice clears the flag.
//
// Breaks: MV-3, MV-16
// Kills: migrate_vma_collect.dst_needs_only_valid: assertion
// Kills: no_memory.page_migrates_without_memory: assertion
// In: mm/migrate_device.c: __migrate_device_finalize | migrate_device_finalize

@@
statement S;
@@
  if (dst != src) S
+ src_pfns[i] &= ~MIGRATE_PFN_MIGRATE;
