// SPDX-License-Identifier: GPL-2.0
/*
 * Huge pages under migration: one entry in a pmd stands for all of the page.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../compat/leaf.h"
#include "../compat/mm.h"
#include "../compat/param.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "huge_page.h"

/* As hp_huge_init(), for a page of tmpfs that a child maps as well */
static void huge_init_file(struct kunit *test, struct huge *h,
			   enum mmk_pte_kind kind)
{
	h->mm = mmk_mm_enter(test);
	h->cache = MMK_HUGE_PAGES;
	h->addr = mmk_map_huge_file(test, h->mm);
	mmk_fill(test, h->addr, MMK_HUGE_PAGES, SEED);
	if (kind == MMK_PTE_MIGRATION_READ)
		KUNIT_ASSERT_EQ(test, sys_mprotect(h->addr, MMK_HUGE_SIZE,
						   PROT_READ), 0L);
	h->child = mmk_fork(test);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(h->child, h->addr, false), 0);
	MMK_EXPECT_PMD(test, h->child, h->addr, PRESENT);
	hp_huge_note(test, h);
	KUNIT_ASSERT_EQ(test, h->rss.shmem, MMK_HUGE_PAGES);
}

/* ME-3, ME-4, ME-5: unmap and restore */

/* All ways to map and to move the page of a pmd */
MMK_GEN_PARAMS(round)
{
	static struct mmk_pmd_way way;

	return mmk_next_pmd_way(&way, !prev, desc) ? &way : NULL;
}

static void expect_huge_mapped(struct kunit *test, struct mm_struct *mm,
			       unsigned long addr, struct folio *folio,
			       const struct mmk_pmd_way *c)
{
	pmd_t pmd = mmk_pmd(mm, addr);

	MMK_EXPECT_PMD(test, mm, addr, PRESENT);
	if (!pmd_trans_huge(pmd))
		return;
	KUNIT_EXPECT_EQ(test, pmd_pfn(pmd), folio_pfn(folio));
	KUNIT_EXPECT_EQ(test, !!pmd_write(pmd),
			c->kind == MMK_PTE_MIGRATION_WRITE);
	KUNIT_EXPECT_EQ(test, !!pmd_young(pmd), c->young);
	KUNIT_EXPECT_EQ(test, !!pmd_dirty(pmd), c->dirty);
}

/*
 * Unmaps the page and ends its migration as @c says, with a look at each mm.
 * Returns the folio that is mapped afterwards.
 */
static struct folio *round_trip(struct kunit *test, struct huge *h,
				const struct mmk_pmd_way *c)
{
	struct mm_struct *mms[] = { h->mm, h->child };
	unsigned int i, nr = h->child ? 2 : 1;
	softleaf_t entry;
	struct folio *to;

	for (i = 0; i < nr; i++)
		mmk_pmd_set_flags(test, mms[i], h->addr, c->young, c->dirty);
	folio_clear_dirty(h->folio);
	h->state.dirty = c->dirty;

	mmk_tlb_forget(h->mm);
	hp_huge_unmap(test, h, c->kind);
	KUNIT_EXPECT_TRUE(test, mmk_tlb_flushed(h->mm, h->addr,
						h->addr + MMK_HUGE_SIZE));
	KUNIT_EXPECT_EQ(test, folio_test_dirty(h->folio), c->dirty);
	for (i = 0; i < nr; i++) {
		MMK_EXPECT_KIND(test, mmk_pmd_kind(mms[i], h->addr), c->kind);
		entry = softleaf_from_pmd(mmk_pmd(mms[i], h->addr));
		KUNIT_EXPECT_EQ(test, softleaf_to_pfn(entry), h->pfn);
		KUNIT_EXPECT_EQ(test, softleaf_is_migration_young(entry),
				c->young);
		KUNIT_EXPECT_EQ(test, softleaf_is_migration_dirty(entry),
				c->dirty);
	}

	to = hp_huge_end(test, h, c->move);
	for (i = 0; i < nr; i++)
		expect_huge_mapped(test, mms[i], h->addr, to, c);
	mmk_expect_folio_same(test, "after the migration", to, &h->state);
	mmk_expect_mm_same(test, "after the migration", h->mm, &h->rss);
	for (i = 0; i < nr; i++)
		MMK_EXPECT_MM_HOLDS(test, mms[i], h->addr, MMK_HUGE_PAGES, SEED);
	return to;
}

/**
 * round_trip_keeps_pmd() - A migration entry in a pmd, and back
 *
 * A huge page is unmapped for a migration. In each mm that maps it, the pmd
 * gets one entry of the right kind, with the pfn, young and dirty; there are no
 * ptes. The dirty bit goes to the folio. The RSS counts the page all the while.
 * When the page has been moved, or put back, the pmd is as before, with the pfn
 * of the folio that is mapped now.
 *
 * Contract: ME-3, ME-4, ME-5
 */
static void round_trip_keeps_pmd(struct kunit *test)
{
	const struct mmk_pmd_way *c = test->param_value;
	struct huge h;

	hp_huge_init(test, &h, c->kind);
	round_trip(test, &h, c);
}

/* The same without exclusive entries, which pages of files do not have */
MMK_GEN_PARAMS(file)
{
	static struct mmk_pmd_way way;
	bool more = mmk_next_pmd_way(&way, !prev, desc);

	while (more && way.kind == MMK_PTE_MIGRATION_READ_EXCLUSIVE)
		more = mmk_next_pmd_way(&way, false, desc);
	return more ? &way : NULL;
}

/**
 * round_trip_keeps_tmpfs_pmd() - The same for a huge page of tmpfs
 *
 * As round_trip_keeps_pmd(), in two mms that share the page: no entry is
 * exclusive, and all slots of the page cache refer to the folio that is mapped
 * now.
 *
 * Contract: ME-12, ME-3, ME-4, ME-5
 */
static void round_trip_keeps_tmpfs_pmd(struct kunit *test)
{
	const struct mmk_pmd_way *c = test->param_value;
	struct address_space *mapping;
	struct folio *to, *cached;
	struct huge h;
	pgoff_t index;

	huge_init_file(test, &h, c->kind);
	mapping = h.folio->mapping;
	to = round_trip(test, &h, c);
	for (index = 0; index < MMK_HUGE_PAGES; index += MMK_HUGE_PAGES - 1) {
		cached = filemap_get_folio(mapping, index);
		KUNIT_EXPECT_PTR_EQ(test, cached, to);
		if (!IS_ERR(cached))
			folio_put(cached);
	}
}

/* The same without shared pages, which are not pinned */
MMK_GEN_PARAMS(pin)
{
	static struct mmk_pmd_way way;

	if (!mmk_next_pmd_way(&way, !prev, desc) ||
	    way.kind == MMK_PTE_MIGRATION_READ)
		return NULL;
	return &way;
}

/**
 * pinned_huge_page_stays_mapped() - A huge page that is pinned for DMA
 *
 * As pinned_page_stays_mapped(): try_to_migrate() leaves the pmd as it was,
 * young or old, clean or dirty, and the page keeps its mapping and its
 * references. Once it is unpinned, the pmd gets its entry.
 *
 * Contract: ME-3, ME-15
 */
static void pinned_huge_page_stays_mapped(struct kunit *test)
{
	const struct mmk_pmd_way *c = test->param_value;
	bool write = c->kind == MMK_PTE_MIGRATION_WRITE;
	struct page *page;
	struct huge h;
	pmd_t pmd;
	int refs;

	hp_huge_init(test, &h, c->kind);
	page = mmk_pin(test, h.addr + PAGE_SIZE, write ? FOLL_WRITE : 0);
	KUNIT_EXPECT_PTR_EQ(test, page, folio_page(h.folio, 1));
	mmk_pmd_set_flags(test, h.mm, h.addr, c->young, c->dirty);
	folio_clear_dirty(h.folio);
	h.hold = mmk_hold(test, h.folio);
	refs = folio_ref_count(h.folio);
	pmd = mmk_pmd(h.mm, h.addr);

	try_to_migrate(h.folio, 0);
	KUNIT_EXPECT_EQ(test, pmd_val(mmk_pmd(h.mm, h.addr)), pmd_val(pmd));
	expect_huge_mapped(test, h.mm, h.addr, h.folio, c);
	KUNIT_EXPECT_EQ(test, folio_ref_count(h.folio), refs);
	KUNIT_EXPECT_EQ(test, folio_mapcount(h.folio), 1);
	KUNIT_EXPECT_FALSE(test, folio_test_dirty(h.folio));
	KUNIT_EXPECT_TRUE(test, PageAnonExclusive(folio_page(h.folio, 0)));
	mmk_expect_mm_same(test, "pinned", h.mm, &h.rss);

	/* unpin_user_page() wants the page to be exclusive. */
	remove_migration_ptes(h.folio, h.folio, 0);
	mmk_unpin(test, page);
	try_to_migrate(h.folio, 0);
	MMK_EXPECT_KIND(test, mmk_pmd_kind(h.mm, h.addr), c->kind);
	KUNIT_EXPECT_FALSE(test, PageAnonExclusive(folio_page(h.folio, 0)));
	hp_huge_end(test, &h, c->move);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, SEED);
}

/* ME-6: fork */

/**
 * fork_copies_huge_entry() - fork() while a huge page is under migration
 *
 * Both mms have a readable entry afterwards, and count the page. After the
 * migration both map the page read-only, it is exclusive to neither, and a
 * write in one leaves the bytes of the other alone.
 *
 * Contract: ME-6
 */
static void fork_copies_huge_entry(struct kunit *test)
{
	const struct mmk_pmd_way *c = test->param_value;
	struct mm_struct *child;
	struct mmk_diff diff;
	struct folio *to;
	struct huge h;

	hp_huge_init(test, &h, c->kind);
	hp_huge_unmap(test, &h, c->kind);
	child = mmk_fork(test);
	MMK_EXPECT_PMD(test, h.mm, h.addr, MIGRATION_READ);
	MMK_EXPECT_PMD(test, child, h.addr, MIGRATION_READ);
	KUNIT_EXPECT_EQ(test, softleaf_to_pfn(softleaf_from_pmd(mmk_pmd(child,
									h.addr))),
			h.pfn);
	KUNIT_EXPECT_EQ(test, softleaf_to_pfn(softleaf_from_pmd(mmk_pmd(h.mm,
									h.addr))),
			h.pfn);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_ANONPAGES),
			(unsigned long)MMK_HUGE_PAGES);
	mmk_expect_mm_same(test, "after fork", h.mm, &h.rss);
	KUNIT_EXPECT_EQ(test, folio_ref_count(h.folio), 1);

	to = hp_huge_end(test, &h, c->move);
	MMK_EXPECT_PMD(test, h.mm, h.addr, PRESENT);
	MMK_EXPECT_PMD(test, child, h.addr, PRESENT);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pmd_folio(test, child, h.addr), to);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pmd_folio(test, h.mm, h.addr), to);
	KUNIT_EXPECT_FALSE(test, !!pmd_write(mmk_pmd(h.mm, h.addr)));
	KUNIT_EXPECT_FALSE(test, !!pmd_write(mmk_pmd(child, h.addr)));
	KUNIT_EXPECT_EQ(test, folio_mapcount(to), h.child ? 3 : 2);
	KUNIT_EXPECT_FALSE(test, PageAnonExclusive(folio_page(to, 0)));

	if (c->kind == MMK_PTE_MIGRATION_WRITE) {
		KUNIT_EXPECT_EQ(test, mmk_mm_poke(child, h.addr + 3 * PAGE_SIZE,
						  0xff), 0);
		/*
		 * The child sees its own write, and nothing else has changed.
		 */
		diff = mmk_part_diff(test, child, h.addr, 0, MMK_HUGE_PAGES, SEED);
		KUNIT_EXPECT_TRUE(test, diff.any && !diff.unreadable);
		KUNIT_EXPECT_EQ(test, diff.page, 3U);
		KUNIT_EXPECT_EQ(test, diff.byte, 0U);
		KUNIT_EXPECT_EQ(test, diff.is, 0xff);
	}
	MMK_EXPECT_MM_HOLDS(test, h.mm, h.addr, MMK_HUGE_PAGES, SEED);
}

/* ME-8: mprotect */

/**
 * mprotect_downgrades_huge_entry() - mprotect() of a huge page under migration
 *
 * A writable entry becomes readable-exclusive, any other is left alone; pfn,
 * young and dirty stay. After the migration the page is mapped read-only. It
 * can be written to once mprotect() allows that again.
 *
 * Contract: ME-8
 */
static void mprotect_downgrades_huge_entry(struct kunit *test)
{
	const struct mmk_pmd_way *c = test->param_value;
	enum mmk_pte_kind kind = c->kind;
	softleaf_t was, entry;
	struct folio *to;
	struct huge h;

	hp_huge_init(test, &h, c->kind);
	mmk_pmd_set_flags(test, h.mm, h.addr, c->young, c->dirty);
	hp_huge_unmap(test, &h, c->kind);
	was = softleaf_from_pmd(mmk_pmd(h.mm, h.addr));
	KUNIT_EXPECT_EQ(test, sys_mprotect(h.addr, MMK_HUGE_SIZE, PROT_READ),
			0L);
	if (kind == MMK_PTE_MIGRATION_WRITE)
		kind = MMK_PTE_MIGRATION_READ_EXCLUSIVE;
	MMK_EXPECT_KIND(test, mmk_pmd_kind(h.mm, h.addr), kind);
	entry = softleaf_from_pmd(mmk_pmd(h.mm, h.addr));
	KUNIT_EXPECT_EQ(test, softleaf_to_pfn(entry), h.pfn);
	KUNIT_EXPECT_EQ(test, softleaf_is_migration_young(entry), c->young);
	KUNIT_EXPECT_EQ(test, softleaf_is_migration_dirty(entry), c->dirty);
	if (c->kind != MMK_PTE_MIGRATION_WRITE)
		KUNIT_EXPECT_EQ(test, entry.val, was.val);
	mmk_expect_mm_same(test, "after mprotect", h.mm, &h.rss);

	to = hp_huge_end(test, &h, c->move);
	MMK_EXPECT_PMD(test, h.mm, h.addr, PRESENT);
	KUNIT_EXPECT_FALSE(test, !!pmd_write(mmk_pmd(h.mm, h.addr)));
	KUNIT_EXPECT_EQ(test, PageAnonExclusive(folio_page(to, 0)), !h.child);
	KUNIT_EXPECT_EQ(test, sys_mprotect(h.addr, MMK_HUGE_SIZE,
					   PROT_READ | PROT_WRITE), 0L);
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(h.mm, h.addr, SEED), 0);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, SEED);
}

/**
 * mprotect_downgrades_tmpfs_huge_entry() - The same, in one of two mms
 *
 * As mprotect_downgrades_huge_entry(), but pages of files are never exclusive:
 * a writable entry becomes readable. The entry of the other mm stays writable,
 * and so does the mapping that is made of it.
 *
 * Contract: ME-8, ME-12
 */
static void mprotect_downgrades_tmpfs_huge_entry(struct kunit *test)
{
	const struct mmk_pmd_way *c = test->param_value;
	softleaf_t entry;
	struct huge h;

	huge_init_file(test, &h, c->kind);
	mmk_pmd_set_flags(test, h.mm, h.addr, c->young, c->dirty);
	hp_huge_unmap(test, &h, c->kind);
	KUNIT_EXPECT_EQ(test, sys_mprotect(h.addr, MMK_HUGE_SIZE, PROT_READ),
			0L);
	MMK_EXPECT_PMD(test, h.mm, h.addr, MIGRATION_READ);
	entry = softleaf_from_pmd(mmk_pmd(h.mm, h.addr));
	KUNIT_EXPECT_EQ(test, softleaf_to_pfn(entry), h.pfn);
	KUNIT_EXPECT_EQ(test, softleaf_is_migration_young(entry), c->young);
	KUNIT_EXPECT_EQ(test, softleaf_is_migration_dirty(entry), c->dirty);
	MMK_EXPECT_KIND(test, mmk_pmd_kind(h.child, h.addr), c->kind);
	mmk_expect_mm_same(test, "after mprotect", h.mm, &h.rss);

	hp_huge_end(test, &h, c->move);
	MMK_EXPECT_PMD(test, h.mm, h.addr, PRESENT);
	MMK_EXPECT_PMD(test, h.child, h.addr, PRESENT);
	KUNIT_EXPECT_FALSE(test, !!pmd_write(mmk_pmd(h.mm, h.addr)));
	KUNIT_EXPECT_EQ(test, !!pmd_write(mmk_pmd(h.child, h.addr)),
			c->kind == MMK_PTE_MIGRATION_WRITE);
	KUNIT_EXPECT_EQ(test, sys_mprotect(h.addr, MMK_HUGE_SIZE,
					   PROT_READ | PROT_WRITE), 0L);
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(h.mm, h.addr, SEED), 0);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, SEED);
}

/* ME-9: unmapped before the migration ends */

static void gone_by_munmap(struct kunit *test, struct huge *h)
{
	KUNIT_EXPECT_EQ(test, vm_munmap(h->addr, MMK_HUGE_SIZE), 0);
}

static void gone_by_madvise(struct kunit *test, struct huge *h)
{
	KUNIT_EXPECT_EQ(test, do_madvise(h->mm, h->addr, MMK_HUGE_SIZE,
					 MADV_DONTNEED), 0);
}

/* The pmd of a file goes as a whole: faults find the rest in the page cache. */
static void gone_by_part(struct kunit *test, struct huge *h)
{
	KUNIT_EXPECT_EQ(test, do_madvise(h->mm, h->addr + 3 * PAGE_SIZE,
					 PAGE_SIZE, MADV_DONTNEED), 0);
}

/**
 * struct gone_case - A way to unmap a huge page
 * @description: for the log
 * @gone: does it
 * @move: the migration succeeds
 */
struct gone_case {
	const char *description;
	void (*gone)(struct kunit *test, struct huge *h);
	bool move;
};

static const struct gone_case gone_cases[] = {
	{ "munmap, moved", gone_by_munmap, true },
	{ "munmap, put back", gone_by_munmap, false },
	{ "MADV_DONTNEED, moved", gone_by_madvise, true },
	{ "MADV_DONTNEED, put back", gone_by_madvise, false },
};

KUNIT_ARRAY_PARAM_DESC(gone, gone_cases, description);

/**
 * unmapped_huge_page_is_not_restored() - Unmapped while it is under migration
 *
 * The RSS is zero at once, and no reference is left behind. The migration has
 * nothing to restore: when it drops its reference, the folio is free.
 *
 * Contract: ME-9
 */
static void unmapped_huge_page_is_not_restored(struct kunit *test)
{
	const struct gone_case *c = test->param_value;
	struct folio *to;
	struct huge h;

	hp_huge_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	hp_huge_unmap(test, &h, MMK_PTE_MIGRATION_WRITE);
	c->gone(test, &h);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(h.mm, MM_ANONPAGES), 0UL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(h.mm, MM_SWAPENTS), 0UL);
	MMK_EXPECT_PMD(test, h.mm, h.addr, NONE);
	KUNIT_EXPECT_EQ(test, folio_ref_count(h.folio), 1);

	to = c->move ? mmk_hold_copy(test, h.hold) : h.folio;
	mmk_folio_get(test, h.folio);
	mmk_folio_get(test, to);
	remove_migration_ptes(h.folio, to, 0);
	mmk_hold_finish(test, h.hold, c->move);
	MMK_EXPECT_PMD(test, h.mm, h.addr, NONE);
	lru_add_drain_all();
	KUNIT_EXPECT_FALSE(test, folio_mapped(to));

	/* Only the case has a reference on them. */
	mmk_folio_put(test, to);
	mmk_folio_put(test, h.folio);
	KUNIT_EXPECT_EQ(test, folio_ref_count(to), 0);
	KUNIT_EXPECT_EQ(test, folio_ref_count(h.folio), 0);
}

static const struct gone_case gone_file_cases[] = {
	{ "munmap, moved", gone_by_munmap, true },
	{ "munmap, put back", gone_by_munmap, false },
	{ "MADV_DONTNEED, moved", gone_by_madvise, true },
	{ "MADV_DONTNEED, put back", gone_by_madvise, false },
	{ "MADV_DONTNEED of a part, moved", gone_by_part, true },
	{ "MADV_DONTNEED of a part, put back", gone_by_part, false },
};

KUNIT_ARRAY_PARAM_DESC(gone_file, gone_file_cases, description);

/**
 * unmapped_tmpfs_huge_page_is_not_restored() - The same, in one of two mms
 *
 * As unmapped_huge_page_is_not_restored(), even if only a part of it is
 * unmapped. The page stays in the page cache, and the other mm maps it again.
 *
 * Contract: ME-9, ME-12
 */
static void unmapped_tmpfs_huge_page_is_not_restored(struct kunit *test)
{
	const struct gone_case *c = test->param_value;
	struct folio *to;
	struct huge h;

	huge_init_file(test, &h, MMK_PTE_MIGRATION_WRITE);
	hp_huge_unmap(test, &h, MMK_PTE_MIGRATION_WRITE);
	c->gone(test, &h);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(h.mm, MM_SHMEMPAGES), 0UL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(h.mm, MM_SWAPENTS), 0UL);
	MMK_EXPECT_PMD(test, h.mm, h.addr, NONE);
	MMK_EXPECT_PMD(test, h.child, h.addr, MIGRATION_WRITE);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(h.child, MM_SHMEMPAGES),
			(unsigned long)MMK_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, folio_ref_count(h.folio), h.cache + 1);

	to = hp_huge_end(test, &h, c->move);
	MMK_EXPECT_PMD(test, h.mm, h.addr, NONE);
	MMK_EXPECT_PMD(test, h.child, h.addr, PRESENT);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pmd_folio(test, h.child, h.addr), to);
	h.state.mapcount--;
	h.state.refcount--;
	mmk_expect_folio_same(test, "after the migration", to, &h.state);
	MMK_EXPECT_MM_HOLDS(test, h.child, h.addr, MMK_HUGE_PAGES, SEED);
}

/* ME-13: mremap */

/**
 * mremap_moves_huge_entry() - mremap() of a huge page under migration
 *
 * The entry is moved as it is. The migration maps the page at the new address
 * and nowhere else; in a child, which has not called mremap(), at the old one.
 *
 * Contract: ME-13
 */
static void mremap_moves_huge_entry(struct kunit *test)
{
	const struct mmk_pmd_way *c = test->param_value;
	unsigned long new;
	softleaf_t was;
	struct folio *to;
	struct huge h;

	hp_huge_init(test, &h, c->kind);
	mmk_pmd_set_flags(test, h.mm, h.addr, c->young, c->dirty);
	hp_huge_unmap(test, &h, c->kind);
	was = softleaf_from_pmd(mmk_pmd(h.mm, h.addr));
	new = h.addr + MMK_HUGE_SIZE;
	KUNIT_ASSERT_EQ(test, new,
			(unsigned long)sys_mremap(h.addr, MMK_HUGE_SIZE,
						  MMK_HUGE_SIZE,
						  MREMAP_MAYMOVE | MREMAP_FIXED,
						  new));
	MMK_EXPECT_PMD(test, h.mm, h.addr, NONE);
	MMK_EXPECT_KIND(test, mmk_pmd_kind(h.mm, new), c->kind);
	KUNIT_EXPECT_EQ(test, softleaf_from_pmd(mmk_pmd(h.mm, new)).val,
			was.val);
	mmk_expect_mm_same(test, "after mremap", h.mm, &h.rss);

	to = hp_huge_end(test, &h, c->move);
	MMK_EXPECT_PMD(test, h.mm, h.addr, NONE);
	expect_huge_mapped(test, h.mm, new, to, c);
	MMK_EXPECT_HOLDS(test, new, MMK_HUGE_PAGES, SEED);
	if (!h.child)
		return;
	MMK_EXPECT_PMD(test, h.child, h.addr, PRESENT);
	MMK_EXPECT_PMD(test, h.child, new, NONE);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pmd_folio(test, h.child, h.addr), to);
	KUNIT_EXPECT_EQ(test, folio_mapcount(to), 2);
	MMK_EXPECT_MM_HOLDS(test, h.child, h.addr, MMK_HUGE_PAGES, SEED);
}

/* ME-14: what else meets the entry */

/**
 * mincore_counts_huge_entry_as_resident() - mincore() of an entry in a pmd
 *
 * Every page that the entry stands for is resident, and the page behind is not.
 *
 * Contract: ME-14
 */
static void mincore_counts_huge_entry_as_resident(struct kunit *test)
{
	unsigned long vec;
	struct huge h;

	hp_huge_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	vec = mmk_map_anon(test, 1);
	KUNIT_ASSERT_EQ(test, clear_user((void __user *)vec, PAGE_SIZE), 0UL);
	mmk_mm_snapshot(h.mm, &h.rss);
	hp_huge_unmap(test, &h, MMK_PTE_MIGRATION_WRITE);
	mmk_expect_huge_resident(test, h.addr, vec);
	MMK_EXPECT_PMD(test, h.mm, h.addr, MIGRATION_WRITE);
	hp_huge_end(test, &h, false);
}

static struct kunit_case huge_page_entry_cases[] = {
	KUNIT_CASE_PARAM(round_trip_keeps_pmd, round_gen_params),
	KUNIT_CASE_PARAM(round_trip_keeps_tmpfs_pmd, file_gen_params),
	KUNIT_CASE_PARAM(pinned_huge_page_stays_mapped, pin_gen_params),
	KUNIT_CASE_PARAM(fork_copies_huge_entry, round_gen_params),
	KUNIT_CASE_PARAM(mprotect_downgrades_huge_entry, round_gen_params),
	KUNIT_CASE_PARAM(mprotect_downgrades_tmpfs_huge_entry, file_gen_params),
	KUNIT_CASE_PARAM(unmapped_huge_page_is_not_restored, gone_gen_params),
	KUNIT_CASE_PARAM(unmapped_tmpfs_huge_page_is_not_restored,
			 gone_file_gen_params),
	KUNIT_CASE_PARAM(mremap_moves_huge_entry, round_gen_params),
	KUNIT_CASE(mincore_counts_huge_entry_as_resident),
	{}
};

static struct kunit_suite huge_page_entry_suite = {
	.name = "huge_page_entry",
	.init = mmk_case_init,
	.test_cases = huge_page_entry_cases,
};

kunit_test_suite(huge_page_entry_suite);
