"""Every mark, once, through the door that posts and chat use."""

import re
import threading

import pytest

from forum.content.markdown import Rendered, render, render_chat
from tests.content.safe_html import faults

MEMBERS = {"ana": "Ana", "小明": "小明", "bo.li": "Bo.Li"}
BOARDS = {"general": "General talk"}


def post(source: str, **more: str) -> Rendered:
    rendered = render(source, members=MEMBERS, boards=BOARDS, **more)
    assert faults(rendered.html) == []
    return rendered


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("", ""),
        ("*a* **b** `c` ~~d~~", "<p><em>a</em> <strong>b</strong> <code>c</code> <del>d</del></p>"),
        ("snake_case_word", "<p>snake_case_word</p>"),
        ("text\n- a\n- b", "<p>text</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. c\n4. d", '<ol start="3">\n<li>c</li>\n<li>d</li>\n</ol>'),
        ("#no heading", "<p>#no heading</p>"),
        (
            "a ||secret|| b || c",
            '<p>a <span class="spoiler" tabindex="0">secret</span> b || c</p>',
        ),
        (":smile: 12:30:45 :nothing:", "<p>😄 12:30:45 :nothing:</p>"),
        ("&copy; &lt;b&gt;", "<p>© &lt;b&gt;</p>"),
        ("{{7*7}} `{0.__class__}` %s", "<p>{{7*7}} <code>{0.__class__}</code> %s</p>"),
    ],
)
def test_a_mark(source: str, html: str) -> None:
    assert post(source).html == html


def test_a_table_scrolls_in_a_box_and_aligns_by_class() -> None:
    html = post("| a | b |\n|---|--:|\n| 1 | *2* |").html
    assert html.startswith('<div class="table-wrap" tabindex="0"><table>')
    assert '<td class="align-right"><em>2</em></td>' in html


def test_a_fence_is_coloured_by_classes() -> None:
    html = post("```python\ndef f(): pass\n```").html
    assert html.startswith('<div class="code"><pre tabindex="0"><code><span class="k">def</span>')


@pytest.mark.parametrize(
    "header", ["nonsense", 'python hl_lines="1-999999999" linenums="1"', "{.js #id onclick=x}", "a b c"]
)
def test_a_fence_is_code_whatever_its_header_says(header: str) -> None:
    html = post(f"```{header}\n<b>1</b>\n```").html
    assert html.startswith('<div class="code"><pre')
    assert "<b>" not in html
    assert "id=" not in html


def test_a_fence_stands_in_a_list_and_holds_no_mention() -> None:
    rendered = post("1. a\n    ```\n    @ana #general ||x||\n    ```\n2. b")
    assert "@ana #general ||x||" in rendered.html
    assert rendered.mentions == rendered.boards == ()


def test_tasks_cannot_be_ticked_and_are_labelled() -> None:
    html = post("- [ ] to *do*\n- [x] done\n\n    more\n- plain").html
    assert '<label><input disabled="" type="checkbox"> to <em>do</em></label>' in html
    assert '<input checked="" disabled="" type="checkbox"> done</label>' in html
    assert html.count("<label>") == 2


def test_footnotes_have_ids_of_their_own_text() -> None:
    html = post("word[^1] and[^a b]\n\n[^1]: note\n[^a b]: other", anchor="p12").html
    assert '<sup id="u-p12-fnref-1"><a class="footnote-ref" href="#u-p12-fn-1">1</a></sup>' in html
    assert '<li id="u-p12-fn-1">' in html
    assert '<li id="u-p12-fn-a_b">' in html
    assert 'id="u-fn-1"' in post("word[^1]\n\n[^1]: note").html


def test_a_spoiler_block_covers_its_lines_only() -> None:
    html = post("before\n>! the *end*\n>! is near\nafter").html
    assert html == (
        '<p>before</p>\n<details class="spoiler">\n<summary>Spoiler</summary>\n<p>the <em>end</em>\nis near</p>\n'
        "</details>\n<p>after</p>"
    )


@pytest.mark.parametrize("said", ["wrote:", "写道：", ":", ""])
def test_a_quote_names_its_source(said: str) -> None:
    rendered = post(f"> [@ana](/p/12) {said}\n> Hello @ana\n\nThanks")
    assert rendered.html.startswith(
        '<blockquote class="quote">\n<p class="quote-by"><a href="/p/12">@ana</a></p>\n<p>Hello '
    )
    assert rendered.mentions == ()


def test_any_other_quote_is_just_a_quote() -> None:
    assert "quote-by" not in post("> [@ana](/p/12) is right\n> and more").html
    assert "quote-by" not in post("> [ana](/p/12) wrote:\n> x").html
    assert "quote-by" not in post("> [@ana](https://e.org/p/12) wrote:\n> x").html


def test_headings_begin_below_the_page_and_skip_no_level() -> None:
    html = post("### Deep\n\n# Top\n\n#### Below\n\nUnder\n===\n\n###### Six").html
    assert [html[at + 1 : at + 3] for at in range(len(html)) if html[at : at + 2] == "<h"] == [
        "h3",
        "h3",
        "h4",
        "h3",
        "h4",
    ]


def test_mentions_and_boards_that_exist_are_linked() -> None:
    rendered = post("@Ana and @nobody, @BO.LI. In #general not #other; a@ana.org, https://e.org/@ana")
    assert '<a class="mention" href="/m/Ana">@Ana</a> and @nobody, <a class="mention" href="/m/Bo.Li">@Bo.Li</a>.' in (
        rendered.html
    )
    assert '<a class="board-link" href="/b/general">#General talk</a> not #other' in rendered.html
    assert rendered.mentions == ("Ana", "Bo.Li")
    assert rendered.boards == ("general",)


@pytest.mark.parametrize(("typed", "addresses"), [
    ("请看https://e.org/a。谢谢", ["https://e.org/a"]), ("（https://e.org/a）见“www.e.org”！", ["https://e.org/a", "http://www.e.org"]),
    ("https://zh.e.org/wiki/咖啡，https://e.org/2；", ["https://zh.e.org/wiki/咖啡", "https://e.org/2"]),
    ("(https://e.org/a_(b)). xhttps://e.org", ["https://e.org/a_(b)"]), ("<https://e.org/a。b>", ["https://e.org/a。b"]),
])  # fmt: skip
def test_an_address_in_chinese_needs_no_blanks(typed: str, addresses: list[str]) -> None:
    """It begins after a letter or a mark, and ends before one: 。，）are no part of it, letters are."""
    assert re.findall('href="([^"]*)"', post(typed).html) == addresses


def test_a_chinese_name_is_found_without_a_space_after_it() -> None:
    rendered = post("谢谢@小明你好")
    assert rendered.mentions == ()
    rendered = post("谢谢 @小明你好")
    assert rendered.html == '<p>谢谢 <a class="mention" href="/m/%E5%B0%8F%E6%98%8E">@小明</a>你好</p>'
    assert rendered.mentions == ("小明",)


def test_titles_and_names_are_escaped() -> None:
    rendered = render("@ana #b", members={"ana": '<b>"x'}, boards={"b": "<i>*x*&"})
    assert faults(rendered.html) == []
    assert "&lt;i&gt;*x*&amp;" in rendered.html
    assert 'href="/m/%3Cb%3E%22x"' in rendered.html


def test_links_and_pictures() -> None:
    rendered = post(
        "https://e.org/x [a](https://h.example/p/1) ![own](/media/1.webp) ![far](https://e.org/a.png) <a@b.org> "
        "[![in](https://e.org/b.png)](/t/1) [w](www.e.org) ![me](https://H.example/media/2.webp)",
        host="h.example",
    )
    assert '<a href="/p/1">a</a>' in rendered.html
    assert '<img alt="own" decoding="async" loading="lazy" src="/media/1.webp">' in rendered.html
    assert '<a rel="nofollow ugc noopener" href="https://e.org/a.png">far</a>' in rendered.html
    assert '<a href="/t/1"><span>in</span></a>' in rendered.html
    assert 'href="https://www.e.org"' in rendered.html
    assert 'href="mailto:a@b.org"' in rendered.html
    assert 'src="/media/2.webp"' in rendered.html
    assert (rendered.links, rendered.images) == (3, 2)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "javascript&colon;alert(1)",
        "java&#10;script:1",
        "//e.org",
        "/\\e.org",
        "x.html",
        "#top",
        "data:,x",
    ],
)
def test_an_unsafe_address_leaves_only_the_words(address: str) -> None:
    assert "<a" not in post(f"[words]({address})").html
    assert "<a" not in post(f"[words][r]\n\n[r]: {address}").html
    assert "<img" not in post(f"![words]({address})").html


def test_own_host_with_two_slashes_stays_absolute() -> None:
    assert 'href="https://h.example//e.org"' in post("[x](https://h.example//e.org)", host="h.example").html


def test_the_text_is_what_a_reader_reads() -> None:
    rendered = post(
        "# Title\n\nA [link](/p/1)[^1] & ![cat](/c.webp) ||a [b](x) c||\n\n>! gone\n\n| x | y |\n|---|---|\n| 1 | 2 |"
        "\n\n- one\n- two\n\n[^1]: note"
    )
    assert rendered.text == "Title\nA link & cat …\n…\nx y\n1 2\none\ntwo\nnote"


def test_chat_keeps_line_breaks_and_has_the_smaller_set() -> None:
    rendered = render_chat("# hi @ana\nline\n\n|a|b|\n|-|-|\n\n- x\n\n`c`", members=MEMBERS)
    assert faults(rendered.html) == []
    assert rendered.html.startswith('<p># hi <a class="mention" href="/m/Ana">@Ana</a><br>\nline</p>')
    assert "<table" not in rendered.html
    assert "<ul>" in rendered.html
    assert rendered.mentions == ("Ana",)


def test_one_text_leaves_nothing_for_the_next() -> None:
    post("[r]: /x\n\n[^1]: note\n\n@ana #general [^1]")
    rendered = post("[a][r] [^1]")
    assert rendered.html == "<p>[a][r] [^1]</p>"
    assert rendered.mentions == rendered.boards == ()


def test_many_threads_render_the_same() -> None:
    source = "# A\n\n@ana [^1] `x`\n\n```js\nvar a\n```\n\n[^1]: n"
    expected, results = post(source), []
    threads = [threading.Thread(target=lambda: results.append(post(source))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 12
