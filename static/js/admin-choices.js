/* Names the fields that Django's admin makes of a long list to choose from: select2 forgets their labels. */
"use strict";
window.addEventListener("load", () => {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const label = document.querySelector(`label[for="${select.id}"]`);
    const box = select.nextElementSibling;
    if (!label || !box) continue;
    const name = label.textContent.replace(/:\s*$/, "").trim();
    for (const part of box.querySelectorAll('[role="combobox"], [role="textbox"]')) part.setAttribute("aria-label", name);
  }
});
/* The search field appears when the list opens. */
document.addEventListener("focusin", (event) => {
  if (event.target.matches(".select2-search__field")) event.target.setAttribute("aria-label", "Suchen");
});
