// What an operator does: a form with token and reason, then the very words that would stand in the log, then Yes.

import { byId, el } from "./dom.js";

const TITLES = {
  kill: "Kill",
  resume: "Resume",
  cancel: "Cancel order",
  rollout: "Engine of stage",
  fallback: "All stages to Python",
};
let token = "";

/** Opens the form. `fields` are those of the action that are known: account, order, or stage. */
export function act(action, fields) {
  const dialog = byId("action");
  const about = fields.order ?? fields.account ?? fields.stage ?? "";
  const engine = action === "rollout" ? select() : null;
  const reason = el("input", { name: "reason", required: true, maxlength: 300, autocomplete: "off" });
  const secret = el("input", { name: "token", type: "password", required: true, autocomplete: "off" });
  secret.value = token;
  const note = el("p", { role: "alert", class: "fault" });
  const form = el(
    "form",
    { method: "dialog" },
    el("h2", { id: "action-title" }, `${TITLES[action]} ${about}`.trim()),
    engine ? el("label", {}, "Engine", engine) : null,
    el("label", {}, "Reason; it stands in the log", reason),
    el("label", {}, "Token, from the terminal of tapeflow ui", secret),
    note,
    buttons(el("button", { type: "submit" }, "Continue"), dialog),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    token = secret.value;
    const asked = { action, ...fields, reason: reason.value, ...(engine ? { engine: engine.value } : {}) };
    const found = await post("review", asked);
    if (found.error) note.textContent = found.error;
    else confirm(dialog, found);
  });
  show(dialog, form);
}

function confirm(dialog, { ticket, says }) {
  const note = el("p", { role: "alert", class: "fault" });
  const yes = el("button", { type: "button", class: "danger" }, "Yes, write it into the log");
  const box = el(
    "div",
    {},
    el("h2", { id: "action-title" }, "Is this meant?"),
    el("ul", {}, ...says.map((line) => el("li", {}, line))),
    note,
    buttons(yes, dialog),
  );
  yes.addEventListener("click", async () => {
    yes.disabled = true;
    const found = await post("confirm", { ticket });
    if (found.error) note.textContent = found.error;
    else show(dialog, done(found.done, dialog));
  });
  show(dialog, box);
}

const done = (lines, dialog) =>
  el(
    "div",
    {},
    el("h2", { id: "action-title" }, "It is in the log"),
    el("ul", {}, ...lines.map((line) => el("li", {}, line))),
    el("div", { class: "buttons" }, el("button", { type: "button", onclick: () => dialog.close() }, "Close")),
  );

const buttons = (first, dialog) =>
  el("div", { class: "buttons" }, el("button", { type: "button", onclick: () => dialog.close() }, "Cancel"), first);

const select = () =>
  el("select", { name: "engine" }, el("option", { value: "python" }, "python"), el("option", { value: "rust" }, "rust"));

function show(dialog, content) {
  dialog.replaceChildren(content);
  if (!dialog.open) dialog.showModal();
  content.querySelector("input, select, button").focus();
}

/** The token goes in a header: never into an address, never into storage. */
async function post(what, asked) {
  try {
    const answer = await fetch(`actions/${what}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Tapeflow-Token": token },
      body: JSON.stringify(asked),
    });
    return await answer.json();
  } catch (error) {
    return { error: `tapeflow ui does not answer: ${error.message}` };
  }
}
