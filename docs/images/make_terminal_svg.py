#!/usr/bin/env python3
"""Draws text from standard input as a terminal window in SVG.

    fp-cli profile ... 2>&1 | python3 docs/images/make_terminal_svg.py '$ fp-cli profile ...' > docs/images/profile.svg

Lines given as arguments come first. A line that begins with "$ " is a command, one that begins with "block" the head
of a table; both are set apart. The picture follows the reader's light or dark scheme.
"""
import html
import sys
import unicodedata

SIZE = 13  # font size in pixels
ADVANCE = 0.602 * SIZE  # width of a character in the usual monospaced fonts
LEADING = 18
MARGIN = 20

STYLE = """
  text { font: %dpx ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", Consolas, monospace; fill: #1f2328 }
  .window { fill: #f6f8fa; stroke: #d1d9e0 }
  .command { font-weight: bold }
  .head { fill: #0b5c9e }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .window { fill: #151b23; stroke: #3d444d }
    .head { fill: #79c0ff }
  }
""" % SIZE


def draw(lines):
    columns = max(map(len, lines))
    width = round(columns * ADVANCE + 2 * MARGIN)
    height = len(lines) * LEADING + 2 * MARGIN
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f"<style>{STYLE}</style>",
        f'<rect class="window" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"/>',
    ]
    for number, line in enumerate(lines):
        if not line:
            continue
        kind = ' class="command"' if line.startswith("$ ") else ' class="head"' if line.startswith("block") else ""
        y = MARGIN + number * LEADING + SIZE
        out.append(f'<text x="{MARGIN}" y="{y}" xml:space="preserve"{kind}>{html.escape(line, quote=False)}</text>')
    out.append("</svg>")
    return "\n".join(out) + "\n"


def main():
    lines = sys.argv[1:] + sys.stdin.read().rstrip("\n").split("\n")
    for line in lines:
        for character in line:
            if unicodedata.category(character) == "Cc":
                sys.exit(f"make_terminal_svg.py: expected plain text, found a control character in: {line!r}")
    sys.stdout.write(draw([line.rstrip() for line in lines]))


main()
