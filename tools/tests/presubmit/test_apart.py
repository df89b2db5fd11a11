# SPDX-License-Identifier: GPL-2.0
"""What presubmit measures by runs of their own: with which words."""

from types import SimpleNamespace
from typing import Any, Sequence
from unittest import mock

from mmtestbed.host import proc
from mmtestbed.model import configs
from mmtestbed.presubmit.apart import Apart

from tests import support


class Runs(support.TempCase):
    def words(self, variant: str) -> dict[str, list[str]]:
        """The words of each script that is called for a series tested with --variant @variant."""
        called: dict[str, list[str]] = {}
        opts = SimpleNamespace(config=configs.by_name(variant), jobs=2, line=None, install=False)
        ours = SimpleNamespace(commit=str, tree=self.tmp / "tree")
        trial: Any = SimpleNamespace(shop=SimpleNamespace(opts=opts), ours=ours,
                                     stand_at=lambda commit: None)
        private: Any = SimpleNamespace(folder=self.tmp)

        def run(words: Sequence[str], **more: object) -> proc.Done:
            called[words[0].rpartition("/")[2]] = list(words[1:])
            for name in ("mutants.json", "schedules.json"):
                (self.tmp / name).touch()
            return proc.Done(0, "")

        apart = Apart(trial, private, mock.Mock())
        with mock.patch.object(proc, "run", run):
            apart.mutants("tip")({"drivers/dax/device.c": {7, 8}}, self.tmp / "a")
            apart.schedules("tip")(["fault,fault"], self.tmp / "b")
        return called

    def test_mutants_are_made_in_the_configuration_of_the_boots(self) -> None:
        # Only the variant dax is built from this file.
        words = self.words("dax")["mutate.sh"]
        self.assertEqual(words[:4], ["--lines", "drivers/dax/device.c:7-8", "--variant", "dax"])
        self.assertIn("--no-install", words)
        # mutate.sh cannot have counters.
        self.assertNotIn("--variant", self.words("gcov")["mutate.sh"])

    def test_schedules_take_both_switches(self) -> None:
        words = self.words("plain")["mmt"]
        self.assertEqual(words[:4], ["explore", "--fixes", "--switches", "2"])
        self.assertIn("fault,fault", words)
