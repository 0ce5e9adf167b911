"""What asks a person in the browser, in a lesson or in a class: to choose, to paint, to type.

Each kind of question is a function in a file of its name. It gets ``body``, where it is drawn;
``data``, what is asked and what is right, as far as that is known; ``given``, what was given
before; and three functions: ``note(given)`` keeps what is not finished, ``give(given)`` is the
answer, and ``problem(text)`` says that it is none. It returns ``show(given)``, which shows beside
an answer what is right, and ``said(given)``, what is to be said of it; ``given`` is undefined
where there was none.
"""

from pathlib import Path

ASKING = Path(__file__).parent
"""The folder, to be published with the scripts that ask."""
