"""All pages: each is registered here once, and the menu, the links and the tests follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from seqflip.system.home import app_folder

SCRIPTS: Final = app_folder() / "pages"


@dataclass(frozen=True)
class Page:
    """One page of the app; its script is called as it is.

    Attributes
    ----------
    name : str
        In the script's name and in the URL.
    icon, help : str
        Its sign, and what one does there.
    """

    name: str
    icon: str
    help: str

    @property
    def title(self) -> str:
        """What the menu calls it."""
        return self.name.capitalize()

    @property
    def script(self) -> str:
        """Its script, as Streamlit knows it."""
        return f"{SCRIPTS.name}/{self.name}.py"

    @property
    def default(self) -> bool:
        """Whether the app opens with it."""
        return self is PAGES["train"]

    @property
    def path(self) -> str:
        """Its address, from that of any page on."""
        return "./" if self.default else self.name

    def registered(self) -> StreamlitPage:
        """Return it as Streamlit's navigation takes it."""
        return st.Page(
            self.script,
            title=self.title,
            icon=f":material/{self.icon}:",
            help=self.help,
            default=self.default,
        )


_ALL = (
    Page("train", "play_circle", "Choose a task and a model, and watch it learn."),
    Page("lessons", "school", "Stops that ask you first, and then show what the model does."),
    Page("attend", "visibility", "Type a sequence, and see where a model looks."),
    Page("replay", "history", "Watch again how a model learned, step by step."),
    Page("race", "sports_score", "Train variants of one model side by side."),
    Page("lengths", "straighten", "See how long sequences may get until a model fails."),
    Page("gallery", "troubleshoot", "See how models fail, why, and what helps."),
    Page("runs", "stacks", "All trainings: open, compare, keep, download."),
)
PAGES: Final = {page.name: page for page in _ALL}


def link(
    page: str,
    label: str,
    params: Mapping[str, str] | None = None,
    *,
    help: str | None = None,
    icon: str | None = None,
) -> None:
    """Draw a link to a page, with the page's own sign if no other is named.

    Parameters
    ----------
    page : str
        Its name.
    label : str
        What the link says; read as Markdown.
    params : mapping, optional
        What the page is to show, as its URL says it.
    help, icon : str, optional
    """
    st.page_link(
        PAGES[page].script,
        label=label,
        icon=f":material/{icon or PAGES[page].icon}:",
        help=help,
        query_params=None if params is None else dict(params),
    )


def go_to(page: str, params: Mapping[str, str]) -> None:
    """Open a page now, as its URL with these parameters does."""
    st.switch_page(PAGES[page].script, query_params=dict(params))
