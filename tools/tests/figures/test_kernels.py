# SPDX-License-Identifier: GPL-2.0
"""Records of runs on many kernels."""

import json
from typing import Any

from mmtestbed.errors import TestbedError, UsageError
from mmtestbed.figures import kernels
from mmtestbed.model.known import Bug
from mmtestbed.ui import tables

from tests import support


def run(version: str = "6.18.2", **more: Any) -> dict[str, Any]:
    """What scripts/run.sh writes."""
    def case(name: str, status: str, reason: str = "") -> dict[str, str]:
        return {"suite": "one", "name": name, "status": status, "reason": reason}

    return {"schema": 1, "testbed": {"commit": "0" * 40, "changed": False,
                                     "date": "2026-11-30"},
            "kernel_version": version, "variant": "plain", "source": "KDIR /k",
            "patches": [], "verdict": "pass", "counts": {"passed": 1},
            "applied": [{"patch": "um/a", "variant": "6.12", "how": "loosely"},
                        {"patch": "um/b", "variant": "", "how": "not needed"}],
            "known_bugs": [{"patch": "fixes/x", "cases": ["one.c"]},
                           {"patch": "fixes/y", "cases": []}],
            "cases": [case("a", "passed"), case("b", "skipped", "needs what is not there"),
                      case("c", "known", "known bug")], **more}


class Kernels(support.TempCase):
    def keep(self, data: Any) -> str:
        """Where @data is kept."""
        return kernels.keep(self.tmp, data, "x.json").name

    def test_table(self) -> None:
        for version in ("7.2.13", "6.18.2", "6.12.117"):
            self.assertEqual(self.keep(run(version)), f"{version}.json")
        self.assertEqual(self.keep({"kernel_version": "6.18.2", "controls": [
            {"outcome": "killed"}, {"outcome": "survives"}, {"outcome": "does not apply"}]}),
            "6.18.2.json")
        self.keep({"kernel_version": "6.18.2", "applied": ["a", "b"], "missed": {"c": "why"}})
        found = kernels.read(self.tmp)
        self.assertEqual([each["version"] for each in found],
                         ["6.12.117", "6.18.2", "7.2.13"])
        self.assertEqual(found[0]["skipped"], {"one.b": "needs what is not there"})
        self.assertEqual(found[0]["ran"], ["one.a", "one.c"])
        rows = kernels.rows(found)
        self.assertEqual(rows[1], ["6.12.117", "PASS", "3", "1", "1", "1 (in 1 case)",
                                   "not tried", "not run", "00000000"])
        self.assertEqual(rows[2][6:8], ["2 of 3", "1 of 2 run"])
        named = [Bug(f"fixes/{name}", "say it", "", "fails", ("MV-1",), {})
                 for name in ("x", "y", "z")]
        everywhere = [each["version"] for each in found]
        self.assertEqual([row[:2] for row in kernels.bugs(found, named)[1:]], [
            ["x", ", ".join(f"{version} (1)" for version in everywhere)],
            ["y", ", ".join(everywhere)]])
        self.assertIn(["needs what is not there",
                       "6.12.117 (1), 6.18.2 (1), 7.2.13 (1)"], kernels.reasons(found))
        self.assertTrue(tables.rst(rows))

    def test_one_case_of_two_bugs(self) -> None:
        """It is one case, and 7.0 is what the kernel calls 7.0.0."""
        self.keep(run("7.0.0", known_bugs=[{"patch": "fixes/x", "cases": ["one.c"]},
                                           {"patch": "fixes/y", "cases": ["one.c"]}]))
        self.keep({"kernel_version": "7.0", "applied": ["a"], "missed": {}})
        self.assertEqual(kernels.rows(kernels.read(self.tmp))[1][5:7],
                         ["2 (in 1 case)", "1 of 1"])

    def test_what_is_no_record(self) -> None:
        for data, why in ((run(patches=["x.patch"]), "no run that came to a verdict"),
                          (run(verdict="broken"), "no run that came to a verdict"),
                          (run(testbed={"commit": "", "changed": False, "date": ""}),
                           "is of no commit"),
                          (run(testbed={"commit": "1", "changed": True, "date": ""}),
                           "is of no commit"),
                          ({"cases": []}, "is no JSON of scripts/run.sh"), (None, "is no JSON"),
                          ({"kernel_version": "6.9", "controls": []}, "there is no record")):
            with self.subTest(why), self.assertRaisesRegex(UsageError, why):
                self.keep(data)
        self.write(f"{kernels.FOLDER}/6.12.json", json.dumps({"schema": 99}))
        with self.assertRaisesRegex(TestbedError, "6.12.json is no record of schema 1"):
            kernels.read(self.tmp)

    def test_nearest_is_another_release(self) -> None:
        for version in ("6.12.117", "6.18.2", "7.3.4"):
            self.keep(run(version))
        found = kernels.read(self.tmp)

        def nearest(version: str, variant: str = "plain") -> str:
            record = kernels.nearest(found, version, variant)
            return str(record["version"]) if record else ""

        self.assertEqual(nearest("6.14"), "6.12.117")
        self.assertEqual(nearest("6.18.2"), "7.3.4")
        self.assertEqual(nearest("7.0"), "6.18.2")
        self.assertEqual(nearest("7.0", "kasan"), "")
