// SPDX-License-Identifier: GPL-2.0
// Subject: mm/ksm: KSM keeps looking for a page where it was
//
// It forgets a merged page that has been moved, and merges others to another one.
//
// Breaks: KS-1
// Kills: ksm_move.ksm_finds_the_moved_page: assertion or report or hang
// Variants: full
// In: mm/migrate.c: folio_migrate_flags

@@
@@
- folio_migrate_ksm(newfolio, folio);
