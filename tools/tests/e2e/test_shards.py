# SPDX-License-Identifier: GPL-2.0
"""Shards of several machines are one run, whatever they run."""

import json
from pathlib import Path
from typing import Any

from tests import fake
from tests.e2e import support

# What is of the machine and the moment.
TIMES = {"seconds", "build_seconds", "boot_seconds", "cpu_seconds", "boots", "children",
         "merged", "missing_shards", "shard", "seconds_of", "without_control"}


def lasting(data: Any) -> Any:
    """@data without what differs from one run to the next."""
    if isinstance(data, dict):
        return {key: lasting(value) for key, value in data.items() if key not in TIMES}
    return [lasting(each) for each in data] if isinstance(data, list) else data


class Shards(support.FakeCase):
    def written(self, name: str, *words: str, script: str = "run", code: int = 0,
                kdir: "Path | str" = "") -> Path:
        """What @script writes, which ends with @code."""
        path = self.tmp / f"{name}.json"
        self.expect(code, self.call(*words, "--json", str(path), script=script, kdir=kdir))
        return path

    def merged(self, code: int, *words: "Path | str") -> tuple[Any, str]:
        """What mmt merge makes of @words, and its last line."""
        path = self.tmp / "merged.json"
        called = self.call("merge", *map(str, words), "--json", str(path),
                           script=self.world.top / "scripts/mmt")
        text = self.expect(code, called)
        data = json.loads(path.read_text("utf-8")) if path.exists() else None
        return data, text.splitlines()[-1]

    def parts(self, of: int, *words: str, script: str = "run",
              codes: tuple[int, ...] = (0, 0, 0)) -> list[Path]:
        """The files of @of machines."""
        return [self.written(f"{script}-{index}", "--shard", f"{index}/{of}", *words,
                             script=script, code=codes[index - 1])
                for index in range(1, of + 1)]

    def same(self, whole: Path, parts: list[Path], code: int = 0) -> Any:
        """@whole, which @parts come to, whatever their order."""
        one = json.loads(whole.read_text("utf-8"))
        key = "controls" if "controls" in one else "cases"
        # Each did its own, and no more.
        self.assertEqual(sum(len(json.loads(part.read_text("utf-8"))[key]) for part in parts),
                         len(one[key]))
        for files in (parts, parts[::-1]):
            self.assertEqual(lasting(self.merged(code, *files)[0]), lasting(one))
        return one

    def test_run(self) -> None:
        """A whole run, and two halves; with a case that fails, too."""
        one = self.same(self.written("whole"), self.parts(2))
        self.assertEqual(one["counts"]["passed"], 14)
        bad = str(fake.control("mw-2-waiter-keeps-page-ref"))
        self.same(self.written("whole", "--with", bad, code=1),
                  self.parts(2, "--with", bad, codes=(1, 1)), 1)

    def test_one_boot(self) -> None:
        """Where cases share a boot, and where only some were asked for."""
        words = ("--one-boot", "ME-*", "MW-*", "MV-*")
        one = self.same(self.written("whole", *words), self.parts(3, *words))
        self.assertEqual(len(one["cases"]), 10)

    def test_more_shards_than_cases(self) -> None:
        files = self.parts(3, "MW-2", codes=(0, 0, 0))
        self.assertEqual(self.merged(0, *files)[1],
                         "PASS: 1 case, 1 contract, Linux 6.12.1, 0.0 s in the kernel")

    def test_controls(self) -> None:
        one = self.same(self.written("whole", script="controls"),
                        self.parts(2, script="controls"))
        self.assertEqual(len(one["controls"]), 9)
        self.assertEqual(self.merged(0, *self.parts(2, script="controls"))[1],
                         "PASS: 9 of 9 controls killed, Linux 6.12.1 plain")

    def test_refused(self) -> None:
        """Each in one line, and nothing is written."""
        first, second = self.parts(2)
        kasan = self.written("kasan", "--variant", "kasan", "--shard", "1/2")
        for files, line in (
                ((first,), "mm-testbed: shard 2/2 is missing: run it, or say --partial"),
                ((kasan, second), f"mm-testbed: {second} differs from {kasan} in its variant "
                                  "(plain, not kasan): merge them apart")):
            with self.subTest(line):
                self.assertEqual(self.merged(2, *files), (None, line))
