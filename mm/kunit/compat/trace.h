/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints of locks, interrupts and references, at which cases step in
 */
#ifndef _MM_KUNIT_COMPAT_TRACE_H
#define _MM_KUNIT_COMPAT_TRACE_H

#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/tracepoint.h>

#include <trace/events/lock.h>
#include <trace/events/migrate.h>
#include <trace/events/page_ref.h>
#include <trace/events/preemptirq.h>
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
#include <trace/events/thp.h>
#endif

/* RCU read-side nesting of a task that sleeps */
static inline int mmk_rcu_depth(struct task_struct *task)
{
#ifdef CONFIG_PREEMPT_RCU
	return READ_ONCE(task->rcu_read_lock_nesting);
#else
	return 0;
#endif
}

/* Called when a task is about to take a lock; needs lockdep. */
typedef void (*mmk_lock_probe)(void *data, struct lockdep_map *lock,
			       unsigned int subclass, int trylock, int read,
			       int check, struct lockdep_map *next_lock,
			       unsigned long ip);

static inline int mmk_lock_watch(mmk_lock_probe probe, void *data)
{
#ifdef CONFIG_LOCKDEP
	return register_trace_lock_acquire(probe, data);
#else
	return -EOPNOTSUPP;
#endif
}

static inline void mmk_lock_unwatch(mmk_lock_probe probe, void *data)
{
#ifdef CONFIG_LOCKDEP
	unregister_trace_lock_acquire(probe, data);
	tracepoint_synchronize_unregister();
#endif
}

/*
 * Calls @acquire before each lock is taken, and @release before each is
 * dropped, with the arguments of the tracepoints lock_acquire and lock_release.
 * Returns 0 or an error.
 */
#if defined(CONFIG_LOCKDEP) && defined(CONFIG_TRACEPOINTS)
#define mmk_watch_locks(acquire, release, data)				\
	(register_trace_lock_acquire(acquire, data) ?:			\
	 register_trace_lock_release(release, data))
#define mmk_unwatch_locks(acquire, release, data)			\
do {									\
	unregister_trace_lock_release(release, data);			\
	unregister_trace_lock_acquire(acquire, data);			\
	tracepoint_synchronize_unregister();				\
} while (0)
#define mmk_lock_map(lock)	(&(lock)->dep_map)
#define mmk_lock_held(lock)	(lockdep_is_held(lock) == LOCK_STATE_HELD)
#else
#define mmk_watch_locks(acquire, release, data)				\
	((void)(acquire), (void)(release), (void)(data), -EOPNOTSUPP)
#define mmk_unwatch_locks(acquire, release, data)			\
	((void)(acquire), (void)(release), (void)(data))
#define mmk_lock_map(lock)	((struct lockdep_map *)NULL)
#define mmk_lock_held(lock)	((void)(lock), false)
#endif

/* Calls @enable before interrupts are enabled. */
#if defined(CONFIG_TRACE_IRQFLAGS) && defined(CONFIG_PREEMPTIRQ_TRACEPOINTS)
#define mmk_watch_irq_enable(enable, data)				\
	register_trace_irq_enable(enable, data)
#define mmk_unwatch_irq_enable(enable, data)				\
do {									\
	unregister_trace_irq_enable(enable, data);			\
	tracepoint_synchronize_unregister();				\
} while (0)
#else
#define mmk_watch_irq_enable(enable, data)				\
	((void)(enable), (void)(data), -EOPNOTSUPP)
#define mmk_unwatch_irq_enable(enable, data)				\
	((void)(enable), (void)(data))
#endif

/* Calls the probes after each change of a page's refcount, made or refused. */
#ifdef CONFIG_DEBUG_PAGE_REF
#define mmk_watch_page_refs(mod, mod_and, data)				\
	(register_trace_page_ref_mod(mod, data) ?:			\
	 register_trace_page_ref_mod_and_test(mod_and, data) ?:		\
	 register_trace_page_ref_mod_and_return(mod_and, data) ?:	\
	 register_trace_page_ref_freeze(mod_and, data))
#define mmk_unwatch_page_refs(mod, mod_and, data)			\
do {									\
	unregister_trace_page_ref_freeze(mod_and, data);		\
	unregister_trace_page_ref_mod_and_return(mod_and, data);	\
	unregister_trace_page_ref_mod_and_test(mod_and, data);		\
	unregister_trace_page_ref_mod(mod, data);			\
	tracepoint_synchronize_unregister();				\
} while (0)
#else
#define mmk_watch_page_refs(mod, mod_and, data)				\
	((void)(mod), (void)(mod_and), (void)(data), -EOPNOTSUPP)
#define mmk_unwatch_page_refs(mod, mod_and, data)			\
	((void)(mod), (void)(mod_and), (void)(data))
#endif

/*
 * Calls @pte for each pte, and @pmd for each pmd, that stands where a migration entry
 * was, with its lock held.
 */
#if defined(CONFIG_TRACEPOINTS) && defined(CONFIG_TRANSPARENT_HUGEPAGE)
#define mmk_watch_restored(pte, pmd, data)				\
	(register_trace_remove_migration_pte(pte, data) ?:		\
	 register_trace_remove_migration_pmd(pmd, data))
#define mmk_unwatch_restored(pte, pmd, data)				\
do {									\
	unregister_trace_remove_migration_pmd(pmd, data);		\
	unregister_trace_remove_migration_pte(pte, data);		\
	tracepoint_synchronize_unregister();				\
} while (0)
#else
#define mmk_watch_restored(pte, pmd, data)				\
	((void)(pte), (void)(pmd), (void)(data), -EOPNOTSUPP)
#define mmk_unwatch_restored(pte, pmd, data)				\
	((void)(pte), (void)(pmd), (void)(data))
#endif

/* Calls @set after each pte that becomes a migration entry, and @restored as above. */
#if defined(CONFIG_TRACEPOINTS) && defined(CONFIG_MIGRATION)
#define mmk_watch_entries(set, restored, data)				\
	(register_trace_set_migration_pte(set, data) ?:			\
	 register_trace_remove_migration_pte(restored, data))
#define mmk_unwatch_entries(set, restored, data)			\
do {									\
	unregister_trace_remove_migration_pte(restored, data);		\
	unregister_trace_set_migration_pte(set, data);			\
	tracepoint_synchronize_unregister();				\
} while (0)
#else
#define mmk_watch_entries(set, restored, data)				\
	((void)(set), (void)(restored), (void)(data), -EOPNOTSUPP)
#define mmk_unwatch_entries(set, restored, data)			\
	((void)(set), (void)(restored), (void)(data))
#endif

#endif /* _MM_KUNIT_COMPAT_TRACE_H */
