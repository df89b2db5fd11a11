// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leak the folio of a device-exclusive entry
//
// When the folio of a device-exclusive entry is locked, the fault returns
// VM_FAULT_RETRY without dropping the reference that it has taken to wait. An early
// return between the get and the put is overlooked easily.
//
// Breaks: SF-8
// Kills: swap_fault_exclusive.device_exclusive_entry_is_restored: assertion
// In: mm/memory.c: remove_device_exclusive_entry

@@
@@
- folio_put(folio);
  return ret;
