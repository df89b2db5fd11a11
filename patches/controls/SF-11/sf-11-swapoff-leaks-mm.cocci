// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leak every mm but the last at swapoff
//
// try_to_unuse() walks from one mm to the next without dropping the reference on the
// one before. The last is dropped behind the loop, which is easily taken for all of
// them.
//
// Breaks: SF-11, SE-3
// Kills: swap_fault_area.swapoff_brings_page_back: assertion
// Kills: swap_error_off.swapoff_of_busy_area_loses_nothing: assertion
// In: mm/swapfile.c: try_to_unuse

@@
@@
- mmput(prev_mm);
  prev_mm = mm;
