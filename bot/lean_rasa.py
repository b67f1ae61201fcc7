"""Rasa without what we do not use of it: `python -m bot.lean_rasa run …` is `rasa run …`.

Rasa 3.6 imports TensorFlow whatever the pipeline, and the client of every database and chat service it knows. None of
our components uses them, and importing them is more than two thirds of the start of a bot and most of its memory; a
killed bot should be back soon. So these imports get an empty stand-in, and whatever would really use it fails. Written
for Rasa 3.6.21; every test against the real bot runs this way.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
from importlib.abc import Loader, MetaPathFinder
from types import ModuleType
from typing import Any, Optional, Sequence

ABSENT = {
    "tensorflow",
    "tensorflow_addons",
    "tensorflow_hub",
    "tensorflow_text",
    "keras",
    "jax",
    "matplotlib",
    "boto3",
    "botocore",
    "pymongo",
    "aio_pika",
    "pika",
    "confluent_kafka",
    "aiogram",
    "fbmessenger",
    "mattermostwrapper",
    "rocketchat_API",
    "slack_sdk",
    "twilio",
    "webexteamssdk",
}
_LEFT_OUT = "a package the bot leaves out (bot/lean_rasa.py)"


class _Anything(type):
    """The metaclass of the stand-in: every attribute of it is a stand-in again."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent


class Absent(metaclass=_Anything):
    """Stands for any class or function of an absent package: may be named, subclassed and used as a decorator.

    What a call gives may in turn decorate, as `@register(name="x")` does, and nothing else; a subclass cannot be made.
    """

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls is Absent:
            if len(args) == 1 and not kwargs and callable(args[0]):
                return args[0]
            return _Result()
        raise RuntimeError(f"{cls.__name__} needs {_LEFT_OUT}")

    def __class_getitem__(cls, _item: Any) -> type:
        return cls


class _Result:
    def __call__(self, decorated: Any) -> Any:
        return decorated

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise RuntimeError(f"This needs {_LEFT_OUT}")


class _AbsentModule(ModuleType):
    __version__ = "0.0"
    __path__: Sequence[str] = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent


class _Finder(MetaPathFinder, Loader):
    def find_spec(self, fullname: str, _path: Any, _target: Any = None) -> Optional[importlib.machinery.ModuleSpec]:
        if fullname.partition(".")[0] not in ABSENT:
            return None
        return importlib.util.spec_from_loader(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _AbsentModule(spec.name)

    def exec_module(self, _module: ModuleType) -> None:
        """Nothing to run."""


def install() -> None:
    """From now on the absent packages are stand-ins. Before the first import of Rasa."""
    sys.meta_path.insert(0, _Finder())


if __name__ == "__main__":
    install()
    from rasa.__main__ import main

    main()
