"""Only what is listed comes out, whatever goes in; and what came out goes through unchanged."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.content.limits import TooComplex
from forum.content.markdown import render
from forum.content.sanitize import clean, safe_url
from tests.content.safe_html import address_is_safe, faults

HOSTILE = [
    "<script>canary()</script>",
    "<ScRiPt src=//e.org></sCrIpT>",
    "<img src=x onerror=canary()>",
    "<img/src='x'/onerror=canary()>",
    "<img src=/a srcset='https://e.org/x 1x, /u/0123456789abcdef0123456789abcdef/9 9w' sizes=100vw width=9e9>",
    "<img src=/a srcset='/u/0123456789abcdef0123456789abcdef/9 9w, //e.org/x 2x' sizes='min(1px, 100vw), 9px' width=0>",
    "<svg onload=canary()><animate onbegin=canary()>",
    "<svg><style><img src=x onerror=canary()></style></svg>",
    "<svg></p><style><a id='</style><img src=1 onerror=canary()>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=canary()&gt;'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=canary()>",
    "<noscript><p title='</noscript><img src=x onerror=canary()>'>",
    "<textarea><img title='</textarea><img src=x onerror=canary()>'>",
    "<title><a title='</title><script>canary()</script>'>",
    "<xmp><p title='</xmp><img src=x onerror=canary()>'>",
    "<template><script>canary()</script></template>",
    "<iframe srcdoc='<script>canary()</script>'></iframe>",
    "<object data=javascript:canary()></object><embed src=javascript:canary()>",
    "<a href='java\tscript:canary()'>x</a>",
    "<a href='\x01javascript:canary()'>x</a>",
    "<a href='javascript&colon;canary()'>x</a>",
    "<a href='javascript:123'>x</a>",
    "<a href=' &#x6a;avascript:canary()'>x</a>",
    "<a href='vbscript:x'>x</a><a href='data:text/html,<script>canary()</script>'>x</a>",
    "<a href='//e.org'>x</a><a href='/\\e.org'>x</a><a href='https:e.org'>x</a><a href='https://a@e.org'>x</a>",
    "<a href='/x' target=_blank rel=opener hx-get=/x data-x=1 style='color:red' onclick=canary()>x</a>",
    "<div class='modal code' hx-get=/x style='position:fixed' id=main>x</div>",
    "<p id=u-x>x</p><li id=main>x</li><li id='u-a b'>x</li>",
    "<input type=password autofocus onfocus=canary()><button formaction=javascript:canary()>x</button>",
    "<base href=//e.org><meta http-equiv=refresh content=0><link rel=stylesheet href=//e.org>",
    "<!--><img src=x onerror=canary()>--><!-- --!><img src=x onerror=canary()>",
    "<![CDATA[><img src=x onerror=canary()>]]><?php x ?>",
    "<a title='\"><img src=x onerror=canary()>'>x</a>",
    "<table><a href=/x><tr><td><a href=/y>x</table>z",
    "<pre>\n\n\nx</pre><h1>a</h1><h2>b</h2>",
    "<b><p><i></b>x</p></i>",
    "<img src=https://e.org/a.png alt='<b>&quot;'><a href=/x><img src=https://e.org/b.png></a>",
    "\x00<\x00script>\ud800canary()",
    "<details open ontoggle=canary()><summary>x",
    "<select><option><img src=x onerror=canary()></select><frameset onload=canary()>",
    '`<x onclick=canary()>` [x](<javascript:canary()>) ![x](x" onerror="canary())',
    '[x](/a"onmouseover="canary()) [x](https://e.org/"onclick="canary()) <https://e.org/"onclick="canary()>',
    "[x]: javascript:canary()\n[x] [a](\x0bjavascript:canary()) <javascript:canary()>",
    "@ana\" onclick=canary() #b' onclick=canary()",
]

PIECES = st.sampled_from(
    [
        "<",
        ">",
        "</",
        "/>",
        "&",
        "&#",
        ";",
        '"',
        "'",
        "=",
        "`",
        "[",
        "]",
        "(",
        ")",
        "!",
        "*",
        "_",
        "~",
        "|",
        "#",
        "@",
        ":",
        "\\",
        "\n",
        "\n\n",
        "\t",
        "-",
        ">",
        ">!",
        "1.",
        "```",
        "[^1]",
        "[^1]:",
        "||",
        "a",
        "b",
        "p",
        "i",
        "td",
        "li",
        "tr",
        "table",
        "svg",
        "math",
        "style",
        "script",
        "img",
        "details",
        "input",
        "pre",
        "code",
        "href",
        "src",
        "onerror",
        "title",
        "id",
        "class",
        "javascript:",
        "https://e.org",
        "//e.org",
        "/p/1",
        "data:",
        "&colon;",
        "&lt;",
        "<!--",
        "-->",
        "<b>",
        "</b>",
        "<p>",
        "</p>",
        "<a",
        "<img",
        "<pre>",
        "<table>",
        "<td>",
        "<svg>",
        "<math>",
        "<style>",
        "</style>",
        "<select>",
        "<h1>",
        "<template>",
        "\x00",
        "\u2028",
        "菜",
        " ",
        " ",
    ]
)
SOUP = st.lists(PIECES, max_size=40).map("".join)


@pytest.mark.parametrize("html", HOSTILE)
def test_hostile_html_becomes_harmless(html: str) -> None:
    once = clean(html)
    assert faults(once) == []
    assert clean(once) == once


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_markdown_becomes_harmless(source: str) -> None:
    rendered = render(source, members={"ana": "Ana"}, boards={"b": "B"})
    assert faults(rendered.html) == []
    assert clean(rendered.html) == rendered.html
    for wrapped in (
        f"> {source}",
        f"- {source}",
        f"**{source}**",
        f"| {source} |\n|---|\n| {source} |",
        f"[{source}](/x)",
    ):
        assert faults(render(wrapped).html) == []


@settings(max_examples=400)
@given(st.one_of(SOUP, st.text()))
def test_any_html_becomes_harmless_and_stays(html: str) -> None:
    once = clean(html)
    assert faults(once) == []
    assert clean(once) == once


@settings(max_examples=400)
@given(st.one_of(SOUP, st.text()))
def test_any_markdown_becomes_harmless_and_stays(source: str) -> None:
    try:
        html = render(source, members={"a": "a"}, boards={"b": "b"}, anchor="p1", host="e.org").html
    except TooComplex:
        return
    assert faults(html) == []
    assert clean(html) == html


@settings(max_examples=500)
@given(
    st.lists(
        st.sampled_from(
            [
                "javascript:",
                "http:",
                "https:",
                "HTTPS://",
                "mailto:",
                "data:",
                "/",
                "//",
                "\\",
                "@",
                "e.org",
                ":",
                "#",
                "?",
                "%",
                "[",
                "]",
                " ",
                "\t",
                "\n",
                "\r",
                "\x00",
                "\x01",
                "\x0b",
                "\x85",
                "\u2028",
                "1",
                "a",
                ".",
            ]
        ),
        max_size=8,
    ).map("".join)
)
def test_an_address_is_safe_or_refused(url: str) -> None:
    result = safe_url(url)
    if result is not None:
        assert address_is_safe(result)
        assert safe_url(result) == result


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "javascript:123",
        "vbscript:x",
        "data:text/html,x",
        "file:///etc/passwd",
        "//e",
        "/\\e",
        "\\\\e",
        "/\t/e",
        "https:e",
        "https:/e",
        "https://",
        "https://a@e",
        "http://e\\@f",
        "%2f%2fe",
        "e.org",
        "#x",
        "?x",
        "",
        "mailto:",
        "http://[::1",
        "http://e:99999",
        "/a\x00b",
    ],
)
def test_refused_addresses(url: str) -> None:
    assert safe_url(url) is None


@pytest.mark.parametrize(
    ("url", "result"),
    [
        ("https://例子.cn/路?a=b#c", "https://例子.cn/路?a=b#c"),
        (" HTTP://e.org:8080 ", "HTTP://e.org:8080"),
        ("http://[::1]/", "http://[::1]/"),
        ("mailto:a@b.org", "mailto:a@b.org"),
        ("/p/1?x=//y#z", "/p/1?x=//y#z"),
        ("/a\\b", "/a%5Cb"),
        ("/", "/"),
        ("https://e.org/a\nb", "https://e.org/ab"),
    ],
)
def test_allowed_addresses(url: str, result: str) -> None:
    assert safe_url(url) == result


def test_html_of_an_import() -> None:
    assert clean(
        "<h1>T</h1><p>a <kbd>b</kbd> <img src='https://e.org/i.png' alt='pic'></p><pre>\n<code>c\n</code></pre>"
    ) == (
        '<h3>T</h3><p>a <kbd>b</kbd> <a rel="nofollow ugc noopener" href="https://e.org/i.png">pic</a></p>'
        '<pre tabindex="0"><code>c\n</code></pre>'
    )
