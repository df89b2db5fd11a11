// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hmm: fail where another device has exclusive access
//
// The branch for device-exclusive entries is lost: they are an error as all that
// nobody knows.
//
// Breaks: EW-1
// Kills: walker_access.hmm_read_meets_each_entry: assertion
// Kills: walker_access.hmm_write_meets_each_entry: assertion
// In: mm/hmm.c: hmm_vma_handle_pte

@@
identifier l;
expression E;
@@
(
- if (is_device_exclusive_entry(E))
- 	goto l;
|
- if (softleaf_is_device_exclusive(E))
- 	goto l;
)
