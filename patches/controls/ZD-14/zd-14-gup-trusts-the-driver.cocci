// SPDX-License-Identifier: GPL-2.0
// Subject: mm/gup: take no reference to device pages
//
// The device keeps its pages, one would think, and so nobody has to hold them.
//
// Breaks: ZD-14
// Kills: dax_gup.gup_outlives_the_mapping: assertion
// In: mm/gup.c: try_grab_folio
// Kernels: from 6.15: a mapping of device-dax has a reference since
// Variants: dax

@@
@@
+ if (folio_is_zone_device(folio))
+ 	return 0;
  if (WARN_ON_ONCE(folio_ref_count(folio) <= 0)) return -ENOMEM;
