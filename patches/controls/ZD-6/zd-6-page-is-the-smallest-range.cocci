// SPDX-License-Identifier: GPL-2.0
// Subject: mm: allow for device memory of any number of pages
//
// memremap_compat_align() says that a page is enough, and namespaces get made that
// memremap_pages() cannot map. Whoever knows that the memmap is made of pages, but not
// that sections come in sub-sections, would do this.
//
// Breaks: ZD-6
// Kills: zone_device_refusal.subsection_is_the_smallest_range: assertion
// In: mm/memremap.c: memremap_compat_align

@@
@@
- return SUBSECTION_SIZE;
+ return PAGE_SIZE;
