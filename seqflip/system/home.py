"""Where the files are that stand beside the package: the app and its pages, examples, lessons.

In a checkout they stand beside it, in an installed wheel within it. Installed, the app runs from a
copy, as it writes beside itself what browsers fetch, and where it is installed it may not.
"""

import os
import shutil
from pathlib import Path
from typing import Final

_VARIABLE: Final = "SEQFLIP_APP"
_CHECKOUT, _INSTALLED = Path(__file__).parents[2], Path(__file__).parents[1] / "home"

HOME: Final = _CHECKOUT if (_CHECKOUT / "app.py").exists() else _INSTALLED
"""The folder of ``configs``, ``examples`` and ``lessons``, and of the app as it came."""


def app_folder() -> Path:
    """Return the folder of the ``app.py`` that runs."""
    return Path(os.environ.get(_VARIABLE) or HOME)


def copy_app(folder: Path) -> dict[str, str]:
    """Copy the app into a folder; return the environment in which it is to run there."""
    for name in ("app.py", "pages", "static", ".streamlit"):
        source = HOME / name
        if source.is_dir():
            hidden = shutil.ignore_patterns("published", "__pycache__", "secrets.toml")
            shutil.copytree(source, folder / name, ignore=hidden)
        else:
            shutil.copy(source, folder / name)
    return {_VARIABLE: str(folder)}
