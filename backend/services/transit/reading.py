"""The files of a feed, from a zip file or a folder, with nothing of it trusted."""

from __future__ import annotations

import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from backend.services.transit.validation import Report

MAX_FILES = 200
MAX_TOTAL_BYTES = 2 * 2**30
# The best that text of timetables is packed is some 30 to 1. Small files may be as regular as they like.
MAX_RATIO = 200
RATIO_FROM_BYTES = 16 * 2**20
MAX_LINE_BYTES = 64 * 1024
# What zip programs of desktops add beside the files.
_CLUTTER = ("__MACOSX/", ".DS_Store", "Thumbs.db")
# What zipfile lets through of the packing methods (Deflate, LZMA) when the data of a member is damaged.
_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError)


class Source:
    """The files of a feed. `open` with `with`; refuses what is not a plain set of files."""

    def __init__(self, path: Path, report: Report) -> None:
        self.path = path
        self.report = report
        self._zip: zipfile.ZipFile | None = None
        self._names: dict[str, str] = {}

    def __enter__(self) -> Source:
        """Opens it. Raises InvalidFeed for anything that is not safe to read."""
        if self.path.is_dir():
            self._open_folder()
        else:
            self._open_zip()
        self.report.refuse()
        return self

    def __exit__(self, *_: object) -> None:
        if self._zip is not None:
            self._zip.close()

    @property
    def names(self) -> list[str]:
        """The files there are."""
        return sorted(self._names)

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def lines(self, name: str) -> Iterator[str]:
        """The text of a file line by line, without a byte order mark. Raises InvalidFeed where it is not UTF-8 text."""
        number = 0
        try:
            with self._open(name) as file:
                while raw := file.readline(MAX_LINE_BYTES + 1):
                    number += 1
                    if len(raw) > MAX_LINE_BYTES:
                        self._refuse(name, number, f"the line is longer than {MAX_LINE_BYTES} bytes")
                    if b"\0" in raw:
                        self._refuse(name, number, "there is a zero byte: save the file as UTF-8 text")
                    yield raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            self._refuse(name, number, f"not UTF-8 (byte {error.start + 1} of the line): save the file as UTF-8")
        # NotImplementedError: a member packed by a method that zipfile does not know (Deflate64 of Windows, Zstandard),
        # patched data or strong encryption.
        except (*_DAMAGED, OSError, NotImplementedError, RuntimeError) as error:
            self._refuse(name, number, f"cannot be read ({error}): pack the feed again")

    def _refuse(self, name: str, line: int, message: str) -> None:
        self.report.error(name, line, "", message)
        self.report.refuse()

    def _open(self, name: str) -> IO[bytes]:
        if self._zip is not None:
            return self._zip.open(self._names[name])
        return (self.path / name).open("rb")

    def _open_folder(self) -> None:
        total = 0
        for path in sorted(self.path.iterdir()):
            if path.is_symlink():
                self.report.error(path.name, 0, "", "is a link: give the file itself")
            elif path.is_file():
                total += path.stat().st_size
                self._names[path.name] = path.name
        self._check_size(len(self._names), total)

    def _open_zip(self) -> None:
        name = self.path.name
        try:
            self._zip = zipfile.ZipFile(self.path)
        except FileNotFoundError:
            self.report.error(name, 0, "", "there is no such file or folder")
            return
        # NotImplementedError: a member asks for a newer version of the zip format than zipfile knows (above 6.3).
        # ValueError: a name that says it is UTF-8 and is not.
        except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
            self.report.error(name, 0, "", f"is neither a folder nor a zip file that can be read ({error})")
            return
        members = self._zip.infolist()
        self._check_size(len(members), sum(member.file_size for member in members))
        for member in members:
            self._check_member(member)

    def _check_size(self, files: int, total: int) -> None:
        if files > MAX_FILES:
            self.report.error(self.path.name, 0, "", f"holds {files} files; a feed has at most {MAX_FILES}")
        if total > MAX_TOTAL_BYTES:
            self.report.error(
                self.path.name, 0, "", f"unpacks to {total} bytes; at most {MAX_TOTAL_BYTES} are read (a zip bomb?)"
            )

    def _check_member(self, member: zipfile.ZipInfo) -> None:
        # As it stands in the file: zipfile has replaced backslashes only on Windows, and cuts at a zero byte.
        name = member.orig_filename
        say = self.report.error
        parts = name.replace("\\", "/").split("/")
        if name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in name:
            say(name.replace("\0", "?"), 0, "", "the path leads out of the zip file: pack the files without folders")
        elif any(name.startswith(clutter) or name.endswith(clutter) for clutter in _CLUTTER) or member.is_dir():
            return
        elif len(parts) > 1:
            if name.endswith(".txt"):
                say(name, 0, "", f"is in a folder: pack the files themselves, not the folder “{parts[0]}”")
        elif stat.S_ISLNK(member.external_attr >> 16):
            say(name, 0, "", "is a link: pack the file itself")
        elif member.flag_bits & 0x1:
            say(name, 0, "", "is encrypted: pack the feed without a password")
        elif name.lower().endswith((".zip", ".gz", ".7z", ".rar")):
            say(name, 0, "", "is an archive within the archive: give the inner one alone")
        elif name in self._names:
            say(name, 0, "", "stands twice in the zip file: keep one")
        elif member.file_size > RATIO_FROM_BYTES and member.file_size > MAX_RATIO * max(1, member.compress_size):
            ratio = member.file_size // max(1, member.compress_size)
            say(name, 0, "", f"unpacks to {ratio} times its size; at most {MAX_RATIO} times is read (a zip bomb?)")
        else:
            self._names[name] = member.filename
