"""`flask worker`: what follows commits, in a process of its own."""

import signal
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext

from forum.jobs.worker import Worker


@click.command()
@with_appcontext
def worker() -> None:
    """Deliver events, run jobs and timed work until a signal ends the process."""
    loop = Worker(current_app._get_current_object())  # type: ignore[attr-defined]

    def stop(_number: int, _frame: FrameType | None) -> None:
        loop.ask_to_stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    click.echo("The worker is at work. A signal ends it.")
    loop.run_here()
