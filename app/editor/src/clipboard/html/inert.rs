//! Foreign HTML made fit for the browser's parser.
//!
//! The page's policy forbids inline styles and scripts, also in a document that shows and runs nothing: the browser reports each one, which takes
//! longer than all the rest of a paste. So they stand under other names while they are parsed, and style sheets are left out.

/// What `style` attributes are called in the result.
pub(super) const STYLE_NAME: &str = "data-style";

/// The same HTML with its `style` and `on…` attributes renamed and without `style` elements.
pub fn inert(source: &str) -> String {
    let mut out = String::with_capacity(source.len() + source.len() / 16);
    let mut rest = source;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (passed, left) = if let Some(inside) = rest.strip_prefix("<!--") {
            (rest, inside.split_once("-->").map_or("", |(_, left)| left))
        } else if begins_with(&rest[1..], "style") {
            // Without an end all that follows is the style sheet's, as it is to a browser.
            rest = after_end_tag(&rest[1..]);
            continue;
        } else if rest[1..].starts_with(|first: char| first.is_ascii_alphabetic()) {
            rest = rename_styles(rest, &mut out);
            continue;
        } else {
            (rest, &rest[1..])
        };
        out.push_str(&passed[..passed.len() - left.len()]);
        rest = left;
    }
    out.push_str(rest);
    out
}

/// What follows the end tag of a style sheet.
fn after_end_tag(mut rest: &str) -> &str {
    while let Some((_, after)) = rest.split_once("</") {
        if begins_with(after, "style") {
            return after.split_once('>').map_or("", |(_, after)| after);
        }
        rest = after;
    }
    ""
}

/// What is read inside a tag.
#[derive(Clone, Copy)]
enum Inside {
    /// Nothing yet; a name may begin, or the value of the name before.
    Space,
    Name,
    /// Behind the `=`.
    Value,
    Bare,
    Quoted(u8),
}

/// Copies a tag and answers what follows it.
fn rename_styles<'a>(tag: &'a str, out: &mut String) -> &'a str {
    let mut copied = 0;
    let mut inside = Inside::Name;
    for (at, byte) in tag.bytes().enumerate() {
        let space = byte.is_ascii_whitespace();
        inside = match (inside, byte) {
            (Inside::Quoted(open), _) if byte == open => Inside::Space,
            (Inside::Quoted(_), _) => inside,
            (_, b'>') => {
                out.push_str(&tag[copied..=at]);
                return &tag[at + 1..];
            }
            (Inside::Value, _) if space => Inside::Value,
            (Inside::Value, b'"' | b'\'') => Inside::Quoted(byte),
            (Inside::Value, _) => Inside::Bare,
            (Inside::Bare, _) if !space => Inside::Bare,
            (Inside::Space | Inside::Name, b'=') => Inside::Value,
            (Inside::Space | Inside::Name, b'/') => Inside::Space,
            _ if space => Inside::Space,
            (Inside::Space, _) if begins_with(&tag[at..], "style") || is_handler(&tag[at..]) => {
                out.push_str(&tag[copied..at]);
                out.push_str("data-");
                copied = at;
                Inside::Name
            }
            _ => Inside::Name,
        };
    }
    out.push_str(&tag[copied..]);
    ""
}

/// Whether an attribute's name is that of a script.
fn is_handler(name: &str) -> bool {
    name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("on"))
}

/// Whether a text begins with a whole name.
fn begins_with(text: &str, name: &str) -> bool {
    let Some(start) = text.as_bytes().get(..name.len()) else { return false };
    let ends = text.as_bytes().get(name.len()).is_none_or(|next| !next.is_ascii_alphanumeric() && !matches!(next, b'-' | b':' | b'_'));
    start.eq_ignore_ascii_case(name.as_bytes()) && ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_attributes_are_renamed_and_nothing_else() {
        let same = |text: &str| assert_eq!(inert(text), text);
        assert_eq!(inert("<p class=a\nstyle='x:y'>style=1</p>"), "<p class=a\ndata-style='x:y'>style=1</p>");
        assert_eq!(inert("<P STYLE = \"a>b\"lang=da style=c/>"), "<P data-STYLE = \"a>b\"lang=da data-style=c/>");
        assert_eq!(inert("<p title='x'style=a>æ 😀"), "<p title='x'data-style=a>æ 😀");
        assert_eq!(inert("<img ONerror=x src=y/onload>"), "<img data-ONerror=x src=y/onload>");
        for text in [
            "<p title=' style=x'>",
            "<p title=style>",
            "<p data-style=x>",
            "<p styles=x style-x=y mystyle=z>",
            "a < style=b",
            "</p style=x>",
            "<p title=\" style=x",
            "",
            "<",
            "<p",
            "<!-- <p style=x> -->",
            "<!-- open <p style=x>",
            "1 <2 style=x>",
            "<a href=a/style=b>",
        ] {
            same(text);
        }
    }

    #[test]
    fn style_sheets_are_left_out() {
        assert_eq!(inert("a<style type=x><!-- p{} </p> --></style >b<STYLE></STYLE>c"), "abc");
        assert_eq!(inert("a<style>b"), "a");
        assert_eq!(inert("<styled>a</styled>"), "<styled>a</styled>");
    }

    #[test]
    fn any_text_is_read_to_its_end() {
        arbtest::arbtest(|u| {
            let pieces = ["<", ">", "style", "=", "'", "\"", " ", "<style>", "</style>", "<!--", "-->", "a", "æ", "/", "😀"];
            let mut text = String::new();
            for _ in 0..u.int_in_range(0..=20)? {
                text.push_str(u.choose(&pieces)?);
            }
            let done = inert(&text);
            assert!(done.len() <= text.len() + 5 * text.matches("style").count());
            Ok(())
        });
    }
}
