# SPDX-License-Identifier: GPL-2.0
"""What the user sees and gets: the console, and the files that are asked for."""
