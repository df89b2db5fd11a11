// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_COPY wakes all that wait
//
// A range without a length stands for everything.
//
// Breaks: UM-1
// Kills: uffd_move_event.filled_page_wakes_its_own_waiter: assertion
// In: fs/userfaultfd.c: userfaultfd_copy
// In: mm/userfaultfd.c: userfaultfd_copy

@@
@@
- range.start = uffdio_copy.dst;
- wake_userfault(ctx, &range);
+ range.start = 0;
+ range.len = 0;
+ wake_userfault(ctx, &range);
+ range.len = ret;
