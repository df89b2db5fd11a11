// SPDX-License-Identifier: GPL-2.0
// Subject: mm: hmm_range_fault() takes what is in the array for a request
//
// The mask of the range is not applied: whatever the last answer has left in the
// array is asked for.
//
// Breaks: EW-1
// Kills: walker_hmm.answer_is_what_was_asked_for: assertion
// In: mm/hmm.c: hmm_pte_need_fault

@@
@@
- pfn_req_flags &= range->pfn_flags_mask;
