// SPDX-License-Identifier: GPL-2.0
/*
 * The flags of ptes and pmds, in each form that an entry has. What each helper
 * does is in Documentation/mm/arch_pgtable_helpers.rst; what a write does to
 * the soft-dirty bit, in Documentation/admin-guide/mm/soft-dirty.rst; what a
 * write-protected page is, in Documentation/admin-guide/mm/userfaultfd.rst.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/pgtable.h>

#include "../compat/leaf.h"
#include "../compat/uffd.h"
#include "../lib/guard.h"

/**
 * struct flag - A flag of an entry, which is passed around as its value
 * @name: for messages
 * @is: whether it is set
 * @set: sets it
 * @clear: clears it; NULL if nothing in the kernel does so
 * @sets: another flag that is set along with it, as a bit of all flags
 * @clears: one that is cleared when it is set
 * @exists: this configuration has it
 */
struct flag {
	const char *name;
	bool (*is)(unsigned long entry);
	unsigned long (*set)(unsigned long entry);
	unsigned long (*clear)(unsigned long entry);
	unsigned int sets;
	unsigned int clears;
	bool exists;
};

#define FLAG(type, name, test, mk, clr)					\
static bool type##_has_##name(unsigned long entry)			\
{									\
	return test(__##type(entry));					\
}									\
									\
static unsigned long type##_with_##name(unsigned long entry)		\
{									\
	return type##_val(mk(__##type(entry)));				\
}									\
									\
static unsigned long type##_without_##name(unsigned long entry)		\
{									\
	return type##_val(clr(__##type(entry)));			\
}

#define SWP_FLAG(type, name)						\
	FLAG(type, swp_##name, type##_swp_##name,			\
	     type##_swp_mk##name, type##_swp_clear_##name)

FLAG(pte, young, pte_young, pte_mkyoung, pte_mkold)
FLAG(pte, dirty, pte_dirty, pte_mkdirty, pte_mkclean)
FLAG(pte, soft_dirty, pte_soft_dirty, pte_mksoft_dirty, pte_clear_soft_dirty)
FLAG(pte, uffd, pte_uffd, pte_mkuffd, pte_clear_uffd)
FLAG(pte, write, pte_write, pte_mkwrite_novma, pte_wrprotect)
SWP_FLAG(pte, exclusive)
SWP_FLAG(pte, soft_dirty)
SWP_FLAG(pte, uffd)

static bool pte_has_special(unsigned long entry)
{
	return pte_special(__pte(entry));
}

static unsigned long pte_with_special(unsigned long entry)
{
	return pte_val(pte_mkspecial(__pte(entry)));
}

FLAG(pmd, young, pmd_young, pmd_mkyoung, pmd_mkold)
FLAG(pmd, dirty, pmd_dirty, pmd_mkdirty, pmd_mkclean)
FLAG(pmd, soft_dirty, pmd_soft_dirty, pmd_mksoft_dirty, pmd_clear_soft_dirty)
FLAG(pmd, uffd, pmd_uffd, pmd_mkuffd, pmd_clear_uffd)
FLAG(pmd, write, pmd_write, pmd_mkwrite_novma, pmd_wrprotect)
SWP_FLAG(pmd, soft_dirty)
SWP_FLAG(pmd, uffd)

#define SOFT_DIRTY	IS_ENABLED(CONFIG_MEM_SOFT_DIRTY)
#define UFFD		IS_ENABLED(CONFIG_HAVE_ARCH_USERFAULTFD_WP)
#define SPECIAL		IS_ENABLED(CONFIG_ARCH_HAS_PTE_SPECIAL)

#define FLAG_OF(type, flag, ...)					\
	{ #flag, type##_has_##flag, type##_with_##flag,			\
	  type##_without_##flag, __VA_ARGS__ }

/*
 * The order matters: a flag changes none of those that come after it. Bit 2 is
 * soft-dirty, and bit 4 write.
 */
static const struct flag pte_flags[] = {
	FLAG_OF(pte, young, .exists = true),
	FLAG_OF(pte, dirty, .sets = SOFT_DIRTY ? BIT(2) : 0, .exists = true),
	FLAG_OF(pte, soft_dirty, .exists = SOFT_DIRTY),
	FLAG_OF(pte, uffd, .clears = BIT(4), .exists = UFFD),
	FLAG_OF(pte, write, .exists = true),
	{ "special", pte_has_special, pte_with_special, .exists = SPECIAL },
};

static const struct flag pte_swp_flags[] = {
	FLAG_OF(pte, swp_exclusive, .exists = true),
	FLAG_OF(pte, swp_soft_dirty, .exists = SOFT_DIRTY),
	FLAG_OF(pte, swp_uffd, .exists = UFFD),
};

static const struct flag pmd_flags[] = {
	FLAG_OF(pmd, young, .exists = true),
	FLAG_OF(pmd, dirty, .sets = SOFT_DIRTY ? BIT(2) : 0, .exists = true),
	FLAG_OF(pmd, soft_dirty, .exists = SOFT_DIRTY),
	FLAG_OF(pmd, uffd, .clears = BIT(4), .exists = UFFD),
	FLAG_OF(pmd, write, .exists = true),
};

static const struct flag pmd_swp_flags[] = {
	FLAG_OF(pmd, swp_soft_dirty, .exists = SOFT_DIRTY),
	FLAG_OF(pmd, swp_uffd, .exists = UFFD),
};

/* Entries to begin with: two that differ in each bit of a pfn, or of an offset */
#define PFN		(0xaaaaaaaUL & ~(PTRS_PER_PTE - 1))
#define OTHER_PFN	(0x5555555UL & ~(PTRS_PER_PTE - 1))

static unsigned long pte_base(bool other)
{
	return pte_val(pfn_pte(other ? OTHER_PFN : PFN,
			       vm_get_page_prot(VM_READ)));
}

static bool pte_is_base(unsigned long entry, bool other)
{
	pte_t pte = __pte(entry);

	return pte_present(pte) && !pte_none(pte) &&
	       pte_pfn(pte) == (other ? OTHER_PFN : PFN);
}

static bool pte_are_same(unsigned long a, unsigned long b)
{
	return pte_same(__pte(a), __pte(b));
}

/* The highest offset of all that an area can have, and of another area */
static softleaf_t swp_of(bool other)
{
	pte_t all = softleaf_to_pte(swp_entry(0, ~0UL));

	return other ? swp_entry(MAX_SWAPFILES - 1, 1) :
		       swp_entry(0, swp_offset(softleaf_from_pte(all)));
}

static unsigned long swp_base(bool other)
{
	return pte_val(softleaf_to_pte(swp_of(other)));
}

static bool swp_is_base(unsigned long entry, bool other)
{
	pte_t pte = __pte(entry);

	return !pte_present(pte) && !pte_none(pte) &&
	       softleaf_from_pte(pte).val == swp_of(other).val;
}

static unsigned long pmd_base(bool other)
{
	return pmd_val(pmd_mkhuge(pfn_pmd(other ? OTHER_PFN : PFN,
					  vm_get_page_prot(VM_READ))));
}

static bool pmd_is_base(unsigned long entry, bool other)
{
	pmd_t pmd = __pmd(entry);

	return pmd_present(pmd) && !pmd_none(pmd) && pmd_trans_huge(pmd) &&
	       pmd_leaf(pmd) && pmd_bad(pmd) &&
	       pmd_pfn(pmd) == (other ? OTHER_PFN : PFN);
}

static bool pmd_are_same(unsigned long a, unsigned long b)
{
	return pmd_same(__pmd(a), __pmd(b));
}

static softleaf_t leaf_of(bool other)
{
	return other ? make_readable_migration_entry(OTHER_PFN) :
		       make_writable_migration_entry(PFN);
}

static unsigned long pmd_swp_base(bool other)
{
	return pmd_val(swp_entry_to_pmd(leaf_of(other)));
}

static bool pmd_swp_is_base(unsigned long entry, bool other)
{
	pmd_t pmd = __pmd(entry);

	return !pmd_present(pmd) && !pmd_none(pmd) && !pmd_trans_huge(pmd) &&
	       softleaf_from_pmd(pmd).val == leaf_of(other).val;
}

/**
 * struct form - A form of an entry
 * @description: for the KTAP line
 * @base: an entry with none of the flags set, or another one
 * @is_base: whether an entry is one of them, whatever its flags are
 * @same: whether two entries are the same
 * @flags: its flags
 * @nr: how many they are
 */
struct form {
	const char *description;
	unsigned long (*base)(bool other);
	bool (*is_base)(unsigned long entry, bool other);
	bool (*same)(unsigned long a, unsigned long b);
	const struct flag *flags;
	unsigned int nr;
};

static const struct form forms[] = {
	{ "pte of a page", pte_base, pte_is_base, pte_are_same, pte_flags,
	  ARRAY_SIZE(pte_flags) },
	{ "pte of a swap entry", swp_base, swp_is_base, pte_are_same,
	  pte_swp_flags, ARRAY_SIZE(pte_swp_flags) },
	{ "pmd of a huge page", pmd_base, pmd_is_base, pmd_are_same, pmd_flags,
	  ARRAY_SIZE(pmd_flags) },
	{ "pmd of a migration entry", pmd_swp_base, pmd_swp_is_base,
	  pmd_are_same, pmd_swp_flags, ARRAY_SIZE(pmd_swp_flags) },
};

KUNIT_ARRAY_PARAM_DESC(form, forms, description);

/* The flags that this configuration has, and those that can be cleared */
static unsigned int existing(const struct form *f, bool cleared)
{
	unsigned int i, found = 0;

	for (i = 0; i < f->nr; i++)
		if (f->flags[i].exists && (f->flags[i].clear || !cleared))
			found |= BIT(i);
	return found;
}

static unsigned long with_flags(const struct form *f, unsigned long entry,
				unsigned int flags)
{
	unsigned int i;

	for (i = 0; i < f->nr; i++) {
		if (flags & BIT(i))
			entry = f->flags[i].set(entry);
		else if (f->flags[i].clear)
			entry = f->flags[i].clear(entry);
	}
	return entry;
}

static unsigned int flags_of(const struct form *f, unsigned long entry)
{
	unsigned int i, found = 0;

	for (i = 0; i < f->nr; i++)
		if (f->flags[i].is(entry))
			found |= BIT(i);
	return found;
}

static void expect_flags(struct kunit *test, const struct form *f,
			 unsigned long entry, bool other, unsigned int flags,
			 const char *what, const char *flag)
{
	KUNIT_EXPECT_TRUE_MSG(test, f->is_base(entry, other),
			      "%#lx has become another entry, %s %s", entry,
			      what, flag);
	KUNIT_EXPECT_EQ_MSG(test, flags_of(f, entry), flags,
			    "flags of %#lx, %s %s", entry, what, flag);
}

/**
 * flags_are_independent() - Setting and clearing a flag
 *
 * Whatever other flags an entry has, a flag can be set and cleared, and nothing
 * else changes: no other flag, and not what the entry is about. A page that
 * becomes dirty is soft-dirty as well; one that userfaultfd protects is not
 * writable.
 *
 * Contract: PT-1
 */
static void flags_are_independent(struct kunit *test)
{
	const struct form *f = test->param_value;
	unsigned int all = existing(f, false), flags, i, other;
	unsigned long entry;

	for (other = 0; other < 2; other++) {
		for (flags = 0; flags <= all; flags++) {
			if (flags & ~all)
				continue;
			entry = with_flags(f, f->base(other), flags);
			expect_flags(test, f, entry, other, flags, "with", "");
			for (i = 0; i < f->nr; i++) {
				const struct flag *flag = &f->flags[i];

				if (!(all & BIT(i)))
					continue;
				expect_flags(test, f, flag->set(entry), other,
					     ((flags | flag->sets) &
					      ~flag->clears) | BIT(i),
					     "set", flag->name);
				if (flag->clear)
					expect_flags(test, f,
						     flag->clear(entry), other,
						     flags & ~BIT(i), "cleared",
						     flag->name);
			}
		}
	}
}

/**
 * entries_are_the_same_by_all_of_their_flags() - pte_same(), pmd_same()
 *
 * Two entries are the same if they have the same flags and are about the same,
 * and only then.
 *
 * Contract: PT-1
 */
static void entries_are_the_same_by_all_of_their_flags(struct kunit *test)
{
	const struct form *f = test->param_value;
	unsigned int all = existing(f, false), a, b;
	unsigned long one, two;

	for (a = 0; a <= all; a++) {
		if (a & ~all)
			continue;
		one = with_flags(f, f->base(false), a);
		for (b = 0; b <= all; b++) {
			if (b & ~all)
				continue;
			two = with_flags(f, f->base(false), b);
			KUNIT_EXPECT_EQ_MSG(test, f->same(one, two), a == b,
					    "%#lx and %#lx", one, two);
		}
		two = with_flags(f, f->base(true), a);
		KUNIT_EXPECT_FALSE_MSG(test, f->same(one, two), "%#lx and %#lx",
				       one, two);
	}
}

/* The protections that a VMA may give a page */
static const struct {
	unsigned long vm_flags;
	bool write;
} prots[] = {
	{ VM_NONE, false },
	{ VM_READ, false },
	{ VM_READ | VM_WRITE, false },
	{ VM_SHARED | VM_READ | VM_WRITE, true },
};

/* pte_modify(), or pmd_modify(), of all flags to each protection */
static void modify_all(struct kunit *test, const struct form *f,
		       unsigned long (*modify)(unsigned long entry,
					       pgprot_t prot))
{
	const unsigned int write = BIT(4);
	unsigned int all = existing(f, false), flags, i;
	unsigned long entry;

	KUNIT_ASSERT_STREQ(test, f->flags[4].name, "write");
	for (flags = 0; flags <= all; flags++) {
		if (flags & ~all)
			continue;
		for (i = 0; i < ARRAY_SIZE(prots); i++) {
			entry = with_flags(f, f->base(true), flags);
			entry = modify(entry,
				       vm_get_page_prot(prots[i].vm_flags));
			/* vm_get_page_prot() gives a young page. */
			expect_flags(test, f, f->flags[0].set(entry), true,
				     (flags & ~write) | BIT(0) |
				     (prots[i].write ? write : 0), "modified",
				     "");
		}
	}
}

static unsigned long pte_modified(unsigned long entry, pgprot_t prot)
{
	return pte_val(pte_modify(__pte(entry), prot));
}

/**
 * new_protection_keeps_flags() - pte_modify()
 *
 * A new protection makes a pte writable or not. It keeps the page, and whether
 * the pte is dirty, soft-dirty, special and protected by userfaultfd.
 *
 * Contract: PT-1, WP-1
 */
static void new_protection_keeps_flags(struct kunit *test)
{
	modify_all(test, &forms[0], pte_modified);
}

static unsigned long pmd_modified(unsigned long entry, pgprot_t prot)
{
	return pmd_val(pmd_modify(__pmd(entry), prot));
}

/**
 * new_protection_keeps_flags_of_huge_page() - pmd_modify(), pmd_mkinvalid()
 *
 * As new_protection_keeps_flags(). A huge page that is invalid for a moment
 * keeps all of its flags, and is still present.
 *
 * Contract: PT-1, WP-1
 */
static void new_protection_keeps_flags_of_huge_page(struct kunit *test)
{
	const struct form *f = &forms[2];
	unsigned int all = existing(f, false), flags;
	pmd_t pmd;

	modify_all(test, f, pmd_modified);
	for (flags = 0; flags <= all; flags++) {
		if (flags & ~all)
			continue;
		pmd = __pmd(with_flags(f, f->base(true), flags));
		expect_flags(test, f, pmd_val(pmd_mkinvalid(pmd)), true, flags,
			     "invalid", "");
	}
}

static struct kunit_case page_table_flags_cases[] = {
	KUNIT_CASE_PARAM(flags_are_independent, form_gen_params),
	KUNIT_CASE_PARAM(entries_are_the_same_by_all_of_their_flags,
			 form_gen_params),
	KUNIT_CASE(new_protection_keeps_flags),
	KUNIT_CASE(new_protection_keeps_flags_of_huge_page),
	{}
};

static struct kunit_suite page_table_flags_suite = {
	.name = "page_table_flags",
	.init = mmk_case_init,
	.test_cases = page_table_flags_cases,
};

kunit_test_suite(page_table_flags_suite);
