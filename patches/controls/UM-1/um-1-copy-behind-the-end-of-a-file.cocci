// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_COPY fills pages behind the end of a file
//
// No access to such a page would be allowed, and truncation does not find it.
//
// Breaks: UM-1
// Kills: uffd_move_event.page_behind_the_end_of_a_file_is_not_filled: assertion
// In: mm/userfaultfd.c: mfill_file_over_size
// Kernels: from 7.0: tmpfs looks at the size itself before

@@
@@
- offset >= max_off
+ false
