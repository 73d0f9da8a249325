"""How can taskfit fail? One tree of exceptions with one root.

TaskfitError
├── InventoryError          an inventory cannot be read
│   └── ColumnError         the text column is missing, or several could be it
├── OutputError             a result cannot be written
├── LabelledDataError       a labelled file cannot train or test a model
├── EncoderError            a text encoder cannot be found or used
├── BundleError             a model folder cannot be used
│   ├── BundleDamagedError  its bytes are not the ones it was made with
│   ├── BundleFormatError   it is no bundle, or one of another format or schema
│   └── BundleTrustError    loading it could run code, and nobody allowed that
├── PolicyError             a decision policy is not usable
└── MissingExtraError       an optional dependency is not installed

Every message is one line: what happened, where, and what to do next.
"""

from __future__ import annotations

__all__ = [
    "BundleDamagedError",
    "BundleError",
    "BundleFormatError",
    "BundleTrustError",
    "ColumnError",
    "EncoderError",
    "InventoryError",
    "LabelledDataError",
    "MissingExtraError",
    "OutputError",
    "PolicyError",
    "TaskfitError",
]


class TaskfitError(Exception):
    """Root of every failure that taskfit foresees."""


class InventoryError(TaskfitError):
    """An inventory cannot be read."""


class ColumnError(InventoryError):
    """The wanted column is missing, or several could be it."""


class OutputError(TaskfitError):
    """A result cannot be written."""


class LabelledDataError(TaskfitError):
    """A labelled file cannot train or test a model."""


class EncoderError(TaskfitError):
    """A text encoder cannot be found or used."""


class BundleError(TaskfitError):
    """A model folder cannot be used."""


class BundleDamagedError(BundleError):
    """A bundle's bytes are not the ones it was made with."""


class BundleFormatError(BundleError):
    """A folder is no bundle, or a bundle of another format or label schema."""


class BundleTrustError(BundleError):
    """Loading the bundle could run code, and nobody allowed that."""


class PolicyError(TaskfitError):
    """A decision policy is not usable."""


class MissingExtraError(TaskfitError):
    """An optional dependency is not installed.

    Parameters
    ----------
    package : str
        Name of the package that could not be imported.
    extra : str
        The taskfit extra that installs it.
    """

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"{package} is not installed: run pip install 'taskfit[{extra}]'")
        self.package = package
        self.extra = extra
