// SPDX-License-Identifier: GPL-2.0
// Subject: mm: accept coherent memory without an owner
//
// memremap_pages() no longer asks for the owner of coherent memory, by which
// migrate_vma_setup() tells the devices apart. Whoever thinks that only device-private
// memory needs one would do this.
//
// Breaks: ZD-6
// Kills: zone_device_refusal.misuse_is_refused: assertion
// In: mm/memremap.c: memremap_pages
// Matches: 2

@@
@@
- !pgmap->owner
+ !pgmap->owner && pgmap->type != MEMORY_DEVICE_COHERENT
