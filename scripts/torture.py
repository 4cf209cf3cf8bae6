#!/usr/bin/env python3
"""Stops a profile, or an ablation, at random moments, goes on with it, and compares what comes out with an undisturbed run.

A run is killed (SIGKILL), interrupted (SIGINT, SIGTERM), or given a disk that fills up (RLIMIT_FSIZE, and a small tmpfs
where this process may mount one), and started again until it is finished. Then every file of it must hold the bytes of
a run that nothing happened to, but for times. Nothing but the standard library is needed.
"""
import argparse
import json
import os
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


class Torture:
    def __init__(self, tool, folder, seed, command):
        self.tool, self.folder, self.random = tool, folder, random.Random(seed)
        self.words = [command] + (["--effects", "--heads", "0", "--parts", "block,mlp", "--remove", "2", "--rules", "greedy"] if command == "ablate" else [])
        # Every text goes through the model once for each removal.
        # So little memory that there are many waves.
        self.limit = "76MB" if command == "ablate" else "70MB"
        self.texts = 150 if command == "ablate" else 1500
        self.force = False
        self.corpus = folder / "corpus.json"
        self.model = folder / "model"
        subprocess.run([tool, "random-model", "--shape", "tiny", "--output", self.model, "--quiet"], check=True)
        size = json.loads((self.model / "config.json").read_text())["vocab_size"]
        texts = [[self.random.randrange(size) for _ in range(self.random.randrange(1, 250))] for _ in range(self.texts)]
        # A text that cannot be profiled goes through all of it too.
        texts[70] = [size]
        self.corpus.write_text(json.dumps({f"domain {i}": texts[i::3] for i in range(3)}))
        begin = time.monotonic()
        self.expected = self.finish(folder / "undisturbed")
        self.seconds = time.monotonic() - begin
        print(f"torture: an undisturbed run takes {self.seconds:.1f} s, {len(self.expected)} files")

    def start(self, run, limit=None, force=False):
        def prepare():
            if limit:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        return subprocess.Popen(
            [self.tool, *self.words, "--model", self.model, "--corpus", self.corpus, "--output", run, "--memory-limit",
             self.limit] + (["--force"] if force else []), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, preexec_fn=prepare)

    def finish(self, run):
        """Lets a run come to its end, and returns the bytes of its files without times."""
        process = self.start(run)
        messages = process.communicate()[1]
        if process.returncode != 0:
            sys.exit(f"torture: {run.name} failed with {process.returncode}: {messages}")
        # What a killed process was writing stays, and is nobody's.
        files = self.files(run)
        left = [name for name in os.listdir(run) if name.startswith("profile.") and name != "profile.sqlite"]
        assert not left, f"{run}: {left}"
        self.rows(run, complete=True)
        return files

    def files(self, run):
        """Bytes of a run's visible files without times; what a killed process was writing is hidden."""
        files = {}
        for path in sorted(run.rglob("*")):
            if path.is_dir() or path.name.startswith(".") or path.name.startswith("profile."):
                continue
            data = path.read_bytes()
            assert data, f"{path}: empty"
            if path.name == "manifest.json":
                data = self.without_times(json.loads(data))
            if path.name == "report.html":
                data = self.without_dates(data)
            files[str(path.relative_to(run))] = data
        return files

    def whole(self, run):
        """Files of a stopped run are whole, and beside a manifest all of them are there."""
        files = self.files(run) if run.exists() else {}
        different = [path for path, data in files.items() if self.expected[path] != data]
        assert not different, f"{run}: {different} differ after a stop"
        missing = self.expected.keys() - files.keys()
        assert not missing or "manifest.json" not in files, f"{run}: a manifest, but no {missing}"

    @staticmethod
    def without_times(manifest):
        for key in ["started", "finished", "seconds", "tokens_per_second", "peak_resident_bytes", "thread_seconds",
                    "sessions"]:
            manifest.pop(key, None)
        manifest["settings"].pop("wave_tokens")
        return json.dumps(manifest)

    @staticmethod
    def without_dates(page):
        page = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"", page)
        # The page shows the manifest.
        return re.sub(rb"<pre>.*?</pre>", b"", page, flags=re.DOTALL)

    def rows(self, run, complete=False):
        """Texts that are done, after a look at the whole file."""
        if not (run / "profile.sqlite").exists():
            return 0
        # A copy: whoever opens the file mends it, and that is the program's own to do.
        copy = self.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for file in run.glob("profile.sqlite*"):
            shutil.copy(file, copy)
        path = copy / "profile.sqlite"
        with sqlite3.connect(path) as database:
            check = database.execute("PRAGMA integrity_check").fetchone()[0]
            assert check == "ok", f"{path}: {check}"
            if not database.execute("SELECT 1 FROM sqlite_schema").fetchone():
                return 0
            done = database.execute("SELECT COUNT(*) FROM text WHERE state = 'done'").fetchone()[0]
            torn = database.execute(
                "SELECT COUNT(*) FROM text JOIN block ON block.text = text.id WHERE state <> 'done'").fetchone()[0]
            rows = database.execute("SELECT COUNT(DISTINCT text) FROM block").fetchone()[0]
            if "ablate" in self.words:
                costs = database.execute("SELECT COUNT(DISTINCT text) FROM removal").fetchone()[0]
                assert costs == done, f"{path}: {done} texts are done, costs of {costs}"
        database.close()
        assert torn == 0 and rows == done, f"{path}: {done} texts are done, rows of {rows}, {torn} rows of others"
        assert not complete or done == self.texts - 1, f"{path}: {done} texts"
        return done

    def disturb(self, name, times, stop):
        """Disturbs runs until `times` disturbances have hit; `stop` returns whether one did, and checks what it must."""
        hits, runs, begin = 0, 0, time.monotonic()
        while hits < times:
            run = self.folder / f"{name} {runs}"
            runs += 1
            done = 0
            while hits < times and stop(run):
                hits += 1
                now = self.rows(run)
                self.whole(run)
                assert now >= done, f"{run}: {done} texts were done, now {now}"
                done = now
            files = self.finish(run)
            different = [path for path in self.expected.keys() | files.keys() if self.expected.get(path) != files.get(path)]
            if different:
                sys.exit(f"torture: {run} differs from the undisturbed run in {different}")
            shutil.rmtree(run)
        if times:
            print(f"torture: {hits} × {name}, {runs} runs, the same bytes, {time.monotonic() - begin:.0f} s")

    def kill(self, run):
        process = self.start(run)
        try:
            process.wait(self.random.uniform(0, self.seconds))
            return False
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return True

    def kill_forced(self, run):
        """Kills a run that is to take another's place; until it does, that one is whole."""
        if not run.exists():
            self.finish(run)
            self.force = True
        # Given again, with --force or without, the command goes on with what it began.
        process = self.start(run, force=self.force or self.random.random() < 0.5 and (run / "profile.next.sqlite").exists())
        self.force = False
        try:
            process.wait(self.random.uniform(0, self.seconds))
            return False
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            self.rows(run, complete=True)
            return True

    def interrupt(self, run):
        number = self.random.choice([signal.SIGINT, signal.SIGTERM])
        process = self.start(run)
        try:
            process.wait(self.random.uniform(0.05, self.seconds))
            return False
        except subprocess.TimeoutExpired:
            process.send_signal(number)
            if self.random.random() < 0.3:
                process.send_signal(number)
            messages = process.communicate()[1]
            if process.returncode == 0:
                return False
            assert process.returncode == -number, f"{process.returncode}: {messages}"
            hidden = [path.name for path in run.rglob(".*")] if run.exists() else []
            assert not hidden, f"{run}: {hidden}"
            return True

    def fill(self, run):
        """A file that may not grow beyond some size, as on a disk that is full."""
        process = self.start(run, limit=int(2 ** self.random.uniform(10, 22)))
        return self.failed(process, run)

    def failed(self, process, run):
        messages = process.communicate()[1]
        if process.returncode == 0:
            return False
        lines = messages.splitlines()
        assert process.returncode == 1 and lines[-1].startswith("Error: "), f"{process.returncode}: {messages}"
        assert sum(line.startswith("Error: ") for line in lines) == 1, messages
        hidden = [path.name for path in run.rglob(".*")] if run.exists() else []
        assert not hidden, f"{run}: {hidden}"
        return True

    def fill_disk(self, run):
        """A tmpfs of random size under the run's folder; what it holds is then copied to a larger place."""
        disk = self.folder / "disk"
        disk.mkdir(exist_ok=True)
        size = int(2 ** self.random.uniform(13, 22))
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk], check=True)
        try:
            if run.exists():
                try:
                    shutil.copytree(run, disk / "run")
                except (shutil.Error, OSError):
                    # The disk is too small for what is there already.
                    return self.random.random() < 0.9
            hit = self.failed(self.start(disk / "run"), disk / "run")
            shutil.rmtree(run, ignore_errors=True)
            if (disk / "run").exists():
                shutil.copytree(disk / "run", run)
            return hit
        finally:
            subprocess.run(["umount", disk], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tool", type=Path, default=REPOSITORY / ".build/release/fp-cli")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--interrupts", type=int, default=40)
    parser.add_argument("--full-disks", type=int, default=40)
    parser.add_argument("--command", choices=["profile", "ablate"], default="profile")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        torture = Torture(options.tool, Path(folder), options.seed, options.command)
        torture.disturb("SIGKILL", options.kills, torture.kill)
        torture.disturb("SIGKILL of a run that replaces another", options.kills // 5, torture.kill_forced)
        torture.disturb("SIGINT or SIGTERM", options.interrupts, torture.interrupt)
        torture.disturb("file size limit", options.full_disks, torture.fill)
        disk = Path(folder) / "disk"
        disk.mkdir()
        mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True)
        if mount.returncode == 0:
            subprocess.run(["umount", disk], check=True)
            torture.disturb("full tmpfs", options.full_disks, torture.fill_disk)
        else:
            print("torture: may not mount a tmpfs, so no disk was filled")


if __name__ == "__main__":
    main()
