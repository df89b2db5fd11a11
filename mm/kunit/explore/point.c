// SPDX-License-Identifier: GPL-2.0
/*
 * Points at which one task can be made to go on in the place of another.
 *
 * A point is a lock taken or dropped, or a reference of a page taken or dropped,
 * where the running task can be preempted and another task of the program could
 * run. The tracepoints of lockdep and of page references tell of these.
 *
 * All tasks are SCHED_FIFO, and of the same priority: the task that runs goes on
 * until it sleeps or ends. At a chosen point another task is lifted above it. It
 * is set back at its own next point, and goes on, since a task whose priority
 * is lowered stays ahead of its equals.
 */
#include <linux/ctype.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/seq_buf.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <uapi/linux/sched/types.h>

#include "../compat/trace.h"
#include "aside.h"
#include "conflict.h"
#include "point.h"

#define BASE_PRIO	10
#define DEPTH		20

/*
 * Points that a task passes in a row, at most, while another one could run. More
 * than any operation has: the task waits, as swapoff does, without sleeping.
 */
#define SPINS		(MMX_POINTS / 8)

bool mmx_listening;

/**
 * struct step - A point, as it is printed
 * @what: of which kind it is
 * @lock: name of the lock, NULL for a reference
 * @task: number of the task
 * @to: number of the task that it was switched to, or MMX_TASKS
 * @stack: where it is, the innermost function first
 */
struct step {
	const char *what;
	const char *lock;
	u8 task;
	u8 to;
	unsigned long stack[DEPTH];
};

static struct {
	bool busy;
	/* Only places of conflict are points. */
	bool reduced;
	/* Tasks that hold spinlocks can give way. */
	bool aside;
	/* What the tracepoint itself adds to preempt_count() */
	int overhead;
	unsigned int left;
	/* The task that runs, and how many points it has passed in a row */
	int runs;
	unsigned int in_a_row;
	struct mmx_schedule schedule;
	struct task_struct *tasks[MMX_TASKS];
	struct mmx_path path;
	struct step *steps;
} mmx;

static DEFINE_MUTEX(mmx_calibration);

/*
 * Locks that the scheduler itself takes to change a priority, and those of timers
 * and of RCU itself
 */
static bool not_ours(const char *name)
{
	static const char *const parts[] = {
		"pi_lock", "rq->", "rt_runtime_lock", "hrtimer_bases",
		"cpuset", "psi_seq", "&per_cpu_ptr(group->pcpu", "rcu_node",
		"mmx_calibration", "&base->lock",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(parts); i++)
		if (strstr(name, parts[i]))
			return true;
	return false;
}

/*
 * Which locks are held at a point is no order of locks that the kernel has, and to
 * learn it would take a tenth of the time of a schedule.
 */
static void set_prio(struct task_struct *task, int prio)
{
	struct sched_param param = { .sched_priority = prio };

	lockdep_off();
	sched_setscheduler_nocheck(task, SCHED_FIFO, &param);
	lockdep_on();
}

static int me(void)
{
	int i;

	for (i = 0; i < MMX_TASKS; i++)
		if (mmx.tasks[i] == current)
			return i;
	return -1;
}

static u8 others(int task)
{
	u8 set = 0;
	int i;

	for (i = 0; i < MMX_TASKS; i++)
		if (i != task && mmx.tasks[i] && READ_ONCE(mmx.tasks[i]->on_rq))
			set |= BIT(i);
	return set;
}

static void trace_step(const char *what, const char *lock, int task, int to)
{
	struct step *step;

	if (!mmx.steps || mmx.path.nr > MMX_POINTS)
		return;
	step = &mmx.steps[mmx.path.nr - 1];
	step->what = what;
	step->lock = lock;
	step->task = task;
	step->to = to;
	stack_trace_save(step->stack, DEPTH, 0);
}

/* Whether a place that touches memory can be a point. */
static bool is_conflict(unsigned long ip)
{
	return !mmx.reduced || mmx_conflict_at(ip);
}

/* So much of one access is looked at; longer ranges are pages, which have locks. */
#define RANGE		128UL

/**
 * struct touch - What a task is about to touch
 * @addr: where; 0 if it is nothing that is written down
 * @size: how many bytes
 * @ip: by which place in the code
 * @write: whether it writes; a lock is written to
 * @before: it is done by the time that another task can run
 */
struct touch {
	unsigned long addr;
	size_t size;
	unsigned long ip;
	bool write;
	bool before;
};

static void write_down(const struct touch *touch, int task)
{
	size_t more;

	if (!touch->addr)
		return;
	for (more = 0; !more || more < min(touch->size, RANGE); more += 8)
		mmx_conflict_log(touch->addr + more, touch->ip, task,
				 touch->write);
}

/*
 * For debuggers, to stop at. The caller of point() and its callers are what the
 * running task is about to do.
 */
static noinline __noclone void mmx_switched(unsigned int to)
{
	barrier();
}

/* Lets @task go on as soon as the running one can be preempted. */
static void lift(int task)
{
	/* A switch may come at once: the other task has points, too. */
	preempt_disable();
	set_prio(mmx.tasks[task], BASE_PRIO + 1);
	mmx.busy = false;
	preempt_enable();
}

/*
 * @held: spinlocks that may be held, beside what the tracepoint adds. A switch
 * comes as soon as the task can be preempted, so it may be that of the lock that
 * is about to be dropped.
 *
 * Points at which a switch cannot matter are counted as well, so that the number
 * of a point does not depend on what has been learnt so far.
 */
static noinline void point(const char *what, const char *lock, int held,
			   const struct touch *touch)
{
	struct mmx_schedule *schedule = &mmx.schedule;
	unsigned int nr, to = MMX_TASKS;
	int task = me();
	bool aside;
	u8 set;

	if (task < 0 || mmx.busy)
		return;
	/* At an access there is no tracepoint, which would count as a lock. */
	aside = mmx.aside && touch->addr && !lock && mmx_aside_possible();
	if (!aside && ((irqs_disabled() && !held) ||
		       preempt_count() > mmx.overhead + held)) {
		write_down(touch, task);
		return;
	}
	mmx.busy = true;
	if (current->rt_priority != BASE_PRIO)
		set_prio(current, BASE_PRIO);
	if (touch->before)
		write_down(touch, task);
	mmx_conflict_point(task);
	if (!touch->before)
		write_down(touch, task);
	set = others(task);
	if (mmx.runs != task) {
		mmx.runs = task;
		mmx.in_a_row = 0;
	}
	if (!set) {
		mmx.busy = false;
		return;
	}
	nr = mmx.path.nr++;
	if (nr < MMX_POINTS)
		mmx.path.who[nr] = task << 4 |
				   (!touch->addr || is_conflict(touch->ip) ?
				    set : 0);
	if (mmx.path.switches < schedule->nr &&
	    schedule->at[mmx.path.switches].at == nr) {
		to = schedule->at[mmx.path.switches++].to;
		if (set & BIT(to)) {
			mmx_conflict_switch(task);
			mmx_switched(to);
		} else {
			mmx.path.misfit = true;
			to = MMX_TASKS;
		}
	}
	trace_step(what, lock, task, to);
	/* A task that waits for another one without sleeping has to let it run. */
	if (to == MMX_TASKS && ++mmx.in_a_row > SPINS) {
		mmx.in_a_row = 0;
		mmx.path.spun++;
		mmx.path.spinners |= BIT(task);
		to = __ffs(set);
	}
	if (to == MMX_TASKS)
		mmx.busy = false;
	else if (aside)
		mmx_aside(task, lift, to);
	else
		lift(to);
}

/* Another CPU would spin. */
static void wait_for_aside(const struct lockdep_map *lock)
{
	int task = me(), owner;

	if (task < 0 || mmx.busy || !mmx.aside)
		return;
	while ((owner = mmx_aside_owner(lock)) >= 0) {
		mmx.busy = true;
		if (current->rt_priority != BASE_PRIO)
			set_prio(current, BASE_PRIO);
		mmx_aside(task, lift, owner);
	}
}

/* Readers of RCU keep nobody out. Where accesses are points, they are none. */
static bool is_lock(struct lockdep_map *lock)
{
	return !not_ours(lock->name) &&
	       !(IS_ENABLED(CONFIG_MM_KUNIT_EXPLORE_ACCESSES) &&
		 str_has_prefix(lock->name, "rcu_"));
}

/**
 * mmx_access() - A task is about to touch memory
 * @addr: where
 * @size: how many bytes
 * @write: whether it writes
 * @ip: by which place in the code
 *
 * Called by code that was built for it, anywhere.
 */
void notrace mmx_access(unsigned long addr, size_t size, bool write,
			unsigned long ip)
{
	const struct touch touch = { addr, size, ip, write };

	point(write ? "writes" : "reads", NULL, 0, &touch);
}

static void on_acquire(void *data, struct lockdep_map *lock,
		       unsigned int subclass, int trylock, int read, int check,
		       struct lockdep_map *next_lock, unsigned long ip)
{
	const struct touch touch = { (unsigned long)lock, 1, ip, true };

	if (lock == &mmx_calibration.dep_map)
		mmx.overhead = preempt_count();
	if (!mmx_listening || !is_lock(lock))
		return;
	point("takes", lock->name, 0, &touch);
	wait_for_aside(lock);
}

static void on_release(void *data, struct lockdep_map *lock, unsigned long ip)
{
	struct touch touch = { (unsigned long)lock, 1, ip, true };

	if (!mmx_listening || !is_lock(lock))
		return;
	/*
	 * A spinlock that disables interrupts enables them before the switch,
	 * which comes when the lock has been dropped. Others are dropped later.
	 */
	touch.before = preempt_count() > mmx.overhead;
	point("drops", lock->name, 1, &touch);
}

static void on_ref(void *data, struct page *page, int v)
{
	static const struct touch nothing;

	/* Where accesses are points, this is an access. */
	if (mmx_listening && !IS_ENABLED(CONFIG_MM_KUNIT_EXPLORE_ACCESSES))
		point("counts a reference", NULL, 0, &nothing);
}

static void on_ref_and(void *data, struct page *page, int v, int ret)
{
	on_ref(data, page, v);
}

/**
 * mmx_parse() - Read a schedule
 * @schedule: where to
 * @order: the numbers of the tasks, as "01"
 * @at: switches, as "12:1,40:0": at point 12 to task 1, at 40 to task 0
 *
 * Return: whether it is one.
 */
bool mmx_parse(struct mmx_schedule *schedule, const char *order, const char *at)
{
	unsigned int i, point, to, seen = 0;
	int len;

	memset(schedule, 0, sizeof(*schedule));
	schedule->nr_tasks = strlen(order);
	if (!schedule->nr_tasks || schedule->nr_tasks > MMX_TASKS)
		return false;
	for (i = 0; i < schedule->nr_tasks; i++) {
		schedule->order[i] = order[i] - '0';
		if (schedule->order[i] >= schedule->nr_tasks)
			return false;
		seen |= BIT(schedule->order[i]);
	}
	if (seen != BIT(schedule->nr_tasks) - 1)
		return false;
	for (; *at; at += len) {
		if (schedule->nr == MMX_SWITCHES ||
		    sscanf(at, "%u:%u%n", &point, &to, &len) != 2 ||
		    to >= schedule->nr_tasks)
			return false;
		if (schedule->nr && schedule->at[schedule->nr - 1].at >= point)
			return false;
		schedule->at[schedule->nr].at = point;
		schedule->at[schedule->nr++].to = to;
		if (at[len] == ',' && isdigit(at[len + 1]))
			len++;
		else if (at[len])
			return false;
	}
	return true;
}

/**
 * mmx_watch() - Begin to listen to tracepoints
 *
 * Return: 0, or an error if this kernel has no such tracepoints.
 */
int mmx_watch(void)
{
	int err = mmk_watch_locks(on_acquire, on_release, &mmx);

	if (err)
		return err;
	mutex_lock(&mmx_calibration);
	mutex_unlock(&mmx_calibration);
	return mmk_watch_page_refs(on_ref, on_ref_and, &mmx);
}

/**
 * mmx_trace() - From now on, remember where each point is
 *
 * Return: 0 or -ENOMEM.
 */
int mmx_trace(void)
{
	if (!mmx.steps)
		mmx.steps = vzalloc(array_size(MMX_POINTS, sizeof(*mmx.steps)));
	return mmx.steps ? 0 : -ENOMEM;
}

/**
 * mmx_reduce() - From now on, only places of conflict are points
 */
void mmx_reduce(void)
{
	mmx.reduced = true;
}

/**
 * mmx_step_aside() - From now on, tasks that hold some spinlocks can give way as well
 */
void mmx_step_aside(void)
{
	mmx.aside = true;
}

/**
 * mmx_unwatch() - Undo mmx_watch()
 */
void mmx_unwatch(void)
{
	mmk_unwatch_page_refs(on_ref, on_ref_and, &mmx);
	mmk_unwatch_locks(on_acquire, on_release, &mmx);
	vfree(mmx.steps);
	mmx.steps = NULL;
}

/**
 * mmx_begin() - From now on, tasks run by a schedule
 * @schedule: the schedule
 * @tasks: its tasks, not started yet
 *
 * Call it with preemption disabled, and start the tasks before it is enabled.
 */
void mmx_begin(const struct mmx_schedule *schedule,
	       struct task_struct *const *tasks)
{
	unsigned int i;

	mmx_conflict_begin();
	mmx.schedule = *schedule;
	mmx.left = schedule->nr_tasks;
	mmx.path.nr = 0;
	mmx.path.switches = 0;
	mmx.path.spun = 0;
	mmx.path.spinners = 0;
	mmx.path.misfit = false;
	mmx.busy = false;
	mmx.runs = -1;
	for (i = 0; i < MMX_TASKS; i++) {
		mmx.tasks[i] = i < schedule->nr_tasks ? tasks[i] : NULL;
		if (mmx.tasks[i])
			set_prio(mmx.tasks[i], BASE_PRIO);
	}
	mmx_listening = true;
}

/**
 * mmx_left() - The running task has done its part
 *
 * What it does from now on is no part of the program. What the last task does
 * has no points any more, but is still looked at for conflicts.
 */
void mmx_left(void)
{
	int task = me();

	if (!mmx_listening || task < 0)
		return;
	mmx.tasks[task] = NULL;
	if (!--mmx.left)
		mmx_listening = false;
}

/**
 * mmx_end() - Tasks no longer run by a schedule
 *
 * Return: what came of it, until the next mmx_begin().
 */
const struct mmx_path *mmx_end(void)
{
	mmx_listening = false;
	memset(mmx.tasks, 0, sizeof(mmx.tasks));
	return &mmx.path;
}

/* The functions by which a point is noticed are of no interest. */
static bool is_ours(unsigned long ip)
{
	static const char *const prefixes[] = {
		"stack_trace", "save_stack_trace", "arch_stack_walk", "trace_step", "point",
		"on_acquire", "on_release", "on_ref", "__traceiter", "trace_",
		"write_down", "lift",
		"__page_ref", "lock_acquire", "lock_release", "_raw_", "__raw_",
		"mutex_", "__mutex_", "rcu_lock", "rcu_read", "__rcu_read",
		"down_", "up_", "__down_", "__up_", "mmx_", "__tsan",
	};
	char name[KSYM_SYMBOL_LEN];
	unsigned int i;

	sprint_symbol_no_offset(name, ip);
	for (i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (str_has_prefix(name, prefixes[i]))
			return true;
	return false;
}

/**
 * mmx_print_trace() - Print each point of the last run, one a line
 */
void mmx_print_trace(void)
{
	unsigned int nr, i, shown;
	struct seq_buf text;
	struct step *step;
	char line[400];

	if (!mmx.steps)
		return;
	for (nr = 0; nr < min(mmx.path.nr, MMX_POINTS); nr++) {
		step = &mmx.steps[nr];
		seq_buf_init(&text, line, sizeof(line));
		for (i = 0, shown = 0; i < DEPTH && shown < 4; i++) {
			if (!step->stack[i])
				break;
			if (!shown && is_ours(step->stack[i]))
				continue;
			seq_buf_printf(&text, " %pS", (void *)step->stack[i]);
			shown++;
		}
		pr_info("explore: point %u task %u to %d %s '%s'%s\n", nr,
			step->task, step->to == MMX_TASKS ? -1 : step->to,
			step->what, step->lock ?: "", seq_buf_str(&text));
	}
}
