// SPDX-License-Identifier: GPL-2.0
// Subject: mm/gup: get the first page of a huge one twice
//
// The walk has the page at the address already, and all others of the huge page are added to it.
//
// Breaks: ZD-14
// Kills: dax_gup.gup_of_all_pages: assertion
// In: mm/gup.c: __get_user_pages
// Kernels: from 6.15: a mapping of device-dax has a reference since
// Variants: dax

@@
@@
- page_increm - 1
+ page_increm
