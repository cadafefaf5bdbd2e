// One WebSocket at /ws for all topics of a page, made anew when it breaks; see features/live of the app.
const PAUSES = [1, 2, 4, 8, 15];
const PING = 30_000;
const PATIENCE = 10_000;
const REST = 60_000;
const SIGNED_OUT = 4001;

const hearers = new Map();
let socket;
let retry;
let failures = 0;
// Whether anything came since the last ping.
let alive = true;
let ended = false;
// Interviews just opened: what happened between the page and this line, neither knows.
const fresh = new Set();
// Topics not yet caught up.
let behind = 0;
let seen = null;

const say = (message) => {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
};
const tell = (topic, event) => hearers.get(topic)?.forEach((hear) => hear(event));

// Browsers do not say why a WebSocket is refused.
async function signedOut() {
  const answer = await fetch("/ws", { method: "HEAD", signal: AbortSignal.timeout(PATIENCE) }).catch(() => undefined);
  return answer?.status === 401;
}

function hear({ data }) {
  [alive, failures] = [true, 0];
  const message = JSON.parse(data);
  if (message.type === "subscribed" || message.type === "error") behind = Math.max(0, behind - 1);
  if (behind === 0 && message.number !== undefined) seen = Math.max(seen ?? 0, message.number);
  if (message.type === "event") tell(message.topic, message);
  else if (message.type === "subscribed" && (fresh.delete(message.topic) || message.gap)) tell(message.topic);
}

function connect() {
  clearTimeout(retry);
  alive = true;
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
  socket.addEventListener("open", () => {
    behind = hearers.size;
    for (const topic of hearers.keys()) say({ type: "subscribe", topic, after: seen });
    if (ended) tell("notifications", { name: "signed_in" });
    ended = false;
  });
  socket.addEventListener("message", hear);
  socket.addEventListener("close", async ({ code }) => {
    socket = undefined;
    failures += 1;
    if (code === SIGNED_OUT || failures > 1) {
      const out = await signedOut();
      ended ||= out || code === SIGNED_OUT;
      if (out) return tell("notifications", { name: "signed_out" });
    }
    // A tab that nobody looks at connects when somebody does.
    if (!document.hidden && !socket) retry = setTimeout(connect, 1_000 * PAUSES[Math.min(failures, PAUSES.length) - 1]);
  });
}

// A connection whose other end is gone without a word breaks only when something is sent.
setInterval(() => {
  if (!alive) return socket?.close();
  alive = socket === undefined;
  say({ type: "ping" });
}, PING);

// Somebody may have many tabs, and one person has few places.
let rest;
document.addEventListener("visibilitychange", () => {
  clearTimeout(rest);
  if (document.hidden) rest = setTimeout(() => socket?.close(), REST);
  else if (hearers.size > 0 && !socket) connect();
});

globalThis.lodestar = {
  listen(topic, hear) {
    if (!hearers.has(topic)) hearers.set(topic, new Set());
    hearers.get(topic).add(hear);
    if (topic.startsWith("interview:")) fresh.add(topic);
    if (socket?.readyState === WebSocket.OPEN) {
      behind += 1;
      say({ type: "subscribe", topic });
    } else if (!socket && !ended && failures === 0) connect();
    return () => {
      const others = hearers.get(topic);
      if (!others?.delete(hear) || others.size > 0) return;
      hearers.delete(topic);
      say({ type: "unsubscribe", topic });
    };
  },
};
