// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The steps of an update, and how to go on when the device restarts in one.

use std::time::{Duration, Instant};

use crate::about;
use crate::cli::Step;
use crate::coap::{self, code};
use crate::failure::{Failure, Stop};
use crate::names::{self, state};
use crate::plan::{Package, Plan};
use crate::push::{Push, Stats};
use crate::report::Weight;
use crate::session::{slashed, Goal, Outcome, Session};

/// Resource 3, Package URI.
const URI: u16 = 3;
/// Between two looks at a component.
const LOOK: Duration = Duration::from_millis(200);
/// A device that restarts more often than this in one run is given up.
const MAX_INTERRUPTIONS: u32 = 10;

/// What is remembered of a step over its interruptions.
struct Attempt<'a> {
    /// Values learned after this belong to the step.
    since: u64,
    /// The request went out (maybe unanswered).
    sent: bool,
    /// The request was accepted.
    accepted: bool,
    /// The device restarted since.
    restarted: bool,
    retries: u32,
    push: Option<Push<'a>>,
}

/// Where a step ended.
enum Ended {
    Done,
    /// The device lost the package: it has to be pushed again.
    PackageLost,
}

pub struct Runner<'a> {
    session: &'a mut Session,
    plan: &'a Plan,
    interruptions: u32,
    after_uninstall: bool,
    pub stats: Stats,
    /// When the device was found (until then: when the wait for it began).
    pub begin: Instant,
}

impl<'a> Runner<'a> {
    pub fn new(session: &'a mut Session, plan: &'a Plan) -> Runner<'a> {
        Runner {
            session,
            plan,
            interruptions: 0,
            after_uninstall: false,
            stats: Stats::default(),
            begin: Instant::now(),
        }
    }

    /// Waits for the device and takes it through all steps.
    pub fn run(&mut self) -> Result<(), Failure> {
        self.session.wait_for_device(self.plan.wait_registration)?;
        self.begin = Instant::now();
        match self.session.attach() {
            Ok(()) => {}
            Err(Stop::Fatal(failure)) => return Err(failure),
            Err(Stop::Restarted | Stop::Silent) => self.session.rejoin()?,
        }
        let steps = self.all_steps();
        let mut index = 0;
        while let Some(&step) = steps.get(index) {
            match self.step(step)? {
                Ended::Done => index += 1,
                Ended::PackageLost => {
                    let earlier = steps.get(..index).unwrap_or_default();
                    index = earlier
                        .iter()
                        .rposition(|&step| step == Step::Push)
                        .ok_or_else(|| self.package_lost())?;
                    self.session.report.note("the device lost the package: it is pushed again");
                    self.stats.restarts += 1;
                }
            }
        }
        Ok(())
    }

    fn all_steps(&self) -> Vec<Step> {
        let mut steps = self.plan.steps.clone();
        if self.plan.update_if_installed {
            if self.session.state() == Some(state::INSTALLED) {
                steps.insert(0, Step::Update);
            } else {
                self.session
                    .report
                    .note("the device does not show INSTALLED: no uninstall for update needed");
            }
        }
        steps
    }

    fn package_lost(&self) -> Failure {
        let shown = self.session.state().map_or("unknown", names::state_name);
        Failure::lost(format!("the device restarted and lost the package (its state is {shown})"))
    }

    /// One step, again and again until it is done or cannot be done.
    fn step(&mut self, step: Step) -> Result<Ended, Failure> {
        let report = &self.session.report;
        let name = step.name();
        report.event(Weight::Normal, "step", &format!("step: {name}"), &[("name", name.into())]);
        self.session.touch();
        self.session.clear_failure();
        let mut attempt = Attempt {
            since: self.session.stamp(),
            sent: false,
            accepted: false,
            restarted: false,
            retries: 0,
            push: None,
        };
        loop {
            let result = match (step, &self.plan.package) {
                (Step::Activate | Step::Deactivate, _) if self.plan.component.is_some() => {
                    self.component(step)
                }
                (Step::Push, Some(Package::File(file))) => self.push(file, &mut attempt),
                (Step::Push, Some(Package::Uri(uri))) => self.write_uri(uri, &mut attempt),
                (Step::Push, None) => Err(Failure::usage("nothing to push").into()),
                _ => self.execute(step, &mut attempt),
            };
            match result {
                Ok(ended) => {
                    self.after_uninstall = matches!(step, Step::Update | Step::Uninstall);
                    return Ok(ended);
                }
                Err(Stop::Fatal(failure)) => return Err(failure),
                Err(Stop::Restarted) => {
                    attempt.restarted = true;
                    self.interrupted("the device restarted or left: looking at it again")?;
                }
                Err(Stop::Silent) => self.interrupted("the device does not answer: looking for it")?,
            }
        }
    }

    fn interrupted(&mut self, why: &str) -> Result<(), Failure> {
        self.interruptions += 1;
        if self.interruptions > MAX_INTERRUPTIONS {
            return Err(Failure::lost(format!(
                "connection lost: the run was interrupted {MAX_INTERRUPTIONS} times"
            )));
        }
        self.session.report.note(why);
        self.session.rejoin()
    }

    // --- push ---

    fn push(&mut self, file: &'a [u8], attempt: &mut Attempt<'a>) -> Result<Ended, Stop> {
        let goal = Goal::State(state::DELIVERED);
        let plan = self.plan;
        let after_uninstall = self.after_uninstall;
        let again = attempt.push.is_some();
        let restarts = self.stats.restarts;
        let mut push = attempt.push.take().unwrap_or_else(|| {
            let mut push = Push::new(file, plan.szx, plan.size1, after_uninstall);
            push.stats.restarts = restarts;
            push
        });
        let mut send = true;
        if again && push.sent_last {
            // The whole file went out: see what became of it.
            if self.session.reached(goal, attempt.since) {
                self.stats = push.stats;
                return Ok(Ended::Done);
            }
            if let (true, Some(result)) = (push.complete, self.session.failure()) {
                return Err(Failure::result("push", result).into());
            }
            let verifying = self.session.state() == Some(state::DOWNLOADED);
            send = !verifying && (attempt.restarted || !push.complete);
        }
        let result = if send {
            if again {
                self.session.report.note("the push starts again");
                push.stats.restarts += 1;
            }
            self.session.clear_failure();
            attempt.restarted = false;
            push.send(self.session)
        } else {
            Ok(())
        };
        self.stats = push.stats;
        attempt.push = Some(push);
        result.map_err(|stop| self.explain(Step::Push, stop))?;
        match self.session.wait(goal, attempt.since)? {
            Outcome::Reached => Ok(Ended::Done),
            Outcome::Failed(result) => Err(Failure::result("push", result).into()),
        }
    }

    fn write_uri(&mut self, uri: &str, attempt: &mut Attempt) -> Result<Ended, Stop> {
        let goal = Goal::State(state::DELIVERED);
        let mut write = !attempt.accepted;
        if attempt.sent {
            if self.session.reached(goal, attempt.since) {
                return Ok(Ended::Done);
            }
            if let Some(result) = self.session.failure() {
                return Err(Failure::result("push", result).into());
            }
            // A device that still fetches or verifies goes on by itself.
            let working =
                [Some(state::DOWNLOAD_STARTED), Some(state::DOWNLOADED)].contains(&self.session.state());
            write = !working && (write || attempt.restarted);
        }
        if write {
            attempt.sent = true;
            attempt.restarted = false;
            let answer = self.session.write_text(URI, uri)?;
            if answer != code::CHANGED {
                let what = self.session.what(code::PUT, URI);
                let refused = Failure::refused(&what, answer, "").into();
                return Err(self.explain(Step::Push, refused));
            }
            attempt.accepted = true;
            self.session.touch();
        }
        match self.session.wait(goal, attempt.since)? {
            Outcome::Reached => Ok(Ended::Done),
            Outcome::Failed(result) => Err(Failure::result("push", result).into()),
        }
    }

    // --- executes ---

    fn execute(&mut self, step: Step, attempt: &mut Attempt) -> Result<Ended, Stop> {
        let plan = self.plan;
        let (resource, arguments, goal) = match step {
            Step::Install => (4, plan.install_args.as_deref(), Goal::State(state::INSTALLED)),
            Step::Activate => (10, None, Goal::Active(true)),
            Step::Deactivate => (11, None, Goal::Active(false)),
            Step::Update => (6, Some("1"), Goal::State(state::INITIAL)),
            Step::Push | Step::Uninstall => (6, None, Goal::State(state::INITIAL)),
        };
        if attempt.sent {
            if self.session.reached(goal, attempt.since) {
                return Ok(Ended::Done);
            }
            if let Some(result) = self.failure_after_restart(step, attempt) {
                self.retry_or_fail(step, result, attempt)?;
            }
        }
        if step == Step::Install && attempt.restarted {
            match self.session.state() {
                Some(state::INITIAL | state::DOWNLOAD_STARTED) => return Ok(Ended::PackageLost),
                Some(state::DOWNLOADED) => {
                    let delivered = Goal::State(state::DELIVERED);
                    if let Outcome::Failed(result) = self.session.wait(delivered, attempt.since)? {
                        return Err(Failure::result("verification", result).into());
                    }
                }
                _ => {}
            }
        }
        loop {
            if !attempt.accepted || attempt.restarted {
                self.send_execute(step, resource, arguments, attempt)?;
            }
            match self.session.wait(goal, attempt.since)? {
                Outcome::Reached => return Ok(Ended::Done),
                Outcome::Failed(result) => self.retry_or_fail(step, result, attempt)?,
            }
        }
    }

    /// Starts or stops one component. To do it again does no harm.
    fn component(&mut self, step: Step) -> Result<Ended, Stop> {
        let fourteen = self.plan.component.unwrap_or_default();
        let starts = step == Step::Activate;
        let path = [14, fourteen, if starts { 3 } else { 4 }];
        let answer = self.session.execute_at(&path)?;
        if answer != code::CHANGED {
            return Err(Failure::refused(&format!("POST {}", slashed(&path)), answer, "").into());
        }
        self.session.touch();
        while about::is_active(self.session, fourteen)? != Some(starts) {
            if Instant::now() >= self.session.deadline() {
                let text = format!("timeout: component {fourteen} does not show active = {starts}");
                return Err(Failure::lost(text).into());
            }
            self.session.pause(LOOK)?;
        }
        Ok(Ended::Done)
    }

    /// The failure that a restarted device shows for the interrupted step.
    fn failure_after_restart(&self, step: Step, attempt: &Attempt) -> Option<i64> {
        let shown = self.session.result().filter(|&result| result >= names::FIRST_FAILURE);
        let installed = step == Step::Install && attempt.accepted && attempt.restarted;
        self.session.failure().or(shown.filter(|_| installed))
    }

    fn send_execute(
        &mut self,
        step: Step,
        resource: u16,
        arguments: Option<&str>,
        attempt: &mut Attempt,
    ) -> Result<(), Stop> {
        let repeated = attempt.sent;
        self.session.clear_failure();
        attempt.sent = true;
        let answer = self.session.execute(resource, arguments)?;
        attempt.restarted = false;
        if repeated && answer == code::NOT_ALLOWED {
            // The first one counts: the device is at it.
            self.session.report.note("the device is still busy with the step: waiting");
        } else if answer != code::CHANGED {
            let what = self.session.what(code::POST, resource);
            let refused = Failure::refused(&what, answer, "").into();
            return Err(self.explain(step, refused));
        }
        attempt.accepted = true;
        self.session.touch();
        Ok(())
    }

    /// After result 58 Install may be tried again.
    fn retry_or_fail(&mut self, step: Step, result: i64, attempt: &mut Attempt) -> Result<(), Failure> {
        let may_retry = step == Step::Install && result == names::INSTALL_FAILED;
        if !may_retry || attempt.retries >= self.plan.retry {
            return Err(Failure::result(step.name(), result));
        }
        attempt.retries += 1;
        attempt.sent = false;
        attempt.accepted = false;
        let text = format!("install again ({} of {})", attempt.retries, self.plan.retry);
        self.session.report.note(&text);
        Ok(())
    }

    /// Adds a hint to a refusal that has a well-known reason.
    fn explain(&self, step: Step, stop: Stop) -> Stop {
        let not_allowed = coap::code_text(code::NOT_ALLOWED);
        let Stop::Fatal(mut failure) = stop else {
            return stop;
        };
        if !failure.message.ends_with(&not_allowed) {
            return Stop::Fatal(failure);
        }
        let hint = match (step, self.session.state()) {
            (Step::Push, Some(state::INSTALLED)) => "; it shows INSTALLED: use --update, or uninstall first",
            (Step::Push, Some(state::DELIVERED)) => {
                "; it holds a delivered package: use --steps install,activate, or uninstall first"
            }
            (Step::Install, Some(state::DELIVERED)) => "; perhaps its number of install attempts is used up",
            (Step::Install, Some(state::INITIAL)) => "; it holds no package",
            (Step::Activate | Step::Deactivate, Some(shown)) if shown != state::INSTALLED => {
                "; no software is installed"
            }
            _ => "",
        };
        failure.message.push_str(hint);
        Stop::Fatal(failure)
    }
}
