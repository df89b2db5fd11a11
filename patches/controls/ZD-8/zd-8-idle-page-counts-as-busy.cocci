// SPDX-License-Identifier: GPL-2.0
// Subject: mm: take an idle FS_DAX page for a busy one
//
// dax_layout_busy_page() finds each page that has a reference, and a truncation waits
// for pages that nobody uses. Somebody who takes FS_DAX pages for free at zero, as
// private ones are, would write this.
//
// Breaks: ZD-8
// Kills: zone_device_type.busy_fsdax_page_is_found: assertion
// In: fs/dax.c: dax_busy_page
// Kernels: before 6.15: an idle FS_DAX page has no reference since

@@
@@
- page_ref_count(page) > 1
+ page_ref_count(page) > 0
