// SPDX-License-Identifier: GPL-2.0
/*
 * Puts entries side by side, lets a walker walk over them, and compares what there
 * is with what the table says. What differs is told in one line.
 */
#include <kunit/test.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rmap.h>
#include <linux/seq_buf.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../compat/huge.h"
#include "../compat/leaf.h"
#include "../compat/mm.h"
#include "../compat/swap.h"
#include "../lib/huge.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/swap.h"
#include "../lib/task.h"
#include "../lib/wait.h"
#include "walk.h"

/*
 * It would come with the first reader, and count as leaked: this one stays until
 * the kernel ends, as it does on any machine whose THP are always on.
 */
static int __init ew_prepare(void)
{
	mmk_huge_zero_get();
	return 0;
}
late_initcall(ew_prepare);

/* Entries that this kernel can have, one after the other */
const void *ew_next_entry(const void *prev, char *desc)
{
	const struct ew_kind *how = prev ? (const struct ew_kind *)prev + 1 :
					   ew_kinds;

	for (; how < ew_kinds + EW_NR_ENTRIES; how++) {
		if (!how->make)
			continue;
		strscpy(desc, ew_entry_names[how - ew_kinds],
			KUNIT_PARAM_DESC_SIZE);
		return how;
	}
	return NULL;
}

/*
 * Up to 6.14, guard markers are for anonymous memory. PAGEMAP_SCAN learnt of them
 * with the others.
 */
static bool can_be(const struct ew_ops *ops, enum ew_entry entry)
{
	return ew_kinds[entry].make &&
	       !(ops->file && entry == EW_GUARD && !PAGE_IS_GUARD);
}

/* The walker has told the same of all. */
void ew_say(struct ew_walk *w, long ret)
{
	struct ew_site *s;

	ew_for_each_site(s, w)
		s->says = !ret ? EW_OK : ret == -EFAULT ? EW_EFAULT :
			  ret == -EHWPOISON ? EW_EHWPOISON :
			  ret == -EEXIST ? EW_EEXIST : EW_FAILS;
}

void ew_need_proc(struct ew_walk *w)
{
	w->proc = mmk_proc_alloc(w->test);
}

/**
 * struct walk_task - A walker that may have to wait for a page
 * @task: the task that walks
 * @w: the walk
 */
struct walk_task {
	struct mmk_task task;
	struct ew_walk *w;
};

static void walk_main(struct mmk_task *task)
{
	struct walk_task *walk = container_of(task, struct walk_task, task);

	walk->w->ops->run(walk->w);
}

static void run_in_task(struct ew_walk *w)
{
	struct walk_task *walk = mmk_task_alloc(w->test, sizeof(*walk), w->mm,
						walk_main);
	bool waits = false, may = false, asleep;
	struct ew_site *s;

	ew_for_each_site(s, w) {
		waits |= s->cell->waits;
		may |= s->hold && s->cell->outcome == EW_ANYTHING;
	}
	walk->w = w;
	mmk_task_start(&walk->task);
	asleep = mmk_task_waits(&walk->task);
	if (asleep)
		ew_expect_waits(w);
	if (asleep != waits && !may)
		ew_fail(w, w->site, "",
			waits ? "it waits for the end of the migration" :
				"it does not wait",
			waits ? "it does not" : "it does");
	ew_for_each_site(s, w)
		if (asleep || waits)
			ew_end_migration(w, s);
	KUNIT_ASSERT_TRUE_MSG(w->test, mmk_task_join(&walk->task),
			      "%s, %s: does not come back",
			      ew_entry_names[w->site->entry],
			      ew_rows[w->walker].name);
}

/* Some outcomes need a folio on which only the mm has references. */
static bool may_hold_folio(const struct ew_site *s)
{
	switch (s->cell->outcome) {
	case EW_PAGE:
	case EW_WRITABLE_PAGE:
	case EW_OUT:
	case EW_CLEAN:
	case EW_COLLAPSED:
	case EW_ANYTHING:
		return false;
	default:
		return s->folio && (s->how->refs || s->hold);
	}
}

static bool any_site(struct ew_walk *w, bool (*is)(const struct ew_site *s))
{
	struct ew_site *s;
	bool any = false;

	ew_for_each_site(s, w)
		any |= is(s);
	return any;
}

static bool is_huge(const struct ew_site *s)
{
	return s->how->huge;
}

static bool is_device(const struct ew_site *s)
{
	return s->how->device && !s->how->huge;
}

static __maybe_unused bool is_huge_device(const struct ew_site *s)
{
	return s->how->device && s->how->huge;
}

static bool is_swap(const struct ew_site *s)
{
	return s->how->swap;
}

static bool is_cached(const struct ew_site *s)
{
	return s->entry == EW_SWAP_CACHED;
}

/* Addresses: the entries next to each other, and room to move them to */
static void place(struct ew_walk *w)
{
	struct file *file = NULL;
	unsigned long base, at;
	struct ew_site *s;

	base = mmk_mmap(w->test, NULL, 12 * PMD_SIZE, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS);
	base = ALIGN(base, PMD_SIZE) + PMD_SIZE;
	if (w->batch) {
		ew_place_batch(w, base);
		return;
	}
	/* Entries in ptes share a table; a huge one begins where a pmd does. */
	at = base + 3 * PAGE_SIZE;
	if (w->site[0].how->huge || w->ops->table)
		at = base;
	else if (w->site[w->nr - 1].how->huge)
		at = base + PMD_SIZE - PAGE_SIZE;
	w->start = at;
	ew_for_each_site(s, w) {
		s->addr = at;
		s->to = at;
		at += s->nr * PAGE_SIZE;
	}
	w->len = at - w->start;
	w->end = at;
	if (w->ops->table)
		w->end = ALIGN(w->end, PMD_SIZE);
	else if (w->ops->room)
		w->end += w->site[w->nr - 1].how->huge ? PMD_SIZE : PAGE_SIZE;
	w->near = w->start + (any_site(w, is_huge) ? 3 * PMD_SIZE :
						     PMD_SIZE / 2);
	w->far = w->start + 6 * PMD_SIZE;
	if (w->ops->file)
		file = mmk_shmem_file(w->test, (w->end - w->start) / PAGE_SIZE);
	KUNIT_ASSERT_EQ(w->test, w->start,
			vm_mmap(file, w->start, w->end - w->start,
				PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_FIXED |
				(file ? 0 : MAP_ANONYMOUS), 0));
}

/* An mm with nothing but the mapping, and what it takes to make the entries */
static void set_up(struct ew_walk *w)
{
	if (w->ops->file && any_site(w, is_huge))
		kunit_skip(w->test, "no page of such a mapping is huge");
	if (any_site(w, is_device))
		w->dev = mmk_dev_create(w->test, MEMORY_DEVICE_PRIVATE);
#ifdef EW_HAVE_HDEV
	if (any_site(w, is_huge_device))
		w->hdev = hdev_create(w->test);
#endif
	w->mm = mmk_mm_enter(w->test);
	if (any_site(w, is_cached))
		w->area = mmk_swap_on_slow(w->test);
	else if (any_site(w, is_swap) || w->ops->swap)
		w->area = mmk_swap_on(w->test);
	place(w);
	w->mem = mmk_map_anon(w->test, EW_MEM_PAGES);
	KUNIT_ASSERT_EQ(w->test, 0UL, clear_user((void __user *)w->mem,
						 EW_MEM_PAGES * PAGE_SIZE));
	if (any_site(w, is_huge))
		KUNIT_ASSERT_EQ(w->test, 0, do_madvise(w->mm, w->start,
						       w->end - w->start,
						       MADV_HUGEPAGE));
	if (w->ops->early)
		w->ops->early(w);
	mmk_mm_snapshot(w->mm, &w->base);
}

static void make_each(struct ew_walk *w)
{
	bool shared = false;
	struct ew_site *s;

	/* What a child has had is not exclusive any more: of these, and no others. */
	ew_for_each_site(s, w)
		if (s->how->after_fork) {
			s->how->make(w, s);
			shared = true;
		}
	if (shared)
		mmk_mm_put(w->test, mmk_fork(w->test));
	ew_for_each_site(s, w)
		if (s->how->after_fork)
			s->how->after_fork(w, s);
		else
			s->how->make(w, s);
}

static void make_entries(struct ew_walk *w)
{
	struct ew_site *s;

	if (w->batch)
		ew_make_batch(w);
	else
		make_each(w);
	if (w->ops->prepare)
		w->ops->prepare(w);
	lru_add_drain();
	ew_for_each_site(s, w) {
		if (w->batch || !may_hold_folio(s))
			continue;
		mmk_folio_get(w->test, s->folio);
		s->counted = true;
	}
	ew_note(w);
}

/* The whole of it, over the entries that @w has */
static void walk(struct ew_walk *w)
{
	struct ew_site *s;

	ew_for_each_site(s, w) {
		s->how = &ew_kinds[s->entry];
		s->nr = s->how->huge ? MMK_HUGE_PAGES : 1;
		s->cell = ew_cell(w->walker, s->entry);
		s->says = EW_MIXED;
		KUNIT_ASSERT_NOT_NULL_MSG(w->test, s->cell, "%s, %s: no cell",
					  ew_entry_names[s->entry],
					  ew_rows[w->walker].name);
	}
	if (w->batch)
		ew_plan_batch(w);
	set_up(w);
	make_entries(w);
	if (w->ops->task)
		run_in_task(w);
	else
		w->ops->run(w);
	ew_expect(w);
	if (w->batch)
		ew_expect_batch(w);
	ew_expect_bytes(w);
	if (w->proc)
		mmk_proc_end(w->test, w->proc);
}

static struct ew_walk *walk_alloc(struct kunit *test, enum ew_walker walker,
				  const struct ew_ops *ops, unsigned int max)
{
	struct ew_walk *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, w);
	w->site = kunit_kcalloc(test, max, sizeof(*w->site), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, w->site);
	w->test = test;
	w->walker = walker;
	w->ops = ops;
	return w;
}

/**
 * ew_run() - Try one cell
 * @test: the case; its parameter is a &struct ew_kind of ew_next_entry()
 * @walker: the row
 * @ops: how that walks
 */
void ew_run(struct kunit *test, enum ew_walker walker,
	    const struct ew_ops *ops)
{
	struct ew_walk *w = walk_alloc(test, walker, ops, 1);

	w->nr = 1;
	w->site->entry = (const struct ew_kind *)test->param_value - ew_kinds;
	if (!can_be(ops, w->site->entry))
		kunit_skip(test, "this kernel has no guard marker in files");
	walk(w);
}

/* Whether a walk over several entries goes on behind this one */
static bool may_be_neighbour(enum ew_walker walker, const struct ew_ops *ops,
			     enum ew_entry entry)
{
	const struct ew_cells *cell = ew_cell(walker, entry);

	if (!can_be(ops, entry) || cell->waits ||
	    cell->outcome == EW_ANYTHING)
		return false;
	/* All of a page table becomes one page, or nothing does. */
	if ((walker == EW_MADV_COLLAPSE || walker == EW_KHUGEPAGED) &&
	    cell->outcome != EW_COLLAPSED)
		return false;
	return cell->says < EW_EFAULT || cell->says == EW_ANYWAY;
}

/**
 * ew_run_chain() - Try each ordered pair of entries in ptes side by side, in one walk
 * @test: the case
 * @walker: the row
 * @ops: how that walks
 *
 * A circle through all pairs, which goes to each entry from each other, and from
 * itself, once: as long as there are pairs.
 */
void ew_run_chain(struct kunit *test, enum ew_walker walker,
		  const struct ew_ops *ops)
{
	struct ew_walk *w = walk_alloc(test, walker, ops,
				       EW_NR_ENTRIES * EW_NR_ENTRIES + 1);
	enum ew_entry all[EW_NR_ENTRIES];
	unsigned int nr = 0, i, j;

	for (i = 0; i < EW_NR_ENTRIES; i++)
		if (!ew_kinds[i].huge && may_be_neighbour(walker, ops, i))
			all[nr++] = i;
	KUNIT_ASSERT_GE(test, nr, 2U);
	for (i = 0; i < nr; i++) {
		/* From this entry to itself, then to each later one and back */
		w->site[w->nr++].entry = all[i];
		for (j = i + 1; j < nr; j++) {
			w->site[w->nr++].entry = all[i];
			w->site[w->nr++].entry = all[j];
		}
	}
	w->site[w->nr++].entry = all[0];
	walk(w);
}

/* What a parameter points into: its place there says which two entries it is. */
static const char pairs[EW_NR_ENTRIES * EW_NR_ENTRIES];

/* Pairs of which one is huge, at least, and that this kernel can have */
const void *ew_next_pair(const void *prev, char *desc)
{
	const char *next = prev ? (const char *)prev + 1 : pairs;
	enum ew_entry a, b;

	for (; next < pairs + sizeof(pairs); next++) {
		a = (next - pairs) / EW_NR_ENTRIES;
		b = (next - pairs) % EW_NR_ENTRIES;
		if (!ew_kinds[a].make || !ew_kinds[b].make ||
		    (!ew_kinds[a].huge && !ew_kinds[b].huge))
			continue;
		snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s | %s",
			 ew_entry_names[a], ew_entry_names[b]);
		return next;
	}
	return NULL;
}

/**
 * ew_run_pair() - Try two entries side by side
 * @test: the case; its parameter comes from ew_next_pair()
 * @walker: the row
 * @ops: how that walks
 */
void ew_run_pair(struct kunit *test, enum ew_walker walker,
		 const struct ew_ops *ops)
{
	struct ew_walk *w = walk_alloc(test, walker, ops, 2);
	unsigned int pair = (const char *)test->param_value - pairs;

	w->nr = 2;
	w->site[0].entry = pair / EW_NR_ENTRIES;
	w->site[1].entry = pair % EW_NR_ENTRIES;
	if (!may_be_neighbour(walker, ops, w->site[0].entry) ||
	    !may_be_neighbour(walker, ops, w->site[1].entry))
		kunit_skip(test, "one of them ends the walk, or its cell is undefined");
	walk(w);
}

/**
 * ew_run_batch() - Try pages of large folios that are mapped in different ways
 * @test: the case; its parameter comes from ew_next_batch()
 * @walker: the row
 * @ops: how that walks
 */
void ew_run_batch(struct kunit *test, enum ew_walker walker,
		  const struct ew_ops *ops)
{
	struct ew_walk *w = walk_alloc(test, walker, ops, EW_BATCH_PAGES);

	w->batch = test->param_value;
	w->nr = EW_BATCH_PAGES;
	walk(w);
}
