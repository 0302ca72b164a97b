//! Markdown: CommonMark, with GitHub's tables and strikethrough.
//!
//! Owns the escaping: whatever stands in a text, it stays text. Where stars would not be read as marks, beside letters or other marks, the
//! mark is written as an HTML tag, which Markdown allows.

use dagsorden_shared::meeting_json::ListJson;
use dagsorden_shared::richtext::Marks;

use super::paper::{Attachment, Block, Item, List, Paper, Run, Table};

/// The file.
pub(super) fn write(paper: &Paper<'_>) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(paper.draft.then(|| format!("**{}**", paper.catalogue.export.draft)));
    parts.push(format!("# {}", escaped(&paper.title)));
    parts.extend((!paper.forum.is_empty()).then(|| format!("**{}**", escaped(&paper.forum))));
    parts.extend(paper.kind.map(escaped));
    let facts = paper.facts.iter().map(|(label, value)| format!("- **{}:** {}", escaped(label), escaped(value)));
    parts.push(facts.collect::<Vec<_>>().join("\n"));
    for item in &paper.items {
        write_item(item, paper.catalogue.meeting.attachments, &mut parts);
    }
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n") + "\n"
}

fn write_item(item: &Item, attachments: &str, parts: &mut Vec<String>) {
    let number = if item.number.is_empty() { String::new() } else { format!("{}. ", escaped(&item.number)) };
    parts.push(format!("## {number}{}", escaped(&item.title)));
    parts.extend(item.alt_title.iter().chain(&item.facts).map(|text| line(&escaped(text))));
    for section in &item.sections {
        parts.extend(section.heading.as_ref().map(|heading| format!("### {}", escaped(heading))));
        let mut sign = '.';
        for one in &section.blocks {
            parts.push(block(one, sign));
            sign = if matches!(one, Block::List(_)) && sign == '.' { ')' } else { '.' };
        }
    }
    if !item.files.is_empty() {
        parts.push(format!("### {}", escaped(attachments)));
        parts.push(item.files.iter().map(file).collect::<Vec<_>>().join("\n"));
    }
}

fn file(file: &Attachment) -> String {
    let number = if file.number.is_empty() { String::new() } else { format!("{}: ", escaped(&file.number)) };
    let note = file.note.map(|note| format!(" ({})", note.to_lowercase())).unwrap_or_default();
    format!("- {}{}", line(&format!("{number}{}", escaped(&file.title))), escaped(&note))
}

/// `sign` stands behind the numbers of a list.
fn block(block: &Block, sign: char) -> String {
    match block {
        // Markdown has no indent for text.
        Block::Paragraph { level: _, runs } => line(&inline(runs)),
        Block::Heading { depth, runs } => format!("{} {}", "#".repeat(usize::from(*depth) + 1), inline(runs)),
        Block::List(list) => {
            let mut lines = Vec::new();
            write_list(list, 0, sign, &mut lines);
            lines.join("\n")
        }
        Block::Quote(runs) => format!("> {}", line(&inline(runs))),
        Block::Table(table) => grid(table),
    }
}

/// A list in a list begins below the text of its line. `sign` stands behind numbers: right below a list with the same, another would go on with it.
fn write_list(list: &List, indent: usize, sign: char, lines: &mut Vec<String>) {
    for (number, item) in (u32::from(list.start)..).zip(&list.items) {
        let mark = match list.kind {
            ListJson::Bullet => "- ".to_owned(),
            ListJson::Ordered => format!("{number}{sign} "),
        };
        lines.push(format!("{:indent$}{mark}{}", "", line(&inline(&item.runs))));
        item.lists.iter().zip(['.', ')'].into_iter().cycle()).for_each(|(inner, sign)| write_list(inner, indent + mark.len(), sign, lines));
    }
}

/// GitHub's tables want a head: where there is none, it is empty.
fn grid(table: &Table) -> String {
    let row = |cells: &Vec<Vec<Run>>| format!("| {} |", cells.iter().map(|cell| inline(cell)).collect::<Vec<_>>().join(" | "));
    let rule: String = table.numeric.iter().map(|numeric| if *numeric { " ---: |" } else { " --- |" }).collect();
    let mut rows = table.rows.iter().map(row);
    let head = if table.head { rows.next() } else { None }.unwrap_or_else(|| row(&vec![Vec::new(); table.numeric.len()]));
    std::iter::once(head).chain([format!("|{rule}")]).chain(rows).collect::<Vec<_>>().join("\n")
}

/// What means something inside a line is escaped.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '$') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A line that begins as a list or a rule does is escaped there.
fn line(text: &str) -> String {
    let text = text.trim_start();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    match text.chars().nth(digits) {
        Some('-' | '+' | '=') if digits == 0 => format!("\\{text}"),
        Some('.' | ')') if digits > 0 => format!("{}\\{}", &text[..digits], &text[digits..]),
        _ => text.to_owned(),
    }
}

/// Runs of text with their marks.
fn inline(runs: &[Run]) -> String {
    let mut out = String::new();
    for (at, run) in runs.iter().enumerate() {
        let next = runs.get(at + 1).map(|next| if next.marks.is_plain() { next.text.chars().next().unwrap_or(' ') } else { '<' });
        let Marks { bold, italic, underline, strike, link } = &run.marks;
        // Blanks at the ends of a marked word stand outside of its marks.
        let inner = run.text.trim();
        let lead = &run.text[..run.text.len() - run.text.trim_start().len()];
        let tail = if inner.is_empty() { "" } else { &run.text[run.text.trim_end().len()..] };
        out.push_str(lead);
        if inner.is_empty() {
            continue;
        }
        let next = if tail.is_empty() { next } else { Some(' ') };
        let text = escaped(inner);
        let mut shown = if *underline { format!("<u>{text}</u>") } else { text };
        if *strike {
            shown = format!("<s>{shown}</s>");
        }
        let previous = if link.is_some() { Some('[') } else { out.chars().next_back() };
        let next = if link.is_some() { Some(']') } else { next };
        let stars = flanks(previous, &shown, next);
        shown = match (bold, italic, stars) {
            (false, false, _) => shown,
            (true, true, true) => format!("***{shown}***"),
            (true, false, true) => format!("**{shown}**"),
            (false, true, true) => format!("*{shown}*"),
            (true, true, false) => format!("<strong><em>{shown}</em></strong>"),
            (true, false, false) => format!("<strong>{shown}</strong>"),
            (false, true, false) => format!("<em>{shown}</em>"),
        };
        match link {
            Some(link) => {
                if out.ends_with('!') {
                    out.insert(out.len() - 1, '\\');
                }
                out.push_str(&format!("[{shown}](<{}>)", link.replace('<', "%3C").replace('>', "%3E").replace('\\', "%5C")));
            }
            None => out.push_str(&shown),
        }
        out.push_str(tail);
    }
    out
}

/// Whether stars around a text are read as marks: neither end may be a sign with a letter, or another mark, on its other side.
fn flanks(previous: Option<char>, text: &str, next: Option<char>) -> bool {
    let side = |outer: Option<char>, inner: Option<char>| match (outer, inner) {
        (_, None) | (Some('*'), _) => false,
        (None, _) => true,
        (Some(outer), Some(inner)) => inner.is_alphanumeric() || !outer.is_alphanumeric(),
    };
    side(previous, text.chars().next()) && side(next, text.chars().next_back())
}
