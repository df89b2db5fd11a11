// SPDX-License-Identifier: GPL-2.0
// Subject: mm: expect the reference of the fault on each page
//
// migrate_vma_pages() expects the reference that do_swap_page() holds on all pages of
// the range, so that the neighbours of a page that has faulted do not come along. Made
// by someone who tests with ranges of one page.
//
// Breaks: MV-14
// Kills: migrate_vma_page.fault_page_may_have_a_reference: assertion
// In: mm/migrate_device.c: __migrate_device_pages

@@
@@
- migrate->fault_page == page
+ migrate->fault_page
