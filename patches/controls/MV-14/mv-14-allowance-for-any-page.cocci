// SPDX-License-Identifier: GPL-2.0
// Subject: mm: allow for the reference of the fault on each page
//
// migrate_vma_check_page() tolerates an extra reference on all pages of the range when
// there is a fault_page. Made by someone who drops an argument that seems not to
// matter.
//
// Breaks: MV-14
// Kills: migrate_vma_page.fault_page_may_have_a_reference: assertion
// In: mm/migrate_device.c: migrate_vma_check_page

@@
@@
- int extra = 1 + (page == fault_page);
+ int extra = 1 + !!fault_page;
