// SPDX-License-Identifier: GPL-2.0
/*
 * What each walker of page tables has to make of each kind of entry: the table.
 *
 * A cell comes from a document, or follows from the rule of its row. None comes
 * from what a kernel was seen to do.
 */
#include "table.h"

const char * const ew_entry_names[EW_NR_ENTRIES] = {
	[EW_NONE]			= "none",
	[EW_PRESENT]			= "present",
	[EW_SWAP]			= "swap",
	[EW_SWAP_CACHED]		= "swap, in the cache",
	[EW_MIGRATION_WRITE]		= "migration, writable",
	[EW_MIGRATION_READ]		= "migration, readable",
	[EW_MIGRATION_READ_EXCLUSIVE]	= "migration, readable exclusive",
	[EW_PRIVATE_WRITE]		= "device-private, writable",
	[EW_PRIVATE_READ]		= "device-private, readable",
	[EW_EXCLUSIVE]			= "device-exclusive",
	[EW_POISON]			= "poison marker",
	[EW_GUARD]			= "guard marker",
	[EW_HUGE_ZERO]			= "huge zero page",
	[EW_HUGE]			= "huge page",
	[EW_HUGE_MIGRATION_WRITE]	= "huge migration, writable",
	[EW_HUGE_MIGRATION_READ]	= "huge migration, readable",
	[EW_HUGE_PRIVATE]		= "huge device-private",
};

const char * const ew_outcome_words[EW_NR_OUTCOMES] = {
	[EW_KEPT]		= "kept",
	[EW_GONE]		= "removed",
	[EW_HALF_GONE]		= "split, one half removed",
	[EW_READ_ONLY]		= "not writable",
	[EW_NO_ACCESS]		= "no access",
	[EW_WRITE_ALLOWED]	= "may be writable",
	[EW_MOVED]		= "moved",
	[EW_HALF_MOVED]		= "split, one half moved",
	[EW_SPLIT_UP]		= "split",
	[EW_OLD]		= "old",
	[EW_CLEAN]		= "clean",
	[EW_OUT]		= "swapped out",
	[EW_CACHED]		= "kept, page in the cache",
	[EW_GUARDED]		= "guard marker",
	[EW_SHARED]		= "shared with the child",
	[EW_RESTORED]		= "present, shared with the child",
	[EW_PAGE]		= "page",
	[EW_WRITABLE_PAGE]	= "writable page",
	[EW_COLLAPSED]		= "part of a huge page",
	[EW_ANYTHING]		= "undefined",
};

const char * const ew_says_words[EW_NR_SAYS] = {
	[EW_OK]			= "success",
	[EW_IN_MEMORY]		= "in memory",
	[EW_NOT_IN_MEMORY]	= "not in memory",
	[EW_AS_RSS]		= "counts as Rss",
	[EW_AS_SWAP]		= "counts as swap",
	[EW_NOTHING]		= "nothing there",
	[EW_AS_PRESENT]		= "the page",
	[EW_AS_GUARD]		= "a guard region",
	[EW_EFAULT]		= "-EFAULT",
	[EW_EHWPOISON]		= "-EHWPOISON",
	[EW_EEXIST]		= "-EEXIST",
	[EW_FAILS]		= "an error",
	[EW_ANYWAY]		= "anything",
	[EW_MIXED]		= "something else",
};

#define B(entry)	(1u << EW_##entry)

#define SWAPS		(B(SWAP) | B(SWAP_CACHED))
#define MIGRATIONS	(B(MIGRATION_WRITE) | B(MIGRATION_READ) | \
			 B(MIGRATION_READ_EXCLUSIVE) | \
			 B(HUGE_MIGRATION_WRITE) | B(HUGE_MIGRATION_READ))
#define PRIVATES	(B(PRIVATE_WRITE) | B(PRIVATE_READ) | B(HUGE_PRIVATE))
#define MARKERS		(B(POISON) | B(GUARD))
#define MAPPED		(B(PRESENT) | B(HUGE))
#define HUGES		(B(HUGE_ZERO) | B(HUGE) | B(HUGE_MIGRATION_WRITE) | \
			 B(HUGE_MIGRATION_READ) | B(HUGE_PRIVATE))
#define ALL		((1u << EW_NR_ENTRIES) - 1)
#define PTES		(ALL & ~HUGES)
/* What a write may be allowed by, and is no page that the CPU may write to */
#define WRITABLE	(B(MIGRATION_WRITE) | B(HUGE_MIGRATION_WRITE) | \
			 B(PRIVATE_WRITE) | B(HUGE_PRIVATE) | B(EXCLUSIVE))

#define RULE(entries, outcome, says) \
	{ entries, EW_##outcome, EW_##says, 0, EW_BY_RULE, "" }
#define RULE_WAITS(entries, outcome, says) \
	{ entries, EW_##outcome, EW_##says, 1, EW_BY_RULE, "" }
#define DOC(entries, outcome, says, source) \
	{ entries, EW_##outcome, EW_##says, 0, EW_BY_DOCUMENT, source }
#define NOBODY_SAYS(entries, why) \
	{ entries, EW_ANYTHING, EW_ANYWAY, 0, EW_UNDEFINED, why }

/* What an access brings: the same for all that faults pages in. */
#define FAULTED_IN(page)						\
	RULE(ALL, page, OK),						\
	RULE_WAITS(MIGRATIONS, page, OK),				\
	RULE(MAPPED, KEPT, OK)

const struct ew_row ew_rows[EW_NR_WALKERS] = {
	[EW_MPROTECT_NONE] = {
		"mprotect to none",
		"changes which accesses are allowed, and nothing else",
		"mprotect(2)", {
		RULE(ALL, KEPT, OK),
		RULE(WRITABLE, READ_ONLY, OK),
		DOC(MAPPED | B(HUGE_ZERO), NO_ACCESS, OK, "mprotect(2), PROT_NONE"),
	} },
	[EW_MPROTECT_READ] = {
		"mprotect to read",
		"changes which accesses are allowed, and nothing else",
		"mprotect(2)", {
		RULE(ALL, KEPT, OK),
		RULE(WRITABLE, READ_ONLY, OK),
		DOC(MAPPED, READ_ONLY, OK, "mprotect(2), PROT_READ"),
	} },
	[EW_MPROTECT_WRITE] = {
		"mprotect to write",
		"changes which accesses are allowed, and nothing else; a write may still have to fault",
		"mprotect(2)", {
		RULE(ALL, KEPT, OK),
		DOC(MAPPED, WRITE_ALLOWED, OK, "mprotect(2), PROT_WRITE"),
	} },
	[EW_MREMAP_NEAR] = {
		"mremap in a page table",
		"what was mapped is found at the new address as it was, and nothing at the old one",
		"mremap(2)", {
		RULE(ALL, MOVED, OK),
		DOC(MAPPED, MOVED, OK, "mremap(2), MREMAP_MAYMOVE"),
	} },
	[EW_MREMAP_FAR] = {
		"mremap to another page table",
		"what was mapped is found at the new address as it was, and nothing at the old one",
		"mremap(2)", {
		RULE(ALL, MOVED, OK),
		DOC(MAPPED, MOVED, OK, "mremap(2), MREMAP_MAYMOVE"),
	} },
	[EW_MREMAP_PART] = {
		"mremap of a part",
		"what was mapped is found at the new address as it was, page by page",
		"mremap(2)", {
		RULE(ALL, MOVED, OK),
		RULE(HUGES, HALF_MOVED, OK),
		DOC(B(PRESENT), MOVED, OK, "mremap(2), MREMAP_MAYMOVE"),
		DOC(B(HUGE), HALF_MOVED, OK, "Documentation/mm/transhuge.rst"),
	} },
	[EW_MUNMAP] = {
		"munmap",
		"removes whatever there is, with its RSS, its swap slot, its mapping and its reference",
		"munmap(2)", {
		RULE(ALL, GONE, OK),
		DOC(MAPPED, GONE, OK, "munmap(2)"),
	} },
	[EW_MUNMAP_PART] = {
		"munmap of a part",
		"removes what is in the range and nothing beside it, page by page",
		"munmap(2)", {
		RULE(ALL, KEPT, OK),
		RULE(HUGES, HALF_GONE, OK),
		DOC(B(HUGE), HALF_GONE, OK, "Documentation/mm/transhuge.rst"),
	} },
	[EW_MUNMAP_PRIVATE_FILE] = {
		"munmap, private file",
		"as munmap: copies of pages of a file are pages of the process like any others",
		"mmap(2), MAP_PRIVATE", {
		RULE(ALL, GONE, OK),
		DOC(B(PRESENT), GONE, OK, "munmap(2)"),
	} },
	[EW_MADV_DONTNEED] = {
		"MADV_DONTNEED",
		"removes whatever there is; the next access finds a page of zeroes",
		"madvise(2)", {
		RULE(ALL, GONE, OK),
		DOC(MAPPED | SWAPS, GONE, OK, "madvise(2), MADV_DONTNEED"),
		DOC(B(GUARD), KEPT, OK, "madvise(2), MADV_GUARD_INSTALL"),
	} },
	[EW_MADV_COLD] = {
		"MADV_COLD",
		"is about pages that are mapped; leaves all else alone",
		"madvise(2)", {
		RULE(ALL, KEPT, OK),
		DOC(MAPPED, OLD, OK, "madvise(2), MADV_COLD"),
	} },
	[EW_MADV_PAGEOUT] = {
		"MADV_PAGEOUT",
		"is about pages that are mapped; leaves all else alone",
		"madvise(2)", {
		RULE(ALL, KEPT, OK),
		DOC(MAPPED, OUT, OK, "madvise(2), MADV_PAGEOUT"),
	} },
	[EW_MADV_FREE] = {
		"MADV_FREE",
		"is about pages that the process has written; leaves all else alone",
		"madvise(2)", {
		RULE(ALL, KEPT, OK),
		DOC(MAPPED, CLEAN, OK, "madvise(2), MADV_FREE"),
		DOC(SWAPS, GONE, OK, "comment in madvise_free_pte_range()"),
		NOBODY_SAYS(MARKERS, "a marker has no page that could be freed"),
	} },
	[EW_MADV_WILLNEED] = {
		"MADV_WILLNEED",
		"reads what is on disk, and maps nothing",
		"madvise(2)", {
		RULE(ALL, KEPT, OK),
		DOC(B(SWAP), CACHED, OK, "comment of madvise_willneed()"),
	} },
	[EW_MADV_POPULATE_READ] = {
		"MADV_POPULATE_READ",
		"maps pages as a read would, and says why it cannot",
		"madvise(2)", {
		FAULTED_IN(PAGE),
		DOC(B(NONE) | SWAPS, PAGE, OK, "madvise(2), MADV_POPULATE_READ"),
		RULE(B(HUGE_ZERO), KEPT, OK),
		DOC(B(POISON), KEPT, EHWPOISON, "madvise(2), EHWPOISON"),
		DOC(B(GUARD), KEPT, EFAULT, "madvise(2), MADV_GUARD_INSTALL"),
	} },
	[EW_MADV_POPULATE_WRITE] = {
		"MADV_POPULATE_WRITE",
		"maps pages as a write would, and says why it cannot",
		"madvise(2)", {
		FAULTED_IN(WRITABLE_PAGE),
		DOC(B(NONE) | SWAPS | B(HUGE_ZERO), WRITABLE_PAGE, OK,
		    "madvise(2), MADV_POPULATE_WRITE"),
		DOC(B(POISON), KEPT, EHWPOISON, "madvise(2), EHWPOISON"),
		DOC(B(GUARD), KEPT, EFAULT, "madvise(2), MADV_GUARD_INSTALL"),
	} },
	[EW_MADV_GUARD_INSTALL] = {
		"MADV_GUARD_INSTALL",
		"removes whatever there is, and puts a guard in its place",
		"madvise(2)", {
		RULE(ALL, GUARDED, OK),
		DOC(B(NONE) | MAPPED | SWAPS, GUARDED, OK,
		    "madvise(2), MADV_GUARD_INSTALL"),
		RULE(B(GUARD), KEPT, OK),
	} },
	[EW_MADV_COLLAPSE] = {
		"MADV_COLLAPSE",
		"makes a huge page of those that are there or out; an error leaves all as it was",
		"madvise(2)", {
		DOC(B(PRESENT) | SWAPS, COLLAPSED, OK, "madvise(2), MADV_COLLAPSE"),
		DOC(B(HUGE), KEPT, OK, "madvise(2), MADV_COLLAPSE"),
		NOBODY_SAYS(B(NONE) | B(HUGE_ZERO), "how few pages are too few is not said"),
		NOBODY_SAYS(MIGRATIONS | PRIVATES | B(EXCLUSIVE),
			    "best effort: it may bring the page first, or give up"),
		NOBODY_SAYS(MARKERS, "best effort: it may give up, with any error"),
	} },
	[EW_KHUGEPAGED] = {
		"khugepaged",
		"makes a huge page of small ones that are there or out; leaves all else as it was",
		"Documentation/admin-guide/mm/transhuge.rst", {
		RULE(ALL, KEPT, OK),
		DOC(B(PRESENT), COLLAPSED, OK, "transhuge.rst, khugepaged"),
		DOC(B(NONE), COLLAPSED, OK, "transhuge.rst, max_ptes_none"),
		DOC(SWAPS, COLLAPSED, OK, "transhuge.rst, max_ptes_swap"),
		NOBODY_SAYS((MIGRATIONS | PRIVATES | B(EXCLUSIVE)) & PTES,
			    "it may bring the page first, or give up"),
		DOC(B(GUARD), KEPT, OK, "madvise(2), MADV_GUARD_INSTALL"),
	} },
	[EW_MLOCK] = {
		"mlock",
		"brings into memory what is not there, or fails",
		"mlock(2)", {
		FAULTED_IN(PAGE),
		DOC(B(NONE) | SWAPS, PAGE, OK, "mlock(2)"),
		RULE(B(HUGE_ZERO), PAGE, OK),
		RULE(MARKERS, KEPT, FAILS),
	} },
	[EW_MUNLOCK] = {
		"munlock",
		"is about the lock on pages; changes no entry",
		"mlock(2)", {
		RULE(ALL, KEPT, OK),
	} },
	[EW_MINCORE] = {
		"mincore",
		"says whether an access would need no disk, since the page is in RAM",
		"mincore(2)", {
		RULE(ALL, KEPT, IN_MEMORY),
		DOC(B(NONE) | B(SWAP), KEPT, NOT_IN_MEMORY, "mincore(2)"),
		DOC(MAPPED | B(SWAP_CACHED), KEPT, IN_MEMORY, "mincore(2)"),
		RULE(MARKERS, KEPT, NOT_IN_MEMORY),
		{ PRIVATES, EW_KEPT, EW_ANYWAY, 0, EW_UNDEFINED,
		  "the page is neither in RAM nor on a disk" },
	} },
	[EW_FORK] = {
		"fork",
		"parent and child have the same, which neither may write to; a marker is inherited",
		"fork(2)", {
		RULE(ALL, SHARED, OK),
		DOC(MAPPED | SWAPS, SHARED, OK, "fork(2)"),
		DOC(B(GUARD), SHARED, OK, "madvise(2), MADV_GUARD_INSTALL"),
		DOC(B(EXCLUSIVE), RESTORED, OK, "comment in copy_nonpresent_pte()"),
	} },
	[EW_SPLIT] = {
		"split of a pmd",
		"what the pmd stood for stands in ptes, page by page; a pte is left alone",
		"Documentation/mm/transhuge.rst", {
		RULE(ALL, KEPT, OK),
		RULE(HUGES, SPLIT_UP, OK),
		DOC(B(HUGE) | B(HUGE_ZERO), SPLIT_UP, OK,
		    "Documentation/mm/transhuge.rst"),
	} },
	[EW_SMAPS] = {
		"smaps",
		"counts pages of the process as Rss, and would-be anonymous memory that is out as Swap",
		"Documentation/filesystems/proc.rst", {
		RULE(ALL, KEPT, AS_RSS),
		RULE(B(NONE) | MARKERS | B(HUGE_ZERO), KEPT, NOTHING),
		DOC(MAPPED, KEPT, AS_RSS, "Documentation/filesystems/proc.rst, Rss"),
		DOC(SWAPS, KEPT, AS_SWAP, "Documentation/filesystems/proc.rst, Swap"),
		DOC(PRIVATES, KEPT, AS_RSS, "Documentation/mm/hmm.rst, accounting"),
	} },
	[EW_SMAPS_ROLLUP] = {
		"smaps_rollup",
		"the sums of smaps",
		"Documentation/ABI/testing/procfs-smaps_rollup", {
		RULE(ALL, KEPT, AS_RSS),
		RULE(B(NONE) | MARKERS | B(HUGE_ZERO), KEPT, NOTHING),
		DOC(MAPPED, KEPT, AS_RSS, "Documentation/filesystems/proc.rst, Rss"),
		DOC(SWAPS, KEPT, AS_SWAP, "Documentation/filesystems/proc.rst, Swap"),
		DOC(PRIVATES, KEPT, AS_RSS, "Documentation/mm/hmm.rst, accounting"),
	} },
	[EW_PAGEMAP] = {
		"pagemap",
		"what is neither a page that is present nor nothing has the bit of swap, and only that",
		"Documentation/admin-guide/mm/pagemap.rst", {
		RULE(ALL, KEPT, AS_SWAP),
		DOC(B(NONE), KEPT, NOTHING, "pagemap.rst, unmapped pages"),
		DOC(MAPPED | B(HUGE_ZERO), KEPT, AS_PRESENT, "pagemap.rst, bit 63"),
		DOC(SWAPS, KEPT, AS_SWAP, "pagemap.rst, bit 62"),
		DOC(B(GUARD), KEPT, AS_GUARD, "pagemap.rst, bit 58"),
	} },
	[EW_PAGEMAP_SCAN] = {
		"PAGEMAP_SCAN",
		"what is neither a page that is present nor nothing is said to be swapped, and only that",
		"Documentation/admin-guide/mm/pagemap.rst", {
		RULE(ALL, KEPT, AS_SWAP),
		RULE(B(NONE), KEPT, NOTHING),
		DOC(MAPPED | B(HUGE_ZERO), KEPT, AS_PRESENT,
		    "pagemap.rst, PAGE_IS_PRESENT"),
		DOC(SWAPS, KEPT, AS_SWAP, "pagemap.rst, PAGE_IS_SWAPPED"),
		DOC(B(GUARD), KEPT, AS_GUARD, "pagemap.rst, PAGE_IS_GUARD"),
	} },
	[EW_CLEAR_REFS] = {
		"clear_refs",
		"is about the referenced bits of pages that are mapped; leaves all else alone",
		"Documentation/filesystems/proc.rst", {
		RULE(ALL, KEPT, OK),
		DOC(MAPPED, OLD, OK, "Documentation/filesystems/proc.rst, clear_refs"),
		NOBODY_SAYS(B(HUGE_ZERO), "it belongs to nobody who could refer to it"),
	} },
	[EW_GUP_READ] = {
		"GUP, read",
		"gives the page that a read would find, once it is there, or an error",
		"comment of __get_user_pages()", {
		FAULTED_IN(PAGE),
		DOC(B(NONE) | SWAPS, PAGE, OK, "comment of __get_user_pages()"),
		RULE(B(HUGE_ZERO), KEPT, OK),
		RULE(MARKERS, KEPT, FAILS),
	} },
	[EW_GUP_WRITE] = {
		"GUP, write",
		"gives the page that a write would find, once it is there, or an error",
		"comment of __get_user_pages()", {
		FAULTED_IN(WRITABLE_PAGE),
		DOC(B(NONE) | SWAPS, WRITABLE_PAGE, OK, "comment of __get_user_pages()"),
		RULE(MARKERS, KEPT, FAILS),
	} },
	[EW_GUP_NOWAIT] = {
		"GUP, FOLL_NOWAIT",
		"gives the page that a read would find if no disk is needed, or an error",
		"comment of FOLL_NOWAIT", {
		RULE(ALL, PAGE, OK),
		RULE(MAPPED | B(HUGE_ZERO), KEPT, OK),
		RULE(MARKERS, KEPT, FAILS),
		NOBODY_SAYS(B(SWAP), "a disk that answers at once need not be waited for"),
		NOBODY_SAYS(MIGRATIONS, "whether a migration is waited for is said nowhere"),
	} },
	[EW_GUP_LONGTERM] = {
		"GUP, FOLL_LONGTERM",
		"as GUP, read, but of a page that is the process's own",
		"Documentation/core-api/pin_user_pages.rst", {
		FAULTED_IN(PAGE),
		DOC(B(HUGE_ZERO), PAGE, OK, "comment in gup_must_unshare()"),
		RULE(MARKERS, KEPT, FAILS),
	} },
	[EW_GUP_FAST_READ] = {
		"GUP-fast, read",
		"as GUP, read, which it falls back to",
		"comment of get_user_pages_fast()", {
		FAULTED_IN(PAGE),
		RULE(B(HUGE_ZERO), KEPT, OK),
		RULE(MARKERS, KEPT, FAILS),
	} },
	[EW_GUP_FAST_WRITE] = {
		"GUP-fast, write",
		"as GUP, write, which it falls back to",
		"comment of get_user_pages_fast()", {
		FAULTED_IN(WRITABLE_PAGE),
		RULE(MARKERS, KEPT, FAILS),
	} },
	[EW_HMM_SNAPSHOT] = {
		"hmm_range_fault, snapshot",
		"tells of pages that are present, and of no others; changes nothing",
		"Documentation/mm/hmm.rst", {
		RULE(ALL, KEPT, NOTHING),
		DOC(MAPPED | B(HUGE_ZERO), KEPT, AS_PRESENT, "include/linux/hmm.h, HMM_PFN_VALID"),
		{ MARKERS, EW_KEPT, EW_ANYWAY, 0, EW_UNDEFINED,
		  "hmm.h wants HMM_PFN_ERROR for poisoned memory, hmm.rst does not fault it" },
		{ B(HUGE_PRIVATE), EW_KEPT, EW_ANYWAY, 0, EW_UNDEFINED,
		  "of another device's huge page, hmm.rst does not say what is told" },
	} },
	[EW_HMM_READ] = {
		"hmm_range_fault, read",
		"gives the page that a read would find, once it is there, or an error",
		"Documentation/mm/hmm.rst", {
		FAULTED_IN(PAGE),
		DOC(B(NONE) | SWAPS, PAGE, OK, "include/linux/hmm.h, HMM_PFN_REQ_FAULT"),
		RULE(B(HUGE_ZERO), KEPT, OK),
		DOC(MARKERS, KEPT, EFAULT, "comment of hmm_range_fault(), -EFAULT"),
	} },
	[EW_HMM_WRITE] = {
		"hmm_range_fault, write",
		"gives the page that a write would find, once it is there, or an error",
		"Documentation/mm/hmm.rst", {
		FAULTED_IN(WRITABLE_PAGE),
		DOC(B(NONE) | SWAPS, WRITABLE_PAGE, OK,
		    "include/linux/hmm.h, HMM_PFN_REQ_WRITE"),
		DOC(MARKERS, KEPT, EFAULT, "comment of hmm_range_fault(), -EFAULT"),
	} },
	[EW_PROCESS_VM_READV] = {
		"process_vm_readv",
		"reads what a read of the process would find, or fails",
		"process_vm_readv(2)", {
		FAULTED_IN(PAGE),
		RULE(B(HUGE_ZERO), KEPT, OK),
		RULE(MARKERS, KEPT, EFAULT),
	} },
	[EW_ACCESS_REMOTE_VM] = {
		"access_remote_vm",
		"reads what a read of the process would find, or nothing",
		"comment of access_remote_vm()", {
		FAULTED_IN(PAGE),
		RULE(B(HUGE_ZERO), KEPT, OK),
		RULE(MARKERS, KEPT, FAILS),
	} },
	[EW_UFFDIO_COPY] = {
		"UFFDIO_COPY",
		"fills what is empty, and nothing else",
		"ioctl_userfaultfd(2)", {
		RULE(ALL, KEPT, EEXIST),
		DOC(B(NONE), WRITABLE_PAGE, OK, "ioctl_userfaultfd(2), UFFDIO_COPY"),
		NOBODY_SAYS(MARKERS, "whether a marker is empty is not said"),
	} },
	[EW_UFFDIO_ZEROPAGE] = {
		"UFFDIO_ZEROPAGE",
		"fills what is empty, and nothing else",
		"ioctl_userfaultfd(2)", {
		RULE(ALL, KEPT, EEXIST),
		DOC(B(NONE), PAGE, OK, "ioctl_userfaultfd(2), UFFDIO_ZEROPAGE"),
		NOBODY_SAYS(MARKERS, "whether a marker is empty is not said"),
	} },
	[EW_UFFDIO_MOVE_FROM] = {
		"UFFDIO_MOVE, from there",
		"moves a page that is the process's own, wherever it is; what is none, or not its own, stays",
		"ioctl_userfaultfd(2)", {
		RULE(ALL, KEPT, FAILS),
		RULE(SWAPS, MOVED, OK),
		DOC(MAPPED, MOVED, OK, "ioctl_userfaultfd(2), UFFDIO_MOVE"),
		DOC(B(NONE), KEPT, FAILS, "ioctl_userfaultfd(2), ENOENT"),
		RULE_WAITS(MIGRATIONS, PAGE, OK),
		{ B(MIGRATION_READ) | B(HUGE_MIGRATION_READ), EW_PAGE, EW_FAILS, 1,
		  EW_BY_DOCUMENT, "ioctl_userfaultfd(2), EBUSY" },
		NOBODY_SAYS(B(HUGE_ZERO), "it belongs to nobody, and is no hole"),
	} },
	[EW_UFFDIO_MOVE_TO] = {
		"UFFDIO_MOVE, to there",
		"fills what is empty, and nothing else",
		"ioctl_userfaultfd(2)", {
		RULE(ALL, KEPT, EEXIST),
		DOC(B(NONE), WRITABLE_PAGE, OK, "ioctl_userfaultfd(2), UFFDIO_MOVE"),
		DOC(MAPPED, KEPT, EEXIST, "ioctl_userfaultfd(2), EEXIST"),
		NOBODY_SAYS(MARKERS, "whether a marker is empty is not said"),
	} },
	[EW_SWAPOFF] = {
		"swapoff",
		"brings back what is in the area, and changes nothing else",
		"swapoff(2)", {
		RULE(ALL, KEPT, OK),
		DOC(SWAPS, PAGE, OK, "swapoff(2)"),
	} },
	[EW_RMAP_RESTORE] = {
		"remove_migration_ptes",
		"is about migration entries of its folio; leaves all else alone",
		"comment of remove_migration_ptes()", {
		RULE(ALL, KEPT, OK),
		DOC(MIGRATIONS, PAGE, OK, "comment of remove_migration_ptes()"),
	} },
	[EW_RMAP_MIGRATE] = {
		"migration of another folio",
		"is about the ptes of its folio; leaves those of others alone",
		"comment of try_to_migrate()", {
		RULE(ALL, KEPT, OK),
	} },
	[EW_RMAP_PAGEOUT] = {
		"reclaim of another folio",
		"is about the ptes of its folio; leaves those of others alone",
		"comment of try_to_unmap()", {
		RULE(ALL, KEPT, OK),
	} },
	[EW_RMAP_REFERENCED] = {
		"folio_referenced of another",
		"counts the young ptes of its folio, and makes them old",
		"comment of folio_referenced()", {
		RULE(ALL, KEPT, OK),
	} },
	[EW_RMAP_RECLAIM] = {
		"reclaim",
		"unmaps its folio wherever that is mapped, with a swap entry in its place; leaves all else alone",
		"comment of try_to_unmap()", {
		RULE(ALL, KEPT, OK),
		RULE(B(EXCLUSIVE), OUT, OK),
		DOC(MAPPED, OUT, OK, "comment of try_to_unmap()"),
	} },
};
