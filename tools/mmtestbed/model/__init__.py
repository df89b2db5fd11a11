# SPDX-License-Identifier: GPL-2.0
"""What there is to test, by name: cases, lines, configurations."""
