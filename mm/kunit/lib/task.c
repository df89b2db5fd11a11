// SPDX-License-Identifier: GPL-2.0
/*
 * Tasks that fault or wait: what they sleep on, and whether they have ended.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/hash.h>
#include <linux/kallsyms.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/stacktrace.h>

#include "../../internal.h"
#include "../compat/fault.h"
#include "../compat/vma.h"
#include "sched.h"
#include "task.h"
#include "wait.h"

static atomic_t nr_running = ATOMIC_INIT(0);

static void task_put(struct mmk_task *task)
{
	if (refcount_dec_and_test(&task->ref))
		kfree(task);
}

static int task_main(void *data)
{
	struct mmk_task *task = data;
	struct mm_struct *mm = task->mm;

	kthread_use_mm(mm);
	task->fn(task);
	kthread_unuse_mm(mm);
	mmput(mm);
	complete(&task->done);
	task_put(task);
	atomic_dec(&nr_running);
	return 0;
}

/*
 * Does not wait for the task, which may sleep until another deferred action
 * runs. The guard of the case waits for the last task.
 */
static void task_release(void *data)
{
	struct mmk_task *task = data;

	if (!task->started) {
		/* task_main() does not run. */
		kthread_stop(task->task);
		mmput(task->mm);
		task_put(task);
	}
	put_task_struct(task->task);
	task_put(task);
}

/**
 * mmk_tasks_running() - Tasks that have been started and not ended
 *
 * Return: how many, of all cases.
 */
int mmk_tasks_running(void)
{
	return atomic_read(&nr_running);
}

/**
 * mmk_task_alloc() - Make a task that is ready to start
 * @test: the case
 * @size: of the structure that begins with a &struct mmk_task
 * @mm: address space to run in
 * @fn: what to do
 *
 * The task has references on the structure and the mm as long as it runs, even
 * if the case has ended. It runs on MMK_CPU.
 *
 * Return: the structure, zeroed otherwise.
 */
void *mmk_task_alloc(struct kunit *test, size_t size, struct mm_struct *mm,
		     void (*fn)(struct mmk_task *task))
{
	struct mmk_task *task = kzalloc(size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, task);
	task->mm = mm;
	task->fn = fn;
	init_completion(&task->done);
	refcount_set(&task->ref, 2);
	task->task = kthread_create(task_main, task, "mmk_task");
	if (IS_ERR(task->task)) {
		kfree(task);
		KUNIT_FAIL_AND_ABORT(test, "no task");
	}
	kthread_bind(task->task, MMK_CPU);
	get_task_struct(task->task);
	mmget(mm);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, task_release,
							task), 0);
	return task;
}

/**
 * mmk_task_free() - Give a task back before the case ends
 * @test: the case
 * @task: from mmk_task_alloc(), not started or done
 */
void mmk_task_free(struct kunit *test, struct mmk_task *task)
{
	kunit_release_action(test, task_release, task);
}

/**
 * mmk_need_cpus() - Skip a case if there are too few CPUs
 * @test: the case
 * @nr: how many it needs
 */
void mmk_need_cpus(struct kunit *test, unsigned int nr)
{
	if (num_online_cpus() < nr)
		kunit_skip(test, nr == 2 ? "needs more than one CPU" :
					   "needs more CPUs");
}

/**
 * mmk_task_place() - Let a task run on another CPU than the case
 * @task: from mmk_task_alloc(), not started yet
 * @nth: number of the CPU, modulo the CPUs online; 0 is the CPU of the case
 */
void mmk_task_place(struct mmk_task *task, unsigned int nth)
{
	kthread_bind(task->task, cpumask_nth(nth % num_online_cpus(),
					     cpu_online_mask));
}

/**
 * mmk_lock_is_spun_on() - Wait until another CPU spins on a lock
 * @lock: a lock that this CPU holds
 *
 * A task on another CPU that spins has done all that comes before this lock,
 * and nothing that comes after it.
 *
 * Return: whether a CPU spins, before the deadline.
 */
bool mmk_lock_is_spun_on(spinlock_t *lock)
{
	return mmk_spin_for(spin_is_contended(lock));
}

/**
 * mmk_task_start() - Let a task run
 * @task: from mmk_task_alloc()
 */
void mmk_task_start(struct mmk_task *task)
{
	task->started = true;
	atomic_inc(&nr_running);
	wake_up_process(task->task);
}

/*
 * The exact name, or with a suffix of the compiler for a part of the function
 */
static bool entries_have(const unsigned long *entries, unsigned int n,
			 const char *function)
{
	size_t len = strlen(function);
	char sym[KSYM_SYMBOL_LEN];
	unsigned int i;

	for (i = 0; i < n; i++) {
		sprint_symbol_no_offset(sym, entries[i]);
		if (!strncmp(sym, function, len) &&
		    (!sym[len] || sym[len] == '.' || sym[len] == ' '))
			return true;
	}
	return false;
}

static bool stack_has(struct task_struct *task, const char *function)
{
	unsigned long entries[48];

	return entries_have(entries, stack_trace_save_tsk(task, entries,
							  ARRAY_SIZE(entries), 0),
			    function);
}

/**
 * mmk_in_function() - Whether the current task is in a function
 * @function: its name
 *
 * Return: whether it is on the stack.
 */
bool mmk_in_function(const char *function)
{
	unsigned long entries[48];

	return entries_have(entries, stack_trace_save(entries,
						      ARRAY_SIZE(entries), 0),
			    function);
}

static bool task_asleep(struct task_struct *task)
{
	/* No comparison: the wait may be killable as well. */
	return (READ_ONCE(task->__state) & TASK_UNINTERRUPTIBLE) &&
	       !READ_ONCE(task->on_rq);
}

/**
 * mmk_task_sleeps_in() - Wait until a task sleeps in a function
 * @task: the task
 * @function: a function on its stack
 *
 * Return: whether it sleeps there, off the run queue and uninterruptibly. False
 * if it has ended, or does not get there before the deadline.
 */
bool mmk_task_sleeps_in(struct mmk_task *task, const char *function)
{
	bool asleep = false;

	mmk_wait_for(completion_done(&task->done) ||
		     (asleep = task_asleep(task->task) &&
			       stack_has(task->task, function)));
	return asleep;
}

/**
 * mmk_task_join() - Wait until a task has ended
 * @task: the task
 *
 * Return: whether it has, before the deadline.
 */
bool mmk_task_join(struct mmk_task *task)
{
	return wait_for_completion_timeout(&task->done, MMK_DEADLINE) &&
	       /* It has dropped its mm as well. */
	       mmk_wait_for(refcount_read(&task->ref) == 1) &&
	       /* A process has to become a zombie, for its parent to reap. */
	       ((task->task->flags & PF_KTHREAD) ||
		mmk_wait_for(READ_ONCE(task->task->exit_state)));
}

static int process_main(void *data)
{
	struct mmk_task *task = data;

	/* The handlers of the case's kernel thread ignore all signals. */
	spin_lock_irq(&current->sighand->siglock);
	flush_signal_handlers(current, 1);
	spin_unlock_irq(&current->sighand->siglock);

	wait_for_completion(&task->go);
	if (task->started)
		task->fn(task);
	complete(&task->done);
	atomic_dec(&nr_running);
	task_put(task);
	do_exit(0);
}

static void process_release(void *data)
{
	struct mmk_task *task = data;

	/* A process that has not been started runs now, and exits. */
	complete(&task->go);
	put_task_struct(task->task);
	task_put(task);
}

/**
 * mmk_process_alloc() - Make a task that is no kernel thread
 * @test: the case, which has entered an mm
 * @size: of the structure that begins with a &struct mmk_task
 * @fn: what it shall do
 *
 * It takes signals as a user thread does: SIGKILL kills it. It shares
 * current->mm. Start it with mmk_process_start().
 *
 * Return: the structure, zeroed otherwise.
 */
void *mmk_process_alloc(struct kunit *test, size_t size,
			void (*fn)(struct mmk_task *task))
{
	struct mmk_task *task = kzalloc(size, GFP_KERNEL);
	struct kernel_clone_args args = {
		.flags		= CLONE_VM,
		.exit_signal	= SIGCHLD,
		.fn		= process_main,
		.fn_arg		= task,
	};
	pid_t pid;

	KUNIT_ASSERT_NOT_NULL(test, task);
	task->mm = current->mm;
	task->fn = fn;
	init_completion(&task->go);
	init_completion(&task->done);
	refcount_set(&task->ref, 2);
	atomic_inc(&nr_running);
	pid = kernel_clone(&args);
	if (pid < 0) {
		atomic_dec(&nr_running);
		kfree(task);
		KUNIT_FAIL_AND_ABORT(test, "no process: %d", pid);
	}
	/* It waits for mmk_process_start(), so it is still there. */
	rcu_read_lock();
	task->task = get_task_struct(find_task_by_vpid(pid));
	rcu_read_unlock();
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, process_release,
							task), 0);
	return task;
}

/**
 * mmk_process_start() - Let a process run
 * @task: from mmk_process_alloc()
 */
void mmk_process_start(struct mmk_task *task)
{
	task->started = true;
	complete(&task->go);
}

/**
 * mmk_need_lock() - Skip a case if the kernel has not got a lock
 * @test: the case
 * @lock: lock that it takes faults under
 */
void mmk_need_lock(struct kunit *test, enum mmk_lock lock)
{
	if (lock == MMK_VMA_LOCK && !IS_ENABLED(CONFIG_PER_VMA_LOCK))
		kunit_skip(test, "needs CONFIG_PER_VMA_LOCK");
}

static bool fault_once(struct mmk_fault *fault, enum mmk_lock lock,
		       unsigned int flags)
{
	struct mm_struct *mm = fault->task.mm;
	struct vm_area_struct *vma;
	struct mmk_held held;

	if (lock == MMK_VMA_LOCK) {
		vma = mmk_lock_vma(mm, fault->addr);
		if (!vma)
			goto no_vma;
		flags |= FAULT_FLAG_VMA_LOCK;
	} else {
		mmap_read_lock(mm);
		vma = vma_lookup(mm, fault->addr);
		if (!vma) {
			mmap_read_unlock(mm);
			goto no_vma;
		}
	}

	/* The fault may drop the lock, and the VMA may then be freed. */
	held = mmk_held_lock(mm, vma, flags);
	fault->ret = handle_mm_fault(vma, fault->addr, flags, NULL);
	fault->lock_held = mmk_still_held(&held, flags, fault->ret);
	if (fault->lock_held) {
		if (lock == MMK_VMA_LOCK)
			mmk_unlock_vma(vma);
		else
			mmap_read_unlock(mm);
	}
	if (!fault->tries++)
		fault->first_ret = fault->ret;
	return true;

no_vma:
	fault->no_vma = true;
	return false;
}

/**
 * mmk_fault_run() - Take the fault in the running task
 * @fault: where, how, and under which lock; gets the result
 */
void mmk_fault_run(struct mmk_fault *fault)
{
	unsigned int flags = fault->flags;
	enum mmk_lock lock = fault->lock;
	bool held;

	if (!fault_once(fault, lock, flags) || !fault->retry)
		return;

	held = fault->lock_held;
	while (fault->ret & VM_FAULT_RETRY) {
		/* As the fault handlers of the architectures */
		if (lock == MMK_MMAP_LOCK)
			flags |= FAULT_FLAG_TRIED;
		lock = MMK_MMAP_LOCK;
		if (!fault_once(fault, lock, flags))
			break;
	}
	fault->lock_held = held;
}

static void fault_main(struct mmk_task *task)
{
	mmk_fault_run(container_of(task, struct mmk_fault, task));
}

/**
 * mmk_fault_alloc() - Make a task that takes one page fault when started
 * @test: the case
 * @mm: address space
 * @addr: user address
 * @flags: FAULT_FLAG_*
 * @lock: which lock to take
 *
 * Return: the fault.
 */
struct mmk_fault *mmk_fault_alloc(struct kunit *test, struct mm_struct *mm,
				  unsigned long addr, unsigned int flags,
				  enum mmk_lock lock)
{
	struct mmk_fault *fault = mmk_task_alloc(test, sizeof(*fault), mm,
						 fault_main);

	fault->addr = addr;
	fault->flags = flags;
	fault->lock = lock;
	return fault;
}

/**
 * mmk_fault_start() - Start a task that takes one page fault
 * @test: the case
 * @mm: address space
 * @addr: user address
 * @flags: FAULT_FLAG_*
 * @lock: which lock to take
 *
 * Return: the fault.
 */
struct mmk_fault *mmk_fault_start(struct kunit *test, struct mm_struct *mm,
				  unsigned long addr, unsigned int flags,
				  enum mmk_lock lock)
{
	struct mmk_fault *fault = mmk_fault_alloc(test, mm, addr, flags, lock);

	mmk_task_start(&fault->task);
	return fault;
}

static void process_fault(struct mmk_task *task)
{
	mmk_fault_run(container_of(task, struct mmk_fault, task));
}

/**
 * mmk_process_fault_alloc() - A fault in a process, which signals reach
 * @test: the case
 * @addr: user address in the mm of the case
 * @flags: FAULT_FLAG_*
 * @lock: under which lock
 *
 * Return: the fault, for mmk_process_start().
 */
struct mmk_fault *mmk_process_fault_alloc(struct kunit *test, unsigned long addr,
					  unsigned int flags,
					  enum mmk_lock lock)
{
	struct mmk_fault *fault;

	fault = mmk_process_alloc(test, sizeof(*fault), process_fault);
	fault->addr = addr;
	fault->flags = flags;
	fault->lock = lock;
	return fault;
}

/**
 * mmk_access_start() - Start a task that goes on until its fault is served
 * @test: the case
 * @mm: address space
 * @addr: user address
 * @write: whether it writes
 *
 * The first try is made under the VMA lock where there is one.
 *
 * Return: the fault.
 */
struct mmk_fault *mmk_access_start(struct kunit *test, struct mm_struct *mm,
				   unsigned long addr, bool write)
{
	struct mmk_fault *fault;

	fault = mmk_fault_alloc(test, mm, addr, FAULT_FLAG_DEFAULT |
				FAULT_FLAG_USER | (write ? FAULT_FLAG_WRITE : 0),
				IS_ENABLED(CONFIG_PER_VMA_LOCK) ?
				MMK_VMA_LOCK : MMK_MMAP_LOCK);
	fault->retry = true;
	mmk_task_start(&fault->task);
	return fault;
}

/**
 * mmk_folio_waitqueue() - The wait queue that a folio's waiters stand in
 * @test: the case
 * @folio: the folio
 *
 * Looks up a static table of mm/filemap.c by its name.
 *
 * Return: the queue, which other folios share.
 */
wait_queue_head_t *mmk_folio_waitqueue(struct kunit *test, struct folio *folio)
{
	wait_queue_head_t *table;
	const unsigned int bits = 8;

	table = (void *)kallsyms_lookup_name("folio_wait_table");
	if (!table)
		kunit_skip(test, "needs CONFIG_KALLSYMS_ALL");
	return &table[hash_ptr(folio, bits)];
}

static int queue_count(wait_queue_head_t *q, struct folio *folio,
		       struct task_struct *task)
{
	struct wait_page_queue *wait;
	wait_queue_entry_t *entry;
	int nr = 0;

	spin_lock_irq(&q->lock);
	list_for_each_entry(entry, &q->head, entry) {
		wait = container_of(entry, struct wait_page_queue, wait);
		if (wait->folio == folio && wait->bit_nr == PG_locked &&
		    (!task || entry->private == task))
			nr++;
	}
	spin_unlock_irq(&q->lock);
	return nr;
}

/**
 * mmk_folio_nr_waiting() - Tasks queued for a folio's lock
 * @test: the case
 * @folio: the folio
 *
 * Return: how many.
 */
int mmk_folio_nr_waiting(struct kunit *test, struct folio *folio)
{
	return queue_count(mmk_folio_waitqueue(test, folio), folio, NULL);
}

/**
 * mmk_task_waits_for() - Whether a task is queued for a folio's lock
 * @test: the case
 * @task: the task
 * @folio: the folio
 *
 * Return: whether it is, once.
 */
bool mmk_task_waits_for(struct kunit *test, struct task_struct *task,
			struct folio *folio)
{
	return queue_count(mmk_folio_waitqueue(test, folio), folio, task) == 1;
}
