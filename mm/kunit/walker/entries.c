// SPDX-License-Identifier: GPL-2.0
/*
 * Each kind of entry, and how it comes about.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rmap.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../compat/huge.h"
#include "../compat/leaf.h"
#include "../compat/rmap.h"
#include "../compat/swap.h"
#include "../lib/huge.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/swap.h"
#include "walk.h"

/* Nothing at all, but there is a page table. */
static void make_none(struct ew_walk *w, struct ew_site *s)
{
	KUNIT_ASSERT_EQ(w->test, mmk_fault_in(w->mm, s->addr, true), 0);
	KUNIT_ASSERT_EQ(w->test, 0, do_madvise(w->mm, s->addr, PAGE_SIZE,
					       MADV_DONTNEED));
}

static void make_present(struct ew_walk *w, struct ew_site *s)
{
	ew_stamp(w, s);
	s->folio = mmk_pte_folio(w->test, w->mm, s->addr);
	mmk_pte_set_flags(w->test, w->mm, s->addr, true, true);
}

static void swap_out(struct ew_walk *w, struct ew_site *s)
{
	KUNIT_ASSERT_EQ(w->test, mmk_pageout(s->addr, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(w->test, w->mm, s->addr, SWAP);
	s->slot = softleaf_from_pte(mmk_pte(w->mm, s->addr));
	s->folio = NULL;
}

/*
 * Kernels that write several pages at once to an area that is not synchronous keep
 * them in the swap cache until reclaim comes by again.
 */
static void make_swap(struct ew_walk *w, struct ew_site *s)
{
	struct folio *folio;
	LIST_HEAD(folios);

	make_present(w, s);
	swap_out(w, s);
	folio = mmk_swap_cache_get(s->slot);
	if (!folio)
		return;
	lru_add_drain();
	if (folio_isolate_lru(folio))
		list_add(&folio->lru, &folios);
	folio_put(folio);
	reclaim_pages(&folios);
	folio = mmk_swap_cache_get(s->slot);
	KUNIT_EXPECT_NULL(w->test, folio);
	if (folio)
		folio_put(folio);
}

/* A reference keeps the folio in the swap cache. */
static void make_swap_cached(struct ew_walk *w, struct ew_site *s)
{
	struct folio *folio;

	make_present(w, s);
	folio = s->folio;
	folio_get(folio);
	swap_out(w, s);
	KUNIT_EXPECT_TRUE(w->test, folio_test_swapcache(folio));
	s->folio = folio;
	folio_put(folio);
}

static void begin_migration(struct ew_walk *w, struct ew_site *s)
{
	s->hold = mmk_hold(w->test, s->folio);
	try_to_migrate(s->folio, 0);
}

static void set_protection(struct ew_walk *w, struct ew_site *s,
			   unsigned long prot)
{
	KUNIT_ASSERT_EQ(w->test, 0L, sys_mprotect(s->addr, s->nr * PAGE_SIZE,
						  prot));
}

static void make_migration_write(struct ew_walk *w, struct ew_site *s)
{
	make_present(w, s);
	begin_migration(w, s);
}

static void make_migration_read_exclusive(struct ew_walk *w, struct ew_site *s)
{
	make_present(w, s);
	set_protection(w, s, PROT_READ);
	begin_migration(w, s);
	set_protection(w, s, PROT_READ | PROT_WRITE);
}

static void make_private_write(struct ew_walk *w, struct ew_site *s)
{
	make_present(w, s);
	s->folio = page_folio(mmk_migrate_to_dev(w->test, w->mm, s->addr,
						 w->dev));
}

static void make_private_read(struct ew_walk *w, struct ew_site *s)
{
	make_present(w, s);
	set_protection(w, s, PROT_READ);
	s->folio = page_folio(mmk_migrate_to_dev(w->test, w->mm, s->addr,
						 w->dev));
	set_protection(w, s, PROT_READ | PROT_WRITE);
}

static void make_exclusive(struct ew_walk *w, struct ew_site *s)
{
	struct page *page;

	make_present(w, s);
	mmap_read_lock(w->mm);
	page = mmk_make_device_exclusive(w->mm, s->addr, w->test);
	mmap_read_unlock(w->mm);
	KUNIT_ASSERT_PTR_EQ(w->test, page, folio_page(s->folio, 0));
	folio_unlock(s->folio);
	folio_put(s->folio);
}

static void make_poison(struct ew_walk *w, struct ew_site *s)
{
	spinlock_t *ptl;
	pte_t *ptep;

	make_none(w, s);
	ptep = pte_offset_map_lock(w->mm, mm_find_pmd(w->mm, s->addr), s->addr,
				   &ptl);
	KUNIT_ASSERT_NOT_NULL(w->test, ptep);
	set_pte_at(w->mm, s->addr, ptep,
		   softleaf_to_pte(make_poisoned_swp_entry()));
	pte_unmap_unlock(ptep, ptl);
}

#ifdef MADV_GUARD_INSTALL
static void make_guard(struct ew_walk *w, struct ew_site *s)
{
	KUNIT_ASSERT_EQ(w->test, 0, do_madvise(w->mm, s->addr, PAGE_SIZE,
					       MADV_GUARD_INSTALL));
}
#else
#define make_guard NULL
#endif

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
static void fault_huge(struct ew_walk *w, struct ew_site *s, bool write)
{
	int ret;

	mmk_huge_on(true);
	ret = mmk_fault_in(w->mm, s->addr, write);
	mmk_huge_on(false);
	KUNIT_ASSERT_EQ(w->test, ret, 0);
	MMK_EXPECT_PMD(w->test, w->mm, s->addr, PRESENT);
}

static void make_huge_zero(struct ew_walk *w, struct ew_site *s)
{
	fault_huge(w, s, false);
}

static void make_huge(struct ew_walk *w, struct ew_site *s)
{
	fault_huge(w, s, true);
	ew_stamp(w, s);
	s->folio = mmk_pmd_folio(w->test, w->mm, s->addr);
	mmk_pmd_set_flags(w->test, w->mm, s->addr, true, true);
}

#ifdef EW_HAVE_HDEV
static void make_huge_private(struct ew_walk *w, struct ew_site *s)
{
	make_huge(w, s);
	s->folio = hdev_move_in(w->test, w->mm, s->addr, w->hdev);
}
#else
#define make_huge_private NULL
#endif

static void make_huge_migration_write(struct ew_walk *w, struct ew_site *s)
{
	make_huge(w, s);
	begin_migration(w, s);
}

#else
#define make_huge_zero NULL
#define make_huge NULL
#define make_huge_private NULL
#define make_huge_migration_write NULL
#endif

/* Up to 6.14 a page is not mapped any more while a device has it for itself. */
#ifdef MMK_HAVE_DEVICE_EXCLUSIVE_RANGE
#define EXCLUSIVE_MAPS	0
#else
#define EXCLUSIVE_MAPS	1
#endif

#define KIND(now, reads, shares)					\
	.kind = MMK_PTE_##now, .read_only = MMK_PTE_##reads,		\
	.shared = MMK_PTE_##shares

const struct ew_kind ew_kinds[EW_NR_ENTRIES] = {
	[EW_NONE] = { make_none, KIND(NONE, NONE, NONE) },
	[EW_PRESENT] = {
		make_present, KIND(PRESENT, PRESENT, PRESENT),
		.anon = true, .maps = 1, .refs = 1, .bytes = true },
	[EW_SWAP] = {
		make_swap, KIND(SWAP, SWAP, SWAP),
		.swap = true, .bytes = true },
	[EW_SWAP_CACHED] = {
		make_swap_cached, KIND(SWAP, SWAP, SWAP),
		.swap = true, .bytes = true },
	[EW_MIGRATION_WRITE] = {
		make_migration_write,
		KIND(MIGRATION_WRITE, MIGRATION_READ_EXCLUSIVE, MIGRATION_READ),
		.anon = true, .bytes = true },
	[EW_MIGRATION_READ] = {
		make_present, begin_migration,
		KIND(MIGRATION_READ, MIGRATION_READ, MIGRATION_READ),
		.anon = true, .bytes = true },
	[EW_MIGRATION_READ_EXCLUSIVE] = {
		make_migration_read_exclusive,
		KIND(MIGRATION_READ_EXCLUSIVE, MIGRATION_READ_EXCLUSIVE,
		     MIGRATION_READ),
		.anon = true, .bytes = true },
	[EW_PRIVATE_WRITE] = {
		make_private_write,
		KIND(DEVICE_PRIVATE_WRITE, DEVICE_PRIVATE_READ,
		     DEVICE_PRIVATE_READ),
		.anon = true, .maps = 1, .refs = 1, .bytes = true, .device = true },
	[EW_PRIVATE_READ] = {
		make_private_read,
		KIND(DEVICE_PRIVATE_READ, DEVICE_PRIVATE_READ,
		     DEVICE_PRIVATE_READ),
		.anon = true, .maps = 1, .refs = 1, .bytes = true, .device = true },
	[EW_EXCLUSIVE] = {
		make_exclusive,
		KIND(DEVICE_EXCLUSIVE, DEVICE_EXCLUSIVE, PRESENT),
		.anon = true, .maps = EXCLUSIVE_MAPS, .refs = 1, .bytes = true },
	[EW_POISON] = { make_poison, KIND(MARKER, MARKER, MARKER) },
	[EW_GUARD] = { make_guard, KIND(MARKER, MARKER, MARKER) },
	[EW_HUGE_ZERO] = {
		make_huge_zero, KIND(PRESENT, PRESENT, PRESENT), .huge = true },
	[EW_HUGE] = {
		make_huge, KIND(PRESENT, PRESENT, PRESENT), .huge = true,
		.anon = true, .maps = 1, .refs = 1, .bytes = true },
	[EW_HUGE_MIGRATION_WRITE] = {
		make_huge_migration_write,
		KIND(MIGRATION_WRITE, MIGRATION_READ_EXCLUSIVE, MIGRATION_READ),
		.huge = true, .anon = true, .bytes = true },
	[EW_HUGE_MIGRATION_READ] = {
		make_huge, begin_migration,
		KIND(MIGRATION_READ, MIGRATION_READ, MIGRATION_READ),
		.huge = true, .anon = true, .bytes = true },
	[EW_HUGE_PRIVATE] = {
		make_huge_private,
		KIND(DEVICE_PRIVATE_WRITE, DEVICE_PRIVATE_READ,
		     DEVICE_PRIVATE_READ),
		.huge = true, .anon = true, .maps = 1, .refs = 1, .bytes = true,
		.device = true },
};
