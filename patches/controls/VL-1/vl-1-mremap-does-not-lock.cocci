// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mremap() does not lock the VMA that it moves
//
// A fault maps a page in the old place when all others have gone from there.
//
// Breaks: VL-1
// Kills: vma_life_change.faults_are_kept_out_while_ptes_change: assertion
// In: mm/mremap.c: move_vma | prep_move_vma | copy_vma_and_data

@@
expression E;
@@
- vma_start_write(E);
