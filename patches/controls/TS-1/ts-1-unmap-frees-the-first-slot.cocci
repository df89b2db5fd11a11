// SPDX-License-Identifier: GPL-2.0
// Subject: mm: unmapping a row of entries frees the first slot alone
//
// The entries are counted as unmapped, all of them.
//
// Breaks: TS-1
// Kills: large_swap_anon.folio_goes_out_in_one_piece: assertion or hang
// Variants: full
// In: mm/memory.c: zap_nonpresent_ptes | zap_pte_range

@@
expression e;
@@
(
- free_swap_and_cache_nr(e, nr);
+ free_swap_and_cache_nr(e, 1);
|
- swap_put_entries_direct(e, nr);
+ swap_put_entries_direct(e, 1);
)
