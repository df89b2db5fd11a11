# SPDX-License-Identifier: GPL-2.0
"""The image has all that any of the commands makes use of."""

import unittest

from mmtestbed.cli import packed, report
from mmtestbed.host import deps
from mmtestbed.model import counted, lines

from tests import containerfile


class Image(unittest.TestCase):
    def test_has_all_tools(self) -> None:
        """What deps.py and the commands name, and the source of the default line."""
        tools = (*deps.BUILD, *deps.MUTATE, *deps.CONTROLS, *deps.DEBUG, *deps.TEST,
                 *counted.TOOLS, *counted.REACH_TOOLS, *counted.HTML_TOOLS, *report.TOOLS,
                 *packed.TOOLS)
        wanted = {tool.package for tool in tools} | {lines.DEFAULT.package, "python3"}
        self.assertEqual(wanted - containerfile.packages(), set())

    def test_names_nothing_twice(self) -> None:
        self.assertEqual([step.word for step in containerfile.steps()][:2], ["FROM", "RUN"])
        words = [word for step in containerfile.steps() for word in step.rest.split()
                 if word in containerfile.packages()]
        # git is a command of another step as well.
        self.assertEqual(sorted(set(words)), sorted(containerfile.packages()))
        self.assertEqual([word for word in set(words) if words.count(word) > 1
                          and word != "git"], [])


if __name__ == "__main__":
    unittest.main()
