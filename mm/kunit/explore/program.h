/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs: a page in a state, and operations on it, each in a task of its own
 */
#ifndef _MM_KUNIT_EXPLORE_PROGRAM_H
#define _MM_KUNIT_EXPLORE_PROGRAM_H

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/types.h>

#include "../lib/device.h"
#include "../lib/migrate.h"
#include "../lib/swap.h"
#include "../lib/task.h"
#include "../lib/uffd.h"
#include "point.h"

/* What the page holds, and what the first task writes to its first byte */
#define MMX_BYTE	0x5a
#define MMX_WRITTEN	0xa0

/* Address spaces that may map the page: ours, a sibling's, and forked ones */
#define MMX_MMS		(2 + MMX_TASKS)

/**
 * enum mmx_state - The page before the operations
 * @MMX_NONE: the address has not been touched
 * @MMX_MAPPED: mapped by one mm, writable, and exclusive to it
 * @MMX_SHARED: mapped by two mms, read-only, since a fork()
 * @MMX_MOVING: as @MMX_MAPPED, and then replaced by a migration entry
 * @MMX_SWAPPED: as @MMX_MAPPED, and then swapped out
 * @MMX_CACHED: as @MMX_SWAPPED, but still in the swap cache
 * @MMX_DEVICE: as @MMX_MAPPED, and then moved to device-private memory
 * @MMX_LAZYFREE: as @MMX_MAPPED, and then clean, and given up by MADV_FREE
 * @MMX_EXCLUSIVE: as @MMX_MAPPED, and then a device has exclusive access to it
 * @MMX_MIDDLE: as @MMX_NONE, between two other addresses of its VMA
 * @MMX_WATCHED: as @MMX_NONE, and watched by a userfaultfd
 */
enum mmx_state {
	MMX_NONE,
	MMX_MAPPED,
	MMX_SHARED,
	MMX_MOVING,
	MMX_SWAPPED,
	MMX_CACHED,
	MMX_DEVICE,
	MMX_LAZYFREE,
	MMX_EXCLUSIVE,
	MMX_MIDDLE,
	MMX_WATCHED,
	MMX_NR_STATES,
};

extern const char *const mmx_state_names[MMX_NR_STATES];

/**
 * enum mmx_need - What a program needs beside a page; a bit each
 * @MMX_SWAP: a swap area
 * @MMX_DEV: a device with memory
 * @MMX_OTHER: a second address
 * @MMX_UFFD: a userfaultfd, which watches the second address if there is one
 */
enum mmx_need {
	MMX_SWAP	= BIT(0),
	MMX_DEV		= BIT(1),
	MMX_OTHER	= BIT(2),
	MMX_UFFD	= BIT(3),
};

struct mmx_actor;
struct mmx_run;

/**
 * struct mmx_op - An operation on the page
 * @name: what it is called in programs
 * @states: the states that it can begin with, a bit each
 * @moves: it is part of a migration, of which a program has one at most
 * @faults: it is an access of the user, which may fault
 * @writes: it writes
 * @may_give_up: it may leave all as it is, since somebody else uses the page
 * @silent: and then it does not tell
 * @spins: it may wait for another task without sleeping
 * @needs: what it needs beside the page, &enum mmx_need
 * @prepare: what the case does before any task runs; may be NULL
 * @run: what the task does
 * @finish: what the case does when no task can go on any more; may be NULL
 */
struct mmx_op {
	const char *name;
	unsigned int states;
	bool moves;
	bool may_give_up;
	bool silent;
	bool spins;
	unsigned int needs;
	bool faults;
	bool writes;
	void (*prepare)(struct kunit *test, struct mmx_actor *actor);
	void (*run)(struct mmx_actor *actor);
	void (*finish)(struct mmx_actor *actor);
};

const struct mmx_op *mmx_op_find(const char *name, size_t len);
int mmx_access_user(struct mmx_actor *actor, u8 *byte, bool write);

void mmx_op_pageout(struct mmx_actor *actor);
void mmx_op_swapoff(struct mmx_actor *actor);
void mmx_prepare_move(struct kunit *test, struct mmx_actor *actor);
void mmx_op_move(struct mmx_actor *actor);
void mmx_prepare_to_device(struct kunit *test, struct mmx_actor *actor);
void mmx_op_to_device(struct mmx_actor *actor);
void mmx_op_to_ram(struct mmx_actor *actor);
void mmx_prepare_put(struct kunit *test, struct mmx_actor *actor);
void mmx_op_put(struct mmx_actor *actor);
void mmx_op_own(struct mmx_actor *actor);
void mmx_op_lock(struct mmx_actor *actor);
void mmx_op_look(struct mmx_actor *actor);
void mmx_op_release(struct mmx_actor *actor);
void mmx_op_close(struct mmx_actor *actor);
void mmx_watch_address(struct kunit *test, struct mmx_run *run);
void mmx_prepare_failfork(struct kunit *test, struct mmx_actor *actor);
void mmx_op_failfork(struct mmx_actor *actor);
unsigned long mmx_much(void);

/**
 * struct mmx_actor - A task of a program
 * @task: the thread
 * @run: what it takes part in
 * @op: what it does
 * @nth: its number
 * @over: it has done it
 * @gave_up: it has not done it, as it may
 * @ret: what it returned, 0 or a negative error number
 * @byte: what it has read
 * @child: the mm that it has forked
 * @list: the folios that it moves
 * @src: the folio that it moves
 * @anon_vma: of @src, pinned
 * @page: the device page that it moves to, or has a reference on
 * @arg: the user address of the arguments of an ioctl()
 */
struct mmx_actor {
	struct mmk_task task;
	struct mmx_run *run;
	const struct mmx_op *op;
	unsigned int nth;
	bool over;
	bool gave_up;
	int ret;
	u8 byte;
	struct mm_struct *child;
	struct list_head list;
	struct folio *src;
	struct anon_vma *anon_vma;
	struct page *page;
	unsigned long arg;
};

/**
 * struct mmx_ground - What the runs of a program share
 * @swap: a swap area, off between runs; or NULL
 * @dev: a device with memory, or NULL
 * @uffd: a userfaultfd, or NULL
 */
struct mmx_ground {
	struct mmk_swap *swap;
	struct mmk_dev *dev;
	struct mmk_uffd *uffd;
};

/**
 * struct mmx_program - A page in a state, and operations on it
 * @name: of the program, as "moving:read+end"
 * @state: of the page
 * @nr: how many operations there are
 * @needs: what they and the state need, &enum mmx_need
 * @ops: the operations
 * @ground: what they share; the devices of it before mmk_mm_enter()
 */
struct mmx_program {
	char name[64];
	enum mmx_state state;
	unsigned int nr;
	unsigned int needs;
	const struct mmx_op *ops[MMX_TASKS];
	struct mmx_ground ground;
};

bool mmx_program_parse(struct mmx_program *program, const char *name);

#define MMX_END		880

/* In a serial order: the fault of an operation, ahead of it */
#define MMX_TOUCH	0x10
#define MMX_STEPS	(2 * MMX_TASKS)

/**
 * struct mmx_run - One execution of a program
 * @program: the program
 * @mm: address space of the case
 * @addr: user address of the page
 * @other: the second address, or 0
 * @much: address of memory that fork() cannot have twice, or 0
 * @watch: the userfaultfd that watches the page, or NULL
 * @dst: the folio that the page is moved to, or NULL; not referenced
 * @vma_locks: value of the VMA lock while nobody has it
 * @sibling: mm that shares the page from the beginning, or NULL
 * @hold: the migration that is under way from the beginning, or NULL
 * @actors: the tasks, NULL for those that do not take part
 * @touches: those that took the fault of an actor ahead of it, NULL if there was none
 * @overlapped: a task was started while an earlier one was not done
 * @done: the operations that were done, and not given up; a bit each
 * @end: the state in the end, as text
 */
struct mmx_run {
	const struct mmx_program *program;
	struct mm_struct *mm;
	unsigned long addr;
	unsigned long other;
	unsigned long much;
	struct file *watch;
	struct folio *dst;
	long vma_locks;
	struct mm_struct *sibling;
	struct mmk_hold *hold;
	struct mmx_actor *actors[MMX_TASKS];
	struct mmx_actor *touches[MMX_TASKS];
	bool overlapped;
	unsigned int done;
	char end[MMX_END];
};

void mmx_ground_devices(struct kunit *test, struct mmx_program *program);
void mmx_ground_mm(struct kunit *test, struct mmx_program *program);
void mmx_set_up(struct kunit *test, struct mmx_run *run, unsigned int which);
void mmx_run_serial(struct kunit *test, struct mmx_run *run, const u8 *order,
		    unsigned int nr);
const struct mmx_path *mmx_run_schedule(struct kunit *test,
					struct mmx_run *run,
					const struct mmx_schedule *schedule);
void mmx_tear_down(struct kunit *test, struct mmx_run *run);

#endif /* _MM_KUNIT_EXPLORE_PROGRAM_H */
