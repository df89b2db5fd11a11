/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory of two nodes
 */
#ifndef _MM_KUNIT_NODES_NODES_H
#define _MM_KUNIT_NODES_NODES_H

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/types.h>

#define ND_SEED		0x4d

/* So many pages at most in a call of move_pages() */
#define ND_MAX		16

/* The node that has no CPU, and the one that pages come from */
#define ND_OTHER	1
#define ND_LOCAL	0

/* What no call stores as a status */
#define ND_UNTOUCHED	-77

/**
 * struct nd - Memory on the node of the CPU
 * @mm: the address space
 * @addr: of the memory
 * @nr: pages
 * @args: user memory for arguments of system calls
 * @isolated: pages that were off the LRU at the beginning
 */
struct nd {
	struct mm_struct *mm;
	unsigned long addr;
	unsigned int nr;
	unsigned long args;
	long isolated;
};

/**
 * enum nd_kind - Memory that can be moved
 * @ND_PRIVATE: pages of private memory
 * @ND_TMPFS: pages of a file of tmpfs
 * @ND_LARGE: a folio of 32 pages
 * @ND_HUGE: a huge page
 * @ND_HUGE_BY_PTES: a huge page that ptes map
 */
enum nd_kind {
	ND_PRIVATE,
	ND_TMPFS,
	ND_LARGE,
	ND_HUGE,
	ND_HUGE_BY_PTES,
};

struct nd_case {
	const char *description;
	enum nd_kind kind;
};

#define ND_NR_CASES	5

extern const struct nd_case nd_cases[ND_NR_CASES];

void nd_enter(struct kunit *test, struct nd *nd);
void nd_map(struct kunit *test, struct nd *nd, enum nd_kind kind);
int nd_node(struct mm_struct *mm, unsigned long addr);
void nd_expect_on(struct kunit *test, struct nd *nd, int node);
void nd_expect_none_isolated(struct kunit *test, struct nd *nd);

#endif /* _MM_KUNIT_NODES_NODES_H */
