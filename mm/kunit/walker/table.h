/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each walker of page tables has to make of each kind of entry
 *
 * Data only. The cases read it, and so does a program of the host that prints
 * Documentation/walker-table.rst: no header of the kernel belongs here.
 */
#ifndef _MM_KUNIT_WALKER_TABLE_H
#define _MM_KUNIT_WALKER_TABLE_H

/* What there is in the page table: the columns */
enum ew_entry {
	EW_NONE,
	EW_PRESENT,
	EW_SWAP,
	EW_SWAP_CACHED,
	EW_MIGRATION_WRITE,
	EW_MIGRATION_READ,
	EW_MIGRATION_READ_EXCLUSIVE,
	EW_PRIVATE_WRITE,
	EW_PRIVATE_READ,
	EW_EXCLUSIVE,
	EW_POISON,
	EW_GUARD,
	EW_HUGE_ZERO,
	EW_HUGE,
	EW_HUGE_MIGRATION_WRITE,
	EW_HUGE_MIGRATION_READ,
	EW_HUGE_PRIVATE,
	EW_NR_ENTRIES,
};

/* Who walks: the rows */
enum ew_walker {
	EW_MPROTECT_NONE,
	EW_MPROTECT_READ,
	EW_MPROTECT_WRITE,
	EW_MREMAP_NEAR,
	EW_MREMAP_FAR,
	EW_MREMAP_PART,
	EW_MUNMAP,
	EW_MUNMAP_PART,
	EW_MUNMAP_PRIVATE_FILE,
	EW_MADV_DONTNEED,
	EW_MADV_COLD,
	EW_MADV_PAGEOUT,
	EW_MADV_FREE,
	EW_MADV_WILLNEED,
	EW_MADV_POPULATE_READ,
	EW_MADV_POPULATE_WRITE,
	EW_MADV_GUARD_INSTALL,
	EW_MADV_COLLAPSE,
	EW_KHUGEPAGED,
	EW_MLOCK,
	EW_MUNLOCK,
	EW_MINCORE,
	EW_FORK,
	EW_SPLIT,
	EW_SMAPS,
	EW_SMAPS_ROLLUP,
	EW_PAGEMAP,
	EW_PAGEMAP_SCAN,
	EW_CLEAR_REFS,
	EW_GUP_READ,
	EW_GUP_WRITE,
	EW_GUP_NOWAIT,
	EW_GUP_LONGTERM,
	EW_GUP_FAST_READ,
	EW_GUP_FAST_WRITE,
	EW_HMM_SNAPSHOT,
	EW_HMM_READ,
	EW_HMM_WRITE,
	EW_PROCESS_VM_READV,
	EW_ACCESS_REMOTE_VM,
	EW_UFFDIO_COPY,
	EW_UFFDIO_ZEROPAGE,
	EW_UFFDIO_MOVE_FROM,
	EW_UFFDIO_MOVE_TO,
	EW_SWAPOFF,
	EW_RMAP_RESTORE,
	EW_RMAP_MIGRATE,
	EW_RMAP_PAGEOUT,
	EW_RMAP_REFERENCED,
	EW_RMAP_RECLAIM,
	EW_NR_WALKERS,
};

/* What becomes of the entry; ew_outcome_words[] says it in words */
enum ew_outcome {
	EW_KEPT,
	EW_GONE,
	EW_HALF_GONE,
	EW_READ_ONLY,
	EW_NO_ACCESS,
	EW_WRITE_ALLOWED,
	EW_MOVED,
	EW_HALF_MOVED,
	EW_SPLIT_UP,
	EW_OLD,
	EW_CLEAN,
	EW_OUT,
	EW_CACHED,
	EW_GUARDED,
	EW_SHARED,
	EW_RESTORED,
	EW_PAGE,
	EW_WRITABLE_PAGE,
	EW_COLLAPSED,
	EW_ANYTHING,
	EW_NR_OUTCOMES,
};

/* What the walker says; ew_says_words[] */
enum ew_says {
	EW_OK,
	EW_IN_MEMORY,
	EW_NOT_IN_MEMORY,
	EW_AS_RSS,
	EW_AS_SWAP,
	EW_NOTHING,
	EW_AS_PRESENT,
	EW_AS_GUARD,
	EW_EFAULT,
	EW_EHWPOISON,
	EW_EEXIST,
	EW_FAILS,
	EW_ANYWAY,
	/* Said by none, but found in place of what should be said */
	EW_MIXED,
	EW_NR_SAYS,
};

/* Where a cell comes from */
enum ew_basis {
	EW_BY_RULE,
	EW_BY_DOCUMENT,
	EW_UNDEFINED,
};

/**
 * struct ew_cells - What holds for some cells of a row
 * @entries: a bit for each &enum ew_entry
 * @outcome: what becomes of the entry
 * @says: what the walker says
 * @waits: it waits until the migration is over, and sees then what it left
 * @basis: where that comes from
 * @source: which document; or why it is undefined
 */
struct ew_cells {
	unsigned int entries;
	enum ew_outcome outcome;
	enum ew_says says;
	int waits;
	enum ew_basis basis;
	const char *source;
};

#define EW_MAX_CELLS	12

/**
 * struct ew_row - A walker
 * @name: what it is called
 * @rule: what it does to an entry that no document names
 * @source: of the rule
 * @cells: of several that have an entry, the last one holds
 */
struct ew_row {
	const char *name;
	const char *rule;
	const char *source;
	struct ew_cells cells[EW_MAX_CELLS];
};

extern const char * const ew_entry_names[EW_NR_ENTRIES];
extern const char * const ew_outcome_words[EW_NR_OUTCOMES];
extern const char * const ew_says_words[EW_NR_SAYS];
extern const struct ew_row ew_rows[EW_NR_WALKERS];

/**
 * ew_cell() - What the table says
 * @walker: the row
 * @entry: the column
 *
 * Return: the cell; NULL if the row forgets this entry.
 */
static inline const struct ew_cells *ew_cell(enum ew_walker walker,
					     enum ew_entry entry)
{
	const struct ew_cells *found = (void *)0, *cells = ew_rows[walker].cells;
	int i;

	for (i = 0; i < EW_MAX_CELLS; i++)
		if (cells[i].entries & (1u << entry))
			found = &cells[i];
	return found;
}

#endif /* _MM_KUNIT_WALKER_TABLE_H */
