/* What stands on the page: words in both languages, dates, and the elements of one message.
   Whatever comes from outside is only ever put in place as text (textContent), never as markup. */

const STRINGS = {
  vi: {
    skip: "Đến ô nhập tin", machine: "Máy trả lời tự động", menu: "Trình đơn", size: "Cỡ chữ", smaller: "Chữ nhỏ hơn",
    larger: "Chữ to hơn", forget: "Xóa cuộc trò chuyện trên máy này", no: "Giữ lại", yes: "Xóa",
    confirm: "Xóa hết tin nhắn? Không lấy lại được.", log: "Cuộc trò chuyện", chips: "Câu trả lời gợi ý",
    newer: "↓ Tin mới", input: "Nhập câu hỏi", placeholder: "Nhập câu hỏi…", send: "Gửi", bot: "Chung Tay:", me: "Bạn:",
    sending: "đang gửi", received: "đã nhận", failed: "chưa gửi được – bấm để gửi lại", today: "Hôm nay",
    yesterday: "Hôm qua", offline: "Mất kết nối – tin sẽ gửi khi có mạng", sources: "Căn cứ pháp lý", from: "Áp dụng từ",
    to: "đến", asOf: "Trả lời theo quy định tại ngày", receipt: "Mã câu trả lời:", day: "Đang xem như ngày # – phiên thử của cán bộ.", image: "Hình kèm theo tin nhắn",
    save: "Lưu hình về máy", audio: "Nghe tin nhắn", options: "Có # câu trả lời gợi ý bên dưới.", newTab: "mở trang mới",
    up: "Hữu ích", down: "Chưa đúng", rate: "Câu trả lời này thế nào?",
  },
  en: {
    skip: "Skip to message box", machine: "Automatic assistant", menu: "Menu", size: "Text size", smaller: "Smaller text",
    larger: "Larger text", forget: "Delete this conversation from this device", no: "Keep",
    yes: "Delete", confirm: "Delete all messages? This cannot be undone.", log: "Conversation", chips: "Suggested replies",
    newer: "↓ New message", input: "Type your question", placeholder: "Type your question…", send: "Send",
    bot: "Chung Tay:", me: "You:", sending: "sending", received: "received", failed: "not sent – tap to try again",
    today: "Today", yesterday: "Yesterday", offline: "No connection – messages will be sent when you are back online",
    sources: "Legal basis", from: "In force from", to: "to", asOf: "Answered by the rules in force on", receipt: "Code of this answer:", day: "Shown as on # – a trial by staff.",
    image: "Picture in this message", save: "Save picture", audio: "Listen to this message",
    options: "# suggested replies below.", newTab: "opens a new page",
    up: "Helpful", down: "Not right", rate: "How is this answer?",
  },
};
export const ui = { language: "vi" };
export const t = (key) => STRINGS[ui.language][key];

const VIETNAM_OFFSET_MS = 7 * 3600e3; // Asia/Ho_Chi_Minh has had no clock change since 1975; old phones lack its zone data

// --- small builders
export const el = (tag, className, text) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
};
/** Address that may be followed or shown, or null: keeps `javascript:` and the like out. */
const safeUrl = (value, schemes) => {
  try {
    const url = new URL(value, location.href);
    return schemes.includes(url.protocol) ? url.href : null;
  } catch (error) {
    return null;
  }
};
const link = (href, text) => {
  const a = el("a", "", text);
  a.href = href;
  if (!href.startsWith("tel:")) {
    a.target = "_blank";
    a.rel = "noopener noreferrer";
    a.append(el("span", "hidden", ` (${t("newTab")})`));
  }
  return a;
};
const two = (n) => String(n).padStart(2, "0");
const local = (iso) => new Date(new Date(iso).getTime() + VIETNAM_OFFSET_MS);
const clock = (iso) => { const d = local(iso); return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`; };
export const dateText = (ymd) => ymd.slice(0, 10).split("-").reverse().join("/");
export const dayOf = (iso) => local(iso).toISOString().slice(0, 10);
export const dayText = (ymd) => {
  const ago = (Date.parse(dayOf(new Date().toISOString())) - Date.parse(ymd)) / 864e5;
  return ago === 0 ? t("today") : ago === 1 ? t("yesterday") : dateText(ymd);
};

// Web addresses, 1800/1900 hotlines and grouped telephone numbers; ungrouped digits may be a bank account.
const LINKS = /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]]|\b1[89]00[ .]?\d{2,4}(?:[ .]?\d{2})?\b|\b0\d{2,3}[ .]\d{3,4}[ .]\d{3,4}\b/g;
function writeLine(node, line, linked) {
  let done = 0;
  if (linked) for (const match of line.matchAll(LINKS)) {
    node.append(line.slice(done, match.index));
    node.append(link(/^http/.test(match[0]) ? match[0] : "tel:" + match[0].replace(/\D/g, ""), match[0]));
    done = match.index + match[0].length;
  }
  node.append(line.slice(done));
}
function writeText(bubble, text, linked) {
  for (const line of text.split(/\r?\n/)) {
    const mark = /^\s*(?:([•–*-])|\d{1,2}[.)])\s/.exec(line);
    const p = el("p", mark ? "item" : "");
    if (mark) p.append(el("span", mark[1] ? "mark" : "mark number", mark[0].trimStart()));
    writeLine(p, mark ? line.slice(mark[0].length) : line.trim(), linked);
    bubble.append(p);
  }
}
function validLine(valid) {
  let line = "";
  if (valid.from) line += `${t("from")} ${dateText(valid.from)}`;
  if (valid.from && valid.to) line += ` ${t("to")} ${dateText(valid.to)}`;
  if (valid.as_of) line += `${line ? ". " : ""}${t("asOf")} ${dateText(valid.as_of)}.`;
  return el("p", "valid", line);
}
function sourcesBlock(sources, valid) {
  const details = el("details");
  details.append(el("summary", "", `${t("sources")} (${sources.length})`));
  const body = el("div", "sources");
  const ul = el("ul");
  for (const source of sources) {
    const li = el("li");
    const href = source.url && safeUrl(source.url, ["https:", "http:"]);
    li.append(href ? link(href, source.document) : el("b", "", source.document));
    if (source.article) li.append(`, ${source.article}`);
    if (source.title) li.append(el("small", "", source.title));
    ul.append(li);
  }
  body.append(ul);
  if (valid) body.append(validLine(valid));
  details.append(body);
  return details;
}
function imageBlock(src, settle) {
  const figure = el("figure");
  const image = el("img");
  image.src = src;
  image.alt = t("image");
  image.addEventListener("load", settle);
  const save = link(src, t("save")); // a payment code is scanned from the saved picture when bank and chat are on one phone
  save.download = "chung-tay";
  figure.append(image, save);
  return figure;
}
/** Two thumbs under an answer; they go once one was pressed. */
function ratingBlock(message, rate) {
  const block = el("div", "rate");
  block.setAttribute("role", "group");
  block.setAttribute("aria-label", t("rate"));
  for (const [value, sign] of [["up", "👍"], ["down", "👎"]]) {
    const button = el("button", "", sign);
    button.type = "button";
    button.title = t(value);
    button.setAttribute("aria-label", t(value));
    button.addEventListener("click", (event) => {
      message.rated = value;
      block.remove();
      rate({ payload: `/feedback${JSON.stringify({ value, code: message.receipt })}`, title: `${sign} ${t(value)}` }, event);
    });
    block.append(button);
  }
  return block;
}
/** One message as an element; `settle` is called when a picture got its height, `rate` with the words of a rating. */
export function messageRow(message, settle, rate) {
  const mine = message.from === "me";
  const row = el("div", `message ${mine ? "me" : message.notice ? "notice" : "bot"}`);
  if (!mine) {
    const avatar = el("img");
    avatar.src = "/static/favicon.svg";
    avatar.alt = "";
    avatar.width = avatar.height = 32;
    row.append(avatar);
  }
  const bubble = el("div", "bubble");
  bubble.append(el("span", "hidden", t(mine ? "me" : "bot")));
  if (message.text) writeText(bubble, message.text, !mine);
  const image = message.image && safeUrl(message.image, ["https:", "http:", "data:"]);
  if (image) bubble.append(imageBlock(image, settle));
  const sound = message.audio && safeUrl(message.audio, ["https:", "http:"]);
  if (sound) {
    const audio = el("audio");
    audio.controls = true;
    audio.preload = "none";
    audio.src = sound;
    audio.setAttribute("aria-label", t("audio"));
    bubble.append(audio);
  }
  if (message.receipt) {
    const receipt = el("p", "receipt", `${t("receipt")} `);
    receipt.append(link(`/phieu/${encodeURIComponent(message.receipt)}`, message.receipt));
    bubble.append(receipt);
  }
  const time = el("time", "", clock(message.at));
  time.dateTime = message.at;
  bubble.append(time);
  const choices = (message.buttons || []).length;
  if (choices) bubble.append(el("span", "hidden", t("options").replace("#", choices)));
  row.append(bubble);
  const sources = message.sources || [];
  if (sources.length) row.append(sourcesBlock(sources, message.valid));
  else if (message.valid) row.append(validLine(message.valid));
  if (message.receipt && message.statement && !message.rated) row.append(ratingBlock(message, rate));
  return row;
}
