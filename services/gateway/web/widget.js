/* Switchyard chat. Embed on any page:
 *   <script src="https://HOST/widget.js" data-site-key="YOUR-KEY" async></script>
 * Optional: data-language="en|zh", data-queue, data-title, data-open. No dependency, no cookie; what the browser
 * remembers is the chat's resume token, in sessionStorage, until the conversation is over.
 */
(function () {
  "use strict";
  var script = document.currentScript;
  if (!script || !script.dataset.siteKey || window.SwitchyardChat) return;

  var WORDS = {
    en: {
      title: "Chat with us", open: "Open chat", close: "Minimise chat", end: "End chat", send: "Send",
      placeholder: "Write a message", name: "Your name", address: "Email or phone (optional)", start: "Start chat",
      connecting: "Connecting…", reconnecting: "Connection lost. Reconnecting…", connected: "Connected.",
      waiting: "Please wait for an agent.", position: "You are number {n} in the queue.",
      estimate: "About {m} min to wait.", soon: "Less than a minute to wait.", joined: "{who} has joined.",
      typing: "{who} is typing…", ended: "The conversation has ended.", again: "New conversation",
      you: "You", agent: "Agent", system: "Notice", sending: "sending", failed: "not sent", sent: "sent",
      read: "read", unread: "{n} unread messages", rate: "Rate {n} of {max}", thanks: "Thank you!",
      error: "Something went wrong: {what}", taken: "This chat goes on in another window."
    },
    zh: {
      title: "在线客服", open: "打开聊天", close: "最小化聊天", end: "结束聊天", send: "发送",
      placeholder: "请输入消息", name: "您的姓名", address: "邮箱或电话（选填）", start: "开始聊天",
      connecting: "正在连接…", reconnecting: "连接中断，正在重新连接…", connected: "已连接。",
      waiting: "请稍候，正在为您转接客服。", position: "您排在第 {n} 位。",
      estimate: "预计等待约 {m} 分钟。", soon: "预计等待不到一分钟。", joined: "{who} 已接入。",
      typing: "{who} 正在输入…", ended: "对话已结束。", again: "开始新对话",
      you: "您", agent: "客服", system: "提示", sending: "发送中", failed: "未发送", sent: "已发送",
      read: "已读", unread: "{n} 条未读消息", rate: "{n} 分（满分 {max}）", thanks: "谢谢您的评价！",
      error: "出现问题：{what}", taken: "此对话已在其他窗口继续。"
    }
  };
  var CSS =
    ":host{all:initial}*{box-sizing:border-box;font:15px/1.45 system-ui,'PingFang SC','Microsoft YaHei',sans-serif}" +
    ".b{position:fixed;right:20px;bottom:20px;z-index:2147483000;background:#0b5cad;color:#fff;border:0;" +
    "border-radius:28px;padding:14px 20px;cursor:pointer;box-shadow:0 4px 16px rgba(0,0,0,.25)}" +
    ".n{background:#c62828;border-radius:10px;padding:1px 7px;margin-left:8px;font-weight:600}" +
    ".p{position:fixed;right:20px;bottom:20px;z-index:2147483000;width:370px;max-width:calc(100vw - 24px);height:560px;" +
    "max-height:calc(100vh - 24px);display:flex;flex-direction:column;background:#fff;color:#1b1b1b;border-radius:14px;" +
    "overflow:hidden;box-shadow:0 8px 40px rgba(0,0,0,.3)}[hidden]{display:none!important}" +
    "header{background:#0b5cad;color:#fff;display:flex;align-items:center;padding:10px 12px;gap:8px}" +
    "header h2{flex:1;margin:0;font-weight:600;font-size:16px}header button{background:transparent;color:#fff;" +
    "border:1px solid rgba(255,255,255,.6);border-radius:8px;padding:4px 10px;cursor:pointer}" +
    ".s{padding:6px 12px;background:#eef4fb;min-height:34px;color:#234}ol{flex:1;margin:0;padding:12px;overflow-y:auto;" +
    "list-style:none;display:flex;flex-direction:column;gap:8px}li{max-width:85%;padding:8px 12px;border-radius:12px;" +
    "background:#f0f1f3;white-space:pre-wrap;overflow-wrap:anywhere;align-self:flex-start}" +
    "li.customer{align-self:flex-end;background:#d8e9fb}li.system{align-self:center;background:#fff7e0}" +
    "li small{display:block;color:#555;font-size:12px}form{display:flex;gap:8px;padding:10px;border-top:1px solid #ddd}" +
    "form.f{flex-direction:column;border:0;padding:16px;flex:1}input,textarea{width:100%;border:1px solid #888;" +
    "border-radius:8px;padding:8px 10px;color:inherit;background:#fff}textarea{flex:1;resize:none;height:42px}" +
    "form button,.e button{background:#0b5cad;color:#fff;border:0;border-radius:8px;padding:8px 14px;cursor:pointer}" +
    "button:disabled{opacity:.5}:focus-visible{outline:3px solid #f9a825;outline-offset:1px}.e{padding:10px;text-align:" +
    "center;border-top:1px solid #ddd}fieldset{border:0;margin:0;padding:4px}legend{padding:4px}" +
    ".r button{background:none;color:#8a6d00;font-size:26px;padding:2px 6px}.r button[aria-pressed=true]{color:#f9a825}" +
    "@media(prefers-reduced-motion:no-preference){.p{animation:u .15s ease-out}@keyframes u{from{transform:" +
    "translateY(12px);opacity:0}}}";

  var language = script.dataset.language || (/^zh/i.test(navigator.language) ? "zh" : "en");
  var words = WORDS[language] || WORDS.en;
  var siteKey = script.dataset.siteKey;
  var address = new URL("/v1/chat?site_key=" + encodeURIComponent(siteKey), script.src);
  address.protocol = address.protocol === "http:" ? "ws:" : "wss:";
  var memory = "switchyard-chat-" + siteKey;

  function say(word, values) {
    return words[word].replace(/\{(\w+)\}/g, function (_, name) { return values[name]; });
  }
  function identifier() {
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, function (b) { return b.toString(16).padStart(2, "0"); }).join("");
  }
  function element(name, attributes, text) {
    var made = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) { made.setAttribute(key, attributes[key]); });
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // What the page shows

  var host = element("div", { "data-switchyard-chat": "" });
  var root = host.attachShadow({ mode: "open" });
  root.appendChild(element("style", {}, CSS));
  var bubble = element("button", { type: "button", class: "b", "aria-expanded": "false" }, words.open);
  var badge = element("span", { class: "n", hidden: "" });
  bubble.appendChild(badge);
  var panel = element("section", { class: "p", role: "dialog", "aria-label": words.title, lang: language, hidden: "" });
  var header = element("header");
  header.appendChild(element("h2", {}, script.dataset.title || words.title));
  var endButton = element("button", { type: "button", hidden: "" }, words.end);
  var closeButton = element("button", { type: "button", "aria-label": words.close }, "–");
  header.append(endButton, closeButton);
  var status = element("div", { class: "s", role: "status", "aria-live": "polite" });
  var list = element("ol", { role: "log", "aria-live": "polite", "aria-label": words.title, tabindex: "0", hidden: "" });
  var before = element("form", { class: "f" });
  var nameField = element("input", { name: "name", autocomplete: "name", maxlength: "200", "aria-label": words.name, placeholder: words.name });
  var addressField = element("input", { name: "address", autocomplete: "email", maxlength: "320", "aria-label": words.address, placeholder: words.address });
  before.append(nameField, addressField, element("button", { type: "submit" }, words.start));
  var writing = element("form", { hidden: "" });
  var field = element("textarea", { "aria-label": words.placeholder, placeholder: words.placeholder, maxlength: "4000", rows: "1" });
  writing.append(field, element("button", { type: "submit" }, words.send));
  var after = element("div", { class: "e", hidden: "" });
  panel.append(header, status, list, before, writing, after);
  root.append(bubble, panel);

  // What the chat knows

  var chat = load() || { clientId: null, token: null, seen: 0, start: null };
  var socket = null, attempts = 0, timer = null, over = false, started = false;
  var unread = 0, readThrough = 0, agentName = "", typingTimer = null, typingSent = 0;
  var lines = {};    // by sequence: shown already
  var waiting = {};  // by client id: said, not yet delivered

  function load() {
    try { return JSON.parse(sessionStorage.getItem(memory)); } catch (_) { return null; }
  }
  function store() {
    try { sessionStorage.setItem(memory, JSON.stringify(chat)); } catch (_) { /* private mode: lives with the page */ }
  }
  function forget() {
    try { sessionStorage.removeItem(memory); } catch (_) { /* nothing was kept */ }
  }

  // The connection: every break is answered by a resume, with growing pauses and some chance in them

  function connect() {
    clearTimeout(timer);
    status.textContent = attempts ? words.reconnecting : words.connecting;
    socket = new WebSocket(address);
    var mine = socket;
    socket.onopen = function () {
      // A page that was reloaded shows everything again; one that only lost its connection asks for the rest.
      if (chat.token) transmit({ type: "resume", token: chat.token, last_seq: chat.seen });
      else transmit(Object.assign({ type: "start" }, chat.start));
    };
    socket.onmessage = function (event) { if (mine === socket) receive(JSON.parse(event.data)); };
    socket.onclose = function (event) { if (mine === socket) lost(event.code); };
  }
  function lost(code) {
    socket = null;
    started = false;
    if (over) return;
    if (code === 4409) { status.textContent = words.taken; return; }
    if (code === 4403) { finish(); return; }
    attempts += 1;
    status.textContent = words.reconnecting;
    timer = setTimeout(connect, Math.min(15000, 500 * Math.pow(2, attempts)) * (0.5 + Math.random()));
  }
  function transmit(frame) {
    if (!socket || socket.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(frame));
    return true;
  }

  var TAKES = {
    started: function (frame) {
      attempts = 0;
      started = true;
      chat.token = frame.resume_token;
      store();
      showTalk();
      status.textContent = words.connected;
      Object.keys(waiting).forEach(function (id) { transmit({ type: "message", client_id: id, text: waiting[id].text }); });
    },
    message: function (frame) {
      seen(frame.seq);
      if (lines[frame.seq]) return;
      var own = frame.client_id && waiting[frame.client_id];
      if (own) { delivered(own, frame); return; }
      lines[frame.seq] = addLine(frame.from, frame.text, frame.at);
      if (frame.from !== "customer") notice(frame);
    },
    delivered: function (frame) {
      if (frame.survey !== undefined && frame.rating) { thank(); return; }
      seen(frame.seq);
      if (waiting[frame.client_id]) delivered(waiting[frame.client_id], frame);
    },
    queued: function (frame) {
      if (!frame.position) { status.textContent = words.waiting; return; }
      var wait = frame.estimated_wait_seconds;
      var text = say("position", { n: frame.position });
      if (wait !== null && wait !== undefined) {
        text += " " + (wait < 60 ? words.soon : say("estimate", { m: Math.round(wait / 60) }));
      }
      status.textContent = text;
    },
    agent_joined: function (frame) {
      agentName = frame.name;
      status.textContent = say("joined", { who: agentName });
    },
    typing: function (frame) {
      clearTimeout(typingTimer);
      var joined = agentName ? say("joined", { who: agentName }) : "";
      status.textContent = frame.typing ? say("typing", { who: agentName || words.agent }) : joined;
      if (frame.typing) typingTimer = setTimeout(function () { status.textContent = joined; }, 5000);
    },
    read: function (frame) {
      list.querySelectorAll("li.customer").forEach(function (item) {
        if (Number(item.dataset.seq) <= frame.seq) item.querySelector("small").textContent = words.read;
      });
    },
    survey: function (frame) { ask(frame); },
    ended: function () { ended(); },
    error: function (frame) {
      if (frame.code === "service-restarting") return;
      if (frame.code === "contact-ended") { ended(); return; }
      if (frame.code === "rate-limited" || frame.code === "try-again") {
        setTimeout(function () {
          Object.keys(waiting).forEach(function (id) { transmit({ type: "message", client_id: id, text: waiting[id].text }); });
        }, 2000);
        return;
      }
      status.textContent = say("error", { what: frame.detail });
      if (frame.code === "site-key-unknown" || frame.code === "queue-unknown") finish();
    }
  };
  function receive(frame) { if (TAKES[frame.type]) TAKES[frame.type](frame); }
  function seen(seq) {
    chat.seen = Math.max(chat.seen, seq);
  }

  // The talk

  function addLine(from, text, at) {
    var item = element("li", { class: from });
    var who = from === "customer" ? words.you : from === "agent" ? agentName || words.agent : words.system;
    item.appendChild(element("span", {}, text));
    var time = at ? new Date(at).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" }) : "";
    item.setAttribute("aria-label", who + ": " + text);
    item.appendChild(element("small", {}, from === "system" ? "" : who + " " + time));
    list.appendChild(item);
    list.scrollTop = list.scrollHeight;
    return item;
  }
  function speak(text) {
    var id = identifier();
    var item = addLine("customer", text);
    item.querySelector("small").textContent = words.sending;
    waiting[id] = { id: id, text: text, item: item };
    if (started) transmit({ type: "message", client_id: id, text: text });
  }
  function delivered(said, frame) {
    delete waiting[said.id];
    lines[frame.seq] = said.item;
    said.item.dataset.seq = frame.seq;
    said.item.querySelector("small").textContent = words.sent;
    list.appendChild(said.item);
  }
  function notice(frame) {
    if (panel.hidden || document.hidden) { unread += 1; showUnread(); return; }
    markRead(frame.seq);
  }
  function markRead(seq) {
    unread = 0;
    showUnread();
    if (seq > readThrough && transmit({ type: "read", seq: seq })) readThrough = seq;
  }
  function showUnread() {
    badge.hidden = !unread;
    badge.textContent = unread;
    bubble.setAttribute("aria-label", words.open + (unread ? ", " + say("unread", { n: unread }) : ""));
  }
  function showTalk() {
    before.hidden = true;
    list.hidden = writing.hidden = endButton.hidden = over;
    list.hidden = false;
    if (!over && !panel.hidden) field.focus();
  }
  function ended() {
    if (over) return;
    over = true;
    forget();
    clearTimeout(typingTimer);
    status.textContent = words.ended;
    writing.hidden = endButton.hidden = true;
    Object.keys(waiting).forEach(function (id) { waiting[id].item.querySelector("small").textContent = words.failed; });
    offerNew();
  }
  function finish() {
    over = true;
    forget();
    writing.hidden = endButton.hidden = true;
    offerNew();
  }
  function offerNew() {
    after.hidden = false;
    if (!after.querySelector("[data-again]")) {
      var again = element("button", { type: "button", "data-again": "" }, words.again);
      again.onclick = renew;
      after.appendChild(again);
    }
  }
  function renew() {
    if (socket) { var old = socket; socket = null; old.close(); }
    chat = { clientId: null, token: null, seen: 0, start: null };
    over = started = false;
    lines = {}; waiting = {}; attempts = 0; agentName = ""; readThrough = 0;
    list.textContent = after.textContent = status.textContent = "";
    list.hidden = after.hidden = true;
    before.hidden = false;
    nameField.focus();
  }

  // The survey: one button per point, pressed by key or click

  function ask(frame) {
    after.querySelectorAll("fieldset").forEach(function (old) { old.remove(); });
    var group = element("fieldset", { class: "r" });
    group.appendChild(element("legend", {}, frame.text));
    for (var n = 1; n <= (frame.scale_max || 0); n += 1) group.appendChild(star(n, frame, group));
    after.prepend(group);
    after.hidden = false;
    if (panel.hidden) { unread += 1; showUnread(); }
  }
  function star(n, frame, group) {
    var label = say("rate", { n: n, max: frame.scale_max });
    var button = element("button", { type: "button", "aria-label": label, "aria-pressed": "false", title: label }, "★");
    button.onclick = function () {
      group.querySelectorAll("button").forEach(function (each, index) {
        each.setAttribute("aria-pressed", String(index < n));
      });
      transmit({ type: "survey_answer", rating: n, survey: frame.survey || undefined });
    };
    return button;
  }
  function thank() {
    after.querySelectorAll("fieldset").forEach(function (group) {
      group.replaceWith(element("p", { role: "status" }, words.thanks));
    });
  }

  // What the customer does

  function open() {
    panel.hidden = false;
    bubble.hidden = true;
    bubble.setAttribute("aria-expanded", "true");
    if (chat.token && !socket && !over) { chat.seen = 0; showTalk(); connect(); }
    markRead(chat.seen);
    (before.hidden ? field : nameField).focus();
  }
  function close() {
    panel.hidden = true;
    bubble.hidden = false;
    bubble.setAttribute("aria-expanded", "false");
    bubble.focus();
  }
  bubble.onclick = open;
  closeButton.onclick = close;
  panel.addEventListener("keydown", function (event) { if (event.key === "Escape") close(); });
  endButton.onclick = function () { transmit({ type: "end" }); };
  before.onsubmit = function (event) {
    event.preventDefault();
    chat.clientId = identifier();
    chat.start = { client_id: chat.clientId, name: nameField.value.trim(), address: addressField.value.trim() };
    if (script.dataset.queue) chat.start.queue = script.dataset.queue;
    store();
    connect();
  };
  writing.onsubmit = function (event) {
    event.preventDefault();
    var text = field.value.trim();
    if (!text) return;
    field.value = "";
    typingSent = 0;
    speak(text);
  };
  field.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); writing.requestSubmit(); }
  });
  field.addEventListener("input", function () {
    if (Date.now() - typingSent < 3000) return;
    typingSent = Date.now();
    transmit({ type: "typing", typing: true });
  });
  document.addEventListener("visibilitychange", function () {
    if (!document.hidden && !panel.hidden) markRead(chat.seen);
  });
  window.addEventListener("online", function () { if (!socket && chat.token && !over) connect(); });

  function attach() {
    document.body.appendChild(host);
    if (chat.token) { chat.seen = 0; showTalk(); connect(); }
    if (script.dataset.open !== undefined) open();
  }
  window.SwitchyardChat = { open: open, close: close };
  if (document.body) attach(); else document.addEventListener("DOMContentLoaded", attach);
})();
