"""Marks at the beginning of a line: spoiler blocks, tasks, and lists that follow a line of text."""

import re
from xml.etree.ElementTree import Element, SubElement

from markdown.blockprocessors import BlockProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

_SPOILER = re.compile(r"^ {0,3}>![ ]?", re.MULTILINE)
_TASK = re.compile(r"^ *\[(?P<state>[xX ])\] +(?=\S)")
_LIST_ITEM = re.compile(r"^ {0,3}(?:[-*+]|\d{1,9}\.) +\S")
_LIST_START = re.compile(r"^ {0,3}(?:[-*+]|1\.) +\S")
_NOT_TEXT = re.compile(r"^(?: {0,3}(?:[>|]|\[[^\]]*\]:)| {4}|\t)")


class SpoilerBlock(BlockProcessor):
    """Lines that begin with `>!` → `<details class="spoiler">`; what stands inside is parsed as usual."""

    def test(self, parent: Element, block: str) -> bool:
        """Whether a line of the block begins with the mark."""
        return _SPOILER.search(block) is not None

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Take the marked lines out of the first block; what stands before and after is parsed for itself."""
        lines = blocks.pop(0).split("\n")
        first = next(index for index, line in enumerate(lines) if _SPOILER.match(line))
        last = first
        while last < len(lines) and _SPOILER.match(lines[last]):
            last += 1
        if first:
            self.parser.parseBlocks(parent, ["\n".join(lines[:first])])
        self.parser.parseChunk(self._details(parent), "\n".join(_SPOILER.sub("", line) for line in lines[first:last]))
        if last < len(lines):
            blocks.insert(0, "\n".join(lines[last:]))

    def _details(self, parent: Element) -> Element:
        sibling = self.lastChild(parent)
        if sibling is not None and sibling.tag == "details":
            return sibling
        details = SubElement(parent, "details", {"class": "spoiler"})
        SubElement(details, "summary").text = AtomicString("Spoiler")
        return details


class TaskList(Treeprocessor):
    """List items that begin with `[ ]` or `[x]` → a box that cannot be ticked, labelled by the item's words."""

    def run(self, root: Element) -> None:
        """Runs before the inline patterns, which would take the brackets for a link."""
        for item in root.iter("li"):
            holder = item if (item.text or "").strip() else next(iter(item), None)
            if holder is None or (holder is not item and holder.tag != "p"):
                continue
            match = _TASK.match(holder.text or "")
            if match:
                item.set("class", "task")
                _add_box(holder, match)


def _add_box(holder: Element, match: re.Match[str]) -> None:
    label = Element("label")
    box = SubElement(label, "input", {"type": "checkbox", "disabled": "disabled"})
    if match["state"] != " ":
        box.set("checked", "checked")
    box.tail = " " + (holder.text or "")[match.end() :]
    holder.text = None
    holder.insert(0, label)


class ListAfterText(Preprocessor):
    """A list may follow a line of text without an empty line in between, as in CommonMark (section 5.2)."""

    def run(self, lines: list[str]) -> list[str]:
        """The lines with an empty one put before such a list."""
        result: list[str] = []
        in_list = False
        for line in lines:
            if not line.strip():
                in_list = in_list and bool(result) and not result[-1].strip()
            elif _LIST_ITEM.match(line):
                previous = result[-1] if result else ""
                if not in_list and previous.strip() and _LIST_START.match(line) and not _NOT_TEXT.match(previous):
                    result.append("")
                in_list = True
            result.append(line)
        return result
