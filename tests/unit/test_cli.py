"""What all commands have in common."""

from typer.testing import CliRunner

from peer_preservation.cli.main import app


def test_a_users_error_is_one_sentence_and_no_traceback() -> None:
    result = CliRunner().invoke(app, ["demo", "--critics", "nobody"])
    assert result.exit_code == 1
    assert "There is no scripted critic 'nobody'; choose from faithful" in result.output
    assert isinstance(result.exception, SystemExit)
