# SPDX-License-Identifier: GPL-2.0
"""Bad input: one clear line each, the right exit code, nothing half-done."""

import json
import os
import shutil
import signal
import stat
import subprocess
from pathlib import Path

from mmtestbed.host import confine
from mmtestbed.kernel import build

from tests import fake
from tests.e2e import support
from tests.e2e.support import ONE

BREAKS_THE_BUILD = """--- a/mm/migrate.c
+++ b/mm/migrate.c
@@ -1,3 +1,4 @@
+this is not C
 // SPDX-License-Identifier: GPL-2.0
 /*
  * Memory Migration functionality - linux/mm/migrate.c
"""
DOES_NOT_APPLY = BREAKS_THE_BUILD.replace(" // SPDX", " // nothing of the kind, SPDX"
                                          ).replace(" /*\n", " nor this\n"
                                                    ).replace("  * Memory", "  * Not")


class Usage(support.FakeCase):
    def test_options(self) -> None:
        self.expect(2, self.call("--nonsense"), "see scripts/run.sh --help")
        self.expect(2, self.call("--", "--arch=x86_64"), "User-Mode Linux only")
        self.expect(2, self.call("--json", "/no/such/folder/x"), "/no/such/folder/x")

    def test_variants(self) -> None:
        self.expect(2, self.call("--variant", "odd"), "odd")
        self.expect(2, self.call("--variant", "smp"), "User-Mode Linux 6.12 has no SMP")
        self.expect(2, self.call("--coverage", str(self.tmp / "new")), "--variant gcov")
        self.expect(2, self.call("--all", "--raw"), "--raw does not go with --all")

    def test_filter_without_a_match(self) -> None:
        self.expect(2, self.call("--filter", "no_such_suite"), "no case matches")

    def test_kunit_py_refuses(self) -> None:
        self.expect(2, self.call("--", "--no_such_option"), "--no_such_option")

    def test_kdir(self) -> None:
        self.expect(2, self.call(kdir="/no/such/tree"), "/no/such/tree is no folder")
        self.expect(2, self.call("--kdir", str(self.tmp)), "no kernel source tree")

    def test_cache_in_the_tree(self) -> None:
        """Neither a run nor any other command begins to write there."""
        tree = fake.plant(self.tmp / "linux")
        for script, words in (("run", ""), ("controls", ""), ("bisect", "A B"),
                              ("presubmit", "A..B")):
            with self.subTest(script):
                self.expect(2, self.call(*words.split(), script=script, kdir=tree,
                                         cached=str(tree / "mm/cache")),
                            f"lies in {tree}, which is never written to")
        self.expect(255, self.call(script="bisect-step", kdir=tree,
                                   cached=str(tree / "mm/cache")), "never written to")
        self.assertFalse((tree / "mm/cache").exists())

    def test_limit_of_the_cache(self) -> None:
        called = self.call(prefix=["env", "MMTB_CACHE_MAX=much"])
        self.expect(2, called, "MMTB_CACHE_MAX=much is no number of GiB")

    def test_where_reports_go(self) -> None:
        null = self.tmp / "null"
        support.needs_root(self)
        try:
            os.mknod(null, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        except OSError:
            self.skipTest("no devices to be made here")
        for word in ("--json", "--junit"):
            self.expect(0, self.call(word, str(null), ONE), "PASS: ")
            self.assertTrue(stat.S_ISCHR(null.stat().st_mode))
        file = self.write("out", "")
        file.chmod(0o444)
        self.expect(2, self.call("--json", str(file)), "it is read-only")
        self.expect(2, self.call("--json", "-", "--junit", "-"), "two reports would go")

    def test_json_on_the_standard_output(self) -> None:
        for script, words in (("run", [ONE]), ("controls", ["--filter", "mv-2-*"])):
            with self.subTest(script):
                done = subprocess.run(
                    [str(self.world.script(script)), "--json", "-", *words], check=False,
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                    env=self.world.environment())
                self.assertEqual(json.loads(done.stdout)["verdict"], "pass", done.stderr)
                self.assertIn("PASS: ", done.stderr)

    def test_nobody_reads(self) -> None:
        """As with | head -1: the run ends, and leaves nothing behind."""
        with subprocess.Popen([str(self.world.script()), "--repeat", "100000", ONE],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=self.world.environment()) as process:
            assert process.stdout and process.stderr
            self.assertIn(b"Linux 6.12", process.stdout.readline())
            process.stdout.close()
            self.assertEqual(process.stderr.read(), b"")
        self.assertEqual(process.returncode, -signal.SIGPIPE)
        self.clean()

    def test_build_dir(self) -> None:
        self.write("mine/thesis.tex", "words")
        self.expect(2, self.call("--build-dir", str(self.tmp / "mine")), "other files")


class Broken(support.FakeCase):
    def test_patch_does_not_apply(self) -> None:
        patch = self.write("off.patch", DOES_NOT_APPLY)
        self.expect(125, self.call("--with", str(patch)), "off.patch does not apply",
                    "hunk #1 at line 1 of mm/migrate.c")

    def test_compile_error(self) -> None:
        patch = self.write("bad.patch", BREAKS_THE_BUILD)
        self.expect(125, self.call("--with", str(patch)), "mm/migrate.c:1:1: error:")
        self.expect(0, self.call(ONE), "PASS: ")

    def test_option_that_the_tree_lacks(self) -> None:
        self.expect(125, self.call("--", "--kconfig_add", "CONFIG_NO_SUCH_THING=y"),
                    "CONFIG_NO_SUCH_THING=y")

    def test_broken_is_in_the_json(self) -> None:
        patch = self.write("off.patch", DOES_NOT_APPLY)
        data = self.json("--with", str(patch))
        self.assertEqual((data["verdict"], data["exit_code"]), ("broken", 125))
        self.assertIn("off.patch", data["error"])


class Machine(support.FakeCase):
    """What the machine lacks."""

    def hiding(self, hidden: dict[str, str], *words: str,
               cached: str = "") -> support.Called:
        """A run for which the commands @hidden are other files, in a mount namespace."""
        support.needs_root(self)
        script = ""
        for name, other in hidden.items():
            path = shutil.which(name)
            if path is None:
                self.skipTest(f"no {name}")
            script += f"mount --bind {other} {os.path.realpath(path)} || exit 77\n"
        called = self.call(*words, cached=cached, prefix=[
            *(["env", "-u", "KDIR"] if cached else []),
            "unshare", "-m", "sh", "-c", script + 'exec "$@"', "sh"])
        if support.no_mounts(called):
            self.skipTest("the host allows no mounts")
        return called

    def test_missing_tool_elsewhere(self) -> None:
        # Nobody has applied the series yet.
        shutil.rmtree(fake.cache() / "applied", ignore_errors=True)
        called = self.hiding({"git": "/dev/null", "apt-get": "/dev/null"})
        self.expect(125, called, "missing: git (applies patches); going on without",
                    "install what your distribution has", "cannot run git")

    def test_no_network(self) -> None:
        apt = self.write("apt-get", "#!/bin/sh\necho 'Err: no route to host'\nexit 100\n")
        apt.chmod(0o755)
        called = self.hiding({"git": "/dev/null", "apt-get": str(apt)})
        self.expect(125, called, "cannot install git", "check the network")

    def test_missing_gcovr(self) -> None:
        """Only the variant that wants it asks for it."""
        hidden = {"apt-get": "/dev/null"}
        if shutil.which("gcovr"):
            hidden["gcovr"] = "/dev/null"
        empty = self.write("empty.patch", "no patch\n")
        called = self.hiding(hidden, "--variant", "gcov", "--with", str(empty))
        self.expect(125, called, "missing: gcovr", "holds no diff")
        self.expect(0, self.hiding(hidden, ONE), "PASS: ")

    def test_line_that_cannot_be_had(self) -> None:
        apt = self.write("apt-get", "#!/bin/sh\necho 'Err: no route to host'\nexit 100\n")
        apt.chmod(0o755)
        out = self.tmp / "out.json"
        called = self.hiding({"apt-get": str(apt)}, "--line", "7.x", "--json", str(out),
                             cached=str(self.tmp / "cache"))
        self.expect(125, called, "SKIP: cannot download fake-source-7.*")
        data = json.loads(out.read_text(encoding="utf-8"))
        self.assertEqual((data["verdict"], data["exit_code"]), ("skip", 125))

    def test_disk_full(self) -> None:
        support.needs_root(self)
        folder = self.tmp / "small"
        folder.mkdir()
        called = self.call(cached=str(folder), prefix=[
            "unshare", "-m", "sh", "-c",
            f"mount -t tmpfs -o size=200k small {folder} || exit 77\n"
            'exec "$@"', "sh"])
        if support.no_mounts(called):
            self.skipTest("the host allows no mounts")
        text = self.expect(125, called)
        self.assertRegex(text, "make room|disk is full")

    def test_no_overlay(self) -> None:
        """On a cache that is itself on an overlay: a copy serves as well."""
        support.needs_root(self)
        cache = self.world.cache
        for name in ("upper", "work"):
            (self.tmp / name).mkdir(parents=True)
        called = self.call(ONE, prefix=[
            "unshare", "-m", "sh", "-c",
            f"mount -t overlay -o lowerdir={cache},upperdir={self.tmp}/upper,"
            f"workdir={self.tmp}/work none {cache} || exit 77\n"
            f"rm -rf {cache}/state\n"
            'exec "$@"', "sh"])
        if support.no_mounts(called):
            self.skipTest("the host allows no mounts")
        self.expect(0, called, "working on a copy", "copying the source", "PASS: ")

    def test_two_runs_at_once(self) -> None:
        """With something to build for both: neither disturbs the other."""
        patch = self.write("harmless.patch", BREAKS_THE_BUILD.replace(
            "this is not C", "/* harmless */"))
        words = [str(self.world.script()), ONE, "--with", str(patch)]
        runs = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True,
                                 stderr=subprocess.STDOUT, env=self.world.environment())
                for _ in range(2)]
        for process in runs:
            text, _ = process.communicate()
            self.assertEqual(process.returncode, 0, text)
        self.clean()


class OrdinaryUser(support.FakeCase):
    """A user who is not root, with the compiler's cache of the others."""

    NAME = "mmtb-tester"

    def setUp(self) -> None:
        super().setUp()
        support.needs_root(self)
        if not shutil.which("useradd") or not shutil.which("runuser"):
            self.skipTest("no useradd or runuser")
        self.remove()
        done = subprocess.run(["useradd", "-m", self.NAME], capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.addCleanup(self.remove)

    def remove(self) -> None:
        """Remove the user and all that is theirs."""
        subprocess.run(["userdel", "-r", self.NAME], capture_output=True, check=False)

    def as_user(self, tree: Path, *words: str, script: str = "run") -> support.Called:
        """A call of @script by the user, in a home with a repository, on @tree."""
        home = Path(f"~{self.NAME}").expanduser()
        copy = home / "mm-testbed"
        if not copy.exists():
            fake.lay_out(copy)
            subprocess.run(["chown", "-R", f"{self.NAME}:", str(copy)], check=True)
        return self.call(*words, script=copy / "scripts" / f"{script}.sh", prefix=[
            "runuser", "-u", self.NAME, "--", "env", "-u", "MMTB_CACHE",
            "-u", "XDG_CACHE_HOME", f"HOME={home}", f"KDIR={tree}",
            "PATH=/usr/local/bin:/usr/bin:/bin"])

    def tree(self, owner: str) -> Path:
        """A tree of @owner that everybody can read."""
        self.tmp.chmod(0o755)
        tree = fake.plant(self.tmp / "linux")
        subprocess.run(["chown", "-R", f"{owner}:", str(tree)], check=True)
        subprocess.run(["chmod", "-R", "go=rX", str(tree)], check=True)
        return tree

    def test_run(self) -> None:
        self.expect(0, self.as_user(self.tree(self.NAME), ONE), "PASS: ")
        home = Path(f"~{self.NAME}").expanduser()
        self.assertEqual(list((home / ".cache/mm-testbed").glob("run.*")), [])

    def test_tree_of_root(self) -> None:
        """Nothing can be laid over it in a user namespace; a copy serves as well."""
        tree = self.tree("root")
        for killed in (False, False, True, False):
            for state in Path(f"~{self.NAME}").expanduser().glob(
                    ".cache/mm-testbed/state/*"):
                if killed:
                    (state / build.BUSY).touch()
                    shutil.chown(state / build.BUSY, self.NAME)
            text = self.expect(0, self.as_user(tree, ONE), "PASS: ")
            if "where user namespaces are allowed" not in text:
                # Elsewhere, as in a chroot, there is nothing but copies.
                self.assertIn("working on a copy instead", text)
            self.assertEqual("was killed half-way" in text, killed)
        called = self.as_user(tree, script="controls")
        self.expect(125, called, "which controls need")
        if "the host allows no mounts" not in called.text:
            self.assertIn("has files of somebody else", called.text)

    def test_root_with_a_tree_of_theirs(self) -> None:
        """What nobody else may read, builds read as its owner; then as anybody."""
        tree = self.tree(self.NAME)
        control = ["--filter", "mw-8-*"]
        # What is compiled here, is in the cache for all.
        self.expect(0, self.call(*control, script="controls", prefix=["env", "-u", "KDIR"]))
        for words, note in ((["chmod", "-R", "go="], "builds and kernels run as user"),
                            (["chown", "-R", "0:0"], "keep the user id of root"),
                            (["chmod", "-R", "go=rX"], "")):
            subprocess.run([*words, str(tree)], check=True)
            self.expect(0, self.call(ONE, kdir=tree), "PASS: ", note)
            self.expect(0, self.call(*control, script="controls", kdir=tree))
            self.assertIn((self.world.cache / "ccache").stat().st_uid, (0, confine.UID))

    def test_tree_that_cannot_be_read(self) -> None:
        tree = self.tree("root")
        (tree / "mm/mempool.c").chmod(0o600)
        text = self.expect(125, self.as_user(tree, ONE), "BROKEN: ")
        self.assertIn("mm/mempool.c", text.splitlines()[-1])
