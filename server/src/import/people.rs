//! Names in a header: one sentence or one line each, with organisations in brackets and titles after commas.
//!
//! Owns how such a list is taken apart. What it cannot tell apart stays together as written.

use dagsorden_shared::meeting_json::{Participant, ParticipantStatus};

/// The people of a value that stands on one line (a sentence or a list with commas) or on several (one person each).
pub(super) fn read(values: &[&str], status: ParticipantStatus) -> Vec<Participant> {
    let values: Vec<&str> = values.iter().map(|value| super::lists::marker(value).map_or(*value, |(_, text)| text)).collect();
    let people = match values.as_slice() {
        [value] => sentence(value),
        values => values.iter().filter_map(|value| one(value)).collect(),
    };
    people.into_iter().filter(|person| is_named(&person.name)).map(|person| Participant { status, ..person }).collect()
}

fn is_named(name: &str) -> bool {
    !matches!(super::words::fold(name).as_str(), "" | "ingen" | "-" | "–" | "alle" | "n/a" | "intet")
}

/// One person on a line: name, then title or organisation.
fn one(line: &str) -> Option<Participant> {
    let parts = split(line.trim_end_matches(['.', ';', ',']));
    let (first, rest) = parts.split_first()?;
    let mut person = named(first);
    rest.iter().for_each(|part| describe(&mut person, part));
    Some(person)
}

fn sentence(text: &str) -> Vec<Participant> {
    let text = text.trim_end_matches(['.', ';', ',', ' ']);
    let cut = split(text);
    let mut parts = Vec::with_capacity(cut.len() + 1);
    for part in cut {
        // "…, medlem af udvalget og Bodil Holm, direktør": the last name of a sentence hangs on an "og".
        let hangs = |name: &str| is_name(name) && (name.contains(' ') || !super::words::starts_lowercase(part));
        let is_outside = |og: &usize| part[..*og].matches('(').count() == part[..*og].matches(')').count();
        match part.rfind(" og ").filter(is_outside).filter(|og| hangs(before_bracket(&part[og + 4..]))) {
            Some(og) => parts.extend([part[..og].trim(), part[og + 4..].trim()]),
            None => parts.push(part),
        }
    }
    let mut people: Vec<Participant> = Vec::new();
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        match people.last_mut() {
            Some(person) if !is_name(before_bracket(part)) => describe(person, part),
            _ => people.push(named(part)),
        }
    }
    people
}

/// Cut at commas and semicolons that stand outside brackets.
fn split(text: &str) -> Vec<&str> {
    let mut depth = 0_u32;
    text.split(|c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        matches!(c, ',' | ';' | '\t') && depth == 0
    })
    .map(str::trim)
    .collect()
}

fn before_bracket(part: &str) -> &str {
    part.split('(').next().unwrap_or(part).trim()
}

/// One to six words, each with a capital, or a small word inside: `Tue von Holm`, `Gitte R. Berg`, `Leif`.
fn is_name(part: &str) -> bool {
    let words: Vec<&str> = part.split_whitespace().collect();
    let capital = |word: &&str| word.chars().next().is_some_and(char::is_uppercase);
    let small = |word: &&str| matches!(*word, "von" | "af" | "de" | "van" | "der" | "da" | "le" | "la");
    (1..=6).contains(&words.len())
        && words.first().is_some_and(capital)
        && words.last().is_some_and(capital)
        && words.iter().all(|word| capital(word) || small(word))
        && !is_organisation(part)
        && !part.chars().any(|c| c.is_ascii_digit())
}

fn is_organisation(part: &str) -> bool {
    let folded = super::words::fold(part);
    ["kommune", "region", "kommuner", "direktør", "borgmester", "formand", "konsulent", "chef"]
        .iter()
        .any(|word| folded.split(' ').any(|known| known.ends_with(word)))
        || super::words::names_body(part)
}

/// A name with what stands in brackets behind it.
fn named(part: &str) -> Participant {
    let mut person = Participant { name: before_bracket(part).to_owned(), ..Participant::default() };
    if let Some((_, rest)) = part.split_once('(') {
        describe(&mut person, rest.trim_end_matches([')', ' ']));
    }
    person
}

/// What follows a name: in brackets or a municipality, it is the organisation; else what the person does.
fn describe(person: &mut Participant, part: &str) {
    let inner = part.trim().strip_prefix('(').map(|part| part.trim_end_matches([')', ' ']));
    // "(konsulent, Nordkommunerne)": in a bracket the organisation stands last.
    let (role, organisation) = match inner {
        Some(inner) => match inner.rsplit_once(", ") {
            Some((role, organisation)) if super::words::starts_lowercase(role) => (Some(role), Some(organisation)),
            _ if super::words::starts_lowercase(inner) => (Some(inner), None),
            _ => (None, Some(inner)),
        },
        None if super::words::starts_lowercase(part) => (Some(part), None),
        None => (None, Some(part)),
    };
    let add = |field: &mut Option<String>, text: Option<&str>| {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return };
        match field {
            Some(known) => {
                known.push_str(", ");
                known.push_str(text);
            }
            None => *field = Some(text.to_owned()),
        }
    };
    add(&mut person.role, role);
    add(&mut person.organisation, organisation);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[&str], expected: &[(&str, Option<&str>, Option<&str>)]) {
        let people = read(values, ParticipantStatus::Deltager);
        let seen: Vec<_> = people.iter().map(|p| (p.name.as_str(), p.organisation.as_deref(), p.role.as_deref())).collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_plain_list_is_names() {
        check(
            &["Bo Lund, Tue von Holm, Gitte R. Berg"],
            &[("Bo Lund", None, None), ("Tue von Holm", None, None), ("Gitte R. Berg", None, None)],
        );
        check(&["Bo, Ida og Eva"], &[("Bo", None, None), ("Ida", None, None), ("Eva", None, None)]);
        check(&["Ingen"], &[]);
        check(&[], &[]);
    }

    #[test]
    fn a_sentence_holds_organisations_and_titles() {
        check(
            &[
                "Bo Lund, (Fiskerforeningen og Sejlforeningen), Ida Holm (Skipperlauget), Per Dam, borgmester og formand for KKR Nord, Eva Kjær, direktør i Havnby kommune og medlem af Kystforum KF og Ole Nyborg, direktør i Sandby kommune.",
            ],
            &[
                ("Bo Lund", Some("Fiskerforeningen og Sejlforeningen"), None),
                ("Ida Holm", Some("Skipperlauget"), None),
                ("Per Dam", None, Some("borgmester og formand for KKR Nord")),
                ("Eva Kjær", None, Some("direktør i Havnby kommune og medlem af Kystforum KF")),
                ("Ole Nyborg", None, Some("direktør i Sandby kommune")),
            ],
        );
        check(&["Ida Holm, (konsulent, KKR Nord)."], &[("Ida Holm", Some("KKR Nord"), Some("konsulent"))]);
    }

    #[test]
    fn one_person_a_line_may_be_described() {
        check(
            &["- Bo Lund, direktør, Havnby Kommune", "- Ida Holm (Sandby Kommune)"],
            &[("Bo Lund", Some("Havnby Kommune"), Some("direktør")), ("Ida Holm", Some("Sandby Kommune"), None)],
        );
    }
}
