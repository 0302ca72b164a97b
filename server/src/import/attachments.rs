//! Attachments: lines `Bilag 3: Title`, lists of file names below a heading, and files that the text only mentions.
//!
//! Owns how an attachment is named, numbered and announced to come later. A second list of one item (its author's, beside that of the
//! files) adds only what the first lacks.

use dagsorden_shared::api::LeftOutWhy as Why;
use dagsorden_shared::meeting_json::{AttachmentJson, AttachmentStatus};

use super::account::Reasons;
use super::lines::Line;
use super::{inline, lists, words};

/// Endings of file names.
const EXTENSIONS: [&str; 24] = [
    "pdf", "doc", "docx", "xls", "xlsx", "xlsm", "ppt", "pptx", "odt", "ods", "odp", "rtf", "txt", "csv", "png", "jpg", "jpeg", "gif",
    "msg", "eml", "zip", "htm", "html", "mp4",
];

/// The most names of two lists that are compared.
const MOST_COMPARED: usize = 60;

/// Whether a line ends like a file name.
pub(super) fn is_file_name(text: &str) -> bool {
    let extension = text.rsplit('.').next().unwrap_or_default();
    extension.len() < text.len() && extension.len() <= 4 && EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension))
}

/// A line that is an attachment by itself: `Bilag 3: Title` or `Bilag 3 (eftersendes): Title`.
pub(super) fn numbered(line: &str) -> Option<AttachmentJson> {
    let text = lists::marker(line).map_or(line, |(_, text)| text);
    let rest = text.strip_prefix("Bilag ").or_else(|| text.strip_prefix("BILAG "))?;
    let rest = rest.strip_prefix("nr. ").unwrap_or(rest);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let letter = rest.as_bytes().get(digits).is_some_and(u8::is_ascii_lowercase);
    let end = digits + usize::from(letter);
    let (number, rest) = rest.split_at_checked(end).filter(|_| (1..=3).contains(&digits))?;
    let (rest, status) = match rest.trim_start().strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((note, rest)) if is_late(note) => (rest, AttachmentStatus::Eftersendes),
        _ => (rest, AttachmentStatus::Vedlagt),
    };
    // "Bilag 2 er vedlagt" is a sentence, and so is "Bilag 1-3 er vedlagt": a separator or a file name must follow.
    let title = rest.trim_start_matches([' ', ':', '.', '-', '–', '—', ')']);
    let is_range = rest.trim_start_matches(['-', '–', '—', '.']).starts_with(|c: char| c.is_ascii_digit()) && !rest.starts_with(' ');
    let separated = rest.trim_start().starts_with([':', '-', '–', '—', '.', ')']) && !is_range;
    let is_name = separated || is_file_name(title);
    (is_name && !title.is_empty()).then(|| {
        let named = titled(title);
        let status = if status == AttachmentStatus::Eftersendes { status } else { named.status };
        AttachmentJson { number: Some(number.to_owned()), status, ..named }
    })
}

fn is_late(note: &str) -> bool {
    matches!(words::fold(note.trim()).as_str(), "eftersendes" | "eftersendes." | "eftersendt senere" | "følger" | "udleveres på mødet")
}

/// A title without markup and without a note that it comes later.
fn titled(title: &str) -> AttachmentJson {
    let text = inline::parse(title).text;
    let note = text.rfind('(').filter(|_| text.ends_with(')')).filter(|open| is_late(&text[open + 1..text.len() - 1]));
    match note {
        Some(open) => {
            AttachmentJson { title: text[..open].trim_end().to_owned(), status: AttachmentStatus::Eftersendes, ..AttachmentJson::default() }
        }
        None => AttachmentJson { title: text, ..AttachmentJson::default() },
    }
}

/// One entry of a list below a heading.
fn entry(name: &str, marker: Option<lists::Marker>) -> AttachmentJson {
    if let Some(attachment) = numbered(name) {
        return attachment;
    }
    match marker {
        Some(lists::Marker::Ordered(number)) => AttachmentJson { number: Some(number.to_string()), ..titled(name) },
        _ => titled(name),
    }
}

/// An entry of a list of attachments, and the lines that it stands on.
pub(super) type Entry<'a> = (AttachmentJson, Vec<&'a Line<'a>>);

/// The entries of a list of attachments. A name broken over two lines is put together.
pub(super) fn list<'a>(lines: &[&'a Line<'a>]) -> Vec<Entry<'a>> {
    let mut names: Vec<(String, Option<lists::Marker>, Vec<&Line<'_>>)> = Vec::new();
    for line in lines.iter().filter(|line| !is_empty(&line.text)) {
        match names.last_mut() {
            Some((name, _, lines)) if !is_file_name(name) && goes_on(name, line) => {
                name.push(' ');
                name.push_str(&line.text);
                lines.push(line);
            }
            _ => {
                let numbered = line.tab_number().and_then(|(number, text)| Some((lists::Marker::Ordered(number.parse().ok()?), text)));
                let marked = line.marker().or(numbered);
                let (marker, text) = marked.map_or((None, line.text.as_ref()), |(marker, text)| (Some(marker), text));
                names.push((text.to_owned(), marker, vec![line]));
            }
        }
    }
    names.into_iter().map(|(name, marker, lines)| (entry(&name, marker), lines)).collect()
}

/// Whether a line is the rest of the name above it: in small letters, or the end of a file's name right below a long line.
fn goes_on(name: &str, line: &Line<'_>) -> bool {
    let cut = !line.gap && name.len() >= 60 && is_file_name(&line.text);
    line.marker().is_none() && line.heading().is_none() && (words::starts_lowercase(&line.text) || cut)
}

fn is_empty(text: &str) -> bool {
    lists::is_placeholder(text)
        || matches!(words::fold(words::head(text, 24)).as_str(), "ingen" | "ingen." | "ingen bilag" | "ingen bilag.")
}

/// Adds a second list of the same item. Where the first holds files, the second is its author's: a name that is like that of a file is
/// another name for it, one for each file, and the rest is mentioned, not enclosed. Lines of other names are left out.
pub(super) fn merge(all: &mut Vec<AttachmentJson>, more: Vec<Entry<'_>>, reasons: &mut Reasons) {
    let mut known: Vec<(String, String)> = all.iter().map(|attachment| (stem(&attachment.title), attachment.title.clone())).collect();
    let has_files = all.iter().any(|attachment| is_file_name(&attachment.title));
    let is_short = known.len().max(more.len()) <= MOST_COMPARED;
    for (attachment, lines) in more {
        let by_author = has_files && !is_file_name(&attachment.title);
        let own = stem(&attachment.title);
        let same = known.iter().take(MOST_COMPARED).position(|(stem, _)| *stem == own);
        let like = || known.iter().position(|(_, title)| words::likeness(title, &attachment.title) >= 60);
        if let Some(at) = same.or_else(|| if by_author && is_short { like() } else { None }) {
            known.swap_remove(at);
            lines.into_iter().for_each(|line| reasons.whole(line, Why::Attachment));
            continue;
        }
        let status = match attachment.status {
            AttachmentStatus::Vedlagt if by_author => AttachmentStatus::Omtalt,
            status => status,
        };
        all.push(AttachmentJson { status, ..attachment });
    }
}

/// A title for comparing: no ending, no signs.
fn stem(title: &str) -> String {
    let title = if is_file_name(title) { title.rsplit_once('.').map_or(title, |(stem, _)| stem) } else { title };
    words::fold(title).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// A line of text that names an attachment, `Bilag: Title`. It stays in the text, too.
pub(super) fn mentioned(line: &str) -> Option<AttachmentJson> {
    let title = line.strip_prefix("Bilag:")?.trim();
    (!title.is_empty()).then(|| AttachmentJson { status: AttachmentStatus::Omtalt, ..titled(title) })
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    fn attachment(number: Option<&str>, title: &str, status: AttachmentStatus) -> AttachmentJson {
        AttachmentJson { number: number.map(str::to_owned), title: title.to_owned(), status, file: None }
    }

    #[test]
    fn numbered_lines_are_attachments_and_sentences_are_not() {
        use AttachmentStatus::{Eftersendes, Vedlagt};
        assert_eq!(numbered("Bilag 1: Plan for kajer"), Some(attachment(Some("1"), "Plan for kajer", Vedlagt)));
        assert_eq!(numbered("Bilag 4 (eftersendes): Udkast."), Some(attachment(Some("4"), "Udkast.", Eftersendes)));
        assert_eq!(numbered("- Bilag 2a – Kort (eftersendes)"), Some(attachment(Some("2a"), "Kort", Eftersendes)));
        assert_eq!(numbered("Bilag 3 kort.pdf"), Some(attachment(Some("3"), "kort.pdf", Vedlagt)));
        for line in [
            "Bilag 2 er vedlagt",
            "Bilag 1-3 er vedlagt.",
            "Bilag 1–3: x",
            "Bilag: Plan",
            "Bilaget: Plan",
            "Bilag 2024-03: x",
            "bilag 2: x",
        ] {
            assert_eq!(numbered(line), None, "{line}");
        }
    }

    #[test]
    fn lists_are_file_names_or_titles_with_or_without_marks() {
        let text =
            "20260508 Plan.pdf\n- Kort over kajer\n2) Takster.XLSX\n[Notat](https://x.test/n)\nBrev om udvidelse af\nhavnen.docx\n-\nIngen";
        let lines = lines::split(text, 100).0;
        let titles: Vec<_> = list(&lines.iter().collect::<Vec<_>>()).into_iter().map(|(a, _)| (a.number, a.title)).collect();
        assert_eq!(
            titles,
            [
                (None, "20260508 Plan.pdf".to_owned()),
                (None, "Kort over kajer".to_owned()),
                (Some("2".to_owned()), "Takster.XLSX".to_owned()),
                (None, "Notat".to_owned()),
                (None, "Brev om udvidelse af havnen.docx".to_owned()),
            ]
        );
    }

    #[test]
    fn a_second_list_adds_only_what_is_new() {
        use AttachmentStatus::{Omtalt, Vedlagt};
        let text = "Endelig plan for kajer, maj\nKort";
        let lines = lines::split(text, 100).0;
        let entries = || list(&lines.iter().collect::<Vec<_>>());
        let mut all = vec![attachment(None, "Plan for kajer.pdf", Vedlagt)];
        merge(&mut all, entries(), &mut Reasons::default());
        assert_eq!(all, [attachment(None, "Plan for kajer.pdf", Vedlagt), attachment(None, "Kort", Omtalt)]);
        let mut none = Vec::new();
        merge(&mut none, entries(), &mut Reasons::default());
        assert_eq!(none[1], attachment(None, "Kort", Vedlagt));
    }
}
