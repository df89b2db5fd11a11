// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not count the zero page in collect
//
// A range that holds nothing but zero pages looks as if there was nothing to migrate.
// Made by someone who moves the counting behind the lock, where zero pages do not come
// by.
//
// Breaks: MV-5, MV-7
// Kills: migrate_vma_mix.every_pair_of_pages_is_collected: assertion
// In: mm/migrate_device.c: migrate_vma_collect_pmd

@@
@@
- migrate->cpages++;
  goto next;
