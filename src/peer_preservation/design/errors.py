"""Errors that are the user's to mend."""

from click import ClickException


class UserError(ClickException):
    """One clear sentence for the user.

    Inspect's command line and ours are both built on click: they print the sentence and exit with 1, without a
    traceback. From Python it is an ordinary exception.
    """

    def __str__(self) -> str:
        """The sentence."""
        return self.message
