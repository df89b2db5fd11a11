# SPDX-License-Identifier: GPL-2.0
"""What the table of kernels shows is explained."""

import unittest
from typing import Any

from mmtestbed.figures import kernels
from mmtestbed.kernel import patching
from mmtestbed.model import known
from mmtestbed.model.known import Bug
from mmtestbed.model.repository import REPOSITORY

TEXT = """
What the reasons mean:

``needs a()``, ``needs the b of``
    It came later: ``needs nothing``.

``needs c``
    So.

Next
====

``needs d``
    No.
"""


def record(*reasons: str, **bugs: "list[str]") -> dict[str, Any]:
    """A kernel with cases that are skipped for @reasons, and with known @bugs."""
    return {"version": "6.18.2", "variant": "plain", "known": bugs,
            "skipped": {f"one.c{number}": reason for number, reason in enumerate(reasons)}}


class Explained(unittest.TestCase):
    def test_those_of_the_records_are(self) -> None:
        """Each reason to skip a case, and each known bug of a kernel."""
        text = (REPOSITORY / "Documentation/kernels.rst").read_text(encoding="utf-8")
        self.assertEqual(kernels.unexplained(kernels.read(REPOSITORY),
                                             known.read(patching.ours()), text), [])

    def test_reasons(self) -> None:
        fine = record("needs a()", "needs c; needs the b of all")
        self.assertEqual(kernels.unexplained([fine], [], TEXT), [])
        for reason in ("needs d", "needs a", "needs c; needs it", "needs nothing"):
            with self.subTest(reason):
                self.assertEqual(kernels.unexplained([fine, record(reason)], [], TEXT), [
                    f"6.18.2: nobody says what it means: {reason.rpartition('; ')[2]}"])

    def test_no_meaning_is_for_nothing(self) -> None:
        self.assertEqual(kernels.unexplained([record("needs a()", "needs c")], [], TEXT),
                         ["no case is skipped for it: needs the b of"])

    def test_bugs(self) -> None:
        bug = Bug("fixes/x", "say it", "", "fails", ("MV-1",), {("one", "c"): ("p",)})
        found = kernels.unexplained([record(x=["one.c", "one.d"], y=[])], [bug], "")
        self.assertEqual(found, ["6.18.2: one.d is no case of x",
                                 "6.18.2: there is no patches/fixes/y/bug"])
        self.assertEqual(kernels.unexplained([record(x=["one.c [p]"])], [bug], ""), [])


if __name__ == "__main__":
    unittest.main()
