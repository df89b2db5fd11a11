# SPDX-License-Identifier: GPL-2.0
"""Whether the cases can fail: controls, mutants, and what is known of both."""
