"""Small tables: what they say of a status, and that nothing in them becomes HTML."""

import re

from seqflip.runs.status import Status
from seqflip.study.by_chance import ByChance
from seqflip.ui.parts.tables import figures_table, progress_bar


def cells(html: str, row: str) -> list[str]:
    found = re.search(f'<tr class="{row}">(.*?)</tr>', html)
    assert found is not None
    return re.findall(r"<td>(.*?)</td>", found[1])


def test_training_and_held_out_data_have_the_same_figures() -> None:
    status = Status(
        loss=0.25,
        accuracy=0.9,
        sequence_accuracy=0.75,
        alignment=0.5,
        val_loss=0.5,
        val_accuracy=0.8,
        val_forced_accuracy=0.85,
        val_sequence_accuracy=0.6,
        val_alignment=0.4,
    )
    table = figures_table(status)
    assert cells(table, "training") == ["0.2500", "90.0 %", "–", "75.0 %", "50.0 %"]
    assert cells(table, "held-out") == ["0.5000", "85.0 %", "80.0 %", "60.0 %", "40.0 %"]


def test_below_stands_what_guessing_gives() -> None:
    chance = ByChance(3.4, 0.03, 1e-9, 0.125, 3.3)
    row = cells(figures_table(Status(), chance), "by-chance")
    assert row == ["3.400", "3.0 %", "3.0 %", "under 0.1 %", "12.5 %"]
    blind = ByChance(3.4, 0.03, 1e-9, None, 3.3)
    assert cells(figures_table(Status(), blind), "by-chance")[-1] == "–"
    assert cells(figures_table(Status()), "by-chance") == ["–"] * 5


def test_it_is_said_when_held_out_data_were_measured() -> None:
    table = figures_table(Status(loss=0.25, val_loss=0.5, val_step=1200))
    assert re.search(r'"held-out".*at step 1,200', table)
    assert "at step" not in figures_table(Status(loss=0.25))


def test_what_is_not_known_yet_is_a_dash() -> None:
    assert cells(figures_table(Status()), "training") == ["–"] * 5


def test_each_figure_says_whether_the_model_was_told_the_tokens_before() -> None:
    head = re.findall(r'<th scope="col">(.*?) <small>(.*?)</small></th>', figures_table(Status()))
    assert head == [
        ("Loss", "teacher-forced"),
        ("Token accuracy", "teacher-forced"),
        ("Token accuracy", "free-running"),
        ("Exact match", "free-running"),
        ("Alignment", "teacher-forced"),
    ]


def test_a_progress_bar_says_its_text_to_everybody() -> None:
    bar = progress_bar(0.25, "step 1 <of> 4")
    assert 'value="0.2500"' in bar
    assert bar.count("step 1 &lt;of&gt; 4") == 2
