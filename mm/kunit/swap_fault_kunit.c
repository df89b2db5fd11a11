// SPDX-License-Identifier: GPL-2.0
#include "../internal.h"
#include "fixtures.h"

static struct kunit_case swap_fault_cases[] = {
	{}
};

static struct kunit_suite swap_fault_suite = {
	.name = "swap_fault",
	.init = mmk_case_init,
	.test_cases = swap_fault_cases,
};
kunit_test_suite(swap_fault_suite);
