"""The command `notify`: tells people of a run, only where something has changed since the last message."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import click

from conformance.commands.ends import UserError
from conformance.results.verdicts import ExitCode
from reports.comparison import REPORT, NotComparable, read_report
from reports.notification import message
from reports.notification.changes import NOT_JUDGED, Change, Report, change
from reports.notification.channels import Channel, GitHubIssue, NotTold, Webhook
from reports.notification.last_sent import LastSent
from reports.writing import refusal

WEBHOOK, TOKEN = "CONFORMANCE_WEBHOOK", "GITHUB_TOKEN"
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")
PRINTED = "printed"
_JOB_LINKS = ("CI_JOB_URL", "BUILD_URL")  # of GitLab and Jenkins


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option(
    "--history",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="The history of the runs of this endpoint; what was sent is kept there.",
)
@click.option("--exit-code", type=click.Choice([str(int(code)) for code in ExitCode]), help="Of the run.")
@click.option("--webhook", metavar="URL", envvar=WEBHOOK, show_envvar=True, help="Post the message there, as JSON.")
@click.option(
    "--github-issue",
    metavar="OWNER/REPO",
    help=f"Open an issue there, comment on it and close it, with the token in {TOKEN}.",
)
@click.option("--link", metavar="URL", help="Where the report is found; by default the page of the CI job.")
def notify(
    directory: Path,
    history: Path,
    exit_code: str | None,
    webhook: str | None,
    github_issue: str | None,
    link: str | None,
) -> None:
    """Send what has changed since the last message, by the run that reported to DIRECTORY; send nothing else.

    Without a webhook or an issue, the message is printed, and nothing where nothing has changed. The message names the
    verdict, the causes that are new and those that are gone. Ends with 4 where a message did not arrive: the next run
    sends it again.
    """
    channels = list(_channels(webhook, github_issue))
    last = LastSent(history)
    report = _report(directory, exit_code)
    known = last.read()
    changes = [(channel, change(known.get(channel.name), report, _number(exit_code))) for channel in channels]
    try:
        failed = _tell_all(changes, last, link or link_of(os.environ))
        if report is not None:
            last.keep(report)
    except OSError as wrong:
        raise UserError(refusal("--history", history, wrong)) from wrong
    if failed:
        raise UserError("; ".join(failed))


def _tell_all(changes: Iterable[tuple[Channel, Change]], last: LastSent, link: str | None) -> list[str]:
    """Tell each channel its change, and note that in `last`. Returns why messages did not arrive."""
    failed = []
    for channel, found in changes:
        try:
            _tell(channel, found, link)
        except NotTold as wrong:
            failed.append(str(wrong))
            continue
        if found.before or found.now.verdict != NOT_JUDGED:
            last.note(channel.name, found.now)
    return failed


def _number(exit_code: str | None) -> int | None:
    return None if exit_code is None else int(exit_code)


class _Printed:
    """Standard output, where no other channel is asked for."""

    name = PRINTED

    def tell(self, change: Change, link: str | None) -> str:
        """The message itself."""
        return message.text(change, link)


def _channels(webhook: str | None, repository: str | None) -> Iterator[Channel]:
    if webhook:
        yield Webhook(webhook)
    if repository:
        yield _issue(repository)
    if not webhook and not repository:
        yield _Printed()


def _issue(repository: str) -> GitHubIssue:
    if not _REPOSITORY.fullmatch(repository):
        raise UserError(f"--github-issue {repository} names no repository: give it as OWNER/REPO")
    token = os.environ.get(TOKEN)
    if not token:
        raise UserError(f"--github-issue needs a token: set {TOKEN}, in a job to the token of the job")
    return GitHubIssue(repository, token, os.environ.get("GITHUB_API_URL", "https://api.github.com"))


def _report(directory: Path, exit_code: str | None) -> Report | None:
    """The report in `directory`; None where a run that ended with `exit_code` has written none."""
    if exit_code is not None and not (directory / REPORT).exists():
        return None
    try:
        return read_report(directory)
    except NotComparable as wrong:
        raise UserError(str(wrong)) from wrong


def _tell(channel: Channel, found: Change, link: str | None) -> None:
    if found.is_news:
        click.echo(channel.tell(found, link))
    elif channel.name != PRINTED:
        click.echo(f"{channel.name}: nothing has changed: {found.now.summary}")


def link_of(environment: Mapping[str, str]) -> str | None:
    """The page of the CI job that `environment` is of, on GitHub, GitLab or Jenkins; None elsewhere."""
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    if all(environment.get(name) for name in names):
        server, repository, run = (environment[name] for name in names)
        return f"{server}/{repository}/actions/runs/{run}"
    return next((environment[name] for name in _JOB_LINKS if environment.get(name)), None)
