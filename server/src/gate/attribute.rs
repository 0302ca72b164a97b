//! Which attributes text may have: those we show, and those of a stock Quill 2, which we keep without showing them.
//!
//! The list is closed and short on purpose: a reader of a text carries all attributes that are on at a place, so thousands of different
//! ones would cost every reader memory. Values are in one way of writing here; `update` has seen to that.

use dagsorden_shared::richtext::attributes::{name, safe_link};
use dagsorden_shared::richtext::line::MAX_START;

use super::limits::{MAX_ATTRIBUTE_BYTES, MAX_LINK_BYTES};

/// What else Quill 2 and its toolbar write.
const OF_QUILL: [&str; 9] = ["align", "background", "code", "code-block", "color", "direction", "font", "script", "size"];

/// Deepest heading of Quill; it cannot show a deeper one. We show the third for all above it.
const MAX_HEADER: f64 = 6.0;
/// Deepest indent of Quill.
const MAX_INDENT: f64 = 8.0;

/// Whether text may have this attribute with this value, as JSON. `lines`: whether it has lines, and they attributes.
pub(super) fn fits(key: &str, json: &str, lines: bool) -> bool {
    let is_off = matches!(json, "null" | "false");
    match key {
        name::BOLD | name::ITALIC | name::UNDERLINE | name::STRIKE => is_off || json == "true",
        name::LINK => is_off || text(json).is_some_and(|link| is_link(&link)),
        name::HEADER => lines && (is_off || is_whole(json, 1.0, MAX_HEADER)),
        name::INDENT => lines && (is_off || is_whole(json, 0.0, MAX_INDENT)),
        name::START => lines && (is_off || is_whole(json, 1.0, MAX_START.into())),
        name::LIST => lines && (is_off || matches!(json, r#""bullet""# | r#""ordered""# | r#""checked""# | r#""unchecked""#)),
        name::BLOCKQUOTE => lines && (is_off || json == "true"),
        name::HEAD => lines && (is_off || matches!(json, r#""on""# | r#""off""#)),
        name::TABLE | name::COLUMN | name::POINT => lines && (is_off || text(json).is_some_and(|id| is_short(&id))),
        _ if OF_QUILL.contains(&key) => is_off || json == "true" || text(json).is_some_and(|value| is_short(&value)),
        _ => false,
    }
}

fn text(json: &str) -> Option<String> {
    if json.starts_with('"') { serde_json::from_str(json).ok() } else { None }
}

fn is_short(value: &str) -> bool {
    value.len() <= MAX_ATTRIBUTE_BYTES && !value.chars().any(char::is_control)
}

fn is_whole(json: &str, least: f64, most: f64) -> bool {
    json.parse::<f64>().is_ok_and(|number| number.fract() == 0.0 && (least..=most).contains(&number))
}

/// An address of an allowed scheme, or one without a scheme, as people type them in Quill: it can run nothing, and we do not show it.
fn is_link(link: &str) -> bool {
    if link.len() > MAX_LINK_BYTES || link.chars().any(char::is_control) {
        return false;
    }
    let scheme_end = link.find([':', '/', '?', '#']);
    let has_scheme = scheme_end.is_some_and(|at| link[at..].starts_with(':'));
    !has_scheme || safe_link(link).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_and_quill_write_fits() {
        for (key, json) in [
            ("bold", "true"),
            ("bold", "null"),
            ("link", r#""https://example.dk/æ""#),
            ("link", r#""MAILTO:a@example.dk""#),
            ("link", r#""example.dk""#),
            ("link", r#""/sager/7?fra=12:30""#),
            ("header", "1"),
            ("header", "6.0"),
            ("header", "null"),
            ("list", r#""ordered""#),
            ("list", r#""checked""#),
            ("indent", "8"),
            ("start", "1"),
            ("start", "9999.0"),
            ("start", "null"),
            ("blockquote", "true"),
            ("table", r#""row-x0eb""#),
            ("col", r#""c-1""#),
            ("point", r#""p-1""#),
            ("head", r#""off""#),
            ("color", r#""rgb(230, 0, 0)""#),
            ("code-block", r#""plain""#),
            ("align", r#""center""#),
        ] {
            assert!(fits(key, json, true), "{key} {json}");
        }
    }

    #[test]
    fn anything_else_does_not() {
        let long = format!("\"{}\"", "x".repeat(MAX_ATTRIBUTE_BYTES + 1));
        let long_link = format!("\"https://{}\"", "x".repeat(MAX_LINK_BYTES));
        for (key, json) in [
            ("bold", "1"),
            ("bold", r#""yes""#),
            ("link", "true"),
            ("link", r#""javascript:alert(1)""#),
            ("link", r#"" JavaScript:alert(1)""#),
            ("link", r#""java\nscript:alert(1)""#),
            ("link", r#""data:text/html,x""#),
            ("link", r#""about:blank""#),
            ("link", long_link.as_str()),
            ("header", "0"),
            ("header", "9"),
            ("header", "1.5"),
            ("header", r#""1""#),
            ("list", r#""roman""#),
            ("indent", "9"),
            ("indent", "-1"),
            ("start", "0"),
            ("start", "10000"),
            ("start", "-3"),
            ("start", "2.5"),
            ("start", r#""3""#),
            ("start", "true"),
            ("table", "7"),
            ("head", "true"),
            ("head", r#""yes""#),
            ("table", long.as_str()),
            ("color", long.as_str()),
            ("color", "7"),
            ("onclick", r#""x""#),
            ("", "true"),
        ] {
            assert!(!fits(key, json, true), "{key} {json}");
        }
    }

    #[test]
    fn a_title_has_no_lines_to_format() {
        assert!(fits("bold", "true", false) && fits("color", r#""red""#, false));
        for (key, json) in
            [("header", "1"), ("list", r#""bullet""#), ("indent", "1"), ("start", "3"), ("blockquote", "true"), ("table", r#""r""#)]
        {
            assert!(!fits(key, json, false), "{key}");
        }
    }
}
