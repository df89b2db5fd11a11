#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A pretended kernel: prints KTAP, crashes, hangs, and forks children if asked to.

Its suites stand in the file "suites.json" beside it: {"suite": ["case", ...]}.  What a
case does is told by how its name begins; see _case().  FAKE_TRAITS in the environment:
words on what kind of kernel it is; see below.
"""

import ctypes
import fnmatch
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

HERE = Path(sys.argv[0]).resolve().parent
TRAITS = os.environ.get("FAKE_TRAITS", "").split()
SNAPSHOT = ""


def say(text: str) -> None:
    """One line of the console."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def once(name: str) -> bool:
    """True the first time that it is called with @name, by whatever process."""
    try:
        os.mkdir(HERE / f"once-{name}")
        return True
    except FileExistsError:
        return False


def die(signum: int) -> None:
    """End by the signal @signum."""
    signal.signal(signum, signal.SIG_DFL) if signum != signal.SIGKILL else None
    os.kill(os.getpid(), signum)
    time.sleep(60)


def _case(suite: str, number: int, name: str, args: dict[str, str]) -> None:
    """Run a case; what it does:"""
    ok, tail = "ok", ""
    kind = name.partition("_")[0]
    if kind == "crash":
        say("Kernel panic - not syncing: by hand")
        die(signal.SIGABRT)
    elif kind == "silent":              # goes without a word
        die(signal.SIGSEGV)
    elif kind == "orphan":              # leaves a process of its group behind
        if os.fork() == 0:
            time.sleep(1000)
        die(signal.SIGSEGV)
    elif kind == "spin":                # burns CPU time
        while True:
            pass
    elif kind == "hang":                # sleeps
        time.sleep(1000)
    elif kind == "warn":
        say("WARNING: CPU: 0 PID: 1 at mm/x.c:26 foo+0x29/0x30")
    elif kind == "late":                # complains when its result is out
        say(f"    ok {number} {name}")
        say("WARNING: CPU: 0 PID: 1 at mm/x.c:26 foo+0x29/0x30")
        return
    elif kind == "fail":
        say(f"    # {name}: EXPECTATION FAILED at mm/kunit/x_kunit.c:7")
        say("    Expected 1 == 2, but")
        ok = "not ok"
    elif kind == "flaky":
        ok = "ok" if once("flaky") else "not ok"
    elif kind == "lucky":               # by the seed
        ok = "not ok" if int(args.get("snapshot_seed", "0")) % 3 == 2 else "ok"
    elif kind == "notices":             # one mutant
        ok = "not ok" if args.get("mm_mutant") == name.rpartition("_")[2] else "ok"
    elif kind == "oom":                 # the host kills it, the first time
        if once(name):
            die(signal.SIGKILL)
    elif kind == "killed":              # the host kills it each time
        die(signal.SIGKILL)
    elif kind == "regicide":            # its parent goes, the first time
        if SNAPSHOT and once(name):
            os.kill(os.getppid(), signal.SIGKILL)
            time.sleep(60)
    elif kind == "absent":
        return
    elif kind == "order":               # needs one that ran before in the same kernel
        ok = "ok" if SEEN else "not ok"
    elif kind == "long":                # prints much
        say(f"    # {name}: row: a | b")
        for line in range(20000):
            say(f"    # {name}: line {line}")
    elif kind == "each":                # two tasks that each add one to a number
        ok = explored(name, args)
    elif kind == "due":
        if args.get("mm_kunit.expect_report") != "1":
            tail = " # SKIP wants a boot of its own"
        elif name == "due_bug":
            say("kernel BUG at mm/x.c:26!")
            say("Kernel panic - not syncing: BUG!")
            die(signal.SIGABRT)
    SEEN.append(name)
    say(f"    {ok} {number} {name}{tail}")


SEEN: list[str] = []


def race(safe: bool, order: str, switches: dict[int, int]) -> tuple[list[str], int]:
    """Two tasks that add one to a number in three steps: fetch, add, store.

    @safe: they do it in one.  Returns the points, as the kernel prints them, and the sum.
    """
    total, held, step, path = 0, [0, 0], [0, 0], []
    now = int(order[0])
    while min(step) < 3:
        if step[now] == 3:
            now = 1 - now
        if step[1 - now] < 3:
            path.append(f"{now}{2 >> now:x}x1")
            if len(path) - 1 in switches:
                now = switches[len(path) - 1]
        if step[now] == (2 if safe else 0):
            held[now] = total
        step[now] += 1
        if step[now] == 3:
            total = held[now] + 1
    return path, total


def explored(name: str, args: dict[str, str]) -> str:
    """One schedule of a program, or the parent of many."""
    program = args.get("mm_kunit.explore_program", "")
    if program == "none:read+read":
        say(f"    # {name}: there is no such thing today")
        return "not ok"
    say("explore: serial 3: sum 2")
    if args.get("mm_kunit.explore_serve") == "1" and SNAPSHOT:
        args = {**args, **serve_more(args)}
    at = [word.split(":") for word in args["mm_kunit.explore_at"].split(",") if word]
    switches = {int(point): int(task) for point, task in at}
    path, total = race(program != "mapped:write+write", args["mm_kunit.explore_order"], switches)
    if "munmap" in program and switches:
        die(signal.SIGKILL if once("killed") else signal.SIGABRT)
    say("explore: path " + " ".join(path))
    say(f"explore: points {len(path)} switches {len(at)}")
    if args.get("mm_kunit.explore_trace") == "1":
        for number, point in enumerate(path):
            say(f"explore: point {number} task {point[0]} to {switches.get(number, -1)} "
                "takes '&mm->mmap_lock' add+0x12/0x40 main+0x1/0x2")
    done = 1 if "migrate" in program and (switches or "fork" in program) else 3
    say(f"explore: end {done}: sum {total}")
    if total == 2:
        return "ok"
    say(f"    # {name}: EXPECTATION FAILED at mm/kunit/explore/explore_kunit.c:1")
    say(f"schedule 1: no serial order ends with sum {total}")
    return "not ok"


def serve_more(args: dict[str, str]) -> dict[str, str]:
    """In a child: serve, until we are a child of that one; what it is to do."""
    requests, answers, cpu, _huge = (int(word) for word in SNAPSHOT.split(","))
    answer(answers, "ready")
    text = b""
    while True:
        while b"\n" not in text:
            text += os.read(requests, 4096) or os._exit(0)
        raw, text = text.split(b"\n", 1)
        if raw == b"leave":
            os._exit(0)
        pid = os.fork()
        if pid == 0:
            limits(cpu)
            return words(raw.decode().split())
        answer(answers, f"child {pid}")
        _, status, usage = os.wait4(pid, 0)
        answer(answers, f"done {pid} {status} {int(usage.ru_utime * 1e6) + 1}")


def suites(args: dict[str, str]) -> dict[str, list[str]]:
    """What the filter lets through."""
    found = json.loads((HERE / "suites.json").read_text(encoding="ascii"))
    suite_glob, _, case_glob = args.get("kunit.filter_glob", "*").partition(".")
    chosen = {suite: [case for case in cases if fnmatch.fnmatchcase(case, case_glob or "*")]
              for suite, cases in found.items() if fnmatch.fnmatchcase(suite, suite_glob)}
    return {suite: cases for suite, cases in chosen.items() if cases}


def kunit(args: dict[str, str]) -> None:
    """Run the suites, or list them."""
    chosen = suites(args)
    say("KTAP version 1")
    if args.get("kunit.action") == "list":
        for suite, cases in chosen.items():
            say(suite)
            for case in cases:
                say(f"{suite}.{case}")
        return
    say(f"1..{len(chosen)}")
    for number, (suite, cases) in enumerate(chosen.items(), 1):
        say(f"    KTAP version 1\n    # Subtest: {suite}\n    1..{len(cases)}")
        for place, case in enumerate(cases, 1):
            _case(suite, place, case, args)
        say(f"ok {number} {suite}")


def limits(cpu: int) -> None:
    """What a child sets up for itself."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)     # PR_SET_PDEATHSIG
    os.setsid()
    if cpu:
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))


def answer(file: int, text: str) -> None:
    """Tell the client."""
    os.write(file, text.encode() + b"\n")


def serve(args: dict[str, str]) -> None:
    """Fork a child for each request."""
    requests, answers, cpu, _huge = (int(word) for word in SNAPSHOT.split(","))
    answer(answers, "ready")
    with open(requests, encoding="ascii") as file:
        for line in file:
            if "dies-between" in TRAITS and once("dies-between"):
                die(signal.SIGKILL)
            if "nonsense" in TRAITS:
                answer(answers, "what?")
            if "cannot-fork" in TRAITS:
                answer(answers, "done -11 256 0")
                continue
            # As the kernel does: its console has been written when "done" comes.
            pid = os.fork()
            if pid == 0:
                serves = line.startswith("serve ")
                limits(0 if serves else cpu)
                if line.strip() != "exit":
                    kunit({**args, **words(line.removeprefix("serve ").split())})
                if "counts" in TRAITS:
                    counters()
                os._exit(0)
            answer(answers, f"child {pid}")
            _, status, usage = os.wait4(pid, 0)
            usec = int((usage.ru_utime + usage.ru_stime) * 1e6)
            answer(answers, f"done {pid} {status} {usec}")


def counters() -> None:
    """Leave counters, as libgcov does."""
    folder = Path(os.environ["GCOV_PREFIX"]) / "mm"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "migrate.gcda").write_text("counters", encoding="ascii")


def words(line: list[str]) -> dict[str, str]:
    """A command line."""
    return {word.partition("=")[0]: word.partition("=")[2] for word in line}


def main() -> None:
    """Boot."""
    global SNAPSHOT
    args = words(sys.argv[1:])
    say("Linux version 6.12.117 (pretended)")
    if "warns-while-booting" in TRAITS:
        say("WARNING: CPU: 0 PID: 1 at mm/boot.c:26 foo+0x29/0x30")
    if "does-not-boot" in TRAITS:
        sys.exit("no memory")
    if "no-snapshot" not in TRAITS:
        SNAPSHOT = args.get("snapshot", "")
    if SNAPSHOT and "no-huge-pages" in TRAITS and not SNAPSHOT.endswith(",0"):
        sys.exit("no huge pages")
    if SNAPSHOT:
        serve(args)
        sys.exit()
    kunit(args)
    if "silent-end" not in TRAITS:
        say("reboot: System halted")
    if "bad-end" in TRAITS:
        die(signal.SIGABRT)


if __name__ == "__main__":
    main()
