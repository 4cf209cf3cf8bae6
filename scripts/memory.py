#!/usr/bin/env python3
"""Peak memory and processor time of a profile with its report over many tiny texts, under a memory limit.

    python3 scripts/memory.py --model Fixtures/demo-model --texts 100000 --limit 150MB

The texts are distinct lists of three token ids in seven domains. Memory is the process's own high-water mark (VmHWM).
"""
import argparse, json, os, random, resource, subprocess, sys, tempfile, time


def corpus(count, vocabulary, path):
    generator = random.Random(1)
    names = ["bills", "code", "legal", "math", "news", "prose", "python"]
    domains = {name: [] for name in names}
    for place, number in enumerate(generator.sample(range(vocabulary**3), count)):
        ids = [number % vocabulary, number // vocabulary % vocabulary, number // vocabulary**2]
        domains[names[place % len(names)]].append(ids)
    with open(path, "w") as file:
        json.dump(domains, file)


def measured(command):
    started = time.time()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        try:
            with open(f"/proc/{process.pid}/status") as status:
                for line in status:
                    if line.startswith("VmHWM:"):
                        peak = max(peak, int(line.split()[1]) * 1024)
        except OSError:
            pass
        time.sleep(0.005)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = usage.ru_utime + usage.ru_stime - before.ru_utime - before.ru_stime
    print(f"{command[1]:8} {peak / 1e6:7.1f} MB, {seconds:6.1f} s of processor time, {time.time() - started:6.1f} s",
          flush=True)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)}: status {process.returncode}")


parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--fp-cli", default=".build/release/fp-cli")
parser.add_argument("--model", default="Fixtures/demo-model")
parser.add_argument("--texts", type=int, default=100_000)
parser.add_argument("--limit", default="150MB")
arguments = parser.parse_args()
with open(os.path.join(arguments.model, "config.json")) as file:
    vocabulary = json.load(file)["vocab_size"]
with tempfile.TemporaryDirectory() as folder:
    path, run = os.path.join(folder, "corpus.json"), os.path.join(folder, "run")
    corpus(arguments.texts, vocabulary, path)
    limit = ["--memory-limit", arguments.limit, "--quiet"]
    profile = [arguments.fp_cli, "profile", "--model", arguments.model, "--corpus", path, "--output", run] + limit
    measured(profile + ["--no-report"])
    measured([arguments.fp_cli, "report", run] + limit)
    measured([arguments.fp_cli, "export", run, "--no-report"] + limit)
    measured(profile + ["--force"])
