"""Common Alerting Protocol 1.2 (OASIS Standard, 1 July 2010): messages from XML and to XML, checked both ways.

http://docs.oasis-open.org/emergency/cap/v1.2/CAP-v1.2-os.html
"""

from backend.services.cap.message import Area, Circle, Info, Message, Named, Polygon, Reference, Resource
from backend.services.cap.reading import MAX_BYTES, InvalidCap, read
from backend.services.cap.writing import write

__all__ = [
    "MAX_BYTES", "Area", "Circle", "Info", "InvalidCap", "Message", "Named", "Polygon", "Reference", "Resource",
    "read", "write",
]  # fmt: skip
