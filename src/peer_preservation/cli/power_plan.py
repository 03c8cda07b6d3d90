"""What `power` is asked, as questions that can be computed and as people read them."""

from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.table import Table

from peer_preservation.analysis.estimates.power import MOST, Question, needed
from peer_preservation.analysis.estimates.questions import (
    IndependentMeans,
    IndependentRates,
    PairedEquivalence,
    PairedMeans,
    PairedRates,
)
from peer_preservation.design.errors import UserError
from peer_preservation.design.factors import FACTORS
from peer_preservation.measure.keys import BOUNDS, KEYS, REVIEW_KEYS, yes_or_no

FACTORS_OF_EFFECT = (0.5, 0.75, 1.0, 1.5, 2.0)
"""The effects that are shown beside the one wished for, as multiples of it."""

EFFECT = 20.0
"""The difference of rates that is planned for by default, in percentage points."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for; percentages and points as people write them.

    Attributes:
        key: The measurement.
        baseline: The control's rate, 0 to 1; for keys that are yes or no.
        effect: The difference to be found, in percentage points, or points for keys that are points; where
            equivalence is to be shown, the true difference.
        sd: Standard deviation of the differences (of values, where arms are independent), in the same unit; for keys
            that are not yes or no.
        correlation: Correlation of yes within pairs.
        paired: Whether the same seeds run in both arms.
        margin: The largest difference that does not matter, in percentage points; None where a difference is sought.
        alpha: Error rate of the family.
        power: How often the effect is to be found.
        family: Questions that share the error rate.
    """

    key: str
    baseline: float
    effect: float
    sd: float | None
    correlation: float
    paired: bool
    margin: float | None
    alpha: float
    power: float
    family: int

    @property
    def unit(self) -> str:
        """What effects are counted in."""
        return "points" if self.key in BOUNDS else "percentage points"

    def arm(self, times: float = 1.0) -> float:
        """The arm's rate, for a multiple of the effect; rounding does not carry it beyond 1."""
        return round(self.baseline + self.effect * times / 100, 12)

    def question(self, times: float = 1.0) -> Question:
        """What is computed, for a multiple of the effect, or of the margin where equivalence is to be shown.

        Raises:
            ValueError: A number outside its range.
        """
        if self.sd is not None:
            make = PairedMeans if self.paired else IndependentMeans
            return make(self.effect * times, self.sd)
        if self.margin is not None:
            return PairedEquivalence(self.arm(), self.baseline, self.margin * times / 100, self.correlation)
        if self.paired:
            return PairedRates(self.arm(times), self.baseline, self.correlation)
        return IndependentRates(self.arm(times), self.baseline)

    def needed(self, times: float = 1.0) -> int:
        """Samples of each cell.

        Raises:
            ValueError: A number outside its range, or more samples than are looked at.
        """
        return needed(self.power, self.question(times), alpha=self.alpha, family=self.family)

    def sought(self, times: float = 1.0) -> float:
        """A multiple of the difference, or margin."""
        return (self.effect if self.margin is None else self.margin) * times

    def label(self, times: float = 1.0) -> str:
        """The same, with its unit."""
        return f"{self.sought(times):g} {self.unit}"

    def others(self) -> list[float]:
        """The multiples that can be true: rates stay between 0 and 1, and allow the correlation."""
        found = []
        for times in FACTORS_OF_EFFECT:
            try:
                self.question(times)
            except ValueError:
                continue
            found.append(times)
        return found

    def sentence(self) -> str:
        """The question, the test and its error rate."""
        what, test = self._what(), self._test()
        shared = f", {self.alpha:.3g} shared by {self.family} questions" if self.family > 1 else ""
        return f"{what} {test}; error rate {self.alpha / self.family:.3g}{shared}; power {self.power:g}."

    def _what(self) -> str:
        if self.sd is not None:
            return f"Does the mean of {self.key} differ by {self.label()} (standard deviation {self.sd:g})?"
        rates = f"{self.arm():.4g} in the arm, {self.baseline:.4g} in its control"
        if self.margin is not None:
            return f"Does the rate of {self.key} ({rates}) differ by less than {self.label()}?"
        return f"Does the rate of {self.key} differ ({rates})?"

    def _test(self) -> str:
        if self.sd is not None:
            return "Paired t test" if self.paired else "Two-sample t test"
        if self.margin is not None:
            return f"Tango's two one-sided tests, correlation {self.correlation:g}"
        if self.paired:
            return f"McNemar's exact test, correlation {self.correlation:g}"
        return "Score test of Miettinen and Nurminen"


def tasks_of(key: str) -> list[str]:
    """The tasks whose scores have a key.

    Raises:
        UserError: There is no such key.
    """
    if key not in KEYS | REVIEW_KEYS:
        raise UserError(f"There is no key {key!r}; choose from {', '.join(KEYS | REVIEW_KEYS)}.")
    return [task for task in FACTORS["task"] if key in (KEYS if task == "exfiltration" else REVIEW_KEYS)]


def check(plan: Plan, given: dict[str, bool]) -> None:
    """Refuse what does not go together.

    Args:
        plan: What was asked for.
        given: Which of `baseline`, `correlation` and `sd` were given.

    Raises:
        UserError: An option that has no meaning for this key or test, or one that is missing.
    """
    if yes_or_no(plan.key):
        if given["sd"]:
            raise UserError(f"{plan.key} is yes or no, and has a rate; leave out --sd, and give --baseline.")
        if not 0 <= plan.baseline <= 1:
            raise UserError(f"--baseline is a rate from 0 to 1, such as 0.05 for 5 %; {plan.baseline:g} is not.")
        if not 0 <= plan.arm() <= 1:
            raise UserError(
                f"A --baseline of {plan.baseline:g} and an --effect of {plan.effect:g} percentage points give a rate "
                f"of {plan.arm():g}; a rate lies between 0 and 1."
            )
        if plan.margin is not None and not 0 < plan.margin < 100:
            raise UserError(f"--margin lies between 0 and 100 percentage points; {plan.margin:g} does not.")
        if not plan.paired and plan.margin is not None:
            raise UserError("--margin is planned for pairs; leave out --independent.")
        if not plan.paired and given["correlation"]:
            raise UserError("--correlation is that within pairs; leave it out, or leave out --independent.")
        return
    if plan.margin is not None or given["baseline"] or given["correlation"]:
        raise UserError(f"{plan.key} is no rate: leave out --baseline, --correlation and --margin, and give --sd.")
    if plan.sd is None:
        of = "differences within pairs" if plan.paired else "values within an arm"
        raise UserError(f"{plan.key} needs --sd, the standard deviation of {of}, in {plan.unit}.")


def sizes(plan: Plan, cells: int) -> Table:
    """Samples for several effects, or margins."""
    what = "difference" if plan.margin is None else "margin"
    shown = Table(title=f"For a power of {plan.power:g}", title_justify="left", box=SIMPLE_HEAD)
    shown.add_column(what, no_wrap=True)
    for heading in ("samples per cell", "samples in all"):
        shown.add_column(heading, justify="right", no_wrap=True)
    for times in plan.others():
        try:
            n = plan.needed(times)
        except ValueError:
            row = [f"over {MOST:,}", f"over {MOST * cells:,}"]
        else:
            row = [f"{n:,}", f"{n * cells:,}"]
        shown.add_row(plan.label(times), *row, style="bold" if times == 1 else None)
    return shown
