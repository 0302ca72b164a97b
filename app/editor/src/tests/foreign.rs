//! HTML that other programs put on the clipboard, parsed as browsers parse it, and what is pasted of it.

use std::time::{Duration, Instant};

use scraper::{ElementRef, Html, Node};

use super::notation::{check, counting, print, run, section};
use crate::EditorState;
use crate::clipboard::html::{self, Element, Foreign};
use crate::clipboard::paste::paste_lines;

/// The tree that the page hands over.
fn tree(source: &str) -> Element {
    foreign(Html::parse_document(&html::inert(source)).root_element())
}

fn foreign(element: ElementRef<'_>) -> Element {
    let children = element.children().filter_map(|child| match child.value() {
        Node::Text(text) => Some(Foreign::Text(text.to_string())),
        _ => ElementRef::wrap(child).map(|element| Foreign::Element(foreign(element))),
    });
    Element {
        name: element.value().name().to_owned(),
        attributes: html::attributes(element.value().name(), &|name| element.value().attr(name).map(str::to_owned)),
        children: children.collect(),
    }
}

fn pasted(source: &str) -> impl Fn(&EditorState) -> Option<crate::Transaction> {
    let lines = html::read(&tree(source), source);
    move |state| paste_lines(state, &lines, &mut counting())
}

/// What is pasted into an empty line, without the caret.
#[track_caller]
fn reads(source: &str, expected: &str) {
    let state = run(&section("|⏎"), pasted(source));
    assert_eq!(print(&state).replace('|', ""), expected, "from {source}");
}

#[test]
fn blocks_become_lines_and_source_line_breaks_spaces() {
    reads("<p>a\n  b</p>\n\n<p>c</p>", "a b⏎ c⏎");
    reads("<div>a<div>b</div>c</div><section> d </section><div></div>", "a⏎ b⏎ c⏎ d⏎");
    reads("a<br>b<br><br>c", "a⏎ b⏎ ⏎ c⏎");
    reads("<p>a<br></p><p><br></p><p></p><p>&nbsp;</p><p>b</p><br>", "a⏎ ⏎ ⏎ b⏎");
    reads("<h1>a</h1><h2>b</h2><h4>c</h4><h6>d</h6><blockquote><p>e</p><p>f</p></blockquote>", "a⏎h1 b⏎h2 c⏎h3 d⏎h3 e⏎q f⏎q");
    reads("<pre>a\n  b\n\nc\n</pre>", "a⏎   b⏎ ⏎ c⏎");
    reads("<h2><br></h2><p>a</p>", "⏎ a⏎");
}

#[test]
fn comments_of_word_stay_behind_and_tracked_changes_are_accepted() {
    reads(
        "<p>Vi <a style='mso-comment-reference:KH_1;mso-comment-date:20260110T0900'>tager</a><span class=MsoCommentReference>\
         <span style='font-size:8.0pt'><a class=msocomanchor id='_anchor_1' href='#_msocom_1' name='_msoanchor_1'>[KH1]</a>\
         <span style='mso-special-character:comment'>&nbsp;</span></span></span> sagen.</p>\
         <div style='mso-element:comment-list'><hr class=msocomoff><div style='mso-element:comment'><div id='_com_1' class=msocomtxt>\
         <p class=MsoCommentText><a href='#_msoanchor_1' class=msocomoff>[KH1]</a> Er det rigtigt?</p></div></div></div>",
        "Vi tager sagen.⏎",
    );
    reads("<p>a<sup><a href='#cmnt1' id='cmnt_ref1'>[a]</a></sup> b</p>", "a b⏎");
    reads(
        "<p>Prisen er <del cite='mailto:Karen%20Holm' datetime='2026-01-10T09:00'>10</del><ins cite='mailto:Karen%20Holm' datetime='2026-01-10T09:00'>12</ins> kr.</p>",
        "Prisen er 12 kr.⏎",
    );
    // Without a date they are how the text was set.
    let state = run(&section("|⏎"), pasted("<del>a</del>"));
    assert!(state.body().lines()[0].runs[0].marks().strike);
}

#[test]
fn footnotes_of_word_are_text_at_the_end() {
    reads(
        "<p>Taksten<a style='mso-footnote-id:ftn1' href='#_ftn1' name='_ftnref1'><span class=MsoFootnoteReference>[1]</span></a> stiger.</p>\
         <div style='mso-element:footnote-list'><hr align=left size=1 width='33%'><div style='mso-element:footnote' id=ftn1>\
         <p class=MsoFootnoteText><a href='#_ftnref1' name='_ftn1'><span class=MsoFootnoteReference>[1]</span></a> Uden moms.</p></div></div>",
        "Taksten[1] stiger.⏎ [1] Uden moms.⏎",
    );
}

#[test]
fn a_list_keeps_its_numbers() {
    reads("<ol start=3><li>a</li><li>b</li></ol>", "a⏎o=3 b⏎o");
    reads("<ol><li>a</li><li value=4>b</li><li>c</li></ol>", "a⏎o b⏎o=4 c⏎o");
    reads("<ol start=2><li>a<ol start=3><li>b</li></ol></li><li>c</li></ol>", "a⏎o=2 b⏎o1=3 c⏎o");
    reads("<ol><li>a<p>b</p></li><li>c</li></ol>", "a⏎o b⏎p1 c⏎o=2");
    reads("<ol><li>a</li></ol><ol><li>b</li></ol>", "a⏎o b⏎o=1");
    reads("<ol><li>a</li></ol><ul><li value=7>b</li></ul>", "a⏎o b⏎b");
    check(pasted("<ol start=5><li>x</li><li>y</li></ol>"), "a⏎o b|⏎o", "a⏎o bx⏎o y|⏎o");
    // Word Online: each item is a list of its own.
    reads("<ol><li>a</li></ol><div><ol start=2><li>b</li></ol></div>", "a⏎o b⏎o");
    reads("<ol><li>a</li></ol><p>c</p><ol start=2><li>b</li></ol><ol start=3><li>d</li></ol>", "a⏎o c⏎ b⏎o=2 d⏎o");
    reads("<ol start=x><li>a</li></ol><ol start=4000000000><li>b</li></ol>", "a⏎o b⏎o");
    reads(
        "<ol><li data-aria-level=1>a</li></ol><ol><li data-aria-level=1>b</li></ol><ol start=2><li data-aria-level=2>c</li></ol>",
        "a⏎o b⏎o c⏎o1=2",
    );
}

#[test]
fn only_what_is_allowed_passes() {
    reads(
        "<title>t</title><style>p{}</style><p onclick=x class=c id=i>a<script>b</script><!-- c --><span style='display:none'>d</span>\
         <span style='mso-hide:all'>e</span><svg><text>f</text></svg><object>g</object><iframe>h</iframe><i hidden>j</i></p>",
        "a⏎",
    );
    reads("<a href='javascript:1'>a</a> <a href='https://x.test'>b</a> <a href='/c'>c</a>", "a {b}(https://x.test) c⏎");
    reads("<custom-tag>a<img src=x alt=y></custom-tag>", "a⏎");
    assert!(html::read(&tree("<script>1</script><p> </p>\n"), "").is_empty());
}

#[test]
fn marks_come_from_tags_and_styles() {
    reads("<b>a</b><strong>b</strong><span style='font-weight:700'>c</span><span style='font-weight:400'>d</span>", "*abc*d⏎");
    reads("<i>a</i><em>b</em><span style='font-style:italic'>c</span>d", "_abc_d⏎");
    reads("<b>a <i>b</i></b>", "*a **_b_*⏎");
    let state = run(&section("|⏎"), pasted("<u>a</u><s>b</s><del>c</del><span style='text-decoration: underline line-through'>d</span>"));
    let marks: Vec<_> = state.line(0).runs.iter().map(|run| (run.text.as_str(), run.marks().underline, run.marks().strike)).collect();
    assert_eq!(marks, [("a", true, false), ("bc", false, true), ("d", true, true)]);
    let link = run(&section("|⏎"), pasted("<a href='https://x.test'><u>a</u></a>"));
    assert!(!link.line(0).runs[0].marks().underline, "links are underlined by themselves");
    reads("<h2 style='font-weight:700'>a <b>b</b></h2>", "a *b*⏎h2");
}

#[test]
fn no_break_spaces_are_spaces_when_they_stand_alone() {
    reads("<p>a<span>&nbsp;</span>b&nbsp;<b>c</b></p>", "a b *c*⏎");
    reads("<p>a&nbsp;&nbsp;b</p>", "a\u{A0}\u{A0}b⏎");
    reads("<p>so&shy;ci&#xFEFF;al\u{2028}x</p>", "social x⏎");
    check(pasted("<meta charset='utf-8'><span>x&nbsp;</span>"), "a|b⏎", "ax |b⏎");
}

#[test]
fn nested_lists_and_what_follows_in_an_item() {
    reads("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "a⏎b b⏎b1 c⏎b");
    reads("<ol><li><p>a</p><ul><li>b</li></ul></li></ol>", "a⏎o b⏎b1");
    reads("<ul><li>a<br>b</li><li><p>c</p><p>d</p></li></ul><p>e</p>", "a⏎b b⏎p1 c⏎b d⏎p1 e⏎");
    reads("<ul>\n <li></li>\n <li>a</li>\n</ul>", "a⏎b");
    reads("<blockquote><ul><li>a</li></ul></blockquote>", "a⏎b");
    let deep = "<ul><li>x".repeat(12);
    assert!(html::read(&tree(&deep), &deep).iter().all(|line| line.format().indent <= 8));
}

#[test]
fn word_paragraphs_become_lists_by_their_styles() {
    let source = "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><style><!--\n@list l0\n\t{mso-list-id:1;}\n@list l0:level1\n\t{mso-level-number-format:bullet;\n\tmso-level-text:\u{F0B7};}\n@list l0:level2\n\t{mso-level-tab-stop:none;}\n--></style></head>\
        <body lang=DA><!--StartFragment-->\
        <h1>Sag<o:p></o:p></h1>\
        <p class=MsoNormal>Første\nlinje <b>fed</b><o:p></o:p></p>\
        <p class=MsoNormal><o:p>&nbsp;</o:p></p>\
        <p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>Punkt<o:p></o:p></p>\
        <p class=MsoListParagraphCxSpLast style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o<span>&nbsp; </span></span>Under<o:p></o:p></p>\
        <p style='mso-list:l9 level1 lfo2'><span style='mso-list:Ignore'>1)<span>&nbsp;</span></span>Tal</p>\
        <p style='mso-list:l8 level3 lfo2'><span style='mso-list:Ignore'>§ </span>Dybt</p>\
        <p style='mso-list:none'>Slut</p><!--EndFragment--></body></html>";
    reads(source, "Sag⏎h1 Første linje *fed*⏎ ⏎ Punkt⏎b Under⏎b1 Tal⏎o Dybt⏎b2 Slut⏎");
    let list = |level: &str, marker: &str| {
        let style = "<style>@list l0:level1 {mso-level-number-format:bullet} @list l0:level2 {mso-level-tab-stop:none} @list l0:level3 {mso-level-number-format:alpha-lower}</style>";
        format!("{style}<p style='mso-list:l0 {level} lfo1'><span style='mso-list:Ignore'>{marker}</span>x</p>")
    };
    reads(&list("level1", "1."), "x⏎b");
    reads(&list("level2", "o"), "x⏎b1");
    reads(&list("level2", "1."), "x⏎o1");
    reads(&list("level2", ""), "x⏎b1");
    reads(&list("level3", "a"), "x⏎o2");
}

#[test]
fn a_list_of_word_that_goes_on_below_a_paragraph_keeps_its_numbers() {
    let item = |level: &str, marker: &str, text: &str| {
        let marker = format!("<span style='mso-list:Ignore'>{marker}<span>&nbsp;</span></span>");
        format!("<p style='mso-list:l0 {level} lfo1'>{marker}{text}</p>")
    };
    let one = |marker, text| item("level1", marker, text);
    let source = [one("1.", "a"), one("2.", "b"), "<p>Men</p>".into(), one("3.", "c"), one("4.", "d"), "<p>Og</p>".into(), one("1.", "e")];
    reads(&source.concat(), "a⏎o b⏎o Men⏎ c⏎o=3 d⏎o Og⏎ e⏎o");
    let source = [one("1.", "a"), item("level2", "a)", "b"), item("level2", "b)", "c"), one("2.", "d"), item("level2", "c)", "e")];
    reads(&source.concat(), "a⏎o b⏎o1 c⏎o1 d⏎o e⏎o1=3");
}

#[test]
fn word_online_lists_have_their_level_in_an_attribute() {
    let source = "<div class='ListContainerWrapper SCXW1'><ul><li data-aria-level='1'><p><span>a</span><span class='EOP' data-ccp-props='{}'>&nbsp;</span></p></li></ul></div>\
        <div class='ListContainerWrapper SCXW1'><ul><li data-aria-level='2'><p>b</p></li></ul></div>\
        <div class='ListContainerWrapper SCXW1'><ol><li data-aria-level='1'><p>c</p></li></ol></div><div><p>d<b>&nbsp;</b> </p></div>";
    reads(source, "a⏎b b⏎b1 c⏎o d⏎");
}

#[test]
fn google_docs_wraps_everything_in_a_bold_that_is_none() {
    let source = "<meta charset='utf-8'><b style=\"font-weight:normal;\" id=\"docs-internal-guid-1\">\
        <h1 dir=\"ltr\"><span style=\"font-weight:400;white-space:pre;white-space:pre-wrap;\">Titel</span></h1>\
        <p dir=\"ltr\"><span style=\"font-weight:400;text-decoration:none;white-space:pre-wrap;\">en </span><span style=\"font-weight:700;font-style:italic;\">to</span></p><br />\
        <ul><li dir=\"ltr\" aria-level=\"1\"><p dir=\"ltr\" role=\"presentation\"><span style=\"font-weight:400\">a</span></p></li>\
        <ul><li dir=\"ltr\" aria-level=\"2\"><p role=\"presentation\"><span>b</span></p></li></ul>\
        <li><p><a href=\"https://x.test\" style=\"text-decoration:none;\"><span style=\"text-decoration:underline;\">c</span></a></p></li></ul></b><br class=\"Apple-interchange-newline\">";
    reads(source, "Titel⏎h1 en *_to_*⏎ ⏎ a⏎b b⏎b1 {c}(https://x.test)⏎b");
}

#[test]
fn tables_become_tables_with_new_ids() {
    let excel = "<html><body><table border=0><!--StartFragment--><col width=64 span=2><tr height=20><td class=xl1>Post</td><td align=right x:num>1.204</td></tr>\
        <tr><td>a<br>b</td><td><p>c</p><p>d</p></td></tr><!--EndFragment--></table></body></html>";
    reads(excel, "Post⏎R3C1 1.204⏎R3C2 a b⏎R4C1 c d⏎R4C2 ⏎");
    check(pasted(excel), "x|y⏎h2", "x⏎h2 Post⏎R3C1 1.204⏎R3C2 a b⏎R4C1 c d⏎R4C2 |y⏎h2");
    check(pasted(excel), "A⏎r1c1 |⏎", "A⏎r1c1 ⏎ Post⏎R3C1 1.204⏎R3C2 a b⏎R4C1 c d⏎R4C2 |⏎");
    reads("<p>x</p><table><tr><td>a</td><td>b</td></tr></table><p>y</p>", "x⏎ a⏎R3C1 b⏎R3C2 y⏎");
    reads("<table><tr><td>a<td>b</table><table><tr><td>c<td>d</table>", "a⏎R3C1 b⏎R3C2 ⏎ c⏎R6C4 d⏎R6C5 ⏎");
}

#[test]
fn spans_are_taken_apart_and_every_row_is_whole() {
    let columns = "<table><tr><td colspan=2>a</td><td>b</td></tr><tr><td>c</td><td>d</td><td>e</td></tr></table>";
    reads(columns, "a⏎R4C1 ⏎R4C2 b⏎R4C3 c⏎R5C1 d⏎R5C2 e⏎R5C3 ⏎");
    let rows = "<table><tr><th rowspan=2>a</th><th>b</th></tr><tr><td>c</td></tr><tr><td>d</td></tr></table>";
    reads(rows, "a⏎R3C1 b⏎R3C2 ⏎R4C1 c⏎R4C2 d⏎R5C1 ⏎R5C2 ⏎");
}

#[test]
fn a_table_of_one_cell_or_for_the_layout_is_text() {
    reads("<table><tr><td>a</td></tr></table>", "a⏎");
    reads("<table role=presentation><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>", "a⏎ b⏎ c⏎");
    reads("<table><tr><td>a<table><tr><td>b<td>c</table><td>d</table>", "a b c⏎R3C1 d⏎R3C2 ⏎");
}

#[test]
fn into_a_cell_only_text_is_pasted() {
    check(pasted("<p><b>x</b>\ty</p><ul><li>z</li></ul>"), "A|1⏎r1c1 ⏎", "Ax y z|1⏎r1c1 ⏎");
    check(pasted("<table><tr><td>a<td>b</table>"), "A|1⏎r1c1 ⏎", "Aa b|1⏎r1c1 ⏎");
}

#[test]
fn foreign_lines_are_placed_like_all_others() {
    check(pasted("<h2>x</h2>"), "a|b⏎b", "ax|b⏎b");
    check(pasted("<h2>x</h2>"), "|⏎", "x|⏎h2");
    check(pasted("<h2>x</h2>"), "|⏎b", "x|⏎b");
    check(pasted("<ul><li>x</li><li>y</li></ul>"), "|⏎ z⏎", "x⏎b y|⏎b z⏎");
    check(pasted("<ul><li>x</li><li>y</li></ul>"), "a|b⏎q", "ax⏎q y|b⏎q");
    check(pasted("<p>x</p><h2>y</h2><p>z</p>"), "a[b⏎h1 c]d⏎", "ax⏎h1 y⏎h2 z|d⏎h1");
}

#[test]
fn two_hundred_word_paragraphs_are_read_and_placed_in_no_time() {
    let paragraph = "<p class=MsoListParagraph style='margin-left:36.0pt;mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·&nbsp;</span>\
        Kommunerne <b>drøfter</b> <span lang=DA style='font-family:Calibri'>sagen og indstiller, at den tages til efterretning</span><o:p></o:p></p>\n";
    let spent = |count: usize| -> Duration {
        let source = paragraph.repeat(count);
        let tree = tree(&source);
        let state = section("|⏎");
        let start = Instant::now();
        let lines = html::read(&tree, &source);
        let pasted = run(&state, |state| paste_lines(state, &lines, &mut counting()));
        assert_eq!(pasted.body().lines().len(), count);
        start.elapsed()
    };
    // Others use this machine too: one quiet moment of several is enough.
    let ever = |holds: &dyn Fn() -> bool| (0..6).any(|_| holds());
    assert!(ever(&|| spent(200) < Duration::from_millis(100)), "also unoptimised");
    // Eight times as much takes about eight times as long; a quadratic reader would take sixty times.
    assert!(ever(&|| spent(4_000) < spent(500) * 25), "linear");
}

#[test]
fn whatever_html_comes_the_text_stays_well_formed() {
    let pieces = [
        "<p>",
        "</p>",
        "<ul>",
        "<li>",
        "</li>",
        "</ul>",
        "<table>",
        "<tr>",
        "<td>",
        "</td>",
        "</table>",
        "<br>",
        "<b>",
        "</b>",
        "x",
        " ",
        "&nbsp;",
        "\u{1F600}",
        "<h2>",
        "<blockquote>",
        "<pre>a\nb",
        "<o:p>",
        "<span style='mso-list:Ignore'>",
        "<p style='mso-list:l0 level9 lfo1'>",
        "\n",
        "<li data-aria-level='99'>",
        "<td colspan=9>",
        "\u{0}\u{2029}",
    ];
    arbtest::arbtest(|u| {
        let mut source = String::new();
        for _ in 0..u.int_in_range(0..=25)? {
            source.push_str(u.choose(&pieces)?);
        }
        let lines = html::read(&tree(&source), &source);
        let start = *u.choose(&["|⏎", "a|b⏎h2", "A⏎r1c1 |⏎ B⏎r2c2 ⏎", "A⏎r1c1 a[b⏎ A]⏎r2c2 c⏎"])?;
        let state = run(&section(start), |state| paste_lines(state, &lines, &mut counting()));
        super::properties::check_invariants(&state);
        Ok(())
    })
    .budget_ms(1_000);
}
