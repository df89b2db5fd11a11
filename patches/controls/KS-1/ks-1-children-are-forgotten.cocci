// SPDX-License-Identifier: GPL-2.0
// Subject: mm/ksm: a walk does not see who has been forked
//
// Only the address spaces in which KSM itself has merged the page are looked at.
//
// Breaks: KS-1, ME-7
// Kills: ksm_move.child_of_the_migration_is_not_forgotten: assertion or report or hang
// Variants: full
// In: mm/ksm.c: rmap_walk_ksm

@@
@@
- !search_new_forks++
+ search_new_forks++ > 2
