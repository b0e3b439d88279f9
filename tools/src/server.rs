// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `swmgmt server`: from the command line to the exit code.

use crate::about;
use crate::cli::ServerArgs;
use crate::failure::{exit, Failure};
use crate::link::Link;
use crate::names::state;
use crate::plan::{Package, Plan};
use crate::push::Stats;
use crate::report::{Report, Weight};
use crate::session::Session;
use crate::steps::Runner;

/// Runs the server; gives the exit code.
pub fn run(args: &ServerArgs) -> u8 {
    let report = Report::new(args.json, args.quiet);
    let prepared = Plan::new(args).and_then(|plan| Ok((plan, listen(args, &report)?)));
    let (plan, link) = match prepared {
        Ok(prepared) => prepared,
        Err(failure) => {
            report.error(&failure.message, failure.exit);
            return failure.exit;
        }
    };
    let mut session = Session::new(link, report, &plan);
    let mut runner = Runner::new(&mut session, &plan);
    let result = runner.run();
    let stats = runner.stats;
    let seconds = runner.begin.elapsed().as_secs_f64();
    // What it says besides changes nothing of how the run went.
    let _ = match &result {
        Ok(()) if session.state() == Some(state::INSTALLED) => about::software(&mut session),
        Err(failure) if [exit::REFUSED, exit::DEVICE_FAILED].contains(&failure.exit) => {
            about::reason(&mut session)
        }
        _ => Ok(()),
    };
    session.finish();
    if let Err(failure) = &result {
        session.report.error(&failure.message, failure.exit);
    }
    summary(&session, &plan, stats, seconds, result.as_ref().err());
    result.err().map_or(exit::OK, |failure| failure.exit)
}

fn listen(args: &ServerArgs, report: &Report) -> Result<Link, Failure> {
    let cannot = |error| Failure::usage(format!("cannot listen on {}: {error}", args.listen));
    let link = Link::bind(args.listen).map_err(cannot)?;
    let address = link.local_addr().map_err(cannot)?.to_string();
    let text = format!("listening on {address}");
    report.event(Weight::Always, "listening", &text, &[("address", address.into())]);
    Ok(link)
}

fn summary(session: &Session, plan: &Plan, stats: Stats, seconds: f64, failure: Option<&Failure>) {
    let repeated = session.retransmissions();
    let mut text = match failure {
        None => format!("done in {seconds:.1} s"),
        Some(_) => format!("failed after {seconds:.1} s"),
    };
    match &plan.package {
        Some(Package::File(_)) if stats.blocks > 0 => {
            let rate = stats.bytes as f64 / 1000.0 / stats.seconds.max(0.001);
            text.push_str(&format!(
                ": {} bytes in {} blocks of {} bytes, push {:.2} s ({rate:.0} kB/s)",
                stats.bytes, stats.blocks, stats.block_size, stats.seconds
            ));
        }
        Some(Package::File(file)) => {
            text.push_str(&format!(": the {} bytes were not delivered", file.len()));
        }
        Some(Package::Uri(_)) | None => {}
    }
    for (count, word) in [(u64::from(stats.restarts), "new start"), (repeated, "retransmission")] {
        match count {
            0 => {}
            1 => text.push_str(&format!(", 1 {word}")),
            _ => text.push_str(&format!(", {count} {word}s")),
        }
    }
    let code = failure.map_or(exit::OK, |failure| failure.exit);
    let fields = [
        ("ok", failure.is_none().into()),
        ("exit", i64::from(code).into()),
        ("seconds", seconds.into()),
        ("bytes", stats.bytes.into()),
        ("blocks", stats.blocks.into()),
        ("block_size", stats.block_size.into()),
        ("push_seconds", stats.seconds.into()),
        ("restarts", u64::from(stats.restarts).into()),
        ("retransmissions", repeated.into()),
    ];
    session.report.event(Weight::Always, "summary", &text, &fields);
}
