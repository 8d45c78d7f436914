"""Colour for code, as classes only: the style sheet decides what they look like.

A block comes out as `<div class="code"><pre tabindex="0"><code>…<span class="k">…</span>…</code></pre></div>`
with the short token classes of Pygments (`TOKEN_CLASSES`).
"""

import html
from functools import lru_cache

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound

TOKEN_CLASSES = frozenset(name for name in STANDARD_TYPES.values() if name)
"""Every class a token may carry, for example `k` (keyword), `s` (string), `c1` (comment)."""

LANGUAGES = frozenset(
    [
        "bash",
        "c",
        "c++",
        "cpp",
        "cs",
        "csharp",
        "css",
        "diff",
        "docker",
        "dockerfile",
        "go",
        "graphql",
        "html",
        "http",
        "ini",
        "java",
        "javascript",
        "js",
        "json",
        "jsx",
        "kotlin",
        "lua",
        "make",
        "makefile",
        "markdown",
        "md",
        "nginx",
        "perl",
        "php",
        "postgresql",
        "powershell",
        "py",
        "py3",
        "python",
        "python3",
        "rb",
        "rs",
        "ruby",
        "rust",
        "sass",
        "scala",
        "scss",
        "sh",
        "shell",
        "shell-session",
        "sql",
        "swift",
        "toml",
        "ts",
        "tsx",
        "typescript",
        "xml",
        "yaml",
        "yml",
        "zsh",
    ]
)
"""Languages that are coloured. Lexers of rarer ones are less proven against hostile input; those stay plain."""

COLOURED_LENGTH = 8_000
"""Most code of one text that is coloured, in characters: each token costs a tag, and tags cost time."""


def code_block(source: str, language: str) -> str:
    """HTML of one block of code. Of an unknown language it is escaped and left without colour."""
    lexer = _lexer(language.lower())
    body = highlight(source, lexer, HtmlFormatter(nowrap=True)) if lexer else html.escape(source, quote=False)
    return f'<div class="code"><pre tabindex="0"><code>{body.rstrip()}\n</code></pre></div>'


@lru_cache(maxsize=128)
def _lexer(language: str) -> Lexer | None:
    if language not in LANGUAGES:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return None
