// "Post 7 of 31" at the side of a long thread, following the scroll.
export function rail(nav) {
  const posts = [...document.querySelectorAll(nav.dataset.posts ?? ".post")];
  const where = nav.querySelector("[data-rail-at]");
  const bar = nav.querySelector("progress");
  const first = Number(nav.dataset.first ?? 1);
  const watch = new IntersectionObserver(() => {
    const at = posts.findLastIndex((post) => post.getBoundingClientRect().top < innerHeight / 2);
    if (where) where.textContent = first + Math.max(at, 0);
    if (bar) bar.value = first + Math.max(at, 0);
  }, { rootMargin: "-49% 0px -49% 0px" });
  for (const post of posts) watch.observe(post);
}
