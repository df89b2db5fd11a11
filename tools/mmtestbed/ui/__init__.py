# SPDX-License-Identifier: GPL-2.0
"""What the user sees and gets: the console, words, tables, and where files go."""
