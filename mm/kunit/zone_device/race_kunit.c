// SPDX-License-Identifier: GPL-2.0
/*
 * Device pages that several tasks put, unmap or fault on at the same time.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/memremap.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "../../internal.h"
#include "../compat/trace.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/task.h"
#include "../lib/wait.h"
#include "device_pages.h"

KUNIT_ARRAY_PARAM_DESC(zd_type, zd_types, description);

KUNIT_ARRAY_PARAM_DESC(zd_put, zd_puts, description);

#define ZD_DROPPERS	8
#define ZD_DROPPED	32

/* Expects the driver to have been told of each page once. */
static void zd_expect_freed_once(struct kunit *test, struct mmk_dev *dev,
				 struct page **pages)
{
	unsigned int i, j, nr;

	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), ZD_DROPPED);
	for (i = 0; i < ZD_DROPPED; i++) {
		for (j = 0, nr = 0; j < ZD_DROPPED; j++)
			nr += dev->log[j].page == pages[i];
		KUNIT_EXPECT_EQ_MSG(test, nr, 1U, "page %u", i);
		KUNIT_EXPECT_EQ(test, page_ref_count(pages[i]), 0);
	}
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 0L);
}

/**
 * struct zd_dropper - A task that drops one reference on each of many pages
 * @task: the thread
 * @pages: the pages
 * @first: which one to begin with
 */
struct zd_dropper {
	struct mmk_task task;
	struct page **pages;
	unsigned int first;
};

static void zd_dropper_main(struct mmk_task *task)
{
	struct zd_dropper *dropper = container_of(task, struct zd_dropper,
						  task);
	void (*const puts[])(struct page *page) = {
		zd_put_page, zd_folio_put, zd_release_pages, zd_folios_put,
	};
	unsigned int i;

	for (i = 0; i < ZD_DROPPED; i++) {
		puts[i % ARRAY_SIZE(puts)](dropper->pages[(dropper->first + i) %
							  ZD_DROPPED]);
		schedule();
	}
}

/**
 * racing_puts_free_once() - Many tasks, each with one last reference
 *
 * Tasks take turns to drop the references on the same pages. In whatever order
 * they run, the driver is told of every page once.
 *
 * Contract: ZD-10
 */
static void racing_puts_free_once(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, zd_param_type(test));
	struct mm_struct *mm = mmk_mm_enter(test);
	struct zd_dropper *droppers[ZD_DROPPERS];
	struct page *pages[ZD_DROPPED];
	unsigned int i;

	for (i = 0; i < ZD_DROPPED; i++) {
		pages[i] = zd_get_page(test, dev);
		page_ref_add(pages[i], ZD_DROPPERS - 1);
	}
	for (i = 0; i < ZD_DROPPERS; i++) {
		droppers[i] = mmk_task_alloc(test, sizeof(*droppers[i]), mm,
					     zd_dropper_main);
		droppers[i]->pages = pages;
		droppers[i]->first = i * ZD_DROPPED / ZD_DROPPERS;
	}
	for (i = 0; i < ZD_DROPPERS; i++)
		mmk_task_start(&droppers[i]->task);
	for (i = 0; i < ZD_DROPPERS; i++)
		KUNIT_EXPECT_TRUE(test, mmk_task_join(&droppers[i]->task));

	zd_expect_freed_once(test, dev, pages);
}

#define ZD_IN_STEP	8

/**
 * struct zd_racer - A task that drops its references when others drop theirs
 * @task: the thread
 * @pages: the pages
 * @meet: for every ZD_IN_STEP pages, counts the tasks that are ready
 * @dropped: for each page, counts the tasks that have changed its refcount
 * @nr: number of tasks
 * @at: index of the current page
 */
struct zd_racer {
	struct mmk_task task;
	struct page **pages;
	atomic_t *meet;
	atomic_t *dropped;
	unsigned int nr;
	unsigned int at;
};

static void zd_racer_main(struct mmk_task *task)
{
	struct zd_racer *racer = container_of(task, struct zd_racer, task);
	unsigned int i;

	for (i = 0; i < ZD_DROPPED; i++) {
		racer->at = i;
		/*
		 * Not for each page: to meet takes time, and they stay in step.
		 */
		if (!(i % ZD_IN_STEP))
			mmk_meet(&racer->meet[i], racer->nr);
		if (i % 2)
			zd_folios_put(racer->pages[i]);
		else
			put_page(racer->pages[i]);
	}
}

/*
 * Waits until all tasks have changed the refcount, and none has used the
 * result.
 */
static void zd_all_have_dropped(void *data, struct page *page, int v)
{
	struct zd_racer **racers = data, *racer;
	unsigned int i;

	for (i = 0; i < racers[0]->nr; i++) {
		racer = racers[i];
		if (current == racer->task.task &&
		    page == racer->pages[racer->at])
			mmk_meet(&racer->dropped[racer->at], racer->nr);
	}
}

static void zd_all_have_dropped_and(void *data, struct page *page, int v,
				    int ret)
{
	zd_all_have_dropped(data, page, v);
}

static void zd_all_drop_release(void *data)
{
	mmk_unwatch_page_refs(zd_all_have_dropped, zd_all_have_dropped_and,
			      data);
}

/**
 * struct zd_race_case - How tasks drop their references at the same time
 * @description: its name
 * @type: of the memory
 * @in_step: all tasks change the count before one uses the result of its put
 */
struct zd_race_case {
	const char *description;
	enum memory_type type;
	bool in_step;
};

static const struct zd_race_case zd_races[] = {
	{ "device private", MEMORY_DEVICE_PRIVATE, false },
	{ "device coherent", MEMORY_DEVICE_COHERENT, false },
	{ "device private, in step", MEMORY_DEVICE_PRIVATE, true },
	{ "device coherent, in step", MEMORY_DEVICE_COHERENT, true },
};

KUNIT_ARRAY_PARAM_DESC(zd_race, zd_races, description);

/**
 * smp_puts_free_once() - The same, on all CPUs at the same time
 *
 * Tasks on all CPUs begin at the same time to drop their references on the same
 * pages, one page after the other. In some cases each put waits until all tasks
 * have changed the refcount. Each page is freed by one task: the driver is told
 * once.
 *
 * Contract: ZD-10
 */
static void smp_puts_free_once(struct kunit *test)
{
	const struct zd_race_case *param = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, param->type);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned int i, nr_racers;
	struct zd_racer **racers;
	atomic_t *meet, *dropped;
	struct page **pages;

	mmk_need_cpus(test, 2);
	if (param->in_step && !IS_ENABLED(CONFIG_DEBUG_PAGE_REF))
		kunit_skip(test, "needs CONFIG_DEBUG_PAGE_REF");
	nr_racers = min(num_online_cpus(), ZD_DROPPERS);
	racers = kunit_kcalloc(test, nr_racers, sizeof(*racers), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, racers);
	pages = kunit_kcalloc(test, ZD_DROPPED, sizeof(*pages), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pages);
	meet = kunit_kcalloc(test, ZD_DROPPED, sizeof(*meet), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, meet);
	dropped = kunit_kcalloc(test, ZD_DROPPED, sizeof(*dropped), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, dropped);
	for (i = 0; i < ZD_DROPPED; i++) {
		pages[i] = zd_get_page(test, dev);
		page_ref_add(pages[i], nr_racers - 1);
	}
	for (i = 0; i < nr_racers; i++) {
		racers[i] = mmk_task_alloc(test, sizeof(*racers[i]), mm,
					   zd_racer_main);
		racers[i]->pages = pages;
		racers[i]->meet = meet;
		racers[i]->dropped = dropped;
		racers[i]->nr = nr_racers;
		mmk_task_place(&racers[i]->task, i);
	}
	if (param->in_step) {
		KUNIT_ASSERT_EQ(test,
				mmk_watch_page_refs(zd_all_have_dropped,
						    zd_all_have_dropped_and,
						    racers), 0);
		KUNIT_ASSERT_EQ(test,
				kunit_add_action_or_reset(test,
							  zd_all_drop_release,
							  racers), 0);
	}

	/* The task on this CPU comes last, since it spins. */
	for (i = nr_racers; i-- > 0;)
		mmk_task_start(&racers[i]->task);
	for (i = 0; i < nr_racers; i++)
		KUNIT_ASSERT_TRUE(test, mmk_task_join(&racers[i]->task));
	if (param->in_step)
		kunit_release_action(test, zd_all_drop_release, racers);

	zd_expect_freed_once(test, dev, pages);
	for (i = 0; i < ZD_DROPPED && param->in_step; i++)
		KUNIT_EXPECT_EQ(test, atomic_read(&dropped[i]), (int)nr_racers);
}

/**
 * struct zd_crossing - Two tasks that drop the last references on a page
 * @first: changes the refcount first
 * @second: drops its reference before @first has used the result
 * @page: the page
 * @put: how both drop their references
 * @crossed: @second has been started
 */
struct zd_crossing {
	struct mmk_task *first;
	struct mmk_task *second;
	struct page *page;
	void (*put)(struct page *page);
	bool crossed;
};

/**
 * struct zd_crosser - One of the two tasks
 * @task: the thread
 * @crossing: both tasks and their page
 */
struct zd_crosser {
	struct mmk_task task;
	struct zd_crossing *crossing;
};

static void zd_crosser_main(struct mmk_task *task)
{
	struct zd_crosser *crosser = container_of(task, struct zd_crosser,
						  task);

	crosser->crossing->put(crosser->crossing->page);
}

static struct mmk_task *zd_crosser_alloc(struct kunit *test,
					 struct mm_struct *mm,
					 struct zd_crossing *crossing)
{
	struct zd_crosser *crosser = mmk_task_alloc(test, sizeof(*crosser), mm,
						    zd_crosser_main);

	crosser->crossing = crossing;
	return &crosser->task;
}

/*
 * Called when the first task has changed the refcount, or tried to. The second
 * task has a higher priority: it runs as soon as it is woken.
 */
static void zd_ref_modified(void *data, struct page *page, int v)
{
	struct zd_crossing *crossing = data;

	if (crossing->crossed || page != crossing->page ||
	    current != crossing->first->task)
		return;
	crossing->crossed = true;
	mmk_task_start(crossing->second);
}

static void zd_ref_modified_and(void *data, struct page *page, int v, int ret)
{
	zd_ref_modified(data, page, v);
}

static void zd_ref_release(void *data)
{
	mmk_unwatch_page_refs(zd_ref_modified, zd_ref_modified_and, data);
}

static void zd_cross(struct kunit *test, struct mmk_dev *dev,
		     struct mm_struct *mm, const struct zd_put_case *way)
{
	struct page *page = zd_get_page(test, dev);
	struct zd_crossing *crossing;

	crossing = kunit_kzalloc(test, sizeof(*crossing), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, crossing);
	crossing->page = page;
	crossing->put = way->put;
	crossing->first = zd_crosser_alloc(test, mm, crossing);
	crossing->second = zd_crosser_alloc(test, mm, crossing);
	sched_set_fifo(crossing->second->task);
	page_ref_add(page, 2 * way->refs - 1);
	KUNIT_ASSERT_EQ(test, mmk_watch_page_refs(zd_ref_modified,
						  zd_ref_modified_and,
						  crossing), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, zd_ref_release,
							crossing), 0);

	mmk_task_start(crossing->first);

	KUNIT_EXPECT_TRUE(test, mmk_task_join(crossing->first));
	kunit_release_action(test, zd_ref_release, crossing);
	KUNIT_ASSERT_TRUE(test, crossing->crossed);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(crossing->second));
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	KUNIT_EXPECT_PTR_EQ(test, dev->log[0].page, page);
	KUNIT_EXPECT_PTR_EQ(test, dev->log[0].task, crossing->second->task);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 0);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 0L);
}

/**
 * crossing_puts_free_once() - A last put in the middle of another
 *
 * A task has changed the refcount of a page, and not used the result yet, when
 * another task drops the last reference. Only the other task tells the driver.
 *
 * Contract: ZD-10
 */
static void crossing_puts_free_once(struct kunit *test)
{
	struct mmk_dev *private = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mmk_dev *coherent = mmk_dev_create(test, MEMORY_DEVICE_COHERENT);
	const struct zd_put_case *way = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);

	if (!IS_ENABLED(CONFIG_DEBUG_PAGE_REF) ||
	    !IS_ENABLED(CONFIG_PREEMPTION))
		kunit_skip(test, "needs CONFIG_DEBUG_PAGE_REF and preemption");

	zd_cross(test, private, mm, way);
	zd_cross(test, coherent, mm, way);
}

/*
 * A fault waits for them in migrate_to_ram; static, since it may outlive its
 * case.
 */
static struct completion zd_entered, zd_go_on;

static vm_fault_t zd_to_ram_in_two_steps(struct mmk_dev *dev,
					 struct vm_fault *vmf)
{
	complete(&zd_entered);
	wait_for_completion(&zd_go_on);
	return mmk_dev_to_ram(dev, vmf);
}

static void zd_let_go(void *unused)
{
	complete_all(&zd_go_on);
}

/**
 * fault_keeps_unmapped_page() - The page is unmapped during migrate_to_ram
 *
 * A fault on a device-private page is in migrate_to_ram when another task
 * unmaps the page. The page is not freed until the fault drops its reference,
 * and it is not mapped again.
 *
 * Contract: ZD-13
 */
static void fault_keeps_unmapped_page(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct mmk_fault *fault;
	struct page *page;

	mmk_fill(test, addr, 1, 1);
	page = mmk_migrate_to_dev(test, mm, addr, dev);
	init_completion(&zd_entered);
	init_completion(&zd_go_on);
	dev->to_ram = zd_to_ram_in_two_steps;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, zd_let_go, NULL),
			0);
	fault = mmk_fault_start(test, mm, addr, FAULT_FLAG_DEFAULT,
				MMK_MMAP_LOCK);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&zd_entered,
							  MMK_DEADLINE), 0UL);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 2);

	KUNIT_EXPECT_EQ(test, do_madvise(mm, addr, PAGE_SIZE, MADV_DONTNEED),
			0);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 0);
	complete_all(&zd_go_on);

	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret & VM_FAULT_ERROR, 0U);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_to_ram), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	KUNIT_EXPECT_PTR_EQ(test, dev->log[0].task, fault->task.task);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 0);
	MMK_EXPECT_PTE(test, mm, addr, NONE);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 0UL);
}

/**
 * struct zd_intruder - A task that unmaps a page in the middle of a fault on it
 * @task: the thread
 * @addr: address of the page
 * @fault: the fault
 * @ptl: lockdep's name of the ptl
 * @came: the task has been started
 * @ret: what madvise() returned
 */
struct zd_intruder {
	struct mmk_task task;
	unsigned long addr;
	struct mmk_fault *fault;
	struct lockdep_map *ptl;
	bool came;
	int ret;
};

static void zd_intruder_main(struct mmk_task *task)
{
	struct zd_intruder *intruder = container_of(task, struct zd_intruder,
						    task);

	intruder->ret = do_madvise(task->mm, intruder->addr, PAGE_SIZE,
				   MADV_DONTNEED);
}

/*
 * Called for the first lock that do_swap_page() takes for a device-private
 * entry, which is RCU's read lock, before the ptl. The intruder has a higher
 * priority: it runs as soon as it is woken.
 */
static void zd_let_intruder_in(void *data, struct lockdep_map *lock,
			       unsigned int subclass, int trylock, int read,
			       int check, struct lockdep_map *nest_lock,
			       unsigned long ip)
{
	struct zd_intruder *intruder = data;

	if (intruder->came || current != intruder->fault->task.task ||
	    in_interrupt() || irqs_disabled())
		return;
	/* The rest of this function takes locks as well. */
	intruder->came = true;
	if (mmk_in_function("do_swap_page"))
		mmk_task_start(&intruder->task);
	else
		intruder->came = false;
}

/* Called when do_swap_page() drops the ptl. */
static void zd_let_intruder_in_late(void *data, struct lockdep_map *lock,
				    unsigned long ip)
{
	struct zd_intruder *intruder = data;

	if (lock == intruder->ptl)
		zd_let_intruder_in(data, lock, 0, 0, 0, 0, NULL, ip);
}

static void zd_ignore_lock(void *data, struct lockdep_map *lock,
			   unsigned int subclass, int trylock, int read,
			   int check, struct lockdep_map *nest_lock,
			   unsigned long ip)
{
}

static void zd_late_release(void *data)
{
	mmk_unwatch_locks(zd_ignore_lock, zd_let_intruder_in_late, data);
}

static void zd_probe_release(void *data)
{
	mmk_lock_unwatch(zd_let_intruder_in, data);
}

/*
 * A device-private page, a fault on it and an intruder, none of them started.
 */
static struct page *zd_intrude(struct kunit *test, struct mmk_dev *dev,
			       struct mm_struct *mm, unsigned long addr,
			       struct zd_intruder **intruderp)
{
	struct zd_intruder *intruder;
	struct page *page;

	if (!IS_ENABLED(CONFIG_LOCKDEP) || !IS_ENABLED(CONFIG_PREEMPTION))
		kunit_skip(test, "needs lockdep's tracepoints and preemption");

	mmk_fill(test, addr, 1, 1);
	page = mmk_migrate_to_dev(test, mm, addr, dev);
	intruder = mmk_task_alloc(test, sizeof(*intruder), mm,
				  zd_intruder_main);
	sched_set_fifo(intruder->task.task);
	intruder->addr = addr;
	intruder->ptl = mmk_lock_map(pte_lockptr(mm, mm_find_pmd(mm, addr)));
	intruder->ret = -EINPROGRESS;
	intruder->fault = mmk_fault_alloc(test, mm, addr, FAULT_FLAG_DEFAULT,
					  MMK_MMAP_LOCK);
	*intruderp = intruder;
	return page;
}

/**
 * fault_leaves_freed_page_alone() - The pte is looked at again under the ptl
 *
 * A fault has read a device-private entry, and not taken the ptl yet, when
 * another task unmaps the page, which frees it. Under the ptl the fault finds
 * another pte: it neither takes a reference on the free page nor calls the
 * driver.
 *
 * Contract: ZD-13
 */
static void fault_leaves_freed_page_alone(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct zd_intruder *intruder;
	struct page *page;

	page = zd_intrude(test, dev, mm, addr, &intruder);
	KUNIT_ASSERT_EQ(test, mmk_lock_watch(zd_let_intruder_in, intruder), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, zd_probe_release,
							intruder), 0);

	mmk_task_start(&intruder->fault->task);

	KUNIT_EXPECT_TRUE(test, mmk_task_join(&intruder->fault->task));
	kunit_release_action(test, zd_probe_release, intruder);
	KUNIT_ASSERT_TRUE(test, intruder->came);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&intruder->task));
	KUNIT_EXPECT_EQ(test, intruder->ret, 0);
	KUNIT_EXPECT_EQ(test, intruder->fault->ret, 0U);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_to_ram), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 0);
	KUNIT_EXPECT_PTR_EQ(test, dev->log[0].task, intruder->task.task);
	MMK_EXPECT_PTE(test, mm, addr, NONE);
}

/**
 * fault_holds_page_after_ptl_drop() - No gap after the lock
 *
 * Under the ptl, a fault has found its device-private entry unchanged. Another
 * task unmaps the page as soon as the ptl is dropped. The fault has a reference
 * by then, and the page is freed when that is dropped.
 *
 * Contract: ZD-13
 */
static void fault_holds_page_after_ptl_drop(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct zd_intruder *intruder;
	struct mmk_fault *fault;
	struct page *page;

	page = zd_intrude(test, dev, mm, addr, &intruder);
	fault = intruder->fault;
	KUNIT_ASSERT_EQ(test, mmk_watch_locks(zd_ignore_lock,
					      zd_let_intruder_in_late,
					      intruder), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, zd_late_release,
							intruder), 0);

	mmk_task_start(&fault->task);

	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	kunit_release_action(test, zd_late_release, intruder);
	KUNIT_ASSERT_TRUE(test, intruder->came);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&intruder->task));
	KUNIT_EXPECT_EQ(test, intruder->ret, 0);
	KUNIT_EXPECT_EQ(test, fault->ret & VM_FAULT_ERROR, 0U);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	KUNIT_EXPECT_PTR_EQ(test, dev->log[0].page, page);
	KUNIT_EXPECT_PTR_EQ(test, dev->log[0].task, fault->task.task);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 0);
	MMK_EXPECT_PTE(test, mm, addr, NONE);
}

static struct kunit_case zone_device_race_cases[] = {
	KUNIT_CASE_PARAM(racing_puts_free_once, zd_type_gen_params),
	KUNIT_CASE_PARAM(smp_puts_free_once, zd_race_gen_params),
	KUNIT_CASE_PARAM(crossing_puts_free_once, zd_put_gen_params),
	KUNIT_CASE(fault_keeps_unmapped_page),
	KUNIT_CASE(fault_leaves_freed_page_alone),
	KUNIT_CASE(fault_holds_page_after_ptl_drop),
	{}
};

static struct kunit_suite zone_device_race_suite = {
	.name = "zone_device_race",
	.init = mmk_case_init,
	.test_cases = zone_device_race_cases,
};

kunit_test_suite(zone_device_race_suite);
