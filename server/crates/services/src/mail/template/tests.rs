use super::*;
use crate::mail::Link;

const SITE: &str = "https://coach.example.org";

fn templates() -> Templates {
    Templates::load(SITE).unwrap()
}

fn examples() -> Vec<(Filled, Letter)> {
    let templates = templates();
    Letter::examples().into_iter().map(|letter| (templates.fill(&letter, "Ada").unwrap(), letter)).collect()
}

/// Every address in a text, as mail programs find them.
fn addresses(text: &str) -> Vec<&str> {
    let from = text.match_indices("http").map(|(at, _)| &text[at..]);
    from.map(|rest| rest.split(['"', '<', ' ', '\n']).next().unwrap_or(rest)).collect()
}

#[test]
fn every_template_has_an_example_that_fills_it() {
    let filled = examples();
    assert_eq!(filled.len(), knowledge::mails::ALL.len());
    for (mail, letter) in &filled {
        assert!(!mail.subject.is_empty() && mail.subject.chars().count() < LONGEST_SUBJECT, "{letter:?}");
        for form in [&mail.subject, &mail.text, &mail.html] {
            assert!(!form.contains("{{") && !form.contains("{%") && !form.contains("undefined"), "{form}");
        }
        assert!(mail.text.starts_with("Hello Ada,\n\n") && mail.html.contains("Hello Ada,"), "{}", mail.text);
    }
}

#[test]
fn the_text_has_no_html_and_short_lines() {
    for (mail, _) in examples() {
        assert!(!mail.text.contains(['<', '>']) && !mail.text.contains("&#"), "{}", mail.text);
        let long = mail.text.lines().find(|line| line.chars().count() > WIDTH && !line.starts_with(SITE));
        assert_eq!(long, None, "{}", mail.template);
        assert!(!mail.text.contains("\n\n\n"), "{}", mail.text);
    }
}

#[test]
fn links_lead_to_this_site_alone() {
    for (mail, _) in examples() {
        let html = mail.html.replace("&#x2f;", "/").replace("&amp;", "&");
        for form in [&mail.text, &html] {
            let addresses = addresses(form);
            assert!(
                !addresses.is_empty() && addresses.iter().all(|address| address.starts_with(SITE)),
                "{addresses:?}"
            );
        }
        assert!(!html.contains("src=") && !html.contains("url("), "nothing is fetched: {html}");
    }
}

#[test]
fn both_forms_say_the_same() {
    let plain = |html: &str| {
        let (_, body) = html.split_once("</head>").unwrap();
        let mut text = String::new();
        let mut inside = false;
        for c in body.chars() {
            match c {
                '<' => inside = true,
                '>' => (inside, _) = (false, text.push(' ')),
                c if !inside => text.push(c),
                _ => {}
            }
        }
        let text = text.replace("&#x2f;", "/").replace("&#x27;", "'").replace("&amp;", "&");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    for (mail, _) in examples() {
        let html = plain(&mail.html);
        for paragraph in mail.text.split("\n\n").filter(|paragraph| !paragraph.contains(SITE)) {
            let paragraph = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(html.contains(&paragraph), "{paragraph}: {html}");
        }
    }
}

#[test]
fn what_is_filled_in_stays_text() {
    let hostile = Letter::NewSignIn {
        browser: "<script>alert(1)</script>\r\nBcc: eve {{ link }}".to_owned(),
        time: "now".to_owned(),
        link: Link::new("/settings"),
    };
    let mail = templates().fill(&hostile, "<b>Eve</b> http://evil.example").unwrap();
    assert!(!mail.html.contains("<script>") && mail.html.contains("&lt;script&gt;"), "{}", mail.html);
    assert!(mail.text.contains("{{ link }}") && !mail.text.contains('\r'), "{}", mail.text);
    assert!(mail.text.starts_with("Hello,\n") && !mail.text.contains("evil"), "{}", mail.text);
    let elsewhere = Letter::PasswordChanged { time: String::new(), link: Link::new("https://evil.example") };
    assert!(templates().fill(&elsewhere, "").is_err());
}

#[test]
fn a_file_that_does_not_fit_its_letter_is_refused() {
    let first = knowledge::mails::ALL[0];
    for (from, to, words) in [
        ("{{ hours }} hours", "a day", "declares hours, which it does not use"),
        ("{{ hours }}", "{{ hours }}{{ days }}", "uses days, which it does not declare"),
        ("hours = \"number\"", "hours = \"text\"", "is given no Text as hours"),
        ("{{ hours }}", "{{ hours }} {{ link }}", "has the link link among its words"),
        (
            "link = \"link\"\n\n[variables]",
            "link = \"there\"\n\n[variables]",
            "declares the link link, which leads nowhere",
        ),
        ("id = \"verify-address\"", "id = \"welcome\"", "There is no template verify-address"),
        ("version = 1", "version = 0", "needs a version"),
        ("{{ hours }}", "{% if %}", "is no template"),
        ("about =", "abut =", "cannot be read"),
    ] {
        assert!(first.contains(from), "{from}");
        let changed = first.replacen(from, to, 1);
        let mut files = vec![changed.as_str()];
        files.extend(&knowledge::mails::ALL[1..]);
        let refusal = Templates::of(&files, SITE).unwrap_err().to_string();
        assert!(refusal.contains(words), "{from} -> {to}: {refusal}");
    }
}
