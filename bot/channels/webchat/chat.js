/* Web chat page of Chung Tay: sends to POST /api/chat/messages, listens on /api/chat/events, restores from
   GET /api/chat/messages. A message is kept on this device until the server says it has it. */
import { dateText, dayOf, dayText, el, messageRow, t, ui } from "./view.js";

const TEXT_LIMIT = 2000; // characters; the server refuses more
const RETRY_SECONDS = [2, 4, 8, 15, 30];
const REQUEST_LIMIT_MS = 20000;
const ANSWER_LIMIT_MS = 180000; // after this an answer is no longer looked for, only listened for
const POLL_MS = 10000; // only while an answer is due or events do not flow: some proxies hold them back
const $ = (id) => document.getElementById(id);

// --- what this device remembers; private mode may forbid it, then only this page remembers
const memory = (kept = {}) => ({
  getItem: (key) => (key in kept ? kept[key] : null),
  setItem: (key, value) => { kept[key] = String(value); },
  removeItem: (key) => { delete kept[key]; },
});
let shelf = (() => {
  try {
    localStorage.setItem("ct.try", "1");
    localStorage.removeItem("ct.try");
    return localStorage;
  } catch (error) {
    return memory();
  }
})();
const remember = (key, value) => { try { shelf.setItem(key, value); } catch (full) { /* this page still remembers */ } };
const hexByte = (byte) => byte.toString(16).padStart(2, "0");
const randomHex = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), hexByte).join("");

ui.language = shelf.getItem("ct.language") === "en" ? "en" : "vi";
let size = Math.min(3, Math.max(0, Number(shelf.getItem("ct.size")) || 0));
// A link of `chungtay as-on` opens a chat of its own, as on another day; it is kept in this tab only.
const asOn = new URLSearchParams(location.hash.slice(1)).get("as-on");
if (asOn) shelf = memory();
let conversation = shelf.getItem("ct.conversation");
let messages = []; // everything shown, in order: server objects, and own ones with `key` and `state`
let seen = new Set(); // server ids
let lastId = 0;
let outbox = Object.keys(shelf).filter((key) => key.startsWith("ct.out."))
  .map((key) => JSON.parse(shelf.getItem(key))).sort((a, b) => a.order - b.order);

// --- drawing
let lastDay = "";
function draw(message) {
  const day = dayOf(message.at);
  if (day !== lastDay) $("log").append(el("p", "day", dayText(day)));
  lastDay = day;
  message.row = messageRow(message, settleScroll, (words, event) => { say(words); returnFocus(event); });
  $("log").append(message.row);
  // Quick replies stand under the newest message that has some, until the person says something.
  const buttons = message.buttons || [];
  if (message.from === "me" || buttons.length) $("chips").textContent = "";
  $("chips").append(...buttons.map(chip));
  if (message.from === "me") drawState(message);
}
function chip(button) {
  const node = el("button", "", button.title);
  node.type = "button";
  node.addEventListener("click", (event) => {
    say({ payload: button.payload, title: button.title });
    returnFocus(event);
  });
  return node;
}
function drawState(message) {
  if (!message.row) return;
  message.row.querySelectorAll(".state, .error").forEach((node) => node.remove());
  const isNewest = messages.filter((m) => m.from === "me").pop() === message;
  if (message.error) message.row.append(el("p", "error", message.error));
  if (message.state === "failed") {
    const retry = el("button", "state", t("failed"));
    retry.type = "button";
    retry.addEventListener("click", (event) => { resend(message); returnFocus(event); });
    message.row.append(retry);
  } else if (message.state && (message.state === "sending" || isNewest)) {
    message.row.append(el("span", "state", t(message.state)));
  }
}
function redraw() {
  $("log").setAttribute("aria-busy", "true");
  $("log").textContent = $("chips").textContent = lastDay = "";
  messages.forEach(draw);
  requestAnimationFrame(() => $("log").removeAttribute("aria-busy"));
}
function dress() {
  document.documentElement.lang = ui.language;
  document.documentElement.dataset.size = size;
  document.querySelectorAll("[data-text]").forEach((node) => { node.textContent = t(node.dataset.text); });
  document.querySelectorAll("[data-label]").forEach((node) => { node.setAttribute("aria-label", t(node.dataset.label)); });
  $("text").placeholder = t("placeholder");
  document.querySelectorAll("[data-language]").forEach((node) => {
    node.setAttribute("aria-pressed", String(node.dataset.language === ui.language));
  });
  $("smaller").disabled = size === 0;
  $("larger").disabled = size === 3;
  if (!$("banner").hidden) $("banner").textContent = t("offline");
  $("as-on").hidden = !asOn;
  if (asOn) $("as-on").textContent = t("day").replace("#", dateText(asOn));
  fitComposer();
}

// --- scrolling: follow the conversation, but never past the beginning of what was just said
const BURST_MS = 15000; // messages closer together than this are read as one answer
const scroller = $("scroll");
let anchor = null; // the first message of the answer being read
let anchorAt = 0;
let following = true; // false once the reader scrolled away from the end
let handledAt = 0; // when the reader last touched wheel, screen, keys or scroll bar
const atBottom = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 90;
function settleScroll() {
  if (!following) return;
  const bottom = scroller.scrollHeight - scroller.clientHeight;
  scroller.scrollTop = anchor ? Math.min(bottom, anchor.row.offsetTop - 8) : bottom;
}
function reveal(message, wasAtBottom) {
  const mine = message.from === "me";
  if (mine || Date.now() - anchorAt > BURST_MS) {
    anchor = message;
    following = mine || wasAtBottom;
  }
  anchorAt = Date.now();
  settleScroll();
  const unseen = message.row.offsetTop + 40 > scroller.scrollTop + scroller.clientHeight;
  if (!mine && unseen) $("newer").hidden = false;
}
scroller.addEventListener("scroll", () => {
  if (atBottom()) $("newer").hidden = following = true;
  else if (Date.now() - handledAt < 1000) following = false;
}, { passive: true });
for (const act of ["wheel", "touchmove", "keydown", "pointerdown"]) {
  scroller.addEventListener(act, () => { handledAt = Date.now(); }, { passive: true });
}
$("newer").addEventListener("click", () => {
  const last = messages[messages.length - 1];
  scroller.scrollTop = last ? last.row.offsetTop - 8 : scroller.scrollHeight;
  $("newer").hidden = true;
});

// --- receiving
// A raw payload (/start, /change_language{…}) or an empty line of one's own is nothing to show.
const isShown = (message) => message.from !== "me" || Boolean(message.text && !/^\/[a-z_]+(\{.*)?$/s.test(message.text));
function receive(message) {
  if (seen.has(message.id)) return;
  seen.add(message.id);
  const late = message.id < lastId;
  lastId = Math.max(lastId, message.id);
  if (message.from === "me") {
    const key = message.message_id || message.reply_to;
    const own = messages.find((m) => m.from === "me" && !m.id && (key ? m.key === key : m.text === message.text));
    const waiting = key && outbox.find((item) => item.message_id === key);
    if (waiting) settle(waiting); // the server has it although its answer to the sending got lost
    if (own) {
      own.id = own.order = message.id;
      if (own.state) setState(own, "received");
      return;
    }
    message.key = key;
  } else {
    awaiting = 0;
    setTyping(false);
  }
  if (!isShown(message)) return;
  show({ ...message, order: message.id }, late);
}
function show(message, outOfOrder) {
  const wasAtBottom = atBottom();
  messages.push(message);
  if (outOfOrder) {
    messages.sort((a, b) => a.order - b.order);
    redraw();
  } else {
    draw(message);
  }
  if (message.from === "me") messages.filter((m) => m.from === "me").slice(-2, -1).forEach(drawState);
  reveal(message, wasAtBottom);
}
let typingTimer;
function setTyping(on) {
  clearTimeout(typingTimer);
  if (on) typingTimer = setTimeout(setTyping, 60000, false);
  const wasAtBottom = atBottom();
  $("typing").hidden = !on;
  if (on && wasAtBottom) settleScroll();
}

let stream = null;
let streamTries = 0;
let bannerTimer;
/** Tells the person when nothing gets through; a blink of under three seconds is not worth a line. */
function setConnected(connected) {
  clearTimeout(bannerTimer);
  const write = () => {
    if ($("banner").hidden !== connected) {
      $("banner").textContent = connected ? "" : t("offline");
      $("banner").hidden = connected;
      settleScroll();
    }
  };
  if (connected || !navigator.onLine) write(); else bannerTimer = setTimeout(write, 3000);
}
const query = (path, after) => `/api/chat/${path}?conversation=${conversation}&after=${after}`;
async function request(path, options = {}) {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), REQUEST_LIMIT_MS);
  try {
    const headers = { "Accept-Language": ui.language, ...(options.body ? { "Content-Type": "application/json" } : {}) };
    const response = await fetch(path, { cache: "no-store", ...options, headers, signal: giveUp.signal });
    return { status: response.status, body: await response.json().catch(() => null) };
  } catch (error) {
    return { status: 0, body: null };
  } finally {
    clearTimeout(timer);
  }
}
function listen() {
  if (stream) stream.close();
  if (!window.EventSource) return;
  const current = new EventSource(query("events", lastId));
  stream = current;
  current.onopen = () => { streamTries = 0; setConnected(true); pump(); };
  current.addEventListener("message", (event) => { if (current === stream) receive(JSON.parse(event.data)); });
  current.addEventListener("typing", (event) => { if (current === stream) setTyping(JSON.parse(event.data).on); });
  current.onerror = () => {
    if (current !== stream) return;
    setConnected(false);
    // The browser reconnects by itself unless the server answered with an error page.
    if (current.readyState !== EventSource.CLOSED) return;
    setTimeout(() => { if (current === stream) listen(); }, pause(streamTries++));
  };
}
const pause = (tries) => 1000 * RETRY_SECONDS[Math.min(tries, RETRY_SECONDS.length - 1)];
/** Fetches what was missed; true when the server has answered for this conversation. */
async function catchUp() {
  const asked = conversation;
  const { status, body } = await request(query("messages", lastId));
  if (asked !== conversation || status !== 200 || !body || !body.messages) return false;
  body.messages.forEach(receive);
  return true;
}
setInterval(() => {
  const flowing = stream && stream.readyState === EventSource.OPEN;
  if (restored && !document.hidden && (Date.now() < awaiting || !flowing)) catchUp();
}, POLL_MS);

// --- sending: one at a time, in order, each with its own id until the server has it
let awaiting = 0; // an answer is due until this moment (ms)
let pumping = false;
let sendTries = 0;
let retryTimer;
function say({ text, payload, title, hidden }) {
  // Two tabs that open one fresh conversation must not have it greeted twice.
  const message_id = payload === "/start" ? conversation : randomHex();
  const item = { conversation, message_id, order: Date.now(), at: new Date().toISOString() };
  Object.assign(item, payload ? { payload, ...(title ? { title } : {}) } : { text }, hidden ? { hidden } : {});
  outbox.push(item);
  remember(`ct.out.${item.message_id}`, JSON.stringify(item));
  if (!hidden) showOwn(item);
  pump();
}
function showOwn(item) {
  const text = item.text || item.title;
  const order = restored ? lastId + 0.5 : Infinity; // what was said before is not here yet
  show({ from: "me", key: item.message_id, item, text, at: item.at, state: "sending", order });
}
const shownFor = (item) => messages.find((m) => m.key === item.message_id);
function setState(message, state, error) {
  if (!message || (message.state === state && message.error === error)) return;
  message.state = state;
  message.error = error;
  drawState(message);
}
function settle(item) {
  outbox = outbox.filter((other) => other !== item);
  shelf.removeItem(`ct.out.${item.message_id}`);
}
function resend(message) {
  if (!outbox.includes(message.item)) outbox.push(message.item);
  pump();
}
/** The pressed button is gone: focus goes on to the composer, except where that throws up a phone's keyboard. */
function returnFocus(event) {
  if (event.detail === 0 || matchMedia("(pointer: fine)").matches) $("text").focus();
}
async function pump() {
  if (pumping) return;
  pumping = true;
  clearTimeout(retryTimer);
  while (outbox.length) {
    const item = outbox[0];
    const { message_id, text, payload, title } = item;
    setState(shownFor(item), "sending");
    if (item.conversation === conversation) awaiting = Date.now() + ANSWER_LIMIT_MS;
    const body = JSON.stringify({ conversation: item.conversation, message_id, text, payload, title, as_on: asOn || undefined });
    const { status, body: answer } = await request("/api/chat/messages?wait=0", { method: "POST", body });
    const complaint = answer && answer.error && answer.error.message;
    if (answer && answer.accepted === message_id) { // a public wireless network's sign-in page answers 200, too
      sendTries = 0;
      settle(item);
      setState(shownFor(item), "received");
      setConnected(true);
    } else if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
      settle(item); // asking again by itself would get the same refusal
      setState(shownFor(item), "failed", complaint);
    } else {
      outbox.forEach((waiting) => setState(shownFor(waiting), "failed", waiting === item ? complaint : undefined));
      if (!status) setConnected(false);
      retryTimer = setTimeout(pump, pause(sendTries++));
      break;
    }
  }
  pumping = false;
}

// --- the conversation itself
let restored = false;
let restoreTries = 0;
/** Shows what was said before, then what is still to be sent; greets when there is nothing yet. */
async function open() {
  let saidEarly = false;
  if (!conversation) {
    conversation = randomHex();
    remember("ct.conversation", conversation);
  } else {
    $("log").setAttribute("aria-live", "off"); // nobody wants the whole history read out
    const asked = conversation;
    const done = await catchUp();
    if (asked !== conversation) return;
    if (!done) {
      setConnected(false);
      setTimeout(() => { if (asked === conversation && !restored) open(); }, pause(restoreTries++));
      return;
    }
    saidEarly = messages.some((m) => m.item); // somebody typed before the history was back
    setTimeout(() => $("log").setAttribute("aria-live", "polite"), 500);
  }
  restored = true;
  outbox.filter((item) => item.conversation === conversation && !item.hidden && !shownFor(item)).forEach(showOwn);
  if (saidEarly) {
    messages.sort((a, b) => (a.order === b.order ? 0 : a.order - b.order)); // Infinity - Infinity is not a number
    messages.forEach((m) => { m.order = Math.min(m.order, lastId + 0.5); });
    redraw();
  }
  anchor = null;
  following = true;
  settleScroll();
  listen();
  if (!messages.length && !outbox.some((item) => item.payload === "/start")) say({ payload: "/start", hidden: true });
  else pump();
}
function forget() {
  outbox.slice().forEach(settle);
  say({ payload: "/forget", hidden: true }); // carries the old conversation's id
  if (stream) stream.close();
  messages = [];
  seen = new Set();
  lastId = awaiting = 0;
  conversation = null;
  restored = false;
  setTyping(false);
  redraw();
  $("newer").hidden = true;
  open();
}

// --- composer
const input = $("text");
function fitComposer() {
  input.style.height = "auto";
  input.style.height = `${input.scrollHeight + 2}px`;
  const length = input.value.length;
  $("counter").hidden = length < TEXT_LIMIT * 0.9;
  $("counter").textContent = `${length}/${TEXT_LIMIT}`;
  $("counter").classList.toggle("full", length >= TEXT_LIMIT);
}
function submit() {
  const text = input.value.normalize("NFC").trim();
  if (!text) return;
  input.value = "";
  fitComposer();
  say({ text });
}
input.addEventListener("input", fitComposer);
input.addEventListener("keydown", (event) => {
  // While an input method composes (Telex on a Mac, phone keyboards) Enter belongs to it.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  submit();
});
$("composer").addEventListener("submit", (event) => { event.preventDefault(); submit(); });
$("send").addEventListener("pointerdown", (event) => event.preventDefault()); // keeps focus, and a phone's keyboard, in place

// --- header
const menu = $("menu");
function openMenu(open) {
  menu.hidden = !open;
  $("confirm").hidden = true;
  $("forget").hidden = false;
  $("menu-button").setAttribute("aria-expanded", String(open));
  if (open) menu.querySelector("button:not(:disabled)").focus();
}
$("menu-button").addEventListener("click", () => openMenu(menu.hidden));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || menu.hidden) return;
  openMenu(false);
  $("menu-button").focus();
});
document.addEventListener("pointerdown", (event) => {
  if (!menu.hidden && !menu.contains(event.target) && !$("menu-button").contains(event.target)) openMenu(false);
});
function resize(step) {
  size = Math.min(3, Math.max(0, size + step));
  remember("ct.size", size);
  dress();
  settleScroll();
}
$("smaller").addEventListener("click", () => resize(-1));
$("larger").addEventListener("click", () => resize(1));
$("forget").addEventListener("click", () => {
  $("forget").hidden = true;
  $("confirm").hidden = false;
  $("confirm-no").focus(); // the harmless answer
});
$("confirm-no").addEventListener("click", () => { openMenu(false); $("menu-button").focus(); });
$("confirm-yes").addEventListener("click", () => { openMenu(false); forget(); input.focus(); });
document.querySelectorAll("[data-language]").forEach((node) => node.addEventListener("click", () => {
  if (node.dataset.language === ui.language) return;
  ui.language = node.dataset.language;
  remember("ct.language", ui.language);
  dress();
  redraw();
  following = true;
  anchor = null;
  settleScroll();
  say({ payload: `/change_language${JSON.stringify({ language: ui.language })}`, hidden: true });
}));

addEventListener("hashchange", () => location.reload());

// --- waking up
addEventListener("online", () => {
  setConnected(true);
  sendTries = 0;
  pump();
  if (restored) { listen(); catchUp(); }
});
addEventListener("offline", () => setConnected(false));
addEventListener("pageshow", (event) => { if (event.persisted) { listen(); catchUp(); } });
document.addEventListener("visibilitychange", () => { if (!document.hidden && restored) { pump(); catchUp(); } });
// Another tab forgot the conversation: this one must not go on showing it.
addEventListener("storage", (event) => {
  if (!asOn && event.key === "ct.conversation" && event.newValue !== conversation) location.reload();
});
if (window.visualViewport) {
  visualViewport.addEventListener("resize", () => { // iOS lays its keyboard over the page instead of shrinking it
    document.body.style.height = visualViewport.scale === 1 ? `${visualViewport.height}px` : "";
    settleScroll();
  });
}

dress();
$("late").remove();
document.querySelectorAll("[data-needs-script]").forEach((node) => { node.hidden = false; });
fitComposer();
if (!navigator.onLine) setConnected(false);
open();
if (matchMedia("(pointer: fine)").matches) input.focus();
