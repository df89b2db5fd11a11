/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Entries side by side, a walk over them, and what there has to be afterwards
 */
#ifndef _MM_KUNIT_WALKER_WALK_H
#define _MM_KUNIT_WALKER_WALK_H

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/types.h>

#include "../compat/leaf.h"
#include "../compat/param.h"
#include "../lib/bits.h"
#include "../lib/device.h"
#include "../lib/migrate.h"
#include "../lib/proc.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/swap.h"
#include "../lib/uffd.h"
#include "table.h"

/* The suites of large folios have the device that has huge pages. */
#if defined(MMK_HAVE_VMA_COMPOUND) && defined(CONFIG_MM_KUNIT_LARGE_FOLIO)
#define EW_HAVE_HDEV
#include "../large_folio/hdev.h"
#endif

/**
 * struct ew_look - What can be seen of an entry
 * @kind: of all of its ptes, or of its pmd
 * @huge: it is a pmd
 * @contiguous: each of its ptes stands for the page after that of the one before
 * @value: what the first pte holds, but for its flags
 * @pfn: the page of the first pte; 0 if it has none
 * @write: the ptes are writable
 * @young: they are young
 * @dirty: they are dirty
 * @bits: of the first one, MMK_SOFT_DIRTY and MMK_UFFD
 * @exclusive: they are swap entries marked as exclusive
 * @own: the page that the first one maps is marked as exclusive
 * @mapcount: of its folio, if the case holds that
 * @refs: of its folio, if the case holds that
 * @slots: how many ptes have its swap slot
 */
struct ew_look {
	enum mmk_pte_kind kind;
	bool huge;
	bool contiguous;
	unsigned long value;
	unsigned long pfn;
	bool write;
	bool young;
	bool dirty;
	unsigned int bits;
	bool exclusive;
	bool own;
	int mapcount;
	int refs;
	int slots;
};

/**
 * struct ew_wanted - What the table wants of an entry after the walk
 * @look: what has to be seen
 * @any_value: whatever it holds, but for the page
 * @any_page: whatever page that is
 * @any_flags: young and dirty or not
 * @any_dirty: dirty or not
 * @more_flags: young and dirty, if a page beside it in its folio may have been
 * @any_write: writable or not
 * @any_counts: however often it is mapped, referenced and used
 * @must_own: whatever page that is, it is exclusive
 * @soft: its soft-dirty bit and that of userfaultfd count
 * @anon: pages in MM_ANONPAGES
 * @swap: pages in MM_SWAPENTS
 * @any_anon: however many in MM_ANONPAGES
 */
struct ew_wanted {
	struct ew_look look;
	bool any_value;
	bool any_page;
	bool any_flags;
	bool any_dirty;
	bool more_flags;
	bool any_write;
	bool any_counts;
	bool must_own;
	bool soft;
	long anon;
	long swap;
	bool any_anon;
};

struct ew_batch;
struct ew_mirror;
struct hdev;
struct ew_site;
struct ew_walk;

/**
 * struct ew_kind - How a kind of entry is made, and what it counts for
 * @make: makes it at a site
 * @after_fork: goes on, once a child has had what @make has made; or NULL
 * @kind: what it is then
 * @read_only: what it is without the permission to write
 * @shared: what it is once a child has it, too
 * @huge: it is a pmd
 * @anon: whether its pages count in MM_ANONPAGES
 * @swap: whether its pages count in MM_SWAPENTS
 * @maps: how often it counts as a mapping
 * @refs: how many references it has on its folio
 * @bytes: it stands for pages that have been written to
 * @device: it needs device memory
 */
struct ew_kind {
	void (*make)(struct ew_walk *w, struct ew_site *s);
	void (*after_fork)(struct ew_walk *w, struct ew_site *s);
	enum mmk_pte_kind kind;
	enum mmk_pte_kind read_only;
	enum mmk_pte_kind shared;
	bool huge;
	bool anon;
	bool swap;
	int maps;
	int refs;
	bool bytes;
	bool device;
};

/**
 * struct ew_site - An entry, and where it is
 * @entry: which
 * @how: the same, as it is made
 * @cell: what the table says of it
 * @addr: where
 * @to: where it has to be after the walk
 * @nr: how many pages it stands for
 * @stamp: what its pages hold
 * @folio: of its page, or NULL
 * @page: that page, if it belongs to a batch; or NULL
 * @bits: how that page is mapped, EW_BIT_*
 * @own_cell: what @cell points to if the table alone does not say it
 * @counted: the case holds a reference on @folio
 * @hold: its migration, or NULL
 * @slot: its swap slot, or 0
 * @before: what it was before the walk
 * @want: what it has to be
 * @says: what the walker said of it
 */
struct ew_site {
	enum ew_entry entry;
	const struct ew_kind *how;
	const struct ew_cells *cell;
	unsigned long addr;
	unsigned long to;
	unsigned int nr;
	u64 stamp;
	struct folio *folio;
	struct page *page;
	unsigned int bits;
	struct ew_cells own_cell;
	bool counted;
	struct mmk_hold *hold;
	softleaf_t slot;
	struct ew_look before;
	struct ew_wanted want;
	enum ew_says says;
};

/**
 * struct ew_ops - How a walker is made to walk
 * @early: called before there are entries, if set
 * @prepare: called when there are, if set
 * @run: walks, and notes what it was told
 * @task: it may sleep for a page, and has to run in a task
 * @swap: it needs a swap area
 * @room: the mapping goes on behind the entries
 * @table: the mapping is that of a whole page table, at least
 * @file: the mapping is a private one of a file, where no page is huge
 * @all: it walks over all of the mm, or of the VMA
 * @splits: it may split a folio that nobody else refers to
 */
struct ew_ops {
	void (*early)(struct ew_walk *w);
	void (*prepare)(struct ew_walk *w);
	void (*run)(struct ew_walk *w);
	bool task;
	bool swap;
	bool room;
	bool table;
	bool file;
	bool all;
	bool splits;
};

/**
 * struct ew_walk - A walk over some entries
 * @test: the case
 * @walker: who walks
 * @ops: how
 * @mm: whose page tables
 * @child: forked during the walk, or NULL
 * @site: the entries, by address
 * @nr: how many
 * @start: of the mapping that they are in
 * @end: of that
 * @len: bytes from @start that belong to the entries
 * @mem: some pages of user memory for the walker
 * @near: free addresses in the same page table
 * @far: free addresses in another one
 * @other: a child, with pages of its own for rmap to walk to; or NULL
 * @folio: a page of @other, at the address of the entry; or NULL
 * @dev: the device, or NULL
 * @hdev: that for huge pages, or NULL
 * @area: the swap area, or NULL
 * @proc: the files in /proc of the mm, or NULL
 * @uffd: a userfaultfd, or NULL
 * @mirror: a device that mirrors the entries, or NULL
 * @base: counters of the mm without entries
 * @noted: numbers that the walker wants to compare with
 * @batch: how the entries are pages of large folios, or NULL
 * @folios: those that the case holds a reference of
 * @nr_folios: how many these are
 * @beside: pages in the page table that are there before the entries are
 * @nr_failed: what has been told so far
 */
struct ew_walk {
	struct kunit *test;
	enum ew_walker walker;
	const struct ew_ops *ops;
	struct mm_struct *mm;
	struct mm_struct *child;
	struct ew_site *site;
	int nr;
	unsigned long start;
	unsigned long end;
	unsigned long len;
	unsigned long mem;
	unsigned long near;
	unsigned long far;
	struct mm_struct *other;
	struct folio *folio;
	struct mmk_dev *dev;
	struct hdev *hdev;
	struct mmk_swap *area;
	struct mmk_proc *proc;
	struct mmk_uffd *uffd;
	struct ew_mirror *mirror;
	struct mmk_mm_state base;
	long noted[2];
	const struct ew_batch *batch;
	struct folio **folios;
	unsigned int nr_folios;
	unsigned int beside;
	unsigned int nr_failed;
};

#define EW_MEM_PAGES	8

/* How a page of a batch is mapped */
#define EW_BIT_WRITE	BIT(0)
#define EW_BIT_YOUNG	BIT(1)
#define EW_BIT_DIRTY	BIT(2)
#define EW_BIT_OWN	BIT(3)
#define EW_NR_BITS	BIT(4)
#define EW_BIT_SOFT	BIT(4)
#define EW_BIT_UFFD	BIT(5)
/* Not a page, but what stands between */
#define EW_BIT_BETWEEN	BIT(6)

/* Pages of a batch */
#define EW_BATCH_PAGES	512U

#define ew_for_each_site(s, w) \
	for ((s) = (w)->site; (s) < (w)->site + (w)->nr; (s)++)

/* Whether the walk comes to an entry: one over a part of a batch spares some. */
static inline bool ew_is_inside(const struct ew_walk *w, const struct ew_site *s)
{
	return s->addr >= w->start && s->addr < w->start + w->len;
}

static inline struct ew_site *ew_next_inside(const struct ew_walk *w,
					     struct ew_site *s)
{
	while (s < w->site + w->nr && !ew_is_inside(w, s))
		s++;
	return s;
}

#define ew_for_each_inside(s, w) \
	for ((s) = ew_next_inside(w, (w)->site); (s) < (w)->site + (w)->nr; \
	     (s) = ew_next_inside(w, (s) + 1))

extern const struct ew_kind ew_kinds[EW_NR_ENTRIES];

const void *ew_next_entry(const void *prev, char *desc);
const void *ew_next_pair(const void *prev, char *desc);
void ew_say(struct ew_walk *w, long ret);
void ew_stamp(struct ew_walk *w, struct ew_site *s);
void ew_note(struct ew_walk *w);
void ew_fail(struct ew_walk *w, const struct ew_site *s, const char *when,
	     const char *should, const char *is);
void ew_expect_waits(struct ew_walk *w);
void ew_expect(struct ew_walk *w);
void ew_end_migration(struct ew_walk *w, struct ew_site *s);
void ew_expect_bytes(struct ew_walk *w);
void ew_need_proc(struct ew_walk *w);
void ew_run(struct kunit *test, enum ew_walker walker,
	    const struct ew_ops *ops);
void ew_run_chain(struct kunit *test, enum ew_walker walker,
		  const struct ew_ops *ops);
void ew_run_pair(struct kunit *test, enum ew_walker walker,
		 const struct ew_ops *ops);
void ew_run_batch(struct kunit *test, enum ew_walker walker,
		  const struct ew_ops *ops);

const void *ew_next_batch(const void *prev, char *desc);
bool ew_batch_is_whole(const struct ew_walk *w);
bool ew_minds_soft_bits(const struct ew_walk *w);
void ew_want_soft_bits(struct ew_walk *w, const struct ew_site *s,
		       struct ew_wanted *want);
void ew_plan_batch(struct ew_walk *w);
void ew_place_batch(struct ew_walk *w, unsigned long base);
void ew_make_batch(struct ew_walk *w);
void ew_expect_batch(struct ew_walk *w);
struct page *ew_page_at(struct ew_walk *w, const struct ew_site *s,
			unsigned int page);

#endif /* _MM_KUNIT_WALKER_WALK_H */
