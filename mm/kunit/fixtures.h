/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Building blocks for the mm/kunit suites: address spaces, page table peeks,
 * tasks that fault and are watched, migrations that stop half-way, device
 * memory, swap areas and snapshots of what must be conserved.
 *
 * Each makes one thing and undoes it by a deferred action, so that a failed
 * assertion leaks nothing. None hides the act under test: that is a call in the
 * case itself.
 */
#ifndef _MM_KUNIT_FIXTURES_H
#define _MM_KUNIT_FIXTURES_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/refcount.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>
#include <linux/timekeeping.h>

#include "compat.h"

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

/*
 * The CPU that a case and all of its tasks run on, so that they come in between
 * each other as their priorities and their sleeps have it. Cases about tasks
 * that really run at the same time place them with mmk_task_place().
 */
#define MMK_CPU	0
/* libgcov, which CONFIG_GCOV links into User-Mode Linux */
void __gcov_reset(void);

/* fixture_guard.c: what every case of every suite has to leave as it was */
int mmk_case_init(struct kunit *test);
void mmk_expect_report(struct kunit *test);
u32 mmk_seed(void);

/* fixture_warn.c: WARNs that are the result */
void mmk_warn_begin(struct kunit *test);
int mmk_warn_end(struct kunit *test);

/* fixture_mm.c: address spaces */
struct mm_struct *mmk_mm_enter(struct kunit *test);
unsigned long mmk_mmap(struct kunit *test, struct file *file, size_t len,
		       unsigned long prot, unsigned long flags);
unsigned long mmk_map_anon(struct kunit *test, unsigned int nr_pages);
struct file *mmk_shmem_file(struct kunit *test, unsigned int nr_pages);
struct mm_struct *mmk_fork(struct kunit *test);
void mmk_mm_put(struct kunit *test, struct mm_struct *mm);
int mmk_mm_madvise(struct mm_struct *mm, unsigned long addr, size_t len,
		   int behavior);
int mmk_fault_in(struct mm_struct *mm, unsigned long addr, bool write);

void mmk_fill(struct kunit *test, unsigned long addr, unsigned int nr_pages,
	      u8 seed);
bool mmk_holds(struct kunit *test, unsigned long addr, unsigned int nr_pages,
	       u8 seed);
bool mmk_mm_holds(struct kunit *test, struct mm_struct *mm, unsigned long addr,
		  unsigned int nr_pages, u8 seed);
bool mmk_folio_holds(struct folio *folio, u8 seed);
int mmk_mm_poke(struct mm_struct *mm, unsigned long addr, u8 byte);

/* fixture_pte.c: what the page table says */

/**
 * enum mmk_pte_kind - What a pte is, by the predicates of the kernel
 * @MMK_PTE_NO_TABLE: there is no page table at this address
 * @MMK_PTE_NONE: empty
 * @MMK_PTE_PRESENT: maps a page
 * @MMK_PTE_SWAP: swapped out
 * @MMK_PTE_MIGRATION_WRITE: writable migration entry
 * @MMK_PTE_MIGRATION_READ: readable migration entry
 * @MMK_PTE_MIGRATION_READ_EXCLUSIVE: readable-exclusive migration entry
 * @MMK_PTE_DEVICE_PRIVATE_WRITE: device-private page, writable
 * @MMK_PTE_DEVICE_PRIVATE_READ: device-private page, read-only
 * @MMK_PTE_DEVICE_EXCLUSIVE: page that a device has exclusive access to
 * @MMK_PTE_HWPOISON: poisoned page
 * @MMK_PTE_MARKER: marker without a page
 * @MMK_PTE_TABLE: refers to a page table; a pmd only
 * @MMK_PTE_AMBIGUOUS: more than one predicate claims it, or none does
 */
enum mmk_pte_kind {
	MMK_PTE_NO_TABLE,
	MMK_PTE_NONE,
	MMK_PTE_PRESENT,
	MMK_PTE_SWAP,
	MMK_PTE_MIGRATION_WRITE,
	MMK_PTE_MIGRATION_READ,
	MMK_PTE_MIGRATION_READ_EXCLUSIVE,
	MMK_PTE_DEVICE_PRIVATE_WRITE,
	MMK_PTE_DEVICE_PRIVATE_READ,
	MMK_PTE_DEVICE_EXCLUSIVE,
	MMK_PTE_HWPOISON,
	MMK_PTE_MARKER,
	MMK_PTE_TABLE,
	MMK_PTE_AMBIGUOUS,
};

bool mmk_pte_get(struct mm_struct *mm, unsigned long addr, pte_t *pte);
pte_t mmk_pte(struct mm_struct *mm, unsigned long addr);
enum mmk_pte_kind mmk_pte_classify(pte_t pte);
enum mmk_pte_kind mmk_pte_kind(struct mm_struct *mm, unsigned long addr);
const char *mmk_pte_kind_name(enum mmk_pte_kind kind);
struct page *mmk_pte_page(struct mm_struct *mm, unsigned long addr);
struct folio *mmk_pte_folio(struct kunit *test, struct mm_struct *mm,
			    unsigned long addr);
void mmk_folio_get(struct kunit *test, struct folio *folio);
void mmk_folio_put(struct kunit *test, struct folio *folio);
void mmk_pte_set_flags(struct kunit *test, struct mm_struct *mm,
		       unsigned long addr, bool young, bool dirty);

/**
 * MMK_EXPECT_PTE() - Expect the pte at an address to be of one kind
 * @test: the running case
 * @mm: address space
 * @addr: user address
 * @kind: the &enum mmk_pte_kind without its MMK_PTE_ prefix
 */
#define MMK_EXPECT_PTE(test, mm, addr, kind)				\
	MMK_EXPECT_KIND(test, mmk_pte_kind(mm, addr), MMK_PTE_##kind)

#define MMK_EXPECT_KIND(test, is, wanted)				\
do {									\
	enum mmk_pte_kind __kind = (is), __wanted = (wanted);		\
									\
	KUNIT_EXPECT_EQ_MSG(test, (int)__kind, (int)__wanted,		\
			    "entry is %s, should be %s",		\
			    mmk_pte_kind_name(__kind),			\
			    mmk_pte_kind_name(__wanted));		\
} while (0)

/* fixture_huge.c: the same for a pmd */

/* What a pmd maps: all that a page table of ptes can */
#define MMK_HUGE_SIZE	PMD_SIZE
#define MMK_HUGE_PAGES	((unsigned int)(PMD_SIZE / PAGE_SIZE))

unsigned long mmk_map_huge(struct kunit *test, struct mm_struct *mm,
			   unsigned int nr);
unsigned long mmk_map_huge_hole(struct kunit *test, struct mm_struct *mm,
				unsigned int nr);
unsigned long mmk_map_huge_file(struct kunit *test, struct mm_struct *mm);
pmd_t mmk_pmd(struct mm_struct *mm, unsigned long addr);
enum mmk_pte_kind mmk_pmd_kind(struct mm_struct *mm, unsigned long addr);
struct page *mmk_pmd_page(struct mm_struct *mm, unsigned long addr);
struct folio *mmk_pmd_folio(struct kunit *test, struct mm_struct *mm,
			    unsigned long addr);
void mmk_pmd_set_flags(struct kunit *test, struct mm_struct *mm,
		       unsigned long addr, bool young, bool dirty);

/* As MMK_EXPECT_PTE(), for a pmd */
#define MMK_EXPECT_PMD(test, mm, addr, kind)				\
	MMK_EXPECT_KIND(test, mmk_pmd_kind(mm, addr), MMK_PTE_##kind)

/* fixture_task.c: tasks that fault, and are watched */

/**
 * struct mmk_task - A kernel thread, or a process, in the case's hands
 * @task: the thread; referenced until the case ends
 * @mm: address space that it runs in
 * @fn: what it does
 * @go: what a process waits for before it does so
 * @done: completed when @fn has returned and the mm has been given back
 * @ref: the thread's, and the case's
 * @started: whether it has been woken
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

void mmk_need_cpus(struct kunit *test, unsigned int nr);
void mmk_task_place(struct mmk_task *task, unsigned int nth);
bool mmk_lock_is_spun_on(spinlock_t *lock);
void mmk_task_start(struct mmk_task *task);
void *mmk_process_alloc(struct kunit *test, size_t size,
			void (*fn)(struct mmk_task *task));
void mmk_process_start(struct mmk_task *task);
bool mmk_task_sleeps_in(struct mmk_task *task, const char *function);

/**
 * mmk_task_waits() - Wait until a task waits for a migration entry
 * @task: the task
 *
 * Return: whether it came to sleep there, as mmk_task_sleeps_in() has it.
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

void mmk_fault_run(struct mmk_fault *fault);
struct mmk_fault *mmk_fault_alloc(struct kunit *test, struct mm_struct *mm,
				  unsigned long addr, unsigned int flags,
				  enum mmk_lock lock);
struct mmk_fault *mmk_fault_start(struct kunit *test, struct mm_struct *mm,
				  unsigned long addr, unsigned int flags,
				  enum mmk_lock lock);
struct mmk_fault *mmk_access_start(struct kunit *test, struct mm_struct *mm,
				   unsigned long addr, bool write);

/* fixture_sched.c: priorities */
void mmk_tasks_prepare(void);

/* fixture_task.c: who waits for a folio */
wait_queue_head_t *mmk_folio_waitqueue(struct kunit *test, struct folio *folio);
int mmk_folio_nr_waiting(struct kunit *test, struct folio *folio);
bool mmk_task_waits_for(struct kunit *test, struct task_struct *task,
			struct folio *folio);

/* fixture_migrate.c: migrations that stop half-way */

/**
 * struct mmk_hold - A folio in the state in which migrate_pages() unmaps it
 * @folio: locked, isolated from the LRU, with a reference that isolation took
 * @held: whether that is still so
 * @dst: locked, uptodate new folio that stands ready, or NULL
 * @anon_vma: pinned, so that an unmap of everything does not free it
 */
struct mmk_hold {
	struct folio *folio;
	bool held;
	struct folio *dst;
	struct anon_vma *anon_vma;
};

struct page *mmk_pin(struct kunit *test, unsigned long addr,
		     unsigned int flags);
void mmk_unpin(struct kunit *test, struct page *page);
struct mmk_hold *mmk_hold(struct kunit *test, struct folio *folio);
struct folio *mmk_hold_copy(struct kunit *test, struct mmk_hold *hold);
void mmk_hold_finish(struct kunit *test, struct mmk_hold *hold, bool moved);

struct mmk_dev;

#define MMK_VMA_MAX_PAGES	64

/**
 * struct mmk_vma - One round of migrate_vma_setup(), _pages() and _finalize()
 * @args: what the three are called with
 * @src: source pfns
 * @dst: destination pfns
 * @mm: whose addresses
 * @open: set up and not finalized yet; the deferred action then restores
 */
struct mmk_vma {
	struct migrate_vma args;
	unsigned long src[MMK_VMA_MAX_PAGES];
	unsigned long dst[MMK_VMA_MAX_PAGES];
	struct mm_struct *mm;
	bool open;
};

struct mmk_vma *mmk_vma_alloc(struct kunit *test, struct mm_struct *mm,
			      unsigned long addr, unsigned int nr_pages,
			      unsigned long flags, void *owner);
int mmk_vma_setup(struct mmk_vma *m);
void mmk_vma_copy_to_ram(struct kunit *test, struct mmk_vma *m);
void mmk_vma_copy_to_dev(struct kunit *test, struct mmk_vma *m,
			 struct mmk_dev *dev);
void mmk_vma_pages(struct mmk_vma *m);
void mmk_vma_finalize(struct mmk_vma *m);
struct page *mmk_migrate_to_dev(struct kunit *test, struct mm_struct *mm,
				unsigned long addr, struct mmk_dev *dev);

/* fixture_device.c: device memory */

/**
 * struct mmk_free_event - What the free callback saw
 * @page: the page that was freed
 * @refcount: its references
 * @mapping: its mapping
 * @anon_exclusive: whether PG_anon_exclusive was set
 * @locked: whether it was locked
 * @charged: whether it was charged to a memory cgroup
 * @atomic: whether the callback could not have slept
 * @pgmap_live: whether its pgmap still held the page's reference
 * @pgmap_refs: mmk_dev_refs()
 * @task: by whom
 */
struct mmk_free_event {
	struct page *page;
	int refcount;
	void *mapping;
	bool anon_exclusive;
	bool locked;
	bool charged;
	bool atomic;
	bool pgmap_live;
	long pgmap_refs;
	struct task_struct *task;
};

#define MMK_DEV_LOG	64

/**
 * struct mmk_dev - A small device with memory of its own
 * @pgmap: its pages; the owner is the &struct mmk_dev itself
 * @res: the range in iomem_resource that the pages stand for
 * @test: the case that made it
 * @nr_pages: number of pages
 * @next: first page to look at for a free one
 * @mapped: memremap_pages() has been called and not undone
 * @lock: protects @busy and @log
 * @busy: pages handed out
 * @nr_free: calls of the free callback
 * @nr_to_ram: calls of migrate_to_ram
 * @log: the first MMK_DEV_LOG of those free callbacks
 * @to_ram: what to do in migrate_to_ram; mmk_dev_to_ram() by default
 * @data: for @to_ram
 */
struct mmk_dev {
	struct dev_pagemap pgmap;
	struct resource *res;
	struct kunit *test;
	unsigned int nr_pages;
	unsigned int next;
	bool mapped;
	spinlock_t lock;
	unsigned long *busy;
	atomic_t nr_free;
	atomic_t nr_to_ram;
	struct mmk_free_event log[MMK_DEV_LOG];
	vm_fault_t (*to_ram)(struct mmk_dev *dev, struct vm_fault *vmf);
	void *data;
};

struct mmk_dev *mmk_dev_alloc(struct kunit *test, enum memory_type type);
int mmk_dev_map(struct mmk_dev *dev);
void mmk_dev_unmap(struct mmk_dev *dev);
struct mmk_dev *mmk_dev_create(struct kunit *test, enum memory_type type);
struct page *mmk_dev_page(struct mmk_dev *dev, unsigned int i);
struct page *mmk_dev_get_page(struct kunit *test, struct mmk_dev *dev);
unsigned int mmk_dev_nr_busy(struct mmk_dev *dev);
long mmk_dev_refs(struct mmk_dev *dev);
long mmk_pgmap_refs(struct dev_pagemap *pgmap);
bool mmk_pgmap_unmap(struct kunit *test, struct dev_pagemap *pgmap,
		     long expected);
bool mmk_dev_unmap_as(struct kunit *test, struct mmk_dev *dev, long expected);
struct page *mmk_dev_backing(struct page *page);
vm_fault_t mmk_dev_to_ram(struct mmk_dev *dev, struct vm_fault *vmf);

/* fixture_snapshot.c: what a migration has to conserve */

/**
 * struct mmk_folio_state - What can be seen of a folio
 * @refcount: folio_ref_count()
 * @mapcount: folio_mapcount()
 * @mapping: folio->mapping, with its flag bits
 * @index: folio->index
 * @anon_exclusive: PG_anon_exclusive of its first page
 * @locked: PG_locked
 * @lru: PG_lru
 * @dirty: PG_dirty
 * @uptodate: PG_uptodate
 * @swapbacked: PG_swapbacked
 * @swapcache: in the swap cache
 * @mlocked: PG_mlocked
 * @waiters: PG_waiters
 */
struct mmk_folio_state {
	int refcount;
	int mapcount;
	unsigned long mapping;
	unsigned long index;
	bool anon_exclusive;
	bool locked;
	bool lru;
	bool dirty;
	bool uptodate;
	bool swapbacked;
	bool swapcache;
	bool mlocked;
	bool waiters;
};

/**
 * struct mmk_mm_state - What can be seen of an address space
 * @anon: MM_ANONPAGES
 * @file: MM_FILEPAGES
 * @shmem: MM_SHMEMPAGES
 * @swap: MM_SWAPENTS
 * @users: mm_users
 */
struct mmk_mm_state {
	long anon;
	long file;
	long shmem;
	long swap;
	int users;
};

/**
 * struct mmk_page_state - A page and what maps it
 * @mm: that maps it
 * @addr: where
 * @folio: the page
 * @pte: that maps it
 * @state: what can be seen of it
 */
struct mmk_page_state {
	struct mm_struct *mm;
	unsigned long addr;
	struct folio *folio;
	pte_t pte;
	struct mmk_folio_state state;
};

void mmk_folio_snapshot(struct folio *folio, struct mmk_folio_state *state);
void mmk_mm_snapshot(struct mm_struct *mm, struct mmk_mm_state *state);
void mmk_expect_folio_same(struct kunit *test, const char *what,
			   struct folio *folio,
			   const struct mmk_folio_state *before);
void mmk_expect_mm_same(struct kunit *test, const char *what,
			struct mm_struct *mm,
			const struct mmk_mm_state *before);
bool mmk_pte_same(pte_t a, pte_t b);
void mmk_page_snapshot(struct kunit *test, struct mmk_page_state *state,
		       struct mm_struct *mm, unsigned long addr);
void mmk_expect_page_same(struct kunit *test, const char *what,
			  const struct mmk_page_state *before);

/* fixture_swap.c: a real swap area */
struct mmk_swap {
	unsigned long path;
	struct mm_struct *mm;
	bool on;
};

void mmk_swap_prepare(void);
int mmk_swap_format(unsigned int minor);
struct mmk_swap *mmk_swap_alloc(struct kunit *test, unsigned int minor);
long mmk_swap_try_on(struct mmk_swap *swap);
long mmk_swap_try_prefer(struct mmk_swap *swap);
struct mmk_swap *mmk_swap_on(struct kunit *test);
struct mmk_swap *mmk_swap_on_slow(struct kunit *test);
long mmk_swap_off(struct mmk_swap *swap);
int mmk_pageout(unsigned long addr, size_t len);

/* fixture_fail.c: want of memory */
void mmk_fail_prepare(struct kunit *test);
void mmk_fail_nth(unsigned int nth);
bool mmk_fail_done(void);

#endif /* _MM_KUNIT_FIXTURES_H */
