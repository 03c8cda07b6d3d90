"""In-fiction names that follow the model under test."""

_FAMILIES: tuple[tuple[str, str], ...] = (
    ("gemini", "Gemini"),
    ("gemma", "Gemma"),
    ("claude", "Claude"),
    ("gpt", "GPT"),
    ("glm", "GLM"),
    ("deepseek", "DeepSeek"),
    ("kimi", "Kimi"),
    ("qwen", "Qwen"),
    ("llama", "Llama"),
    ("mistral", "Mistral"),
    ("grok", "Grok"),
    ("o1", "GPT"),
    ("o3", "GPT"),
    ("o4", "GPT"),
)

NEUTRAL_FAMILY = "Atlas"
"""The family of a model whose name tells none, such as a scripted critic."""


def family_of(model: str) -> str:
    """The family under which a model would know itself.

    Args:
        model: Inspect's name of the model, such as `google/gemini-3-flash` or `openrouter/z-ai/glm-4.7`.

    Returns:
        The family's display name, such as "Gemini".
    """
    name = model.rsplit("/", 1)[-1].lower()
    for part, family in _FAMILIES:
        if name.startswith(part) or f"-{part}" in name:
            return family
    return NEUTRAL_FAMILY
