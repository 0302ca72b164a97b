//! Each rule of reading Word files by itself.

use dagsorden_shared::api::{Finding, LeftOutWhy as Why};

use super::make::{Parts, p, pp, r, rp, shown};

const HEADINGS: &str = "<w:style w:type=\"paragraph\" w:styleId=\"Overskrift1\"><w:name w:val=\"heading 1\"/></w:style>\
                        <w:style w:type=\"paragraph\" w:styleId=\"Overskrift2\"><w:name w:val=\"heading 2\"/></w:style>\
                        <w:style w:type=\"paragraph\" w:styleId=\"Egen\"><w:name w:val=\"Egen\"/><w:basedOn w:val=\"Overskrift2\"/></w:style>\
                        <w:style w:type=\"paragraph\" w:styleId=\"A\"><w:name w:val=\"A\"/><w:basedOn w:val=\"B\"/></w:style>\
                        <w:style w:type=\"paragraph\" w:styleId=\"B\"><w:name w:val=\"B\"/><w:basedOn w:val=\"A\"/></w:style>";

fn item(body: &str) -> Parts {
    Parts::body(format!("{}{body}", p("1. Kajer")))
}

fn check(body: &str, expected: &[&str]) {
    assert_eq!(shown(&item(body).read()), expected, "{body}");
}

fn style(name: &str) -> String {
    format!("<w:pStyle w:val=\"{name}\"/>")
}

fn in_list(id: u32, level: u32) -> String {
    format!("<w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{id}\"/></w:numPr>")
}

fn level(at: u32, format: &str, text: &str, more: &str) -> String {
    format!("<w:lvl w:ilvl=\"{at}\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{format}\"/>{more}<w:lvlText w:val=\"{text}\"/></w:lvl>")
}

/// Two definitions: 1 numbers, letters, roman; 2 bullets. Lists 1 and 3 use the first, 2 the second; 3 begins at 4.
fn lists() -> String {
    let numbers = [level(0, "decimal", "%1.", ""), level(1, "lowerLetter", "%2)", ""), level(2, "lowerRoman", "%3.", "")].concat();
    let bullets = [level(0, "bullet", "\u{f0b7}", ""), level(1, "bullet", "o", "")].concat();
    format!(
        "<w:abstractNum w:abstractNumId=\"1\">{numbers}</w:abstractNum><w:abstractNum w:abstractNumId=\"2\">{bullets}</w:abstractNum>\
         <w:num w:numId=\"1\"><w:abstractNumId w:val=\"1\"/></w:num><w:num w:numId=\"2\"><w:abstractNumId w:val=\"2\"/></w:num>\
         <w:num w:numId=\"3\"><w:abstractNumId w:val=\"1\"/><w:lvlOverride w:ilvl=\"0\"><w:startOverride w:val=\"4\"/></w:lvlOverride></w:num>"
    )
}

#[test]
fn headings_are_known_by_level_by_style_and_by_what_a_style_is_based_on() {
    for first in [style("Overskrift1"), "<w:outlineLvl w:val=\"0\"/>".to_owned()] {
        let mut parts = Parts::body(
            [
                p("Referat fra Kystforum"),
                pp(&first, "Velkomst"),
                pp(&style("Overskrift2"), "Først"),
                pp(&style("Overskrift2"), "Baggrund"),
                p("tekst uden stort begyndelsesbogstav"),
                pp(&style("Egen"), "Økonomi"),
                p("Tal."),
                pp("<w:outlineLvl w:val=\"2\"/>", "Nærmere"),
                p("Mere."),
                pp(&first, "Slut"),
                pp(&style("A"), "Intet i ring."),
            ]
            .concat(),
        );
        parts.styles = HEADINGS.to_owned();
        let imported = parts.read();
        let titles: Vec<_> = imported.meeting.items.iter().map(|item| (item.number.as_deref(), item.title.as_str())).collect();
        assert_eq!(titles, [(None, "Velkomst"), (None, "Slut")]);
        let expected = [
            "## Først",
            "== Baggrund",
            "tekst uden stort begyndelsesbogstav",
            "== Økonomi",
            "Tal.",
            "## Nærmere",
            "Mere.",
            "Intet i ring.",
        ];
        assert_eq!(shown(&imported), expected);
    }
}

#[test]
fn a_heading_by_its_id_alone_is_one_where_the_styles_are_missing() {
    let body = [pp(&style("Overskrift1"), "Velkomst"), p("Ja."), pp(&style("Heading1"), "Slut"), p("Nej.")].concat();
    assert_eq!(Parts::body(body).read().meeting.items.len(), 2);
}

#[test]
fn a_short_line_that_is_bold_is_a_sub_heading_and_one_that_is_not_is_text() {
    let bold = format!("<w:p>{}</w:p>", rp("<w:b/>", "Økonomi"));
    check(&format!("{bold}{}{}{}", p("Tal og mere."), p("Proces"), p("Gang.")), &["## Økonomi", "Tal og mere.", "Proces", "Gang."]);
}

#[test]
fn numbers_of_headings_come_from_their_list() {
    let style = "<w:style w:type=\"paragraph\" w:styleId=\"P\"><w:name w:val=\"heading 1\"/><w:pPr><w:numPr><w:numId w:val=\"7\"/></w:numPr></w:pPr></w:style>";
    let numbering = format!(
        "<w:abstractNum w:abstractNumId=\"5\">{}</w:abstractNum><w:num w:numId=\"7\"><w:abstractNumId w:val=\"5\"/></w:num>",
        level(0, "decimal", "Punkt %1:", "<w:pStyle w:val=\"P\"/>")
    );
    let body = [pp("<w:pStyle w:val=\"P\"/>", "Velkomst"), p("Ja."), pp("<w:pStyle w:val=\"P\"/>", "Slut"), p("Nej.")].concat();
    let imported = Parts { body, styles: style.to_owned(), numbering, ..Parts::default() }.read();
    let titles: Vec<_> = imported.meeting.items.iter().map(|item| (item.number.as_deref(), item.title.as_str())).collect();
    assert_eq!(titles, [(Some("1"), "Velkomst"), (Some("2"), "Slut")]);
}

#[test]
fn an_agenda_may_be_one_numbered_list() {
    let body = [p("Dagsorden"), pp(&in_list(1, 0), "Velkomst"), pp(&in_list(1, 1), "ved Bo"), pp(&in_list(1, 0), "Slut")].concat();
    let imported = Parts { body, numbering: lists(), ..Parts::default() }.read();
    assert_eq!(imported.meeting.items.iter().map(|item| item.title.as_str()).collect::<Vec<_>>(), ["Velkomst", "Slut"]);
    assert_eq!(shown(&imported), ["1. ved Bo"]);
}

#[test]
fn lists_have_levels_and_kinds_and_count_on_after_a_paragraph() {
    let mut parts = item(
        &[
            pp(&in_list(2, 0), "prik"),
            pp(&in_list(2, 1), "under"),
            p("Tal:"),
            pp(&in_list(1, 0), "et"),
            pp(&in_list(1, 1), "bogstav"),
            pp(&in_list(1, 2), "romer"),
            pp(&in_list(1, 0), "to"),
            p("Imellem."),
            pp(&in_list(1, 0), "tre"),
            pp(&in_list(1, 1), "bogstav igen"),
            pp(&in_list(0, 0), "ingen liste"),
        ]
        .concat(),
    );
    parts.numbering = lists();
    let expected = [
        "0- prik",
        "1- under",
        "Tal:",
        "0. et",
        "1. bogstav",
        "2. romer",
        "0. to",
        "Imellem.",
        "0=3. tre",
        "1. bogstav igen",
        "ingen liste",
    ];
    assert_eq!(shown(&parts.read()), expected);
}

#[test]
fn a_list_that_begins_later_keeps_its_numbers() {
    let mut parts = item(&[pp(&in_list(3, 0), "fire"), pp(&in_list(3, 0), "fem")].concat());
    parts.numbering = lists();
    assert_eq!(shown(&parts.read()), ["0=4. fire", "0. fem"]);
}

#[test]
fn the_list_of_a_style_is_a_list_of_the_level_that_it_says_or_is_named() {
    for (name, level) in [("Prik", 1), ("List Bullet 2", 0)] {
        let mut parts = item(&pp(&style("Prik"), "under"));
        parts.numbering = lists();
        let list = in_list(2, level);
        parts.styles =
            format!("<w:style w:type=\"paragraph\" w:styleId=\"Prik\"><w:name w:val=\"{name}\"/><w:pPr>{list}</w:pPr></w:style>");
        assert_eq!(shown(&parts.read()), ["1- under"], "{name}");
    }
}

#[test]
fn tracked_changes_are_accepted_and_told() {
    let body = format!(
        "<w:p>{}<w:ins w:id=\"1\">{}</w:ins><w:del w:id=\"2\"><w:r><w:delText>slettet</w:delText></w:r></w:del>\
         <w:moveFrom w:id=\"3\">{}</w:moveFrom><w:moveTo w:id=\"4\">{}</w:moveTo><w:ins w:id=\"5\"><w:del w:id=\"6\">{}</w:del></w:ins></w:p>",
        r("Det "),
        r("nye "),
        r("flyttet fra"),
        r("flyttede."),
        r("fortrudt"),
    );
    let imported = item(&body).read();
    assert_eq!(shown(&imported), ["Det nye flyttede."]);
    assert!(imported.findings.contains(&Finding::TrackedChanges { count: 6 }), "{:?}", imported.findings);
}

#[test]
fn a_deleted_paragraph_mark_joins_and_an_inserted_one_parts() {
    let deleted = format!("<w:p><w:pPr><w:rPr><w:del w:id=\"1\"/></w:rPr></w:pPr>{}</w:p>", r("Det er "));
    check(&[deleted, p("et afsnit.")].concat(), &["Det er et afsnit."]);
    let inserted = format!("<w:p><w:pPr><w:rPr><w:ins w:id=\"1\"/></w:rPr></w:pPr>{}</w:p>", r("Det er"));
    check(&[inserted, p("to afsnit.")].concat(), &["Det er", "to afsnit."]);
}

#[test]
fn of_fields_the_result_is_shown() {
    let field = |code: &str, result: &str| {
        format!(
            "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>{code}</w:instrText></w:r>\
             <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>{result}<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>"
        )
    };
    let nested = field("IF kode", &format!("{}{}", r("ydre "), field("PAGE", &r("indre"))));
    check(&format!("<w:p>{nested}</w:p>"), &["ydre indre"]);
    let in_code = format!(
        "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r>{}<w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>{}<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>",
        field("REF", &r("i koden")),
        r("vist")
    );
    check(&format!("<w:p>{in_code}</w:p>"), &["vist"]);
    check(
        &format!("<w:p>{}</w:p>", field(" HYPERLINK \"https://x.test\" \\l \"a\" ", &r("planen"))),
        &["planen {planen:https://x.test#a}"],
    );
    check(&format!("<w:p>{}</w:p>", field("HYPERLINK \\l \"a\"", &r("afsnittet"))), &["afsnittet"]);
    check(
        &format!("<w:p><w:fldSimple w:instr=\"HYPERLINK &quot;https://x.test&quot;\">{}</w:fldSimple></w:p>", r("her")),
        &["her {her:https://x.test}"],
    );
}

#[test]
fn a_field_without_an_end_hides_nothing() {
    let open = "<w:p><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>";
    check(&format!("{open}{}", p("Resten er her.")), &["Resten er her."]);
}

#[test]
fn hyperlinks_keep_their_words_and_their_address() {
    let mut parts = item(&format!(
        "<w:p>{}<w:hyperlink r:id=\"l\" w:anchor=\"top\">{}</w:hyperlink><w:hyperlink w:anchor=\"sted\">{}</w:hyperlink></w:p>",
        r("Se"),
        rp("<w:u w:val=\"single\"/>", " planen"),
        r(" her")
    ));
    parts.links = "<Relationship Id=\"l\" Type=\"x/hyperlink\" Target=\"https://x.test/p\" TargetMode=\"External\"/>".to_owned();
    assert_eq!(shown(&parts.read()), ["Se planen her { planen:https://x.test/p#top}"]);
}

#[test]
fn marks_come_from_the_run_and_from_its_styles() {
    let mut parts = item(&format!(
        "<w:p>{}{}{}{}{}</w:p>",
        rp("<w:b/>", "fed"),
        rp("<w:i/>", " skrå"),
        rp("<w:u w:val=\"single\"/><w:strike/>", " streg"),
        rp("<w:b w:val=\"0\"/><w:u w:val=\"none\"/>", " almindelig"),
        rp("<w:rStyle w:val=\"Stærk\"/>", " stærk")
    ));
    parts.styles = "<w:style w:type=\"character\" w:styleId=\"Stærk\"><w:name w:val=\"Strong\"/><w:rPr><w:b/></w:rPr></w:style>".to_owned();
    assert_eq!(shown(&parts.read()), ["fed skrå streg almindelig stærk {fed:b} { skrå:i} { streg:us} { stærk:b}"]);
}

#[test]
fn signs_that_mark_words_in_a_text_are_signs_here() {
    check(&p("Se [planen](#) og *stjerner* &lt;https://x.test&gt;"), &["Se [planen](#) og *stjerner* <https://x.test>"]);
}

#[test]
fn content_controls_are_read_wherever_they_stand() {
    let control = |inner: &str| format!("<w:sdt><w:sdtPr/><w:sdtContent>{inner}</w:sdtContent></w:sdt>");
    check(&control(&p("Om et afsnit.")), &["Om et afsnit."]);
    check(&format!("<w:p>{}{}</w:p>", r("Om "), control(&r("ord."))), &["Om ord."]);
    let cell = |text: &str| format!("<w:tc>{}</w:tc>", p(text));
    let row = |cells: &str| format!("<w:tr>{cells}</w:tr>");
    let table = format!(
        "<w:tbl>{}{}{}</w:tbl>",
        control(&row(&[cell("a"), cell("b")].concat())),
        row(&[control(&cell("c")), cell("d")].concat()),
        row(&[format!("<w:tc>{}</w:tc>", control(&p("e"))), cell("f")].concat())
    );
    check(&control(&table), &["a|b / c|d / e|f"]);
    check(
        &format!("<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>{}", "<w:p/>", p("Slut.")),
        &["Slut."],
    );
    let hint = "<w:p><w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>Klik her</w:t></w:r></w:sdtContent></w:sdt></w:p>";
    check(&[hint.to_owned(), p("Slut.")].concat(), &["Slut."]);
}

#[test]
fn of_alternatives_one_is_read_and_text_boxes_come_after_their_paragraph() {
    let text_box = |text: &str| format!("<wps:txbx><w:txbxContent>{}</w:txbxContent></wps:txbx>", p(text));
    let body = format!(
        "<w:p><w:r><mc:AlternateContent><mc:Choice Requires=\"wps\"><w:drawing>{}</w:drawing></mc:Choice><mc:Fallback><w:pict>{}</w:pict>\
         </mc:Fallback></mc:AlternateContent></w:r>{}</w:p>",
        text_box("I boksen."),
        text_box("I boksen."),
        r("Før boksen.")
    );
    check(&body, &["Før boksen.", "I boksen."]);
    check("<w:p><w:r><mc:AlternateContent><mc:Fallback><w:t>Kun her.</w:t></mc:Fallback></mc:AlternateContent></w:r></w:p>", &["Kun her."]);
}

#[test]
fn footnotes_stand_in_brackets() {
    let mut parts = item(&format!("<w:p>{}<w:r><w:footnoteReference w:id=\"2\"/></w:r>{}</w:p>", r("Loven"), r(" gælder.")));
    parts.footnotes = format!(
        "<w:footnote w:type=\"separator\" w:id=\"0\">{}</w:footnote><w:footnote w:id=\"2\">{}</w:footnote>",
        p("streg"),
        p("Fra 2026.")
    );
    assert_eq!(shown(&parts.read()), ["Loven [Fra 2026.] gælder."]);
}

#[test]
fn hidden_text_is_none() {
    check(&format!("<w:p>{}{}</w:p>", r("Vist"), rp("<w:vanish/>", " skjult")), &["Vist"]);
}

#[test]
fn signs_between_words_are_kept() {
    let body = "<w:p><w:r><w:t>KKR</w:t><w:noBreakHyphen/><w:t>møde</w:t><w:softHyphen/><w:t>r</w:t><w:tab/><w:t>nu</w:t>\
                <w:sym w:font=\"Wingdings\" w:char=\"F0FC\"/><w:br/><w:t>Ny linje</w:t></w:r></w:p>";
    check(body, &["KKR-møder nu✓", "Ny linje"]);
    check("<w:p><m:oMath><m:r><m:t>x=2</m:t></m:r></m:oMath></w:p>", &["x=2"]);
    check(&p("A &amp; B &#8211; &lt;C&gt;"), &["A & B – <C>"]);
}

#[test]
fn merged_cells_leave_empty_ones_and_nested_tables_are_text() {
    let cell = |properties: &str, inner: &str| format!("<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>");
    let row = |properties: &str, cells: &[String]| format!("<w:tr><w:trPr>{properties}</w:trPr>{}</w:tr>", cells.concat());
    let nested = format!("<w:tbl>{}</w:tbl>{}", row("", &[cell("", &p("inde")), cell("", &p("i"))]), p("cellen"));
    let table = [
        row("<w:tblHeader/>", &[cell("<w:gridSpan w:val=\"3\"/>", &p("Oversigt"))]),
        row("", &[cell("<w:vMerge w:val=\"restart\"/>", &p("Kaj")), cell("", &p("4")), cell("", &format!("{}{}", p("to"), p("afsnit")))]),
        row("", &[cell("<w:vMerge/>", "<w:p/>"), cell("", &p("5")), cell("", &nested)]),
        row("<w:del w:id=\"1\"/>", &[cell("", &p("slettet")), cell("", &p("række")), cell("", &p("nu"))]),
        row("<w:gridBefore w:val=\"1\"/>", &[cell("", &p("6")), cell("", "<w:p/>")]),
    ];
    check(&format!("<w:tbl>{}</w:tbl>", table.concat()), &["Oversigt|| / Kaj|4|to afsnit / |5|inde i cellen / |6|"]);
    check(
        &format!("<w:tbl>{}</w:tbl>", row("", &[cell("<w:gridSpan w:val=\"999999999\"/>", &p("bred")), cell("", &p("b"))])),
        &[&format!("bred{}|b", "|".repeat(62))],
    );
}

#[test]
fn a_table_that_only_lays_out_text_is_text() {
    let table = format!("<w:tbl><w:tr><w:tc>{}{}</w:tc></w:tr></w:tbl>", p("Baggrund"), p("I en ramme."));
    check(&table, &["== Baggrund", "I en ramme."]);
}

#[test]
fn an_agenda_may_be_a_table_with_an_item_a_row() {
    let row = |number: &str, cells: &[&str]| {
        let cells: String = cells.iter().map(|text| format!("<w:tc>{}</w:tc>", p(text))).collect();
        format!("<w:tr><w:tc>{}</w:tc>{cells}</w:tr>", p(number))
    };
    let body = [
        p("Dagsorden"),
        format!(
            "<w:tbl>{}{}{}</w:tbl>",
            row("Nr.", &["Emne", "Referat"]),
            row("1", &["Velkomst", "Bo bød velkommen."]),
            row("2.", &["Slut", "Tak."])
        ),
    ];
    let imported = Parts::body(body.concat()).read();
    let titles: Vec<_> = imported.meeting.items.iter().map(|item| (item.number.as_deref(), item.title.as_str())).collect();
    assert_eq!(titles, [(Some("1"), "Velkomst"), (Some("2"), "Slut")]);
    assert_eq!(shown(&imported), ["Bo bød velkommen.", "Tak."]);
}

#[test]
fn a_header_in_a_table_is_a_header() {
    let row = |label: &str, value: &str| format!("<w:tr><w:tc>{}</w:tc><w:tc>{value}</w:tc></w:tr>", p(label));
    let table = [
        row("Tid:", &p("8. maj 2026 kl. 9-11")),
        row("Sted", &p("Havnehuset")),
        row("Deltagere", &[p("Bo Lund, direktør"), p("Ida Holm")].concat()),
    ];
    let body = [p("Referat fra Kystforum"), format!("<w:tbl>{}</w:tbl>", table.concat()), p("1. Kajer"), p("Ja.")].concat();
    let meeting = Parts::body(body).read().meeting;
    assert_eq!(
        (meeting.date.as_deref(), meeting.end.as_deref(), meeting.place.as_deref()),
        (Some("2026-05-08"), Some("11:00"), Some("Havnehuset"))
    );
    assert_eq!(meeting.participants.iter().map(|person| person.name.as_str()).collect::<Vec<_>>(), ["Bo Lund", "Ida Holm"]);
}

#[test]
fn the_table_of_contents_and_what_stands_on_every_page_are_left_out() {
    let mut parts = Parts::body(
        [
            pp(&style("Indholds1"), "Kajer\t3"),
            format!("<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val=\"Table of Contents\"/></w:docPartObj></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>", p("Slut 4")),
            p("1. Kajer"),
            p("Ja."),
            "<w:sectPr><w:headerReference w:type=\"default\" r:id=\"h\"/></w:sectPr>".to_owned(),
        ]
        .concat(),
    );
    parts.styles = "<w:style w:type=\"paragraph\" w:styleId=\"Indholds1\"><w:name w:val=\"toc 1\"/></w:style>".to_owned();
    parts.header = [p("Kystforum på hver side"), p("Sags ID: SAG-4")].concat();
    let imported = parts.read();
    assert_eq!(shown(&imported), ["Ja."]);
    assert_eq!(imported.meeting.case_id.as_deref(), Some("SAG-4"));
    let left: Vec<_> = imported.left_out.iter().map(|left| (left.text.as_str(), left.why)).collect();
    assert_eq!(
        left,
        [("Kajer 3", Why::Contents), ("Slut 4", Why::Contents), ("Kystforum på hver side", Why::Page), ("Sags ID: SAG-4", Why::Page)]
    );
}

#[test]
fn comments_pictures_and_inner_files_are_told() {
    let mut parts = item(&format!(
        "<w:p><w:commentRangeStart w:id=\"5\"/>{}</w:p><w:p><w:ins w:id=\"1\">{}</w:ins><w:commentRangeEnd w:id=\"5\"/><w:r><w:commentReference w:id=\"5\"/></w:r></w:p>\
         <w:p><w:r><w:drawing><a:pic/></w:drawing></w:r></w:p><w:altChunk r:id=\"x\"/>",
        r("Over "),
        r("flere afsnit")
    ));
    parts.comments = format!(
        "<w:comment w:id=\"5\" w:author=\"Eva Kjær\">{}</w:comment><w:comment w:id=\"6\" w:author=\"Bo\">{}</w:comment>",
        p("Er det nok?"),
        p("Løs.")
    );
    let imported = parts.read();
    let comment =
        |author: &str, words: &str, text: &str| Finding::Comment { author: author.into(), words: words.into(), text: text.into() };
    let expected = [
        Finding::NoDate,
        comment("Eva Kjær", "Over flere afsnit", "Er det nok?"),
        comment("Bo", "", "Løs."),
        Finding::TrackedChanges { count: 1 },
        Finding::Pictures { count: 1 },
        Finding::InnerFiles { count: 1 },
    ];
    assert_eq!(imported.findings, expected);
}

/// Numbers before tabs, a title that stands below the forum's name, attachments with their numbers: as this program itself writes Word files.
#[test]
fn numbers_before_tabs_titles_quotations_and_table_heads_are_known() {
    let cell = |text: &str| format!("<w:tc><w:p>{}</w:p></w:tc>", rp("<w:b/>", text));
    let table = format!("<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr>{}{}</w:tr></w:tbl>", cell("År"), cell("Meter"));
    let body = [
        p("Kystforum"),
        pp(&style("T"), "Referat 8. maj 2026"),
        pp(&style("Overskrift1"), "4a\tKajer"),
        pp(&style("Overskrift2"), "Baggrund"),
        pp(&in_list(2, 0), "prik"),
        pp("<w:ind w:left=\"360\"/>", "under prikken"),
        pp(&style("C"), "Sådan skrev de."),
        table,
        pp(&style("Overskrift2"), "Bilag"),
        p("2\tPlan for kajer (eftersendes)"),
        p("–\tKort"),
        pp(&style("Overskrift1"), "5\tSlut"),
    ];
    let own = "<w:style w:type=\"paragraph\" w:styleId=\"T\"><w:name w:val=\"Title\"/></w:style>\
               <w:style w:type=\"paragraph\" w:styleId=\"C\"><w:name w:val=\"Quote\"/></w:style>";
    let imported = Parts { body: body.concat(), styles: format!("{HEADINGS}{own}"), numbering: lists(), ..Parts::default() }.read();
    assert_eq!((imported.meeting.title.as_str(), imported.meeting.forum.as_str()), ("Referat 8. maj 2026", "Kystforum"));
    let titles: Vec<_> = imported.meeting.items.iter().map(|item| (item.number.as_deref(), item.title.as_str())).collect();
    assert_eq!(titles, [(Some("4a"), "Kajer"), (Some("5"), "Slut")]);
    assert_eq!(shown(&imported), ["== Baggrund", "0- prik", "> under prikken", "\" Sådan skrev de.", "År|Meter"]);
    let files: Vec<_> = imported.meeting.items[0].attachments.iter().map(|file| (file.number.as_deref(), file.title.as_str())).collect();
    assert_eq!(files, [(Some("2"), "Plan for kajer"), (None, "Kort")]);
}

#[test]
fn paragraphs_of_word_are_never_joined() {
    let long = "Kajerne bliver bygget over en kort årrække, og derved kunne";
    check(&[p(long), p("havnen vokse.")].concat(), &[long, "havnen vokse."]);
}
