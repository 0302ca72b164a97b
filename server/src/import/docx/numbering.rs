//! Lists as Word keeps them: definitions with nine levels, lists that use them, and the counters while one reads on.
//!
//! Lists of one definition count on together; a list that says where it begins does so once, and a deeper level begins again below each line
//! of a higher one.

use std::collections::{HashMap, HashSet};

use super::styles::InList;
use super::xml::Node;

/// Levels of a list.
const LEVELS: usize = 9;

/// The longest label, in characters; a format may repeat a number without end.
const LONGEST_LABEL: usize = 24;

/// Lists, and where they have come to.
#[derive(Debug, Default)]
pub(super) struct Numbering<'a> {
    definitions: HashMap<&'a str, [Option<Level<'a>>; LEVELS]>,
    /// The place of each definition in the file.
    order: HashMap<&'a str, u32>,
    lists: HashMap<&'a str, List<'a>>,
    counters: HashMap<&'a str, [Option<u32>; LEVELS]>,
    begun: HashSet<(&'a str, usize)>,
}

#[derive(Debug, Default)]
struct List<'a> {
    definition: &'a str,
    starts: [Option<u32>; LEVELS],
    levels: [Option<Level<'a>>; LEVELS],
}

#[derive(Debug, Clone, Copy)]
struct Level<'a> {
    start: u32,
    format: &'a str,
    text: &'a str,
    style: Option<&'a str>,
}

/// What stands before the text of a list's line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Label {
    /// Which definition it counts in.
    pub(super) list: u32,
    /// From 0.
    pub(super) level: u8,
    /// `None` for a bullet.
    pub(super) number: Option<u32>,
    /// As Word shows it; empty for a bullet.
    pub(super) text: String,
}

impl<'a> Numbering<'a> {
    /// Reads the part with the lists.
    pub(super) fn read(root: &'a Node) -> Self {
        let mut numbering = Self::default();
        let mut linked: HashMap<&str, &str> = HashMap::new();
        let mut links: Vec<(&str, &str)> = Vec::new();
        for node in root.children.iter().filter(|node| node.is("abstractNum")) {
            let Some(id) = node.attribute("abstractNumId") else { continue };
            let mut levels = [None; LEVELS];
            node.children.iter().filter(|node| node.is("lvl")).for_each(|node| read_level(node, &mut levels));
            if let Some(style) = node.value("styleLink") {
                linked.insert(style, id);
            }
            if let Some(style) = node.value("numStyleLink") {
                links.push((id, style));
            }
            numbering.order.insert(id, numbering.definitions.len() as u32);
            numbering.definitions.insert(id, levels);
        }
        // A definition that only names the style which has one.
        for (id, style) in links {
            if let Some(levels) = linked.get(style).and_then(|known| numbering.definitions.get(known)) {
                let levels = *levels;
                numbering.definitions.insert(id, levels);
            }
        }
        for node in root.children.iter().filter(|node| node.is("num")) {
            let (Some(id), Some(definition)) = (node.attribute("numId"), node.value("abstractNumId")) else { continue };
            let mut list = List { definition, ..List::default() };
            for change in node.children.iter().filter(|node| node.is("lvlOverride")) {
                let Some(at) = level_of(change) else { continue };
                list.starts[at] = change.value("startOverride").and_then(|start| start.parse().ok());
                change.children.iter().filter(|node| node.is("lvl")).for_each(|node| read_level(node, &mut list.levels));
            }
            numbering.lists.insert(id, list);
        }
        numbering
    }

    /// Counts on for a line, and says what stands before it. `style` is the paragraph's, which may have its level in the list.
    pub(super) fn next(&mut self, place: InList<'a>, style: Option<&str>) -> Option<Label> {
        let list = self.lists.get(place.id)?;
        let defined = self.definitions.get(list.definition)?;
        let order = self.order.get(list.definition).copied().unwrap_or_default();
        let levels: [Option<Level<'a>>; LEVELS] = std::array::from_fn(|at| list.levels[at].or(defined[at]));
        let own = || levels.iter().position(|level| level.is_some_and(|level| level.style.is_some() && level.style == style));
        let at = usize::from(place.level.or_else(|| own().and_then(|at| u8::try_from(at).ok())).unwrap_or_default()).min(LEVELS - 1);
        let level = levels[at]?;
        if level.format == "none" {
            return None;
        }
        if level.format == "bullet" {
            return Some(Label { list: order, level: at as u8, number: None, text: String::new() });
        }
        let counters = self.counters.entry(list.definition).or_default();
        let first_use = self.begun.insert((place.id, at));
        let number = match (list.starts[at], counters[at]) {
            (Some(start), _) if first_use => start,
            (_, Some(last)) => last.saturating_add(1),
            (start, None) => start.unwrap_or(level.start),
        };
        counters[at] = Some(number);
        counters[at + 1..].fill(None);
        let counters = *counters;
        let shown = |other: usize| {
            let level = levels[other].unwrap_or(level);
            format(counters[other].unwrap_or(level.start), level.format)
        };
        let mut text = String::new();
        let mut signs = level.text.chars();
        while let Some(sign) = signs.next() {
            match (sign, signs.clone().next().and_then(|digit| digit.to_digit(10))) {
                ('%', Some(digit @ 1..=9)) => {
                    signs.next();
                    text.push_str(&shown(digit as usize - 1));
                }
                _ => text.push(sign),
            }
        }
        Some(Label { list: order, level: at as u8, number: Some(number), text: text.trim().chars().take(LONGEST_LABEL).collect() })
    }
}

fn level_of(node: &Node) -> Option<usize> {
    node.attribute("ilvl")?.parse().ok().filter(|level| *level < LEVELS)
}

fn read_level<'a>(node: &'a Node, levels: &mut [Option<Level<'a>>; LEVELS]) {
    let Some(at) = level_of(node) else { return };
    let start = node.value("start").and_then(|start| start.parse().ok()).unwrap_or(1);
    levels[at] = Some(Level {
        start,
        format: node.value("numFmt").unwrap_or("decimal"),
        text: node.value("lvlText").unwrap_or_default(),
        style: node.value("pStyle"),
    });
}

/// A number in the format of its level.
fn format(number: u32, format: &str) -> String {
    match format {
        "lowerLetter" => letters(number, b'a'),
        "upperLetter" => letters(number, b'A'),
        "lowerRoman" => roman(number).to_lowercase(),
        "upperRoman" => roman(number),
        "decimalZero" => format!("{number:02}"),
        _ => number.to_string(),
    }
}

/// a to z, then aa to zz.
fn letters(number: u32, first: u8) -> String {
    let at = number.saturating_sub(1);
    let letter = char::from(first + (at % 26) as u8);
    std::iter::repeat_n(letter, 1 + (at / 26).min(8) as usize).collect()
}

fn roman(number: u32) -> String {
    const SIGNS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut rest = number.min(3_999);
    let mut text = String::new();
    for (value, sign) in SIGNS {
        while rest >= value {
            text.push_str(sign);
            rest -= value;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_formats() {
        let shown: Vec<String> =
            [(3, "lowerLetter"), (27, "upperLetter"), (4, "lowerRoman"), (1990, "upperRoman"), (7, "decimalZero"), (12, "ordinal")]
                .into_iter()
                .map(|(number, name)| format(number, name))
                .collect();
        assert_eq!(shown, ["c", "AA", "iv", "MCMXC", "07", "12"]);
    }
}
