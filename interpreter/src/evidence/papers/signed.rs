//! Who has signed what.

use std::collections::BTreeSet;

use super::{Check, Papers, Part};
use crate::blobs::sha256;
use crate::evidence::dsse::Envelope;
use crate::evidence::key::PublicKey;
use crate::evidence::keys::Role;
use crate::evidence::receipt::Receipt;
use crate::evidence::statement::{RUN, SUMMARY, Statement, TEST_RESULT};

/// A key whose signatures count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trusted {
    /// The key.
    pub key: PublicKey,
    /// For which statements; for all of them without one.
    pub role: Option<Role>,
    /// Where it was found, for who wants to know why it is trusted.
    pub from: String,
}

/// The statements of a receipt, if trusted keys have signed all of them; and what was found.
#[must_use]
pub fn read(receipt: &Receipt, trusted: &[Trusted]) -> (Option<Papers>, Vec<Check>) {
    let all: Result<Vec<Signed>, Check> = receipt
        .envelopes()
        .iter()
        .enumerate()
        .map(|(at, envelope)| signed(at + 1, envelope, trusted))
        .collect();
    let all = match all {
        Ok(all) => all,
        Err(wrong) => return (None, vec![wrong]),
    };
    let signers: BTreeSet<String> = all.iter().map(|it| it.by.clone()).collect();
    let signers: Vec<String> = signers.into_iter().collect();
    let mut checks = vec![Check::holds(
        Part::Signature,
        format!("{} statements by {}", all.len(), signers.join(" and ")),
    )];
    match papers(all) {
        Ok(papers) => {
            let why = "none was left out, added or exchanged";
            checks.push(Check::holds(Part::Statement, why));
            (Some(papers), checks)
        }
        Err(why) => {
            checks.push(Check::wrong(Part::Statement, why));
            (None, checks)
        }
    }
}

/// A statement that a trusted key has signed.
struct Signed {
    statement: Statement,
    digest: String,
    /// Whose key it is.
    by: String,
}

fn signed(line: usize, envelope: &Envelope, trusted: &[Trusted]) -> Result<Signed, Check> {
    let keys: Vec<PublicKey> = trusted.iter().map(|it| it.key).collect();
    let Some(key) = envelope.signed_by(&keys) else {
        let ids: Vec<&str> = envelope.signatures().map(|it| it.keyid.as_str()).collect();
        let is_known = keys.iter().any(|key| ids.contains(&key.id().as_str()));
        return Err(match (is_known, ids.first()) {
            (true, _) => Check::wrong(
                Part::Signature,
                format!("statement {line} is not what was signed"),
            ),
            (false, Some(id)) => Check::wrong(
                Part::Key,
                format!("statement {line} is signed by the key `{id}`, which is not trusted"),
            ),
            (false, None) => Check::wrong(
                Part::Signature,
                format!("statement {line} is signed by nobody"),
            ),
        });
    };
    let not_read = |why: String| {
        Check::wrong(
            Part::Format,
            format!("statement {line} cannot be read: {why}"),
        )
    };
    let payload = envelope
        .payload()
        .ok_or_else(|| not_read("it is no in-toto statement".to_owned()))?;
    let statement = Statement::read(&payload).map_err(not_read)?;
    let needed = match statement.predicate_type.as_str() {
        RUN => Role::Runner,
        _ => Role::Verifier,
    };
    // The same key may be trusted for both.
    let mut own = trusted.iter().filter(|it| it.key == *key);
    let Some(found) = own.find(|it| it.role.is_none_or(|role| role == needed)) else {
        return Err(Check::wrong(
            Part::Key,
            format!(
                "statement {line} is signed by a key that is not trusted as {}",
                needed.word()
            ),
        ));
    };
    let id = key.id();
    let short = id.get(..8).unwrap_or(&id);
    Ok(Signed {
        digest: sha256(&payload),
        by: format!("{} {short} ({})", needed.word(), found.from),
        statement,
    })
}

/// Puts statements in their places.
///
/// # Errors
/// They are not those that the last of them lists.
fn papers(mut all: Vec<Signed>) -> Result<Papers, String> {
    let run = all.pop().filter(|it| it.statement.predicate_type == RUN);
    let run = run.ok_or("the last one does not say what the run was")?;
    let listed = run.statement.predicate["statements"].as_array();
    let listed: Vec<&str> = listed
        .into_iter()
        .flatten()
        .filter_map(|it| it["digest"]["sha256"].as_str())
        .collect();
    let found: Vec<&str> = all.iter().map(|it| it.digest.as_str()).collect();
    if let Some(at) = listed.iter().position(|digest| !found.contains(digest)) {
        return Err(format!("statement {} was left out", at + 1));
    }
    if let Some(at) = found.iter().position(|digest| !listed.contains(digest)) {
        return Err(format!("statement {} is of another receipt", at + 1));
    }
    if found != listed {
        return Err("they are not in their order".to_owned());
    }
    let bound = |name: &str| &run.statement.predicate[name];
    let is_bound = |it: &Signed| {
        let own = &it.statement.predicate["tau_run"];
        ["run", "plan", "repository"]
            .iter()
            .all(|name| own[name] == *bound(name))
    };
    if let Some(at) = all.iter().position(|it| !is_bound(it)) {
        return Err(format!("statement {} is about another run", at + 1));
    }
    let (mut tests, mut summary) = (Vec::new(), None);
    for Signed { statement, .. } in all {
        match statement.predicate_type.as_str() {
            TEST_RESULT => tests.push(statement),
            SUMMARY => summary = Some(statement),
            other => return Err(format!("nobody here knows what `{other}` says")),
        }
    }
    Ok(Papers {
        tests,
        summary: summary.ok_or("there is no summary")?,
        run: run.statement,
    })
}
