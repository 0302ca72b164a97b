//! Words as they are compared: in small letters, `aa` as `å`, and by their stems.

use frostem::{Algorithm, Stemmer};

/// Words of this trade that the stemmer takes for different ones; all of a row are found by each of them.
const FAMILIES: [&[&str]; 7] = [
    &["godkende", "godkender", "godkendt", "godkendte", "godkendes", "godkendelse", "godkendelsen", "godkendelser"],
    &["indstille", "indstiller", "indstillet", "indstilles", "indstilling", "indstillingen", "indstillinger", "indstillingerne"],
    &["beslutte", "beslutter", "besluttet", "besluttede", "besluttes", "beslutning", "beslutningen", "beslutninger", "beslutningerne"],
    &["drøfte", "drøfter", "drøftet", "drøftede", "drøftes", "drøftelse", "drøftelsen", "drøftelser"],
    &["orientere", "orienterer", "orienteret", "orienterede", "orienteres", "orientering", "orienteringen"],
    &["tiltræde", "tiltræder", "tiltrådt", "tiltrådte", "tiltrædes", "tiltrædelse"],
    &["udsætte", "udsætter", "udsat", "udsatte", "udsættes", "udsættelse", "udsættelsen"],
];

/// Letters from which on the last word is completed as one types.
const COMPLETED_FROM: usize = 3;

/// A word as it is compared: small letters, `aa` as `å`, accents of other languages taken off, no soft hyphens.
pub fn fold(word: &str) -> String {
    let lower = word.to_lowercase();
    let mut folded = String::with_capacity(lower.len());
    for character in lower.chars() {
        match character {
            '\u{ad}' => {}
            'é' | 'è' | 'ê' | 'ë' => folded.push('e'),
            'ö' => folded.push('ø'),
            'ä' => folded.push('æ'),
            'ü' => folded.push('y'),
            'a' if folded.ends_with('a') => {
                folded.pop();
                folded.push('å');
            }
            other => folded.push(other),
        }
    }
    folded
}

/// The words of a text, folded, in their order.
pub fn words_of(text: &str) -> Vec<String> {
    pieces(text).map(|(_, word)| fold(word)).filter(|word| !word.is_empty()).collect()
}

/// The words of a text as they stand, with the byte at which each begins. What stands inside a word (1.817.977, e-mail) parts it.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |character: char| character.is_alphanumeric() || character == '\u{ad}';
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, _) = rest.find(|(_, character)| is_part(*character))?;
        let mut end = text.len();
        while let Some((at, character)) = rest.peek().copied() {
            if !is_part(character) {
                end = at;
                break;
            }
            rest.next();
        }
        text.get(start..end).map(|word| (start, word))
    })
}

/// The stem of a folded word.
pub(super) fn stem(word: &str) -> String {
    if let Some(family) = FAMILIES.iter().find(|family| family.contains(&word)) {
        return family[0].to_owned();
    }
    Stemmer::new(Algorithm::Danish).stem(word).into_owned()
}

/// The stems of folded words, as one text.
pub fn stems_of(words: &[String]) -> String {
    let stems: Vec<String> = words.iter().map(|word| stem(word)).collect();
    stems.join(" ")
}

/// A word that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Folded.
    pub word: String,
    /// Its stem.
    pub stem: String,
}

impl Term {
    /// Whether a folded word of a text is meant; with `open` also if it begins so.
    pub fn matches(&self, word: &str, open: bool) -> bool {
        word == self.word
            || (open && self.word.chars().count() >= COMPLETED_FROM && word.starts_with(&self.word))
            || stem(word) == self.stem
    }
}

/// What a person looks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// All of them must be there.
    pub terms: Vec<Term>,
    /// Whether the last word may go on: nothing stands behind it.
    pub open: bool,
}

/// Words of a query at most.
const MAX_TERMS: usize = 12;

impl Query {
    /// Reads what a person typed.
    pub fn parse(text: &str) -> Self {
        let mut words = words_of(text);
        words.truncate(MAX_TERMS);
        let open = text.ends_with(char::is_alphanumeric);
        let terms = words.into_iter().map(|word| Term { stem: stem(&word), word }).collect();
        Self { terms, open }
    }

    /// The query in the words of FTS5, over the columns `words` and `stems`. `None` if there is nothing to look for.
    pub fn to_fts(&self) -> Option<String> {
        let last = self.terms.len().checked_sub(1)?;
        let terms = self.terms.iter().enumerate().map(|(index, term)| {
            let completed = index == last && self.open && term.word.chars().count() >= COMPLETED_FROM;
            let star = if completed { "*" } else { "" };
            format!("(words : \"{}\"{star} OR stems : \"{}\")", term.word, term.stem)
        });
        Some(terms.collect::<Vec<_>>().join(" AND "))
    }
}
