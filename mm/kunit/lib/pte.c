// SPDX-License-Identifier: GPL-2.0
/*
 * Page table entries. Every pte is read under its ptl.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/rmap.h>

#include "../../internal.h"
#include "../compat/leaf.h"
#include "../compat/rmap.h"
#include "pte.h"

static pte_t *pte_lock(struct mm_struct *mm, unsigned long addr,
		       spinlock_t **ptl)
{
	pmd_t *pmd = mm_find_pmd(mm, addr);

	return pmd ? pte_offset_map_lock(mm, pmd, addr, ptl) : NULL;
}

/**
 * mmk_pte_get() - Read a pte
 * @mm: address space; the caller may hold mmap_lock or not
 * @addr: user address
 * @pte: filled in if there is a page table
 *
 * Return: whether there is a page table.
 */
bool mmk_pte_get(struct mm_struct *mm, unsigned long addr, pte_t *pte)
{
	spinlock_t *ptl;
	pte_t *ptep;

	/* Nothing but the case itself unmaps, so page tables do not go away. */
	ptep = pte_lock(mm, addr, &ptl);
	if (!ptep)
		return false;
	*pte = ptep_get(ptep);
	pte_unmap_unlock(ptep, ptl);
	return true;
}

/**
 * mmk_pte() - Read a pte
 * @mm: address space
 * @addr: user address
 *
 * Return: the pte; an empty one where there is no page table.
 */
pte_t mmk_pte(struct mm_struct *mm, unsigned long addr)
{
	pte_t pte = __pte(0);

	mmk_pte_get(mm, addr, &pte);
	return pte;
}

/**
 * mmk_pte_classify() - What a pte is
 * @pte: the pte
 *
 * Asks all predicates of the kernel: a pte for which two of them are true is
 * ambiguous.
 *
 * Return: the kind.
 */
enum mmk_pte_kind mmk_pte_classify(pte_t pte)
{
	enum mmk_pte_kind kind = MMK_PTE_AMBIGUOUS;
	unsigned int claims = 0;
	softleaf_t entry;

	if (pte_none(pte))
		return pte_present(pte) ? MMK_PTE_AMBIGUOUS : MMK_PTE_NONE;
	if (pte_present(pte))
		return MMK_PTE_PRESENT;

	entry = softleaf_from_pte(pte);
	if (softleaf_is_swap(entry)) {
		kind = MMK_PTE_SWAP;
		claims++;
	}
	if (softleaf_is_migration_write(entry)) {
		kind = MMK_PTE_MIGRATION_WRITE;
		claims++;
	}
	if (softleaf_is_migration_read(entry)) {
		kind = MMK_PTE_MIGRATION_READ;
		claims++;
	}
	if (softleaf_is_migration_read_exclusive(entry)) {
		kind = MMK_PTE_MIGRATION_READ_EXCLUSIVE;
		claims++;
	}
	if (softleaf_is_device_private(entry)) {
		kind = softleaf_is_device_private_write(entry) ?
		       MMK_PTE_DEVICE_PRIVATE_WRITE :
		       MMK_PTE_DEVICE_PRIVATE_READ;
		claims++;
	}
	if (softleaf_is_device_exclusive(entry)) {
		kind = MMK_PTE_DEVICE_EXCLUSIVE;
		claims++;
	}
	if (softleaf_is_hwpoison(entry)) {
		kind = MMK_PTE_HWPOISON;
		claims++;
	}
	if (softleaf_is_marker(entry)) {
		kind = MMK_PTE_MARKER;
		claims++;
	}
	return claims == 1 ? kind : MMK_PTE_AMBIGUOUS;
}

/**
 * mmk_pte_kind() - Kind of the pte at an address
 * @mm: address space
 * @addr: user address
 *
 * Return: the kind.
 */
enum mmk_pte_kind mmk_pte_kind(struct mm_struct *mm, unsigned long addr)
{
	pte_t pte;

	if (!mmk_pte_get(mm, addr, &pte))
		return MMK_PTE_NO_TABLE;
	return mmk_pte_classify(pte);
}

/**
 * mmk_pte_kind_name() - The name of a kind, for messages
 * @kind: the kind
 *
 * Return: the name.
 */
const char *mmk_pte_kind_name(enum mmk_pte_kind kind)
{
	static const char * const names[] = {
		[MMK_PTE_NO_TABLE]			= "no page table",
		[MMK_PTE_NONE]				= "none",
		[MMK_PTE_PRESENT]			= "present",
		[MMK_PTE_SWAP]				= "swap",
		[MMK_PTE_MIGRATION_WRITE]		= "migration, writable",
		[MMK_PTE_MIGRATION_READ]		= "migration, readable",
		[MMK_PTE_MIGRATION_READ_EXCLUSIVE]	= "migration, readable exclusive",
		[MMK_PTE_DEVICE_PRIVATE_WRITE]		= "device-private, writable",
		[MMK_PTE_DEVICE_PRIVATE_READ]		= "device-private, readable",
		[MMK_PTE_DEVICE_EXCLUSIVE]		= "device-exclusive",
		[MMK_PTE_HWPOISON]			= "hwpoison",
		[MMK_PTE_MARKER]			= "marker",
		[MMK_PTE_TABLE]				= "page table",
		[MMK_PTE_AMBIGUOUS]			= "ambiguous",
	};

	return names[kind];
}

/**
 * mmk_pte_page() - The page that a pte refers to
 * @mm: address space
 * @addr: user address
 *
 * For a migration entry its folio has to be locked.
 *
 * Return: the page, NULL if the pte refers to none.
 */
struct page *mmk_pte_page(struct mm_struct *mm, unsigned long addr)
{
	pte_t pte = mmk_pte(mm, addr);
	softleaf_t entry;

	if (pte_none(pte))
		return NULL;
	if (pte_present(pte))
		return pte_page(pte);
	entry = softleaf_from_pte(pte);
	return softleaf_has_pfn(entry) ? softleaf_to_page(entry) : NULL;
}

static void folio_release(void *folio)
{
	folio_put(folio);
}

/**
 * mmk_pte_folio() - The folio at an address, without a reference
 * @test: the case
 * @mm: address space
 * @addr: user address
 *
 * Return: the folio, which stays as long as it is mapped; never NULL.
 */
struct folio *mmk_pte_folio(struct kunit *test, struct mm_struct *mm,
			    unsigned long addr)
{
	struct page *page = mmk_pte_page(mm, addr);

	KUNIT_ASSERT_NOT_NULL(test, page);
	return page_folio(page);
}

/**
 * mmk_folio_get() - Hold a reference until the case ends
 * @test: the case
 * @folio: the folio
 */
void mmk_folio_get(struct kunit *test, struct folio *folio)
{
	folio_get(folio);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, folio_release,
							folio), 0);
}

/**
 * mmk_folio_put() - Drop the reference of mmk_folio_get() before the case ends
 * @test: the case
 * @folio: the folio
 */
void mmk_folio_put(struct kunit *test, struct folio *folio)
{
	kunit_release_action(test, folio_release, folio);
}

/**
 * mmk_pte_store() - Set a pte
 * @mm: address space
 * @addr: user address
 * @pte: new value; the counters and the folio are up to the case
 *
 * Return: whether there is a page table.
 */
bool mmk_pte_store(struct mm_struct *mm, unsigned long addr, pte_t pte)
{
	spinlock_t *ptl;
	pte_t *ptep;

	ptep = pte_lock(mm, addr, &ptl);
	if (!ptep)
		return false;
	set_pte_at(mm, addr, ptep, pte);
	pte_unmap_unlock(ptep, ptl);
	return true;
}

/**
 * mmk_make_exclusive() - Give a device exclusive access to a page
 * @test: the case
 * @mm: address space
 * @addr: user address
 *
 * Return: the folio, locked, and with a reference for the caller.
 */
struct folio *mmk_make_exclusive(struct kunit *test, struct mm_struct *mm,
				 unsigned long addr)
{
	struct page *page;

	mmap_read_lock(mm);
	page = mmk_make_device_exclusive(mm, addr, test);
	mmap_read_unlock(mm);
	KUNIT_ASSERT_NOT_NULL(test, page);
	return page_folio(page);
}

/**
 * mmk_count_exclusive() - Let a page count as mapped that a device has for itself
 * @test: the case
 * @mm: address space
 * @addr: user address of its entry
 * @folio: the page
 *
 * Since 6.15 it does. Up to 6.14 it does not, and reclaim comes to the entry only
 * if the page is mapped elsewhere; this stands in for that.
 */
void mmk_count_exclusive(struct kunit *test, struct mm_struct *mm,
			 unsigned long addr, struct folio *folio)
{
#ifdef MMK_HAVE_DEVICE_EXCLUSIVE_RANGE
	spinlock_t *ptl;
	pte_t *ptep;

	mmap_read_lock(mm);
	ptep = pte_lock(mm, addr, &ptl);
	if (ptep) {
		folio_add_anon_rmap_pte(folio, folio_page(folio, 0),
					vma_lookup(mm, addr), addr,
					RMAP_EXCLUSIVE);
		pte_unmap_unlock(ptep, ptl);
	}
	mmap_read_unlock(mm);
	KUNIT_ASSERT_NOT_NULL(test, ptep);
#endif
}

/**
 * mmk_pte_set_flags() - Make a present pte young or old, dirty or clean
 * @test: the case
 * @mm: address space
 * @addr: user address
 * @young: accessed bit
 * @dirty: dirty bit
 *
 * Stands in for an MMU that sets the bits, and for reclaim and writeback that
 * clear them.
 */
void mmk_pte_set_flags(struct kunit *test, struct mm_struct *mm,
		       unsigned long addr, bool young, bool dirty)
{
	struct vm_area_struct *vma;
	bool present = false;
	spinlock_t *ptl;
	pte_t *ptep, pte;

	mmap_read_lock(mm);
	vma = vma_lookup(mm, addr);
	ptep = vma ? pte_lock(mm, addr, &ptl) : NULL;
	if (ptep) {
		present = pte_present(ptep_get(ptep));
		if (present) {
			pte = ptep_clear_flush(vma, addr, ptep);
			pte = young ? pte_mkyoung(pte) : pte_mkold(pte);
			pte = dirty ? pte_mkdirty(pte) : pte_mkclean(pte);
			set_pte_at(mm, addr, ptep, pte);
		}
		pte_unmap_unlock(ptep, ptl);
	}
	mmap_read_unlock(mm);
	KUNIT_ASSERT_TRUE(test, present);
}
