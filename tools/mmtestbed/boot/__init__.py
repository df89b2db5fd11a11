# SPDX-License-Identifier: GPL-2.0
"""From a kernel binary to an outcome for each case: boots, children, the log."""
