// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What the device tells besides states and results: why something failed, and which software
//! it has now. A device that does not tell is not asked twice.

use crate::failure::Stop;
use crate::report::{printable, Weight};
use crate::session::{slashed, Session};
use crate::value;

/// Resources of Object 9.
const NAME: u16 = 0;
const VERSION: u16 = 1;
const REASON: u16 = 16;
const COMPONENTS: u16 = 17;
const COUNT: u16 = 18;

/// Prints why the update failed, 9/x/16.
pub fn reason(session: &mut Session) -> Result<(), Stop> {
    let nine = session.instance();
    tell(session, &[9, nine, REASON], "reason")
}

/// Prints the software's name and version, and its components (Object 14).
pub fn software(session: &mut Session) -> Result<(), Stop> {
    let nine = session.instance();
    tell(session, &[9, nine, NAME], "name")?;
    tell(session, &[9, nine, VERSION], "version")?;
    let count = session.text(&[9, nine, COUNT])?.and_then(|text| text.trim().parse().ok()).unwrap_or(0);
    for n in 0..count {
        let link = session.text(&[9, nine, COMPONENTS, n])?;
        let Some(fourteen) = link.and_then(|link| link.trim().strip_prefix("14:")?.parse().ok()) else {
            break;
        };
        component(session, fourteen)?;
    }
    Ok(())
}

/// Whether an instance of Object 14 is active, if the device tells.
pub fn is_active(session: &mut Session, fourteen: u16) -> Result<Option<bool>, Stop> {
    let text = session.text(&[14, fourteen, 5])?;
    Ok(text.and_then(|text| value::parse(None, text.as_bytes())).map(|value| value != 0))
}

fn component(session: &mut Session, fourteen: u16) -> Result<(), Stop> {
    let identity = session.text(&[14, fourteen, 0])?.unwrap_or_default();
    let version = session.text(&[14, fourteen, 2])?.unwrap_or_default();
    let active = is_active(session, fourteen)?.unwrap_or(false);
    let path = slashed(&[14, fourteen]);
    let space = if version.is_empty() { "" } else { " " };
    let text =
        format!("{path} component: {}{space}{}, active: {active}", printable(&identity), printable(&version));
    let fields = [
        ("path", path.into()),
        ("identity", identity.into()),
        ("version", version.into()),
        ("active", active.into()),
    ];
    session.report.event(Weight::Normal, "component", &text, &fields);
    Ok(())
}

fn tell(session: &mut Session, ids: &[u16], name: &str) -> Result<(), Stop> {
    let Some(text) = session.text(ids)?.filter(|text| !text.is_empty()) else {
        return Ok(());
    };
    let path = slashed(ids);
    let line = format!("{path} {name}: {}", printable(&text));
    session.report.event(Weight::Normal, name, &line, &[("path", path.into()), ("text", text.into())]);
    Ok(())
}
