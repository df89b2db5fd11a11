// SPDX-License-Identifier: GPL-2.0
// Subject: mm: hmm_range_fault() does not look whether a VMA can be written to
//
// The fault handler does, says the one who leaves it out. It does not: that is up
// to who calls it. The fault is no error, the page does not become writable, and
// the call never ends.
//
// Breaks: EW-1
// Kills: walker_hmm.answer_is_what_was_asked_for: hang
// In: mm/hmm.c: hmm_do_fault | hmm_vma_fault

@@
@@
- if (!(vma->vm_flags & VM_WRITE))
- 	return -EPERM;
