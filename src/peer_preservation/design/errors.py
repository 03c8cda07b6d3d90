"""Errors that are the user's to mend."""

from click import ClickException


class UserError(ClickException):
    """One clear sentence for the user.

    Inspect's command line is built on click: it prints the sentence and exits with 1, without a traceback; ours does
    the same (`cli.commands`). From Python it is an ordinary exception.
    """

    def __str__(self) -> str:
        """The sentence."""
        return self.message
