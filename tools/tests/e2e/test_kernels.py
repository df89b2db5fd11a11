# SPDX-License-Identifier: GPL-2.0
"""The series goes into each kernel that this machine has."""

from mmtestbed.model.lines import DEFAULT

from tests.e2e import support
from tests.e2e.support import TOP


class Kernels(support.RunCase):
    def test_the_series_goes_into_each(self) -> None:
        """Debian's, and those that MMTB_KERNELS names: a fix whose one variant stops the
        series on a kernel between others is seen before somebody tests that kernel."""
        support.pristine()
        said = self.expect(0, self.call("kernels", "check", script=TOP / "scripts/mmt"))
        self.assertIn(f"{DEFAULT.name}.", said)
