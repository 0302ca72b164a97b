//! The header: what stands before the first item, as labels with values and a line of title.
//!
//! Owns the labels and how their values are parted: on the same line after a colon, a tab or a blank, or on the next line.
//! Addresses and telephone numbers are not kept. Knows nothing of items.

use dagsorden_shared::api::LeftOutWhy as Why;
use dagsorden_shared::meeting_json::{MeetingJson, Participant, ParticipantStatus};

use super::account::Reasons;
use super::dates::{self, Day, When};
use super::lines::{CELL_PARAGRAPH, Line, clean};
use super::{people, words};

/// A header is not longer; what comes after is some other text before the first item.
const MOST_LINES: usize = 400;

/// The longest value that is read, in bytes.
const LONGEST_VALUE: usize = 20_000;

/// What a header says, with how the document calls itself.
#[derive(Debug, Default)]
pub(super) struct Header {
    /// Its fields, without items.
    pub(super) meeting: MeetingJson,
    /// It calls itself an agenda.
    pub(super) says_agenda: bool,
    /// It calls itself minutes.
    pub(super) says_minutes: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    Forum,
    Meeting,
    MeetingDate,
    Time,
    TimeAndPlace,
    Start,
    End,
    Date,
    Place,
    Published,
    Case,
    Document,
    People(ParticipantStatus),
    Recorder,
    Contents,
    Other,
}

impl Label {
    /// Why what is missing of a line with this label is not in the meeting.
    fn why(self) -> Why {
        match self {
            Self::MeetingDate | Self::Time | Self::TimeAndPlace | Self::Start | Self::End | Self::Date | Self::Published => Why::Date,
            Self::Contents => Why::Contents,
            Self::Other => Why::Contact,
            _ => Why::Label,
        }
    }
}

/// Labels as letters only. Those marked `true` are long enough to be known by a blank after them.
const LABELS: [(&str, Label, bool); 73] = [
    ("udvalg", Label::Forum, false),
    ("forum", Label::Forum, false),
    ("kreds", Label::Forum, false),
    ("udvalgnavn", Label::Forum, false),
    ("mødeforum", Label::Forum, false),
    ("møde", Label::Meeting, false),
    ("titel", Label::Meeting, false),
    ("mødetitel", Label::Meeting, false),
    ("mødedato", Label::MeetingDate, true),
    ("datoformøde", Label::MeetingDate, true),
    ("datoformødet", Label::MeetingDate, true),
    ("tid", Label::Time, false),
    ("tidspunkt", Label::Time, false),
    ("mødetid", Label::Time, true),
    ("mødetidspunkt", Label::Time, true),
    ("datoogtid", Label::Time, true),
    ("datotid", Label::Time, false),
    ("datoogtidspunkt", Label::Time, true),
    ("hvornår", Label::Time, false),
    ("tidogsted", Label::TimeAndPlace, false),
    ("datoogsted", Label::TimeAndPlace, false),
    ("starttidspunkt", Label::Start, true),
    ("mødestart", Label::Start, true),
    ("start", Label::Start, false),
    ("starttid", Label::Start, false),
    ("sluttidspunkt", Label::End, true),
    ("mødeslut", Label::End, true),
    ("slut", Label::End, false),
    ("sluttid", Label::End, false),
    ("dato", Label::Date, false),
    ("sted", Label::Place, false),
    ("mødested", Label::Place, true),
    ("lokale", Label::Place, false),
    ("mødelokale", Label::Place, false),
    ("hvor", Label::Place, false),
    ("udgivet", Label::Published, true),
    ("udgivetden", Label::Published, true),
    ("offentliggjort", Label::Published, true),
    ("publiceret", Label::Published, true),
    ("sagsid", Label::Case, true),
    ("sagsnr", Label::Case, true),
    ("sagsnummer", Label::Case, true),
    ("sagnr", Label::Case, true),
    ("journalnr", Label::Case, true),
    ("journalnummer", Label::Case, true),
    ("dokid", Label::Document, true),
    ("doknr", Label::Document, true),
    ("dokumentid", Label::Document, true),
    ("dokumentnr", Label::Document, true),
    ("deltagere", Label::People(ParticipantStatus::Deltager), false),
    ("mødedeltagere", Label::People(ParticipantStatus::Deltager), false),
    ("tilstede", Label::People(ParticipantStatus::Deltager), false),
    ("deltog", Label::People(ParticipantStatus::Deltager), false),
    ("fremmødte", Label::People(ParticipantStatus::Deltager), false),
    ("medlemmer", Label::People(ParticipantStatus::Deltager), false),
    ("stedfortræder", Label::People(ParticipantStatus::Stedfortraeder), false),
    ("stedfortrædere", Label::People(ParticipantStatus::Stedfortraeder), false),
    ("gæst", Label::People(ParticipantStatus::Gaest), false),
    ("gæster", Label::People(ParticipantStatus::Gaest), false),
    ("øvrigedeltagere", Label::People(ParticipantStatus::Gaest), false),
    ("afbud", Label::People(ParticipantStatus::Afbud), false),
    ("afbudfra", Label::People(ParticipantStatus::Afbud), false),
    ("fraværende", Label::People(ParticipantStatus::Afbud), false),
    ("sekretariat", Label::People(ParticipantStatus::Sekretariat), false),
    ("frasekretariatet", Label::People(ParticipantStatus::Sekretariat), false),
    ("referent", Label::Recorder, false),
    ("indholdsfortegnelse", Label::Contents, false),
    ("indhold", Label::Contents, false),
    ("punkter", Label::Contents, false),
    ("dagsordenspunkter", Label::Contents, false),
    ("email", Label::Other, false),
    ("direkte", Label::Other, false),
    ("telefon", Label::Other, false),
];

/// The label of a line, and the value on the same line.
fn label<'a>(line: &'a Line<'_>) -> Option<(Label, &'a str)> {
    let raw = line.raw.trim();
    let known = |key: &str, spaced: bool| {
        if !key.chars().all(|c| c.is_alphabetic() || c.is_whitespace() || matches!(c, '.' | '-' | '/')) {
            return None;
        }
        let letters: String = key.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
        LABELS.iter().find(|(word, _, long)| *word == letters && (*long || !spaced)).map(|(_, label, _)| *label)
    };
    let start = words::head(raw, 48);
    for end in start.char_indices().filter(|(_, c)| matches!(c, ':' | '\t')).map(|(at, _)| at).take(1) {
        if let Some(label) = known(&raw[..end], false) {
            return Some((label, raw[end..].trim_matches(|c: char| c == ':' || super::lines::is_blank(c))));
        }
    }
    if raw.len() <= 48
        && let Some(label) = known(raw, false)
    {
        return Some((label, ""));
    }
    // "Mødedato fredag d. …": the longest run of words that is a label ends at one of the first blanks.
    let blanks = start.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at).take(3);
    blanks.filter_map(|end| known(&raw[..end], true).map(|label| (label, raw[end..].trim()))).last()
}

/// Whether a line announces the table of contents.
pub(super) fn announces_contents(line: &Line<'_>) -> bool {
    matches!(label(line), Some((Label::Contents, "")))
}

/// Whether a line is part of a header whatever it looks like: a label alone, or what the document calls itself.
pub(super) fn is_header_line(line: &Line<'_>) -> bool {
    matches!(label(line), Some((_, ""))) || is_title_word(&line.text)
}

/// Whether a line begins with what documents call themselves.
fn is_title_word(text: &str) -> bool {
    let folded = words::fold(words::head(text, 120));
    let mut words = folded.split([' ', ',', ':', '/']);
    words.next().is_some_and(|word| matches!(word, "dagsorden" | "referat" | "beslutningsreferat" | "mødereferat" | "indkaldelse"))
}

/// Reads the lines before the first item, then those of the foot of the pages, where case numbers stand. `reasons` learns why lines of
/// the header are not in the meeting.
pub(super) fn read(lines: &[Line<'_>], foot: &[Line<'_>], reasons: &mut Reasons) -> Header {
    let own = lines.len().min(MOST_LINES);
    let lines: Vec<Line<'_>> = lines.iter().take(MOST_LINES).chain(foot).cloned().collect();
    let mut header = Header::default();
    let mut dates = Dates::default();
    let mut plain: Vec<&str> = Vec::new();
    let mut called = None;
    let mut meeting_label = None;
    let mut in_contents = false;
    let mut at = 0;
    while at < lines.len() {
        let Some((label, value)) = label(&lines[at]) else {
            // A foot has no title.
            if at < own {
                if lines[at].hint.is_some_and(|hint| hint.title) {
                    called.get_or_insert(plain.len());
                }
                plain.push(&lines[at].text);
                let is_listed = in_contents || lines[at].raw.contains("....") || lines[at].raw.contains('…');
                reasons.part(&lines[at], if is_listed { Why::Contents } else { Why::Before });
            }
            at += 1;
            continue;
        };
        in_contents = label == Label::Contents;
        let first = at;
        at += 1;
        let values = values(label, value, &lines, &mut at);
        lines[first..at.min(own).max(first)].iter().for_each(|line| reasons.part(line, label.why()));
        let value = clean(values.first().copied().unwrap_or_default());
        let meeting = &mut header.meeting;
        let set = |field: &mut Option<String>| {
            if field.is_none() && !value.is_empty() {
                *field = Some(value.as_ref().to_owned());
            }
        };
        match label {
            Label::Forum if meeting.forum.is_empty() => meeting.forum = value.into_owned(),
            Label::Meeting => meeting_label = meeting_label.or_else(|| (!value.is_empty()).then(|| value.into_owned())),
            Label::MeetingDate | Label::Time | Label::Start => dates.meeting.push(dates::read(&value)),
            Label::TimeAndPlace => {
                let when = dates::read(&value);
                let place = value[when.after..].trim_matches([' ', ',', ';', '.', '-', '–']);
                set_place(&mut meeting.place, place.strip_prefix("i ").unwrap_or(place));
                dates.meeting.push(when);
            }
            Label::End => dates.end = dates.end.or(dates::read(&value).start),
            Label::Date => dates.plain = dates.plain.or(Some(dates::read(&value))),
            Label::Place => set_place(&mut meeting.place, &value),
            Label::Published => meeting.published = meeting.published.take().or_else(|| dates::read(&value).day.and_then(Day::iso)),
            Label::Case => set(&mut meeting.case_id),
            Label::Document => set(&mut meeting.document_id),
            Label::People(status) => meeting.participants.extend(people::read(&values, status)),
            Label::Recorder => {
                let recorders = people::read(&values, ParticipantStatus::Sekretariat);
                meeting
                    .participants
                    .extend(recorders.into_iter().map(|person| Participant { role: person.role.or(Some("referent".into())), ..person }));
            }
            Label::Forum | Label::Contents | Label::Other => {}
        }
    }
    // What the file says is the title stands before all others.
    if let Some(at) = called {
        plain[..=at].rotate_right(1);
    }
    title(&mut header, &plain, meeting_label, &mut dates);
    dates.settle(&mut header.meeting);
    header
}

fn set_place(field: &mut Option<String>, place: &str) {
    if field.is_none() && !place.is_empty() {
        *field = Some(place.to_owned());
    }
}

/// The values of a label: on its line and, for people, the lines that go on; else the next line if its own is empty.
fn values<'a>(label: Label, value: &'a str, lines: &'a [Line<'_>], at: &mut usize) -> Vec<&'a str> {
    let value = words::head(value, LONGEST_VALUE);
    let mut values: Vec<&str> = Vec::new();
    if !value.is_empty() {
        values.extend(value.split(CELL_PARAGRAPH).map(str::trim).filter(|value| !value.is_empty()));
    }
    let many = matches!(label, Label::People(_) | Label::Recorder);
    if matches!(label, Label::Contents) || (!many && !value.is_empty()) {
        return values;
    }
    while let Some(line) = lines.get(*at) {
        let goes_on = if value.is_empty() { many || values.is_empty() } else { !line.gap };
        // "Dagsorden:" below the names announces what follows.
        let announces = line.text.ends_with(':') || many && is_title_word(&line.text);
        if !goes_on || announces || self::label(line).is_some() {
            break;
        }
        values.push(&line.text);
        *at += 1;
    }
    values
}

/// Title, forum and date from the lines without labels.
fn title(header: &mut Header, plain: &[&str], meeting_label: Option<String>, dates: &mut Dates) {
    let meeting = &mut header.meeting;
    for line in plain.iter().take(8) {
        let folded = words::fold(words::head(line, 120));
        header.says_agenda |= folded.split([' ', ',']).next().is_some_and(|word| word.starts_with("dagsorden"));
        header.says_minutes |= folded.split([' ', ',']).take(3).any(|word| word.starts_with("referat") || word.ends_with("referat"));
        if dates.title.is_none() {
            dates.title = Some(dates::read(line)).filter(|when| when.day.is_some());
        }
    }
    meeting.title = words::shortened(plain.first().copied().unwrap_or_default().trim_end_matches(':'), 300).into_owned();
    if meeting.title.is_empty() || meeting.title.starts_with("http") {
        meeting.title = meeting_label.clone().unwrap_or_default();
    }
    let candidates = meeting_label.iter().map(String::as_str).chain(plain.iter().copied().take(8));
    let names: Vec<String> = candidates.map(forum_in).filter(|name| !name.is_empty()).collect();
    if meeting.forum.is_empty() {
        // A meeting's own label names it for sure; of the other lines, better one that names a body.
        let sure = usize::from(meeting_label.is_some_and(|label| !forum_in(&label).is_empty()));
        let best = names.iter().position(|name| words::names_body(name)).filter(|_| sure == 0).unwrap_or(0);
        meeting.forum = names.into_iter().nth(best).unwrap_or_default();
    }
}

/// `REFERAT Kystforum d. 08-05-2026` and `Møde i Kystforum den 8. maj` without what is not the name.
fn forum_in(line: &str) -> String {
    let line = words::head(line, 200);
    let mut name = line[..dates::read(line).before.min(line.len())].trim();
    const LEADS: [&str; 27] = [
        "dagsorden og referat",
        "dagsorden/referat",
        "dagsorden",
        "beslutningsreferat",
        "mødereferat",
        "referat",
        "udkast til",
        "endelig",
        "foreløbig",
        "indkaldelse",
        "indbydelse",
        "ordinært",
        "ekstraordinært",
        "virtuelt",
        "mødet",
        "møde",
        "til",
        "for",
        "fra",
        "af",
        "i",
        "på",
        "det",
        "den",
        "vedr.",
        "-",
        "–",
    ];
    loop {
        let lead = LEADS.iter().find_map(|lead| {
            let (start, rest) = (name.get(..lead.len())?, name.get(lead.len()..)?);
            let whole = rest.is_empty() || rest.starts_with([' ', ':', ',', '-', '–']);
            // A small word is only dropped in small letters, so that names such as "For Havet" stay.
            let same = if lead.len() > 4 { words::fold(start) == *lead } else { start == *lead };
            (whole && same).then_some(rest)
        });
        match lead {
            Some(rest) => name = rest.trim_start_matches([' ', ':', ',', '-', '–']),
            None => break,
        }
    }
    let name = name.trim_end_matches(|c: char| !c.is_alphanumeric() && c != ')');
    let name = name.strip_suffix(" møde").unwrap_or(name);
    words::shortened(name, 120).into_owned()
}

/// The days and times found, by where they stood.
#[derive(Debug, Default)]
struct Dates {
    meeting: Vec<When>,
    end: Option<u32>,
    title: Option<When>,
    plain: Option<When>,
}

impl Dates {
    /// The date of the meeting is what a label of the meeting says, then the title, and only then a bare `Dato`, which else is the document's.
    fn settle(&self, meeting: &mut MeetingJson) {
        let title = self.title.and_then(|when| when.day);
        let plain = self.plain.and_then(|when| when.day);
        let labelled = self.meeting.iter().find_map(|when| when.day).map(|day| day.or_year_of(title).or_year_of(plain));
        let day = labelled.or(title.map(|day| day.or_year_of(plain))).or(plain);
        meeting.date = day.and_then(Day::iso);
        if labelled.or(title).is_some() {
            meeting.document_date = plain.and_then(Day::iso);
        }
        let mut all = self.meeting.iter().chain(&self.title).chain(&self.plain);
        if let Some(when) = all.find(|when| when.start.is_some()) {
            meeting.start = when.start.map(dates::clock);
            meeting.end = self.end.or(when.end).map(dates::clock);
        } else {
            meeting.end = self.end.map(dates::clock);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    fn header(text: &str) -> Header {
        read(&lines::split(text, 100).0, &[], &mut Reasons::default())
    }

    #[test]
    fn labels_with_a_blank_a_tab_a_colon_or_a_line_of_their_own_are_read() {
        for text in [
            "REFERAT Kystforum d. 08-05-2026\n\nMødedato Fredag d. 8. maj 2026 kl. 09:00\n\nMødested Havnehuset, Havnby",
            "Referat\n\nMøde:\tKystforum\nTid:\tfredag den 8. maj 2026 kl. 9\nSted:\tHavnehuset, Havnby",
            "Møde i Kystforum den 8. maj 2026\n\nSTED\n\nHavnehuset, Havnby\n\nSTARTTIDSPUNKT\n\n2026-05-08 09:00",
            "Referat Kystforum 8. maj 2026\nTid: Den 8. maj kl. 9.00\nSted: Havnehuset, Havnby",
            "Dagsorden for Kystforum\nTid og sted: fredag den 8. maj 2026 kl. 9, Havnehuset, Havnby",
        ] {
            let meeting = header(text).meeting;
            assert_eq!(meeting.forum, "Kystforum", "{text}");
            assert_eq!(meeting.date.as_deref(), Some("2026-05-08"), "{text}");
            assert_eq!(meeting.start.as_deref(), Some("09:00"), "{text}");
            assert_eq!(meeting.place.as_deref(), Some("Havnehuset, Havnby"), "{text}");
        }
    }

    #[test]
    fn the_date_of_the_document_is_not_the_date_of_the_meeting() {
        let meeting =
            header("Referat Kystforum 8. maj 2026\n\nTid: Den 8. maj kl. 10.00-12.00\n\nDato: 12. maj 2026\nSags ID: SAG-1\nDok. ID: 77")
                .meeting;
        assert_eq!((meeting.date.as_deref(), meeting.document_date.as_deref()), (Some("2026-05-08"), Some("2026-05-12")));
        assert_eq!(
            (meeting.case_id.as_deref(), meeting.document_id.as_deref(), meeting.end.as_deref()),
            (Some("SAG-1"), Some("77"), Some("12:00"))
        );
        assert_eq!(header("Kystforum\nDato: 12. maj 2026").meeting.date.as_deref(), Some("2026-05-12"));
    }

    #[test]
    fn empty_labels_take_no_other_label_as_their_value() {
        let meeting = header("Dagsorden\nDeltagere:\tBo Lund, Ida Holm\nGæster:\t\nAfbud:\t\n").meeting;
        assert_eq!(meeting.participants.len(), 2);
        let meeting = header("Kystforum\n\nDELTAGERE\n\nBo Lund\n\nIda Holm\n\nAFBUD\n\nPer Dam\n\nPUNKTER").meeting;
        let seen: Vec<_> = meeting.participants.iter().map(|person| (person.name.as_str(), person.status)).collect();
        assert_eq!(
            seen,
            [("Bo Lund", ParticipantStatus::Deltager), ("Ida Holm", ParticipantStatus::Deltager), ("Per Dam", ParticipantStatus::Afbud)]
        );
    }

    #[test]
    fn what_announces_the_items_is_no_name() {
        let meeting = header("Deltagere: Bo Lund, Ida Holm\nDagsorden:").meeting;
        assert_eq!((meeting.participants.len(), meeting.title.as_str()), (2, "Dagsorden"));
        assert_eq!(header("Deltagere:\n\nBo Lund\n\nDAGSORDEN").meeting.participants.len(), 1);
    }

    #[test]
    fn a_date_is_no_time() {
        let meeting = header("Dato: 18.08.2026").meeting;
        assert_eq!((meeting.date.as_deref(), meeting.start), (Some("2026-08-18"), None));
    }

    #[test]
    fn a_document_says_what_it_is() {
        for (text, agenda, minutes) in [
            ("Dagsorden", true, false),
            ("REFERAT Kystforum", false, true),
            ("Dagsorden og referat", true, true),
            ("Beslutningsreferat fra Kystforum", false, true),
            ("Møde i Kystforum", false, false),
        ] {
            let header = header(text);
            assert_eq!((header.says_agenda, header.says_minutes), (agenda, minutes), "{text}");
        }
    }
}
