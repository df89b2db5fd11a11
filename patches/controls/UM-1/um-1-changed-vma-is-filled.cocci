// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_COPY does not see that the VMA is another one
//
// The source had to be read without any lock. A page that was made for private
// memory is mapped into a file. The kernel may report that before a case looks.
//
// Breaks: UM-1
// Kills: uffd_move_event.changed_destination_gets_no_wrong_page: assertion or report
// In: mm/userfaultfd.c: mfill_copy_folio_retry
// Kernels: from 7.2: the VMA is looked at from the beginning before

@@
@@
- mfill_retry_state_changed(&retry_state, mfill_state->vma)
+ false
