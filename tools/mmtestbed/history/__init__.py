# SPDX-License-Identifier: GPL-2.0
"""What a range of commits does to the cases: bisections, and what they rest on."""
