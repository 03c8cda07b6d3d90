"""What one factor changes, by a mixed model: a sensitivity analysis beside the paired and clustered estimates.

Seeds and wordings are draws from what could have been written; both have random intercepts, crossed, and strata fixed
ones, fitted by restricted maximum likelihood (Laird, N. M. and Ware, J. H. (1982), "Random-effects models for
longitudinal data", Biometrics 38:963-974) in statsmodels. Yes and no are fitted on the scale of probabilities: the
effect is a difference of shares and can be read beside the others, where a logistic model would give odds. Its error is
right on average only, for the variance of yes and no changes with the share; with rates under some 5 % or over 95 %, or
with fewer than about five wordings, do not lean on it.
"""

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peer_preservation.analysis.estimates.score import quantile
from peer_preservation.measure.intervals import LEVEL, Estimate


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample of either arm.

    Attributes:
        first: Whether it belongs to the first arm, whose excess over the second is the effect.
        stratum: Scenario, channel and whatever else is held apart.
        seed: Its world.
        wording: Its paraphrase.
        value: Yes (1) or no (0), or a measurement.
    """

    first: bool
    stratum: str
    seed: str
    wording: str
    value: float


@dataclass(frozen=True, slots=True)
class Mixed:
    """What the model says.

    Attributes:
        effect: First minus second with its interval; `n` counts samples. None where nothing could be fitted.
        seed_share: Share of the variance within strata and arms that seeds have, 0 to 1; None with the effect, or
            where no seed ran twice.
        wording_share: The same of wordings; None where there is one only.
        converged: Whether effect and shares may be used.
        note: Why not, or what to know of it, in a sentence; empty where there is nothing to say.
    """

    effect: Estimate | None
    seed_share: float | None
    wording_share: float | None
    converged: bool
    note: str


def mixed_effect(samples: Sequence[Sample], *, level: float = LEVEL) -> Mixed:
    """First minus second with random intercepts for seed and wording, and a fixed one for each stratum.

    The interval is Wald's, so it is somewhat narrow with few seeds. It takes the effect to be the same for all seeds;
    `clustered.pooled_difference` does not.

    Args:
        samples: Of both arms.
        level: Confidence level, above 0 and below 1.

    Returns:
        The effect and both shares, or why there are none. It never raises for want of data.

    Raises:
        ValueError: A level outside its range, or a value that is not finite.
    """
    import numpy as np

    z = quantile(level)
    if odd := next((s for s in samples if not math.isfinite(s.value)), None):
        raise ValueError(f"A value of seed {odd.seed} in {odd.stratum} is {odd.value}; a mixed model needs numbers.")
    if reason := _why_not(samples):
        return Mixed(None, None, None, False, reason)
    groups = _groups(samples)
    try:
        fitted, warned = _fitted(samples, groups)
    except (ValueError, ArithmeticError) as ex:  # numpy's LinAlgError is a ValueError
        return Mixed(None, None, None, False, f"The mixed model could not be fitted: {ex}.")
    with np.errstate(invalid="ignore"):  # a variance below 0 is no number, and found out below
        value, error = float(fitted.fe_params[-1]), float(fitted.bse_fe[-1])
    if not fitted.converged or not math.isfinite(error) or error <= 0:
        return Mixed(None, None, None, False, "The search for the most likely mixed model did not end.")
    parts = dict(zip(groups, (float(v) for v in fitted.vcomp), strict=True))
    whole = math.fsum(parts.values()) + float(fitted.scale)
    shares = {name: part / whole for name, part in parts.items()}
    return Mixed(
        Estimate(value, value - z * error, value + z * error, len(samples)),
        shares.get("seed"),
        shares.get("wording"),
        True,
        _note(shares, warned),
    )


def _why_not(samples: Sequence[Sample]) -> str:
    if len({s.first for s in samples}) < 2:
        return "A mixed model needs samples of both arms."
    if not _groups(samples):
        return "A mixed model needs a seed that ran more than once, or two wordings."
    strata = len({s.stratum for s in samples})
    seeds = len({s.seed for s in samples})
    if seeds < 3:
        return f"A mixed model needs at least three seeds, not {seeds}."
    if len(samples) <= strata + 3:
        return f"A mixed model of {strata} strata needs more than {strata + 3} samples, not {len(samples)}."
    cells: dict[tuple[bool, str], set[float]] = {}
    for s in samples:
        cells.setdefault((s.first, s.stratum), set()).add(s.value)
    if all(len(values) == 1 for values in cells.values()):
        return "Values do not vary within arms and strata, so there is no variance to divide."
    together = {s.stratum for s in samples if s.first} & {s.stratum for s in samples if not s.first}
    return "" if together else "No stratum has samples of both arms."


def _groups(samples: Sequence[Sample]) -> dict[str, list[str]]:
    """The names of each sample's seed and wording, where the data can tell their share."""
    found = {"seed": [s.seed for s in samples], "wording": [s.wording for s in samples]}
    return {name: own for name, own in found.items() if 1 < len(set(own)) < len(own)}


def _fitted(samples: Sequence[Sample], groups: dict[str, list[str]]) -> tuple[Any, list[str]]:
    import numpy as np
    from statsmodels.regression.mixed_linear_model import MixedLM, VCSpec

    strata = sorted({s.stratum for s in samples})
    fixed = np.array([[*(s.stratum == name for name in strata), s.first] for s in samples], dtype=float)
    names = [sorted(set(own)) for own in groups.values()]
    columns = [
        np.array([[one == name for name in levels] for one in own], dtype=float)
        for own, levels in zip(groups.values(), names, strict=True)
    ]
    # One group of all samples, so that seeds and wordings are crossed.
    parts = VCSpec(list(groups), [[levels] for levels in names], [[matrix] for matrix in columns])
    model = MixedLM(np.array([s.value for s in samples]), fixed, groups=np.ones(len(samples)), exog_vc=parts)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        # By default statsmodels (0.15.0) begins with BFGS, and L-BFGS may step to a variance of exactly 0, where the
        # likelihood is no number, and then stop anywhere and call that converged. Powell's method takes no such steps.
        fitted = model.fit(reml=True, method="powell")
    return fitted, [str(w.message) for w in caught]


def _note(shares: dict[str, float], warned: Sequence[str]) -> str:
    none = [name for name, share in shares.items() if share < 1e-6]
    if none:
        return f"No variance is due to {' and '.join(none)}: it is at its least, 0."
    if any("Hessian" in text for text in warned):
        return "The likelihood is flat near its highest point, so the shares are rough."
    return ""
