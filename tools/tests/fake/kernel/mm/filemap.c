// SPDX-License-Identifier: GPL-2.0
/*
 * The wait for a page.
 */
#include <linux/mm.h>

#define TASK_UNINTERRUPTIBLE 0
#define TASK_KILLABLE 1

struct wait_queue page_wait_queue;

static void set_current_state(int state)
{
	page_wait_queue.killable = state == TASK_KILLABLE;
}

static void io_schedule(void)
{
	page_wait_queue.sleeps++;
}

/**
 * migration_entry_wait_on_locked() - Wait for a migration
 * @entry: the migration entry
 * @ptl: the lock of the page table, which is held
 *
 * No reference to the page is taken: the entry keeps it there for as long as
 * @ptl is held, and the queue's lock afterwards.
 *
 * Return: how many references the waiter has on the page.
 */
int migration_entry_wait_on_locked(pte_t entry, struct lock *ptl)
{
	struct wait_queue *queue = &page_wait_queue;
	struct page *page = pte_page(entry);
	int before = page->refcount;

	lock_take(&queue->lock);
	/* The page cannot go away while we are queued. */
	lock_drop(ptl);
	lock_drop(&queue->lock);

	set_current_state(TASK_UNINTERRUPTIBLE);
	io_schedule();

	return page->refcount - before;
}
