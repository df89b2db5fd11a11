// SPDX-License-Identifier: GPL-2.0
// Subject: mm: an anonymous folio can be split to single pages only
//
// It is asked whether its file allows large folios, and it has no file.
//
// Breaks: LF-3
// Kills: large_folio_piece.folio_is_split_to_any_order: assertion
// Kills: large_folio_piece.folio_in_use_is_not_split: assertion
// In: mm/huge_memory.c: folio_check_splittable | uniform_split_supported | split_huge_page_to_list_to_order

@@
@@
(
- if (new_order == 1) {
+ if (new_order) {
    ...
    return -EINVAL;
  }
|
- if (folio_test_anon(folio) && new_order == 1)
+ if (folio_test_anon(folio) && new_order)
    return -EINVAL;
|
- if (new_order == 1)
+ if (new_order)
    return \( false \| -EINVAL \);
)
