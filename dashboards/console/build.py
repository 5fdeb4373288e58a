"""Composes the console from the settings of a deployment."""

from __future__ import annotations

from fastapi import FastAPI

from dashboards.console.accounts import Accounts
from dashboards.console.app import create_app
from dashboards.console.database import Database
from dashboards.console.export import Exporter
from dashboards.console.health import HealthReader
from dashboards.console.throttle import Throttle
from index.decisions import Ledger
from index.open_engine import open_engine
from nlp.areas import area_name
from sidak.clock import Clock
from sidak.settings import Settings


def open_accounts(settings: Settings, *, clock: Clock) -> Accounts:
    """Open the accounts of a deployment; raises UsageError or StopError where their database cannot be used."""
    return Accounts(Database(settings.ledger_database_url()), clock=clock)


def build_console(
    settings: Settings, clock: Clock, *, health: HealthReader, exporter: Exporter | None = None
) -> FastAPI:
    """Return the console of a deployment; raises UsageError or StopError where its parts cannot be opened."""
    database = Database(settings.ledger_database_url())
    key = settings.secret_key("session")
    return create_app(
        engine=open_engine(settings, clock),
        ledger=Ledger(settings.ledger_database_url()),
        accounts=Accounts(database, clock=clock),
        throttle=Throttle(database, key=key, clock=clock),
        health=health,
        session_key=key,
        clock=clock,
        area_name=area_name,
        exporter=exporter,
    )
