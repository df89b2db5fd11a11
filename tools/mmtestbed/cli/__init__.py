# SPDX-License-Identifier: GPL-2.0
"""The commands: what each takes, and in which order it has its work done."""
