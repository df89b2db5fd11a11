# SPDX-License-Identifier: GPL-2.0
"""A hostile tree tries each way out: from a build, a checker and a kernel."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Iterator

import mmtestbed
from mmtestbed.git import gitrepo

from tests import attack, support

TOKEN = "token-of-the-user"
# Stands for an ordinary user where the tests run as root.
USER = 61991
MAKEFILE = """\
VERSION = 6
PATCHLEVEL = 12
# As Kconfig's $(shell,...): while make reads the file.
PROBE := $(shell python3 scripts/attack.py $(O)/report-shell facts.json)
linux:
\t@python3 scripts/attack.py $(O)/report-make facts.json
\t@cp scripts/attack.py $(O)/linux
"""
KUNIT = """\
import os, subprocess, sys
sys.path.insert(0, "scripts")
import attack
folder = [word.partition("=")[2] for word in sys.argv if word.startswith("--build_dir=")][0]
attack.main(folder + "/report-kunit", "facts.json")
sys.exit(subprocess.run(["make", "-s", "linux", "O=" + folder]).returncode)
"""
CHECKER = "import sys; sys.path.insert(0, 'scripts'); import attack\n" \
    "attack.main('-', sys.argv[1])\n"

# Builds, checks and boots the tree; prints what got out, by where it was tried, as JSON.
SCRIPT = """
import json, os, sys
from pathlib import Path
from mmtestbed.boot import uml
from mmtestbed.git import gitrepo
from mmtestbed.host import cachedir, confine, ns, proc
from mmtestbed.kernel import build, planning, source, tree
from mmtestbed.model import lines
from mmtestbed.ui.console import Console
from mmtestbed.presubmit import checkers
top = Path(sys.argv[1])
confine.off = frozenset(sys.argv[2:])
cache = top / "cache"
console = Console(sys.stderr)

def opened(text):
    lines_ = text.splitlines()
    if "tried all" not in lines_:
        return ["did not try: " + text]
    return [line[5:] for line in lines_ if line.startswith("out: ")]

def work(isolation):
    run = cache / "mnt/run"
    if isolation.mounts:
        ns.tmpfs(run)
    os.environ["TMPDIR"] = str(run)
    confine.confine(isolation, cache / "mnt/cage")
    found = {"isolation": isolation.value, "gaps": confine.gaps()}
    state = cache / "state/mine"
    state.mkdir(parents=True)
    origin = source.Source(top / "kdir", lines.DEFAULT, "6.12.1", "t", "t", True)
    places = tree.choose_places(cache, state, isolation.mounts, run)
    work_tree = tree.WorkTree(origin, places, isolation, None, console)
    found["note"] = confine.let_read(origin.path, ["mm/migrate.c", "Makefile"])
    plan = planning.Plan((top / "kunitconfig",), 1, (), cache / "ccache",
                      private=cache / "mine")
    with work_tree.mounted():
        kernel = build.Builder(work_tree, plan, console).kernel({})
        for name in ("kunit", "shell", "make"):
            found[name] = opened((places.build / f"report-{name}").read_text())
        build.take(kernel.path, run / "linux")
    facts = run / "facts.json"
    facts.write_bytes((top / "kdir/facts.json").read_bytes())
    said = []
    with confine.booting(run):
        def read(line):
            said.append(line)
            return uml.Next.GO
        (run / "logs").mkdir()
        uml.boot([sys.executable, str(run / "linux"), "-", str(facts)],
                  confine.room(run / "logs", "boot-1"), 60, read)
    found["boot"] = opened("\\n".join(said))
    ours = gitrepo.Ours(gitrepo.Theirs(top / "kdir"), cache, console)
    with ours.opened():
        ours.checkout(ours.theirs.resolve("HEAD"))
        its = checkers.Checkers(ours, ours.theirs.resolve("HEAD~1"), run / "checkers")
        view = its.over(ours.tree, "HEAD")
        (run / "scratch").mkdir()
        (run / "scratch/facts.json").write_bytes(facts.read_bytes())
        done = its.run([sys.executable, "scripts/kernel-doc",
                        str(run / "scratch/facts.json")], ours.tree,
                       run / "scratch", view)
        found["checker"] = opened(done.output)
        found["said"] = its.run([sys.executable, "scripts/checkpatch.pl"], ours.tree,
                                run / "scratch", view).output
    print(json.dumps(found), flush=True)
    return 0

proc.catch_signals()
console_ = console
cache.mkdir(exist_ok=True)
os.environ["MMTB_CACHE"] = str(cache)
cachedir.root(console)
sys.exit(ns.run(work))
"""
WHERE = ("kunit", "shell", "make", "boot", "checker")
FILES = {"write into KDIR", "write into the tree", "write into HOME", "write into /etc",
         "write into others' state", "write into others' ccache", "read from HOME",
         "connect to a socket file"}


@contextlib.contextmanager
def listening(family: int, address: Any) -> Iterator[Any]:
    """The address of a server that takes connections while this is open."""
    with socket.socket(family) as server:
        server.bind(address)
        server.listen(50)
        thread = threading.Thread(target=_accept, args=(server,))
        thread.start()
        try:
            yield server.getsockname()
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def _accept(server: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            server.accept()[0].close()


class Hostile(support.TempCase):
    """The tree, and what there is around it."""

    def setUp(self) -> None:
        super().setUp()
        self.tmp.chmod(0o755)
        kdir = self.tmp / "kdir"
        for name in ("home", "cache-of-others"):
            (self.tmp / name).mkdir()
        self.write("home/secret", "secret")
        self.write("kunitconfig", "CONFIG_KUNIT=y\n")
        self.write("kdir/Makefile", MAKEFILE)
        self.write("kdir/mm/migrate.c", "")
        self.write("kdir/tools/testing/kunit/kunit.py", KUNIT)
        self.write("kdir/scripts/kernel-doc", CHECKER)
        self.write("kdir/scripts/checkpatch.pl", "print('that of the base')\n")
        shutil.copy(attack.__file__, kdir / "scripts/attack.py")

        def git(*words: str) -> None:
            subprocess.run(["git", "-c", "user.name=T", "-c", "user.email=t@example.org",
                            "-C", str(kdir), *words], check=True, capture_output=True,
                           env=gitrepo.environment())
        git("init", "-q")
        git("add", "-A")
        git("commit", "-q", "-m", "base")
        self.write("kdir/scripts/checkpatch.pl", "print('that of the patch')\n")
        git("add", "-A")
        git("commit", "-q", "-m", "patch")
        self.env = {**os.environ, "HOME": str(self.tmp / "home"), "TOKEN": TOKEN}

    def tried(self, *off: str, user: bool = False) -> dict[str, Any]:
        """What gets out where, with some of the confinement @off."""
        top = self.tmp
        with contextlib.ExitStack() as stack:
            port = stack.enter_context(listening(socket.AF_INET, ("127.0.0.1", 0)))[1]
            name = f"mm-testbed-{os.getpid()}"
            stack.enter_context(listening(socket.AF_UNIX, "\0" + name))
            path = str(top / "socket")
            stack.enter_context(listening(socket.AF_UNIX, path))
            os.chmod(path, 0o777)
            stack.callback(os.unlink, path)
            self.write("kdir/facts.json", json.dumps({
                "kdir": str(top / "kdir"), "src": str(top / "cache/mnt/src"),
                "home": str(top / "home"), "state": str(top / "cache/state"),
                "ccache": str(top / "cache/ccache"), "port": port, "abstract": name,
                "socket": path, "token": TOKEN}))
            (top / "cache/ccache").mkdir(parents=True)
            python = sys.executable
            if user and not python.startswith("/usr/"):
                # It may lie in the home of root.
                python = "/usr/bin/python3"
            command = [python, "-c", SCRIPT, str(top), *off]
            env = self.env
            if user:
                # So may this checkout.
                env = {**env, "PYTHONPATH": str(top / "tools")}
                shutil.copytree(Path(mmtestbed.__file__).parent, top / "tools/mmtestbed",
                                ignore=shutil.ignore_patterns("__pycache__"),
                                dirs_exist_ok=True)
                subprocess.run(["chown", "-R", f"{USER}:{USER}", str(top)], check=True)
                command = ["setpriv", f"--reuid={USER}", f"--regid={USER}",
                           "--clear-groups", *command]
            try:
                done = subprocess.run(command, env=env, capture_output=True,
                                      text=True, timeout=120, check=False)
            finally:
                if user:
                    subprocess.run(["chown", "-R", "0:0", str(top)], check=True)
                shutil.rmtree(top / "cache")
                for left in (top / "home/.bashrc", top / "kdir/mm/escaped"):
                    left.unlink(missing_ok=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found

    def confined(self, found: dict[str, Any]) -> None:
        """Nothing got out."""
        self.assertEqual(found["gaps"], "")
        self.assertEqual({where: found[where] for where in WHERE},
                         {where: [] for where in WHERE})
        self.assertEqual(found["said"], "that of the base\n")

    def needs_root(self) -> None:
        if os.geteuid() != 0:
            self.skipTest("is for root")

    def opened(self, found: dict[str, Any], ways: set[str]) -> None:
        """All @ways out were open everywhere."""
        for where in WHERE:
            with self.subTest(where):
                self.assertLessEqual(ways, set(found[where]))

    def test_shut_in(self) -> None:
        self.confined(self.tried())

    def test_shut_in_by_an_ordinary_user(self) -> None:
        if os.geteuid() != 0:
            self.skipTest("the other test has just done that")
        found = self.tried(user=True)
        if found["isolation"] != "user":
            self.skipTest("the host allows no user namespaces")
        for where in WHERE:
            # A user may stop what is the user's own.
            self.assertLessEqual(set(found[where]), {"signal init"})
            found[where] = []
        self.confined(found)

    def test_a_tree_that_only_root_can_read(self) -> None:
        """Root's user id is kept then, and it can do no harm either."""
        self.needs_root()
        self.assertEqual(self.tried()["note"], "")
        for folder, _, names in os.walk(self.tmp / "kdir"):
            os.chmod(folder, 0o700)
            for name in names:
                os.chmod(os.path.join(folder, name), 0o600)
        found = self.tried()
        self.assertIn("keep the user id of root", found["note"])
        for where in WHERE:
            # It is the same user that runs the tests, but in another namespace.
            self.assertLessEqual(set(found[where]), {"signal init"})
            found[where] = []
        self.confined(found)

    def test_a_tree_that_only_its_owner_can_read(self) -> None:
        """Commands run as the owner then, who is neither root nor we."""
        self.needs_root()
        for folder, _, names in os.walk(self.tmp / "kdir"):
            os.chmod(folder, 0o700)
            os.chown(folder, USER, USER)
            for name in names:
                os.chmod(os.path.join(folder, name), 0o600)
                os.chown(os.path.join(folder, name), USER, USER)
        self.write("home/.gitconfig", "[safe]\n\tdirectory = *\n")
        found = self.tried()
        self.assertIn(f"run as user {USER}", found["note"])
        self.confined(found)

    def test_files_are_why(self) -> None:
        self.opened(self.tried("files", "user"), FILES)

    def test_files_are_why_for_an_ordinary_user(self) -> None:
        self.needs_root()
        found = self.tried("files", user=True)
        self.opened(found, FILES - {"write into /etc", "write into the tree"})

    def test_the_network_is_why(self) -> None:
        self.opened(self.tried("network"),
                    {"connect by TCP", "connect to an abstract socket"})

    def test_the_environment_is_why(self) -> None:
        self.opened(self.tried("environment"), {"read a token"})

    def test_capabilities_are_why(self) -> None:
        self.needs_root()
        found = self.tried("capabilities", "user")
        self.opened(found, {"mount", "remount", "make a device", "chroot", "signal init",
                            "read another's token", "read through /proc"})

    def test_the_user_is_why(self) -> None:
        self.needs_root()
        found = self.tried("user")
        self.opened(found, {"signal init"})

    def test_all_of_it_is_why(self) -> None:
        self.needs_root()
        found = self.tried("files", "network", "environment", "capabilities", "user")
        # Nothing is mounted read-only then.
        ways = set(attack.attempts({})) - {"remount"}
        if subprocess.run(["unshare", "--user", "--mount", "true"], capture_output=True,
                          check=False).returncode != 0:
            # Nobody gets in anywhere, as in a chroot.
            ways -= {"enter a user namespace"}
        self.opened(found, ways)
