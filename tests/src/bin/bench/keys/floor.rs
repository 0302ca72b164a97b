//! What our page is held against: an element that the browser alone takes care of, and a stock Quill with y-quill over the same text.

use anyhow::Result;
use dagsorden_tests::server::TestServer;
use serde_json::json;

use super::typing::Place;
use crate::devtools::{Browser, Page};
use crate::quill::OneSection;

/// The characters that are near the window in an agenda whose far items are skipped.
pub(super) const NEAR: usize = 4_000;

/// A window with these lines in a bare contenteditable and the caret at the end of the wanted one. With `most` only so many characters stand there.
pub(super) async fn bare(browser: &Browser, place: &Place, most: usize) -> Result<Page> {
    let page = browser.page().await?;
    let fill = format!(
        r#"((lines, wanted, most) => {{
            let length = 0;
            lines = lines.filter((line) => line === wanted || (length += line.length) <= most);
            const host = document.body.appendChild(document.createElement("div"));
            host.contentEditable = "true";
            host.style.cssText = "width: 700px; white-space: pre-wrap";
            for (const text of lines) {{ host.appendChild(document.createElement("p")).textContent = text; }}
            const line = host.children[lines.indexOf(wanted)];
            host.focus();
            getSelection().collapse(line.firstChild, wanted.length);
            line.scrollIntoView({{ block: "center" }});
        }})({}, {}, {most})"#,
        json!(place.lines),
        json!(place.line)
    );
    page.ask(&fill).await?;
    Ok(page)
}

/// A window with Quill over a section and the caret at the end of the wanted line.
pub(crate) async fn quill(server: &TestServer, browser: &Browser, bundle: &str, one: &OneSection, line: &str) -> Result<Page> {
    let page = browser.page().await?;
    // A page of the server's own, since others may not connect.
    page.go(&server.url("/")).await?;
    page.wait("the page", "document.readyState === 'complete'").await?;
    let start = one.start();
    page.ask(&format!("(() => {{ document.body.textContent = ''; document.body.style.width = '700px'; {bundle}\n; {start} }})()")).await?;
    page.wait("the text in Quill", "window.quill !== undefined && window.quill.quill.getLength() > 2").await?;
    let put = format!(
        r#"((wanted) => {{
            const quill = window.quill.quill;
            const text = quill.getText();
            quill.focus();
            quill.setSelection(text.indexOf(wanted) + wanted.length, 0, "user");
            getSelection().focusNode.parentElement.scrollIntoView({{ block: "center" }});
        }})({})"#,
        json!(line)
    );
    page.ask(&put).await?;
    Ok(page)
}
