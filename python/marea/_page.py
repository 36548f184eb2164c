# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Parts of the self-contained pages of ``marea evaluate`` and ``marea estimate``."""

from __future__ import annotations

import base64
import html
import io
import pathlib

try:
    from ._maps import colour_bar, small_map
except ImportError:  # beside a script
    from _maps import colour_bar, small_map

STYLE = """
:root { color-scheme: light dark; --ink: #1c2733; --soft: #5b6b7b; --line: #d5dde5; --paper: #fff; --mark: #fdf1e7; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --soft: #9fb0c0; --line: #33414f; --paper: #12181f; --mark: #3a2a1c; } }
* { box-sizing: border-box; }
body { font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper);
       max-width: 64rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.2; } h2 { font-size: 1.2rem; margin-top: 2.2rem; }
h3 { font-size: 1rem; margin: 1rem 0 .3rem; }
.headline { border-left: 4px solid #D55E00; background: var(--mark); padding: .7rem 1rem; }
.headline p { margin: .25rem 0; } .headline p:first-child { font-weight: 600; font-size: 1.1rem; }
figure { margin: 1rem 0; } figure img { max-width: 42rem; height: auto; }
figure img, .bar img { width: 100%; background: #fff; border-radius: 4px; }
.maps { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .6rem; }
.pair { grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); }
.film { grid-template-columns: repeat(3, 1fr); max-width: 36rem; }
.maps figure, .map figure { margin: 0; } .maps img { display: block; } .bar { max-width: 24rem; margin: .5rem 0; }
figcaption, .note, summary { color: var(--soft); font-size: .9rem; } summary { cursor: pointer; padding: .4rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; position: sticky; left: 0; background: var(--paper);
                                 white-space: normal; min-width: 8.5rem; overflow-wrap: normal; }
tr.surrogate td { font-weight: 600; background: var(--mark); }
table.card td { text-align: left; white-space: normal; } table.card td:first-child { position: static; }
"""


def duration(seconds):
    """``0.0123`` -> ``12.3 ms``."""
    for limit, factor, unit in ((1e-3, 1e6, "µs"), (1.0, 1e3, "ms"), (120.0, 1.0, "s")):
        if seconds < limit:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds / 60:.3g} min"


def number(value, share=False):
    """A number of a table; a dash where there is none."""
    if value is None:
        return "–"
    return f"{100 * value:.3g} %" if share else f"{value:.3g}"


def picture(figure, alt, dpi=150):
    """A matplotlib figure as an image element that holds its data."""
    import matplotlib.pyplot as plt

    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=dpi)
    plt.close(figure)
    data = base64.b64encode(stream.getvalue()).decode()
    return f"<img alt='{html.escape(alt, quote=True)}' src='data:image/png;base64,{data}'>"


def headline(title, lines):
    """The title of a page and its first lines."""
    return (f"<h1>{html.escape(title)}</h1><div class='headline'>"
            + "".join(f"<p>{html.escape(line)}</p>" for line in lines) + "</div>")


def block(title, figure, caption):
    return (f"<h2>{html.escape(title)}</h2><figure>{picture(figure, caption)}"
            f"<figcaption>{html.escape(caption)}</figcaption></figure>")


def table(titles, rows):
    """An HTML table; a row is (kind, cells)."""
    head = "".join(f"<th>{html.escape(title)}</th>" for title in titles)
    body = "".join(f"<tr class='{kind}'>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>"
                   for kind, cells in rows)
    return f"<div class='scroll'><table><tr>{head}</tr>{body}</table></div>"


def maps(fields, shown, scale, label, kind="maps"):
    """A row of small maps, (title, field) each, and the scale of them all; they wrap on a narrow screen."""
    low, high, colours = scale
    parts = [f"<figure>{picture(small_map(fields, fields.masked(field), low, high, colours), title, 110)}"
             f"<figcaption>{html.escape(title)}</figcaption></figure>" for title, field in shown]
    bar = picture(colour_bar(low, high, colours, label), label)
    return f"<div class='{kind}'>{''.join(parts)}</div><div class='bar'>{bar}</div>"


def save(path, title, body):
    """Write a page, whole or not at all, and return its path."""
    page = ("<!doctype html><html lang='en'><head><meta charset='utf-8'>"
            "<meta name='viewport' content='width=device-width, initial-scale=1'>"
            f"<title>{html.escape(title)}</title><style>{STYLE}</style></head><body>{body}</body></html>\n")
    path = pathlib.Path(path)
    temporary = path.with_suffix(".html.tmp")
    temporary.write_text(page, encoding="utf-8")
    temporary.replace(path)
    return path
