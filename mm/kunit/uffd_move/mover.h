/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A userfaultfd, the range that it watches, and tasks that call UFFDIO_MOVE
 */
#ifndef _MM_KUNIT_UFFD_MOVE_MOVER_H
#define _MM_KUNIT_UFFD_MOVE_MOVER_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/userfaultfd.h>

#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/task.h"
#include "../lib/uffd.h"

/* Seed of the bytes in the pages to move, see mmk_fill() */
#define SEED	0x3c

/* Pages to move, and pages of the destination */
#define UM_PAGES	32

/* A mover is killed after so many tries. */
#define UM_MANY_TRIES	64

/**
 * struct um_watch - What an MMU notifier sees of the moves
 * @mn: the notifier
 * @tries: calls of invalidate_range_start, one for each try
 * @ends: calls of invalidate_range_end
 * @limit: kill the mover after so many tries; 0: never
 * @kill_at: kill the mover in this try; 0: in none
 * @pause_at: the mover sleeps in this try until @go; 0: in none
 * @go: wakes the mover
 * @folio: a folio whose references are counted in each try, or NULL
 * @max_refs: the most references that @folio had
 * @event: the event of the last try
 * @start: first address of the last try
 * @end: first address behind it
 */
struct um_watch {
	struct mmu_notifier mn;
	unsigned int tries;
	unsigned int ends;
	unsigned int limit;
	unsigned int kill_at;
	unsigned int pause_at;
	struct completion go;
	struct folio *folio;
	int max_refs;
	enum mmu_notifier_event event;
	unsigned long start;
	unsigned long end;
};

/**
 * struct mover - A userfaultfd, and where it moves pages from and to
 * @mm: the address space
 * @uffd: the userfaultfd
 * @src: UM_PAGES pages that hold SEED, to be moved
 * @dst: the destination: UM_PAGES holes, registered
 * @nr_moves: how many moves there have been
 * @watch: what the MMU notifier has seen of them
 */
struct mover {
	struct mm_struct *mm;
	struct mmk_uffd *uffd;
	unsigned long src;
	unsigned long dst;
	unsigned int nr_moves;
	struct um_watch watch;
};

/**
 * struct um_move - A process that calls UFFDIO_MOVE once
 * @task: the process
 * @mover: whose userfaultfd
 * @arg: where its arguments are
 * @src: where it moves pages from
 * @anon_vma: the anon_vma of the VMA there, or NULL
 * @anon_vma_refs: references on it before the move
 * @ret: what ioctl() returned
 * @moved: what it left in the move field
 */
struct um_move {
	struct mmk_task task;
	struct mover *mover;
	unsigned long arg;
	unsigned long src;
	struct anon_vma *anon_vma;
	int anon_vma_refs;
	long ret;
	s64 moved;
};

/**
 * struct um_holder - A task that has an anon_vma locked
 * @task: the thread
 * @anon_vma: the anon_vma, with a reference until the end of the case
 * @held: completed when it is locked
 * @go: completed when it shall be unlocked
 */
struct um_holder {
	struct mmk_task task;
	struct anon_vma *anon_vma;
	struct completion held;
	struct completion go;
};

/**
 * struct um_intruder - A real-time task that steps in between two locks
 * @task: the task, which runs on the mover's CPU
 * @mover: the process that is interrupted
 * @lock: lockdep's name of a lock
 * @nth: the task runs when the mover drops the lock for the @nth time
 * @drops: how often the mover has dropped it
 * @on: the tracepoints call us
 */
struct um_intruder {
	struct mmk_task task;
	struct task_struct *mover;
	struct lockdep_map *lock;
	unsigned int nth;
	unsigned int drops;
	bool on;
};

/* The move field before the call: no possible result */
#define UM_UNTOUCHED	0x5a5a5a5a5a5a5a5aLL

struct mover *um_open(struct kunit *test, struct mm_struct *mm);
void um_register(struct kunit *test, struct mover *m, unsigned long addr,
		 size_t len);
void um_forget(struct kunit *test, struct mover *m, unsigned long addr,
	       size_t len);
struct mover *um_create(struct kunit *test);
struct um_move *um_prepare(struct kunit *test, struct mover *m,
			   const struct uffdio_move *args);
struct um_move *um_start(struct kunit *test, struct mover *m,
			 const struct uffdio_move *args);
bool um_join(struct kunit *test, struct um_move *move);
struct um_move *um_move(struct kunit *test, struct mover *m, unsigned int page,
			unsigned int nr_pages, u64 mode);

struct um_holder *um_lock_rmap(struct kunit *test, struct mover *m,
			       struct folio *folio);
void um_unlock_rmap(struct kunit *test, struct um_holder *h);

void um_intruder_watch(struct kunit *test, struct um_intruder *in,
		       const struct um_move *move, struct lockdep_map *lock,
		       unsigned int nth);
void um_intruder_stop(void *data);

/**
 * UM_EXPECT_RESULT() - Expect a result of a move
 * @test: the case
 * @move: the move
 * @error: what ioctl() returned
 * @bytes: what is in the move field
 */
#define UM_EXPECT_RESULT(test, move, error, bytes)			\
do {									\
	const struct um_move *__move = (move);				\
									\
	KUNIT_EXPECT_EQ(test, __move->ret, (long)(error));		\
	KUNIT_EXPECT_EQ(test, __move->moved, (s64)(bytes));		\
} while (0)

void um_expect_anon(struct kunit *test, struct mover *m, struct folio *folio,
		    unsigned long addr);
void um_expect_rmap(struct kunit *test, struct mover *m, struct folio *folio,
		    unsigned long addr);
void um_expect_page_moved(struct kunit *test, struct mover *m,
			  const struct mmk_page_state *before,
			  unsigned long dst);
bool um_rmap_is_at(struct mover *m, struct folio *folio, unsigned long addr);

#endif /* _MM_KUNIT_UFFD_MOVE_MOVER_H */
