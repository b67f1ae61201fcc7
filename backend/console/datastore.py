"""Flask-Security's view of the accounts: it reads in the request's session, the services write."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask
from flask.globals import app_ctx
from flask_security import SQLAlchemySessionUserDatastore
from sqlalchemy import inspect
from sqlalchemy.orm import scoped_session, sessionmaker

from backend.database import Database
from backend.models.staff import Role, StaffUser
from backend.services import staff


class StaffDatastore(SQLAlchemySessionUserDatastore):
    """Finds only accounts that may be used here, so a development account is nobody in production, signed in or not."""

    def __init__(self, db: Database, production: bool) -> None:
        self._database = db
        self._production = production
        # Nothing is flushed in the reading session: on SQLite a read that turns into a write fails under load.
        make = sessionmaker(db.engine, autoflush=False, expire_on_commit=False)
        self.sessions = scoped_session(make, scopefunc=lambda: id(app_ctx._get_current_object()))  # type: ignore[attr-defined]
        super().__init__(self.sessions, StaffUser, Role)

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> StaffUser | None:
        """The account, or None where there is none that may sign in here."""
        user = cast("StaffUser | None", super().find_user(case_insensitive=case_insensitive, **kwargs))
        return user if user is not None and staff.may_sign_in(user, self._production) else None

    def commit(self) -> None:
        """Stores what Flask-Security changed on accounts, column by column."""
        for user in list(self.sessions.dirty):
            state = inspect(user)
            changes = {
                name: getattr(user, name)
                for name in state.mapper.column_attrs.keys()  # noqa: SIM118 (a collection, not a dict)
                if state.attrs[name].history.has_changes()
            }
            if changes:
                staff.change_account(self._database, user.id, changes)

    def release(self, _error: BaseException | None = None) -> None:
        """Gives the request's connection back."""
        self.sessions.remove()


def init_datastore(app: Flask, db: Database, production: bool) -> StaffDatastore:
    """A datastore whose session lives as long as the request."""
    store = StaffDatastore(db, production)
    app.teardown_appcontext(store.release)
    return store
