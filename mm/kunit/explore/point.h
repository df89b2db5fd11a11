/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Points at which one task can be made to go on in the place of another
 */
#ifndef _MM_KUNIT_EXPLORE_POINT_H
#define _MM_KUNIT_EXPLORE_POINT_H

#include <linux/kconfig.h>
#include <linux/sched.h>
#include <linux/types.h>

#define MMX_TASKS	3
#define MMX_SWITCHES	8

/* So many points of a run are remembered. */
#define MMX_POINTS	(IS_ENABLED(CONFIG_MM_KUNIT_EXPLORE_ACCESSES) ? 65536 : 8192)

/**
 * struct mmx_schedule - Who begins, and where the running task has to give way
 * @nr_tasks: how many tasks there are
 * @order: their numbers, in the order in which they are started
 * @nr: how many switches there are
 * @at: the switches, by ascending number of the point: at which point, to whom
 */
struct mmx_schedule {
	unsigned int nr_tasks;
	u8 order[MMX_TASKS];
	unsigned int nr;
	struct {
		unsigned int at;
		u8 to;
	} at[MMX_SWITCHES];
};

/**
 * struct mmx_path - What came of a schedule
 * @nr: points that were passed
 * @switches: switches that were made
 * @spun: how often a task waited for another one without sleeping
 * @spinners: which tasks did, a bit each
 * @misfit: a switch was to be made to a task that could not run
 * @who: for each point, the number of the running task in the upper four bits,
 *	and in the lower ones the set of tasks that could have gone on instead;
 *	an empty one if a switch would change nothing
 */
struct mmx_path {
	unsigned int nr;
	unsigned int switches;
	unsigned int spun;
	u8 spinners;
	bool misfit;
	u8 who[MMX_POINTS];
};

bool mmx_parse(struct mmx_schedule *schedule, const char *order,
	       const char *at);
extern bool mmx_listening;

int mmx_watch(void);
void mmx_unwatch(void);
void mmx_begin(const struct mmx_schedule *schedule,
	       struct task_struct *const *tasks);
void mmx_left(void);
const struct mmx_path *mmx_end(void);
int mmx_trace(void);
void mmx_reduce(void);
void mmx_step_aside(void);
void mmx_access(unsigned long addr, size_t size, bool write, unsigned long ip);
void mmx_print_trace(void);

#endif /* _MM_KUNIT_EXPLORE_POINT_H */
