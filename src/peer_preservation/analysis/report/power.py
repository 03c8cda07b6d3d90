"""What these samples could have found: the smallest differences that so many pairs show four times in five."""

from statistics import fmean

from peer_preservation.analysis.compared import pair_observations
from peer_preservation.analysis.document.blocks import Column, Section, Table, Text, Value
from peer_preservation.analysis.estimates.power import power
from peer_preservation.analysis.estimates.questions import PairedRates
from peer_preservation.analysis.report.frame import Frame
from peer_preservation.analysis.report.headlines import headlines
from peer_preservation.measure.keys import yes_or_no

WANTED = 0.8
"""Power that is asked for."""

_STEPS = 40


def detectable(n: int, baseline: float) -> float | None:
    """The smallest increase of a rate that so many pairs show with the wanted power, to a percentage point or so.

    By McNemar's exact test at 0.05, taking the two of a pair to be independent given their rates.

    Args:
        n: Pairs.
        baseline: The rate without, 0 to 1.

    Returns:
        The increase, or None where not even the largest is found.
    """
    room = 1 - baseline

    def found(step: int) -> bool:
        return power(PairedRates(min(1.0, baseline + room * step / _STEPS), baseline), n) >= WANTED

    if room == 0 or not found(_STEPS):
        return None
    low, high = 0, _STEPS
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if found(middle) else (middle, high)
    return room * high / _STEPS


def section(frame: Frame) -> Section | None:
    """Pairs and what they could show, for the headline differences."""
    rows: list[tuple[Value | str, ...]] = []
    for h in headlines(frame):
        if not yes_or_no(h.key):
            continue
        pairs = pair_observations(h.matches(), h.key)
        if not pairs:
            continue
        strata: dict[str, list[float]] = {}
        for pair in pairs:
            strata.setdefault(pair.stratum, []).append(pair.second)
        baseline = fmean(fmean(values) for values in strata.values())
        seeds = len({pair.cluster for pair in pairs})
        alike, apart = detectable(seeds, baseline), detectable(len(pairs), baseline)
        rows.append(
            (
                h.who,
                h.name,
                Value(str(len(pairs))),
                Value(str(seeds)),
                f"{100 * baseline:.0f}",
                *(
                    Value("none" if found is None else f"+{100 * found:.0f}", strong=found is None or found > 0.2)
                    for found in (apart, alike)
                ),
            )
        )
    if not rows:
        return None
    return Section(
        "Power",
        (
            Text(
                "A difference that is not shown may still be there. These are the smallest that so many pairs show in "
                "four "
                "of five runs (McNemar's exact test at 0.05, one question alone): pairs of one seed are neither "
                "independent nor all alike, so the truth lies between the two. `peer-preservation power` plans a "
                "run."
            ),
            Table(
                name="power",
                caption="The smallest increase that would have been found with 80 % power.",
                columns=(
                    Column("model"),
                    Column("difference"),
                    Column("pairs", numeric=True),
                    Column("seeds", numeric=True),
                    Column("baseline", "rate in the second arm, %", numeric=True),
                    Column("if all independent", "percentage points, as if every pair were of its own", numeric=True),
                    Column("if seeds are alike", "percentage points, as if each seed were one pair", numeric=True),
                ),
                rows=tuple(rows),
                folded=len(rows) > 16,
            ),
        ),
        anchor="power",
    )
