// SPDX-License-Identifier: GPL-2.0
// Subject: mm: hmm_range_fault() makes pages that the OOM reaper has taken
//
// The driver gets pages of zeroes in the place of what was there. Where a page has
// to be made, the fault notices; where it is there, nothing does.
//
// Breaks: EW-1
// Kills: walker_driver.pages_of_an_unstable_mm_are_not_asked_for: assertion
// In: mm/hmm.c: hmm_range_fault_unlocked_timeout
// Kernels: from 7.3: the function came in there

@@
@@
- check_stable_address_space(mm)
+ false
