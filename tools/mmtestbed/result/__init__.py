# SPDX-License-Identifier: GPL-2.0
"""What a run comes to, for people and for programs."""
