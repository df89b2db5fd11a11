// SPDX-License-Identifier: GPL-2.0
/*
 * move_pages(): what it moves, and what it says of pages that stay, as move_pages(2)
 * of the Linux manual has it.
 */
#include <kunit/test.h>
#include <linux/mempolicy.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "nodes.h"

KUNIT_ARRAY_PARAM_DESC(kind, nd_cases, description);

/**
 * struct call - A call of move_pages()
 * @nr: pages
 * @addrs: user addresses
 * @nodes: where to
 * @status: what was stored; ND_UNTOUCHED if nothing was
 */
struct call {
	unsigned int nr;
	unsigned long addrs[ND_MAX];
	int nodes[ND_MAX];
	int status[ND_MAX];
};

static void add(struct call *call, unsigned long addr, int node)
{
	call->addrs[call->nr] = addr;
	call->nodes[call->nr++] = node;
}

/* Returns what the call returns. Without @move, it only asks where the pages are. */
static long do_call(struct kunit *test, struct nd *nd, struct call *call,
		    bool move, int flags)
{
	unsigned long nodes = nd->args + sizeof(call->addrs);
	unsigned long status = nodes + sizeof(call->nodes);
	unsigned int i;
	long ret;

	for (i = 0; i < call->nr; i++)
		call->status[i] = ND_UNTOUCHED;
	KUNIT_ASSERT_EQ(test, copy_to_user((void __user *)nd->args, call->addrs,
					   sizeof(call->addrs)), 0UL);
	KUNIT_ASSERT_EQ(test, copy_to_user((void __user *)nodes, call->nodes,
					   sizeof(call->nodes)), 0UL);
	KUNIT_ASSERT_EQ(test, copy_to_user((void __user *)status, call->status,
					   sizeof(call->status)), 0UL);
	ret = sys_move_pages(0, call->nr, (const void __user * __user *)nd->args,
			     move ? (const int __user *)nodes : NULL,
			     (int __user *)status, flags);
	KUNIT_ASSERT_EQ(test, copy_from_user(call->status, (void __user *)status,
					     sizeof(call->status)), 0UL);
	return ret;
}

static void expect_told(struct kunit *test, struct nd *nd, int node)
{
	struct call call = {};
	unsigned int i;

	for (i = 0; i < ND_MAX && i < nd->nr; i++)
		add(&call, nd->addr + (nd->nr - 1 - i) * PAGE_SIZE, node);
	KUNIT_EXPECT_EQ(test, do_call(test, nd, &call, false, 0), 0L);
	for (i = 0; i < call.nr; i++)
		KUNIT_EXPECT_EQ(test, call.status[i], node);
}

/* Have each folio moved by its first page, and by its last one if @last. */
static void move_all(struct kunit *test, struct nd *nd, enum nd_kind kind,
		     bool last, int node)
{
	unsigned int i, nr = kind == ND_PRIVATE || kind == ND_TMPFS ? 1 : nd->nr;
	struct call call = {};

	for (i = 0; i < nd->nr; i += nr)
		add(&call, nd->addr + (last ? i + nr - 1 : i) * PAGE_SIZE, node);
	KUNIT_EXPECT_EQ(test, do_call(test, nd, &call, true, MPOL_MF_MOVE), 0L);
	for (i = 0; i < call.nr; i++)
		KUNIT_EXPECT_EQ(test, call.status[i], node);
}

/**
 * memory_goes_where_it_is_sent() - move_pages() to the other node, and back
 *
 * Each page is on the node that was asked for, its status says so, then and whenever
 * it is asked for, and its bytes are there. A folio goes as a whole, and a huge page
 * stays one.
 *
 * Contract: ND-1
 */
static void memory_goes_where_it_is_sent(struct kunit *test)
{
	const struct nd_case *how = test->param_value;
	struct nd nd;

	nd_enter(test, &nd);
	nd_map(test, &nd, how->kind);
	expect_told(test, &nd, ND_LOCAL);
	move_all(test, &nd, how->kind, false, ND_OTHER);
	nd_expect_on(test, &nd, ND_OTHER);
	nd_expect_none_isolated(test, &nd);
	expect_told(test, &nd, ND_OTHER);
	if (how->kind == ND_HUGE)
		MMK_EXPECT_PMD(test, nd.mm, nd.addr, PRESENT);

	/* Those that are there already stay, and count as moved. */
	move_all(test, &nd, how->kind, false, ND_OTHER);
	nd_expect_on(test, &nd, ND_OTHER);
	move_all(test, &nd, how->kind, true, ND_LOCAL);
	nd_expect_on(test, &nd, ND_LOCAL);
	nd_expect_none_isolated(test, &nd);
}

static int told_hole(struct kunit *test, struct nd *nd, struct mmk_dev *dev,
		     unsigned long *addr)
{
	*addr = mmk_map_anon(test, 1);
	return -ENOENT;
}

static int told_unmapped(struct kunit *test, struct nd *nd, struct mmk_dev *dev,
			 unsigned long *addr)
{
	*addr = mmk_map_anon(test, 1);
	KUNIT_ASSERT_EQ(test, vm_munmap(*addr, PAGE_SIZE), 0);
	return -EFAULT;
}

static int told_zero_page(struct kunit *test, struct nd *nd, struct mmk_dev *dev,
			  unsigned long *addr)
{
	*addr = mmk_map_anon(test, 1);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(nd->mm, *addr, false), 0);
	return -EFAULT;
}

static int told_device(struct kunit *test, struct nd *nd, struct mmk_dev *dev,
		       unsigned long *addr)
{
	*addr = mmk_map_anon(test, 1);
	mmk_fill(test, *addr, 1, ND_SEED);
	mmk_migrate_to_dev(test, nd->mm, *addr, dev);
	return -ENOENT;
}

static const struct told_case {
	const char *description;
	int (*make)(struct kunit *test, struct nd *nd, struct mmk_dev *dev,
		    unsigned long *addr);
} told_cases[] = {
	{ "a hole", told_hole },
	{ "no mapping", told_unmapped },
	{ "the zero page", told_zero_page },
	{ "a page of a device", told_device },
};

KUNIT_ARRAY_PARAM_DESC(told, told_cases, description);

/**
 * page_that_cannot_be_moved_is_told() - An address without such a page
 *
 * Its status is the error of the manual; the call goes on, and moves all others.
 *
 * Contract: ND-1
 */
static void page_that_cannot_be_moved_is_told(struct kunit *test)
{
	const struct told_case *how = test->param_value;
	struct mmk_dev *dev = NULL;
	struct call call = {};
	unsigned long addr;
	struct nd nd;
	int wanted;

	/* Devices are made before the mm. */
	if (how->make == told_device)
		dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	nd_enter(test, &nd);
	nd_map(test, &nd, ND_PRIVATE);
	wanted = how->make(test, &nd, dev, &addr);
	add(&call, nd.addr, ND_OTHER);
	add(&call, nd.addr + PAGE_SIZE, ND_OTHER);
	add(&call, addr, ND_OTHER);
	add(&call, nd.addr + 2 * PAGE_SIZE, ND_OTHER);
	add(&call, nd.addr + 3 * PAGE_SIZE, ND_OTHER);
	KUNIT_EXPECT_EQ(test, do_call(test, &nd, &call, true, MPOL_MF_MOVE),
			0L);
	KUNIT_EXPECT_EQ(test, call.status[0], ND_OTHER);
	KUNIT_EXPECT_EQ(test, call.status[1], ND_OTHER);
	KUNIT_EXPECT_EQ(test, call.status[2], wanted);
	KUNIT_EXPECT_EQ(test, call.status[3], ND_OTHER);
	KUNIT_EXPECT_EQ(test, call.status[4], ND_OTHER);
	nd_expect_on(test, &nd, ND_OTHER);
	nd_expect_none_isolated(test, &nd);
}

/**
 * each_page_goes_to_its_own_node() - One call, two nodes
 *
 * Contract: ND-1
 */
static void each_page_goes_to_its_own_node(struct kunit *test)
{
	struct call call = {};
	unsigned int i;
	struct nd nd;

	nd_enter(test, &nd);
	nd_map(test, &nd, ND_PRIVATE);
	for (i = 0; i < nd.nr; i++)
		add(&call, nd.addr + i * PAGE_SIZE, i % 2);
	KUNIT_EXPECT_EQ(test, do_call(test, &nd, &call, true, MPOL_MF_MOVE),
			0L);
	for (i = 0; i < nd.nr; i++) {
		KUNIT_EXPECT_EQ(test, call.status[i], (int)i % 2);
		KUNIT_EXPECT_EQ(test, nd_node(nd.mm, nd.addr + i * PAGE_SIZE),
				(int)i % 2);
	}
	MMK_EXPECT_HOLDS(test, nd.addr, nd.nr, ND_SEED);
	nd_expect_none_isolated(test, &nd);
}

/**
 * page_of_others_wants_a_flag() - A page that another process maps, too
 *
 * It is moved with MPOL_MF_MOVE_ALL only, for both.
 *
 * Contract: ND-1
 */
static void page_of_others_wants_a_flag(struct kunit *test)
{
	struct mm_struct *child;
	struct call call = {};
	unsigned int i;
	struct nd nd;

	nd_enter(test, &nd);
	nd_map(test, &nd, ND_PRIVATE);
	child = mmk_fork(test);
	for (i = 0; i < nd.nr; i++)
		add(&call, nd.addr + i * PAGE_SIZE, ND_OTHER);
	KUNIT_EXPECT_EQ(test, do_call(test, &nd, &call, true, MPOL_MF_MOVE),
			0L);
	for (i = 0; i < nd.nr; i++)
		KUNIT_EXPECT_EQ(test, call.status[i], -EACCES);
	nd_expect_on(test, &nd, ND_LOCAL);

	KUNIT_EXPECT_EQ(test, do_call(test, &nd, &call, true,
				      MPOL_MF_MOVE_ALL), 0L);
	nd_expect_on(test, &nd, ND_OTHER);
	for (i = 0; i < nd.nr; i++) {
		KUNIT_EXPECT_EQ(test, call.status[i], ND_OTHER);
		KUNIT_EXPECT_PTR_EQ(test,
				    mmk_pte_page(child, nd.addr + i * PAGE_SIZE),
				    mmk_pte_page(nd.mm, nd.addr + i * PAGE_SIZE));
	}
	nd_expect_none_isolated(test, &nd);
}

/**
 * page_in_use_is_counted() - A page that somebody refers to
 *
 * The call returns how many pages have not been moved. The page stays where it is,
 * the others do not, and it moves once nobody refers to it.
 *
 * Contract: ND-1
 */
static void page_in_use_is_counted(struct kunit *test)
{
	struct call call = {};
	struct folio *folio;
	unsigned int i;
	struct nd nd;

	nd_enter(test, &nd);
	nd_map(test, &nd, ND_PRIVATE);
	folio = mmk_pte_folio(test, nd.mm, nd.addr + PAGE_SIZE);
	mmk_folio_get(test, folio);
	for (i = 0; i < nd.nr; i++)
		add(&call, nd.addr + i * PAGE_SIZE, ND_OTHER);
	KUNIT_EXPECT_EQ(test, do_call(test, &nd, &call, true, MPOL_MF_MOVE),
			1L);
	for (i = 0; i < nd.nr; i++)
		KUNIT_EXPECT_EQ(test, nd_node(nd.mm, nd.addr + i * PAGE_SIZE),
				i == 1 ? ND_LOCAL : ND_OTHER);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(nd.mm, nd.addr + PAGE_SIZE),
			    folio_page(folio, 0));
	MMK_EXPECT_HOLDS(test, nd.addr, nd.nr, ND_SEED);
	nd_expect_none_isolated(test, &nd);
	KUNIT_EXPECT_TRUE(test, folio_test_lru(folio));

	mmk_folio_put(test, folio);
	KUNIT_EXPECT_EQ(test, do_call(test, &nd, &call, true, MPOL_MF_MOVE),
			0L);
	nd_expect_on(test, &nd, ND_OTHER);
}

static const struct node_case {
	const char *description;
	int node;
	int error;
} node_cases[] = {
	{ "a node that there is not", MAX_NUMNODES, -ENODEV },
	{ "a negative node", -1, -ENODEV },
};

KUNIT_ARRAY_PARAM_DESC(node, node_cases, description);

/**
 * no_such_node_is_an_error() - move_pages() to a node that there is not
 *
 * The page stays. What came before is moved all the same, and told.
 *
 * Contract: ND-1
 */
static void no_such_node_is_an_error(struct kunit *test)
{
	const struct node_case *how = test->param_value;
	struct call call = {};
	struct nd nd;

	nd_enter(test, &nd);
	nd_map(test, &nd, ND_PRIVATE);
	add(&call, nd.addr, ND_OTHER);
	add(&call, nd.addr + PAGE_SIZE, how->node);
	KUNIT_EXPECT_EQ(test, do_call(test, &nd, &call, true, MPOL_MF_MOVE),
			(long)how->error);
	KUNIT_EXPECT_EQ(test, call.status[0], ND_OTHER);
	KUNIT_EXPECT_EQ(test, call.status[1], ND_UNTOUCHED);
	KUNIT_EXPECT_EQ(test, nd_node(nd.mm, nd.addr), ND_OTHER);
	KUNIT_EXPECT_EQ(test, nd_node(nd.mm, nd.addr + PAGE_SIZE), ND_LOCAL);
	MMK_EXPECT_HOLDS(test, nd.addr, nd.nr, ND_SEED);
	nd_expect_none_isolated(test, &nd);
}

static struct kunit_case nodes_move_cases[] = {
	KUNIT_CASE_PARAM(memory_goes_where_it_is_sent, kind_gen_params),
	KUNIT_CASE_PARAM(page_that_cannot_be_moved_is_told, told_gen_params),
	KUNIT_CASE(each_page_goes_to_its_own_node),
	KUNIT_CASE(page_of_others_wants_a_flag),
	KUNIT_CASE(page_in_use_is_counted),
	KUNIT_CASE_PARAM(no_such_node_is_an_error, node_gen_params),
	{}
};

static struct kunit_suite nodes_move_suite = {
	.name = "nodes_move",
	.init = mmk_case_init,
	.test_cases = nodes_move_cases,
};

kunit_test_suite(nodes_move_suite);
