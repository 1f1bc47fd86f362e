// Tells a reader that the register changed since the page was made. The page works without it.
"use strict";
(() => {
  const notice = document.querySelector("[data-live]");
  if (!notice || !("EventSource" in window)) return;
  const [kind, id] = notice.dataset.live.split(":");
  const address = `/live?${new URLSearchParams({ after: notice.dataset.after, [kind]: id })}`;
  let source = null;

  function stop() {
    if (source) source.close();
    source = null;
  }

  // A browser opens few connections to one host: a page that is out of sight gives its own back.
  function listen() {
    if (document.hidden || !notice.firstElementChild.hidden) return stop();
    if (source) return;
    source = new EventSource(address);
    source.addEventListener("changed", () => {
      notice.firstElementChild.hidden = false;
      stop();
    });
  }

  document.addEventListener("visibilitychange", listen);
  window.addEventListener("pagehide", stop);
  window.addEventListener("pageshow", listen);
  listen();
})();
