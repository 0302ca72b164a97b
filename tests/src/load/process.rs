//! What the system says about a process: memory, processor time, open files. Linux.

use std::fs;

use anyhow::{Context, Result};

/// Memory that a process has in use, in bytes.
///
/// # Errors
/// If there is no such process.
pub fn memory(process: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).context("the process is gone")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("the process has no memory")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
}

/// Processor seconds that a process has used, in all its threads, in the program and in the kernel.
///
/// # Errors
/// If there is no such process.
pub fn processor_seconds(process: u32) -> Result<f64> {
    // Ticks of a hundredth of a second on every Linux.
    const TICKS: f64 = 100.0;
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).context("the process is gone")?;
    // The name stands in brackets and may hold anything; 11 fields follow before the times.
    let (_, fields) = stat.rsplit_once(')').context("no name in the process table")?;
    let times = fields.split_ascii_whitespace().skip(11).take(2).map(str::parse::<f64>);
    Ok(times.sum::<Result<f64, _>>()? / TICKS)
}

/// Files and sockets that a process has open.
///
/// # Errors
/// If there is no such process.
pub fn descriptors(process: u32) -> Result<usize> {
    Ok(fs::read_dir(format!("/proc/{process}/fd")).context("the process is gone")?.count())
}
