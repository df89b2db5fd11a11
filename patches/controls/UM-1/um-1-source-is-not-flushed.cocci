// SPDX-License-Identifier: GPL-2.0
// Subject: userfaultfd: flush the TLB at the next switch
//
// Until then other threads write to the page by way of its old address.
//
// Breaks: UM-1, EW-1
// Kills: page_table_flush.page_that_goes_is_flushed: assertion
// In: mm/userfaultfd.c: move_present_pte
// Kernels: before 6.18: pages are moved in batches since

@@
expression A, P;
@@
- ptep_clear_flush(src_vma, A, P)
+ ptep_get_and_clear(mm, A, P)
