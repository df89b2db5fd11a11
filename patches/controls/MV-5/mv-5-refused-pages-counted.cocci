// SPDX-License-Identifier: GPL-2.0
// Subject: mm: count pages that migrate_device_unmap() has put back
//
// cpages stays what collect has made it, refused pages included, so that drivers wait
// for pages that do not come. Made by someone who thinks that both steps count the
// same.
//
// Breaks: MV-5
// Kills: migrate_vma_lock.refused_page_is_put_back: assertion
// In: mm/migrate_device.c: migrate_vma_unmap

@@
@@
- migrate->cpages = migrate_device_unmap(migrate->src, migrate->npages,
- 	migrate->fault_page);
+ migrate_device_unmap(migrate->src, migrate->npages, migrate->fault_page);
