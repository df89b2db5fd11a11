# SPDX-License-Identifier: GPL-2.0
"""A series of patches that is to be sent, and the checks that it has to pass."""
