// SPDX-License-Identifier: GPL-2.0
#include "../internal.h"
#include "fixtures.h"

static struct kunit_case migration_wait_cases[] = {
	{}
};

static struct kunit_suite migration_wait_suite = {
	.name = "migration_wait",
	.init = mmk_case_init,
	.test_cases = migration_wait_cases,
};
kunit_test_suite(migration_wait_suite);
