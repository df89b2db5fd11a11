/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Page table entries
 */
#ifndef _MM_KUNIT_LIB_PTE_H
#define _MM_KUNIT_LIB_PTE_H

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/types.h>

/**
 * enum mmk_pte_kind - What a pte is, by the predicates of the kernel
 * @MMK_PTE_NO_TABLE: there is no page table at this address
 * @MMK_PTE_NONE: empty
 * @MMK_PTE_PRESENT: maps a page
 * @MMK_PTE_SWAP: swapped out
 * @MMK_PTE_MIGRATION_WRITE: writable migration entry
 * @MMK_PTE_MIGRATION_READ: readable migration entry
 * @MMK_PTE_MIGRATION_READ_EXCLUSIVE: readable-exclusive migration entry
 * @MMK_PTE_DEVICE_PRIVATE_WRITE: device-private page, writable
 * @MMK_PTE_DEVICE_PRIVATE_READ: device-private page, read-only
 * @MMK_PTE_DEVICE_EXCLUSIVE: page that a device has exclusive access to
 * @MMK_PTE_HWPOISON: poisoned page
 * @MMK_PTE_MARKER: marker without a page
 * @MMK_PTE_TABLE: refers to a page table; a pmd only
 * @MMK_PTE_AMBIGUOUS: more than one predicate is true for it, or none is
 */
enum mmk_pte_kind {
	MMK_PTE_NO_TABLE,
	MMK_PTE_NONE,
	MMK_PTE_PRESENT,
	MMK_PTE_SWAP,
	MMK_PTE_MIGRATION_WRITE,
	MMK_PTE_MIGRATION_READ,
	MMK_PTE_MIGRATION_READ_EXCLUSIVE,
	MMK_PTE_DEVICE_PRIVATE_WRITE,
	MMK_PTE_DEVICE_PRIVATE_READ,
	MMK_PTE_DEVICE_EXCLUSIVE,
	MMK_PTE_HWPOISON,
	MMK_PTE_MARKER,
	MMK_PTE_TABLE,
	MMK_PTE_AMBIGUOUS,
};

bool mmk_pte_get(struct mm_struct *mm, unsigned long addr, pte_t *pte);
pte_t mmk_pte(struct mm_struct *mm, unsigned long addr);
enum mmk_pte_kind mmk_pte_classify(pte_t pte);
enum mmk_pte_kind mmk_pte_kind(struct mm_struct *mm, unsigned long addr);
const char *mmk_pte_kind_name(enum mmk_pte_kind kind);
struct page *mmk_pte_page(struct mm_struct *mm, unsigned long addr);
struct folio *mmk_pte_folio(struct kunit *test, struct mm_struct *mm,
			    unsigned long addr);
void mmk_folio_get(struct kunit *test, struct folio *folio);
void mmk_folio_put(struct kunit *test, struct folio *folio);
bool mmk_pte_store(struct mm_struct *mm, unsigned long addr, pte_t pte);
struct folio *mmk_make_exclusive(struct kunit *test, struct mm_struct *mm,
				 unsigned long addr);
void mmk_count_exclusive(struct kunit *test, struct mm_struct *mm,
			 unsigned long addr, struct folio *folio);
void mmk_pte_set_flags(struct kunit *test, struct mm_struct *mm,
		       unsigned long addr, bool young, bool dirty);

/**
 * MMK_EXPECT_PTE() - Expect the pte at an address to be of one kind
 * @test: the case
 * @mm: address space
 * @addr: user address
 * @kind: the &enum mmk_pte_kind without its MMK_PTE_ prefix
 */
#define MMK_EXPECT_PTE(test, mm, addr, kind)				\
	MMK_EXPECT_KIND(test, mmk_pte_kind(mm, addr), MMK_PTE_##kind)

#define MMK_EXPECT_KIND(test, is, wanted)				\
do {									\
	enum mmk_pte_kind __kind = (is), __wanted = (wanted);		\
									\
	KUNIT_EXPECT_EQ_MSG(test, (int)__kind, (int)__wanted,		\
			    "entry is %s, should be %s",		\
			    mmk_pte_kind_name(__kind),			\
			    mmk_pte_kind_name(__wanted));		\
} while (0)

#endif /* _MM_KUNIT_LIB_PTE_H */
