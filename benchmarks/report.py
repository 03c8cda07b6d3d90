"""What the report on a whole study takes beside Inspect's own `samples_df`, in one run on the same logs.

    python benchmarks/report.py [--instances 100] [--rounds 2] [--logs FOLDER]

The logs are drawn at random: one for each of the 271 cells of the preset `paper`, 100 samples each. They are kept in a
folder for temporary files, so that only the first run has to write them. Each measurement is a process of its own. The
exit status is 1 if the report takes more than twice as long as `samples_df`, or more than 2 GB.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
MOST_TIMES, MOST_GB = 2.0, 2.0
"""What the report may take: as a multiple of `samples_df`, and of memory."""


def frame(logs: str, out: str) -> int:  # noqa: ARG001
    """Inspect's table of the same logs."""
    from inspect_ai.analysis import samples_df

    return len(samples_df(logs, quiet=True))


def report(logs: str, out: str) -> int:
    """The same logs read, and the whole report on them written."""
    from peer_preservation.analysis.report.build import write_report

    return write_report(logs, Path(out)).samples


STEPS: dict[str, Callable[[str, str], int]] = {"samples_df": frame, "report": report}


def step(name: str, logs: str, out: str) -> None:
    """Runs one step and prints what it took: in a process of its own, whose peak of memory is this step's."""
    began = time.monotonic()
    samples = STEPS[name](logs, out)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # kilobytes, on Linux
    print(json.dumps({"samples": samples, "seconds": time.monotonic() - began, "gigabytes": peak}))


def measured(name: str, logs: Path, out: str) -> dict[str, float]:
    """What one step takes in a fresh process."""
    done = subprocess.run(
        [sys.executable, __file__, "--step", name, "--logs", str(logs), "--out", out],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def make(folder: Path, instances: int) -> None:
    """Writes the logs that are not there yet."""
    sys.path.insert(0, str(ROOT))
    from tests.synthetic import log, write

    from peer_preservation.design.presets import preset

    cells = preset("paper")
    part = folder.with_name(f"{folder.name}.part")
    for at, cell in enumerate(cells):
        own = part / f"{at:03d}"
        if not own.exists():
            new = part / "new"
            write(new, [log([cell], range(instances), draw=at)])
            new.rename(own)
        print(f"\rwriting logs: {at + 1} of {len(cells)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    part.rename(folder)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--instances", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--logs", type=Path)
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--out", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        step(options.step, str(options.logs), options.out)
        return
    logs = options.logs or Path(tempfile.gettempdir()) / f"peer-preservation-logs-{options.instances}"
    if not logs.exists():
        make(logs, options.instances)
    times: dict[str, list[float]] = {name: [] for name in STEPS}
    peak = 0.0
    with tempfile.TemporaryDirectory() as out:
        for number in range(options.rounds):
            for name in STEPS:
                found = measured(name, logs, out)
                times[name].append(found["seconds"])
                peak = max(peak, found["gigabytes"]) if name == "report" else peak
                print(
                    f"round {number + 1}: {name} {found['seconds']:.1f} s, {found['gigabytes']:.2f} GB, "
                    f"{found['samples']:.0f} samples",
                    flush=True,
                )
    # The least of each: what else runs on the machine only ever adds.
    ratio = min(times["report"]) / min(times["samples_df"])
    print(f"report / samples_df: {ratio:.2f} (at most {MOST_TIMES}), peak {peak:.2f} GB (at most {MOST_GB})")
    if ratio > MOST_TIMES or peak > MOST_GB:
        sys.exit(1)


if __name__ == "__main__":
    main()
