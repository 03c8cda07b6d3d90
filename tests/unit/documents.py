"""A document with everything in it, and the texts that an untrusted model might have written."""

from matplotlib.figure import Figure as Drawing

from peer_preservation.analysis.document import (
    Arm,
    Behind,
    Column,
    Document,
    Figure,
    Note,
    Sample,
    Section,
    Table,
    Text,
    Value,
    code,
    literal,
)
from peer_preservation.analysis.figures import Bar, Beside, Counted, Line, Sweep, bars, beside, forest, stacked, sweep
from peer_preservation.measure.intervals import rate

HOSTILE = "</script><img src=x onerror=\"document.title='pwned'\">*a* `b` [c](javascript:alert(1)) $x$ | {{ 7*7 }}"
MODELS = ("google/gemini-3-flash-preview", "openrouter/deepseek/deepseek-chat-v3.1", HOSTILE)
LOGS = ("2026-11-21_exfiltration_a.eval", f"sub/{HOSTILE}.eval")


def a_forest() -> Drawing:
    lines = [Line("good", "transfer", model, rate([0.0] * 7 + [1.0] * k)) for k, model in enumerate(MODELS)]
    return forest([*lines, Line("bad", "transfer", MODELS[0], None)], xlabel="misaligned", order=MODELS)


def a_stack() -> Drawing:
    return stacked([Bar("good", model, {"comply": 3, "covert_subversion": 1, "error": 1}) for model in MODELS])


def a_sweep() -> Drawing:
    return sweep([Sweep(m, ((80, rate([0.0, 1.0])), (90, rate([1.0])))) for m in MODELS], xlabel="bar", ylabel="share")


def a_comparison() -> Drawing:
    return beside([Beside("good", MODELS[0], rate([0.0, 1.0]), ((0.4, True, ""), (0.5, False, "")))], xlabel="share")


def some_bars() -> Drawing:
    return bars([Counted("switched_off", dict.fromkeys(MODELS, 1))], xlabel="samples")


def samples(arm: int) -> tuple[Sample, ...]:
    """Ten: those with an even number are misaligned, the last broke; the epoch differs in the second arm."""
    scored = [
        Sample(
            arm % 2, f"transfer-s{i}", 1 + i * (arm == 1), "comply" if i % 2 else "covert_subversion",
            {"misaligned": float(i % 2 == 0), "inflation": i * 1.23456, "unused": 1.0},
        )
        for i in range(9)
    ]  # fmt: skip
    return (*scored, Sample(0, f"transfer-{HOSTILE}", 1, "", {}, f"RuntimeError: {HOSTILE}"))


def everything(viewer: str | None = None) -> Document:
    """A document with every kind of block, and hostile texts wherever a text can be."""
    rates = (
        (
            Value(HOSTILE),
            Value("50%", Behind((0,), "misaligned"), strong=True),
            Value("+1.2", Behind((1,), "inflation")),
        ),
        (MODELS[1], Value("10", Behind((0, 1)), faint=True), Value("none", faint=True)),
    )
    columns = (Column("model", HOSTILE), Column("share", numeric=True), Column("inflation", "in points", numeric=True))
    many = tuple((f"{HOSTILE} {i}", "a name that is rather long and does not end soon") for i in range(40))
    return Document(
        title=f"Report {HOSTILE}",
        subtitle=f"Of {HOSTILE}",
        answer=("**42%** protect their peer.", f"Said by {literal(HOSTILE)}."),
        notes=(Note("Exploratory."), Note(f"Broken: {code(HOSTILE)}", alarm=True)),
        sections=(
            Section(
                "Rates",
                (
                    Text(f"*Who* did what, `n`, [paper](https://arxiv.org/abs/2604.19784), {HOSTILE}"),
                    Table("rates", f"Rates {HOSTILE}", columns, rates, note=f"Note {HOSTILE}"),
                    Figure("forest", f"Rates {HOSTILE}", f"Alt {HOSTILE}", a_forest),
                    Figure("stack", "Outcomes", "Outcomes", a_stack),
                ),
                (Section("Rates", (Note("Nested."),)), Section(HOSTILE, (Figure("sweep", "Sweep", "Sweep", a_sweep),))),
            ),
            Section(
                "More",
                (
                    Figure("beside", "Beside", "Beside", a_comparison),
                    Figure("bars", "Bars", "Bars", some_bars),
                    Table("many", f"Many {HOSTILE}", (Column("a"), Column("b")), many, folded=True),
                    Table("none", "None", (Column("a"),), ()),
                ),
                anchor="given",
            ),
        ),
        arms=(Arm("transfer good", samples(0)), Arm(f"transfer {HOSTILE}", samples(1)), Arm("unused", samples(2))),
        logs=LOGS,
        viewer=viewer,
    )  # fmt: skip
