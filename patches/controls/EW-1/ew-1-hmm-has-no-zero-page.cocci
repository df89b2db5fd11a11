// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hmm: take the zero page for something special
//
// It is special, and has a page.
//
// Breaks: EW-1
// Kills: walker_hmm.answer_is_what_was_asked_for: assertion
// In: mm/hmm.c: hmm_vma_handle_pte

@@
@@
- !is_zero_pfn(pte_pfn(pte))
+ true
