//! One connection from its beginning to its end.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use domain::Error;
use domain::account::{AccountId, Viewer};
use domain::event::{ClientMessage, Event, ServerMessage, Topic};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::compose::Lodestar;
use crate::http::pass::Pass;

/// How often it is looked whether the person is still signed in, and for events whose waking was missed.
const LOOK: Duration = Duration::from_secs(3);
/// How often a silent client is asked whether it is there, and after how long a silence it is not.
const PING: Duration = Duration::from_secs(20);
const GONE: Duration = Duration::from_secs(60);
/// How long a client may take to accept a message.
const SLOW: Duration = Duration::from_secs(10);
/// Topics of one connection.
const MOST_TOPICS: usize = 50;
/// Messages of a client in one [`LOOK`].
const MOST_MESSAGES: u32 = 60;

/// Why a connection ends: codes of RFC 6455, and those that applications choose.
const SIGNED_OUT: u16 = 4001;
const TOO_MUCH: u16 = 1008;
const TROUBLE: u16 = 1011;

/// The end of a connection: a code and what to do, if there is anybody to hear it.
struct End(Option<(u16, &'static str)>);

impl From<axum::Error> for End {
    fn from(_: axum::Error) -> Self {
        Self(None)
    }
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        tracing::warn!(%error, "a live connection ends");
        Self(Some((TROUBLE, "Something went wrong on our side. Connect again in a moment.")))
    }
}

type Step<T = ()> = Result<T, End>;

/// Somebody who is connected.
pub struct Connection {
    lodestar: Arc<Lodestar>,
    socket: WebSocket,
    pass: Pass,
    owner: AccountId,
    viewer: Viewer,
    topics: HashSet<Topic>,
    /// The number of the last event that was looked at.
    seen: i64,
    heard: Instant,
    messages: u32,
}

impl Connection {
    pub fn new(lodestar: Arc<Lodestar>, socket: WebSocket, pass: Pass, viewer: Viewer) -> Self {
        let owner = viewer.id;
        Self {
            lodestar,
            socket,
            pass,
            owner,
            viewer,
            topics: HashSet::new(),
            seen: 0,
            heard: Instant::now(),
            messages: 0,
        }
    }

    /// Talks until one of both ends it.
    pub async fn serve(mut self) {
        let Err(End(reason)) = self.talk().await else { return };
        if let Some((code, reason)) = reason {
            let frame = CloseFrame { code, reason: reason.into() };
            let _ = timeout(SLOW, self.socket.send(Message::Close(Some(frame)))).await;
        }
    }

    async fn talk(&mut self) -> Step {
        // Before the latest number is read, so that nothing falls between the two.
        let mut wakes = self.lodestar.events.wakes();
        self.seen = self.lodestar.events.range(self.owner).await?.0;
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                message = self.socket.recv() => match message {
                    Some(message) => self.hear(message?).await?,
                    None => return Err(End(None)),
                },
                woken = wakes.recv() => match woken {
                    Ok(owner) if owner != self.owner => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => self.tell().await?,
                    Err(RecvError::Closed) => return Err(End(None)),
                },
                _ = look.tick() => self.look().await?,
            }
        }
    }

    /// Sees that the person is still signed in and the client still there.
    async fn look(&mut self) -> Step {
        self.messages = 0;
        match self.pass.viewer(&self.lodestar).await? {
            Some(viewer) if viewer.id == self.owner => self.viewer = viewer,
            _ => return Err(End(Some((SIGNED_OUT, "You are signed out. Sign in and connect again.")))),
        }
        let silence = self.heard.elapsed();
        if silence > GONE {
            return Err(End(None));
        }
        if silence > PING {
            self.send(Message::Ping(Default::default())).await?;
        }
        self.tell().await
    }

    async fn hear(&mut self, message: Message) -> Step {
        self.heard = Instant::now();
        self.messages += 1;
        if self.messages > MOST_MESSAGES {
            return Err(End(Some((TOO_MUCH, "That were too many messages. Connect again and send fewer."))));
        }
        let text = match message {
            Message::Text(text) => text,
            Message::Close(_) => return Err(End(None)),
            // The library answers pings by itself.
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Binary(_) => return self.say(&wrong("Send text: one JSON object a message.")).await,
        };
        match serde_json::from_str(&text) {
            Ok(ClientMessage::Subscribe { topic, after }) => self.subscribe(topic, after).await,
            Ok(ClientMessage::Unsubscribe { topic }) => {
                self.topics.remove(&topic);
                self.say(&ServerMessage::Unsubscribed { topic }).await
            }
            Ok(ClientMessage::Ping) => self.say(&ServerMessage::Pong).await,
            Err(error) => self.say(&wrong(&format!("This message cannot be read: {error}."))).await,
        }
    }

    /// Sends what the client missed of a topic since the event with the number `after`, and from now on what comes.
    async fn subscribe(&mut self, topic: Topic, after: Option<i64>) -> Step {
        if self.topics.len() >= MOST_TOPICS {
            return self
                .say(&wrong(&format!("Up to {MOST_TOPICS} topics go on one connection. Leave one first.")))
                .await;
        }
        if let Topic::Interview(id) = topic
            && let Err(error) = self.lodestar.interviews.view(&self.viewer, id).await
        {
            return self.say(&wrong(&error.message)).await;
        }
        // What the others were told of by now stays as it is; this topic is caught up to the same point.
        self.tell().await?;
        let (latest, oldest) = self.lodestar.events.range(self.owner).await?;
        let after = after.unwrap_or(self.seen).clamp(0, self.seen);
        let gap = after < self.seen && oldest.is_none_or(|oldest| oldest > after + 1);
        let mut number = after;
        while number < self.seen {
            let missed = self.lodestar.events.after(self.owner, number).await?;
            let Some(last) = missed.last().map(|event| event.number) else { break };
            let seen = self.seen;
            for event in missed.into_iter().filter(|event| event.topic == topic && event.number <= seen) {
                self.say(&ServerMessage::Event(event)).await?;
            }
            number = last;
        }
        self.topics.insert(topic);
        self.say(&ServerMessage::Subscribed { topic, number: latest.min(self.seen), gap }).await
    }

    /// Sends what is new.
    async fn tell(&mut self) -> Step {
        loop {
            let new: Vec<Event> = self.lodestar.events.after(self.owner, self.seen).await?;
            let Some(last) = new.last().map(|event| event.number) else { return Ok(()) };
            for event in new.into_iter().filter(|event| self.topics.contains(&event.topic)).collect::<Vec<_>>() {
                self.say(&ServerMessage::Event(event)).await?;
            }
            self.seen = last;
        }
    }

    async fn say(&mut self, message: &ServerMessage) -> Step {
        let text = serde_json::to_string(message).unwrap_or_default();
        self.send(Message::Text(text.into())).await
    }

    /// A client that takes too long is let go: it comes back and asks for what it missed.
    async fn send(&mut self, message: Message) -> Step {
        timeout(SLOW, self.socket.send(message)).await.map_err(|_| End(None))?.map_err(End::from)
    }
}

fn wrong(message: &str) -> ServerMessage {
    ServerMessage::Error { message: message.to_owned() }
}
