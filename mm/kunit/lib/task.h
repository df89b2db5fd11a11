/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tasks that fault or wait
 */
#ifndef _MM_KUNIT_LIB_TASK_H
#define _MM_KUNIT_LIB_TASK_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/mm.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "../compat/leaf.h"

/**
 * struct mmk_task - A kernel thread, or a process, of a case
 * @task: the thread; referenced until the case ends
 * @mm: address space that it runs in
 * @fn: what it does
 * @go: completed when a process shall run @fn
 * @done: completed when @fn has returned and the mm has been dropped
 * @ref: references of the thread and of the case
 * @started: whether it has been started
 */
struct mmk_task {
	struct task_struct *task;
	struct mm_struct *mm;
	void (*fn)(struct mmk_task *task);
	struct completion go;
	struct completion done;
	refcount_t ref;
	bool started;
};

void *mmk_task_alloc(struct kunit *test, size_t size, struct mm_struct *mm,
		     void (*fn)(struct mmk_task *task));
void mmk_task_free(struct kunit *test, struct mmk_task *task);
void mmk_need_cpus(struct kunit *test, unsigned int nr);
void mmk_task_place(struct mmk_task *task, unsigned int nth);
bool mmk_lock_is_spun_on(spinlock_t *lock);
void mmk_task_start(struct mmk_task *task);
void *mmk_process_alloc(struct kunit *test, size_t size,
			void (*fn)(struct mmk_task *task));
void mmk_process_start(struct mmk_task *task);
bool mmk_task_sleeps_in(struct mmk_task *task, const char *function);
bool mmk_in_function(const char *function);

/**
 * mmk_task_waits() - Wait until a task waits for a migration entry
 * @task: the task
 *
 * Return: as mmk_task_sleeps_in().
 */
#define mmk_task_waits(task)	mmk_task_sleeps_in(task, MMK_ENTRY_WAIT_SYMBOL)

bool mmk_task_join(struct mmk_task *task);
int mmk_tasks_running(void);

/**
 * enum mmk_lock - The lock that a fault is handled under
 * @MMK_MMAP_LOCK: mmap_lock, for reading
 * @MMK_VMA_LOCK: the per-VMA lock
 */
enum mmk_lock {
	MMK_MMAP_LOCK,
	MMK_VMA_LOCK,
};

/**
 * struct mmk_fault - A task that takes one page fault
 * @task: the thread
 * @addr: where
 * @flags: FAULT_FLAG_*
 * @lock: which lock handle_mm_fault() is entered under
 * @retry: go on after VM_FAULT_RETRY, under mmap_lock, until the fault is served
 * @ret: what handle_mm_fault() returned last
 * @first_ret: what it returned first
 * @no_vma: there was no VMA to be locked
 * @lock_held: the lock was still held when handle_mm_fault() returned first
 * @tries: how often handle_mm_fault() was called
 */
struct mmk_fault {
	struct mmk_task task;
	unsigned long addr;
	unsigned int flags;
	enum mmk_lock lock;
	bool retry;
	vm_fault_t ret;
	vm_fault_t first_ret;
	bool no_vma;
	bool lock_held;
	unsigned int tries;
};

void mmk_need_lock(struct kunit *test, enum mmk_lock lock);
void mmk_fault_run(struct mmk_fault *fault);
struct mmk_fault *mmk_fault_alloc(struct kunit *test, struct mm_struct *mm,
				  unsigned long addr, unsigned int flags,
				  enum mmk_lock lock);
struct mmk_fault *mmk_fault_start(struct kunit *test, struct mm_struct *mm,
				  unsigned long addr, unsigned int flags,
				  enum mmk_lock lock);
struct mmk_fault *mmk_process_fault_alloc(struct kunit *test, unsigned long addr,
					  unsigned int flags,
					  enum mmk_lock lock);
struct mmk_fault *mmk_access_start(struct kunit *test, struct mm_struct *mm,
				   unsigned long addr, bool write);

wait_queue_head_t *mmk_folio_waitqueue(struct kunit *test, struct folio *folio);
int mmk_folio_nr_waiting(struct kunit *test, struct folio *folio);
bool mmk_task_waits_for(struct kunit *test, struct task_struct *task,
			struct folio *folio);

#endif /* _MM_KUNIT_LIB_TASK_H */
