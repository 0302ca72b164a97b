//! From a key to the paint of its letter: alone, and while others write, beside a bare contenteditable and a stock Quill over the same text.
//!
//! Owns the cases and the table; how typing is timed stands in `typing`, who else writes in `others`, what we are held against in `floor`.

pub(crate) mod floor;
mod others;
pub(crate) mod typing;

use std::time::Duration;

use anyhow::{Result, bail};
use dagsorden_shared::agenda::Field;
use dagsorden_shared::api::Created;
use dagsorden_tests::server::TestServer;

use crate::agenda::{SentAgenda, Size};
use crate::devtools::{Browser, Page};
use crate::figures::{Table, median};
use crate::opening;
use crate::quill::{self, OneSection};
use crate::report::Report;
use others::Others;
use typing::{COLUMNS, KEYS, Place, Times, figures, press_keys};

const RUNS: usize = 3;
/// One other person writes ten letters a second.
const ONE_PACE: Duration = Duration::from_millis(100);
/// Of several others each writes two and a half: twenty write fifty together.
const PACE_OF_SEVERAL: Duration = Duration::from_millis(400);

/// Who writes beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beside {
    Nobody,
    AnotherSection,
    TheSameLine,
    /// So many, each in a place of their own.
    Others(usize),
}

/// In what is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum In {
    Bare,
    BareNear,
    Quill,
    Agenda,
}

/// What is typed in, beside whom, and what it may take: 95 keys in 100, in milliseconds.
type Case = (&'static str, Size, In, Beside, Option<f64>);

const CASES: [Case; 15] = [
    ("everyday agenda: bare contenteditable", Size::Everyday, In::Bare, Beside::Nobody, None),
    ("everyday agenda: ours, alone", Size::Everyday, In::Agenda, Beside::Nobody, Some(16.0)),
    ("everyday agenda: ours, one more in another section", Size::Everyday, In::Agenda, Beside::AnotherSection, Some(16.0)),
    ("everyday agenda: ours, one more in the same line", Size::Everyday, In::Agenda, Beside::TheSameLine, Some(16.0)),
    ("long agenda: bare contenteditable", Size::Long, In::Bare, Beside::Nobody, None),
    ("long agenda: the same with 4,000 characters", Size::Long, In::BareNear, Beside::Nobody, None),
    ("long agenda: Quill, alone", Size::Long, In::Quill, Beside::Nobody, None),
    ("long agenda: ours, alone", Size::Long, In::Agenda, Beside::Nobody, Some(9.0)),
    ("long agenda: ours, one more in the same line", Size::Long, In::Agenda, Beside::TheSameLine, Some(12.0)),
    ("long agenda: Quill, 5 more", Size::Long, In::Quill, Beside::Others(5), None),
    ("long agenda: ours, 5 more", Size::Long, In::Agenda, Beside::Others(5), Some(12.0)),
    ("long agenda: Quill, 20 more", Size::Long, In::Quill, Beside::Others(20), None),
    ("long agenda: ours, 20 more", Size::Long, In::Agenda, Beside::Others(20), Some(12.0)),
    ("6 items, 30 sections: ours, alone", Size::Six, In::Agenda, Beside::Nobody, Some(9.0)),
    ("60 items, 300 sections: ours, alone", Size::Sixty, In::Agenda, Beside::Nobody, Some(9.0)),
];

/// All cases in turn, again and again; the table holds the medians of the runs. A case that breaks down says why and holds up no other.
pub(crate) async fn measure(report: &mut Report, server: &TestServer, browser: &Browser) -> Result<String> {
    let bundle = report.some("keys", quill::bundle().await);
    let agendas = [Size::Everyday, Size::Long, Size::Six, Size::Sixty].map(|size| (size, SentAgenda::invent(size)));
    let mut runs = CASES.map(|_| Vec::new());
    let mut text = String::new();
    for (size, agenda) in &agendas {
        text.push_str(&format!("  {size:?}: {}\n", agenda.name));
    }
    for _ in 0..RUNS {
        for ((name, size, kind, beside, _), runs) in CASES.iter().zip(&mut runs) {
            if *kind == In::Quill && bundle.is_none() {
                continue;
            }
            for (_, agenda) in agendas.iter().filter(|(known, _)| known == size) {
                match run(server, browser, agenda, bundle.as_deref().unwrap_or_default(), *kind, *beside).await {
                    Ok(times) => runs.push(figures(&times)),
                    Err(error) => report.failed("keys", &error.context(*name)),
                }
            }
        }
    }
    let mut table = Table::new(&COLUMNS, 2);
    let mut verdicts = String::new();
    for ((name, _, _, _, most), runs) in CASES.iter().zip(&runs).filter(|(_, runs)| !runs.is_empty()) {
        let medians: Vec<f64> = (0..4).map(|at| median(&runs.iter().map(|run| run[at]).collect::<Vec<_>>())).collect();
        if let Some(most) = most {
            let verdict = if medians[2] <= *most { "kept" } else { "missed" };
            verdicts.push_str(&format!("\n  {name}: at most {most} ms at p95: {verdict} ({:.1} ms)", medians[2]));
        }
        table.row(*name, medians);
    }
    Ok(format!("{text}{table}\n  medians of {RUNS} runs of {KEYS} keys{verdicts}"))
}

async fn run(server: &TestServer, browser: &Browser, agenda: &SentAgenda, bundle: &str, kind: In, beside: Beside) -> Result<Times> {
    let meeting = agenda.import(server).await?;
    let ours = opening::ready(server, browser, &meeting).await?;
    let place = typing::place(&ours).await?;
    if kind == In::Agenda {
        typing::click(&ours, &place).await?;
        let times = type_beside(server, &meeting, &ours, &places(&place, beside)?, true).await;
        ours.close().await?;
        return times;
    }
    ours.close().await?;
    if kind == In::Quill {
        let one = OneSection::store(server, &place.lines).await?;
        let page = floor::quill(server, browser, bundle, &one, &place.line).await?;
        let times = type_beside(server, &one.meeting, &page, &places_in_one(&one, &place, beside), false).await;
        page.close().await?;
        return times;
    }
    let page = floor::bare(browser, &place, if kind == In::Bare { usize::MAX } else { floor::NEAR }).await?;
    let times = press_keys(&page, true).await;
    page.close().await?;
    times
}

/// Types in an agenda that is open, beside others: the figures in the order of the columns.
pub(crate) async fn type_in(server: &TestServer, meeting: &Created, page: &Page, beside: Beside) -> Result<[f64; 4]> {
    let place = typing::place(page).await?;
    typing::click(page, &place).await?;
    Ok(figures(&type_beside(server, meeting, page, &places(&place, beside)?, true).await?))
}

/// Where the others write in the agenda: each in a section, and at the start of a line.
fn places(place: &Place, beside: Beside) -> Result<Vec<(Field, String)>> {
    let other = |field: &String| Ok((field.parse()?, String::new()));
    match beside {
        Beside::Nobody => Ok(Vec::new()),
        Beside::TheSameLine => Ok(vec![(place.field.parse()?, place.line.clone())]),
        Beside::AnotherSection => place.others.iter().take(1).map(other).collect(),
        Beside::Others(count) => place.others.iter().take(count).map(other).collect(),
    }
}

/// The same where all is one section: each in a line of their own, the nearest ones.
fn places_in_one(one: &OneSection, place: &Place, beside: Beside) -> Vec<(Field, String)> {
    let count = if let Beside::Others(count) = beside { count } else { 0 };
    let at = place.lines.iter().position(|line| *line == place.line).unwrap_or_default();
    let mut lines: Vec<(usize, &String)> = place.lines.iter().enumerate().map(|(index, line)| (index.abs_diff(at), line)).collect();
    lines.sort_by_key(|(distance, _)| *distance);
    let near = lines.iter().filter(|(distance, line)| *distance > 0 && !line.is_empty()).take(count);
    near.map(|(_, line)| (Field::Section(one.item.clone(), one.section.clone()), (*line).clone())).collect()
}

async fn type_beside(server: &TestServer, meeting: &Created, page: &Page, places: &[(Field, String)], ours: bool) -> Result<Times> {
    if places.is_empty() {
        return press_keys(page, ours).await;
    }
    let pace = if places.len() == 1 { ONE_PACE } else { PACE_OF_SEVERAL };
    let mut others = Others::connect(server, meeting, places, pace).await?;
    // They are there, with their carets, before the first key.
    others.arrive().await?;
    if ours {
        page.wait("the others' carets", &format!("document.querySelectorAll('[data-peer-caret]').length >= {}", places.len())).await?;
    }
    tokio::select! {
        // A stock Quill does not keep the caret where others write before it: its letters are all there, but not in one piece.
        times = press_keys(page, ours) => times,
        ended = others.write_on() => bail!("the others stopped: {ended:?}"),
    }
}
