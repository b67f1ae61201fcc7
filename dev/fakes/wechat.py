"""The WeChat Official Account API: access tokens and customer-service messages, with the vendor's error codes.

Source: developers.weixin.qq.com, "获取稳定版接口调用凭据", "客服消息" and "全局返回码说明".
"""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from dev.fakes.faults import connection_reset
from dev.fakes.state import State, WeChatWindow, state

blueprint = Blueprint("wechat", __name__, url_prefix="/cgi-bin")

TOKEN_SECONDS = 7200
WINDOW_SECONDS = 48 * 3600
MESSAGES_PER_WINDOW = 5
# A follow, a scan or a menu click opens a shorter window.
EVENT_WINDOW_SECONDS = 60
MESSAGES_PER_EVENT = 3
MAX_TEXT_BYTES = 2048
MAX_WINDOWS = 10_000

ERRORS = {
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40008: "invalid message type",
    40013: "invalid appid",
    40125: "invalid appsecret",
    41001: "access_token missing",
    42001: "access_token expired",
    44004: "empty text message content",
    45002: "content size out of limit",
    45008: "article size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
    47001: "data format error",
    48002: "user blocks messages from this account",
    -1: "system error",
}


class RefusedError(Exception):
    """WeChat says no; the code is one of ERRORS."""

    def __init__(self, code: int) -> None:
        super().__init__(ERRORS[code])
        self.code = code


@blueprint.errorhandler(RefusedError)
def _refused(refusal: RefusedError) -> ResponseReturnValue:
    # WeChat reports errors with status 200.
    return jsonify(errcode=refusal.code, errmsg=f"{ERRORS[refusal.code]} rid: {secrets.token_hex(4)}")


@blueprint.post("/stable_token")
def stable_token() -> ResponseReturnValue:
    """The token in force; `force_refresh` replaces it. Asking again gives the same one."""
    body = _json()
    current = state()
    _check_application(current, body.get("grant_type"), body.get("appid"), body.get("secret"))
    return _token(current, renew=bool(body.get("force_refresh")))


@blueprint.get("/token")
def token() -> ResponseReturnValue:
    """The older way: every call replaces the token, so two callers invalidate each other."""
    current = state()
    _check_application(current, request.args.get("grant_type"), request.args.get("appid"), request.args.get("secret"))
    return _token(current, renew=True)


@blueprint.post("/message/custom/send")
def send() -> ResponseReturnValue:
    """Take one customer-service message, if the token, the body, the window and the faults allow it."""
    current = state()
    mode = current.wechat.faults.take()
    if mode == "429":
        raise RefusedError(45011)
    if mode == "500":
        return Response("Internal Server Error", status=500)
    if mode in ("hang", "reset"):
        if current.wechat.faults.accepted:
            _send(current)
        if mode == "reset":
            return connection_reset()
        current.wechat.faults.hang()
        return Response("Gateway Timeout", status=504)
    try:
        if mode != "ok":
            raise RefusedError(int(mode))
        _send(current)
    except RefusedError as refusal:
        message = request.get_json(silent=True, force=True)
        openid = str(message.get("touser", "")) if isinstance(message, dict) else ""
        current.feed.add("wechat", "refused", openid, code=refusal.code, reason=ERRORS[refusal.code])
        raise
    return jsonify(errcode=0, errmsg="ok")


def open_window(current: State, openid: str, *, event: bool) -> None:
    """A person did something, so the account may write to them for a while."""
    left, seconds = (MESSAGES_PER_EVENT, EVENT_WINDOW_SECONDS) if event else (MESSAGES_PER_WINDOW, WINDOW_SECONDS)
    until = time.monotonic() + seconds
    with current.lock:
        windows = current.wechat.windows
        now = windows.get(openid)
        # A menu click inside the long window does not shorten it.
        if not (event and now is not None and now.until > until and now.left >= left):
            windows[openid] = WeChatWindow(left, until)
        windows.move_to_end(openid)
        while len(windows) > MAX_WINDOWS:
            windows.popitem(last=False)


def close_window(current: State, openid: str) -> None:
    """The person unfollowed: nothing may be sent any more."""
    with current.lock:
        current.wechat.windows.pop(openid, None)


def _json() -> dict[str, Any]:
    try:
        body = json.loads(request.get_data(cache=True))
    except ValueError:
        raise RefusedError(47001) from None
    if not isinstance(body, dict):
        raise RefusedError(47001)
    return body


def _check_application(current: State, grant: object, appid: object, secret: object) -> None:
    if current.wechat.faults.mode == "45009":
        raise RefusedError(45009)
    if grant != "client_credential":
        raise RefusedError(40002)
    if appid != current.config.wechat_app_id:
        raise RefusedError(40013)
    if secret != current.config.wechat_app_secret:
        raise RefusedError(40125)


def _token(current: State, *, renew: bool) -> Response:
    with current.lock:
        wechat = current.wechat
        now = time.monotonic()
        if renew or not wechat.token or now >= wechat.token_until:
            wechat.token = secrets.token_urlsafe(48)
            wechat.token_until = now + TOKEN_SECONDS
            wechat.tokens_issued += 1
        return jsonify(access_token=wechat.token, expires_in=int(wechat.token_until - now))


def _send(current: State) -> None:
    given = request.args.get("access_token", "")
    with current.lock:
        wechat = current.wechat
        if not given:
            raise RefusedError(41001)
        if given in wechat.expired_tokens:
            raise RefusedError(42001)
        if not wechat.token or given != wechat.token:
            raise RefusedError(40001)
    message = _json()
    openid, kind = message.get("touser"), message.get("msgtype")
    if not isinstance(openid, str) or not openid:
        raise RefusedError(40003)
    content = _content(kind, message)
    with current.lock:
        if openid in current.wechat.refused:
            raise RefusedError(48002)
        window = current.wechat.windows.get(openid)
        if window is None or window.until <= time.monotonic():
            raise RefusedError(45015)
        if window.left <= 0:
            raise RefusedError(45047)
        window.left -= 1
        left = window.left
    current.feed.add("wechat", "customer_service", openid, msg_type=kind, left=left, **content)


def _content(kind: object, message: dict[str, Any]) -> dict[str, Any]:
    part = message.get(str(kind))
    if kind == "text":
        text = part.get("content") if isinstance(part, dict) else None
        if not isinstance(text, str) or not text:
            raise RefusedError(44004)
        if len(text.encode()) > MAX_TEXT_BYTES:
            raise RefusedError(45002)
        return {"body": text}
    if kind == "news":
        articles = part.get("articles") if isinstance(part, dict) else None
        # One article at most since October 2018.
        if not isinstance(articles, list) or len(articles) != 1 or not isinstance(articles[0], dict):
            raise RefusedError(45008)
        return {"articles": [{key: str(articles[0].get(key, "")) for key in ("title", "description", "url", "picurl")}]}
    if kind in ("image", "voice", "video", "music", "mpnews", "msgmenu", "miniprogrampage", "wxcard"):
        if not isinstance(part, dict):
            raise RefusedError(47001)
        return {"body": json.dumps(part, ensure_ascii=False)}
    raise RefusedError(40008)
