// SPDX-License-Identifier: GPL-2.0
// Subject: mm: allow for one more reference on ZONE_DEVICE pages
//
// migrate_vma_check_page() grants ZONE_DEVICE pages a reference that they have not had
// since they are free at refcount zero, so that a pinned one is only refused after the
// driver has copied it. This is what kernels of today do; whoever reads the old
// comment in the function would put it back.
//
// Breaks: MW-12
// Kills: migration_wait_pinned.setup_refuses_pinned_device_page: assertion
// In: mm/migrate_device.c: migrate_vma_check_page

@@
statement S;
@@
+ if (folio_is_zone_device(folio))
+ 	extra++;
  if (folio_mapping(folio)) S
