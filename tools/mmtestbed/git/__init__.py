# SPDX-License-Identifier: GPL-2.0
"""The user's repository, which is only read, and what is done with git beside it."""
