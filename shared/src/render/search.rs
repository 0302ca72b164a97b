//! The page of a search: the query as its title, then what was found, by meeting.

use super::element::{Element, element};
use super::icon::{Icon, icon};
use super::meeting::CONTENT_ID;
use crate::api::{SearchAnswer, SearchHit};
use crate::catalogue::Catalogue;
use crate::date::{self, Date};

/// The main part of the page. `None`: nothing was looked for yet.
pub fn search(query: &str, found: Option<&SearchAnswer>, catalogue: &Catalogue) -> Element {
    let texts = &catalogue.search;
    let input = element("input")
        .attribute("id", "q")
        .attribute("name", "q")
        .attribute("type", "search")
        .attribute("value", query.to_owned())
        .attribute("autocomplete", "off")
        .attribute("autofocus", "");
    let form = element("form")
        .class("ask-all")
        .attribute("role", "search")
        .attribute("method", "get")
        .attribute("action", "/soeg")
        .child(element("label").class("vh").attribute("for", "q").text(texts.label))
        .child(input)
        .child(
            element("button").class("btn").attribute("type", "submit").child(icon(Icon::Search)).child(element("span").text(texts.find)),
        );
    let title = if query.trim().is_empty() { texts.title.to_owned() } else { (texts.title_of)(query.trim()) };
    let main = element("main")
        .class("found")
        .attribute("id", CONTENT_ID)
        .attribute("tabindex", "-1")
        .child(element("h1").class("vh").text(title))
        .child(form);
    match found {
        None => main.child(element("p").class("none").text(texts.help)),
        Some(found) if found.hits.is_empty() => main.child(element("p").class("none").attribute("role", "status").text(texts.nothing)),
        Some(found) => {
            let shown = u32::try_from(found.hits.len()).unwrap_or(u32::MAX);
            let tally = element("p").class("tally").attribute("role", "status").text((texts.tally)(found.total, shown));
            let groups = by_meeting(&found.hits).into_iter().map(|hits| group(&hits, catalogue));
            main.child(tally).child(element("div").class("hits").children(groups))
        }
    }
}

/// Hits of one meeting together, the meetings in the order of their best hit.
fn by_meeting(hits: &[SearchHit]) -> Vec<Vec<&SearchHit>> {
    let mut groups: Vec<Vec<&SearchHit>> = Vec::new();
    for hit in hits {
        match groups.iter_mut().find(|group| group[0].meeting == hit.meeting) {
            Some(group) => group.push(hit),
            None => groups.push(vec![hit]),
        }
    }
    groups
}

fn group(hits: &[&SearchHit], catalogue: &Catalogue) -> Element {
    let first = hits[0];
    let day = first.date.as_deref().and_then(Date::parse);
    let date = match (day, first.date.as_deref()) {
        (Some(_), Some(date)) => element("p").class("date").text(date::long(date, catalogue)),
        _ => element("p").class("date").text(catalogue.home.undated),
    };
    let link = element("a").attribute("href", format!("/m/{}", first.meeting)).text(first.forum_name.clone());
    element("section")
        .class("hit-g")
        .child(date)
        .child(element("div").child(element("h2").child(link)).child(element("ul").children(hits.iter().map(|hit| entry(hit, catalogue)))))
}

fn entry(hit: &SearchHit, catalogue: &Catalogue) -> Element {
    let texts = &catalogue.search;
    let what = match hit.kind.as_str() {
        "title" => texts.in_title.to_owned(),
        "comment" => texts.in_comment.to_owned(),
        _ if hit.heading.is_empty() => texts.in_text.to_owned(),
        _ => hit.heading.clone(),
    };
    let place = if hit.number.is_empty() { what } else { (texts.place)(&hit.number, &what) };
    let words = hit.pieces.iter().fold(element("a").attribute("href", format!("/m/{}#punkt-{}", hit.meeting, hit.item)), |line, piece| {
        if piece.hit { line.child(element("b").text(piece.text.clone())) } else { line.text(piece.text.clone()) }
    });
    element("li").class("hit").child(element("p").class("k").text(place)).child(element("p").class("s").child(words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::SearchPiece;
    use crate::catalogue::Language;
    use crate::render::html::to_html;

    #[test]
    fn hits_stand_by_their_meeting_with_the_words_marked() {
        let piece = |text: &str, hit| SearchPiece { text: text.to_owned(), hit };
        let hit = |meeting: &str, number: &str| SearchHit {
            meeting: meeting.parse().unwrap(),
            forum_name: "Kystkredsen".into(),
            date: Some("2027-01-14".into()),
            item: "i".parse().unwrap(),
            number: number.into(),
            kind: "decision".into(),
            heading: "Beslutning".into(),
            pieces: vec![piece("Fælles ", false), piece("<akutpladser>", true)],
        };
        let found = SearchAnswer { total: 3, hits: vec![hit("a", "2"), hit("b", "1"), hit("a", "4")] };
        let html = to_html(&search("akut \"plads\"", Some(&found), Catalogue::of(Language::Da)));
        assert_eq!(html.matches("class=\"hit-g\"").count(), 2);
        assert!(html.contains("Fælles <b>&lt;akutpladser&gt;</b>") && html.contains("Punkt 2, Beslutning"), "{html}");
        assert!(html.contains("href=\"/m/a#punkt-i\"") && html.contains("value=\"akut &quot;plads&quot;\""), "{html}");
        let empty = to_html(&search("x", Some(&SearchAnswer::default()), Catalogue::of(Language::Da)));
        assert!(empty.contains("role=\"status\""), "{empty}");
    }
}
