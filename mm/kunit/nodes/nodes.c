// SPDX-License-Identifier: GPL-2.0
/*
 * Memory of two nodes.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/swap.h>
#include <linux/vmstat.h>

#include "../../internal.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "nodes.h"

#define LARGE_ORDER	5

const struct nd_case nd_cases[ND_NR_CASES] = {
	{ "private memory", ND_PRIVATE },
	{ "tmpfs", ND_TMPFS },
	{ "a folio of 32 pages", ND_LARGE },
	{ "a huge page", ND_HUGE },
	{ "a huge page, mapped by ptes", ND_HUGE_BY_PTES },
};

static long isolated(void)
{
	return global_node_page_state(NR_ISOLATED_ANON) +
	       global_node_page_state(NR_ISOLATED_FILE);
}

/**
 * nd_enter() - Give the case an address space, and memory for arguments
 * @test: the case
 * @nd: filled in, but for the memory
 */
void nd_enter(struct kunit *test, struct nd *nd)
{
	*nd = (struct nd){ .mm = mmk_mm_enter(test) };
	nd->args = mmk_map_anon(test, 1);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(nd->mm, nd->args, true), 0);
	lru_add_drain_all();
	nd->isolated = isolated();
}

/**
 * nd_map() - Map memory, and fill it
 * @test: the case
 * @nd: from nd_enter()
 * @kind: what to map
 *
 * It comes from the node of the CPU.
 */
void nd_map(struct kunit *test, struct nd *nd, enum nd_kind kind)
{
	struct mmk_large large;

	switch (kind) {
	case ND_PRIVATE:
		nd->nr = 4;
		nd->addr = mmk_map_anon(test, nd->nr);
		mmk_fill(test, nd->addr, nd->nr, ND_SEED);
		break;
	case ND_TMPFS:
		nd->nr = 4;
		nd->addr = mmk_mmap(test, mmk_shmem_file(test, nd->nr),
				    nd->nr * PAGE_SIZE, PROT_READ | PROT_WRITE,
				    MAP_SHARED);
		mmk_fill(test, nd->addr, nd->nr, ND_SEED);
		break;
	case ND_LARGE:
		mmk_large_map(test, &large, nd->mm, LARGE_ORDER);
		nd->nr = large.nr;
		nd->addr = large.addr;
		mmk_fill(test, nd->addr, nd->nr, ND_SEED);
		break;
	case ND_HUGE:
	case ND_HUGE_BY_PTES:
		nd->nr = MMK_HUGE_PAGES;
		nd->addr = mmk_map_huge(test, nd->mm, 1);
		mmk_fill(test, nd->addr, nd->nr, ND_SEED);
		if (kind == ND_HUGE_BY_PTES)
			mmk_split_pmd(nd->mm, nd->addr);
		break;
	}
	lru_add_drain_all();
	nd_expect_on(test, nd, ND_LOCAL);
}

/**
 * nd_node() - The node that a page is on
 * @mm: address space
 * @addr: user address
 *
 * Return: the node; NUMA_NO_NODE if there is no page.
 */
int nd_node(struct mm_struct *mm, unsigned long addr)
{
	struct page *page = mmk_pmd_page(mm, addr);

	if (!page)
		page = mmk_pte_page(mm, addr);
	return page ? page_to_nid(page) : NUMA_NO_NODE;
}

/**
 * nd_expect_on() - Expect all memory to be on a node, with its bytes
 * @test: the case
 * @nd: from nd_map()
 * @node: the node
 */
void nd_expect_on(struct kunit *test, struct nd *nd, int node)
{
	unsigned int i, elsewhere = 0;

	for (i = 0; i < nd->nr; i++)
		elsewhere += nd_node(nd->mm, nd->addr + i * PAGE_SIZE) != node;
	KUNIT_EXPECT_EQ_MSG(test, elsewhere, 0U, "pages that are not on node %d",
			    node);
	MMK_EXPECT_HOLDS(test, nd->addr, nd->nr, ND_SEED);
}

/**
 * nd_expect_none_isolated() - Expect each page to be back on the LRU
 * @test: the case
 * @nd: from nd_enter()
 */
void nd_expect_none_isolated(struct kunit *test, struct nd *nd)
{
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, isolated(), nd->isolated);
}
