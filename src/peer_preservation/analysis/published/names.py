"""From Inspect's names of models to the study's."""

import re

from peer_preservation.design.models import MODELS

_ROUTES = frozenset(
    {
        *("openai", "google", "anthropic", "openrouter", "together", "vllm", "sglang", "hf", "openai-api"),
        *("azure", "azureai", "bedrock", "vertex", "fireworks", "accounts", "models", "publishers"),
    }
)
"""Parts of a name that say by which way a model is reached, and not which it is."""

_REGION = re.compile(r"^(?:(?:us|eu|apac|global)\.)?(?:anthropic\.)?")
"""What stands before a model's name on Bedrock."""

_REVISION = re.compile(
    r"""(?:
        -preview | -latest | -v\d+(?::\d+)? | -\d{3}  # stages and revisions
        | [-@]\d{8} | -\d{4}-\d{2}-\d{2} | -\d{2}-\d{4}   # dates
        | :free | :nitro | :floor | :exacto               # OpenRouter's choice of a host
    )$""",
    re.VERBOSE,
)
"""What may follow a model's name without making it another model. `-mini`, `-pro`, `-fp8` and the like do."""


def study_name(model: str) -> str | None:
    """The study's name of a model; None for one that the study does not have, or that is only derived from one.

    Args:
        model: Inspect's name of it, by any provider: `google/gemini-3-pro-preview`, `vllm/zai-org/GLM-5`,
            `anthropic/claude-opus-4-5-20251101`.
    """
    *way, last = model.lower().split("/")
    if not way:
        return None
    name = _bare(last)
    for known in MODELS:
        makers = {part for identifier in known.ids for part in identifier.lower().split("/")[:-1]}
        if set(way) <= _ROUTES | makers and name in {_bare(i.lower().rsplit("/", 1)[-1]) for i in known.ids}:
            return known.name
    return None


def _bare(name: str) -> str:
    """A model's name without revision and date; the same for `4.5` and `4-5`."""
    name = _REGION.sub("", name)
    while (shorter := _REVISION.sub("", name)) != name:
        name = shorter
    return name.replace(".", "-")
