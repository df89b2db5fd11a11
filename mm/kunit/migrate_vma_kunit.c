// SPDX-License-Identifier: GPL-2.0
#include "../internal.h"
#include "fixtures.h"

static struct kunit_case migrate_vma_cases[] = {
	{}
};

static struct kunit_suite migrate_vma_suite = {
	.name = "migrate_vma",
	.init = mmk_case_init,
	.test_cases = migrate_vma_cases,
};
kunit_test_suite(migrate_vma_suite);
