// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory_hotplug: let a range end in the midst of a sub-section
//
// Only the start of a range is looked at. The memmap of a sub-section is then taken
// for that of its half, and the other half cannot be mapped by anybody any more.
//
// Breaks: ZD-6
// Kills: zone_device_refusal.subsection_is_the_smallest_range: assertion
// In: mm/memory_hotplug.c: check_pfn_span

@@
@@
(
- !IS_ALIGNED(pfn | nr_pages, PAGES_PER_SUBSECTION)
+ !IS_ALIGNED(pfn, PAGES_PER_SUBSECTION)
|
- !IS_ALIGNED(pfn | nr_pages, min_align)
+ !IS_ALIGNED(pfn, min_align)
)
