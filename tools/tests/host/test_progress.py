# SPDX-License-Identifier: GPL-2.0
"""How far a build is, in words."""

import os

from mmtestbed.host import progress
from mmtestbed.host.progress import Progress

from tests import support


class Words(support.TempCase):
    def test_from_the_first_second(self) -> None:
        self.assertEqual(Progress(480, 2).text(0, 0.0),
                         "0 % (0 of 480 objects), about 2 min left")

    def test_by_its_own_time(self) -> None:
        self.assertEqual(Progress(400, 2).text(100, 20.0),
                         "25 % (100 of 400 objects), about 60 s left")

    def test_more_than_expected(self) -> None:
        """The link is still to come."""
        self.assertEqual(Progress(400, 2).text(410, 200.0),
                         "99 % (410 of 400 objects), some seconds left")

    def test_unknown(self) -> None:
        self.assertEqual([Progress(0, 2).text(count, 9.0) for count in (0, 7)],
                         ["", "7 objects"])

    def test_next_time(self) -> None:
        """What has been counted once is known; what nobody has built, is not."""
        kept = self.tmp / "objects.json"
        self.assertEqual(progress.expected(kept, "5.4 plain"), 0)
        progress.keep(kept, "6.12 plain", 123)
        progress.keep(kept, "7.x kasan", 456)
        self.assertEqual(progress.expected(kept, "6.12 plain"), 123)
        kept.write_text("{", encoding="ascii")
        self.assertGreater(progress.expected(kept, "6.12 plain"), 123)
        progress.keep(kept, "6.12 plain", 124)
        self.assertEqual(progress.expected(kept, "6.12 plain"), 124)

    def test_count(self) -> None:
        for name in ("a.o", "mm/b.o", "mm/c.c"):
            self.write(name, "")
        os.utime(self.tmp / "a.o", (1, 1))
        self.assertEqual(progress.objects(self.tmp), 2)
        self.assertEqual(progress.objects(self.tmp, 2.0), 1)
