// SPDX-License-Identifier: GPL-2.0
// Subject: mm/process_vm_access: read one remote range
//
// The vector of the other process is not walked.
//
// Breaks: EW-2
// Kills: walker_access.process_vm_readv_tells_neighbours_apart: assertion
// Kills: walker_access.process_vm_readv_tells_huge_neighbours_apart: assertion
// Kills: walker_access.process_vm_readv_tells_pages_apart: assertion
// In: mm/process_vm_access.c: process_vm_rw_core

@@
expression E;
@@
- i < riovcnt && E && !rc
+ i < 1 && E && !rc
