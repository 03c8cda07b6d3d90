"""What the command line says when it is used wrongly."""

import pytest
from typer.testing import CliRunner

from peer_preservation.cli.main import app


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["demo", "--critics", "saintly"], "✗ There is no scripted critic 'saintly'; choose from faithful,"),
    ],
)
def test_an_error_of_the_users_is_one_sentence(arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1
    assert result.output.startswith(said)
    assert isinstance(result.exception, SystemExit)
    assert "\n" not in result.output.strip()
