// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mprotect: ask one page of a batch whose it is
//
// If the first page is exclusive, all of them become writable; also those that a child
// may have, too.
//
// Breaks: EW-2
// Kills: walker_protect.mprotect_write_tells_pages_apart: assertion
// Kernels: from 6.17: no batches before
// In: mm/mprotect.c: commit_anon_folio_batch

@@
expression list ES;
@@
(
- len = page_anon_exclusive_batch(ES);
+ len = nr_ptes;
|
- len = page_anon_exclusive_sub_batch(ES);
+ len = nr_ptes;
)
