/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waiting for a state, with a deadline
 */
#ifndef _MM_KUNIT_LIB_WAIT_H
#define _MM_KUNIT_LIB_WAIT_H

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/timekeeping.h>
#include <linux/types.h>

/*
 * How long to wait for a state that must come; only ever reached by a bug.
 * KASAN makes all that has to happen before it slower.
 */
#define MMK_DEADLINE	((IS_ENABLED(CONFIG_KASAN) ? 20 : 5) * HZ)

/**
 * mmk_wait_for() - Wait until a condition holds
 * @cond: expression, evaluated about once a tick
 *
 * Return: whether @cond came true before the deadline.
 */
#define mmk_wait_for(cond)						\
({									\
	unsigned long __end = jiffies + MMK_DEADLINE;			\
	bool __ok;							\
									\
	/* schedule_timeout(1) would come back at the second tick only. */ \
	while (!(__ok = !!(cond)) && time_before(jiffies, __end))	\
		usleep_range(1, 2);					\
	__ok;								\
})

/**
 * mmk_spin_for() - Wait, without sleeping, until a condition holds
 * @cond: expression, evaluated all the time
 *
 * For what another CPU does while this one holds a spinlock.
 *
 * Return: whether @cond came true before the deadline.
 */
#define mmk_spin_for(cond)						\
({									\
	u64 __end = ktime_get_mono_fast_ns() +				\
		    jiffies_to_nsecs(MMK_DEADLINE);			\
	bool __ok;							\
									\
	while (!(__ok = !!(cond)) && ktime_get_mono_fast_ns() < __end)	\
		cpu_relax();						\
	__ok;								\
})

/**
 * mmk_meet() - Wait, without sleeping, until everybody has come
 * @meet: how many have
 * @nr: how many there are
 *
 * Tasks on several CPUs go on from here within a few cycles of each other.
 */
static inline void mmk_meet(atomic_t *meet, int nr)
{
	atomic_inc(meet);
	mmk_spin_for(atomic_read(meet) >= nr);
}

#endif /* _MM_KUNIT_LIB_WAIT_H */
