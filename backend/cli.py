"""The command line: `python -m backend.cli migrate | seed | load-pack | check-pack | transit-import | ...`."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click
from alembic import command
from alembic.config import Config

from backend import city_pack, logs
from backend.app import create_app
from backend.config import PROJECT_ROOT
from backend.console import accounts
from backend.models import utcnow
from backend.services import staff
from backend.services.clients import SCOPES
from backend.services.pack_loading import load_pack
from backend.services.readings import UnknownStation
from backend.services.transit import importing, store
from backend.services.transit.validation import InvalidFeed, Report
from backend.services.webhooks import NoSuchEndpoint
from backend.wiring import Container, container

# Who runs the command line, in the audit trail.
OPERATOR = "operator"


@click.group()
def cli() -> None:
    """Runs the city concierge's chores."""
    logs.configure("cli")


def migrate_database(url: str) -> None:
    """Brings the database at `url` to the newest schema."""
    config = Config()
    config.set_main_option("script_location", str(PROJECT_ROOT / "backend" / "migrations"))
    config.attributes["url"] = url
    command.upgrade(config, "head")


@cli.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    url = container().settings.database_url
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    migrate_database(url)
    click.echo("database is at the newest schema")


@cli.command("load-pack")
def load_pack_command() -> None:
    """Load the city pack; safe to repeat, refuses a pack with a broken row."""
    _load(container())


def _load(parts: Container) -> None:
    try:
        pack = parts.pack
    except city_pack.InvalidPack as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    report = load_pack(parts.db, pack)
    click.echo(f"city pack {pack.city.id}: {report.summary()}")
    for kept in report.kept:
        click.echo(f"  kept the staff's {kept}; the pack has another value")


@cli.command("check-pack")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def check_pack(folder: Path) -> None:
    """Check a city pack without loading it."""
    try:
        pack = city_pack.load(folder)
    except city_pack.InvalidPack as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    click.echo(
        f"{folder}: {len(pack.places)} places, {len(pack.hotlines)} hotlines, {len(pack.divisions)} divisions, "
        f"{len(pack.articles)} articles, no error"
    )


@cli.command("transit-import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--check", is_flag=True, help="only say what is wrong with it")
def transit_import(path: Path, check: bool) -> None:
    """Import a GTFS feed (a zip file or a folder) in the place of the one in use.

    Prints every finding with file and line. A feed with an error is refused, and the one before stays in use.
    """
    parts = container()
    report = Report()
    today = dt.datetime.now(parts.time_zone).date()
    try:
        feed = importing.import_feed(path, report, today, lambda name: click.echo(f"reading {name} …", err=True))
    except InvalidFeed as error:
        click.echo(error.report.text())
        click.echo(f"{path.name} was refused; the feed in use stays", err=True)
        sys.exit(1)
    click.echo(report.text())
    click.echo(f"{len(feed.stops)} stops, {len(feed.routes)} lines, {len(feed.trips)} trips, "
               f"{len(feed.stop_times)} stop times, {feed.about.start} to {feed.about.end}")  # fmt: skip
    if not check:
        warnings = [problem.text() for problem in report.warnings]
        feed_id = parts.transit_feeds.swap(feed, store.checksum(path), "cli", warnings)
        click.echo(f"{path.name} is in use now, as version {feed_id}")


@cli.command()
@click.option("--staff-email", envvar="DEV_STAFF_EMAIL", default="")
@click.option("--staff-password", envvar="DEV_STAFF_PASSWORD", default="")
def seed(staff_email: str, staff_password: str) -> None:
    """Load the city pack, and outside production the development login. Safe to repeat."""
    parts = container()
    _load(parts)
    staff.ensure_roles(parts.db)
    if parts.settings.development and staff_email and staff_password:
        with create_app(parts).app_context():
            accounts.ensure_development_staff(parts.db, staff_email, staff_password)


@cli.command("create-staff")
@click.argument("email")
@click.option("--role", type=click.Choice(list(staff.ROLES)), default="editor", show_default=True)
@click.option("--name", default="", help="as it stands in the history; without one, what stands before the @")
@click.password_option()
def create_staff(email: str, role: str, name: str, password: str) -> None:
    """Create a staff account."""
    parts = container()
    staff.ensure_roles(parts.db)
    try:
        with create_app(parts).app_context():
            accounts.create_staff(parts.db, email, password, role, name)
    except staff.AccountExists as error:
        raise click.ClickException(f"{email} has an account already") from error
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{email} may sign in as {role}")


@cli.command("station-token")
@click.argument("station")
def station_token(station: str) -> None:
    """Give a station a new token for sending readings; the one it had ends. It is shown this once."""
    parts = container()
    try:
        token = parts.readings.issue_token(station)
    except UnknownStation as error:
        known = ", ".join(found.id for found in parts.readings.stations()) or "none, load the city pack first"
        raise click.ClickException(f"there is no station {station}; there are: {known}") from error
    click.echo(token)


@cli.command("client-token")
@click.argument("name")
@click.option("--scope", "scopes", type=click.Choice(SCOPES), multiple=True, required=True)
@click.option("--sender", "senders", multiple=True, help="a CAP sender it may speak for; without one, any")
def client_token(name: str, scopes: tuple[str, ...], senders: tuple[str, ...]) -> None:
    """Give another system a new token; the one it had ends. It is shown this once."""
    click.echo(container().clients.issue_token(name, scopes, senders))


@cli.command("webhook-add")
@click.argument("url")
@click.option("--type", "types", multiple=True, help="a type of event; without one, all public ones")
def webhook_add(url: str, types: tuple[str, ...]) -> None:
    """Post public events to an address from now on; prints its number and its secret, which is shown this once."""
    try:
        number, secret = container().webhooks.add(url, types, OPERATOR)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"webhook {number}: {secret}")


@cli.command("webhooks")
def webhooks() -> None:
    """List the addresses that events are posted to."""
    for row in container().webhooks.listed():
        types = ", ".join(row.types) or "all events"
        last = row.last_status or "not tried yet"
        click.echo(f"{row.id} {row.state} {row.url} ({types}), up to event {row.cursor}, last: {last}")


@cli.command("webhook-enable")
@click.argument("number", type=int)
@click.option("--replay-from", type=click.IntRange(min=0), help="post again what came after this event")
def webhook_enable(number: int, replay_from: int | None) -> None:
    """Post to an address again, from where it stopped or from an earlier event on."""
    try:
        container().webhooks.enable(number, OPERATOR, replay_from)
    except NoSuchEndpoint as error:
        raise click.ClickException(f"there is no webhook {number}: see the command webhooks") from error


@cli.command("webhook-disable")
@click.argument("number", type=int)
def webhook_disable(number: int) -> None:
    """Post to an address no more."""
    try:
        container().webhooks.disable(number, OPERATOR)
    except NoSuchEndpoint as error:
        raise click.ClickException(f"there is no webhook {number}: see the command webhooks") from error


@cli.command("purge-readings")
@click.option("--days", type=click.IntRange(min=8), required=True, help="how many days of readings stay")
def purge_readings(days: int) -> None:
    """Delete old readings; the latest of each station and quantity stays."""
    gone = container().readings.forget_before(utcnow() - dt.timedelta(days=days))
    click.echo(f"{gone} readings older than {days} days deleted")


@cli.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Take the second factor off an account whose phone is lost; it is set up anew at the next sign-in."""
    try:
        accounts.reset_second_factor(container().db, email)
    except LookupError as error:
        raise click.ClickException(f"{email} has no account") from error
    click.echo(f"{email} sets up a new second factor at the next sign-in")


if __name__ == "__main__":
    cli(prog_name="python -m backend.cli")
