// SPDX-License-Identifier: GPL-2.0
// Subject: mm: return NULL from devm_memremap_pages() if there are no pages
//
// devm_memremap_pages() says NULL where memremap_pages() has an error, and its
// callers, which all ask IS_ERR(), take that for success. Somebody who expects it to
// return what devm_ioremap() and most of its like do would write this.
//
// Breaks: ZD-6
// Kills: zone_device_refusal.devm_failure_leaves_nothing: assertion
// In: mm/memremap.c: devm_memremap_pages

@@
@@
  if (IS_ERR(ret))
- return ret;
+ return NULL;
