// SPDX-License-Identifier: GPL-2.0
/*
 * Which places of the code touch what another task touches as well.
 *
 * A switch ahead of an access that no other task conflicts with comes to the same
 * as a switch ahead of the next access of the task that some other one does
 * conflict with: all steps between can be exchanged. So only places of the latter
 * kind are points. They are learnt: the accesses of each run are written down, and a
 * place is one of conflict once it has touched eight bytes that two tasks have
 * touched in the same run, one of them writing. Memory that one task frees and
 * another one gets counts as well.
 */
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/sort.h>
#include <linux/vmalloc.h>

#include "conflict.h"

#define LOG_MAX		(64 * 1024)
#define PLACES_BITS	12
#define PLACES		BIT(PLACES_BITS)

/**
 * struct touch - An access, or a lock taken or dropped
 * @addr: eight bytes
 * @ip: place in the code
 * @task: number of the task
 * @write: whether it writes
 */
struct touch {
	unsigned long addr;
	unsigned long ip;
	u8 task;
	bool write;
};

static struct touch *touches;
static unsigned int nr_touches;
static unsigned long places[PLACES];

/**
 * mmx_conflict_prepare() - Have memory for a log
 *
 * Return: 0 or -ENOMEM.
 */
int mmx_conflict_prepare(void)
{
	if (!touches)
		touches = vmalloc(array_size(LOG_MAX, sizeof(*touches)));
	return touches ? 0 : -ENOMEM;
}

/**
 * mmx_conflict_begin() - A run begins
 */
void mmx_conflict_begin(void)
{
	nr_touches = 0;
}

/**
 * mmx_conflict_log() - A task touches memory
 * @addr: where
 * @ip: by which place in the code
 * @task: which task
 * @write: whether it writes
 */
void mmx_conflict_log(unsigned long addr, unsigned long ip, unsigned int task,
		      bool write)
{
	if (!touches || nr_touches == LOG_MAX)
		return;
	touches[nr_touches++] = (struct touch){ addr >> 3, ip, task, write };
}

static int by_addr(const void *a, const void *b)
{
	const struct touch *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

/* Returns where @ip is, or where it would be. */
static unsigned long *place_of(unsigned long ip)
{
	unsigned int i = hash_long(ip, PLACES_BITS);

	while (places[i] && places[i] != ip)
		i = (i + 1) % PLACES;
	return &places[i];
}

/**
 * mmx_conflict_at() - Whether a place is known to touch what others touch
 * @ip: the place
 *
 * Return: whether it is.
 */
bool mmx_conflict_at(unsigned long ip)
{
	return *place_of(ip) == ip;
}

/**
 * mmx_conflict_add() - From now on a place is known
 * @ip: the place
 *
 * Return: whether it was not known before.
 */
bool mmx_conflict_add(unsigned long ip)
{
	static unsigned int nr;
	unsigned long *place = place_of(ip);

	/* One has to stay free, for the look-up to end. */
	if (*place == ip || WARN_ON(nr >= PLACES - 1))
		return false;
	*place = ip;
	nr++;
	return true;
}

/**
 * mmx_conflict_learn() - Look for conflicts in the run that has ended
 * @say: print the places that are new
 *
 * Return: how many are new; UINT_MAX if the log was too short for the run.
 */
unsigned int mmx_conflict_learn(bool say)
{
	unsigned int i, end, tasks, nr = 0;
	bool written;

	if (nr_touches == LOG_MAX)
		return UINT_MAX;
	sort(touches, nr_touches, sizeof(*touches), by_addr, NULL);
	for (i = 0; i < nr_touches; i = end) {
		tasks = 0;
		written = false;
		for (end = i; end < nr_touches &&
		     touches[end].addr == touches[i].addr; end++) {
			tasks |= BIT(touches[end].task);
			written |= touches[end].write;
		}
		if (!written || hweight32(tasks) < 2)
			continue;
		for (; i < end; i++) {
			if (!mmx_conflict_add(touches[i].ip))
				continue;
			nr++;
			if (say)
				pr_info("explore: place %lx %pS\n", touches[i].ip,
					(void *)touches[i].ip);
		}
	}
	return nr;
}
