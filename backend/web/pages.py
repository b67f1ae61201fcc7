"""Routes of the pages and the headers that keep them safe."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from backend.access import access
from backend.city_pack.model import CityBasics
from backend.config import Settings
from backend.geo import Datum, Point, convert
from backend.services.city_words import CityWords
from backend.web import assets, maps, strings
from backend.wording import LANGUAGES

LANGUAGE_COOKIE = "lang"
Texts = dict[str, dict[str, str]]


def init_web(app: Flask, settings: Settings, basics: CityBasics) -> None:
    """Adds the chat page, its files, and in development the simulator (the route does not exist in production)."""
    # In development files change under a running server; the hash takes a millisecond.
    version = assets.version if settings.development else cache(assets.version)

    @cache
    def texts(prefix: str) -> Texts:
        return strings.collect(prefix, CityWords.of(basics))

    web = Blueprint("web", __name__, template_folder="templates")

    @web.get("/")
    @access("public")
    def chat() -> ResponseReturnValue:
        """The mobile chat page."""
        return _page("web/chat.html", texts("web"), version(), connect="'self'")

    @web.get("/assets/<asked>/<path:name>")
    @access("public")
    def asset(asked: str, name: str) -> ResponseReturnValue:
        """A static file; see `backend.web.assets`."""
        return assets.send(version(), asked, name)

    app.register_blueprint(web)
    app.register_blueprint(maps.blueprint)
    if settings.development and settings.fakes_url:
        app.register_blueprint(_simulator(settings, version, basics.city.map_centre, texts))


def _simulator(
    settings: Settings, version: Callable[[], str], map_centre: Point, texts: Callable[[str], Texts]
) -> Blueprint:
    simulator = Blueprint("simulator", __name__, template_folder="templates")

    @simulator.get("/simulator")
    @access("development")
    def phones() -> ResponseReturnValue:
        """Three phones side by side, fed by the fake providers."""
        # The fakes answer pages of PUBLIC_BASE_URL only; whoever typed another name of this machine is sent there.
        public = urlsplit(settings.public_base_url)
        if public.netloc and request.host != public.netloc:
            return redirect(f"{settings.public_base_url.rstrip('/')}/simulator")
        fakes = urlsplit(settings.fakes_url)
        centre = convert(map_centre, Datum.GCJ02)
        setup = {"fakes": settings.fakes_url.rstrip("/"), "lat": round(centre.lat, 5), "lon": round(centre.lon, 5)}
        return _page(
            "web/simulator.html",
            texts("sim"),
            version(),
            connect=f"'self' {fakes.scheme}://{fakes.netloc}",
            setup=setup,
        )

    return simulator


def _page(template: str, texts: Texts, version: str, *, connect: str, **values: Any) -> Response:
    lang = _language()
    html = render_template(
        template,
        lang=lang,
        t=texts[lang],
        version=version,
        data=Markup(strings.as_script({"texts": texts, "lang": lang, **values})),  # noqa: S704 (escaped in as_script)
    )
    response = make_response(html)
    response.headers.update(
        {
            "Content-Security-Policy": (
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; manifest-src 'self'; "
                f"connect-src {connect}; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
            ),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
            "Cache-Control": "no-cache",
            "Vary": "Accept-Language, Cookie",
        }
    )
    return response


def _language() -> str:
    """What the person chose on the page, else what the browser prefers."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]
