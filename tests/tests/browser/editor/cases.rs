//! Scenarios as tables: a text with its caret, what one does, and the text that comes of it.

use anyhow::{Result, ensure};
use serde_json::json;

use super::sheet::Sheet;

/// What one does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Do {
    /// Types a text key by key.
    Type(&'static str),
    /// Presses keys: `Enter`, `Control+z`.
    Press(&'static str),
    /// A command by its name.
    Run(&'static str),
    /// Rests so long that the next key is a step of undo of its own.
    Rest,
    /// The section is this meanwhile.
    See(&'static str),
}

/// Name, text before, what one does, text after.
pub(super) type Case = (&'static str, &'static str, &'static [Do], &'static str);

/// Does all of them, and says what went wrong.
pub(super) async fn run(sheet: &Sheet, chapter: &str, cases: &[Case]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, before, steps, after) in cases {
        if let Err(error) = run_one(sheet, before, steps, after).await {
            wrong.push(format!("  {chapter}: {name}: {before} {steps:?}\n        {error:#}"));
        }
    }
    wrong
}

async fn run_one(sheet: &Sheet, before: &str, steps: &[Do], after: &str) -> Result<()> {
    sheet.given(before).await?;
    sheet.expect(before).await?;
    for step in steps {
        step.done(sheet).await?;
    }
    sheet.expect(after).await
}

impl Do {
    /// Does it.
    pub(super) async fn done(self, sheet: &Sheet) -> Result<()> {
        match self {
            Self::Type(text) => sheet.window().write(text).await,
            Self::Press(keys) => sheet.window().strike(keys).await,
            Self::Run(command) => {
                let known = sheet.tell("cmd", &[json!(command)]).await?;
                ensure!(known.is_boolean(), "no command is called {command}");
                Ok(())
            }
            Self::Rest => sheet.tell("endUndoGroup", &[]).await.map(drop),
            Self::See(notation) => sheet.expect(notation).await,
        }
    }
}
