// SPDX-License-Identifier: GPL-2.0
// Subject: mm: swapoff does not free the slot of a page that it could not read
//
// The slot is freed with the mapping of the page, and there is none. swapoff
// finds the area in use for ever.
//
// swapoff() has to end, and looks for the last slot for ever: the case hangs there.
//
// Breaks: SE-2
// Kills: swap_error_anon.swapoff_marks_unreadable_pages: hang
// In: mm/swapfile.c: unuse_pte

@@
expression E1, E2;
@@
(
+ if (pte_present(new_pte))
  swap_free(entry);
|
+ if (pte_present(new_pte))
  folio_put_swap(E1, E2);
)
