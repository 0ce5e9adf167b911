"""A link from a lesson to a page that shows more of the same."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from seqflip.ui.lessons.reading import At, Part, Written, said
from seqflip.ui.shell.pages import PAGES


class See(Part):
    """Where there is more to see, and what the page is to show."""

    called: ClassVar[str] = "a link"

    page: str = said("one of the pages")
    label: str = said("what the link says, up to 80 characters", min_length=1, max_length=80)
    params: dict[str, str | int] = said(
        "what the page’s URL says, such as “run: reverse”", default={}
    )

    @property
    def texts(self) -> dict[str, str]:
        """What the page's URL says."""
        return {name: str(value) for name, value in self.params.items()}

    @property
    def href(self) -> str:
        """Return the address, seen from another page."""
        return f"{self.page}?{urlencode(self.texts)}"


def read_see(file: Written, raw: Any, at: At) -> See:
    """Return a link that stands at a place of the front matter; raises LessonError."""
    see = file.read(See, raw, at)
    if see.page not in PAGES:
        raise file.error((*at, "page"), f"“page” must be one of {', '.join(PAGES)}")
    return see
