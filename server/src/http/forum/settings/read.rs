//! What the form of the settings says. Rows are numbered fields; where they go is their own number.

use dagsorden_shared::meeting_json::SectionKind;
use dagsorden_shared::template::{ItemSections, Preset, StandingItem, Template, TemplateSection};

use crate::error::ApiError;
use crate::http::form::Form;

/// More rows than a template may have are not read.
const MAX_ROWS: usize = 64;

/// The version that was seen, and the template.
///
/// # Errors
/// A field of one line has several, or was sent twice.
pub(super) fn template(form: &Form) -> Result<(u32, Template), ApiError> {
    let stated = |name: &str| form.line(name).map(|text| Some(text).filter(|text| !text.is_empty()));
    let phrases = form.text("phrases")?.lines().map(str::to_owned).collect();
    let template = Template {
        place: stated("place")?,
        start: stated("start")?,
        end: stated("end")?,
        sections: sections(form)?,
        items: items(form)?,
        phrases,
    };
    Ok((form.line("version")?.parse().unwrap_or(0), template))
}

/// A layout that was chosen just now takes the place of the rows.
fn sections(form: &Form) -> Result<Vec<TemplateSection>, ApiError> {
    let chosen = form.line("layout")?;
    if let Some(preset) = Preset::parse(&chosen).filter(|_| chosen != form.line("layout_before").unwrap_or_default()) {
        return Ok(preset.sections());
    }
    let mut rows = Vec::new();
    for row in 0..MAX_ROWS {
        let Some(kind) = SectionKind::parse(&form.line(&format!("s{row}_kind"))?) else { break };
        let heading = form.line(&format!("s{row}_heading"))?;
        let order = number(&form.line(&format!("s{row}_order"))?);
        if form.line(&format!("s{row}_use"))?.is_empty() {
            continue;
        }
        rows.push((order, TemplateSection { kind, heading: Some(heading).filter(|heading| !heading.is_empty()) }));
    }
    Ok(in_order(rows))
}

fn items(form: &Form) -> Result<Vec<StandingItem>, ApiError> {
    let mut rows = Vec::new();
    for row in 0..MAX_ROWS {
        let sections = form.line(&format!("i{row}_sections"))?;
        let Some(sections) = ItemSections::parse(&sections) else { break };
        let minutes = form.line(&format!("i{row}_minutes"))?;
        // What is no number is shown as refused, not left out.
        let minutes = if minutes.is_empty() { None } else { Some(minutes.parse().unwrap_or(0)) };
        let item = StandingItem {
            title: form.line(&format!("i{row}_title"))?,
            sections,
            minutes,
            last: !form.line(&format!("i{row}_last"))?.is_empty(),
        };
        if !item.title.is_empty() {
            rows.push((number(&form.line(&format!("i{row}_order"))?), item));
        }
    }
    Ok(in_order(rows))
}

/// Rows without a number come last.
fn number(text: &str) -> u32 {
    text.parse().unwrap_or(u32::MAX)
}

fn in_order<T>(mut rows: Vec<(u32, T)>) -> Vec<T> {
    rows.sort_by_key(|(order, _)| *order);
    rows.into_iter().map(|(_, row)| row).collect()
}
