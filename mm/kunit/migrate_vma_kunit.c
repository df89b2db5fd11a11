// SPDX-License-Identifier: GPL-2.0
/*
 * migrate_vma_setup(), _pages() and _finalize(): what is collected, what is put
 * back, and what becomes of the holes.
 */
#include <linux/memcontrol.h>
#include <linux/mmu_notifier.h>
#include <linux/sched/coredump.h>
#include <linux/vmalloc.h>

#include "../internal.h"
#include "fixtures.h"

/* The bit that once was MIGRATE_PFN_LOCKED. */
#define PFN_LOCKED	BIT(2)

/* What the source of a page that migrates has to look like. */
static unsigned long src_of(struct folio *folio, bool write)
{
	return migrate_pfn(folio_pfn(folio)) | MIGRATE_PFN_MIGRATE |
	       (write ? MIGRATE_PFN_WRITE : 0);
}

/* The dirty bit is on the folio once the pte has been replaced, and stays. */
static void was_unmapped(struct mmk_page_state *was)
{
	if (pte_present(was->pte) && pte_dirty(was->pte))
		was->state.dirty = true;
}

/* A page that migrates: in nobody's hands but ours. */
static void expect_unmapped(struct kunit *test, struct mmk_vma *m,
			    unsigned long i, const struct mmk_page_state *was,
			    bool write)
{
	KUNIT_EXPECT_EQ(test, m->src[i], src_of(was->folio, write));
	KUNIT_EXPECT_EQ(test, m->dst[i], 0UL);
	KUNIT_EXPECT_TRUE(test, folio_test_locked(was->folio));
	KUNIT_EXPECT_FALSE(test, folio_test_lru(was->folio));
	KUNIT_EXPECT_EQ(test, folio_mapcount(was->folio), 0);
	/* Ours. Isolation has taken one, collect has given its own back. */
	KUNIT_EXPECT_EQ(test, folio_ref_count(was->folio), 1);
	KUNIT_EXPECT_EQ(test, (unsigned long)was->folio->mapping,
			was->state.mapping);
	KUNIT_EXPECT_FALSE(test, PageAnonExclusive(folio_page(was->folio, 0)));
}

/**
 * struct notifier_event - One call of an MMU notifier
 * @at_end: invalidate_range_end, not _start
 * @event: why
 * @owner: who
 * @start: first address
 * @end: first address behind
 * @flags: MMU_NOTIFIER_RANGE_*
 * @pte: what stands at the address that is watched
 */
struct notifier_event {
	bool at_end;
	enum mmu_notifier_event event;
	void *owner;
	unsigned long start;
	unsigned long end;
	unsigned int flags;
	enum mmk_pte_kind pte;
};

/**
 * struct notifier - A driver that mirrors an mm
 * @mn: as the mm sees it
 * @nr: calls so far
 * @log: the first of them
 * @watch: address to look at in each of them
 * @unlock_at_end: folio to unlock in the first invalidate_range_end
 */
struct notifier {
	struct mmu_notifier mn;
	unsigned int nr;
	struct notifier_event log[16];
	unsigned long watch;
	struct folio *unlock_at_end;
};

static void notifier_log(struct notifier *n, bool at_end,
			 const struct mmu_notifier_range *range)
{
	if (n->nr < ARRAY_SIZE(n->log))
		n->log[n->nr] = (struct notifier_event){
			.at_end = at_end,
			.event = range->event,
			.owner = range->owner,
			.start = range->start,
			.end = range->end,
			.flags = range->flags,
			.pte = mmk_pte_kind(range->mm, n->watch),
		};
	n->nr++;
}

static int notifier_start(struct mmu_notifier *mn,
			  const struct mmu_notifier_range *range)
{
	notifier_log(container_of(mn, struct notifier, mn), false, range);
	return 0;
}

static void notifier_end(struct mmu_notifier *mn,
			 const struct mmu_notifier_range *range)
{
	struct notifier *n = container_of(mn, struct notifier, mn);

	notifier_log(n, true, range);
	if (n->unlock_at_end) {
		folio_unlock(n->unlock_at_end);
		n->unlock_at_end = NULL;
	}
}

static const struct mmu_notifier_ops notifier_ops = {
	.invalidate_range_start	= notifier_start,
	.invalidate_range_end	= notifier_end,
};

static void notifier_release(void *data)
{
	struct notifier *n = data;

	mmu_notifier_unregister(&n->mn, n->mn.mm);
}

static struct notifier *notifier_alloc(struct kunit *test, struct mm_struct *mm)
{
	struct notifier *n = kunit_kzalloc(test, sizeof(*n), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, n);
	n->mn.ops = &notifier_ops;
	KUNIT_ASSERT_EQ(test, mmu_notifier_register(&n->mn, mm), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, notifier_release,
							n), 0);
	return n;
}

/**
 * enum page_sort - Pages that migrate_vma_setup() can take
 * @SORT_WRITABLE: anonymous, exclusive, writable
 * @SORT_READABLE: anonymous, exclusive, in a read-only VMA
 * @SORT_SHARED: anonymous, shared with a forked child
 * @SORT_PRIVATE: device-private, writable
 * @SORT_PRIVATE_READABLE: device-private, exclusive, in a read-only VMA
 * @SORT_COHERENT: device-coherent, writable
 */
enum page_sort {
	SORT_WRITABLE,
	SORT_READABLE,
	SORT_SHARED,
	SORT_PRIVATE,
	SORT_PRIVATE_READABLE,
	SORT_COHERENT,
};

struct page_sort_case {
	const char *description;
	enum page_sort sort;
	enum mmk_pte_kind entry;
	bool write;
};

static const struct page_sort_case page_sort_cases[] = {
	{ "writable", SORT_WRITABLE, MMK_PTE_MIGRATION_WRITE, true },
	{ "readable", SORT_READABLE, MMK_PTE_MIGRATION_READ_EXCLUSIVE, false },
	{ "shared by fork", SORT_SHARED, MMK_PTE_MIGRATION_READ, false },
	{ "device-private", SORT_PRIVATE, MMK_PTE_MIGRATION_WRITE, true },
	{ "device-private, readable", SORT_PRIVATE_READABLE,
	  MMK_PTE_MIGRATION_READ_EXCLUSIVE, false },
	{ "device-coherent", SORT_COHERENT, MMK_PTE_MIGRATION_WRITE, true },
};

KUNIT_ARRAY_PARAM_DESC(page_sort, page_sort_cases, description);

/**
 * struct pages - Three neighbouring pages of one sort
 * @mm: current->mm
 * @child: that shares them, or NULL
 * @addr: of the first
 * @was: how they are mapped in @mm
 * @rss: the counters of @mm
 * @m: a round of migrate_vma_*() over the three
 */
struct pages {
	struct mm_struct *mm;
	struct mm_struct *child;
	unsigned long addr;
	struct mmk_page_state was[3];
	struct mmk_mm_state rss;
	struct mmk_vma *m;
};

static void make_pages(struct kunit *test, struct pages *p, enum page_sort sort)
{
	unsigned long select = MIGRATE_VMA_SELECT_SYSTEM;
	struct mmk_dev *dev = NULL;
	int i;

	memset(p, 0, sizeof(*p));
	if (sort == SORT_PRIVATE || sort == SORT_PRIVATE_READABLE) {
		dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
		select = MIGRATE_VMA_SELECT_DEVICE_PRIVATE;
	} else if (sort == SORT_COHERENT) {
		dev = mmk_dev_create(test, MEMORY_DEVICE_COHERENT);
		select = MIGRATE_VMA_SELECT_DEVICE_COHERENT;
	}
	p->mm = mmk_mm_enter(test);
	p->addr = mmk_map_anon(test, 3);
	mmk_fill(test, p->addr, 3, 1);
	for (i = 0; i < 3 && dev; i++)
		mmk_migrate_to_dev(test, p->mm, p->addr + i * PAGE_SIZE, dev);
	if (sort == SORT_READABLE || sort == SORT_PRIVATE_READABLE)
		KUNIT_ASSERT_EQ(test, 0L, sys_mprotect(p->addr, 3 * PAGE_SIZE,
						       PROT_READ));
	if (sort == SORT_SHARED)
		p->child = mmk_fork(test);
	p->m = mmk_vma_alloc(test, p->mm, p->addr, 3, select, dev);
	for (i = 0; i < 3; i++)
		mmk_page_snapshot(test, &p->was[i], p->mm, p->addr + i * PAGE_SIZE);
	mmk_mm_snapshot(p->mm, &p->rss);
}

static bool sort_is_writable(enum page_sort sort)
{
	return sort == SORT_WRITABLE || sort == SORT_PRIVATE ||
	       sort == SORT_COHERENT;
}

/* A device page that somebody still holds would be faulted on for ever. */
static void assert_readable(struct kunit *test, struct pages *p)
{
	int i;

	for (i = 0; i < 3; i++)
		if (folio_is_device_private(p->was[i].folio))
			KUNIT_ASSERT_EQ(test, folio_ref_count(p->was[i].folio),
					folio_mapcount(p->was[i].folio));
}

static void expect_all_same(struct kunit *test, struct pages *p)
{
	int i;

	for (i = 0; i < 3; i++)
		mmk_expect_page_same(test, "page", &p->was[i]);
	assert_readable(test, p);
	mmk_expect_mm_same(test, "mm", p->mm, &p->rss);
	KUNIT_EXPECT_TRUE(test, mmk_mm_holds(test, p->child ?: p->mm, p->addr,
					     3, 1));
}

/**
 * page_locked_by_another_is_skipped() - The lock is tried, not waited for
 * @test: the running case
 *
 * Somebody else holds the middle one of three pages locked. It is left alone:
 * no source, pte and references untouched. Its neighbours migrate.
 *
 * Contract: MV-1
 */
static void page_locked_by_another_is_skipped(struct kunit *test)
{
	const struct page_sort_case *param = test->param_value;
	struct pages p;
	pte_t pte;

	make_pages(test, &p, param->sort);
	folio_lock(p.was[1].folio);
	KUNIT_EXPECT_EQ(test, mmk_vma_setup(p.m), 0);

	KUNIT_EXPECT_EQ(test, p.m->src[1], 0UL);
	KUNIT_EXPECT_EQ(test, p.m->dst[1], 0UL);
	KUNIT_EXPECT_EQ(test, p.m->args.npages, 3UL);
	KUNIT_EXPECT_EQ(test, p.m->args.cpages, 2UL);
	pte = mmk_pte(p.mm, p.was[1].addr);
	KUNIT_EXPECT_TRUE(test, mmk_pte_same(pte, p.was[1].pte));
	KUNIT_EXPECT_EQ(test, folio_ref_count(p.was[1].folio),
			p.was[1].state.refcount);
	KUNIT_EXPECT_EQ(test, folio_mapcount(p.was[1].folio),
			p.was[1].state.mapcount);
	KUNIT_EXPECT_EQ(test, folio_test_lru(p.was[1].folio),
			p.was[1].state.lru);
	KUNIT_EXPECT_TRUE(test, folio_test_locked(p.was[1].folio));
	expect_unmapped(test, p.m, 0, &p.was[0], param->write);
	expect_unmapped(test, p.m, 2, &p.was[2], param->write);

	folio_unlock(p.was[1].folio);
	mmk_vma_finalize(p.m);
	was_unmapped(&p.was[0]);
	was_unmapped(&p.was[2]);
	expect_all_same(test, &p);
}

/**
 * locked_pages_alone_are_not_counted() - Nothing to migrate at all
 * @test: the running case
 *
 * All pages are locked by somebody else: no source, and none is counted.
 *
 * Contract: MV-1, MV-5
 */
static void locked_pages_alone_are_not_counted(struct kunit *test)
{
	struct pages p;
	int i;

	make_pages(test, &p, SORT_WRITABLE);
	for (i = 0; i < 3; i++)
		folio_lock(p.was[i].folio);
	KUNIT_EXPECT_EQ(test, mmk_vma_setup(p.m), 0);
	for (i = 0; i < 3; i++)
		folio_unlock(p.was[i].folio);

	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, p.m->src[i], 0UL);
		KUNIT_EXPECT_EQ(test, p.m->dst[i], 0UL);
	}
	KUNIT_EXPECT_EQ(test, p.m->args.cpages, 0UL);
	KUNIT_EXPECT_EQ(test, p.m->args.npages, 3UL);
	expect_all_same(test, &p);
}

/**
 * lock_is_tried_once() - There is no second locking pass
 * @test: the running case
 *
 * The page is locked while the page table is walked, and unlocked at the end of
 * the walk: an MMU notifier's invalidate_range_end sits between that and all
 * that follows. Coming back for the page would find it unlocked.
 *
 * Contract: MV-1
 */
static void lock_is_tried_once(struct kunit *test)
{
	const struct page_sort_case *param = test->param_value;
	struct notifier *n;
	struct pages p;

	make_pages(test, &p, param->sort);
	n = notifier_alloc(test, p.mm);
	folio_lock(p.was[1].folio);
	n->unlock_at_end = p.was[1].folio;
	KUNIT_EXPECT_EQ(test, mmk_vma_setup(p.m), 0);

	KUNIT_EXPECT_NULL(test, n->unlock_at_end);
	KUNIT_EXPECT_EQ(test, p.m->src[1], 0UL);
	KUNIT_EXPECT_EQ(test, p.m->args.cpages, 2UL);
	mmk_expect_page_same(test, "skipped", &p.was[1]);

	mmk_vma_finalize(p.m);
	was_unmapped(&p.was[0]);
	was_unmapped(&p.was[2]);
	expect_all_same(test, &p);
}

/**
 * locked_page_gets_an_entry() - What could be locked is unmapped by collect
 * @test: the running case
 *
 * All three pages migrate: locked, off the LRU, without a mapping, a migration
 * entry of the right kind in each pte, and one reference which is the caller's.
 * The source carries WRITE exactly if the pte was writable; the bit that was
 * MIGRATE_PFN_LOCKED is not set. RSS still counts them. If the driver has no
 * destination for them, all is put back.
 *
 * Contract: MV-2, MV-8
 */
static void locked_page_gets_an_entry(struct kunit *test)
{
	const struct page_sort_case *param = test->param_value;
	enum mmk_pte_kind kind;
	struct pages p;
	int i;

	make_pages(test, &p, param->sort);
	KUNIT_EXPECT_EQ(test, mmk_vma_setup(p.m), 0);

	KUNIT_EXPECT_EQ(test, p.m->args.npages, 3UL);
	KUNIT_EXPECT_EQ(test, p.m->args.cpages, 3UL);
	KUNIT_EXPECT_EQ(test, p.m->args.start, p.addr);
	KUNIT_EXPECT_EQ(test, p.m->args.end, p.addr + 3 * PAGE_SIZE);
	for (i = 0; i < 3; i++) {
		kind = mmk_pte_kind(p.mm, p.was[i].addr);
		KUNIT_EXPECT_EQ_MSG(test, (int)kind, (int)param->entry,
				    "pte is %s", mmk_pte_kind_name(kind));
		KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(p.mm, p.was[i].addr),
				    folio_page(p.was[i].folio, 0));
		expect_unmapped(test, p.m, i, &p.was[i], param->write);
		KUNIT_EXPECT_EQ(test, p.m->src[i] & PFN_LOCKED, 0UL);
		if (p.child)
			MMK_EXPECT_PTE(test, p.child, p.was[i].addr,
				       MIGRATION_READ);
	}
	mmk_expect_mm_same(test, "while migrating", p.mm, &p.rss);

	mmk_vma_pages(p.m);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, p.m->src[i] & MIGRATE_PFN_MIGRATE, 0UL);
	mmk_vma_finalize(p.m);
	for (i = 0; i < 3; i++)
		was_unmapped(&p.was[i]);
	expect_all_same(test, &p);
}

/**
 * enum refusal - Why a page that could be locked does not migrate
 * @REFUSE_REFERENCE: somebody else has a reference
 * @REFUSE_PIN: pinned by FOLL_PIN, before it was shared if it is shared
 * @REFUSE_ISOLATED: somebody else has taken it off the LRU
 * @REFUSE_STACK: exec() is just moving the child's stack with it
 */
enum refusal {
	REFUSE_REFERENCE,
	REFUSE_PIN,
	REFUSE_ISOLATED,
	REFUSE_STACK,
};

struct refusal_case {
	const char *description;
	enum page_sort sort;
	enum refusal refusal;
};

static const struct refusal_case refusal_cases[] = {
	{ "writable, referenced", SORT_WRITABLE, REFUSE_REFERENCE },
	{ "writable, pinned", SORT_WRITABLE, REFUSE_PIN },
	{ "writable, isolated", SORT_WRITABLE, REFUSE_ISOLATED },
	{ "readable, referenced", SORT_READABLE, REFUSE_REFERENCE },
	{ "readable, pinned", SORT_READABLE, REFUSE_PIN },
	{ "readable, isolated", SORT_READABLE, REFUSE_ISOLATED },
	{ "shared, referenced", SORT_SHARED, REFUSE_REFERENCE },
	{ "shared, isolated", SORT_SHARED, REFUSE_ISOLATED },
	{ "shared, stays mapped", SORT_SHARED, REFUSE_STACK },
	{ "device-private, referenced", SORT_PRIVATE, REFUSE_REFERENCE },
	{ "device-private readable, referenced", SORT_PRIVATE_READABLE,
	  REFUSE_REFERENCE },
	{ "device-coherent, referenced", SORT_COHERENT, REFUSE_REFERENCE },
	{ "device-coherent, pinned", SORT_COHERENT, REFUSE_PIN },
};

KUNIT_ARRAY_PARAM_DESC(refusal, refusal_cases, description);

/* As exec() has its stack while it is moved: rmap walks leave it out. */
#define STACK_FLAGS	(VM_GROWSDOWN | VM_STACK_INCOMPLETE_SETUP)

static void set_vm_flags(struct mm_struct *mm, unsigned long addr,
			 unsigned long flags, bool set)
{
	struct vm_area_struct *vma;

	mmap_write_lock(mm);
	vma = vma_lookup(mm, addr);
	if (set)
		vm_flags_set(vma, flags);
	else
		vm_flags_clear(vma, flags);
	mmap_write_unlock(mm);
}

static void refuse(struct kunit *test, struct pages *p, enum refusal refusal)
{
	struct folio *folio = p->was[1].folio;
	struct page *page = NULL;
	int nr;

	switch (refusal) {
	case REFUSE_REFERENCE:
		folio_get(folio);
		break;
	case REFUSE_PIN:
		nr = pin_user_pages_fast(p->was[1].addr, 1, 0, &page);
		KUNIT_ASSERT_EQ(test, nr, 1);
		KUNIT_EXPECT_PTR_EQ(test, page, folio_page(folio, 0));
		break;
	case REFUSE_ISOLATED:
		KUNIT_ASSERT_TRUE(test, folio_isolate_lru(folio));
		break;
	case REFUSE_STACK:
		set_vm_flags(p->child, p->was[1].addr, STACK_FLAGS, true);
		break;
	}
	/* The pte may be young and the page active by now. */
	mmk_page_snapshot(test, &p->was[1], p->mm, p->was[1].addr);
}

static void refuse_undo(struct pages *p, enum refusal refusal)
{
	struct folio *folio = p->was[1].folio;

	switch (refusal) {
	case REFUSE_REFERENCE:
		folio_put(folio);
		break;
	case REFUSE_PIN:
		unpin_user_page(folio_page(folio, 0));
		break;
	case REFUSE_ISOLATED:
		folio_putback_lru(folio);
		break;
	case REFUSE_STACK:
		set_vm_flags(p->child, p->was[1].addr, STACK_FLAGS, false);
		break;
	}
}

/**
 * refused_page_is_put_back() - By migrate_vma_setup() itself
 * @test: the running case
 *
 * The middle one of three pages can be locked, but is pinned, cannot be isolated
 * from the LRU, or stays mapped. When migrate_vma_setup() returns, it is mapped,
 * on the LRU, unlocked and referenced as it was before. Its neighbours migrate.
 * The pin of an exclusive page is seen before anything is unmapped.
 *
 * Contract: MV-4, MV-5
 */
static void refused_page_is_put_back(struct kunit *test)
{
	const struct refusal_case *param = test->param_value;
	struct mmk_page_state child = {};
	struct pages p;
	bool write;

	make_pages(test, &p, param->sort);
	write = sort_is_writable(param->sort);
	refuse(test, &p, param->refusal);
	if (p.child && param->refusal != REFUSE_STACK)
		mmk_page_snapshot(test, &child, p.child, p.was[1].addr);
	KUNIT_EXPECT_EQ(test, mmk_vma_setup(p.m), 0);
	was_unmapped(&p.was[0]);
	was_unmapped(&p.was[2]);
	if (param->refusal != REFUSE_PIN) {
		was_unmapped(&p.was[1]);
		child.state.dirty = p.was[1].state.dirty;
	}

	KUNIT_EXPECT_EQ(test, p.m->src[1], 0UL);
	KUNIT_EXPECT_EQ(test, p.m->dst[1], 0UL);
	mmk_expect_page_same(test, "refused", &p.was[1]);
	if (child.mm)
		mmk_expect_page_same(test, "refused, in the child", &child);
	if (param->refusal == REFUSE_STACK) {
		/* The flags are those of the VMA, so of the neighbours too. */
		KUNIT_EXPECT_EQ(test, p.m->args.cpages, 0UL);
		mmk_expect_page_same(test, "refused too", &p.was[0]);
		mmk_expect_page_same(test, "refused too", &p.was[2]);
	} else {
		KUNIT_EXPECT_EQ(test, p.m->args.cpages, 2UL);
		expect_unmapped(test, p.m, 0, &p.was[0], write);
		expect_unmapped(test, p.m, 2, &p.was[2], write);
	}
	mmk_expect_mm_same(test, "refused", p.mm, &p.rss);

	mmk_vma_finalize(p.m);
	mmk_expect_page_same(test, "refused, finalized", &p.was[1]);
	refuse_undo(&p, param->refusal);
	mmk_expect_page_same(test, "neighbour", &p.was[0]);
	mmk_expect_page_same(test, "neighbour", &p.was[2]);
	assert_readable(test, &p);
	KUNIT_EXPECT_TRUE(test, mmk_mm_holds(test, p.child ?: p.mm, p.addr, 3,
					     1));
}

/**
 * enum target - Where a page migrates to
 * @TO_RAM: system memory
 * @TO_PRIVATE: device-private memory
 * @TO_COHERENT: device-coherent memory
 */
enum target {
	TO_RAM,
	TO_PRIVATE,
	TO_COHERENT,
};

/* Returns NULL for system memory. */
static struct mmk_dev *target_create(struct kunit *test, enum target target)
{
	switch (target) {
	case TO_PRIVATE:
		return mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	case TO_COHERENT:
		return mmk_dev_create(test, MEMORY_DEVICE_COHERENT);
	default:
		return NULL;
	}
}

/* What a driver does between migrate_vma_setup() and migrate_vma_pages(). */
static void copy_to_target(struct kunit *test, struct mmk_vma *m,
			   struct mmk_dev *dev)
{
	unsigned long i;

	if (dev)
		mmk_vma_copy_to_dev(test, m, dev);
	else
		mmk_vma_copy_to_ram(test, m);
	/* A pfn is all that a destination needs. */
	for (i = 0; i < m->args.npages; i++)
		m->dst[i] &= ~MIGRATE_PFN_WRITE;
}

static void decline(struct mmk_vma *m, unsigned long i)
{
	struct folio *dst = page_folio(migrate_pfn_to_page(m->dst[i]));

	m->dst[i] = 0;
	folio_unlock(dst);
	folio_put(dst);
}

/**
 * enum hole - Addresses that no page of their own stands behind
 * @HOLE_NO_TABLE: not even a page table
 * @HOLE_NONE: an empty pte
 * @HOLE_ZERO: the zero page
 */
enum hole {
	HOLE_NO_TABLE,
	HOLE_NONE,
	HOLE_ZERO,
};

struct hole_case {
	const char *description;
	enum hole hole;
	enum target target;
	unsigned long prot;
};

#define PROT_RW	(PROT_READ | PROT_WRITE)

static const struct hole_case hole_cases[] = {
	{ "no table to device-private", HOLE_NO_TABLE, TO_PRIVATE, PROT_RW },
	{ "none to device-private", HOLE_NONE, TO_PRIVATE, PROT_RW },
	{ "zero page to device-private", HOLE_ZERO, TO_PRIVATE, PROT_RW },
	{ "none to device-private, readable", HOLE_NONE, TO_PRIVATE, PROT_READ },
	{ "no table to device-coherent", HOLE_NO_TABLE, TO_COHERENT, PROT_RW },
	{ "none to device-coherent", HOLE_NONE, TO_COHERENT, PROT_RW },
	{ "zero page to device-coherent", HOLE_ZERO, TO_COHERENT, PROT_RW },
	{ "zero page to device-coherent, readable", HOLE_ZERO, TO_COHERENT,
	  PROT_READ },
	{ "no table to system", HOLE_NO_TABLE, TO_RAM, PROT_RW },
	{ "none to system", HOLE_NONE, TO_RAM, PROT_RW },
	{ "zero page to system", HOLE_ZERO, TO_RAM, PROT_RW },
	{ "none to system, readable", HOLE_NONE, TO_RAM, PROT_READ },
};

KUNIT_ARRAY_PARAM_DESC(hole, hole_cases, description);

/* Three holes, and a page behind them where there is a page table. */
static unsigned long make_holes(struct kunit *test, struct mm_struct *mm,
				enum hole hole, unsigned long prot)
{
	unsigned long addr = mmk_mmap(test, NULL, 4 * PAGE_SIZE, prot,
				      MAP_PRIVATE | MAP_ANONYMOUS);
	enum mmk_pte_kind kind = MMK_PTE_NO_TABLE;
	int i;

	if (hole != HOLE_NO_TABLE) {
		kind = MMK_PTE_NONE;
		KUNIT_ASSERT_EQ(test, 0, mmk_fault_in(mm, addr + 3 * PAGE_SIZE,
						      false));
	}
	for (i = 0; i < 3 && hole == HOLE_ZERO; i++) {
		kind = MMK_PTE_PRESENT;
		KUNIT_ASSERT_EQ(test, 0, mmk_fault_in(mm, addr + i * PAGE_SIZE,
						      false));
		KUNIT_ASSERT_TRUE(test, is_zero_pfn(pte_pfn(mmk_pte(mm, addr +
								i * PAGE_SIZE))));
	}
	for (i = 0; i < 3; i++)
		KUNIT_ASSERT_EQ(test, (int)mmk_pte_kind(mm, addr +
							i * PAGE_SIZE),
				(int)kind);
	return addr;
}

static bool reads_zero(unsigned long addr)
{
	unsigned long word, sum = 0;
	int i;

	for (i = 0; i < PAGE_SIZE; i += sizeof(word)) {
		if (copy_from_user(&word, (void __user *)addr + i, sizeof(word)))
			return false;
		sum |= word;
	}
	return !sum;
}

/* A page that stands where a hole was; @held: by the driver, too. */
static void expect_filled(struct kunit *test, const struct hole_case *param,
			  struct mm_struct *mm, unsigned long addr,
			  struct folio *folio, bool held)
{
	bool write = param->prot & PROT_WRITE;
	struct mmk_folio_state state;
	pte_t pte;

	if (param->target == TO_PRIVATE) {
		if (write)
			MMK_EXPECT_PTE(test, mm, addr, DEVICE_PRIVATE_WRITE);
		else
			MMK_EXPECT_PTE(test, mm, addr, DEVICE_PRIVATE_READ);
	} else {
		MMK_EXPECT_PTE(test, mm, addr, PRESENT);
		pte = mmk_pte(mm, addr);
		KUNIT_EXPECT_EQ(test, (bool)pte_write(pte), write);
		KUNIT_EXPECT_EQ(test, (bool)pte_dirty(pte), write);
		KUNIT_EXPECT_TRUE(test, pte_young(pte));
	}
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(mm, addr), folio_page(folio, 0));

	mmk_folio_snapshot(folio, &state);
	KUNIT_EXPECT_EQ(test, state.refcount, held ? 2 : 1);
	KUNIT_EXPECT_EQ(test, state.locked, held);
	KUNIT_EXPECT_EQ(test, state.mapcount, 1);
	KUNIT_EXPECT_TRUE(test, folio_test_anon(folio));
	KUNIT_EXPECT_EQ(test, state.index, addr >> PAGE_SHIFT);
	KUNIT_EXPECT_TRUE(test, state.anon_exclusive);
	KUNIT_EXPECT_TRUE(test, state.uptodate);
	KUNIT_EXPECT_TRUE(test, state.swapbacked);
	KUNIT_EXPECT_EQ(test, state.lru, param->target == TO_RAM);
	KUNIT_EXPECT_EQ(test, !folio_memcg_charged(folio), mem_cgroup_disabled());
}

/**
 * hole_is_filled() - A page where there was none
 * @test: the running case
 *
 * Three neighbouring holes are offered with MIGRATE, but without VALID. The
 * driver has a page for the first and the last: migrate_vma_pages() maps them,
 * as writable as the VMA is, exclusive, counted in RSS. The middle one stays a
 * hole, and has lost its MIGRATE.
 *
 * Contract: MV-7, MV-5, MV-8
 */
static void hole_is_filled(struct kunit *test)
{
	const struct hole_case *param = test->param_value;
	struct mmk_dev *dev = target_create(test, param->target);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = make_holes(test, mm, param->hole, param->prot);
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, 3,
					  MIGRATE_VMA_SELECT_SYSTEM, dev);
	unsigned long rss = get_mm_counter_sum(mm, MM_ANONPAGES);
	pte_t middle = mmk_pte(mm, addr + PAGE_SIZE);
	struct folio *folio[3];
	int i;

	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_EXPECT_EQ(test, m->args.cpages, 3UL);
	KUNIT_ASSERT_EQ(test, m->args.npages, 3UL);
	for (i = 0; i < 3; i++) {
		KUNIT_ASSERT_EQ(test, m->src[i], MIGRATE_PFN_MIGRATE);
		KUNIT_EXPECT_EQ(test, m->dst[i], 0UL);
	}

	copy_to_target(test, m, dev);
	decline(m, 1);
	/* Means nothing without a page; what is filled says so. */
	m->src[2] |= MIGRATE_PFN_WRITE;
	mmk_vma_pages(m);
	for (i = 0; i < 3; i += 2) {
		folio[i] = page_folio(migrate_pfn_to_page(m->dst[i]));
		KUNIT_EXPECT_EQ(test, m->src[i], MIGRATE_PFN_MIGRATE);
		expect_filled(test, param, mm, addr + i * PAGE_SIZE, folio[i],
			      true);
	}
	KUNIT_EXPECT_EQ(test, m->src[1], 0UL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), rss + 2);

	mmk_vma_finalize(m);
	for (i = 0; i < 3; i += 2)
		expect_filled(test, param, mm, addr + i * PAGE_SIZE, folio[i],
			      false);
	KUNIT_EXPECT_TRUE(test, mmk_pte_same(mmk_pte(mm, addr + PAGE_SIZE),
					     middle));
	KUNIT_EXPECT_EQ(test, dev ? mmk_dev_nr_busy(dev) : 2U, 2U);

	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_TRUE(test, reads_zero(addr + i * PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, dev ? atomic_read(&dev->nr_to_ram) : 0,
			param->target == TO_PRIVATE ? 2 : 0);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), rss + 2);
}

/**
 * enum arrival - What appears in a hole while the driver is at work
 * @ARRIVE_PAGE: somebody has written
 * @ARRIVE_DEVICE: another migration has put a device page there
 * @ARRIVE_ZERO: somebody has read
 */
enum arrival {
	ARRIVE_PAGE,
	ARRIVE_DEVICE,
	ARRIVE_ZERO,
};

struct arrival_case {
	const char *description;
	enum hole hole;
	enum arrival arrival;
	bool lost;
};

static const struct arrival_case arrival_cases[] = {
	{ "page in no table", HOLE_NO_TABLE, ARRIVE_PAGE, true },
	{ "page in none", HOLE_NONE, ARRIVE_PAGE, true },
	{ "page for zero page", HOLE_ZERO, ARRIVE_PAGE, true },
	{ "device page in no table", HOLE_NO_TABLE, ARRIVE_DEVICE, true },
	{ "device page in none", HOLE_NONE, ARRIVE_DEVICE, true },
	{ "device page for zero page", HOLE_ZERO, ARRIVE_DEVICE, true },
	{ "zero page in none", HOLE_NONE, ARRIVE_ZERO, false },
};

KUNIT_ARRAY_PARAM_DESC(arrival, arrival_cases, description);

static void arrive(struct kunit *test, enum arrival arrival,
		   struct mm_struct *mm, unsigned long addr,
		   struct mmk_dev *dev)
{
	switch (arrival) {
	case ARRIVE_PAGE:
		mmk_fill(test, addr, 1, 1);
		break;
	case ARRIVE_DEVICE:
		mmk_migrate_to_dev(test, mm, addr, dev);
		break;
	case ARRIVE_ZERO:
		KUNIT_ASSERT_EQ(test, 0, mmk_fault_in(mm, addr, false));
		break;
	}
}

/**
 * page_that_appears_first_stays() - The driver may come too late for a hole
 * @test: the running case
 *
 * Between migrate_vma_setup() and migrate_vma_pages() a page appears in the
 * hole. It stays as it is, the source loses its MIGRATE, and the driver's page
 * is unlocked and freed by finalize. The zero page is not in the way.
 *
 * Contract: MV-7
 */
static void page_that_appears_first_stays(struct kunit *test)
{
	const struct arrival_case *param = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = make_holes(test, mm, param->hole, PROT_RW);
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, 1,
					  MIGRATE_VMA_SELECT_SYSTEM, dev);
	struct mmk_page_state was;
	unsigned int busy;
	unsigned long rss;

	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_ASSERT_EQ(test, m->src[0], MIGRATE_PFN_MIGRATE);
	arrive(test, param->arrival, mm, addr, dev);
	if (param->lost)
		mmk_page_snapshot(test, &was, mm, addr);
	rss = get_mm_counter_sum(mm, MM_ANONPAGES);
	busy = mmk_dev_nr_busy(dev);

	copy_to_target(test, m, dev);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), busy + 1);
	mmk_vma_pages(m);
	KUNIT_EXPECT_EQ(test, m->src[0],
			param->lost ? 0UL : MIGRATE_PFN_MIGRATE);
	mmk_vma_finalize(m);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), busy + !param->lost);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES),
			rss + !param->lost);
	if (param->lost)
		mmk_expect_page_same(test, "first", &was);
	else
		MMK_EXPECT_PTE(test, mm, addr, DEVICE_PRIVATE_WRITE);
	if (param->arrival == ARRIVE_PAGE)
		KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 1, 1));
	else
		KUNIT_EXPECT_TRUE(test, reads_zero(addr));
}

/**
 * reaped_mm_gets_no_new_page() - The OOM reaper has been there
 * @test: the running case
 *
 * Memory may have been taken from the mm, so nothing may be filled in any more.
 *
 * Contract: MV-7
 */
static void reaped_mm_gets_no_new_page(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = make_holes(test, mm, HOLE_NONE, PROT_RW);
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, 1,
					  MIGRATE_VMA_SELECT_SYSTEM, dev);
	unsigned long rss = get_mm_counter_sum(mm, MM_ANONPAGES);

	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	copy_to_target(test, m, dev);
	mm_flags_set(MMF_UNSTABLE, mm);
	mmk_vma_pages(m);
	mm_flags_clear(MMF_UNSTABLE, mm);

	KUNIT_EXPECT_EQ(test, m->src[0], 0UL);
	MMK_EXPECT_PTE(test, mm, addr, NONE);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), rss);
	mmk_vma_finalize(m);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 0U);
}

/**
 * hole_that_userfaultfd_watches_stays() - Its owner wants to fill it
 * @test: the running case
 *
 * Somebody has registered for missing pages after migrate_vma_setup(): the hole
 * is not filled behind their back.
 *
 * Contract: MV-7
 */
static void hole_that_userfaultfd_watches_stays(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = make_holes(test, mm, HOLE_NONE, PROT_RW);
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, 1,
					  MIGRATE_VMA_SELECT_SYSTEM, dev);
	unsigned long rss = get_mm_counter_sum(mm, MM_ANONPAGES);

	if (!IS_ENABLED(CONFIG_USERFAULTFD))
		kunit_skip(test, "needs CONFIG_USERFAULTFD");
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	copy_to_target(test, m, dev);
	set_vm_flags(mm, addr, VM_UFFD_MISSING, true);
	mmk_vma_pages(m);
	set_vm_flags(mm, addr, VM_UFFD_MISSING, false);

	KUNIT_EXPECT_EQ(test, m->src[0], 0UL);
	MMK_EXPECT_PTE(test, mm, addr, NONE);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), rss);
	mmk_vma_finalize(m);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 0U);
}

struct no_hole_case {
	const char *description;
	bool file;
	enum hole hole;
	unsigned long select;
	unsigned long src;
	bool insist;
};

static const struct no_hole_case no_hole_cases[] = {
	{ "none, no system", false, HOLE_NONE,
	  MIGRATE_VMA_SELECT_DEVICE_PRIVATE, MIGRATE_PFN_MIGRATE },
	{ "zero page, no system", false, HOLE_ZERO,
	  MIGRATE_VMA_SELECT_DEVICE_PRIVATE, 0 },
	{ "file, no table", true, HOLE_NO_TABLE, MIGRATE_VMA_SELECT_SYSTEM, 0 },
	{ "file, none", true, HOLE_NONE, MIGRATE_VMA_SELECT_SYSTEM, 0 },
	{ "file, none, filled all the same", true, HOLE_NONE,
	  MIGRATE_VMA_SELECT_SYSTEM, 0, true },
};

KUNIT_ARRAY_PARAM_DESC(no_hole, no_hole_cases, description);

/**
 * only_anonymous_holes_are_offered() - And the zero page is system memory
 * @test: the running case
 *
 * What a file has not read in yet is no hole that a driver could fill, even if
 * it brings a page. The zero page is offered to whoever selects system memory.
 *
 * Contract: MV-7, MV-10, MV-17
 */
static void only_anonymous_holes_are_offered(struct kunit *test)
{
	const struct no_hole_case *param = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	struct file *file = mmk_shmem_file(test, 4);
	struct mmk_vma *m;
	unsigned long addr;
	struct page *page;
	pte_t pte;

	if (param->file) {
		addr = mmk_mmap(test, file, 4 * PAGE_SIZE, PROT_RW, MAP_SHARED);
		if (param->hole == HOLE_NONE)
			KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, true), 0);
		addr += PAGE_SIZE;
	} else {
		addr = make_holes(test, mm, param->hole, PROT_RW);
	}
	m = mmk_vma_alloc(test, mm, addr, 1, param->select, dev);
	pte = mmk_pte(mm, addr);

	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_EXPECT_EQ(test, m->src[0], param->src);
	KUNIT_EXPECT_EQ(test, m->dst[0], 0UL);
	KUNIT_EXPECT_EQ(test, m->args.npages, 1UL);
	KUNIT_EXPECT_EQ(test, m->args.cpages, param->src ? 1UL : 0UL);
	if (!m->src[0]) {
		page = mmk_dev_get_page(test, dev);
		m->dst[0] = migrate_pfn(page_to_pfn(page));
		if (param->insist)
			m->src[0] = MIGRATE_PFN_MIGRATE;
		mmk_vma_pages(m);
		KUNIT_EXPECT_EQ(test, m->src[0], 0UL);
	}
	mmk_vma_finalize(m);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 0U);
	KUNIT_EXPECT_TRUE(test, mmk_pte_same(mmk_pte(mm, addr), pte));
}

/**
 * range_across_page_tables_is_collected() - With and without a table
 * @test: the running case
 *
 * The last page below a page table's end is there, the first above it is not,
 * and there is no table for it; then the other way round.
 *
 * Contract: MV-5, MV-7
 */
static void range_across_page_tables_is_collected(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 3 * PTRS_PER_PTE);
	unsigned long edge = round_up(addr + 2 * PAGE_SIZE, PMD_SIZE);
	struct mmk_vma *m;
	int i;

	mmk_fill(test, edge - PAGE_SIZE, 1, 1);
	mmk_fill(test, edge + PMD_SIZE, 1, 1);
	for (i = 0; i < 2; i++) {
		m = mmk_vma_alloc(test, mm, edge + i * PMD_SIZE - 2 * PAGE_SIZE,
				  4, MIGRATE_VMA_SELECT_SYSTEM, NULL);
		KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
		KUNIT_EXPECT_EQ(test, m->args.npages, 4UL);
		KUNIT_EXPECT_EQ(test, m->args.cpages, 4UL);
		KUNIT_EXPECT_EQ(test, m->args.end, m->args.start +
				4 * PAGE_SIZE);
		KUNIT_EXPECT_EQ(test, m->src[0], MIGRATE_PFN_MIGRATE);
		KUNIT_EXPECT_EQ(test, m->src[3], MIGRATE_PFN_MIGRATE);
		KUNIT_EXPECT_EQ(test, m->src[2 - i], MIGRATE_PFN_MIGRATE);
		KUNIT_EXPECT_NOT_NULL(test, migrate_pfn_to_page(m->src[1 + i]));
		mmk_vma_finalize(m);
	}
}

/**
 * skipped_table_does_not_end_the_walk() - What lies behind it is collected
 * @test: the running case
 *
 * The range begins where a file has no page table, which is no hole to be
 * filled, and ends with a page of the file that is mapped.
 *
 * Contract: MV-5, MV-17
 */
static void skipped_table_does_not_end_the_walk(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct file *file = mmk_shmem_file(test, 2 * PTRS_PER_PTE);
	unsigned long addr = mmk_mmap(test, file, 2 * PMD_SIZE, PROT_RW,
				      MAP_SHARED);
	unsigned long edge = round_up(addr + PAGE_SIZE, PMD_SIZE);
	struct mmk_vma *m;

	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, edge, true), 0);
	MMK_EXPECT_PTE(test, mm, edge - PAGE_SIZE, NO_TABLE);
	m = mmk_vma_alloc(test, mm, edge - PAGE_SIZE, 2,
			  MIGRATE_VMA_SELECT_SYSTEM, NULL);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_EXPECT_EQ(test, m->args.npages, 2UL);
	KUNIT_EXPECT_EQ(test, m->args.cpages, 1UL);
	KUNIT_EXPECT_EQ(test, m->args.end, edge + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, m->src[0], 0UL);
	KUNIT_EXPECT_PTR_EQ(test, migrate_pfn_to_page(m->src[1]),
			    mmk_pte_page(mm, edge));
	mmk_vma_finalize(m);
	MMK_EXPECT_PTE(test, mm, edge, PRESENT);
}

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

/* Where a page has arrived: mapped as the one before it, but for the pfn. */
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
 * locked_page_is_destination_enough() - dst needs no flag but VALID
 * @test: the running case
 *
 * Three pages move to locked pages of the driver, named by migrate_pfn() alone.
 * The middle one is declined and stays. After finalize old and new pages are
 * unlocked, the new one is mapped as the old one was in every mm that shares
 * it, and the old one has no reference but the one that the case has taken.
 *
 * Contract: MV-3, MV-6, MV-8
 */
static void locked_page_is_destination_enough(struct kunit *test)
{
	const struct move_case *param = test->param_value;
	struct mmk_dev *dev = target_create(test, param->target);
	struct folio *dst[3];
	struct pages p;
	int i;

	make_pages(test, &p, param->sort);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(p.m), 0);
	KUNIT_ASSERT_EQ(test, p.m->args.cpages, 3UL);
	copy_to_target(test, p.m, dev);
	decline(p.m, 1);
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
		KUNIT_EXPECT_EQ(test, p.m->dst[i] & PFN_LOCKED, 0UL);
		if (p.child)
			KUNIT_EXPECT_PTR_EQ(test, folio_page(dst[i], 0),
					    mmk_pte_page(p.child,
							 p.was[i].addr));
	}
	mmk_expect_page_same(test, "declined", &p.was[1]);
	mmk_expect_mm_same(test, "moved", p.mm, &p.rss);
	KUNIT_EXPECT_EQ(test, dev ? mmk_dev_nr_busy(dev) : 2U, 2U);
	KUNIT_EXPECT_TRUE(test, mmk_mm_holds(test, p.mm, p.addr, 3, 1));
	if (p.child)
		KUNIT_EXPECT_TRUE(test, mmk_mm_holds(test, p.child, p.addr, 3,
						     1));
}

/**
 * enum bad - What is wrong with the arguments of migrate_vma_setup()
 * @BAD_VMA: none
 * @BAD_SRC: no array
 * @BAD_DST: no array
 * @BAD_FLAGS: the VMA is special
 * @BAD_DAX: the VMA maps a DAX file
 * @BAD_RANGE: of addresses
 * @BAD_FAULT_PAGE: system memory
 * @BAD_FAULT_COHERENT: device-coherent memory
 * @BAD_FAULT_UNLOCKED: device-private memory, but not locked
 */
enum bad {
	BAD_VMA,
	BAD_SRC,
	BAD_DST,
	BAD_FLAGS,
	BAD_DAX,
	BAD_RANGE,
	BAD_FAULT_PAGE,
	BAD_FAULT_COHERENT,
	BAD_FAULT_UNLOCKED,
};

struct bad_case {
	const char *description;
	enum bad bad;
	unsigned long flags;
	long start;
	long end;
};

static const struct bad_case bad_cases[] = {
	{ "no vma", BAD_VMA, 0, 0, 3 * PAGE_SIZE },
	{ "no src", BAD_SRC, 0, 0, 3 * PAGE_SIZE },
	{ "no dst", BAD_DST, 0, 0, 3 * PAGE_SIZE },
	{ "VM_IO", BAD_FLAGS, VM_IO, 0, 3 * PAGE_SIZE },
	{ "VM_DONTEXPAND", BAD_FLAGS, VM_DONTEXPAND, 0, 3 * PAGE_SIZE },
	{ "VM_PFNMAP", BAD_FLAGS, VM_PFNMAP, 0, 3 * PAGE_SIZE },
	{ "VM_MIXEDMAP", BAD_FLAGS, VM_MIXEDMAP, 0, 3 * PAGE_SIZE },
	{ "DAX", BAD_DAX, 0, 0, PAGE_SIZE },
	{ "empty", BAD_RANGE, 0, PAGE_SIZE, PAGE_SIZE },
	{ "less than a page", BAD_RANGE, 0, 0, PAGE_SIZE - 1 },
	{ "less than a page, across two", BAD_RANGE, 0, PAGE_SIZE - 1,
	  PAGE_SIZE + 1 },
	{ "reversed", BAD_RANGE, 0, 2 * PAGE_SIZE, PAGE_SIZE },
	{ "reversed by less than a page", BAD_RANGE, 0, PAGE_SIZE + 1,
	  PAGE_SIZE },
	{ "reversed, across the start of the vma", BAD_RANGE, 0, PAGE_SIZE,
	  -PAGE_SIZE },
	{ "starts before the vma", BAD_RANGE, 0, -PAGE_SIZE, PAGE_SIZE },
	{ "ends behind the vma", BAD_RANGE, 0, PAGE_SIZE, 4 * PAGE_SIZE },
	{ "is behind the vma", BAD_RANGE, 0, 3 * PAGE_SIZE, 4 * PAGE_SIZE },
	{ "is before the vma", BAD_RANGE, 0, -PAGE_SIZE, 0 },
	{ "fault_page is a system page", BAD_FAULT_PAGE, 0, 0, 3 * PAGE_SIZE },
	{ "fault_page is device-coherent", BAD_FAULT_COHERENT, 0, 0,
	  3 * PAGE_SIZE },
	{ "fault_page is not locked", BAD_FAULT_UNLOCKED, 0, 0, 3 * PAGE_SIZE },
};

KUNIT_ARRAY_PARAM_DESC(bad, bad_cases, description);

/* Three pages in the middle of five, for there to be neighbours. */
static unsigned long make_middle(struct kunit *test, struct mm_struct *mm,
				 struct file *file)
{
	unsigned long addr;

	if (file)
		return mmk_mmap(test, file, 3 * PAGE_SIZE, PROT_RW, MAP_SHARED);
	addr = mmk_map_anon(test, 5);
	mmk_fill(test, addr, 5, 1);
	/* Makes VMAs of their own of the outer ones. */
	KUNIT_ASSERT_EQ(test, 0L, sys_mprotect(addr, PAGE_SIZE, PROT_READ));
	KUNIT_ASSERT_EQ(test, 0L, sys_mprotect(addr + 4 * PAGE_SIZE, PAGE_SIZE,
					       PROT_READ));
	return addr + PAGE_SIZE;
}

static void src_release(void *src)
{
	vfree(src);
}

/**
 * bad_arguments_are_refused() - With -EINVAL, and before anything is done
 * @test: the running case
 *
 * Each argument that migrate_vma_setup() cannot work with, alone. Neither the
 * arrays nor the pages are touched, and no MMU notifier is called.
 *
 * Contract: MV-9
 */
static void bad_arguments_are_refused(struct kunit *test)
{
	const struct bad_case *param = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, param->bad == BAD_FAULT_UNLOCKED ?
					     MEMORY_DEVICE_PRIVATE :
					     MEMORY_DEVICE_COHERENT);
	struct mm_struct *mm = mmk_mm_enter(test);
	struct file *file = mmk_shmem_file(test, 3);
	unsigned long addr = make_middle(test, mm, param->bad == BAD_DAX ?
					 file : NULL);
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, 3,
					  MIGRATE_VMA_SELECT_SYSTEM, dev);
	struct mmk_page_state was;
	struct notifier *n;
	struct page *page;
	void *src;

	if (param->bad == BAD_DAX && !S_DAX)
		kunit_skip(test, "needs CONFIG_FS_DAX");
	if (param->bad == BAD_FAULT_UNLOCKED && !MMK_TO_RAM_LOCKED)
		kunit_skip(test, "migrate_to_ram() is called without the lock");
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, true), 0);
	n = notifier_alloc(test, mm);
	mmk_page_snapshot(test, &was, mm, addr);
	/* Nothing but the array is written to if the kernel miscounts. */
	src = vmalloc(PAGE_SIZE);
	KUNIT_ASSERT_NOT_NULL(test, src);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, src_release,
							src), 0);
	memset(src, 0xa5, PAGE_SIZE);
	page = mmk_dev_get_page(test, dev);
	m->args.src = param->bad == BAD_SRC ? NULL : src;
	m->args.dst = param->bad == BAD_DST ? NULL : m->dst;
	m->args.start = addr + param->start;
	m->args.end = addr + param->end;
	m->args.cpages = 77;
	m->args.npages = 88;
	if (param->bad == BAD_FAULT_PAGE)
		m->args.fault_page = folio_page(was.folio, 0);
	if (param->bad == BAD_FAULT_COHERENT || param->bad == BAD_FAULT_UNLOCKED)
		m->args.fault_page = page;
	if (param->bad == BAD_FAULT_UNLOCKED)
		unlock_page(page);
	if (param->bad == BAD_FLAGS)
		set_vm_flags(mm, addr, param->flags, true);
	if (param->bad == BAD_DAX)
		file_inode(file)->i_flags |= S_DAX;

	mmap_read_lock(mm);
	m->args.vma = param->bad == BAD_VMA ? NULL : vma_lookup(mm, addr);
	KUNIT_EXPECT_EQ(test, migrate_vma_setup(&m->args), -EINVAL);
	mmap_read_unlock(mm);

	if (param->bad == BAD_DAX)
		file_inode(file)->i_flags &= ~S_DAX;
	if (param->bad == BAD_FLAGS)
		set_vm_flags(mm, addr, param->flags, false);
	KUNIT_EXPECT_EQ(test, n->nr, 0U);
	KUNIT_EXPECT_NULL(test, memchr_inv(src, 0xa5, PAGE_SIZE));
	KUNIT_EXPECT_NULL(test, memchr_inv(m->dst, 0xa5, sizeof(m->dst)));
	KUNIT_EXPECT_EQ(test, m->args.cpages, 77UL);
	KUNIT_EXPECT_EQ(test, m->args.npages, 88UL);
	mmk_expect_page_same(test, "page", &was);
	if (param->bad != BAD_FAULT_UNLOCKED)
		unlock_page(page);
	put_page(page);
}

struct range_case {
	const char *description;
	long start;
	long end;
	unsigned int first;
	unsigned int nr;
};

static const struct range_case range_cases[] = {
	{ "whole vma", 0, 3 * PAGE_SIZE, 0, 3 },
	{ "first page", 0, PAGE_SIZE, 0, 1 },
	{ "last page", 2 * PAGE_SIZE, 3 * PAGE_SIZE, 2, 1 },
	{ "start unaligned", PAGE_SIZE + 1, 3 * PAGE_SIZE, 1, 2 },
	{ "end unaligned", 0, 2 * PAGE_SIZE + 1, 0, 2 },
	{ "both unaligned", PAGE_SIZE - 1, 3 * PAGE_SIZE - 1, 0, 2 },
};

KUNIT_ARRAY_PARAM_DESC(range, range_cases, description);

/**
 * unaligned_ends_are_rounded_down() - To the pages that they are in
 * @test: the running case
 *
 * Good ranges up to the very ends of the VMA, aligned and unaligned: start and
 * end are rounded down, and exactly the pages in between are collected.
 *
 * Contract: MV-9
 */
static void unaligned_ends_are_rounded_down(struct kunit *test)
{
	const struct range_case *param = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = make_middle(test, mm, NULL);
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, 3,
					  MIGRATE_VMA_SELECT_SYSTEM, NULL);
	struct page *page[3];
	unsigned int i;

	for (i = 0; i < 3; i++)
		page[i] = mmk_pte_page(mm, addr + i * PAGE_SIZE);
	m->args.start = addr + param->start;
	m->args.end = addr + param->end;
	KUNIT_EXPECT_EQ(test, mmk_vma_setup(m), 0);

	KUNIT_EXPECT_EQ(test, m->args.npages, (unsigned long)param->nr);
	KUNIT_EXPECT_EQ(test, m->args.cpages, (unsigned long)param->nr);
	KUNIT_EXPECT_EQ(test, m->args.start, addr + param->first * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, m->args.end,
			m->args.start + param->nr * PAGE_SIZE);
	for (i = 0; i < param->nr; i++)
		KUNIT_EXPECT_PTR_EQ(test, migrate_pfn_to_page(m->src[i]),
				    page[param->first + i]);
	KUNIT_EXPECT_NULL(test, memchr_inv(&m->src[param->nr], 0xa5,
					   sizeof(m->src[0])));
	mmk_vma_finalize(m);
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
 * dirty_bit_moves_to_the_folio() - When the pte is replaced
 * @test: the running case
 *
 * Whether the pte of any mm was dirty is known to the folio once migrate_vma_setup()
 * has replaced the ptes. It goes on to the new folio, and the pte is as young
 * and as dirty as it was. The entry of a device-private page says nothing of it,
 * whatever stands where a pte has these bits.
 *
 * Contract: MV-11
 */
static void dirty_bit_moves_to_the_folio(struct kunit *test)
{
	const struct dirty_case *param = test->param_value;
	bool dirty = param->dirty || param->child_dirty;
	struct pages p;
	struct folio *dst;
	pte_t pte;
	int i;

	make_pages(test, &p, param->sort);
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
 * tlb_is_flushed_by_collect() - No CPU may write to the old page any more
 * @test: the running case
 *
 * Where a single pte is not flushed when it is cleared, the range is, before the
 * page is copied. A range without a page needs no flush.
 *
 * Contract: MV-2, MV-11
 */
static void tlb_is_flushed_by_collect(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 4);
	struct mmk_vma *m;

	/* Shared, so that nobody knows that it is mapped only here. */
	mmk_fill(test, addr + PAGE_SIZE, 1, 1);
	mmk_fork(test);
	m = mmk_vma_alloc(test, mm, addr, 3, MIGRATE_VMA_SELECT_SYSTEM, NULL);
	mmk_tlb_forget(mm);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_EXPECT_TRUE(test, mmk_tlb_flushed(mm, addr,
						addr + 3 * PAGE_SIZE));
	mmk_vma_finalize(m);

	m = mmk_vma_alloc(test, mm, addr + 2 * PAGE_SIZE, 2,
			  MIGRATE_VMA_SELECT_SYSTEM, NULL);
	mmk_tlb_forget(mm);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_EXPECT_FALSE(test, mmk_tlb_flushed(mm, addr + 2 * PAGE_SIZE,
						 addr + 3 * PAGE_SIZE));
	mmk_vma_finalize(m);
}

static void expect_event(struct kunit *test, const struct notifier_event *event,
			 bool at_end, void *owner, unsigned long start,
			 unsigned long end, enum mmk_pte_kind pte)
{
	KUNIT_EXPECT_EQ(test, event->at_end, at_end);
	KUNIT_EXPECT_EQ(test, (int)event->event, (int)MMU_NOTIFY_MIGRATE);
	KUNIT_EXPECT_PTR_EQ(test, event->owner, owner);
	KUNIT_EXPECT_EQ(test, event->start, start);
	KUNIT_EXPECT_EQ(test, event->end, end);
	/* No more is said of it than that who is told may sleep. */
	KUNIT_EXPECT_EQ(test, event->flags & ~MMU_NOTIFIER_RANGE_BLOCKABLE, 0U);
	KUNIT_EXPECT_EQ_MSG(test, (int)event->pte, (int)pte, "pte is %s",
			    mmk_pte_kind_name(event->pte));
}

/**
 * driver_is_told_once_with_the_owner() - MMU_NOTIFY_MIGRATE
 * @test: the running case
 *
 * migrate_vma_setup() notifies of its whole range, once: before the first pte is
 * changed and after the last. migrate_vma_pages() does so only if there are
 * holes to be filled, from the first hole on.
 *
 * Contract: MV-12
 */
static void driver_is_told_once_with_the_owner(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 6);
	unsigned long end = addr + 5 * PAGE_SIZE;
	struct notifier *n;
	struct mmk_vma *m;

	/* A hole at 1 and at 3. */
	mmk_fill(test, addr, 1, 1);
	mmk_fill(test, addr + 2 * PAGE_SIZE, 1, 1);
	mmk_fill(test, addr + 4 * PAGE_SIZE, 1, 1);
	m = mmk_vma_alloc(test, mm, addr, 5, MIGRATE_VMA_SELECT_SYSTEM, dev);
	n = notifier_alloc(test, mm);
	n->watch = addr;
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

	/* Back again: no holes, and so nothing to be told of but the setup. */
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
 * struct round_task - A task that does the first or the last step of a round
 * @task: the thread
 * @m: the round
 * @finalize: the last one
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
 * restoring_waits_for_the_rmap_lock() - As remove_migration_ptes() asks for
 * @test: the running case
 *
 * A page is put back by migrate_vma_setup(), because somebody has a reference,
 * or by migrate_vma_finalize(), because the driver has declined. Its pte is not
 * touched as long as somebody holds the anon_vma for writing: neither is called
 * with that lock held.
 *
 * Contract: MV-4, MV-8
 */
static void restoring_waits_for_the_rmap_lock(struct kunit *test)
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
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 1, 1));
}

/**
 * other_mm_is_told_of_the_unmap() - By MMU_NOTIFY_CLEAR
 * @test: the running case
 *
 * The page is shared with a child, whose pte the rmap replaces. Who mirrors the
 * child is told of that page, once: before the pte is changed and afterwards.
 *
 * Contract: MV-12, MV-6
 */
static void other_mm_is_told_of_the_unmap(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr = mmk_map_anon(test, 3);
	struct notifier *n;
	struct mmk_vma *m;

	mmk_fill(test, addr + PAGE_SIZE, 1, 1);
	child = mmk_fork(test);
	m = mmk_vma_alloc(test, mm, addr, 3, MIGRATE_VMA_SELECT_SYSTEM, NULL);
	n = notifier_alloc(test, child);
	n->watch = addr + PAGE_SIZE;
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

static struct kunit_case migrate_vma_cases[] = {
	KUNIT_CASE_PARAM(page_locked_by_another_is_skipped,
			 page_sort_gen_params),
	KUNIT_CASE(locked_pages_alone_are_not_counted),
	KUNIT_CASE_PARAM(lock_is_tried_once, page_sort_gen_params),
	KUNIT_CASE_PARAM(locked_page_gets_an_entry, page_sort_gen_params),
	KUNIT_CASE_PARAM(refused_page_is_put_back, refusal_gen_params),
	KUNIT_CASE_PARAM(hole_is_filled, hole_gen_params),
	KUNIT_CASE_PARAM(page_that_appears_first_stays, arrival_gen_params),
	KUNIT_CASE(reaped_mm_gets_no_new_page),
	KUNIT_CASE(hole_that_userfaultfd_watches_stays),
	KUNIT_CASE_PARAM(only_anonymous_holes_are_offered,
			 no_hole_gen_params),
	KUNIT_CASE(range_across_page_tables_is_collected),
	KUNIT_CASE(skipped_table_does_not_end_the_walk),
	KUNIT_CASE_PARAM(locked_page_is_destination_enough, move_gen_params),
	KUNIT_CASE_PARAM(bad_arguments_are_refused, bad_gen_params),
	KUNIT_CASE_PARAM(unaligned_ends_are_rounded_down, range_gen_params),
	KUNIT_CASE_PARAM(dirty_bit_moves_to_the_folio, dirty_gen_params),
	KUNIT_CASE(tlb_is_flushed_by_collect),
	KUNIT_CASE(driver_is_told_once_with_the_owner),
	KUNIT_CASE_PARAM(restoring_waits_for_the_rmap_lock, restore_gen_params),
	KUNIT_CASE(other_mm_is_told_of_the_unmap),
	{}
};

static struct kunit_suite migrate_vma_suite = {
	.name = "migrate_vma",
	.init = mmk_case_init,
	.test_cases = migrate_vma_cases,
};

kunit_test_suite(migrate_vma_suite);
