//! People as circles with initials in their organisation's colour.

use dagsorden_shared::api::Person;
use dagsorden_shared::render::element::{Element, element};

/// Up to two initials: of the first and the last name.
pub(crate) fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.last().and_then(|word| word.chars().next());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// Name and organisation, as read aloud and in tooltips.
pub(crate) fn full_name(person: &Person) -> String {
    if person.organisation.is_empty() { person.name.clone() } else { format!("{}, {}", person.name, person.organisation) }
}

/// The circle, and the full name beside it for screen readers: colour never stands alone.
pub(crate) fn circle(person: &Person) -> [Element; 2] {
    let name = full_name(person);
    [
        element("span")
            .class(format!("who hue-{}", person.hue))
            .attribute("aria-hidden", "true")
            .attribute("title", name.clone())
            .text(initials(&person.name)),
        element("span").class("vh").text(name),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_last_name() {
        assert_eq!(initials("Asger Bo Lund"), "AL");
        assert_eq!(initials("østen"), "Ø");
        assert_eq!(initials("  "), "");
    }
}
