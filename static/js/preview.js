// Shows the preview of a text in place. Without this script the same button sends the form, which comes
// back with the preview and nothing saved.
"use strict";

for (const button of document.querySelectorAll("button[data-preview-of]")) {
  button.addEventListener("click", async (event) => {
    if (!window.fetch) return;
    event.preventDefault();
    const text = document.getElementById(button.dataset.previewOf);
    const place = document.getElementById(`${button.dataset.previewOf}_preview`);
    const token = button.form.elements.csrfmiddlewaretoken.value;
    button.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(button.dataset.previewUrl, {
        method: "POST",
        headers: { "X-CSRFToken": token, "X-Requested-With": "fetch" },
        body: new URLSearchParams({ text: text.value }),
        credentials: "same-origin",
      });
      // 422: refused with a clear word. Everything else (signed out, no server) is no preview.
      if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
      place.innerHTML = await answer.text();
    } catch {
      place.textContent = "Die Vorschau ist gerade nicht zu erreichen. Ihr Text steht unverändert im Feld.";
    }
    button.removeAttribute("aria-busy");
    place.hidden = false;
    place.focus();
  });
}
