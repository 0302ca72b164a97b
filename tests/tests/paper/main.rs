//! The PDF of a meeting: what PDF/UA asks for, and that it says what the meeting says, in the same order.

mod expected;
mod meetings;
mod samples;

use dagsorden_pdf::{Options, VersionMark, render};
use dagsorden_shared::catalogue::Language;
use dagsorden_shared::meeting_json::{ItemJson, MeetingJson};
use dagsorden_tests::tagged::{Element, Part, Tagged};
use page_validation::{SafetyLimits, ValidationOptions, ValidationProfile, validate_pdf_bytes};

use expected::words;

fn options() -> Options {
    Options {
        language: Language::Da,
        draft: false,
        version: None,
        timestamp: "2027-01-07T09:00:00Z".parse().expect("a time"),
        ident: "a meeting".to_owned(),
    }
}

fn version(number: u32) -> Option<VersionMark> {
    let hash = "7c1e90ab44f2d31058be6a07c9d421ff0b63e8a5713c92de4f60b8c10d975e2a".to_owned();
    Some(VersionMark { number, hash, approved: true })
}

/// The PDF, once it follows each rule of PDF/UA-1.
fn checked(name: &str, meeting: &MeetingJson, options: &Options) -> Vec<u8> {
    let pdf = render(meeting, options).unwrap_or_else(|error| panic!("{name}: {error}"));
    // An outline of 500 entries is a chain, deeper than the checker's limit for foreign files and than the stack of a test.
    let limits = SafetyLimits::default().with_max_reference_depth(10_000);
    let rules = ValidationOptions::default().profile(ValidationProfile::PdfUa1).limits(limits);
    let check = || validate_pdf_bytes(&pdf, &rules).unwrap_or_else(|error| panic!("{name}: {error}"));
    let report = std::thread::scope(|scope| {
        std::thread::Builder::new().stack_size(256 << 20).spawn_scoped(scope, check).expect("a thread").join().expect("a report")
    });
    assert!(report.is_compliant && report.failures.is_empty() && report.rules.passed > 100, "{name}: {report}");
    pdf
}

fn read(pdf: &[u8]) -> Tagged {
    Tagged::read(pdf).expect("a tagged PDF")
}

/// The words of the structure without list marks and without the contents, whose page numbers the meeting does not know.
fn said(pdf: &[u8]) -> Vec<String> {
    read(pdf).root.words_without(&["Lbl", "TOC"])
}

/// How many lists lie in one another.
fn depth(element: &Element) -> usize {
    let inner = element.parts.iter().filter_map(|part| if let Part::Element(inner) = part { Some(depth(inner)) } else { None });
    inner.max().unwrap_or(0) + usize::from(element.kind == "L")
}

fn item(meeting: &mut MeetingJson) -> &mut ItemJson {
    meeting.items.first_mut().expect("an item")
}

#[test]
fn every_kind_of_meeting_becomes_an_accessible_pdf() {
    for (name, meeting) in meetings::all() {
        let pdf = checked(name, &meeting, &options());
        let tagged = read(&pdf);
        assert_eq!((tagged.language.as_str(), tagged.title.is_empty()), ("da", false), "{name}");
        assert_eq!(tagged.root.of("H1").len(), 1, "{name}: one title");
    }
}

#[test]
fn marks_of_the_paper_change_nothing_of_its_accessibility() {
    for language in Language::ALL {
        for (draft, version) in [(true, None), (true, version(3)), (false, version(12))] {
            let options = Options { language, draft, version, ..options() };
            checked("demo", &meetings::demo(), &options);
            checked("empty", &MeetingJson::default(), &options);
        }
    }
}

#[test]
fn the_pdf_says_the_meetings_words_in_their_order() {
    for (name, meeting) in [
        ("demo", meetings::demo()),
        ("empty", MeetingJson::default()),
        ("markup", meetings::markup()),
        ("lists", meetings::deep_lists()),
        ("headings", meetings::headings_without_section()),
        ("long word", meetings::long_word()),
        ("long cell", meetings::long_cell()),
        ("marks", meetings::marks()),
    ] {
        let pdf = render(&meeting, &options()).expect(name);
        assert_eq!(said(&pdf), words(&meeting, Language::Da), "{name}");
    }
    let english = Options { language: Language::En, ..options() };
    let pdf = render(&meetings::demo(), &english).expect("a PDF");
    assert_eq!(said(&pdf), words(&meetings::demo(), Language::En));
}

#[test]
fn characters_without_a_glyph_are_named() {
    let said = said(&checked("emoji", &meetings::emoji(), &options())).join(" ");
    assert!(said.contains("Smil [U+1F600] og [U+6F22][U+5B57]"), "{said}");
    assert!(said.contains("✓ ☐ → Ω Ł"), "{said}");
}

#[test]
fn a_closed_item_keeps_its_number_and_says_nothing() {
    let pdf = checked("closed", &meetings::closed(), &options());
    let tagged = read(&pdf);
    assert_eq!(tagged.outline, ["1 Åbent punkt", "2 Lukket punkt", "4 Et andet åbent punkt"]);
    let everything = format!("{:?}", tagged);
    assert!(!everything.contains("Hemmelig"), "{everything}");
}

#[test]
fn outline_and_contents_lead_to_every_item() {
    let meeting = meetings::demo();
    let tagged = read(&checked("demo", &meeting, &options()));
    let titles: Vec<String> =
        meeting.items.iter().map(|item| format!("{} {}", item.number.as_deref().unwrap_or_default(), item.title)).collect();
    assert_eq!(tagged.outline, titles);
    let contents: Vec<String> = tagged
        .root
        .of("TOCI")
        .iter()
        .map(|entry| {
            let words = entry.words();
            assert!(words.last().is_some_and(|page| page.parse::<usize>().is_ok_and(|page| (1..=tagged.pages).contains(&page))));
            words[..words.len() - 1].join(" ")
        })
        .collect();
    assert_eq!(contents, titles);
    assert!(tagged.root.of("TOCI").iter().all(|entry| entry.of("Link").len() == 1));
    let mut short = meeting;
    short.items.truncate(6);
    assert!(read(&checked("short", &short, &options())).root.of("TOC").is_empty(), "a short agenda needs no contents");
}

#[test]
fn heading_levels_never_skip() {
    for (name, meeting) in [("headings", meetings::headings_without_section()), ("demo", meetings::demo())] {
        let tagged = read(&checked(name, &meeting, &options()));
        let levels: Vec<u8> = tagged.root.all().iter().filter_map(|element| element.kind.strip_prefix('H')?.parse().ok()).collect();
        assert_eq!(levels.first(), Some(&1), "{name}");
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{name}: {levels:?}");
        assert!(levels.contains(&4) || name != "demo", "{name}: {levels:?}");
    }
}

#[test]
fn lists_nest_as_deep_as_they_were_written() {
    let tagged = read(&checked("lists", &meetings::deep_lists(), &options()));
    assert_eq!(depth(&tagged.root), 9);
}

#[test]
fn lists_have_the_numbers_they_were_given() {
    let tagged = read(&checked("numbers", &meetings::numbered_lists(), &options()));
    let labels: Vec<String> = tagged.root.of("Lbl").iter().map(|label| label.words().concat()).collect();
    assert_eq!(labels, ["3.", "b.", "c.", "4.", "5.", "1."]);
}

#[test]
fn a_first_row_is_a_head_where_it_is_one_on_the_page() {
    let tagged = read(&checked("heads", &meetings::heads(), &options()));
    let heads: Vec<String> = tagged.root.of("TH").iter().map(|cell| cell.words().concat()).collect();
    assert_eq!(heads, ["Post", "Beløb", "Kvartal", "1"]);
}

#[test]
fn the_head_of_a_table_is_drawn_on_each_page_and_told_once() {
    let tagged = read(&checked("long table", &meetings::long_table(), &options()));
    assert_eq!(tagged.root.of("TH").len(), 3);
    assert_eq!(tagged.root.of("TD").len(), 3 * 200);
    let pages: Vec<&String> = tagged.drawn.iter().filter(|text| text.contains("række")).collect();
    assert!(pages.len() > 3 && pages.iter().all(|text| text.contains("Kommune")), "{}", pages.len());
    assert!(pages.len() < 10, "200 rows of one line fill less than ten pages: {}", pages.len());
}

#[test]
fn a_table_too_wide_for_any_page_comes_in_parts_with_all_its_cells() {
    let tagged = read(&checked("wide table", &meetings::wide_table(), &options()));
    let tables = tagged.root.of("Table");
    assert!(tables.len() > 1);
    let words = tagged.root.words();
    for column in 0..60 {
        assert!(words.contains(&format!("Kolonne{column}")) && words.contains(&format!("r4c{column}")), "column {column}");
    }
    assert!(tables.iter().all(|table| table.words().first().is_some_and(|word| word == "Kolonne0")), "the first column is in each part");
}

#[test]
fn the_word_for_a_draft_is_drawn_and_not_said() {
    let (plain, draft) = (options(), Options { draft: true, ..options() });
    let (plain, draft) = (render(&meetings::demo(), &plain).expect("a PDF"), render(&meetings::demo(), &draft).expect("a PDF"));
    assert_ne!(plain, draft);
    assert_eq!(read(&plain).drawn, read(&draft).drawn);
}

#[test]
fn each_page_names_forum_version_and_its_place() {
    let pdf = checked("demo", &meetings::demo(), &Options { version: version(3), ..options() });
    let tagged = read(&pdf);
    assert!(tagged.pages > 1);
    for (index, page) in tagged.drawn.iter().enumerate() {
        let foot = format!("Side {} af {}", index + 1, tagged.pages);
        for part in ["Velfærdsforum Sundbælt", "Version 3 · 7c1e 90ab 44f2", foot.as_str()] {
            assert!(page.contains(part), "page {index} lacks {part}: {page}");
        }
    }
    let said = tagged.root.words().join(" ");
    assert!(
        said.ends_with("Version 3, godkendt Fingeraftryk 7c1e 90ab 44f2 d310 58be 6a07 c9d4 21ff 0b63 e8a5 713c 92de 4f60 b8c1 0d97 5e2a"),
        "{said}"
    );
}

#[test]
fn the_same_meeting_gives_the_same_bytes() {
    let meeting = meetings::demo();
    let first = render(&meeting, &options()).expect("a PDF");
    assert_eq!(render(&meetings::markup(), &options()).map(|other| other == first).ok(), Some(false));
    assert!(render(&meeting, &options()).expect("a PDF") == first, "nothing of a clock or of an export in between");
    let later = Options { timestamp: "2027-01-08T09:00:00Z".parse().expect("a time"), ..options() };
    assert!(render(&meeting, &later).expect("a PDF") != first);
}

#[test]
fn a_meeting_beyond_all_measure_is_refused() {
    let mut meeting = meetings::markup();
    item(&mut meeting).title = "ord ".repeat(2_000_000);
    let error = render(&meeting, &options()).expect_err("too large").to_string();
    assert!(error.contains("too large"), "{error}");
}
