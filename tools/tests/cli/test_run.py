# SPDX-License-Identifier: GPL-2.0
"""scripts/run.sh: what it says of itself."""

from typing import Optional
from unittest import mock

from mmtestbed.cli import run, run_options
from mmtestbed.kernel import provenance
from mmtestbed.kernel.workshop import Workshop

from tests import support


class Commit(support.TempCase):
    def test_git_may_come_with_the_tools(self) -> None:
        """On a fresh machine, the report of the first run names the commit, too."""
        facts = [{"commit": ""}, {"commit": "1234"}]
        with mock.patch.object(provenance, "facts", side_effect=facts), \
             mock.patch.object(Workshop, "prepare", return_value=self.tmp):
            command = run.Command(run_options.parse(["--json", str(self.tmp / "x.json")]),
                                  self.console)
            self.assertEqual(command._result.testbed["commit"], "")
            self.assertEqual(command.prepare(), self.tmp)
            self.assertEqual(command._result.testbed["commit"], "1234")


class Kernels(support.TempCase):
    def test_as_many_as_have_something_to_do(self) -> None:
        """One kernel is enough for one case, but not for one that is repeated."""
        one = "zone_device_type.pages_begin_idle"
        tried: list[tuple[list[str], Optional[int]]]
        tried = [([one], 1), ([one, "--repeat", "7"], 7),
                 ([one, "--", "--kconfig_add", "CONFIG_X=y"], None),
                 (["--seconds", "3", one], None), ([], None)]
        for words, wanted in tried:
            command = run.Command(run_options.parse(words), self.console)
            self.assertEqual(command._many(), wanted or len(command._cases), words)
