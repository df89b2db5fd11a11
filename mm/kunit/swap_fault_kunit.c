// SPDX-License-Identifier: GPL-2.0
/*
 * Faults on ptes that are neither none nor present, under the VMA lock and under
 * mmap_lock: what is served at once, what waits, and which lock is held after it.
 */
#include <linux/memremap.h>
#include <linux/percpu-refcount.h>
#include <linux/sched/signal.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/vmstat.h>

#include "../internal.h"
#include "../swap.h"
#include "fixtures.h"

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

/* The one swap area that there is, until the case ends. */
static struct mmk_swap *area_on(struct kunit *test)
{
	struct mmk_swap *swap = mmk_swap_on(test);
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

static void swap_out(struct kunit *test, struct swapped *s, bool keep_cached)
{
	struct folio *folio;

	mmk_fill(test, s->addr, 1, SEED);
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
	KUNIT_ASSERT_EQ(test, slots_used(), 1L);
	s->idle = vma_lock_count(s->mm, s->addr);
	s->mmap_idle = mmk_mmap_lock_count(s->mm);
}

/* A new mm, a swap area, and one page that has gone there. */
static void swapped_init(struct kunit *test, struct swapped *s,
			 bool keep_cached)
{
	s->mm = mmk_mm_enter(test);
	area_on(test);
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
		.forked = true, .child_gone = true,
		.major = true, .exclusive = true, .may_write = true,
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
		.exclusive = true, .may_write = true, .swapcache = true,
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
 */
struct served {
	struct swapped s;
	const struct served_case *c;
	struct mm_struct *child;
	struct mmk_mm_state rss;
	unsigned long majors;
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
	KUNIT_ASSERT_EQ(test, __swap_count(s->entry), served->child ? 2 : 1);
	mmk_mm_snapshot(s->mm, &served->rss);
	served->majors = events(PGMAJFAULT);
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
			(unsigned long)vma->anon_vma + PAGE_MAPPING_ANON);
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
	KUNIT_EXPECT_EQ(test, __swap_count(served->s.entry),
			served->child ? 1 : 0);
	/* A slot that neither a pte nor the cache needs is free. */
	KUNIT_EXPECT_EQ(test, slots_used(),
			(long)(c->swapcache || served->child));
	KUNIT_EXPECT_EQ(test, events(PGMAJFAULT) - served->majors,
			(unsigned long)c->major);
}

static void served_expect(struct kunit *test, struct served *served,
			  struct mmk_fault *fault)
{
	const struct served_case *c = served->c;

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
	bool mmap_locked;
	vm_fault_t answer;
};

static vm_fault_t to_ram_note(struct mmk_dev *dev, struct vm_fault *vmf)
{
	struct to_ram_seen *seen = dev->data;

	seen->page = vmf->page;
	seen->addr = vmf->address;
	seen->refcount = page_ref_count(vmf->page);
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
	KUNIT_EXPECT_TRUE(test, d->seen.mmap_locked);
	expect_locks_idle(test, &d->s);
	MMK_EXPECT_PTE(test, d->s.mm, d->s.addr, PRESENT);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, d->s.addr, 1, SEED));
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(d->dev), 0U);
	KUNIT_EXPECT_EQ(test, page_ref_count(d->page), 0);
}

static struct kunit_case swap_fault_cases[] = {
	KUNIT_CASE_PARAM(swap_entry_is_served_under_vma_lock, served_gen_params),
	KUNIT_CASE_PARAM(swap_entry_is_served_under_mmap_lock, served_gen_params),
	KUNIT_CASE(locked_folio_is_waited_for_without_vma_lock),
	KUNIT_CASE(device_private_fault_falls_back_from_vma_lock),
	KUNIT_CASE(device_private_fault_is_served_under_mmap_lock),
	{}
};

static struct kunit_suite swap_fault_suite = {
	.name = "swap_fault",
	.init = mmk_case_init,
	.test_cases = swap_fault_cases,
};

kunit_test_suite(swap_fault_suite);
