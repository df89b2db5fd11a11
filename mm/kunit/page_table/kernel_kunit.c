// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's own test of an architecture's page table helpers,
 * mm/debug_vm_pgtable.c. It passes without a word, whatever it has left out: it
 * is run once more here, and has to say what it validates.
 */
#include <kunit/test.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/pgtable.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include <trace/events/printk.h>

#include "../lib/guard.h"

/**
 * struct sub_test - A part of mm/debug_vm_pgtable.c
 * @name: its function, but for "_tests"
 * @renamed: what newer kernels call it, if that differs
 * @runs: whether this configuration has what it is about
 * @without: why it returns early otherwise
 */
struct sub_test {
	const char *name;
	const char *renamed;
	bool runs;
	const char *without;
};

#define HUGE	IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE),		\
		"needs CONFIG_TRANSPARENT_HUGEPAGE"
#define HUGE_PUD	IS_ENABLED(CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD), \
		"needs huge pages of the size of a PUD"
#define HUGE_VMAP	IS_ENABLED(CONFIG_HAVE_ARCH_HUGE_VMAP),		\
		"needs CONFIG_HAVE_ARCH_HUGE_VMAP"
#define DEVMAP	IS_ENABLED(CONFIG_ARCH_HAS_PTE_DEVMAP),			\
		"needs CONFIG_ARCH_HAS_PTE_DEVMAP"
#define SOFT_DIRTY	IS_ENABLED(CONFIG_MEM_SOFT_DIRTY),		\
		"needs CONFIG_MEM_SOFT_DIRTY"
#define SOFT_DIRTY_HUGE	IS_ENABLED(CONFIG_MEM_SOFT_DIRTY) &&		\
		IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE),		\
		"needs CONFIG_MEM_SOFT_DIRTY and CONFIG_TRANSPARENT_HUGEPAGE"
#define PROTNONE	IS_ENABLED(CONFIG_NUMA_BALANCING) ||		\
		IS_ENABLED(CONFIG_ARCH_HAS_PTE_PROTNONE),		\
		"needs NUMA balancing, or ptes of PROT_NONE for it"
#define PUD	!__is_defined(__PAGETABLE_PUD_FOLDED), "there is no table of PUDs"
#define P4D	!__is_defined(__PAGETABLE_P4D_FOLDED), "there is no table of P4Ds"

static const struct sub_test sub_tests[] = {
	{ "pte_basic", NULL, true },
	{ "pte_advanced", NULL, true },
	{ "pte_clear", NULL, true },
	{ "pte_special", NULL, IS_ENABLED(CONFIG_ARCH_HAS_PTE_SPECIAL),
	  "needs CONFIG_ARCH_HAS_PTE_SPECIAL" },
	{ "pte_protnone", NULL, PROTNONE },
	{ "pte_devmap", NULL, DEVMAP },
	{ "pte_soft_dirty", NULL, SOFT_DIRTY },
	{ "pte_swap_soft_dirty", NULL, SOFT_DIRTY },
	{ "pte_swap_exclusive", NULL, true },
	{ "pte_swap", NULL, true },
	{ "swap_migration", NULL, true },
	{ "pmd_basic", NULL, HUGE },
	{ "pmd_advanced", NULL, HUGE },
	{ "pmd_leaf", NULL, HUGE },
	{ "pmd_thp", NULL, HUGE },
	{ "pmd_clear", NULL, true },
	{ "pmd_populate", NULL, true },
	{ "pmd_protnone", NULL, PROTNONE },
	{ "pmd_devmap", NULL, DEVMAP },
	{ "pmd_soft_dirty", NULL, SOFT_DIRTY_HUGE },
	{ "pmd_swap_soft_dirty", "pmd_leaf_soft_dirty", SOFT_DIRTY_HUGE },
	{ "pmd_swap", "pmd_softleaf", HUGE },
	{ "pmd_huge", NULL, HUGE_VMAP },
	{ "pud_basic", NULL, HUGE_PUD },
	{ "pud_advanced", NULL, HUGE_PUD },
	{ "pud_leaf", NULL, HUGE_PUD },
	{ "pud_thp", NULL, HUGE_PUD },
	{ "pud_devmap", NULL, HUGE_PUD },
	{ "pud_huge", NULL, HUGE_VMAP },
	{ "pud_clear", NULL, PUD },
	{ "pud_populate", NULL, PUD },
	{ "p4d_basic", NULL, true },
	{ "p4d_clear", NULL, P4D },
	{ "p4d_populate", NULL, P4D },
	{ "pgd_basic", NULL, true },
	{ "pgd_clear", NULL, P4D },
	{ "pgd_populate", NULL, P4D },
	{ "hugetlb_basic", NULL, IS_ENABLED(CONFIG_HUGETLB_PAGE),
	  "needs CONFIG_HUGETLB_PAGE" },
};

static void sub_test_desc(const struct sub_test *t, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s_tests", t->name);
}

KUNIT_ARRAY_PARAM(sub_test, sub_tests, sub_test_desc);

/* Which sub-tests have said that they validate something */
static bool sub_test_ran[ARRAY_SIZE(sub_tests)];

static bool is_line_of(const char *text, const char *name)
{
	size_t len = name ? strlen(name) : 0;

	return len && !strncmp(text, name, len) &&
	       !strncmp(text + len, "_tests", 6);
}

/* Each sub-test prints "debug_vm_pgtable: [NAME_tests]: Validating ..." */
static void console_seen(void *unused, const char *text, size_t len)
{
	static const char head[] = "debug_vm_pgtable: [";
	const char *line = strnstr(text, head, len);
	unsigned int i;

	if (!line || !strnstr(line, "Validating", len - (line - text)))
		return;
	line += sizeof(head) - 1;
	for (i = 0; i < ARRAY_SIZE(sub_tests); i++)
		if (is_line_of(line, sub_tests[i].name) ||
		    is_line_of(line, sub_tests[i].renamed))
			sub_test_ran[i] = true;
}

static void console_release(void *unused)
{
	unregister_trace_console(console_seen, NULL);
	tracepoint_synchronize_unregister();
}

/**
 * kernel_finds_no_fault() - mm/debug_vm_pgtable.c
 *
 * It runs without a WARN. Each of its sub-tests validates something, but for
 * those about what this configuration does not have: they are skipped, which
 * says why.
 *
 * Contract: PT-1
 */
static void kernel_finds_no_fault(struct kunit *test)
{
	const struct sub_test *t = test->param_value;
	int (*run)(void);

	if (!IS_ENABLED(CONFIG_DEBUG_VM_PGTABLE))
		kunit_skip(test, "needs CONFIG_DEBUG_VM_PGTABLE");
	if (system_state >= SYSTEM_FREEING_INITMEM)
		kunit_skip(test, "has to run before __init code is freed");
	run = (void *)kallsyms_lookup_name("debug_vm_pgtable");
	if (!run)
		kunit_skip(test, "needs CONFIG_KALLSYMS_ALL");

	memset(sub_test_ran, 0, sizeof(sub_test_ran));
	KUNIT_ASSERT_EQ(test, register_trace_console(console_seen, NULL), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, console_release,
							NULL), 0);
	KUNIT_EXPECT_EQ(test, run(), 0);
	kunit_release_action(test, console_release, NULL);

	/* One of them that always runs: otherwise nothing is printed at all. */
	KUNIT_EXPECT_TRUE_MSG(test, sub_test_ran[0], "it is silent");
	KUNIT_EXPECT_EQ_MSG(test, sub_test_ran[t - sub_tests], t->runs,
			    "whether %s_tests() has validated something",
			    t->name);
	if (!t->runs)
		kunit_skip(test, "%s_tests(): %s", t->name, t->without);
}

static struct kunit_case page_table_kernel_cases[] = {
	KUNIT_CASE_PARAM(kernel_finds_no_fault, sub_test_gen_params),
	{}
};

static struct kunit_suite page_table_kernel_suite = {
	.name = "page_table_kernel",
	.init = mmk_case_init,
	.test_cases = page_table_kernel_cases,
};

kunit_test_suite(page_table_kernel_suite);
