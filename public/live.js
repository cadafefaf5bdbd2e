// Hears what happens for the signed-in person: one WebSocket at /ws, made anew when it breaks. Pages ask for topics:
// lodestar.listen(topic, hear) answers with a function that ends it. `hear` gets each event, or nothing if some were
// missed and it must be read anew how things stand. What is said is described at /api/v1/openapi.json; this adds the
// event "signed_out" of the topic "notifications", after which nothing more comes.
const PAUSES = [1, 2, 4, 8, 15];
const PING = 30_000;
const SIGNED_OUT = 4001;

/** Who hears of which topic. */
const hearers = new Map();
let socket;
let failures = 0;
/** Whether anything came since the last ping. */
let alive = true;
/** Topics that were asked for and are not yet caught up. */
let behind = 0;
/** The number of the last event that came, or that there was when all topics were caught up. */
let seen = null;

const say = (message) => {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
};
const tell = (topic, event) => hearers.get(topic)?.forEach((hear) => hear(event));

const signedOut = async (code) => code === SIGNED_OUT || (failures > 1 && (await fetch("/ws").catch(() => undefined))?.status === 401);

function connect() {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
  socket.addEventListener("open", () => {
    [alive, behind] = [true, hearers.size];
    for (const topic of hearers.keys()) say({ type: "subscribe", topic, after: seen });
  });
  socket.addEventListener("message", ({ data }) => {
    [alive, failures] = [true, 0];
    const message = JSON.parse(data);
    if (message.type === "subscribed") behind -= 1;
    if (behind === 0 && message.number !== undefined) seen = Math.max(seen ?? 0, message.number);
    if (message.type === "event") tell(message.topic, message);
    else if (message.gap) tell(message.topic);
  });
  socket.addEventListener("close", async ({ code }) => {
    failures += 1;
    // Why somebody is not let in, browsers do not say.
    if (await signedOut(code)) tell("notifications", { name: "signed_out" });
    else setTimeout(connect, 1_000 * PAUSES[Math.min(failures, PAUSES.length) - 1]);
  });
}

// A connection whose other end is gone without a word breaks only when something is sent, if at all.
setInterval(() => {
  if (socket?.readyState !== WebSocket.OPEN) return;
  if (!alive) return socket.close();
  alive = false;
  say({ type: "ping" });
}, PING);

globalThis.lodestar = {
  listen(topic, hear) {
    if (!hearers.has(topic)) hearers.set(topic, new Set());
    hearers.get(topic).add(hear);
    if (!socket) connect();
    else if (socket.readyState === WebSocket.OPEN) {
      behind += 1;
      say({ type: "subscribe", topic });
    }
    return () => {
      const others = hearers.get(topic);
      if (!others?.delete(hear) || others.size > 0) return;
      hearers.delete(topic);
      say({ type: "unsubscribe", topic });
    };
  },
};
