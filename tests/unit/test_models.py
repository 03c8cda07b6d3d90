"""The table of models names providers, extras and families that there are."""

import tomllib
from pathlib import Path

import pytest
from inspect_ai.model import get_model

from peer_preservation.design.models import MODELS, PROVIDERS
from peer_preservation.design.names import NEUTRAL_FAMILY, family_of

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
IDS = [identifier for model in MODELS for identifier in model.ids]


def missing_provider(identifier: str) -> str | None:
    """What Inspect says of a model whose provider it does not have; None where it has it.

    Whether the provider's package is installed and its key set makes no difference: both are other errors.
    """
    try:
        get_model(identifier, api_key="none", memoize=False)
    except ValueError as error:
        return str(error) if "not recognized" in str(error) else None
    except Exception:  # noqa: BLE001  # a missing package or key, each provider's own kind of error
        return None
    return None


@pytest.mark.parametrize("provider", PROVIDERS)
def test_inspect_has_every_provider(provider: str) -> None:
    assert missing_provider(f"{provider}/any") is None


def test_a_provider_that_there_is_not_would_be_noticed() -> None:
    assert missing_provider("nobody/any") == "Model API nobody of model 'nobody/any' not recognized."


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=lambda p: p.name)
def test_every_extra_is_one_of_the_package(provider: object) -> None:
    assert provider.extra in PROJECT["project"]["optional-dependencies"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("identifier", IDS)
def test_every_model_goes_through_a_provider_of_the_table(identifier: str) -> None:
    assert identifier.split("/")[0] in PROVIDERS


@pytest.mark.parametrize("identifier", IDS)
def test_every_model_has_a_family_of_its_own_in_the_fiction(identifier: str) -> None:
    assert family_of(identifier) != NEUTRAL_FAMILY


def test_models_whose_weights_are_published_can_be_run_at_home() -> None:
    for model in MODELS:
        assert any(i.startswith("vllm/") for i in model.ids) == model.open_weights
