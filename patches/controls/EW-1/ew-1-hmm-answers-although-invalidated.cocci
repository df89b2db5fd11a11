// SPDX-License-Identifier: GPL-2.0
// Subject: mm: hmm_range_fault() answers although the range has been invalidated
//
// The driver looks at the sequence once more in any case. It would have mapped
// what is gone by then, if it relied on the call.
//
// Breaks: EW-1
// Kills: walker_hmm.stale_answer_is_refused: assertion
// In: mm/hmm.c: hmm_range_fault_locked | hmm_range_fault

@@
statement S;
@@
- if (mmu_interval_check_retry(range->notifier, range->notifier_seq))
- 	S
