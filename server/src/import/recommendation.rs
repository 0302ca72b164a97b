//! Recommendations: who recommends what to whom, from the first words of the section.
//!
//! `Formandskabet indstiller til Kystforum, at …`, `Det indstilles, at Kystforum …`, or a list whose first line begins with the body that is
//! to decide. Owns these phrases; both ends may be missing, and neither is ever guessed from elsewhere.

use super::words::{fold, head, names_body};

/// From whom and to whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Parties {
    /// As written.
    pub(super) from: Option<String>,
    /// As written, without an article.
    pub(super) to: Option<String>,
}

const VERBS: [&str; 8] = ["indstiller", "indstilles", "indstillede", "anbefaler", "anbefales", "foreslår", "foreslås", "indstiler"];

/// Words that begin what is to be done, so that no body can stand there.
const DEEDS: [&str; 26] = [
    "drøfter",
    "drøfte",
    "godkender",
    "godkende",
    "tager",
    "tage",
    "beslutter",
    "beslutte",
    "anbefaler",
    "anbefale",
    "videresender",
    "vedtager",
    "vedtage",
    "tiltræder",
    "tiltræde",
    "udpeger",
    "udpege",
    "orienteres",
    "bakker",
    "giver",
    "give",
    "indstiller",
    "afgiver",
    "noterer",
    "prioriterer",
    "træffer",
];

/// Reads the parties from the lines of a section, list marks already gone. Only the first paragraph and the first list line count.
pub(super) fn parties(paragraph: Option<&str>, list_line: Option<&str>) -> Parties {
    let mut parties = paragraph.and_then(introduction).unwrap_or_default();
    if parties.to.is_none() {
        parties.to = list_line.and_then(subject);
    }
    parties
}

/// `X indstiller til Y, at Z`. `None` if the paragraph does not introduce a recommendation.
fn introduction(text: &str) -> Option<Parties> {
    let text = head(text, 400);
    let (verb_at, verb) = word_positions(text).find(|(_, word)| VERBS.contains(&fold(trim(word)).as_str()))?;
    let from = text[..verb_at].trim().trim_end_matches(',');
    let impersonal = from.is_empty() || matches!(fold(from).as_str(), "det" | "der" | "hermed" | "det hermed");
    let from = (!impersonal && from.split_whitespace().count() <= 14 && !from.contains(". ")).then(|| from.to_owned());
    let rest = text[verb_at + verb.len()..].trim_start_matches([' ', ',', ':']);
    let addressed = ["til ", "over for ", "overfor "].iter().find_map(|word| rest.strip_prefix(word));
    if let Some(rest) = addressed {
        let end = rest.find([',', ':']).into_iter().chain(rest.find(" at ")).chain(rest.strip_suffix(" at").map(str::len)).min();
        let to = body(&rest[..end.unwrap_or(rest.len())]);
        let after = end.map_or("", |end| &rest[end..]);
        return Some(Parties { from, to: to.or_else(|| after_at(after.trim_start_matches([' ', ',', ':']))) });
    }
    Some(Parties { from, to: after_at(rest) })
}

/// What follows `at`: the body that is to do something, alone or before its verb.
fn after_at(rest: &str) -> Option<String> {
    let rest = rest.strip_prefix("at")?.strip_prefix([' ', ':', ','])?.trim_start_matches([' ', ':', ',']);
    subject(rest).or_else(|| body(rest))
}

/// The words before the first verb, if they name a body.
fn subject(text: &str) -> Option<String> {
    let text = head(text, 300);
    let (at, _) = word_positions(text).skip(1).take(9).find(|(_, word)| is_verb(word))?;
    body(&text[..at])
}

fn is_verb(word: &str) -> bool {
    let bare = trim(word);
    let folded = fold(bare);
    DEEDS.contains(&folded.as_str())
        || matches!(folded.as_str(), "at" | "skal" | "kan" | "bør")
        || (bare.starts_with(char::is_lowercase) && folded.len() > 4 && folded.ends_with("er") && !names_body(bare))
}

/// A phrase that names a body and is nothing more than a name.
fn body(phrase: &str) -> Option<String> {
    let phrase = phrase.trim().trim_end_matches([':', ',', '.', ';', ' ']);
    let phrase = phrase.strip_prefix("den ").or_else(|| phrase.strip_prefix("det ")).unwrap_or(phrase);
    let first = phrase.split(' ').next().map(|word| fold(trim(word)))?;
    let fits = !phrase.is_empty() && phrase.split(' ').count() <= 8 && !DEEDS.contains(&first.as_str()) && names_body(phrase);
    fits.then(|| phrase.to_owned())
}

fn trim(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

fn word_positions(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(' ').scan(0, |at, word| {
        let here = *at;
        *at += word.len() + 1;
        Some((here, word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(paragraph: &str, list_line: &str, from: Option<&str>, to: Option<&str>) {
        let found = parties(Some(paragraph).filter(|text| !text.is_empty()), Some(list_line).filter(|text| !text.is_empty()));
        assert_eq!((found.from.as_deref(), found.to.as_deref()), (from, to), "{paragraph} / {list_line}");
    }

    #[test]
    fn sender_and_receiver_stand_around_the_verb() {
        check("Formandskabet indstiller til Kystforum, at", "godkende planen", Some("Formandskabet"), Some("Kystforum"));
        check("Formandskabet indstilles til Kystforum at", "godkende planen", Some("Formandskabet"), Some("Kystforum"));
        check(
            "Formandskabet for Kystkredsen indstiller, at Kystkredsen",
            "Drøfter planen",
            Some("Formandskabet for Kystkredsen"),
            Some("Kystkredsen"),
        );
        check("Arbejdsudvalget indstiller at kystforum", "Tager", Some("Arbejdsudvalget"), Some("kystforum"));
        check("Projektgruppen indstiller, at Strategisk Kystgruppe:", "godkender", Some("Projektgruppen"), Some("Strategisk Kystgruppe"));
        check("Sekretariatet anbefaler, at Kystforum drøfter planen.", "", Some("Sekretariatet"), Some("Kystforum"));
    }

    #[test]
    fn without_a_sender_there_is_none() {
        check("Det indstilles, at Kystforum", "drøfter planen", None, Some("Kystforum"));
        check("Det indstilles, at den Strategiske Kystgruppe", "drøfter", None, Some("Strategiske Kystgruppe"));
        check("Det indstilles, at", "godkende en plan, der kan bruges", None, None);
        check("Til drøftelse", "", None, None);
    }

    #[test]
    fn the_first_list_line_may_name_the_receiver() {
        check("Det indstilles at:", "Havnenes Arbejdsudvalg drøfter planen og forholder sig til den", None, Some("Havnenes Arbejdsudvalg"));
        check("", "Kystforum godkender Bo Lund som medlem", None, Some("Kystforum"));
        check("Arbejdsudvalget indstiller, at", "Fortsat bakker op om Kystforum", Some("Arbejdsudvalget"), None);
        check("Arbejdsudvalget indstiller, at", "Tager planen fra Kystforum til efterretning", Some("Arbejdsudvalget"), None);
    }
}
