# SPDX-License-Identifier: GPL-2.0
"""From an edit to a kernel: by the shortest way, and never to another kernel.

The tree in mini/ is built in the steps in which Linux is; what it builds says what it was
built from.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Callable, Optional

from mmtestbed.errors import Interrupted, TestbedError
from mmtestbed.host import confine, lock, ns, proc, scan, surroundings
from mmtestbed.kernel import build, narrow, planning, record, source, tree
from mmtestbed.model import lines

from tests import support

MINI = Path(__file__).parents[1] / "mini"


class Builder(build.Builder):
    """Counts how often make has to look at everything."""

    looks = 0

    def _make_all(self, configured: str, src: Path, env: dict[str, str],
                  cage: confine.Cage) -> proc.Done:
        self.looks += 1
        return super()._make_all(configured, src, env, cage)


class Edit(support.TempCase):
    """Each test builds the tree, changes something and builds it again."""

    def setUp(self) -> None:
        super().setUp()
        self.kdir = self.tmp / "kdir"
        self.state = self.tmp / "state"
        self.laid: dict[str, Optional[bytes]] = {}
        self.looks = self.kunits = 0
        shutil.copytree(MINI, self.kdir)
        self.write("kunitconfig", "CONFIG_DEFAULT=1\n")
        self.expect(looks=1, kunits=1)

    def build(self) -> str:
        """Build the tree; what the kernel says."""
        places = tree.choose_places(self.tmp, self.state, False, self.tmp / "run")
        origin = source.Source(self.kdir, lines.DEFAULT, "6.12", "test", "test", False)
        work = tree.WorkTree(origin, places, ns.Isolation.NONE, None, self.console)
        builder = Builder(work, planning.Plan((self.tmp / "kunitconfig",), 1, (),
                                           self.tmp / "ccache", variant="plain"),
                          self.console)
        try:
            with work.mounted():
                kernel = builder.kernel(self.laid)
        finally:
            self.looks, before = builder.looks, self.kunits
            log = self.state / "build/kunits"
            self.kunits = len(log.read_text("ascii").splitlines()) if log.exists() else 0
            self.asked = self.kunits - before
        self.assertEqual(kernel.sha, build.sha256(kernel.path))
        return subprocess.run([kernel.path], check=True, capture_output=True,
                              text=True).stdout

    def expect(self, looks: Optional[int] = None, kunits: int = 0, **facts: int) -> None:
        """A build gives a kernel with these @facts; the others are 1.

        @looks: how often make looks at everything.  @kunits: how often kunit.py does.
        """
        said = {key: int(value) for key, value in re.findall(r"(\w+)=(\d+)", self.build())}
        self.assertEqual(said, {"migrate": 1, "case": 1, "lib": 1, "wide": 1, "config": 1,
                                "exports": 1, **facts})
        if looks is not None:
            self.assertEqual((self.looks, self.asked), (looks, kunits))

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace @old by @new in the file @name of the user's tree."""
        path = self.kdir / name
        text = path.read_text(encoding="utf-8")
        self.assertIn(old, text)
        path.write_text(text.replace(old, new), encoding="utf-8")

    def objects(self) -> dict[str, int]:
        """When each object was made."""
        return {str(path.relative_to(self.state / "build")): path.stat().st_mtime_ns
                for path in (self.state / "build").rglob("*.o")}

    def test_progress(self) -> None:
        """A first build says how far it is, the next one of its kind exactly."""
        self.assertRegex(self.text.getvalue(), r"building the kernel \.\.\. 0 % \(0 of \d+ ")
        shutil.rmtree(self.state)
        self.text.truncate(0)
        self.expect()
        self.assertIn(f" 0 % (0 of {len(self.objects())} objects), some seconds left\n",
                      self.text.getvalue())

    def test_nothing(self) -> None:
        """Nothing has changed: nothing is built."""
        before = self.objects()
        self.expect(looks=0)
        self.assertEqual(self.objects(), before)

    def test_source(self) -> None:
        """One file is compiled, by what kbuild knows of it."""
        before = self.objects()
        self.edit("mm/migrate.c", "return 1", "return 2")
        self.expect(looks=0, migrate=2)
        changed = {name for name, at in self.objects().items() if before[name] != at}
        self.assertEqual(changed, {"mm/migrate.o", "vmlinux.o", ".vmlinux.export.o"})
        self.edit("mm/migrate.c", "return 2", "return 1")
        self.expect(looks=0)

    def test_make_agrees(self) -> None:
        """What make builds afterwards is the same to the bit."""
        self.edit("mm/migrate.c", "return 1", "return 2")
        self.expect(looks=0, migrate=2)
        sha = build.sha256(self.state / "build/linux")
        (self.state / record.NAME).unlink()
        self.expect(looks=1, migrate=2)
        self.assertEqual(build.sha256(self.state / "build/linux"), sha)

    def test_library(self) -> None:
        """An object that is linked from an archive with an index."""
        self.edit("lib/in_lib.c", "return 1", "return 4")
        self.expect(looks=0, lib=4)
        # The index has to know the new name of what nothing has called so far.
        self.edit("lib/spare.c", "int spare(void);", "int seven(void);")
        self.edit("lib/spare.c", "int spare(void)\n", "int seven(void)\n")
        self.edit("lib/spare.c", "return 1", "return 7")
        self.edit("mm/migrate.c", "int migrate", "int seven(void);\n\nint migrate")
        self.edit("mm/migrate.c", "return 1", "return seven()")
        self.expect(looks=0, lib=4, migrate=7)

    def test_what_is_made_of_all_objects(self) -> None:
        """A file is generated from all that is linked, and is linked, too."""
        self.edit("mm/migrate.c", "int migrate", "int export_it(void);\nint export_it(void)\n"
                  "{\n\treturn 0;\n}\n\nint migrate")
        self.expect(looks=0, exports=2)
        (self.state / record.NAME).unlink()
        self.expect(looks=1, exports=2)

    def test_header_of_some_folders(self) -> None:
        """Each of them calls it by another path."""
        self.edit("mm/internal.h", "INTERNAL 0", "INTERNAL 4")
        self.expect(looks=0, migrate=5, case=5, lib=5)

    def test_header_of_all(self) -> None:
        self.edit("include/linux/facts.h", "WIDE 1", "WIDE 2")
        self.expect(wide=2)

    def test_files_of_ours(self) -> None:
        """Laid over the tree, changed, and taken away again."""
        text = (self.kdir / "mm/kunit/a_kunit.c").read_text(encoding="utf-8")
        self.laid = {"mm/kunit/a_kunit.c": text.replace("1 +", "2 +").encode()}
        self.expect(looks=0, case=2)
        self.laid = {"mm/kunit/a_kunit.c": text.replace("1 +", "3 +").encode()}
        self.expect(looks=0, case=3)
        self.laid = {}
        self.expect(looks=0)

    def test_file_of_ours_above_an_edit(self) -> None:
        """What the user changes below a file of ours does not show."""
        text = (self.kdir / "mm/migrate.c").read_text(encoding="utf-8")
        self.laid = {"mm/migrate.c": text.replace("1 +", "2 +").encode()}
        self.expect(looks=0, migrate=2)
        self.edit("mm/migrate.c", "return 1", "return 9")
        self.expect(looks=0, migrate=2)
        self.laid = {}
        self.expect(looks=0, migrate=9)

    def test_restored_time(self) -> None:
        """The file is of another day, and of the same size."""
        path = self.kdir / "mm/migrate.c"
        before = path.stat()
        self.edit("mm/migrate.c", "return 1", "return 3")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        self.expect(migrate=3)
        self.write("old.c", path.read_text(encoding="utf-8").replace("return 3", "return 5"))
        os.utime(self.tmp / "old.c", (1, 1))
        os.replace(self.tmp / "old.c", path)
        self.expect(migrate=5)

    def test_kconfig(self) -> None:
        """Only kunit.py can tell what becomes of the configuration."""
        self.edit("Kconfig", "default 1", "default 2")
        self.expect(looks=1, kunits=1, config=2)

    def test_kunit_config(self) -> None:
        self.write("kunitconfig", "CONFIG_DEFAULT=1\n# CONFIG_OTHER is not set\n")
        self.expect(looks=1, kunits=1)

    def test_kunit_py(self) -> None:
        """What it makes of a configuration may have changed."""
        self.edit("tools/testing/kunit/kunit_config.py", "# SPDX", "#\n# SPDX")
        self.expect(looks=1, kunits=1)

    def test_makefile(self) -> None:
        with open(self.kdir / "mm/Makefile", "a", encoding="utf-8") as file:
            file.write("ccflags-y += -DMORE=5\n")
        self.expect(looks=1, migrate=6)
        self.edit("mm/Makefile", "MORE=5", "MORE=6")
        self.edit("mm/migrate.c", "return 1", "return 2")
        self.expect(looks=1, migrate=8)

    def test_flags_from_above(self) -> None:
        """A folder that would get other flags from make than from us."""
        self.edit("scripts/Makefile.build", "lib-y :=\n", "lib-y :=\n"
                  "ifeq ($(obj),mm)\nexport BELOW := -DBELOW=1\nendif\n")
        self.edit("scripts/Makefile.build", "$(ccflags-y)", "$(ccflags-y) $(BELOW)")
        self.edit("mm/kunit/a_kunit.c", "return 1", "#ifndef BELOW\n#define BELOW 7\n#endif\n"
                  "\treturn BELOW")
        self.expect(looks=1)
        self.edit("mm/kunit/a_kunit.c", "return BELOW", "return 1 + BELOW")
        self.expect(looks=1, case=2)

    def test_flags_for_all_below(self) -> None:
        """A folder above says how a file is compiled."""
        with open(self.kdir / "mm/Makefile", "a", encoding="utf-8") as file:
            file.write("subdir-ccflags-y := -DBELOW=7\n")
        self.edit("mm/kunit/a_kunit.c", "return 1", "return BELOW")
        self.expect(looks=1, case=7)
        self.edit("mm/kunit/a_kunit.c", "return BELOW", "return 1 + BELOW")
        self.expect(looks=0, case=8)
        self.edit("mm/migrate.c", "return 1", "return 2")
        self.expect(looks=0, case=8, migrate=2)

    def test_new_and_gone_file(self) -> None:
        """A header that has come takes the place of another; it goes again."""
        path = self.kdir / "mm/linux/facts.h"
        path.parent.mkdir()
        self.edit("mm/Makefile", "obj-y", "ccflags-y += -I$(srctree)/mm\nobj-y")
        self.edit("scripts/Makefile.build", "$(KBUILD_CFLAGS) $(SUBDIR_CCFLAGS) $(ccflags-y)",
                  "$(ccflags-y) $(KBUILD_CFLAGS)")
        self.expect(looks=1)
        path.write_text("#define MORE 6\nint migrate(void);\n", encoding="ascii")
        self.edit("mm/migrate.c", "return 1", "return 2")
        self.expect(looks=1, migrate=8)
        path.unlink()
        self.expect(looks=1, migrate=2)

    def test_deleted_source(self) -> None:
        """Without it there is no kernel, and with it there is one again."""
        text = (self.kdir / "mm/migrate.c").read_text(encoding="utf-8")
        (self.kdir / "mm/migrate.c").unlink()
        self.assertRaises(TestbedError, self.build)
        self.write("kdir/mm/migrate.c", text)
        self.expect()

    def test_error_and_repair(self) -> None:
        """The first of two files compiles, the second does not; then both as before."""
        self.edit("mm/migrate.c", "return 1", "return 7")
        self.edit("mm/kunit/a_kunit.c", "return 1", "return one")
        self.assertRaisesRegex(TestbedError, "a_kunit.c:.*error", self.build)
        self.edit("mm/kunit/a_kunit.c", "return one", "return 1")
        self.edit("mm/migrate.c", "return 7", "return 1")
        self.expect()

    def test_variable(self) -> None:
        """KCFLAGS, and one that only a Makefile knows."""
        self.set_env("KCFLAGS", "-DMORE=3")
        self.expect(looks=1, kunits=1, migrate=4)
        self.edit("mm/migrate.c", "return 1", "return 2")
        self.expect(looks=0, migrate=5)
        self.edit("mm/Makefile", "obj-y", "ccflags-y += $(MINE)\nobj-y")
        self.set_env("KCFLAGS", "")
        self.expect(migrate=2)
        self.set_env("MINE", "-DMORE=5")
        self.expect(looks=1, kunits=1, migrate=7)

    def test_variable_of_a_session(self) -> None:
        """Another terminal is no reason to build."""
        self.set_env("SSH_TTY", "/dev/pts/77")
        self.expect(looks=0)

    def test_compiler(self) -> None:
        """Another gcc stands first on the PATH, and then changes."""
        gcc = shutil.which("gcc")
        self.set_env("PATH", f"{self.tmp}/bin:{os.environ['PATH']}")
        for more in (7, 8):
            path = self.write("bin/gcc", f'#!/bin/sh\nexec {gcc} -DMORE={more} '
                              '"$@"\n')
            path.chmod(0o755)
            # A wrapper is no other compiler to make: so something has to be edited.
            self.edit("mm/migrate.c", f"return {more - 6}", f"return {more - 5}")
            self.expect(looks=1, kunits=1, migrate=more - 5 + more)

    def test_header_of_the_host(self) -> None:
        """A header outside of the tree is as good as one in it."""
        known = record.load(self.state, self.inputs())
        assert known
        self.assertIn("/usr/include/stdio.h", known.headers)
        self.assertTrue(known.same_host())
        path = self.write("usr.h", "1")
        mine = surroundings.files([str(path)])
        path.write_text("22", encoding="ascii")
        self.assertNotEqual(surroundings.files([str(path)]), mine)
        data = lock.read_json(self.state / record.NAME)
        lock.write_json(self.state / record.NAME, {**data, "host": mine})
        self.expect(looks=1)

    def inputs(self) -> str:
        """What the stamp says of the last kernel."""
        stamp = lock.read_json(self.state / build.STAMP)
        return str(stamp["inputs"])

    def test_object_is_gone(self) -> None:
        """Somebody has removed objects: that of the file, and another."""
        for number, name in enumerate(("mm/migrate.o", "init/main.o"), 1):
            self.edit("mm/migrate.c", f"return {number}", f"return {number + 1}")
            (self.state / "build" / name).unlink()
            self.expect(migrate=number + 1)

    def test_leftovers(self) -> None:
        """What an editor leaves behind matters to no Makefile."""
        for name in ("mm/.migrate.c.swp", "mm/migrate.c~", "mm/migrate.c.orig", "tags"):
            self.write(f"kdir/{name}", "rest")
        before = self.objects()
        self.expect(looks=0)
        self.assertEqual(self.objects(), before)

    def test_unknown_file(self) -> None:
        """One that nothing is known to be made of: let make see."""
        self.write("kdir/mm/table.tbl", "1")
        self.expect(looks=1)
        self.edit("mm/migrate.c", "return 1", "return 2")
        self.expect(migrate=2)
        self.write("kdir/mm/table.tbl", "2")
        self.edit("mm/migrate.c", "return 2", "return 3")
        self.expect(looks=1, migrate=3)

    def test_object_of_the_future(self) -> None:
        """The clock has been set back: make takes the object for new."""
        later = (self.kdir / "mm/migrate.c").stat().st_mtime + 3600
        os.utime(self.state / "build/mm/migrate.o", (later, later))
        self.edit("mm/migrate.c", "return 1", "return 2")
        self.expect(migrate=2)

    def stopped(self, where: Callable[[str], bool], tidy: bool) -> None:
        """A build that is stopped behind the step @where of it."""
        stop = Interrupted(15)
        stop.tidy = tidy
        make = narrow.Kbuild._make  # pylint: disable=protected-access

        def until(self: narrow.Kbuild, makefile: str, *words: str,
                  **variables: str) -> proc.Done:
            done = make(self, makefile, *words, **variables)
            if where(makefile):
                raise stop
            return done

        setattr(narrow.Kbuild, "_make", until)
        try:
            self.assertRaises(Interrupted, self.build)
        finally:
            setattr(narrow.Kbuild, "_make", make)

    def test_interrupted(self) -> None:
        """The edit is built in part, and taken back: the kernel is the old one."""
        for tidy in (True, False):
            for step in ("Makefile.build", "Makefile.vmlinux"):
                self.edit("mm/migrate.c", "return 1", "return 6")
                self.stopped(step.__eq__, tidy)
                self.edit("mm/migrate.c", "return 6", "return 1")
                self.expect()
                self.edit("mm/migrate.c", "return 1", "return 6")
                self.stopped(step.__eq__, tidy)
                self.expect(migrate=6)
                self.edit("mm/migrate.c", "return 6", "return 1")
                self.expect()
                self.edit("mm/migrate.c", "return 1", "return 2")
                self.expect(looks=0, migrate=2)
                self.edit("mm/migrate.c", "return 2", "return 1")
                self.expect(looks=0)

    def test_source_without_scan(self) -> None:
        """The record of what was seen is lost, or is of another time."""
        record_of_it = self.state / "scan"
        self.edit("mm/migrate.c", "return 1", "return 2")
        record_of_it.write_bytes(scan.scan(self.kdir).dump)
        self.expect(looks=1, migrate=2)
        record_of_it.unlink()
        self.edit("mm/migrate.c", "return 2", "return 3")
        self.expect(looks=1, migrate=3)
