//! The laws of proposals (I1 to I7 and I9 of the notes), on texts with marks, lists and tables, through real documents.

use arbtest::arbitrary::{Result, Unstructured};

use super::*;
use crate::agenda::{Agenda, Edit as DocumentEdit, Field, NewSection, Origin};
use crate::id::ClientId;
use crate::meeting_json::SectionKind;
use crate::richtext::attributes::{Value, name};
use crate::richtext::delta::Delta;
use crate::richtext::line::{Block, Line, LineFormat, ListKind, Run};

fn field() -> Field {
    "section:a:s".parse().unwrap()
}

struct Text {
    agenda: Agenda,
}

impl Text {
    fn of(body: &Body) -> Self {
        let agenda = Agenda::new(ClientId::new(5).unwrap());
        let section = NewSection { id: "s".parse().unwrap(), kind: SectionKind::Case, heading: None };
        agenda
            .apply(&[DocumentEdit::CreateItem { item: "a".parse().unwrap(), after: None, sections: vec![section] }], Origin::Local)
            .unwrap();
        let text = Self { agenda };
        text.write(body.to_delta().delete(1));
        assert_eq!(text.body(), *body);
        text
    }

    fn write(&self, delta: Delta) {
        self.agenda.apply(&[DocumentEdit::Text { field: field(), delta }], Origin::Local).unwrap();
    }

    fn body(&self) -> Body {
        self.agenda.body(&field()).unwrap()
    }

    fn stick(&self, offset: u32, before: bool) -> Option<String> {
        self.agenda.sticky(&field(), offset, before)
    }

    fn offset(&self, position: &str) -> Option<u32> {
        self.agenda.offset(&field(), position)
    }

    fn propose(&self, base: &Body, proposed: &Body) -> Vec<Part> {
        let (base, proposed) = (inserts_of(&base.to_delta()).unwrap(), inserts_of(&proposed.to_delta()).unwrap());
        parts(&base, &proposed, &self.body(), |at, before| self.stick(at, before))
    }

    fn condition(&self, part: &Part) -> Condition {
        part.place(&Letters::of(&self.body()), |position| self.offset(position)).condition
    }

    fn decide(&self, parts: &[Part], decisions: &[PartDecision]) -> std::result::Result<Vec<Inverse>, Refused> {
        let plan = plan(parts, decisions, &self.body(), |position| self.offset(position))?;
        self.write(plan.delta.clone());
        Ok(plan.inverses(&self.body(), |at, before| self.stick(at, before)))
    }

    fn accept(&self, parts: &[Part], ordinals: &[u32]) -> Vec<Inverse> {
        let decisions: Vec<PartDecision> = ordinals.iter().map(|ordinal| accept(*ordinal)).collect();
        self.decide(parts, &decisions).unwrap_or_else(|refused| panic!("{refused:?} in {:?}", self.body().text()))
    }

    fn revoke(&self, parts: &mut [Part], inverses: &[Inverse]) {
        let plan = plan_back(inverses, &self.body(), |position| self.offset(position)).unwrap();
        self.write(plan.delta.clone());
        plan.hold_again(parts, &self.body(), |at, before| self.stick(at, before));
    }
}

fn accept(ordinal: u32) -> PartDecision {
    PartDecision { ordinal, action: Action::Accept, with: None, seen: None }
}

fn plain(text: &str) -> Body {
    Body::from_inserts([(text, Attributes::new())])
}

fn replace_in(text: &Text, from: &str, to: &str) {
    let whole = text.body().text();
    let at = crate::richtext::delta::utf16_len(&whole[..whole.find(from).unwrap()]);
    let len = crate::richtext::delta::utf16_len(from);
    text.write(Delta::new().retain(at).insert(to, Attributes::new()).delete(len));
}

/// As `before [old→new] after`, for each edit.
fn shown(parts: &[Part]) -> Vec<String> {
    let edit = |edit: &Edit| format!("{}→{}", words(&edit.old), words(&edit.new));
    parts.iter().map(|part| part.edits.iter().map(edit).collect::<Vec<_>>().join(" & ")).collect()
}

#[test]
fn words_are_parts_and_a_point_takes_its_own_line() {
    let base = plain("at kredsen godkender model A,\nat planen sendes i høring,\nat sagen genoptages.\n");
    let proposed = plain("at kredsen godkender model B,\nat sagen genoptages til marts.\n");
    let text = Text::of(&base);
    let parts = text.propose(&base, &proposed);
    assert_eq!(shown(&parts), ["A→B", "at planen sendes i høring,\n→", "→ til marts"]);
    text.accept(&parts, &[1]);
    assert_eq!(text.body().text(), "at kredsen godkender model A,\nat sagen genoptages.\n");
    text.accept(&parts, &[0, 2]);
    assert_eq!(text.body(), proposed);
}

#[test]
fn words_that_changed_are_a_conflict_and_are_decided_by_a_person_who_saw_them() {
    let base = plain("En plads skal kunne tages i brug inden for fire timer.\n");
    let proposed = plain("En plads skal kunne tages i brug inden for to timer.\n");
    let text = Text::of(&base);
    let parts = text.propose(&base, &proposed);
    replace_in(&text, "fire", "seks");
    assert_eq!(text.condition(&parts[0]), Condition::Conflict);
    let Err(Refused::Conflict(met)) = text.decide(&parts, &[accept(0)]) else { panic!("taken without looking") };
    let stale = PartDecision { seen: Some(hash("fire")), ..accept(0) };
    assert!(text.decide(&parts, &[stale]).is_err(), "other words were seen");
    let inverse = text.decide(&parts, &[PartDecision { seen: Some(met[0].seen.clone()), ..accept(0) }]).unwrap();
    assert_eq!(text.body(), proposed);
    let mut parts = parts;
    text.revoke(&mut parts, &inverse);
    assert!(text.body().text().contains("seks"), "what stood there comes back, not the base");
}

#[test]
fn words_typed_by_hand_stand_already_and_restored_words_are_clean_again() {
    let base = plain("Svar gives inden fire uger.\n");
    let text = Text::of(&base);
    let parts = text.propose(&base, &plain("Svar gives inden to uger.\n"));
    text.write(Delta::new().retain(17).insert("x", Attributes::new()));
    assert_eq!(text.body().text(), "Svar gives inden xfire uger.\n");
    assert_eq!(text.condition(&parts[0]), Condition::Clean, "beside the words, not in them");
    text.write(Delta::new().retain(17).delete(1));
    for (from, to, expected) in [
        ("ire", "em", Condition::Conflict),
        ("fem", "fire", Condition::Clean),
        ("fire", "to", Condition::Done),
        ("to", "otte", Condition::Conflict),
    ] {
        replace_in(&text, from, to);
        assert_eq!(text.condition(&parts[0]), expected, "{}", text.body().text());
    }
    let placed = parts[0].place(&Letters::of(&text.body()), |position| text.offset(position));
    assert_eq!(placed.words, "otte", "what was typed over its letters");
}

#[test]
fn other_words_can_be_taken_instead() {
    let base = plain("Svar gives inden fire uger.\n");
    let text = Text::of(&base);
    let parts = text.propose(&base, &plain("Svar gives inden to uger.\n"));
    let with = vec![Insert { insert: "tre".to_owned(), attributes: Attributes::new() }];
    text.decide(&parts, &[PartDecision { action: Action::Replace, with: Some(with), ..accept(0) }]).unwrap();
    assert_eq!(text.body().text(), "Svar gives inden tre uger.\n");
    assert_eq!(text.decide(&parts, &[accept(7)]), Err(Refused::NoPart(7)));
    let decided = [Part { state: PartState::Accepted, ..parts[0].clone() }];
    assert_eq!(text.decide(&decided, &[accept(0)]), Err(Refused::Decided(0)));
}

#[test]
fn a_proposal_begun_on_an_older_text_finds_its_words_in_the_newer_one() {
    let base = plain("Første linje.\nSvar gives inden fire uger.\n");
    let text = Text::of(&plain("Helt ny linje.\nFørste linje.\nSvar fra kommunen gives inden fire uger.\n"));
    let parts = text.propose(&base, &plain("Første linje.\nSvar gives inden to uger.\n"));
    assert_eq!(text.condition(&parts[0]), Condition::Clean);
    text.accept(&parts, &[0]);
    assert_eq!(text.body().text(), "Helt ny linje.\nFørste linje.\nSvar fra kommunen gives inden to uger.\n");
    let late = Text::of(&plain("Første linje.\nSvar gives inden fem uger.\n"));
    assert_eq!(late.condition(&late.propose(&base, &plain("Første linje.\nSvar gives inden to uger.\n"))[0]), Condition::Conflict);
}

#[test]
fn of_two_rivals_the_second_is_a_conflict_once_the_first_is_taken() {
    let base = plain("Andelen følger folketallet.\n");
    let text = Text::of(&base);
    let one = text.propose(&base, &plain("Andelen følger antallet af 15-23-årige.\n"));
    let other = text.propose(&base, &plain("Andelen følger halvdelen af folketallet.\n"));
    text.accept(&one, &[0]);
    assert_eq!(text.condition(&other[0]), Condition::Conflict);
}

fn cell(row: &str, column: &str, text: &str) -> Line {
    let block = Block::Cell { row: row.to_owned(), column: Some(column.to_owned()) };
    line(text, &block)
}

fn line(text: &str, block: &Block) -> Line {
    let runs = if text.is_empty() { Vec::new() } else { vec![Run { text: text.to_owned(), attributes: Attributes::new() }] };
    Line { runs, attributes: LineFormat::of(block.clone()).attributes() }
}

#[test]
fn a_table_with_another_row_is_one_part_and_words_in_a_cell_are_another() {
    let paragraph = || line("Efter tabellen.", &Block::Paragraph);
    let rows =
        |amount: &str| vec![cell("r1", "c1", "Havnsted"), cell("r1", "c2", amount), cell("r2", "c1", "Birkeå"), cell("r2", "c2", "9")];
    let base = Body::from_lines([rows("fire pladser"), vec![paragraph()]].concat());
    let words_alone = Body::from_lines([rows("seks pladser"), vec![paragraph()]].concat());
    let text = Text::of(&base);
    let parts = text.propose(&base, &words_alone);
    assert_eq!((parts.len(), parts[0].kind), (1, PartKind::Words));
    assert_eq!(shown(&parts), ["fire→seks"]);
    let more = vec![cell("r3", "c1", "Tidsø"), cell("r3", "c2", "2")];
    let another_row = Body::from_lines([rows("seks pladser"), more, vec![paragraph()]].concat());
    let parts = text.propose(&base, &another_row);
    assert_eq!((parts.len(), parts[0].kind), (1, PartKind::Table));
    text.accept(&parts, &[0]);
    assert_eq!(text.body(), another_row);
}

#[test]
fn format_alone_is_a_part_over_neighbouring_lines() {
    let lines =
        |block: &Block| vec![line("Først", &Block::Paragraph), line("a", block), line("b", block), line("Sidst", &Block::Paragraph)];
    let base = Body::from_lines(lines(&Block::Paragraph));
    let listed = Body::from_lines(lines(&Block::ListItem(ListKind::Bullet)));
    let text = Text::of(&base);
    let mut parts = text.propose(&base, &listed);
    assert_eq!((parts.len(), parts[0].kind, parts[0].edits.len()), (1, PartKind::Format, 2));
    let inverse = text.accept(&parts, &[0]);
    assert_eq!((text.body(), text.condition(&parts[0])), (listed, Condition::Done));
    text.revoke(&mut parts, &inverse);
    assert_eq!((text.body(), text.condition(&parts[0])), (base, Condition::Clean));
}

#[test]
fn a_line_that_moved_is_one_part() {
    let base = plain("at planen sendes i høring,\nat kredsen godkender model A,\nat sagen genoptages.\n");
    let proposed = plain("at kredsen godkender model A,\nat sagen genoptages.\nat planen sendes i høring,\n");
    let text = Text::of(&base);
    let parts = text.propose(&base, &proposed);
    assert_eq!((parts.len(), parts[0].kind), (1, PartKind::Moved));
    text.accept(&parts, &[0]);
    assert_eq!(text.body(), proposed);
}

#[test]
fn a_title_is_a_text_without_a_newline() {
    let agenda = Text::of(&plain("\n")).agenda;
    let title: Field = "title:a".parse().unwrap();
    agenda
        .apply(
            &[DocumentEdit::Text { field: title.clone(), delta: Delta::new().insert("Sikrede pladser", Attributes::new()) }],
            Origin::Local,
        )
        .unwrap();
    let piece = |text: &str| vec![Insert { insert: text.to_owned(), attributes: Attributes::new() }];
    let live = agenda.body(&title).unwrap();
    let parts =
        parts(&piece("Sikrede pladser"), &piece("Nye sikrede pladser i Havnsted"), &live, |at, before| agenda.sticky(&title, at, before));
    let decisions: Vec<PartDecision> = parts.iter().map(|part| accept(part.ordinal)).collect();
    let plan = plan(&parts, &decisions, &live, |position| agenda.offset(&title, position)).unwrap();
    agenda.apply(&[DocumentEdit::Text { field: title.clone(), delta: plan.delta }], Origin::Local).unwrap();
    assert_eq!(agenda.body(&title).unwrap().text(), "Nye sikrede pladser i Havnsted");
}

// The laws.

/// Long texts from the start: short ones have one part, and nothing beside it.
fn law(holds: impl FnMut(&mut Unstructured<'_>) -> Result<()>) {
    arbtest::arbtest(holds).size_min(1 << 10).size_max(1 << 13).budget_ms(1_000).run();
}

const WORDS: [&str; 12] = [
    "at ",
    "kredsen ",
    "godkender ",
    "model A ",
    "i ",
    "to ",
    "år",
    "😀 ",
    "1.817.977 kr. ",
    "å",
    "indstilling ",
    "en lang linje der flyttes ",
];

fn some_line(u: &mut Unstructured<'_>) -> Result<Line> {
    let mut runs: Vec<Run> = Vec::new();
    for _ in 0..u.int_in_range(0..=6)? {
        let text = (*u.choose(&WORDS)?).to_owned();
        let attributes = match u.int_in_range(0..=5)? {
            0 => Attributes::from([(name::BOLD.to_owned(), Value::Bool(true))]),
            1 => Attributes::from([(name::LINK.to_owned(), Value::from("https://a.test"))]),
            _ => Attributes::new(),
        };
        match runs.last_mut() {
            Some(last) if last.attributes == attributes => last.text.push_str(&text),
            _ => runs.push(Run { text, attributes }),
        }
    }
    let block = match u.int_in_range(0..=5)? {
        0 => Block::ListItem(ListKind::Bullet),
        1 => Block::ListItem(ListKind::Ordered),
        2 => Block::Heading(2),
        _ => Block::Paragraph,
    };
    Ok(Line { runs, attributes: LineFormat::of(block).attributes() })
}

fn some_table(u: &mut Unstructured<'_>) -> Result<Vec<Line>> {
    let (rows, columns) = (u.int_in_range(1..=3)?, u.int_in_range(1..=2)?);
    let mut lines = Vec::new();
    for row in 0..rows {
        for column in 0..columns {
            let runs = some_line(u)?.runs;
            let block = Block::Cell { row: format!("r{row}"), column: Some(format!("c{column}")) };
            lines.push(Line { runs, attributes: LineFormat::of(block).attributes() });
        }
    }
    Ok(lines)
}

fn some_body(u: &mut Unstructured<'_>) -> Result<Body> {
    let mut lines = Vec::new();
    for _ in 0..u.int_in_range(0..=5)? {
        if u.ratio(1, 5)? && !lines.iter().any(Line::is_cell) {
            lines.extend(some_table(u)?);
        } else {
            lines.push(some_line(u)?);
        }
    }
    lines.push(Line { attributes: Attributes::new(), ..some_line(u)? });
    Ok(Body::from_lines(lines))
}

/// A text that a person could make of another in the editor.
fn changed(u: &mut Unstructured<'_>, base: &Body) -> Result<Body> {
    let mut lines = base.lines().to_vec();
    for _ in 0..u.int_in_range(0..=4)? {
        let at = u.choose_index(lines.len())?;
        match u.int_in_range(0..=7)? {
            0 if lines.len() > 1 && at + 1 < lines.len() => drop(lines.remove(at)),
            1 => lines.insert(at, some_line(u)?),
            2 if !lines[at].is_cell() && at + 1 < lines.len() => {
                let line = lines.remove(at);
                let to = u.choose_index(lines.len())?;
                lines.insert(to, line);
            }
            3 => lines[at].runs = some_line(u)?.runs,
            4 if !lines[at].is_cell() => lines[at].attributes = some_line(u)?.attributes,
            5 => {
                let bold = Attributes::from([(name::BOLD.to_owned(), Value::Bool(true))]);
                lines[at].runs.iter_mut().for_each(|run| run.attributes = bold.clone());
            }
            6 => lines.splice(at..at, some_table(u)?).for_each(drop),
            _ => {
                let word = *u.choose(&WORDS)?;
                lines[at].runs.push(Run { text: word.to_owned(), attributes: Attributes::new() });
            }
        }
    }
    if let Some(last) = lines.last_mut() {
        last.attributes = Attributes::new();
    }
    // As read from a document: neighbours of the same format are one run.
    Ok(body(&inserts_of(&Body::from_lines(lines).to_delta()).unwrap()))
}

fn pair(u: &mut Unstructured<'_>) -> Result<(Body, Body)> {
    let base = some_body(u)?;
    let base = body(&inserts_of(&base.to_delta()).unwrap());
    let proposed = changed(u, &base)?;
    Ok((base, proposed))
}

fn shuffled(u: &mut Unstructured<'_>, parts: &[Part]) -> Result<Vec<u32>> {
    let mut order: Vec<u32> = parts.iter().map(|part| part.ordinal).collect();
    for index in (1..order.len()).rev() {
        order.swap(index, u.int_in_range(0..=index)?);
    }
    Ok(order)
}

/// I1, I2: all parts are the proposal, none is the base.
#[test]
fn all_parts_make_the_proposal() {
    law(|u| {
        let (base, proposed) = pair(u)?;
        let text = Text::of(&base);
        let parts = text.propose(&base, &proposed);
        assert_eq!(parts.is_empty(), base == proposed, "{base:?} {proposed:?}");
        text.accept(&parts, &[]);
        assert_eq!(text.body(), base);
        text.accept(&parts, &parts.iter().map(|part| part.ordinal).collect::<Vec<_>>());
        assert_eq!(text.body(), proposed, "{base:?} {:#?}", shown(&parts));
        Ok(())
    });
}

/// I3: a subset gives one text in whatever order and grouping it is taken, and the rest then gives the proposal.
#[test]
fn any_subset_in_any_order_gives_the_same_text() {
    law(|u| {
        let (base, proposed) = pair(u)?;
        let (one, other) = (Text::of(&base), Text::of(&base));
        let (parts, same) = (one.propose(&base, &proposed), other.propose(&base, &proposed));
        let order = shuffled(u, &parts)?;
        let taken = u.int_in_range(0..=order.len())?;
        one.accept(&parts, &order[..taken]);
        for ordinal in &order[..taken] {
            other.accept(&same, &[*ordinal]);
        }
        assert_eq!(one.body(), other.body(), "{base:?} {:#?}", shown(&parts));
        one.accept(&parts, &order[taken..]);
        assert_eq!(one.body(), proposed, "{base:?} {:#?}", shown(&parts));
        Ok(())
    });
}

/// I7: what is taken back leaves the text as it was, and the parts can be taken again.
#[test]
fn accepting_and_taking_back_leaves_the_text_as_it_was() {
    law(|u| {
        let (base, proposed) = pair(u)?;
        let text = Text::of(&base);
        let mut parts = text.propose(&base, &proposed);
        let order = shuffled(u, &parts)?;
        let split = u.int_in_range(0..=order.len())?;
        let first = text.accept(&parts, &order[..split]);
        let between = text.body();
        let second = text.accept(&parts, &order[split..]);
        let (mut a, mut b) = (parts.clone(), parts.clone());
        text.revoke(&mut a, &second);
        assert_eq!(text.body(), between, "{base:?} {:#?}", shown(&parts));
        text.revoke(&mut b, &first);
        assert_eq!(text.body(), base, "{base:?} {:#?}", shown(&parts));
        let held =
            |ordinal: &u32| if order[..split].contains(ordinal) { b[*ordinal as usize].clone() } else { a[*ordinal as usize].clone() };
        parts = (0..u32::try_from(parts.len()).unwrap()).map(|ordinal| held(&ordinal)).collect();
        text.accept(&parts, &order);
        assert_eq!(text.body(), proposed);
        Ok(())
    });
}

/// I4 to I6: letters of others stay; edits outside a part leave it clean; edits inside are noticed.
#[test]
fn letters_of_others_stay_and_edits_inside_are_noticed() {
    law(|u| {
        let (base, proposed) = pair(u)?;
        let text = Text::of(&base);
        let parts = text.propose(&base, &proposed);
        let mut touched = vec![false; parts.len()];
        let mut foreign = 0;
        for _ in 0..u.int_in_range(0..=5)? {
            let live = Letters::of(&text.body());
            let places: Vec<_> = parts.iter().map(|part| part.place(&live, |position| text.offset(position))).collect();
            let at = u.int_in_range(0..=live.len() - 1)?;
            if String::from_utf16(live.units(&(at..live.len()))).is_err() {
                continue;
            }
            text.write(Delta::new().retain(at).insert("Ж", live.attributes(at).clone()));
            foreign += 1;
            for (index, place) in places.iter().enumerate() {
                for ((range, _), edit) in place.edits.iter().zip(&parts[index].edits) {
                    let inside =
                        if edit.old.is_empty() { range.start == at || range.end == at } else { range.start < at && at < range.end };
                    touched[index] |= inside;
                }
            }
        }
        let live = Letters::of(&text.body());
        let mut clean = Vec::new();
        for (part, touched) in parts.iter().zip(&touched) {
            let condition = part.place(&live, |position| text.offset(position)).condition;
            assert_eq!(condition == Condition::Conflict, *touched, "{:?} {:?}", shown(std::slice::from_ref(part)), live.text());
            if !touched {
                clean.push(part.ordinal);
            }
        }
        text.accept(&parts, &clean);
        assert_eq!(text.body().text().matches('Ж').count(), foreign, "{base:?} {:#?}", shown(&parts));
        Ok(())
    });
}

/// I9: whatever subset is taken, no row of a table loses or gains cells that no person gave it.
#[test]
fn no_subset_leaves_half_a_table() {
    let structure = |body: &Body| -> Vec<LineFormat> { body.lines().iter().filter(|line| line.is_cell()).map(Line::format).collect() };
    law(|u| {
        let (base, proposed) = pair(u)?;
        let text = Text::of(&base);
        let parts = text.propose(&base, &proposed);
        let order = shuffled(u, &parts)?;
        let tables: Vec<u32> = parts.iter().filter(|part| part.kind == PartKind::Table).map(|part| part.ordinal).collect();
        let others: Vec<u32> = order.iter().filter(|ordinal| !tables.contains(ordinal)).copied().collect();
        let taken = u.int_in_range(0..=others.len())?;
        text.accept(&parts, &others[..taken]);
        assert_eq!(structure(&text.body()), structure(&base), "{base:?} {:#?}", shown(&parts));
        text.accept(&parts, &tables);
        assert_eq!(structure(&text.body()), structure(&proposed), "{base:?} {:#?}", shown(&parts));
        Ok(())
    });
}
