// SPDX-License-Identifier: GPL-2.0
/*
 * Faults, forks and unmaps of device-dax: each mapping has one reference.
 */
#include <kunit/test.h>
#include <linux/dax.h>
#include <linux/io.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../compat/pgmap.h"
#include "../lib/bits.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/mm.h"
#include "../lib/proc.h"
#include "../lib/pte.h"
#include "../lib/task.h"
#include "../lib/wait.h"
#include "dax_device.h"

#define DD_RW	(PROT_READ | PROT_WRITE)

KUNIT_ARRAY_PARAM_DESC(dd_size, dd_sizes, description);

static const struct dd_size_case *dd_size(struct kunit *test)
{
	return test->param_value;
}

/* The RSS of a mapping of @nr pages of a device */
static unsigned long dd_rss(const struct dd_dev *dev, unsigned int nr)
{
	return nr * dd_nr_small(dev);
}

static bool dd_writable(struct dd_dev *dev, struct mm_struct *mm,
			unsigned long addr)
{
	return dev->align == PAGE_SIZE ? !!pte_write(mmk_pte(mm, addr)) :
					 !!pmd_write(mmk_pmd(mm, addr));
}

static bool dd_dirty(struct dd_dev *dev, struct mm_struct *mm,
		     unsigned long addr)
{
	return dev->align == PAGE_SIZE ? !!pte_dirty(mmk_pte(mm, addr)) :
					 !!pmd_dirty(mmk_pmd(mm, addr));
}

/**
 * pages_of_a_device_begin_idle() - A device that nobody has mapped
 *
 * The pages of a device are of the size that it was made with. Each has the references of
 * an idle page, and is not mapped; folio_try_get() gets it only if that is more than none.
 *
 * Contract: ZD-14, ZD-15
 */
static void pages_of_a_device_begin_idle(struct kunit *test)
{
	struct dd_dev *dev = dd_create(test, dd_size(test)->align);
	unsigned int i, had = 0, other = 0;
	struct folio *folio;

	KUNIT_EXPECT_EQ(test, (int)dev->dax->pgmap->type,
			(int)MEMORY_DEVICE_GENERIC);
	DD_EXPECT_IDLE(test, dev);
	for (i = 0; i < dd_nr(dev); i++) {
		folio = dd_folio(dev, i);
		if (folio_size(folio) != dev->align ||
		    folio_pfn(folio) != PHYS_PFN(dev->range.start) +
					i * dd_nr_small(dev))
			other++;
		if (folio_try_get(folio)) {
			had++;
			folio_put(folio);
		}
	}
	KUNIT_EXPECT_EQ(test, other, 0U);
	KUNIT_EXPECT_EQ(test, had, MMK_GENERIC_IDLE_REFS ? dd_nr(dev) : 0);
	KUNIT_EXPECT_EQ(test, dd_pgmap_refs(dev),
			MMK_IDLE_PAGE_PGMAP_REFS * dd_nr(dev));
	DD_EXPECT_IDLE(test, dev);
}

/**
 * struct dd_fault_case - An access to a page that is not mapped yet
 * @description: its name
 * @align: size of the page
 * @write: write to it
 */
struct dd_fault_case {
	const char *description;
	unsigned long align;
	bool write;
};

static const struct dd_fault_case dd_faults[] = {
	{ "small page, read", PAGE_SIZE, false },
	{ "small page, write", PAGE_SIZE, true },
	{ "huge page, read", PMD_SIZE, false },
	{ "huge page, write", PMD_SIZE, true },
};

KUNIT_ARRAY_PARAM_DESC(dd_fault, dd_faults, description);

/**
 * fault_takes_one_reference() - The first access to a page, and the last munmap()
 *
 * The fault maps the page that belongs to the address, in one piece. The mapping has one
 * reference, and so has no other page. Where the fault was one for writing, the entry is
 * writable and dirty; who only reads leaves it clean. The page knows file and offset. munmap()
 * leaves the page idle.
 *
 * Contract: ZD-14, ZD-15
 */
static void fault_takes_one_reference(struct kunit *test)
{
	const struct dd_fault_case *param = test->param_value;
	struct dd_dev *dev = dd_create(test, param->align);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = dd_map(dev, DD_RW) + dev->align;
	struct folio *folio = dd_folio(dev, 1);

	KUNIT_EXPECT_EQ(test, (int)dd_fault(test, mm, addr + PAGE_SIZE / 2,
					    param->write ? FAULT_FLAG_WRITE : 0),
			(int)VM_FAULT_NOPAGE);

	KUNIT_EXPECT_PTR_EQ(test, dd_mapped(dev, mm, addr), folio_page(folio, 0));
	if (param->write)
		KUNIT_EXPECT_TRUE(test, dd_writable(dev, mm, addr));
	KUNIT_EXPECT_EQ(test, dd_dirty(dev, mm, addr), param->write);
	KUNIT_EXPECT_EQ(test, dd_uses(folio), 1);
	KUNIT_EXPECT_EQ(test, folio_mapcount(folio), 1);
	KUNIT_EXPECT_EQ(test, dd_nr_in_use(dev), 1U);
	KUNIT_EXPECT_PTR_EQ(test, folio->mapping, dev->file->f_mapping);
	KUNIT_EXPECT_EQ(test, folio->index, (pgoff_t)dd_nr_small(dev));
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_FILEPAGES),
			dd_rss(dev, 1));
	KUNIT_EXPECT_EQ(test, dd_pgmap_refs(dev),
			MMK_IDLE_PAGE_PGMAP_REFS * dd_nr(dev) +
			MMK_GENERIC_USE_PGMAP_REFS);

	KUNIT_EXPECT_EQ(test, vm_munmap(addr - dev->align, DD_SIZE), 0);
	DD_EXPECT_IDLE(test, dev);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_FILEPAGES), 0UL);
	KUNIT_EXPECT_EQ(test, dd_pgmap_refs(dev),
			MMK_IDLE_PAGE_PGMAP_REFS * dd_nr(dev));
}

/*
 * What a thread does that faults at the same time as another one: it gets as far as the
 * driver, and the other one has mapped the page then.
 */
static vm_fault_t dd_late_fault(struct dd_dev *dev, struct mm_struct *mm,
				unsigned long addr, unsigned int flags)
{
	/* Only tasks of the case change the mm. */
	struct vm_area_struct *vma = mmk_vma_at(mm, addr);
	struct vm_fault vmf = {
		.vma		= vma,
		.address	= addr,
		.real_address	= addr,
		.pgoff		= linear_page_index(vma, addr),
		.flags		= flags,
		.pmd		= pmd_off(mm, addr),
	};
	vm_fault_t ret;

	mmap_read_lock(mm);
	ret = vma->vm_ops->huge_fault(&vmf, dev->align == PAGE_SIZE ? 0 :
								     PMD_ORDER);
	mmap_read_unlock(mm);
	return ret;
}

/**
 * second_fault_takes_none() - A fault that comes too late
 *
 * Two threads fault on the same page, one for reading and one for writing. Both have the
 * driver map it. The second one finds the page mapped, and takes no reference; the entry is
 * writable then.
 *
 * Contract: ZD-14
 */
static void second_fault_takes_none(struct kunit *test)
{
	struct dd_dev *dev = dd_create(test, dd_size(test)->align);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = dd_map(dev, DD_RW);
	struct folio *folio = dd_folio(dev, 0);

	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, false), 0);

	KUNIT_EXPECT_EQ(test, (int)dd_late_fault(dev, mm, addr, 0),
			(int)VM_FAULT_NOPAGE);
	KUNIT_EXPECT_EQ(test, dd_uses(folio), 1);
	KUNIT_EXPECT_EQ(test, (int)dd_late_fault(dev, mm, addr,
						 FAULT_FLAG_WRITE),
			(int)VM_FAULT_NOPAGE);

	KUNIT_EXPECT_PTR_EQ(test, dd_mapped(dev, mm, addr), folio_page(folio, 0));
	KUNIT_EXPECT_TRUE(test, dd_writable(dev, mm, addr));
	KUNIT_EXPECT_EQ(test, dd_uses(folio), 1);
	KUNIT_EXPECT_EQ(test, folio_mapcount(folio), 1);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_FILEPAGES),
			dd_rss(dev, 1));
}

/**
 * write_to_protected_page_takes_none() - A page that is mapped becomes writable
 *
 * A page is read through a mapping that cannot be written, which mprotect() then makes
 * writable. To see who writes to it, clear_refs protects it again
 * (Documentation/admin-guide/mm/soft-dirty.rst). The fault of the write finds the page mapped: it
 * becomes writable, and nothing takes a reference.
 *
 * Contract: ZD-14
 */
static void write_to_protected_page_takes_none(struct kunit *test)
{
	struct dd_dev *dev = dd_create(test, dd_size(test)->align);
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_proc *proc = mmk_proc_alloc(test);
	unsigned long addr = dd_map(dev, PROT_READ);
	struct folio *folio = dd_folio(dev, 0);

	mmk_need_bits(test, MMK_SOFT_DIRTY);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, false), 0);
	KUNIT_EXPECT_FALSE(test, dd_writable(dev, mm, addr));
	KUNIT_ASSERT_EQ(test, sys_mprotect(addr, DD_SIZE, DD_RW), 0L);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(mm, addr, true), 0);
	KUNIT_EXPECT_TRUE(test, dd_writable(dev, mm, addr));
	mmk_proc_write(test, proc, "clear_refs", "4");
	KUNIT_EXPECT_FALSE(test, dd_writable(dev, mm, addr));

	KUNIT_EXPECT_EQ(test, mmk_fault_in(mm, addr, true), 0);

	KUNIT_EXPECT_TRUE(test, dd_writable(dev, mm, addr));
	KUNIT_EXPECT_PTR_EQ(test, dd_mapped(dev, mm, addr), folio_page(folio, 0));
	KUNIT_EXPECT_EQ(test, dd_uses(folio), 1);
	KUNIT_EXPECT_EQ(test, folio_mapcount(folio), 1);
	mmk_proc_end(test, proc);
}

/**
 * bytes_are_those_of_the_device() - Writes and reads of a process
 *
 * What a process writes is in the memory of the device. A second mapping shows it, and so
 * does one that is made after all have been unmapped and the page was idle.
 *
 * Contract: ZD-14
 */
static void bytes_are_those_of_the_device(struct kunit *test)
{
	struct dd_dev *dev = dd_create(test, dd_size(test)->align);
	unsigned int nr = dd_nr_small(dev);
	unsigned long addr, again;

	mmk_mm_enter(test);
	addr = dd_map(dev, DD_RW);
	again = dd_map(dev, PROT_READ);
	mmk_fill(test, addr + dev->align, nr, 7);
	MMK_EXPECT_HOLDS(test, again + dev->align, nr, 7);
	MMK_EXPECT_FOLIO_HOLDS(test, dd_folio(dev, 1), 7);
	KUNIT_EXPECT_PTR_EQ(test, folio_address(dd_folio(dev, 1)),
			    __va(dev->range.start + dev->align));

	KUNIT_EXPECT_EQ(test, vm_munmap(addr, DD_SIZE), 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(again, DD_SIZE), 0);
	DD_EXPECT_IDLE(test, dev);

	again = dd_map(dev, PROT_READ);
	MMK_EXPECT_HOLDS(test, again + dev->align, nr, 7);
	KUNIT_EXPECT_EQ(test, dd_uses(dd_folio(dev, 1)), 1);
}

/**
 * fork_copies_no_entry() - A child maps the page by a fault of its own
 *
 * fork() takes no reference, since the child can have the page by a fault. That fault takes
 * one. The exit of the child drops it, and leaves that of its parent.
 *
 * Contract: ZD-14
 */
static void fork_copies_no_entry(struct kunit *test)
{
	struct dd_dev *dev = dd_create(test, dd_size(test)->align);
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr = dd_map(dev, DD_RW);
	struct folio *folio = dd_folio(dev, 0);

	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, true), 0);

	child = mmk_fork(test);

	KUNIT_EXPECT_PTR_EQ(test, dd_mapped(dev, child, addr), NULL);
	KUNIT_EXPECT_EQ(test, dd_uses(folio), 1);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(child, addr, true), 0);
	KUNIT_EXPECT_PTR_EQ(test, dd_mapped(dev, child, addr),
			    folio_page(folio, 0));
	KUNIT_EXPECT_EQ(test, dd_uses(folio), 2);
	KUNIT_EXPECT_EQ(test, folio_mapcount(folio), 2);

	mmk_mm_put(test, child);
	KUNIT_EXPECT_EQ(test, dd_uses(folio), 1);
	KUNIT_EXPECT_EQ(test, folio_mapcount(folio), 1);
	KUNIT_EXPECT_EQ(test, vm_munmap(addr, DD_SIZE), 0);
	DD_EXPECT_IDLE(test, dev);
}

/**
 * munmap_of_a_part_drops_its_references() - Some pages of a mapping go
 *
 * All pages of a device are mapped. munmap() of the second half leaves the first half in use
 * and the second one idle. munmap() of less than a page of the device is refused, and changes
 * nothing.
 *
 * Contract: ZD-14
 */
static void munmap_of_a_part_drops_its_references(struct kunit *test)
{
	struct dd_dev *dev = dd_create(test, dd_size(test)->align);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = dd_map(dev, DD_RW);
	unsigned int i, nr = 0;

	for (i = 0; i < dd_nr(dev); i++)
		KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr + i * dev->align,
						   i & 1), 0);
	KUNIT_EXPECT_EQ(test, dd_nr_in_use(dev), dd_nr(dev));
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_FILEPAGES),
			(unsigned long)DD_PAGES);

	KUNIT_EXPECT_EQ(test, vm_munmap(addr + DD_SIZE / 2, DD_SIZE / 2), 0);

	for (i = 0; i < dd_nr(dev); i++)
		nr += dd_uses(dd_folio(dev, i)) == (i < dd_nr(dev) / 2);
	KUNIT_EXPECT_EQ(test, nr, dd_nr(dev));
	KUNIT_EXPECT_EQ(test, dd_nr_in_use(dev), dd_nr(dev) / 2);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_FILEPAGES),
			(unsigned long)DD_PAGES / 2);

	if (dev->align > PAGE_SIZE) {
		KUNIT_EXPECT_EQ(test, vm_munmap(addr, PAGE_SIZE), -EINVAL);
		KUNIT_EXPECT_EQ(test, vm_munmap(addr + PAGE_SIZE, PAGE_SIZE),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, dd_uses(dd_folio(dev, 0)), 1);
		KUNIT_EXPECT_PTR_EQ(test, dd_mapped(dev, mm, addr),
				    dd_page(dev, 0));
	}
	KUNIT_EXPECT_EQ(test, vm_munmap(addr, DD_SIZE / 2), 0);
	DD_EXPECT_IDLE(test, dev);
}

/**
 * madvise_and_mremap_keep_the_count() - MADV_DONTNEED, and a mapping that moves
 *
 * MADV_DONTNEED unmaps a page, which is idle then, and comes back by the next access. A
 * mapping that is moved by mremap() has one reference before, and one afterwards.
 *
 * Contract: ZD-14
 */
static void madvise_and_mremap_keep_the_count(struct kunit *test)
{
	struct dd_dev *dev = dd_create(test, dd_size(test)->align);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = dd_map(dev, DD_RW), hole, moved;
	struct folio *folio = dd_folio(dev, 1);

	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr + dev->align, true), 0);
	KUNIT_EXPECT_EQ(test, do_madvise(mm, addr, DD_SIZE, MADV_DONTNEED), 0);
	DD_EXPECT_IDLE(test, dev);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr + dev->align, true), 0);
	KUNIT_EXPECT_EQ(test, dd_uses(folio), 1);

	hole = ALIGN(mmk_map_anon(test, DD_PAGES + DD_PAGES / 2), PMD_SIZE);
	moved = sys_mremap(addr, DD_SIZE, DD_SIZE, MREMAP_MAYMOVE | MREMAP_FIXED,
			   hole);
	KUNIT_ASSERT_EQ(test, moved, hole);

	KUNIT_EXPECT_PTR_EQ(test, dd_mapped(dev, mm, moved + dev->align),
			    folio_page(folio, 0));
	KUNIT_EXPECT_EQ(test, dd_uses(folio), 1);
	KUNIT_EXPECT_EQ(test, folio_mapcount(folio), 1);
	KUNIT_EXPECT_EQ(test, vm_munmap(moved, DD_SIZE), 0);
	DD_EXPECT_IDLE(test, dev);
}

/**
 * refused_mappings_take_nothing() - What a user of device-dax may not do
 *
 * Private mappings are refused, and those that do not begin and end with a page of the
 * device. A mapping may be longer than the device: an access behind the end gets SIGBUS.
 * None of it takes a reference.
 *
 * Contract: ZD-14
 */
static void refused_mappings_take_nothing(struct kunit *test)
{
	struct dd_dev *dev = dd_create(test, dd_size(test)->align);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr;

	addr = vm_mmap(dev->file, 0, DD_SIZE, DD_RW, MAP_PRIVATE, 0);
	KUNIT_EXPECT_EQ(test, (long)addr, (long)-EINVAL);
	if (dev->align > PAGE_SIZE) {
		addr = vm_mmap(dev->file, 0, PAGE_SIZE, DD_RW, MAP_SHARED, 0);
		KUNIT_EXPECT_EQ(test, (long)addr, (long)-EINVAL);
	}
	addr = mmk_mmap(test, dev->file, DD_SIZE + dev->align, DD_RW, MAP_SHARED);
	KUNIT_EXPECT_EQ(test, (int)dd_fault(test, mm, addr + DD_SIZE, 0),
			(int)VM_FAULT_SIGBUS);
	KUNIT_EXPECT_EQ(test, (int)dd_fault(test, mm, addr + DD_SIZE,
					    FAULT_FLAG_WRITE),
			(int)VM_FAULT_SIGBUS);
	DD_EXPECT_IDLE(test, dev);
	KUNIT_EXPECT_EQ(test, dd_pgmap_refs(dev),
			MMK_IDLE_PAGE_PGMAP_REFS * dd_nr(dev));
}

#define DD_TASKS	4
#define DD_ROUNDS	25

/**
 * struct dd_user - A task that maps pages and unmaps them, again and again
 * @task: the thread
 * @dev: the device
 * @meet: how many are there
 * @failed: accesses that went wrong
 */
struct dd_user {
	struct mmk_task task;
	struct dd_dev *dev;
	atomic_t *meet;
	unsigned int failed;
};

static void dd_user_main(struct mmk_task *task)
{
	struct dd_user *user = container_of(task, struct dd_user, task);
	struct dd_dev *dev = user->dev;
	unsigned int round;
	unsigned long addr;

	atomic_inc(user->meet);
	mmk_wait_for(atomic_read(user->meet) == DD_TASKS);
	for (round = 0; round < DD_ROUNDS; round++) {
		addr = vm_mmap(dev->file, 0, DD_SIZE, DD_RW, MAP_SHARED, 0);
		if (IS_ERR_VALUE(addr)) {
			user->failed++;
			continue;
		}
		if (mmk_fault_in(task->mm, addr, round & 1) ||
		    mmk_fault_in(task->mm, addr + dev->align, !(round & 1)))
			user->failed++;
		cond_resched();
		if (vm_munmap(addr, DD_SIZE))
			user->failed++;
	}
}

/**
 * users_come_and_go() - Pages that become idle while others map them
 *
 * Four processes map the same two pages, access them and unmap them, again and again. No
 * access fails. In the end both pages are idle, and so is the device.
 *
 * Contract: ZD-14, ZD-10
 */
static void users_come_and_go(struct kunit *test)
{
	struct dd_dev *dev = dd_create(test, dd_size(test)->align);
	struct dd_user *users[DD_TASKS];
	atomic_t meet = ATOMIC_INIT(0);
	unsigned int i;

	mmk_mm_enter(test);
	for (i = 0; i < DD_TASKS; i++) {
		users[i] = mmk_task_alloc(test, sizeof(*users[i]),
					  mmk_fork(test), dd_user_main);
		users[i]->dev = dev;
		users[i]->meet = &meet;
	}
	for (i = 0; i < DD_TASKS; i++)
		mmk_task_start(&users[i]->task);
	for (i = 0; i < DD_TASKS; i++) {
		KUNIT_ASSERT_TRUE(test, mmk_task_join(&users[i]->task));
		KUNIT_EXPECT_EQ(test, users[i]->failed, 0U);
	}
	DD_EXPECT_IDLE(test, dev);
	KUNIT_EXPECT_EQ(test, dd_pgmap_refs(dev),
			MMK_IDLE_PAGE_PGMAP_REFS * dd_nr(dev));
}

static struct kunit_case dax_fault_cases[] = {
	KUNIT_CASE_PARAM(pages_of_a_device_begin_idle, dd_size_gen_params),
	KUNIT_CASE_PARAM(fault_takes_one_reference, dd_fault_gen_params),
	KUNIT_CASE_PARAM(second_fault_takes_none, dd_size_gen_params),
	KUNIT_CASE_PARAM(write_to_protected_page_takes_none, dd_size_gen_params),
	KUNIT_CASE_PARAM(bytes_are_those_of_the_device, dd_size_gen_params),
	KUNIT_CASE_PARAM(fork_copies_no_entry, dd_size_gen_params),
	KUNIT_CASE_PARAM(munmap_of_a_part_drops_its_references,
			 dd_size_gen_params),
	KUNIT_CASE_PARAM(madvise_and_mremap_keep_the_count, dd_size_gen_params),
	KUNIT_CASE_PARAM(refused_mappings_take_nothing, dd_size_gen_params),
	KUNIT_CASE_PARAM(users_come_and_go, dd_size_gen_params),
	{}
};

static struct kunit_suite dax_fault_suite = {
	.name = "dax_fault",
	.init = mmk_case_init,
	.test_cases = dax_fault_cases,
};

kunit_test_suite(dax_fault_suite);
