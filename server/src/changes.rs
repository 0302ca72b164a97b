//! What is different now from a stored version: items and sections by their ids, texts by their words.

use dagsorden_shared::api::{Became, ChangedText, Changes, ItemChange, SectionChange};
use dagsorden_shared::difference::pieces;
use dagsorden_shared::id::{ItemId, SectionId};
use dagsorden_shared::meeting_json::{BlockJson, ItemJson, MeetingJson, SectionJson};

use crate::version::{ItemText, Version};

/// What differs, by the order of items and sections now; what is gone stands last.
pub fn changes(since: u32, old: &Version, new: &Version) -> Changes {
    let find = |version: &'_ Version, id: &ItemId| version.items.iter().position(|item| item.id == *id);
    let mut items: Vec<ItemChange> = new
        .items
        .iter()
        .filter_map(|item| match find(old, &item.id) {
            Some(before) => changed(&old.items[before], item),
            None => Some(whole(item, Became::Added)),
        })
        .collect();
    items.extend(old.items.iter().filter(|item| find(new, &item.id).is_none()).map(|item| whole(item, Became::Removed)));
    let kept = |version: &Version, other: &Version| -> Vec<ItemId> {
        version.items.iter().map(|item| item.id.clone()).filter(|id| find(other, id).is_some()).collect()
    };
    Changes { since, header: facts_of(&old.header) != facts_of(&new.header), order: kept(old, new) != kept(new, old), items }
}

/// The header without what the items say.
fn facts_of(header: &MeetingJson) -> MeetingJson {
    MeetingJson { items: Vec::new(), ..header.clone() }
}

fn changed(old: &ItemText, new: &ItemText) -> Option<ItemChange> {
    let (before, after) = (sections(old), sections(new));
    let find = |sections: &[(&SectionId, &SectionJson)], id: &SectionId| sections.iter().position(|(known, _)| *known == id);
    let mut different: Vec<SectionChange> = after
        .iter()
        .filter_map(|(id, section)| match find(&before, id) {
            Some(index) if before[index].1 == *section => None,
            Some(index) => Some(section_change(id, section, Became::Changed, &text(before[index].1), &text(section))),
            None => Some(section_change(id, section, Became::Added, "", &text(section))),
        })
        .collect();
    let gone = before.iter().filter(|(id, _)| find(&after, id).is_none());
    different.extend(gone.map(|(id, section)| section_change(id, section, Became::Removed, &text(section), "")));
    let title = words(&old.item.title, &new.item.title);
    let facts = facts(old) != facts(new);
    let differs = facts || !different.is_empty() || old.item.title != new.item.title;
    differs.then(|| ItemChange {
        item: new.id.clone(),
        number: new.item.number.clone().unwrap_or_default(),
        title,
        became: Became::Changed,
        sections: different,
        facts,
    })
}

/// An item that is new or gone, with all its text.
fn whole(item: &ItemText, became: Became) -> ItemChange {
    let sides = |text: String| if became == Became::Added { (String::new(), text) } else { (text, String::new()) };
    let (old, new) = sides(item.item.title.clone());
    let sections = sections(item).into_iter().map(|(id, section)| {
        let (old, new) = sides(text(section));
        section_change(id, section, became, &old, &new)
    });
    ItemChange {
        item: item.id.clone(),
        number: item.item.number.clone().unwrap_or_default(),
        title: words(&old, &new),
        became,
        sections: sections.collect(),
        facts: false,
    }
}

fn section_change(id: &SectionId, section: &SectionJson, became: Became, old: &str, new: &str) -> SectionChange {
    let heading = section.heading.clone().unwrap_or_else(|| section.kind.as_str().to_owned());
    let text = if old == new { Vec::new() } else { words(old, new) };
    SectionChange { section: id.clone(), heading, became, text }
}

fn sections(item: &ItemText) -> Vec<(&SectionId, &SectionJson)> {
    item.sections.iter().zip(&item.item.sections).collect()
}

/// What is said about an item beside its title and its sections. Its number follows from its place.
fn facts(item: &ItemText) -> ItemText {
    let kept = ItemJson { number: None, title: String::new(), sections: Vec::new(), ..item.item.clone() };
    ItemText { sections: Vec::new(), item: kept, ..item.clone() }
}

fn words(old: &str, new: &str) -> Vec<ChangedText> {
    pieces(old, new).into_iter().map(ChangedText::from).collect()
}

/// A section's text, a line each; the cells of a row are parted by tabs.
fn text(section: &SectionJson) -> String {
    let mut text = String::new();
    for block in &section.blocks {
        match block {
            BlockJson::Paragraph { text: line, .. }
            | BlockJson::Heading { text: line, .. }
            | BlockJson::ListItem { text: line, .. }
            | BlockJson::Quote { text: line, .. } => {
                text.push_str(line);
                text.push('\n');
            }
            BlockJson::Table { rows, .. } => {
                for row in rows {
                    text.push_str(&row.join("\t"));
                    text.push('\n');
                }
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str, title: &str, lines: &[&str]) -> ItemText {
        let section = SectionJson { blocks: lines.iter().map(|line| BlockJson::paragraph(*line)).collect(), ..SectionJson::default() };
        ItemText {
            id: id.parse().unwrap(),
            public_heading: None,
            sections: vec![format!("s{id}").parse().unwrap()],
            item: ItemJson { title: title.into(), sections: vec![section], ..ItemJson::default() },
        }
    }

    fn version(items: Vec<ItemText>) -> Version {
        Version { header: MeetingJson::default(), items }
    }

    #[test]
    fn what_is_new_gone_and_said_otherwise_is_told_apart() {
        let old = version(vec![item("a", "Valg", &["i fire timer"]), item("b", "Budget", &["x"]), item("c", "Plan", &["y"])]);
        let mut minuted = item("c", "Plan", &["y"]);
        minuted.item.minutes = Some(10);
        let new = version(vec![item("d", "Nyt", &["z"]), item("a", "Valg", &["i to timer"]), minuted]);
        let changes = changes(2, &old, &new);
        assert!(!changes.header && !changes.order, "the ones that stayed are in the same order");
        let told: Vec<_> = changes.items.iter().map(|item| (item.item.as_str(), item.became, item.facts)).collect();
        let (added, removed, changed) = (Became::Added, Became::Removed, Became::Changed);
        assert_eq!(told, [("d", added, false), ("a", changed, false), ("c", changed, true), ("b", removed, false)]);
        let words = &changes.items[1].sections[0].text;
        let (removed, added) = (ChangedText::Removed("fire".into()), ChangedText::Added("to".into()));
        assert_eq!(*words, [ChangedText::Same("i ".into()), removed, added, ChangedText::Same(" timer\n".into())]);
        assert!(super::changes(2, &old, &old).items.is_empty());
    }

    #[test]
    fn another_order_is_said_once() {
        let (a, b) = (item("a", "A", &["x"]), item("b", "B", &["y"]));
        let changes = changes(1, &version(vec![a.clone(), b.clone()]), &version(vec![b, a]));
        assert!(changes.order && changes.items.is_empty());
    }
}
