"""How are results shown? A plain summary, and one self-contained page made from it."""

from taskfit.report.html import render_html
from taskfit.report.summary import summarise

__all__ = ["render_html", "summarise"]
