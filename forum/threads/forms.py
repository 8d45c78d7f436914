"""What forms about threads carry. What may be in it is for `writing` to say, where imports and the API meet it too."""

from collections.abc import Mapping
from dataclasses import dataclass

from forum.threads.writing import split_tags


@dataclass(frozen=True, slots=True)
class ThreadForm:
    """A new thread, as typed."""

    board: str = ""
    kind: str = "question"
    title: str = ""
    body: str = ""
    tags: str = ""
    product: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "ThreadForm":
        """Take the known fields of a request; others are left where they are."""
        known = ("board", "kind", "title", "body", "tags", "product")
        return cls(**{name: values[name] for name in known if name in values})

    @property
    def tag_words(self) -> tuple[str, ...]:
        """The tags, parted."""
        return split_tags(self.tags)


@dataclass(frozen=True, slots=True)
class EditForm:
    """A changed post, as typed; None for a part that the form does not have."""

    body: str | None = None
    title: str | None = None
    tags: str | None = None
    product: str | None = None

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "EditForm":
        """Take the known fields of a request; others are left where they are."""
        return cls(**{name: values[name] for name in ("body", "title", "tags", "product") if name in values})

    @property
    def tag_words(self) -> tuple[str, ...] | None:
        """The tags, parted; None where the form has none."""
        return split_tags(self.tags) if self.tags is not None else None
