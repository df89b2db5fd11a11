// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not unlock a refused page
//
// The restore loop maps the page again and drops the reference, but leaves it locked.
// Made by someone who moves the unlocking to finalize, which does not see the page any
// more.
//
// Breaks: MV-4
// Kills: migrate_vma_lock.refused_page_is_put_back: assertion
// In: mm/migrate_device.c: migrate_device_unmap

@@
@@
- folio_unlock(folio);
