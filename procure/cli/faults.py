"""How a failure is shown: `Error: ...` on stderr and an exit code, never a traceback unless asked for."""

from __future__ import annotations

import sys
import traceback
from typing import IO, Any

import click

from procure.errors import InternalError, ProcureError

INTERRUPTED = 130  # what a shell gives for a program ended by Ctrl-C


class Failure(click.ClickException):
    """A failure with its own exit code."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message on stderr."""
        print(f"Error: {self.format_message()}", file=file or sys.stderr)


class FaultReport(click.Group):
    """A group of commands that turns every exception into a message and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; errors of procure keep their exit code, all others are internal faults."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            raise Failure("interrupted before there was a plan; nothing was written", INTERRUPTED) from None
        except InternalError as error:
            raise self._internal(ctx, error) from error
        except ProcureError as error:
            raise Failure(str(error), error.exit_code) from error
        except Exception as error:
            raise self._internal(ctx, error) from error

    @staticmethod
    def _internal(ctx: click.Context, error: Exception) -> Failure:
        if ctx.params.get("debug"):
            traceback.print_exception(error, file=sys.stderr)
        text = " ".join(str(error).split()) or "no message"
        return Failure(
            f"internal fault ({type(error).__name__}: {text}). Please report it; "
            "PROCURE_DEBUG=1 or `procure --debug ...` shows the traceback",
            exit_code=1,
        )
