# SPDX-License-Identifier: GPL-2.0
"""Hypothesis, where it is installed: Debian's package serves the Python of the system."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import unittest
from typing import Any, Callable

_DEBIAN = "/usr/lib/python3/dist-packages"


def _load(name: str) -> Any:
    """The module @name; None if this Python cannot have it."""
    try:
        return importlib.import_module(name)
    except ImportError:
        pass
    # It is pure Python: another one of the same version may use it as well.
    sys.path.append(_DEBIAN)
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
    finally:
        sys.path.remove(_DEBIAN)


hypothesis = _load("hypothesis")
st: Any = _load("hypothesis.strategies") if hypothesis else None
if hypothesis:
    # It keeps tables of characters there, and would do so in the current folder.
    _load("hypothesis.configuration").set_hypothesis_home_dir(
        f"{tempfile.gettempdir()}/mm-testbed-hypothesis-{os.geteuid()}")
Test = Callable[..., None]


def given(make: Callable[[], Any]) -> Callable[[Test], Test]:
    """hypothesis.given() of the strategy that @make makes; without it, the test is
    skipped.  What is tried is the same each time."""
    def wrap(test: Test) -> Test:
        if not hypothesis:
            return unittest.skip("python3-hypothesis is not installed")(test)
        found: Test = hypothesis.settings(
            max_examples=200, deadline=None, derandomize=True, database=None)(
                hypothesis.given(make())(test))
        return found

    return wrap
