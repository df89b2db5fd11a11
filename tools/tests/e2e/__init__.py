# SPDX-License-Identifier: GPL-2.0
"""Tests that build and boot the real kernel; they share one cache."""
