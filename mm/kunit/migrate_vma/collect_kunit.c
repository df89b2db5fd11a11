// SPDX-License-Identifier: GPL-2.0
/*
 * What migrate_vma_setup() does to a page and its ptes, and what it notifies.
 */
#include <kunit/test.h>
#include <linux/memcontrol.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>

#include "../../internal.h"
#include "../compat/leaf.h"
#include "../compat/mm.h"
#include "../compat/trace.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/notifier.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/task.h"
#include "pages.h"

struct move_case {
	const char *description;
	enum page_sort sort;
	enum target target;
};

static const struct move_case move_cases[] = {
	{ "writable to device-private", SORT_WRITABLE, TO_PRIVATE },
	{ "readable to device-private", SORT_READABLE, TO_PRIVATE },
	{ "shared to device-private", SORT_SHARED, TO_PRIVATE },
	{ "writable to device-coherent", SORT_WRITABLE, TO_COHERENT },
	{ "readable to device-coherent", SORT_READABLE, TO_COHERENT },
	{ "shared to device-coherent", SORT_SHARED, TO_COHERENT },
	{ "writable to system", SORT_WRITABLE, TO_RAM },
	{ "readable to system", SORT_READABLE, TO_RAM },
	{ "shared to system", SORT_SHARED, TO_RAM },
	{ "device-private to system", SORT_PRIVATE, TO_RAM },
	{ "device-private, readable to system", SORT_PRIVATE_READABLE, TO_RAM },
	{ "device-coherent to system", SORT_COHERENT, TO_RAM },
	{ "device-private to another's", SORT_PRIVATE, TO_PRIVATE },
};

KUNIT_ARRAY_PARAM_DESC(move, move_cases, description);

/* Expects the new folio to be mapped as the old one was. */
static void expect_moved(struct kunit *test, enum target target,
			 const struct mmk_page_state *was, struct folio *dst,
			 int mapcount)
{
	bool write = pte_present(was->pte) ? pte_write(was->pte) :
		     softleaf_is_device_private_write(softleaf_from_pte(was->pte));
	struct mmk_folio_state state;
	pte_t now = mmk_pte(was->mm, was->addr);

	if (target == TO_PRIVATE && write) {
		MMK_EXPECT_PTE(test, was->mm, was->addr, DEVICE_PRIVATE_WRITE);
	} else if (target == TO_PRIVATE) {
		MMK_EXPECT_PTE(test, was->mm, was->addr, DEVICE_PRIVATE_READ);
	} else {
		MMK_EXPECT_PTE(test, was->mm, was->addr, PRESENT);
		KUNIT_EXPECT_EQ(test, (bool)pte_write(now), write);
		if (pte_present(was->pte)) {
			KUNIT_EXPECT_EQ(test, pte_young(now),
					pte_young(was->pte));
			KUNIT_EXPECT_EQ(test, pte_dirty(now),
					pte_dirty(was->pte));
		}
	}
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(was->mm, was->addr),
			    folio_page(dst, 0));

	mmk_folio_snapshot(dst, &state);
	KUNIT_EXPECT_EQ(test, state.mapcount, mapcount);
	KUNIT_EXPECT_EQ(test, state.refcount, mapcount);
	KUNIT_EXPECT_FALSE(test, state.locked);
	KUNIT_EXPECT_EQ(test, state.mapping, was->state.mapping);
	KUNIT_EXPECT_EQ(test, state.index, was->state.index);
	KUNIT_EXPECT_EQ(test, state.anon_exclusive, was->state.anon_exclusive);
	KUNIT_EXPECT_EQ(test, state.dirty, was->state.dirty);
	KUNIT_EXPECT_EQ(test, state.uptodate, was->state.uptodate);
	KUNIT_EXPECT_TRUE(test, state.swapbacked);
	KUNIT_EXPECT_EQ(test, state.lru, target == TO_RAM);
	KUNIT_EXPECT_EQ(test, !folio_memcg_charged(dst), mem_cgroup_disabled());
}

/**
 * dst_needs_only_valid() - The dst array needs no flag but VALID
 *
 * The driver has locked pages for three pages, and puts the bare migrate_pfn()
 * into dst. It declines the middle one, which stays. After finalize, old and
 * new pages are unlocked, the new ones are mapped as the old ones were in every
 * mm, and the old ones have no reference but that of the case.
 *
 * Contract: MV-3, MV-6, MV-8
 */
static void dst_needs_only_valid(struct kunit *test)
{
	const struct move_case *param = test->param_value;
	struct mmk_dev *dev = mv_target_create(test, param->target);
	struct folio *dst[3];
	struct pages p;
	int i;

	mv_make_pages(test, &p, param->sort);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(p.m), 0);
	KUNIT_ASSERT_EQ(test, p.m->args.cpages, 3UL);
	mv_copy_to_target(test, p.m, dev);
	mv_decline(p.m, 1);
	for (i = 0; i < 3; i++)
		was_unmapped(&p.was[i]);

	mmk_vma_pages(p.m);
	for (i = 0; i < 3; i += 2) {
		dst[i] = page_folio(migrate_pfn_to_page(p.m->dst[i]));
		KUNIT_EXPECT_EQ(test, p.m->src[i],
				src_of(p.was[i].folio,
				       sort_is_writable(param->sort)));
		KUNIT_EXPECT_EQ(test, (unsigned long)dst[i]->mapping,
				p.was[i].state.mapping);
		KUNIT_EXPECT_TRUE(test, folio_test_locked(p.was[i].folio));
		KUNIT_EXPECT_TRUE(test, folio_test_locked(dst[i]));
		folio_get(p.was[i].folio);
	}
	KUNIT_EXPECT_EQ(test, p.m->src[1] & MIGRATE_PFN_MIGRATE, 0UL);

	mmk_vma_finalize(p.m);
	for (i = 0; i < 3; i += 2) {
		KUNIT_EXPECT_EQ(test, folio_ref_count(p.was[i].folio), 1);
		KUNIT_EXPECT_EQ(test, folio_mapcount(p.was[i].folio), 0);
		KUNIT_EXPECT_FALSE(test, folio_test_locked(p.was[i].folio));
		KUNIT_EXPECT_FALSE(test, folio_test_lru(p.was[i].folio));
		folio_put(p.was[i].folio);
		expect_moved(test, param->target, &p.was[i], dst[i],
			     p.was[i].state.mapcount);
		/* WRITE and all other bits are as before. */
		KUNIT_EXPECT_EQ(test, p.m->src[i],
				src_of(p.was[i].folio,
				       sort_is_writable(param->sort)));
		if (p.child)
			KUNIT_EXPECT_PTR_EQ(test, folio_page(dst[i], 0),
					    mmk_pte_page(p.child,
							 p.was[i].addr));
	}
	mmk_expect_page_same(test, "declined", &p.was[1]);
	mmk_expect_mm_same(test, "moved", p.mm, &p.rss);
	if (dev)
		KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 2U);
	MMK_EXPECT_MM_HOLDS(test, p.mm, p.addr, 3, 1);
	if (p.child)
		MMK_EXPECT_MM_HOLDS(test, p.child, p.addr, 3, 1);
}

struct dirty_case {
	const char *description;
	enum page_sort sort;
	bool young;
	bool dirty;
	bool child_dirty;
};

static const struct dirty_case dirty_cases[] = {
	{ "writable, clean", SORT_WRITABLE, true, false, false },
	{ "writable, dirty", SORT_WRITABLE, true, true, false },
	{ "writable, old and clean", SORT_WRITABLE, false, false, false },
	{ "writable, old and dirty", SORT_WRITABLE, false, true, false },
	{ "readable, clean", SORT_READABLE, true, false, false },
	{ "readable, dirty", SORT_READABLE, true, true, false },
	{ "shared, clean", SORT_SHARED, true, false, false },
	{ "shared, dirty", SORT_SHARED, true, true, false },
	{ "shared, dirty in the child", SORT_SHARED, false, false, true },
	{ "coherent, clean", SORT_COHERENT, true, false, false },
	{ "coherent, dirty", SORT_COHERENT, false, true, false },
	{ "device-private, clean", SORT_PRIVATE, false, false, false },
};

KUNIT_ARRAY_PARAM_DESC(dirty, dirty_cases, description);

/**
 * dirty_bit_moves_to_folio() - A dirty pte is replaced by an entry
 *
 * If the pte of any mm was dirty, the folio is once migrate_vma_setup() has
 * replaced the ptes. So is the new folio, and its pte is as young and dirty as
 * the old one was. A device-private entry is never dirty, whatever it has in
 * place of that bit.
 *
 * Contract: MV-11
 */
static void dirty_bit_moves_to_folio(struct kunit *test)
{
	const struct dirty_case *param = test->param_value;
	bool dirty = param->dirty || param->child_dirty;
	struct pages p;
	struct folio *dst;
	pte_t pte;
	int i;

	mv_make_pages(test, &p, param->sort);
	for (i = 0; i < 3; i++) {
		if (param->sort != SORT_PRIVATE)
			mmk_pte_set_flags(test, p.mm, p.was[i].addr,
					  param->young, param->dirty);
		if (p.child)
			mmk_pte_set_flags(test, p.child, p.was[i].addr,
					  param->young, param->child_dirty);
		folio_clear_dirty(p.was[i].folio);
	}
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(p.m), 0);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, folio_test_dirty(p.was[i].folio), dirty);
		pte = mmk_pte(p.mm, p.was[i].addr);
		if (migration_entry_supports_ad()) {
			KUNIT_EXPECT_EQ(test, param->young,
					softleaf_is_migration_young(softleaf_from_pte(pte)));
			KUNIT_EXPECT_EQ(test, param->dirty,
					softleaf_is_migration_dirty(softleaf_from_pte(pte)));
		}
	}

	mmk_vma_copy_to_ram(test, p.m);
	mmk_vma_pages(p.m);
	dst = page_folio(migrate_pfn_to_page(p.m->dst[0]));
	mmk_vma_finalize(p.m);
	KUNIT_EXPECT_EQ(test, folio_test_dirty(dst), dirty);
	for (i = 0; i < 3 && migration_entry_supports_ad(); i++) {
		pte = mmk_pte(p.mm, p.was[i].addr);
		KUNIT_EXPECT_EQ(test, (bool)pte_young(pte), param->young);
		KUNIT_EXPECT_EQ(test, (bool)pte_dirty(pte), param->dirty);
	}
}

/**
 * struct flush_watch - A pte, and how its lock is dropped
 * @task: who drops it
 * @mm: address space
 * @start: of the range that is to be flushed
 * @end: of that
 * @ptep: the pte
 * @lock: lockdep's name of its lock
 * @drops: how often the lock was dropped with an entry in the place of the pte
 * @late: how often the TLB had not been flushed by then
 */
struct flush_watch {
	struct task_struct *task;
	struct mm_struct *mm;
	unsigned long start;
	unsigned long end;
	pte_t *ptep;
	struct lockdep_map *lock;
	unsigned int drops;
	unsigned int late;
};

static void flush_acquire(void *data, struct lockdep_map *lock,
			  unsigned int subclass, int trylock, int read,
			  int check, struct lockdep_map *next_lock,
			  unsigned long ip)
{
}

static void flush_release(void *data, struct lockdep_map *lock,
			  unsigned long ip)
{
	struct flush_watch *w = data;

	if (current != w->task || lock != w->lock ||
	    pte_present(ptep_get(w->ptep)))
		return;
	w->drops++;
	w->late += !mmk_tlb_flushed(w->mm, w->start, w->end);
}

static void flush_unwatch(void *data)
{
	mmk_unwatch_locks(flush_acquire, flush_release, data);
}

/* Three pages, of which the second is there. Returns whether locks can be watched. */
static bool flush_watch(struct kunit *test, struct flush_watch *w,
			struct mm_struct *mm, unsigned long start)
{
	unsigned long addr = start + PAGE_SIZE;
	pmd_t *pmdp = mm_find_pmd(mm, addr);
	int err;

	KUNIT_ASSERT_NOT_NULL(test, pmdp);
	*w = (struct flush_watch){
		.task = current, .mm = mm, .start = start,
		.end = start + 3 * PAGE_SIZE,
		.ptep = pte_offset_kernel(pmdp, addr),
		.lock = mmk_lock_map(pte_lockptr(mm, pmdp)),
	};
	err = mmk_watch_locks(flush_acquire, flush_release, w);
	if (err == -EOPNOTSUPP)
		return false;
	KUNIT_ASSERT_EQ(test, err, 0);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, flush_unwatch,
							   w));
	return true;
}

/**
 * collect_flushes_tlb() - No CPU may write to the old page any more
 *
 * If ptes are not flushed one by one as they are cleared, the range is flushed
 * before the pages are copied, and before anybody else can take the page table
 * lock and see a page that is not mapped any more. A range without a page is not
 * flushed.
 *
 * Contract: MV-2, MV-11
 */
static void collect_flushes_tlb(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 4);
	struct flush_watch *watch = kunit_kzalloc(test, sizeof(*watch),
						  GFP_KERNEL);
	struct mmk_vma *m;
	bool watched;

	/* Shared: an exclusive page is flushed when its pte is cleared. */
	mmk_fill(test, addr + PAGE_SIZE, 1, 1);
	mmk_fork(test);
	m = mmk_vma_alloc(test, mm, addr, 3, MIGRATE_VMA_SELECT_SYSTEM, NULL);
	KUNIT_ASSERT_NOT_NULL(test, watch);
	watched = flush_watch(test, watch, mm, addr);
	mmk_tlb_forget(mm);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_EXPECT_TRUE(test, mmk_tlb_flushed(mm, addr,
						addr + 3 * PAGE_SIZE));
	if (watched) {
		kunit_release_action(test, flush_unwatch, watch);
		KUNIT_EXPECT_GT(test, watch->drops, 0U);
		KUNIT_EXPECT_EQ(test, watch->late, 0U);
	}
	mmk_vma_finalize(m);

	m = mmk_vma_alloc(test, mm, addr + 2 * PAGE_SIZE, 2,
			  MIGRATE_VMA_SELECT_SYSTEM, NULL);
	mmk_tlb_forget(mm);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_EXPECT_FALSE(test, mmk_tlb_flushed(mm, addr + 2 * PAGE_SIZE,
						 addr + 3 * PAGE_SIZE));
	mmk_vma_finalize(m);
}

static void expect_event(struct kunit *test, const struct mmk_notifier_event *event,
			 bool at_end, void *owner, unsigned long start,
			 unsigned long end, enum mmk_pte_kind pte)
{
	KUNIT_EXPECT_EQ(test, event->at_end, at_end);
	KUNIT_EXPECT_EQ(test, (int)event->event, (int)MMU_NOTIFY_MIGRATE);
	KUNIT_EXPECT_PTR_EQ(test, event->owner, owner);
	KUNIT_EXPECT_EQ(test, event->start, start);
	KUNIT_EXPECT_EQ(test, event->end, end);
	/* The only flag says that the notifier may sleep. */
	KUNIT_EXPECT_EQ(test, event->flags & ~MMU_NOTIFIER_RANGE_BLOCKABLE, 0U);
	KUNIT_EXPECT_EQ_MSG(test, (int)event->pte, (int)pte, "pte is %s",
			    mmk_pte_kind_name(event->pte));
}

/**
 * notifier_gets_owner_once() - MMU_NOTIFY_MIGRATE
 *
 * migrate_vma_setup() notifies once, of its whole range: before the first pte
 * is changed, and after the last. migrate_vma_pages() notifies only if it fills
 * holes, of the range from the first hole on. Both pass on pgmap_owner.
 *
 * Contract: MV-12
 */
static void notifier_gets_owner_once(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 6);
	unsigned long end = addr + 5 * PAGE_SIZE;
	struct mmk_notifier *n;
	struct mmk_vma *m;

	/* A hole at 1 and at 3. */
	mmk_fill(test, addr, 1, 1);
	mmk_fill(test, addr + 2 * PAGE_SIZE, 1, 1);
	mmk_fill(test, addr + 4 * PAGE_SIZE, 1, 1);
	m = mmk_vma_alloc(test, mm, addr, 5, MIGRATE_VMA_SELECT_SYSTEM, dev);
	n = mmk_notifier_alloc(test, mm, addr);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_ASSERT_EQ(test, n->nr, 2U);
	expect_event(test, &n->log[0], false, dev, addr, end, MMK_PTE_PRESENT);
	expect_event(test, &n->log[1], true, dev, addr, end,
		     MMK_PTE_MIGRATION_WRITE);

	mmk_vma_copy_to_dev(test, m, dev);
	n->watch = addr + PAGE_SIZE;
	mmk_vma_pages(m);
	KUNIT_ASSERT_EQ(test, n->nr, 4U);
	expect_event(test, &n->log[2], false, dev, addr + PAGE_SIZE, end,
		     MMK_PTE_NONE);
	expect_event(test, &n->log[3], true, dev, addr + PAGE_SIZE, end,
		     MMK_PTE_DEVICE_PRIVATE_WRITE);
	MMK_EXPECT_PTE(test, mm, addr + 3 * PAGE_SIZE, DEVICE_PRIVATE_WRITE);
	mmk_vma_finalize(m);
	KUNIT_EXPECT_EQ(test, n->nr, 4U);

	/* Back again, without holes: only setup notifies. */
	m = mmk_vma_alloc(test, mm, addr, 5, MIGRATE_VMA_SELECT_DEVICE_PRIVATE,
			  dev);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	mmk_vma_copy_to_ram(test, m);
	mmk_vma_pages(m);
	mmk_vma_finalize(m);
	KUNIT_EXPECT_EQ(test, n->nr, 6U);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 0U);
}

/**
 * struct round_task - A task that calls migrate_vma_setup() or _finalize()
 * @task: the thread
 * @m: the round
 * @finalize: it calls migrate_vma_finalize()
 */
struct round_task {
	struct mmk_task task;
	struct mmk_vma *m;
	bool finalize;
};

static void round_task_main(struct mmk_task *task)
{
	struct round_task *t = container_of(task, struct round_task, task);

	if (t->finalize)
		mmk_vma_finalize(t->m);
	else
		mmk_vma_setup(t->m);
}

struct restore_case {
	const char *description;
	bool finalize;
};

static const struct restore_case restore_cases[] = {
	{ "by setup", false },
	{ "by finalize", true },
};

KUNIT_ARRAY_PARAM_DESC(restore, restore_cases, description);

/**
 * restore_waits_for_rmap_lock() - As remove_migration_ptes() asks for
 *
 * A page is put back by migrate_vma_setup(), since it has an unexpected
 * reference, or by migrate_vma_finalize(), since the driver has declined. As
 * long as another task holds the anon_vma for writing, the pte is not restored.
 *
 * Contract: MV-4, MV-8
 */
static void restore_waits_for_rmap_lock(struct kunit *test)
{
	const struct restore_case *param = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, 1,
					  MIGRATE_VMA_SELECT_SYSTEM, NULL);
	struct anon_vma *anon_vma;
	struct round_task *t;
	struct folio *folio;

	mmk_fill(test, addr, 1, 1);
	folio = mmk_pte_folio(test, mm, addr);
	anon_vma = folio_anon_vma(folio);
	if (param->finalize)
		KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	else
		folio_get(folio);
	t = mmk_task_alloc(test, sizeof(*t), mm, round_task_main);
	t->m = m;
	t->finalize = param->finalize;

	anon_vma_lock_write(anon_vma);
	mmk_task_start(&t->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&t->task, "down_read"));
	MMK_EXPECT_PTE(test, mm, addr, MIGRATION_WRITE);
	anon_vma_unlock_write(anon_vma);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&t->task));
	if (!param->finalize) {
		mmk_vma_finalize(m);
		folio_put(folio);
	}
	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(folio));
	MMK_EXPECT_HOLDS(test, addr, 1, 1);
}

/**
 * other_mm_is_notified() - MMU_NOTIFY_CLEAR for another mm that maps the page
 *
 * The page is shared with a child, whose pte is replaced by a walk of the rmap.
 * A driver that mirrors the child is notified of that page once: before the pte
 * is changed, and afterwards.
 *
 * Contract: MV-12, MV-6
 */
static void other_mm_is_notified(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr = mmk_map_anon(test, 3);
	struct mmk_notifier *n;
	struct mmk_vma *m;

	mmk_fill(test, addr + PAGE_SIZE, 1, 1);
	child = mmk_fork(test);
	m = mmk_vma_alloc(test, mm, addr, 3, MIGRATE_VMA_SELECT_SYSTEM, NULL);
	n = mmk_notifier_alloc(test, child, addr + PAGE_SIZE);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);

	KUNIT_EXPECT_EQ(test, n->nr, 2U);
	KUNIT_EXPECT_FALSE(test, n->log[0].at_end);
	KUNIT_EXPECT_TRUE(test, n->log[1].at_end);
	KUNIT_EXPECT_EQ(test, (int)n->log[0].event, (int)MMU_NOTIFY_CLEAR);
	KUNIT_EXPECT_EQ(test, n->log[0].start, addr + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, n->log[0].end, addr + 2 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, (int)n->log[0].pte, (int)MMK_PTE_PRESENT);
	KUNIT_EXPECT_EQ(test, (int)n->log[1].pte, (int)MMK_PTE_MIGRATION_READ);
	mmk_vma_finalize(m);
}

static struct kunit_case migrate_vma_collect_cases[] = {
	KUNIT_CASE_PARAM(dst_needs_only_valid, move_gen_params),
	KUNIT_CASE_PARAM(dirty_bit_moves_to_folio, dirty_gen_params),
	KUNIT_CASE(collect_flushes_tlb),
	KUNIT_CASE(notifier_gets_owner_once),
	KUNIT_CASE_PARAM(restore_waits_for_rmap_lock, restore_gen_params),
	KUNIT_CASE(other_mm_is_notified),
	{}
};

static struct kunit_suite migrate_vma_collect_suite = {
	.name = "migrate_vma_collect",
	.init = mmk_case_init,
	.test_cases = migrate_vma_collect_cases,
};

kunit_test_suite(migrate_vma_collect_suite);
