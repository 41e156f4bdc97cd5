// The lines of a bill: a new line without a round trip. Without script the same button asks the server for one.
"use strict";

(() => {
  function setUp(editor) {
    const body = editor.querySelector("[data-lines-body]");
    const blank = editor.querySelector("[data-lines-blank]");
    const total = editor.querySelector(`[name="${editor.dataset.prefix}-TOTAL_FORMS"]`);

    const add = editor.querySelector("[data-lines-add]");
    // No longer a submit button, so that Enter in a field saves.
    add.type = "button";
    add.addEventListener("click", () => {
      const at = Number(total.value);
      const holder = document.createElement("tbody");
      holder.innerHTML = blank.innerHTML.replaceAll("__prefix__", String(at));
      const row = holder.firstElementChild;
      body.append(row);
      total.value = String(at + 1);
      const number = body.querySelectorAll("[data-line]").length;
      for (const place of row.querySelectorAll("[data-line-number]")) place.textContent = String(number);
      row.dispatchEvent(new CustomEvent("lines:added", { bubbles: true }));
      row.querySelector("input:not([type=hidden]), select:not([hidden]), textarea")?.focus();
      document.dispatchEvent(new CustomEvent("announce", { detail: `Line ${number} added` }));
    });
  }

  document.querySelectorAll("[data-lines]").forEach(setUp);
})();
