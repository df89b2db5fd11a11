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
 *
 * What a run has touched also says which switches come to the same as its last one.
 * Task A gives way to B there, and goes on when B cannot. As long as nothing of what
 * A does then conflicts with what B has done in between, the two can be exchanged:
 * a switch later in A, up to the first step that does conflict, is the same.
 */
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/sort.h>
#include <linux/vmalloc.h>

#include "conflict.h"

#define LOG_MAX		(128 * 1024)
#define PLACES_BITS	12
#define PLACES		BIT(PLACES_BITS)

/**
 * struct touch - An access, or a lock taken or dropped; or a point
 * @addr: eight bytes; POINT for a point at which the task could be switched
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

/* No address has these bits, as eight bytes are counted. */
#define POINT		ULONG_MAX

static struct touch *touches;
static unsigned int nr_touches;
/* Where in the log the last switch was, and which task gave way */
static unsigned int switched_at, switched_from;
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
	switched_at = UINT_MAX;
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

/**
 * mmx_conflict_point() - A task is at a place at which it could be switched
 * @task: which task
 */
void mmx_conflict_point(unsigned int task)
{
	if (touches && nr_touches < LOG_MAX)
		touches[nr_touches++] = (struct touch){ POINT, 0, task, false };
}

/**
 * mmx_conflict_switch() - A task is about to give way to another one
 * @task: which task
 *
 * What it was about to touch, if it was written down already, is what it does
 * first when it goes on.
 */
void mmx_conflict_switch(unsigned int task)
{
	switched_from = task;
	switched_at = nr_touches;
}

#define MARKS_BITS	13
#define MARKS		BIT(MARKS_BITS)

/**
 * struct marks - What a task has touched
 * @addr: of each, where its hash says; 0 if there is none
 * @written: it was written to
 * @nr: how many there are
 */
struct marks {
	unsigned long addr[MARKS];
	bool written[MARKS];
	unsigned int nr;
};

/* Where @addr is, or would be. */
static unsigned int mark_of(const struct marks *marks, unsigned long addr)
{
	unsigned int i = hash_long(addr, MARKS_BITS);

	while (marks->addr[i] && marks->addr[i] != addr)
		i = (i + 1) % MARKS;
	return i;
}

static bool conflicts(const struct marks *marks, const struct touch *touch)
{
	unsigned int at = mark_of(marks, touch->addr);

	return marks->addr[at] && (marks->written[at] || touch->write);
}

/*
 * Counts the points that task A passes from @i on, up to the first of its steps that
 * conflicts with @marks, or up to where another task goes on.
 */
static unsigned int count_same(const struct marks *marks, unsigned int i)
{
	unsigned int nr = 0;

	for (; i < nr_touches && touches[i].task == switched_from; i++) {
		if (touches[i].addr == POINT)
			nr++;
		else if (conflicts(marks, &touches[i]))
			break;
	}
	return nr;
}

/**
 * mmx_conflict_same() - Switches that come to the same as the last one
 * @aside: tasks may step aside: a switch that comes later, when spinlocks have been
 *	dropped, is not one that comes at once
 *
 * Return: how many of the next points of the task that gave way could have been
 * chosen instead of the one at which it did, with the same outcome.
 */
unsigned int mmx_conflict_same(bool aside)
{
	unsigned int i = switched_at, first, at;
	static struct marks marks;

	if (switched_at == UINT_MAX || nr_touches == LOG_MAX)
		return 0;
	if (aside && i < nr_touches && touches[i].task == switched_from)
		return 0;
	memset(&marks, 0, sizeof(marks));
	/* What task A was about to do comes behind what the others do. */
	for (first = i; first && touches[first - 1].task == switched_from &&
	     touches[first - 1].addr != POINT; first--)
		;
	for (; i < nr_touches && touches[i].task != switched_from; i++) {
		if (touches[i].addr == POINT)
			continue;
		if (marks.nr == MARKS / 2)
			return 0;
		at = mark_of(&marks, touches[i].addr);
		marks.nr += !marks.addr[at];
		marks.addr[at] = touches[i].addr;
		marks.written[at] |= touches[i].write;
	}
	for (; first < switched_at; first++)
		if (conflicts(&marks, &touches[first]))
			return 0;
	return count_same(&marks, i);
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
		if (!written || hweight32(tasks) < 2 ||
		    touches[i].addr == POINT)
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
