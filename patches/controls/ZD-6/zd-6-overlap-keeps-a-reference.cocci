// SPDX-License-Identifier: GPL-2.0
// Subject: mm: keep a reference on a pgmap that is in the way
//
// memremap_pages() looks up whose memory a range would overlap and does not give the
// reference back: the other driver can then never unload. An early return that forgets
// what the lookup has taken is a common mistake.
//
// Breaks: ZD-6
// Kills: zone_device_refusal.overlap_is_refused: assertion
// In: mm/memremap.c: pagemap_range

@@
@@
  conflict_pgmap = get_dev_pagemap(PHYS_PFN(range->start), NULL);
  if (conflict_pgmap) {
  	WARN(1, "Conflicting mapping in same section\n");
- 	put_dev_pagemap(conflict_pgmap);
  	return -ENOMEM;
  }

@@
@@
  conflict_pgmap = get_dev_pagemap(PHYS_PFN(range->start));
  if (conflict_pgmap) {
  	WARN(1, "Conflicting mapping in same section\n");
- 	put_dev_pagemap(conflict_pgmap);
  	return -ENOMEM;
  }
