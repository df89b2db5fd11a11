// SPDX-License-Identifier: GPL-2.0
// Subject: mm: pages of two swap areas are read from one
//
// What comes next on the disk is added to the request, whichever the disk is.
//
// Breaks: SF-11
// Kills: swap_fault_slot.page_is_read_from_its_own_area: assertion
// In: mm/page_io.c: swap_can_merge
// Kernels: from 7.3: each page has its own request before

@@
@@
- ctx->sis != sis
+ false
