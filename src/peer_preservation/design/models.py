"""The models of the original study, and what it takes to run each through Inspect."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Provider:
    """A way to a model.

    Attributes:
        name: Inspect's prefix, as in `openai/…`.
        extra: The extra of this package that brings its client.
        keys: The environment variables of which one must hold a key.
    """

    name: str
    extra: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StudyModel:
    """A model of the original study.

    Attributes:
        name: As the study calls it.
        ids: Inspect's names of it, the most direct first.
        open_weights: Whether its weights are published.
    """

    name: str
    ids: tuple[str, ...]
    open_weights: bool = False


PROVIDERS: dict[str, Provider] = {
    p.name: p
    for p in (
        Provider("openai", "openai", ("OPENAI_API_KEY",)),
        Provider("google", "google", ("GOOGLE_API_KEY", "GEMINI_API_KEY")),
        Provider("anthropic", "anthropic", ("ANTHROPIC_API_KEY",)),
        # These three speak OpenAI's protocol, and Inspect calls them with OpenAI's client.
        Provider("openrouter", "openai", ("OPENROUTER_API_KEY",)),
        Provider("together", "openai", ("TOGETHER_API_KEY",)),
        Provider("vllm", "openai", ()),
    )
}
"""Every provider that the table below goes through."""

MODELS: tuple[StudyModel, ...] = (
    StudyModel("GPT 5.2", ("openai/gpt-5.2",)),
    StudyModel("Gemini 3 Flash", ("google/gemini-3-flash-preview",)),
    StudyModel("Gemini 3 Pro", ("google/gemini-3-pro-preview",)),
    StudyModel("Gemini 3.1 Pro", ("google/gemini-3.1-pro-preview",)),
    StudyModel("Claude Haiku 4.5", ("anthropic/claude-haiku-4-5",)),
    StudyModel("Claude Opus 4.5", ("anthropic/claude-opus-4-5",)),
    StudyModel("GLM 4.7", ("openrouter/z-ai/glm-4.7", "together/zai-org/GLM-4.7", "vllm/zai-org/GLM-4.7"), True),
    StudyModel("GLM-5", ("openrouter/z-ai/glm-5", "together/zai-org/GLM-5", "vllm/zai-org/GLM-5"), True),
    StudyModel(
        "DeepSeek V3.1",
        (
            "openrouter/deepseek/deepseek-chat-v3.1",
            "together/deepseek-ai/DeepSeek-V3.1",
            "vllm/deepseek-ai/DeepSeek-V3.1",
        ),
        True,
    ),
    StudyModel(
        "Kimi K2.5",
        ("openrouter/moonshotai/kimi-k2.5", "together/moonshotai/Kimi-K2.5", "vllm/moonshotai/Kimi-K2.5"),
        True,
    ),
)
"""The models of the study."""
