// SPDX-License-Identifier: GPL-2.0
/*
 * mbind() and do_migrate_pages(): memory that has to be on a node, as mbind(2) and
 * migrate_pages(2) of the Linux manual, and
 * Documentation/admin-guide/mm/numa_memory_policy.rst, have it.
 */
#include <kunit/test.h>
#include <linux/mempolicy.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "nodes.h"

KUNIT_ARRAY_PARAM_DESC(kind, nd_cases, description);

static long bind_to(struct kunit *test, struct nd *nd, int node,
		    unsigned int flags)
{
	unsigned long mask = BIT(node);

	KUNIT_ASSERT_EQ(test, copy_to_user((void __user *)nd->args, &mask,
					   sizeof(mask)), 0UL);
	return sys_mbind(nd->addr, nd->nr * PAGE_SIZE, MPOL_BIND,
			 (const unsigned long __user *)nd->args,
			 BITS_PER_LONG, flags);
}

/**
 * memory_goes_where_it_is_bound() - mbind() with MPOL_MF_MOVE
 *
 * All of it is on the node when the call returns, with its bytes.
 *
 * Contract: ND-2
 */
static void memory_goes_where_it_is_bound(struct kunit *test)
{
	const struct nd_case *how = test->param_value;
	struct nd nd;

	nd_enter(test, &nd);
	nd_map(test, &nd, how->kind);
	KUNIT_EXPECT_EQ(test, bind_to(test, &nd, ND_OTHER, MPOL_MF_MOVE |
				      MPOL_MF_STRICT), 0L);
	nd_expect_on(test, &nd, ND_OTHER);
	nd_expect_none_isolated(test, &nd);
	if (how->kind == ND_HUGE)
		MMK_EXPECT_PMD(test, nd.mm, nd.addr, PRESENT);
}

/**
 * misplaced_page_is_an_error_if_strict() - mbind() with MPOL_MF_STRICT alone
 *
 * Nothing is moved, and the call says that there are pages elsewhere. It does not if
 * all of them are where they have to be.
 *
 * Contract: ND-2
 */
static void misplaced_page_is_an_error_if_strict(struct kunit *test)
{
	const struct nd_case *how = test->param_value;
	struct nd nd;

	nd_enter(test, &nd);
	nd_map(test, &nd, how->kind);
	KUNIT_EXPECT_EQ(test, bind_to(test, &nd, ND_OTHER, MPOL_MF_STRICT),
			(long)-EIO);
	nd_expect_on(test, &nd, ND_LOCAL);
	KUNIT_EXPECT_EQ(test, bind_to(test, &nd, ND_LOCAL, MPOL_MF_STRICT), 0L);
	nd_expect_on(test, &nd, ND_LOCAL);
	nd_expect_none_isolated(test, &nd);
}

/**
 * page_in_use_is_an_error_if_strict() - mbind() when a page cannot be moved
 *
 * With MPOL_MF_STRICT the call says so. The page stays as it was, and the others are
 * moved.
 *
 * Contract: ND-2
 */
static void page_in_use_is_an_error_if_strict(struct kunit *test)
{
	struct folio *folio;
	struct nd nd;

	nd_enter(test, &nd);
	nd_map(test, &nd, ND_PRIVATE);
	folio = mmk_pte_folio(test, nd.mm, nd.addr);
	mmk_folio_get(test, folio);
	KUNIT_EXPECT_EQ(test, bind_to(test, &nd, ND_OTHER, MPOL_MF_MOVE |
				      MPOL_MF_STRICT), (long)-EIO);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(nd.mm, nd.addr),
			    folio_page(folio, 0));
	KUNIT_EXPECT_EQ(test, nd_node(nd.mm, nd.addr + PAGE_SIZE), ND_OTHER);
	MMK_EXPECT_HOLDS(test, nd.addr, nd.nr, ND_SEED);
	nd_expect_none_isolated(test, &nd);
	KUNIT_EXPECT_TRUE(test, folio_test_lru(folio));

	mmk_folio_put(test, folio);
	KUNIT_EXPECT_EQ(test, bind_to(test, &nd, ND_OTHER, MPOL_MF_MOVE |
				      MPOL_MF_STRICT), 0L);
	nd_expect_on(test, &nd, ND_OTHER);
}

/**
 * new_page_comes_from_the_node() - A fault in memory that is bound
 *
 * Contract: ND-2
 */
static void new_page_comes_from_the_node(struct kunit *test)
{
	struct nd nd;

	nd_enter(test, &nd);
	nd.nr = 4;
	nd.addr = mmk_map_anon(test, nd.nr);
	KUNIT_EXPECT_EQ(test, bind_to(test, &nd, ND_OTHER, 0), 0L);
	mmk_fill(test, nd.addr, nd.nr, ND_SEED);
	nd_expect_on(test, &nd, ND_OTHER);
}

/**
 * process_moves_as_a_whole() - migrate_pages() of a process
 *
 * All that it has on one node goes to the other, with its bytes. What is on that one
 * already stays.
 *
 * Contract: ND-2
 */
static void process_moves_as_a_whole(struct kunit *test)
{
	const struct nd_case *how = test->param_value;
	nodemask_t local = nodemask_of_node(ND_LOCAL);
	nodemask_t other = nodemask_of_node(ND_OTHER);
	struct page *page;
	struct nd nd;

	nd_enter(test, &nd);
	nd_map(test, &nd, how->kind);
	KUNIT_EXPECT_EQ(test, do_migrate_pages(nd.mm, &local, &other,
					       MPOL_MF_MOVE), 0);
	nd_expect_on(test, &nd, ND_OTHER);
	KUNIT_EXPECT_EQ(test, nd_node(nd.mm, nd.args), ND_OTHER);
	nd_expect_none_isolated(test, &nd);

	page = mmk_pte_page(nd.mm, nd.args);
	KUNIT_EXPECT_EQ(test, do_migrate_pages(nd.mm, &local, &other,
					       MPOL_MF_MOVE), 0);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(nd.mm, nd.args), page);
	nd_expect_on(test, &nd, ND_OTHER);
}

static struct kunit_case nodes_policy_cases[] = {
	KUNIT_CASE_PARAM(memory_goes_where_it_is_bound, kind_gen_params),
	KUNIT_CASE_PARAM(misplaced_page_is_an_error_if_strict, kind_gen_params),
	KUNIT_CASE(page_in_use_is_an_error_if_strict),
	KUNIT_CASE(new_page_comes_from_the_node),
	KUNIT_CASE_PARAM(process_moves_as_a_whole, kind_gen_params),
	{}
};

static struct kunit_suite nodes_policy_suite = {
	.name = "nodes_policy",
	.init = mmk_case_init,
	.test_cases = nodes_policy_cases,
};

kunit_test_suite(nodes_policy_suite);
