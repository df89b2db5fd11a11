/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Address spaces
 */
#ifndef _MM_KUNIT_LIB_MM_H
#define _MM_KUNIT_LIB_MM_H

#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/types.h>

struct mm_struct *mmk_mm_enter(struct kunit *test);
unsigned long mmk_mmap(struct kunit *test, struct file *file, size_t len,
		       unsigned long prot, unsigned long flags);
unsigned long mmk_map_anon(struct kunit *test, unsigned int nr_pages);
struct file *mmk_shmem_file(struct kunit *test, unsigned int nr_pages);
struct mm_struct *mmk_fork(struct kunit *test);
struct mm_struct *mmk_fork_of(struct kunit *test, struct mm_struct *mm);
void mmk_mm_put(struct kunit *test, struct mm_struct *mm);
int mmk_mm_madvise(struct mm_struct *mm, unsigned long addr, size_t len,
		   int behavior);
int mmk_fault_in(struct mm_struct *mm, unsigned long addr, bool write);

void mmk_fill(struct kunit *test, unsigned long addr, unsigned int nr_pages,
	      u8 seed);
bool mmk_holds(struct kunit *test, unsigned long addr, unsigned int nr_pages,
	       u8 seed);
bool mmk_mm_holds(struct kunit *test, struct mm_struct *mm, unsigned long addr,
		  unsigned int nr_pages, u8 seed);
bool mmk_folio_holds(struct folio *folio, u8 seed);
int mmk_mm_poke(struct mm_struct *mm, unsigned long addr, u8 byte);

#endif /* _MM_KUNIT_LIB_MM_H */
