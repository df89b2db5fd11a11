// SPDX-License-Identifier: GPL-2.0
// Subject: mm: look for a conflicting pgmap at the start of a range only
//
// A range that ends in the memory of another pgmap is not refused, and takes its pfns
// over. Somebody who drops what looks like the same check twice would do this.
//
// Breaks: ZD-6
// Kills: zone_device_refusal.overlap_is_refused: assertion
// Kills: zone_device_pgmap.overlap_is_reported: assertion
// In: mm/memremap.c: pagemap_range

@@
expression list rest;
@@
- conflict_pgmap = get_dev_pagemap(PHYS_PFN(range->end), rest);
- if (conflict_pgmap) {
- 	WARN(1, "Conflicting mapping in same section\n");
- 	put_dev_pagemap(conflict_pgmap);
- 	return -ENOMEM;
- }

@@
@@
- conflict_pgmap = get_dev_pagemap(PHYS_PFN(range->end));
- if (conflict_pgmap) {
- 	WARN(1, "Conflicting mapping in same section\n");
- 	put_dev_pagemap(conflict_pgmap);
- 	return -ENOMEM;
- }
