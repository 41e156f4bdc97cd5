// Live pages: polls rest while nobody looks or the user paused them; changes are read out at most every 5 s.
"use strict";

(() => {
  const QUIET_MS = 5000;
  const announcer = document.getElementById("announcer");
  let lastSaid = 0;
  let waiting = null;

  function say(text) {
    if (!text) return;
    const alreadyWaits = waiting !== null;
    waiting = text;
    if (alreadyWaits) return;
    setTimeout(() => {
      announcer.textContent = waiting;
      waiting = null;
      lastSaid = Date.now();
    }, Math.max(0, lastSaid + QUIET_MS - Date.now()));
  }

  document.addEventListener("announce", (event) => say(event.detail));

  let paused = false;

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.matches("[data-live]") && (paused || document.hidden)) event.preventDefault();
  });

  // Signed out, or no longer a member: asking again cannot help.
  document.addEventListener("htmx:responseError", (event) => {
    if (!event.target.matches("[data-live]") || ![401, 403, 404].includes(event.detail.xhr.status)) return;
    setPaused(true);
    say("Updates have stopped. Load the page again to go on.");
  });

  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (event.detail.target !== announcer) return;
    event.detail.shouldSwap = false;
    const text = event.detail.fragment.textContent.trim();
    if (text !== announcer.textContent) say(text);
  });

  function setPaused(value) {
    paused = value;
    for (const button of document.querySelectorAll("[data-live-toggle]")) {
      button.setAttribute("aria-pressed", String(paused));
      button.querySelector("span").textContent = paused ? "Updates paused" : "Pause updates";
    }
  }

  for (const button of document.querySelectorAll("[data-live-toggle]")) {
    button.hidden = false;
    button.addEventListener("click", () => setPaused(!paused));
  }
})();
