// Only what a page can do without: pause a page that moves, and count the SMS of a text as it is written.
"use strict";

const paused = () => document.querySelector("[data-pause][aria-pressed=true]") !== null;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pause]");
  if (!button) return;
  const pressed = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(pressed));
  button.textContent = pressed ? button.dataset.resume : button.dataset.pause;
});

// A page that is paused, printed or out of sight does not ask again.
document.addEventListener("htmx:before:request", (event) => {
  if (event.target.matches("[data-moves]") && (paused() || document.hidden)) event.preventDefault();
});

for (const button of document.querySelectorAll("[data-pause]")) button.hidden = false;

document.querySelector(".nhsuk-error-summary")?.focus();
