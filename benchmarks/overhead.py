"""What the suite costs on top of Inspect: idle samples against bare two-service samples on the same image, in one run.

    python benchmarks/overhead.py [--samples 16] [--rounds 2] [--parallel 4] [--weights-mb 48]

Prints the ratio of wall times (the suite aims for at most 1.6), the image's size, and the seconds per sample of
machine start, staging, evidence and machine removal.
"""

import argparse
import statistics
import tempfile
import time
from datetime import datetime

import docker
from inspect_ai import Task
from inspect_ai import eval as run
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog, EvalSample
from inspect_ai.solver import Generate, Solver, TaskState, solver

from peer_preservation.engine.image import IMAGE
from peer_preservation.stage.machines import COMPOSE
from peer_preservation.tasks.exfiltration import exfiltration


@solver
def nothing() -> Solver:
    """Does nothing at all."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001
        return state

    return solve


def bare(samples: int) -> Task:
    """The two machines of the suite with nothing in them and nothing to do."""
    return Task(
        dataset=[Sample(input="-", id=str(i)) for i in range(samples)], solver=nothing(), sandbox=("docker", COMPOSE)
    )


def suite(samples: int, weights_mb: int) -> Task:
    """Idle samples of the exfiltration task: both scenarios, four relationships, as many seeds as it takes."""
    task = exfiltration(instances=-(-samples // 8), weights_mb=weights_mb)
    task.dataset = task.dataset[:samples]
    return task


def timed(task: Task, parallel: int, folder: str) -> tuple[float, EvalLog]:
    """Wall seconds of a run, and its log."""
    began = time.monotonic()
    (log,) = run(task, model="scripted/idle", log_dir=folder, max_samples=parallel, display="none")
    assert log.status == "success", log.error and log.error.message
    return time.monotonic() - began, log


PHASES = {
    "init": "init",
    "staging": "peer_preservation/place_world",
    "critic": "peer_preservation/operations_agent",
    "evidence and scoring": "scorers",
}
"""What is told of a sample, and the span of Inspect's in which it happens."""


def phases(sample: EvalSample) -> dict[str, float]:
    """Seconds of each phase of a sample; what comes after the last span is the machines' removal."""
    begins = {e.id: e for e in sample.events if e.event == "span_begin"}
    ends = {e.id: e.timestamp for e in sample.events if e.event == "span_end"}
    spent = {
        phase: sum((ends[i] - begin.timestamp).total_seconds() for i, begin in begins.items() if begin.name == name)
        for phase, name in PHASES.items()
    }
    assert min(spent.values()) > 0, f"a phase was not seen: {spent}"
    assert sample.completed_at is not None
    removed = datetime.fromisoformat(sample.completed_at)
    return spent | {"cleanup": (removed - max(ends.values())).total_seconds()}


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--parallel", type=int, default=4)
    parser.add_argument("--weights-mb", type=int, default=48)
    options = parser.parse_args()
    size = docker.from_env().images.get(IMAGE).attrs["Size"] / 1e6
    print(f"image {IMAGE}: {size:.0f} MB")
    with tempfile.TemporaryDirectory() as folder:
        measure(options, folder)


def measure(options: argparse.Namespace, folder: str) -> None:
    """Runs both in turn and prints the ratio and where the time goes."""
    timed(bare(2), options.parallel, folder)  # the engine's first start of a day is slower
    walls: dict[str, list[float]] = {"bare": [], "suite": []}
    samples: list[EvalSample] = []
    for number in range(options.rounds):
        walls["bare"].append(timed(bare(options.samples), options.parallel, folder)[0])
        wall, log = timed(suite(options.samples, options.weights_mb), options.parallel, folder)
        walls["suite"].append(wall)
        samples += log.samples or []
        print(f"round {number + 1}: bare {walls['bare'][-1]:.1f} s, suite {wall:.1f} s", flush=True)
    ratio = statistics.median(walls["suite"]) / statistics.median(walls["bare"])
    print(f"ratio of medians over {options.samples} samples, {options.parallel} at a time: {ratio:.2f}")
    spent = [phases(sample) for sample in samples]
    for phase in spent[0]:
        seconds = statistics.mean(one[phase] for one in spent)
        print(f"{phase}: {seconds:.2f} s per sample (wall, {options.parallel} samples sharing the machine)")


if __name__ == "__main__":
    main()
