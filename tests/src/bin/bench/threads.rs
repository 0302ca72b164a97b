//! The same figures of one meeting with nothing said about it and with 200 threads on it, side by side: keys, opening, the relay.
//!
//! Half of the threads hang on words of the section that is written in, the others on the rest of the agenda. Alternating in one run, so that the same
//! machine is the measure of both.

use anyhow::{Context, Result};
use dagsorden_shared::agenda::{Agenda, Field};
use dagsorden_shared::api::{Created, MeetingState};
use dagsorden_shared::id::{ClientId, ItemId, MeetingId};
use dagsorden_shared::talk::{NewComment, NewThread};
use dagsorden_tests::server::TestServer;
use yrs::updates::decoder::Decode;
use yrs::{Transact, Update};

use crate::agenda::{SentAgenda, Size};
use crate::comparison::{Better, Comparison, Row};
use crate::devtools::Browser;
use crate::keys::{self, Beside};
use crate::report::Report;
use crate::{opening, relay};

const RUNS: usize = 3;
const SIDES: [(&str, usize); 2] = [("no threads", 0), ("200 threads", 200)];
/// Letters that a thread is about.
const QUOTED: u32 = 12;

/// Both sides in turn, again and again. A run that breaks down says why and holds up no other.
pub(crate) async fn measure(report: &mut Report, server: &TestServer, browser: &Browser) -> Result<Comparison> {
    let agenda = SentAgenda::invent(Size::Long);
    println!("  {}", agenda.name);
    let mut comparison = Comparison::new(SIDES.map(|(name, _)| name));
    for _ in 0..RUNS {
        for (name, threads) in SIDES {
            let mut add = |measured: Result<Vec<Row>>| match measured {
                Ok(rows) => comparison.add(name, rows),
                Err(error) => report.failed("threads", &error.context(name)),
            };
            for (words, beside) in [("alone", Beside::Nobody), ("one more in the same line", Beside::TheSameLine)] {
                add(typed(server, browser, &agenda, threads, beside).await.map(|figures| key_rows(words, figures)));
            }
            add(opened(server, browser, &agenda, threads).await);
            add(relay::beside_threads(threads).await);
        }
    }
    Ok(comparison)
}

async fn meeting(server: &TestServer, agenda: &SentAgenda, threads: usize) -> Result<Created> {
    let meeting = agenda.import(server).await?;
    say(server, &meeting.meeting, threads).await?;
    Ok(meeting)
}

async fn typed(server: &TestServer, browser: &Browser, agenda: &SentAgenda, threads: usize, beside: Beside) -> Result<[f64; 4]> {
    let meeting = meeting(server, agenda, threads).await?;
    let page = opening::ready(server, browser, &meeting).await?;
    page.wait("the threads", &format!("document.querySelectorAll('#talk [data-thread]').length === {threads}")).await?;
    let times = keys::type_in(server, &meeting, &page, beside).await;
    page.close().await?;
    times
}

fn key_rows(words: &str, [scripts, middle, most, _]: [f64; 4]) -> Vec<Row> {
    let row = |what: &str, figure| Row::new(format!("a key, {words}: {what}, ms"), figure, Better::Less);
    vec![row("scripts p50", scripts), row("paint p50", middle), row("paint p95", most)]
}

async fn opened(server: &TestServer, browser: &Browser, agenda: &SentAgenda, threads: usize) -> Result<Vec<Row>> {
    opening::visits(server, browser, &meeting(server, agenda, threads).await?).await
}

/// Says so much about a meeting: a thread on words each, where there are words.
pub(crate) async fn say(server: &TestServer, meeting: &MeetingId, threads: usize) -> Result<()> {
    if threads == 0 {
        return Ok(());
    }
    let base = server.url(&format!("/api/meetings/{meeting}"));
    let found: MeetingState = server.http().get(&base).send().await?.error_for_status()?.json().await?;
    let document = found.detail.documents.first().context("the meeting has no document")?;
    let state =
        server.http().get(server.url(&format!("/api/documents/{document}/state"))).send().await?.error_for_status()?.bytes().await?;
    let agenda = Agenda::new(ClientId::new(9).context("a client id is not 0")?);
    agenda.doc().transact_mut().apply_update(Update::decode_v1(&state)?)?;
    let fields = fields(&agenda);
    let longest = fields.iter().max_by_key(|(.., length)| *length).context("there is no text")?;
    for number in 0..threads {
        let (item, field, length) = if number % 2 == 0 { longest } else { &fields[number / 2 % fields.len()] };
        let room = length.saturating_sub(QUOTED);
        let start = u32::try_from(number).unwrap_or_default() * 97 % room.max(1);
        let thread = NewThread {
            item: item.clone(),
            field: Some(field.to_string()),
            anchor: agenda.anchor(field, start, (start + QUOTED).min(*length)),
            comment: NewComment {
                id: Some(format!("{meeting}c{number}").parse()?),
                body: format!("Bemærkning {number} til teksten."),
                on_behalf: None,
                mentions: Vec::new(),
            },
        };
        // Ids are the server's, not the meeting's: another meeting of the same run has as many.
        let put = server.http().put(format!("{base}/threads/{meeting}t{number}")).json(&thread);
        put.send().await?.error_for_status()?;
    }
    Ok(())
}

/// The sections with something in them, and how long they are.
fn fields(agenda: &Agenda) -> Vec<(ItemId, Field, u32)> {
    let items = agenda.snapshot().items;
    let all = items
        .iter()
        .flat_map(|item| item.sections.iter().map(|section| (item.id.clone(), Field::Section(item.id.clone(), section.id.clone()))));
    let sized = all.filter_map(|(item, field)| Some((item, u32::try_from(agenda.units(&field)?.len()).ok()?, field)));
    sized.filter(|(_, length, _)| *length > 0).map(|(item, length, field)| (item, field, length)).collect()
}
