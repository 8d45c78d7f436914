"""Templates are compiled once for each language, with its words in them: what is drawn looks up nothing that is fixed.

A page of a thread says some five hundred fixed words; looked up one by one they were a fifth of its time. So each
language has an environment of its own in which `_("…")` is the translated text, from when the template is compiled.
"""

from functools import lru_cache
from secrets import token_hex
from typing import Any

from flask.templating import Environment
from flask_wtf.csrf import generate_csrf
from jinja2 import Template, nodes
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from jinja2.visitor import NodeTransformer

from forum.core.filters import ago
from forum.core.i18n import catalogue, language

# Macros that make the same of the same plain values, in one language: what they made is kept. Whatever asks for
# the time, the viewer or the request is not among them.
SAME_OF_SAME = {
    "components/marks.html": ("icon", "sprig", "avatar", "person", "hue_dot", "chip", "short"),
}
# The same of macros that say how long ago something was: kept together with the words for that, which go on by
# themselves. The time is this attribute of the first argument, a row whose fields are plain values.
SAME_FOR_A_WHILE = {"components/lists.html": {"thread_row": "last_at"}}
KEPT_RESULTS = 1024  # of one macro in one language; a few hundred bytes each

# Where the token of a form goes, which is another in each session: what is kept has this in its place. Nobody who
# writes can have it put into a page, for it is not known outside this process, and no text holds a NUL.
TOKEN_SLOT = f"\x00{token_hex(16)}\x00"


def token_slot() -> str:
    """For templates' `csrf_token()`."""
    return TOKEN_SLOT


def fill(drawn: str) -> str:
    """A page, or a part of one that is sent by itself, with the session's token in its forms."""
    return drawn.replace(TOKEN_SLOT, generate_csrf()) if TOKEN_SLOT in drawn else drawn


class Words(NodeTransformer):
    """Puts the words of a language into a template in place of the calls that would look them up."""

    def __init__(self, code: str) -> None:
        self._catalogue = catalogue(code)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        """`_("…")` becomes the text, `_("… %(name)s", name=x)` the text with its values."""
        self.generic_visit(node)
        if not (isinstance(node.node, nodes.Name) and node.node.name == "_" and len(node.args) == 1):
            return node
        said = node.args[0]
        if not isinstance(said, nodes.Const) or node.dyn_args is not None or node.dyn_kwargs is not None:
            return node
        place: dict[str, Any] = {"lineno": node.lineno, "environment": node.environment}
        text = nodes.Const(self._catalogue.ugettext(said.value), **place)
        if not node.kwargs:
            return text
        values = [nodes.Pair(nodes.Const(one.key, **place), one.value, **place) for one in node.kwargs]
        return nodes.Mod(text, nodes.Dict(values, **place), **place)


class Calls(Context):
    """A context that knows what most calls in a template are: a macro, which Jinja would find out by looking around."""

    def call(__self, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """As Jinja's, without looking for what a macro or a kept macro cannot want of the context."""
        if type(__obj) is Macro:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
            return __obj(__self.eval_ctx, *args, **kwargs)
        if type(__obj) is _Kept:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
            return __obj(*args, **kwargs)
        return super().call(__obj, *args, **kwargs)


# Typed: Markup and a plain text may be equal and must not be taken for each other.
_keep = lru_cache(KEPT_RESULTS, typed=True)
_Kept = type(_keep(str))


def _keep_a_while(macro: Any, time: str) -> Any:
    kept = _keep(lambda _ago, row, *args, **named: macro(row, *args, **named))
    return lambda row, *args, **named: kept(ago(getattr(row, time)), row, *args, **named)


class Page(Template):
    """A template whose module, what others import of it, is made once: nothing here has globals of its own."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        module = self._module
        if module is None:
            module = self.make_module()
            for name in SAME_OF_SAME.get(self.name or "", ()):
                setattr(module, name, _keep(getattr(module, name)))
            for name, time in SAME_FOR_A_WHILE.get(self.name or "", {}).items():
                setattr(module, name, _keep_a_while(getattr(module, name), time))
            self._module = module
        return module

    def render(self, *args: Any, **values: Any) -> str:
        """As Jinja's, with the session's token in the forms."""
        return fill(super().render(*args, **values))

    def draw(self, **values: Any) -> str:
        """A part of a page, of nothing but the values; its forms get their token when the page is rendered."""
        return super().render(**values)


class Templates(Environment):
    """Gives out each template in the language in force."""

    context_class = Calls
    template_class = Page
    speaks = ""  # a language; "" chooses one at each call

    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(app, **options)
        self._spoken: dict[str, Templates] = {}

    def _load_template(self, name: str, globals: Any) -> Template:
        if self.speaks:
            return super()._load_template(name, globals)
        return self._in(language())._load_template(name, globals)

    def _in(self, code: str) -> "Templates":
        if code not in self._spoken:
            spoken = self.overlay()
            assert isinstance(spoken, Templates)
            spoken.speaks = code
            self._spoken[code] = spoken
        return self._spoken[code]

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        if self.speaks:
            source = Words(self.speaks).visit(source)
        return super()._generate(source, *args, **kwargs)
