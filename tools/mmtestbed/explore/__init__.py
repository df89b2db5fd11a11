# SPDX-License-Identifier: GPL-2.0
"""All schedules of programs of two or three operations, each in a child of a kernel."""
