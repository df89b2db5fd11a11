// SPDX-License-Identifier: GPL-2.0
// Subject: mm/shmem: read() of a page that is lost
//
// The page is still in the file, and its bytes are given to who reads.
//
// Breaks: HP-1
// Kills: memory_failure_poison.file_does_not_give_the_page_again: assertion
// Variants: full
// In: mm/shmem.c: shmem_file_read_iter

@@
expression e;
@@
(
- PageHWPoison(e)
+ !e
|
- folio_contain_hwpoisoned_page(folio)
+ !folio
|
- folio_test_hwpoison(folio)
+ !folio
)
