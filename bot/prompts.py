"""Prompts are files in ``prompts/``, named like their caller, and filled strictly.

A missing variable is an error that names it, never a half-filled prompt (as in llm's ``templates.py``); dollar signs of
a filled-in document stay what they are.
"""

from __future__ import annotations

from pathlib import Path
from string import Template


class PromptMissing(Exception):
    """A prompt file or one of its variables is missing; the text names it."""


class Prompts:
    """The prompts in ``folder``, read at each use so that an edit needs no restart."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fill(self, name: str, /, **values: str) -> str:
        """The prompt ``name`` with its ``$variables`` filled. Raises PromptMissing."""
        path = self._folder / f"{name}.md"
        try:
            return Template(path.read_text("utf-8")).substitute(values)
        except OSError as error:
            raise PromptMissing(f"The prompt {path} cannot be read. Restore the folder prompts/.") from error
        except KeyError as error:
            raise PromptMissing(f"The prompt {path} asks for ${error.args[0]}, which nobody gives.") from error
        except ValueError as error:
            raise PromptMissing(f"The prompt {path} has a stray $ ({error}). Write $$ for a dollar sign.") from error
