//! Reading cookies, the same wherever they come from.

/// The value of the cookie `name` in `cookies`, as a `Cookie` header or `document.cookie` has them.
pub fn value<'a>(cookies: &'a str, name: &str) -> Option<&'a str> {
    let mut named = cookies.split(';').filter_map(|cookie| cookie.trim().split_once('='));
    named.find(|(key, _)| *key == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let cookies = "typed=a=b&c; theme=dark;x=";
        assert_eq!(
            [value(cookies, "theme"), value(cookies, "typed"), value(cookies, "x")],
            [Some("dark"), Some("a=b&c"), Some("")]
        );
        assert_eq!([value(cookies, "them"), value(cookies, ""), value("", "theme")], [None; 3]);
    }
}
