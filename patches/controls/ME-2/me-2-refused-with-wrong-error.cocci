// SPDX-License-Identifier: GPL-2.0
// Subject: mm: swapon beyond the limit fails with another error
//
// Too many swap areas are reported as -ENOSPC instead of the -EPERM that swapon(2)
// documents. Whoever tidies up error codes by their names does this.
//
// Breaks: ME-2
// Kills: migration_entry_swap.swapon_refuses_excess_area: assertion
// In: mm/swapfile.c: alloc_swap_info

@@
@@
- return ERR_PTR(-EPERM);
+ return ERR_PTR(-ENOSPC);
