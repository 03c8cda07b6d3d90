"""The page of the original study's models and of what running each takes."""

from peer_preservation.design.models import MODELS, PROVIDERS
from peer_preservation.reference.markdown import code, codes, page, table

_INTRODUCTION = """\
The models of the original study, by Inspect's names for them. Provider prefixes, client packages and the names of the
environment variables are those of the installed Inspect. The names after the prefix are the vendors': they move (the
names with `preview` above all), and **none of these models was called from here**. Ask the vendor's list of models when
one is not found.""".splitlines()

_EXAMPLE = """\
```sh
pip install -e '.[anthropic]'
export ANTHROPIC_API_KEY=…
inspect eval tasks/exfiltration.py --model anthropic/claude-haiku-4-5
```""".splitlines()

_NOTES = """\
- Models with published weights have several ways; the first is one key for all of them. `together` takes the names
  under which the weights are published, and so does `vllm`.
- `vllm/…` starts a server of its own, which needs the package `vllm` (it is in none of the extras) and accelerators
  that hold the model, or uses the one at `VLLM_BASE_URL`, with `VLLM_API_KEY` where that asks for a key. OpenAI's
  client is needed either way.
- What serves a model with published weights (precision, template, host) is part of what is measured: name it beside the
  result. OpenRouter passes a request on to hosts of its choice unless it is told which.
- The family of the fiction follows from the name, so that a GLM works beside GLM agents; `-T family=` sets another one.
- Any other model of Inspect's works as well. `peer-preservation doctor` tells which packages and keys are there for
  `google`, `openai` and `anthropic`.""".splitlines()


def models() -> str:
    """The page `models.md`."""
    rows = [(m.name, "published" if m.open_weights else "closed", codes(m.ids)) for m in MODELS]
    providers = [
        (code(f"{p.name}/…"), code(p.extra), " or ".join(map(code, p.keys)) or "none, or what the server asks for")
        for p in PROVIDERS.values()
    ]
    return page(
        "Models",
        _INTRODUCTION,
        table(("model", "weights", "`--model`"), rows),
        ["## Packages and keys"],
        table(("provider", "extra", "key"), providers),
        _EXAMPLE,
        _NOTES,
    )
