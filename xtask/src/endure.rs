//! `cargo xtask endure`: the long forms of tests that `cargo xtask test` runs in short. It is the same code, told by `DAGSORDEN_TEST_LOAD=full` to
//! go on for longer and with more; each says its figures at the end.
//!
//! Against an optimised server: the one that `DAGSORDEN_BIN` names, else one that is built here.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::command::{cargo, run, step, target};
use crate::test::run_counted;

struct Form {
    name: &'static str,
    what: &'static str,
    /// Where the test stands, as cargo's arguments, and what it is called.
    place: &'static [&'static str],
    test: &'static str,
}

const INTEGRATION: &[&str] = &["--package", "dagsorden-tests", "--test", "integration"];

const FORMS: [Form; 5] = [
    Form {
        name: "kill",
        what: "500 rounds of kill -9 under 20 writers",
        place: INTEGRATION,
        test: "relay::kill::kills_under_writers_lose_no_acknowledged_word_and_double_none",
    },
    Form {
        name: "soak",
        what: "20 minutes with 200 who write while others come and go",
        place: INTEGRATION,
        test: "relay::load::those_who_stay_and_those_who_come_and_go_leave_nothing_behind",
    },
    Form {
        name: "flood",
        what: "10,000 fuzzed frames a second for a minute beside honest typing",
        place: INTEGRATION,
        test: "relay::under_fire::fuzzed_frames_from_many_connections_harm_nobody_who_types",
    },
    Form {
        name: "torn",
        what: "1,000 torn logs",
        place: &["--package", "dagsorden", "--lib"],
        test: "store::tests::torn::a_thousand_torn_logs_leave_a_prefix_or_name_the_damage",
    },
    Form {
        name: "gate",
        what: "10 minutes of honest frames with changed bytes",
        place: &["--package", "dagsorden-tests", "--test", "hostile"],
        test: "what_the_gate_lets_through_every_replica_reads_the_same",
    },
];

/// Runs all long forms, or those that are named; one that fails holds up no other.
pub(crate) fn endure(wanted: &[String]) -> Result<ExitCode> {
    if let Some(unknown) = wanted.iter().find(|name| FORMS.iter().all(|form| form.name != name.as_str())) {
        bail!("there is no long form called {unknown:?}; there are {}", FORMS.map(|form| form.name).join(", "));
    }
    let server = match std::env::var_os("DAGSORDEN_BIN") {
        Some(named) => PathBuf::from(named),
        None => {
            step("server (profile release)", || run(cargo().args(["build", "--quiet", "--release", "--package", "dagsorden"])))?;
            target().join("release").join(format!("dagsorden{}", std::env::consts::EXE_SUFFIX))
        }
    };
    let mut failed = Vec::new();
    for form in FORMS.iter().filter(|form| wanted.is_empty() || wanted.iter().any(|name| name == form.name)) {
        let mut test = cargo();
        test.arg("test").args(form.place).args(["--", "--exact", form.test, "--nocapture"]);
        test.env("DAGSORDEN_BIN", &server).env("DAGSORDEN_TEST_LOAD", "full").env("RUST_LIB_BACKTRACE", "0");
        if !step(form.what, || run_counted(&mut test))?.is_good() {
            failed.push(form.name);
        }
    }
    println!("{}", if failed.is_empty() { "all held".to_owned() } else { format!("failed: {}", failed.join(", ")) });
    Ok(if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
