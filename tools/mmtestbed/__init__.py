# SPDX-License-Identifier: GPL-2.0
"""Prepare, build, boot and judge the mm/kunit suites on User-Mode Linux."""
