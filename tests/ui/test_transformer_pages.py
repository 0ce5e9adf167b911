"""A Transformer on every page: its settings are offered, and nothing that it has not is shown."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from seqflip.cli.main import main
from tests.ui.written import written_html

APP = Path(__file__).parents[2] / "app.py"
CONFIG = """\
data: {n_train: 64, n_test: 16, src_length: 5, vocab_size: 9}
model: {architecture: transformer, layers: 2, heads: 2, d_model: 8, feed_forward: 8}
training: {epochs: 2, batch_size: 16}
"""


@pytest.fixture(scope="module", autouse=True)
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("runs")
    file = folder.with_suffix(".yaml")
    file.write_text(CONFIG, encoding="utf-8")
    assert main(["--config", str(file), "--run-dir", str(folder / "heads"), "--quiet"]) == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEQFLIP_RUNS", str(folder))
        st.cache_resource.clear()
        yield folder


def opened(name: str, **link: str) -> AppTest:
    page = AppTest.from_file(APP, default_timeout=60)
    for key, text in link.items():
        page.query_params[key] = text
    if name != "train":
        page.switch_page(f"pages/{name}.py")
    page.run()
    assert not page.exception
    return page


def test_attend_says_what_its_heatmap_is_and_shows_no_state_that_it_has_not() -> None:
    page = opened("attend", run="heads", source="3 1 4 1 5", numbers="yes")
    assert not page.error
    said = written_html(page)
    assert "In each of 2 blocks it looks at the 1 word read so far, and then at the 5" in said
    assert "is the mean over the 2 heads of block 2" in said
    titles = [one.value for one in page.markdown if one.value.startswith("###")]
    assert titles == [
        "### Where keys and values come from",
        "### Prediction",
        "### The end mark",
    ]


@pytest.mark.parametrize("through", ["cross-1-2", "encoder-2-1", "decoder-1-1"])
@pytest.mark.parametrize("panel", ["steps", "surgery"])
def test_attend_follows_one_head_through_its_block(through: str, panel: str) -> None:
    page = opened("attend", run="heads", source="3 1 4 1 5", through=through, panel=panel, row="2")
    assert not page.error
    if panel == "steps":
        titles = [one.label for one in page.expander]
        heads = "All heads together, and the way past them"
        assert titles == [
            "Where words stand",
            *("What comes in", "What √d_k is for", "Context", heads, "Feed-forward"),
        ]
    else:
        page.button(key="attend_do_off").click().run()
        assert not page.exception
        assert page.session_state.attend_edits[0].kind == through.partition("-")[0]


@pytest.mark.parametrize("panel", ["surgery", "beam", "home"])
def test_attend_opens_its_other_panels(panel: str) -> None:
    page = opened("attend", run="heads", source="3 1 4 1 5", panel=panel, edits="forbid-2")
    assert not page.error


@pytest.mark.parametrize("name", ["replay", "lengths", "train"])
def test_the_other_pages_show_it_too(name: str) -> None:
    page = opened(name, run="heads")
    assert not page.error
    assert "other_attention" not in {button.key for button in page.button}


def test_train_offers_the_settings_of_the_chosen_architecture() -> None:
    page = opened("train", preset="transformer")
    page.session_state.fold_model = True
    page.run()
    labels = {one.label for one in (*page.selectbox, *page.number_input, *page.toggle)}
    assert labels >= {"Architecture", "Heads", "Feed-forward width", "Positions", "Layer norms"}
    assert not labels & {"Cell", "Attention", "Query and key width (d_k)", "Places"}

    page.selectbox(key="positions").set_value("learned").run()
    assert "Places" in {one.label for one in page.number_input}
    page.selectbox(key="architecture").set_value("recurrent").run()
    labels = {one.label for one in (*page.selectbox, *page.number_input)}
    assert labels >= {"Cell", "Attention"}
    assert "Heads" not in labels
    assert not page.exception


def test_heads_that_do_not_divide_the_width_are_told_beside_the_field() -> None:
    page = opened("train", preset="transformer", heads="5")
    told = " ".join(one.value for one in (*page.error, *page.markdown, *page.caption))
    assert "“Heads” must divide “Width (d_model)”, 32" in told
