// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Says whether a device takes a package, and why not.

use serde_json::json;

use super::args::VerifyArgs;
use super::image::dependencies;
use super::keys::{Public, Revoked};
use super::outcome::{exit, shown, Failure, Outcome};
use super::policy::Policy;
use super::read::read;

pub fn run(args: &VerifyArgs) -> Result<Outcome, Failure> {
    let keys = args.keys.iter().map(|path| Public::load(path)).collect::<Result<Vec<_>, _>>()?;
    let revoked = args.revoked.iter().map(Revoked::id).collect::<Result<Vec<_>, _>>()?;
    let package = read(&args.file, args.room)?;
    let policy = Policy {
        keys: (!args.unsigned).then_some(&keys),
        revoked: &revoked,
        vendor: args.vendor,
        class: args.class,
        device: args.device.as_deref(),
        counter: args.counter,
        installed: args.installed.as_deref(),
    };
    let file = shown(&args.file);
    Ok(match policy.refuses(&package)? {
        None => {
            let signature =
                if args.unsigned { "the signature is not looked at" } else { "signed by a trusted key" };
            let needs: String = package
                .about()
                .iter()
                .flat_map(dependencies)
                .map(|(image, version)| {
                    format!("\nit needs {version} of image {image}, which is not looked at")
                })
                .collect();
            Outcome {
                exit: exit::OK,
                text: format!("{file}: good; {signature}{needs}"),
                json: json!({"file": file, "good": true, "signature": !args.unsigned}),
            }
        }
        Some(refusal) => Outcome {
            exit: exit::REFUSED,
            text: format!("{file}: refused: {}\na device shows {}", refusal.why, refusal.seen()),
            json: json!({"file": file, "good": false, "result": refusal.result, "reason": refusal.reason,
                         "text": refusal.why}),
        },
    })
}
