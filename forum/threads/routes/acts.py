"""Acts on posts: votes, acceptance, deletion. A fragment for behaviours, a way back to the post for forms."""

from flask import request

from forum.core.errors import Invalid
from forum.core.i18n import gettext as _
from forum.doors import Page, acting, needs, said, viewer, wants_fragment
from forum.extensions import db
from forum.threads import actions, queries
from forum.threads.routes.blueprint import POST, blueprint, post_fragment, to, votes_fragment

_VALUES = {"1": 1, "-1": -1, "−1": -1, "0": 0}


@blueprint.post(f"/p/{POST}/vote")
@needs("member")
def vote(post_id: int) -> Page:
    """Vote up (1), down (−1, with a reason), or take the vote back (0)."""
    value = _VALUES.get(request.form.get("value", ""))
    if value is None:
        raise Invalid({"value": _("A vote is 1, −1 or 0.")})
    with acting() as (session, actor):
        post = queries.visible_post(session, actor, post_id)
        thread_id = post.thread_id
        actions.vote(session, actor, post, value, request.form.get("reason"))
    if not wants_fragment():
        return _to_post(post_id)
    return post_fragment(post_id) if request.form.get("draw") == "post" else votes_fragment(thread_id, post_id)


@blueprint.post(f"/p/{POST}/acceptance")
@needs("member")
def accept(post_id: int) -> Page:
    """Accept an answer."""
    with acting() as (session, actor):
        actions.accept_answer(session, actor, queries.visible_post(session, actor, post_id))
    return post_fragment(post_id) if wants_fragment() else _to_post(post_id)


@blueprint.post(f"/p/{POST}/acceptance/undo")
@blueprint.delete(f"/p/{POST}/acceptance")
@needs("member")
def unaccept(post_id: int) -> Page:
    """Take an acceptance back."""
    with acting() as (session, actor):
        actions.unaccept(session, actor, queries.visible_post(session, actor, post_id))
    return post_fragment(post_id) if wants_fragment() else _to_post(post_id)


@blueprint.post(f"/p/{POST}/worked")
@needs("member")
def worked(post_id: int) -> Page:
    """Say that an answer worked, with the `version` if one was typed."""
    with acting() as (session, actor):
        post = queries.visible_post(session, actor, post_id)
        actions.say_worked(session, actor, post, request.form.get("version"))
    return post_fragment(post_id) if wants_fragment() else _to_post(post_id)


@blueprint.post(f"/p/{POST}/worked/undo")
@blueprint.delete(f"/p/{POST}/worked")
@needs("member")
def unworked(post_id: int) -> Page:
    """Take back that an answer worked."""
    with acting() as (session, actor):
        actions.unsay_worked(session, actor, queries.visible_post(session, actor, post_id))
    return post_fragment(post_id) if wants_fragment() else _to_post(post_id)


@blueprint.post(f"/p/{POST}/helped")
@needs("member")
def helped(post_id: int) -> Page:
    """The asker names an answer that helped as well."""
    with acting() as (session, actor):
        actions.name_helped(session, actor, queries.visible_post(session, actor, post_id))
    return post_fragment(post_id) if wants_fragment() else _to_post(post_id)


@blueprint.post(f"/p/{POST}/helped/undo")
@blueprint.delete(f"/p/{POST}/helped")
@needs("member")
def unhelped(post_id: int) -> Page:
    """Take that back."""
    with acting() as (session, actor):
        actions.name_helped(session, actor, queries.visible_post(session, actor, post_id), helped=False)
    return post_fragment(post_id) if wants_fragment() else _to_post(post_id)


@blueprint.post(f"/p/{POST}/endorsement")
@needs("staff")
def endorse(post_id: int) -> Page:
    """Stand behind an answer in the shop's name."""
    with acting() as (session, actor):
        actions.endorse(session, actor, queries.visible_post(session, actor, post_id))
    return post_fragment(post_id) if wants_fragment() else _to_post(post_id)


@blueprint.post(f"/p/{POST}/endorsement/undo")
@blueprint.delete(f"/p/{POST}/endorsement")
@needs("staff")
def unendorse(post_id: int) -> Page:
    """Take the shop's word back."""
    with acting() as (session, actor):
        actions.endorse(session, actor, queries.visible_post(session, actor, post_id), endorsed=False)
    return post_fragment(post_id) if wants_fragment() else _to_post(post_id)


@blueprint.post(f"/p/{POST}/deletion")
@needs("member")
def delete(post_id: int) -> Page:
    """Delete a post; an opening takes its thread with it."""
    with acting() as (session, actor):
        post = queries.visible_post(session, actor, post_id)
        whole_thread = post.kind == "opening"
        actions.delete_post(session, actor, post)
    if wants_fragment() and not whole_thread:
        return post_fragment(post_id)
    said(_("The thread is deleted. You can bring it back here.") if whole_thread else _("The post is deleted."))
    return _to_post(post_id)


@blueprint.post(f"/p/{POST}/deletion/undo")
@blueprint.delete(f"/p/{POST}/deletion")
@needs("member")
def undelete(post_id: int) -> Page:
    """Bring a deleted post back."""
    with acting() as (session, actor):
        post = queries.visible_post(session, actor, post_id)
        whole_thread = post.kind == "opening"
        actions.undelete_post(session, actor, post)
    return post_fragment(post_id) if wants_fragment() and not whole_thread else _to_post(post_id)


def _to_post(post_id: int) -> Page:
    return to(queries.post_path(db.session(), viewer(), post_id))
