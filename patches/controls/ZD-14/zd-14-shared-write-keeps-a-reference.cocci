// SPDX-License-Identifier: GPL-2.0
// Subject: mm: keep the reference for a write to a shared page
//
// A write to a page that was read has it mapped writable, and the reference that was taken
// meanwhile stays. Without a handler of the driver there is nothing to be done with it.
//
// Breaks: ZD-14
// Kills: dax_fault.write_to_protected_page_takes_none: assertion
// In: mm/memory.c: wp_page_shared
// Kernels: from 6.15: a mapping of device-dax has a reference since
// Variants: dax

@@
@@
- folio_put(folio);
  return ret;
