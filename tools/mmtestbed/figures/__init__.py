# SPDX-License-Identifier: GPL-2.0
"""The numbers in the documents: recorded, counted and put in their places."""
