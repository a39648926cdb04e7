// Sends without a new page, and looks every two seconds for texts that came by themselves. The page works without it.
"use strict";

const EVERY = 2000;
const form = document.getElementById("compose");
const thread = document.getElementById("thread");
const box = document.getElementById("text");
const problem = document.getElementById("problem");
const token = document.getElementById("token");
let sending = false;

function freshToken() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function toEnd() {
  thread.scrollTop = thread.scrollHeight;
}

// Only what is new is added: a screen reader then reads out only that.
function show(html) {
  const incoming = new DOMParser().parseFromString(html, "text/html").querySelectorAll("li");
  let added = false;
  for (const item of incoming) {
    if (!thread.querySelector(`[data-id="${CSS.escape(item.dataset.id)}"]`)) {
      thread.append(document.adoptNode(item));
      added = true;
    }
  }
  if (added) toEnd();
}

async function post(path, fields) {
  const body = new URLSearchParams({ number: form.elements.number.value, channel: form.elements.channel.value, ...fields });
  const response = await fetch(path, { method: "POST", body, headers: { "X-Requested-With": "phone" } });
  const text = await response.text();
  if (!response.ok) throw new Error(text.trim());
  return text;
}

async function send(text) {
  if (sending || !text.trim()) return;
  sending = true;
  try {
    show(await post("/phone/send", { text, token: token.value }));
    token.value = freshToken();
    if (box.value === text) box.value = "";
    problem.textContent = "";
  } catch (error) {
    // The token stays: the same text sent again is not a second one.
    problem.textContent = error instanceof TypeError ? "Sayso does not answer. Is it running?" : error.message;
  } finally {
    sending = false;
    box.focus();
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const hint = event.submitter?.classList.contains("hint");
  send(hint ? event.submitter.value : box.value);
});

box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send(box.value);
  }
});

// Picking another phone takes no extra button.
for (const choice of document.querySelectorAll(".shelf input[type=radio]")) {
  choice.addEventListener("click", (event) => {
    if (event.detail > 0) choice.form.requestSubmit(); // a mouse or a finger; arrow keys may pass over a phone
  });
}

setInterval(async () => {
  if (sending || document.hidden) return;
  try {
    show(await post("/phone/thread", {}));
  } catch {
    // The next send says what is wrong.
  }
}, EVERY);

toEnd();
