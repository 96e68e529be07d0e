// Something changed in the room: fetch the page again and put its body in place. Nothing is stored.
"use strict";
(() => {
  const body = document.body, live = body.dataset.live, wall = body.classList.contains("wall");
  let offset = 0;

  const clock = () => {
    const shown = document.querySelector("[data-left]");
    if (!shown) return;
    const left = Math.max(0, Math.round(Number(shown.dataset.left) - (performance.now() - offset) / 1000));
    shown.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    shown.classList.toggle("over", left === 0);
  };

  const words = () => {
    const written = document.querySelector("textarea");
    return written ? written.value : "";
  };

  const show = async () => {
    let page;
    try {
      const answer = await fetch(location.pathname, { cache: "no-store" });
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch { return; }                       // the network is away: the next event tries again
    const next = page.body, same = next.dataset.turn === body.dataset.turn;
    if (!wall && same) return;                // what is being filled in stays
    const kept = words(), typing = document.activeElement instanceof HTMLTextAreaElement;
    body.className = next.className;
    body.dataset.turn = next.dataset.turn;
    document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
    offset = performance.now();
    clock();
    if (wall) return;
    const area = document.querySelector("textarea");
    if (area && kept) area.value = kept;      // words half written follow to the next question
    if (typing && area) area.focus(); else document.querySelector("h1")?.focus();
  };

  offset = performance.now();
  clock();
  setInterval(clock, 500);
  if (live && "EventSource" in window) {
    let version = body.dataset.version;
    const events = new EventSource(live);
    events.onmessage = (told) => { if (told.data !== version) { version = told.data; show(); } };
    events.onerror = () => { version = ""; };  // it comes back by itself, and may have missed something
    events.addEventListener("fin", () => { events.close(); show(); });
  }
})();
