// What every page has: theme, search key, menus, sending once, ticked rows, copying. The pages work without it.
"use strict";

(() => {
  const root = document.documentElement;
  const themes = ["system", "light", "dark"];
  const words = { system: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" };

  function showTheme(theme) {
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    for (const place of document.querySelectorAll("[data-theme-words]")) place.textContent = words[theme];
  }

  function setUpTheme() {
    let theme = root.dataset.theme || "system";
    showTheme(theme);
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        theme = themes[(themes.indexOf(theme) + 1) % themes.length];
        // The server reads the cookie, so that the next page is drawn in its theme at once.
        const age = theme === "system" ? 0 : 31536000;
        const secure = location.protocol === "https:" ? "; secure" : "";
        document.cookie = `theme=${theme}; path=/; max-age=${age}; samesite=lax${secure}`;
        showTheme(theme);
      });
    }
  }

  function isTyping(element) {
    return element.matches("input, select, textarea, [contenteditable]");
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const open = event.target.closest("details.menu[open]");
      if (open) {
        open.open = false;
        open.querySelector("summary").focus();
      }
    }
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const search = document.querySelector("[data-slash-focus]");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  });

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  // A form sent twice is a bill saved twice: its buttons rest until the page is left.
  const sending = new WeakSet();

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-submit-once]") || event.defaultPrevented) return;
    if (sending.has(form)) {
      event.preventDefault();
      return;
    }
    sending.add(form);
    // Not before the form is read: a disabled button would not send its value.
    setTimeout(() => setBusy(form, true), 0);
  });

  function setBusy(form, busy) {
    for (const button of form.elements) {
      if (button.type !== "submit") continue;
      if (busy) button.setAttribute("aria-busy", "true");
      else button.removeAttribute("aria-busy");
      button.disabled = busy;
    }
  }

  // The browser's Back may bring the page back as it was left.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("[data-submit-once]")) {
      sending.delete(form);
      setBusy(form, false);
    }
  });

  function money(cents) {
    return (cents / 100).toLocaleString("en-GB", { minimumFractionDigits: 2 });
  }

  function setUpTicks(form) {
    const bar = form.querySelector("[data-bulk-bar]");
    const all = form.querySelector("[data-check-all]");
    const boxes = () => [...form.querySelectorAll("[data-row-check]")];

    function show() {
      const ticked = boxes().filter((box) => box.checked);
      if (all) {
        all.checked = ticked.length > 0 && ticked.length === boxes().length;
        all.indeterminate = ticked.length > 0 && !all.checked;
      }
      if (!bar) return;
      bar.hidden = ticked.length === 0;
      bar.querySelector("[data-bulk-count]").textContent = `${ticked.length} selected`;
      const sum = bar.querySelector("[data-bulk-sum]");
      sum.hidden = !ticked.some((box) => box.dataset.cents);
      sum.textContent = money(ticked.reduce((total, box) => total + Number(box.dataset.cents || 0), 0));
    }

    form.addEventListener("change", (event) => {
      if (event.target === all) for (const box of boxes()) box.checked = all.checked;
      if (event.target.matches("[data-check-all], [data-row-check]")) show();
    });
    if (all) all.hidden = false;
    show();
  }

  function setUpCopying(button) {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      document.dispatchEvent(new CustomEvent("announce", { detail: "Copied" }));
    });
  }

  // A button that says what was chosen, as in "Use 260 and send 37 bills".
  function setUpChosen(words) {
    const field = words.closest("form").elements[words.dataset.chosenIn];
    const plain = words.textContent;
    const show = () => (words.textContent = field.value || plain);
    field.addEventListener("change", show);
    show();
  }

  // A button that says what becomes of the fields, as in "Send 1 field, accept 1".
  function setUpDecisions(form) {
    const words = form.querySelector("[data-decision-words]");
    if (!words) return;
    const plain = words.textContent;
    const verbs = { "send-ours": "send", "accept-xeros": "accept", leave: "leave" };

    function show() {
      const counts = Object.entries(verbs)
        .map(([value, verb]) => [verb, form.querySelectorAll(`[value="${value}"]:checked`).length])
        .filter(([, count]) => count);
      const parts = counts.map(([verb, count], at) => `${verb} ${count}${at ? "" : count === 1 ? " field" : " fields"}`);
      const said = parts.join(", ");
      words.textContent = said ? said[0].toUpperCase() + said.slice(1) : plain;
    }

    form.addEventListener("change", show);
    show();
  }

  // An address that names a card leads to its first field, a wrong one before others.
  function focusCard() {
    const wrong = document.querySelector(".fix [aria-invalid=true]")?.closest("[data-card]");
    const card = wrong || document.getElementById(location.hash.slice(1));
    if (!card?.matches("[data-card]")) return;
    card.closest("details")?.setAttribute("open", "");
    card.scrollIntoView({ block: "start" });
    const field = card.querySelector(".fix :is([aria-invalid=true], input[data-fix-field], [role=combobox])");
    (field || card).focus({ preventScroll: true });
  }

  setUpTheme();
  document.querySelectorAll("[data-bulk]").forEach(setUpTicks);
  document.querySelectorAll("[data-copy]").forEach(setUpCopying);
  document.querySelectorAll("[data-chosen-in]").forEach(setUpChosen);
  document.querySelectorAll("[data-decisions]").forEach(setUpDecisions);
  document.querySelector("[data-focus-now]")?.focus();
  // After the browser has gone to the place the address names, which takes the focus from fields.
  window.addEventListener("load", () => setTimeout(focusCard, 0));
  window.addEventListener("hashchange", focusCard);
  // On a phone the tabs are one line: the one that is open comes into view.
  const tab = document.querySelector(".tabs [aria-current]");
  if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft;
})();
