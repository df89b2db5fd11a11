// SPDX-License-Identifier: GPL-2.0
// Subject: userfaultfd: let the monitor handle faults of the kernel
//
// UFFD_USER_MODE_ONLY is not looked at, and a fault of the kernel waits for an
// unprivileged monitor as long as that likes. Whoever sorts the refusals at the top of
// the function may drop one.
//
// Breaks: SF-8
// Kills: swap_fault_uffd.kernel_fault_is_refused: assertion
// In: mm/userfaultfd.c: handle_userfault
// In: fs/userfaultfd.c: handle_userfault

@@
@@
- ctx->flags & UFFD_USER_MODE_ONLY
+ false
