// SPDX-License-Identifier: GPL-2.0
// Subject: mm: stop ahead of the last page of a DAX range
//
// dax_layout_busy_page_range() takes the end of its range for exclusive and misses a
// busy page that is the last. Whoever is used to the ranges of other functions would
// do this.
//
// Breaks: ZD-8
// Kills: zone_device_type.busy_fsdax_page_is_found: assertion
// In: fs/dax.c: dax_layout_busy_page_range

@@
iterator name xas_for_each;
statement S;
@@
  xas_for_each (
- &xas, entry, end_idx
+ &xas, entry, end_idx - 1
  ) S
