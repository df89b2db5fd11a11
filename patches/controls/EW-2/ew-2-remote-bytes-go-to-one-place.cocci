// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: read each page to the start of the buffer
//
// What was read before is overwritten.
//
// Breaks: EW-2
// Kills: walker_access.access_remote_vm_tells_neighbours_apart: assertion
// Kills: walker_access.access_remote_vm_tells_huge_neighbours_apart: assertion
// Kills: walker_access.access_remote_vm_tells_pages_apart: assertion
// In: mm/memory.c: __access_remote_vm

@@
expression V, P, A, M, B;
@@
- copy_from_user_page(V, P, A, buf, M, B);
+ copy_from_user_page(V, P, A, old_buf, M, B);
