// SPDX-License-Identifier: GPL-2.0
// Subject: userfaultfd: drop mmap_lock of a fault that must not wait
//
// With FAULT_FLAG_RETRY_NOWAIT the lock is dropped as for any other VM_FAULT_RETRY,
// but the caller goes on under it. The branch below, for a monitor that is going away,
// has to do just that.
//
// Breaks: SF-3, SF-10
// Kills: swap_fault_uffd.nowait_skips_missing_page: assertion
// In: mm/userfaultfd.c: handle_userfault
// In: fs/userfaultfd.c: handle_userfault

@@
@@
- if (vmf->flags & FAULT_FLAG_RETRY_NOWAIT)
+ if (vmf->flags & FAULT_FLAG_RETRY_NOWAIT) {
+ 	release_fault_lock(vmf);
  	goto out;
+ }
