// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the end of writeback clears the flag of readahead
//
// folio_migrate_flags() sets PG_readahead in its turn, and then ends the writeback of
// the new folio, which clears PG_reclaim: that is the same bit. Whoever puts the flags
// in one place writes this.
//
// Breaks: ME-5
// Kills: migrate_folio.each_flag_is_copied_alone: assertion
// In: mm/migrate.c: folio_migrate_flags

@@
@@
+ if (folio_test_readahead(folio))
+ 	folio_set_readahead(newfolio);
  if (folio_test_writeback(newfolio))
  	folio_end_writeback(newfolio);
- if (folio_test_readahead(folio))
- 	folio_set_readahead(newfolio);
