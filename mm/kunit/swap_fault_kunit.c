// SPDX-License-Identifier: GPL-2.0
/*
 * Faults on ptes that are neither none nor present, under the VMA lock and under
 * mmap_lock: what is served at once, what waits, and which lock is held after it.
 */
#include <linux/highmem.h>
#include <linux/memremap.h>
#include <linux/mmu_notifier.h>
#include <linux/percpu-refcount.h>
#include <linux/poison.h>
#include <linux/rmap.h>
#include <linux/sched/signal.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/uaccess.h>
#include <linux/vmstat.h>
#include <uapi/linux/wait.h>

#include "../internal.h"
#include "../swap.h"
#include "fixtures.h"

/* The RAM disk of the area that is not the one that most cases use. */
#define OTHER_AREA	1

/* Of the bytes in the page that goes out and comes back. */
#define SEED	0x5a

/* What the fault handlers of the architectures set for an access by a user. */
#define USER_READ	(FAULT_FLAG_DEFAULT | FAULT_FLAG_USER)

/**
 * struct area - The swap area of a case
 * @test: the case
 * @si: the area
 * @refs: references on it when the case began
 */
struct area {
	struct kunit *test;
	struct swap_info_struct *si;
	long refs;
};

static long area_refs(struct swap_info_struct *si)
{
	unsigned long ptr = si->users.percpu_count_ptr;
	unsigned long __percpu *count;
	long sum = 0;
	int cpu;

	if (ptr & __PERCPU_REF_ATOMIC_DEAD)
		return atomic_long_read(&si->users.data->count);
	count = (unsigned long __percpu *)ptr;
	for_each_possible_cpu(cpu)
		sum += *per_cpu_ptr(count, cpu);
	return sum;
}

/* A reference that is left behind would let swapoff wait for ever. */
static void area_check(void *data)
{
	struct area *area = data;
	long leaked;

	mmk_wait_for(!mmk_tasks_running());
	leaked = area_refs(area->si) - area->refs;
	KUNIT_EXPECT_EQ_MSG(area->test, leaked, 0L,
			    "references on the swap area leaked");
	for (; leaked > 0; leaked--)
		percpu_ref_put(&area->si->users);
	for (; leaked < 0; leaked++)
		percpu_ref_get(&area->si->users);
}

/*
 * The one swap area that there is, until the case ends. What is read from it
 * stays in the swap cache or not, see mmk_swap_on_slow().
 */
static struct mmk_swap *area_on(struct kunit *test, bool keep_cached)
{
	struct mmk_swap *swap = keep_cached ? mmk_swap_on_slow(test) :
					      mmk_swap_on(test);
	struct area *area = kunit_kzalloc(test, sizeof(*area), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, area);
	area->test = test;
	area->si = __swap_entry_to_info(swp_entry(0, 1));
	KUNIT_ASSERT_NOT_NULL(test, area->si);
	area->refs = area_refs(area->si);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, area_check, area),
			0);
	return swap;
}

static long slots_used(void)
{
	mmk_swap_slots_drain();
	return total_swap_pages - get_nr_swap_pages();
}

static unsigned long events(enum vm_event_item item)
{
	unsigned long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += per_cpu(vm_event_states, cpu).event[item];
	return sum;
}

static struct vm_area_struct *vma_at(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;

	mmap_read_lock(mm);
	vma = vma_lookup(mm, addr);
	mmap_read_unlock(mm);
	return vma;
}

/* Nobody else uses this mm, so the lock of its VMA is free between the acts. */
static long vma_lock_count(struct mm_struct *mm, unsigned long addr)
{
	return mmk_vma_lock_count(vma_at(mm, addr));
}

static void folio_release_lock(void *folio)
{
	folio_unlock(folio);
}

/* Locked until unlock_folio(), or until the case ends. */
static void lock_folio(struct kunit *test, struct folio *folio)
{
	folio_lock(folio);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, folio_release_lock,
							folio), 0);
}

static void unlock_folio(struct kunit *test, struct folio *folio)
{
	kunit_release_action(test, folio_release_lock, folio);
}

/**
 * struct swapped - One page of user memory that has been swapped out
 * @mm: its address space
 * @addr: its address
 * @entry: its swap entry
 * @folio: its folio in the swap cache, on which the case has a reference; or NULL
 * @idle: the count of its VMA's lock when nobody holds it
 * @mmap_idle: the same of mmap_lock
 */
struct swapped {
	struct mm_struct *mm;
	unsigned long addr;
	softleaf_t entry;
	struct folio *folio;
	long idle;
	long mmap_idle;
};

/* Or a page that is not read at all may hold the right bytes by chance. */
static void scrub_free_pages(void)
{
	struct page *pages[32];
	int nr;

	for (nr = 0; nr < ARRAY_SIZE(pages); nr++) {
		pages[nr] = alloc_page(GFP_HIGHUSER_MOVABLE);
		if (!pages[nr])
			break;
		memset_page(pages[nr], 0, POISON_INUSE, PAGE_SIZE);
	}
	while (nr--)
		__free_page(pages[nr]);
}

static void swap_out_filled(struct kunit *test, struct swapped *s,
			    bool keep_cached)
{
	struct folio *folio;

	folio = mmk_pte_folio(test, s->mm, s->addr);
	if (keep_cached)
		mmk_folio_get(test, folio);
	KUNIT_ASSERT_EQ(test, mmk_pageout(s->addr, PAGE_SIZE), 0);
	KUNIT_ASSERT_EQ(test, (int)mmk_pte_kind(s->mm, s->addr),
			(int)MMK_PTE_SWAP);
	s->entry = softleaf_from_pte(mmk_pte(s->mm, s->addr));
	s->folio = keep_cached ? folio : NULL;
	if (keep_cached)
		KUNIT_ASSERT_TRUE(test, folio_test_swapcache(folio));
	else
		scrub_free_pages();
	KUNIT_ASSERT_EQ(test, slots_used(), 1L);
	s->idle = vma_lock_count(s->mm, s->addr);
	s->mmap_idle = mmk_mmap_lock_count(s->mm);
}

static void swap_out(struct kunit *test, struct swapped *s, bool keep_cached)
{
	mmk_fill(test, s->addr, 1, SEED);
	swap_out_filled(test, s, keep_cached);
}

/* A new mm, a swap area, and one page that has gone there. */
static void swapped_init(struct kunit *test, struct swapped *s,
			 bool keep_cached)
{
	s->mm = mmk_mm_enter(test);
	area_on(test, keep_cached);
	s->addr = mmk_map_anon(test, 1);
	swap_out(test, s, keep_cached);
}

static void expect_locks_idle(struct kunit *test, const struct swapped *s)
{
	KUNIT_EXPECT_EQ_MSG(test, vma_lock_count(s->mm, s->addr), s->idle,
			    "the VMA lock is not back where it was");
	KUNIT_EXPECT_EQ_MSG(test, mmk_mmap_lock_count(s->mm), s->mmap_idle,
			    "mmap_lock is not back where it was");
}

static void expect_still_swapped(struct kunit *test, const struct swapped *s)
{
	MMK_EXPECT_PTE(test, s->mm, s->addr, SWAP);
	KUNIT_EXPECT_EQ(test, softleaf_from_pte(mmk_pte(s->mm, s->addr)).val,
			s->entry.val);
}

/**
 * struct served_case - A swap entry that a fault can serve at once
 * @description: what makes it special
 * @cached: its folio is in the swap cache
 * @other_ref: somebody else holds a reference on that
 * @forked: a child has the entry as well
 * @child_gone: it had, and has exited
 * @prot_read: the VMA is read-only by now
 * @mlocked: the VMA is VM_LOCKED
 * @write: the fault is a write
 * @major: the page has to be read from the area
 * @exclusive: the page ends up exclusive to this mm
 * @may_write: the pte ends up writable
 * @swapcache: the page stays in the swap cache
 * @copied: the fault ends with a copy, which is never in the swap cache
 * @reused: it takes do_wp_page() to find out that no copy is needed
 */
struct served_case {
	const char *description;
	bool cached;
	bool other_ref;
	bool forked;
	bool child_gone;
	bool prot_read;
	bool mlocked;
	bool write;
	bool major;
	bool exclusive;
	bool may_write;
	bool swapcache;
	bool copied;
	bool reused;
};

static const struct served_case served_cases[] = {
	{
		.description	= "read, not in the cache",
		.major = true, .exclusive = true, .may_write = true,
	}, {
		.description	= "write, not in the cache",
		.write = true,
		.major = true, .exclusive = true, .may_write = true,
	}, {
		.description	= "read, not in the cache, read-only VMA",
		.prot_read = true,
		.major = true, .exclusive = true,
	}, {
		.description	= "read, not in the cache, child gone",
		.forked = true, .child_gone = true, .major = true,
		.exclusive = MMK_SWAPIN_PAST_CACHE,
		.may_write = MMK_SWAPIN_PAST_CACHE,
	}, {
		.description	= "read, in the cache",
		.cached = true,
		.exclusive = true, .may_write = true, .swapcache = true,
	}, {
		.description	= "read, in the cache, read-only VMA",
		.cached = true, .prot_read = true,
		.exclusive = true, .swapcache = true,
	}, {
		.description	= "read, in the cache, mlocked VMA",
		.cached = true, .mlocked = true,
		.exclusive = true, .may_write = true,
	}, {
		.description	= "read, in the cache, other reference",
		.cached = true, .other_ref = true,
		.exclusive = true, .may_write = true, .swapcache = true,
	}, {
		.description	= "write, in the cache",
		.cached = true, .write = true,
		.exclusive = true, .may_write = true,
	}, {
		.description	= "write, in the cache, other reference",
		.cached = true, .other_ref = true, .write = true,
		.exclusive = true, .may_write = true,
		.swapcache = MMK_SWAPIN_MINDS_REFS,
	}, {
		.description	= "read, shared, not in the cache",
		.forked = true,
		.major = true, .swapcache = true,
	}, {
		.description	= "write, shared, not in the cache",
		.forked = true, .write = true,
		.major = true, .exclusive = true, .may_write = true,
		.copied = true,
	}, {
		.description	= "read, shared, in the cache",
		.forked = true, .cached = true,
		.swapcache = true,
	}, {
		.description	= "write, shared, in the cache",
		.forked = true, .cached = true, .write = true,
		.exclusive = true, .may_write = true, .copied = true,
	}, {
		.description	= "read, once shared, in the cache",
		.forked = true, .child_gone = true, .cached = true,
		.swapcache = true,
	}, {
		.description	= "write, once shared, in the cache",
		.forked = true, .child_gone = true, .cached = true, .write = true,
		.exclusive = true, .may_write = true,
		.reused = !MMK_SWAPIN_PAST_CACHE,
	}, {
		.description	= "write, once shared, in the cache, other reference",
		.forked = true, .child_gone = true, .cached = true,
		.other_ref = true, .write = true,
		.exclusive = true, .may_write = true, .copied = true,
	},
};

KUNIT_ARRAY_PARAM_DESC(served, served_cases, description);

/**
 * struct served - A served_case in the making
 * @s: the page
 * @c: the row
 * @child: the mm of the child, or NULL
 * @rss: the counters of the mm before the fault
 * @majors: PGMAJFAULT before the fault
 * @faults: PGFAULT before the fault
 * @refaults: WORKINGSET_REFAULT_ANON before the fault
 * @reuses: PGREUSE before the fault
 */
struct served {
	struct swapped s;
	const struct served_case *c;
	struct mm_struct *child;
	struct mmk_mm_state rss;
	unsigned long majors;
	unsigned long faults;
	unsigned long refaults;
	unsigned long reuses;
};

/*
 * UML takes the pte that do_swap_page() has just set for another one in the copy
 * that follows (its pte_same() minds _PAGE_NEWPROT), and leaves the copy to a
 * second fault. Elsewhere that is one fault too many, and does nothing.
 */
static void served_copy(struct kunit *test, const struct served *served)
{
	if (served->c->copied)
		KUNIT_EXPECT_EQ(test, mmk_fault_in(served->s.mm, served->s.addr,
						   true), 0);
}

static unsigned int served_flags(const struct served *served)
{
	return USER_READ | (served->c->write ? FAULT_FLAG_WRITE : 0);
}

static void served_init(struct kunit *test, struct served *served)
{
	const struct served_case *c = test->param_value;
	struct swapped *s = &served->s;

	served->c = c;
	swapped_init(test, s, c->cached);
	if (c->forked)
		served->child = mmk_fork(test);
	if (c->child_gone) {
		mmk_mm_put(test, served->child);
		served->child = NULL;
	}
	if (c->cached && !c->other_ref)
		mmk_folio_put(test, s->folio);
	if (c->prot_read)
		KUNIT_ASSERT_EQ(test, 0L,
				sys_mprotect(s->addr, PAGE_SIZE, PROT_READ));
	if (c->mlocked)
		KUNIT_ASSERT_EQ(test, 0L,
				sys_mlock2(s->addr, PAGE_SIZE, MLOCK_ONFAULT));
	/* Split off from, or merged with, its neighbours by now. */
	s->idle = vma_lock_count(s->mm, s->addr);
	KUNIT_ASSERT_EQ(test, mmk_swap_count(s->entry), served->child ? 2 : 1);
	mmk_mm_snapshot(s->mm, &served->rss);
	served->majors = events(PGMAJFAULT);
	served->faults = events(PGFAULT);
	served->reuses = events(PGREUSE);
	served->refaults = mmk_node_page_state(WORKINGSET_REFAULT_ANON);
}

static void served_expect_pte(struct kunit *test, struct served *served)
{
	const struct served_case *c = served->c;
	pte_t pte = mmk_pte(served->s.mm, served->s.addr);

	MMK_EXPECT_PTE(test, served->s.mm, served->s.addr, PRESENT);
	KUNIT_EXPECT_EQ(test, !!pte_write(pte), c->may_write);
	KUNIT_EXPECT_EQ(test, !!pte_dirty(pte), c->write);
	KUNIT_EXPECT_TRUE(test, pte_young(pte));
}

static void served_expect_folio(struct kunit *test, struct served *served)
{
	const struct served_case *c = served->c;
	struct vm_area_struct *vma = vma_at(served->s.mm, served->s.addr);
	struct folio *folio = mmk_pte_folio(test, served->s.mm, served->s.addr);
	struct mmk_folio_state state;

	if (c->cached)
		KUNIT_EXPECT_EQ(test, folio == served->s.folio, !c->copied);
	mmk_folio_snapshot(folio, &state);
	KUNIT_EXPECT_EQ(test, state.refcount, 1 + c->swapcache +
			(c->other_ref && !c->copied));
	KUNIT_EXPECT_EQ(test, state.mapcount, 1);
	KUNIT_EXPECT_EQ(test, state.mapping,
			(unsigned long)vma->anon_vma + FOLIO_MAPPING_ANON);
	KUNIT_EXPECT_EQ(test, state.index,
			linear_page_index(vma, served->s.addr));
	KUNIT_EXPECT_EQ(test, state.anon_exclusive, c->exclusive);
	KUNIT_EXPECT_EQ(test, state.swapcache, c->swapcache);
	KUNIT_EXPECT_EQ(test, state.mlocked, c->mlocked);
	KUNIT_EXPECT_FALSE(test, state.locked);
	KUNIT_EXPECT_TRUE(test, state.lru);
	KUNIT_EXPECT_TRUE(test, state.uptodate);
	KUNIT_EXPECT_TRUE(test, state.swapbacked);
	if (!c->swapcache)
		KUNIT_EXPECT_PTR_EQ(test, folio_get_private(folio), NULL);
	KUNIT_EXPECT_TRUE(test, mmk_folio_holds(folio, SEED));
}

static void served_expect_counts(struct kunit *test, struct served *served)
{
	const struct served_case *c = served->c;
	struct mmk_mm_state *rss = &served->rss;

	/* Back from the area: anonymous memory again, and no slot of it. */
	rss->anon++;
	rss->swap--;
	mmk_expect_mm_same(test, "after the fault", served->s.mm, rss);
	KUNIT_EXPECT_EQ(test, mmk_swap_count(served->s.entry),
			served->child ? 1 : 0);
	/* A slot that neither a pte nor the cache needs is free. */
	KUNIT_EXPECT_EQ(test, slots_used(),
			(long)(c->swapcache || served->child));
	KUNIT_EXPECT_EQ(test, events(PGMAJFAULT) - served->majors,
			(unsigned long)c->major);
	/* What is mapped writable needs no second thought about the write. */
	KUNIT_EXPECT_EQ(test, events(PGREUSE) - served->reuses,
			(unsigned long)c->reused);
	/* Reclaim has left a shadow of what has to be read again. */
	KUNIT_EXPECT_EQ(test, mmk_node_page_state(WORKINGSET_REFAULT_ANON) -
			served->refaults, (unsigned long)c->major);
}

static void served_expect(struct kunit *test, struct served *served,
			  struct mmk_fault *fault)
{
	const struct served_case *c = served->c;

	KUNIT_EXPECT_EQ(test, events(PGFAULT) - served->faults, 1UL);
	served_copy(test, served);
	KUNIT_ASSERT_FALSE(test, fault->no_vma);
	KUNIT_EXPECT_EQ(test, fault->ret, c->major ? VM_FAULT_MAJOR : 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, fault->task.task->maj_flt,
			(unsigned long)c->major);
	KUNIT_EXPECT_EQ(test, fault->task.task->min_flt,
			(unsigned long)!c->major);
	expect_locks_idle(test, &served->s);
	served_expect_pte(test, served);
	served_expect_folio(test, served);
	served_expect_counts(test, served);
	if (served->child) {
		MMK_EXPECT_PTE(test, served->child, served->s.addr, SWAP);
		KUNIT_EXPECT_TRUE(test, mmk_mm_holds(test, served->child,
						     served->s.addr, 1, SEED));
	}
}

/**
 * swap_entry_is_served_under_vma_lock() - Nothing to wait for: no mmap_lock
 * @test: the running case
 *
 * A fault on a swap entry whose folio nobody has locked, whether it is in the
 * swap cache or has to be read, is served under the VMA lock: no VM_FAULT_RETRY.
 * The case holds mmap_lock for writing all the while, so that nothing which asks
 * for it gets on. The pte, the folio, its slot and the counters are as they
 * should be after a swap-in, and the VMA lock is back where it was.
 *
 * Contract: SF-1, SF-10
 */
static void swap_entry_is_served_under_vma_lock(struct kunit *test)
{
	struct served served = {};
	struct mmk_fault *fault;
	bool done;

	served_init(test, &served);
	fault = mmk_fault_alloc(test, served.s.mm, served.s.addr,
				served_flags(&served), MMK_VMA_LOCK);

	mmap_write_lock(served.s.mm);
	mmk_task_start(&fault->task);
	done = mmk_task_join(&fault->task);
	mmap_write_unlock(served.s.mm);

	KUNIT_ASSERT_TRUE_MSG(test, done, "the fault waits for mmap_lock");
	served_expect(test, &served, fault);
}

/**
 * swap_entry_is_served_under_mmap_lock() - The same, under mmap_lock
 * @test: the running case
 *
 * The same page, in the same state, faulted in under mmap_lock for reading, ends
 * in the same state, and mmap_lock is still held.
 *
 * Contract: SF-9
 */
static void swap_entry_is_served_under_mmap_lock(struct kunit *test)
{
	struct served served = {};
	struct mmk_fault *fault;

	served_init(test, &served);
	fault = mmk_fault_start(test, served.s.mm, served.s.addr,
				served_flags(&served), MMK_MMAP_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	served_expect(test, &served, fault);
}

/**
 * struct writer - A task that wants to change a VMA
 * @task: the thread
 * @addr: where the VMA is
 */
struct writer {
	struct mmk_task task;
	unsigned long addr;
};

static void writer_main(struct mmk_task *task)
{
	struct writer *writer = container_of(task, struct writer, task);

	mmap_write_lock(task->mm);
	vma_start_write(vma_lookup(task->mm, writer->addr));
	mmap_write_unlock(task->mm);
}

static struct writer *writer_start(struct kunit *test, struct swapped *s)
{
	struct writer *writer = mmk_task_alloc(test, sizeof(*writer), s->mm,
					       writer_main);

	writer->addr = s->addr;
	mmk_task_start(&writer->task);
	return writer;
}

/**
 * locked_folio_is_waited_for_without_vma_lock() - Drop the lock, then sleep
 * @test: the running case
 *
 * The folio of a swap entry is in the swap cache, and locked by somebody else.
 * The fault drops the VMA lock before it sleeps: another task gets through
 * vma_start_write() meanwhile. It sleeps until the folio is unlocked, not
 * longer, and says VM_FAULT_RETRY without having locked the folio or touched the
 * pte. The retry, under the VMA lock again, is served.
 *
 * Contract: SF-2, SF-10
 */
static void locked_folio_is_waited_for_without_vma_lock(struct kunit *test)
{
	struct mmk_folio_state before;
	struct mmk_fault *fault;
	struct swapped s = {};

	swapped_init(test, &s, true);
	mmk_folio_snapshot(s.folio, &before);
	lock_folio(test, s.folio);

	fault = mmk_fault_start(test, s.mm, s.addr, USER_READ, MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "folio_wait_bit_common"));
	KUNIT_EXPECT_TRUE(test, mmk_task_waits_for(test, fault->task.task,
						   s.folio));
	expect_locks_idle(test, &s);
	KUNIT_EXPECT_TRUE_MSG(test,
			      mmk_task_join(&writer_start(test, &s)->task),
			      "vma_start_write() waits for the fault");
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.folio), before.refcount + 1);
	expect_still_swapped(test, &s);

	unlock_folio(test, s.folio);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_FALSE(test, fault->lock_held);
	/* Not accounted yet. */
	KUNIT_EXPECT_EQ(test, fault->task.task->min_flt +
			fault->task.task->maj_flt, 0UL);
	expect_locks_idle(test, &s);
	expect_still_swapped(test, &s);
	mmk_expect_folio_same(test, "after VM_FAULT_RETRY", s.folio, &before);

	fault = mmk_fault_start(test, s.mm, s.addr, USER_READ, MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, s.mm, s.addr), s.folio);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, s.addr, 1, SEED));
	expect_locks_idle(test, &s);
}

/* What a device saw when it was asked to migrate a page back. */
struct to_ram_seen {
	struct page *page;
	unsigned long addr;
	int refcount;
	bool locked;
	bool mmap_locked;
	vm_fault_t answer;
};

static vm_fault_t to_ram_note(struct mmk_dev *dev, struct vm_fault *vmf)
{
	struct to_ram_seen *seen = dev->data;

	seen->page = vmf->page;
	seen->addr = vmf->address;
	seen->refcount = page_ref_count(vmf->page);
	seen->locked = PageLocked(vmf->page);
	seen->mmap_locked = !(vmf->flags & FAULT_FLAG_VMA_LOCK) &&
			    rwsem_is_locked(&vmf->vma->vm_mm->mmap_lock);
	return seen->answer ?: mmk_dev_to_ram(dev, vmf);
}

/**
 * struct on_device - One page of user memory that is on a device
 * @s: where; its idle counts are set, nothing else
 * @dev: the device
 * @page: the page
 * @seen: what the device saw
 */
struct on_device {
	struct swapped s;
	struct mmk_dev *dev;
	struct page *page;
	struct to_ram_seen seen;
};

static void on_device_init(struct kunit *test, struct on_device *d)
{
	d->dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	d->dev->to_ram = to_ram_note;
	d->dev->data = &d->seen;
	d->s.mm = mmk_mm_enter(test);
	d->s.addr = mmk_map_anon(test, 1);
	mmk_fill(test, d->s.addr, 1, SEED);
	d->page = mmk_migrate_to_dev(test, d->s.mm, d->s.addr, d->dev);
	MMK_EXPECT_PTE(test, d->s.mm, d->s.addr, DEVICE_PRIVATE_WRITE);
	d->s.entry = softleaf_from_pte(mmk_pte(d->s.mm, d->s.addr));
	d->s.idle = vma_lock_count(d->s.mm, d->s.addr);
	d->s.mmap_idle = mmk_mmap_lock_count(d->s.mm);
}

/**
 * device_private_fault_falls_back_from_vma_lock() - migrate_to_ram is not ready
 * @test: the running case
 *
 * A fault on a device-private page under the VMA lock drops the lock and says
 * VM_FAULT_RETRY, so that it is taken again under mmap_lock. The driver is not
 * asked, and the pte and the page's references stay as they are.
 *
 * Contract: SF-6, SF-10
 */
static void device_private_fault_falls_back_from_vma_lock(struct kunit *test)
{
	struct mmk_folio_state before;
	struct mmk_fault *fault;
	struct on_device *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, d);
	on_device_init(test, d);
	mmk_folio_snapshot(page_folio(d->page), &before);
	KUNIT_EXPECT_EQ(test, before.refcount, 1);

	fault = mmk_fault_start(test, d->s.mm, d->s.addr, USER_READ,
				MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_ASSERT_FALSE(test, fault->no_vma);
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_FALSE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, atomic_read(&d->dev->nr_to_ram), 0);
	expect_locks_idle(test, &d->s);
	MMK_EXPECT_PTE(test, d->s.mm, d->s.addr, DEVICE_PRIVATE_WRITE);
	mmk_expect_folio_same(test, "after VM_FAULT_RETRY", page_folio(d->page),
			      &before);
}

/**
 * device_private_fault_is_served_under_mmap_lock() - migrate_to_ram is called
 * @test: the running case
 *
 * The same fault under mmap_lock calls migrate_to_ram once, for that page and
 * address, with a reference that keeps the page; mmap_lock is held all the while.
 * The page is back in system memory with the same bytes, and the device page is
 * free.
 *
 * Contract: SF-6, SF-9
 */
static void device_private_fault_is_served_under_mmap_lock(struct kunit *test)
{
	struct mmk_fault *fault;
	struct on_device *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, d);
	on_device_init(test, d);

	fault = mmk_fault_start(test, d->s.mm, d->s.addr, USER_READ,
				MMK_MMAP_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, atomic_read(&d->dev->nr_to_ram), 1);
	KUNIT_EXPECT_PTR_EQ(test, d->seen.page, d->page);
	KUNIT_EXPECT_EQ(test, d->seen.addr, d->s.addr);
	/* The pte's and the fault's. */
	KUNIT_EXPECT_EQ(test, d->seen.refcount, 2);
	KUNIT_EXPECT_EQ(test, d->seen.locked, MMK_TO_RAM_LOCKED);
	KUNIT_EXPECT_TRUE(test, d->seen.mmap_locked);
	expect_locks_idle(test, &d->s);
	MMK_EXPECT_PTE(test, d->s.mm, d->s.addr, PRESENT);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, d->s.addr, 1, SEED));
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(d->dev), 0U);
	KUNIT_EXPECT_EQ(test, page_ref_count(d->page), 0);
}

/* A page in the swap cache, with a reference of the case, and locked by it. */
static void locked_init(struct kunit *test, struct swapped *s,
			struct mmk_folio_state *unlocked)
{
	swapped_init(test, s, true);
	mmk_folio_snapshot(s->folio, unlocked);
	lock_folio(test, s->folio);
}

/*
 * The same, and the area holds what the folio does: reclaim does not write one
 * that somebody has a reference on, so that it has to be written before.
 */
static void locked_written_init(struct kunit *test, struct swapped *s,
				struct mmk_folio_state *unlocked)
{
	s->mm = mmk_mm_enter(test);
	area_on(test, true);
	s->addr = mmk_map_anon(test, 1);
	mmk_fill(test, s->addr, 1, SEED);
	KUNIT_ASSERT_EQ(test, mmk_pageout(s->addr, PAGE_SIZE), 0);
	scrub_free_pages();
	/* Comes from the area, and stays in the swap cache. */
	KUNIT_ASSERT_TRUE(test, mmk_holds(test, s->addr, 1, SEED));
	swap_out_filled(test, s, true);
	KUNIT_ASSERT_FALSE(test, folio_test_dirty(s->folio));
	mmk_folio_snapshot(s->folio, unlocked);
	lock_folio(test, s->folio);
}

/**
 * nowait_fault_returns_at_once() - FAULT_FLAG_RETRY_NOWAIT under mmap_lock
 * @test: the running case
 *
 * A fault that must not wait comes upon a locked folio. It returns
 * VM_FAULT_RETRY without having slept, and with mmap_lock still held. Once the
 * folio is unlocked, the same fault is served.
 *
 * Contract: SF-3, SF-9
 */
static void nowait_fault_returns_at_once(struct kunit *test)
{
	const unsigned int flags = FAULT_FLAG_USER | FAULT_FLAG_ALLOW_RETRY |
				   FAULT_FLAG_RETRY_NOWAIT;
	struct mmk_folio_state before;
	struct mmk_fault *fault;
	struct swapped s = {};

	locked_init(test, &s, &before);

	fault = mmk_fault_start(test, s.mm, s.addr, flags, MMK_MMAP_LOCK);
	KUNIT_ASSERT_TRUE_MSG(test, mmk_task_join(&fault->task),
			      "the fault waits for the folio");
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	KUNIT_EXPECT_TRUE(test, folio_test_locked(s.folio));
	expect_locks_idle(test, &s);
	expect_still_swapped(test, &s);
	unlock_folio(test, s.folio);
	mmk_expect_folio_same(test, "after VM_FAULT_RETRY", s.folio, &before);

	fault = mmk_fault_start(test, s.mm, s.addr, flags, MMK_MMAP_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, s.addr, 1, SEED));
}

/**
 * struct locker - A task that asks for a folio's lock as a fault does
 * @task: the thread
 * @addr: where the folio is mapped
 * @folio: the folio
 * @flags: FAULT_FLAG_*
 * @ret: what folio_lock_or_retry() returned
 * @lock_held: whether the VMA lock was still held then
 */
struct locker {
	struct mmk_task task;
	unsigned long addr;
	struct folio *folio;
	unsigned int flags;
	vm_fault_t ret;
	bool lock_held;
};

static void locker_main(struct mmk_task *task)
{
	struct locker *locker = container_of(task, struct locker, task);
	struct vm_fault vmf = {
		.vma	= mmk_lock_vma(task->mm, locker->addr),
		.flags	= locker->flags | FAULT_FLAG_VMA_LOCK,
	};
	struct mmk_held held;

	if (!vmf.vma)
		return;
	held = mmk_held_lock(task->mm, vmf.vma, vmf.flags);
	locker->ret = folio_lock_or_retry(locker->folio, &vmf);
	locker->lock_held = mmk_still_held(&held, vmf.flags, locker->ret);
	if (locker->lock_held)
		mmk_unlock_vma(vmf.vma);
}

/**
 * nowait_keeps_vma_lock() - FAULT_FLAG_RETRY_NOWAIT under the VMA lock
 * @test: the running case
 *
 * handle_mm_fault() does not take this combination, but folio_lock_or_retry()
 * says what becomes of it: VM_FAULT_RETRY at once, the folio not locked by the
 * caller, no reference taken or dropped, and the VMA lock still held.
 *
 * Contract: SF-3
 */
static void nowait_keeps_vma_lock(struct kunit *test)
{
	struct mmk_folio_state before;
	struct locker *locker;
	struct swapped s = {};

	locked_init(test, &s, &before);
	locker = mmk_task_alloc(test, sizeof(*locker), s.mm, locker_main);
	locker->addr = s.addr;
	locker->folio = s.folio;
	locker->flags = FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_RETRY_NOWAIT;

	mmk_task_start(&locker->task);
	KUNIT_ASSERT_TRUE_MSG(test, mmk_task_join(&locker->task),
			      "the fault waits for the folio");
	KUNIT_EXPECT_EQ(test, locker->ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_TRUE(test, locker->lock_held);
	expect_locks_idle(test, &s);
	unlock_folio(test, s.folio);
	mmk_expect_folio_same(test, "after VM_FAULT_RETRY", s.folio, &before);
}

/**
 * struct wait_case - A fault that waits for a locked folio
 * @description: how
 * @flags: FAULT_FLAG_*
 * @lock: which lock it comes under
 */
struct wait_case {
	const char *description;
	unsigned int flags;
	enum mmk_lock lock;
};

static const struct wait_case killable_cases[] = {
	{ "first try, VMA lock",
	  FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE, MMK_VMA_LOCK },
	{ "first try, mmap_lock",
	  FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE, MMK_MMAP_LOCK },
	{ "tried before, VMA lock",
	  FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_TRIED | FAULT_FLAG_KILLABLE,
	  MMK_VMA_LOCK },
	{ "tried before, mmap_lock",
	  FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_TRIED | FAULT_FLAG_KILLABLE,
	  MMK_MMAP_LOCK },
	{ "no retry allowed, VMA lock", FAULT_FLAG_KILLABLE, MMK_VMA_LOCK },
	{ "no retry allowed, mmap_lock", FAULT_FLAG_KILLABLE, MMK_MMAP_LOCK },
};

KUNIT_ARRAY_PARAM_DESC(killable, killable_cases, description);

static void process_fault(struct mmk_task *task)
{
	mmk_fault_run(container_of(task, struct mmk_fault, task));
}

/* A fault in a task that signals reach, not started yet. */
static struct mmk_fault *process_fault_alloc(struct kunit *test,
					     struct swapped *s)
{
	const struct wait_case *c = test->param_value;
	struct mmk_fault *fault;

	fault = mmk_process_alloc(test, sizeof(*fault), process_fault);
	fault->addr = s->addr;
	fault->flags = c->flags;
	fault->lock = c->lock;
	return fault;
}

/**
 * sigkill_ends_killable_wait() - FAULT_FLAG_KILLABLE and a fatal signal
 * @test: the running case
 *
 * A process whose fault waits for a locked folio is killed. It does not wait any
 * longer: VM_FAULT_RETRY, with the lock dropped, the folio not locked by it, the
 * reference of the look-up dropped, and nothing left in the wait queue.
 *
 * Contract: SF-4, SF-9, SF-10
 */
static void sigkill_ends_killable_wait(struct kunit *test)
{
	struct mmk_folio_state before;
	struct mmk_fault *fault;
	struct swapped s = {};

	locked_init(test, &s, &before);
	fault = process_fault_alloc(test, &s);
	mmk_process_start(&fault->task);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "folio_wait_bit_common"));
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.folio), before.refcount + 1);

	KUNIT_EXPECT_EQ(test, kill_pid(task_pid(fault->task.task), SIGKILL, 1),
			0);
	KUNIT_ASSERT_TRUE_MSG(test, mmk_task_join(&fault->task),
			      "the killed task still waits for the folio");
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_FALSE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, s.folio), 0);
	expect_locks_idle(test, &s);
	expect_still_swapped(test, &s);

	unlock_folio(test, s.folio);
	before.waiters = folio_test_waiters(s.folio);
	mmk_expect_folio_same(test, "after the signal", s.folio, &before);
}

static const struct wait_case unkillable_cases[] = {
	{ "first try, VMA lock", FAULT_FLAG_ALLOW_RETRY, MMK_VMA_LOCK },
	{ "first try, mmap_lock", FAULT_FLAG_ALLOW_RETRY, MMK_MMAP_LOCK },
	{ "no retry allowed, VMA lock", FAULT_FLAG_INTERRUPTIBLE, MMK_VMA_LOCK },
	{ "no retry allowed, mmap_lock", FAULT_FLAG_INTERRUPTIBLE,
	  MMK_MMAP_LOCK },
};

KUNIT_ARRAY_PARAM_DESC(unkillable, unkillable_cases, description);

/**
 * sigkill_does_not_end_other_waits() - No FAULT_FLAG_KILLABLE: wait on
 * @test: the running case
 *
 * Without FAULT_FLAG_KILLABLE the wait for the folio is not ended by SIGKILL, but
 * only by the unlock; the result is that of a task which nobody has killed.
 *
 * Contract: SF-4, SF-5
 */
static void sigkill_does_not_end_other_waits(struct kunit *test)
{
	const struct wait_case *c = test->param_value;
	bool retry = c->flags & FAULT_FLAG_ALLOW_RETRY;
	struct mmk_folio_state before;
	struct mmk_fault *fault;
	struct swapped s = {};

	locked_init(test, &s, &before);
	fault = process_fault_alloc(test, &s);
	mmk_process_start(&fault->task);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "folio_wait_bit_common"));

	KUNIT_EXPECT_EQ(test, kill_pid(task_pid(fault->task.task), SIGKILL, 1),
			0);
	KUNIT_EXPECT_EQ(test, READ_ONCE(fault->task.task->__state) &
			TASK_WAKEKILL, 0U);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "folio_wait_bit_common"));
	unlock_folio(test, s.folio);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, retry ? VM_FAULT_RETRY : 0);
	KUNIT_EXPECT_EQ(test, fault->lock_held, !retry);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(s.folio));
	expect_locks_idle(test, &s);
}

static const struct wait_case blocking_cases[] = {
	{ "not killable, VMA lock", FAULT_FLAG_USER, MMK_VMA_LOCK },
	{ "not killable, mmap_lock", FAULT_FLAG_USER, MMK_MMAP_LOCK },
	{ "killable, VMA lock", FAULT_FLAG_USER | FAULT_FLAG_KILLABLE,
	  MMK_VMA_LOCK },
	{ "killable, mmap_lock", FAULT_FLAG_USER | FAULT_FLAG_KILLABLE,
	  MMK_MMAP_LOCK },
	{ "tried before, VMA lock", USER_READ | FAULT_FLAG_TRIED, MMK_VMA_LOCK },
	{ "tried before, mmap_lock", USER_READ | FAULT_FLAG_TRIED,
	  MMK_MMAP_LOCK },
};

KUNIT_ARRAY_PARAM_DESC(blocking, blocking_cases, description);

/**
 * fault_that_may_not_retry_waits_with_lock() - Lock the folio, serve the fault
 * @test: the running case
 *
 * A fault that may not retry, or has done so once, sleeps with its lock held
 * until it has locked the folio itself, and is then served: 0, the lock still
 * held, the page mapped, the folio unlocked again.
 *
 * Contract: SF-5, SF-9, SF-10
 */
static void fault_that_may_not_retry_waits_with_lock(struct kunit *test)
{
	const struct wait_case *c = test->param_value;
	struct mmk_folio_state before;
	struct mmk_fault *fault;
	struct swapped s = {};

	locked_init(test, &s, &before);
	fault = mmk_fault_start(test, s.mm, s.addr, c->flags, c->lock);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "folio_wait_bit_common"));
	KUNIT_EXPECT_TRUE(test, mmk_task_waits_for(test, fault->task.task,
						   s.folio));
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.folio), before.refcount + 1);
	KUNIT_EXPECT_EQ(test, vma_lock_count(s.mm, s.addr) != s.idle,
			c->lock == MMK_VMA_LOCK);
	KUNIT_EXPECT_EQ(test, mmk_mmap_lock_count(s.mm) != s.mmap_idle,
			c->lock == MMK_MMAP_LOCK);
	expect_still_swapped(test, &s);

	unlock_folio(test, s.folio);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, fault->task.task->maj_flt,
			(unsigned long)!!(c->flags & FAULT_FLAG_TRIED));
	expect_locks_idle(test, &s);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(s.folio));
	MMK_EXPECT_PTE(test, s.mm, s.addr, PRESENT);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, s.mm, s.addr), s.folio);
	before.refcount++;
	before.mapcount++;
	before.anon_exclusive = true;
	mmk_expect_folio_same(test, "once served", s.folio, &before);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, s.addr, 1, SEED));
}

/**
 * swap_cache_lost_during_wait_is_noticed() - The folio is no longer this entry's
 * @test: the running case
 *
 * While a fault waits for the lock of a folio, its owner takes it out of the swap
 * cache, as swapoff and reclaim do. The fault maps nothing, leaves the pte as it
 * is, unlocks the folio and drops its reference; the next one reads the page
 * from the area.
 *
 * Contract: SF-5, SF-10
 */
static void swap_cache_lost_during_wait_is_noticed(struct kunit *test)
{
	struct mmk_folio_state before;
	struct mmk_mm_state rss;
	struct mmk_fault *fault;
	struct swapped s = {};

	locked_written_init(test, &s, &before);
	mmk_mm_snapshot(s.mm, &rss);
	fault = mmk_fault_start(test, s.mm, s.addr, FAULT_FLAG_USER,
				MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "folio_wait_bit_common"));

	swap_cache_del_folio(s.folio);
	unlock_folio(test, s.folio);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	expect_locks_idle(test, &s);
	expect_still_swapped(test, &s);
	mmk_expect_mm_same(test, "nothing mapped", s.mm, &rss);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(s.folio));
	/* The case's own; the cache has given up its. */
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.folio), 1);
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.folio), 0);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, s.addr, 1, SEED));
	KUNIT_EXPECT_PTR_NE(test, mmk_pte_folio(test, s.mm, s.addr), s.folio);
}

/**
 * swap_cache_of_other_entry_is_noticed() - The folio is another entry's by now
 * @test: the running case
 *
 * While a fault waits for the lock of a folio, the folio leaves the swap cache
 * and comes back to it with another slot. The fault maps nothing, and the page is
 * read from where the pte says.
 *
 * Contract: SF-5, SF-10
 */
static void swap_cache_of_other_entry_is_noticed(struct kunit *test)
{
	struct mmk_folio_state before;
	struct mmk_fault *fault;
	struct swapped s = {};
	bool added;

	locked_written_init(test, &s, &before);
	fault = mmk_fault_start(test, s.mm, s.addr, FAULT_FLAG_USER,
				MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "folio_wait_bit_common"));

	swap_cache_del_folio(s.folio);
	added = mmk_swap_cache_add(s.folio);
	KUNIT_EXPECT_TRUE(test, added);
	KUNIT_EXPECT_NE(test, s.folio->swap.val, s.entry.val);
	unlock_folio(test, s.folio);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	expect_locks_idle(test, &s);
	expect_still_swapped(test, &s);
	if (MMK_SWAPIN_REAPS_CACHE) {
		added = false;
		before.refcount--;
	}
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.folio), before.refcount);
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.folio), 0);
	KUNIT_EXPECT_EQ(test, folio_test_swapcache(s.folio), added);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, s.addr, 1, SEED));

	folio_lock(s.folio);
	KUNIT_EXPECT_TRUE(test, !added || folio_free_swap(s.folio));
	folio_unlock(s.folio);
}

/**
 * pte_lost_during_wait_is_noticed() - The pte is no longer this entry
 * @test: the running case
 *
 * While a fault waits for the lock of a folio with the VMA lock held, the range
 * is emptied by MADV_DONTNEED. The fault maps nothing and counts nothing.
 *
 * Contract: SF-5, SF-10
 */
static void pte_lost_during_wait_is_noticed(struct kunit *test)
{
	struct mmk_folio_state before;
	struct mmk_mm_state rss;
	struct mmk_fault *fault;
	struct swapped s = {};

	locked_init(test, &s, &before);
	mmk_mm_snapshot(s.mm, &rss);
	fault = mmk_fault_start(test, s.mm, s.addr, FAULT_FLAG_USER,
				MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "folio_wait_bit_common"));

	KUNIT_EXPECT_EQ(test, do_madvise(s.mm, s.addr, PAGE_SIZE,
					 MADV_DONTNEED), 0);
	KUNIT_EXPECT_EQ(test, rss.swap, 1L);
	rss.swap = 0;
	unlock_folio(test, s.folio);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	expect_locks_idle(test, &s);
	MMK_EXPECT_PTE(test, s.mm, s.addr, NONE);
	mmk_expect_mm_same(test, "nothing mapped", s.mm, &rss);
	/* No pte needs the slot any more. */
	if (MMK_SWAPIN_REAPS_CACHE) {
		before.refcount--;
		before.swapcache = false;
	}
	mmk_expect_folio_same(test, "nothing mapped", s.folio, &before);
}

/**
 * page_not_uptodate_is_sigbus() - The swap area could not be read
 * @test: the running case
 *
 * A folio in the swap cache that is not uptodate once it is unlocked has had a
 * read error: VM_FAULT_SIGBUS, with the lock held and nothing mapped.
 *
 * Contract: SF-8
 */
static void page_not_uptodate_is_sigbus(struct kunit *test)
{
	struct mmk_folio_state before;
	struct mmk_mm_state rss;
	struct mmk_fault *fault;
	struct swapped s = {};

	swapped_init(test, &s, true);
	folio_clear_uptodate(s.folio);
	mmk_folio_snapshot(s.folio, &before);
	mmk_mm_snapshot(s.mm, &rss);

	fault = mmk_fault_start(test, s.mm, s.addr, USER_READ, MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_SIGBUS);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	expect_locks_idle(test, &s);
	expect_still_swapped(test, &s);
	mmk_expect_folio_same(test, "not mapped", s.folio, &before);
	mmk_expect_mm_same(test, "not mapped", s.mm, &rss);
	/* Or swapoff could not bring it back either. */
	folio_mark_uptodate(s.folio);
}

/**
 * freed_vma_is_left_alone() - The VMA goes while its fault sleeps
 * @test: the running case
 *
 * A fault has dropped the VMA lock to wait for a folio. Meanwhile the VMA is
 * unmapped and freed, and its memory is used for something else: bytes that no
 * VMA can hold, so that whoever follows a pointer in them does not get far. The
 * fault does not look at it any more.
 *
 * Contract: SF-10
 */
static void freed_vma_is_left_alone(struct kunit *test)
{
	struct vm_area_struct *vma, *others[32];
	u8 saved[sizeof(*vma)];
	struct mmk_folio_state before;
	struct mmk_fault *fault;
	struct swapped s = {};
	int nr = 0;

	s.mm = mmk_mm_enter(test);
	area_on(test, true);
	/* Not to be merged with what there is already. */
	s.addr = mmk_mmap(test, NULL, PAGE_SIZE,
			  PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS);
	swap_out(test, &s, true);
	mmk_folio_snapshot(s.folio, &before);
	lock_folio(test, s.folio);
	vma = vma_at(s.mm, s.addr);
	fault = mmk_fault_start(test, s.mm, s.addr, USER_READ, MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "folio_wait_bit_common"));

	/* Or munmap() would wait for the fault, and the fault for the case. */
	KUNIT_ASSERT_EQ(test, mmk_vma_lock_count(vma), s.idle);
	KUNIT_EXPECT_EQ(test, vm_munmap(s.addr, PAGE_SIZE), 0);
	rcu_barrier();
	do {
		others[nr] = vm_area_alloc(s.mm);
	} while (others[nr] && others[nr] != vma &&
		 ++nr < ARRAY_SIZE(others));
	/* KASAN keeps freed memory to itself, and sees an access without us. */
	vma = nr < ARRAY_SIZE(others) ? others[nr] : NULL;
	if (vma) {
		memcpy(saved, vma, sizeof(saved));
		memset(vma, POISON_FREE, sizeof(*vma));
	}
	unlock_folio(test, s.folio);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	if (vma) {
		KUNIT_EXPECT_NULL(test, memchr_inv(vma, POISON_FREE,
						   sizeof(*vma)));
		memcpy(vma, saved, sizeof(saved));
		vm_area_free(vma);
	}
	while (nr--)
		vm_area_free(others[nr]);

	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_FALSE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, mmk_mmap_lock_count(s.mm), s.mmap_idle);
	mmk_expect_folio_same(test, "unmapped", s.folio, &before);
}

static const struct wait_case lock_cases[] = {
	{ "VMA lock", USER_READ, MMK_VMA_LOCK },
	{ "mmap_lock", USER_READ, MMK_MMAP_LOCK },
};

KUNIT_ARRAY_PARAM_DESC(lock, lock_cases, description);

/**
 * migration_entry_is_waited_for() - Wait, then be served by the new page
 * @test: the running case
 *
 * A fault comes upon a migration entry. It sleeps without a reference on the
 * folio until the migration is over, and returns 0 with its lock held; the access
 * is then served by the page that the migration has put there.
 *
 * Contract: SF-7, SF-9, SF-10
 */
static void migration_entry_is_waited_for(struct kunit *test)
{
	const struct wait_case *c = test->param_value;
	struct swapped s = { .mm = mmk_mm_enter(test) };
	struct mmk_fault *fault;
	struct folio *src, *dst;
	struct mmk_hold *hold;
	int refcount;

	s.addr = mmk_map_anon(test, 1);
	mmk_fill(test, s.addr, 1, SEED);
	s.idle = vma_lock_count(s.mm, s.addr);
	s.mmap_idle = mmk_mmap_lock_count(s.mm);
	src = mmk_pte_folio(test, s.mm, s.addr);
	hold = mmk_hold(test, src);
	try_to_migrate(src, 0);
	MMK_EXPECT_PTE(test, s.mm, s.addr, MIGRATION_WRITE);
	refcount = folio_ref_count(src);

	fault = mmk_fault_start(test, s.mm, s.addr, c->flags, c->lock);
	KUNIT_ASSERT_TRUE(test, mmk_task_waits(&fault->task));
	KUNIT_EXPECT_EQ(test, folio_ref_count(src), refcount);
	dst = mmk_hold_copy(test, hold);
	remove_migration_ptes(src, dst, 0);
	mmk_hold_finish(test, hold, true);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	expect_locks_idle(test, &s);

	fault = mmk_fault_start(test, s.mm, s.addr, c->flags, c->lock);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, s.mm, s.addr), dst);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, s.addr, 1, SEED));
	expect_locks_idle(test, &s);
}

/**
 * device_private_fault_says_what_the_driver_says() - migrate_to_ram fails
 * @test: the running case
 *
 * The driver cannot give the page back. Its answer is that of the fault; the page
 * stays where it is, and the reference of the fault is dropped.
 *
 * Contract: SF-6
 */
static void device_private_fault_says_what_the_driver_says(struct kunit *test)
{
	struct on_device *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);
	struct mmk_folio_state before;
	struct mmk_fault *fault;

	KUNIT_ASSERT_NOT_NULL(test, d);
	on_device_init(test, d);
	d->seen.answer = VM_FAULT_SIGBUS;
	mmk_folio_snapshot(page_folio(d->page), &before);

	fault = mmk_fault_start(test, d->s.mm, d->s.addr, USER_READ,
				MMK_MMAP_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_SIGBUS);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, atomic_read(&d->dev->nr_to_ram), 1);
	MMK_EXPECT_PTE(test, d->s.mm, d->s.addr, DEVICE_PRIVATE_WRITE);
	mmk_expect_folio_same(test, "not migrated", page_folio(d->page),
			      &before);
	/* One reference too many, and the next access would fault for ever. */
	KUNIT_ASSERT_EQ(test, page_ref_count(d->page), before.refcount);
	d->seen.answer = 0;
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, d->s.addr, 1, SEED));
}

/**
 * pinned_swap_slot_is_left_alone() - Another task is reading the same page
 * @test: the running case
 *
 * A page that is read past the swap cache has its slot pinned meanwhile. A fault
 * that comes upon the pin maps nothing, and gives back what it has allocated;
 * once the pin is gone, the same fault is served.
 *
 * Contract: SF-1, SF-10
 */
static void pinned_swap_slot_is_left_alone(struct kunit *test)
{
	struct mmk_mm_state rss;
	struct mmk_fault *fault;
	struct swapped s = {};

	swapped_init(test, &s, false);
	mmk_mm_snapshot(s.mm, &rss);
	fault = mmk_fault_alloc(test, s.mm, s.addr, USER_READ, MMK_VMA_LOCK);
	if (!mmk_swapin_pin(s.entry))
		kunit_skip(test, "this kernel always reads into the swap cache");
	mmk_task_start(&fault->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	mmk_swapin_unpin(s.entry);
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	expect_locks_idle(test, &s);
	expect_still_swapped(test, &s);
	mmk_expect_mm_same(test, "nothing mapped", s.mm, &rss);
	KUNIT_EXPECT_EQ(test, slots_used(), 1L);

	fault = mmk_fault_start(test, s.mm, s.addr, USER_READ, MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_MAJOR);
	KUNIT_EXPECT_EQ(test, slots_used(), 0L);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, s.addr, 1, SEED));
}

static void area_set_flag(struct swap_info_struct *si, unsigned long flag,
			  bool on)
{
	spin_lock(&si->lock);
	if (on)
		si->flags |= flag;
	else
		si->flags &= ~flag;
	spin_unlock(&si->lock);
}

/**
 * page_under_stable_writeback_is_read_only() - SWP_STABLE_WRITES
 * @test: the running case
 *
 * A folio of the swap cache is still being written to an area that cannot do
 * with changes meanwhile. Its fault is served without waiting, but the page is
 * neither writable nor exclusive, although the entry is. An area that does not
 * mind gets it writable and exclusive.
 *
 * Contract: SF-1
 */
static void page_under_stable_writeback_is_read_only(struct kunit *test)
{
	struct swap_info_struct *si;
	struct mmk_fault *fault[2];
	struct swapped s = {};
	pte_t pte[2] = {};
	bool exclusive[2];
	int stable;

	swapped_init(test, &s, true);
	si = __swap_entry_to_info(s.entry);
	for (stable = 0; stable < 2; stable++) {
		if (stable) {
			mmk_folio_put(test, s.folio);
			swap_out(test, &s, true);
		}
		fault[stable] = mmk_fault_alloc(test, s.mm, s.addr, USER_READ,
						MMK_VMA_LOCK);
		folio_lock(s.folio);
		folio_start_writeback(s.folio);
		folio_unlock(s.folio);
		area_set_flag(si, SWP_STABLE_WRITES, stable);
		mmk_task_start(&fault[stable]->task);
		KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault[stable]->task));
		area_set_flag(si, SWP_STABLE_WRITES, false);
		folio_end_writeback(s.folio);
		pte[stable] = mmk_pte(s.mm, s.addr);
		exclusive[stable] = folio_test_anon(s.folio) &&
				    PageAnonExclusive(folio_page(s.folio, 0));
		KUNIT_EXPECT_EQ(test, fault[stable]->ret, 0);
		KUNIT_EXPECT_TRUE(test, fault[stable]->lock_held);
		KUNIT_EXPECT_TRUE(test, pte_present(pte[stable]));
		KUNIT_EXPECT_EQ(test, !!pte_write(pte[stable]), !stable);
		KUNIT_EXPECT_EQ(test, exclusive[stable], !stable);
	}
}

/**
 * mlocked_page_leaves_swap_cache() - Nobody will swap it out again soon
 * @test: the running case
 *
 * A page of the swap cache is shared by two mms, and one of them has it mlocked.
 * When the other, whose VMA is not mlocked, takes the last entry away, the page
 * leaves the swap cache and its slot is free.
 *
 * Contract: SF-1
 */
static void mlocked_page_leaves_swap_cache(struct kunit *test)
{
	struct mm_struct *child;
	struct mmk_fault *fault;
	struct swapped s = {};

	swapped_init(test, &s, true);
	child = mmk_fork(test);
	KUNIT_ASSERT_EQ(test, 0L, sys_mlock2(s.addr, PAGE_SIZE, MLOCK_ONFAULT));
	KUNIT_ASSERT_EQ(test, mmk_fault_in(s.mm, s.addr, false), 0);
	lru_add_drain_all();
	KUNIT_EXPECT_TRUE(test, folio_test_mlocked(s.folio));
	KUNIT_EXPECT_TRUE(test, folio_test_swapcache(s.folio));

	fault = mmk_fault_start(test, child, s.addr, USER_READ, MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, child, s.addr), s.folio);
	KUNIT_EXPECT_FALSE(test, folio_test_swapcache(s.folio));
	KUNIT_EXPECT_TRUE(test, folio_test_dirty(s.folio));
	KUNIT_EXPECT_EQ(test, slots_used(), 0L);
}

/**
 * full_area_gets_its_slot_back() - Slots are scarce
 * @test: the running case
 *
 * More than half of the swap area is in use. A page of the swap cache that is
 * faulted in for reading leaves it, to make room; the case "read, in the cache"
 * shows that it stays where there is room.
 *
 * Contract: SF-1
 */
static void full_area_gets_its_slot_back(struct kunit *test)
{
	struct swapped s = { .mm = mmk_mm_enter(test) };
	unsigned int nr, i, wrong = 0;
	long cached, cache;
	struct mmk_fault *fault;
	unsigned long filler;

	area_on(test, true);
	nr = total_swap_pages / 2 + 1;
	s.addr = mmk_map_anon(test, 1);
	swap_out(test, &s, true);
	filler = mmk_map_anon(test, nr);
	for (i = 0; i < nr; i++)
		wrong += !!put_user(1, (char __user *)filler + i * PAGE_SIZE);
	KUNIT_ASSERT_EQ(test, wrong, 0U);
	KUNIT_ASSERT_EQ(test, mmk_pageout(filler, nr * PAGE_SIZE), 0);
	KUNIT_ASSERT_EQ(test, slots_used(), 1L + nr);

	cached = mmk_node_page_state(NR_SWAPCACHE);
	cache = mmk_node_page_state(NR_FILE_PAGES);
	fault = mmk_fault_start(test, s.mm, s.addr, USER_READ, MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, s.mm, s.addr), s.folio);
	KUNIT_EXPECT_FALSE(test, folio_test_swapcache(s.folio));
	KUNIT_EXPECT_TRUE(test, folio_test_dirty(s.folio));
	KUNIT_EXPECT_EQ(test, mmk_node_page_state(NR_SWAPCACHE), cached - 1);
	KUNIT_EXPECT_EQ(test, mmk_node_page_state(NR_FILE_PAGES), cache - 1);
	KUNIT_EXPECT_EQ(test, slots_used(), (long)nr);
	/* Or swapoff would read it all back, only for it to be thrown away. */
	KUNIT_EXPECT_EQ(test, vm_munmap(filler, nr * PAGE_SIZE), 0);
}

/**
 * write_locked_vma_is_not_read_locked() - lock_vma_under_rcu() gives up
 * @test: the running case
 *
 * A VMA that is being changed, or an address without one, is not locked for a
 * fault, and the VMA lock's count is what it was. Once mmap_lock has been given
 * back, the VMA can be locked again.
 *
 * Contract: SF-10
 */
static void write_locked_vma_is_not_read_locked(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct vm_area_struct *vma = vma_at(mm, addr), *got;
	long idle = mmk_vma_lock_count(vma);

	mmap_write_lock(mm);
	vma_start_write(vma);
	got = mmk_lock_vma(mm, addr);
	if (got)
		mmk_unlock_vma(got);
	mmap_write_unlock(mm);
	KUNIT_EXPECT_NULL(test, got);
	KUNIT_EXPECT_EQ(test, mmk_vma_lock_count(vma), idle);

	KUNIT_EXPECT_NULL(test, mmk_lock_vma(mm, addr + PAGE_SIZE));
	KUNIT_EXPECT_NULL(test, mmk_lock_vma(mm, addr - 1));
	KUNIT_EXPECT_FALSE(test, lock_is_held(&rcu_lock_map));

	got = mmk_lock_vma(mm, addr + PAGE_SIZE - 1);
	KUNIT_ASSERT_PTR_EQ(test, got, vma);
	KUNIT_EXPECT_NE(test, mmk_vma_lock_count(vma), idle);
	mmk_unlock_vma(got);
	KUNIT_EXPECT_EQ(test, mmk_vma_lock_count(vma), idle);
	KUNIT_EXPECT_FALSE(test, lock_is_held(&rcu_lock_map));
}

/**
 * struct vma_meddler - Changes a VMA as soon as somebody locks it
 * @task: by whom it is locked
 * @lock: lockdep's name of the VMA's lock
 * @vma: the VMA
 * @change: what is changed
 * @hits: how often it has been there
 */
struct vma_meddler {
	struct task_struct *task;
	struct lockdep_map *lock;
	struct vm_area_struct *vma;
	void (*change)(struct vm_area_struct *vma, bool first);
	int hits;
};

static void vma_meddler_probe(void *data, struct lockdep_map *lock,
			      unsigned int subclass, int trylock, int read,
			      int check, struct lockdep_map *next_lock,
			      unsigned long ip)
{
	struct vma_meddler *meddler = data;

	if (current == meddler->task && lock == meddler->lock)
		meddler->change(meddler->vma, !meddler->hits++);
}

static void meddle_shrink(struct vm_area_struct *vma, bool first)
{
	if (first)
		vma->vm_start += PAGE_SIZE;
}

/* As vma_start_write() leaves it, for as long as mmap_lock is not given back. */
static void meddle_write_lock(struct vm_area_struct *vma, bool first)
{
	if (first)
		mmk_vma_write_lock(vma);
}

static void meddle_detach(struct vm_area_struct *vma, bool first)
{
	mmk_vma_set_detached(vma, first);
}

/**
 * struct meddle_case - A VMA that changes between look-up and lock
 * @description: how
 * @change: makes it
 * @again: it is looked up, and found, once more
 */
struct meddle_case {
	const char *description;
	void (*change)(struct vm_area_struct *vma, bool first);
	bool again;
};

static const struct meddle_case meddle_cases[] = {
	{ "begins behind the address", meddle_shrink },
	{ "locked for writing", meddle_write_lock },
	{ "detached, and replaced", meddle_detach, true },
};

KUNIT_ARRAY_PARAM_DESC(meddle, meddle_cases, description);

/**
 * shrunk_vma_is_not_locked() - The VMA changes between look-up and lock
 * @test: the running case
 *
 * A VMA is found without its lock. When the address turns out not to be in it any
 * more once it is locked, or somebody is about to change it, the lock is dropped
 * again, and the fault is left to mmap_lock. A VMA that is no longer in the tree
 * is looked up once more.
 *
 * Contract: SF-10
 */
static void shrunk_vma_is_not_locked(struct kunit *test)
{
	const struct meddle_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 2);
	struct vma_meddler meddler = {
		.task	= current,
		.vma	= vma_at(mm, addr),
		.change	= c->change,
	};
	long idle = mmk_vma_lock_count(meddler.vma);
	struct vm_area_struct *got;
	unsigned long start;
	unsigned int seq;

	if (c->again && !MMK_VMA_DETACHED_IS_FLAG)
		kunit_skip(test, "a detached VMA has no lock to take");
	meddler.lock = mmk_vma_lock_map(meddler.vma);
	start = meddler.vma->vm_start;
	seq = mmk_vma_lock_seq(meddler.vma);
	KUNIT_ASSERT_EQ(test, start, addr);
	if (mmk_lock_watch(vma_meddler_probe, &meddler))
		kunit_skip(test, "needs lockdep");
	got = mmk_lock_vma(mm, addr);
	mmk_lock_unwatch(vma_meddler_probe, &meddler);
	meddler.vma->vm_start = start;
	mmk_vma_set_lock_seq(meddler.vma, seq);
	mmk_vma_set_detached(meddler.vma, false);
	if (got)
		mmk_unlock_vma(got);

	KUNIT_EXPECT_GE(test, meddler.hits, 1 + c->again);
	KUNIT_EXPECT_PTR_EQ(test, got, c->again ? meddler.vma : NULL);
	KUNIT_EXPECT_EQ(test, mmk_vma_lock_count(meddler.vma), idle);
	KUNIT_EXPECT_FALSE(test, lock_is_held(meddler.lock));
}

/**
 * first_fault_needs_mmap_lock_for_a_moment() - No anon_vma yet
 * @test: the running case
 *
 * The first fault on a new VMA comes under its lock, and mmap_lock is taken by
 * another task that is about to change something. The anon_vma cannot be made
 * then: VM_FAULT_RETRY, with the VMA lock dropped, without a wait for mmap_lock
 * that could deadlock. Once mmap_lock is free the same fault is served under the
 * VMA lock, and leaves mmap_lock as it was.
 *
 * Contract: SF-10
 */
static void first_fault_needs_mmap_lock_for_a_moment(struct kunit *test)
{
	const unsigned int flags = USER_READ | FAULT_FLAG_WRITE;
	struct swapped s = { .mm = mmk_mm_enter(test) };
	struct mmk_fault *fault;
	bool done;

	/* Not to be merged with what there is already. */
	s.addr = mmk_mmap(test, NULL, PAGE_SIZE,
			  PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS);
	s.idle = vma_lock_count(s.mm, s.addr);
	s.mmap_idle = mmk_mmap_lock_count(s.mm);
	KUNIT_ASSERT_NULL(test, vma_at(s.mm, s.addr)->anon_vma);
	fault = mmk_fault_alloc(test, s.mm, s.addr, flags, MMK_VMA_LOCK);

	mmap_write_lock(s.mm);
	mmk_task_start(&fault->task);
	done = mmk_task_join(&fault->task);
	mmap_write_unlock(s.mm);
	KUNIT_ASSERT_TRUE_MSG(test, done, "the fault waits for mmap_lock");
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_FALSE(test, fault->lock_held);
	expect_locks_idle(test, &s);
	KUNIT_EXPECT_NULL(test, vma_at(s.mm, s.addr)->anon_vma);

	fault = mmk_fault_start(test, s.mm, s.addr, flags, MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	expect_locks_idle(test, &s);
	KUNIT_EXPECT_NOT_NULL(test, vma_at(s.mm, s.addr)->anon_vma);
	MMK_EXPECT_PTE(test, s.mm, s.addr, PRESENT);
}

/* A pte, whatever it is, in a page table that is there. */
static bool pte_store(struct mm_struct *mm, unsigned long addr, pte_t pte)
{
	pmd_t *pmd = mm_find_pmd(mm, addr);
	spinlock_t *ptl;
	pte_t *ptep;

	ptep = pmd ? pte_offset_map_lock(mm, pmd, addr, &ptl) : NULL;
	if (!ptep)
		return false;
	set_pte_at(mm, addr, ptep, pte);
	pte_unmap_unlock(ptep, ptl);
	return true;
}

/* An entry that nobody else knows of, and that no counter counts. */
static void leaf_clear(void *data)
{
	struct swapped *s = data;

	pte_store(s->mm, s->addr, __pte(0));
}

static void leaf_set(struct kunit *test, struct swapped *s, softleaf_t entry)
{
	s->entry = entry;
	KUNIT_ASSERT_TRUE(test, pte_store(s->mm, s->addr,
					  softleaf_to_pte(entry)));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, leaf_clear, s), 0);
}

static softleaf_t leaf_poisoned(void)
{
	return make_poisoned_swp_entry();
}

static softleaf_t leaf_uffd_wp(void)
{
	return make_pte_marker_entry(PTE_MARKER_UFFD_WP);
}

static softleaf_t leaf_uffd_wp_poisoned(void)
{
	return make_pte_marker_entry(PTE_MARKER_UFFD_WP | PTE_MARKER_POISONED);
}

static softleaf_t leaf_no_area(void)
{
	return swp_entry(1, 1);
}

static softleaf_t leaf_beyond_area(void)
{
	return swp_entry(0, __swap_entry_to_info(swp_entry(0, 1))->max);
}

/**
 * struct leaf_case - An entry that stands for no page
 * @description: what it is
 * @entry: makes it
 * @lock: which lock the fault comes under
 * @ret: the documented result
 * @cleared: the pte is empty after it, so that the next fault is served
 */
struct leaf_case {
	const char *description;
	softleaf_t (*entry)(void);
	enum mmk_lock lock;
	vm_fault_t ret;
	bool cleared;
};

#define UFFD_WP_RET	(MMK_KNOWS_UFFD_WP ? 0 : VM_FAULT_SIGBUS)

static const struct leaf_case leaf_cases[] = {
	{ "poisoned marker, VMA lock", leaf_poisoned, MMK_VMA_LOCK,
	  VM_FAULT_HWPOISON },
	{ "poisoned marker, mmap_lock", leaf_poisoned, MMK_MMAP_LOCK,
	  VM_FAULT_HWPOISON },
	{ "uffd-wp and poisoned marker, VMA lock", leaf_uffd_wp_poisoned,
	  MMK_VMA_LOCK, VM_FAULT_HWPOISON },
	{ "uffd-wp marker without uffd, VMA lock", leaf_uffd_wp, MMK_VMA_LOCK,
	  UFFD_WP_RET, MMK_KNOWS_UFFD_WP },
	{ "uffd-wp marker without uffd, mmap_lock", leaf_uffd_wp, MMK_MMAP_LOCK,
	  UFFD_WP_RET, MMK_KNOWS_UFFD_WP },
	{ "swap area that is not on, VMA lock", leaf_no_area, MMK_VMA_LOCK, 0 },
	{ "swap area that is not on, mmap_lock", leaf_no_area, MMK_MMAP_LOCK,
	  0 },
	{ "slot beyond the swap area, VMA lock", leaf_beyond_area, MMK_VMA_LOCK,
	  0 },
	{ "slot beyond the swap area, mmap_lock", leaf_beyond_area,
	  MMK_MMAP_LOCK, 0 },
};

KUNIT_ARRAY_PARAM_DESC(leaf, leaf_cases, description);

/**
 * entry_without_page_gives_documented_result() - Markers and bad entries
 * @test: the running case
 *
 * A marker or an entry that stands for no page gives the result that is
 * documented for it, with the lock still held: VM_FAULT_HWPOISON for a poisoned
 * page, above all other markers; a left-over uffd-wp marker is cleared where it is
 * known, and VM_FAULT_SIGBUS where it is not; a swap entry of no area is
 * left alone, as one whose area has just been turned off.
 *
 * Contract: SF-8, SF-9
 */
static void entry_without_page_gives_documented_result(struct kunit *test)
{
	const struct leaf_case *c = test->param_value;
	struct mmk_mm_state rss;
	struct mmk_fault *fault;
	struct swapped *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	s->mm = mmk_mm_enter(test);
	area_on(test, false);
	s->addr = mmk_map_anon(test, 1);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(s->mm, s->addr, true), 0);
	KUNIT_ASSERT_EQ(test, do_madvise(s->mm, s->addr, PAGE_SIZE,
					 MADV_DONTNEED), 0);
	leaf_set(test, s, c->entry());
	s->idle = vma_lock_count(s->mm, s->addr);
	s->mmap_idle = mmk_mmap_lock_count(s->mm);
	mmk_mm_snapshot(s->mm, &rss);

	fault = mmk_fault_start(test, s->mm, s->addr, USER_READ, c->lock);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, c->ret);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, fault->task.task->min_flt,
			(unsigned long)!c->ret);
	expect_locks_idle(test, s);
	mmk_expect_mm_same(test, "nothing mapped", s->mm, &rss);
	if (c->cleared)
		MMK_EXPECT_PTE(test, s->mm, s->addr, NONE);
	else
		KUNIT_EXPECT_TRUE(test, pte_same(mmk_pte(s->mm, s->addr),
						 softleaf_to_pte(s->entry)));
}

/**
 * hwpoison_entry_is_reported() - The page behind the entry is broken
 * @test: the running case
 *
 * Contract: SF-8
 */
static void hwpoison_entry_is_reported(struct kunit *test)
{
	const struct wait_case *c = test->param_value;
	struct swapped *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	struct mmk_fault *fault;

	if (!IS_ENABLED(CONFIG_MEMORY_FAILURE))
		kunit_skip(test, "needs CONFIG_MEMORY_FAILURE");
	KUNIT_ASSERT_NOT_NULL(test, s);
	s->mm = mmk_mm_enter(test);
	s->addr = mmk_map_anon(test, 1);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(s->mm, s->addr, true), 0);
	KUNIT_ASSERT_EQ(test, do_madvise(s->mm, s->addr, PAGE_SIZE,
					 MADV_DONTNEED), 0);
	leaf_set(test, s, make_hwpoison_entry(ZERO_PAGE(0)));

	fault = mmk_fault_start(test, s->mm, s->addr, c->flags, c->lock);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_HWPOISON);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	MMK_EXPECT_PTE(test, s->mm, s->addr, HWPOISON);
}

/**
 * struct exclusive_case - A fault on a device-exclusive entry
 * @description: how
 * @lock: which lock it comes under
 * @prot_read: the VMA is read-only by now, and with it the entry
 */
struct exclusive_case {
	const char *description;
	enum mmk_lock lock;
	bool prot_read;
};

static const struct exclusive_case exclusive_cases[] = {
	{ "VMA lock", MMK_VMA_LOCK },
	{ "mmap_lock", MMK_MMAP_LOCK },
	{ "read-only VMA, VMA lock", MMK_VMA_LOCK, true },
	{ "read-only VMA, mmap_lock", MMK_MMAP_LOCK, true },
};

KUNIT_ARRAY_PARAM_DESC(exclusive, exclusive_cases, description);

/* The page stays locked until unlock_folio(), and the case has a reference. */
static void make_exclusive(struct kunit *test, struct swapped *s)
{
	struct page *page;

	mmap_read_lock(s->mm);
	page = mmk_make_device_exclusive(s->mm, s->addr, test);
	mmap_read_unlock(s->mm);
	KUNIT_ASSERT_NOT_NULL(test, page);
	s->folio = page_folio(page);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, folio_release_lock,
							s->folio), 0);
	mmk_folio_get(test, s->folio);
	folio_put(s->folio);
	s->entry = softleaf_from_pte(mmk_pte(s->mm, s->addr));
}

/**
 * device_exclusive_entry_is_restored() - The CPU wants its page back
 * @test: the running case
 *
 * While the device has the page locked, the fault drops its lock, waits, and says
 * VM_FAULT_RETRY. Once it is unlocked, the fault puts the page back, as writable
 * as the entry was, and dirty if the device may have written to it: 0, with the
 * lock held; nothing but the pte and its mapping has changed.
 *
 * Contract: SF-8, SF-9, SF-10
 */
static void device_exclusive_entry_is_restored(struct kunit *test)
{
	const struct exclusive_case *c = test->param_value;
	struct swapped s = { .mm = mmk_mm_enter(test) };
	struct mmk_folio_state before;
	struct mmk_mm_state rss;
	struct mmk_fault *fault;
	pte_t pte;

	s.addr = mmk_map_anon(test, 1);
	mmk_fill(test, s.addr, 1, SEED);
	mmk_folio_snapshot(mmk_pte_folio(test, s.mm, s.addr), &before);
	make_exclusive(test, &s);
	MMK_EXPECT_PTE(test, s.mm, s.addr, DEVICE_EXCLUSIVE);
	if (c->prot_read)
		KUNIT_ASSERT_EQ(test, 0L,
				sys_mprotect(s.addr, PAGE_SIZE, PROT_READ));
	s.idle = vma_lock_count(s.mm, s.addr);
	s.mmap_idle = mmk_mmap_lock_count(s.mm);
	mmk_mm_snapshot(s.mm, &rss);

	fault = mmk_fault_start(test, s.mm, s.addr, USER_READ, c->lock);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "folio_wait_bit_common"));
	expect_locks_idle(test, &s);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.folio), before.refcount + 2);
	MMK_EXPECT_PTE(test, s.mm, s.addr, DEVICE_EXCLUSIVE);
	unlock_folio(test, s.folio);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_FALSE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.folio), before.refcount + 1);

	fault = mmk_fault_start(test, s.mm, s.addr, USER_READ, c->lock);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	expect_locks_idle(test, &s);
	pte = mmk_pte(s.mm, s.addr);
	MMK_EXPECT_PTE(test, s.mm, s.addr, PRESENT);
	KUNIT_EXPECT_EQ(test, !!pte_write(pte), !c->prot_read);
	if (!c->prot_read)
		KUNIT_EXPECT_TRUE(test, pte_dirty(pte));
	mmk_folio_put(test, s.folio);
	/* Whoever asks for exclusive access may have made it dirty. */
	before.dirty = folio_test_dirty(s.folio);
	mmk_expect_folio_same(test, "restored", s.folio, &before);
	mmk_expect_mm_same(test, "restored", s.mm, &rss);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, s.addr, 1, SEED));
}

/**
 * struct exclusive_notice - What a driver is told when its access ends
 * @mn: as the mm sees it
 * @addr: address to look at
 * @nr_start: calls of invalidate_range_start
 * @nr_end: calls of invalidate_range_end
 * @range: what the first of them said
 * @at_start: what stood at @addr then
 * @at_end: and at the end
 */
struct exclusive_notice {
	struct mmu_notifier mn;
	unsigned long addr;
	unsigned int nr_start;
	unsigned int nr_end;
	struct mmu_notifier_range range;
	enum mmk_pte_kind at_start;
	enum mmk_pte_kind at_end;
};

static int notice_start(struct mmu_notifier *mn,
			const struct mmu_notifier_range *range)
{
	struct exclusive_notice *n = container_of(mn, struct exclusive_notice,
						  mn);

	n->range = *range;
	n->at_start = mmk_pte_kind(range->mm, n->addr);
	n->nr_start++;
	return 0;
}

static void notice_end(struct mmu_notifier *mn,
		       const struct mmu_notifier_range *range)
{
	struct exclusive_notice *n = container_of(mn, struct exclusive_notice,
						  mn);

	n->at_end = mmk_pte_kind(range->mm, n->addr);
	n->nr_end++;
}

static const struct mmu_notifier_ops notice_ops = {
	.invalidate_range_start	= notice_start,
	.invalidate_range_end	= notice_end,
};

/**
 * driver_is_told_that_its_access_ends() - MMU notifiers of the CPU's fault
 * @test: the running case
 *
 * One pair of calls for exactly the page, on nobody's behalf: the first while
 * the entry is there, the second when the pte is back.
 *
 * Contract: SF-8
 */
static void driver_is_told_that_its_access_ends(struct kunit *test)
{
	struct exclusive_notice n = { .mn.ops = &notice_ops };
	struct swapped s = { .mm = mmk_mm_enter(test) };
	struct mmk_fault *fault;

	s.addr = mmk_map_anon(test, 3) + PAGE_SIZE;
	mmk_fill(test, s.addr, 1, SEED);
	make_exclusive(test, &s);
	unlock_folio(test, s.folio);
	n.addr = s.addr;
	KUNIT_ASSERT_EQ(test, mmu_notifier_register(&n.mn, s.mm), 0);
	fault = mmk_fault_start(test, s.mm, s.addr + 8, USER_READ,
				MMK_MMAP_LOCK);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	mmu_notifier_unregister(&n.mn, s.mm);

	KUNIT_EXPECT_EQ(test, n.nr_start, 1U);
	KUNIT_EXPECT_EQ(test, n.nr_end, 1U);
	KUNIT_EXPECT_EQ(test, (int)n.range.event,
			(int)MMK_NOTIFY_EXCLUSIVE_ENDS);
	KUNIT_EXPECT_EQ(test, n.range.flags & ~MMU_NOTIFIER_RANGE_BLOCKABLE,
			0U);
	KUNIT_EXPECT_EQ(test, n.range.start, s.addr);
	KUNIT_EXPECT_EQ(test, n.range.end, s.addr + PAGE_SIZE);
	KUNIT_EXPECT_PTR_EQ(test, n.range.owner, NULL);
	KUNIT_EXPECT_EQ(test, (int)n.at_start, (int)MMK_PTE_DEVICE_EXCLUSIVE);
	KUNIT_EXPECT_EQ(test, (int)n.at_end, (int)MMK_PTE_PRESENT);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, s.addr, 1, SEED));
}

/**
 * fork_ends_exclusive_access() - A device-exclusive entry is not copied
 * @test: the running case
 *
 * fork() puts the page back, and then shares it as any other: both map it
 * read-only.
 *
 * Contract: SF-8, ME-6
 */
static void fork_ends_exclusive_access(struct kunit *test)
{
	struct swapped s = { .mm = mmk_mm_enter(test) };
	struct mm_struct *child;
	struct page *page;

	s.addr = mmk_map_anon(test, 2);
	mmk_fill(test, s.addr, 2, SEED);
	lru_add_drain();
	make_exclusive(test, &s);
	unlock_folio(test, s.folio);
	page = folio_page(s.folio, 0);
	child = mmk_fork(test);

	MMK_EXPECT_PTE(test, s.mm, s.addr, PRESENT);
	MMK_EXPECT_PTE(test, child, s.addr, PRESENT);
	MMK_EXPECT_PTE(test, child, s.addr + PAGE_SIZE, PRESENT);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(s.mm, s.addr), page);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(child, s.addr), page);
	KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(s.mm, s.addr)));
	KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(child, s.addr)));
	KUNIT_EXPECT_FALSE(test, folio_test_locked(s.folio));
	KUNIT_EXPECT_FALSE(test, PageAnonExclusive(page));
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.folio), 2);
	/* Theirs, and ours. */
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.folio), 3);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_ANONPAGES), 2UL);
	KUNIT_EXPECT_TRUE(test, mmk_mm_holds(test, child, s.addr, 2, SEED));
}

static int child_exits(void *unused)
{
	do_exit(0);
}

/* Without a look at the child. */
static bool fork_succeeds(void)
{
	/* No signal: SIGCHLD, which is ignored, would have it reaped at once. */
	struct kernel_clone_args args = { .fn = child_exits };
	pid_t pid = kernel_clone(&args);

	if (pid > 0)
		kernel_wait4(pid, NULL, __WALL, NULL);
	return pid > 0;
}

/**
 * fork_fails_without_the_exclusive_page() - The device has the page locked
 * @test: the running case
 *
 * fork() comes upon a device-exclusive entry whose folio is locked, and can
 * neither copy it nor sleep. There is no child rather than one that lacks the
 * page, and the parent keeps its entry. When the folio has been unlocked, there
 * is.
 *
 * Contract: SF-8, ME-6
 */
static void fork_fails_without_the_exclusive_page(struct kunit *test)
{
	struct swapped s = { .mm = mmk_mm_enter(test) };
	struct mmk_folio_state before;
	struct mmk_mm_state rss;
	struct mm_struct *child;

	s.addr = mmk_map_anon(test, 2);
	mmk_fill(test, s.addr, 2, SEED);
	s.addr += PAGE_SIZE;
	lru_add_drain_all();
	make_exclusive(test, &s);
	mmk_folio_snapshot(s.folio, &before);
	mmk_mm_snapshot(s.mm, &rss);

	KUNIT_EXPECT_FALSE(test, fork_succeeds());
	MMK_EXPECT_PTE(test, s.mm, s.addr, DEVICE_EXCLUSIVE);
	mmk_expect_folio_same(test, "no child", s.folio, &before);
	mmk_expect_mm_same(test, "no child", s.mm, &rss);

	unlock_folio(test, s.folio);
	child = mmk_fork(test);
	MMK_EXPECT_PTE(test, s.mm, s.addr, PRESENT);
	MMK_EXPECT_PTE(test, child, s.addr, PRESENT);
	KUNIT_EXPECT_TRUE(test, mmk_mm_holds(test, child, s.addr - PAGE_SIZE, 2,
					     SEED));
}

struct marker_case {
	const char *description;
	softleaf_t (*entry)(void);
	bool copied;
};

static const struct marker_case marker_cases[] = {
	{ "poisoned", leaf_poisoned, true },
	{ "uffd-wp", leaf_uffd_wp, false },
};

KUNIT_ARRAY_PARAM_DESC(marker, marker_cases, description);

/**
 * fork_copies_poison_only() - Markers and fork()
 * @test: the running case
 *
 * What is poisoned for the parent is so for the child; a marker of a userfaultfd
 * that does not watch the child is not copied. Neither counts in RSS, and what
 * lies behind is copied as ever.
 *
 * Contract: SF-8
 */
static void fork_copies_poison_only(struct kunit *test)
{
	const struct marker_case *c = test->param_value;
	struct swapped *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	struct mm_struct *child;

	KUNIT_ASSERT_NOT_NULL(test, s);
	s->mm = mmk_mm_enter(test);
	s->addr = mmk_map_anon(test, 2);
	mmk_fill(test, s->addr, 2, SEED);
	KUNIT_ASSERT_EQ(test, do_madvise(s->mm, s->addr, PAGE_SIZE,
					 MADV_DONTNEED), 0);
	leaf_set(test, s, c->entry());
	child = mmk_fork(test);

	if (c->copied)
		KUNIT_EXPECT_TRUE(test, pte_same(mmk_pte(child, s->addr),
						 softleaf_to_pte(s->entry)));
	else
		MMK_EXPECT_PTE(test, child, s->addr, NONE);
	KUNIT_EXPECT_TRUE(test, pte_same(mmk_pte(s->mm, s->addr),
					 softleaf_to_pte(s->entry)));
	MMK_EXPECT_PTE(test, child, s->addr + PAGE_SIZE, PRESENT);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_ANONPAGES), 1UL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_SWAPENTS), 0UL);
}

/**
 * exclusive_entry_lost_during_wait_is_noticed() - The pte is empty by now
 * @test: the running case
 *
 * While a fault that may not retry waits for the folio of a device-exclusive
 * entry, the range is emptied by MADV_DONTNEED. The fault restores nothing, and
 * leaves the folio unlocked and without its reference.
 *
 * Contract: SF-8, SF-10
 */
static void exclusive_entry_lost_during_wait_is_noticed(struct kunit *test)
{
	const struct wait_case *c = test->param_value;
	struct swapped s = { .mm = mmk_mm_enter(test) };
	struct mmk_mm_state rss;
	struct mmk_fault *fault;

	s.addr = mmk_map_anon(test, 1);
	mmk_fill(test, s.addr, 1, SEED);
	make_exclusive(test, &s);
	s.idle = vma_lock_count(s.mm, s.addr);
	s.mmap_idle = mmk_mmap_lock_count(s.mm);
	mmk_mm_snapshot(s.mm, &rss);
	fault = mmk_fault_start(test, s.mm, s.addr, FAULT_FLAG_USER, c->lock);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "folio_wait_bit_common"));

	KUNIT_EXPECT_EQ(test, do_madvise(s.mm, s.addr, PAGE_SIZE,
					 MADV_DONTNEED), 0);
	KUNIT_EXPECT_EQ(test, rss.anon, get_mm_counter_sum(s.mm, MM_ANONPAGES) + 1L);
	rss.anon--;
	unlock_folio(test, s.folio);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	expect_locks_idle(test, &s);
	MMK_EXPECT_PTE(test, s.mm, s.addr, NONE);
	mmk_expect_mm_same(test, "nothing restored", s.mm, &rss);
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.folio), 0);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(s.folio));
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.folio), 1);
}

#define MANY_PAGES	4096
/* A power of two, so that an odd step comes to all of them. */
#define MANY_FAULTED	(MANY_PAGES / 2)
#define MANY_TASKS	8

/**
 * struct swapper - A task that wants many pages back
 * @fault: of one page
 * @base: where the pages begin
 * @step: from a page to the next, odd
 * @failed: faults that were not served
 * @came: pages that it has come to, of all tasks
 */
struct swapper {
	struct mmk_fault fault;
	unsigned long base;
	unsigned int step;
	unsigned int failed;
	atomic_t *came;
};

static void swapper_main(struct mmk_task *task)
{
	struct swapper *swapper = container_of(task, struct swapper, fault.task);
	unsigned int i;

	for (i = 0; i < MANY_FAULTED; i++) {
		swapper->fault.addr = swapper->base +
			(i * swapper->step % MANY_FAULTED) * PAGE_SIZE;
		mmk_fault_run(&swapper->fault);
		if (swapper->fault.no_vma ||
		    (swapper->fault.ret & VM_FAULT_ERROR))
			swapper->failed++;
		atomic_inc(swapper->came);
	}
}

static struct swapper *swapper_start(struct kunit *test, struct mm_struct *mm,
				     unsigned long base, unsigned int nr,
				     atomic_t *came)
{
	struct swapper *swapper = mmk_task_alloc(test, sizeof(*swapper), mm,
						 swapper_main);

	swapper->base = base;
	swapper->step = 2 * nr + 1;
	swapper->came = came;
	swapper->fault.flags = USER_READ | (nr % 2 ? FAULT_FLAG_WRITE : 0);
	swapper->fault.lock = MMK_VMA_LOCK;
	swapper->fault.retry = true;
	mmk_task_start(&swapper->fault.task);
	return swapper;
}

/* Its number at both ends of each page: no two pages are alike. */
static unsigned int many_pages(unsigned long base, bool write)
{
	unsigned int i, end, wrong = 0;
	u32 stamp;

	for (i = 0; i < MANY_PAGES; i++) {
		for (end = 0; end < 2; end++) {
			void __user *p = (void __user *)base + i * PAGE_SIZE +
					 end * (PAGE_SIZE - sizeof(stamp));

			stamp = 2 * i + end + 1;
			if (write)
				wrong += !!copy_to_user(p, &stamp,
							sizeof(stamp));
			else
				wrong += copy_from_user(&stamp, p,
							sizeof(stamp)) ||
					 stamp != 2 * i + end + 1;
		}
	}
	return wrong;
}

/**
 * struct offer - A task that turns the swap area off
 * @task: the thread
 * @swap: the area
 * @ret: what swapoff returned
 */
struct offer {
	struct mmk_task task;
	struct mmk_swap *swap;
	long ret;
};

static void offer_main(struct mmk_task *task)
{
	struct offer *offer = container_of(task, struct offer, task);

	offer->ret = mmk_swap_off(offer->swap);
}

/* Whether it has come to an end, whatever it has returned. */
static bool swap_off(struct kunit *test, struct mm_struct *mm,
		     struct mmk_swap *swap)
{
	struct offer *offer = mmk_task_alloc(test, sizeof(*offer), mm,
					     offer_main);

	offer->swap = swap;
	mmk_task_start(&offer->task);
	if (!mmk_task_join(&offer->task))
		return false;
	KUNIT_EXPECT_EQ(test, offer->ret, 0L);
	return true;
}

/**
 * struct swapoff_case - A page that swapoff has to bring back
 * @description: what is special about it
 * @cached: its folio is in the swap cache
 * @forked: a child has the entry as well
 */
struct swapoff_case {
	const char *description;
	bool cached;
	bool forked;
};

static const struct swapoff_case swapoff_cases[] = {
	{ "not in the cache" },
	{ "in the cache", true },
	{ "shared, not in the cache", false, true },
	{ "shared, in the cache", true, true },
};

KUNIT_ARRAY_PARAM_DESC(swapoff, swapoff_cases, description);

/**
 * swapoff_brings_page_back() - As a fault would have done
 * @test: the running case
 *
 * The area is turned off. Every mm that had the entry has the page: not writable
 * yet, exclusive only where the entry was, counted as resident and no longer as
 * swapped. The folio has left the swap cache and is dirty, for what is in it is
 * nowhere else. Nobody has an mm or a reference too many, and a write in the
 * child leaves the bytes of the parent alone.
 *
 * Contract: SF-11
 */
static void swapoff_brings_page_back(struct kunit *test)
{
	const struct swapoff_case *c = test->param_value;
	long cached = mmk_node_page_state(NR_SWAPCACHE);
	struct swapped s = { .mm = mmk_mm_enter(test) };
	struct mm_struct *child = NULL;
	struct mmk_mm_state rss[2];
	struct mmk_folio_state state;
	struct mmk_swap *swap;
	struct folio *folio;

	swap = c->cached ? mmk_swap_on_slow(test) : mmk_swap_on(test);
	s.addr = mmk_map_anon(test, 1);
	mmk_fill(test, s.addr, 1, SEED);
	mmk_mm_snapshot(s.mm, &rss[0]);
	swap_out(test, &s, c->cached);
	KUNIT_EXPECT_EQ(test, mmk_node_page_state(NR_SWAPCACHE) - cached,
			(long)c->cached);
	if (c->forked) {
		child = mmk_fork(test);
		mmk_mm_snapshot(child, &rss[1]);
		rss[1].anon++;
		rss[1].swap--;
	}

	if (!swap_off(test, s.mm, swap)) {
		KUNIT_FAIL(test, "swapoff does not find the page");
		if (child)
			mmk_mm_put(test, child);
		return;
	}
	mmk_expect_mm_same(test, "brought back", s.mm, &rss[0]);
	MMK_EXPECT_PTE(test, s.mm, s.addr, PRESENT);
	KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(s.mm, s.addr)));
	folio = mmk_pte_folio(test, s.mm, s.addr);
	if (child) {
		mmk_expect_mm_same(test, "child", child, &rss[1]);
		MMK_EXPECT_PTE(test, child, s.addr, PRESENT);
		KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(child, s.addr)));
		KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, child, s.addr),
				    folio);
	}
	if (c->cached)
		KUNIT_EXPECT_PTR_EQ(test, folio, s.folio);
	lru_add_drain_all();
	mmk_folio_snapshot(folio, &state);
	KUNIT_EXPECT_EQ(test, state.refcount, 1 + c->forked + c->cached);
	KUNIT_EXPECT_EQ(test, state.mapcount, 1 + c->forked);
	KUNIT_EXPECT_EQ(test, state.anon_exclusive, !c->forked);
	KUNIT_EXPECT_FALSE(test, state.swapcache);
	KUNIT_EXPECT_TRUE(test, state.dirty);
	KUNIT_EXPECT_FALSE(test, state.locked);
	KUNIT_EXPECT_TRUE(test, state.lru);
	KUNIT_EXPECT_EQ(test, mmk_node_page_state(NR_SWAPCACHE), cached);
	if (child)
		KUNIT_EXPECT_EQ(test, mmk_mm_poke(child, s.addr, SEED + 1), 0);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, s.addr, 1, SEED));
}

/**
 * swapoff_poisons_what_it_cannot_read() - A read error
 * @test: the running case
 *
 * A folio of the swap cache is not uptodate when the area is turned off. Its pte
 * becomes a marker for a poisoned page, which counts neither as resident nor as
 * swapped, and the next fault on it is VM_FAULT_HWPOISON.
 *
 * Contract: SF-8, SF-11
 */
static void swapoff_poisons_what_it_cannot_read(struct kunit *test)
{
	struct swapped s = { .mm = mmk_mm_enter(test) };
	struct mmk_swap *swap = mmk_swap_on_slow(test);
	struct mmk_mm_state rss;
	struct mmk_fault *fault;

	s.addr = mmk_map_anon(test, 1);
	swap_out(test, &s, true);
	mmk_mm_snapshot(s.mm, &rss);
	rss.swap--;
	folio_clear_uptodate(s.folio);
	KUNIT_ASSERT_TRUE(test, swap_off(test, s.mm, swap));

	mmk_expect_mm_same(test, "poisoned", s.mm, &rss);
	KUNIT_EXPECT_TRUE(test, pte_same(mmk_pte(s.mm, s.addr),
					 softleaf_to_pte(leaf_poisoned())));
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.folio), 0);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.folio), 1);
	fault = mmk_fault_start(test, s.mm, s.addr, USER_READ, MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_HWPOISON);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
}

/**
 * swapoff_leaves_other_areas_alone() - Only its own entries
 * @test: the running case
 *
 * Two pages are in two areas. When one of these is turned off, the page of the
 * other stays where it is.
 *
 * Contract: SF-11
 */
static void swapoff_leaves_other_areas_alone(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 2);
	struct mmk_swap *swap = mmk_swap_on(test);
	struct mmk_swap *other = mmk_swap_alloc(test, OTHER_AREA);
	struct swap_info_struct *si = __swap_entry_to_info(swp_entry(0, 1));
	softleaf_t entry;
	int err;

	mmk_fill(test, addr, 2, SEED);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	KUNIT_ASSERT_EQ(test, mmk_swap_try_prefer(other), 0L);
	mmk_swap_slots_drain();
	/* So that it is not written: that disk may not take a page of its own. */
	mmk_folio_get(test, mmk_pte_folio(test, mm, addr + PAGE_SIZE));
	/* 7.x goes on where it was on this CPU, whatever is preferred. */
	area_set_flag(si, SWP_WRITEOK, false);
	err = mmk_pageout(addr + PAGE_SIZE, PAGE_SIZE);
	area_set_flag(si, SWP_WRITEOK, true);
	KUNIT_ASSERT_EQ(test, err, 0);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, SWAP);
	entry = softleaf_from_pte(mmk_pte(mm, addr + PAGE_SIZE));
	KUNIT_ASSERT_NE(test, (int)swp_type(entry),
			(int)swp_type(softleaf_from_pte(mmk_pte(mm, addr))));

	KUNIT_ASSERT_TRUE(test, swap_off(test, mm, swap));
	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, SWAP);
	KUNIT_EXPECT_EQ(test, softleaf_from_pte(mmk_pte(mm, addr +
							PAGE_SIZE)).val,
			entry.val);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_SWAPENTS), 1UL);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 2, SEED));
}

/**
 * page_of_zeroes_comes_back() - It need not be written, nor read
 * @test: the running case
 *
 * A page of zeroes goes out, and all free pages are filled with something else.
 * It comes back as one of zeroes.
 *
 * Contract: SF-11
 */
static void page_of_zeroes_comes_back(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct mmk_fault *fault;
	struct folio *folio;
	void *kaddr;

	area_on(test, false);
	KUNIT_ASSERT_EQ(test, 0UL, clear_user((void __user *)addr, PAGE_SIZE));
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	scrub_free_pages();

	fault = mmk_fault_start(test, mm, addr, USER_READ, MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_MAJOR);
	folio = mmk_pte_folio(test, mm, addr);
	KUNIT_EXPECT_TRUE(test, folio_test_uptodate(folio));
	kaddr = kmap_local_folio(folio, 0);
	KUNIT_EXPECT_NULL(test, memchr_inv(kaddr, 0, PAGE_SIZE));
	kunmap_local(kaddr);
}

/**
 * page_changed_in_swap_cache_is_written_again() - Not what was there before
 * @test: the running case
 *
 * A page that has come back, but is still in the swap cache, is written to and
 * goes out again: the dirty bit of its pte is all that tells of the new bytes.
 * When it is read from the area they are there.
 *
 * Contract: SF-11
 */
static void page_changed_in_swap_cache_is_written_again(struct kunit *test)
{
	struct swapped s = { .mm = mmk_mm_enter(test) };
	struct folio *folio;

	area_on(test, true);
	s.addr = mmk_map_anon(test, 1);
	swap_out(test, &s, false);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(s.mm, s.addr, false), 0);
	folio = mmk_pte_folio(test, s.mm, s.addr);
	KUNIT_ASSERT_TRUE(test, folio_test_swapcache(folio));
	KUNIT_ASSERT_FALSE(test, folio_test_dirty(folio));
	/* UML's copy_to_user() alone would leave the pte clean. */
	KUNIT_ASSERT_EQ(test, mmk_fault_in(s.mm, s.addr, true), 0);
	KUNIT_ASSERT_TRUE(test, pte_dirty(mmk_pte(s.mm, s.addr)));
	mmk_fill(test, s.addr, 1, SEED + 1);
	KUNIT_ASSERT_EQ(test, mmk_pageout(s.addr, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, s.mm, s.addr, SWAP);
	scrub_free_pages();
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, s.addr, 1, SEED + 1));
}

/**
 * many_pages_come_back_from_swap() - 4,096 pages, 8 tasks, one swapoff
 * @test: the running case
 *
 * Pages go out to a real swap area. Eight tasks, half of them writers, fault on
 * half of them in different orders under the VMA lock, and while they are at it
 * the area is turned off, which has to bring back the rest. Every fault is
 * served, every page is back with its bytes, and the area is empty.
 *
 * Contract: SF-11
 */
static void many_pages_come_back_from_swap(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_swap *swap = mmk_swap_on(test);
	struct swap_info_struct *si = __swap_entry_to_info(swp_entry(0, 1));
	struct swapper *swapper[MANY_TASKS];
	struct offer *offer;
	atomic_t *came = kunit_kzalloc(test, sizeof(*came), GFP_KERNEL);
	unsigned long base = mmk_map_anon(test, MANY_PAGES);
	struct mmk_mm_state before;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, came);
	KUNIT_ASSERT_EQ(test, many_pages(base, true), 0U);
	mmk_mm_snapshot(mm, &before);
	KUNIT_ASSERT_EQ(test, mmk_pageout(base, MANY_PAGES * PAGE_SIZE), 0);
	KUNIT_ASSERT_EQ(test, get_mm_counter_sum(mm, MM_SWAPENTS),
			(unsigned long)MANY_PAGES);
	KUNIT_ASSERT_EQ(test, slots_used(), (long)MANY_PAGES);

	for (i = 0; i < MANY_TASKS; i++)
		swapper[i] = swapper_start(test, mm, base, i, came);
	KUNIT_EXPECT_TRUE(test, mmk_wait_for(atomic_read(came) >
					     MANY_FAULTED / 2));
	offer = mmk_task_alloc(test, sizeof(*offer), mm, offer_main);
	offer->swap = swap;
	mmk_task_start(&offer->task);
	for (i = 0; i < MANY_TASKS; i++) {
		KUNIT_EXPECT_TRUE(test, mmk_task_join(&swapper[i]->fault.task));
		KUNIT_EXPECT_EQ(test, swapper[i]->failed, 0U);
	}
	if (!mmk_task_join(&offer->task)) {
		KUNIT_FAIL(test, "swapoff waits for %ld reference(s)",
			   area_refs(si));
		percpu_ref_put_many(&si->users, area_refs(si));
		KUNIT_ASSERT_TRUE(test, mmk_task_join(&offer->task));
	}
	KUNIT_EXPECT_EQ(test, offer->ret, 0L);
	KUNIT_EXPECT_EQ(test, many_pages(base, false), 0U);
	mmk_expect_mm_same(test, "all back", mm, &before);
}

/**
 * enum stage_kind - What a fault of the table comes upon
 * @NOT_CACHED: a swap entry whose page has to be read from the area
 * @CACHED: a swap entry whose folio is in the swap cache
 * @CACHED_LOCKED: the same, and another task has locked the folio
 * @MIGRATION: a migration entry
 * @PRIVATE: a device-private page
 * @EXCLUSIVE: a device-exclusive entry
 * @EXCLUSIVE_LOCKED: the same, and the device has locked the folio
 * @POISONED: a marker of a poisoned page
 */
enum stage_kind {
	NOT_CACHED,
	CACHED,
	CACHED_LOCKED,
	MIGRATION,
	PRIVATE,
	EXCLUSIVE,
	EXCLUSIVE_LOCKED,
	POISONED,
};

/**
 * struct stage_case - A row of the table in Documentation/swap-fault-table.rst
 * @description: the heading of the row
 * @kind: what the fault comes upon
 */
struct stage_case {
	const char *description;
	enum stage_kind kind;
};

static const struct stage_case stage_cases[] = {
	{ "swap entry, not in the cache", NOT_CACHED },
	{ "swap entry, in the cache", CACHED },
	{ "swap entry, in the cache, locked", CACHED_LOCKED },
	{ "migration entry", MIGRATION },
	{ "device-private", PRIVATE },
	{ "device-exclusive", EXCLUSIVE },
	{ "device-exclusive, locked", EXCLUSIVE_LOCKED },
	{ "poisoned marker", POISONED },
};

KUNIT_ARRAY_PARAM_DESC(stage, stage_cases, description);

/**
 * struct stage - One page, made ready for a fault again and again
 * @s: the page
 * @kind: what the fault shall come upon
 * @dev: the device, for PRIVATE
 * @hold: the migration that is under way, for MIGRATION
 * @marked: the marker is there, for POISONED
 */
struct stage {
	struct swapped s;
	enum stage_kind kind;
	struct mmk_dev *dev;
	struct mmk_hold *hold;
	bool marked;
};

static struct stage *stage_init(struct kunit *test, enum stage_kind kind)
{
	struct stage *stage = kunit_kzalloc(test, sizeof(*stage), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, stage);
	stage->kind = kind;
	if (kind == PRIVATE)
		stage->dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	stage->s.mm = mmk_mm_enter(test);
	if (kind == NOT_CACHED || kind == CACHED || kind == CACHED_LOCKED)
		area_on(test, kind != NOT_CACHED);
	stage->s.addr = mmk_map_anon(test, 1);
	mmk_fill(test, stage->s.addr, 1, SEED);
	return stage;
}

/* The page is present, or still what it was for the last fault. */
static void stage_set(struct kunit *test, struct stage *stage)
{
	struct swapped *s = &stage->s;

	switch (stage->kind) {
	case NOT_CACHED:
	case CACHED:
	case CACHED_LOCKED:
		swap_out(test, s, stage->kind != NOT_CACHED);
		if (stage->kind == CACHED_LOCKED)
			lock_folio(test, s->folio);
		break;
	case MIGRATION:
		stage->hold = mmk_hold(test, mmk_pte_folio(test, s->mm,
							   s->addr));
		try_to_migrate(stage->hold->folio, 0);
		break;
	case PRIVATE:
		if (mmk_pte_kind(s->mm, s->addr) == MMK_PTE_PRESENT)
			mmk_migrate_to_dev(test, s->mm, s->addr, stage->dev);
		break;
	case EXCLUSIVE:
	case EXCLUSIVE_LOCKED:
		make_exclusive(test, s);
		if (stage->kind == EXCLUSIVE)
			unlock_folio(test, s->folio);
		break;
	case POISONED:
		if (!stage->marked) {
			KUNIT_ASSERT_EQ(test, do_madvise(s->mm, s->addr,
							 PAGE_SIZE,
							 MADV_DONTNEED), 0);
			leaf_set(test, s, leaf_poisoned());
			stage->marked = true;
		}
		break;
	}
	s->idle = vma_lock_count(s->mm, s->addr);
	s->mmap_idle = mmk_mmap_lock_count(s->mm);
}

/* Let go on who waits. */
static void stage_release(struct kunit *test, struct stage *stage)
{
	struct folio *folio;

	if (stage->kind == MIGRATION) {
		folio = stage->hold->folio;
		remove_migration_ptes(folio, folio, 0);
		mmk_hold_finish(test, stage->hold, false);
	} else if (stage->kind == CACHED_LOCKED ||
		   stage->kind == EXCLUSIVE_LOCKED) {
		unlock_folio(test, stage->s.folio);
	}
}

/* As it was before stage_set(), but for what cannot be served. */
static void stage_reset(struct kunit *test, struct stage *stage)
{
	struct swapped *s = &stage->s;

	if (stage->kind == PRIVATE || stage->kind == POISONED)
		return;
	KUNIT_ASSERT_EQ(test, mmk_fault_in(s->mm, s->addr, true), 0);
	if (s->folio)
		mmk_folio_put(test, s->folio);
}

/**
 * struct outcome - What the documents say of a fault
 * @ret: the result
 * @lock_held: whether the lock is still held then
 * @sleeps: whether it sleeps before that
 * @sleeps_locked: with the lock held
 * @killable: and SIGKILL would end it
 */
struct outcome {
	vm_fault_t ret;
	bool lock_held;
	bool sleeps;
	bool sleeps_locked;
	bool killable;
};

/*
 * Documentation/swap-fault-table.rst, which goes by the comments of
 * __folio_lock_or_retry(), __handle_mm_fault() and enum fault_flag.
 */
static struct outcome stage_outcome(enum stage_kind kind, enum mmk_lock lock,
				    unsigned int flags)
{
	const bool first = (flags & FAULT_FLAG_ALLOW_RETRY) &&
			   !(flags & FAULT_FLAG_TRIED);
	struct outcome served = { .lock_held = true };
	struct outcome retry = { .ret = VM_FAULT_RETRY };

	switch (kind) {
	case NOT_CACHED:
		served.ret = VM_FAULT_MAJOR;
		return served;
	case CACHED:
	case EXCLUSIVE:
		return served;
	case POISONED:
		served.ret = VM_FAULT_HWPOISON;
		return served;
	case PRIVATE:
		return lock == MMK_VMA_LOCK ? retry : served;
	case MIGRATION:
		served.sleeps = true;
		served.sleeps_locked = true;
		return served;
	case CACHED_LOCKED:
	case EXCLUSIVE_LOCKED:
		break;
	}
	if (first && (flags & FAULT_FLAG_RETRY_NOWAIT)) {
		retry.lock_held = true;
		return retry;
	}
	retry.sleeps = true;
	served.sleeps = true;
	served.sleeps_locked = true;
	retry.killable = flags & FAULT_FLAG_KILLABLE;
	served.killable = retry.killable;
	return first ? retry : served;
}

static void stage_name(char *name, size_t size, enum mmk_lock lock,
		       unsigned int flags)
{
	scnprintf(name, size, "%s%s%s%s%s%s",
		  lock == MMK_VMA_LOCK ? "VMA lock" : "mmap_lock",
		  flags & FAULT_FLAG_ALLOW_RETRY ? " | ALLOW_RETRY" : "",
		  flags & FAULT_FLAG_TRIED ? " | TRIED" : "",
		  flags & FAULT_FLAG_RETRY_NOWAIT ? " | RETRY_NOWAIT" : "",
		  flags & FAULT_FLAG_KILLABLE ? " | KILLABLE" : "",
		  flags & FAULT_FLAG_INTERRUPTIBLE ? " | INTERRUPTIBLE" : "");
}

/* While it sleeps: which lock is held, and what would end it. */
static void stage_expect_sleep(struct kunit *test, struct stage *stage,
			       struct mmk_fault *fault,
			       const struct outcome *want, const char *name)
{
	struct swapped *s = &stage->s;
	bool vma = vma_lock_count(s->mm, s->addr) != s->idle;
	bool mmap = mmk_mmap_lock_count(s->mm) != s->mmap_idle;

	KUNIT_EXPECT_EQ_MSG(test, vma, want->sleeps_locked &&
			    fault->lock == MMK_VMA_LOCK,
			    "%s: VMA lock during the sleep", name);
	KUNIT_EXPECT_EQ_MSG(test, mmap, want->sleeps_locked &&
			    fault->lock == MMK_MMAP_LOCK,
			    "%s: mmap_lock during the sleep", name);
	KUNIT_EXPECT_EQ_MSG(test, !!(READ_ONCE(fault->task.task->__state) &
				     TASK_WAKEKILL), want->killable,
			    "%s: killable", name);
}

static void stage_expect(struct kunit *test, struct stage *stage,
			 struct mmk_fault *fault, const struct outcome *want,
			 const char *name)
{
	struct swapped *s = &stage->s;

	KUNIT_EXPECT_EQ_MSG(test, fault->ret, want->ret, "%s", name);
	KUNIT_EXPECT_EQ_MSG(test, fault->lock_held, want->lock_held, "%s", name);
	KUNIT_EXPECT_EQ_MSG(test, vma_lock_count(s->mm, s->addr), s->idle,
			    "%s: VMA lock afterwards", name);
	KUNIT_EXPECT_EQ_MSG(test, mmk_mmap_lock_count(s->mm), s->mmap_idle,
			    "%s: mmap_lock afterwards", name);
	KUNIT_EXPECT_EQ_MSG(test, mmk_pte_kind(s->mm, s->addr) ==
			    MMK_PTE_PRESENT, !want->ret ||
			    want->ret == VM_FAULT_MAJOR, "%s: pte", name);
}

static void stage_try(struct kunit *test, struct stage *stage,
		      enum mmk_lock lock, unsigned int flags)
{
	struct outcome want = stage_outcome(stage->kind, lock, flags);
	bool asleep, done = false;
	struct mmk_fault *fault;
	char name[96];

	stage_name(name, sizeof(name), lock, flags);
	stage_set(test, stage);
	fault = mmk_fault_start(test, stage->s.mm, stage->s.addr,
				flags | FAULT_FLAG_USER, lock);
	if (want.sleeps) {
		asleep = mmk_task_sleeps_in(&fault->task, stage->kind == MIGRATION ?
					    MMK_ENTRY_WAIT_SYMBOL :
					    "folio_wait_bit_common");
		KUNIT_EXPECT_TRUE_MSG(test, asleep, "%s: sleeps", name);
		if (asleep)
			stage_expect_sleep(test, stage, fault, &want, name);
	} else {
		done = mmk_task_join(&fault->task);
		/* Not for all combinations: the deadline of each would add up. */
		KUNIT_ASSERT_TRUE_MSG(test, done, "%s: does not sleep", name);
	}
	stage_release(test, stage);
	KUNIT_ASSERT_TRUE_MSG(test, done || mmk_task_join(&fault->task), "%s",
			      name);
	stage_expect(test, stage, fault, &want, name);
	stage_reset(test, stage);
}

/**
 * every_combination_gives_documented_result() - The whole table
 * @test: the running case
 *
 * For what the fault comes upon: every combination of FAULT_FLAG_* that the fault
 * code accepts, under either lock. Does it sleep, with which lock held, killable
 * or not; what does it return, with the lock held or dropped; is the page mapped?
 * As Documentation/swap-fault-table.rst has it.
 *
 * Contract: SF-1, SF-2, SF-3, SF-5, SF-6, SF-7, SF-8, SF-9, SF-10
 */
static void every_combination_gives_documented_result(struct kunit *test)
{
	static const unsigned int tries[] = {
		0,
		FAULT_FLAG_ALLOW_RETRY,
		FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_TRIED,
		FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_RETRY_NOWAIT,
	};
	static const unsigned int waits[] = {
		0,
		FAULT_FLAG_KILLABLE,
		FAULT_FLAG_INTERRUPTIBLE,
		FAULT_FLAG_KILLABLE | FAULT_FLAG_INTERRUPTIBLE,
	};
	const struct stage_case *c = test->param_value;
	struct stage *stage = stage_init(test, c->kind);
	enum mmk_lock lock;
	int i, j;

	for (lock = MMK_MMAP_LOCK; lock <= MMK_VMA_LOCK; lock++) {
		for (i = 0; i < ARRAY_SIZE(tries); i++) {
			/* Refused: the VMA lock is always dropped on a retry. */
			if (lock == MMK_VMA_LOCK &&
			    (tries[i] & FAULT_FLAG_RETRY_NOWAIT))
				continue;
			for (j = 0; j < ARRAY_SIZE(waits); j++)
				stage_try(test, stage, lock,
					  tries[i] | waits[j]);
		}
	}
}

/**
 * struct meddler - Empties a pte at the last moment before its ptl is taken
 * @task: by whom it is taken
 * @ptl: lockdep's name of the ptl
 * @mm: address space
 * @addr: address of the pte
 * @ptep: the pte
 * @hits: how often it has been there
 */
struct meddler {
	struct task_struct *task;
	struct lockdep_map *ptl;
	struct mm_struct *mm;
	unsigned long addr;
	pte_t *ptep;
	int hits;
};

static void meddler_probe(void *data, struct lockdep_map *lock,
			  unsigned int subclass, int trylock, int read,
			  int check, struct lockdep_map *next_lock,
			  unsigned long ip)
{
	struct meddler *meddler = data;

	if (current == meddler->task && lock == meddler->ptl &&
	    !meddler->hits++)
		pte_clear(meddler->mm, meddler->addr, meddler->ptep);
}

static struct meddler *meddler_init(struct kunit *test, struct swapped *s,
				    struct mmk_fault *fault)
{
	struct meddler *meddler = kunit_kzalloc(test, sizeof(*meddler),
						GFP_KERNEL);
	spinlock_t *ptl;

	KUNIT_ASSERT_NOT_NULL(test, meddler);
	meddler->task = fault->task.task;
	meddler->mm = s->mm;
	meddler->addr = s->addr;
	meddler->ptep = pte_offset_map_lock(s->mm, mm_find_pmd(s->mm, s->addr),
					    s->addr, &ptl);
	KUNIT_ASSERT_NOT_NULL(test, meddler->ptep);
	meddler->ptl = mmk_spinlock_map(ptl);
	pte_unmap_unlock(meddler->ptep, ptl);
	return meddler;
}

static const struct stage_case changing_cases[] = {
	{ "swap entry, not in the cache", NOT_CACHED },
	{ "swap entry, in the cache", CACHED },
	{ "device-private", PRIVATE },
	{ "device-exclusive", EXCLUSIVE },
};

KUNIT_ARRAY_PARAM_DESC(changing, changing_cases, description);

/**
 * pte_that_changes_under_fault_is_noticed() - The pte is read without its lock
 * @test: the running case
 *
 * Between the moment at which the fault has read the pte and that at which it
 * takes the ptl, the pte is emptied. The fault sees that, and backs out of what it
 * has begun: nothing is mapped or migrated, no reference is left, and the page can
 * still be had once the entry is back.
 *
 * Contract: SF-1, SF-6, SF-8
 */
static void pte_that_changes_under_fault_is_noticed(struct kunit *test)
{
	const struct stage_case *c = test->param_value;
	enum mmk_lock lock = c->kind == PRIVATE ? MMK_MMAP_LOCK : MMK_VMA_LOCK;
	struct stage *stage = stage_init(test, c->kind);
	struct swapped *s = &stage->s;
	struct mmk_mm_state rss;
	struct meddler *meddler;
	struct mmk_fault *fault;
	int refcount = 0;
	pte_t entry;

	stage_set(test, stage);
	entry = mmk_pte(s->mm, s->addr);
	mmk_mm_snapshot(s->mm, &rss);
	if (s->folio)
		refcount = folio_ref_count(s->folio);
	fault = mmk_fault_alloc(test, s->mm, s->addr, USER_READ, lock);
	meddler = meddler_init(test, s, fault);
	if (mmk_lock_watch(meddler_probe, meddler))
		kunit_skip(test, "needs lockdep");
	mmk_task_start(&fault->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	mmk_lock_unwatch(meddler_probe, meddler);

	KUNIT_EXPECT_GE(test, meddler->hits, 1);
	/* It may have read the page before it noticed. */
	KUNIT_EXPECT_EQ(test, fault->ret & ~VM_FAULT_MAJOR, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	expect_locks_idle(test, s);
	MMK_EXPECT_PTE(test, s->mm, s->addr, NONE);
	KUNIT_EXPECT_TRUE(test, pte_store(s->mm, s->addr, entry));
	mmk_expect_mm_same(test, "nothing mapped", s->mm, &rss);
	if (s->folio)
		KUNIT_EXPECT_EQ(test, folio_ref_count(s->folio), refcount);
	if (stage->dev)
		KUNIT_EXPECT_EQ(test, atomic_read(&stage->dev->nr_to_ram), 0);

	fault = mmk_fault_start(test, s->mm, s->addr, USER_READ, lock);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret & ~VM_FAULT_MAJOR, 0);
	MMK_EXPECT_PTE(test, s->mm, s->addr, PRESENT);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, s->addr, 1, SEED));
}

/**
 * struct witness - What holds at two moments of a swap-in
 * @task: who does it
 * @ptl: lockdep's name of the ptl
 * @queue: and of the lock of the folio's wait queue
 * @si: the swap area
 * @entry: the swap entry
 * @ptep: its pte
 * @refs: references on the area when the ptl is about to be taken
 * @pinned: the slot could not be pinned by anybody else then
 * @at_ptl: how often the ptl has been taken
 * @mapped: the pte was present when the folio was unlocked
 * @at_unlock: how often the waiters of the folio have been looked for
 */
struct witness {
	struct task_struct *task;
	struct lockdep_map *ptl;
	struct lockdep_map *queue;
	struct swap_info_struct *si;
	softleaf_t entry;
	pte_t *ptep;
	long refs;
	bool pinned;
	int at_ptl;
	bool mapped;
	int at_unlock;
};

static void witness_probe(void *data, struct lockdep_map *lock,
			  unsigned int subclass, int trylock, int read,
			  int check, struct lockdep_map *next_lock,
			  unsigned long ip)
{
	struct witness *w = data;

	if (current != w->task)
		return;
	if (lock == w->ptl && !w->at_ptl++) {
		w->refs = area_refs(w->si);
		w->pinned = !mmk_swapin_pin(w->entry);
		if (!w->pinned)
			mmk_swapin_unpin(w->entry);
	}
	if (w->queue && lock == w->queue && !w->at_unlock++)
		w->mapped = pte_present(ptep_get(w->ptep));
}

static const struct stage_case witness_cases[] = {
	{ "not in the cache", NOT_CACHED },
	{ "in the cache", CACHED },
};

KUNIT_ARRAY_PARAM_DESC(witness, witness_cases, description);

/**
 * swapin_holds_what_it_needs_until_page_is_mapped() - And gives it back then
 * @test: the running case
 *
 * When a fault is about to look at the pte again, it still has its reference on
 * the area, so that swapoff waits, and the slot is still pinned, or cached, so
 * that it cannot be used for another page. The folio stays locked until it is
 * mapped: somebody who waits for the lock, and whom the fault has to wake, will
 * find the pte present.
 *
 * Contract: SF-1, SF-11
 */
static void swapin_holds_what_it_needs_until_page_is_mapped(struct kunit *test)
{
	const struct stage_case *c = test->param_value;
	bool cached = c->kind == CACHED;
	struct mmk_fault *fault;
	struct swapped s = {};
	struct witness w = {};
	spinlock_t *ptl;
	long idle;

	swapped_init(test, &s, cached);
	fault = mmk_fault_alloc(test, s.mm, s.addr, USER_READ, MMK_VMA_LOCK);
	w.task = fault->task.task;
	w.si = __swap_entry_to_info(s.entry);
	w.entry = s.entry;
	w.ptep = pte_offset_map_lock(s.mm, mm_find_pmd(s.mm, s.addr), s.addr,
				     &ptl);
	KUNIT_ASSERT_NOT_NULL(test, w.ptep);
	w.ptl = mmk_spinlock_map(ptl);
	pte_unmap_unlock(w.ptep, ptl);
	if (cached) {
		w.queue = mmk_spinlock_map(&mmk_folio_waitqueue(test,
								s.folio)->lock);
		/* As if somebody waited: the unlock will look for him. */
		folio_set_waiters(s.folio);
	}
	idle = area_refs(w.si);
	if (mmk_lock_watch(witness_probe, &w))
		kunit_skip(test, "needs lockdep");
	mmk_task_start(&fault->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	mmk_lock_unwatch(witness_probe, &w);

	KUNIT_EXPECT_EQ(test, fault->ret, cached ? 0 : VM_FAULT_MAJOR);
	KUNIT_EXPECT_GE(test, w.at_ptl, 1);
	KUNIT_EXPECT_EQ(test, w.refs, idle + 1);
	KUNIT_EXPECT_TRUE_MSG(test, w.pinned, "the slot may be used again");
	KUNIT_EXPECT_EQ(test, w.at_unlock, (int)cached);
	KUNIT_EXPECT_EQ_MSG(test, w.mapped, cached,
			    "the folio is unlocked before it is mapped");
	KUNIT_EXPECT_EQ(test, area_refs(w.si), idle);
	MMK_EXPECT_PTE(test, s.mm, s.addr, PRESENT);
}

/**
 * nowait_is_refused_under_vma_lock() - FAULT_FLAG_RETRY_NOWAIT
 * @test: the running case
 *
 * A fault under the VMA lock whose VM_FAULT_RETRY would leave that lock held is
 * refused, for the callers take it for dropped: VM_FAULT_SIGSEGV, with the lock
 * still held, and nothing mapped. The kernel WARNs of it.
 *
 * Contract: SF-3
 */
static void nowait_is_refused_under_vma_lock(struct kunit *test)
{
	struct mmk_folio_state before;
	struct mmk_fault *fault;
	struct swapped s = {};

	swapped_init(test, &s, true);
	mmk_folio_snapshot(s.folio, &before);
	mmk_warn_begin(test);
	fault = mmk_fault_start(test, s.mm, s.addr, FAULT_FLAG_USER |
				FAULT_FLAG_ALLOW_RETRY |
				FAULT_FLAG_RETRY_NOWAIT, MMK_VMA_LOCK);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, mmk_warn_end(test), 1);
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_SIGSEGV);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	expect_locks_idle(test, &s);
	expect_still_swapped(test, &s);
	mmk_expect_folio_same(test, "refused", s.folio, &before);
}

static struct kunit_case swap_fault_cases[] = {
	KUNIT_CASE_PARAM(swap_entry_is_served_under_vma_lock, served_gen_params),
	KUNIT_CASE_PARAM(swap_entry_is_served_under_mmap_lock, served_gen_params),
	KUNIT_CASE(locked_folio_is_waited_for_without_vma_lock),
	KUNIT_CASE(device_private_fault_falls_back_from_vma_lock),
	KUNIT_CASE(device_private_fault_is_served_under_mmap_lock),
	KUNIT_CASE(nowait_fault_returns_at_once),
	KUNIT_CASE(nowait_keeps_vma_lock),
	KUNIT_CASE(nowait_is_refused_under_vma_lock),
	KUNIT_CASE_PARAM(sigkill_ends_killable_wait, killable_gen_params),
	KUNIT_CASE_PARAM(sigkill_does_not_end_other_waits,
			 unkillable_gen_params),
	KUNIT_CASE_PARAM(fault_that_may_not_retry_waits_with_lock,
			 blocking_gen_params),
	KUNIT_CASE(swap_cache_lost_during_wait_is_noticed),
	KUNIT_CASE(swap_cache_of_other_entry_is_noticed),
	KUNIT_CASE(pte_lost_during_wait_is_noticed),
	KUNIT_CASE(page_not_uptodate_is_sigbus),
	KUNIT_CASE(freed_vma_is_left_alone),
	KUNIT_CASE_PARAM(migration_entry_is_waited_for, lock_gen_params),
	KUNIT_CASE(device_private_fault_says_what_the_driver_says),
	KUNIT_CASE(pinned_swap_slot_is_left_alone),
	KUNIT_CASE(page_under_stable_writeback_is_read_only),
	KUNIT_CASE(mlocked_page_leaves_swap_cache),
	KUNIT_CASE(full_area_gets_its_slot_back),
	KUNIT_CASE(write_locked_vma_is_not_read_locked),
	KUNIT_CASE_PARAM(shrunk_vma_is_not_locked, meddle_gen_params),
	KUNIT_CASE(first_fault_needs_mmap_lock_for_a_moment),
	KUNIT_CASE_PARAM(entry_without_page_gives_documented_result,
			 leaf_gen_params),
	KUNIT_CASE_PARAM(hwpoison_entry_is_reported, lock_gen_params),
	KUNIT_CASE_PARAM(device_exclusive_entry_is_restored,
			 exclusive_gen_params),
	KUNIT_CASE(driver_is_told_that_its_access_ends),
	KUNIT_CASE(fork_ends_exclusive_access),
	KUNIT_CASE(fork_fails_without_the_exclusive_page),
	KUNIT_CASE_PARAM(fork_copies_poison_only, marker_gen_params),
	KUNIT_CASE_PARAM(exclusive_entry_lost_during_wait_is_noticed,
			 lock_gen_params),
	KUNIT_CASE_PARAM(swapoff_brings_page_back, swapoff_gen_params),
	KUNIT_CASE(swapoff_poisons_what_it_cannot_read),
	KUNIT_CASE(swapoff_leaves_other_areas_alone),
	KUNIT_CASE(page_of_zeroes_comes_back),
	KUNIT_CASE(page_changed_in_swap_cache_is_written_again),
	KUNIT_CASE_SLOW(many_pages_come_back_from_swap),
	KUNIT_CASE_PARAM(every_combination_gives_documented_result,
			 stage_gen_params),
	KUNIT_CASE_PARAM(pte_that_changes_under_fault_is_noticed,
			 changing_gen_params),
	KUNIT_CASE_PARAM(swapin_holds_what_it_needs_until_page_is_mapped,
			 witness_gen_params),
	{}
};

/* What a RAM disk once takes it keeps: not in a case, which has to leak nothing. */
static int swap_fault_suite_init(struct kunit_suite *suite)
{
	return mmk_swap_format(OTHER_AREA);
}

static struct kunit_suite swap_fault_suite = {
	.name = "swap_fault",
	.suite_init = swap_fault_suite_init,
	.init = mmk_case_init,
	.test_cases = swap_fault_cases,
};

kunit_test_suite(swap_fault_suite);
