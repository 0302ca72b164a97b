//! Reads pasted lines of people: names, titles, municipalities and addresses in any of the orders in which mails and lists have them.
//! Knows no account and sends nothing.

use std::collections::{BTreeMap, HashMap};

use crate::cli::check_email;
use crate::store::email_key;

/// Lines that are read at most.
pub const MAX_LINES: usize = 1_000;
/// Longest name, title or municipality, in characters.
const MAX: usize = 80;

/// Mailboxes that several people read.
const SHARED: [&str; 16] = [
    "borgmester",
    "borgmesteren",
    "direktion",
    "direktionen",
    "hovedpostkasse",
    "info",
    "kommunen",
    "kontakt",
    "mail",
    "noreply",
    "post",
    "postkasse",
    "sekretariat",
    "sekretariatet",
    "sikkerpost",
    "social",
];

/// Domains anybody can have an address of.
const PRIVATE: [&str; 14] = [
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "hotmail.dk",
    "icloud.com",
    "jubii.dk",
    "live.dk",
    "mail.dk",
    "me.com",
    "outlook.com",
    "outlook.dk",
    "post.tele.dk",
    "proton.me",
    "yahoo.dk",
];

/// What is known of organisations, to read lists by.
#[derive(Debug, Clone, Default)]
pub struct Known {
    names: BTreeMap<String, String>,
    domains: HashMap<String, Option<String>>,
}

impl Known {
    /// Adds an organisation, and an address of someone in it.
    pub fn add(&mut self, organisation: &str, email: Option<&str>) {
        if organisation.is_empty() {
            return;
        }
        self.names.insert(stem(organisation), organisation.to_owned());
        let Some(domain) = email.and_then(domain).filter(|domain| !PRIVATE.contains(&domain.as_str())) else { return };
        let entry = self.domains.entry(domain).or_insert_with(|| Some(organisation.to_owned()));
        if entry.as_deref() != Some(organisation) {
            // People of two organisations have addresses there: it says nothing.
            *entry = None;
        }
    }

    fn organisation(&self, text: &str) -> Option<&String> {
        self.names.get(&stem(text))
    }

    fn of_domain(&self, email: &str) -> Option<&String> {
        self.domains.get(&domain(email)?)?.as_ref()
    }
}

/// Someone, as their line says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// As others will see them.
    pub name: String,
    /// What they are; may be empty.
    pub title: String,
    /// Municipality or other body; may be empty.
    pub organisation: String,
    /// Whether that was read from the address.
    pub by_address: bool,
    /// Where mail goes.
    pub email: String,
}

/// Why a line cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// There is no address in it.
    NoAddress,
    /// The address is none.
    BadAddress,
    /// Stands there twice.
    Twice(String),
    /// A mailbox that several people read.
    Shared(String),
    /// The address is of the first organisation, the line says the second.
    OtherDomain(String, String),
    /// The address does not say which municipality they write for.
    Private(String),
}

impl std::fmt::Display for Doubt {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoAddress => write!(to, "There is no mail address in this line."),
            Self::BadAddress => write!(to, "The mail address is none."),
            Self::Twice(name) => write!(to, "{name} stands in the list twice."),
            Self::Shared(address) => write!(to, "{address} is a mailbox that several people read."),
            Self::OtherDomain(of, said) => write!(to, "The address is one of {of}, the line says {said}."),
            Self::Private(name) => write!(to, "The address does not say which body {name} writes for."),
        }
    }
}

/// A line, and what was read from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// As it was pasted.
    pub text: String,
    /// Who it is, or why it cannot be used.
    pub read: Result<Entry, Doubt>,
}

/// Reads a list.
pub fn read(text: &str, known: &Known) -> Vec<Line> {
    let mut seen = Vec::new();
    let mut lines = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()).take(MAX_LINES) {
        let mut read = read_line(line, known);
        if let Ok(entry) = &read {
            let key = email_key(&entry.email);
            if seen.contains(&key) {
                read = Err(Doubt::Twice(entry.name.clone()));
            } else {
                seen.push(key);
            }
        }
        lines.push(Line { text: line.chars().take(200).collect(), read });
    }
    lines
}

fn read_line(line: &str, known: &Known) -> Result<Entry, Doubt> {
    let (email, rest) = take_address(line).ok_or(Doubt::NoAddress)?;
    if check_email(&email).is_err() {
        return Err(Doubt::BadAddress);
    }
    let local = email.split('@').next().unwrap_or_default().to_lowercase();
    if SHARED.contains(&local.as_str()) {
        return Err(Doubt::Shared(email));
    }
    let (in_brackets, rest) = take_brackets(&rest);
    let mut parts: Vec<String> = rest.split([',', ';', '\t']).map(fit).filter(|part| !part.is_empty()).collect();
    let name = if parts.is_empty() { name_of(&local) } else { parts.remove(0) };
    let at = |parts: &[String]| parts.iter().position(|part| known.organisation(part).is_some() || is_municipality(part));
    let said = in_brackets.map(|text| fit(&text)).filter(|text| !text.is_empty()).or_else(|| at(&parts).map(|index| parts.remove(index)));
    let said = said.map(|text| known.organisation(&text).cloned().unwrap_or_else(|| without_suffix(&text)));
    let title = parts.into_iter().next().unwrap_or_default();
    let of_domain = known.of_domain(&email).cloned();
    let (organisation, by_address) = match (said, of_domain) {
        (Some(said), Some(of)) if stem(&said) != stem(&of) => return Err(Doubt::OtherDomain(of, said)),
        (Some(said), _) => (said, false),
        (None, Some(of)) => (of, true),
        (None, None) if domain(&email).is_some_and(|domain| PRIVATE.contains(&domain.as_str())) => return Err(Doubt::Private(name)),
        (None, None) => (String::new(), false),
    };
    Ok(Entry { name, title, organisation, by_address, email })
}

/// The address of a line, and the line without it.
fn take_address(line: &str) -> Option<(String, String)> {
    let is_edge = |character: char| character.is_whitespace() || matches!(character, ',' | ';' | '<' | '>' | '(' | ')' | '"' | '[' | ']');
    let at = line.find('@')?;
    let start = line[..at].rfind(is_edge).map_or(0, |index| index + line[index..].chars().next().map_or(1, char::len_utf8));
    let end = line[at..].find(is_edge).map_or(line.len(), |index| at + index);
    let email = line[start..end].trim_start_matches("mailto:").trim_end_matches('.').to_owned();
    let rest = format!("{} {}", line[..start].trim_end_matches('<'), line[end..].trim_start_matches('>'));
    Some((email, rest))
}

fn take_brackets(text: &str) -> (Option<String>, String) {
    match text.rfind('(').and_then(|open| Some((open, open + text[open..].find(')')?))) {
        Some((open, close)) => (Some(text[open + 1..close].to_owned()), format!("{} {}", &text[..open], &text[close + 1..])),
        None => (None, text.to_owned()),
    }
}

/// On one line, without what lists begin lines with, of bounded length.
fn fit(text: &str) -> String {
    let text: String = text.chars().filter(|character| !character.is_control()).collect();
    let text =
        text.trim_matches(|character: char| character.is_whitespace() || matches!(character, '"' | '\'' | '•' | '*' | '-' | '–' | '.'));
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX).collect()
}

fn is_municipality(text: &str) -> bool {
    let text = text.to_lowercase();
    text.ends_with(" kommune") || text.starts_with("region ")
}

fn without_suffix(text: &str) -> String {
    let cut = text.len().saturating_sub(" kommune".len());
    match text.get(cut..) {
        Some(end) if end.eq_ignore_ascii_case(" kommune") => text[..cut].trim().to_owned(),
        _ => text.to_owned(),
    }
}

/// What organisations are compared by.
fn stem(organisation: &str) -> String {
    without_suffix(organisation.trim()).to_lowercase()
}

fn domain(email: &str) -> Option<String> {
    email.rsplit_once('@').map(|(_, domain)| domain.trim().to_lowercase())
}

/// A name from `bo.ravnkilde`.
fn name_of(local: &str) -> String {
    let word = |word: &str| {
        let mut characters = word.chars();
        characters.next().map(|first| first.to_uppercase().chain(characters).collect::<String>()).unwrap_or_default()
    };
    local.split(['.', '_', '-']).map(word).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let mut known = Known::default();
        known.add("Mosbæk", Some("jette.rask@mosbaek.example"));
        known.add("Ravnsø", Some("poul@ravnsoe.example"));
        known.add("Storå", None);
        known
    }

    fn entry(name: &str, title: &str, organisation: &str, by_address: bool, email: &str) -> Result<Entry, Doubt> {
        let [name, title, organisation, email] = [name, title, organisation, email].map(str::to_owned);
        Ok(Entry { name, title, organisation, by_address, email })
    }

    #[test]
    fn lines_are_read_as_people_write_them() {
        for (line, expected) in [
            (
                "Bo Ravnkilde, chefkonsulent (Mosbæk), bo@mosbaek.example",
                entry("Bo Ravnkilde", "chefkonsulent", "Mosbæk", false, "bo@mosbaek.example"),
            ),
            ("Lis Egholm <lis.egholm@ravnsoe.example>", entry("Lis Egholm", "", "Ravnsø", true, "lis.egholm@ravnsoe.example")),
            (
                "• Karim Haddad, direktør, Storå Kommune <karim@stora.example>;",
                entry("Karim Haddad", "direktør", "Storå", false, "karim@stora.example"),
            ),
            (
                "Tine Østerby\tdirektør\tKlitborg Kommune\ttine@klitborg.example",
                entry("Tine Østerby", "direktør", "Klitborg", false, "tine@klitborg.example"),
            ),
            ("per.hus@nyborg.example", entry("Per Hus", "", "", false, "per.hus@nyborg.example")),
            ("\"Åse Ø\" mailto:aase@storaa.example.", entry("Åse Ø", "", "", false, "aase@storaa.example")),
        ] {
            assert_eq!(read_line(line, &known()), expected, "{line}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let doubts = |text: &str| read(text, &known()).into_iter().filter_map(|line| line.read.err()).collect::<Vec<_>>();
        assert_eq!(doubts("Ny direktør i Østermark (navn følger)"), [Doubt::NoAddress]);
        assert_eq!(doubts("x @ y"), [Doubt::BadAddress]);
        assert_eq!(doubts("Birthe Overgaard birthe@gmail.com"), [Doubt::Private("Birthe Overgaard".into())]);
        assert_eq!(doubts("Borgmesteren borgmester@mosbaek.example"), [Doubt::Shared("borgmester@mosbaek.example".into())]);
        assert_eq!(doubts("Bo (Storå) bo@mosbaek.example"), [Doubt::OtherDomain("Mosbæk".into(), "Storå".into())]);
        assert_eq!(doubts("Bo bo@mosbaek.example\n\nBo R BO@Mosbaek.example"), [Doubt::Twice("Bo R".into())]);
    }

    #[test]
    fn nothing_that_is_pasted_is_a_panic() {
        arbtest::arbtest(|bytes| {
            let pieces = ["@", "<", ">", "(", ")", ",", ";", "\t", "\n", "æ", "é", "a", ".", " ", "mailto:", "kommune", "\u{202e}"];
            let text: String = (0..bytes.int_in_range(0..=30)?).map(|_| bytes.choose(&pieces).copied()).collect::<Result<_, _>>()?;
            for line in read(&text, &known()) {
                if let Ok(entry) = line.read {
                    assert!(entry.name.chars().count() <= MAX && check_email(&entry.email).is_ok());
                }
            }
            Ok(())
        });
    }
}
