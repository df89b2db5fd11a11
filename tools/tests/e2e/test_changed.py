# SPDX-License-Identifier: GPL-2.0
"""mmt run --changed, by what --reach has recorded, with the fake kernel."""

import shutil
import subprocess

from tests import fake
from tests.e2e import support


class Changed(support.FakeCase):
    def setUp(self) -> None:
        super().setUp()
        self.tree = self.tmp / "linux"
        shutil.copytree(fake.tree(), self.tree)
        for words in (["init", "-q"], ["add", "-f", "."], ["commit", "-qm", "one"]):
            subprocess.run(["git", "-C", str(self.tree), "-c", "user.name=x", "-c",
                            "user.email=x@x", *words], check=True, capture_output=True)

    def test_only_what_reaches_it(self) -> None:
        self.expect(0, self.call("--variant", "gcov", "--reach", "--no-install"),
                    "recorded what ")
        whole = len(self.json(kdir=self.tree)["cases"])
        file = self.tree / "mm/memremap.c"
        text = file.read_text(encoding="utf-8")
        at = text.index("\n}\n", text.index("\nint memremap_pages("))
        file.write_text(f"{text[:at]}\n\t/* The end. */{text[at:]}", encoding="utf-8")
        found = self.call("--changed", "HEAD", kdir=self.tree)
        self.expect(0, found, "reach 1 function that differs (recorded 20")
        names = [case["suite"] for case in self.json("--changed", "HEAD",
                                                     kdir=self.tree)["cases"]]
        self.assertTrue(names)
        self.assertLess(len(names), whole)
        self.assertTrue(all(name.startswith("zone_device") for name in names), names)

    def test_refused(self) -> None:
        self.expect(2, self.call("--changed", "nothing", kdir=self.tree), "has no commit")
        self.expect(2, self.call("--reach"), "--reach goes with --variant gcov")
        self.expect(2, self.call("--changed", "HEAD", kdir=self.tree, cached=str(
            self.tmp / "cache")), "nothing is recorded for 6.12")
