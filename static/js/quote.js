// Takes the words marked in a field that shows a source into the field of the quote.
"use strict";
for (const source of document.querySelectorAll("[data-quote-into]")) {
  const part = source.parentElement;
  const quote = document.getElementById(source.dataset.quoteInto);
  const take = part.querySelector("[data-quote-take]");
  const status = part.querySelector("[data-quote-status]");
  if (!quote || !take) continue;
  take.hidden = false;

  // In a field that is only read, browsers do not let the keyboard mark; in this one it marks and writes nothing.
  const words = source.value;
  source.readOnly = false;
  source.setAttribute("aria-readonly", "true");
  source.addEventListener("beforeinput", (event) => event.preventDefault());
  source.addEventListener("input", () => { source.value = words; });

  // A quote begins and ends with whole words; who marks half of one means all of it.
  const inWord = /[\p{L}\p{N}_]/u;
  const within = (place) => inWord.test(source.value[place - 1] ?? "") && inWord.test(source.value[place] ?? "");
  const marked = () => {
    let [start, end] = [source.selectionStart, source.selectionEnd];
    if (start === end) return "";
    while (start > 0 && within(start)) start -= 1;
    while (end < source.value.length && within(end)) end += 1;
    return source.value.slice(start, end).trim();
  };

  const only = quote.form.querySelector("[name=extent][value=worte]");
  const choose = () => {
    if (only && quote.value.trim()) only.checked = true;
  };
  quote.addEventListener("input", choose);
  take.querySelector("button").addEventListener("click", () => {
    const found = marked();
    if (!found) {
      status.textContent = "Es ist noch nichts markiert.";
      source.focus();
      return;
    }
    quote.value = found;
    choose();
    status.textContent = "Übernommen. Das Zitat steht jetzt im Feld darunter.";
    quote.focus();
  });
}
