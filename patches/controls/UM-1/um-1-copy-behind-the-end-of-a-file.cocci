// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_COPY fills pages behind the end of a file
//
// No access to such a page would be allowed, and truncation does not find it.
// Both places that look at the size are gone.
//
// Breaks: UM-1
// Kills: uffd_move_event.page_behind_the_end_of_a_file_is_not_filled: assertion
// In: mm/userfaultfd.c: mfill_file_over_size
// In: mm/shmem.c: shmem_mfill_folio_alloc | shmem_mfill_atomic_pte
// Matches: 2

@@
expression E1, E2;
@@
(
- offset >= max_off
+ false
|
- pgoff >= max_off
+ false
|
- pgoff >= DIV_ROUND_UP(E1, E2)
+ false
)
