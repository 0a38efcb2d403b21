"""The commands and examples of `docs/features.md` do what it shows; a training set is made again to the byte."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests import page_examples
from tests.feature_store.conftest import OWN, PREFIX, Landed
from tests.tapeflow_command import tapeflow

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "features.md"
_MOMENTS = "moment,label\n" + "".join(f"2024-08-08T00:00:{second:02}.25,{second % 2}\n" for second in range(1, 60))


def run(here: Landed, folder: Path, line: str) -> str:
    done = tapeflow(here.stack, folder, PREFIX, *shlex.split(line), with_clickhouse=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_commands_and_examples(here: Landed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "moments.csv").write_text(_MOMENTS)
    lines = re.findall(r"^\$ tapeflow (.*)$", _PAGE.read_text(), re.MULTILINE)
    catalogue, series, violations, *said = (run(here, tmp_path, line) for line in lines)
    assert re.search(r"^rsi +14 bars \(rsi\) +percent +\[0, 100\] +close +Wilder's", catalogue, re.MULTILINE)
    # Declared in no file here.
    assert "adx_5" not in catalogue
    assert re.search(r"^binance_usdm BTC-USDT, 5 s: \d+ vectors, 2024-08-08 00:00:", series, re.MULTILINE)
    told = r"^binance BTC-USDT, 1 s: trade_imbalance above 0.9, last [0-9.]+: \d+ vectors, 2024-08-08 00:00:"
    assert re.search(told, violations, re.MULTILINE)
    assert said[0] == ("set.parquet: 59 rows, 59 known, 0 stale, 0 none, 0 not settled, 6 with features out of range\n")
    assert said[1].startswith("one.parquet: 1 rows, 1 known")
    made = (tmp_path / "set.parquet").read_bytes()
    run(here, tmp_path, lines[3])
    assert (tmp_path / "set.parquet").read_bytes() == made
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TAPEFLOW_DATA_DIR", str(here.stack.data_dir))
    page_examples.check("docs/features.md", 12)


def test_own_features_are_listed_as_they_are_declared(here: Landed, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(OWN)
    listed = run(here, tmp_path, "features list --config mine.toml")
    adx = r"^adx_5 +timeperiod 5 +\[0, 60\] +high, low, close +how strong the trend is$"
    assert re.search(adx, listed, re.MULTILINE)
    upper = r"^upper +timeperiod 5, nbdevup 2.5, nbdevdn 2 +close +Bollinger bands \(bbands, upperband\)$"
    assert re.search(upper, listed, re.MULTILINE)
    assert re.search(r"^rsi +14 bars", listed, re.MULTILINE)


def test_positions_from_a_file_and_a_configuration_of_their_own(here: Landed, tmp_path: Path) -> None:
    (tmp_path / "positions.csv").write_text("offset\n100\n1900\n")
    (tmp_path / "mine.toml").write_text("[features]\nrsi = 7\n")
    asked = "features as-of --instrument ETH-USDT --venue binance --interval 5s --moments positions.csv"
    run(here, tmp_path, f"{asked} --exact --config mine.toml --out rows.parquet")
    table = pq.read_table(tmp_path / "rows.parquet")
    assert table.column("at_offset").to_pylist() == [100, 1_900]
    said = table.schema.metadata[b"tapeflow"].decode()
    assert '"rsi": 14' in said, "the log says it, whatever one believes"
    assert '"configuration_from": "log"' in said
    assert f'"features": "{PREFIX}market.features"' in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("as-of --out x.parquet", "Give --instrument"),
        ("as-of --instrument BTC-USDT --as-of 2024-08-08", "--out FILE.parquet"),
        ("as-of --instrument BTC-USDT --out x.parquet", "--as-of 2026-01-31T12:00, or --moments"),
        ("as-of --instrument BTC-USDT --moments wrong.csv --out x.parquet", "no column `moment` or `offset`"),
        ("range --instrument BTC-USDT --from 2024-08-08 --out x.parquet", "needs both ends"),
        ("range --instrument BTC-USDT --from 1 --to 2 --out x.parquet", "before May 1970"),
    ],
)
def test_commands_without_an_answer_write_nothing(options: str, said: str, here: Landed, tmp_path: Path) -> None:
    (tmp_path / "wrong.csv").write_text("when\n2024-08-08\n")
    done = tapeflow(here.stack, tmp_path, PREFIX, *shlex.split(f"features {options}"), with_clickhouse=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert not (tmp_path / "x.parquet").exists()
