// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hmm: fail where the page is on another device
//
// It only has to be brought back.
//
// Breaks: EW-1
// Kills: walker_access.hmm_read_meets_each_entry: assertion
// In: mm/hmm.c: hmm_vma_handle_pte

@@
expression e;
@@
(
- if (is_device_private_entry(e))
-   goto fault;
|
- if (softleaf_is_device_private(e))
-   goto fault;
)
