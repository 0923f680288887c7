// Suggestions below search boxes: an editable combobox with a list, after the ARIA Authoring Practices. What is
// typed changes only when somebody picks. Without this script or an answer the box is the plain form it was.
"use strict";

function suggest(input) {
  const PAUSE = 150; // Milliseconds.
  const SHORTEST = 2; // Characters.
  const { form } = input;
  const list = document.createElement("ul");
  const status = document.createElement("span");
  let suggestions = [];
  let answered = ""; // What they are for.
  let active = -1;
  let timer = 0;
  let asking = new AbortController();

  const set = (element, attributes) => {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  };
  set(list, { id: `${input.id}-vorschlaege`, class: "suggestions", role: "listbox", "aria-label": "Vorschläge" });
  set(status, { class: "kern-sr-only", "aria-live": "polite" });
  // A field of the type "search" may not be a combobox; on a phone it keeps the key that says so.
  set(input, { type: "text", enterkeyhint: "search", autocomplete: "off", role: "combobox" });
  set(input, { "aria-autocomplete": "list", "aria-controls": list.id });
  form.append(list, status);
  open(false);

  function open(wanted) {
    list.hidden = !wanted;
    input.setAttribute("aria-expanded", String(wanted));
  }

  function activate(index) {
    active = index;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    const option = list.children[index];
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  function close() {
    clearTimeout(timer);
    asking.abort();
    open(false);
    activate(-1);
    status.textContent = "";
  }

  function pick({ text, kind, url }) {
    close();
    if (kind) return location.assign(url);
    input.value = text;
    form.requestSubmit();
  }

  function show(found, typed) {
    const options = found.map((suggestion, index) => {
      const option = document.createElement("li");
      const kind = document.createElement("span");
      set(option, { id: `${list.id}-${index}`, role: "option" });
      kind.textContent = suggestion.kind;
      option.append(suggestion.text, " ", kind);
      option.addEventListener("click", () => pick(suggestion));
      return option;
    });
    const number = options.length;
    suggestions = found;
    answered = typed;
    list.replaceChildren(...options);
    open(number > 0);
    activate(-1);
    status.textContent = `${number || "keine"} ${number === 1 ? "Vorschlag" : "Vorschläge"}`;
  }

  async function ask() {
    asking.abort();
    const { signal } = (asking = new AbortController());
    const typed = input.value;
    try {
      const answer = await fetch(`${input.dataset.suggestions}?${new URLSearchParams({ q: typed })}`, { signal });
      const { suggestions: found } = await answer.json();
      if (!signal.aborted) show(found, typed);
    } catch {
      if (!signal.aborted) close(); // No network, or an answer of somebody else: the plain box.
    }
  }

  const isLongEnough = () => input.value.trim().length >= SHORTEST;

  // Also while letters are composed: the keyboards of phones compose every word.
  input.addEventListener("input", () => {
    clearTimeout(timer);
    asking.abort();
    activate(-1);
    if (isLongEnough()) timer = setTimeout(ask, PAUSE);
    else close();
  });

  function move(step, alone) {
    const isOpen = !list.hidden;
    if (!isOpen && answered !== input.value) {
      if (isLongEnough()) ask();
    } else if (alone && isOpen) {
      close();
    } else if (suggestions.length) {
      open(true);
      const from = active < 0 && step < 0 ? 0 : active;
      if (!alone) activate((from + step + suggestions.length) % suggestions.length);
    }
  }

  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      move(step, event.altKey);
    } else if (event.key === "Enter" && active >= 0) {
      pick(suggestions[active]);
    } else if (event.key === "Escape" && input.value) {
      if (list.hidden) input.value = "";
      close();
    } else {
      if (active >= 0) activate(-1); // Home, End and the arrows to the sides move in the text.
      return;
    }
    event.preventDefault();
  });

  input.addEventListener("blur", close);
  form.addEventListener("submit", close);
  // Pressing on the list leaves the cursor in the field, which would close the list before the click.
  list.addEventListener("mousedown", (event) => event.preventDefault());
}

document.querySelectorAll("form[role=search] input[name=q][data-suggestions]").forEach(suggest);
