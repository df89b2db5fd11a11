// SPDX-License-Identifier: GPL-2.0
// Subject: mm: hand out pages of a pgmap that goes away
//
// zone_device_page_init() takes a reference on a pgmap that memunmap_pages() is
// waiting for, without a word: a driver that goes on allocating never gets rid of it.
// Somebody who knows that there is a pgmap, as there is a page, would take
// percpu_ref_get() to be enough.
//
// Breaks: ZD-2
// Kills: zone_device_refusal.page_init_of_dying_pgmap_warns: assertion
// Kernels: before 6.19: a reference on a dying pgmap may be taken since
// In: mm/memremap.c: zone_device_page_init

@@
expression E;
@@
- WARN_ON_ONCE(!percpu_ref_tryget_live(E));
+ percpu_ref_get(E);
