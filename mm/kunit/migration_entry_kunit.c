// SPDX-License-Identifier: GPL-2.0
/*
 * Migration entries: what stands in a page table while a folio is moved, and
 * what fork(), mprotect() and munmap() make of it.
 */
#include <linux/fs.h>
#include <linux/hmm.h>
#include <linux/mmu_notifier.h>
#include <linux/mount.h>
#include <linux/prandom.h>
#include <linux/rmap.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/swap.h>
#include <linux/vmstat.h>

#include <asm/tlb.h>
#include <trace/events/migrate.h>

#include "../internal.h"
#include "fixtures.h"

/* What every page under migration holds, see mmk_fill(). */
#define SEED	0x2a

/* The highest pfn that the kernel can have to deal with, and its bits. */
#define PFN_BITS	(MAX_PHYSMEM_BITS - PAGE_SHIFT)
#define MAX_PFN		(BIT(PFN_BITS) - 1)

/**
 * enum backing - What is mapped
 * @ANON_EXCLUSIVE: private memory that nobody else maps
 * @ANON_SHARED: private memory that a child maps as well since a fork()
 * @SHMEM_SHARED: tmpfs, mapped shared
 * @SHMEM_PRIVATE: tmpfs, mapped private and not written to yet
 */
enum backing {
	ANON_EXCLUSIVE,
	ANON_SHARED,
	SHMEM_SHARED,
	SHMEM_PRIVATE,
	NR_BACKINGS,
};

/**
 * struct page_case - How a page is mapped when it comes to be migrated
 * @description: for the KTAP line
 * @backing: what is mapped
 * @write: the pte is writable
 * @dirty: the pte is dirty; the folio is clean in any case
 * @young: the pte is young
 * @locked: the VMA is VM_LOCKED
 * @kind: the entry that the pte has to become
 */
struct page_case {
	const char *description;
	enum backing backing;
	bool write;
	bool dirty;
	bool young;
	bool locked;
	enum mmk_pte_kind kind;
};

/**
 * struct scene - A mapped page, and its migration
 * @mm: the address space of the case
 * @child: shares the page since a fork(), or NULL
 * @file: what is mapped, or NULL
 * @addr: where
 * @src: the folio that is there at first
 * @hold: its migration
 * @cache_refs: references that the page cache has on it
 */
struct scene {
	struct mm_struct *mm;
	struct mm_struct *child;
	struct file *file;
	unsigned long addr;
	struct folio *src;
	struct mmk_hold *hold;
	int cache_refs;
};

static bool is_anon(enum backing backing)
{
	return backing == ANON_EXCLUSIVE || backing == ANON_SHARED;
}

static void scene_map_file(struct kunit *test, struct scene *scene,
			   bool shared)
{
	unsigned long addr;

	scene->file = mmk_shmem_file(test, 1);
	addr = mmk_mmap(test, scene->file, PAGE_SIZE, PROT_READ | PROT_WRITE,
			MAP_SHARED);
	mmk_fill(test, addr, 1, SEED);
	scene->addr = addr;
	scene->cache_refs = 1;
	if (shared)
		return;

	scene->addr = mmk_mmap(test, scene->file, PAGE_SIZE,
			       PROT_READ | PROT_WRITE, MAP_PRIVATE);
	KUNIT_ASSERT_EQ(test, sys_munmap(addr, PAGE_SIZE), 0L);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(scene->mm, scene->addr, false), 0);
}

/* A page as @how describes it, with a clean folio. */
static void scene_map(struct kunit *test, struct scene *scene,
		      struct mm_struct *mm, const struct page_case *how)
{
	memset(scene, 0, sizeof(*scene));
	scene->mm = mm;
	if (is_anon(how->backing)) {
		scene->addr = mmk_map_anon(test, 1);
		mmk_fill(test, scene->addr, 1, SEED);
	} else {
		scene_map_file(test, scene, how->backing == SHMEM_SHARED);
	}

	if (how->backing == ANON_SHARED)
		scene->child = mmk_fork(test);
	else if (how->backing != SHMEM_PRIVATE && !how->write)
		KUNIT_ASSERT_EQ(test, 0L, sys_mprotect(scene->addr, PAGE_SIZE,
						       PROT_READ));
	if (how->locked)
		KUNIT_ASSERT_EQ(test, 0L, sys_mlock2(scene->addr, PAGE_SIZE,
						     MLOCK_ONFAULT));

	scene->src = mmk_pte_folio(test, mm, scene->addr);
	mmk_pte_set_flags(test, mm, scene->addr, how->young, how->dirty);
	if (scene->child)
		mmk_pte_set_flags(test, scene->child, scene->addr, how->young,
				  false);
	folio_clear_dirty(scene->src);
	KUNIT_ASSERT_EQ(test, !!pte_write(mmk_pte(mm, scene->addr)),
			how->write);
}

/* The same, and an entry in the place of its pte. */
static void scene_unmap(struct kunit *test, struct scene *scene,
			struct mm_struct *mm, const struct page_case *how)
{
	scene_map(test, scene, mm, how);
	scene->hold = mmk_hold(test, scene->src);
	try_to_migrate(scene->src, 0);
}

static bool pte_is_migration(pte_t pte)
{
	return !pte_none(pte) && !pte_present(pte) &&
	       softleaf_is_migration(softleaf_from_pte(pte));
}

/* What young and dirty can be told of an entry. */
static bool entry_may_be(bool flag)
{
	return flag && migration_entry_supports_ad();
}

static void expect_kind(struct kunit *test, struct mm_struct *mm,
			unsigned long addr, enum mmk_pte_kind want)
{
	enum mmk_pte_kind kind = mmk_pte_kind(mm, addr);

	KUNIT_EXPECT_EQ_MSG(test, (int)kind, (int)want,
			    "pte is %s, should be %s", mmk_pte_kind_name(kind),
			    mmk_pte_kind_name(want));
}

/* A present pte of the folio, with exactly these flags. */
static void expect_mapped(struct kunit *test, struct mm_struct *mm,
			  unsigned long addr, struct folio *folio, bool write,
			  bool young, bool dirty)
{
	pte_t pte = mmk_pte(mm, addr);

	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	if (!pte_present(pte))
		return;
	KUNIT_EXPECT_PTR_EQ(test, pte_page(pte), folio_page(folio, 0));
	KUNIT_EXPECT_EQ_MSG(test, !!pte_write(pte), write, "writable");
	KUNIT_EXPECT_EQ_MSG(test, !!pte_young(pte), young, "young");
	KUNIT_EXPECT_EQ_MSG(test, !!pte_dirty(pte), dirty, "dirty");
}

/* A migration entry for the folio, with exactly these flags. */
static void expect_entry(struct kunit *test, struct mm_struct *mm,
			 unsigned long addr, enum mmk_pte_kind kind,
			 struct folio *folio, bool young, bool dirty)
{
	pte_t pte = mmk_pte(mm, addr);
	softleaf_t entry;

	expect_kind(test, mm, addr, kind);
	if (!pte_is_migration(pte))
		return;
	entry = softleaf_from_pte(pte);
	KUNIT_EXPECT_PTR_EQ(test, softleaf_to_folio(entry), folio);
	KUNIT_EXPECT_EQ_MSG(test, (bool)softleaf_is_migration_young(entry),
			    entry_may_be(young), "young");
	KUNIT_EXPECT_EQ_MSG(test, (bool)softleaf_is_migration_dirty(entry),
			    entry_may_be(dirty), "dirty");
}

static void expect_exclusive(struct kunit *test, struct folio *folio,
			     bool exclusive)
{
	KUNIT_EXPECT_EQ_MSG(test, exclusive,
			    (bool)PageAnonExclusive(folio_page(folio, 0)),
			    "PG_anon_exclusive");
}

/* References on the folio while nothing maps it, but isolation holds it. */
static int scene_idle_refs(struct scene *scene)
{
	return 1 + scene->cache_refs;
}

/* ME-1: the encoding */

/**
 * struct entry_case - One kind of migration entry
 * @description: for the KTAP line
 * @make: makes an entry of the kind
 * @kind: the kind
 */
struct entry_case {
	const char *description;
	softleaf_t (*make)(pgoff_t pfn);
	enum mmk_pte_kind kind;
};

static const struct entry_case entry_cases[] = {
	{ "readable", make_readable_migration_entry,
	  MMK_PTE_MIGRATION_READ },
	{ "readable exclusive", make_readable_exclusive_migration_entry,
	  MMK_PTE_MIGRATION_READ_EXCLUSIVE },
	{ "writable", make_writable_migration_entry,
	  MMK_PTE_MIGRATION_WRITE },
};

KUNIT_ARRAY_PARAM_DESC(entry, entry_cases, description);

static softleaf_t entry_with_flags(softleaf_t entry, bool young, bool dirty)
{
	if (young)
		entry = make_migration_entry_young(entry);
	if (dirty)
		entry = make_migration_entry_dirty(entry);
	return entry;
}

/* What the trip through a pte breaks, or NULL. */
static const char *trip_breaks(const struct entry_case *c, unsigned long pfn,
			       bool young, bool dirty)
{
	softleaf_t entry = entry_with_flags(c->make(pfn), young, dirty);
	pte_t pte = softleaf_to_pte(entry);
	softleaf_t back;

	if (mmk_pte_classify(pte) != c->kind)
		return mmk_pte_kind_name(mmk_pte_classify(pte));
	back = softleaf_from_pte(pte);
	if (back.val != entry.val)
		return "another entry";
	if (!softleaf_is_migration(back) || !softleaf_has_pfn(back))
		return "not taken for an entry with a pfn";
	if (softleaf_to_pfn(back) != pfn)
		return "another pfn";
	if ((bool)softleaf_is_migration_young(back) != entry_may_be(young))
		return "not as young";
	if ((bool)softleaf_is_migration_dirty(back) != entry_may_be(dirty))
		return "not as dirty";
	return NULL;
}

/* The trips of one pfn, with each of the four combinations of the flags. */
static void expect_round_trip(struct kunit *test, const struct entry_case *c,
			      unsigned long pfn)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		const char *fault = trip_breaks(c, pfn, i & 1, i & 2);

		/* One is enough: nearly all would fail in the same way. */
		KUNIT_ASSERT_NULL_MSG(test, fault,
				      "pfn %lx, young %d, dirty %d: %s", pfn,
				      i & 1, !!(i & 2), fault);
	}
}

/**
 * entry_survives_the_round_trip_through_a_pte() - Encoding loses nothing
 * @test: the running case
 *
 * For the lowest and the highest pfn, each with a single bit, and random ones:
 * the pte is neither none nor present, is of the one kind that it was made, and
 * gives back the pfn, young and dirty.
 *
 * Contract: ME-1
 */
static void entry_survives_the_round_trip_through_a_pte(struct kunit *test)
{
	const struct entry_case *c = test->param_value;
	struct rnd_state rnd;
	unsigned int i;

	expect_round_trip(test, c, 0);
	expect_round_trip(test, c, MAX_PFN);
	for (i = 0; i < PFN_BITS; i++) {
		expect_round_trip(test, c, BIT(i));
		expect_round_trip(test, c, MAX_PFN & ~BIT(i));
	}

	prandom_seed_state(&rnd, SEED);
	for (i = 0; i < 1000; i++)
		expect_round_trip(test, c, MAX_PFN &
				  ((u64)prandom_u32_state(&rnd) << 32 |
				   prandom_u32_state(&rnd)));
}

/**
 * entry_leads_to_its_page_while_that_is_locked() - From the entry to the page
 * @test: the running case
 *
 * For each page of a folio of four, whatever else the entry carries: it leads to
 * that very page, and to the folio that this is part of.
 *
 * Contract: ME-1
 */
static void entry_leads_to_its_page_while_that_is_locked(struct kunit *test)
{
	const struct entry_case *c = test->param_value;
	struct folio *folio = folio_alloc(GFP_KERNEL, 2);
	softleaf_t entry;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, folio);
	folio_lock(folio);
	for (i = 0; i < 4 * 4; i++) {
		entry = entry_with_flags(c->make(folio_pfn(folio) + i / 4),
					 i & 1, i & 2);
		entry = softleaf_from_pte(softleaf_to_pte(entry));
		KUNIT_EXPECT_PTR_EQ(test, softleaf_to_page(entry),
				    folio_page(folio, i / 4));
		KUNIT_EXPECT_PTR_EQ(test, softleaf_to_folio(entry), folio);
	}
	folio_unlock(folio);
	folio_put(folio);
}

/* ME-3: from the pte to the entry */

static const struct page_case page_cases[] = {
	{ "anon, exclusive, writable", ANON_EXCLUSIVE,
	  .write = true, .dirty = true, .young = true,
	  .kind = MMK_PTE_MIGRATION_WRITE },
	{ "anon, exclusive, read-only", ANON_EXCLUSIVE,
	  .dirty = true,
	  .kind = MMK_PTE_MIGRATION_READ_EXCLUSIVE },
	{ "anon, shared with a child", ANON_SHARED,
	  .young = true,
	  .kind = MMK_PTE_MIGRATION_READ },
	{ "anon, exclusive, writable, mlocked", ANON_EXCLUSIVE,
	  .write = true, .young = true, .locked = true,
	  .kind = MMK_PTE_MIGRATION_WRITE },
	{ "tmpfs, shared, writable", SHMEM_SHARED,
	  .write = true, .dirty = true, .young = true,
	  .kind = MMK_PTE_MIGRATION_WRITE },
	{ "tmpfs, shared, read-only", SHMEM_SHARED,
	  .kind = MMK_PTE_MIGRATION_READ },
	{ "tmpfs, private", SHMEM_PRIVATE,
	  .young = true,
	  .kind = MMK_PTE_MIGRATION_READ },
};

KUNIT_ARRAY_PARAM_DESC(page, page_cases, description);

/**
 * unmapping_records_what_the_pte_allowed() - try_to_migrate()
 * @test: the running case
 *
 * A writable pte becomes a writable entry; a read-only one of an exclusive
 * anonymous page a readable exclusive one, any other a readable one. Young and
 * dirty go along as far as an entry can carry them, and dirty is on the folio
 * in any case. Nothing maps the folio any more, and nothing but the isolation
 * and the page cache refers to it: not even an mlock batch.
 *
 * Contract: ME-3
 */
static void unmapping_records_what_the_pte_allowed(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_mm_state before;
	struct scene s;

	scene_map(test, &s, mm, how);
	mmk_mm_snapshot(mm, &before);
	s.hold = mmk_hold(test, s.src);
	try_to_migrate(s.src, 0);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), scene_idle_refs(&s));

	expect_entry(test, mm, s.addr, how->kind, s.src, how->young,
		     how->dirty);
	if (s.child)
		expect_entry(test, s.child, s.addr, MMK_PTE_MIGRATION_READ,
			     s.src, how->young, false);

	KUNIT_EXPECT_EQ(test, folio_test_dirty(s.src), how->dirty);
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.src), 0);
	KUNIT_EXPECT_FALSE(test, folio_test_mlocked(s.src));
	if (is_anon(how->backing))
		expect_exclusive(test, s.src, false);
	mmk_expect_mm_same(test, "with the entry in place", mm, &before);
	KUNIT_EXPECT_GE(test, mm->hiwater_rss, get_mm_rss(mm));

	remove_migration_ptes(s.src, s.src, 0);
	mmk_hold_finish(test, s.hold, false);
}

/**
 * struct notified - What an MMU notifier was told about a page
 * @mn: the notifier
 * @addr: the page
 * @nr_start: calls of invalidate_range_start()
 * @nr_end: calls of invalidate_range_end()
 * @start: of the range
 * @end: of the range
 * @event: why
 * @kind_at_start: what the pte was at the first of these calls
 * @kind_at_end: what it was at the last
 */
struct notified {
	struct mmu_notifier mn;
	unsigned long addr;
	unsigned int nr_start;
	unsigned int nr_end;
	unsigned long start;
	unsigned long end;
	enum mmu_notifier_event event;
	unsigned int flags;
	enum mmk_pte_kind kind_at_start;
	enum mmk_pte_kind kind_at_end;
};

static int notified_start(struct mmu_notifier *mn,
			  const struct mmu_notifier_range *range)
{
	struct notified *n = container_of(mn, struct notified, mn);

	n->nr_start++;
	n->start = range->start;
	n->end = range->end;
	n->event = range->event;
	n->flags = range->flags;
	n->kind_at_start = mmk_pte_kind(range->mm, n->addr);
	return 0;
}

static void notified_end(struct mmu_notifier *mn,
			 const struct mmu_notifier_range *range)
{
	struct notified *n = container_of(mn, struct notified, mn);

	n->nr_end++;
	n->kind_at_end = mmk_pte_kind(range->mm, n->addr);
}

static const struct mmu_notifier_ops notified_ops = {
	.invalidate_range_start	= notified_start,
	.invalidate_range_end	= notified_end,
};

/**
 * other_mmus_are_told_before_and_after() - MMU notifiers of try_to_migrate()
 * @test: the running case
 *
 * One pair of calls for exactly the page: the first while the pte is still
 * there, the second when the entry has taken its place.
 *
 * Contract: ME-3
 */
static void other_mmus_are_told_before_and_after(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct notified n = { .mn.ops = &notified_ops };
	struct mm_struct *mm = mmk_mm_enter(test);
	struct scene s;

	scene_map(test, &s, mm, how);
	s.hold = mmk_hold(test, s.src);
	n.addr = s.addr;
	KUNIT_ASSERT_EQ(test, mmu_notifier_register(&n.mn, mm), 0);
	try_to_migrate(s.src, 0);
	mmu_notifier_unregister(&n.mn, mm);

	KUNIT_EXPECT_EQ(test, n.nr_start, 1U);
	KUNIT_EXPECT_EQ(test, n.nr_end, 1U);
	KUNIT_EXPECT_EQ(test, n.start, s.addr);
	KUNIT_EXPECT_EQ(test, n.end, s.addr + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, (int)n.event, (int)MMU_NOTIFY_CLEAR);
	KUNIT_EXPECT_EQ(test, n.flags & ~MMU_NOTIFIER_RANGE_BLOCKABLE, 0U);
	KUNIT_EXPECT_EQ(test, (int)n.kind_at_start, (int)MMK_PTE_PRESENT);
	KUNIT_EXPECT_EQ(test, (int)n.kind_at_end, (int)how->kind);
	remove_migration_ptes(s.src, s.src, 0);
	mmk_hold_finish(test, s.hold, false);
}

/* ME-4: from the entry back to a pte */

/**
 * moved_page_is_mapped_as_the_entry_records() - remove_migration_ptes(src, dst)
 * @test: the running case
 *
 * The pte points to the new folio, is writable, young and dirty exactly as the
 * old one was, and the page is exclusive unless the entry was just readable.
 * The new folio has one reference and one mapping for each pte, is mlocked if
 * the VMA is, and no batch keeps a reference on it.
 *
 * Contract: ME-4
 */
static void moved_page_is_mapped_as_the_entry_records(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct folio *dst;
	struct scene s;
	int nr_ptes;

	scene_unmap(test, &s, mm, how);
	nr_ptes = s.child ? 2 : 1;
	dst = mmk_hold_copy(test, s.hold);
	lru_add_drain();
	KUNIT_EXPECT_EQ(test, folio_ref_count(dst), scene_idle_refs(&s));

	remove_migration_ptes(s.src, dst, 0);
	KUNIT_EXPECT_EQ(test, folio_ref_count(dst),
			scene_idle_refs(&s) + nr_ptes);
	KUNIT_EXPECT_EQ(test, folio_mapcount(dst), nr_ptes);
	KUNIT_EXPECT_EQ(test, folio_test_mlocked(dst), how->locked);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), 1);
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.src), 0);
	mmk_hold_finish(test, s.hold, true);

	expect_mapped(test, mm, s.addr, dst, how->write,
		      entry_may_be(how->young), entry_may_be(how->dirty));
	if (s.child)
		expect_mapped(test, s.child, s.addr, dst, false,
			      entry_may_be(how->young), false);
	if (is_anon(how->backing))
		expect_exclusive(test, dst, how->backing == ANON_EXCLUSIVE);
	KUNIT_EXPECT_EQ(test, folio_test_dirty(dst), how->dirty);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, s.addr, 1, SEED));
}

/**
 * page_that_stays_is_mapped_as_before() - remove_migration_ptes(src, src)
 * @test: the running case
 *
 * The way back out of a migration that could not be completed.
 *
 * Contract: ME-4, ME-5
 */
static void page_that_stays_is_mapped_as_before(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_folio_state before;
	struct mmk_mm_state mm_before;
	struct scene s;

	scene_map(test, &s, mm, how);
	mmk_folio_snapshot(s.src, &before);
	mmk_mm_snapshot(mm, &mm_before);
	before.dirty = how->dirty;
	s.hold = mmk_hold(test, s.src);
	try_to_migrate(s.src, 0);
	expect_kind(test, mm, s.addr, how->kind);

	remove_migration_ptes(s.src, s.src, 0);
	mmk_hold_finish(test, s.hold, false);

	mmk_expect_folio_same(test, "the folio", s.src, &before);
	mmk_expect_mm_same(test, "the mm", mm, &mm_before);
	expect_mapped(test, mm, s.addr, s.src, how->write,
		      entry_may_be(how->young), entry_may_be(how->dirty));
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, s.addr, 1, SEED));
}

/**
 * every_mapping_gets_back_what_it_had() - One folio, three ptes
 * @test: the running case
 *
 * A page of tmpfs is mapped writable, read-only at a second address, and
 * writable in a second mm. Each pte becomes an entry of its own kind, and each
 * entry a pte of the new folio.
 *
 * Contract: ME-3, ME-4
 */
static void every_mapping_gets_back_what_it_had(struct kunit *test)
{
	const struct page_case how = { .backing = SHMEM_SHARED, .write = true,
				       .dirty = true, .young = true };
	struct mm_struct *mm = mmk_mm_enter(test), *other;
	unsigned long ro;
	struct folio *dst;
	struct scene s;

	scene_map(test, &s, mm, &how);
	ro = mmk_mmap(test, s.file, PAGE_SIZE, PROT_READ, MAP_SHARED);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, ro, false), 0);
	other = mmk_fork(test);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(other, s.addr, true), 0);
	mmk_pte_set_flags(test, mm, ro, false, false);
	mmk_pte_set_flags(test, other, s.addr, true, false);
	KUNIT_ASSERT_EQ(test, folio_mapcount(s.src), 3);

	s.hold = mmk_hold(test, s.src);
	try_to_migrate(s.src, 0);
	MMK_EXPECT_PTE(test, mm, s.addr, MIGRATION_WRITE);
	MMK_EXPECT_PTE(test, mm, ro, MIGRATION_READ);
	MMK_EXPECT_PTE(test, other, s.addr, MIGRATION_WRITE);
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.src), 0);

	dst = mmk_hold_copy(test, s.hold);
	lru_add_drain();
	remove_migration_ptes(s.src, dst, 0);
	KUNIT_EXPECT_EQ(test, folio_mapcount(dst), 3);
	KUNIT_EXPECT_EQ(test, folio_ref_count(dst), scene_idle_refs(&s) + 3);
	mmk_hold_finish(test, s.hold, true);
	expect_mapped(test, mm, s.addr, dst, true, entry_may_be(true),
		      entry_may_be(true));
	expect_mapped(test, mm, ro, dst, false, false, false);
	expect_mapped(test, other, s.addr, dst, true, entry_may_be(true),
		      false);
}

/**
 * other_entries_are_left_alone() - Four folios under migration at once
 * @test: the running case
 *
 * Only the entries of the folio that has been moved are removed: not those beside
 * it, and not that of another folio at the same address in a child, where the walk
 * of the rmap comes by as well.
 *
 * Contract: ME-4
 */
static void other_entries_are_left_alone(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr = mmk_map_anon(test, 3), mid = addr + PAGE_SIZE;
	struct mmk_hold *hold[4];
	struct folio *src[4];
	int i;

	mmk_fill(test, addr, 3, SEED);
	child = mmk_fork(test);
	/* The child keeps the old pages. */
	mmk_fill(test, addr, 3, SEED + 1);
	for (i = 0; i < 3; i++)
		src[i] = mmk_pte_folio(test, mm, addr + i * PAGE_SIZE);
	src[3] = mmk_pte_folio(test, child, mid);
	KUNIT_ASSERT_PTR_NE(test, src[1], src[3]);
	for (i = 0; i < 4; i++) {
		hold[i] = mmk_hold(test, src[i]);
		try_to_migrate(src[i], 0);
	}
	MMK_EXPECT_PTE(test, child, mid, MIGRATION_READ);
	MMK_EXPECT_PTE(test, child, addr, PRESENT);

	remove_migration_ptes(src[1], src[1], 0);
	MMK_EXPECT_PTE(test, mm, addr, MIGRATION_WRITE);
	MMK_EXPECT_PTE(test, mm, mid, PRESENT);
	MMK_EXPECT_PTE(test, mm, addr + 2 * PAGE_SIZE, MIGRATION_WRITE);
	MMK_EXPECT_PTE(test, child, mid, MIGRATION_READ);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, folio_mapcount(src[i]), i == 1 ? 1 : 0);

	remove_migration_ptes(src[3], src[3], 0);
	MMK_EXPECT_PTE(test, child, mid, PRESENT);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(child, mid),
			    folio_page(src[3], 0));
	KUNIT_EXPECT_EQ(test, folio_mapcount(src[1]), 1);
	remove_migration_ptes(src[0], src[0], 0);
	remove_migration_ptes(src[2], src[2], 0);
	for (i = 0; i < 4; i++)
		mmk_hold_finish(test, hold[i], false);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 3, SEED + 1));
	KUNIT_EXPECT_TRUE(test, mmk_mm_holds(test, child, addr, 3, SEED));
}

/**
 * clean_folio_is_not_mapped_dirty() - Written back between unmap and restore
 * @test: the running case
 *
 * The entry remembers that the pte was dirty, but the folio has been cleaned
 * since: nothing is left to be written, and the new pte is clean.
 *
 * Contract: ME-4
 */
static void clean_folio_is_not_mapped_dirty(struct kunit *test)
{
	const struct page_case how = { .backing = SHMEM_SHARED, .write = true,
				       .dirty = true, .young = true };
	struct mm_struct *mm = mmk_mm_enter(test);
	struct scene s;

	scene_unmap(test, &s, mm, &how);
	KUNIT_EXPECT_TRUE(test, folio_test_dirty(s.src));
	folio_clear_dirty(s.src);

	remove_migration_ptes(s.src, s.src, 0);
	mmk_hold_finish(test, s.hold, false);
	expect_mapped(test, mm, s.addr, s.src, true, entry_may_be(true), false);
}

/**
 * struct zero_case - A page that may or may not give way to the zero page
 * @description: for the KTAP line
 * @last_byte: of the page, the others are zero
 * @flags: for remove_migration_ptes()
 * @locked: the VMA is VM_LOCKED
 * @replaced: the zero page has to take its place
 */
struct zero_case {
	const char *description;
	u8 last_byte;
	int flags;
	bool locked;
	bool replaced;
};

static const struct zero_case zero_cases[] = {
	{ "zeroes", 0, TTU_USE_SHARED_ZEROPAGE, .replaced = true },
	{ "zeroes, but nobody asked", 0, 0 },
	{ "zeroes up to the last byte", 1, TTU_USE_SHARED_ZEROPAGE },
	{ "zeroes, mlocked", 0, TTU_USE_SHARED_ZEROPAGE, .locked = true },
};

KUNIT_ARRAY_PARAM_DESC(zero, zero_cases, description);

/**
 * unused_page_gives_way_to_the_zero_page() - TTU_USE_SHARED_ZEROPAGE
 * @test: the running case
 *
 * A page of zeroes is not mapped again: the shared zero page is, read-only, and
 * the RSS goes down. That is only so if the caller asks for it, and not in a
 * VM_LOCKED VMA.
 *
 * Contract: ME-4
 */
static void unused_page_gives_way_to_the_zero_page(struct kunit *test)
{
	const struct zero_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct mmk_hold *hold;
	struct folio *src;

	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, true), 0);
	KUNIT_ASSERT_EQ(test, 0, mmk_mm_poke(mm, addr + PAGE_SIZE - 1,
					     c->last_byte));
	if (c->locked)
		KUNIT_ASSERT_EQ(test, 0L, sys_mlock2(addr, PAGE_SIZE,
						     MLOCK_ONFAULT));
	src = mmk_pte_folio(test, mm, addr);
	hold = mmk_hold(test, src);
	try_to_migrate(src, 0);

	remove_migration_ptes(src, src, c->flags);
	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	KUNIT_EXPECT_EQ(test, is_zero_pfn(pte_pfn(mmk_pte(mm, addr))),
			c->replaced);
	KUNIT_EXPECT_EQ(test, !pte_write(mmk_pte(mm, addr)), c->replaced);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES),
			c->replaced ? 0UL : 1UL);
	KUNIT_EXPECT_EQ(test, folio_mapcount(src), c->replaced ? 0 : 1);
	KUNIT_EXPECT_EQ(test, folio_ref_count(src), c->replaced ? 1 : 2);
	mmk_hold_finish(test, hold, false);

	KUNIT_EXPECT_EQ(test, mmk_mm_poke(mm, addr, 1), 0);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 1UL);
}

static const struct page_case device_cases[] = {
	{ "writable", ANON_EXCLUSIVE, .write = true,
	  .kind = MMK_PTE_MIGRATION_WRITE },
	{ "exclusive, read-only", ANON_EXCLUSIVE,
	  .kind = MMK_PTE_MIGRATION_READ_EXCLUSIVE },
	{ "shared with a child", ANON_SHARED,
	  .kind = MMK_PTE_MIGRATION_READ },
};

KUNIT_ARRAY_PARAM_DESC(device, device_cases, description);

/**
 * device_private_page_is_unmapped_and_mapped_again() - No pte to begin with
 * @test: the running case
 *
 * A device-private page is mapped by an entry, writable or not, and comes back
 * as the same entry.
 *
 * Contract: ME-3, ME-4
 */
static void device_private_page_is_unmapped_and_mapped_again(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test), *child = NULL;
	unsigned long addr = mmk_map_anon(test, 1);
	int nr_ptes = how->backing == ANON_SHARED ? 2 : 1;
	enum mmk_pte_kind kind;
	struct folio *folio;

	mmk_fill(test, addr, 1, SEED);
	folio = page_folio(mmk_migrate_to_dev(test, mm, addr, dev));
	if (how->backing == ANON_SHARED)
		child = mmk_fork(test);
	else if (!how->write)
		KUNIT_ASSERT_EQ(test, 0L, sys_mprotect(addr, PAGE_SIZE,
						       PROT_READ));
	kind = how->write ? MMK_PTE_DEVICE_PRIVATE_WRITE :
			    MMK_PTE_DEVICE_PRIVATE_READ;
	expect_kind(test, mm, addr, kind);
	folio_get(folio);
	folio_lock(folio);

	try_to_migrate(folio, 0);
	expect_entry(test, mm, addr, how->kind, folio, false, false);
	KUNIT_EXPECT_EQ(test, folio_mapcount(folio), 0);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
	expect_exclusive(test, folio, false);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 1UL);

	remove_migration_ptes(folio, folio, 0);
	KUNIT_EXPECT_EQ(test, folio_mapcount(folio), nr_ptes);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1 + nr_ptes);
	expect_kind(test, mm, addr, kind);
	if (child) {
		expect_kind(test, child, addr, kind);
		KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_ANONPAGES), 1UL);
	}
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(mm, addr),
			    folio_page(folio, 0));
	expect_exclusive(test, folio, how->backing == ANON_EXCLUSIVE);
	folio_unlock(folio);
	folio_put(folio);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 1, SEED));
}

/**
 * pinned_exclusive_page_stays_mapped() - A page that DMA may go to
 * @test: the running case
 *
 * The pin relies on the page staying exclusive, so it must not be shared by an
 * entry: try_to_migrate() leaves the pte as it was. Other MMUs, who cannot know,
 * are told of the end as they were of the beginning.
 *
 * Contract: ME-3, ME-15
 */
static void pinned_exclusive_page_stays_mapped(struct kunit *test)
{
	const struct page_case how = { .backing = ANON_EXCLUSIVE, .write = true,
				       .dirty = true };
	struct notified n = { .mn.ops = &notified_ops };
	struct mm_struct *mm = mmk_mm_enter(test);
	struct page *page;
	struct scene s;
	int refs;

	scene_map(test, &s, mm, &how);
	page = mmk_pin(test, s.addr, FOLL_WRITE);
	mmk_pte_set_flags(test, mm, s.addr, false, true);
	s.hold = mmk_hold(test, s.src);
	refs = folio_ref_count(s.src);
	n.addr = s.addr;
	KUNIT_ASSERT_EQ(test, mmu_notifier_register(&n.mn, mm), 0);

	try_to_migrate(s.src, 0);
	mmu_notifier_unregister(&n.mn, mm);
	KUNIT_EXPECT_EQ(test, n.nr_start, 1U);
	KUNIT_EXPECT_EQ(test, n.nr_end, 1U);
	KUNIT_EXPECT_EQ(test, (int)n.kind_at_end, (int)MMK_PTE_PRESENT);
	expect_mapped(test, mm, s.addr, s.src, true, false, true);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), refs);
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.src), 1);
	expect_exclusive(test, s.src, true);

	remove_migration_ptes(s.src, s.src, 0);
	mmk_hold_finish(test, s.hold, false);
	mmk_unpin(test, page);
	expect_mapped(test, mm, s.addr, s.src, true, false, true);
}

/**
 * temporary_stack_of_exec_is_left_alone() - shift_arg_pages() is at work
 * @test: the running case
 *
 * While exec() moves its stack, the rmap walk could miss an entry. Such a VMA is
 * skipped, and the page stays mapped.
 *
 * Contract: ME-3
 */
static void temporary_stack_of_exec_is_left_alone(struct kunit *test)
{
	const struct page_case how = { .backing = ANON_EXCLUSIVE, .write = true,
				       .young = true };
	struct mm_struct *mm = mmk_mm_enter(test);
	struct vm_area_struct *vma;
	struct scene s;

	scene_map(test, &s, mm, &how);
	mmap_write_lock(mm);
	vma = vma_lookup(mm, s.addr);
	vm_flags_set(vma, VM_GROWSDOWN | VM_STACK_INCOMPLETE_SETUP);
	mmap_write_unlock(mm);

	s.hold = mmk_hold(test, s.src);
	try_to_migrate(s.src, 0);
	expect_mapped(test, mm, s.addr, s.src, true, true, false);
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.src), 1);
	remove_migration_ptes(s.src, s.src, 0);
	mmk_hold_finish(test, s.hold, false);

	mmap_write_lock(mm);
	vm_flags_clear(vma, VM_GROWSDOWN | VM_STACK_INCOMPLETE_SETUP);
	mmap_write_unlock(mm);
}

/* ME-6: fork() while an entry is in place */

static const struct page_case fork_cases[] = {
	{ "writable, dirty, young", ANON_EXCLUSIVE,
	  .write = true, .dirty = true, .young = true },
	{ "writable, clean, old", ANON_EXCLUSIVE, .write = true },
	{ "exclusive, read-only, dirty", ANON_EXCLUSIVE, .dirty = true },
	{ "exclusive, read-only, young", ANON_EXCLUSIVE, .young = true },
	{ "shared with a first child", ANON_SHARED, .young = true },
};

KUNIT_ARRAY_PARAM_DESC(fork, fork_cases, description);

/**
 * fork_makes_private_entry_readable() - fork() while an entry is in place
 * @test: the running case
 *
 * A private page is under migration when its owner forks. From then on neither
 * may write without a copy: both sides get a readable entry, and the child
 * counts it in its RSS. After the migration both map the new folio read-only,
 * with young and dirty as they were, and a write by either leaves the other's
 * bytes alone.
 *
 * Contract: ME-6
 */
static void fork_makes_private_entry_readable(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	struct folio *dst;
	struct scene s;

	scene_unmap(test, &s, mm, how);
	child = mmk_fork(test);
	expect_entry(test, mm, s.addr, MMK_PTE_MIGRATION_READ, s.src,
		     how->young, how->dirty);
	expect_entry(test, child, s.addr, MMK_PTE_MIGRATION_READ, s.src,
		     how->young, how->dirty);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_ANONPAGES), 1UL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 1UL);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), 1);

	dst = mmk_hold_copy(test, s.hold);
	lru_add_drain();
	remove_migration_ptes(s.src, dst, 0);
	KUNIT_EXPECT_EQ(test, folio_mapcount(dst), s.child ? 3 : 2);
	KUNIT_EXPECT_EQ(test, folio_ref_count(dst), s.child ? 4 : 3);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), 1);
	mmk_hold_finish(test, s.hold, true);

	expect_mapped(test, mm, s.addr, dst, false, entry_may_be(how->young),
		      entry_may_be(how->dirty));
	expect_mapped(test, child, s.addr, dst, false,
		      entry_may_be(how->young), entry_may_be(how->dirty));
	expect_exclusive(test, dst, false);
}

/**
 * write_after_fork_and_migration_is_not_seen_by_the_other() - Copy on write
 * @test: the running case
 *
 * Child and parent write to a page that was forked while under migration.
 *
 * Contract: ME-6
 */
static void write_after_fork_and_migration_is_not_seen_by_the_other(struct kunit *test)
{
	const struct page_case how = { .backing = ANON_EXCLUSIVE, .write = true,
				       .dirty = true };
	struct mm_struct *mm = mmk_mm_enter(test), *child, *second;
	struct folio *dst;
	struct scene s;
	u8 byte;

	scene_unmap(test, &s, mm, &how);
	child = mmk_fork(test);
	second = mmk_fork(test);
	dst = mmk_hold_copy(test, s.hold);
	remove_migration_ptes(s.src, dst, 0);
	mmk_hold_finish(test, s.hold, true);

	KUNIT_EXPECT_EQ(test, mmk_mm_poke(child, s.addr, 0xc0), 0);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, s.addr, 1, SEED));
	KUNIT_EXPECT_PTR_NE(test, mmk_pte_folio(test, child, s.addr), dst);
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(mm, s.addr, 0xaa), 0);
	KUNIT_EXPECT_TRUE(test, mmk_mm_holds(test, second, s.addr, 1, SEED));
	KUNIT_EXPECT_PTR_NE(test, mmk_pte_folio(test, mm, s.addr), dst);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, second, s.addr), dst);
	KUNIT_EXPECT_EQ(test, access_remote_vm(child, s.addr, &byte, 1, 0), 1);
	KUNIT_EXPECT_EQ(test, byte, 0xc0);
}

/* A shared mapping whose ptes fork() copies, as that of a driver. */
static void scene_copy_ptes_at_fork(struct scene *scene)
{
	mmap_write_lock(scene->mm);
	vm_flags_set(vma_lookup(scene->mm, scene->addr), VM_MIXEDMAP);
	mmap_write_unlock(scene->mm);
}

static const struct page_case shared_cases[] = {
	{ "writable, dirty", SHMEM_SHARED, .write = true, .dirty = true,
	  .kind = MMK_PTE_MIGRATION_WRITE },
	{ "writable, young", SHMEM_SHARED, .write = true, .young = true,
	  .kind = MMK_PTE_MIGRATION_WRITE },
	{ "read-only", SHMEM_SHARED, .young = true,
	  .kind = MMK_PTE_MIGRATION_READ },
};

KUNIT_ARRAY_PARAM_DESC(shared, shared_cases, description);

/**
 * fork_leaves_shared_entry_as_it_is() - Both sides may go on writing
 * @test: the running case
 *
 * Where fork() copies the ptes of a shared mapping, a writable entry stays
 * writable in the parent, and the child gets the same one. It counts as a page
 * of tmpfs. Both then write to the same new folio.
 *
 * Contract: ME-6, ME-12
 */
static void fork_leaves_shared_entry_as_it_is(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	struct folio *dst;
	struct scene s;

	scene_map(test, &s, mm, how);
	scene_copy_ptes_at_fork(&s);
	s.hold = mmk_hold(test, s.src);
	try_to_migrate(s.src, 0);

	child = mmk_fork(test);
	expect_entry(test, mm, s.addr, how->kind, s.src, how->young,
		     how->dirty);
	expect_entry(test, child, s.addr, how->kind, s.src, how->young,
		     how->dirty);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_SHMEMPAGES), 1UL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_ANONPAGES), 0UL);

	dst = mmk_hold_copy(test, s.hold);
	lru_add_drain();
	remove_migration_ptes(s.src, dst, 0);
	KUNIT_EXPECT_EQ(test, folio_mapcount(dst), 2);
	KUNIT_EXPECT_EQ(test, folio_ref_count(dst), scene_idle_refs(&s) + 2);
	mmk_hold_finish(test, s.hold, true);
	expect_mapped(test, mm, s.addr, dst, how->write,
		      entry_may_be(how->young), entry_may_be(how->dirty));
	expect_mapped(test, child, s.addr, dst, how->write,
		      entry_may_be(how->young), entry_may_be(how->dirty));
}

/**
 * fork_leaves_shared_page_to_the_childs_fault() - No entry without need
 * @test: the running case
 *
 * Of an ordinary shared mapping fork() copies no pte. The parent's entry stays
 * as it is, and the child finds the new folio by a fault of its own.
 *
 * Contract: ME-6, ME-12
 */
static void fork_leaves_shared_page_to_the_childs_fault(struct kunit *test)
{
	const struct page_case how = { .backing = SHMEM_SHARED, .write = true,
				       .dirty = true, .young = true };
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	struct folio *dst;
	struct scene s;

	scene_unmap(test, &s, mm, &how);
	child = mmk_fork(test);
	expect_entry(test, mm, s.addr, MMK_PTE_MIGRATION_WRITE, s.src, true,
		     true);
	KUNIT_EXPECT_FALSE(test, pte_is_migration(mmk_pte(child, s.addr)));
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_SHMEMPAGES), 0UL);

	dst = mmk_hold_copy(test, s.hold);
	remove_migration_ptes(s.src, dst, 0);
	mmk_hold_finish(test, s.hold, true);
	KUNIT_EXPECT_TRUE(test, mmk_mm_holds(test, child, s.addr, 1, SEED));
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, child, s.addr), dst);
	KUNIT_EXPECT_EQ(test, folio_mapcount(dst), 2);
}

/**
 * fork_copies_entry_of_private_file_page() - Neither anonymous nor shared
 * @test: the running case
 *
 * A private mapping of tmpfs in which one page has been written to already, so
 * that fork() copies its ptes. The entry of a page that has not is readable in
 * both, and counts as a page of tmpfs.
 *
 * Contract: ME-6
 */
static void fork_copies_entry_of_private_file_page(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	struct file *file = mmk_shmem_file(test, 2);
	unsigned long addr;
	struct mmk_hold *hold;
	struct folio *src;

	addr = mmk_mmap(test, file, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, false), 0);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr + PAGE_SIZE, true), 0);
	src = mmk_pte_folio(test, mm, addr);
	KUNIT_ASSERT_FALSE(test, folio_test_anon(src));
	mmk_pte_set_flags(test, mm, addr, true, false);
	hold = mmk_hold(test, src);
	try_to_migrate(src, 0);

	child = mmk_fork(test);
	expect_entry(test, mm, addr, MMK_PTE_MIGRATION_READ, src, true, false);
	expect_entry(test, child, addr, MMK_PTE_MIGRATION_READ, src, true,
		     false);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_SHMEMPAGES), 1UL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_ANONPAGES), 1UL);

	remove_migration_ptes(src, src, 0);
	KUNIT_EXPECT_EQ(test, folio_mapcount(src), 2);
	mmk_hold_finish(test, hold, false);
	expect_mapped(test, child, addr, src, false, entry_may_be(true), false);
	expect_mapped(test, mm, addr, src, false, entry_may_be(true), false);
}

/* ME-8: mprotect() while an entry is in place */

static const struct page_case writable_cases[] = {
	{ "anon, dirty, young", ANON_EXCLUSIVE,
	  .write = true, .dirty = true, .young = true,
	  .kind = MMK_PTE_MIGRATION_READ_EXCLUSIVE },
	{ "anon, clean, old", ANON_EXCLUSIVE, .write = true,
	  .kind = MMK_PTE_MIGRATION_READ_EXCLUSIVE },
	{ "tmpfs, dirty", SHMEM_SHARED, .write = true, .dirty = true,
	  .kind = MMK_PTE_MIGRATION_READ },
	{ "tmpfs, young", SHMEM_SHARED, .write = true, .young = true,
	  .kind = MMK_PTE_MIGRATION_READ },
};

KUNIT_ARRAY_PARAM_DESC(writable, writable_cases, description);

/**
 * mprotect_takes_write_permission_from_the_entry() - PROT_READ
 * @test: the running case
 *
 * The writable entry becomes a readable one, exclusive for anonymous memory;
 * young and dirty stay. After the migration the pte is read-only. Once the VMA
 * is writable again, a write goes to the page itself, for nobody shares it.
 *
 * Contract: ME-8
 */
static void mprotect_takes_write_permission_from_the_entry(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct folio *dst;
	struct scene s;

	scene_unmap(test, &s, mm, how);
	MMK_EXPECT_PTE(test, mm, s.addr, MIGRATION_WRITE);
	KUNIT_EXPECT_EQ(test, 0L, sys_mprotect(s.addr, PAGE_SIZE, PROT_READ));
	expect_entry(test, mm, s.addr, how->kind, s.src, how->young,
		     how->dirty);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), scene_idle_refs(&s));

	dst = mmk_hold_copy(test, s.hold);
	remove_migration_ptes(s.src, dst, 0);
	mmk_hold_finish(test, s.hold, true);
	expect_mapped(test, mm, s.addr, dst, false, entry_may_be(how->young),
		      entry_may_be(how->dirty));
	if (is_anon(how->backing))
		expect_exclusive(test, dst, true);
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(mm, s.addr, 1), -EFAULT);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, s.addr, 1, SEED));

	KUNIT_EXPECT_EQ(test, 0L, sys_mprotect(s.addr, PAGE_SIZE,
					       PROT_READ | PROT_WRITE));
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(mm, s.addr, 1), 0);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, mm, s.addr), dst);
	KUNIT_EXPECT_TRUE(test, pte_write(mmk_pte(mm, s.addr)));
}

/* mprotect() without a change of the VMA. */
static long change_ptes(struct mm_struct *mm, unsigned long addr,
			unsigned int nr_pages, unsigned long flags)
{
	struct vm_area_struct *vma;
	struct mmu_gather tlb;
	long nr;

	mmap_write_lock(mm);
	vma = vma_lookup(mm, addr);
	vma_start_write(vma);
	tlb_gather_mmu(&tlb, mm);
	nr = change_protection(&tlb, vma, addr, addr + nr_pages * PAGE_SIZE,
			       flags);
	tlb_finish_mmu(&tlb);
	mmap_write_unlock(mm);
	return nr;
}

/**
 * changed_ptes_are_counted() - What change_protection() returns
 * @test: the running case
 *
 * Of two pages, a writable entry and a hole, all but the hole count; once the
 * entry is readable, it is not changed again and does not count. Where the caller
 * asks for ptes to be made writable, those of exclusive pages are, at once.
 *
 * Contract: ME-8
 */
static void changed_ptes_are_counted(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 4), entry = addr + 2 * PAGE_SIZE;
	struct mmk_hold *hold;
	struct folio *folio;
	int i;

	mmk_fill(test, addr, 3, SEED);
	folio = mmk_pte_folio(test, mm, entry);
	hold = mmk_hold(test, folio);
	try_to_migrate(folio, 0);
	MMK_EXPECT_PTE(test, mm, entry, MIGRATION_WRITE);

	KUNIT_EXPECT_EQ(test, change_ptes(mm, addr, 4, 0), 3L);
	MMK_EXPECT_PTE(test, mm, entry, MIGRATION_READ_EXCLUSIVE);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(mm, addr +
							   i * PAGE_SIZE)));
	KUNIT_EXPECT_EQ(test, change_ptes(mm, addr, 4, 0), 2L);
	KUNIT_EXPECT_EQ(test, 2L,
			change_ptes(mm, addr, 4, MM_CP_TRY_CHANGE_WRITABLE));
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_TRUE(test, pte_write(mmk_pte(mm, addr +
							  i * PAGE_SIZE)));
	MMK_EXPECT_PTE(test, mm, entry, MIGRATION_READ_EXCLUSIVE);
	MMK_EXPECT_PTE(test, mm, addr + 3 * PAGE_SIZE, NONE);

	remove_migration_ptes(folio, folio, 0);
	mmk_hold_finish(test, hold, false);
	/* The entry alone, so that nothing else makes up for it. */
	KUNIT_EXPECT_EQ(test, change_ptes(mm, entry, 1, 0), 1L);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 3, SEED));
}

static const struct page_case readable_cases[] = {
	{ "anon, exclusive, dirty", ANON_EXCLUSIVE, .dirty = true,
	  .kind = MMK_PTE_MIGRATION_READ_EXCLUSIVE },
	{ "anon, exclusive, young", ANON_EXCLUSIVE, .young = true,
	  .kind = MMK_PTE_MIGRATION_READ_EXCLUSIVE },
	{ "anon, shared with a child", ANON_SHARED, .young = true,
	  .kind = MMK_PTE_MIGRATION_READ },
	{ "tmpfs, shared", SHMEM_SHARED, .dirty = true,
	  .kind = MMK_PTE_MIGRATION_READ },
	{ "tmpfs, private", SHMEM_PRIVATE, .young = true,
	  .kind = MMK_PTE_MIGRATION_READ },
};

KUNIT_ARRAY_PARAM_DESC(readable, readable_cases, description);

/**
 * mprotect_leaves_readable_entry_alone() - Nothing to take away
 * @test: the running case
 *
 * Neither taking all permissions from the VMA nor giving some back changes an
 * entry that is readable or readable exclusive.
 *
 * Contract: ME-8
 */
static void mprotect_leaves_readable_entry_alone(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct scene s;
	pte_t before;

	scene_unmap(test, &s, mm, how);
	expect_kind(test, mm, s.addr, how->kind);
	before = mmk_pte(mm, s.addr);

	KUNIT_EXPECT_EQ(test, 0L, sys_mprotect(s.addr, PAGE_SIZE, PROT_NONE));
	KUNIT_EXPECT_TRUE(test, pte_same(mmk_pte(mm, s.addr), before));
	KUNIT_EXPECT_EQ(test, 0L, sys_mprotect(s.addr, PAGE_SIZE, PROT_READ));
	KUNIT_EXPECT_TRUE(test, pte_same(mmk_pte(mm, s.addr), before));

	remove_migration_ptes(s.src, s.src, 0);
	mmk_hold_finish(test, s.hold, false);
	expect_mapped(test, mm, s.addr, s.src, false, entry_may_be(how->young),
		      entry_may_be(how->dirty));
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, s.addr, 1, SEED));
}

/* All combinations of a page, an act, and an outcome */

/**
 * enum act - What happens while the entry is in place
 * @ACT_FORK: fork()
 * @ACT_MPROTECT: mprotect(): to read-only, or back to writable
 * @ACT_MUNMAP: munmap()
 * @ACT_DONTNEED: madvise(MADV_DONTNEED)
 * @ACT_MREMAP: mremap() to another address
 * @ACT_NOTHING: nothing
 */
enum act {
	ACT_FORK,
	ACT_MPROTECT,
	ACT_MUNMAP,
	ACT_DONTNEED,
	ACT_MREMAP,
	ACT_NOTHING,
};

/**
 * struct combo - One of all combinations
 * @how: the page
 * @act: what happens to its entry
 * @moves: the migration succeeds
 * @wrong: something was not as predicted
 */
struct combo {
	struct page_case how;
	enum act act;
	bool moves;
	bool wrong;
};

static void combo_name(const struct combo *c, char *name, size_t size)
{
	static const char * const backings[] = {
		[ANON_EXCLUSIVE]	= "anon exclusive",
		[ANON_SHARED]		= "anon shared",
		[SHMEM_SHARED]		= "tmpfs shared",
		[SHMEM_PRIVATE]		= "tmpfs private",
	};

	scnprintf(name, size, "%s, %s, %s, %s%s, %s",
		  backings[c->how.backing],
		  c->how.write ? "writable" : "read-only",
		  c->how.dirty ? "dirty" : "clean",
		  c->how.young ? "young" : "old",
		  c->how.locked ? ", mlocked" : "",
		  c->moves ? "moved" : "put back");
}

static void combo_expect(struct kunit *test, struct combo *c, const char *what,
			 long got, long want)
{
	char name[96];

	if (got == want)
		return;
	c->wrong = true;
	combo_name(c, name, sizeof(name));
	KUNIT_EXPECT_EQ_MSG(test, got, want, "%s: %s", name, what);
}

/* Which entry try_to_migrate() has to make. */
static enum mmk_pte_kind predict_entry(const struct page_case *how)
{
	if (how->write)
		return MMK_PTE_MIGRATION_WRITE;
	return how->backing == ANON_EXCLUSIVE ?
	       MMK_PTE_MIGRATION_READ_EXCLUSIVE : MMK_PTE_MIGRATION_READ;
}

/* What the act has to make of it. */
static enum mmk_pte_kind predict_act(const struct page_case *how, enum act act)
{
	enum mmk_pte_kind kind = predict_entry(how);

	switch (act) {
	case ACT_FORK:
		return how->backing == SHMEM_SHARED ? kind :
						      MMK_PTE_MIGRATION_READ;
	case ACT_MPROTECT:
		if (kind != MMK_PTE_MIGRATION_WRITE)
			return kind;
		return is_anon(how->backing) ?
		       MMK_PTE_MIGRATION_READ_EXCLUSIVE :
		       MMK_PTE_MIGRATION_READ;
	case ACT_MUNMAP:
	case ACT_DONTNEED:
		return MMK_PTE_NONE;
	default:
		return kind;
	}
}

static bool combo_unmaps(const struct combo *c)
{
	return c->act == ACT_MUNMAP || c->act == ACT_DONTNEED;
}

static bool combo_vma_writable(const struct combo *c)
{
	return c->how.write || c->how.backing == ANON_SHARED ||
	       c->how.backing == SHMEM_PRIVATE;
}

/* The permission of a shared mapping is its VMA's, whatever the entry says. */
static bool combo_follows_vma(const struct combo *c)
{
	return c->act == ACT_MPROTECT && c->how.backing == SHMEM_SHARED &&
	       !c->how.write;
}

static unsigned long mm_pages(struct mm_struct *mm)
{
	return get_mm_counter_sum(mm, MM_ANONPAGES) +
	       get_mm_counter_sum(mm, MM_FILEPAGES) +
	       get_mm_counter_sum(mm, MM_SHMEMPAGES);
}

static struct mm_struct *combo_act(struct kunit *test, struct combo *c,
				   struct scene *s)
{
	unsigned long addr = s->addr;
	int behavior;

	switch (c->act) {
	case ACT_FORK:
		return mmk_fork(test);
	case ACT_MPROTECT:
		KUNIT_EXPECT_EQ(test, 0L,
				sys_mprotect(addr, PAGE_SIZE,
					     combo_vma_writable(c) ? PROT_READ :
					     PROT_READ | PROT_WRITE));
		break;
	case ACT_MUNMAP:
		KUNIT_EXPECT_EQ(test, sys_munmap(addr, PAGE_SIZE), 0L);
		break;
	case ACT_DONTNEED:
		behavior = c->how.locked ? MADV_DONTNEED_LOCKED : MADV_DONTNEED;
		KUNIT_EXPECT_EQ(test, 0, do_madvise(s->mm, addr, PAGE_SIZE,
						    behavior));
		break;
	case ACT_MREMAP:
		s->addr = mmk_mmap(test, NULL, PAGE_SIZE, PROT_NONE,
				   MAP_PRIVATE | MAP_ANONYMOUS);
		KUNIT_EXPECT_EQ(test, (long)s->addr,
				sys_mremap(addr, PAGE_SIZE, PAGE_SIZE,
					   MREMAP_MAYMOVE | MREMAP_FIXED,
					   s->addr));
		combo_expect(test, c, "old address is empty",
			     pte_none(mmk_pte(s->mm, addr)), true);
		break;
	case ACT_NOTHING:
		break;
	}
	return NULL;
}

static void combo_expect_entry(struct kunit *test, struct combo *c,
			       struct mm_struct *mm, struct scene *s,
			       enum mmk_pte_kind kind)
{
	pte_t pte = mmk_pte(mm, s->addr);
	softleaf_t entry;

	combo_expect(test, c, "kind of entry", mmk_pte_classify(pte), kind);
	if (!pte_is_migration(pte))
		return;
	entry = softleaf_from_pte(pte);
	combo_expect(test, c, "pfn of entry", softleaf_to_pfn(entry),
		     folio_pfn(s->src));
	combo_expect(test, c, "entry is young",
		     softleaf_is_migration_young(entry),
		     entry_may_be(c->how.young));
	combo_expect(test, c, "entry is dirty",
		     softleaf_is_migration_dirty(entry),
		     entry_may_be(c->how.dirty));
}

static void combo_expect_pte(struct kunit *test, struct combo *c,
			     struct mm_struct *mm, struct scene *s,
			     struct folio *dst, enum mmk_pte_kind kind)
{
	pte_t pte = mmk_pte(mm, s->addr);

	combo_expect(test, c, "kind of pte", mmk_pte_classify(pte),
		     MMK_PTE_PRESENT);
	if (!pte_present(pte))
		return;
	combo_expect(test, c, "pfn of pte", pte_pfn(pte), folio_pfn(dst));
	if (!combo_follows_vma(c))
		combo_expect(test, c, "pte is writable", !!pte_write(pte),
			     kind == MMK_PTE_MIGRATION_WRITE);
	combo_expect(test, c, "pte is young", !!pte_young(pte),
		     entry_may_be(c->how.young));
	combo_expect(test, c, "pte is dirty", !!pte_dirty(pte),
		     entry_may_be(c->how.dirty));
}

/* Unmap, act, restore; and look at everything after each of the three. */
static void combo_run(struct kunit *test, struct mm_struct *mm, struct combo *c)
{
	enum mmk_pte_kind kind = predict_act(&c->how, c->act);
	unsigned long others = mm_pages(mm);
	struct mm_struct *forked;
	bool in_forked;
	struct scene s;
	struct folio *dst;
	int nr_ptes;

	scene_unmap(test, &s, mm, &c->how);
	combo_expect_entry(test, c, mm, &s, predict_entry(&c->how));
	combo_expect(test, c, "folio is dirty", folio_test_dirty(s.src),
		     c->how.dirty);

	forked = combo_act(test, c, &s);
	in_forked = forked && is_anon(c->how.backing);
	nr_ptes = !combo_unmaps(c) + !!s.child + in_forked;
	combo_expect_entry(test, c, mm, &s, kind);
	if (in_forked)
		combo_expect_entry(test, c, forked, &s, kind);
	if (forked)
		combo_expect(test, c, "pages of the child", mm_pages(forked),
			     in_forked ? others + 1 : others);
	combo_expect(test, c, "pages of the mm", mm_pages(mm),
		     others + !combo_unmaps(c));
	combo_expect(test, c, "references while unmapped",
		     folio_ref_count(s.src), scene_idle_refs(&s));

	dst = c->moves ? mmk_hold_copy(test, s.hold) : s.src;
	lru_add_drain();
	remove_migration_ptes(s.src, dst, 0);
	combo_expect(test, c, "references", folio_ref_count(dst),
		     scene_idle_refs(&s) + nr_ptes);
	combo_expect(test, c, "mapcount", folio_mapcount(dst), nr_ptes);
	combo_expect(test, c, "mlocked", folio_test_mlocked(dst),
		     c->how.locked && !combo_unmaps(c));
	combo_expect(test, c, "bytes", mmk_folio_holds(dst, SEED), true);
	if (combo_unmaps(c))
		combo_expect(test, c, "nothing is mapped",
			     pte_none(mmk_pte(mm, s.addr)), true);
	else
		combo_expect_pte(test, c, mm, &s, dst, kind);
	if (in_forked)
		combo_expect_pte(test, c, forked, &s, dst, kind);
	if (nr_ptes && is_anon(c->how.backing))
		combo_expect(test, c, "exclusive",
			     PageAnonExclusive(folio_page(dst, 0)),
			     kind != MMK_PTE_MIGRATION_READ &&
			     c->how.backing == ANON_EXCLUSIVE);
	mmk_hold_finish(test, s.hold, c->moves);

	if (forked)
		mmk_mm_put(test, forked);
	if (s.child)
		mmk_mm_put(test, s.child);
	if (c->act != ACT_MUNMAP)
		KUNIT_ASSERT_EQ(test, sys_munmap(s.addr, PAGE_SIZE), 0L);
	combo_expect(test, c, "pages in the end", mm_pages(mm), others);
}

/* Whether there is such a pte: only an owner, or a shared mapping, may write. */
static bool combo_exists(const struct page_case *how)
{
	if (how->backing == ANON_SHARED || how->backing == SHMEM_PRIVATE)
		return !how->write &&
		       (how->backing == ANON_SHARED || !how->dirty);
	return true;
}

static void run_all_combos(struct kunit *test, enum act act)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned int i, nr_run = 0, nr_wrong = 0;

	for (i = 0; i < NR_BACKINGS << 5 && nr_wrong < 5; i++) {
		struct combo c = {
			.how.backing	= i >> 5,
			.how.write	= i & BIT(0),
			.how.dirty	= i & BIT(1),
			.how.young	= i & BIT(2),
			.how.locked	= i & BIT(3),
			.moves		= i & BIT(4),
			.act		= act,
		};

		if (!combo_exists(&c.how))
			continue;
		combo_run(test, mm, &c);
		nr_run++;
		nr_wrong += c.wrong;
	}
	KUNIT_EXPECT_EQ_MSG(test, nr_wrong, 0U,
			    "%u combination(s) tried until then", nr_run);
}

/**
 * migration_restores_every_kind_of_page() - Nothing happens in between
 * @test: the running case
 *
 * All combinations of what is mapped and how, and of both outcomes.
 *
 * Contract: ME-3, ME-4, ME-5
 */
static void migration_restores_every_kind_of_page(struct kunit *test)
{
	run_all_combos(test, ACT_NOTHING);
}

/**
 * every_kind_of_entry_survives_fork() - All combinations, with fork()
 * @test: the running case
 *
 * Contract: ME-6
 */
static void every_kind_of_entry_survives_fork(struct kunit *test)
{
	run_all_combos(test, ACT_FORK);
}

/**
 * every_kind_of_entry_survives_mprotect() - All combinations, with mprotect()
 * @test: the running case
 *
 * Contract: ME-8
 */
static void every_kind_of_entry_survives_mprotect(struct kunit *test)
{
	run_all_combos(test, ACT_MPROTECT);
}

/**
 * munmap_drops_every_kind_of_entry() - All combinations, with munmap()
 * @test: the running case
 *
 * Contract: ME-9
 */
static void munmap_drops_every_kind_of_entry(struct kunit *test)
{
	run_all_combos(test, ACT_MUNMAP);
}

/**
 * dontneed_drops_every_kind_of_entry() - All combinations, with MADV_DONTNEED
 * @test: the running case
 *
 * Contract: ME-9
 */
static void dontneed_drops_every_kind_of_entry(struct kunit *test)
{
	run_all_combos(test, ACT_DONTNEED);
}

/**
 * mremap_takes_every_kind_of_entry_along() - All combinations, with mremap()
 * @test: the running case
 *
 * Contract: ME-13
 */
static void mremap_takes_every_kind_of_entry_along(struct kunit *test)
{
	run_all_combos(test, ACT_MREMAP);
}

/* ME-5, ME-12, ME-15: migrate_pages() */

/**
 * struct migration - A call of migrate_pages()
 * @list: the folios
 * @nr_new: destinations that it has asked for
 * @nr_returned: destinations that it has given back
 * @max_new: destinations that there are to be had
 * @src: the first folios that it has asked for
 * @dst: their destinations
 */
struct migration {
	struct list_head list;
	unsigned int nr_new;
	unsigned int nr_returned;
	unsigned int max_new;
	struct folio *src[4];
	struct folio *dst[4];
};

static struct folio *migration_new_folio(struct folio *src,
					 unsigned long private)
{
	struct migration *m = (struct migration *)private;
	unsigned int nth = m->nr_new++;
	struct folio *dst;

	if (nth >= m->max_new)
		return NULL;
	dst = folio_alloc(GFP_HIGHUSER_MOVABLE, 0);
	if (nth < ARRAY_SIZE(m->src)) {
		m->src[nth] = src;
		m->dst[nth] = dst;
	}
	return dst;
}

static void migration_put_folio(struct folio *dst, unsigned long private)
{
	struct migration *m = (struct migration *)private;

	m->nr_returned++;
	folio_put(dst);
}

static void migration_init(struct migration *m)
{
	memset(m, 0, sizeof(*m));
	INIT_LIST_HEAD(&m->list);
	m->max_new = UINT_MAX;
}

static void migration_add(struct kunit *test, struct migration *m,
			  struct folio *folio)
{
	lru_add_drain_all();
	KUNIT_ASSERT_TRUE(test, isolate_folio_to_list(folio, &m->list));
}

static int migration_run(struct migration *m, enum migrate_mode mode,
			 unsigned int *succeeded)
{
	return migrate_pages(&m->list, migration_new_folio,
			     migration_put_folio, (unsigned long)m, mode,
			     MR_SYSCALL, succeeded);
}

/* References on the anon_vma, which a migration pins while it lasts. */
static int anon_vma_refs(struct folio *folio)
{
	return folio_test_anon(folio) ?
	       atomic_read(&folio_anon_vma(folio)->refcount) : 0;
}

static unsigned long vm_event(enum vm_event_item item)
{
	unsigned long events[NR_VM_EVENT_ITEMS];

	all_vm_events(events);
	return events[item];
}

/**
 * migrate_pages_conserves_everything_but_the_place() - A migration that succeeds
 * @test: the running case
 *
 * The new folio is in all that can be seen what the old one was, and the mm
 * counts the same pages. The old folio is free.
 *
 * Contract: ME-5
 */
static void migrate_pages_conserves_everything_but_the_place(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_folio_state before;
	struct mmk_mm_state mm_before;
	unsigned int succeeded = 0;
	unsigned long events;
	struct migration m;
	struct folio *dst;
	struct scene s;
	int pins;

	scene_map(test, &s, mm, how);
	mmk_folio_snapshot(s.src, &before);
	before.dirty = how->dirty;
	mmk_mm_snapshot(mm, &mm_before);
	pins = anon_vma_refs(s.src);
	migration_init(&m);
	migration_add(test, &m, s.src);
	events = vm_event(PGMIGRATE_SUCCESS);

	KUNIT_EXPECT_EQ(test, migration_run(&m, MIGRATE_SYNC, &succeeded), 0);
	KUNIT_EXPECT_EQ(test, succeeded, 1U);
	KUNIT_EXPECT_EQ(test, vm_event(PGMIGRATE_SUCCESS), events + 1);
	KUNIT_EXPECT_TRUE(test, list_empty(&m.list));
	KUNIT_EXPECT_EQ(test, m.nr_new, 1U);
	KUNIT_EXPECT_EQ(test, m.nr_returned, 0U);

	dst = mmk_pte_folio(test, mm, s.addr);
	KUNIT_EXPECT_PTR_NE(test, dst, s.src);
	mmk_expect_folio_same(test, "the new folio", dst, &before);
	mmk_expect_mm_same(test, "the mm", mm, &mm_before);
	KUNIT_EXPECT_EQ(test, folio_test_unevictable(dst), how->locked);
	KUNIT_EXPECT_EQ(test, anon_vma_refs(dst), pins);
	KUNIT_EXPECT_PTR_EQ(test, (void *)dst->private, NULL);
	expect_mapped(test, mm, s.addr, dst, how->write,
		      entry_may_be(how->young), entry_may_be(how->dirty));
	if (s.child)
		KUNIT_EXPECT_PTR_EQ(test, dst,
				    mmk_pte_folio(test, s.child, s.addr));
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), 0);
	KUNIT_EXPECT_NULL(test, s.src->mapping);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, s.addr, 1, SEED));
}

/**
 * folio_flags_go_along() - What reclaim knows of a folio
 * @test: the running case
 *
 * Contract: ME-5
 */
static void folio_flags_go_along(struct kunit *test)
{
	const struct page_case how = { .backing = ANON_EXCLUSIVE, .write = true,
				       .young = true };
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned int succeeded = 0;
	bool active, referenced;
	struct migration m;
	struct folio *dst;
	struct scene s;

	scene_map(test, &s, mm, &how);
	folio_mark_accessed(s.src);
	folio_mark_accessed(s.src);
	lru_add_drain_all();
	folio_mark_accessed(s.src);
	folio_set_workingset(s.src);
	active = folio_test_active(s.src);
	referenced = folio_test_referenced(s.src);
	KUNIT_EXPECT_TRUE(test, active);
	KUNIT_EXPECT_TRUE(test, referenced);

	migration_init(&m);
	migration_add(test, &m, s.src);
	KUNIT_EXPECT_EQ(test, migration_run(&m, MIGRATE_ASYNC, &succeeded), 0);
	KUNIT_EXPECT_EQ(test, succeeded, 1U);
	lru_add_drain_all();
	dst = mmk_pte_folio(test, mm, s.addr);
	KUNIT_EXPECT_PTR_NE(test, dst, s.src);
	KUNIT_EXPECT_EQ(test, folio_test_active(dst), active);
	KUNIT_EXPECT_EQ(test, folio_test_referenced(dst), referenced);
	KUNIT_EXPECT_TRUE(test, folio_test_workingset(dst));
	KUNIT_EXPECT_TRUE(test, folio_test_uptodate(dst));
	KUNIT_EXPECT_TRUE(test, folio_test_lru(dst));
}

/**
 * mappedtodisk_goes_along() - A flag of file systems
 * @test: the running case
 *
 * Contract: ME-5
 */
static void mappedtodisk_goes_along(struct kunit *test)
{
	const struct page_case how = { .backing = SHMEM_SHARED, .write = true };
	struct mm_struct *mm = mmk_mm_enter(test);
	struct folio *dst;
	struct scene s;

	scene_map(test, &s, mm, &how);
	folio_set_mappedtodisk(s.src);
	s.hold = mmk_hold(test, s.src);
	try_to_migrate(s.src, 0);
	dst = mmk_hold_copy(test, s.hold);
	KUNIT_EXPECT_TRUE(test, folio_test_mappedtodisk(dst));
	remove_migration_ptes(s.src, dst, 0);
	mmk_hold_finish(test, s.hold, true);
}

/**
 * every_mlock_of_a_moved_folio_is_counted() - Two VM_LOCKED mappings
 * @test: the running case
 *
 * The new folio is mlocked twice, as the old one was: it stays mlocked when the
 * first of the two is munlocked, and no longer when the second is.
 *
 * Contract: ME-4, ME-5
 */
static void every_mlock_of_a_moved_folio_is_counted(struct kunit *test)
{
	const struct page_case how = { .backing = SHMEM_SHARED, .write = true,
				       .locked = true };
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned int succeeded = 0;
	struct migration m;
	unsigned long second;
	struct folio *dst;
	struct scene s;

	scene_map(test, &s, mm, &how);
	second = mmk_mmap(test, s.file, PAGE_SIZE, PROT_READ, MAP_SHARED);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, second, false), 0);
	KUNIT_ASSERT_EQ(test, 0L, sys_mlock2(second, PAGE_SIZE, MLOCK_ONFAULT));
	lru_add_drain_all();

	migration_init(&m);
	migration_add(test, &m, s.src);
	KUNIT_EXPECT_EQ(test, migration_run(&m, MIGRATE_SYNC, &succeeded), 0);
	KUNIT_EXPECT_EQ(test, succeeded, 1U);
	putback_movable_pages(&m.list);
	lru_add_drain_all();
	dst = mmk_pte_folio(test, mm, s.addr);
	KUNIT_EXPECT_PTR_NE(test, dst, s.src);
	KUNIT_EXPECT_TRUE(test, folio_test_mlocked(dst));
	KUNIT_EXPECT_TRUE(test, folio_test_unevictable(dst));

	KUNIT_EXPECT_EQ(test, sys_munlock(s.addr, PAGE_SIZE), 0L);
	lru_add_drain_all();
	KUNIT_EXPECT_TRUE(test, folio_test_mlocked(dst));
	KUNIT_EXPECT_EQ(test, sys_munlock(second, PAGE_SIZE), 0L);
	lru_add_drain_all();
	KUNIT_EXPECT_FALSE(test, folio_test_mlocked(dst));
}

/**
 * folio_in_the_swap_cache_takes_its_slot_along() - Anonymous, with a cache
 * @test: the running case
 *
 * A page that has been swapped out and read again is still in the swap cache.
 * Its successor is in the same slot, with the reference of the swap cache; what
 * happens to the page later finds it there, and frees the slot once.
 *
 * Contract: ME-5
 */
static void folio_in_the_swap_cache_takes_its_slot_along(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_folio_state before;
	unsigned int succeeded = 0;
	struct folio *src, *dst;
	struct migration m;
	unsigned long addr;
	swp_entry_t slot;

	mmk_swap_on_slow(test);
	addr = mmk_map_anon(test, 1);
	mmk_fill(test, addr, 1, SEED);
	src = mmk_pte_folio(test, mm, addr);
	mmk_folio_get(test, src);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	KUNIT_ASSERT_TRUE(test, mmk_holds(test, addr, 1, SEED));
	KUNIT_ASSERT_PTR_EQ(test, mmk_pte_folio(test, mm, addr), src);
	KUNIT_ASSERT_TRUE(test, folio_test_swapcache(src));
	mmk_folio_put(test, src);
	mmk_folio_snapshot(src, &before);
	slot = src->swap;

	migration_init(&m);
	migration_add(test, &m, src);
	KUNIT_EXPECT_EQ(test, migration_run(&m, MIGRATE_SYNC, &succeeded), 0);
	KUNIT_EXPECT_EQ(test, succeeded, 1U);
	putback_movable_pages(&m.list);
	dst = mmk_pte_folio(test, mm, addr);
	KUNIT_EXPECT_PTR_NE(test, dst, src);
	mmk_expect_folio_same(test, "the new folio", dst, &before);
	KUNIT_EXPECT_EQ(test, dst->swap.val, slot.val);
	KUNIT_EXPECT_FALSE(test, folio_test_swapcache(src));
	KUNIT_EXPECT_EQ(test, folio_ref_count(src), 0);

	KUNIT_EXPECT_EQ(test, mmk_pageout(addr, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	KUNIT_EXPECT_EQ(test, slot.val,
			softleaf_from_pte(mmk_pte(mm, addr)).val);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 1, SEED));
}

/**
 * folio_with_another_reference_is_put_back() - A migration that fails
 * @test: the running case
 *
 * Somebody else refers to the folio, so it may not move: migrate_folio() says
 * -EAGAIN, and migrate_pages() leaves the folio on the list, gives every
 * destination back, and counts one failure. Once it is back on the LRU, all is
 * as it was.
 *
 * Contract: ME-5, ME-15
 */
static void folio_with_another_reference_is_put_back(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_folio_state before;
	struct mmk_mm_state mm_before;
	unsigned int succeeded = 7;
	unsigned long events;
	struct migration m;
	struct scene s;
	int pins;

	scene_map(test, &s, mm, how);
	mmk_folio_get(test, s.src);
	mmk_folio_snapshot(s.src, &before);
	before.dirty = how->dirty;
	mmk_mm_snapshot(mm, &mm_before);
	pins = anon_vma_refs(s.src);
	migration_init(&m);
	migration_add(test, &m, s.src);
	events = vm_event(PGMIGRATE_FAIL);

	KUNIT_EXPECT_EQ(test, migration_run(&m, MIGRATE_ASYNC, &succeeded), 1);
	KUNIT_EXPECT_EQ(test, succeeded, 0U);
	/* After the one attempt; MIGRATE_SYNC makes another in the same call. */
	expect_mapped(test, mm, s.addr, s.src, how->write,
		      entry_may_be(how->young), entry_may_be(how->dirty));
	KUNIT_EXPECT_EQ(test, migration_run(&m, MIGRATE_SYNC, &succeeded), 1);
	KUNIT_EXPECT_EQ(test, succeeded, 0U);
	KUNIT_EXPECT_EQ(test, vm_event(PGMIGRATE_FAIL), events + 2);
	KUNIT_EXPECT_TRUE(test, list_is_singular(&m.list));
	KUNIT_EXPECT_PTR_EQ(test, s.src,
			    list_first_entry_or_null(&m.list, struct folio,
						     lru));
	KUNIT_EXPECT_GE(test, m.nr_new, 1U);
	KUNIT_EXPECT_EQ(test, m.nr_returned, m.nr_new);
	KUNIT_EXPECT_FALSE(test, folio_test_lru(s.src));
	putback_movable_pages(&m.list);

	mmk_expect_folio_same(test, "the folio", s.src, &before);
	mmk_expect_mm_same(test, "the mm", mm, &mm_before);
	KUNIT_EXPECT_EQ(test, anon_vma_refs(s.src), pins);
	expect_mapped(test, mm, s.addr, s.src, how->write,
		      entry_may_be(how->young), entry_may_be(how->dirty));
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, s.addr, 1, SEED));
}

/**
 * migrate_folio_refuses_an_unexpected_reference() - -EAGAIN
 * @test: the running case
 *
 * Contract: ME-15
 */
static void migrate_folio_refuses_an_unexpected_reference(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct address_space *mapping;
	struct folio *dst;
	struct scene s;

	scene_unmap(test, &s, mm, how);
	dst = folio_alloc(GFP_HIGHUSER_MOVABLE, 0);
	KUNIT_ASSERT_NOT_NULL(test, dst);
	folio_lock(dst);
	folio_get(s.src);
	mapping = folio_mapping(s.src);
	KUNIT_EXPECT_EQ(test, -EAGAIN,
			migrate_folio(mapping, dst, s.src, MIGRATE_SYNC));
	folio_put(s.src);
	KUNIT_EXPECT_NULL(test, dst->mapping);
	KUNIT_EXPECT_EQ(test, folio_ref_count(dst), 1);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), scene_idle_refs(&s));
	if (mapping)
		KUNIT_EXPECT_PTR_EQ(test, xa_load(&mapping->i_pages, 0),
				    (void *)s.src);
	folio_unlock(dst);
	folio_put(dst);
	remove_migration_ptes(s.src, s.src, 0);
	mmk_hold_finish(test, s.hold, false);
}

/**
 * mixed_list_reports_what_was_moved() - Two that can, and two that cannot
 * @test: the running case
 *
 * One of four folios has a foreign reference, one is pinned for DMA. The other
 * two are moved, and exactly those; the return value, the count of successes
 * and the list agree.
 *
 * Contract: ME-15
 */
static void mixed_list_reports_what_was_moved(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 4);
	struct folio *src[4], *folio;
	unsigned int succeeded = 0;
	struct page *pinned = NULL;
	struct migration m;
	int i;

	mmk_fill(test, addr, 4, SEED);
	migration_init(&m);
	for (i = 0; i < 4; i++)
		src[i] = mmk_pte_folio(test, mm, addr + i * PAGE_SIZE);
	mmk_folio_get(test, src[1]);
	KUNIT_ASSERT_EQ(test, 1, pin_user_pages_unlocked(addr + 3 * PAGE_SIZE,
							 1, &pinned,
							 FOLL_WRITE));
	for (i = 0; i < 4; i++)
		migration_add(test, &m, src[i]);

	KUNIT_EXPECT_EQ(test, migration_run(&m, MIGRATE_SYNC, &succeeded), 2);
	KUNIT_EXPECT_EQ(test, succeeded, 2U);
	KUNIT_EXPECT_EQ(test, m.nr_new, m.nr_returned + 2);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&m.list), 2UL);
	list_for_each_entry(folio, &m.list, lru)
		KUNIT_EXPECT_TRUE(test, folio == src[1] || folio == src[3]);
	putback_movable_pages(&m.list);
	unpin_user_page(pinned);

	for (i = 0; i < 4; i++) {
		folio = mmk_pte_folio(test, mm, addr + i * PAGE_SIZE);
		KUNIT_EXPECT_EQ(test, folio == src[i], i == 1 || i == 3);
		MMK_EXPECT_PTE(test, mm, addr + i * PAGE_SIZE, PRESENT);
		KUNIT_EXPECT_TRUE(test,
				  pte_write(mmk_pte(mm, addr + i * PAGE_SIZE)));
	}
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 4, SEED));
}

struct no_memory_case {
	const char *description;
	unsigned int max_new;
};

static const struct no_memory_case no_memory_cases[] = {
	{ "from the start", 0 },
	{ "for a second try", 1 },
};

KUNIT_ARRAY_PARAM_DESC(no_memory, no_memory_cases, description);

/**
 * no_memory_leaves_everything_in_place() - There is no destination
 * @test: the running case
 *
 * Neither when MIGRATE_SYNC begins with an asynchronous attempt, nor when that has
 * failed, because somebody else refers to the folio, and its destination is gone.
 *
 * Contract: ME-5, ME-15
 */
static void no_memory_leaves_everything_in_place(struct kunit *test)
{
	const struct page_case how = { .backing = ANON_EXCLUSIVE, .write = true,
				       .dirty = true, .young = true };
	const struct no_memory_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_folio_state before;
	unsigned int succeeded = 7;
	struct migration m;
	struct scene s;
	bool flag;

	scene_map(test, &s, mm, &how);
	if (c->max_new)
		mmk_folio_get(test, s.src);
	mmk_folio_snapshot(s.src, &before);
	/* The first try unmaps it. */
	before.dirty = c->max_new;
	migration_init(&m);
	m.max_new = c->max_new;
	migration_add(test, &m, s.src);

	KUNIT_EXPECT_EQ(test, -ENOMEM,
			migration_run(&m, MIGRATE_SYNC, &succeeded));
	KUNIT_EXPECT_EQ(test, succeeded, 0U);
	KUNIT_EXPECT_EQ(test, m.nr_new, c->max_new + 1);
	KUNIT_EXPECT_EQ(test, m.nr_returned, c->max_new);
	KUNIT_EXPECT_TRUE(test, list_is_singular(&m.list));
	putback_movable_pages(&m.list);
	mmk_expect_folio_same(test, "the folio", s.src, &before);
	flag = !c->max_new || entry_may_be(true);
	expect_mapped(test, mm, s.addr, s.src, true, flag, flag);
}

/**
 * each_folio_moves_to_its_own_destination() - Three in one batch
 * @test: the running case
 *
 * Who chooses the destinations does so with the folio in mind. All are unmapped
 * before the first is moved, and yet each gets the one that was meant for it.
 *
 * Contract: ME-5, ME-15
 */
static void each_folio_moves_to_its_own_destination(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 3);
	unsigned int i, succeeded = 0;
	struct migration m;

	mmk_fill(test, addr, 3, SEED);
	migration_init(&m);
	for (i = 0; i < 3; i++)
		migration_add(test, &m,
			      mmk_pte_folio(test, mm, addr + i * PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, migration_run(&m, MIGRATE_ASYNC, &succeeded), 0);
	KUNIT_EXPECT_EQ(test, succeeded, 3U);
	KUNIT_EXPECT_EQ(test, m.nr_new, 3U);
	/* The list begins with what was added last. */
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_PTR_EQ(test, m.dst[2 - i],
				    mmk_pte_folio(test, mm,
						  addr + i * PAGE_SIZE));
	putback_movable_pages(&m.list);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 3, SEED));
}

/**
 * list_longer_than_a_batch_is_moved_as_a_whole() - And all failures count
 * @test: the running case
 *
 * migrate_pages() takes 512 pages at a time. Of some more, one that is dealt with
 * early and one that is dealt with late have a foreign reference; all others are
 * moved.
 *
 * Contract: ME-15
 */
static void list_longer_than_a_batch_is_moved_as_a_whole(struct kunit *test)
{
	const unsigned int nr_pages = 520, stay[] = { 3, 516 };
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, nr_pages);
	unsigned int i, nr_left = 0, succeeded = 0;
	struct folio *folio[2], *now;
	struct migration m;

	mmk_fill(test, addr, nr_pages, SEED);
	for (i = 0; i < 2; i++) {
		folio[i] = mmk_pte_folio(test, mm, addr + stay[i] * PAGE_SIZE);
		mmk_folio_get(test, folio[i]);
	}
	migration_init(&m);
	lru_add_drain_all();
	for (i = 0; i < nr_pages; i++) {
		now = mmk_pte_folio(test, mm, addr + i * PAGE_SIZE);
		KUNIT_ASSERT_TRUE(test, isolate_folio_to_list(now, &m.list));
	}

	KUNIT_EXPECT_EQ(test, migration_run(&m, MIGRATE_ASYNC, &succeeded), 2);
	KUNIT_EXPECT_EQ(test, succeeded, nr_pages - 2);
	KUNIT_EXPECT_EQ(test, m.nr_new, nr_pages);
	KUNIT_EXPECT_EQ(test, m.nr_returned, 2U);
	for (i = 0; i < nr_pages; i++)
		nr_left += mmk_pte_kind(mm, addr + i * PAGE_SIZE) !=
			   MMK_PTE_PRESENT;
	KUNIT_EXPECT_EQ(test, nr_left, 0U);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&m.list), 2UL);
	putback_movable_pages(&m.list);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_PTR_EQ(test, folio[i],
				    mmk_pte_folio(test, mm,
						  addr + stay[i] * PAGE_SIZE));
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, nr_pages, SEED));
}

struct mode_case {
	const char *description;
	enum migrate_mode mode;
};

static const struct mode_case mode_cases[] = {
	{ "async", MIGRATE_ASYNC },
	{ "sync", MIGRATE_SYNC },
};

KUNIT_ARRAY_PARAM_DESC(mode, mode_cases, description);

/**
 * want_of_memory_ends_a_migration_in_order() - The fourth destination is the last
 * @test: the running case
 *
 * Of five folios the first is under writeback, and refused, and the fourth locked,
 * and to be tried again; the second and third are ready to be moved when there is no
 * destination for the last. These two are moved, the other three are given back, and
 * counted as failed.
 *
 * Contract: ME-5, ME-15
 */
static void want_of_memory_ends_a_migration_in_order(struct kunit *test)
{
	const struct mode_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 5);
	unsigned long done, failed;
	struct folio *src[5], *now;
	unsigned int succeeded = 7;
	struct migration m;
	int i;

	mmk_fill(test, addr, 5, SEED);
	migration_init(&m);
	m.max_new = 4;
	for (i = 4; i >= 0; i--) {
		src[i] = mmk_pte_folio(test, mm, addr + i * PAGE_SIZE);
		migration_add(test, &m, src[i]);
	}
	folio_lock(src[0]);
	folio_start_writeback(src[0]);
	folio_unlock(src[0]);
	folio_lock(src[3]);
	done = vm_event(PGMIGRATE_SUCCESS);
	failed = vm_event(PGMIGRATE_FAIL);

	KUNIT_EXPECT_EQ(test, migration_run(&m, c->mode, &succeeded), -ENOMEM);
	KUNIT_EXPECT_EQ(test, succeeded, 2U);
	KUNIT_EXPECT_EQ(test, vm_event(PGMIGRATE_SUCCESS), done + 2);
	KUNIT_EXPECT_EQ(test, vm_event(PGMIGRATE_FAIL), failed + 3);
	KUNIT_EXPECT_EQ(test, m.nr_returned, 2U);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&m.list), 3UL);
	folio_end_writeback(src[0]);
	folio_unlock(src[3]);
	putback_movable_pages(&m.list);
	lru_add_drain_all();
	for (i = 0; i < 5; i++) {
		now = mmk_pte_folio(test, mm, addr + i * PAGE_SIZE);
		KUNIT_EXPECT_EQ(test, now != src[i], i == 1 || i == 2);
		KUNIT_EXPECT_TRUE(test, folio_test_lru(now));
		KUNIT_EXPECT_FALSE(test, folio_test_locked(now));
		KUNIT_EXPECT_EQ(test, folio_ref_count(now), 1);
	}
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 5, SEED));
}

/**
 * struct migrate_task - A task that calls migrate_pages()
 * @task: the thread
 * @mode: how
 * @memalloc: it is about to free memory
 * @m: what
 * @failed: what it returned
 * @succeeded: how many it says that it has moved
 */
struct migrate_task {
	struct mmk_task task;
	enum migrate_mode mode;
	bool memalloc;
	struct migration m;
	int failed;
	unsigned int succeeded;
};

static void migrate_task_main(struct mmk_task *task)
{
	struct migrate_task *t = container_of(task, struct migrate_task, task);
	unsigned int flags = 0;

	if (t->memalloc)
		flags = memalloc_noreclaim_save();
	t->failed = migration_run(&t->m, t->mode, &t->succeeded);
	if (t->memalloc)
		memalloc_noreclaim_restore(flags);
}

/* A task that is going to migrate the folio, which it isolates at once. */
static struct migrate_task *migrate_task_alloc(struct kunit *test,
					       struct scene *s,
					       enum migrate_mode mode)
{
	struct migrate_task *t = mmk_task_alloc(test, sizeof(*t), s->mm,
						migrate_task_main);

	t->mode = mode;
	t->succeeded = 7;
	migration_init(&t->m);
	migration_add(test, &t->m, s->src);
	return t;
}

/* Whether it waits for the folio, and not: whether it has come to its end. */
static bool migrate_task_sleeps(struct migrate_task *t)
{
	return mmk_task_sleeps_in(&t->task, "folio_wait_bit_common");
}

/**
 * folio_that_is_locked_is_not_waited_for() - MIGRATE_ASYNC
 * @test: the running case
 *
 * The migration fails at once, and leaves the lock to the one who holds it.
 *
 * Contract: ME-15
 */
static void folio_that_is_locked_is_not_waited_for(struct kunit *test)
{
	const struct page_case how = { .backing = ANON_EXCLUSIVE, .write = true,
				       .young = true };
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_folio_state before;
	struct migrate_task *t;
	unsigned long events;
	struct scene s;

	scene_map(test, &s, mm, &how);
	mmk_folio_snapshot(s.src, &before);
	events = vm_event(PGMIGRATE_FAIL);
	t = migrate_task_alloc(test, &s, MIGRATE_ASYNC);
	folio_lock(s.src);
	mmk_task_start(&t->task);
	KUNIT_EXPECT_FALSE(test, migrate_task_sleeps(t));
	KUNIT_EXPECT_TRUE(test, folio_test_locked(s.src));
	if (folio_test_locked(s.src))
		folio_unlock(s.src);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&t->task));

	KUNIT_EXPECT_EQ(test, t->failed, 1);
	KUNIT_EXPECT_EQ(test, t->succeeded, 0U);
	KUNIT_EXPECT_EQ(test, vm_event(PGMIGRATE_FAIL), events + 1);
	KUNIT_EXPECT_EQ(test, t->m.nr_returned, t->m.nr_new);
	putback_movable_pages(&t->m.list);
	mmk_expect_folio_same(test, "the folio", s.src, &before);
	expect_mapped(test, mm, s.addr, s.src, true, true, false);
}

/* Start to migrate a folio, and see whether the task sleeps until it is told. */
static struct migrate_task *migrate_under_writeback(struct kunit *test,
						    struct scene *s,
						    enum migrate_mode mode)
{
	struct migrate_task *t = migrate_task_alloc(test, s, mode);
	bool waits = mode == MIGRATE_SYNC;

	folio_lock(s->src);
	folio_start_writeback(s->src);
	folio_unlock(s->src);
	mmk_task_start(&t->task);
	KUNIT_EXPECT_EQ(test, migrate_task_sleeps(t), waits);
	expect_mapped(test, s->mm, s->addr, s->src, true, true, false);
	/* It has a reference itself, which must be gone when the task looks. */
	preempt_disable();
	folio_end_writeback(s->src);
	preempt_enable();
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&t->task));
	KUNIT_EXPECT_EQ(test, t->failed, waits ? 0 : 1);
	KUNIT_EXPECT_EQ(test, t->succeeded, (unsigned int)waits);
	putback_movable_pages(&t->m.list);
	return t;
}

/**
 * folio_under_writeback_is_waited_for_only_in_sync_mode() - -EBUSY
 * @test: the running case
 *
 * The other modes do not even try again: writeback takes a while.
 *
 * Contract: ME-15
 */
static void folio_under_writeback_is_waited_for_only_in_sync_mode(struct kunit *test)
{
	const struct page_case how = { .backing = SHMEM_SHARED, .write = true,
				       .young = true };
	struct mm_struct *mm = mmk_mm_enter(test);
	struct migrate_task *t;
	struct scene s;

	scene_map(test, &s, mm, &how);
	t = migrate_under_writeback(test, &s, MIGRATE_ASYNC);
	KUNIT_EXPECT_EQ(test, t->m.nr_new, 1U);
	KUNIT_EXPECT_EQ(test, t->m.nr_returned, 1U);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(s.src));
	KUNIT_ASSERT_PTR_EQ(test, mmk_pte_folio(test, mm, s.addr), s.src);
	migrate_under_writeback(test, &s, MIGRATE_SYNC_LIGHT);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(s.src));
	KUNIT_ASSERT_PTR_EQ(test, mmk_pte_folio(test, mm, s.addr), s.src);
	migrate_under_writeback(test, &s, MIGRATE_SYNC);
	KUNIT_EXPECT_PTR_NE(test, mmk_pte_folio(test, mm, s.addr), s.src);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, s.addr, 1, SEED));
}

struct freed_case {
	const char *description;
	bool unevictable;
};

static const struct freed_case freed_cases[] = {
	{ "active", false },
	{ "unevictable", true },
};

KUNIT_ARRAY_PARAM_DESC(freed, freed_cases, description);

/**
 * folio_that_was_freed_counts_as_moved() - Nobody needs it any more
 * @test: the running case
 *
 * All that is left of the folio is the reference of the isolation. No
 * destination is asked for.
 *
 * Contract: ME-15
 */
static void folio_that_was_freed_counts_as_moved(struct kunit *test)
{
	const struct page_case how = { .backing = ANON_EXCLUSIVE, .write = true,
				       .young = true };
	const struct freed_case *param = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned int succeeded = 0;
	struct migration m;
	struct scene s;

	scene_map(test, &s, mm, &how);
	migration_init(&m);
	migration_add(test, &m, s.src);
	KUNIT_ASSERT_EQ(test, sys_munmap(s.addr, PAGE_SIZE), 0L);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), 1);
	/* What a folio must not be that is freed. */
	if (param->unevictable)
		folio_set_unevictable(s.src);
	else
		folio_set_active(s.src);

	KUNIT_EXPECT_EQ(test, migration_run(&m, MIGRATE_SYNC, &succeeded), 0);
	KUNIT_EXPECT_EQ(test, succeeded, 1U);
	KUNIT_EXPECT_EQ(test, m.nr_new, 0U);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), 0);
	KUNIT_EXPECT_FALSE(test, folio_test_active(s.src));
	KUNIT_EXPECT_FALSE(test, folio_test_unevictable(s.src));
}

/**
 * struct locked_case - A folio that somebody else has locked
 * @description: its name
 * @mode: how the migration goes about it
 * @memalloc: who migrates is about to free memory
 * @read: the folio is still being read from its disk
 * @waits: the migration waits for it
 */
struct locked_case {
	const char *description;
	enum migrate_mode mode;
	bool memalloc;
	bool read;
	bool waits;
};

static const struct locked_case locked_cases[] = {
	{ "sync", MIGRATE_SYNC, .waits = true },
	{ "sync, in reclaim", MIGRATE_SYNC, .memalloc = true },
	{ "sync, not uptodate", MIGRATE_SYNC, .read = true, .waits = true },
	{ "light", MIGRATE_SYNC_LIGHT, .waits = true },
	{ "light, in reclaim", MIGRATE_SYNC_LIGHT, .memalloc = true },
	{ "light, not uptodate", MIGRATE_SYNC_LIGHT, .read = true },
};

KUNIT_ARRAY_PARAM_DESC(locked, locked_cases, description);

/**
 * locked_folio_is_waited_for_where_that_is_safe() - MIGRATE_SYNC, SYNC_LIGHT
 * @test: the running case
 *
 * A migration waits for a lock that somebody else holds, and then goes on. It does
 * not in reclaim, where it could be what the other one waits for, nor for a read
 * from a disk unless it may take its time.
 *
 * Contract: ME-15
 */
static void locked_folio_is_waited_for_where_that_is_safe(struct kunit *test)
{
	const struct page_case how = { .backing = ANON_EXCLUSIVE, .write = true,
				       .young = true };
	const struct locked_case *param = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct migrate_task *t;
	struct folio *now;
	struct scene s;

	scene_map(test, &s, mm, &how);
	t = migrate_task_alloc(test, &s, param->mode);
	t->memalloc = param->memalloc;
	folio_lock(s.src);
	if (param->read)
		folio_clear_uptodate(s.src);
	mmk_task_start(&t->task);
	KUNIT_EXPECT_EQ(test, migrate_task_sleeps(t), param->waits);
	expect_mapped(test, mm, s.addr, s.src, true, true, false);
	if (param->read)
		folio_mark_uptodate(s.src);
	folio_unlock(s.src);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&t->task));

	KUNIT_EXPECT_EQ(test, t->failed, !param->waits);
	KUNIT_EXPECT_EQ(test, t->m.nr_new - t->m.nr_returned,
			(unsigned int)param->waits);
	putback_movable_pages(&t->m.list);
	now = mmk_pte_folio(test, mm, s.addr);
	KUNIT_EXPECT_EQ(test, now != s.src, param->waits);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(now));
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, s.addr, 1, SEED));
}

/**
 * folio_that_stays_mapped_is_put_back() - Some of its ptes cannot be replaced
 * @test: the running case
 *
 * Parent and child share a page, which is part of the stack that exec() is just
 * moving in the child. The migration fails, and the parent's pte is restored.
 *
 * Contract: ME-5, ME-15
 */
static void folio_that_stays_mapped_is_put_back(struct kunit *test)
{
	const struct page_case how = { .backing = ANON_SHARED, .young = true };
	const unsigned long stack = VM_GROWSDOWN | VM_STACK_INCOMPLETE_SETUP;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned int succeeded = 7;
	struct migration m;
	struct scene s;

	scene_map(test, &s, mm, &how);
	migration_init(&m);
	migration_add(test, &m, s.src);
	mmap_write_lock(s.child);
	vm_flags_set(vma_lookup(s.child, s.addr), stack);
	mmap_write_unlock(s.child);

	KUNIT_EXPECT_EQ(test, migration_run(&m, MIGRATE_ASYNC, &succeeded), 1);
	KUNIT_EXPECT_EQ(test, succeeded, 0U);
	KUNIT_EXPECT_EQ(test, m.nr_returned, m.nr_new);
	expect_mapped(test, mm, s.addr, s.src, false, true, false);
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.src), 2);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(s.src));

	mmap_write_lock(s.child);
	vm_flags_clear(vma_lookup(s.child, s.addr), stack);
	mmap_write_unlock(s.child);
	putback_movable_pages(&m.list);
	KUNIT_EXPECT_TRUE(test, mmk_mm_holds(test, s.child, s.addr, 1, SEED));
}

/**
 * folio_that_may_not_move_is_put_back_at_once() - An error that is here to stay
 * @test: the running case
 *
 * Nobody but its guest may look at the pages of such a mapping, so there is nothing
 * to copy. The migration does not try again: it restores the pte and gives its
 * one destination back.
 *
 * Contract: ME-5, ME-15
 */
static void folio_that_may_not_move_is_put_back_at_once(struct kunit *test)
{
	const struct page_case how = { .backing = SHMEM_SHARED, .write = true,
				       .dirty = true, .young = true };
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_folio_state before;
	unsigned int succeeded = 7;
	struct migration m;
	struct scene s;

	scene_map(test, &s, mm, &how);
	mmk_folio_snapshot(s.src, &before);
	before.dirty = true;
	migration_init(&m);
	migration_add(test, &m, s.src);
	mapping_set_inaccessible(s.file->f_mapping);
	KUNIT_EXPECT_EQ(test, migration_run(&m, MIGRATE_ASYNC, &succeeded), 1);
	clear_bit(AS_INACCESSIBLE, &s.file->f_mapping->flags);

	KUNIT_EXPECT_EQ(test, succeeded, 0U);
	KUNIT_EXPECT_EQ(test, m.nr_new, 1U);
	KUNIT_EXPECT_EQ(test, m.nr_returned, 1U);
	KUNIT_EXPECT_TRUE(test, list_is_singular(&m.list));
	putback_movable_pages(&m.list);
	expect_mapped(test, mm, s.addr, s.src, true, entry_may_be(true),
		      entry_may_be(true));
	mmk_expect_folio_same(test, "the folio", s.src, &before);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, s.addr, 1, SEED));
}

/**
 * page_cache_holds_the_new_folio() - A page of tmpfs changes place
 * @test: the running case
 *
 * While its entry stands in the page table the old folio is in i_pages. After
 * the move the new one is in the same slot, dirty as the old one was, with the
 * reference of the cache; the old one has let go of the mapping. What is read
 * through the file is what was written to the mapping.
 *
 * Contract: ME-5, ME-12
 */
static void page_cache_holds_the_new_folio(struct kunit *test)
{
	const struct page_case how = { .backing = SHMEM_SHARED, .write = true,
				       .dirty = true, .young = true };
	struct mm_struct *mm = mmk_mm_enter(test);
	struct address_space *mapping;
	unsigned long nrpages;
	struct folio *dst;
	struct scene s;

	scene_unmap(test, &s, mm, &how);
	mapping = s.file->f_mapping;
	nrpages = mapping->nrpages;
	KUNIT_EXPECT_PTR_EQ(test, xa_load(&mapping->i_pages, 0),
			    (void *)s.src);

	dst = mmk_hold_copy(test, s.hold);
	KUNIT_EXPECT_PTR_EQ(test, xa_load(&mapping->i_pages, 0), (void *)dst);
	KUNIT_EXPECT_EQ(test, mapping->nrpages, nrpages);
	KUNIT_EXPECT_PTR_EQ(test, dst->mapping, mapping);
	KUNIT_EXPECT_EQ(test, dst->index, 0UL);
	KUNIT_EXPECT_TRUE(test, folio_test_dirty(dst));
	KUNIT_EXPECT_FALSE(test, folio_test_dirty(s.src));
	KUNIT_EXPECT_TRUE(test, folio_test_swapbacked(dst));
	KUNIT_EXPECT_TRUE(test, folio_test_uptodate(dst));
	KUNIT_EXPECT_TRUE(test, mmk_folio_holds(dst, SEED));

	remove_migration_ptes(s.src, dst, 0);
	mmk_hold_finish(test, s.hold, true);
	expect_mapped(test, mm, s.addr, dst, true, entry_may_be(true),
		      entry_may_be(true));
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(mm, s.addr, 0x77), 0);
	KUNIT_EXPECT_EQ(test, *(u8 *)folio_address(dst), 0x77);
}

/* ME-9: unmapping while an entry is in place */

/**
 * exit_drops_the_entry() - The last user of an mm goes away
 * @test: the running case
 *
 * The child that inherited an entry exits: its counters end at zero, the parent
 * keeps its entry, and only that is restored.
 *
 * Contract: ME-9
 */
static void exit_drops_the_entry(struct kunit *test)
{
	const struct page_case how = { .backing = ANON_EXCLUSIVE, .write = true,
				       .dirty = true, .young = true };
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	struct scene s;

	scene_unmap(test, &s, mm, &how);
	child = mmk_fork(test);
	MMK_EXPECT_PTE(test, child, s.addr, MIGRATION_READ);
	mmgrab(child);
	mmk_mm_put(test, child);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_ANONPAGES), 0UL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_SWAPENTS), 0UL);
	mmdrop(child);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), 1);
	MMK_EXPECT_PTE(test, mm, s.addr, MIGRATION_READ);

	remove_migration_ptes(s.src, s.src, 0);
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.src), 1);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), 2);
	mmk_hold_finish(test, s.hold, false);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, s.addr, 1, SEED));
}

/**
 * unmapping_frees_no_swap_slot() - With a real swap area on
 * @test: the running case
 *
 * The pfn of an entry could be taken for a slot. Two pages are swapped out, the
 * one in between is under migration; munmap() of it leaves the two slots alone
 * and the count of swapped pages too.
 *
 * Contract: ME-9, ME-10
 */
static void unmapping_frees_no_swap_slot(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr;
	struct mmk_hold *hold;
	struct folio *src;
	long free_slots;

	mmk_swap_on(test);
	addr = mmk_map_anon(test, 3);
	mmk_fill(test, addr, 3, SEED);
	src = mmk_pte_folio(test, mm, addr + PAGE_SIZE);
	hold = mmk_hold(test, src);
	try_to_migrate(src, 0);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, 3 * PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, MIGRATION_WRITE);
	MMK_EXPECT_PTE(test, mm, addr + 2 * PAGE_SIZE, SWAP);
	free_slots = get_nr_swap_pages();

	KUNIT_EXPECT_EQ(test, sys_munmap(addr + PAGE_SIZE, PAGE_SIZE), 0L);
	KUNIT_EXPECT_EQ(test, get_nr_swap_pages(), free_slots);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_SWAPENTS), 2UL);
	KUNIT_EXPECT_EQ(test, folio_ref_count(src), 1);
	remove_migration_ptes(src, src, 0);
	mmk_hold_finish(test, hold, false);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 1, SEED));
}

/**
 * unmapping_the_file_spares_private_copies() - Truncation and hole punching
 * @test: the running case
 *
 * A private mapping of tmpfs with one page of the file and one private copy,
 * both under migration. unmap_mapping_range() without even_cows takes the entry
 * of the first only, with it that of the second as well.
 *
 * Contract: ME-9
 */
static void unmapping_the_file_spares_private_copies(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct file *file = mmk_shmem_file(test, 2);
	struct mmk_hold *hold[2];
	struct folio *src[2];
	unsigned long addr;
	int i;

	addr = mmk_mmap(test, file, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, false), 0);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr + PAGE_SIZE, true), 0);
	for (i = 0; i < 2; i++) {
		src[i] = mmk_pte_folio(test, mm, addr + i * PAGE_SIZE);
		hold[i] = mmk_hold(test, src[i]);
		try_to_migrate(src[i], 0);
	}
	MMK_EXPECT_PTE(test, mm, addr, MIGRATION_READ);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, MIGRATION_WRITE);

	unmap_mapping_range(file->f_mapping, 0, 2 * PAGE_SIZE, 0);
	MMK_EXPECT_PTE(test, mm, addr, NONE);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, MIGRATION_WRITE);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_SHMEMPAGES), 0UL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 1UL);

	unmap_mapping_range(file->f_mapping, 0, 2 * PAGE_SIZE, 1);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, NONE);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 0UL);
	for (i = 0; i < 2; i++) {
		remove_migration_ptes(src[i], src[i], 0);
		KUNIT_EXPECT_EQ(test, folio_mapcount(src[i]), 0);
		mmk_hold_finish(test, hold[i], false);
	}
}

/* ME-13: mremap() while an entry is in place */

/**
 * mremap_moves_the_entry_into_another_page_table() - And what is beside it
 * @test: the running case
 *
 * Of three pages the middle one is under migration when all three are moved far
 * away. Its entry arrives unchanged between its neighbours, and the migration
 * restores it there and nowhere else.
 *
 * Contract: ME-13
 */
static void mremap_moves_the_entry_into_another_page_table(struct kunit *test)
{
	const size_t len = 3 * PAGE_SIZE;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 3), new, mid;
	struct mmk_hold *hold;
	struct folio *src, *dst;
	pte_t before;

	mmk_fill(test, addr, 3, SEED);
	src = mmk_pte_folio(test, mm, addr + PAGE_SIZE);
	hold = mmk_hold(test, src);
	try_to_migrate(src, 0);
	before = mmk_pte(mm, addr + PAGE_SIZE);
	new = mmk_mmap(test, NULL, 2 * PMD_SIZE, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS) + PMD_SIZE;
	mid = new + PAGE_SIZE;

	KUNIT_ASSERT_EQ(test, (long)new,
			sys_mremap(addr, len, len,
				   MREMAP_MAYMOVE | MREMAP_FIXED, new));
	KUNIT_EXPECT_TRUE(test, pte_same(mmk_pte(mm, mid), before));
	KUNIT_EXPECT_TRUE(test, pte_none(mmk_pte(mm, addr + PAGE_SIZE)));
	MMK_EXPECT_PTE(test, mm, new, PRESENT);
	MMK_EXPECT_PTE(test, mm, new + 2 * PAGE_SIZE, PRESENT);

	dst = mmk_hold_copy(test, hold);
	remove_migration_ptes(src, dst, 0);
	KUNIT_EXPECT_EQ(test, folio_mapcount(dst), 1);
	mmk_hold_finish(test, hold, true);
	expect_mapped(test, mm, mid, dst, true, entry_may_be(true),
		      entry_may_be(true));
	KUNIT_EXPECT_TRUE(test, pte_none(mmk_pte(mm, addr + PAGE_SIZE)));
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 3UL);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, new, 3, SEED));
}

/* ME-10: never taken for swap */

/**
 * entry_belongs_to_no_swap_area() - With a real swap area on
 * @test: the running case
 *
 * There is no swap device for an entry of any kind, and freeing it as if it were
 * swap frees nothing.
 *
 * Contract: ME-10
 */
static void entry_belongs_to_no_swap_area(struct kunit *test)
{
	const struct entry_case *c = test->param_value;
	struct swap_info_struct *si;
	long free_slots;
	softleaf_t entry;

	mmk_mm_enter(test);
	mmk_swap_on(test);
	free_slots = get_nr_swap_pages();
	/* A pfn that would be a slot of the first area. */
	entry = c->make(1);
	KUNIT_EXPECT_FALSE(test, softleaf_is_swap(entry));
	si = get_swap_device(entry);
	KUNIT_EXPECT_NULL(test, si);
	if (si)
		put_swap_device(si);
	mmk_swap_put_if_swap(entry);
	KUNIT_EXPECT_EQ(test, get_nr_swap_pages(), free_slots);
}

/**
 * struct advice_case - madvise() that is about pages or swap
 * @description: for the KTAP line
 * @behavior: MADV_*
 */
struct advice_case {
	const char *description;
	int behavior;
};

static const struct advice_case advice_cases[] = {
	{ "MADV_WILLNEED", MADV_WILLNEED },
	{ "MADV_COLD", MADV_COLD },
	{ "MADV_PAGEOUT", MADV_PAGEOUT },
	{ "MADV_FREE", MADV_FREE },
};

KUNIT_ARRAY_PARAM_DESC(advice, advice_cases, description);

/**
 * advice_about_swap_leaves_the_entry_alone() - madvise()
 * @test: the running case
 *
 * Contract: ME-10
 */
static void advice_about_swap_leaves_the_entry_alone(struct kunit *test)
{
	const struct page_case how = { .backing = ANON_EXCLUSIVE, .write = true,
				       .dirty = true, .young = true };
	const struct advice_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	long free_slots;
	struct scene s;
	pte_t before;

	mmk_swap_on(test);
	scene_unmap(test, &s, mm, &how);
	before = mmk_pte(mm, s.addr);
	free_slots = get_nr_swap_pages();

	KUNIT_EXPECT_EQ(test, 0, do_madvise(mm, s.addr, PAGE_SIZE,
					    c->behavior));
	KUNIT_EXPECT_TRUE(test, pte_same(mmk_pte(mm, s.addr), before));
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), 1);
	KUNIT_EXPECT_EQ(test, get_nr_swap_pages(), free_slots);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_SWAPENTS), 0UL);

	remove_migration_ptes(s.src, s.src, 0);
	mmk_hold_finish(test, s.hold, false);
	expect_mapped(test, mm, s.addr, s.src, true, entry_may_be(true),
		      entry_may_be(true));
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, s.addr, 1, SEED));
}

/**
 * swapin_and_swapoff_leave_the_entry_alone() - Neighbours in swap
 * @test: the running case
 *
 * Two pages in swap, shared with a child so that they come in through the swap
 * cache and its readahead; between them one under migration. Reading the first
 * and then swapoff, which has to find and bring in all that is left, do not
 * touch the entry.
 *
 * Contract: ME-10
 */
static void swapin_and_swapoff_leave_the_entry_alone(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	struct mmk_swap *swap = mmk_swap_on(test);
	unsigned long addr = mmk_map_anon(test, 3);
	struct mmk_hold *hold;
	struct folio *src;
	pte_t before;

	mmk_fill(test, addr, 3, SEED);
	src = mmk_pte_folio(test, mm, addr + PAGE_SIZE);
	hold = mmk_hold(test, src);
	try_to_migrate(src, 0);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, 3 * PAGE_SIZE), 0);
	child = mmk_fork(test);
	before = mmk_pte(mm, addr + PAGE_SIZE);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, MIGRATION_READ);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_SWAPENTS), 2UL);

	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 1, SEED));
	KUNIT_EXPECT_TRUE(test, pte_same(mmk_pte(mm, addr + PAGE_SIZE),
					 before));
	KUNIT_EXPECT_EQ(test, mmk_swap_off(swap), 0L);
	KUNIT_EXPECT_TRUE(test, pte_same(mmk_pte(mm, addr + PAGE_SIZE),
					 before));
	KUNIT_EXPECT_TRUE(test, pte_same(mmk_pte(child, addr + PAGE_SIZE),
					 before));
	MMK_EXPECT_PTE(test, mm, addr + 2 * PAGE_SIZE, PRESENT);
	MMK_EXPECT_PTE(test, child, addr, PRESENT);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_SWAPENTS), 0UL);
	KUNIT_EXPECT_EQ(test, folio_ref_count(src), 1);

	remove_migration_ptes(src, src, 0);
	KUNIT_EXPECT_EQ(test, folio_mapcount(src), 2);
	mmk_hold_finish(test, hold, false);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 3, SEED));
}

/**
 * fork_shares_a_swap_slot_and_not_an_entry() - The other side of the line
 * @test: the running case
 *
 * One page in swap, its neighbour under migration. fork() gives the slot a
 * second user, takes the exclusive mark from both ptes, and makes the child
 * known to swapoff; the entry is counted as a page, not as swap.
 *
 * Contract: ME-10, ME-6
 */
static void fork_shares_a_swap_slot_and_not_an_entry(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr, next;
	struct mmk_hold *hold;
	struct folio *src;

	mmk_swap_on(test);
	addr = mmk_map_anon(test, 2);
	next = addr + PAGE_SIZE;
	mmk_fill(test, addr, 2, SEED);
	src = mmk_pte_folio(test, mm, next);
	hold = mmk_hold(test, src);
	try_to_migrate(src, 0);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, 2 * PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	KUNIT_EXPECT_TRUE(test, pte_swp_exclusive(mmk_pte(mm, addr)));

	child = mmk_fork(test);
	MMK_EXPECT_PTE(test, child, addr, SWAP);
	KUNIT_EXPECT_FALSE(test, pte_swp_exclusive(mmk_pte(mm, addr)));
	KUNIT_EXPECT_FALSE(test, pte_swp_exclusive(mmk_pte(child, addr)));
	KUNIT_EXPECT_FALSE(test, list_empty(&child->mmlist));
	MMK_EXPECT_PTE(test, mm, next, MIGRATION_READ);
	MMK_EXPECT_PTE(test, child, next, MIGRATION_READ);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_SWAPENTS), 1UL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_SWAPENTS), 1UL);

	remove_migration_ptes(src, src, 0);
	mmk_hold_finish(test, hold, false);
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(child, addr, 0xbb), 0);
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(child, next, 0xbb), 0);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 2, SEED));
}

/* ME-2: the swap types */

/**
 * every_swap_type_is_of_one_kind_only() - All of them, exhaustively
 * @test: the running case
 *
 * Whatever the type of an entry, exactly one predicate claims it: swap for all
 * types below MAX_SWAPFILES, and none of those above. The types that the kernel
 * hands out itself are pairwise different and fit.
 *
 * Contract: ME-2
 */
static void every_swap_type_is_of_one_kind_only(struct kunit *test)
{
	const unsigned int own[] = {
		swp_type(make_readable_migration_entry(0)),
		swp_type(make_readable_exclusive_migration_entry(0)),
		swp_type(make_writable_migration_entry(0)),
		swp_type(make_readable_device_private_entry(0)),
		swp_type(make_writable_device_private_entry(0)),
		swp_type(make_pte_marker_entry(PTE_MARKER_POISONED)),
	};
	unsigned int type, i, j;
	enum mmk_pte_kind kind;

	for (type = 0; type < 1 << MAX_SWAPFILES_SHIFT; type++) {
		kind = mmk_pte_classify(softleaf_to_pte(swp_entry(type, 1)));
		KUNIT_EXPECT_NE_MSG(test, (int)kind, (int)MMK_PTE_AMBIGUOUS,
				    "type %u", type);
		KUNIT_EXPECT_EQ_MSG(test, kind == MMK_PTE_SWAP,
				    type < MAX_SWAPFILES, "type %u is %s", type,
				    mmk_pte_kind_name(kind));
	}
	for (i = 0; i < ARRAY_SIZE(own); i++) {
		KUNIT_EXPECT_GE(test, own[i], (unsigned int)MAX_SWAPFILES);
		KUNIT_EXPECT_LT(test, own[i], 1U << MAX_SWAPFILES_SHIFT);
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_NE(test, own[i], own[j]);
	}
}

/**
 * swapon_refuses_what_has_no_type_left() - MAX_SWAPFILES areas, and one more
 * @test: the running case
 *
 * All types below MAX_SWAPFILES are taken by real areas. One more is refused
 * with -EPERM; the others stay on, of the same size, and a page that is in one
 * of them comes back. Once one has been turned off, there is room for another.
 *
 * Contract: ME-2
 */
static void swapon_refuses_what_has_no_type_left(struct kunit *test)
{
	struct mmk_swap *swap[MAX_SWAPFILES + 1];
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr;
	long total, free;
	int i;

	for (i = 0; i <= MAX_SWAPFILES; i++)
		swap[i] = mmk_swap_alloc(test, i);
	addr = mmk_map_anon(test, 1);
	mmk_fill(test, addr, 1, SEED);
	for (i = 0; i < MAX_SWAPFILES; i++)
		KUNIT_ASSERT_EQ_MSG(test, mmk_swap_try_on(swap[i]), 0L,
				    "area %d", i);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	total = total_swap_pages;
	free = get_nr_swap_pages();

	KUNIT_EXPECT_EQ(test, (long)-EPERM,
			mmk_swap_try_on(swap[MAX_SWAPFILES]));
	KUNIT_EXPECT_EQ(test, total_swap_pages, total);
	KUNIT_EXPECT_EQ(test, get_nr_swap_pages(), free);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 1, SEED));

	KUNIT_EXPECT_EQ(test, mmk_swap_off(swap[1]), 0L);
	KUNIT_EXPECT_EQ(test, mmk_swap_try_on(swap[MAX_SWAPFILES]), 0L);
}

/* ME-11: an entry is followed only while its folio is locked */

/* An entry, whose folio the case is about to unlock; never restored. */
static softleaf_t entry_to_follow(struct kunit *test, struct scene *s)
{
	struct mm_struct *mm = mmk_mm_enter(test);

	mmk_expect_report(test);
	scene_unmap(test, s, mm, &page_cases[0]);
	return softleaf_from_pte(mmk_pte(mm, s->addr));
}

/* Where the report was none that kills. */
static void entry_followed(struct kunit *test, struct scene *s)
{
	folio_lock(s->src);
	remove_migration_ptes(s->src, s->src, 0);
	mmk_hold_finish(test, s->hold, false);
}

/**
 * page_of_an_entry_wants_its_folio_locked() - softleaf_to_page() looks
 * @test: the running case
 *
 * The migration that an entry stands for holds the folio's lock. As long as it
 * does, the entry leads to the page; without, whoever follows the entry has no
 * right to, and the kernel says so.
 *
 * Contract: ME-11
 * Report: bug include/linux/swapops.h | warning include/linux/leafops.h
 */
static void page_of_an_entry_wants_its_folio_locked(struct kunit *test)
{
	struct scene s;
	softleaf_t entry = entry_to_follow(test, &s);

	KUNIT_EXPECT_PTR_EQ(test, softleaf_to_page(entry),
			    folio_page(s.src, 0));
	folio_unlock(s.src);

	KUNIT_EXPECT_PTR_EQ(test, softleaf_to_page(entry),
			    folio_page(s.src, 0));
	entry_followed(test, &s);
}

/**
 * folio_of_an_entry_wants_its_lock() - softleaf_to_folio() looks
 * @test: the running case
 *
 * The same, for who asks for the folio.
 *
 * Contract: ME-11
 * Report: bug include/linux/swapops.h | warning include/linux/leafops.h
 */
static void folio_of_an_entry_wants_its_lock(struct kunit *test)
{
	struct scene s;
	softleaf_t entry = entry_to_follow(test, &s);

	KUNIT_EXPECT_PTR_EQ(test, softleaf_to_folio(entry), s.src);
	folio_unlock(s.src);

	KUNIT_EXPECT_PTR_EQ(test, softleaf_to_folio(entry), s.src);
	entry_followed(test, &s);
}

/* ME-14: who else meets an entry */

/**
 * mincore_takes_the_page_for_resident() - It is, in one place or the other
 * @test: the running case
 *
 * Contract: ME-14
 */
static void mincore_takes_the_page_for_resident(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 3), vec = mmk_map_anon(test, 1);
	struct mmk_hold *hold;
	struct folio *src;
	u8 seen[3] = {};

	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, true), 0);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr + PAGE_SIZE, true), 0);
	src = mmk_pte_folio(test, mm, addr + PAGE_SIZE);
	hold = mmk_hold(test, src);
	try_to_migrate(src, 0);

	KUNIT_EXPECT_EQ(test, 0L, sys_mincore(addr, 3 * PAGE_SIZE,
					      (unsigned char __user *)vec));
	KUNIT_EXPECT_EQ(test, 0UL, copy_from_user(seen, (void __user *)vec, 3));
	KUNIT_EXPECT_EQ(test, seen[0], 1);
	KUNIT_EXPECT_EQ(test, seen[1], 1);
	KUNIT_EXPECT_EQ(test, seen[2], 0);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, MIGRATION_WRITE);
	remove_migration_ptes(src, src, 0);
	mmk_hold_finish(test, hold, false);
}

/**
 * struct gup - A task that takes a reference on a user page
 * @task: the task
 * @addr: which page
 * @flags: FOLL_*
 * @page: the page
 * @ret: what get_user_pages_unlocked() returned
 */
struct gup {
	struct mmk_task task;
	unsigned long addr;
	unsigned int flags;
	struct page *page;
	long ret;
};

static void gup_main(struct mmk_task *task)
{
	struct gup *gup = container_of(task, struct gup, task);

	gup->ret = get_user_pages_unlocked(gup->addr, 1, &gup->page,
					   gup->flags);
}

/* What is at an address of @s, once dst is there: its page @index. Return: dst */
static struct folio *expect_gup_waits(struct kunit *test, struct scene *s,
				      unsigned int flags, unsigned int index)
{
	struct folio *dst;
	struct gup *gup;

	gup = mmk_task_alloc(test, sizeof(*gup), s->mm, gup_main);
	gup->addr = s->addr + index * PAGE_SIZE;
	gup->flags = flags;
	mmk_task_start(&gup->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&gup->task));
	dst = mmk_hold_copy(test, s->hold);
	remove_migration_ptes(s->src, dst, 0);
	mmk_hold_finish(test, s->hold, true);

	KUNIT_ASSERT_TRUE(test, mmk_task_join(&gup->task));
	KUNIT_ASSERT_EQ(test, gup->ret, 1L);
	KUNIT_EXPECT_PTR_EQ(test, gup->page, folio_page(dst, index));
	put_page(gup->page);
	return dst;
}

/**
 * get_user_pages_waits_for_the_new_page() - GUP of a page under migration
 * @test: the running case
 *
 * It sleeps as long as the entry is there, and then returns the page of the new
 * folio.
 *
 * Contract: ME-14
 */
static void get_user_pages_waits_for_the_new_page(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct folio *dst;
	struct scene s;

	scene_unmap(test, &s, mm, how);
	dst = expect_gup_waits(test, &s, how->write ? FOLL_WRITE : 0, 0);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, mm, s.addr), dst);
}

/* A huge page, with an entry in its pmd */
static void scene_unmap_huge(struct kunit *test, struct scene *s,
			     struct mm_struct *mm)
{
	memset(s, 0, sizeof(*s));
	s->mm = mm;
	s->addr = mmk_map_huge(test, mm, 1);
	mmk_fill(test, s->addr, 8, SEED);
	s->src = mmk_pmd_folio(test, mm, s->addr);
	s->hold = mmk_hold(test, s->src);
	try_to_migrate(s->src, 0);
	MMK_EXPECT_PMD(test, mm, s->addr, MIGRATION_WRITE);
}

/**
 * get_user_pages_waits_for_the_new_huge_page() - GUP of a part of a huge page
 * @test: the running case
 *
 * As get_user_pages_waits_for_the_new_page(): the right part of the new folio.
 *
 * Contract: ME-14
 */
static void get_user_pages_waits_for_the_new_huge_page(struct kunit *test)
{
	struct folio *dst;
	struct scene s;

	scene_unmap_huge(test, &s, mmk_mm_enter(test));
	dst = expect_gup_waits(test, &s, FOLL_WRITE, 5);
	MMK_EXPECT_PMD(test, s.mm, s.addr, PRESENT);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pmd_folio(test, s.mm, s.addr), dst);
}

/**
 * struct gup_nowait - A task that does not want to wait for a user page
 * @gup: what it asks for
 * @kept: mmap_lock was held all the time
 */
struct gup_nowait {
	struct gup gup;
	bool kept;
};

static void gup_nowait_main(struct mmk_task *task)
{
	struct gup *gup = container_of(task, struct gup, task);
	struct gup_nowait *nowait = container_of(gup, struct gup_nowait, gup);

	mmap_read_lock(task->mm);
	gup->ret = get_user_pages(gup->addr, 1, gup->flags | FOLL_NOWAIT,
				  &gup->page);
	nowait->kept = mmk_lock_held(&task->mm->mmap_lock);
	if (nowait->kept)
		mmap_read_unlock(task->mm);
}

/**
 * get_user_pages_nowait_keeps_mmap_lock() - Who cannot wait keeps the lock
 * @test: the running case
 *
 * FOLL_NOWAIT promises that no disk is waited for, and FAULT_FLAG_RETRY_NOWAIT
 * that mmap_lock is not dropped. What is under migration is neither read nor
 * retried: either GUP comes back without a page, or it sleeps with the lock held
 * and returns the page of the new folio. See Documentation/findings.rst.
 *
 * Contract: ME-14
 */
static void get_user_pages_nowait_keeps_mmap_lock(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct gup_nowait *nowait;
	struct folio *dst;
	struct scene s;
	bool settled;

	if (!IS_ENABLED(CONFIG_LOCKDEP))
		kunit_skip(test, "needs lockdep to know who holds a lock");

	scene_unmap(test, &s, mm, how);
	nowait = mmk_task_alloc(test, sizeof(*nowait), mm, gup_nowait_main);
	nowait->gup.addr = s.addr;
	nowait->gup.flags = how->write ? FOLL_WRITE : 0;
	mmk_task_start(&nowait->gup.task);
	settled = mmk_wait_for(completion_done(&nowait->gup.task.done) ||
			       mmk_task_waits_for(test, nowait->gup.task.task,
						  s.src));
	KUNIT_ASSERT_TRUE(test, settled);
	if (!completion_done(&nowait->gup.task.done)) {
		KUNIT_EXPECT_TRUE(test, rwsem_is_locked(&mm->mmap_lock));
		KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, s.src), 1);
	}
	dst = mmk_hold_copy(test, s.hold);
	remove_migration_ptes(s.src, dst, 0);
	mmk_hold_finish(test, s.hold, true);

	KUNIT_ASSERT_TRUE(test, mmk_task_join(&nowait->gup.task));
	KUNIT_EXPECT_TRUE(test, nowait->kept);
	if (nowait->gup.ret == 1) {
		KUNIT_EXPECT_PTR_EQ(test, nowait->gup.page, folio_page(dst, 0));
		put_page(nowait->gup.page);
	} else {
		KUNIT_EXPECT_LE(test, nowait->gup.ret, 0L);
	}
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, mm, s.addr), dst);
}

/* ME-14: a device that mirrors an address space */

static bool mirror_invalidate(struct mmu_interval_notifier *notifier,
			      const struct mmu_notifier_range *range,
			      unsigned long cur_seq)
{
	mmu_interval_set_seq(notifier, cur_seq);
	return true;
}

static const struct mmu_interval_notifier_ops mirror_ops = {
	.invalidate = mirror_invalidate,
};

/**
 * struct mirror - A task that asks hmm_range_fault() for three pages
 * @task: the task
 * @notifier: of the range
 * @mm: whose pages; kept until the notifier is gone
 * @addr: the first of them
 * @pfns: what is asked of each, and then what was found
 * @ret: what hmm_range_fault() returned
 * @busy: how often it said that the range has changed
 */
struct mirror {
	struct mmk_task task;
	struct mmu_interval_notifier notifier;
	struct mm_struct *mm;
	unsigned long addr;
	unsigned long pfns[3];
	int ret;
	int busy;
};

static void mirror_main(struct mmk_task *task)
{
	struct mirror *mirror = container_of(task, struct mirror, task);
	struct hmm_range range = {
		.notifier	= &mirror->notifier,
		.start		= mirror->addr,
		.end		= mirror->addr + sizeof(mirror->pfns) /
						 sizeof(long) * PAGE_SIZE,
		.hmm_pfns	= mirror->pfns,
		.pfn_flags_mask	= HMM_PFN_REQ_FAULT | HMM_PFN_REQ_WRITE,
	};

	do {
		range.notifier_seq = mmu_interval_read_begin(range.notifier);
		mmap_read_lock(task->mm);
		mirror->ret = hmm_range_fault(&range);
		mmap_read_unlock(task->mm);
	} while (mirror->ret == -EBUSY && mirror->busy++ < 3);
}

static void mirror_release(void *data)
{
	struct mirror *mirror = data;

	mmu_interval_notifier_remove(&mirror->notifier);
	mmput(mirror->mm);
}

/* A device that is about to ask for three pages */
static struct mirror *mirror_alloc(struct kunit *test, struct mm_struct *mm,
				   unsigned long addr)
{
	struct mirror *mirror;
	int err;

	mirror = mmk_task_alloc(test, sizeof(*mirror), mm, mirror_main);
	mirror->mm = mm;
	mirror->addr = addr;
	err = mmu_interval_notifier_insert(&mirror->notifier, mm, addr,
					   3 * PAGE_SIZE, &mirror_ops);
	KUNIT_ASSERT_EQ(test, err, 0);
	mmget(mm);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, mirror_release,
							mirror), 0);
	return mirror;
}

/* And the middle one is under migration. */
static struct mirror *mirror_alloc_around(struct kunit *test,
					  struct mm_struct *mm, struct scene *s)
{
	memset(s, 0, sizeof(*s));
	s->mm = mm;
	s->addr = mmk_map_anon(test, 3) + PAGE_SIZE;
	mmk_fill(test, s->addr - PAGE_SIZE, 3, SEED);
	s->src = mmk_pte_folio(test, mm, s->addr);
	s->hold = mmk_hold(test, s->src);
	try_to_migrate(s->src, 0);
	return mirror_alloc(test, mm, s->addr - PAGE_SIZE);
}

static unsigned long mirror_of(struct kunit *test, struct mm_struct *mm,
			       unsigned long addr)
{
	return folio_pfn(mmk_pte_folio(test, mm, addr)) | HMM_PFN_VALID |
	       HMM_PFN_WRITE;
}

/* It sleeps without a reference until @s is over; the new folio */
static struct folio *expect_mirror_waits(struct kunit *test, struct scene *s,
					 struct mirror *mirror)
{
	int i, refs = folio_ref_count(s->src);
	struct folio *dst;

	for (i = 0; i < ARRAY_SIZE(mirror->pfns); i++)
		mirror->pfns[i] = HMM_PFN_REQ_FAULT | HMM_PFN_REQ_WRITE;

	mmk_task_start(&mirror->task);

	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&mirror->task));
	KUNIT_EXPECT_EQ(test, folio_ref_count(s->src), refs);
	dst = mmk_hold_copy(test, s->hold);
	remove_migration_ptes(s->src, dst, 0);
	mmk_hold_finish(test, s->hold, true);

	KUNIT_ASSERT_TRUE(test, mmk_task_join(&mirror->task));
	KUNIT_EXPECT_EQ(test, mirror->ret, 0);
	KUNIT_EXPECT_EQ(test, mirror->busy, 0);
	return dst;
}

/**
 * hmm_range_fault_waits_for_the_new_page() - A device asks for the page
 * @test: the running case
 *
 * A device wants three pages to be there. For the one under migration it sleeps
 * until the entry is gone, without a reference, and then gets the new one.
 *
 * Contract: ME-14
 */
static void hmm_range_fault_waits_for_the_new_page(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mirror *mirror;
	struct folio *dst;
	struct scene s;
	int i;

	mirror = mirror_alloc_around(test, mm, &s);
	dst = expect_mirror_waits(test, &s, mirror);
	for (i = 0; i < ARRAY_SIZE(mirror->pfns); i++)
		KUNIT_EXPECT_EQ(test, mirror->pfns[i],
				mirror_of(test, mm,
					  mirror->addr + i * PAGE_SIZE));
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, mm, s.addr), dst);
}

/**
 * hmm_range_fault_waits_for_the_new_huge_page() - A device asks for a part of it
 * @test: the running case
 *
 * The same for three pages of a huge page. It learns how large that is, too.
 *
 * Contract: ME-14
 */
static void hmm_range_fault_waits_for_the_new_huge_page(struct kunit *test)
{
	const unsigned long order = HPAGE_PMD_ORDER;
	struct mirror *mirror;
	struct folio *dst;
	struct scene s;
	int i;

	scene_unmap_huge(test, &s, mmk_mm_enter(test));
	mirror = mirror_alloc(test, s.mm, s.addr + 3 * PAGE_SIZE);
	dst = expect_mirror_waits(test, &s, mirror);
	for (i = 0; i < ARRAY_SIZE(mirror->pfns); i++)
		KUNIT_EXPECT_EQ(test, mirror->pfns[i],
				(folio_pfn(dst) + 3 + i) | HMM_PFN_VALID |
				HMM_PFN_WRITE | order << HMM_PFN_ORDER_SHIFT);
	MMK_EXPECT_PMD(test, s.mm, s.addr, PRESENT);
}

/**
 * hmm_range_fault_reports_no_huge_page_unasked() - A device only looks at it
 * @test: the running case
 *
 * As hmm_range_fault_reports_no_page_unasked(): none of its pages is there.
 *
 * Contract: ME-14
 */
static void hmm_range_fault_reports_no_huge_page_unasked(struct kunit *test)
{
	struct mirror *mirror;
	struct scene s;
	int i;

	scene_unmap_huge(test, &s, mmk_mm_enter(test));
	mirror = mirror_alloc(test, s.mm, s.addr + 3 * PAGE_SIZE);

	mmk_task_start(&mirror->task);

	KUNIT_ASSERT_TRUE(test, mmk_task_join(&mirror->task));
	KUNIT_EXPECT_EQ(test, mirror->ret, 0);
	KUNIT_EXPECT_EQ(test, mirror->busy, 0);
	for (i = 0; i < ARRAY_SIZE(mirror->pfns); i++)
		KUNIT_EXPECT_EQ(test, mirror->pfns[i], 0UL);
	MMK_EXPECT_PMD(test, s.mm, s.addr, MIGRATION_WRITE);
	remove_migration_ptes(s.src, s.src, 0);
	mmk_hold_finish(test, s.hold, false);
}

/**
 * hmm_range_fault_reports_no_page_unasked() - A device only looks
 * @test: the running case
 *
 * A device that asks for nothing is told of the pages that are there. The one
 * under migration is not: there is neither a pfn for it nor an error, nobody
 * waits, and the entry stays. The same goes if only the others are asked for.
 *
 * Contract: ME-14
 */
static void hmm_range_fault_reports_no_page_unasked(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mirror *mirror;
	struct scene s;

	mirror = mirror_alloc_around(test, mm, &s);
	mirror->pfns[2] = HMM_PFN_REQ_FAULT;

	mmk_task_start(&mirror->task);

	KUNIT_ASSERT_TRUE(test, mmk_task_join(&mirror->task));
	KUNIT_EXPECT_EQ(test, mirror->ret, 0);
	KUNIT_EXPECT_EQ(test, mirror->busy, 0);
	KUNIT_EXPECT_EQ(test, mirror->pfns[0],
			mirror_of(test, mm, mirror->addr));
	KUNIT_EXPECT_EQ(test, mirror->pfns[1], 0UL);
	KUNIT_EXPECT_EQ(test, mirror->pfns[2],
			mirror_of(test, mm, mirror->addr + 2 * PAGE_SIZE));
	MMK_EXPECT_PTE(test, mm, s.addr, MIGRATION_WRITE);
	remove_migration_ptes(s.src, s.src, 0);
	mmk_hold_finish(test, s.hold, false);
}

/* ME-14: /proc/PID/smaps */

/**
 * struct smaps - What smaps says of one VMA, in kB
 * @rss: Rss
 * @pss: Pss
 * @anonymous: Anonymous
 * @swap: Swap
 */
struct smaps {
	long rss;
	long pss;
	long anonymous;
	long swap;
};

static void proc_release(void *mnt)
{
	kern_unmount(mnt);
}

static struct vfsmount *proc_mount(struct kunit *test)
{
	struct file_system_type *type = get_fs_type("proc");
	struct vfsmount *mnt;

	if (!type || !IS_ENABLED(CONFIG_PROC_PAGE_MONITOR))
		kunit_skip(test, "needs CONFIG_PROC_PAGE_MONITOR");

	mnt = kern_mount(type);
	put_filesystem(type);
	KUNIT_ASSERT_FALSE(test, IS_ERR(mnt));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, proc_release,
							mnt), 0);
	return mnt;
}

static long smaps_field(struct kunit *test, const char *vma, const char *name)
{
	const char *at = strstr(vma, name);
	long kb = -1;
	int nr;

	KUNIT_ASSERT_NOT_NULL_MSG(test, at, "no %s in:\n%s", name, vma);
	nr = sscanf(at + strlen(name), " %ld kB", &kb);
	KUNIT_ASSERT_EQ(test, nr, 1);
	return kb;
}

/*
 * What the smaps of @task, which shares the mm of the case, says of the VMA at
 * @addr. The text goes through user memory at @buffer.
 */
static void smaps_read(struct kunit *test, struct vfsmount *mnt,
		       struct mmk_task *task, unsigned long addr,
		       unsigned long buffer, size_t size, struct smaps *smaps)
{
	char *text = kunit_kzalloc(test, size, GFP_KERNEL), *vma;
	char name[32];
	struct file *file;
	ssize_t got = 0, n;
	loff_t pos = 0;

	KUNIT_ASSERT_NOT_NULL(test, text);
	snprintf(name, sizeof(name), "%d/smaps", task_pid_nr(task->task));
	file = file_open_root_mnt(mnt, name, O_RDONLY, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	do {
		n = vfs_read(file, (char __user *)buffer + got, size - 1 - got,
			     &pos);
		got += max_t(ssize_t, n, 0);
	} while (n > 0);
	fput(file);
	KUNIT_ASSERT_EQ(test, n, (ssize_t)0);
	KUNIT_ASSERT_EQ(test, copy_from_user(text, (void __user *)buffer, got),
			0UL);

	snprintf(name, sizeof(name), "%08lx-", addr);
	vma = strstr(text, name);
	KUNIT_ASSERT_NOT_NULL_MSG(test, vma, "no %s in:\n%s", name, text);
	smaps->rss = smaps_field(test, vma, "\nRss:");
	smaps->pss = smaps_field(test, vma, "\nPss:");
	smaps->anonymous = smaps_field(test, vma, "\nAnonymous:");
	smaps->swap = smaps_field(test, vma, "\nSwap:");
}

static void smaps_idle(struct mmk_task *task)
{
}

static void smaps_expect(struct kunit *test, const char *when,
			 const struct smaps *smaps, long kb)
{
	KUNIT_EXPECT_EQ_MSG(test, smaps->rss, kb, "Rss %s", when);
	KUNIT_EXPECT_EQ_MSG(test, smaps->pss, kb, "Pss %s", when);
	KUNIT_EXPECT_EQ_MSG(test, smaps->anonymous, kb, "Anonymous %s", when);
	KUNIT_EXPECT_EQ_MSG(test, smaps->swap, 0L, "Swap %s", when);
}

/**
 * struct smaps_view - Somebody who reads the smaps of the case's mm
 * @mnt: proc
 * @task: whose smaps
 * @buffer: user memory for the text
 * @size: of it
 */
struct smaps_view {
	struct vfsmount *mnt;
	struct mmk_task *task;
	unsigned long buffer;
	size_t size;
};

static void smaps_init(struct kunit *test, struct smaps_view *v)
{
	v->size = 4 * PAGE_SIZE;
	v->mnt = proc_mount(test);
	/* A VMA of its own. */
	v->buffer = mmk_mmap(test, NULL, v->size, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS);
	v->task = mmk_process_alloc(test, sizeof(*v->task), smaps_idle);
}

static void smaps_check(struct kunit *test, const struct smaps_view *v,
			unsigned long addr, const char *when, long kb)
{
	struct smaps smaps;

	smaps_read(test, v->mnt, v->task, addr, v->buffer, v->size, &smaps);
	smaps_expect(test, when, &smaps, kb);
}

/* @s is under migration, and its VMA at @addr has @kb. */
static void smaps_check_migration(struct kunit *test,
				  const struct smaps_view *v, struct scene *s,
				  unsigned long addr, long kb)
{
	struct folio *dst;

	smaps_check(test, v, addr, "under migration", kb);
	dst = mmk_hold_copy(test, s->hold);
	remove_migration_ptes(s->src, dst, 0);
	mmk_hold_finish(test, s->hold, true);
	smaps_check(test, v, addr, "after", kb);
	mmk_process_start(v->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(v->task));
}

/**
 * smaps_counts_the_page_under_migration() - It stays resident for its owner
 * @test: the running case
 *
 * Two of three pages are there, and one of them is migrated. /proc/PID/smaps
 * counts it as resident and as anonymous before, while the entry is in place
 * and after, and never as swapped.
 *
 * Contract: ME-14
 */
static void smaps_counts_the_page_under_migration(struct kunit *test)
{
	const long kb = 2 * PAGE_SIZE / SZ_1K;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct scene s = { .mm = mm };
	struct smaps_view v;
	unsigned long addr;

	addr = mmk_mmap(test, NULL, 3 * PAGE_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS);
	smaps_init(test, &v);
	mmk_fill(test, addr, 2, SEED);
	smaps_check(test, &v, addr, "before", kb);

	s.src = mmk_pte_folio(test, mm, addr + PAGE_SIZE);
	s.hold = mmk_hold(test, s.src);
	try_to_migrate(s.src, 0);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, MIGRATION_WRITE);
	smaps_check_migration(test, &v, &s, addr, kb);
}

/**
 * smaps_counts_the_huge_page_under_migration() - All of it, by its one entry
 * @test: the running case
 *
 * As smaps_counts_the_page_under_migration().
 *
 * Contract: ME-14
 */
static void smaps_counts_the_huge_page_under_migration(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct smaps_view v;
	struct scene s;

	smaps_init(test, &v);
	scene_unmap_huge(test, &s, mm);
	smaps_check_migration(test, &v, &s, s.addr, MMK_HUGE_SIZE / SZ_1K);
}

/* Who holds which rmap lock */

static void folio_rmap_lock(struct folio *folio)
{
	if (folio_test_anon(folio))
		anon_vma_lock_write(folio_anon_vma(folio));
	else
		i_mmap_lock_write(folio->mapping);
}

static void folio_rmap_unlock(struct folio *folio)
{
	if (folio_test_anon(folio))
		anon_vma_unlock_write(folio_anon_vma(folio));
	else
		i_mmap_unlock_write(folio->mapping);
}

/**
 * struct rmap_task - A task that unmaps a folio, or restores its ptes
 * @task: the task
 * @folio: the folio
 * @restore: remove_migration_ptes() instead of try_to_migrate()
 * @locked: it takes the rmap lock itself, for writing, and says so
 */
struct rmap_task {
	struct mmk_task task;
	struct folio *folio;
	bool restore;
	bool locked;
};

static void rmap_task_main(struct mmk_task *task)
{
	struct rmap_task *t = container_of(task, struct rmap_task, task);

	if (t->locked)
		folio_rmap_lock(t->folio);
	if (t->restore)
		remove_migration_ptes(t->folio, t->folio,
				      t->locked ? MMK_REMOVE_RMAP_LOCKED : 0);
	else
		try_to_migrate(t->folio, t->locked ? TTU_RMAP_LOCKED : 0);
	if (t->locked)
		folio_rmap_unlock(t->folio);
}

static struct rmap_task *rmap_task_start(struct kunit *test, struct scene *s,
					 bool restore, bool locked)
{
	struct rmap_task *t = mmk_task_alloc(test, sizeof(*t), s->mm,
					     rmap_task_main);

	t->folio = s->src;
	t->restore = restore;
	t->locked = locked;
	mmk_task_start(&t->task);
	return t;
}

/* Whether it has come back. If not, it keeps the lock and the folio for good. */
static bool rmap_task_join(struct rmap_task *t, struct scene *s)
{
	if (mmk_task_join(&t->task))
		return true;
	s->hold->held = false;
	return false;
}

/**
 * unmap_and_restore_wait_for_the_rmap_lock() - Nobody changes what is walked
 * @test: the running case
 *
 * As long as somebody holds the anon_vma or i_mmap lock for writing, neither
 * try_to_migrate() nor remove_migration_ptes() goes on to the page tables: the
 * second not even for anonymous memory that nothing maps any more.
 *
 * Contract: ME-3, ME-4, ME-7
 */
static void unmap_and_restore_wait_for_the_rmap_lock(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct rmap_task *t;
	struct scene s;

	scene_map(test, &s, mm, how);
	s.hold = mmk_hold(test, s.src);
	folio_rmap_lock(s.src);
	t = rmap_task_start(test, &s, false, false);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&t->task, "down_read"));
	MMK_EXPECT_PTE(test, mm, s.addr, PRESENT);
	folio_rmap_unlock(s.src);
	KUNIT_ASSERT_TRUE(test, rmap_task_join(t, &s));
	expect_kind(test, mm, s.addr, how->kind);

	folio_rmap_lock(s.src);
	t = rmap_task_start(test, &s, true, false);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&t->task, "down_read"));
	expect_kind(test, mm, s.addr, how->kind);
	folio_rmap_unlock(s.src);
	KUNIT_ASSERT_TRUE(test, rmap_task_join(t, &s));
	MMK_EXPECT_PTE(test, mm, s.addr, PRESENT);
	mmk_hold_finish(test, s.hold, false);
}

/**
 * caller_may_hold_the_rmap_lock_itself() - TTU_RMAP_LOCKED
 * @test: the running case
 *
 * Both do their work under a lock that the caller holds for writing. Done by
 * a task, for one that takes the lock a second time would wait for ever.
 *
 * Contract: ME-3, ME-4
 */
static void caller_may_hold_the_rmap_lock_itself(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct rmap_task *t;
	struct scene s;

	scene_map(test, &s, mm, how);
	s.hold = mmk_hold(test, s.src);
	t = rmap_task_start(test, &s, false, true);
	KUNIT_ASSERT_TRUE(test, rmap_task_join(t, &s));
	expect_kind(test, mm, s.addr, how->kind);
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.src), 0);

	t = rmap_task_start(test, &s, true, true);
	KUNIT_ASSERT_TRUE(test, rmap_task_join(t, &s));
	MMK_EXPECT_PTE(test, mm, s.addr, PRESENT);
	mmk_hold_finish(test, s.hold, false);
}

/* ME-7: fork() races with a migration */

/**
 * struct rmap_record - Whose page tables an rmap walk came to, in order
 * @mm: whose
 * @nr: how many
 */
struct rmap_record {
	struct mm_struct *mm[4];
	unsigned int nr;
};

static bool rmap_record_one(struct folio *folio, struct vm_area_struct *vma,
			    unsigned long addr, void *arg)
{
	struct rmap_record *record = arg;

	if (record->nr < ARRAY_SIZE(record->mm))
		record->mm[record->nr] = vma->vm_mm;
	record->nr++;
	return true;
}

/**
 * rmap_walk_comes_to_a_child_after_its_parent() - What the races rely on
 * @test: the running case
 *
 * A parent, its child, and the child of that: fork() copies ptes from each to
 * the next, so a walk in that order cannot miss an entry.
 *
 * Contract: ME-7
 */
static void rmap_walk_comes_to_a_child_after_its_parent(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test), *first, *second;
	struct rmap_record record = {};
	struct rmap_walk_control rwc = {
		.rmap_one	= rmap_record_one,
		.arg		= &record,
	};
	struct scene s;

	scene_map(test, &s, mm, how);
	first = mmk_fork(test);
	second = mmk_fork(test);
	folio_lock(s.src);
	rmap_walk(s.src, &rwc);
	folio_unlock(s.src);

	KUNIT_EXPECT_EQ(test, record.nr, 3U);
	KUNIT_EXPECT_PTR_EQ(test, record.mm[0], mm);
	KUNIT_EXPECT_TRUE(test, record.mm[1] == first ||
			  record.mm[1] == second);
	KUNIT_EXPECT_TRUE(test, record.mm[2] == first ||
			  record.mm[2] == second);
	KUNIT_EXPECT_PTR_NE(test, record.mm[1], record.mm[2]);
}

/**
 * struct fork_race - A fork() that stops between linking its VMA and copying
 * @task: the task that forks
 * @child: the mm of its child, with a reference
 * @linked: the new VMA is in the anon_vma; no pte has been copied
 * @go: copy them
 * @has_child: @child is there
 * @walker: whose remove_migration_ptes() lets the fork() go on
 * @nr_restored: ptes that this walk has restored so far
 * @restored_at_copy: how many that were when fork() had copied its ptes
 */
struct fork_race {
	struct mmk_task task;
	struct mm_struct *child;
	struct completion linked;
	struct completion go;
	struct completion has_child;
	struct task_struct *walker;
	unsigned int nr_restored;
	unsigned int restored_at_copy;
};

/* The operations of a VMA have no room for data. */
static struct fork_race *fork_race;

/* dup_mmap() calls this after anon_vma_fork() and before copy_page_range(). */
static void fork_race_open(struct vm_area_struct *vma)
{
	struct fork_race *race = fork_race;

	if (!race || current != race->task.task)
		return;
	complete(&race->linked);
	wait_for_completion_timeout(&race->go, MMK_DEADLINE);
}

/* All faults are taken before these take the place of tmpfs's. */
static const struct vm_operations_struct fork_race_ops = {
	.open = fork_race_open,
};

static int fork_race_child(void *data)
{
	struct fork_race *race = data;

	race->child = current->mm;
	mmget(race->child);
	complete(&race->has_child);
	do_exit(0);
}

static void fork_race_main(struct mmk_task *task)
{
	struct fork_race *race = container_of(task, struct fork_race, task);
	struct kernel_clone_args args = {
		.exit_signal	= SIGCHLD,
		.fn		= fork_race_child,
		.fn_arg		= race,
	};

	pid_t pid = kernel_clone(&args);

	if (pid < 0)
		return;
	race->restored_at_copy = race->nr_restored;
	wait_for_completion(&race->has_child);
	kernel_wait(pid, NULL);
}

static void fork_race_release(void *data)
{
	struct fork_race *race = data;

	/* If the case has failed: the task must not wait for it. */
	complete_all(&race->go);
	if (race->task.started)
		mmk_wait_for(refcount_read(&race->task.ref) == 1);
	fork_race = NULL;
	if (race->child)
		mmput(race->child);
}

/* The next fork() of @mm by the task stops, once it has linked this VMA. */
static struct fork_race *fork_race_start(struct kunit *test,
					 struct mm_struct *mm,
					 unsigned long addr)
{
	struct fork_race *race;

	race = mmk_task_alloc(test, sizeof(*race), mm, fork_race_main);
	init_completion(&race->linked);
	init_completion(&race->go);
	init_completion(&race->has_child);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test,
							   fork_race_release,
							   race));
	fork_race = race;
	mmap_write_lock(mm);
	vma_lookup(mm, addr)->vm_ops = &fork_race_ops;
	mmap_write_unlock(mm);

	/* As soon as it may go on it shall, before the one who says so. */
	sched_set_fifo(race->task.task);
	mmk_task_start(&race->task);
	KUNIT_ASSERT_TRUE(test, wait_for_completion_timeout(&race->linked,
							    MMK_DEADLINE));
	return race;
}

/* Called with the ptl held: the fork() goes on as soon as that is dropped. */
static void fork_race_probe(void *data, unsigned long addr, unsigned long pte,
			    int order)
{
	struct fork_race *race = data;

	if (current == race->walker && !race->nr_restored++)
		complete(&race->go);
}

/* A private copy of a page of tmpfs: anonymous, in a VMA that has vm_ops. */
static unsigned long map_private_copy(struct kunit *test)
{
	struct file *file = mmk_shmem_file(test, 1);
	unsigned long addr;

	addr = mmk_mmap(test, file, PAGE_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE);
	mmk_fill(test, addr, 1, SEED);
	return addr;
}

/**
 * struct race_case - Who forks while the entries are being removed
 * @description: for the KTAP line
 * @by_child: the child, whose entry is removed second; or the parent
 */
struct race_case {
	const char *description;
	bool by_child;
};

static const struct race_case race_cases[] = {
	{ "the parent forks again", false },
	{ "the child forks", true },
};

KUNIT_ARRAY_PARAM_DESC(race, race_cases, description);

/**
 * fork_amid_the_removal_leaves_no_orphan() - Between the first pte and the next
 * @test: the running case
 *
 * Parent and child have an entry for the same folio. One of them forks; its
 * fork() stops when the new VMA can be found by the rmap walk and no pte has
 * been copied. remove_migration_ptes() is let run, and at the moment at which it
 * drops the ptl of the first pte that it has restored, the fork() goes on: it
 * copies a restored pte, or an entry. When the walk is done none is left in any
 * of the three.
 *
 * The order is forced by the completion and the priority of the forking task,
 * on the one CPU of the case and with preemption; without, it is a mere race.
 *
 * Contract: ME-7
 */
static void fork_amid_the_removal_leaves_no_orphan(struct kunit *test)
{
	const struct race_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr = map_private_copy(test);
	struct folio *src, *dst;
	struct fork_race *race;
	struct mmk_hold *hold;

	child = mmk_fork(test);
	src = mmk_pte_folio(test, mm, addr);
	hold = mmk_hold(test, src);
	try_to_migrate(src, 0);
	race = fork_race_start(test, c->by_child ? child : mm, addr);
	dst = mmk_hold_copy(test, hold);
	lru_add_drain();

	race->walker = current;
	KUNIT_ASSERT_EQ(test, 0,
			register_trace_remove_migration_pte(fork_race_probe,
							    race));
	remove_migration_ptes(src, dst, 0);
	unregister_trace_remove_migration_pte(fork_race_probe, race);
	tracepoint_synchronize_unregister();
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&race->task));
	KUNIT_ASSERT_NOT_NULL(test, race->child);
	if (IS_ENABLED(CONFIG_PREEMPT))
		KUNIT_EXPECT_EQ(test, race->restored_at_copy, 1U);

	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	MMK_EXPECT_PTE(test, child, addr, PRESENT);
	MMK_EXPECT_PTE(test, race->child, addr, PRESENT);
	KUNIT_EXPECT_EQ(test, folio_mapcount(dst), 3);
	KUNIT_EXPECT_EQ(test, folio_ref_count(dst), 4);
	KUNIT_EXPECT_EQ(test, folio_mapcount(src), 0);
	/* An orphan would bring down the kernel when its mm goes away. */
	remove_migration_ptes(src, dst, 0);
	mmk_hold_finish(test, hold, true);
	KUNIT_EXPECT_TRUE(test, mmk_mm_holds(test, race->child, addr, 1, SEED));
}

/**
 * entry_copied_by_a_late_fork_is_removed() - Unmapped before ptes are copied
 * @test: the running case
 *
 * fork() stops when the new VMA can be found and no pte has been copied. Then
 * the folio is unmapped: the child has nothing that could be. After that fork()
 * copies the entry, and the removal finds both.
 *
 * Contract: ME-7, ME-6
 */
static void entry_copied_by_a_late_fork_is_removed(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = map_private_copy(test);
	struct folio *src, *dst;
	struct fork_race *race;
	struct mmk_hold *hold;

	src = mmk_pte_folio(test, mm, addr);
	hold = mmk_hold(test, src);
	race = fork_race_start(test, mm, addr);
	try_to_migrate(src, 0);
	MMK_EXPECT_PTE(test, mm, addr, MIGRATION_WRITE);
	KUNIT_EXPECT_EQ(test, folio_mapcount(src), 0);

	complete(&race->go);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&race->task));
	KUNIT_ASSERT_NOT_NULL(test, race->child);
	MMK_EXPECT_PTE(test, mm, addr, MIGRATION_READ);
	MMK_EXPECT_PTE(test, race->child, addr, MIGRATION_READ);

	dst = mmk_hold_copy(test, hold);
	remove_migration_ptes(src, dst, 0);
	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	MMK_EXPECT_PTE(test, race->child, addr, PRESENT);
	KUNIT_EXPECT_EQ(test, folio_mapcount(dst), 2);
	KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(mm, addr)));
	mmk_hold_finish(test, hold, true);
}

static struct kunit_case migration_entry_cases[] = {
	KUNIT_CASE_PARAM(entry_survives_the_round_trip_through_a_pte,
			 entry_gen_params),
	KUNIT_CASE_PARAM(entry_leads_to_its_page_while_that_is_locked,
			 entry_gen_params),
	KUNIT_CASE_PARAM(unmapping_records_what_the_pte_allowed,
			 page_gen_params),
	KUNIT_CASE_PARAM(other_mmus_are_told_before_and_after, page_gen_params),
	KUNIT_CASE_PARAM(moved_page_is_mapped_as_the_entry_records,
			 page_gen_params),
	KUNIT_CASE_PARAM(page_that_stays_is_mapped_as_before, page_gen_params),
	KUNIT_CASE(every_mapping_gets_back_what_it_had),
	KUNIT_CASE(other_entries_are_left_alone),
	KUNIT_CASE(clean_folio_is_not_mapped_dirty),
	KUNIT_CASE_PARAM(unused_page_gives_way_to_the_zero_page,
			 zero_gen_params),
	KUNIT_CASE_PARAM(device_private_page_is_unmapped_and_mapped_again,
			 device_gen_params),
	KUNIT_CASE(pinned_exclusive_page_stays_mapped),
	KUNIT_CASE(temporary_stack_of_exec_is_left_alone),
	KUNIT_CASE_PARAM(fork_makes_private_entry_readable, fork_gen_params),
	KUNIT_CASE(write_after_fork_and_migration_is_not_seen_by_the_other),
	KUNIT_CASE_PARAM(fork_leaves_shared_entry_as_it_is, shared_gen_params),
	KUNIT_CASE(fork_leaves_shared_page_to_the_childs_fault),
	KUNIT_CASE(fork_copies_entry_of_private_file_page),
	KUNIT_CASE_PARAM(mprotect_takes_write_permission_from_the_entry,
			 writable_gen_params),
	KUNIT_CASE(changed_ptes_are_counted),
	KUNIT_CASE_PARAM(mprotect_leaves_readable_entry_alone,
			 readable_gen_params),
	KUNIT_CASE(migration_restores_every_kind_of_page),
	KUNIT_CASE(every_kind_of_entry_survives_fork),
	KUNIT_CASE(every_kind_of_entry_survives_mprotect),
	KUNIT_CASE(munmap_drops_every_kind_of_entry),
	KUNIT_CASE(dontneed_drops_every_kind_of_entry),
	KUNIT_CASE(mremap_takes_every_kind_of_entry_along),
	KUNIT_CASE_PARAM(migrate_pages_conserves_everything_but_the_place,
			 page_gen_params),
	KUNIT_CASE(folio_flags_go_along),
	KUNIT_CASE(mappedtodisk_goes_along),
	KUNIT_CASE(every_mlock_of_a_moved_folio_is_counted),
	KUNIT_CASE(folio_in_the_swap_cache_takes_its_slot_along),
	KUNIT_CASE_PARAM(folio_with_another_reference_is_put_back,
			 page_gen_params),
	KUNIT_CASE_PARAM(migrate_folio_refuses_an_unexpected_reference,
			 page_gen_params),
	KUNIT_CASE(mixed_list_reports_what_was_moved),
	KUNIT_CASE(each_folio_moves_to_its_own_destination),
	KUNIT_CASE(list_longer_than_a_batch_is_moved_as_a_whole),
	KUNIT_CASE_PARAM(no_memory_leaves_everything_in_place,
			 no_memory_gen_params),
	KUNIT_CASE_PARAM(want_of_memory_ends_a_migration_in_order,
			 mode_gen_params),
	KUNIT_CASE(folio_that_is_locked_is_not_waited_for),
	KUNIT_CASE(folio_under_writeback_is_waited_for_only_in_sync_mode),
	KUNIT_CASE_PARAM(folio_that_was_freed_counts_as_moved, freed_gen_params),
	KUNIT_CASE_PARAM(locked_folio_is_waited_for_where_that_is_safe,
			 locked_gen_params),
	KUNIT_CASE(folio_that_stays_mapped_is_put_back),
	KUNIT_CASE(folio_that_may_not_move_is_put_back_at_once),
	KUNIT_CASE(page_cache_holds_the_new_folio),
	KUNIT_CASE_PARAM(unmap_and_restore_wait_for_the_rmap_lock,
			 page_gen_params),
	KUNIT_CASE_PARAM(caller_may_hold_the_rmap_lock_itself,
			 page_gen_params),
	KUNIT_CASE_PARAM(rmap_walk_comes_to_a_child_after_its_parent,
			 writable_gen_params),
	KUNIT_CASE_PARAM(fork_amid_the_removal_leaves_no_orphan,
			 race_gen_params),
	KUNIT_CASE(entry_copied_by_a_late_fork_is_removed),
	KUNIT_CASE(exit_drops_the_entry),
	KUNIT_CASE(unmapping_frees_no_swap_slot),
	KUNIT_CASE(unmapping_the_file_spares_private_copies),
	KUNIT_CASE(mremap_moves_the_entry_into_another_page_table),
	KUNIT_CASE_PARAM(entry_belongs_to_no_swap_area, entry_gen_params),
	KUNIT_CASE_PARAM(advice_about_swap_leaves_the_entry_alone,
			 advice_gen_params),
	KUNIT_CASE(fork_shares_a_swap_slot_and_not_an_entry),
	KUNIT_CASE(swapin_and_swapoff_leave_the_entry_alone),
	KUNIT_CASE(every_swap_type_is_of_one_kind_only),
	KUNIT_CASE(swapon_refuses_what_has_no_type_left),
	KUNIT_CASE(mincore_takes_the_page_for_resident),
	KUNIT_CASE_PARAM(get_user_pages_waits_for_the_new_page,
			 page_gen_params),
	KUNIT_CASE(get_user_pages_waits_for_the_new_huge_page),
	KUNIT_CASE_PARAM(get_user_pages_nowait_keeps_mmap_lock,
			 page_gen_params),
	KUNIT_CASE(hmm_range_fault_waits_for_the_new_page),
	KUNIT_CASE(hmm_range_fault_waits_for_the_new_huge_page),
	KUNIT_CASE(hmm_range_fault_reports_no_page_unasked),
	KUNIT_CASE(hmm_range_fault_reports_no_huge_page_unasked),
	KUNIT_CASE(smaps_counts_the_page_under_migration),
	KUNIT_CASE(smaps_counts_the_huge_page_under_migration),
	KUNIT_CASE(page_of_an_entry_wants_its_folio_locked),
	KUNIT_CASE(folio_of_an_entry_wants_its_lock),
	{}
};

/* RAM disks keep what is written to them: let that not look like a leak. */
static int migration_entry_suite_init(struct kunit_suite *suite)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i <= MAX_SWAPFILES && !err; i++)
		err = mmk_swap_format(i);
	return err;
}

static struct kunit_suite migration_entry_suite = {
	.name = "migration_entry",
	.suite_init = migration_entry_suite_init,
	.init = mmk_case_init,
	.test_cases = migration_entry_cases,
};

kunit_test_suite(migration_entry_suite);
