//! What is printed as the parts go by: a table for each, and at the end which of them gave none.

use std::fmt::Display;

use anyhow::{Result, bail};

/// The parts so far. One that fails says why and leaves the others their tables.
#[derive(Default)]
pub(crate) struct Report {
    failed: Vec<String>,
}

impl Report {
    /// Prints what a part measured, or why it did not.
    pub(crate) fn part(&mut self, name: &str, title: &str, measured: Result<impl Display>) {
        match measured {
            Ok(table) => println!("\n{title}\n{table}"),
            Err(error) => self.failed(name, &error),
        }
    }

    /// What a part needs, or nothing: then it says why, and the rest of the part goes on without.
    pub(crate) fn some<T>(&mut self, name: &str, needed: Result<T>) -> Option<T> {
        needed.map_err(|error| self.failed(name, &error)).ok()
    }

    /// Says that a part, or something of it, was not measured.
    pub(crate) fn failed(&mut self, name: &str, error: &anyhow::Error) {
        println!("\n{name}: not measured: {error:#}");
        if !self.failed.iter().any(|known| known == name) {
            self.failed.push(name.to_owned());
        }
    }

    /// Ends the run.
    ///
    /// # Errors
    /// If something was not measured, naming it.
    pub(crate) fn end(self) -> Result<()> {
        if self.failed.is_empty() {
            return Ok(());
        }
        bail!("not measured: {}; all else is above", self.failed.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn a_part_that_fails_is_named_once_at_the_end() {
        let mut report = Report::default();
        report.part("one", "One", Err::<String, _>(anyhow!("no browser")));
        report.part("two", "Two", Ok("a table"));
        report.failed("one", &anyhow!("again"));
        assert_eq!(report.end().map_err(|error| error.to_string()), Err("not measured: one; all else is above".to_owned()));
        assert!(Report::default().end().is_ok());
    }
}
