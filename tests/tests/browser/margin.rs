//! Who speaks to whom, in the margin of a section: said once, changed where it stands, found and replaced with the text.

use anyhow::{Result, ensure};
use dagsorden_shared::meeting_json::{BlockJson, ItemJson, MeetingJson, SectionJson, SectionKind};
use dagsorden_tests::browser::{Look, Stage, Window};
use dagsorden_tests::fixture;
use serde_json::json;

use super::section;

fn meeting() -> MeetingJson {
    let item = |title: &str, text: &str, from: &str| {
        let section = SectionJson {
            kind: SectionKind::Recommendation,
            from: Some(from.into()),
            to: Some("Kystkredsen".into()),
            blocks: vec![BlockJson::paragraph(text)],
            ..SectionJson::default()
        };
        ItemJson { title: title.into(), sections: vec![section], ..ItemJson::default() }
    };
    let items = vec![
        item("Kajer", "at sagen drøftes.", "Styregruppen"),
        item("Broer", "Styregruppen indstiller til Kystkredsen, at sagen drøftes.", "Styregruppen"),
        item("Moler", "at sagen drøftes.", "Arbejdsfællesskabetfordenfælleskystbeskyttelsesplanlægningsindsats"),
    ];
    MeetingJson { items, ..fixture::meeting() }
}

/// What the margins say, one by one; nothing where none is shown.
const MARGINS: &str =
    "[...document.querySelectorAll('article.item')].map((item) => item.querySelector('.between')?.textContent ?? '').slice(0, 2).join('|')";

async fn margins(windows: &[&Window], expected: &str) -> Result<()> {
    for window in windows {
        window.wait(&format!("the margins {expected}"), &format!("return {MARGINS} === {expected:?}")).await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_margin_says_what_the_text_does_not_and_follows_what_is_replaced() -> Result<()> {
    let stage = Stage::set().await?;
    let created = stage.import(&meeting()).await?;
    let (anna, bo) = (stage.window("Anna", &created).await?, stage.window("Bo", &created).await?);
    let both = [&anna, &bo];
    let place = section(&anna.shown().await?, 0, 0)?;
    margins(&both, "Styregruppen til Kystkredsen|").await?;

    // It gives way to the text as that is written, and comes back with an undo.
    anna.type_at(&place, 0, "Styregruppen foreslår Kystkredsen, ").await?;
    margins(&both, "|").await?;
    // A pause in between makes it several steps.
    anna.strike("Control+z Control+z Control+z Control+z Control+z Control+z").await?;
    bo.wait_shown("the text as it was", |shown| shown.text().matches("Styregruppen").count() == 1).await?;
    margins(&both, "Styregruppen til Kystkredsen|").await?;

    // Found in the margin that is shown and in the text; replaced in both, and in the margin that only the text shows.
    anna.strike("Control+h Control+a").await?;
    anna.write("styregruppen").await?;
    anna.wait("two places", "return document.querySelector('.find [role=status]').textContent.includes('af 2')").await?;
    anna.wait("both coloured", "return CSS.highlights.get('found')?.size === 2").await?;
    anna.run("document.querySelector('.find [name=with]').focus()", Vec::new()).await?;
    anna.write("Sekretariatet").await?;
    anna.click(".find [data-action=replace-all]").await?;
    margins(&both, "Sekretariatet til Kystkredsen|").await?;
    bo.wait_text("Sekretariatet indstiller til Kystkredsen").await?;
    anna.press(thirtyfour::Key::Escape + "").await?;
    anna.wait_saved().await?;
    let stored = stage.server.export(&created.meeting).await?;
    ensure!(stored.items[..2].iter().all(|item| item.sections[0].from.as_deref() == Some("Sekretariatet")), "{:?}", stored.items);
    anna.strike("Control+z").await?;
    margins(&both, "Styregruppen til Kystkredsen|").await?;
    bo.wait_text("Styregruppen indstiller til Kystkredsen").await?;

    // One by one, from the keyboard: the text of the second item, which comes behind the caret, then the margin of the first.
    anna.put_caret(&place, 0).await?;
    anna.strike("Control+h").await?;
    anna.run("document.querySelector('.find [name=with]').focus()", Vec::new()).await?;
    anna.strike("Enter").await?;
    bo.wait_text("Sekretariatet indstiller til Kystkredsen").await?;
    margins(&both, "Styregruppen til Kystkredsen|").await?;
    anna.strike("Enter").await?;
    margins(&both, "Sekretariatet til Kystkredsen|").await?;
    ensure!(anna.accessibility_violations().await?.is_empty(), "{:?}", anna.accessibility_violations().await?);
    anna.press(thirtyfour::Key::Escape + "").await?;

    // Changed where it stands.
    anna.click("article.item button.between").await?;
    anna.find("dialog#heading input[name=from]").await?;
    anna.run("document.querySelector('dialog#heading input[name=from]').value = 'Formanden'", Vec::new()).await?;
    anna.click("dialog#heading button[type=submit]").await?;
    margins(&both, "Formanden til Kystkredsen|").await?;
    for window in both {
        ensure!(window.complaints().await?.is_empty(), "{:?}", window.complaints().await?);
    }
    Ok(())
}

#[tokio::test]
async fn a_long_name_stays_within_its_column() -> Result<()> {
    let stage = Stage::set().await?;
    let created = stage.import(&meeting()).await?;
    let anna = stage.window("Anna", &created).await?;
    for (name, look) in [("desktop", Look::DESKTOP), ("phone", Look::PHONE)] {
        anna.look(look).await?;
        let within = "return [...document.querySelectorAll('.between')].every((names) => {
            const range = document.createRange(); range.selectNodeContents(names);
            return range.getBoundingClientRect().right <= names.closest('.side').getBoundingClientRect().right + 1;
        }) && document.documentElement.scrollWidth <= innerWidth";
        ensure!(anna.run(within, Vec::new()).await? == json!(true), "{name}: a name leaves its column");
        anna.run("document.querySelector('article.item:nth-child(3)').scrollIntoView()", Vec::new()).await?;
        anna.screenshot(&format!("margin-{name}")).await?;
    }
    Ok(())
}
