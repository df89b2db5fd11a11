// SPDX-License-Identifier: GPL-2.0
/*
 * What every case has to leave as it was: no report of the kernel, no task left
 * behind, and the global page counters as before.
 */
#include <kunit/test.h>
#include <linux/debug_locks.h>
#include <linux/file.h>
#include <linux/kallsyms.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/moduleparam.h>
#include <linux/panic.h>
#include <linux/percpu.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/stackdepot.h>
#include <linux/swap.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>
#include <linux/workqueue.h>

#include "../../internal.h"
#include "../compat/count.h"
#include "guard.h"
#include "sched.h"
#include "swap.h"
#include "task.h"
#include "wait.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX	"mm_kunit."

static bool guard_expect_report;
module_param_named(expect_report, guard_expect_report, bool, 0444);
MODULE_PARM_DESC(expect_report, "Run the cases that end in a WARN or a BUG");

static bool guard_watch = true;
module_param_named(watch, guard_watch, bool, 0444);
MODULE_PARM_DESC(watch, "Look at what a case leaves behind");

static uint guard_seed = 1;
module_param_named(seed, guard_seed, uint, 0444);
MODULE_PARM_DESC(seed, "Seed of the random cases");

static const struct {
	enum node_stat_item item;
	const char *name;
} guarded_items[] = {
	{ NR_INACTIVE_ANON,	"inactive anon" },
	{ NR_ACTIVE_ANON,	"active anon" },
	{ NR_UNEVICTABLE,	"unevictable" },
	{ NR_ANON_MAPPED,	"anon mapped" },
	{ NR_FILE_MAPPED,	"file mapped" },
	{ NR_SHMEM,		"shmem" },
	{ NR_ISOLATED_ANON,	"isolated anon" },
	{ NR_ISOLATED_FILE,	"isolated file" },
};

/**
 * struct mmk_guard - The state before a case
 * @test: the case
 * @taint: get_taint(), but for the taint that KUnit itself sets
 * @debug_locks: whether lockdep still trusts itself
 * @pages: the counters of guarded_items
 * @mlocked: NR_MLOCK
 * @swap: swap slots in use
 * @threads: threads, but for those of work queues
 * @unaccounted: pages that no counter of the kernel accounts for
 */
struct mmk_guard {
	struct kunit *test;
	unsigned long taint;
	int debug_locks;
	long pages[ARRAY_SIZE(guarded_items)];
	long mlocked;
	long swap;
	int threads;
	long unaccounted;
};

/*
 * An mm that is never freed. A CPU keeps a reference on the mm that it ran in
 * last until it runs in another: this one displaces the mm of a case, on every
 * CPU.
 */
static struct mm_struct *guard_mm;

static void guard_displace_mm(struct work_struct *unused)
{
	kthread_use_mm(guard_mm);
	kthread_unuse_mm(guard_mm);
}

/*
 * CPUs fold their own counters into the global ones now and then. A reader that
 * sums them up at that moment misses pages, or counts them twice: fold them
 * now.
 */
static void guard_fold_counters(struct work_struct *unused)
{
	unsigned long flags;

	local_irq_save(flags);
	cpu_vm_stats_fold(smp_processor_id());
	local_irq_restore(flags);
}

/*
 * Pages of the stack depot, in which KASAN keeps stack traces of allocations.
 * It grows with each new trace, and never shrinks.
 */
static long guard_stack_depot(void)
{
	static const int *nr_pools;
	static void *const *next_pool;

	if (!IS_ENABLED(CONFIG_STACKDEPOT))
		return 0;
	if (!nr_pools) {
		nr_pools = (void *)kallsyms_lookup_name("pools_num");
		next_pool = (void *)kallsyms_lookup_name("new_pool");
	}
	if (!nr_pools || !next_pool)
		return 0;
	return (READ_ONCE(*nr_pools) + !!READ_ONCE(*next_pool)) <<
	       DEPOT_POOL_ORDER;
}

/*
 * Pages in use, without those of the page cache, user memory, slab, page
 * tables, vmalloc (which has the stacks), per-CPU data and stack traces. Pages
 * that a case has allocated and not freed are among them; so is a folio that
 * has left the LRU and still has a reference.
 */
static long guard_unaccounted(void)
{
	static const enum node_stat_item pages[] = {
		NR_INACTIVE_ANON, NR_ACTIVE_ANON, NR_INACTIVE_FILE,
		NR_ACTIVE_FILE, NR_UNEVICTABLE, NR_PAGETABLE,
	};
	static const enum node_stat_item bytes[] = {
		NR_SLAB_RECLAIMABLE_B, NR_SLAB_UNRECLAIMABLE_B,
	};
	long nr;
	int i;

	lru_add_drain_all();
	drain_all_pages(NULL);
	/*
	 * Otherwise vmalloc() uses new addresses, and now and then a new page
	 * table.
	 */
	vm_unmap_aliases();
	nr = totalram_pages() - mmk_zone_page_state(NR_FREE_PAGES);
	for (i = 0; i < ARRAY_SIZE(pages); i++)
		nr -= mmk_node_page_state(pages[i]);
	for (i = 0; i < ARRAY_SIZE(bytes); i++)
		nr -= mmk_node_page_state(bytes[i]);
	return nr - mmk_vmalloc_nr_pages() - pcpu_nr_pages() - guard_stack_depot();
}

/*
 * The page tables of vmalloc are not accounted for, and never freed. They would
 * grow when a case has more stacks at a time than any case before it: grow them
 * beforehand, over more address space than vmalloc leaves unpurged.
 */
static int guard_grow_vmalloc(void)
{
	const unsigned int nr_pages = SZ_64M / PAGE_SIZE;
	struct page *page = alloc_page(GFP_KERNEL), **pages;
	unsigned int i;
	void *area = NULL;

	pages = kvmalloc_array(nr_pages, sizeof(*pages), GFP_KERNEL);
	if (page && pages) {
		for (i = 0; i < nr_pages; i++)
			pages[i] = page;
		area = vmap(pages, nr_pages, VM_MAP, PAGE_KERNEL);
		vunmap(area);
	}
	kvfree(pages);
	if (page)
		__free_page(page);
	return area ? 0 : -ENOMEM;
}

/*
 * kvfree_rcu() fills a cache of pages, and frees them seconds later: turn the
 * cache off.
 */
static void guard_quieten_rcu(void)
{
	int *nr_cached = (void *)kallsyms_lookup_name("rcu_min_cached_objs");

	if (nr_cached)
		*nr_cached = 0;
}

static int guard_threads(void)
{
	struct task_struct *process, *thread;
	int nr = 0;

	rcu_read_lock();
	for_each_process_thread(process, thread)
		nr += !(thread->flags & PF_WQ_WORKER);
	rcu_read_unlock();
	return nr;
}

static unsigned long guard_taint(void)
{
	return get_taint() & ~BIT(TAINT_TEST);
}

static void guard_read(struct mmk_guard *guard)
{
	int i;

	lru_add_drain_all();
	if (IS_ENABLED(CONFIG_SMP))
		schedule_on_each_cpu(guard_fold_counters);
	guard->taint = guard_taint();
	guard->debug_locks = debug_locks;
	for (i = 0; i < ARRAY_SIZE(guarded_items); i++)
		guard->pages[i] = mmk_node_page_state(guarded_items[i].item);
	guard->mlocked = mmk_zone_page_state(NR_MLOCK);
	guard->swap = total_swap_pages - get_nr_swap_pages();
	guard->threads = guard_threads();
	if (guard_mm)
		schedule_on_each_cpu(guard_displace_mm);
	guard->unaccounted = guard_unaccounted();
}

static bool guard_same(const struct mmk_guard *a, const struct mmk_guard *b)
{
	return a->mlocked == b->mlocked && a->swap == b->swap &&
	       a->threads == b->threads && a->unaccounted == b->unaccounted &&
	       !memcmp(a->pages, b->pages, sizeof(a->pages));
}

/*
 * With several CPUs there is work in the background: read until two readings in
 * a row are the same.
 */
static void guard_read_twice(struct mmk_guard *guard)
{
	struct mmk_guard again;

	guard_read(guard);
	if (IS_ENABLED(CONFIG_SMP))
		mmk_wait_for((guard_read(&again), guard_same(guard, &again)) ||
			     (guard_read(guard), false));
}

/*
 * Whether nothing more is in use than before, once work in the background is
 * done
 */
static bool guard_settled(const struct mmk_guard *before, struct mmk_guard *now)
{
	bool same;
	int i;

	flush_delayed_fput();
	guard_read(now);
	same = now->mlocked == before->mlocked && now->swap == before->swap &&
	       now->threads <= before->threads &&
	       now->unaccounted <= before->unaccounted;
	for (i = 0; i < ARRAY_SIZE(guarded_items); i++)
		same &= now->pages[i] == before->pages[i];
	return same;
}

static void guard_check(void *data)
{
	struct mmk_guard *before = data, now;
	struct kunit *test = before->test;
	int i;

	/*
	 * Otherwise what these tasks hold would be reported as leaks of the
	 * case.
	 */
	if (!mmk_wait_for(!mmk_tasks_running()))
		KUNIT_FAIL(test, "%d task(s) of the case still run",
			   mmk_tasks_running());

	/*
	 * RCU and work queues free files, stacks and mms a little later. The
	 * last reading counts: another one could differ again.
	 */
	mmk_wait_for(guard_settled(before, &now));
	KUNIT_EXPECT_EQ_MSG(test, now.taint, before->taint,
			    "the kernel has been tainted");
	KUNIT_EXPECT_EQ_MSG(test, now.debug_locks, before->debug_locks,
			    "lockdep has reported something");
	for (i = 0; i < ARRAY_SIZE(guarded_items); i++)
		KUNIT_EXPECT_EQ_MSG(test, now.pages[i], before->pages[i],
				    "pages leaked: %s", guarded_items[i].name);
	KUNIT_EXPECT_EQ_MSG(test, now.mlocked, before->mlocked,
			    "pages leaked: mlocked");
	KUNIT_EXPECT_EQ_MSG(test, now.swap, before->swap, "swap slots leaked");
	KUNIT_EXPECT_LE_MSG(test, now.threads, before->threads,
			    "threads leaked");
	KUNIT_EXPECT_LE_MSG(test, now.unaccounted, before->unaccounted,
			    "pages leaked: unaccounted for");
}

/*
 * Done at boot, before a snapshot of the kernel may be made; afterwards it
 * would have to be done in each copy.
 */
static int __init guard_prepare(void)
{
	struct mm_struct *mm = mm_alloc();
	int err = mm ? guard_grow_vmalloc() : -ENOMEM;

	if (err) {
		pr_err("mm_kunit: nothing can be watched, error %d\n", err);
		return err;
	}
	guard_quieten_rcu();
	mmk_swap_prepare();
	mmk_tasks_prepare();
	/* Otherwise each copy would purge these areas. */
	vm_unmap_aliases();
	guard_mm = mm;
	return 0;
}
late_initcall(guard_prepare);

/**
 * mmk_case_init() - Note what a case has to leave as it was
 * @test: the case that is about to run
 *
 * The init function of every suite. Its check is the first deferred action that
 * is registered, and so the last that runs. The case runs on MMK_CPU. With
 * mm_kunit.watch=0 it does nothing.
 *
 * Return: 0 or -ENOMEM.
 */
int mmk_case_init(struct kunit *test)
{
	static bool counting;
	struct mmk_guard *guard;

	if (!guard_watch)
		return 0;

	guard = kunit_kzalloc(test, sizeof(*guard), GFP_KERNEL);
	if (!guard || !guard_mm)
		return -ENOMEM;

	/* Code that has run before the first case does not count. */
	if (IS_ENABLED(CONFIG_GCOV) && !counting) {
		__gcov_reset();
		counting = true;
	}

	/* All tasks that the case forks inherit this. */
	set_cpus_allowed_ptr(current, cpumask_of(MMK_CPU));

	/* These cases WARN; other taints are still errors. */
	if (guard_expect_report)
		add_taint(TAINT_WARN, LOCKDEP_STILL_OK);

	guard->test = test;
	guard_read_twice(guard);
	return kunit_add_action_or_reset(test, guard_check, guard);
}

/**
 * mmk_seed() - The seed of a random case
 *
 * The kernel-doc of such a case has a line "Random:". scripts/run.sh gives each
 * child mm_kunit.seed, and other ones with --seed, --repeat and --seconds.
 *
 * Return: a number above zero, 1 unless the command line says otherwise.
 */
u32 mmk_seed(void)
{
	return guard_seed ?: 1;
}

/**
 * mmk_expect_report() - Skip a case unless its report of the kernel is expected
 * @test: the case, whose kernel-doc has a line "Report:"
 *
 * The rest of the case makes the kernel WARN or BUG, as it should. It needs a
 * boot of its own, whose result is judged by that; see
 * Documentation/guards.rst.
 */
void mmk_expect_report(struct kunit *test)
{
	if (!guard_expect_report)
		kunit_skip(test, "wants a boot of its own, with mm_kunit.expect_report=1");
}
