//! What the server does with bytes, without sockets and disk: gate, apply, encode, snapshot, and the difference of two texts.
//!
//! Each figure is the median of several runs over the same invented document; keystrokes are single frames as a page sends them.

use std::fmt::{self, Display, Formatter};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use dagsorden::gate::{Admission, ClientIds, DocumentKind, Gate, Sender, UserKey};
use dagsorden_shared::agenda::{Agenda, Edit, Field, Origin};
use dagsorden_shared::id::ClientId;
use dagsorden_shared::meeting_json::{BlockJson, ItemJson, MeetingJson, SectionJson, SectionKind};
use dagsorden_shared::richtext::attributes::Attributes;
use dagsorden_shared::richtext::delta::Delta;
use yrs::updates::decoder::Decode;
use yrs::{ReadTxn, StateVector, Transact, Update};

use crate::figures::median;

const RUNS: usize = 7;
/// Keys pressed in a run.
const KEYS: u32 = 2_000;
/// Paragraphs of each of the sixty items.
const PARAGRAPHS: usize = 20;

/// The figures, with what they are.
pub(crate) struct Native(Vec<(&'static str, f64, &'static str)>);

impl Display for Native {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        for (at, (name, figure, unit)) in self.0.iter().enumerate() {
            write!(formatter, "{}  {name:44} {figure:>10.2} {unit}", if at == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

/// Microseconds that `work` takes, and what it makes.
fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let made = work();
    (start.elapsed().as_secs_f64() * 1e6, made)
}

fn apply(agenda: &Agenda, bytes: &[u8]) -> Result<()> {
    agenda.doc().transact_mut_with(Origin::Remote.as_str()).apply_update(Update::decode_v1(bytes)?).context("the update is in order")
}

fn state(agenda: &Agenda) -> Vec<u8> {
    agenda.doc().transact().encode_diff_v1(&StateVector::default())
}

/// A long agenda, as an import makes it.
fn document() -> Agenda {
    let text = "Kredsen drøftede ordningen og det fælles beredskab på havnene for kommunerne i efteråret. ".repeat(4);
    let section = SectionJson { kind: SectionKind::Case, blocks: vec![BlockJson::paragraph(text); PARAGRAPHS], ..SectionJson::default() };
    let item = ItemJson { title: "Beredskab på havnene".into(), sections: vec![section], ..ItemJson::default() };
    let meeting = MeetingJson { title: "Møde".into(), items: vec![item; 60], ..MeetingJson::default() };
    let agenda = Agenda::new(ClientId::from_random(7));
    let mut next = 0x9e37_79b9_7f4a_7c15_u128;
    agenda.seed(&meeting, &mut || {
        next = next.wrapping_mul(0x2545_f491_4f6c_dd1d_9e37_79b9_7f4a_7c15).wrapping_add(1);
        next
    });
    agenda
}

/// Frames of a client that types in the middle of the document, a key each.
fn keystrokes(start: &[u8]) -> Result<Vec<Vec<u8>>> {
    let agenda = Agenda::new(ClientId::from_random(100));
    apply(&agenda, start)?;
    let snapshot = agenda.snapshot();
    let item = snapshot.items.get(30).context("sixty items")?;
    let field = Field::Section(item.id.clone(), item.sections.first().context("a section")?.id.clone());
    (0..KEYS)
        .map(|key| {
            let before = agenda.doc().transact().state_vector();
            let delta = Delta::new().retain(100 + key).insert("æ", Attributes::new());
            agenda.apply(&[Edit::Text { field: field.clone(), delta }], Origin::Local)?;
            Ok(agenda.doc().transact().encode_diff_v1(&before))
        })
        .collect()
}

/// One run: the figures in the order of their names.
fn run(start: &[u8], frames: &[Vec<u8>]) -> Result<Vec<f64>> {
    let user = UserKey::new("anne");
    let mut ids = ClientIds::default();
    let megabytes = start.len() as f64 / 1e6;
    let admit = |gate: &mut Gate, ids: &mut ClientIds, bytes: &[u8]| match gate
        .admit(bytes, Sender { clients: ids, user: &user, may_write: true })
    {
        Ok(Admission::Admitted(admitted)) => Ok(admitted),
        other => anyhow::bail!("an honest frame was not taken: {other:?}"),
    };
    let (bulk, whole) = timed(|| admit(&mut Gate::new(DocumentKind::Meeting), &mut ids, start));
    whole?;
    let (load, gate) = timed(|| Gate::load(DocumentKind::Meeting, start));
    let mut gate = gate?;
    let (gated, admitted) = timed(|| frames.iter().map(|frame| admit(&mut gate, &mut ids, frame)).collect::<Result<Vec<_>>>());
    let admitted = admitted?;
    let agenda = Agenda::new(ClientId::from_random(1));
    let (opened, result) = timed(|| apply(&agenda, start));
    result?;
    let (applied, result) = timed(|| admitted.iter().try_for_each(|admitted| apply(&agenda, admitted.update())));
    result?;
    let (encoded, bytes) = timed(|| state(&agenda));
    let (read, snapshot) = timed(|| agenda.snapshot());
    let (verified, result) = timed(|| {
        let again = Agenda::new(ClientId::from_random(2));
        apply(&again, &bytes)?;
        ensure!(again.snapshot() == snapshot, "the stored state reads the same");
        Gate::load(DocumentKind::Meeting, &bytes).context("the stored state passes the gate")
    });
    result?;
    let keys = f64::from(KEYS);
    let seconds = |microseconds: f64| microseconds / 1e6;
    Ok(vec![
        gated / keys,
        megabytes / seconds(bulk),
        megabytes / seconds(load),
        applied / keys,
        opened / 1e3,
        encoded / 1e3,
        read / 1e3,
        verified / 1e3,
    ])
}

/// Measures all of it.
pub(crate) fn measure() -> Result<Native> {
    const NAMES: [(&str, &str); 8] = [
        ("gate, a keystroke", "us"),
        ("gate, a whole document from a client", "MB/s"),
        ("gate, a stored document", "MB/s"),
        ("apply, a keystroke", "us"),
        ("apply, a whole document", "ms"),
        ("encode, a whole document", "ms"),
        ("read, a whole document as a tree", "ms"),
        ("snapshot verified before the log goes", "ms"),
    ];
    let start = state(&document());
    let frames = keystrokes(&start)?;
    println!("invented document of {} bytes encoded, {KEYS} keystrokes", start.len());
    let runs = (0..RUNS).map(|_| run(&start, &frames)).collect::<Result<Vec<_>>>()?;
    let figure = |at: usize| median(&runs.iter().filter_map(|run| run.get(at)).copied().collect::<Vec<_>>());
    Ok(Native(NAMES.iter().enumerate().map(|(at, (name, unit))| (*name, figure(at), *unit)).collect()))
}
