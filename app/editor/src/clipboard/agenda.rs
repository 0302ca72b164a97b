//! Whole items as clipboard contents, as clean as a selection is: headings, text, lists and tables, nothing of the page around them.

use dagsorden_shared::agenda::{ItemSnapshot, SectionSnapshot};
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::render::item::{has_heading, section_heading};
use dagsorden_shared::render::{self, Element, Form, element};

use super::copy::{Copied, acceptable};
use super::plain;

/// Items with their numbers, below the `title` of their meeting if it is copied as a whole. Empty sections are left out.
pub fn copy_items(title: Option<&str>, items: &[ItemSnapshot], catalogue: &Catalogue) -> Copied {
    let mut html: Vec<Element> = title.map(|title| element("h1").text(title.to_owned())).into_iter().collect();
    let mut plain: Vec<String> = title.map(str::to_owned).into_iter().collect();
    for item in items {
        let heading = heading(item, catalogue);
        let facts = facts(item, catalogue);
        plain.push(if facts.is_empty() { heading.clone() } else { format!("{heading}\n{facts}") });
        html.push(element("h2").text(heading));
        html.extend((!facts.is_empty()).then(|| element("p").text(facts)));
        for section in item.sections.iter().filter(|section| !section.body.is_blank()) {
            let (shown, text) = copy_section(section, catalogue);
            html.extend(shown);
            plain.push(text);
        }
    }
    let html = element("div").children(html);
    Copied { html: render::to_html(&html), plain: plain.join("\n\n") }
}

fn heading(item: &ItemSnapshot, catalogue: &Catalogue) -> String {
    let title = item.title.text();
    let title = match title.trim() {
        "" if item.closed => item.public_heading.as_deref().unwrap_or(catalogue.meeting.closed_item),
        "" => catalogue.meeting.untitled_item,
        title => title,
    };
    match item.number.as_str() {
        "" => title.to_owned(),
        number => format!("{number}. {title}"),
    }
}

fn facts(item: &ItemSnapshot, catalogue: &Catalogue) -> String {
    let texts = &catalogue.meeting;
    let facts = [item.kind.clone(), item.minutes.map(texts.minutes), item.presenter.as_deref().map(texts.presenter)];
    facts.into_iter().flatten().filter(|fact| !fact.is_empty()).collect::<Vec<_>>().join(" · ")
}

fn copy_section(section: &SectionSnapshot, catalogue: &Catalogue) -> (Vec<Element>, String) {
    let lines: Vec<_> = section.body.lines().iter().map(acceptable).collect();
    let text = plain::write_lines(&lines);
    let heading = has_heading(section).then(|| section_heading(section, catalogue));
    let text = heading.iter().map(String::as_str).chain([text.trim_end()]).collect::<Vec<_>>().join("\n");
    let shown = render::lines(&section.body, Form::Document).into_iter().map(|line| Element { tag: below_sections(line.tag), ..line });
    (heading.map(|heading| element("h3").text(heading)).into_iter().chain(shown).collect(), text)
}

/// Headings of the text stand below those of the sections.
fn below_sections(tag: &'static str) -> &'static str {
    match tag {
        "h1" | "h2" => "h4",
        "h3" => "h5",
        tag => tag,
    }
}

#[cfg(test)]
mod tests {
    use dagsorden_shared::catalogue::Language;
    use dagsorden_shared::meeting_json::SectionKind;

    use super::*;
    use crate::tests::notation::section;

    #[test]
    fn an_item_is_copied_with_number_headings_and_text_and_without_the_page() {
        let part = |id: &str, kind, notation: &str| SectionSnapshot {
            id: id.parse().expect("an id"),
            kind,
            heading: None,
            from: None,
            to: None,
            body: section(notation).body().clone(),
        };
        let item = ItemSnapshot {
            id: "i1".parse().expect("an id"),
            number: "4".into(),
            title: section("Havn & kaj⏎").body().clone(),
            alt_title: None,
            kind: Some("Til beslutning".into()),
            presenter: None,
            guests: Vec::new(),
            minutes: None,
            closed: false,
            public_heading: None,
            own_document: false,
            sections: vec![
                part("s1", SectionKind::Background, "Før⏎h2 *a*⏎o b⏎o1 c⏎o ⏎"),
                part("s2", SectionKind::Decision, "⏎"),
                part("s3", SectionKind::Recommendation, "Ja⏎"),
            ],
        };
        let copied = copy_items(Some("Møde"), &[item], Catalogue::of(Language::Da));
        assert_eq!(
            copied.html,
            "<div><h1>Møde</h1><h2>4. Havn &amp; kaj</h2><p>Til beslutning</p><h3>Baggrund</h3><h4>Før</h4>\
             <ol><li><strong>a</strong><ol><li>b</li></ol></li><li>c</li></ol><p><br></p><h3>Indstilling</h3><p>Ja</p></div>"
        );
        assert_eq!(copied.plain, "Møde\n\n4. Havn & kaj\nTil beslutning\n\nBaggrund\nFør\n1. a\n  1. b\n2. c\n\nIndstilling\nJa");
    }
}
