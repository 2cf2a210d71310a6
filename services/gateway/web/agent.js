/* A small desktop for trying: accept, answer, end and wrap up, over the REST door and the agents' stream. */
(function () {
  "use strict";
  var $ = function (id) { return document.getElementById(id); };
  var token = "", me = "", socket = null, current = null;
  var contacts = {};  // id -> {lines: {seq: line}, state}
  var offers = {};

  function ask(method, path, body) {
    var headers = { Authorization: "Bearer " + token, "Content-Type": "application/json" };
    return fetch(path, { method: method, headers: headers, body: body && JSON.stringify(body) }).then(function (answer) {
      return answer.json().catch(function () { return {}; }).then(function (found) {
        if (!answer.ok) { $("state").textContent = found.detail || answer.status; throw new Error(found.code); }
        return found;
      });
    });
  }
  function item(text, name) {
    var made = document.createElement("li");
    made.textContent = text;
    if (name) made.className = name;
    return made;
  }
  function button(text, act) {
    var made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.onclick = act;
    return made;
  }
  function known(id) {
    contacts[id] = contacts[id] || { lines: {}, state: "talking" };
    return contacts[id];
  }

  function draw() {
    $("offers").replaceChildren.apply($("offers"), Object.values(offers).map(function (offer) {
      var back = offer.callback_attempt ? " · callback 回呼 " + offer.callback_attempt : "";
      var shown = item(offer.channel + " · " + offer.queue + back + " ");
      shown.append(button("Accept 接听", function () {
        ask("POST", "/v1/offers/" + offer.id + "/accept", {}).then(function (done) { current = done.contact; draw(); });
      }), button("Reject 拒绝", function () { ask("POST", "/v1/offers/" + offer.id + "/reject", { reason: "busy" }); }));
      return shown;
    }));
    $("contacts").replaceChildren.apply($("contacts"), Object.keys(contacts).map(function (id) {
      var shown = item("", id === current ? "now" : "");
      var aside = contacts[id].interrupted ? " · set aside 搁置" : "";
      shown.append(button(id.slice(0, 12) + "… " + contacts[id].state + aside, function () { current = id; draw(); }));
      return shown;
    }));
    var contact = contacts[current];
    var lines = contact ? Object.values(contact.lines).sort(function (a, b) { return a.line - b.line; }) : [];
    $("talk").replaceChildren.apply($("talk"), lines.map(function (line) { return item(line.text, line.from); }));
    $("say").hidden = !contact || contact.state !== "talking";
    $("wrap").hidden = !contact || contact.state !== "wrap_up";
  }

  var TAKES = {
    snapshot: function (frame) {
      offers = {};
      (frame.offers || []).forEach(function (offer) { offers[offer.id] = offer; });
      (frame.contacts || []).forEach(function (contact) {
        known(contact.id).state = contact.state;
        known(contact.id).interrupted = contact.interrupted;
      });
      state(frame.state);
    },
    offer: function (frame) { offers[frame.offer.id] = frame.offer; },
    offer_ended: function (frame) { delete offers[frame.offer]; },
    state: function (frame) { state(frame); },
    contact: function (frame) {
      var states = { connected: "talking", ended: "wrap_up" };
      if (frame.state === "interrupted" || frame.state === "resumed")
        known(frame.contact).interrupted = frame.state === "interrupted";
      else if (states[frame.state]) known(frame.contact).state = states[frame.state];
      else { delete contacts[frame.contact]; if (current === frame.contact) current = null; }
    },
    line: function (frame) { if (frame.text !== undefined) known(frame.contact).lines[frame.line] = frame; },
    error: function (frame) { $("state").textContent = frame.detail || frame.code; }
  };
  function state(standing) {
    if (standing) $("state").textContent = me + ": " + standing.state + (standing.reason ? " (" + standing.reason + ")" : "");
  }
  function connect() {
    var address = new URL("/v1/stream?access_token=" + encodeURIComponent(token), location.href);
    address.protocol = address.protocol.replace("http", "ws");
    socket = new WebSocket(address);
    socket.onopen = function () { socket.send(JSON.stringify({ type: "subscribe", to: "me" })); };
    socket.onmessage = function (event) {
      var frame = JSON.parse(event.data);
      if (TAKES[frame.type]) { TAKES[frame.type](frame); draw(); }
    };
    socket.onclose = function () { $("state").textContent = "…"; setTimeout(connect, 1500); };
  }

  $("enter").onsubmit = function (event) {
    event.preventDefault();
    token = event.target.token.value.trim();
    me = JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).sub;
    event.target.hidden = true;
    $("available").hidden = $("away").hidden = false;
    connect();
  };
  function set(wanted) { return function () { ask("PUT", "/v1/agents/" + me + "/state", wanted); }; }
  $("available").onclick = set({ state: "available" });
  $("away").onclick = set({ state: "not_ready", reason: "break" });
  $("say").onsubmit = function (event) {
    event.preventDefault();
    var text = event.target.text.value.trim();
    if (!text) return;
    event.target.text.value = "";
    ask("POST", "/v1/contacts/" + current + "/messages", { text: text, client_id: crypto.randomUUID() });
  };
  $("say").text.oninput = function () {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: "typing", contact: current, typing: true }));
  };
  $("end").onclick = function () { ask("POST", "/v1/contacts/" + current + "/end", {}); };
  $("wrap").onsubmit = function (event) {
    event.preventDefault();
    var body = { disposition: event.target.disposition.value };
    if (event.target.ticket.value) body.ticket = { type: event.target.ticket.value };
    ask("POST", "/v1/contacts/" + current + "/wrap-up", body);
  };
})();
