// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a folio that has moved is not found in the swap cache
//
// The swap entry is not copied to the new folio: nobody can find its slot. Where the kernel
// asserts that a folio is at its slot, it stops there; elsewhere the look-up is repeated.
//
// Breaks: LF-7
// Kills: large_folio_swapped.folio_in_the_swap_cache_moves: hang or report
// In: mm/migrate.c: __folio_migrate_mapping

@@
@@
(
- newfolio->private = folio_get_private(folio);
+ ;
|
- newfolio->swap = folio->swap;
+ ;
)
