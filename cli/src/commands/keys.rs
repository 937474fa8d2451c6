//! `tau keys`

use tau_interpreter::evidence::keys::{Keys, Role, file};
use tau_interpreter::evidence::ssh;

use crate::args;
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::runner;

/// Shows the public halves of the user's keys, which are made if they are not there.
pub(crate) fn run(args: &args::Keys, context: &mut Context) -> Outcome {
    let folder = runner::home()?.keys();
    let keys = Keys::open(&folder).map_err(|why| Failure::new(Exit::Blocked, why))?;
    if context.form() != Form::Human {
        let all = Role::ALL.map(|role| {
            let public = keys.of(role).public();
            serde_json::json!({
                "role": role.word(),
                "id": public.id(),
                "openssh": public.openssh(&role.owner()),
                "allowed_signer": ssh::allowed_signer(&public, &role.owner()),
                "pem": public.pem(),
                "file": file(&folder, role),
            })
        });
        context.json(&serde_json::json!({ "schema": "tau.keys/1", "keys": all }));
        return Ok(Exit::Succeeded);
    }
    for role in Role::ALL {
        let public = keys.of(role).public();
        let line = match args.allowed_signers {
            true => ssh::allowed_signer(&public, &role.owner()),
            false => public.openssh(&role.owner()),
        };
        context.print(&format!("{line}\n"));
    }
    Ok(Exit::Succeeded)
}
