// SPDX-License-Identifier: GPL-2.0
/*
 * Migrations, step by step, so that a case can act in between.
 */
#include <kunit/test.h>
#include <linux/highmem.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mm_inline.h>
#include <linux/pagemap.h>
#include <linux/slab.h>

#include "../../internal.h"
#include "device.h"
#include "migrate.h"

static void pin_release(void *page)
{
	unpin_user_page(page);
}

/**
 * mmk_pin() - Pin a page for DMA
 * @test: the case
 * @addr: user address in current->mm, with a page or not
 * @flags: FOLL_WRITE and the like
 *
 * Ended by mmk_unpin(), or when the case ends.
 *
 * Return: the page.
 */
struct page *mmk_pin(struct kunit *test, unsigned long addr, unsigned int flags)
{
	struct page *page = NULL;

	KUNIT_ASSERT_EQ(test, pin_user_pages_fast(addr, 1, flags, &page), 1);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, pin_release,
							page), 0);
	return page;
}

/**
 * mmk_unpin() - Undo mmk_pin()
 * @test: the case
 * @page: what mmk_pin() returned
 */
void mmk_unpin(struct kunit *test, struct page *page)
{
	kunit_release_action(test, pin_release, page);
}

static void hold_release(void *data)
{
	struct mmk_hold *hold = data;

	if (hold->held) {
		/* The case has failed before. */
		remove_migration_ptes(hold->folio, hold->dst ?: hold->folio, 0);
		mmk_hold_finish(NULL, hold, hold->dst);
	}
	kfree(hold);
}

/**
 * mmk_hold() - Lock a folio and take it off the LRU, ready for try_to_migrate()
 * @test: the case
 * @folio: mapped, and on the LRU
 *
 * As in migrate_pages() when it starts to unmap: one reference of the
 * isolation, the folio lock, and the anon_vma pinned. Ended by
 * mmk_hold_finish(), or when the case ends.
 *
 * Return: the hold.
 */
struct mmk_hold *mmk_hold(struct kunit *test, struct folio *folio)
{
	struct mmk_hold *hold = kzalloc(sizeof(*hold), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, hold);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, hold_release,
							hold), 0);
	lru_add_drain_all();
	KUNIT_ASSERT_TRUE(test, folio_isolate_lru(folio));
	folio_lock(folio);
	hold->folio = folio;
	if (folio_test_anon(folio))
		hold->anon_vma = folio_get_anon_vma(folio);
	hold->held = true;
	return hold;
}

/**
 * mmk_hold_copy() - Move contents and state to a new folio
 * @test: the case
 * @hold: its folio has been unmapped by try_to_migrate()
 *
 * As move_to_new_folio(), through the same migrate_folio(). The new folio is
 * locked and on the LRU, as when remove_migration_ptes() runs.
 *
 * Return: the new folio.
 */
struct folio *mmk_hold_copy(struct kunit *test, struct mmk_hold *hold)
{
	struct folio *src = hold->folio, *dst;

	dst = folio_alloc(GFP_HIGHUSER_MOVABLE, folio_order(src));
	KUNIT_ASSERT_NOT_NULL(test, dst);
	folio_lock(dst);
	if (migrate_folio(folio_mapping(src), dst, src, MIGRATE_SYNC)) {
		folio_unlock(dst);
		folio_put(dst);
		KUNIT_FAIL_AND_ABORT(test, "folio could not be moved: refcount %d, mapcount %d",
				     folio_ref_count(src), folio_mapcount(src));
	}
	/*
	 * The old folio is no longer in the page cache; free it without a
	 * mapping.
	 */
	if (!folio_test_anon(src))
		src->mapping = NULL;
	hold->dst = dst;
	/* Before it is mapped, so that mlock can count. */
	folio_add_lru(dst);
	return dst;
}

/**
 * mmk_hold_finish() - Let go of the folio, and of its successor
 * @test: the case
 * @hold: remove_migration_ptes() has been called
 * @moved: whether the old folio is freed; if not, it goes back to the LRU
 */
void mmk_hold_finish(struct kunit *test, struct mmk_hold *hold, bool moved)
{
	hold->held = false;
	if (hold->dst) {
		folio_unlock(hold->dst);
		folio_put(hold->dst);
	}
	if (hold->anon_vma)
		put_anon_vma(hold->anon_vma);
	folio_unlock(hold->folio);
	if (moved)
		folio_put(hold->folio);
	else
		folio_putback_lru(hold->folio);
}

/**
 * mmk_migrate() - Move a folio as move_pages() does
 * @test: the case
 * @folio: on the LRU
 *
 * What could not be moved is put back.
 *
 * Return: what migrate_pages() returns.
 */
int mmk_migrate(struct kunit *test, struct folio *folio)
{
	struct migration_target_control target = {
		.nid = NUMA_NO_NODE,
		.gfp_mask = GFP_HIGHUSER_MOVABLE,
		.reason = MR_SYSCALL,
	};
	LIST_HEAD(list);
	int ret;

	lru_add_drain_all();
	KUNIT_ASSERT_TRUE(test, folio_isolate_lru(folio));
	node_stat_mod_folio(folio, NR_ISOLATED_ANON + folio_is_file_lru(folio),
			    folio_nr_pages(folio));
	list_add(&folio->lru, &list);
	ret = migrate_pages(&list, alloc_migration_target, NULL,
			    (unsigned long)&target, MIGRATE_SYNC, MR_SYSCALL,
			    NULL);
	if (!list_empty(&list))
		putback_movable_pages(&list);
	return ret;
}

static void vma_release(void *data)
{
	struct mmk_vma *m = data;

	if (m->open) {
		/* The case has failed, or wants no more: put all back. */
		mmk_vma_finalize(m);
	}
	kvfree(m);
}

/**
 * mmk_vma_alloc() - Prepare a round of migrate_vma_*()
 * @test: the case
 * @mm: whose addresses
 * @addr: first
 * @nr_pages: how many, half of MMK_VMA_ROOM at most
 * @flags: MIGRATE_VMA_SELECT_*
 * @owner: pgmap_owner
 *
 * Return: the round; its arrays hold values that no call can have left there.
 */
struct mmk_vma *mmk_vma_alloc(struct kunit *test, struct mm_struct *mm,
			      unsigned long addr, unsigned int nr_pages,
			      unsigned long flags, void *owner)
{
	struct mmk_vma *m = kvzalloc(sizeof(*m), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, m);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, vma_release, m),
			0);
	KUNIT_ASSERT_LE(test, nr_pages, MMK_VMA_ROOM / 2);
	m->nr_pages = nr_pages;
	memset(m->src, 0xa5, sizeof(m->src));
	memset(m->dst, 0xa5, sizeof(m->dst));
	m->mm = mm;
	m->args.src = m->src;
	m->args.dst = m->dst;
	m->args.start = addr;
	m->args.end = addr + nr_pages * PAGE_SIZE;
	m->args.flags = flags;
	m->args.pgmap_owner = owner;
	/* A kernel that counts on from here is off by one. */
	m->args.cpages = -1UL;
	m->args.npages = -1UL;
	return m;
}

/**
 * mmk_vma_setup() - migrate_vma_setup() under mmap_lock
 * @m: the round
 *
 * Return: what it returned.
 */
int mmk_vma_setup(struct mmk_vma *m)
{
	int ret;

	mmap_read_lock(m->mm);
	m->args.vma = vma_lookup(m->mm, m->args.start);
	ret = migrate_vma_setup(&m->args);
	mmap_read_unlock(m->mm);
	m->open = !ret;
	return ret;
}

static bool vma_may_write(struct mmk_vma *m, unsigned long i)
{
	if (migrate_pfn_to_page(m->src[i]))
		return m->src[i] & MIGRATE_PFN_WRITE;
	/* A hole is filled as its VMA says. */
	return m->args.vma->vm_flags & VM_WRITE;
}

static void vma_set_dst(struct mmk_vma *m, unsigned long i, struct page *page)
{
	m->dst[i] = migrate_pfn(page_to_pfn(page));
	if (vma_may_write(m, i))
		m->dst[i] |= MIGRATE_PFN_WRITE;
}

static void copy_page_or_clear(struct page *to, struct page *from)
{
	if (from)
		copy_highpage(to, mmk_dev_backing(from) ?: from);
	else
		clear_highpage(to);
}

/**
 * mmk_vma_copy_to_ram() - As a driver, copy each source page to a system page
 * @test: the case
 * @m: set up
 */
void mmk_vma_copy_to_ram(struct kunit *test, struct mmk_vma *m)
{
	struct page *page;
	unsigned long i;

	for (i = 0; i < m->args.npages; i++) {
		if (!(m->src[i] & MIGRATE_PFN_MIGRATE))
			continue;
		page = alloc_page(GFP_HIGHUSER_MOVABLE);
		KUNIT_ASSERT_NOT_NULL(test, page);
		lock_page(page);
		copy_page_or_clear(page, migrate_pfn_to_page(m->src[i]));
		vma_set_dst(m, i, page);
	}
}

/**
 * mmk_vma_copy_to_dev() - As a driver, copy each source page to a device page
 * @test: the case
 * @m: set up
 * @dev: whose pages
 */
void mmk_vma_copy_to_dev(struct kunit *test, struct mmk_vma *m,
			 struct mmk_dev *dev)
{
	struct page *page;
	unsigned long i;

	for (i = 0; i < m->args.npages; i++) {
		if (!(m->src[i] & MIGRATE_PFN_MIGRATE))
			continue;
		page = mmk_dev_get_page(test, dev);
		copy_page_or_clear(mmk_dev_backing(page) ?: page,
				   migrate_pfn_to_page(m->src[i]));
		vma_set_dst(m, i, page);
	}
}

/**
 * mmk_vma_pages() - migrate_vma_pages() under mmap_lock
 * @m: set up, the destinations chosen
 */
void mmk_vma_pages(struct mmk_vma *m)
{
	mmap_read_lock(m->mm);
	migrate_vma_pages(&m->args);
	mmap_read_unlock(m->mm);
}

/**
 * mmk_vma_finalize() - migrate_vma_finalize() under mmap_lock
 * @m: set up
 */
void mmk_vma_finalize(struct mmk_vma *m)
{
	mmap_read_lock(m->mm);
	migrate_vma_finalize(&m->args);
	mmap_read_unlock(m->mm);
	m->open = false;
}

/**
 * mmk_vma_overrun() - Look for entries that are not those of the range
 * @m: a round that has been set up
 *
 * Return: how many have been written to behind the range, in both arrays.
 */
unsigned int mmk_vma_overrun(const struct mmk_vma *m)
{
	const unsigned long unused = 0xa5a5a5a5a5a5a5a5UL;
	unsigned int i, nr = 0;

	for (i = m->nr_pages; i < MMK_VMA_ROOM; i++)
		nr += (m->src[i] != unused) + (m->dst[i] != unused);
	return nr;
}

/**
 * mmk_migrate_to_dev() - Move one page to a device
 * @test: the case
 * @mm: address space
 * @addr: user address of a system page
 * @dev: where to
 *
 * For cases that start with a device page.
 *
 * Return: the device page, unlocked.
 */
struct page *mmk_migrate_to_dev(struct kunit *test, struct mm_struct *mm,
				unsigned long addr, struct mmk_dev *dev)
{
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, 1,
					  MIGRATE_VMA_SELECT_SYSTEM, dev);

	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_ASSERT_EQ(test, m->args.cpages, 1UL);
	mmk_vma_copy_to_dev(test, m, dev);
	mmk_vma_pages(m);
	KUNIT_ASSERT_TRUE(test, m->src[0] & MIGRATE_PFN_MIGRATE);
	mmk_vma_finalize(m);
	return migrate_pfn_to_page(m->dst[0]);
}
