// Turns <select data-picker> into type-to-find. The select stays in the form and keeps the value. With data-picker-url
// the choices are too many for the page: the server is asked while one types.
"use strict";

(() => {
  const WAIT_MS = 150;
  let made = 0;

  // The options of an answer; null if there was none.
  async function fetched(address) {
    try {
      const answer = await fetch(address, { headers: { "HX-Request": "true" } });
      if (!answer.ok) return null;
      const holder = document.createElement("select");
      holder.innerHTML = await answer.text();
      return [...holder.options];
    } catch {
      return null;
    }
  }

  async function fillMatters(select) {
    const matters = document.getElementById("id_matter_id");
    const client = select.value;
    const options = client ? await fetched(select.dataset.pickerMatters.replace("/0/matters/", `/${client}/matters/`)) : [];
    if (matters && options && select.value === client) matters.replaceChildren(matters.options[0], ...options);
  }

  function element(name, properties, attributes = {}) {
    const made = Object.assign(document.createElement(name), properties);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function entries(select) {
    return [...select.options]
      .filter((option) => option.value !== "")
      .map((option) => ({
        option,
        label: option.textContent.trim(),
        note: option.dataset.note || "",
        group: option.parentElement.label || "",
      }));
  }

  // The code typed from its start comes first, then names that hold every word.
  function matches(all, typed) {
    const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
    const found = all.filter(({ label, group }) => words.every((word) => `${label} ${group}`.toLowerCase().includes(word)));
    const starts = (entry) => words.length > 0 && entry.label.toLowerCase().startsWith(words[0]);
    return [...found.filter(starts), ...found.filter((entry) => !starts(entry))];
  }

  class Picker {
    constructor(select) {
      this.select = select;
      this.shown = [];
      this.here = -1;
      this.build();
      this.listen();
      this.showChosen();
    }

    build() {
      const { select } = this;
      const id = select.id || `picker-${(made += 1)}`;
      this.input = element("input", { type: "text", id, autocomplete: "off", spellcheck: false }, {
        role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": `${id}-list`,
      });
      for (const name of ["aria-describedby", "aria-invalid", "aria-label"]) {
        if (select.hasAttribute(name)) this.input.setAttribute(name, select.getAttribute(name));
      }
      this.input.disabled = select.disabled;
      this.input.placeholder = select.querySelector('option[value=""]')?.textContent || "";
      this.list = element("ul", { className: "picker-list", id: `${id}-list`, hidden: true }, { role: "listbox", "aria-label": "Choices" });
      this.box = element("span", { className: "picker" });
      select.id = `${id}-select`;
      select.hidden = true;
      select.before(this.box);
      const arrow = document.querySelector("[data-picker-arrow]");
      this.box.append(this.input, this.list);
      if (arrow) this.box.append(arrow.content.cloneNode(true));
    }

    listen() {
      this.input.addEventListener("input", () => this.open(this.input.value));
      this.input.addEventListener("click", () => (this.list.hidden ? this.open("") : this.close()));
      this.input.addEventListener("focus", () => this.input.select());
      this.input.addEventListener("keydown", (event) => this.key(event));
      this.input.addEventListener("blur", () => this.leave());
      // Keeps the focus in the field while a choice is pressed.
      this.list.addEventListener("mousedown", (event) => event.preventDefault());
      this.list.addEventListener("click", (event) => {
        const item = event.target.closest("[role=option]");
        if (item) this.choose(this.shown[Number(item.dataset.at)]);
      });
      this.select.addEventListener("change", () => {
        this.showChosen();
        if (this.select.dataset.pickerMatters) fillMatters(this.select);
      });
    }

    showChosen() {
      const option = this.select.selectedOptions[0];
      this.input.value = option && option.value !== "" ? option.textContent.trim() : "";
    }

    open(typed) {
      if (this.select.dataset.pickerUrl) this.ask(typed);
      this.show(typed);
    }

    ask(typed) {
      clearTimeout(this.waiting);
      this.typed = typed;
      this.waiting = setTimeout(async () => {
        const options = await fetched(`${this.select.dataset.pickerUrl}?q=${encodeURIComponent(typed)}`);
        if (!options || this.typed !== typed) return;
        const chosen = this.select.value;
        const kept = [...this.select.options].filter(({ value }) => value === "" || value === chosen);
        this.select.replaceChildren(...kept, ...options.filter(({ value }) => value !== chosen));
        if (!this.list.hidden) this.show(typed);
      }, WAIT_MS);
    }

    show(typed) {
      this.shown = matches(entries(this.select), typed);
      this.here = this.shown.findIndex(({ option }) => (typed ? !option.disabled : option.selected));
      this.list.replaceChildren(...this.items());
      this.list.hidden = false;
      this.input.setAttribute("aria-expanded", "true");
      this.mark();
    }

    items() {
      if (!this.shown.length) return [element("li", { className: "picker-none", textContent: "Nothing of that name" })];
      let group = "";
      return this.shown.flatMap((entry, at) => {
        const item = element("li", { textContent: entry.label, id: `${this.list.id}-${at}` }, {
          role: "option", "aria-selected": String(entry.option.selected), "data-at": at,
        });
        if (entry.option.disabled) item.setAttribute("aria-disabled", "true");
        if (entry.note) item.append(element("small", { textContent: entry.note }));
        if (!entry.group || entry.group === group) return [item];
        group = entry.group;
        return [element("li", { className: "picker-group", textContent: group }, { role: "presentation" }), item];
      });
    }

    mark() {
      for (const item of this.list.querySelectorAll("[role=option]")) {
        const isHere = Number(item.dataset.at) === this.here;
        item.classList.toggle("picker-here", isHere);
        if (isHere) item.scrollIntoView({ block: "nearest" });
      }
      if (this.here >= 0) this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.here}`);
      else this.input.removeAttribute("aria-activedescendant");
    }

    close() {
      this.list.hidden = true;
      this.input.setAttribute("aria-expanded", "false");
      this.input.removeAttribute("aria-activedescendant");
    }

    // An emptied field means "none"; anything half typed goes back to what was chosen.
    leave() {
      const none = [...this.select.options].find((option) => option.value === "");
      if (this.input.value.trim() === "" && none && !none.selected) this.choose({ option: none });
      else this.showChosen();
      this.close();
    }

    choose(entry) {
      if (!entry || entry.option.disabled) return;
      this.select.value = entry.option.value;
      this.select.dispatchEvent(new Event("change", { bubbles: true }));
      this.close();
    }

    key(event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        if (this.list.hidden) this.open("");
        else this.here = Math.min(Math.max(this.here + step, 0), this.shown.length - 1);
        this.mark();
      } else if (event.key === "Enter" && !this.list.hidden) {
        event.preventDefault();
        this.choose(this.shown[this.here]);
      } else if (event.key === "Escape" && !this.list.hidden) {
        event.stopPropagation();
        this.showChosen();
        this.close();
      }
    }
  }

  function enhance(root) {
    for (const select of root.querySelectorAll("select[data-picker]:not([hidden])")) new Picker(select);
  }

  enhance(document);
  document.querySelectorAll("[data-picker-search]").forEach((field) => field.remove());
  document.addEventListener("lines:added", (event) => enhance(event.target));
  document.addEventListener("htmx:load", (event) => enhance(event.detail.elt));
})();
