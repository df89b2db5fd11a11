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
int mmk_fork_mm(struct mm_struct **mm);
struct mm_struct *mmk_fork(struct kunit *test);
struct mm_struct *mmk_fork_of(struct kunit *test, struct mm_struct *mm);
pid_t mmk_try_fork(void);
void mmk_mm_put(struct kunit *test, struct mm_struct *mm);
int mmk_mm_madvise(struct mm_struct *mm, unsigned long addr, size_t len,
		   int behavior);
void mmk_set_vm_flags(struct mm_struct *mm, unsigned long addr,
		      unsigned long flags, bool set);
int mmk_fault_in(struct mm_struct *mm, unsigned long addr, bool write);
struct vm_area_struct *mmk_vma_at(struct mm_struct *mm, unsigned long addr);

void mmk_fill(struct kunit *test, unsigned long addr, unsigned int nr_pages,
	      u8 seed);

/**
 * struct mmk_diff - Where bytes are not what they should be
 * @any: whether there is such a place
 * @unreadable: the page cannot be read
 * @page: first page that differs, counted as mmk_fill() wrote them
 * @byte: first byte in it
 * @is: the byte that is there
 * @should: the byte that should be there
 */
struct mmk_diff {
	bool any;
	bool unreadable;
	unsigned int page;
	unsigned int byte;
	u8 is;
	u8 should;
};

struct mmk_diff mmk_diff(struct kunit *test, unsigned long addr,
			 unsigned int nr_pages, u8 seed);
struct mmk_diff mmk_part_diff(struct kunit *test, struct mm_struct *mm,
			      unsigned long addr, unsigned int first,
			      unsigned int nr_pages, u8 seed);
struct mmk_diff mmk_folio_diff(struct folio *folio, u8 seed);

#define MMK_EXPECT_NO_DIFF(test, diff)					\
do {									\
	const struct mmk_diff __diff = (diff);				\
									\
	if (__diff.unreadable)						\
		KUNIT_FAIL(test, "page %u cannot be read", __diff.page); \
	else if (__diff.any)						\
		KUNIT_FAIL(test, "page %u, byte %u: is %#x, should be %#x", \
			   __diff.page, __diff.byte, __diff.is,		\
			   __diff.should);				\
} while (0)

/**
 * MMK_EXPECT_HOLDS() - Expect pages of current->mm to hold what mmk_fill() wrote
 * @test: the case
 * @addr: where
 * @nr_pages: how many pages
 * @seed: of the pattern
 */
#define MMK_EXPECT_HOLDS(test, addr, nr_pages, seed)			\
	MMK_EXPECT_NO_DIFF(test, mmk_diff(test, addr, nr_pages, seed))

/* The same for any mm; for pages from number @first on; for a folio */
#define MMK_EXPECT_MM_HOLDS(test, mm, addr, nr_pages, seed)		\
	MMK_EXPECT_PART_HOLDS(test, mm, addr, 0, nr_pages, seed)
#define MMK_EXPECT_PART_HOLDS(test, mm, addr, first, nr_pages, seed)	\
	MMK_EXPECT_NO_DIFF(test, mmk_part_diff(test, mm, addr, first,	\
					       nr_pages, seed))
#define MMK_EXPECT_FOLIO_HOLDS(test, folio, seed)			\
	MMK_EXPECT_NO_DIFF(test, mmk_folio_diff(folio, seed))

int mmk_mm_poke(struct mm_struct *mm, unsigned long addr, u8 byte);

#endif /* _MM_KUNIT_LIB_MM_H */
