// SPDX-License-Identifier: GPL-2.0
// Subject: mm: readahead uses an area that it has no reference on
//
// Neighbours in another area are read without asking whether that is being
// turned off. 7.3 warns of a look-up without a reference before anything is read.
//
// Breaks: SE-3
// Kills: swap_error_off.readahead_spares_area_that_goes: assertion or report
// In: mm/swap_state.c: swap_vma_readahead
// Kernels: from 6.18: kernels before do not ask

@@
@@
- swp_type(entry) != swp_type(targ_entry)
+ false
