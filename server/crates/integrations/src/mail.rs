//! Sending mail by SMTP.

use std::net::IpAddr;
use std::time::{Duration, Instant, UNIX_EPOCH};

use async_trait::async_trait;
use domain::{Error, Result, Timestamp};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use url::Url;

/// How long a mail server may take for one step.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long it may take to greet, sign-in included.
const GREETING: Duration = Duration::from_secs(10);
/// Longest reason that is kept of a server's answer, in characters.
const LONGEST_REASON: usize = 300;
/// Says that no person wrote the mail.
const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");

/// A mail, ready to be sent.
#[derive(Clone)]
pub struct Letter {
    /// Names it for good: a mail that is sent twice is one mail to mail programs.
    pub id: String,
    /// The address it is for.
    pub recipient: String,
    /// Its subject, on one line.
    pub subject: String,
    /// Its words as plain text.
    pub text: String,
    /// Its words as HTML.
    pub html: String,
    /// When it was written.
    pub written_at: Timestamp,
}

/// Why a mail was not taken, in a sentence for the administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undelivered {
    /// It may be taken later.
    Later(String),
    /// It will never be.
    Never(String),
}

/// What carries mails away.
#[async_trait]
pub trait Carrier: Send + Sync {
    /// Hands `letter` over.
    ///
    /// # Errors
    /// Why it was not taken, and whether to try again.
    async fn carry(&self, letter: &Letter) -> std::result::Result<(), Undelivered>;

    /// Looks whether letters could be handed over, without any; answers how long that took.
    ///
    /// # Errors
    /// Why they could not, in a few words without addresses: anybody may read it.
    async fn greet(&self) -> std::result::Result<Duration, String>;
}

/// A mail server.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Smtp {
    /// The server at `url`, `smtp://` or `smtps://`, with user and password in it if it asks for
    /// them, and mails from `from`, such as `Lodestar <coach@example.org>`. By `smtp://`, the
    /// connection must turn to TLS, except to this very machine or with `?tls=none`. It is not
    /// reached yet.
    ///
    /// # Errors
    /// `Invalid` names what is wrong with the configuration, without the password.
    pub fn new(url: &str, from: &str) -> Result<Self> {
        let (url, port) = checked(url)?;
        let from: Mailbox = from.trim().parse().map_err(|_| {
            wrong("mail.from must be the address that mails come from, like \"Lodestar <coach@example.org>\".")
        })?;
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.as_str())
            .map_err(|_| {
                wrong("mail.smtp is not the address of a mail server, like \"smtp://user:password@mail.example.org\".")
            })?
            .port(port)
            .timeout(Some(PATIENCE))
            .hello_name(ClientId::Domain(from.email.domain().to_owned()));
        Ok(Self { transport: builder.build(), from })
    }

    fn message(&self, letter: &Letter) -> std::result::Result<Message, Undelivered> {
        let address: Address = letter
            .recipient
            .parse()
            .map_err(|error| Undelivered::Never(format!("Nothing can be sent to this address: {error}.")))?;
        let written = UNIX_EPOCH + Duration::from_millis(u64::try_from(letter.written_at.millis()).unwrap_or(0));
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject(letter.subject.as_str())
            .date(written)
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            // Keeps holiday notices from answering (RFC 3834, section 5).
            .raw_header(HeaderValue::new(AUTO_SUBMITTED, "auto-generated".to_owned()))
            .multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()))
            .map_err(|error| Undelivered::Never(format!("The mail could not be put together: {error}.")))
    }
}

#[async_trait]
impl Carrier for Smtp {
    async fn carry(&self, letter: &Letter) -> std::result::Result<(), Undelivered> {
        let message = self.message(letter)?;
        self.transport.send(message).await.map(|_| ()).map_err(|error| {
            let reason: String =
                format!("The mail server did not take it: {error}").chars().take(LONGEST_REASON).collect();
            // What it says about the sign-in (53x) is about the configuration, which can be mended, not about the mail.
            let is_sign_in = error.status().is_some_and(|code| matches!(u16::from(code), 530..=539));
            if error.is_permanent() && !is_sign_in { Undelivered::Never(reason) } else { Undelivered::Later(reason) }
        })
    }

    async fn greet(&self) -> std::result::Result<Duration, String> {
        let began = Instant::now();
        // Connects, turns to TLS and signs in as for a mail, then sends NOOP and QUIT.
        let greeted = tokio::time::timeout(GREETING, self.transport.test_connection()).await.map_err(|_| late())?;
        match greeted {
            Ok(true) => Ok(began.elapsed()),
            Ok(false) => Err("the mail server broke off".to_owned()),
            Err(error) => Err(ungreeted(&error)),
        }
    }
}

/// Why a mail server could not be greeted. What it says itself is left out: it may name machines.
fn ungreeted(error: &lettre::transport::smtp::Error) -> String {
    match error.status().map(u16::from) {
        Some(code @ 530..=539) => format!("the mail server refuses the sign-in ({code})"),
        Some(code) => format!("the mail server does not take mails now ({code})"),
        None if error.is_timeout() => late(),
        None => {
            // The outermost error only says that connecting failed.
            let innermost = std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source()).last();
            let reason = innermost.map_or_else(String::new, ToString::to_string);
            format!("the mail server cannot be used: {reason}")
        }
    }
}

fn late() -> String {
    format!("the mail server did not answer within {} s", GREETING.as_secs())
}

/// `url` with the TLS that it must have, as the transport reads it, and its port.
fn checked(url: &str) -> Result<(Url, u16)> {
    const USUAL: &str = "mail.smtp must be the address of a mail server, like \"smtp://user:password@mail.example.org:587\" or \"smtps://...\".";
    let mut url = Url::parse(url.trim()).map_err(|_| wrong(USUAL))?;
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| wrong(USUAL))?;
    let tls = url.query_pairs().find(|(key, _)| key == "tls").map(|(_, value)| value.into_owned());
    let (query, usual_port) = match (url.scheme(), tls.as_deref()) {
        ("smtps", None | Some("required")) => (None, 465),
        ("smtp", Some("none")) => (None, 25),
        ("smtp", None) if is_loopback(host) => (None, 25),
        ("smtp", None | Some("required")) => (Some("tls=required"), 587),
        ("smtp" | "smtps", Some(_)) => {
            return Err(wrong("What follows tls= in mail.smtp must be \"required\", or \"none\" with smtp://."));
        }
        _ => return Err(wrong(USUAL)),
    };
    url.set_query(query);
    url.set_path("");
    Ok((url.clone(), url.port().unwrap_or(usual_port)))
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

fn wrong(message: &str) -> Error {
    Error::invalid("mail", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(url: &str) -> String {
        checked(url).map_or_else(|error| error.message, |(url, port)| format!("{url} {port}"))
    }

    #[test]
    fn connections_are_encrypted_unless_they_stay_on_the_machine_or_the_operator_says_no() {
        for (url, expected) in [
            ("smtp://mail.example.org", "smtp://mail.example.org?tls=required 587"),
            ("smtp://ada:p%40ss@mail.example.org:2525", "smtp://ada:p%40ss@mail.example.org:2525?tls=required 2525"),
            ("smtps://mail.example.org", "smtps://mail.example.org 465"),
            ("smtp://mail.example.org?tls=none", "smtp://mail.example.org 25"),
            ("smtp://127.0.0.1:1025", "smtp://127.0.0.1:1025 1025"),
            ("smtp://[::1]", "smtp://[::1] 25"),
            ("smtp://localhost", "smtp://localhost 25"),
            ("smtp://localhost?tls=required", "smtp://localhost?tls=required 587"),
            ("smtp://localhost.example.org", "smtp://localhost.example.org?tls=required 587"),
        ] {
            assert_eq!(shown(url), expected, "{url}");
        }
    }

    #[test]
    fn what_is_no_mail_server_is_refused_without_its_password() {
        for url in ["", "mail.example.org", "https://ada:secret@mail.example.org", "smtp://", "smtp:ada:secret"] {
            let message = shown(url);
            assert!(message.starts_with("mail.smtp must be") && !message.contains("secret"), "{url}: {message}");
        }
        assert!(shown("smtp://mail.example.org?tls=maybe").contains("tls="));
        assert!(shown("smtps://mail.example.org?tls=none").contains("tls="));
        let from = |from: &str| Smtp::new("smtp://localhost", from).err().map(|error| error.message);
        assert!(from("").is_some_and(|message| message.contains("mail.from")));
        assert!(from("nobody").is_some() && from("Lodestar <coach@example.org>").is_none());
    }

    #[test]
    fn a_mail_has_both_forms_and_no_line_of_somebody_else() {
        let smtp = Smtp::new("smtp://localhost", "Lodestar <coach@example.org>").unwrap();
        let letter = Letter {
            id: "0189".to_owned(),
            recipient: "zoë@müller.example".to_owned(),
            subject: "Grüße\r\nBcc: eve@example.org".to_owned(),
            text: "Hello".to_owned(),
            html: "<p>Hello</p>".to_owned(),
            written_at: Timestamp::from_millis(1_795_132_800_000),
        };
        let bytes = smtp.message(&letter).unwrap().formatted();
        let sent = String::from_utf8(bytes).unwrap();
        let head = sent.split("\r\n\r\n").next().unwrap();
        for line in
            ["Message-ID: <0189@example.org>", "Auto-Submitted: auto-generated", "Date: Fri, 20 Nov 2026 00:00:00"]
        {
            assert!(head.contains(line), "{line}: {head}");
        }
        assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
        assert!(sent.contains("text/plain") && sent.contains("text/html") && sent.contains("<p>Hello</p>"));
        let nobody = Letter { recipient: "no address".to_owned(), ..letter };
        assert!(matches!(smtp.message(&nobody), Err(Undelivered::Never(_))));
    }
}
