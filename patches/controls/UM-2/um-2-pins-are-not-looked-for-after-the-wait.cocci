// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE looks for no pin once it has the anon_vma
//
// A pin that came while the mover slept for the lock is not seen. The device goes on
// with a page that has gone somewhere else.
//
// Breaks: UM-2
// Kills: uffd_move_lock.busy_reverse_map_is_waited_for: assertion
// Kernels: before 6.18: nobody waits for the anon_vma since
// In: mm/userfaultfd.c: move_present_pte
// Matches: 2

@@
@@
- folio_maybe_dma_pinned(src_folio)
+ 0
