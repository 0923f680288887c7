// Keeps what was typed into forms marked data-keep="<account>" on this device until the server has it: after a
// lost connection, a reload or an ended session it offers to put it back. What was saved (data-keep-saved on
// the next page), signed out from or is older than a week goes away. Passwords are never kept.
"use strict";

(() => {
  const PREFIX = "keep:";
  const SENT = "keep-sent";
  const LONGEST = 7 * 24 * 60 * 60 * 1000;
  const PAUSE = 300;

  let store;
  try {
    store = window.localStorage;
  } catch {
    return; // The browser lets nobody keep anything here.
  }

  function stored() {
    return Object.keys(store).filter((key) => key.startsWith(PREFIX));
  }

  function read(key) {
    try {
      const kept = JSON.parse(store.getItem(key));
      return kept && typeof kept.at === "number" && kept.values ? kept : null;
    } catch {
      return null; // Not written by this script.
    }
  }

  function dropOld() {
    for (const key of stored()) {
      const kept = read(key);
      if (!kept || Date.now() - kept.at > LONGEST) store.removeItem(key);
    }
  }

  function dropSaved() {
    const sent = window.sessionStorage.getItem(SENT);
    window.sessionStorage.removeItem(SENT);
    if (sent && document.querySelector("[data-keep-saved]")) store.removeItem(sent);
  }

  // The page after signing out: the next person at this device shall find nothing.
  function forgetAfterSignOut() {
    if (document.querySelector("[data-keep-forget]")) stored().forEach((key) => store.removeItem(key));
  }

  const isChoice = (field) => field.type === "radio" || field.type === "checkbox";

  function isKept(field) {
    return (
      field.name &&
      field.name !== "csrfmiddlewaretoken" &&
      !["submit", "button", "reset", "password", "file", "image"].includes(field.type)
    );
  }

  // Every field by name, as a list of values. `first`: as the server wrote them.
  function collect(form, first) {
    const values = {};
    for (const field of form.elements) {
      if (!isKept(field) || field.type === "hidden") continue;
      const list = (values[field.name] ??= []);
      if (isChoice(field)) {
        if (first ? field.defaultChecked : field.checked) list.push(field.value);
      } else if (field.tagName === "SELECT") {
        const chosen = [...field.options].filter((o) => (first ? o.defaultSelected : o.selected));
        if (chosen.length) list.push(...chosen.map((o) => o.value));
        else if (field.options.length && !field.multiple) list.push(field.options[0].value);
      } else {
        list.push((first ? field.defaultValue : field.value).replace(/\r\n?/g, "\n"));
      }
    }
    return values;
  }

  // What the editor saw goes with what they typed: else others' changes since then would be overwritten.
  function hidden(form) {
    const values = {};
    for (const field of form.elements) {
      if (isKept(field) && field.type === "hidden") values[field.name] = field.value;
    }
    return values;
  }

  function putBack(form, kept) {
    const places = {};
    for (const field of form.elements) {
      if (!isKept(field)) continue;
      if (field.type === "hidden") {
        if (kept.seen && field.name in kept.seen) field.value = kept.seen[field.name];
        continue;
      }
      const list = kept.values[field.name];
      if (!list) continue;
      if (isChoice(field)) field.checked = list.includes(field.value);
      else if (field.tagName === "SELECT") {
        for (const option of field.options) option.selected = list.includes(option.value);
      } else {
        const place = (places[field.name] = (places[field.name] ?? -1) + 1);
        if (place < list.length) field.value = list[place];
      }
    }
  }

  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  function button(words, kind, act) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = `kern-btn kern-btn--${kind}`;
    const label = document.createElement("span");
    label.className = "kern-label";
    label.textContent = words;
    element.append(label);
    element.addEventListener("click", act);
    return element;
  }

  function watch(form) {
    const address = new URL(form.action, window.location);
    const key = `${PREFIX}${form.dataset.keep}:${address.pathname}${address.search}`;
    const first = collect(form, true);
    const unsaved = "keepDirty" in form.dataset;
    let sending = false;
    let note = null;
    let timer = 0;

    const isDirty = () => unsaved || !same(collect(form, false), first);

    function keep() {
      window.clearTimeout(timer);
      timer = 0;
      if (!isDirty()) {
        // While something older waits to be put back, an untouched form does not take its place.
        if (!note) store.removeItem(key);
        return;
      }
      const kept = { at: Date.now(), values: collect(form, false), seen: hidden(form) };
      try {
        store.setItem(key, JSON.stringify(kept));
      } catch {
        say(form, "Ihre Eingaben lassen sich auf diesem Gerät nicht aufheben. Bitte speichern Sie bald.");
      }
    }

    function offer(kept) {
      const when = new Date(kept.at).toLocaleString("de-DE", { dateStyle: "long", timeStyle: "short" });
      note = say(form, `Nicht gesendete Eingaben vom ${when}`);
      const buttons = document.createElement("p");
      buttons.className = "form__actions";
      buttons.append(
        button("Wiederherstellen", "secondary", () => {
          putBack(form, kept);
          close();
          keep();
        }),
        button("Verwerfen", "tertiary", () => {
          close();
          store.removeItem(key);
          keep();
        }),
      );
      note.append(buttons);
    }

    function close() {
      note.remove();
      note = null;
      form.focus();
    }

    form.tabIndex = -1;
    const kept = read(key);
    if (kept && !same(kept.values, collect(form, false))) {
      if (same(kept.values, first) && !unsaved) store.removeItem(key);
      else offer(kept);
    } else if (kept && !isDirty()) {
      store.removeItem(key);
    } else if (unsaved) {
      keep();
    }

    form.addEventListener("input", () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(keep, PAUSE);
    });
    form.addEventListener("submit", () => {
      keep();
      sending = true;
      window.sessionStorage.setItem(SENT, key);
    });
    window.addEventListener("pagehide", () => {
      if (timer) keep();
    });
    window.addEventListener("pageshow", () => {
      sending = false;
    });
    window.addEventListener("beforeunload", (event) => {
      if (timer) keep();
      if (!sending && isDirty()) event.preventDefault();
    });
  }

  // A note above the form; what it says is read aloud.
  function say(form, words) {
    const note = document.createElement("section");
    note.className = "note keep-note";
    note.setAttribute("aria-label", "Aufgehobene Eingaben");
    const live = document.createElement("p");
    live.setAttribute("role", "status");
    note.append(live);
    form.before(note);
    // Only what comes into a live region later is read.
    window.setTimeout(() => {
      live.textContent = words;
    }, 100);
    return note;
  }

  dropOld();
  dropSaved();
  forgetAfterSignOut();
  document.querySelectorAll("form[data-keep]").forEach(watch);
})();
