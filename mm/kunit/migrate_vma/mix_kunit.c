// SPDX-License-Identifier: GPL-2.0
/*
 * migrate_vma_setup() over neighbouring pages of every kind: whether a page is
 * offered must not depend on its neighbours. The prediction follows
 * Documentation/mm/hmm.rst and the kernel-doc, not the code.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/swap.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../compat/leaf.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/swap.h"

/**
 * enum kind - What may be mapped at an address
 * @KIND_NONE: nothing
 * @KIND_ZERO: the zero page
 * @KIND_DIRTY: a page that has been written to
 * @KIND_CLEAN: the same, clean and old
 * @KIND_REFERENCED: the same, somebody else has a reference
 * @KIND_LOCKED: the same, somebody else holds the lock
 * @KIND_PRIVATE: a device-private page of the owner
 * @KIND_SHARED: a page that is shared with a child
 * @KIND_READONLY: the same, the child has dropped it
 * @KIND_PINNED: pinned
 * @KIND_ISOLATED: somebody else has taken it off the LRU
 * @KIND_SWAPPED: swapped out
 * @KIND_SWAPCACHE: mapped, and still in the swap cache
 * @KIND_SWAPCACHE_REFERENCED: the same, somebody else has a reference
 * @KIND_PRIVATE_OTHER: a device-private page of another owner
 * @KIND_PRIVATE_REFERENCED: of the owner, somebody else has a reference
 * @KIND_COHERENT: a device-coherent page of the owner
 * @KIND_COHERENT_OTHER: of another owner
 * @NR_KINDS: how many there are
 */
enum kind {
	KIND_NONE,
	KIND_ZERO,
	KIND_DIRTY,
	KIND_REFERENCED,
	KIND_LOCKED,
	KIND_PRIVATE,
	KIND_CLEAN,
	KIND_SHARED,
	KIND_READONLY,
	KIND_PINNED,
	KIND_ISOLATED,
	KIND_SWAPPED,
	KIND_SWAPCACHE,
	KIND_SWAPCACHE_REFERENCED,
	KIND_PRIVATE_OTHER,
	KIND_PRIVATE_REFERENCED,
	KIND_COHERENT,
	KIND_COHERENT_OTHER,
	NR_KINDS,
};

/* The kinds from which all runs of four pages are made */
#define NR_CORE_KINDS	(KIND_PRIVATE + 1)

static const char * const kind_names[NR_KINDS] = {
	[KIND_NONE]			= "none",
	[KIND_ZERO]			= "zero",
	[KIND_DIRTY]			= "dirty",
	[KIND_REFERENCED]		= "referenced",
	[KIND_LOCKED]			= "locked",
	[KIND_PRIVATE]			= "private",
	[KIND_CLEAN]			= "clean",
	[KIND_SHARED]			= "shared",
	[KIND_READONLY]			= "readonly",
	[KIND_PINNED]			= "pinned",
	[KIND_ISOLATED]			= "isolated",
	[KIND_SWAPPED]			= "swapped",
	[KIND_SWAPCACHE]		= "swapcache",
	[KIND_SWAPCACHE_REFERENCED]	= "swapcache-referenced",
	[KIND_PRIVATE_OTHER]		= "private-other",
	[KIND_PRIVATE_REFERENCED]	= "private-referenced",
	[KIND_COHERENT]			= "coherent",
	[KIND_COHERENT_OTHER]		= "coherent-other",
};

#define MAX_RUN		4
#define MAX_COMPLAINTS	10

/**
 * struct slot - One address of a run
 * @kind: what stands there
 * @addr: the address
 * @pte: the pte before the migration
 * @folio: the page, if there is one
 * @refcount: its references before
 * @mapcount: its mappings before
 * @exclusive: whether it was exclusive
 * @lru: whether it was on the LRU
 * @locked: whether it was locked
 * @mlocked: whether it was mlocked
 * @migrates: the prediction
 */
struct slot {
	enum kind kind;
	unsigned long addr;
	pte_t pte;
	struct folio *folio;
	int refcount;
	int mapcount;
	bool exclusive;
	bool lru;
	bool locked;
	bool mlocked;
	bool migrates;
};

/**
 * struct mix - What all runs of a case have in common
 * @test: the case
 * @mm: current->mm
 * @child: a fork of it
 * @addr: of the first run
 * @nr: pages in a run
 * @select: MIGRATE_VMA_SELECT_*
 * @private: device-private memory of the owner
 * @private_other: of another
 * @coherent: device-coherent memory of the owner
 * @coherent_other: of another
 * @m: the round that is used over and over again
 * @slot: the run
 * @complaints: mispredictions so far
 */
struct mix {
	struct kunit *test;
	struct mm_struct *mm;
	struct mm_struct *child;
	unsigned long addr;
	unsigned int nr;
	unsigned long select;
	struct mmk_dev *private;
	struct mmk_dev *private_other;
	struct mmk_dev *coherent;
	struct mmk_dev *coherent_other;
	struct mmk_vma *m;
	struct slot slot[MAX_RUN];
	unsigned int complaints;
};

static void complain(struct mix *mix, const char *when, unsigned int i,
		     const char *what, unsigned long is, unsigned long should)
{
	char run[MAX_RUN * 24];
	unsigned int j;
	int len = 0;

	if (is == should || mix->complaints++ >= MAX_COMPLAINTS)
		return;
	for (j = 0; j < mix->nr; j++)
		len += scnprintf(run + len, sizeof(run) - len, "%s%s",
				 j ? ", " : "",
				 kind_names[mix->slot[j].kind]);
	KUNIT_FAIL(mix->test, "[%s] with select %lu, %s: %s of [%u] is %lx, should be %lx",
		   run, mix->select, when, what, i, is, should);
}

/* The kinds that have to be there when the child is forked. */
static bool before_fork(enum kind kind)
{
	return kind == KIND_SHARED || kind == KIND_READONLY;
}

static void touch(struct mix *mix, unsigned long addr)
{
	KUNIT_ASSERT_EQ(mix->test, 0, put_user(addr, (unsigned long __user *)addr));
}

/* Into the swap cache, and mapped again from there. */
static void make_swapcache(struct mix *mix, unsigned long addr)
{
	struct folio *folio = mmk_pte_folio(mix->test, mix->mm, addr);

	folio_get(folio);
	mmk_pageout(addr, PAGE_SIZE);
	mmk_fault_in(mix->mm, addr, false);
	folio_put(folio);
	KUNIT_ASSERT_TRUE(mix->test, folio_test_swapcache(folio));
	KUNIT_ASSERT_PTR_EQ(mix->test, folio_page(folio, 0),
			    mmk_pte_page(mix->mm, addr));
}

static void make_slot(struct mix *mix, struct slot *slot)
{
	struct kunit *test = mix->test;
	unsigned long addr = slot->addr;

	if (slot->kind == KIND_ZERO)
		KUNIT_ASSERT_EQ(test, mmk_fault_in(mix->mm, addr, false), 0);
	else if (slot->kind != KIND_NONE && !before_fork(slot->kind))
		touch(mix, addr);

	switch (slot->kind) {
	case KIND_CLEAN:
		mmk_pte_set_flags(test, mix->mm, addr, false, false);
		break;
	case KIND_READONLY:
		KUNIT_ASSERT_EQ(test, mmk_mm_madvise(mix->child, addr,
						     PAGE_SIZE, MADV_DONTNEED),
				0);
		break;
	case KIND_SWAPPED:
		KUNIT_ASSERT_EQ(test, mmk_pageout(addr, PAGE_SIZE), 0);
		KUNIT_ASSERT_EQ(test, (int)mmk_pte_kind(mix->mm, addr),
				(int)MMK_PTE_SWAP);
		break;
	case KIND_SWAPCACHE:
	case KIND_SWAPCACHE_REFERENCED:
		make_swapcache(mix, addr);
		break;
	case KIND_PRIVATE:
	case KIND_PRIVATE_REFERENCED:
		mmk_migrate_to_dev(test, mix->mm, addr, mix->private);
		break;
	case KIND_PRIVATE_OTHER:
		mmk_migrate_to_dev(test, mix->mm, addr, mix->private_other);
		break;
	case KIND_COHERENT:
		mmk_migrate_to_dev(test, mix->mm, addr, mix->coherent);
		break;
	case KIND_COHERENT_OTHER:
		mmk_migrate_to_dev(test, mix->mm, addr, mix->coherent_other);
		break;
	default:
		break;
	}
}

/* What another task has done to the page, until after finalize */
static void meddle(struct mix *mix, struct slot *slot)
{
	struct page *page;

	switch (slot->kind) {
	case KIND_REFERENCED:
	case KIND_PRIVATE_REFERENCED:
	case KIND_SWAPCACHE_REFERENCED:
		folio_get(slot->folio);
		break;
	case KIND_LOCKED:
		folio_lock(slot->folio);
		break;
	case KIND_PINNED:
		KUNIT_EXPECT_EQ(mix->test, 1,
				pin_user_pages_fast(slot->addr, 1, 0, &page));
		break;
	case KIND_ISOLATED:
		KUNIT_EXPECT_TRUE(mix->test, folio_isolate_lru(slot->folio));
		break;
	default:
		break;
	}
}

static void unmeddle(struct slot *slot)
{
	switch (slot->kind) {
	case KIND_REFERENCED:
	case KIND_PRIVATE_REFERENCED:
	case KIND_SWAPCACHE_REFERENCED:
		folio_put(slot->folio);
		break;
	case KIND_LOCKED:
		folio_unlock(slot->folio);
		break;
	case KIND_PINNED:
		unpin_user_page(folio_page(slot->folio, 0));
		break;
	case KIND_ISOLATED:
		folio_putback_lru(slot->folio);
		break;
	default:
		break;
	}
}

static bool predict(enum kind kind, unsigned long select)
{
	switch (kind) {
	case KIND_NONE:
		return true;
	case KIND_ZERO:
	case KIND_DIRTY:
	case KIND_CLEAN:
	case KIND_SHARED:
	case KIND_READONLY:
	case KIND_SWAPCACHE:
		return select & MIGRATE_VMA_SELECT_SYSTEM;
	case KIND_PRIVATE:
		return select & MIGRATE_VMA_SELECT_DEVICE_PRIVATE;
	case KIND_COHERENT:
		return select & MIGRATE_VMA_SELECT_DEVICE_COHERENT;
	default:
		return false;
	}
}

static void note_slot(struct mix *mix, struct slot *slot)
{
	struct page *page;

	slot->pte = mmk_pte(mix->mm, slot->addr);
	slot->folio = NULL;
	page = mmk_pte_page(mix->mm, slot->addr);
	if (page && !is_zero_pfn(page_to_pfn(page)))
		slot->folio = page_folio(page);
	if (slot->folio) {
		lru_add_drain();
		meddle(mix, slot);
		slot->refcount = folio_ref_count(slot->folio);
		slot->mapcount = folio_mapcount(slot->folio);
		slot->exclusive = PageAnonExclusive(page);
		slot->lru = folio_test_lru(slot->folio);
		slot->locked = folio_test_locked(slot->folio);
		slot->mlocked = folio_test_mlocked(slot->folio);
		/* Pinning makes the pte young. */
		slot->pte = mmk_pte(mix->mm, slot->addr);
	}
	slot->migrates = predict(slot->kind, mix->select);
}

static void check_unmapped(struct mix *mix, unsigned int i)
{
	enum mmk_pte_kind kind = MMK_PTE_MIGRATION_READ;
	struct slot *slot = &mix->slot[i];
	unsigned long src = MIGRATE_PFN_MIGRATE |
			    migrate_pfn(folio_pfn(slot->folio));
	bool write;

	write = pte_present(slot->pte) ? pte_write(slot->pte) :
		softleaf_is_device_private_write(softleaf_from_pte(slot->pte));
	if (write) {
		src |= MIGRATE_PFN_WRITE;
		kind = MMK_PTE_MIGRATION_WRITE;
	} else if (slot->exclusive) {
		kind = MMK_PTE_MIGRATION_READ_EXCLUSIVE;
	}
	complain(mix, "setup", i, "src", mix->m->src[i], src);
	complain(mix, "setup", i, "pte kind",
		 mmk_pte_kind(mix->mm, slot->addr), kind);
	if (mix->m->src[i] != src)
		return;
	complain(mix, "setup", i, "page",
		 (unsigned long)mmk_pte_page(mix->mm, slot->addr),
		 (unsigned long)folio_page(slot->folio, 0));
	complain(mix, "setup", i, "mapcount", folio_mapcount(slot->folio), 0);
	/* References of the isolation, and of the swap cache */
	complain(mix, "setup", i, "refcount", folio_ref_count(slot->folio),
		 slot->kind == KIND_SWAPCACHE ? 2 : 1);
	complain(mix, "setup", i, "lru", folio_test_lru(slot->folio), false);
	complain(mix, "setup", i, "locked", folio_test_locked(slot->folio),
		 true);
}

static void check_untouched(struct mix *mix, const char *when, unsigned int i)
{
	struct slot *slot = &mix->slot[i];

	complain(mix, when, i, "pte as before",
		 mmk_pte_same(mmk_pte(mix->mm, slot->addr), slot->pte), true);
	if (!slot->folio)
		return;
	complain(mix, when, i, "refcount", folio_ref_count(slot->folio),
		 slot->refcount);
	complain(mix, when, i, "mapcount", folio_mapcount(slot->folio),
		 slot->mapcount);
	complain(mix, when, i, "exclusive",
		 PageAnonExclusive(folio_page(slot->folio, 0)),
		 slot->exclusive);
	complain(mix, when, i, "lru", folio_test_lru(slot->folio), slot->lru);
	complain(mix, when, i, "locked", folio_test_locked(slot->folio),
		 slot->locked);
	complain(mix, when, i, "mlocked", folio_test_mlocked(slot->folio),
		 slot->mlocked);
}

static void one_run(struct mix *mix, unsigned long start)
{
	struct mmk_vma *m = mix->m;
	unsigned long cpages = 0;
	unsigned int i;

	for (i = 0; i < mix->nr; i++)
		make_slot(mix, &mix->slot[i]);
	for (i = 0; i < mix->nr; i++)
		note_slot(mix, &mix->slot[i]);

	memset(m->src, 0xa5, sizeof(m->src));
	memset(m->dst, 0xa5, sizeof(m->dst));
	m->args.start = start;
	m->args.end = start + mix->nr * PAGE_SIZE;
	complain(mix, "setup", 0, "return value", mmk_vma_setup(m), 0);
	for (i = 0; i < mix->nr; i++) {
		complain(mix, "setup", i, "dst", m->dst[i], 0);
		cpages += mix->slot[i].migrates;
		if (mix->slot[i].migrates && mix->slot[i].folio) {
			check_unmapped(mix, i);
		} else {
			complain(mix, "setup", i, "src", m->src[i],
				 mix->slot[i].migrates ? MIGRATE_PFN_MIGRATE :
							 0);
			lru_add_drain();
			check_untouched(mix, "setup", i);
		}
	}
	complain(mix, "setup", 0, "cpages", m->args.cpages, cpages);
	complain(mix, "setup", 0, "npages", m->args.npages, mix->nr);
	complain(mix, "setup", 0, "end", m->args.end,
		 start + mix->nr * PAGE_SIZE);

	mmk_vma_finalize(m);
	lru_add_drain();
	for (i = 0; i < mix->nr; i++)
		check_untouched(mix, "finalize", i);
	for (i = 0; i < mix->nr; i++)
		unmeddle(&mix->slot[i]);
	do_madvise(mix->mm, start, mix->nr * PAGE_SIZE, MADV_DONTNEED_LOCKED);
}

static struct mmk_dev *dev_of(struct kunit *test, enum memory_type type,
			      struct mmk_dev *owner)
{
	struct mmk_dev *dev = mmk_dev_alloc(test, type);

	if (owner)
		dev->pgmap.owner = owner->pgmap.owner;
	KUNIT_ASSERT_EQ(test, mmk_dev_map(dev), 0);
	return dev;
}

static unsigned int nr_runs(unsigned int nr_kinds, unsigned int nr)
{
	unsigned int runs = 1;

	while (nr--)
		runs *= nr_kinds;
	return runs;
}

/* The kinds of run number @run: its digits, in base @nr_kinds. */
static unsigned long set_run(struct mix *mix, unsigned int run,
			     unsigned int nr_kinds)
{
	unsigned long addr = mix->addr + run * mix->nr * PAGE_SIZE;
	unsigned int i;

	for (i = 0; i < mix->nr; i++) {
		mix->slot[i].kind = run % nr_kinds;
		mix->slot[i].addr = addr + i * PAGE_SIZE;
		run /= nr_kinds;
	}
	return addr;
}

static void all_runs(struct kunit *test, unsigned int nr_kinds, unsigned int nr,
		     unsigned long select, bool mlocked)
{
	struct mmk_dev *owner = dev_of(test, MEMORY_DEVICE_PRIVATE, NULL);
	struct mix mix = {
		.test		= test,
		.nr		= nr,
		.select		= select,
		.private	= owner,
		.private_other	= dev_of(test, MEMORY_DEVICE_PRIVATE, NULL),
		.coherent	= dev_of(test, MEMORY_DEVICE_COHERENT, owner),
		.coherent_other	= dev_of(test, MEMORY_DEVICE_COHERENT, NULL),
	};
	unsigned int run, i, runs = nr_runs(nr_kinds, nr);
	unsigned long start;

	mix.mm = mmk_mm_enter(test);
	mmk_swap_on_slow(test);
	mix.addr = mmk_map_anon(test, runs * nr);
	if (mlocked)
		KUNIT_ASSERT_EQ(test, sys_mlock2(mix.addr,
						 runs * nr * PAGE_SIZE,
						 MLOCK_ONFAULT), 0L);
	for (run = 0; run < runs; run++) {
		set_run(&mix, run, nr_kinds);
		for (i = 0; i < nr; i++)
			if (before_fork(mix.slot[i].kind))
				touch(&mix, mix.slot[i].addr);
	}
	mix.child = mmk_fork(test);
	mix.m = mmk_vma_alloc(test, mix.mm, mix.addr, nr, select,
			      owner->pgmap.owner);

	for (run = 0; run < runs; run++) {
		start = set_run(&mix, run, nr_kinds);
		one_run(&mix, start);
	}
	if (mix.complaints > MAX_COMPLAINTS)
		kunit_info(test, "%u more mispredictions",
			   mix.complaints - MAX_COMPLAINTS);
}

struct select_case {
	const char *description;
	unsigned long select;
};

static const struct select_case select_cases[] = {
	{ "nothing", 0 },
	{ "system", MIGRATE_VMA_SELECT_SYSTEM },
	{ "private", MIGRATE_VMA_SELECT_DEVICE_PRIVATE },
	{ "system, private", MIGRATE_VMA_SELECT_SYSTEM |
	  MIGRATE_VMA_SELECT_DEVICE_PRIVATE },
	{ "coherent", MIGRATE_VMA_SELECT_DEVICE_COHERENT },
	{ "system, coherent", MIGRATE_VMA_SELECT_SYSTEM |
	  MIGRATE_VMA_SELECT_DEVICE_COHERENT },
	{ "private, coherent", MIGRATE_VMA_SELECT_DEVICE_PRIVATE |
	  MIGRATE_VMA_SELECT_DEVICE_COHERENT },
	{ "all", MIGRATE_VMA_SELECT_SYSTEM |
	  MIGRATE_VMA_SELECT_DEVICE_PRIVATE |
	  MIGRATE_VMA_SELECT_DEVICE_COHERENT },
};

KUNIT_ARRAY_PARAM_DESC(select, select_cases, description);

/**
 * every_pair_of_pages_is_collected() - Each kind of page beside each
 *
 * Each pair of kinds of pages, next to each other in a range, for each set of
 * MIGRATE_VMA_SELECT_* flags. Sources, cpages, ptes, references, locks and the
 * LRU are as documented, and after a finalize without destinations all is as
 * before.
 *
 * Contract: MV-5, MV-10, MV-2, MV-4, MV-8
 */
static void every_pair_of_pages_is_collected(struct kunit *test)
{
	const struct select_case *param = test->param_value;

	all_runs(test, NR_KINDS, 2, param->select, false);
}

/**
 * every_four_pages_are_collected() - All sequences of the most common kinds
 *
 * As every_pair_of_pages_is_collected(), for every sequence of four pages of
 * the kinds that migrate, are refused or skipped, or are holes.
 *
 * Contract: MV-5
 */
static void every_four_pages_are_collected(struct kunit *test)
{
	all_runs(test, NR_CORE_KINDS, 4, MIGRATE_VMA_SELECT_SYSTEM |
		 MIGRATE_VMA_SELECT_DEVICE_PRIVATE, false);
}

/**
 * mlocked_pages_are_collected() - Pages of a VM_LOCKED VMA
 *
 * As every_pair_of_pages_is_collected(), for the most common kinds in a
 * VM_LOCKED VMA. These pages migrate as others do, and are mlocked again
 * afterwards.
 *
 * Contract: MV-5, MV-8
 */
static void mlocked_pages_are_collected(struct kunit *test)
{
	all_runs(test, NR_CORE_KINDS, 2, MIGRATE_VMA_SELECT_SYSTEM |
		 MIGRATE_VMA_SELECT_DEVICE_PRIVATE, true);
}

static struct kunit_case migrate_vma_mix_cases[] = {
	KUNIT_CASE_PARAM(every_pair_of_pages_is_collected, select_gen_params),
	KUNIT_CASE(every_four_pages_are_collected),
	KUNIT_CASE(mlocked_pages_are_collected),
	{}
};

static struct kunit_suite migrate_vma_mix_suite = {
	.name = "migrate_vma_mix",
	.init = mmk_case_init,
	.test_cases = migrate_vma_mix_cases,
};

kunit_test_suite(migrate_vma_mix_suite);
