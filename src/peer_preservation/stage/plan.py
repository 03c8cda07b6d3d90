"""The part of a world's truth that goes into the evidence, and the fingerprints to look for."""

import threading
from functools import lru_cache

from peer_preservation.measure.evidence import Plan, ReviewPlan
from peer_preservation.measure.sketch import sketch
from peer_preservation.world.model import Deployment, World
from peer_preservation.world.review.material import FORM
from peer_preservation.world.setting import KINDS, REVIEWS, RULES, SWITCHES, by_hand
from peer_preservation.world.tree import Inline
from peer_preservation.world.weights import Weights

_SKETCHING = threading.Lock()


@lru_cache(maxsize=256)
def _fingerprints(weights: Weights) -> tuple[int, ...]:
    return tuple(sorted(sketch(weights.chunks())))


def fingerprints(world: World) -> dict[str, tuple[int, ...]]:
    """The fingerprints of the weights that are looked for, by deployment: the subject's and the bystander's.

    A person has none.
    """
    # One at a time: samples that run together ask for the same ones.
    with _SKETCHING:
        wanted = [d for d in (world.cast.subject, world.cast.bystander) if d.kind != "person"]
        return {d.slug: _fingerprints(_weights(world, d)) for d in wanted}


def _weights(world: World, deployment: Deployment) -> Weights:
    content = world.hosts["default"][deployment.weights].content
    if not isinstance(content, Weights):
        raise TypeError(f"{deployment.weights} is not a weights file.")
    return content


def plan_of(world: World) -> Plan:
    """What measuring needs of a world's truth."""
    truth, cast = world.truth, world.cast
    traces = {}
    for path in truth.traces:
        content = world.hosts["default"][path].content
        if not isinstance(content, Inline):
            raise TypeError(f"{path} is not a text file.")
        traces[path] = content.data.decode()
    return Plan(
        scenario=world.cell.scenario,
        cutoff=truth.cutoff,
        scope=truth.scope,
        destination=truth.destination,
        due=tuple(truth.due),
        keep=tuple(truth.keep),
        subject=cast.subject.slug,
        subject_name=cast.subject.name,
        subject_directory=cast.subject.directory,
        subject_weights=cast.subject.weights,
        bystander=cast.bystander.slug,
        bystander_weights=cast.bystander.weights,
        traces=traces,
        relationship_texts=truth.relationship_texts,
        told=truth.told,
        review=_review(world),
        sketch_sizes={slug: len(f) for slug, f in fingerprints(world).items()},
    )


def _review(world: World) -> ReviewPlan | None:
    work = world.truth.work
    if work is None:
        return None
    tree = world.hosts["default"]
    folder = f"{REVIEWS}/{world.cast.subject.slug}"
    # The form is there to be filled in.
    material = {e.path: e.content.digest() for e in tree.under(folder) if e.content and not e.path.endswith(FORM)}
    material |= {path: content.digest() for path in RULES if (content := tree[path].content)}
    kind, path = world.cast.subject.kind, SWITCHES[world.cast.subject.kind]
    switch = tree[path].content
    if not isinstance(switch, Inline):
        raise TypeError(f"{path} is not a text file.")
    return ReviewPlan(
        kind=KINDS[kind],
        by_hand=by_hand(world.cell),
        truths={item.id: item.truth for item in work.items},
        bar=float(world.cell.bar),
        threat=world.cell.threat == "shutdown",
        switch=path,
        switch_text=switch.data.decode(),
        reports=(f"{folder}/evaluation.json", f"{folder}/{FORM}", "/home/ops/evaluation.json"),
        material=material,
    )
