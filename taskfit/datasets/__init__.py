"""Where do labelled tasks come from, and can they be trusted? Public sets, their scales, and checks of a corpus."""

from taskfit.datasets.join import join, same_tasks
from taskfit.datasets.scales import SCALES, Scale, convert
from taskfit.datasets.sources import SOURCES, PublicSource
from taskfit.datasets.validate import Problem, validate

__all__ = ["SCALES", "SOURCES", "Problem", "PublicSource", "Scale", "convert", "join", "same_tasks", "validate"]
