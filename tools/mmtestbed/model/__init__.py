# SPDX-License-Identifier: GPL-2.0
"""What there is to test, and what comes of it, by name: cases, lines, configurations."""
