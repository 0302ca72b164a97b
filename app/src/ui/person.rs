//! People as circles with initials in their organisation's colour.

use dagsorden_shared::api::Person;
use leptos::prelude::*;

/// Up to two initials: of the first and the last name.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.last().and_then(|word| word.chars().next());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// Name and organisation, as read aloud and in tooltips.
pub fn full_name(person: &Person) -> String {
    if person.organisation.is_empty() { person.name.clone() } else { format!("{}, {}", person.name, person.organisation) }
}

/// The circle. Colour never stands alone: initials are in it, and the full name beside it for screen readers.
pub fn circle(person: &Person) -> impl IntoView + use<> {
    let class = format!("who hue-{}", person.hue);
    let name = full_name(person);
    view! {
        <span class=class aria-hidden="true" title=name.clone()>{initials(&person.name)}</span>
        <span class="vh">{name}</span>
    }
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
