//! Copy, cut and paste by the browser's own clipboard.

use anyhow::{Result, ensure};
use dagsorden_tests::browser::Kind;
use serde_json::{Value, json};

use super::sheet::Sheet;

/// What another program leaves on the clipboard is put there by a copy in this page, which the page itself does not hear of.
const LOAD: &str = r#"
    const [forms] = arguments;
    addEventListener("copy", (event) => {
        for (const [type, text] of Object.entries(forms)) { event.clipboardData.setData(type, text); }
        event.preventDefault();
        event.stopImmediatePropagation();
    }, { capture: true, once: true });
"#;

/// Hears what the page puts on the clipboard.
const LISTEN: &str = r#"
    addEventListener(arguments[0], (event) => {
        window.__copied = [event.clipboardData.getData("text/plain"), event.clipboardData.getData("text/html")];
    }, { once: true });
"#;

/// What is on the clipboard, what stands in the text, and what stands there afterwards.
struct Paste {
    name: &'static str,
    html: Option<&'static str>,
    plain: &'static str,
    before: &'static str,
    after: &'static str,
}

impl Paste {
    const fn plain(name: &'static str, plain: &'static str, before: &'static str, after: &'static str) -> Self {
        Self { name, html: None, plain, before, after }
    }

    const fn html(name: &'static str, html: &'static str, before: &'static str, after: &'static str) -> Self {
        Self { name, html: Some(html), plain: "(plain)", before, after }
    }
}

const WORD: &str = r#"<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!--
@list l0:level1 {mso-level-number-format:bullet;}
--></style></head><body lang=DA><!--StartFragment-->
<h1>Over<o:p></o:p></h1>
<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>·<span>&nbsp;&nbsp; </span></span><![endif]>en
to<o:p></o:p></p>
<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level2 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>1.<span>&nbsp; </span></span><![endif]><b>tre</b><o:p></o:p></p>
<!--EndFragment--></body></html>"#;

const DOCS: &str = r#"<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr"><span style="font-weight:400">a</span><span style="font-weight:700">b</span></p><br><ul><li dir="ltr"><p>c</p></li><ul><li><p>d</p></li></ul></ul></b>"#;

const WORD_ONLINE: &str = r#"<div class="ListContainerWrapper SCXW1"><ul role="list"><li role="listitem" data-aria-level="1"><p><span>a</span><span>&nbsp;</span></p></li></ul></div><div class="ListContainerWrapper SCXW1"><ul><li data-aria-level="2"><p>b</p></li></ul></div><div class="ListContainerWrapper SCXW1"><ol><li data-aria-level="1"><p>c</p></li></ol></div>"#;

const EXCEL: &str = "<html><body><table><!--StartFragment--><tr><td>A</td><td>B</td></tr><tr><td>C</td><td>D</td></tr><!--EndFragment--></table></body></html>";

const PASTES: &[Paste] = &[
    Paste::plain("33 lines of text", "a\r\nb\r\n\r\nc", "|⏎", "a⏎ b⏎ ⏎ c|⏎"),
    Paste::plain("one line into the middle", "xy", "a|b⏎h2", "axy|b⏎h2"),
    Paste::plain("lines into the middle", "x\ny", "a|b⏎b", "ax⏎b y|b⏎b"),
    Paste::plain("over a range", "x", "a[b⏎ c]d⏎", "ax|d⏎"),
    Paste::plain("marks of a list", "- a\n- b", "|⏎", "a⏎b b|⏎b"),
    Paste::plain("characters that must not be", "a\u{0}b\u{2028}c\u{feff}\u{ad}d", "|⏎", "ab⏎ cd|⏎"),
    Paste::plain("lines into an empty line are those lines", "x\ny", "a⏎b |⏎b", "a⏎b x⏎ y|⏎"),
    Paste::plain("a single line into an empty heading", "x", "|⏎h2", "x|⏎h2"),
    Paste::plain("a space alone", " ", "a|b⏎", "a |b⏎"),
    Paste::plain("an item without text", "- a\n- \n- b", "|⏎", "a⏎b ⏎b b|⏎b"),
    Paste::plain("a line into an empty item", "x", "a⏎b |⏎b", "a⏎b x|⏎b"),
    Paste::plain("lines before an item's text", "x\ny", "|ab⏎b", "x⏎b y|ab⏎b"),
    Paste::plain("lines into the middle of a heading", "x\ny\nz", "a|b⏎h2", "ax⏎h2 y⏎ z|b⏎h2"),
    Paste::plain("blank lines are one", "a\n\n \n\nb\n", "|⏎", "a⏎ ⏎ b|⏎"),
    Paste::plain("a dash in a sentence", "- x", "a|⏎", "a- x|⏎"),
    Paste::plain("lists within lists", "• a\n  – b\n\t* c\n1. d", "|⏎", "a⏎b b⏎b1 c⏎b1 d|⏎o"),
    Paste::plain("a date", "12. juni\n13. juni", "|⏎", "12. juni⏎ 13. juni|⏎"),
    Paste::plain("over all", "x", "[a⏎h1 b]⏎b", "x|⏎"),
    Paste::plain("over a range of lines", "x\ny", "a[b⏎h2 c]d⏎", "ax⏎h2 y|d⏎h2"),
    Paste::plain("into bold", "x", "*a|b*⏎", "*ax|b*⏎"),
    Paste::html("lines of other kinds into the middle", "<h2>x</h2><p>y</p>", "a|b⏎", "ax⏎ y|b⏎"),
    Paste::html("a heading before a line's text", "<h2>x</h2><p>y</p>", "|ab⏎", "x⏎h2 y|ab⏎"),
    Paste::html("a line into an item", "<p><b>x</b></p>", "a|b⏎b", "a*x*|b⏎b"),
    Paste::html("a list straight in a list", "<ul><li>a</li><ul><li>b</li></ul></ul>", "|⏎", "a⏎b b|⏎b1"),
    Paste::html("Word Online", WORD_ONLINE, "|⏎", "a⏎b b⏎b1 c|⏎o"),
    Paste::html("a list that begins elsewhere", "<ol start=3><li>a</li><li>b</li><li value=7>c</li></ol>", "|⏎", "a⏎o=3 b⏎o c|⏎o=7"),
    Paste::html("a list that goes on", "<ol><li>a</li></ol><p>b</p><ol start=2><li>c</li></ol>", "|⏎", "a⏎o b⏎ c|⏎o=2"),
    Paste::plain("numbers of a list that goes on", "1. a\n\nb\n\n2. c", "|⏎", "a⏎o ⏎ b⏎ ⏎ c|⏎o=2"),
    Paste::html("one cell", "<table><tr><td>x</td></tr></table>", "a|⏎", "ax|⏎"),
    Paste::html("text as it was typed", "<pre>a\n  b</pre>", "|⏎", "a⏎   b|⏎"),
    Paste::html("one list item into a plain line", "<ul><li>x</li></ul>", "|⏎", "x|⏎b"),
    Paste::html("spaces and breaks", "<p>a\n   b&nbsp;c<br>d</p>", "|⏎", "a b c⏎ d|⏎"),
    Paste::html("hidden things", "<style>p{}</style><p>a<span style='display:none'>b</span></p><title>c</title>", "|⏎", "a|⏎"),
    Paste::html(
        "styles of spans",
        "<p><span style='font-weight:700'>a</span><span style='font-style:italic'>b</span></p>",
        "|⏎",
        "*a*_b_|⏎",
    ),
    Paste::html("deep headings", "<h5>a</h5><blockquote>b</blockquote>", "|⏎", "a⏎h3 b|⏎q"),
    Paste::plain("lines into a cell", "x\ny\tz", "A|⏎r1c1 B⏎r1c2 ⏎", "Ax y z|⏎r1c1 B⏎r1c2 ⏎"),
    Paste::html("marks", "<p>a<b>b</b><i>c</i></p>", "|⏎", "a*b*_c_|⏎"),
    Paste::html("a heading and a list", "<h2>a</h2><ul><li>b<ul><li>c</li></ul></li></ul><ol><li>d</li></ol>", "|⏎", "a⏎h2 b⏎b c⏎b1 d|⏎o"),
    Paste::html(
        "what does harm is left behind",
        "<p onclick='x()'>a<script>x()</script><img src=x onerror='x()'><a href='javascript:x()'>b</a></p>",
        "|⏎",
        "ab|⏎",
    ),
    Paste::html("a link", "<a href='https://x.test/'>a</a>", "|⏎", "{a}(https://x.test/)|⏎"),
    Paste::html("Word", WORD, "|⏎", "Over⏎h1 en to⏎b *tre*|⏎o1"),
    Paste::html("Google Docs", DOCS, "|⏎", "a*b*⏎ ⏎ c⏎b d|⏎b1"),
    Paste::html("Excel", EXCEL, "|⏎", "A⏎r1c1 B⏎r1c2 C⏎r2c1 D⏎r2c2 |⏎"),
    Paste::html("a table into a cell", EXCEL, "|⏎r1c1 ⏎r1c2 ⏎", "A B C D|⏎r1c1 ⏎r1c2 ⏎"),
];

pub(super) async fn all(sheet: &Sheet) -> Vec<String> {
    let mut wrong = Vec::new();
    for case in PASTES {
        if let Err(error) = paste(sheet, case).await {
            wrong.push(format!("  clipboard: {}: {}\n        {error:#}", case.name, case.before));
        }
    }
    for (name, done) in [
        ("an address", address(sheet).await),
        ("text alone", text_alone(sheet).await),
        ("copied and pasted", round_trip(sheet).await),
        ("what others get", for_others(sheet).await),
        ("cut", cut(sheet).await),
        ("pasted by a script", by_script(sheet).await),
    ] {
        wrong.extend(done.err().map(|error| format!("  clipboard: {name}: {error:#}")));
    }
    wrong
}

/// A pasted address becomes a link, which is undone before the paste is.
async fn address(sheet: &Sheet) -> Result<()> {
    sheet.given("|⏎").await?;
    load(sheet, None, "se https://x.test/a.").await?;
    sheet.window().strike("Control+v").await?;
    sheet.expect("se {https://x.test/a}(https://x.test/a).|⏎").await?;
    for left in ["se https://x.test/a.|⏎", "|⏎"] {
        sheet.window().strike("Control+z").await?;
        sheet.expect(left).await?;
    }
    Ok(())
}

/// Puts this on the clipboard, as another program would.
pub(super) async fn load(sheet: &Sheet, html: Option<&str>, plain: &str) -> Result<()> {
    let forms = html.map_or_else(|| json!({ "text/plain": plain }), |html| json!({ "text/plain": plain, "text/html": html }));
    sheet.window().run(LOAD, vec![forms]).await?;
    sheet.window().strike("Control+c").await
}

async fn paste(sheet: &Sheet, case: &Paste) -> Result<()> {
    sheet.given("a|⏎").await?;
    load(sheet, case.html, case.plain).await?;
    sheet.given(case.before).await?;
    sheet.window().strike("Control+v").await?;
    sheet.expect(case.after).await?;
    sheet.window().strike("Control+z").await?;
    sheet.expect(case.before).await
}

async fn text_alone(sheet: &Sheet) -> Result<()> {
    sheet.given("a|⏎").await?;
    load(sheet, Some("<b>x</b>"), "x").await?;
    paste_text(sheet).await?;
    sheet.expect("ax|⏎").await?;
    // A copy of one's own too is what others would get.
    sheet.given("[*a*⏎b b⏎b1 c⏎o d⏎h2 e]⏎").await?;
    sheet.window().strike("Control+c").await?;
    sheet.given("|⏎").await?;
    paste_text(sheet).await?;
    sheet.expect("a⏎b b⏎b1 c⏎o d⏎ e|⏎").await
}

async fn paste_text(sheet: &Sheet) -> Result<()> {
    if sheet.kind() == Kind::Chromium {
        // Headless Chromium answers the keys twice, in every page; this is the command behind them.
        let key = json!({ "type": "rawKeyDown", "key": "V", "code": "KeyV", "modifiers": 10, "commands": ["pasteAndMatchStyle"] });
        sheet.window().command("Input.dispatchKeyEvent", key).await.map(drop)
    } else {
        sheet.window().strike("Control+Shift+V").await
    }
}

async fn copied(sheet: &Sheet, event: &str, keys: &str) -> Result<Value> {
    sheet.window().run(LISTEN, vec![json!(event)]).await?;
    sheet.window().strike(keys).await?;
    sheet.window().run("return window.__copied", Vec::new()).await
}

async fn round_trip(sheet: &Sheet) -> Result<()> {
    sheet.given("[*a*⏎h2 _b_⏎b1 A⏎r1c1 B⏎r1c2 {c}(https://x.test/)]⏎").await?;
    let before = sheet.page().await?.ops;
    sheet.window().strike("Control+c").await?;
    sheet.given("|⏎").await?;
    sheet.window().strike("Control+v").await?;
    sheet.expect("*a*⏎h2 _b_⏎b1 A⏎r1c1 B⏎r1c2 {c}(https://x.test/)|⏎").await?;
    ensure!(sheet.page().await?.ops != before, "a copy's rows have ids of their own");
    Ok(())
}

async fn for_others(sheet: &Sheet) -> Result<()> {
    sheet.given("[a⏎h2 *b*⏎b c⏎b1 A⏎r1c1 B⏎r1c2 d]⏎").await?;
    let said = copied(sheet, "copy", "Control+c").await?;
    ensure!(said[0] == json!("a\n- b\n  - c\nA\tB\nd"), "as text: {}", said[0]);
    let html = said[1].as_str().unwrap_or_default();
    for part in ["<h2", "<strong>b</strong>", "<ul", "<table", "<t"] {
        ensure!(html.contains(part), "{part} stands in {html}");
    }
    for part in ["class=", "style=", "contenteditable"] {
        ensure!(!html.contains(part), "{part} does not stand in {html}");
    }
    let nested = r#"
        const list = new DOMParser().parseFromString(arguments[0], "text/html").querySelector("ul");
        return list?.querySelector("li > ul > li, ul > ul > li")?.textContent.trim() ?? null;
    "#;
    let inner = sheet.window().run(nested, vec![json!(html)]).await?;
    ensure!(inner == json!("c"), "a list within a list is real: {html}");
    Ok(())
}

async fn cut(sheet: &Sheet) -> Result<()> {
    sheet.given("a[b⏎h2 c]d⏎").await?;
    let said = copied(sheet, "cut", "Control+x").await?;
    ensure!(said[0] == json!("b\nc"), "as text: {}", said[0]);
    sheet.expect("a|d⏎h2").await?;
    sheet.window().strike("Control+z").await?;
    sheet.expect("a[b⏎h2 c]d⏎").await
}

/// As password managers and assistants paste.
async fn by_script(sheet: &Sheet) -> Result<()> {
    const SEND: &str = r#"
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/html", "<b>x</b>");
        const event = Object.defineProperty(new Event("paste", { bubbles: true, cancelable: true }), "clipboardData", { value: clipboardData });
        return document.activeElement.dispatchEvent(event);
    "#;
    sheet.given("a|⏎").await?;
    ensure!(sheet.window().run(SEND, Vec::new()).await? == json!(false), "it is left to the browser");
    sheet.expect("a*x*|⏎").await?;
    sheet.window().run("document.activeElement.dispatchEvent(new Event('paste', { bubbles: true, cancelable: true }))", Vec::new()).await?;
    sheet.expect("a*x*|⏎").await
}
