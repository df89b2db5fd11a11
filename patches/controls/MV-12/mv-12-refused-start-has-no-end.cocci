// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a refused start has no end
//
// One MMU notifier refuses, and the caller gives up. Those that had agreed to
// the start wait for an end that never comes. Somebody who thinks of one
// notifier at a time does not miss it.
//
// Breaks: MV-12
// Kills: migrate_vma_notifier.refused_start_has_an_end: assertion
// In: mm/mmu_notifier.c: mn_hlist_invalidate_range_start

@@
expression E1, E2;
@@
- E1->ops->invalidate_range_end(E1, E2);
