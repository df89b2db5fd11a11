// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/PID/smaps of tmpfs that is in swap. Expected is what
 * Documentation/filesystems/proc.rst says of "Swap".
 */
#include <kunit/test.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../compat/trace.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/swap.h"
#include "../lib/task.h"
#include "disk.h"

#define NR_PAGES	4

/* Room for the smaps of a few VMAs */
#define TEXT_SIZE	(8 * PAGE_SIZE)

static void proc_release(void *mnt)
{
	kern_unmount(mnt);
}

static struct vfsmount *proc_mount(struct kunit *test)
{
	struct file_system_type *type = get_fs_type("proc");
	struct vfsmount *mnt;

	if (!type || !IS_ENABLED(CONFIG_PROC_PAGE_MONITOR))
		kunit_skip(test, "needs CONFIG_PROC_PAGE_MONITOR");
	mnt = kern_mount(type);
	put_filesystem(type);
	KUNIT_ASSERT_FALSE(test, IS_ERR(mnt));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, proc_release,
							mnt), 0);
	return mnt;
}

static void nothing_main(struct mmk_task *task)
{
}

/**
 * struct hurry - A task that is asked to give up the CPU whenever it takes a lock
 * @task: the task
 * @lock: lockdep's name of the lock
 */
struct hurry {
	struct task_struct *task;
	struct lockdep_map *lock;
};

static void hurry_probe(void *data, struct lockdep_map *lock,
			unsigned int subclass, int trylock, int read, int check,
			struct lockdep_map *next_lock, unsigned long ip)
{
	struct hurry *h = data;

	if (current == h->task && lock == h->lock) {
		set_tsk_need_resched(current);
		set_preempt_need_resched();
	}
}

/* The field "Swap" of the VMA at @addr, in pages. */
static long smaps_swap(struct kunit *test, struct vfsmount *mnt,
		       struct mmk_task *process, unsigned long buffer,
		       unsigned long addr)
{
	char *text = kunit_kzalloc(test, TEXT_SIZE, GFP_KERNEL), *at;
	struct hurry hurry = {
		.task = current,
		.lock = mmk_lock_map(&process->mm->page_table_lock),
	};
	struct file *file;
	ssize_t n, got = 0;
	loff_t pos = 0;
	char name[32];
	long kb = -1;
	int nr;

	KUNIT_ASSERT_NOT_NULL(test, text);
	snprintf(name, sizeof(name), "%d/smaps", task_pid_nr(process->task));
	file = file_open_root_mnt(mnt, name, O_RDONLY, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	if (mmk_lock_watch(hurry_probe, &hurry))
		kunit_skip(test, "needs lockdep");
	do {
		n = vfs_read(file, (char __user *)buffer + got,
			     TEXT_SIZE - 1 - got, &pos);
		got += max_t(ssize_t, n, 0);
	} while (n > 0);
	mmk_lock_unwatch(hurry_probe, &hurry);
	fput(file);
	KUNIT_ASSERT_EQ(test, n, (ssize_t)0);
	KUNIT_ASSERT_EQ(test, copy_from_user(text, (void __user *)buffer, got),
			0UL);
	snprintf(name, sizeof(name), "%08lx-", addr);
	at = strstr(text, name);
	at = at ? strstr(at, "\nSwap:") : NULL;
	KUNIT_ASSERT_NOT_NULL(test, at);
	nr = sscanf(at, "\nSwap: %ld kB", &kb);
	KUNIT_ASSERT_EQ(test, nr, 1);
	return kb * 1024 / PAGE_SIZE;
}

/**
 * smaps_of_swapped_tmpfs_does_not_sleep() - With the page table lock held
 *
 * A private mapping of a tmpfs file has one page of its own, and holes whose pages of the
 * file are in swap. smaps counts these, one by one, with the page table lock held. It does
 * not give up the CPU then, although it is asked to all the time.
 *
 * Contract: SF-11
 */
static void smaps_of_swapped_tmpfs_does_not_sleep(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct vfsmount *mnt = proc_mount(test);
	struct mmk_task *process;
	struct file *file;
	unsigned long shared, private, buffer;

	mmk_swap_on(test);
	file = mmk_shmem_file(test, NR_PAGES);
	shared = mmk_mmap(test, file, NR_PAGES * PAGE_SIZE,
			  PROT_READ | PROT_WRITE, MAP_SHARED);
	mmk_fill(test, shared, NR_PAGES, SEED);
	KUNIT_ASSERT_EQ(test, mmk_pageout(shared, NR_PAGES * PAGE_SIZE), 0);
	KUNIT_ASSERT_EQ(test, se_slots_used(), (long)NR_PAGES);
	KUNIT_ASSERT_EQ(test, vm_munmap(shared, NR_PAGES * PAGE_SIZE), 0);
	private = mmk_mmap(test, file, NR_PAGES * PAGE_SIZE,
			   PROT_READ | PROT_WRITE, MAP_PRIVATE);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, private, true), 0);
	MMK_EXPECT_PTE(test, mm, private + PAGE_SIZE, NONE);
	KUNIT_ASSERT_EQ(test, se_slots_used(), NR_PAGES - 1L);
	buffer = mmk_map_anon(test, TEXT_SIZE / PAGE_SIZE);
	mmk_fill(test, buffer, TEXT_SIZE / PAGE_SIZE, 0);
	process = mmk_process_alloc(test, sizeof(*process), nothing_main);
	KUNIT_EXPECT_EQ(test, smaps_swap(test, mnt, process, buffer, private),
			NR_PAGES - 1L);
	mmk_process_start(process);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(process));
}

static struct kunit_case swap_error_smaps_cases[] = {
	KUNIT_CASE(smaps_of_swapped_tmpfs_does_not_sleep),
	{}
};

static struct kunit_suite swap_error_smaps_suite = {
	.name = "swap_error_smaps",
	.init = mmk_case_init,
	.test_cases = swap_error_smaps_cases,
};

kunit_test_suite(swap_error_smaps_suite);
