"""The look of the pages: one column of text, quiet tables, light or dark as the reader's system is set."""

__all__ = ["STYLESHEET"]

STYLESHEET = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f27; --muted: #5c6470; --line: #dfe3e8; --tint: #f5f7f9;
  --accent: #1f6fb4; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14171d; --ink: #e4e7ec; --muted: #9aa3b0; --line: #313845; --tint: #1c212a; --accent: #6cb6ff; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
main { max-width: 74rem; margin: 0 auto; padding: 3rem 1.5rem 4rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; letter-spacing: -.01em; }
h2 { font-size: 1.2rem; margin: 2.6rem 0 .8rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
p { max-width: 46rem; margin: 0 0 .9rem; }
.summary { font-size: 1.1rem; color: var(--muted); }
.wide { overflow-x: auto; margin: 1rem 0 1.5rem; }
table { border-collapse: collapse; font-size: .8125rem; font-variant-numeric: tabular-nums; }
caption { caption-side: bottom; text-align: left; color: var(--muted); padding-top: .5rem; }
th, td { padding: .35rem .5rem; text-align: left; border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--muted); }
.groups th { text-align: center; color: var(--ink); border-bottom: none; padding-bottom: .5rem;
  background: linear-gradient(var(--accent), var(--accent)) bottom / calc(100% - 1rem) 2px no-repeat; }
.groups th:empty { background: none; }
th, .number { white-space: nowrap; }
.number { text-align: right; }
tbody tr:hover { background: var(--tint); }
td:last-child:not(.number) { min-width: 9rem; }
.strong td { font-weight: 650; }
figure { margin: 1.2rem 0 1.8rem; }
figure img { display: block; max-width: 100%; height: auto; background: #fff; border-radius: 6px; }
figcaption { margin-top: .5rem; max-width: 46rem; color: var(--muted); font-size: .875rem; }
pre { background: var(--tint); border: 1px solid var(--line); border-radius: 6px; padding: .9rem 1rem;
  overflow-x: auto; font: .8125rem/1.5 ui-monospace, "DejaVu Sans Mono", monospace; }
footer { font-size: .875rem; color: var(--muted); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.2rem; margin: 0; }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }
code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; }
@media print { main { padding: 0; } section { break-inside: avoid-page; } }
"""
"""CSS of every page; it names no font file and no other address."""
