// SPDX-License-Identifier: GPL-2.0
// Subject: mm: what migration has to remember shows as the mapping of the new folio
//
// Between unmap and move the new folio keeps the anon_vma of the old one. In
// its mapping, everybody who looks at the folio without its lock takes it for
// an address space.
//
// Breaks: LF-3
// Kills: large_folio_list.new_folio_has_no_mapping_until_it_is_moved: assertion
// In: mm/migrate.c: __migrate_folio_record

@@
expression E;
@@
(
- dst->private = E;
+ dst->private = E;
+ dst->mapping = dst->private;
|
- dst->migrate_info = E;
+ dst->migrate_info = E;
+ dst->mapping = (void *)dst->migrate_info;
)
