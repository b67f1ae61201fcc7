"""The command line: `python -m backend.cli migrate | seed | load-pack | check-pack | create-staff`."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from alembic import command
from alembic.config import Config
from sqlalchemy import select

from backend import city_pack, logs
from backend.config import PROJECT_ROOT
from backend.models.staff import StaffUser
from backend.services import staff
from backend.services.pack_loading import load_pack
from backend.wiring import Container, container


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
    click.echo(f"{folder}: {len(pack.places)} places, {len(pack.hotlines)} hotlines, {len(pack.divisions)} divisions, no error")


@cli.command()
@click.option("--staff-email", envvar="DEV_STAFF_EMAIL", default="")
@click.option("--staff-password", envvar="DEV_STAFF_PASSWORD", default="")
def seed(staff_email: str, staff_password: str) -> None:
    """Load the city pack, and outside production the development login. Safe to repeat."""
    parts = container()
    _load(parts)
    staff.ensure_roles(parts.db)
    if parts.settings.development and staff_email and staff_password:
        staff.ensure_development_staff(parts.db, staff_email, staff_password)


@cli.command("create-staff")
@click.argument("email")
@click.option("--role", default="editor", show_default=True)
@click.password_option()
def create_staff(email: str, role: str, password: str) -> None:
    """Create a staff account."""
    parts = container()
    staff.ensure_roles(parts.db)
    with parts.db.read() as session:
        if session.scalars(select(StaffUser).where(StaffUser.email == email.lower())).first():
            raise click.ClickException(f"{email} has an account already")
    staff.create_staff(parts.db, email, password, role)
    click.echo(f"{email} may sign in as {role}")


if __name__ == "__main__":
    cli(prog_name="python -m backend.cli")
