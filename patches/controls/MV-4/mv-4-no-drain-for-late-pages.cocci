// SPDX-License-Identifier: GPL-2.0
// Subject: mm: drain the LRU batches only once per migration
//
// migrate_device_unmap() drains the batches when it begins. A page that goes into one
// later, while those before it are unmapped, is taken for one that cannot be isolated,
// and does not migrate. To drain twice looks like waste.
//
// Breaks: MV-4
// Kills: migrate_vma_rival.page_put_into_lru_batch_migrates: assertion
// In: mm/migrate_device.c: migrate_device_unmap

@@
@@
- bool allow_drain = true;
+ bool allow_drain = false;
