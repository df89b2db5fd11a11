// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hmm: refuse memory of devices only
//
// A mapping of pfns that is no memory of a device has no pages that could be mirrored either.
//
// Breaks: EW-1
// Kills: walker_hmm.answer_is_what_was_asked_for: assertion
// In: mm/hmm.c: hmm_vma_walk_test

@@
@@
- VM_IO | VM_PFNMAP
+ VM_IO
