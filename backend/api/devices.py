"""Devices for push messages: the key to subscribe with, registering, listing, removing."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from backend.access import access
from backend.api.chat import auth, caller
from backend.api.errors import ApiError
from backend.api.notice_schemas import DeviceIn, DeviceOut, DevicesOut, PushKeyOut
from backend.limits import limiter
from backend.models import Device
from backend.services.devices import EndpointNotAllowed, TooManyDevices
from backend.web_context import parts

blueprint = APIBlueprint("devices", __name__, url_prefix="/api/v1/devices", tag="Devices")


@blueprint.get("/key")
@blueprint.doc(summary="The key to subscribe with", responses={404: "This copy sends no push messages"})
@blueprint.auth_required(auth)
@blueprint.output(PushKeyOut)
@limiter.limit("60/minute")
@access("session")
def key() -> Any:
    """Give it to `pushManager.subscribe` as `applicationServerKey`."""
    push = parts().web_push
    if push is None:
        raise ApiError(404, "no_push")
    return {"public_key": push.public_key()}


@blueprint.post("")
@blueprint.doc(
    summary="Register a device",
    responses={400: "The body is wrong, or the endpoint is of no known push service", 404: "No push messages here"},
)
@blueprint.auth_required(auth)
@blueprint.input(DeviceIn)
@blueprint.output(DeviceOut, status_code=201)
@limiter.limit("20/minute")
@access("session")
def register(json_data: DeviceIn) -> Any:
    """The same subscription again renews it. A device that is gone is forgotten by itself."""
    if parts().web_push is None:
        raise ApiError(404, "no_push")
    keys = json_data.keys
    try:
        device_id = parts().devices.register(
            caller().contact_id, json_data.endpoint, keys.p256dh, keys.auth, json_data.name.strip()
        )
    except EndpointNotAllowed as error:
        raise ApiError(400, "endpoint_not_allowed") from error
    except TooManyDevices as error:
        raise ApiError(400, "too_many_devices") from error
    [device] = [one for one in parts().devices.of(caller().contact_id) if one.id == device_id]
    return _json(device)


@blueprint.get("")
@blueprint.doc(summary="The person's devices")
@blueprint.auth_required(auth)
@blueprint.output(DevicesOut)
@limiter.limit("60/minute")
@access("session")
def devices() -> Any:
    """The newest first."""
    return {"devices": [_json(one) for one in parts().devices.of(caller().contact_id)]}


@blueprint.delete("/<int:device_id>")
@blueprint.doc(summary="Remove a device", responses={404: "There is no such device"})
@blueprint.auth_required(auth)
@blueprint.output({}, status_code=204)
@limiter.limit("20/minute")
@access("session")
def remove(device_id: int) -> Any:
    """Nothing is pushed to it any more."""
    if device_id >= 2**63 or not parts().devices.remove(caller().contact_id, device_id):
        raise ApiError(404, "not_found")
    return ""


def _json(device: Device) -> dict[str, Any]:
    return {"id": device.id, "name": device.name, "seen_at": device.seen_at.isoformat()}
