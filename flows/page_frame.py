"""What every page has: its head, its style, and tables. No script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

_STYLE = """
:root { color-scheme: light dark; --ink: light-dark(#1b1f24, #dde3ea); --faint: light-dark(#67707b, #8d97a3);
  --line: light-dark(#d8dee4, #353c45); --buy: #1a7f5a; --sell: #c4432b; --order: #7048e8; }
body { font: 14px/1.5 system-ui, sans-serif; color: var(--ink); max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.25rem; } h2 { font-size: 1rem; margin: 1.75rem 0 .25rem; }
table { border-collapse: collapse; width: 100%; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .15rem .75rem .15rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--faint); font-weight: 500; } .wide { overflow-x: auto; }
.verdict { padding: .5rem .75rem; border-left: 4px solid var(--faint); }
.identical { border-color: var(--buy); } .different, .unknown { border-color: var(--sell); }
svg { width: 100%; height: auto; } svg text { font-size: 11px; fill: var(--faint); }
.grid { stroke: var(--line); } .ask { stroke: var(--sell); fill: none; opacity: .7; }
.bid { stroke: var(--buy); fill: none; opacity: .7; }
.buy, .sell { stroke-width: 4; stroke-linecap: round; opacity: .45; }
.buy { stroke: var(--buy); } .sell { stroke: var(--sell); }
.limit { stroke: var(--order); stroke-width: 2; stroke-dasharray: 6 3; }
.fill { fill: var(--order); stroke: var(--ink); } .asked { fill: none; stroke: var(--order); stroke-width: 2; }
.bar { stroke: none; opacity: .8; } .bar.buy { fill: var(--buy); } .bar.sell { fill: var(--sell); }
.bar.order { fill: var(--order); } .dashed { stroke-dasharray: 6 4; }
.unbroken td, .unbroken th { white-space: nowrap; }
.tick, .sent, .report { stroke: var(--faint); stroke-dasharray: 2 3; } .sent, .at { stroke: var(--order); }
"""


def page(title: str, parts: Iterable[str]) -> str:
    """The whole page; `parts` are HTML."""
    body = "\n".join(parts)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body><h1>{escape(title)}</h1>\n{body}\n"
        "</body></html>\n"
    )


def heading(text: str) -> str:
    return f"<h2>{escape(text)}</h2>"


def paragraph(text: str, kind: str = "") -> str:
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def table(names: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """Nothing but text goes in. Kind `unbroken`: each row is one line, however wide."""
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>\n" for row in rows)
    wide = f"wide {kind}".rstrip()
    return f'<div class="{wide}"><table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>'
