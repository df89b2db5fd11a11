// SPDX-License-Identifier: GPL-2.0
// Subject: mm: unmap pages that have lost their mapping
//
// migrate_vma_collect_pmd() takes a page of a file that has just been truncated, which
// no rmap walk can find again. Somebody who sees that page->mapping is not used here
// would drop the check.
//
// Breaks: MV-17, MV-5
// Kills: migrate_vma_page.truncated_page_is_skipped: assertion
// In: mm/migrate_device.c: migrate_vma_collect_pmd

@@
@@
(
- !page || !page->mapping || PageTransCompound(page)
+ !page || PageTransCompound(page)
|
- !page || !page->mapping
+ !page
)
