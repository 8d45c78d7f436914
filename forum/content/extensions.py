"""The two dialects of Markdown: one for posts, a smaller one for chat."""

from functools import partial
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from pymdownx.emoji import gemoji, to_alt

from forum.content.blocks import ListAfterText, SpoilerBlock, TaskList
from forum.content.codestyle import COLOURED_LENGTH, code_block
from forum.content.finish import Finish
from forum.content.inline import AddressPattern, BoardPattern, Context, MentionPattern, SpoilerPattern

_SHARED = [
    "sane_lists",
    "pymdownx.saneheaders",
    "pymdownx.betterem",
    "pymdownx.tilde",
    "pymdownx.magiclink",
    "pymdownx.emoji",
    "pymdownx.superfences",
]
_POST_ONLY = ["tables", "footnotes"]
_CHAT_ONLY = ["nl2br"]
_NOT_IN_CHAT = ("hashheader", "setextheader", "hr", "reference")


class Dialect(Extension):
    """The marks of this forum, and the end of raw HTML: what is typed as a tag is shown as typed."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context

    def extendMarkdown(self, md: Markdown) -> None:
        """Numbers are priorities among those of Markdown and pymdown-extensions: the higher runs first."""
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.preprocessors.register(ListAfterText(md), "list_after_text", 22)
        md.parser.blockprocessors.register(SpoilerBlock(md.parser), "spoiler_block", 25)
        md.inlinePatterns.register(AddressPattern(md), "magic-link", 85)
        md.inlinePatterns.register(SpoilerPattern(), "spoiler", 82)
        md.inlinePatterns.register(MentionPattern(self.context), "mention", 78)
        md.inlinePatterns.register(BoardPattern(self.context), "board", 77)
        md.treeprocessors.register(TaskList(md), "task_list", 40)
        md.treeprocessors.register(Finish(self.context), "finish", -10)


def build(context: Context, *, chat: bool) -> Markdown:
    """A parser for one thread (it is not safe to share). `context` says what `@` and `#` may mean."""
    extensions: list[str | Extension] = [*_SHARED, *(_CHAT_ONLY if chat else _POST_ONLY), Dialect(context)]
    parser = Markdown(extensions=extensions, extension_configs=_configs(context), output_format="html")
    if chat:
        for name in _NOT_IN_CHAT:
            parser.parser.blockprocessors.deregister(name)
    return parser


def _configs(context: Context) -> dict[str, dict[str, Any]]:
    fence = {"name": "*", "class": "", "validator": _any_header, "format": partial(_fence, context)}
    return {
        "tables": {"use_align_attribute": True},
        "footnotes": {"SEPARATOR": "-", "BACKLINK_TITLE": ""},
        "pymdownx.tilde": {"subscript": False},
        "pymdownx.emoji": {"emoji_index": gemoji, "emoji_generator": to_alt, "options": {}},
        "pymdownx.superfences": {"custom_fences": [fence], "relaxed_headers": True},
        "pymdownx.highlight": {"use_pygments": False},
    }


def _any_header(language: str, inputs: object, options: object, attrs: object, md: Markdown) -> bool:
    """Every fence is code, and what its first line says beyond the language is left out."""
    return True


def _fence(context: Context, source: str, language: str, *rest: object, **options: object) -> str:
    context.coloured += len(source)
    return code_block(source, language or "" if context.coloured <= COLOURED_LENGTH else "")
