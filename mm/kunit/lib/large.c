// SPDX-License-Identifier: GPL-2.0
/*
 * Large folios that ptes map. A case gets exactly the order and the mapping that it
 * asks for, or it fails.
 */
#include <kunit/test.h>
#include <linux/kallsyms.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/syscalls.h>
#include <linux/xarray.h>

#include "../../internal.h"
#include "../compat/count.h"
#include "../compat/huge.h"
#include "../compat/leaf.h"
#include "bits.h"
#include "large.h"
#include "mm.h"
#include "pte.h"
#include "scene.h"

/* Go no further unless a pte maps each page of the folio. */
static void large_check(struct kunit *test, struct mmk_large *l,
			struct mm_struct *mm)
{
	unsigned int i;
	pte_t pte;

	for (i = 0; i < l->nr; i++) {
		pte = mmk_pte(mm, l->addr + i * PAGE_SIZE);
		if (!pte_present(pte) || pte_pfn(pte) != folio_pfn(l->folio) + i)
			break;
	}
	KUNIT_ASSERT_EQ_MSG(test, i, l->nr, "first page that is not mapped");
}

static void large_note(struct kunit *test, struct mmk_large *l)
{
	l->folio = mmk_pte_folio(test, l->mm, l->addr);
	KUNIT_ASSERT_EQ(test, folio_order(l->folio), l->order);
	large_check(test, l, l->mm);
	lru_add_drain_all();
	KUNIT_ASSERT_EQ(test, folio_entire_mapcount(l->folio), 0);
	KUNIT_ASSERT_EQ(test, folio_mapcount(l->folio), (int)l->nr);
	KUNIT_ASSERT_EQ(test, folio_ref_count(l->folio),
			(int)(l->file ? 2 * l->nr : l->nr));
	KUNIT_ASSERT_FALSE(test, folio_test_partially_mapped(l->folio));
}

static void large_init(struct mmk_large *l, struct mm_struct *mm,
		       unsigned int order)
{
	memset(l, 0, sizeof(*l));
	l->mm = mm;
	l->order = order;
	l->nr = 1U << order;
}

/**
 * mmk_split_pmd() - Map a huge page by ptes
 * @mm: address space
 * @addr: of a pmd
 *
 * The page stays whole.
 */
void mmk_split_pmd(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;

	mmap_read_lock(mm);
	vma = vma_lookup(mm, addr);
	split_huge_pmd(vma, mm_find_pmd(mm, addr), addr);
	mmap_read_unlock(mm);
}

/**
 * mmk_large_map_row() - Map neighbouring anonymous folios of an order
 * @test: the case
 * @l: filled in, one for each folio
 * @nr: how many, not more than two of the highest order
 * @mm: current->mm
 * @order: MMK_MIN_ORDER to MMK_MAX_ORDER
 *
 * All of their pages are mapped by ptes: writable and exclusive. As many addresses
 * again are mapped behind them, for mremap(): no page is there, and no advice is given.
 */
void mmk_large_map_row(struct kunit *test, struct mmk_large *l,
		       unsigned int nr, struct mm_struct *mm,
		       unsigned int order)
{
	size_t size = PAGE_SIZE << order;
	unsigned long addr;
	unsigned int i;

	if (order == MMK_MAX_ORDER) {
		addr = mmk_map_huge(test, mm, nr);
		for (i = 0; i < nr; i++)
			mmk_split_pmd(mm, addr + i * size);
	} else {
		addr = ALIGN(mmk_map_anon(test, (2 * nr + 1) << order), size);
		KUNIT_ASSERT_EQ(test, do_madvise(mm, addr, nr * size,
						 MADV_HUGEPAGE), 0);
		for (i = 0; i < nr; i++) {
			int ret;

			mmk_anon_order_on(order);
			ret = mmk_fault_in(mm, addr + i * size, true);
			mmk_anon_order_on(0);
			KUNIT_ASSERT_EQ(test, ret, 0);
		}
	}
	mmk_fill(test, addr, nr << order, MMK_LARGE_SEED);
	for (i = 0; i < nr; i++) {
		large_init(&l[i], mm, order);
		l[i].addr = addr + i * size;
		large_note(test, &l[i]);
	}
}

/**
 * mmk_large_map() - Map one anonymous folio of an order
 * @test: the case
 * @l: filled in
 * @mm: current->mm
 * @order: MMK_MIN_ORDER to MMK_MAX_ORDER
 *
 * As mmk_large_map_row().
 */
void mmk_large_map(struct kunit *test, struct mmk_large *l,
		   struct mm_struct *mm, unsigned int order)
{
	mmk_large_map_row(test, l, 1, mm, order);
}

/**
 * mmk_large_map_file() - Map one tmpfs folio of an order
 * @test: the case
 * @l: filled in
 * @mm: current->mm
 * @order: MMK_MIN_ORDER to MMK_MAX_ORDER
 *
 * All of its pages are mapped by ptes, shared and writable, and the file has no
 * other pages. A folio of the highest order is mapped across two page tables.
 */
void mmk_large_map_file(struct kunit *test, struct mmk_large *l,
			struct mm_struct *mm, unsigned int order)
{
	unsigned long *orders = (unsigned long *)
				kallsyms_lookup_name("huge_shmem_orders_always");
	size_t size = PAGE_SIZE << order;
	unsigned int i;
	int ret;

	large_init(l, mm, order);
	KUNIT_ASSERT_NOT_NULL(test, orders);
	KUNIT_ASSERT_EQ(test, *orders, 0UL);
	l->file = mmk_shmem_file(test, l->nr);
	l->addr = ALIGN(mmk_map_anon(test, 3 * l->nr), size);
	KUNIT_ASSERT_EQ(test, l->addr,
			vm_mmap(l->file, l->addr, size, PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_FIXED, 0));
	WRITE_ONCE(*orders, BIT(order));
	ret = mmk_fault_in(mm, l->addr, true);
	WRITE_ONCE(*orders, 0);
	KUNIT_ASSERT_EQ(test, ret, 0);
	if (order == MMK_MAX_ORDER) {
		/* Where it could be mapped by a pmd, it would be. */
		KUNIT_ASSERT_EQ(test, vm_munmap(l->addr, size), 0);
		l->addr += PAGE_SIZE;
		KUNIT_ASSERT_EQ(test, l->addr,
				vm_mmap(l->file, l->addr, size,
					PROT_READ | PROT_WRITE,
					MAP_SHARED | MAP_FIXED, 0));
	}
	for (i = 0; i < l->nr; i++)
		KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, l->addr + i * PAGE_SIZE,
						   true), 0);
	large_note(test, l);
	mmk_fill(test, l->addr, l->nr, MMK_LARGE_SEED);
	large_check(test, l, mm);
}

/**
 * mmk_large_fork() - Let a child map the folio, too
 * @test: the case
 * @l: the folio; all of its pages are mapped
 */
void mmk_large_fork(struct kunit *test, struct mmk_large *l)
{
	unsigned int i;

	l->child = mmk_fork(test);
	for (i = 0; l->file && i < l->nr; i++)
		KUNIT_ASSERT_EQ(test, mmk_fault_in(l->child,
						   l->addr + i * PAGE_SIZE,
						   true), 0);
	large_check(test, l, l->mm);
	large_check(test, l, l->child);
	KUNIT_ASSERT_EQ(test, folio_mapcount(l->folio), (int)(2 * l->nr));
}

/**
 * mmk_large_fork_part() - Let a child map the folio except its last quarter
 * @test: the case
 * @l: an anonymous folio; all of its pages are mapped
 *
 * That quarter stays exclusive to the parent.
 */
void mmk_large_fork_part(struct kunit *test, struct mmk_large *l)
{
	unsigned long rest = l->addr + 3 * l->nr / 4 * PAGE_SIZE;

	KUNIT_ASSERT_EQ(test, do_madvise(l->mm, rest, l->nr / 4 * PAGE_SIZE,
					 MADV_DONTFORK), 0);
	l->child = mmk_fork(test);
	large_check(test, l, l->mm);
	KUNIT_ASSERT_EQ(test, folio_mapcount(l->folio),
			(int)(l->nr + 3 * l->nr / 4));
	KUNIT_ASSERT_FALSE(test, PageAnonExclusive(folio_page(l->folio, 0)));
	KUNIT_ASSERT_TRUE(test, PageAnonExclusive(folio_page(l->folio,
							     l->nr - 1)));
}

/**
 * mmk_part_name() - What a part is called
 * @part: which
 *
 * Return: its name, for the log.
 */
const char *mmk_part_name(enum mmk_part part)
{
	static const char * const names[] = {
		[MMK_PART_WHOLE]	= "whole",
		[MMK_PART_FIRST]	= "first page",
		[MMK_PART_MIDDLE]	= "middle",
		[MMK_PART_LAST]		= "last page",
		[MMK_PART_OTHER]	= "every other page",
		[MMK_PART_ONE]		= "one page",
		[MMK_PART_COPIED]	= "one page copied",
		[MMK_PART_CHILD]	= "child only",
	};

	return names[part];
}

/**
 * mmk_part_has() - Whether the parent maps a page when only a part is left
 * @part: the part
 * @i: index of the page in its folio
 * @nr: pages of the folio
 *
 * Return: whether it does.
 */
bool mmk_part_has(enum mmk_part part, unsigned int i, unsigned int nr)
{
	switch (part) {
	case MMK_PART_FIRST:
		return !i;
	case MMK_PART_MIDDLE:
		return i >= nr / 4 && i < 3 * nr / 4;
	case MMK_PART_LAST:
		return i == nr - 1;
	case MMK_PART_OTHER:
		return !(i % 2);
	case MMK_PART_ONE:
		return i == nr / 2 + 1 - nr / 4;
	case MMK_PART_CHILD:
		return false;
	default:
		return true;
	}
}

static void large_expect_mapped(struct kunit *test, struct mmk_large *l,
				unsigned int nr)
{
	lru_add_drain_all();
	KUNIT_ASSERT_EQ(test, folio_order(l->folio), l->order);
	KUNIT_ASSERT_EQ(test, folio_mapcount(l->folio), (int)nr);
	KUNIT_ASSERT_EQ(test, folio_ref_count(l->folio),
			(int)(nr + (l->file ? l->nr : 0)));
}

/**
 * mmk_large_leave() - Unmap all but a part of a folio
 * @test: the case
 * @l: the folio, whole; a child is forked for the parts that need one
 * @part: what to leave
 *
 * An anonymous folio with a page that no mm maps is on the deferred split queue
 * from then on, as Documentation/mm/transhuge.rst has it.
 */
void mmk_large_leave(struct kunit *test, struct mmk_large *l,
		     enum mmk_part part)
{
	unsigned int i, nr = 0;
	unsigned long addr;

	if (part == MMK_PART_COPIED || part == MMK_PART_CHILD)
		mmk_large_fork(test, l);
	for (i = 0; i < l->nr; i++) {
		addr = l->addr + i * PAGE_SIZE;
		if (mmk_part_has(part, i, l->nr))
			nr++;
		else
			KUNIT_ASSERT_EQ(test, do_madvise(l->mm, addr, PAGE_SIZE,
							 MADV_DONTNEED), 0);
	}
	if (part == MMK_PART_COPIED) {
		addr = l->addr + (l->nr - 2) * PAGE_SIZE;
		KUNIT_ASSERT_EQ(test, mmk_mm_poke(l->child, addr, 0), 0);
		nr += l->nr - 1;
	} else if (part == MMK_PART_CHILD) {
		nr += l->nr;
	}
	large_expect_mapped(test, l, nr);
	if (l->file || nr >= l->nr)
		return;
	KUNIT_ASSERT_TRUE(test, mmk_large_queued(l->folio));
	KUNIT_ASSERT_TRUE(test, folio_test_partially_mapped(l->folio));
}

static void large_vary_in(struct kunit *test, struct mmk_large *l,
			  struct mm_struct *mm, unsigned int turn)
{
	unsigned long addr;
	unsigned int i;

	for (i = 0; i < l->nr; i++) {
		addr = l->addr + i * PAGE_SIZE;
		if (!pte_present(mmk_pte(mm, addr)))
			continue;
		mmk_pte_set_flags(test, mm, addr, (i + turn) & 1,
				  (i + turn) & 2);
		mmk_set_bits(test, mm, addr, (i + turn) % 3 ? 0 :
			     MMK_HAS_BITS & MMK_SOFT_DIRTY);
	}
}

/**
 * mmk_large_vary() - Map neighbouring pages in different ways
 * @test: the case
 * @l: the folio
 *
 * The second quarter becomes read-only in the mm. Young and old ptes take turns, and
 * so do dirty and clean ones; the child has another order than the mm. One in three is
 * soft-dirty. The folio is clean.
 */
void mmk_large_vary(struct kunit *test, struct mmk_large *l)
{
	KUNIT_ASSERT_EQ(test, sys_mprotect(l->addr + l->nr / 4 * PAGE_SIZE,
					   l->nr / 4 * PAGE_SIZE, PROT_READ),
			0L);
	large_vary_in(test, l, l->mm, 0);
	if (l->child)
		large_vary_in(test, l, l->child, 1);
	folio_clear_dirty(l->folio);
}

/**
 * mmk_large_queued() - Whether a folio is queued for a split
 * @folio: a large folio
 *
 * Return: whether it is on the deferred split queue.
 */
bool mmk_large_queued(struct folio *folio)
{
	return folio_order(folio) > 1 && !list_empty(&folio->_deferred_list);
}

static const char * const large_counter_names[MMK_LARGE_COUNTERS] = {
	"NR_ANON_MAPPED", "NR_FILE_MAPPED", "NR_SHMEM", "NR_SHMEM_THPS",
	"NR_FILE_PAGES", "NR_ANON_THPS", "isolated pages",
	"pages on LRU lists of anon memory", "anonymous mTHPs",
	"partially mapped mTHPs",
};

/**
 * mmk_large_count() - Count the folios of the machine, and their pages
 * @counters: MMK_LARGE_COUNTERS, filled in
 */
void mmk_large_count(long *counters)
{
	*counters++ = mmk_node_page_state(NR_ANON_MAPPED);
	*counters++ = mmk_node_page_state(NR_FILE_MAPPED);
	*counters++ = mmk_node_page_state(NR_SHMEM);
	*counters++ = mmk_node_page_state(NR_SHMEM_THPS);
	*counters++ = mmk_node_page_state(NR_FILE_PAGES);
	*counters++ = mmk_node_page_state(NR_ANON_THPS);
	*counters++ = mmk_node_page_state(NR_ISOLATED_ANON) +
		      mmk_node_page_state(NR_ISOLATED_FILE);
	*counters++ = mmk_node_page_state(NR_ACTIVE_ANON) +
		      mmk_node_page_state(NR_INACTIVE_ANON) +
		      mmk_node_page_state(NR_UNEVICTABLE);
	*counters++ = mmk_mthp_stat(MTHP_STAT_NR_ANON);
	*counters++ = mmk_mthp_stat(MTHP_STAT_NR_ANON_PARTIALLY_MAPPED);
}

/**
 * mmk_expect_large_counters() - Expect the machine to have the folios that it had
 * @test: the case
 * @what: for the message
 * @before: from mmk_large_count()
 */
void mmk_expect_large_counters(struct kunit *test, const char *what,
			       const long *before)
{
	long now[MMK_LARGE_COUNTERS];
	unsigned int i;

	lru_add_drain_all();
	mmk_large_count(now);
	for (i = 0; i < MMK_LARGE_COUNTERS; i++)
		KUNIT_EXPECT_EQ_MSG(test, now[i], before[i], "%s: %s", what,
				    large_counter_names[i]);
}

static int page_times_mapped(struct folio *folio, unsigned int i)
{
	return atomic_read(&folio_page(folio, i)->_mapcount) + 1;
}

static void large_read(struct mmk_large *l, struct mmk_large_state *state)
{
	struct mm_struct *mms[] = { l->mm, l->child };
	unsigned int i, m;

	mmk_folio_snapshot(l->folio, &state->folio);
	state->pfn = folio_pfn(l->folio);
	state->entire = folio_entire_mapcount(l->folio);
	state->queued = mmk_large_queued(l->folio);
	state->partial = folio_test_partially_mapped(l->folio);
	mmk_mm_snapshot(l->mm, &state->mm);
	if (l->child)
		mmk_mm_snapshot(l->child, &state->child);
	mmk_large_count(state->counters);
	for (i = 0; i < l->nr; i++) {
		for (m = 0; m < ARRAY_SIZE(mms) && mms[m]; m++)
			state->ptes[m][i] = mmk_pte(mms[m], l->addr +
						    i * PAGE_SIZE);
		state->mapped[i] = page_times_mapped(l->folio, i);
		state->exclusive[i] = state->mapped[i] &&
				      folio_test_anon(l->folio) &&
				      PageAnonExclusive(folio_page(l->folio, i));
	}
}

/**
 * mmk_large_snapshot() - Note all that can be seen of a large folio
 * @test: the case
 * @l: the folio
 *
 * Return: its state, which goes away with the case.
 */
struct mmk_large_state *mmk_large_snapshot(struct kunit *test,
					   struct mmk_large *l)
{
	struct mmk_large_state *state;

	state = kunit_kzalloc(test, sizeof(*state), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, state);
	large_read(l, state);
	return state;
}

/* Whether a pte is what it was, but that it may map the same page of another folio. */
static bool large_pte_same(pte_t was, unsigned long pfn, pte_t is,
			   struct folio *folio)
{
	long page;

	if (!pte_present(was) || !pte_present(is))
		return mmk_pte_same(was, is);
	page = pte_pfn(was) - pfn;
	if (page >= 0 && page < folio_nr_pages(folio))
		pfn = folio_pfn(folio) + page;
	else
		pfn = pte_pfn(was);
	return pte_pfn(is) == pfn && pte_write(was) == pte_write(is) &&
	       pte_young(was) == pte_young(is) &&
	       pte_dirty(was) == pte_dirty(is) &&
	       mmk_bits_of_pte(was) == mmk_bits_of_pte(is);
}

/*
 * A folio that was queued for a split still is, and no other. After a migration, one that
 * is mapped whole may be taken for partly mapped: the documentation of
 * nr_anon_partially_mapped allows that (admin-guide/mm/transhuge.rst). It then has to be
 * queued, and to count as such.
 */
static void large_expect_queued(struct kunit *test, const char *what,
				const struct mmk_large_state *now,
				const struct mmk_large_state *before)
{
	const unsigned int partial = MMK_LARGE_COUNTERS - 1;

	KUNIT_EXPECT_TRUE_MSG(test, now->queued || !before->queued,
			      "%s: is not queued for its split any more", what);
	KUNIT_EXPECT_TRUE_MSG(test, before->queued || !now->queued ||
			      now->partial,
			      "%s: is queued for a split, and was not", what);
	KUNIT_EXPECT_TRUE_MSG(test, now->partial || !before->partial,
			      "%s: is not mapped in part any more", what);
	KUNIT_EXPECT_TRUE_MSG(test, now->queued || !now->partial,
			      "%s: is mapped in part, and not queued for a split", what);
	KUNIT_EXPECT_EQ_MSG(test, now->counters[partial],
			    before->counters[partial] + now->partial -
			    before->partial, "%s: %s", what,
			    large_counter_names[partial]);
}

/**
 * mmk_expect_large_same() - Expect a large folio, and its mappings, to be as before
 * @test: the case
 * @what: for the message
 * @l: the folio of now, which may be another than before
 * @before: its state then
 */
void mmk_expect_large_same(struct kunit *test, const char *what,
			   struct mmk_large *l, struct mmk_large_state *before)
{
	struct mmk_large_state *now;
	unsigned int i, m;

	KUNIT_ASSERT_EQ_MSG(test, folio_order(l->folio), l->order, "%s", what);
	now = mmk_large_snapshot(test, l);
	mmk_expect_folio_same(test, what, l->folio, &before->folio);
	KUNIT_EXPECT_EQ_MSG(test, now->entire, before->entire, "%s", what);
	large_expect_queued(test, what, now, before);
	mmk_expect_mm_same(test, what, l->mm, &before->mm);
	if (l->child)
		mmk_expect_mm_same(test, what, l->child, &before->child);
	/* The page cache has one entry for all of its pages. */
	if (l->file)
		KUNIT_EXPECT_EQ_MSG(test, xa_get_order(&l->file->f_mapping->i_pages,
						       l->folio->index),
				    (int)l->order, "%s", what);
	for (i = 0; i < MMK_LARGE_COUNTERS - 1; i++)
		KUNIT_EXPECT_EQ_MSG(test, now->counters[i], before->counters[i],
				    "%s: %s", what, large_counter_names[i]);
	for (i = 0; i < l->nr; i++) {
		for (m = 0; m < (l->child ? 2 : 1); m++)
			if (!large_pte_same(before->ptes[m][i], before->pfn,
					    now->ptes[m][i], l->folio))
				break;
		if (m < (l->child ? 2 : 1) ||
		    now->mapped[i] != before->mapped[i] ||
		    now->exclusive[i] != before->exclusive[i])
			break;
	}
	if (i == l->nr)
		return;
	m %= 2;
	KUNIT_FAIL(test, "%s: page %u: pte %lx, was %lx; mapped %d times, was %d; %s, was %s",
		   what, i, (unsigned long)pte_val(now->ptes[m][i]),
		   (unsigned long)pte_val(before->ptes[m][i]), now->mapped[i],
		   before->mapped[i],
		   now->exclusive[i] ? "exclusive" : "not exclusive",
		   before->exclusive[i] ? "exclusive" : "not exclusive");
}

/* The entry that try_to_migrate() has to put in the place of a pte. */
static enum mmk_pte_kind entry_kind(pte_t was, bool exclusive)
{
	if (pte_write(was))
		return MMK_PTE_MIGRATION_WRITE;
	return exclusive ? MMK_PTE_MIGRATION_READ_EXCLUSIVE :
			   MMK_PTE_MIGRATION_READ;
}

static bool large_entry_right(struct kunit *test, struct mm_struct *mm,
			      struct mmk_large *l, unsigned int i, pte_t was,
			      bool exclusive)
{
	pte_t pte = mmk_pte(mm, l->addr + i * PAGE_SIZE);
	enum mmk_pte_kind kind, wanted;
	softleaf_t entry;
	long page;

	page = pte_present(was) ? pte_pfn(was) - folio_pfn(l->folio) : -1;
	if (page != i)
		return mmk_pte_same(pte, was);
	kind = mmk_pte_classify(pte);
	wanted = entry_kind(was, exclusive);
	MMK_EXPECT_KIND(test, kind, wanted);
	if (kind != wanted)
		return false;
	entry = softleaf_from_pte(pte);
	return softleaf_to_pfn(entry) == folio_pfn(l->folio) + i &&
	       softleaf_is_migration_young(entry) ==
	       entry_may_be(pte_young(was)) &&
	       softleaf_is_migration_dirty(entry) ==
	       entry_may_be(pte_dirty(was)) &&
	       mmk_bits_of_pte(pte) == mmk_bits_of_pte(was);
}

/**
 * mmk_expect_large_entries() - Expect entries where the folio was mapped, and only there
 * @test: the case
 * @l: the folio, isolated, after try_to_migrate()
 * @before: its state before that
 *
 * Nothing maps the folio any more, and the counters of the mms are what they were. If
 * it was queued for a split, it still is.
 */
void mmk_expect_large_entries(struct kunit *test, struct mmk_large *l,
			      const struct mmk_large_state *before)
{
	struct mm_struct *mms[] = { l->mm, l->child };
	bool dirty = before->folio.dirty;
	unsigned int i, m;

	for (m = 0; m < ARRAY_SIZE(mms) && mms[m]; m++) {
		for (i = 0; i < l->nr; i++)
			if (!large_entry_right(test, mms[m], l, i,
					       before->ptes[m][i],
					       before->exclusive[i]))
				break;
		if (i < l->nr)
			KUNIT_FAIL(test, "%s, page %u: entry %lx for pte %lx",
				   m ? "child" : "mm", i,
				   (unsigned long)pte_val(mmk_pte(mms[m],
								  l->addr +
								  i * PAGE_SIZE)),
				   (unsigned long)pte_val(before->ptes[m][i]));
		for (i = 0; i < l->nr; i++) {
			pte_t was = before->ptes[m][i];

			dirty |= pte_present(was) && pte_dirty(was) &&
				 pte_pfn(was) == before->pfn + i;
		}
	}
	for (i = 0; i < l->nr; i++)
		if (page_times_mapped(l->folio, i))
			break;
	KUNIT_EXPECT_EQ_MSG(test, i, l->nr, "first page that is mapped");
	KUNIT_EXPECT_FALSE(test, folio_mapped(l->folio));
	KUNIT_EXPECT_EQ(test, folio_entire_mapcount(l->folio), 0);
	KUNIT_EXPECT_EQ(test, folio_ref_count(l->folio),
			(int)(1 + (l->file ? l->nr : 0)));
	KUNIT_EXPECT_EQ(test, folio_test_dirty(l->folio), dirty);
	KUNIT_EXPECT_TRUE(test, !before->queued || mmk_large_queued(l->folio));
	KUNIT_EXPECT_TRUE(test, !before->partial ||
			  folio_test_partially_mapped(l->folio));
	mmk_expect_mm_same(test, "with entries", l->mm, &before->mm);
	if (l->child)
		mmk_expect_mm_same(test, "with entries", l->child,
				   &before->child);
}
