/* Names the fields that Django's admin makes of a long list to choose from: select2 forgets their labels. */
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const name = () => {
    for (const select of document.querySelectorAll("select.admin-autocomplete")) {
      const label = document.querySelector(`label[for="${select.id}"]`);
      const words = label ? label.textContent.replace(/:\s*$/, "").trim() : "";
      const parts = select.parentElement.querySelectorAll('.select2 [role="combobox"], .select2 [role="textbox"]');
      for (const part of parts) part.setAttribute("aria-label", words);
    }
    for (const field of document.querySelectorAll(".select2-search__field")) field.setAttribute("aria-label", "Suchen");
  };
  name();
  /* select2 makes its parts whenever it gets to it. */
  new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
});
