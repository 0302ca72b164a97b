//! What is found by which words.

use super::*;

fn finds(query: &str, text: &str) -> bool {
    let query = Query::parse(query);
    let words = words_of(text);
    let last = query.terms.len().saturating_sub(1);
    query.terms.iter().enumerate().all(|(index, term)| words.iter().any(|word| term.matches(word, index == last && query.open)))
}

#[test]
fn forms_of_a_word_are_found_by_each_other() {
    for (query, text) in [
        ("kommuner", "De fire kommuner og kommunen i vest"),
        ("kommunernes ", "en kommune"),
        ("godkendelse ", "Indstillingen blev godkendt."),
        ("beslutning ", "Det besluttede kredsen."),
        ("Aabenraa", "Åbenrå"),
        ("resume", "Resumé"),
        ("akutp", "Fælles akutpladser"),
        ("lægevagt ", "læge\u{ad}vagten"),
    ] {
        assert!(finds(query, text), "{query} in {text}");
    }
    for (query, text) in [("gård ", "gard"), ("vej ", "veje til"), ("mus ", "museum")] {
        assert_eq!(finds(query, text), text.contains("veje"), "{query} in {text}");
    }
}

#[test]
fn a_query_is_words_whatever_signs_stand_in_it() {
    assert_eq!(
        Query::parse("  \"*' OR (NEAR) -- ").to_fts().as_deref(),
        Some("(words : \"or\" OR stems : \"or\") AND (words : \"near\" OR stems : \"near\")")
    );
    assert_eq!(Query::parse("… ***").to_fts(), None);
    assert_eq!(Query::parse("ab").to_fts().as_deref(), Some("(words : \"ab\" OR stems : \"ab\")"), "too short to be completed");
}

#[test]
fn a_snippet_marks_what_was_looked_for() {
    let body = format!("{} Det er fælles akutpladser\nfor unge. {}", "Før. ".repeat(40), "Efter. ".repeat(60));
    let pieces = snippet(&Query::parse("akutplads"), &body);
    let hits: Vec<&str> = pieces.iter().filter(|piece| piece.hit).map(|piece| piece.text.as_str()).collect();
    assert_eq!(hits, ["akutpladser"]);
    let whole: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
    assert!(whole.starts_with("… ") && whole.ends_with(" …") && whole.chars().count() < 260, "{whole}");
    assert!(whole.contains("fælles akutpladser for unge"), "{whole}");
    assert_eq!(snippet(&Query::parse("intet"), "Kort."), [Piece { text: "Kort.".into(), hit: false }]);
}

#[test]
fn titles_decisions_and_phrases_come_first() {
    let query = Query::parse("sikrede pladser ");
    let score = |kind, body| score(&query, kind, body);
    assert!(score(RowKind::Title, "Sikrede pladser") > score(RowKind::Text, "Sikrede pladser"));
    assert!(score(RowKind::Text, "De sikrede pladser") > score(RowKind::Text, "Pladser, de er sikrede"));
}
