// SPDX-License-Identifier: GPL-2.0
// Subject: mm: hmm_range_fault() reports pages of other devices
//
// A device that cannot reach the page is told where it is.
//
// Breaks: EW-1
// Kills: walker_driver.device_page_is_reported_to_its_owner: assertion
// In: mm/hmm.c: hmm_vma_handle_pte

@@
expression E;
@@
- E->owner == range->dev_private_owner
+ true
