# SPDX-License-Identifier: GPL-2.0
"""mmt measure and mmt gc, with the fake kernel."""

import json
import shutil
from typing import Any

from tests.e2e import support


class Measure(support.FakeCase):
    def mmt(self, *words: str, cached: str = "") -> support.Called:
        """scripts/mmt @words."""
        return self.call(*words, script=self.world.top / "scripts/mmt", cached=cached)

    def test_figures(self) -> None:
        path = self.tmp / "figures.json"
        text = self.expect(0, self.mmt("measure", "--repeat", "3", "--json", str(path)),
                           "4 figures, 3 runs each, Linux 6.12.1")
        self.assertRegex(text, r"(?m)^pages_are_measured +1 task\(s\) +pages skipped \(of 4\)"
                               r" +75\.0 % +75\.0 % \.\. 75\.0 % +3$")
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        self.assertEqual([figure["values"] for figure in data["figures"]],
                         [[3] * 3, [7] * 3, [4] * 3, [9] * 3])
        self.expect(2, self.mmt("measure", "MW-99"), "nothing measures MW-99")
        self.expect(0, self.mmt("measure", "MV-19", "--repeat", "1"), "4 figures")
        self.clean()

    def test_the_cache(self) -> None:
        cache = self.tmp / "cache"
        shutil.copytree(self.world.cache / "src", cache / "src", symlinks=True)
        self.expect(0, self.call(support.ONE, cached=str(cache)))
        path = self.tmp / "held.json"

        def held() -> dict[str, str]:
            self.expect(0, self.mmt("gc", "--json", str(path), cached=str(cache)), "GiB")
            data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return {each["path"]: each["kind"] for each in data["holds"]}

        before = held()
        builds = [name for name, kind in before.items() if kind == "builds"]
        self.assertEqual((len(builds), before["src"]), (1, "kernel sources"))
        text = self.expect(0, self.mmt("gc", cached=str(cache)))
        self.assertIn("Linux 6.12.1 plain", text)
        # Not due: it stays.
        self.expect(0, self.mmt("gc", "--free", cached=str(cache)), "removed 0 folders")
        self.assertIn(builds[0], held())
        self.expect(0, self.mmt("gc", "--free", "--older", "0", cached=str(cache)),
                    "removed 1 folder,")
        self.assertNotIn(builds[0], held())
        self.assertTrue((cache / "src").is_dir())
        self.expect(2, self.mmt("gc", "--older", "3"), "--older goes with --free")
        self.assertFalse((cache / builds[0]).exists())
