"""Public sets of tasks: where they live, under which licence, and which bytes the project's figures are on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

__all__ = ["SOURCES", "PublicSource"]


@dataclass(frozen=True)
class PublicSource:
    """One public set of tasks. It is never copied here; figures use an extract in a folder of reference data.

    Parameters
    ----------
    name, title : str
    url : str
        Where its makers publish it.
    licence, citation : str
    file : str
        Name of the extract.
    sha256 : str
        Of the extract, in hexadecimal.
    scales : dict of str to str
        Rating columns and the scale (see `taskfit.datasets.SCALES`) each is on.
    """

    name: str
    title: str
    url: str
    licence: str
    citation: str
    file: str
    sha256: str
    scales: dict[str, str]

    def state(self, folder: str | Path) -> str:
        """Return ``present``, ``missing`` or ``changed``: how the extract stands in a folder."""
        path = Path(folder) / self.file
        if not path.is_file():
            return "missing"
        return "present" if hashlib.sha256(path.read_bytes()).hexdigest() == self.sha256 else "changed"


_EXPOSURE = "Eloundou, Manning, Mishkin, Rock (2024), GPTs are GPTs, Science 384:1306; tasks: O*NET, US DOL, CC BY 4.0"
_WORKBANK = "Shao et al. (2025), Future of Work with AI Agents, arXiv:2506.06576"

SOURCES: dict[str, PublicSource] = {
    source.name: source
    for source in (
        PublicSource(
            "onet-exposure",
            "O*NET tasks with exposure (E0-E2) and automation (T0-T4) ratings by people and GPT-4",
            "https://github.com/openai/GPTs-are-GPTs",
            "MIT (ratings), CC BY 4.0 (tasks)",
            _EXPOSURE,
            "onet_exposure.csv",
            "7df47b667c6c5e9d45513d629804efee1a1e4ee015d75131e9a8f357ef19f98f",
            {
                "human_exposure": "exposure",
                "gpt4_exposure": "exposure",
                "gpt4_exposure_alt": "exposure",
                "human_automation": "automation",
                "gpt4_automation_1": "automation",
                "gpt4_automation_2": "automation",
            },
        ),
        PublicSource(
            "workbank-experts",
            "WORKBank: AI experts on human agency, capability and requirements of O*NET tasks, 1-5",
            "https://huggingface.co/datasets/SALT-NLP/WORKBank",
            "CC BY 4.0",
            _WORKBANK,
            "workbank_experts.csv",
            "53d6b3efd3c19f3cd808d526b955bed8b2cf894820fdbe6b6108e7c2e5d851ff",
            {"human_agency_scale": "agency"},
        ),
        PublicSource(
            "workbank-workers",
            "WORKBank: workers on desire for automation, agency and its reasons, 1-5",
            "https://huggingface.co/datasets/SALT-NLP/WORKBank",
            "CC BY 4.0",
            _WORKBANK,
            "workbank_workers.csv",
            "9b193244bcbb6621dbdc7f584f78acf75b17aa4841bbf9ac09acda33f2921cd1",
            {"human_agency_scale": "agency"},
        ),
        PublicSource(
            "ilo-isco08",
            "ISCO-08 tasks with 0-1 exposure to generative AI; for comparison, not for training",
            "https://www.ilo.org/publications/generative-ai-and-jobs-refined-global-index-occupational-exposure",
            "CC BY 4.0",
            "Gmyrek et al. (2025), Generative AI and Jobs: A Refined Global Index, ILO Working Paper 140",
            "ilo_isco08.csv",
            "14450d72ba5f28c48c0e3b2045068e99242c368fb5d50558703350468b47eb71",
            {"score_2025": "ilo", "score_gpt4o": "ilo", "score_gemini": "ilo"},
        ),
    )
}
